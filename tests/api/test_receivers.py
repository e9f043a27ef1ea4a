"""Receivers that fail, stall and lie, for every way out; nobody else waits for them."""
import email
import json
import os
import socket
import threading
import time

import pytest

import market
from market import new_hit
from test_notify import Receiver, event, spec, wait_for

STALL, CLOSE = object(), object()


class Listener:
    """Takes connections on a loopback port; behaviours[n] is for the n-th, the last for all after."""

    def __init__(self, *behaviours):
        self.behaviours = list(behaviours)
        self.came, self.over, self.lock = [], threading.Event(), threading.Condition()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.n = self.socket.getsockname()[1], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                c, _ = self.socket.accept()
            except OSError:
                return
            how = self.behaviours[min(self.n, len(self.behaviours) - 1)]
            self.n += 1
            threading.Thread(target=self.serve, args=(c, how), daemon=True).start()

    def serve(self, c, how):
        try:
            with c:
                self.talk(c, c.makefile("rwb", buffering=0), how)
        except OSError:
            pass

    def took(self, what):
        with self.lock:
            self.came.append(what)
            self.lock.notify_all()

    def wait(self, n, seconds=90):
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.came) >= n, seconds), self.came
        return self.came

    def close(self):
        self.over.set()
        self.socket.close()


class Smtp(Listener):
    """A behaviour names a stage and what is said there instead of the usual."""

    USUAL = {"banner": "220 here", "EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok",
             "DATA": "354 go on", "body": "250 taken", "QUIT": "221 bye"}

    def say(self, f, stage, how):
        what = how.get(stage, self.USUAL.get(stage, "500 what?"))
        if what is STALL:
            self.over.wait(60)
            raise OSError
        if what is CLOSE:
            raise OSError
        if callable(what):
            what = what(self, f)
        f.write(what.encode() + b"\r\n")

    def talk(self, c, f, how):
        to = []
        self.say(f, "banner", how)
        while True:
            line = f.readline().decode()
            if not line:
                return
            verb = line[:4].upper()
            if verb == "RCPT":
                to.append(line.split(":", 1)[1].strip())
            if verb == "DATA" and "DATA" not in how:
                self.say(f, "DATA", how)
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += f.readline()
                self.took((to, email.message_from_bytes(text[:-3])))
                to, verb = [], "body"
            self.say(f, verb, how)
            if verb == "QUIT":
                return


class Http(Listener):
    """A behaviour is what is answered to a whole request, or a function that answers."""

    url = property(lambda self: "http://127.0.0.1:%d/q" % self.port)

    def talk(self, c, f, how):
        head, length = b"", 0
        while not head.endswith(b"\r\n\r\n"):
            line = f.readline()
            if not line:
                return
            head += line
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        body = b""
        while len(body) < length:
            body += f.read(length - len(body))
        self.took(body.decode())
        if how is STALL:
            self.over.wait(60)
        elif callable(how):
            how(self, f)
        elif how is not CLOSE:
            f.write(how.encode())


GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def answer(status, body="", *heads):
    return "\r\n".join(["HTTP/1.1 %s" % status, "Content-Length: %d" % len(body),
                        "Connection: close", *heads, "", body])


def drip(text, pause=1):
    def run(listener, f):
        for byte in text.encode():
            if listener.over.wait(pause):
                return
            f.write(bytes([byte]))
    return run


def flood(start, what):
    """For as long as somebody listens, a minute at most."""
    def run(listener, f):
        end = time.monotonic() + 60
        f.write(start.encode())
        while time.monotonic() < end and not listener.over.is_set():
            f.write(what.encode() * 1000)
    return run


def endless_greeting(listener, f):
    flood("", "250-and more\r\n")(listener, f)
    return "250 done"


# ---- a server that can send mail ----

@pytest.fixture(scope="module", params=market.hitd.STORES)
def office(request):
    smtp = Smtp({})
    s = market.hitd.Market(request.param)
    config = os.path.join(s.folder, "hitd.conf")
    with open(config, "w") as f:
        f.write("smtp-url = smtp://127.0.0.1:%d\nmail-from = hitd@example.net\n" % smtp.port)
    s.__class__ = market.Server
    s.url = s.serve("--config", config)
    s.port = int(s.url.rsplit(":", 1)[1])
    s.hitd("setting", "notify_private", "allow")
    s.smtp = smtp
    yield s
    s.end()
    smtp.close()


@pytest.fixture
def client(office):
    return office.requester(deposit="100.00").client()


def send_test(client, address, transport="Email"):
    client.send_test_event_notification(Notification=spec(address, "Ping", transport=transport),
                                        TestEventType="Ping")


def mails(smtp, to):
    return [m for rcpt, m in smtp.came if rcpt == ["<%s>" % to]]


def wait_mails(smtp, to, n, seconds=90):
    return wait_for(lambda: mails(smtp, to), lambda got: len(got) >= n, seconds)


def test_a_mail_for_each_event_in_order(office, client):
    office.smtp.behaviours, office.smtp.n = [{}], 0
    hit = new_hit(client)
    kinds = ["AssignmentAccepted", "AssignmentSubmitted", "AssignmentApproved"]
    client.update_notification_settings(
        HITTypeId=hit["HITTypeId"], Active=True,
        Notification=spec("lab@example.org", *kinds, transport="Email"))
    done = office.worker().work(hit["HITGroupId"])
    client.approve_assignment(AssignmentId=done)
    got = wait_mails(office.smtp, "lab@example.org", 3)
    assert [m["Subject"] for m in got] == kinds
    for m in got:
        said = json.loads(m.get_payload(decode=True))
        assert m["From"] == "hitd@example.net" and m["To"] == "lab@example.org"
        assert m["Message-ID"] == "<%s@example.net>" % said["EventDocId"]
        assert email.utils.parsedate_to_datetime(m["Date"]).tzinfo
        assert m["Auto-Submitted"] == "auto-generated"
        assert said["Events"][0]["HITId"] == hit["HITId"]


@pytest.mark.parametrize("name,how,copies", [
    ("busy", {"banner": "421 too busy"}, 1),
    ("no mail server", {"banner": "HTTP/1.1 200 OK"}, 1),
    ("closes", {"banner": CLOSE}, 1),
    ("stalls", {"banner": STALL}, 1),
    ("greets for ever", {"EHLO": endless_greeting}, 1),
    ("sender refused", {"MAIL": "451 later"}, 1),
    ("mailbox refused", {"RCPT": "550 nobody here"}, 1),
    ("no room", {"DATA": "452 full"}, 1),
    ("spam", {"body": "554 no"}, 2),
    ("stalls after the text", {"body": STALL}, 2),
    ("drops after the text", {"body": CLOSE}, 2),
    ("says it twice", {"RCPT": "250 ok\r\n250 ok"}, 1),
])
def test_a_mail_server_that_fails_once(office, client, name, how, copies):
    """The mail comes again, with the same id, until it was taken."""
    to = name.replace(" ", ".") + "@example.org"
    office.smtp.behaviours, office.smtp.n = [how, {}], 0
    send_test(client, to)
    got = wait_mails(office.smtp, to, copies)
    assert len({m["Message-ID"] for m in got}) == 1
    lines = office.hitd("outbox", "list").stdout
    assert to not in lines


def test_what_is_no_mailbox_meets_no_server(office, client):
    office.smtp.behaviours, office.smtp.n = [{}], 0
    for address in ("a@b\r\nRCPT TO:<c@d>", "a@b c", "<a@b>"):
        with pytest.raises(client.exceptions.ClientError):
            send_test(client, address)
    office.hitd("setting", "notify_attempts", "1")
    try:
        send_test(client, 'a","b@c')
        wait_for(lambda: office.hitd("outbox", "list").stdout,
                 lambda text: "not the address of a mailbox" in text)
    finally:
        office.hitd("setting", "notify_attempts", "16")
    assert office.smtp.n == 0


# ---- over HTTP: queue, subscriber, webhook ----

FAILS = {
    "stalls": STALL,
    "drips": drip(GOOD),
    "closes": CLOSE,
    "is no server": "hello\r\n\r\n",
    "heads for ever": flood("HTTP/1.1 200 OK\r\n", "X-More: y\r\n"),
    "refuses": answer("403 Forbidden", "no"),
    "is broken": answer("500 Internal Server Error", "x" * 100000),
    "sends elsewhere": answer("307 Temporary Redirect", "", "Location: http://127.0.0.1:1/"),
    "stops in the middle": "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
    "is never ready": flood("", "HTTP/1.1 100 Continue\r\n\r\n"),
}


def text_of(body, transport):
    """The message, whichever way it went."""
    if transport == "SQS":
        return event(body)
    return json.loads(json.loads(body)["Message"]) if transport == "SNS" else json.loads(body)


CASES = [("webhook", name) for name in FAILS] + [
    (transport, name) for transport in ("SQS", "SNS")
    for name in ("refuses", "closes", "sends elsewhere", "stops in the middle")]


@pytest.mark.parametrize("transport,name", CASES)
def test_a_receiver_that_fails_once(office, transport, name):
    requester = office.requester()
    receiver = Http(FAILS[name], GOOD)
    if transport == "webhook":
        status, hook = requester.v1("POST", "/v1/webhooks", json.dumps(
            {"url": receiver.url, "events": ["HITCreated"]}).encode())
        assert status == 201
        requester.v1("POST", "/v1/webhooks/%d/test" % hook["id"], b"")
    else:
        send_test(requester.client(), receiver.url, transport)
    first, again = [text_of(b, transport) for b in receiver.wait(2)[:2]]
    assert first == again and first["Events"][0]["EventType"] == "Ping"
    if transport == "webhook":
        w = wait_for(lambda: requester.v1("GET", "/v1/webhooks", b"")[1]["webhooks"][0],
                     lambda w: not w["waiting"])
        assert w["delivered_ms"] >= w["failed_ms"] and not w["failures"] and not w["dead"]
    receiver.close()


ERROR = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
OTHER = ("<SendMessageResponse><SendMessageResult><MD5OfMessageBody>%s</MD5OfMessageBody>"
         "</SendMessageResult></SendMessageResponse>" % ("0" * 32))


@pytest.mark.parametrize("lie", [ERROR, OTHER])
def test_a_queue_that_lies(office, client, lie):
    receiver = Http(answer("200 OK", lie), GOOD)
    send_test(client, receiver.url, "SQS")
    first, again = receiver.wait(2)[:2]
    assert event(first) == event(again)
    receiver.close()


def test_a_queue_that_tells_the_truth(office, client):
    import hashlib
    truth = []

    def honest(listener, f):
        message = json.dumps(event(listener.came[-1]), separators=(",", ":"), ensure_ascii=False)
        truth.append(hashlib.md5(message.encode()).hexdigest())
        f.write(answer("200 OK", OTHER.replace("0" * 32, truth[-1])).encode())

    receiver = Http(honest)
    send_test(client, receiver.url, "SQS")
    receiver.wait(1)
    time.sleep(6)
    assert len(receiver.came) == 1, receiver.came
    receiver.close()


def test_a_long_answer_is_an_answer(office, client):
    receiver = Http(flood("HTTP/1.1 200 OK\r\n\r\n", "x"), GOOD)
    send_test(client, receiver.url, "SNS")
    receiver.wait(1)
    time.sleep(6)
    assert len(receiver.came) == 1
    receiver.close()


# ---- and nobody waits for them ----

def made(requester, url, *events):
    status, hook = requester.v1("POST", "/v1/webhooks",
                                json.dumps({"url": url, "events": list(events)}).encode())
    assert status == 201, hook
    return hook


def test_many_that_stall_hold_up_nobody(office):
    """More receivers that stall than there are threads: once they are known to, others go on at
    once, in order, each event one time."""
    requester = office.requester(deposit="100.00")
    client = requester.client()
    stalled = Http(STALL)
    hooks = [made(requester, stalled.url + str(i), "HITCreated") for i in range(10)]
    for _ in range(20):
        new_hit(client)
    stalled.wait(6)

    def failing():
        listed = requester.v1("GET", "/v1/webhooks", b"")[1]["webhooks"]
        return sum(1 for w in listed if w["failures"])

    wait_for(failing, lambda n: n == len(hooks), 90)
    kinds = ["AssignmentAccepted", "AssignmentSubmitted", "AssignmentApproved"]
    good = Http(GOOD)
    made(requester, good.url, *kinds)
    began = time.monotonic()
    hit = new_hit(client)
    done = office.worker().work(hit["HITGroupId"])
    client.approve_assignment(AssignmentId=done)
    got = [json.loads(b)["Events"][0]["EventType"] for b in good.wait(3, 12)]
    assert got == kinds and time.monotonic() - began < 12
    listed = requester.v1("GET", "/v1/webhooks", b"")[1]["webhooks"]
    assert sum(w["waiting"] for w in listed) >= 10 * 21 and not sum(w["dead"] for w in listed)
    for h in hooks:
        requester.v1("DELETE", "/v1/webhooks/%d" % h["id"], b"")
    stalled.close()
    good.close()


def test_a_stalled_mail_server_holds_up_mail_only(office):
    """More mails to people than there are threads: events go on, and the mails come later."""
    requester = office.requester(deposit="100.00")
    client = requester.client()
    office.hitd("setting", "mail_delay_s", "0")
    workers = [office.worker() for _ in range(8)]
    group = new_hit(client, MaxAssignments=8)["HITGroupId"]
    done = [w.work(group) for w in workers]
    good, began = Http(GOOD), office.smtp.n
    hook = made(requester, good.url, "HITCreated")
    office.smtp.behaviours = [{"banner": STALL}]
    for assignment in done:
        client.reject_assignment(AssignmentId=assignment, RequesterFeedback="no")
    wait_for(lambda: office.smtp.n, lambda n: n >= began + 2, 30)
    for _ in range(10):
        new_hit(client)
    good.wait(10, 12)
    assert office.smtp.n <= began + 4  # two threads, and two more if the first gave up meanwhile
    office.smtp.behaviours = [{}]
    for w in workers:
        assert len(wait_mails(office.smtp, w.email, 1)) == 1
    requester.v1("DELETE", "/v1/webhooks/%d" % hook["id"], b"")
    good.close()


def test_one_event_at_a_time_for_each_receiver(office):
    """So that order within a HIT needs no luck, and a receiver is not overrun."""
    requester = office.requester(deposit="100.00")
    client = requester.client()
    inside, most, lock = [0], [0], threading.Lock()

    def slow(listener, f):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.2)
        with lock:
            inside[0] -= 1
        f.write(GOOD.encode())

    receiver = Http(slow)
    made(requester, receiver.url, "HITCreated")
    for _ in range(8):
        new_hit(client)
    receiver.wait(8)
    assert most[0] == 1
    receiver.close()

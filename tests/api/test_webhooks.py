"""Webhooks: made by /v1, signed, told at least once and in order (docs/notifications.md)."""
import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time

import pytest

import market
from market import new_hit
from test_notify import Receiver, private, spec, wait_for  # noqa: F401

ALL = ["AssignmentAccepted", "AssignmentAbandoned", "AssignmentReturned", "AssignmentSubmitted",
       "AssignmentRejected", "AssignmentApproved", "HITCreated", "HITExpired", "HITReviewable",
       "HITExtended", "HITDisposed"]


# ---- as docs/notifications.md shows it ----

def verified(secret, header, body, now=None):
    parts = dict(p.split("=", 1) for p in header.split(","))
    good = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = abs((now or time.time()) - int(parts["t"])) <= 300
    return fresh and hmac.compare_digest(good, parts["v1"])


def ask(requester, method, path="", body=None, status=200):
    got, answer = requester.v1(method, "/v1/webhooks" + path,
                               b"" if body is None else json.dumps(body).encode())
    assert got == status, answer
    return answer


def made(requester, url, events=ALL, **more):
    return ask(requester, "POST", body=dict(url=url, events=events, **more), status=201)


def state(requester, hook):
    return next(w for w in ask(requester, "GET")["webhooks"] if w["id"] == hook["id"])


def kinds(receiver, n):
    return [e["EventType"] for b in receiver.wait(n) for e in json.loads(b)["Events"]]


def test_signed_and_told_of_all_tasks(server, requester, mturk, worker, private):  # noqa: F811
    receiver = Receiver()
    old = new_hit(mturk, MaxAssignments=1)  # the type is older than the webhook
    hook = made(requester, receiver.url)
    assert len(hook["secret"]) == 64
    done = worker.work(old["HITGroupId"])
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    mturk.approve_assignment(AssignmentId=done, OverrideRejection=True)
    new_hit(mturk, Title="made after the webhook")
    assert sorted(kinds(receiver, 6)) == sorted(
        ["AssignmentAccepted", "AssignmentSubmitted", "HITReviewable", "AssignmentRejected",
         "AssignmentApproved", "HITCreated"])
    for head, body in zip(receiver.heads, receiver.bodies):
        assert head["Content-Type"] == "application/json"
        assert head["Hitd-Delivery"] == json.loads(body)["EventDocId"]
        assert verified(hook["secret"], head["Hitd-Signature"], body.encode())
        assert not verified(hook["secret"], head["Hitd-Signature"], body.encode() + b" ")
        assert not verified("0" * 64, head["Hitd-Signature"], body.encode())
        assert not verified(hook["secret"], head["Hitd-Signature"], body.encode(),
                            time.time() + 301)
    told = [json.loads(b)["Events"][0] for b in receiver.bodies]
    overturned = [e for e in told if "Overturned" in e]
    assert [e["EventType"] for e in overturned] == ["AssignmentApproved"]
    assert overturned[0]["Overturned"] is True
    w = wait_for(lambda: state(requester, hook), lambda w: not w["waiting"])
    assert w["delivered_ms"] and not w["failures"] and w["active"] and w["events"] == ALL
    receiver.close()


def test_the_shell_verifies_it_too(requester, private):  # noqa: F811
    receiver = Receiver()
    hook = made(requester, receiver.url)
    ask(requester, "POST", "/%d/test" % hook["id"], status=204)
    body = receiver.wait(1)[0]
    assert json.loads(body)["Events"][0]["EventType"] == "Ping"
    t, v1 = (p.split("=")[1] for p in receiver.heads[0]["Hitd-Signature"].split(","))
    out = subprocess.run(["sh", "-c", 'printf "%s.%s" "$T" "$BODY" | '
                          'openssl dgst -sha256 -hmac "$SECRET" -r | cut -d" " -f1'],
                         env={"PATH": "/usr/bin:/bin", "T": t, "BODY": body,
                              "SECRET": hook["secret"]}, stdout=subprocess.PIPE, text=True)
    assert out.stdout.strip() == v1
    receiver.close()


def test_turned_off_changed_and_removed(requester, mturk, private):  # noqa: F811
    first, second = Receiver(), Receiver()
    hook = made(requester, first.url, ["HITCreated"])
    path = "/%d" % hook["id"]
    new_hit(mturk)
    first.wait(1)
    ask(requester, "POST", path + "/active", {"active": False})
    new_hit(mturk)
    ask(requester, "POST", path + "/test", status=204)  # a test goes out all the same
    assert kinds(first, 2) == ["HITCreated", "Ping"]
    ask(requester, "POST", path + "/active", {"active": True})
    ask(requester, "PUT", path, {"url": second.url, "events": ["HITCreated", "HITExpired"]})
    again = ask(requester, "POST", path + "/secret")
    assert again["secret"] != hook["secret"]
    new_hit(mturk)
    second.wait(1)
    assert verified(again["secret"], second.heads[0]["Hitd-Signature"], second.bodies[0].encode())
    assert len(first.bodies) == 2
    ask(requester, "DELETE", path, status=204)
    assert ask(requester, "GET")["webhooks"] == []
    new_hit(mturk)
    for method, tail, body in (("DELETE", "", None), ("POST", "/test", None),
                               ("POST", "/secret", None), ("POST", "/active", {"active": True})):
        ask(requester, method, path + tail, body, status=404)
    first.close()
    second.close()


def test_only_ones_own(server, requester, private):  # noqa: F811
    receiver = Receiver()
    hook = made(requester, receiver.url)
    other = server.requester(deposit="100.00")
    path = "/%d" % hook["id"]
    for method, tail, body in (("DELETE", "", None), ("POST", "/test", None),
                               ("POST", "/secret", None), ("POST", "/active", {"active": False}),
                               ("PUT", "", {"url": receiver.url, "events": ["HITCreated"]})):
        ask(other, method, path + tail, body, status=404)
    assert ask(other, "GET")["webhooks"] == []
    new_hit(other.client())
    assert state(requester, hook)["active"] and not receiver.bodies
    receiver.close()


def test_what_is_refused(requester):
    good = {"url": "https://hook.example.org/x", "events": ["HITCreated"]}
    for members, field in (({"url": "ftp://x"}, "url"), ({"url": "https://"}, "url"),
                           ({"url": "https://u:p@example.org/"}, "url"),
                           ({"url": "https://e.org/\r\nX: y"}, "url"), ({"events": []}, "events"),
                           ({"batch": 999999}, "batch"), ({"url": "https://e/" + "x" * 1100}, None)):
        status, answer = requester.v1("POST", "/v1/webhooks",
                                      json.dumps(dict(good, **members)).encode())
        assert status == 400 and (not field or answer["error"]["field"] == field), answer
    hooks = [made(requester, **good) for _ in range(20)]
    ask(requester, "POST", body=good, status=409)
    assert len({h["secret"] for h in hooks}) == 20


def test_one_batch_alone(requester, mturk, private):  # noqa: F811
    receiver = Receiver()
    hit, other = new_hit(mturk), new_hit(mturk, Title="another batch")
    batches = requester.v1("GET", "/v1/batches")[1]["batches"]
    assert len(batches) == 2
    made(requester, receiver.url, ["HITExpired"], batch=batches[0]["id"])
    for one in (hit, other):
        mturk.update_expiration_for_hit(HITId=one["HITId"], ExpireAt=0)
    body = json.loads(receiver.wait(1)[0])
    assert body["Events"][0]["HITId"] == other["HITId"]  # the newest batch stands first
    w = ask(requester, "GET")["webhooks"][0]
    assert w["batch"] == batches[0]["id"] and not w["dead"]
    assert len(receiver.bodies) == 1
    receiver.close()


def test_each_destination_has_its_own_order(server, requester, mturk, worker,
                                            private):  # noqa: F811
    """A queue that is down holds up nothing for the webhook; each gets all, in order."""
    down = threading.Event()
    queue = Receiver(lambda n, body: 200 if down.is_set() else 503)
    hook = Receiver(lambda n, body: 503 if n == 1 else 200)
    hit = new_hit(mturk)
    wanted = ["AssignmentAccepted", "AssignmentSubmitted", "AssignmentApproved"]
    mturk.update_notification_settings(HITTypeId=hit["HITTypeId"], Active=True,
                                       Notification=spec(queue.url, *wanted))
    made(requester, hook.url, wanted)
    done = worker.work(hit["HITGroupId"])
    mturk.approve_assignment(AssignmentId=done)
    assert kinds(hook, 4) == wanted[:1] + wanted
    assert {json.loads(b)["EventDocId"] for b in hook.bodies[:2]} == {
        json.loads(hook.bodies[0])["EventDocId"]}
    down.set()
    wait_for(lambda: [b for b in queue.bodies if "AssignmentApproved" in b], bool)
    queue.close()
    hook.close()


class Slow(http.server.BaseHTTPRequestHandler):
    """Takes the message and never answers, or answers a byte a second."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(self.path)
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":
                if self.server.over.wait(1 if self.path == "/drip" else 60):
                    return
                self.wfile.write(bytes([byte]))
        except OSError:
            pass

    def log_message(self, *args):
        pass


@pytest.mark.parametrize("path", ["/stall", "/drip"])
def test_a_receiver_that_stalls_is_left(server, requester, private, path):  # noqa: F811
    slow = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    slow.came, slow.over = [], threading.Event()
    threading.Thread(target=slow.serve_forever, daemon=True).start()
    hook = made(requester, "http://127.0.0.1:%d%s" % (slow.server_address[1], path))
    ask(requester, "POST", "/%d/test" % hook["id"], status=204)
    w = wait_for(lambda: state(requester, hook), lambda w: w["failures"], 60)
    assert "imeout" in w["error"] and w["waiting"] == 1 and not w.get("delivered_ms")
    ask(requester, "DELETE", "/%d" % hook["id"], status=204)
    slow.over.set()
    slow.shutdown()
    slow.server_close()


def test_a_redirect_is_no_delivery(server, requester, private):  # noqa: F811
    """Nor is it followed, to a private address or anywhere."""
    target = Receiver()
    away = Receiver(lambda n, body: 302)
    away.url, at = target.url, away.url
    hook = made(requester, at)
    ask(requester, "POST", "/%d/test" % hook["id"], status=204)
    w = wait_for(lambda: state(requester, hook), lambda w: w["failures"])
    assert "302" in w["error"] and not target.bodies
    ask(requester, "DELETE", "/%d" % hook["id"], status=204)
    target.close()
    away.close()


def test_private_addresses(server, requester):
    receiver = Receiver()
    hook = made(requester, receiver.url)
    server.hitd("setting", "notify_attempts", "1")
    try:
        ask(requester, "POST", "/%d/test" % hook["id"], status=204)
        w = wait_for(lambda: state(requester, hook), lambda w: w["dead"])
        assert "private" in w["error"] and not w["waiting"] and not receiver.bodies
    finally:
        server.hitd("setting", "notify_attempts", "16")
    receiver.close()


def test_killed_in_the_middle(server, requester, private):  # noqa: F811
    go_on = threading.Event()
    receiver = Receiver(lambda n, body: 200 if n > 1 or go_on.wait(20) else 500)
    hook = made(requester, receiver.url)
    ask(requester, "POST", "/%d/test" % hook["id"], status=204)
    receiver.wait(1)
    server.kill()
    go_on.set()
    server.start()
    first, again = receiver.wait(2)[:2]
    assert first == again
    assert verified(hook["secret"], receiver.heads[1]["Hitd-Signature"], again.encode())
    receiver.close()

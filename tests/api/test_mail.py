"""Mail to people: what they are told, once, to whom wants it, and links that end it."""
import email
import email.policy
import os
import re
import socketserver
import threading
import time

import pytest

import hitd
import market
from market import new_hit


class Post:
    """A mail server; answer(n) may refuse the n-th mail."""

    def __init__(self, answer=lambda n: "250 taken"):
        self.raw, self.tried, self.came = [], 0, threading.Condition()
        post = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda words: self.wfile.write(words.encode() + b"\r\n")  # noqa: E731
                say("220 ready")
                for line in self.rfile:
                    verb = line.split()[0].upper() if line.split() else b""
                    if verb == b"DATA":
                        say("354 go on")
                        lines = []
                        while (got := self.rfile.readline()) not in (b".\r\n", b""):
                            lines.append(got[1:] if got.startswith(b"..") else got)
                        with post.came:
                            post.tried += 1
                            words = answer(post.tried)
                            if words.startswith("250"):
                                post.raw.append(b"".join(lines))
                            post.came.notify_all()
                        say(words)
                    elif verb == b"QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 good")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mails(self):
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw]

    def to(self, person):
        """Subjects and texts of what came for a person."""
        return [(m["Subject"], m.get_content(), m) for m in self.mails()
                if person.email in m["To"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Server(market.Server):
    def __init__(self, kind, post):
        hitd.Market.__init__(self, kind)
        self.config = os.path.join(self.folder, "hitd.conf")
        with open(self.config, "w") as f:
            f.write("smtp-url = smtp://127.0.0.1:%d\nmail-from = hitd@example.org\n" % post.port)
        self.hitd("setting", "mail_delay_s", "0")
        self.start()

    def serve(self, *more):
        return super().serve("--config", self.config, *more)


@pytest.fixture(scope="module")
def post():
    post = Post()
    yield post
    post.close()


@pytest.fixture(scope="module", params=hitd.STORES)
def server(request, post):
    s = Server(request.param, post)
    yield s
    s.end()


def one_mail(post, person, words):
    hitd.until(lambda: any(words in subject for subject, _, _ in post.to(person)), 60)
    return [m for m in post.to(person) if words in m[0]][-1]


def test_from_rejection_to_payment(server, post, requester):
    client = requester.client()
    worker = server.worker()
    hit = new_hit(client, Title="Grüße: name it",
                  Reward="1.00")
    work = worker.work(hit["HITGroupId"])
    client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
    subject, text, mail = one_mail(post, worker, "rejected")
    assert subject == "Your work was rejected: Grüße: name it"
    assert "You can appeal until " in text and "appeals/new?assignment_id=" + work in text
    assert mail["From"] == "hitd@example.org" and mail["Auto-Submitted"] == "auto-generated"
    # the worker's own link works, and appealing tells the requester
    assert worker.form("POST", "/appeals", assignment_id=work, reason="mistake",
                       text="Please look again: it is a cat, as I said.")[0] in (200, 303)
    subject, text, _ = one_mail(post, requester, "appeals")
    assert subject == "A worker appeals: Grüße: name it" and worker.email not in text
    client.approve_assignment(AssignmentId=work, OverrideRejection=True)
    assert one_mail(post, worker, "undone")[0] == "A rejection was undone: you are paid $1.00"


def test_approvals_are_no_news(server, post, requester):
    worker = server.worker()
    client = requester.client()
    for _ in range(2):
        work = worker.work(new_hit(client)["HITGroupId"])
        client.approve_assignment(AssignmentId=work)
    work = worker.work(new_hit(client)["HITGroupId"])
    client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
    one_mail(post, worker, "rejected")
    assert len(post.to(worker)) == 1


def test_many_are_one_mail(server, post, requester):
    """They wait for each other, by way of the API and by way of a file."""
    server.hitd("setting", "mail_delay_s", "4")
    try:
        worker, client = server.worker(), requester.client()
        works = [worker.work(new_hit(client)["HITGroupId"]) for _ in range(4)]
        for work in works[:2]:
            client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
        file = "AssignmentId,Approve,Reject\r\n" + "".join(
            "%s,,no\r\n" % work for work in works[2:])
        batch = requester.v1("GET", "/v1/batches")[1]["batches"][0]["id"]
        status, plan = requester.v1("POST", "/v1/reviews", file.encode(),
                                    {"Content-Type": "text/csv"}, {"batch": batch, "mode": "all"})
        assert status == 201, plan
    finally:
        server.hitd("setting", "mail_delay_s", "0")
    subject, text, _ = one_mail(post, worker, "rejected")
    assert subject == "2 pieces of your work were rejected"
    assert "/dashboard" in text


def test_messages(server, post, requester):
    worker, client = server.worker(), requester.client()
    work = worker.work(new_hit(client)["HITGroupId"])
    client.approve_assignment(AssignmentId=work)
    client.notify_workers(Subject="More work\t", MessageText="Line one\n.\nLine three: ä",
                          WorkerIds=[worker.id])
    subject, text, _ = one_mail(post, worker, "A message from")
    assert "> Line one" in text and "> Line three: ä" in text and requester.email not in text
    thread = worker.get("/messages?format=json")[1]["threads"][0]["address"]
    worker.form("POST", thread, text="I come")
    subject, text, _ = one_mail(post, requester, "A message from a worker")
    assert "> I come" in text and worker.email not in text


def test_names_of_strangers_make_no_heads(server, post, requester):
    """Whatever stands in a title or a name, the head has the lines that it has."""
    worker, client = server.worker(), requester.client()
    client.create_qualification_type(Name="Q", Description="d", QualificationTypeStatus="Active")
    name = "a" * 150 + " \u2028ä=?UTF-8?B?x?="
    made = client.create_qualification_type(
        Name=name, Description="d", QualificationTypeStatus="Active")["QualificationType"]
    client.associate_qualification_with_worker(
        QualificationTypeId=made["QualificationTypeId"], WorkerId=worker.id, IntegerValue=1,
        SendNotification=True)
    subject, _, mail = one_mail(post, worker, "You have a qualification")
    assert "Bcc" not in mail and set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def test_payouts(server, post, requester):
    worker, client = server.worker(), requester.client()
    work = worker.work(new_hit(client, Reward="5.00")["HITGroupId"])
    client.approve_assignment(AssignmentId=work)
    assert worker.form("POST", "/transfers", amount="3.00")[0] in (200, 201, 303)
    operator = market.Worker(server, *server.new_account("operator"))
    page = operator.get("/operator/payouts?format=json")[1]
    row = next(r for r in page["rows"] if r["worker_id"] == worker.id)
    operator.form("POST", "/operator/payouts", payout=row["payout"], to="failed", note="No such account")
    subject, text, _ = one_mail(post, worker, "failed")
    assert subject == "Your transfer of $3.00 failed" and "> No such account" in text


def test_choices(server, post, requester):
    worker, client = server.worker(), requester.client()
    page = worker.get("/mails?format=json")[1]
    wanted = {r["name"]: r["wanted"] for r in page["rows"]}
    assert page["sent"] and page["address"] == worker.email
    assert set(wanted) == {"rejected", "overturned", "appeals", "payouts", "qualifications",
                           "messages"} and all(wanted.values())
    assert worker.form("POST", "/mails", overturned="1")[0] in (200, 303)
    work = worker.work(new_hit(client)["HITGroupId"])
    client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
    client.approve_assignment(AssignmentId=work, OverrideRejection=True)
    one_mail(post, worker, "undone")
    assert len(post.to(worker)) == 1


def test_links_that_end_mails(server, post, requester):
    worker, client = server.worker(), requester.client()
    work = worker.work(new_hit(client)["HITGroupId"])
    client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
    _, _, mail = one_mail(post, worker, "rejected")
    link = re.fullmatch(r"<(http://[^>]+)>", mail["List-Unsubscribe"])[1]
    assert link.startswith(server.url + "/mails/stop/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = link[len(server.url):]
    status, _, body = server.request("GET", path)  # looking changes nothing
    assert status == 200 and b"Rejected work" in body
    wants = lambda: {r["name"] for r in worker.get("/mails?format=json")[1]["rows"]  # noqa: E731
                     if r["wanted"]}
    assert "rejected" in wants()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert server.request("POST", path, b"List-Unsubscribe=One-Click", form)[0] == 200
    assert "rejected" not in wants() and "overturned" in wants()
    assert server.request("POST", path, b"what=all", form)[0] == 200
    assert wants() == set()
    for bad in (path[:-1], path[:-1] + ("A" if path[-1] != "A" else "B"), "/mails/stop/1"):
        assert server.request("GET", bad)[0] == 404
        assert server.request("POST", bad, b"what=all", form)[0] == 404


def test_no_mail_server_no_mail():
    """And what happened then is not told when there is one."""
    s = market.Server("sqlite")
    try:
        requester, worker = s.requester(deposit="10.00"), s.worker()
        client = requester.client()
        assert worker.get("/mails?format=json")[1]["sent"] is False
        work = worker.work(new_hit(client)["HITGroupId"])
        client.reject_assignment(AssignmentId=work, RequesterFeedback="no")
        import sqlite3
        with sqlite3.connect(s.store[len("sqlite:"):]) as db:
            assert db.execute("SELECT COUNT(*) FROM mail").fetchone() == (0,)
    finally:
        s.end()


def test_refused_mails_come_again():
    post = Post(lambda n: "451 later" if n <= 2 else "250 taken")
    s = Server("sqlite", post)
    try:
        requester, worker = s.requester(deposit="10.00"), s.worker()
        work = worker.work(new_hit(requester.client())["HITGroupId"])
        requester.client().reject_assignment(AssignmentId=work, RequesterFeedback="no")
        one_mail(post, worker, "rejected")
        assert post.tried == 3
        time.sleep(1.5)
        assert post.tried == 3 and len(post.raw) == 1
    finally:
        s.end()
        post.close()

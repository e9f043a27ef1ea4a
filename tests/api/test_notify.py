"""Words to workers and events to requesters (requester-api 2.30, 2.34, 2.38, 3.9)."""
import http.server
import json
import re
import threading
import time
import urllib.parse

import pytest

from market import new_hit

TEXT = "Cannot send a notification to a worker who has not done any work for you"


def notify(client, *ids, subject="More work", text="There is a new batch.\nCome and see."):
    answer = client.notify_workers(Subject=subject, MessageText=text, WorkerIds=list(ids))
    return answer["NotifyWorkersFailureStatuses"]


def messages(worker):
    return worker.form("GET", "/messages?format=json")[1]["threads"]


def test_notify_workers(server, mturk, worker):
    stranger = server.worker()
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    assert [f["WorkerId"] for f in notify(mturk, worker.id)] == [worker.id]  # nothing decided yet
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    failures = notify(mturk, worker.id, stranger.id, "AEXAMPLE00000", worker.id)
    assert failures == [{"NotifyWorkersFailureCode": "HardFailure",
                         "NotifyWorkersFailureMessage": TEXT, "WorkerId": w}
                        for w in (stranger.id, "AEXAMPLE00000")]
    [thread] = messages(worker)
    assert thread["unread"] == 1  # named twice, written to once
    assert thread["text"].startswith("More work")
    assert messages(stranger) == []
    assert notify(server.requester().client(), worker.id)[0]["WorkerId"] == worker.id


def test_notify_workers_bounds(server, mturk):
    assert notify(mturk) == []
    assert len(notify(mturk, *("A%03d" % i for i in range(100)))) == 100
    for members in ({"subject": "x" * 201}, {"text": "x" * 4097}):
        with pytest.raises(mturk.exceptions.ClientError):
            notify(mturk, "A1", **members)
    with pytest.raises(mturk.exceptions.ClientError):
        notify(mturk, *("A%03d" % i for i in range(101)))
    assert notify(mturk, "A1", subject="é" * 200, text="é" * 4096)


# ---- events: a receiver that behaves as it is told ----


class Receiver:
    """Takes posts on a loopback port; answer(n, body) gives the status of the n-th."""

    def __init__(self, answer=lambda n, body: 200):
        self.bodies, self.heads, self.came = [], [], threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                with receiver.came:
                    receiver.bodies.append(body)
                    receiver.heads.append(dict(self.headers))
                    n = len(receiver.bodies)
                    receiver.came.notify_all()
                status = answer(n, body)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url)
                self.end_headers()
                try:
                    for _ in range(1000 if status == 202 else 0):  # longer than anybody reads
                        self.wfile.write(b"x" * 65536)
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/1/queue" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, n):
        with self.came:
            assert self.came.wait_for(lambda: len(self.bodies) >= n, 120), self.bodies
        return self.bodies

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def event(body):
    """Of an SQS SendMessage."""
    form = urllib.parse.parse_qs(body)
    assert form["Action"] == ["SendMessage"]
    return json.loads(form["MessageBody"][0])


def spec(url, *events, transport="SQS", version="2014-08-15"):
    return {"Destination": url, "Transport": transport, "Version": version,
            "EventTypes": list(events)}


@pytest.fixture
def private(server):
    server.hitd("setting", "notify_private", "allow")
    yield
    server.hitd("setting", "notify_private", "refuse")
    server.hitd("setting", "notify_attempts", "16")


def test_events_of_a_hit_arrive_in_order(server, mturk, requester, worker, private):
    failures = iter([500, 302, 202])  # refused, sent elsewhere, taken with a long answer
    receiver = Receiver(lambda n, body: next(failures, 200))
    hit = new_hit(mturk)
    kinds = ("AssignmentAccepted", "AssignmentSubmitted", "AssignmentApproved", "Ping")
    mturk.update_notification_settings(HITTypeId=hit["HITTypeId"], Active=True,
                                       Notification=spec(receiver.url, *kinds))
    done = worker.work(hit["HITGroupId"])
    mturk.approve_assignment(AssignmentId=done)
    got = [event(b) for b in receiver.wait(5)]
    assert [e["Events"][0]["EventType"] for e in got] == ["AssignmentAccepted"] * 3 + [
        "AssignmentSubmitted", "AssignmentApproved"]
    assert got[0] == got[1] == got[2]  # the same message again, with the same id
    first = got[0]
    assert list(first) == ["Events", "EventDocId", "SourceAccount", "CustomerId",
                           "EventDocVersion"]
    assert list(first["Events"][0]) == ["EventType", "EventTimestamp", "HITId", "AssignmentId",
                                        "HITTypeId"]
    assert re.fullmatch("[0-9a-f]{40}", first["EventDocId"])
    assert re.fullmatch("[0-9]{12}", first["SourceAccount"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["Events"][0]["EventTimestamp"])
    assert first["CustomerId"] == requester.id and first["EventDocVersion"] == "2014-08-15"
    assert first["Events"][0]["HITId"] == hit["HITId"]
    assert first["Events"][0]["AssignmentId"] == done
    mturk.update_notification_settings(HITTypeId=hit["HITTypeId"], Active=False)
    server.worker().work(hit["HITGroupId"])
    mturk.send_test_event_notification(Notification=spec(receiver.url, "Ping"),
                                       TestEventType="Ping")
    assert event(receiver.wait(6)[5])["Events"][0]["EventType"] == "Ping"
    receiver.close()


def test_a_subscriber_gets_the_envelope(mturk, private):
    receiver = Receiver()
    mturk.send_test_event_notification(
        Notification=spec(receiver.url, "Ping", transport="SNS", version="2006-05-05"),
        TestEventType="AssignmentSubmitted")
    envelope = json.loads(receiver.wait(1)[0])
    assert receiver.heads[0]["x-amz-sns-message-type"] == "Notification"
    assert envelope["Type"] == "Notification" and envelope["TopicArn"] == receiver.url
    message = json.loads(envelope["Message"])
    assert message["EventDocVersion"] == "2006-05-05"
    assert message["Events"][0]["EventType"] == "AssignmentSubmitted"
    receiver.close()


def test_private_addresses_are_refused_and_dead_letters_replayed(server, mturk, requester):
    receiver = Receiver()
    server.hitd("setting", "notify_attempts", "1")
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "[::ffff:127.0.0.1]")):
        mturk.send_test_event_notification(Notification=spec(url, "Ping"), TestEventType="Ping")
    mine = wait_for(lambda: [row for row in server.hitd("outbox", "list").stdout.splitlines()
                             if requester.id in row], lambda rows: len(rows) == 2)
    assert all("private" in row for row in mine)
    assert not receiver.bodies
    server.hitd("setting", "notify_private", "allow")
    server.hitd("outbox", "replay", mine[0].split("\t")[0])
    receiver.wait(1)
    server.hitd("setting", "notify_private", "refuse")
    server.hitd("setting", "notify_attempts", "16")
    receiver.close()


def wait_for(get, good, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = get()
        if good(value):
            return value
        time.sleep(0.2)
    raise AssertionError(value)


def test_killed_during_delivery(server, mturk, private):
    stalls = threading.Event()
    receiver = Receiver(lambda n, body: 200 if n > 1 or stalls.wait(20) else 500)
    mturk.send_test_event_notification(Notification=spec(receiver.url, "Ping"),
                                       TestEventType="Ping")
    receiver.wait(1)
    server.kill()
    stalls.set()
    server.start()
    got = receiver.wait(2)  # when its lease has run out
    assert event(got[0]) == event(got[1])
    receiver.close()


def test_settings_are_checked(server, mturk):
    hit_type = new_hit(mturk)["HITTypeId"]
    good = spec("https://queue.example.org/1/q", "Ping")
    bad = (({}, "AWS.MissingParameters"), ({"Active": True}, "AWS.MissingParameters"),
           ({"Notification": dict(good, Destination="ftp://x")},
            "AWS.MechanicalTurk.InvalidTransportEndpoint"),
           ({"Notification": dict(good, Transport="Email", Destination="a@b\r\nc")},
            "AWS.MechanicalTurk.InvalidTransportEndpoint"))
    for members, code in bad:
        with pytest.raises(mturk.exceptions.ClientError) as e:
            mturk.update_notification_settings(HITTypeId=hit_type, **members)
        if e.value.response["Error"]["Code"] == "RequestError":
            assert e.value.response["TurkErrorCode"] == code
    with pytest.raises(mturk.exceptions.ClientError):
        mturk.update_notification_settings(HITTypeId=hit_type,
                                           Notification=dict(good, Version="2020-01-01"))
    with pytest.raises(mturk.exceptions.ClientError):
        server.requester().client().update_notification_settings(HITTypeId=hit_type, Active=True)
    mturk.update_notification_settings(HITTypeId=hit_type, Notification=good)
    mturk.update_notification_settings(HITTypeId=hit_type, Active=True)

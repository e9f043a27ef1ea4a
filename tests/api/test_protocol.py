"""The wire: dispatch, signatures, errors, retries, connections (requester-api 1, 5)."""
import http.client
import json
import socket
import threading
import time
import uuid

import pytest

from market import HTML, TARGET, new_hit

MEDIA = "application/x-amz-json-1.1"


def test_headers_of_an_answer(server, requester):
    body = b"{}"
    h = requester.sign("POST", "/", body, {"X-Amz-Target": TARGET + "GetAccountBalance",
                                           "Content-Type": MEDIA})
    status, head, data = server.request("POST", "/", body, h)
    assert status == 200 and head["Content-Type"] == MEDIA
    uuid.UUID(head["x-amzn-RequestId"])
    assert head["Date"].endswith("GMT")
    assert json.loads(data) == {"AvailableBalance": "1000.00", "OnHoldBalance": "0.00"}


@pytest.mark.parametrize("target", [None, "GetHIT", TARGET + "NoSuch", "Other.GetHIT",
                                    TARGET + "gethit"])
def test_unknown_operation(server, requester, target):
    h = requester.sign("POST", "/", b"{}", {"X-Amz-Target": target or "", "Content-Type": MEDIA})
    if target is None:
        del h["X-Amz-Target"]
        h = requester.sign("POST", "/", b"{}", {"Content-Type": MEDIA})
    status, _, data = server.request("POST", "/", b"{}", h)
    assert status == 400
    name = json.loads(data)["__type"]
    assert name == "UnknownOperationException" or (target is None and
                                                   name == "IncompleteSignatureException")


def error(server, h, body=b"{}"):
    status, head, data = server.request("POST", "/", body, h)
    answer = json.loads(data)
    assert head["Content-Type"] == MEDIA and head["x-amzn-RequestId"]
    assert answer["Message"] == answer["message"]
    return status, answer["__type"], answer["Message"]


def signed(requester, **more):
    return requester.sign("POST", "/", b"{}", {"X-Amz-Target": TARGET + "GetAccountBalance",
                                               "Content-Type": MEDIA}, **more)


def test_signatures(server, requester):
    good = signed(requester)
    assert server.request("POST", "/", b"{}", good)[0] == 200
    # one byte off, everywhere
    signature = good["Authorization"].rsplit("=", 1)[1]
    for i in (0, 31, 63):
        other = "0" if signature[i] != "0" else "1"
        bad = dict(good, Authorization=good["Authorization"][:-64] + signature[:i] + other +
                   signature[i + 1:])
        assert error(server, bad)[:2] == (400, "InvalidSignatureException")
    assert error(server, good, b"{ }")[:2] == (400, "InvalidSignatureException")
    assert error(server, dict(good, **{"X-Amz-Target": TARGET + "ListHITs"}))[1] == \
        "InvalidSignatureException"
    assert error(server, dict(good, **{"Content-Type": "text/plain"}))[1] == \
        "InvalidSignatureException"
    wrong = signed(requester, secret=requester.secret[:-1] + "#")
    assert error(server, wrong)[1] == "InvalidSignatureException"
    old = signed(requester, when=time.time() - 600)
    assert error(server, old)[1:][0] == "InvalidSignatureException"
    assert error(server, old)[2].startswith("Signature expired: ")
    early = signed(requester, when=time.time() + 600)
    assert error(server, early)[2].startswith("Signature not yet current: ")
    unknown = dict(good, Authorization=good["Authorization"].replace(requester.access,
                                                                    "AKIAAAAAAAAAAAAAAAAA"))
    assert error(server, unknown) == (400, "UnrecognizedClientException",
                                      "The security token included in the request is invalid.")
    bare = {k: v for k, v in good.items() if k != "Authorization"}
    assert error(server, bare)[1] == "MissingAuthenticationTokenException"
    assert error(server, dict(good, Authorization="AWS4-HMAC-SHA256 nonsense"))[1] == \
        "IncompleteSignatureException"
    # trap 37: no blank after the commas
    assert server.request("POST", "/", b"{}", dict(
        good, Authorization=good["Authorization"].replace(", ", ",")))[0] == 200


def test_a_worker_has_no_part_in_it(server, worker):
    import market
    r = market.Requester(server, worker.id, worker.email)
    status, answer = r.raw("GetAccountBalance", {})
    assert status == 400 and answer["__type"] == "AccessDeniedException"
    assert answer["Message"] == ("User: %s is not authorized to perform: "
                                 "mturk-requester:GetAccountBalance" % worker.id)


@pytest.mark.parametrize("members, name", [
    (b"{", "SerializationException"), (b"[]", "SerializationException"),
    (b'"x"', "SerializationException"), (b'{"HITId":1}', "SerializationException"),
    (b'{"HITId":"\xff"}', "SerializationException"),
    (b'{"HITId":"\\ud800"}', "SerializationException"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, "SerializationException"),
    (b"{}", "ValidationException"), (b"", "ValidationException"),
    (b'{"HITId":null}', "ValidationException"), (b'{"HITId":""}', "ValidationException"),
    (b'{"HITId":"abc"}', "ValidationException"),
    (b'{"HITId":"' + b"A" * 65 + b'"}', "ValidationException"),
    (b'{"hitid":"A"}', "ValidationException"),
    (b'{"HITId":"A","Other":{"x":[1]}}', "RequestError"),
])
def test_bodies(requester, members, name):
    status, answer = requester.raw("GetHIT", None, body=members)
    assert status == 400 and answer["__type"] == name, answer
    assert ("TurkErrorCode" in answer) == (name == "RequestError")


def test_untyped_clients(requester):
    """What the JavaScript SDK lets through (1.2, 1.4)."""
    def say(operation, **members):
        status, answer = requester.raw(operation, members)
        return answer.get("Message", status)

    assert say("ListHITs", MaxResults=0) == (
        "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1")
    assert say("ListHITs", MaxResults=101).endswith("Member must have value less than or equal to "
                                                    "100")
    assert say("ListHITs", NextToken="").endswith("Member must have length greater than or equal "
                                                  "to 1")
    assert say("RejectAssignment", AssignmentId="3A") == (
        "1 validation error detected: Value null at 'requesterFeedback' failed to satisfy "
        "constraint: Member must not be null")
    hit = dict(LifetimeInSeconds=600.0, AssignmentDurationInSeconds=600, Reward=0.25, Title="ü 日本",
               Description="d", Question=HTML)
    status, answer = requester.raw("CreateHIT", hit)
    assert status == 200 and answer["HIT"]["Reward"] == "0.25"
    assert answer["HIT"]["Title"] == "ü 日本"
    raw = json.dumps(hit, ensure_ascii=False).encode()  # trap 41
    assert requester.raw("CreateHIT", None, body=raw)[1]["HIT"]["Title"] == "ü 日本"
    # trap 31
    for reward in (".20", "0.975", "-1", "1e2", ""):
        status, answer = requester.raw("CreateHIT", dict(hit, Reward=reward))
        assert answer["__type"] == "ValidationException", reward
    assert requester.raw("CreateHIT", dict(hit, Reward="1."))[1]["HIT"]["Reward"] == "1.00"
    for at in (0, -5, 1.25, "1700000000", "2015-01-01T00:00:00Z"):
        status, done = requester.raw("UpdateExpirationForHIT",
                                     {"HITId": answer["HIT"]["HITId"], "ExpireAt": at}
                                     if "HIT" in answer else
                                     {"HITId": requester.raw("CreateHIT", hit)[1]["HIT"]["HITId"],
                                      "ExpireAt": at})
        assert (status, done) == (200, {})


def test_forbidden_characters(requester, worker):
    hit = new_hit(requester.client())
    a = worker.work(hit["HITGroupId"])
    status, answer = requester.raw("RejectAssignment", {"AssignmentId": a,
                                                        "RequesterFeedback": "a\u000bb"})
    assert answer["__type"] == "ParameterValidationError"
    assert answer["TurkErrorCode"] == "AWS.MechanicalTurk.InvalidParameterValue"
    status, answer = requester.raw("RejectAssignment", {"AssignmentId": a,
                                                        "RequesterFeedback": "x" * 1025})
    assert answer["__type"] == "ValidationException"


def test_too_large(server, requester):
    body = b'{"HITId":"' + b"A" * (1 << 20) + b'"}'
    h = requester.sign("POST", "/", body, {"X-Amz-Target": TARGET + "GetHIT",
                                           "Content-Type": MEDIA})
    status, head, data = server.request("POST", "/", body, h)
    assert status == 413 and json.loads(data)["__type"] == "RequestEntityTooLargeException"


def test_connection_survives_errors(server, requester):
    """Trap 60."""
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for i in range(20):
        body = b'{"HITId":"3AAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}' if i % 2 else b"{}"
        op = "GetHIT" if i % 2 else "GetAccountBalance"
        h = requester.sign("POST", "/", body, {"X-Amz-Target": TARGET + op, "Content-Type": MEDIA})
        if i % 5 == 4:
            h["Authorization"] = h["Authorization"][:-1] + "x"
        c.request("POST", "/", body, h)
        if i == 0:
            sock = c.sock
        r = c.getresponse()
        r.read()
        assert r.status in (200, 400) and c.sock is sock


def test_cut_connections(server, requester):
    """Whoever goes away, before, amid or after a request, harms nobody."""
    body = json.dumps(dict(LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.01",
                           Title="cut", Description="d", Question=HTML)).encode()
    h = requester.sign("POST", "/", body, {"X-Amz-Target": TARGET + "CreateHIT",
                                           "Content-Type": MEDIA})
    text = ("POST / HTTP/1.1\r\n" + "".join("%s: %s\r\n" % kv for kv in h.items()) +
            "Content-Length: %d\r\n\r\n" % len(body)).encode() + body
    for cut in (1, 40, len(text) - len(body), len(text) - 1, len(text)):
        s = socket.create_connection(("127.0.0.1", server.port))
        s.sendall(text[:cut])
        s.close()
    deadline = time.time() + 20
    while True:  # only the whole request was carried out, though nobody waited for the answer
        hits = requester.client().list_hits()["HITs"]
        if len(hits) == 1 or time.time() > deadline:
            break
    assert [x["Title"] for x in hits] == ["cut"]


def test_retry_gets_the_first_answer(server, requester, worker):
    """money-and-lifecycle 8.5, trap 12."""
    mturk = requester.client()
    hit = new_hit(mturk)
    a = worker.work(hit["HITGroupId"])
    retry = {"amz-sdk-invocation-id": str(uuid.uuid4())}
    members = {"AssignmentId": a}
    assert requester.raw("ApproveAssignment", members, retry) == (200, {})
    again = dict(retry, **{"amz-sdk-request": "attempt=2; max=3"})
    assert requester.raw("ApproveAssignment", members, again) == (200, {})
    # another body, or another call, is no retry
    status, answer = requester.raw("ApproveAssignment", dict(members, RequesterFeedback="x"), retry)
    assert answer["TurkErrorCode"] == "AWS.MechanicalTurk.InvalidAssignmentState"
    other = {"amz-sdk-invocation-id": str(uuid.uuid4())}
    first = requester.raw("ApproveAssignment", members, other)
    assert first[0] == 400
    assert requester.raw("ApproveAssignment", members, other) == first  # the stamp too
    # a created HIT is created once
    hit = dict(LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.10", Title="retry",
               Description="d", Question=HTML)
    key = {"amz-sdk-invocation-id": str(uuid.uuid4())}
    one, two = (requester.raw("CreateHIT", hit, key) for _ in range(2))
    assert one == two and one[0] == 200


def test_retries_at_once(server, requester):
    """Retries that arrive while the first is on its way wait for it."""
    key = {"amz-sdk-invocation-id": str(uuid.uuid4())}
    hit = dict(LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.10", Title="race",
               Description="d", Question=HTML)
    answers = []

    def call():
        answers.append(requester.raw("CreateHIT", hit, key))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert {a[1]["HIT"]["HITId"] for a in answers} == {answers[0][1]["HIT"]["HITId"]}
    assert requester.client().list_hits()["NumResults"] == 1


def test_health_and_figures(server, requester):
    status, _, data = server.request("GET", "/healthz")
    assert status == 200 and json.loads(data)["status"] == "ok"
    requester.raw("GetAccountBalance", {})
    status, _, data = server.request("GET", "/metrics")
    text = data.decode()
    assert status == 200 and 'hitd_requests_total{face="api",status="2xx"}' in text
    assert "hitd_writes_waiting" in text
    for line in text.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2


def test_slow_and_many(server, requester):
    """Many clients at once get what is theirs."""
    hits = [new_hit(requester.client(), MaxAssignments=1)["HITId"] for _ in range(4)]
    wrong = []

    def read(hit):
        for _ in range(20):
            status, answer = requester.raw("GetHIT", {"HITId": hit})
            if status != 200 or answer["HIT"]["HITId"] != hit:
                wrong.append(answer)

    threads = [threading.Thread(target=read, args=(h,)) for h in hits * 2]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong

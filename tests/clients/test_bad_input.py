"""What goes wrong on the way of a reviewed file, and bytes that nobody should send: each is refused
with words that help, nothing moves, and the server goes on (csv-formats 4, 10)."""
import csv
import io
import itertools
import json
import os
import socket
import subprocess
import tempfile
import threading

import pytest

import hitd
from market import HTML, Server, new_hit

names = itertools.count(1)
LAYOUT = "<p>${q}</p><form><input name=\"tag\"></form>"


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def text(rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def marked(rows, **cells):
    return [dict(r, **cells) for r in rows]


class Batch:
    """A batch of `rows` HITs at 50 cents, done by one worker and rejected."""

    def __init__(self, server, requester, rows=2, rejected=True):
        self.requester, self.client = requester, requester.client()
        n = next(names)
        status, made = requester.v1("POST", "/v1/projects", json.dumps(dict(
            name="p%d" % n, title="Label %d" % n, description="d", layout=LAYOUT, reward_cents=50,
            max_assignments=1)).encode())
        assert status == 201, made
        body = "q\r\n" + "".join("row %d\r\n" % i for i in range(rows))
        status, batch = requester.v1("POST", "/v1/projects/%d/batches" % made["id"], body.encode())
        assert status == 201, batch
        self.id = batch["id"]
        worker = server.worker()
        group = self.client.list_hits(MaxResults=1)["HITs"][0]["HITGroupId"]
        for i in range(rows):
            worker.work(group, tag="t%d" % i)
        if rejected:
            for r in self.rows():
                self.client.reject_assignment(AssignmentId=r["AssignmentId"],
                                              RequesterFeedback="no")

    def rows(self):
        return table(self.requester.v1("GET", "/v1/batches/%d/results.csv" % self.id)[1])

    def statuses(self):
        return [r["AssignmentStatus"] for r in self.rows()]

    def plan(self, rows, status=201, **query):
        data = rows if isinstance(rows, bytes) else text(rows)
        got, plan = self.requester.v1("POST", "/v1/reviews", data,
                                      query=dict({"batch": str(self.id)}, **query))
        assert got == status, plan
        return plan

    def commit(self, plan):
        return self.requester.v1("POST", "/v1/reviews/%s/commit" % plan["review"],
                                 json.dumps({"token": plan["token"]}).encode())

    def balance(self):
        return self.requester.v1("GET", "/v1/balance")[1]


OVERTURN = {"Approve": "x", "Reject": ""}


def codes(plan):
    return {r["code"] for r in plan["refused"]}


def test_another_batch(server, requester):
    """U10: listed and not applied, unless the requester says so."""
    here, there = Batch(server, requester), Batch(server, requester)
    rows = marked(here.rows()[:1] + there.rows()[:1], **OVERTURN)
    before = here.balance()
    plan = here.plan(rows)
    assert [(c["code"], c["first_line"]) for c in plan["codes"]] == [("U10", 3)]
    assert plan["counts"]["overturn"] == 1 and plan["counts"]["other_batch"] == 1
    status, outcome = here.commit(plan)
    assert status == 200 and outcome["counts"]["overturned"] == 1
    assert here.statuses() == ["Approved", "Rejected"] and there.statuses() == ["Rejected"] * 2
    status, outcome = here.commit(here.plan(rows, all_batches="1"))
    assert status == 200 and outcome["counts"]["overturned"] == 1
    assert there.statuses() == ["Approved", "Rejected"]
    assert before["available_cents"] - here.balance()["available_cents"] == 120


def test_another_requester(server, requester):
    """U24 for each row, in the words for an id that never was."""
    mine, theirs = Batch(server, requester), Batch(server, server.requester(deposit="10.00"))
    foreign = marked(theirs.rows(), **OVERTURN)
    unknown = [dict(foreign[0], AssignmentId="3" + "Z" * 29)]
    plans = [mine.plan(marked(mine.rows(), **OVERTURN) + more) for more in (foreign, unknown)]
    words = set()
    for plan in plans:
        assert codes(plan) == {"U24"} and not plan["applicable"]
        words |= {r["message"].replace(r["assignment_id"], "?") for r in plan["refused"]}
        assert mine.commit(plan)[0] in (409, 422)
    assert len(words) == 1, words
    assert theirs.statuses() == mine.statuses() == ["Rejected"] * 2
    # what is right in the file is applied when the requester chooses so
    status, outcome = mine.commit(mine.plan(marked(mine.rows(), **OVERTURN) + foreign,
                                            mode="eligible"))
    assert status == 200 and outcome["counts"] == dict(outcome["counts"], overturned=2, refused=2)
    assert theirs.statuses() == ["Rejected"] * 2


def test_rows_moved(server, requester):
    """409, a fresh plan, and nothing has moved."""
    batch = Batch(server, requester)
    rows = batch.rows()
    plan = batch.plan(marked(rows, **OVERTURN))
    batch.client.approve_assignment(AssignmentId=rows[0]["AssignmentId"], OverrideRejection=True)
    before = batch.balance()
    status, fresh = batch.commit(plan)
    assert status == 409 and fresh["token"] != plan["token"]
    assert fresh["counts"]["overturn"] == 1 and fresh["cents"]["from_available"] == 60
    assert batch.balance() == before and batch.rows()[1]["AssignmentStatus"] == "Rejected"
    status, outcome = batch.commit(fresh)
    assert status == 200 and outcome["counts"]["overturned"] == 1
    assert before["available_cents"] - batch.balance()["available_cents"] == 60


def test_yes_twice(server, requester):
    batch = Batch(server, requester)
    before = batch.balance()["available_cents"]
    plan = batch.plan(marked(batch.rows(), **OVERTURN))
    first = batch.commit(plan)
    assert first[0] == 200 and batch.commit(plan) == first
    assert requester.v1("GET", "/v1/reviews/" + plan["review"]) == first
    assert before - batch.balance()["available_cents"] == 120


@pytest.mark.parametrize("reviews", [1, 2])
def test_two_yes_at_once(server, requester, reviews):
    """Of one plan: both hear the same. Of two plans of the same rows: one is too late."""
    batch = Batch(server, requester)
    before = batch.balance()["available_cents"]
    rows = marked(batch.rows(), **OVERTURN)
    plans = [batch.plan(rows) for _ in range(reviews)] * (2 // reviews)
    answers, together = [], threading.Barrier(len(plans))

    def press(plan):
        together.wait()
        answers.append(batch.commit(plan))

    threads = [threading.Thread(target=press, args=(p,)) for p in plans]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert before - batch.balance()["available_cents"] == 120
    assert batch.statuses() == ["Approved"] * 2
    assert sorted(a[0] for a in answers) == ([200, 200] if reviews == 1 else [200, 409]), answers
    if reviews == 1:
        assert answers[0] == answers[1]


def test_one_cent_short(server):
    requester = server.requester(deposit="1.20")
    batch = Batch(server, requester)
    new_hit(batch.client, Reward="0.01", MaxAssignments=1)  # with the fee, two cents
    server.deposit(requester.email, "0.01")
    before = batch.balance()
    assert before == {"available_cents": 119, "held_cents": 2}
    rows = marked(batch.rows(), **OVERTURN)
    plan = batch.plan(rows)
    assert plan["cents"]["shortfall"] == 1 and not plan["applicable"]
    assert batch.commit(plan)[0] in (409, 422)
    assert batch.balance() == before and batch.statuses() == ["Rejected"] * 2
    funded = batch.plan(rows, mode="funded")
    assert funded["counts"]["overturn"] == 1 and funded["applicable"]
    server.deposit(requester.email, "0.01")
    status, outcome = batch.commit(batch.plan(rows))
    assert status == 200 and outcome["counts"]["overturned"] == 2
    assert batch.balance() == {"available_cents": 0, "held_cents": 2}


def test_day_thirty(server, requester):
    """2,592,000 seconds after the submission it can be undone, one more and it can not."""
    batch = Batch(server, requester)
    first, second = batch.rows()
    server.advance("30d")
    status, outcome = batch.commit(batch.plan([dict(first, **OVERTURN)]))
    assert status == 200 and outcome["counts"]["overturned"] == 1
    waiting = batch.plan([dict(second, **OVERTURN)])
    assert waiting["counts"]["overturn"] == 1
    before = batch.balance()
    server.advance("1s")
    plan = batch.plan([dict(second, **OVERTURN)])
    assert codes(plan) == {"U22"} and plan["counts"]["overturn"] == 0
    assert batch.commit(waiting)[0] == 409  # the plan of a second ago
    with pytest.raises(batch.client.exceptions.RequestError) as e:
        batch.client.approve_assignment(AssignmentId=second["AssignmentId"], OverrideRejection=True)
    assert "30 days" in str(e.value)
    assert batch.balance() == before and batch.statuses() == ["Approved", "Rejected"]


def test_deleted_hit(server, requester):
    batch = Batch(server, requester)
    rows = batch.rows()
    plan = batch.plan(marked(rows, **OVERTURN))
    batch.client.delete_hit(HITId=rows[0]["HITId"])
    before = batch.balance()
    status, fresh = batch.commit(plan)
    assert status == 409 and codes(fresh) == {"U23"} and fresh["counts"]["overturn"] == 1
    assert not fresh["applicable"] and batch.balance() == before


# What stands in one cell, and what becomes of the file: a finding, or the text that is kept.
@pytest.mark.parametrize("reason, code", [
    (b"a\x0bb", "U28"), (b"x" * 1025, "U28"), (b"x", "U27"),
    (b"x" * 1024, None), ("😀 \u200f".encode() + b"ok", None), (b"a,\"\"b\"\"\r\nc", None),
], ids=["control", "1025", "x", "1024", "emoji", "quotes"])
def test_reasons(server, requester, reason, code):
    batch = Batch(server, requester, rows=1, rejected=False)
    head = b"AssignmentId,Approve,Reject\r\n"
    row = batch.rows()[0]["AssignmentId"].encode() + b",,\"" + reason + b"\"\r\n"
    plan = batch.plan(head + row)
    if code:
        assert codes(plan) == {code} and not plan["applicable"], plan
        assert batch.commit(plan)[0] in (409, 422) and batch.statuses() == ["Submitted"]
    else:
        assert batch.commit(plan)[0] == 200
        got = batch.rows()[0]["RequesterFeedback"]
        assert got.replace("\r\n", "\n") == reason.replace(b'""', b'"').decode().replace(
            "\r\n", "\n").strip()


BROKEN = [b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xff",
          b"\xf4\x90\x80\x80", b"\xc3", b"\x80"]
NAMES = [p.hex() for p in BROKEN]


@pytest.fixture(scope="module")
def submitted(server):
    return Batch(server, server.requester(deposit="10.00"), rows=1, rejected=False)


@pytest.mark.parametrize("piece", BROKEN + [b"\0"], ids=NAMES + ["nul"])
def test_broken_utf8_in_a_file(submitted, piece):
    """Never guessed at in silence, never an answer of 500, and nothing moves."""
    batch = submitted
    before = batch.balance()
    data = (b"AssignmentId,Approve,Reject\r\n" + batch.rows()[0]["AssignmentId"].encode() +
            b",,wrong " + piece + b" list\r\n")
    status, plan = batch.requester.v1("POST", "/v1/reviews", data, query={"batch": str(batch.id)})
    if status == 201:  # taken for Windows-1252, and said so
        assert plan["warnings"], plan
    else:
        assert status == 422 and plan["error"]["field"] == "U08", plan
        assert "ine 2" in plan["error"]["message"]
    assert batch.balance() == before and batch.statuses() == ["Submitted"]


@pytest.mark.parametrize("piece", BROKEN + [b"\\ud800", b"\\udc00\\ud800", b"\\u12", b"\n", b"\0"],
                         ids=NAMES + ["half", "turned", "short", "newline", "nul"])
def test_broken_text_in_a_body(unmoved, piece):
    for operation in ("CreateHIT", "GetHIT", "ListHITs"):
        body = b'{"HITId": "A' + piece + b'", "Title": "A' + piece + b'"}'
        status, answer = unmoved.raw(operation, None, body=body)
        assert status == 400 and answer["__type"] == "SerializationException", answer
        assert "TurkErrorCode" not in answer
    status, answer = unmoved.v1("POST", "/v1/projects", b'{"name": "' + piece + b'"}')
    assert status == 400 and answer["error"]["code"] == "BAD_JSON"
    assert unmoved.client().list_hits()["HITs"] == []


def test_nul_in_a_body(unmoved):
    """\\u0000 is good JSON, but no text of a task."""
    members = dict(LifetimeInSeconds=3600, AssignmentDurationInSeconds=600, Reward="0.01",
                   Title="a\0b", Description="d", Question=HTML)
    for broken in ({}, {"Title": "t", "Question": HTML.replace("<body>", "<body>\0")},
                   {"Title": "t", "RequesterAnnotation": "\0"}, {"Title": "t", "Description": "\0"}):
        status, answer = unmoved.raw("CreateHIT", dict(members, **broken))
        assert status == 400, answer
    assert unmoved.client().list_hits()["HITs"] == []


def test_too_large(server, requester):
    """A body over 1 MiB by an SDK; a file over 512 MiB is refused before it is sent."""
    client = requester.client()
    with pytest.raises(client.exceptions.ClientError) as e:
        client.create_hit(LifetimeInSeconds=3600, AssignmentDurationInSeconds=600, Reward="0.01",
                          Title="t", Description="d", Question=HTML + " " * 2**20)
    assert e.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert client.get_account_balance()["AvailableBalance"] == "1000.00"
    with started_upload(requester, 513 * 2**20) as s:
        answer = s.recv(4096)
    assert answer.startswith(b"HTTP/1.1 413 "), answer


def started_upload(requester, size, sent=b""):
    """A connection on which an upload of that size has begun."""
    server = requester.server
    head = requester.sign("POST", "/v1/reviews", b"")
    s = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    head.update({"Content-Length": str(size), "Content-Type": "text/csv"})
    lines = ["POST /v1/reviews HTTP/1.1"] + ["%s: %s" % kv for kv in head.items()]
    s.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + sent)
    return s


def test_cut_upload(server, requester):
    """Whoever goes away amid a file leaves nothing behind, and the next upload is fine."""
    batch = Batch(server, requester)
    folder = "/proc/%d/fd" % server.server.pid

    def files():
        found = 0
        for name in os.listdir(folder):
            try:
                found += os.readlink(os.path.join(folder, name)).endswith("(deleted)")
            except FileNotFoundError:
                pass
        return found

    data = text(marked(batch.rows(), **OVERTURN))
    before = batch.balance()
    for n in range(10):
        with started_upload(requester, 50 * 2**20, data) as s:
            hitd.until(lambda: files() == 1)
            if n % 2:  # a reset instead of an orderly end
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        hitd.until(lambda: files() == 0)
    assert batch.balance() == before and batch.statuses() == ["Rejected"] * 2
    assert batch.commit(batch.plan(data))[0] == 200


@pytest.fixture
def small_disk(monkeypatch):
    """A market whose store and temporary files have 12 MiB."""
    folder = tempfile.mkdtemp(prefix="hitd-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder],
                             capture_output=True)
    if mounted.returncode != 0:
        os.rmdir(folder)
        pytest.skip("a file system of its own needs root")
    monkeypatch.setattr(tempfile, "tempdir", folder)
    monkeypatch.setenv("TMPDIR", folder)
    market = None
    try:
        market = Server("sqlite")
        yield market, os.path.join(folder, "filler")
    finally:
        try:
            if market:
                market.end()
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
            os.rmdir(folder)


def fill(path):
    with open(path, "wb", buffering=0) as f:
        for size in (65536, 4096, 1):
            try:
                while f.write(b"\0" * size):
                    pass
            except OSError:
                pass


def test_full_disk(small_disk):
    """Writes fail with a clear error, reads go on, nothing is lost, and all works again."""
    server, filler = small_disk
    requester = server.requester(deposit="100.00")
    batch = Batch(server, requester)
    rows = marked(batch.rows(), **OVERTURN)
    plan = batch.plan(rows)
    kept = [new_hit(batch.client)["HITId"]]
    fill(filler)
    refused = None
    while not refused:
        try:
            kept.append(new_hit(batch.client, Question=HTML.replace("<body>", "<body>" + "x" * 50000
                                                                    + str(len(kept))))["HITId"])
        except batch.client.exceptions.ServiceFault as e:
            refused = e.response
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert refused["TurkErrorCode"] == "AWS.ServiceUnavailable"
    assert "disk is full; nothing was changed" in refused["Error"]["Message"]
    assert "full" in server.logged()
    before = batch.balance()
    for hit in kept:
        assert batch.client.get_hit(HITId=hit)["HIT"]["HITId"] == hit
    assert batch.statuses() == ["Rejected"] * 2
    status, answer = requester.v1("POST", "/v1/reviews", text(rows) + b"\r\n" * 2000000)
    assert status >= 500 and answer["error"]["message"], answer
    assert server.request("GET", "/healthz")[0] in (200, 503)
    os.unlink(filler)
    kept.append(new_hit(batch.client)["HITId"])
    status, outcome = batch.commit(plan)
    assert status == 200 and outcome["counts"]["overturned"] == 2
    assert before["available_cents"] - batch.balance()["available_cents"] == 120 + 180
    listed = {h["HITId"] for p in batch.client.get_paginator("list_hits").paginate() for h in
              p["HITs"]}
    assert set(kept) <= listed and len(listed) == len(kept) + 2

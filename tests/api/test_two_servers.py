"""Several servers on one PostgreSQL: whatever goes to either is one market (DESIGN 5). Tokens,
sessions and retries count at both, what falls due happens once, an event goes out by one of them;
when one is killed the others go on and nothing that was answered is lost."""
import concurrent.futures
import copy
import threading
import time
import uuid

import botocore.exceptions
import pytest

import hitd
import market
from market import new_hit
from test_notify import Receiver, event, spec

pytestmark = pytest.mark.skipif("postgresql" not in hitd.STORES, reason="no PostgreSQL")


class Server(market.Server):
    """A server on a store by the real clock; twin() is another one beside it."""

    def __init__(self):
        hitd.Market.__init__(self, "postgresql", clock="real")
        self.start()

    def twin(self):
        other = copy.copy(self)
        other.start()
        return other


@pytest.fixture(scope="module")
def pair():
    one = Server()
    two = one.twin()
    yield one, two
    assert two.stop() == 0
    one.end()


@pytest.fixture
def requester(pair):
    return pair[0].requester(deposit="1000.00")


def at(server, who):
    """A requester or worker of the same name and session who asks another server."""
    who = copy.copy(who)
    who.server = server
    return who


def at_once(*calls):
    """All of them start together; what each gave, or the error it met."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except botocore.exceptions.ClientError as e:
            return e.response

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def available(client):
    return float(client.get_account_balance()["AvailableBalance"])


def listed(client):
    return [h["HITId"] for p in client.get_paginator("list_hits").paginate() for h in p["HITs"]]


def test_a_token_counts_at_both(pair, requester):
    clients = [at(s, requester).client() for s in pair]
    made = []
    for i in range(10):
        answers = at_once(*(lambda c=c: new_hit(c, UniqueRequestToken="token %d" % i, Title="t",
                                                Reward="1.00", MaxAssignments=1)
                            for c in clients * 2))
        good = [a for a in answers if "HITId" in a]
        assert len(good) == 1, answers
        assert {a["TurkErrorCode"] for a in answers if "HITId" not in a} == {
            "AWS.MechanicalTurk.HITAlreadyExists"}
        made.append(good[0]["HITId"])
    for client in clients:
        assert sorted(listed(client)) == sorted(made)
        assert available(client) == pytest.approx(1000 - 12.0)


def test_a_retry_at_the_other_server_is_the_same_call(pair, requester):
    members = {"Title": "t", "Description": "d", "Reward": "1.00", "MaxAssignments": 1,
               "LifetimeInSeconds": 3600, "AssignmentDurationInSeconds": 60,
               "Question": market.HTML}
    for _ in range(10):
        same = {"amz-sdk-invocation-id": str(uuid.uuid4())}
        answers = at_once(*(lambda s=s: at(s, requester).raw("CreateHIT", members, headers=same)
                            for s in pair * 2))
        assert {status for status, _ in answers} == {200}, answers
        assert len({answer["HIT"]["HITId"] for _, answer in answers}) == 1
    assert len(listed(requester.client())) == 10


def test_a_session_counts_at_both(pair):
    one, two = pair
    worker = one.worker()
    assert worker.get("/dashboard?format=json")[0] == 200
    other = at(two, worker)
    assert other.get("/dashboard?format=json")[0] == 200
    assert other.form("POST", "/sign-out")[0] in (200, 303)
    assert worker.get("/dashboard?format=json")[0] == 401
    # a new key, and one that is taken back, count at both at once
    made = one.requester()
    assert available(at(two, made).client()) == 0
    one.hitd("key", "revoke", "--email", made.email, made.access)
    for server in pair:
        with pytest.raises(botocore.exceptions.ClientError):
            at(server, made).client().get_account_balance()


def test_one_slot_for_one_worker(pair, requester):
    """Workers at both servers take the last assignments: as many as there are, none twice."""
    workers = [s.worker() for s in pair * 3]
    for _ in range(3):
        hit = new_hit(requester.client(), MaxAssignments=2, Reward="0.10")
        taken = [entry for status, entry in
                 at_once(*(lambda w=w: w.accept(hit["HITGroupId"]) for w in workers))
                 if status == 200]
        assert len(taken) == len({entry["assignment_id"] for entry in taken}) == 2


def test_a_decision_is_made_once(pair, requester):
    hit = new_hit(requester.client(), MaxAssignments=6, Reward="1.00")
    done = [s.worker().work(hit["HITGroupId"]) for s in pair * 3]
    before = available(requester.client())
    clients = [at(s, requester).client() for s in pair]
    for work in done:
        first, second = at_once(*(lambda c=c: c.reject_assignment(
            AssignmentId=work, RequesterFeedback="no") for c in clients))
        assert sorted("Error" in a for a in (first, second)) == [False, True], (first, second)
        at_once(*(lambda c=c: c.approve_assignment(AssignmentId=work, OverrideRejection=True)
                  for c in clients))
    assert {a["AssignmentStatus"] for a in clients[1].list_assignments_for_hit(
        HITId=hit["HITId"])["Assignments"]} == {"Approved"}
    assert available(requester.client()) == pytest.approx(before)  # it was held for them


def test_what_falls_due_happens_once(pair, requester):
    """Both sweepers see it at the same moment."""
    hits = [new_hit(requester.client(), MaxAssignments=4, Reward="1.00",
                    AutoApprovalDelayInSeconds=1) for _ in range(4)]
    workers = [s.worker() for s in pair * 2]
    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(lambda w: [w.work(h["HITGroupId"]) for h in hits], workers))
    client = requester.client()

    def all_approved():
        return all(len(client.list_assignments_for_hit(
            HITId=h["HITId"], AssignmentStatuses=["Approved"])["Assignments"]) == 4 for h in hits)
    hitd.until(all_approved, 60)
    assert available(client) == pytest.approx(1000 - 16 * 1.2)
    assert pair[0].check().returncode == 0


def test_an_event_goes_out_by_one(pair, requester):
    one, two = pair
    receiver = Receiver()
    one.hitd("setting", "notify_private", "allow")
    try:
        clients = [at(s, requester).client() for s in pair]
        hit = new_hit(clients[0], MaxAssignments=9)
        for client in clients:
            client.update_notification_settings(
                HITTypeId=hit["HITTypeId"], Active=True,
                Notification=spec(receiver.url, "AssignmentAccepted", "AssignmentSubmitted"))
        done = [s.worker().work(hit["HITGroupId"]) for s in pair * 3]
        receiver.wait(2 * len(done))
        time.sleep(2)  # a second that came late
        events = [event(b) for b in receiver.bodies]
        seen = [(e["EventType"], e["AssignmentId"]) for m in events for e in m["Events"]]
        assert len(seen) == len(set(seen)) == 2 * len(done)
        for work in done:  # of one HIT in their order
            assert seen.index(("AssignmentAccepted", work)) < \
                seen.index(("AssignmentSubmitted", work))
    finally:
        receiver.close()
        one.hitd("setting", "notify_private", "refuse")


def test_one_is_killed(pair, requester):
    """What it answered is there, the other goes on at once, and a third may take its place."""
    one, two = pair
    third = two.twin()
    answered, stop = [], threading.Event()

    def load(server):
        client = at(server, requester).client(retries=0)
        try:
            while not stop.is_set():
                answered.append(new_hit(client, MaxAssignments=1, Reward="0.01")["HITId"])
        except (botocore.exceptions.BotoCoreError, OSError):
            pass  # killed
    threads = [threading.Thread(target=load, args=(s,)) for s in (third, third, two)]
    for thread in threads:
        thread.start()
    hitd.until(lambda: len(answered) > 20, 60)
    third.kill()
    so_far = len(answered)
    hitd.until(lambda: len(answered) > so_far + 10, 60)
    stop.set()
    for thread in threads:
        thread.join()
    there = set(listed(at(two, requester).client()))
    assert there >= set(answered) and len(there) <= len(answered) + 2
    fourth = two.twin()
    try:
        assert set(listed(at(fourth, requester).client())) == there
        new_hit(at(fourth, requester).client())
    finally:
        assert fourth.stop() == 0
    assert one.check().returncode == 0


def test_a_page_token_counts_at_both(pair, requester):
    clients = [at(s, requester).client() for s in pair]
    made = [new_hit(clients[i % 2])["HITId"] for i in range(7)]
    seen, token, turn = [], None, 0
    while True:
        more = {"NextToken": token} if token else {}
        page = clients[turn % 2].list_hits(MaxResults=2, **more)
        seen += [h["HITId"] for h in page["HITs"]]
        token, turn = page.get("NextToken"), turn + 1
        if not token:
            break
    assert seen == made[::-1]

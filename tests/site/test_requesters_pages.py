"""A worker and single requesters: who takes no work from him, whom he mutes; what his transfers come
to; what undoing a rejection does not mend (worker-site 10, 11, 12.1)."""
import pytest

from browser import Browser
from market import PASSWORD, new_hit


@pytest.fixture
def wanda(server, worker):
    return Browser(server).sign_in(worker.email)


def test_blocked_by(server, worker, wanda, requester, mturk):
    hit = new_hit(mturk, Title="Blocked later")
    wanda.get("/requesters").says("Every requester takes work from you", "You mute nobody")
    mturk.create_worker_block(WorkerId=worker.id, Reason="SECRET <b>reason</b>")
    page = wanda.get("/requesters")
    page.says("Requesters and you", "is reviewed and paid")
    assert "SECRET" not in page.html
    status, data = wanda.json("/requesters")
    assert status == 200 and [r["id"] for r in data["blocked"]] == [requester.id]
    assert "SECRET" not in str(data)
    assert worker.accept(hit["HITGroupId"])[0] == 403
    mturk.delete_worker_block(WorkerId=worker.id, Reason="")
    wanda.get("/requesters").says("Every requester takes work from you")
    assert Browser(server).get("/requesters").title == "Sign in"


def test_mute(server, worker, wanda, requester, mturk, desk):
    hit = new_hit(mturk)
    a = worker.work(hit["HITGroupId"])
    mturk.approve_assignment(AssignmentId=a)

    def notify(text):
        mturk.notify_workers(Subject="News", MessageText=text, WorkerIds=[worker.id])
    notify("First words")
    inbox = wanda.get("/messages")
    inbox.says("1 new", "First words")
    thread = [u for u in inbox.reader.links if u.startswith("/messages/")][0]
    page = wanda.get(thread)
    page.says("Mute ")
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert wanda.send(page, "/requesters/mute", headers=cross).status == 403
    assert wanda.send(page, "/requesters/mute", id="A000NOBODY").status == 404
    wanda.send(page, "/requesters/mute").says("is muted", "Hear again")
    notify("Second words")
    inbox = wanda.get("/messages")
    assert "1 new" not in inbox.text and "Second words" in inbox.text  # kept, not counted as new
    page = wanda.get(thread)
    page.says("Second words", "you are not told of it", "again")
    wanda.send(wanda.get("/requesters"), "/requesters/mute").says("You are told again",
                                                                  "You mute nobody")
    notify("Third words")
    wanda.get("/messages").says("1 new", "Third words")


def test_transfers(server, worker, wanda, mturk):
    email = "transfers-op-%d@example.org" % server.port
    server.account("operator", email, PASSWORD)
    office = Browser(server).sign_in(email)
    hit = new_hit(mturk, Reward="0.40")
    mturk.approve_assignment(AssignmentId=worker.work(hit["HITGroupId"]))
    page = wanda.get("/earnings")
    assert "Asked for" not in page.text
    page = wanda.send(page, "/transfers", amount="0.10")
    page.says("Asked for", "The operator sends it.")
    wanda.send(page, "/transfers", amount="0.20")
    _, twin = office.json("/operator/payouts?size=500")
    ids = [r["payout"] for r in twin["rows"] if r["worker_id"] == worker.id]
    note = "IBAN <b>unknown</b>"
    for payout, to in zip(ids, ("sent", "failed")):
        page = office.send(office.get("/operator/payouts"), "/operator/payouts",
                           payout=str(payout), to=to, note=note)
        assert page.status == 200
    page = wanda.get("/earnings")
    page.says("On its way", "Failed", "Given back to you", note)
    assert "<b>unknown" not in page.html
    stranger = Browser(server).sign_in(server.worker().email)
    assert note not in stranger.get("/earnings").text


def test_what_undoing_does_not_mend(server, worker, mturk, desk):
    hit = new_hit(mturk)
    a = worker.work(hit["HITGroupId"])
    mturk.reject_assignment(AssignmentId=a, RequesterFeedback="wrong")
    mturk.create_worker_block(WorkerId=worker.id, Reason="wrong")
    plan = desk.send(desk.get("/requester/workers/" + worker.id), "/undo")
    page = desk.send(plan, "/commit")
    page.says("What undoing does not mend", "The block stays until you lift it", worker.id,
              "does not come back by itself")

"""Where events go, on the owner's pages; the outbox, on the operator's (docs/notifications.md)."""
import json
import re
import time

import pytest

from browser import Browser
from market import PASSWORD, new_hit
from test_notify import Receiver, spec, wait_for
from test_webhooks import verified

HOME = "/requester/notifications"
EVENTS = ["HITCreated", "AssignmentSubmitted", "HITReviewable"]


@pytest.fixture
def private(server):
    server.hitd("setting", "notify_private", "allow")
    yield
    server.hitd("setting", "notify_private", "refuse")
    server.hitd("setting", "notify_attempts", "16")


@pytest.fixture(scope="module")
def office(server):
    email = "outbox-%d@example.org" % server.port
    server.account("operator", email, PASSWORD)
    return Browser(server).sign_in(email)


def make(desk, address, *events, transport="webhook", **more):
    """Makes one by the form; the page that answers."""
    page = desk.get("/requester/new-notification")
    boxes = {e: None for e in ("AssignmentSubmitted", "HITReviewable")}
    boxes.update({e: "yes" for e in events or EVENTS})
    return desk.send(page, HOME, transport=transport, address=address, **boxes, **more)


def number(desk, address):
    rows = desk.json(HOME)[1]["rows"]
    return next(r["id"] for r in rows if r["address"] == address)


def attempts(desk, id, n):
    """Of a destination, newest first, when there are n."""
    return wait_for(lambda: desk.json("%s/%d" % (HOME, id))[1]["attempts"], lambda a: len(a) >= n)


def secret_of(page):
    return re.search(r'data-copy="([0-9a-f]{64})"', page.body.decode()).group(1)


def test_a_webhook_from_first_to_last(desk, mturk, private):
    receiver = Receiver()
    assert "Nobody is told yet" in desk.get(HOME).text
    page = make(desk, receiver.url)
    page.says("shown only this once")
    secret = secret_of(page)
    id = number(desk, receiver.url)
    url = "%s/%d" % (HOME, id)
    desk.get(url).says("Nothing was sent yet", "HITCreated, AssignmentSubmitted, HITReviewable",
                       "of all your tasks")
    assert secret not in desk.get(url).text
    desk.send(desk.get(url), url + "/test").says("A Ping is on its way")
    body = receiver.wait(1)[0]
    assert verified(secret, receiver.heads[0]["Hitd-Signature"], body.encode())
    [ping] = attempts(desk, id, 1)
    assert ping["event"] == "Ping" and ping["arrived"] and ping["number"] == 1 and not ping["hit"]
    hit = new_hit(mturk)
    receiver.wait(2)
    created = attempts(desk, id, 2)[0]
    assert created["event"] == "HITCreated" and created["hit"] == hit["HITId"]
    desk.get(url).says("Arrived", hit["HITId"])

    other = secret_of(desk.send(desk.get(url), url + "/secret"))
    assert other != secret
    desk.send(desk.get(url), url + "/active", active="no").says("Paused: nothing is sent")
    new_hit(mturk)
    desk.send(desk.get(url), url + "/test")
    kinds = [json.loads(b)["Events"][0]["EventType"] for b in receiver.wait(3)]
    assert kinds == ["Ping", "HITCreated", "Ping"]
    assert verified(other, receiver.heads[2]["Hitd-Signature"], receiver.bodies[2].encode())
    desk.send(desk.get(url), url + "/active", active="yes").says("On: what happens from now on is sent")

    page = desk.get(url + "/edit")
    assert dict(page.form(url + "/edit").fields)["address"] == receiver.url
    desk.send(page, url + "/edit", HITCreated=None, HITExpired="yes").says("Saved")
    desk.get(url).says("AssignmentSubmitted, HITReviewable, HITExpired")
    desk.get(url + "/delete").says("This can not be undone", "its secret")
    desk.send(desk.get(url + "/delete"), url + "/delete").says("nothing is sent there any more")
    assert desk.json(HOME)[1]["rows"] == []
    assert desk.get(url, 404)
    receiver.close()


def test_a_queue_a_topic_and_a_mailbox(desk, requester):
    for transport, address, said in (
            ("sqs", "https://queue.example.org/1/q", "Queue"),
            ("sns", "arn:aws:sns:eu-central-1:1:t", "Topic"),
            ("mail", "ann@example.org", "Mailbox")):
        page = make(desk, address, "HITReviewable", transport=transport)
        page.says("Made. Send a test", address, said)
        assert "Make another secret" not in page.text
    assert requester.v1("GET", "/v1/webhooks", b"")[1] == {"webhooks": []}
    rows = desk.json(HOME)[1]["rows"]
    assert [r["events"] for r in rows] == ["HITReviewable"] * 3


def test_what_is_refused(desk):
    page = make(desk, "ftp://x")
    assert page.status == 422
    page.says("https:// or http://")
    fields = dict(page.form(HOME).fields)
    assert fields["address"] == "ftp://x" and "HITCreated" in fields
    for address, transport in (("a b@c", "mail"), ("a@b\r\nBcc: c@d", "mail"), ("x", "sns"),
                               ("https://u:p@e.org/", "webhook"), ("", "sqs")):
        assert make(desk, address, transport=transport).status == 422, address
    page = desk.send(desk.get("/requester/new-notification"), HOME, address="https://e.org/",
                     transport="webhook", AssignmentSubmitted=None, HITReviewable=None)
    assert page.status == 422
    page.says("Choose at least one kind of event")
    make(desk, "https://e.org/", batch="77777").says("There is no batch 77777")
    make(desk, "https://e.org/", only_type="3XXXXXXXX").says("no HIT type of this id")
    assert desk.json(HOME)[1]["rows"] == []


def test_sent_twice_made_once(desk):
    page = desk.get("/requester/new-notification")
    fields = dict(transport="webhook", address="https://e.org/once")
    assert desk.send(page, HOME, **fields).status == 200
    again = desk.send(page, HOME, **fields)
    assert again.status == 409 or again.status == 422
    again.says("shown only once")
    assert len(desk.json(HOME)[1]["rows"]) == 1


def test_of_one_hit_type(desk, mturk, private):
    receiver = Receiver()
    one = new_hit(mturk, Title="Of this type")
    other = new_hit(mturk, Title="Of another")
    make(desk, receiver.url, "HITExpired", only_type=one["HITTypeId"])
    id = number(desk, receiver.url)
    desk.get("%s/%d" % (HOME, id)).says("only of the HIT type “Of this type”")
    for hit in (other, one):
        mturk.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    assert json.loads(receiver.wait(1)[0])["Events"][0]["HITId"] == one["HITId"]
    time.sleep(2)
    assert len(receiver.bodies) == 1
    page = desk.get("%s/%d/edit" % (HOME, id))
    assert dict(page.form("%s/%d/edit" % (HOME, id)).fields)["only_type"] == one["HITTypeId"]
    receiver.close()


def test_what_the_api_set_is_shown(desk, mturk):
    hit = new_hit(mturk, Title="By a program")
    mturk.update_notification_settings(
        HITTypeId=hit["HITTypeId"], Active=True,
        Notification=spec("https://queue.example.org/2/q", "HITExpired"))
    id = number(desk, "https://queue.example.org/2/q")
    url = "%s/%d" % (HOME, id)
    page = desk.get(url)
    page.says("UpdateNotificationSettings", "only of the HIT type “By a program”")
    assert not [l for l in page.reader.links if l.endswith("/edit")]
    desk.get(url + "/edit", 404)
    desk.send(page, url + "/active", active="no").says("Paused")
    desk.send(desk.get(url + "/delete"), url + "/delete")
    assert desk.json(HOME)[1]["rows"] == []


def test_only_of_ones_own_account(server, desk):
    make(desk, "https://e.org/mine")
    url = "%s/%d" % (HOME, number(desk, "https://e.org/mine"))
    stranger = Browser(server).sign_in(server.requester().email)
    for tail in ("", "/edit", "/delete"):
        assert stranger.get(url + tail, 404).title == "Not found"
    assert stranger.json(HOME)[1]["rows"] == []
    token = dict(stranger.get("/security").form("/security/password").fields)["csrf_token"]
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    for tail in ("/test", "/active", "/replay", "/secret", "/delete", "/edit"):
        answer = stranger.request("POST", url + tail, "csrf_token=%s&address=x" % token, head)
        assert answer.status == 404, tail
    assert desk.json(url)[1]["active"]


# ---- the operator's outbox ----

def give_up(server, desk, receiver, tests=2):
    """Tests to a receiver that fails, given up at the first attempt."""
    server.hitd("setting", "notify_attempts", "1")
    make(desk, receiver.url)
    id = number(desk, receiver.url)
    url = "%s/%d" % (HOME, id)
    for _ in range(tests):
        desk.send(desk.get(url), url + "/test")
    wait_for(lambda: desk.json(url)[1]["dead"], lambda n: n == tests)
    return id


def mine(office, receiver):
    page = office.json("/operator/outbox?size=400")[1]
    return ([r for r in page["rows"] if r["address"] == receiver.url],
            [l for l in page["lanes"] if l["address"] == receiver.url])


def test_outbox_replayed_and_dropped(server, office, desk, requester, private):
    good = []
    receiver = Receiver(lambda n, body: 200 if good else 500)
    id = give_up(server, desk, receiver, 3)
    rows, [lane] = mine(office, receiver)
    assert len(rows) == 3 and lane["dead"] == 3 and lane["failures"] == 3
    assert all(r["error"] == "the receiver answered 500" and r["attempts"] == 1 and
               r["requester"] == requester.id and r["event"] == "Ping" for r in rows)
    office.get("/operator/health").says("given up", "See why, and try again or drop")
    page = office.get("/operator/outbox?size=400")
    page.says("the receiver answered 500", receiver.url)

    drop = "/operator/outbox/drop?row=%d" % rows[0]["id"]
    office.get(drop).says("Drop this event?", receiver.url, "can not be undone")
    assert len(mine(office, receiver)[0]) == 3  # looking drops nothing
    office.send(office.get(drop), "/operator/outbox/drop").says("1 dropped")
    office.get(drop, 404)
    assert len(mine(office, receiver)[0]) == 2

    good.append(True)
    body = dict(page.form("/operator/outbox/replay").fields)
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    office.request("POST", "/operator/outbox/replay",
                   "csrf_token=%s&row=%d" % (body["csrf_token"], rows[1]["id"]), head)
    wait_for(lambda: len(mine(office, receiver)[0]), lambda n: n == 1)
    office.request("POST", "/operator/outbox/replay",
                   "csrf_token=%s&target=%d" % (body["csrf_token"], id), head)
    wait_for(lambda: mine(office, receiver), lambda m: m == ([], []))
    assert len(receiver.bodies) == 5 and desk.json("%s/%d" % (HOME, id))[1]["failures"] == 0
    text = office.get("/operator/audit").text
    assert "all of destination %d" % id in text
    receiver.close()


def test_outbox_of_one_destination_dropped(server, office, desk, private):
    first, second = Receiver(lambda n, b: 500), Receiver(lambda n, b: 503)
    id = give_up(server, desk, first)
    give_up(server, desk, second, 1)
    drop = "/operator/outbox/drop?target=%d" % id
    office.get(drop).says("Drop 2 events?", first.url)
    office.send(office.get(drop), "/operator/outbox/drop").says("2 dropped")
    assert mine(office, first) == ([], []) and len(mine(office, second)[0]) == 1
    # the requester himself tries again what is left
    url = "%s/%d" % (HOME, number(desk, second.url))
    desk.send(desk.get(url), url + "/replay").says("1 given up before")
    second.wait(2)
    first.close()
    second.close()


def test_outbox_without_anything_odd(office):
    for url in ("/operator/outbox?after=999999999", "/operator/outbox?after=x&size=0"):
        office.get(url)
    office.get("/operator/outbox/drop?row=x", 404)
    office.get("/operator/outbox/drop?row=999999", 404)
    office.get("/operator/outbox/drop?target=0").says("tests that programs asked for")
    office.get("/operator/outbox/drop").says("Everything that was given up")

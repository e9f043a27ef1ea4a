"""Worker and requester write to each other (worker-site 11); the inbox (money-and-lifecycle 10.3)."""
import pytest

from browser import Browser
from market import new_hit

WORDS = "Is the second picture missing? <script>alert(1)</script>"


class Talk:
    def __init__(self, server, requester):
        self.server, self.worker = server, server.worker()
        self.mturk = requester.client()
        self.hit = new_hit(self.mturk, Reward="0.50")
        self.id = self.worker.work(self.hit["HITGroupId"], tag="cat")
        self.wanda = Browser(server).sign_in(self.worker.email)
        self.desk = Browser(server).sign_in(requester.email)

    def write(self, text=WORDS):
        page = self.wanda.get("/contact_requester/assignment_messages/new?assignment_id=" + self.id)
        return self.wanda.send(page, "/contact_requester/messages", text=text)


@pytest.fixture
def talk(server, requester):
    return Talk(server, requester)


def thread_of(page):
    return [u for u in page.reader.links if "/messages/" in u][0]


def test_a_conversation(talk):
    wanda, desk = talk.wanda, talk.desk
    day = [u for u in wanda.get("/dashboard").reader.links if u.startswith("/status_details/")][0]
    assert any("assignment_messages/new" in u for u in wanda.get(day).reader.links)
    sent = talk.write()
    sent.says("Your message was sent", WORDS)
    assert "<script>alert" not in sent.html
    inbox = desk.get("/requester/messages")
    inbox.says("1 new", talk.worker.id)
    page = desk.get(thread_of(inbox))
    page.says(WORDS, talk.id)
    assert "<script>alert" not in page.html and "@" not in page.text
    assert "1 new" not in desk.get("/requester/messages").text
    desk.send(page, thread_of(inbox), text="Reload, please.").says("Reload, please.")
    own = wanda.get("/messages")
    own.says("1 new", "Reload, please.")
    answer = wanda.get(thread_of(own))
    answer.says("Reload, please.")
    wanda.send(answer, thread_of(own), text="Thanks").says("Thanks")
    talk.write("Once more")  # the same subject: the same conversation
    status, data = wanda.json("/messages")
    assert status == 200 and len(data["threads"]) == 1


def test_about_a_group(talk):
    hit = new_hit(talk.mturk)
    page = talk.wanda.get("/contact_requester/hit_type_messages/new?hit_type_message[hit_type_id]="
                          + hit["HITGroupId"])
    talk.wanda.send(page, "/contact_requester/messages", text=WORDS).says("Your message was sent")
    assert talk.wanda.get("/contact_requester/hit_type_messages/new?group_id=3NOTHING", None).status == 404


def test_rights(talk, server):
    talk.write()
    url = thread_of(talk.wanda.get("/messages"))
    other = Browser(server).sign_in(server.worker().email)
    assert other.get(url, None).status == 404
    assert other.get("/contact_requester/assignment_messages/new?assignment_id=" + talk.id,
                     None).status == 404
    stranger = Browser(server).sign_in(server.requester().email)
    assert stranger.get("/requester" + url, None).status == 404
    assert stranger.get(url, None).status in (401, 403, 404)
    for bad in ("/messages/0", "/messages/x", "/messages/999999999999999999999"):
        assert talk.wanda.get(bad, None).status == 404


def test_bad_texts(talk):
    page = talk.write("   ")
    assert page.status == 422
    page.says("Write a few words here")
    page = talk.write("x" * 4001)
    assert page.status == 422
    page.says("4000 are the most")
    assert talk.wanda.json("/messages")[1]["threads"] == []


def test_no_token(talk):
    page = talk.wanda.request("POST", "/contact_requester/messages",
                              "assignment_id=%s&text=hello" % talk.id,
                              {"Content-Type": "application/x-www-form-urlencoded"})
    assert page.status == 403
    assert talk.wanda.json("/messages")[1]["threads"] == []


def test_the_news(talk):
    talk.mturk.reject_assignment(AssignmentId=talk.id, RequesterFeedback="No")
    talk.wanda.get("/messages").says("Work rejected", "new")
    assert talk.wanda.json("/messages")[1]["notices"][0]["read"] is True

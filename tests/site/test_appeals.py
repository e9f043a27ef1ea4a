"""A worker sees why he was rejected, appeals, and is paid (worker-site 13, money-and-lifecycle 8.10)."""
import pytest

from browser import Browser
from market import new_hit

WORDS = "The sign says Łąkowa, with both accents. <script>alert(1)</script>"


class Rejected:
    def __init__(self, server, requester):
        self.server, self.requester, self.mturk = server, requester, requester.client()
        self.worker = server.worker()
        hit = new_hit(self.mturk, Reward="0.50")
        self.id = self.worker.work(hit["HITGroupId"], tag="Łąkowa")
        self.mturk.reject_assignment(AssignmentId=self.id, RequesterFeedback="Wrong street")
        self.wanda = Browser(server).sign_in(self.worker.email)
        self.desk = Browser(server).sign_in(requester.email)

    def file(self, **more):
        page = self.wanda.get("/appeals/new?assignment_id=" + self.id)
        return self.wanda.send(page, "/appeals", **{"text": WORDS, "reason": "answer_right", **more})

    def status(self):
        return self.mturk.get_assignment(AssignmentId=self.id)["Assignment"]["AssignmentStatus"]


@pytest.fixture
def case(server, requester):
    return Rejected(server, requester)


def test_from_the_day_to_the_payment(case):
    wanda, desk = case.wanda, case.desk
    day = [u for u in wanda.get("/dashboard").reader.links if u.startswith("/status_details/")][0]
    link = [u for u in wanda.get(day).reader.links if u.startswith("/appeals/new")][0]
    form = wanda.get(link)
    form.says("Wrong street", "Łąkowa", "There is one appeal for a rejection")
    page = wanda.send(form, "/appeals", text=WORDS)
    page.says("Your appeal was sent", "Open", WORDS)
    assert "<script>alert" not in page.html
    desk.get("/requester/").says("worker asks you to look again")
    queue = desk.get("/requester/appeals")
    queue.says(WORDS, "Wrong street", "$0.60", "Open1")
    asked = desk.get("/requester/appeals/" + case.id)
    asked.says("Łąkowa", "The worker is paid $0.50", "fee of $0.10", "can not be taken back")
    assert "<script>alert" not in asked.html and "<iframe" in asked.html
    desk.send(asked, "/grant", grant_text="Sorry, you are right.").says("Granted and paid")
    assert case.status() == "Approved"
    wanda.get("/appeals/" + case.id).says("Granted and paid", "Sorry, you are right.")
    wanda.get(day).says("Rejected, then approved and paid", "Wrong street", "Sorry, you are right.")
    wanda.get("/earnings").says("To transfer$0.50")
    desk.get("/requester/appeals?list=closed").says("Granted and paid", "Granted1")


def test_once(case):
    case.file().says("Your appeal was sent")
    page = case.wanda.get("/appeals/new?assignment_id=" + case.id, None)
    assert page.status in (409, 422) and "appeal" in page.text
    case.wanda.get("/appeals").says("Open")


def test_bad_words_come_back(case):
    page = case.file(text="too short")
    assert page.status == 422
    assert dict(page.form("/appeals").fields)["text"] == "too short"
    page.says("20")
    assert case.file(text="x" * 2001).status == 422
    assert case.file(reason="nonsense").status == 422
    case.desk.get("/requester/appeals").says("No worker is waiting")


def test_declined_asked_withdrawn(server, requester, case):
    case.file()
    asked = case.desk.get("/requester/appeals/" + case.id)
    page = case.desk.send(asked, "/decline", decline_text="")
    assert page.status == 422 and case.status() == "Rejected"
    page = case.desk.send(asked, "/ask", ask_text="Which letter is it?")
    page.says("Your question was sent")
    mine = case.wanda.get("/appeals/" + case.id)
    mine.says("Which letter is it?")
    case.wanda.send(mine, "/reply", text="The first one, an L with a stroke.").says("Your reply was sent")
    asked = case.desk.get("/requester/appeals/" + case.id)
    asked.says("an L with a stroke")
    case.desk.send(asked, "/decline", decline_text="It is Ląkowa on our map.").says("Declined")
    case.wanda.get("/appeals/" + case.id).says("Declined", "It is Ląkowa on our map.")
    other = Rejected(server, requester)
    other.file()
    mine = other.wanda.get("/appeals/" + other.id)
    other.wanda.send(mine, "/withdraw").says("Withdrawn")
    assert other.status() == "Rejected"


def test_granted_without_money_waits_for_a_deposit(server):
    requester = server.requester(deposit="0.60")
    case = Rejected.__new__(Rejected)
    case.server, case.requester, case.mturk = server, requester, requester.client()
    case.worker = server.worker()
    hit = new_hit(case.mturk, Reward="0.50", MaxAssignments=1)
    case.id = case.worker.work(hit["HITGroupId"])
    case.mturk.reject_assignment(AssignmentId=case.id, RequesterFeedback="no")
    new_hit(case.mturk, Reward="0.50", MaxAssignments=1)  # takes the money again
    case.wanda = Browser(server).sign_in(case.worker.email)
    desk = Browser(server).sign_in(requester.email)
    case.file()
    asked = desk.get("/requester/appeals/" + case.id)
    asked.says("$0.60 are missing")
    desk.send(asked, "/grant").says("waits for money", "$0.60")
    assert case.status() == "Rejected"
    server.deposit(requester.email, "0.60")
    assert case.status() == "Approved"
    desk.get("/requester/appeals/" + case.id).says("Granted and paid")


def test_grant_twice_pays_once(case):
    case.file()
    asked = case.desk.get("/requester/appeals/" + case.id)
    before = case.mturk.get_account_balance()["AvailableBalance"]
    case.desk.send(asked, "/grant", follow=False)
    case.desk.send(asked, "/grant", follow=False)
    after = case.mturk.get_account_balance()["AvailableBalance"]
    assert round(float(before) - float(after), 2) == 0.60


def test_others_appeals_are_unknown(server, case):
    case.file()
    stranger = Browser(server).sign_in(server.requester().email)
    stranger.get("/requester/appeals/" + case.id, 404)
    other = Browser(server).sign_in(server.worker().email)
    other.get("/appeals/" + case.id, 404)
    other.get("/appeals/new?assignment_id=" + case.id, 404)
    case.wanda.get("/requester/appeals", 403)


def test_window_is_over(server, case):
    server.advance("30d")
    server.advance("2s")
    page = case.wanda.get("/appeals/new?assignment_id=" + case.id, None)
    assert page.status in (409, 422)

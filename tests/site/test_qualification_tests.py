"""A worker takes a qualification's test: its clock, its answers, its value (worker-site 9)."""
import json
import urllib.parse

import pytest

from browser import Browser
from test_question_forms import choices, form, question

TEST = form(question("q", choices("a", "b", "c", before="<MaxSelectionCount>3</MaxSelectionCount>"),
                     "<IsRequired>true</IsRequired>"))
KEY = ('<AnswerKey xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/'
       'AnswerKey.xsd"><Question><QuestionIdentifier>q</QuestionIdentifier><AnswerOption>'
       '<SelectionIdentifier>b</SelectionIdentifier><SelectionIdentifier>c</SelectionIdentifier>'
       '<AnswerScore>10</AnswerScore></AnswerOption></Question></AnswerKey>')


@pytest.fixture
def wanda(server, worker):
    b = Browser(server).sign_in(worker.email)
    b.worker = worker
    return b


def new_type(mturk, name, **more):
    return mturk.create_qualification_type(
        Name=name, Description="d", QualificationTypeStatus="Active", Test=TEST,
        TestDurationInSeconds=300, **more)["QualificationType"]["QualificationTypeId"]


def test_a_key_scores_at_once(server, mturk, wanda):
    made = new_type(mturk, "scored", AnswerKey=KEY)
    page = wanda.get("/qualifications/%s/test" % made)
    page.says("scored", "5 min", "Start the test", "scored at once")
    assert "The b" not in page.text and "10" not in page.text
    running = wanda.send(page, "/test")
    running.says("Time left", "The b")
    assert "AnswerScore" not in running.html
    again = wanda.send(running, "/test/submit")
    assert again.status == 422
    again.says("Please answer this question.")
    wanda.send(again, "/test/submit", q=["c", "b"]).says("your value for scored is 10")
    score = mturk.get_qualification_score(QualificationTypeId=made, WorkerId=wanda.worker.id)
    assert score["Qualification"]["IntegerValue"] == 10
    wanda.get("/qualifications/%s/test" % made).says("can be taken once", "Your value")


def test_without_a_key_the_requester_decides(server, mturk, wanda):
    made = new_type(mturk, "by hand")
    page = wanda.send(wanda.get("/qualifications/%s/test" % made), "/test")
    wanda.send(page, "/test/submit", q="a").says("wait for the requester")
    wanda.get("/qualifications/%s/test" % made).says("wait for the requester")
    asked = mturk.list_qualification_requests(QualificationTypeId=made)["QualificationRequests"]
    assert len(asked) == 1 and "<SelectionIdentifier>a</" in asked[0]["Answer"]
    mturk.accept_qualification_request(
        QualificationRequestId=asked[0]["QualificationRequestId"], IntegerValue=7)
    score = mturk.get_qualification_score(QualificationTypeId=made, WorkerId=wanda.worker.id)
    assert score["Qualification"]["IntegerValue"] == 7


def test_the_time_runs_out(server, mturk, wanda):
    made = new_type(mturk, "late", RetryDelayInSeconds=3600, AnswerKey=KEY)
    page = wanda.send(wanda.get("/qualifications/%s/test" % made), "/test")
    server.clock("advance", "301s")
    late = wanda.send(page, "/test/submit", q=["b", "c"])
    assert late.status >= 400
    wanda.get("/qualifications/%s/test" % made).says("again from")
    assert mturk.list_qualification_requests(QualificationTypeId=made)["NumResults"] == 0
    server.clock("advance", "3600s")
    wanda.get("/qualifications/%s/test" % made).says("Start the test")


def test_a_program_takes_it(server, mturk, wanda):
    made = new_type(mturk, "json", AnswerKey=KEY)
    status, shown = wanda.json("/qualifications/%s/test" % made)
    assert (status, shown["state"], shown["questions"]) == (200, "ready", [])
    page = wanda.get("/qualifications/%s/test" % made)
    token = dict(page.form("/test").fields)["csrf_token"]
    head = {"Accept": "application/json", "X-CSRF-Token": token,
            "Content-Type": "application/x-www-form-urlencoded"}
    got = json.loads(wanda.request("POST", "/qualifications/%s/test" % made, b"", head).body)
    assert got["state"] == "running" and got["questions"][0]["choices"] == ["a", "b", "c"]
    answer = wanda.request("POST", "/qualifications/%s/test/submit" % made,
                           urllib.parse.urlencode({"q": "a"}), head)
    assert json.loads(answer.body) == {"state": "Granted", "value": 0}


def test_answers_are_scored_by_hand(server, mturk, desk, wanda):
    """The requester reads question and chosen words beside the request, and grants or refuses."""
    made = new_type(mturk, "essay", RetryDelayInSeconds=0)
    page = wanda.send(wanda.get("/qualifications/%s/test" % made), "/test")
    wanda.send(page, "/test/submit", q=["c", "a"])
    shown = desk.get("/requester/qualifications/%s" % made)
    shown.says(wanda.worker.id, "The a", "The c", "Score")
    assert "The b" not in shown.text
    empty = desk.send(shown, "/accept")
    assert empty.status == 422
    empty.says("Say which score")
    desk.send(empty, "/accept", value="42").says("Granted")
    score = mturk.get_qualification_score(QualificationTypeId=made, WorkerId=wanda.worker.id)
    assert score["Qualification"]["IntegerValue"] == 42


def test_answers_are_refused_with_a_text(server, mturk, desk, wanda):
    made = new_type(mturk, "essay to refuse", RetryDelayInSeconds=0)
    page = wanda.send(wanda.get("/qualifications/%s/test" % made), "/test")
    wanda.send(page, "/test/submit", q="a")
    shown = desk.get("/requester/qualifications/%s" % made)
    long = desk.send(shown, "/reject", reason="x" * 1025)
    assert long.status == 422
    long.says("at most 1,024")
    desk.send(long, "/reject", reason="Too short, please read the guide.").says("Not granted")
    wanda.get("/qualifications/%s" % made).says("Too short, please read the guide.")

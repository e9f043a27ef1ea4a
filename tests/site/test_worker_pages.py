"""The worker's pages: find, preview, accept, do, return; figures, one day, earnings (worker-site 3-8,
10)."""
import re

import pytest

from browser import Browser
from market import new_hit


@pytest.fixture
def wanda(server, worker):
    b = Browser(server).sign_in(worker.email)
    b.worker = worker
    return b


def test_find_preview_accept_return(server, mturk, wanda):
    hit = new_hit(mturk, Title="Ask <b>what</b> & why", Reward="0.40")
    page = wanda.get("/projects?filters[search_term]=why")
    page.says("Ask <b>what</b> & why", "$0.40", "1 group of")
    assert "<b>what" not in page.html
    group = hit["HITGroupId"]
    preview = wanda.get("/projects/%s/tasks" % group)
    preview.says("This is a preview", "Skip")
    assert 'sandbox="' in preview.html and "allow-top-navigation" not in preview.html
    frame = re.search(r'<iframe[^>]* src="([^"]*)"', preview.html).group(1)
    assert "ASSIGNMENT_ID_NOT_AVAILABLE" in frame and wanda.worker.id not in frame
    task = wanda.send(preview, "/accept_random")
    assert "assignment_id=" in task.url and "This is a preview" not in task.text
    task.says("Time left", "Return")
    queue = wanda.get("/tasks")
    queue.says("You hold 1 of at most 25", "Ask <b>what</b> & why")
    ask = wanda.get([u for u in queue.reader.links if u.endswith("/return")][0])
    ask.says("Return this task?", "does not touch your approval rate")
    wanda.send(ask, field="_method").says("Returned. Its place is open to others.")
    wanda.get("/tasks").says("You hold no task")


def test_accept_by_get_changes_nothing(mturk, wanda):
    hit = new_hit(mturk)
    page = wanda.get("/projects/%s/tasks/accept_random" % hit["HITGroupId"])
    page.says("This is a preview")
    wanda.get("/tasks").says("You hold no task")


def test_skip_goes_round(mturk, wanda):
    made = mturk.create_hit_type(Title="Several of a kind", Description="d", Reward="0.01",
                                 AssignmentDurationInSeconds=60)["HITTypeId"]
    from market import HTML
    hits = [mturk.create_hit_with_hit_type(HITTypeId=made, Question=HTML, LifetimeInSeconds=3600,
                                           MaxAssignments=1)["HIT"] for _ in range(3)]
    seen, page = [], wanda.get("/projects/%s/tasks" % hits[0]["HITGroupId"])
    for _ in range(4):
        seen.append(re.search(r"hitId=([A-Z0-9]+)", page.html).group(1))
        page = wanda.get([u for u in page.reader.links if "after=" in u][0])
    assert seen[:3] == [h["HITId"] for h in hits] and seen[3] == seen[0]


def test_accept_twice_holds_one(mturk, wanda):
    hit = new_hit(mturk, MaxAssignments=5)
    preview = wanda.get("/projects/%s/tasks" % hit["HITGroupId"])
    first = wanda.send(preview, "/accept_random", follow=False)
    again = wanda.send(preview, "/accept_random", follow=False)  # reload, double click
    assert first.head["Location"] == again.head["Location"]
    wanda.get("/tasks").says("You hold 1 of")


def test_after_submitting(server, mturk, wanda):
    hit = new_hit(mturk, MaxAssignments=1)
    group = hit["HITGroupId"]
    wanda.worker.work(group)
    page = wanda.get("/projects/%s/tasks?done=1" % group)
    page.says("There is nothing more of that group for you")


def test_one_day_and_dashboard(server, mturk, wanda):
    hit = new_hit(mturk, MaxAssignments=3, Reward="0.30")
    first = wanda.worker.work(hit["HITGroupId"])
    mturk.reject_assignment(AssignmentId=first, RequesterFeedback="<script>alert(1)</script>")
    page = wanda.get("/dashboard")
    page.says("Submitted1", "Rejected1")
    day = [u for u in page.reader.links if u.startswith("/status_details/")][0]
    page = wanda.get(day)
    page.says("Rejected", "<script>alert(1)</script>", "Can be reversed until", "Appeal")
    assert "<script>alert" not in page.html
    mturk.approve_assignment(AssignmentId=first, OverrideRejection=True, RequesterFeedback="Sorry!")
    page = wanda.get(day)
    page.says("Rejected, then approved and paid", "<script>alert(1)</script>", "Sorry!")
    assert "Appeal" not in page.text.replace("Appeals", "")
    wanda.get("/dashboard").says("To transfer$0.30", "Approved1", "Rejected0")
    assert wanda.request("GET", "/dashboard?format=csv").body.decode("utf-8-sig").startswith('"date"')


def test_transfer(server, mturk, wanda):
    hit = new_hit(mturk, Reward="1.00")
    mturk.approve_assignment(AssignmentId=wanda.worker.work(hit["HITGroupId"]))
    page = wanda.get("/earnings")
    page.says("To transfer$1.00", "reward")
    wrong = wanda.send(page, "/transfers", amount="1.001")
    assert wrong.status == 422
    wrong.says("at most two decimals")
    assert dict(wrong.form("/transfers").fields)["amount"] == "1.001"
    assert wanda.send(page, "/transfers", amount="2.00").status in (422, 409)
    once = wanda.send(page, "/transfers", amount="0.40")
    once.says("To transfer$0.60")
    wanda.send(page, "/transfers", amount="0.40")  # the same form again
    wanda.get("/earnings").says("To transfer$0.60")


def test_page_numbers_beyond_reason(wanda):
    for n in ("0", "-1", "9" * 18, "x", ""):
        assert wanda.get("/projects?page_number=%s&page_size=%s" % (n, n)).status == 200
        assert wanda.get("/status_details/2026-11-24?page_number=" + n).status == 200
    assert wanda.get("/status_details/2026-13-40", 404).title == "Not found"


def test_another_workers_task(server, mturk, wanda):
    hit = new_hit(mturk)
    other = server.worker()
    entry = other.accept(hit["HITGroupId"])[1]
    wanda.get("/tasks/%s/return" % entry["assignment_id"], 404)
    wanda.get("/projects/%s/tasks/%s?assignment_id=%s" % (
        hit["HITGroupId"], entry["task_id"], entry["assignment_id"]), 404)

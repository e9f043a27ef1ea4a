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


def frame_answer(browser, page):
    """What the task's own form in the frame is answered, without script."""
    assignment = re.search(r"assignment_id=([A-Z0-9]+)", page.url).group(1)
    return browser.request("POST", "/mturk/externalSubmit", "assignmentId=%s&tag=cat" % assignment,
                           {"Content-Type": "application/x-www-form-urlencoded"})


def on_from(browser, answer):
    """The link that the answer in the frame offers."""
    answer.says("Your work was submitted.")
    return browser.get("/" + answer.reader.links[0].split("/", 3)[3])


def two_of_a_group(mturk, **more):
    kind = mturk.create_hit_type(Title="A pair %d" % id(more), Description="d", Reward="0.01",
                                 AssignmentDurationInSeconds=60, **more)["HITTypeId"]
    from market import HTML
    return [mturk.create_hit_with_hit_type(HITTypeId=kind, Question=HTML, LifetimeInSeconds=3600,
                                           MaxAssignments=1)["HIT"] for _ in range(2)]


def test_next_is_accepted_without_script(mturk, wanda):
    group = two_of_a_group(mturk)[0]["HITGroupId"]
    preview = wanda.get("/projects/%s/tasks" % group)
    assert "accept_next" not in dict(preview.form("/accept_random").fields)  # off at first
    task = wanda.send(preview, "/accept_random", accept_next="on")
    assert dict(task.form("/accept-next").fields)["accept_next"] == "on"  # remembered
    second = on_from(wanda, frame_answer(wanda, task))
    second.says("Submitted. Here is the next one", "Time left")
    assert "assignment_id=" in second.url and second.url != task.url
    last = on_from(wanda, frame_answer(wanda, second))
    assert last.url == "/projects"
    last.says("Submitted. There is nothing more of that group for you.")
    wanda.get("/tasks").says("You hold no task")


def test_next_is_switched_off_in_the_task(mturk, wanda):
    group = two_of_a_group(mturk)[0]["HITGroupId"]
    task = wanda.send(wanda.get("/projects/%s/tasks" % group), "/accept_random", accept_next="on")
    same = wanda.send(task, "/accept-next", accept_next=None)
    same.says("Saved: nothing is accepted when you submit.")
    assert same.url == task.url
    last = on_from(wanda, frame_answer(wanda, same))
    assert last.url == "/projects"
    assert "nothing more" not in last.text
    last.says("Submitted.")
    preview = wanda.get("/projects/%s/tasks" % group)
    assert "accept_next" not in dict(preview.form("/accept_random").fields)
    outside = wanda.send(task, "/accept-next", back="https://example.org/", follow=False)
    assert outside.head["Location"] == "/tasks"


def test_next_of_the_queue(mturk, wanda):
    hits = [new_hit(mturk, MaxAssignments=1) for _ in range(2)]
    for h in hits:
        wanda.worker.accept(h["HITGroupId"])
    queue = wanda.get("/tasks")
    first = wanda.get([u for u in queue.reader.links if "assignment_id=" in u][0])
    assert 'data-from="queue"' in first.html
    frame_answer(wanda, first)
    page = wanda.get("/projects/%s/tasks?done=1&next=off&from=queue" % hits[0]["HITGroupId"])
    page.says("Submitted.", "Time left")
    frame_answer(wanda, page)
    page = wanda.get("/projects/%s/tasks?done=1&next=off&from=queue" % hits[1]["HITGroupId"])
    page.says("Submitted.", "You hold no task")


@pytest.mark.parametrize("word, says", [
    ("queue_full", "your queue is full"), ("unqualified", "you no longer have a qualification"),
    ("limit", "the number of tasks of one day"), ("paused", "paused after reports"),
    ("refused", "not open to you now"), ("<b>", "Submitted.")])
def test_why_no_next(mturk, wanda, word, says):
    group = new_hit(mturk)["HITGroupId"]
    wanda.get("/projects/%s/tasks?done=1&next=%s" % (group, word)).says("Submitted.", says)


def test_next_for_programs(mturk, wanda):
    group = two_of_a_group(mturk)[0]["HITGroupId"]
    entry = wanda.worker.accept(group)[1]
    assert wanda.worker.form("POST", "/tasks/accept-next", accept_next="on")[0] == 200
    status, done = wanda.worker.submit(entry["assignment_id"], tag="cat")
    assert (status, done["next"]) == (200, "accepted")
    status, queue = wanda.worker.get("/tasks")
    assert [t["assignment_id"] for t in queue["tasks"]] == [done["next_assignment_id"]]
    assert queue["tasks"][0]["task_id"] == done["next_task_id"]


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
    work = wanda.get("/work/" + first)
    work.says("Why it was rejected", "<script>alert(1)</script>", "Your answer", "You submitted it",
              "you are paid $0.30")
    assert "<script>alert" not in work.html and "/appeals/new?assignment_id=" + first in work.html
    mturk.approve_assignment(AssignmentId=first, OverrideRejection=True, RequesterFeedback="Sorry!")
    page = wanda.get(day)
    page.says("Rejected, then approved and paid", "<script>alert(1)</script>", "Sorry!")
    assert "Appeal" not in page.text.replace("Appeals", "")
    mturk.send_bonus(AssignmentId=first, WorkerId=wanda.worker.id, BonusAmount="0.05", Reason="for the wait")
    work = wanda.get("/work/" + first)
    work.says("Rejected, then approved and paid", "Sorry!", "Rejection undone, and paid: $0.30",
              "Bonus: $0.05", "for the wait", "$0.30 are yours")
    assert "Why it was rejected" not in work.text
    assert [e["what"] for e in wanda.json("/work/" + first)[1]["events"]] == [
        "Rejected", "Rejection undone, and paid", "Bonus"]
    wanda.get("/earnings").says("Reward: a rejection was undone", "for the wait")
    assert "/work/" + first in wanda.get("/earnings").html
    assert "/work/" + first in wanda.get("/messages").html
    wanda.get("/dashboard").says("To transfer$0.35", "Approved1", "Rejected0")
    assert wanda.request("GET", "/dashboard?format=csv").body.decode("utf-8-sig").startswith('"date"')


def test_own_work_is_ones_own(server, mturk, wanda):
    hit = new_hit(mturk, MaxAssignments=3)
    held = wanda.worker.accept(hit["HITGroupId"])[1]["assignment_id"]
    mine = wanda.worker.work(new_hit(mturk)["HITGroupId"])
    page = wanda.get("/work/" + mine)
    page.says("Waiting for a decision", "approved and paid by itself")
    stranger = Browser(server).sign_in(server.worker().email)
    stranger.get("/work/" + mine, 404)
    wanda.get("/work/3" + "A" * 29, 404)
    wanda.get("/work/" + held, 404)  # not submitted: it is in the queue


def test_transfer(server, mturk, wanda):
    hit = new_hit(mturk, Reward="1.00")
    mturk.approve_assignment(AssignmentId=wanda.worker.work(hit["HITGroupId"]))
    page = wanda.get("/earnings")
    page.says("To transfer$1.00", "Reward")
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

"""What a reviewer may say and choose beside the decision itself: the message that goes with an
approval or an undone rejection, the filter on work time, the order of the columns."""
import pytest

from test_results_pages import Batch, batch, people, yes  # noqa: F401


def told(worker):
    """What the worker's own page of today says of each of his results."""
    status, days = worker.get("/dashboard?format=json")
    assert status == 200, days
    status, day = worker.get("/status_details/%s?format=json" % days["daily_hit_statistics_overview"][0]["date"][:10])
    assert status == 200, day
    return {r["assignment_id"]: (r.get("rejection_feedback"), r["requester_feedback"])
            for r in day["results"]}


def feedback(batch, assignment):  # noqa: F811
    return batch.client.get_assignment(AssignmentId=assignment)["Assignment"].get(
        "RequesterFeedback")


# ---- the message ----

def test_with_all_undone(desk, batch, people):  # noqa: F811
    batch.reject(batch.ids)
    plan = desk.send(desk.get("/requester/"), "/requester/undo")
    plan.says("Message to the workers (optional)", "beside the reason of the rejection")
    yes_page = desk.send(plan, "/commit", message="Sorry: our list was wrong.")
    yes_page.says("Applied")
    for i in batch.ids:
        assert feedback(batch, i) == "Sorry: our list was wrong."
    seen = told(people[0])
    assert seen[batch.ids[0]] == ("Wrong code", "Sorry: our list was wrong.")
    desk.get("%s/results/%s" % (batch.url, batch.ids[0])).says(
        "Wrong code", "Sorry: our list was wrong.")


def test_with_some_approved(desk, batch):  # noqa: F811
    page = desk.get(batch.url + "/results")
    plan = desk.send(page, "/choose", row=batch.ids[:2], verb="approve")
    plan.says("Each of them reads it with the approved work.")
    desk.send(plan, "/commit", message="Thank you").says("Applied")
    assert [feedback(batch, i) for i in batch.ids] == ["Thank you"] * 2 + [None] * 2


def test_with_a_worker_undone(desk, batch, people):  # noqa: F811
    batch.reject(batch.ids)
    plan = desk.send(desk.get("/requester/workers/" + people[0].id), "/undo")
    desk.send(plan, "/commit", message="You were right").says("Applied")
    assert [feedback(batch, i) for i in batch.ids] == ["You were right"] * 2 + ["Wrong code"] * 2


def test_without_words(desk, batch):  # noqa: F811
    batch.reject(batch.ids[:1])
    plan = desk.send(desk.get("/requester/"), "/requester/undo")
    desk.send(plan, "/commit", message="  ").says("Applied")
    assert feedback(batch, batch.ids[0]) in (None, "")


def test_one_that_can_not_be_sent(desk, batch):  # noqa: F811
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    page = desk.send(plan, "/commit", message="x" * 1025)
    assert page.status == 422
    page.says("At most 1024 characters")
    assert dict(page.form("/commit").fields)["message"] == "x" * 1025
    assert batch.status(batch.ids[0]) == "Submitted"
    desk.send(page, "/commit", message="é" * 1024).says("Applied")
    assert feedback(batch, batch.ids[0]) == "é" * 1024


def test_kept_when_the_plan_is_stale(desk, batch):  # noqa: F811
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    batch.client.approve_assignment(AssignmentId=batch.ids[0])
    page = desk.send(plan, "/commit", message="Well done")
    page.says("Nothing has moved")
    assert dict(page.form("/commit").fields)["message"] == "Well done"
    yes(desk, page).says("Applied")
    assert [feedback(batch, i) for i in batch.ids] == [None] + ["Well done"] * 3


def test_a_rejection_takes_none(desk, batch):  # noqa: F811
    ask = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="reject")
    plan = desk.send(ask, "/choose", reason="Not an animal")
    assert "message" not in plan.form("/commit").names
    page = desk.send(plan, "/commit", message="Sorry")
    page.says("Only approvals and undone rejections")
    assert batch.status(batch.ids[0]) == "Submitted"


def test_stored_script(desk, batch, people):  # noqa: F811
    script = "<script>alert(1)</script>\"'"
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    desk.send(plan, "/commit", message=script).says("Applied")
    page = desk.get("%s/results/%s" % (batch.url, batch.ids[0]))
    page.says(script)
    assert "<script>alert" not in page.html
    assert told(people[0])[batch.ids[0]][1] == script


# ---- work time ----

@pytest.fixture
def slow(server, requester, people):  # noqa: F811
    """One result after no time, one after three minutes."""
    b = Batch(server, requester, rows=1).work(people[:1], 1)
    entry = people[1].accept(b.group)[1]
    server.advance("3m")
    assert people[1].submit(entry["assignment_id"], tag="cat")[0] == 200
    b.ids.append(entry["assignment_id"])
    return b


@pytest.mark.parametrize("query, rows, words", [
    ("work_min=2", [1], "work time at least 2 min"),
    ("work_max=2.5", [0], "work time at most 2.5 min"),
    ("work_min=3&work_max=3", [1], "work time at least 3 min"),
    ("work_min=3.1", [], "work time at least 3.1 min"),
    ("work_min=-1", [0, 1], "Submitted"),
    ("work_min=1e3&work_max=1000000000000000000000", [0, 1], "Submitted"),
    ("work_min=0&work_max=%00", [0, 1], "Submitted"),
])
def test_work_time(desk, slow, query, rows, words):
    url = slow.url + "/results?status=all&" + query
    desk.get(url)
    status, page = desk.json(url)
    assert status == 200 and [r["id"] for r in page["rows"]] == [slow.ids[i] for i in rows]
    shown = desk.get(slow.url + "/results?" + query)
    shown.says(words)
    if len(rows) == 1:
        plan = desk.send(shown, "/choose", all="1", verb="approve")
        yes(desk, plan).says("Applied")
        assert [slow.status(i) for i in slow.ids] == [
            "Approved" if i in rows else "Submitted" for i in range(2)]


# ---- columns ----

def heads(page):
    return [h["column"] for h in page["heads"]][2:]


def test_order_of_columns(server, requester, desk, batch):  # noqa: F811
    url = batch.url + "/results"
    page = desk.send(desk.get(url), "/columns", column=["work", "Input.what", "Answer.tag", "work"])
    assert heads(desk.json(url)[1]) == ["work", "Input.what", "Answer.tag"]
    page = desk.send(page, "/columns", right="work")
    assert "customize=1" in page.url and "open" in page.html.split("Customize view")[0][-40:]
    assert heads(desk.json(url)[1]) == ["Input.what", "work", "Answer.tag"]
    desk.send(page, "/columns", left="Answer.tag")
    assert heads(desk.json(url)[1]) == ["Input.what", "Answer.tag", "work"]
    row = desk.json(url)[1]["rows"][0]
    assert [c["column"] for c in row["cells"]] == ["Input.what", "Answer.tag", "work"]
    # beyond the ends, and of what is not there: nothing
    for edge in [dict(left="Input.what"), dict(right="work"), dict(left="Answer.nothing"),
                 dict(column=["Input.what", "Answer.tag", "work", "<b>"])]:
        desk.send(desk.get(url), "/columns", **edge)
        assert heads(desk.json(url)[1]) == ["Input.what", "Answer.tag", "work"]
    # it is the choice of a person, and of a project
    other = Batch(server, requester)
    assert "Input.what" not in heads(desk.json(other.url + "/results")[1])
    desk.send(desk.get(url), "/columns", reset="1")
    assert heads(desk.json(url)[1])[:2] == ["Answer.tag", "agreement"]

"""The story on the pages: download, mark, upload, read the plan, Yes (requester-site 5.4-5.6)."""
import csv
import io

import pytest

from browser import Browser
from market import new_hit


class Reviewed:
    """A batch with n rejected results of as many workers."""

    def __init__(self, server, requester, n=3, reward="0.50"):
        self.server, self.requester = server, requester
        self.client = requester.client()
        self.hit = new_hit(self.client, MaxAssignments=n, Reward=reward)
        self.workers = [server.worker() for _ in range(n)]
        self.ids = [w.work(self.hit["HITGroupId"]) for w in self.workers]
        for i in self.ids:
            self.client.reject_assignment(AssignmentId=i, RequesterFeedback="Wrong code")
        batches = requester.v1("GET", "/v1/batches")[1]["batches"]
        self.batch = batches[0]["id"]

    def rows(self):
        text = self.requester.v1("GET", "/v1/batches/%d/results.csv" % self.batch)[1]
        return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))

    def marked(self, approve="x", reject="", only=None):
        rows = self.rows()
        at = {name: i for i, name in enumerate(rows[0])}
        for row in rows[1:]:
            if only is None or row[at["AssignmentId"]] in only:
                row[at["Approve"]], row[at["Reject"]] = approve, reject
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode()

    def statuses(self):
        got = self.client.list_assignments_for_hit(HITId=self.hit["HITId"])["Assignments"]
        return sorted(a["AssignmentStatus"] for a in got)

    def available(self):
        return self.client.get_account_balance()["AvailableBalance"]


@pytest.fixture
def story(server, requester):
    return Reviewed(server, requester)


def upload(desk, story, content, name="results.csv", **fields):
    page = desk.get("/requester/batches/%d/upload" % story.batch)
    return desk.send(page, "/upload", files={"file": (name, content)}, **fields)


def test_undo_by_file(server, desk, story):
    before = story.available()
    plan = upload(desk, story, story.marked())
    plan.says("Apply this review?", "Nothing has changed yet", "Undo rejection", "$1.50", "$0.30",
              "Needed from available$1.80", "Undoing a rejection can not be taken back")
    assert story.statuses() == ["Rejected"] * 3
    done = desk.send(plan, "/commit")
    done.says("Applied", "Rejections undone3", "$1.50", "$0.30")
    assert story.statuses() == ["Approved"] * 3
    assert "%.2f" % (float(before) - 1.80) == story.available()
    for w in story.workers:
        assert w.get("/dashboard")[1]["availableEarnings"] == 0.5
    assert desk.get(plan.url).title == "Applied"  # back button: the outcome, not a second plan
    text = desk.get("/requester/reviews/%s/outcome.csv" % plan.url.rsplit("/", 1)[1]).body.decode()
    assert text.count("overturned") == 3, text


def test_yes_twice_pays_once(desk, story):
    plan = upload(desk, story, story.marked())
    desk.send(plan, "/commit").says("Applied")
    before = story.available()
    desk.send(plan, "/commit").says("Applied")
    assert story.available() == before


def test_two_reviewers(server, desk, requester, story):
    """The second Yes moves nothing and shows the plan as it is now."""
    other = Browser(server).sign_in(requester.email)
    first, second = upload(desk, story, story.marked()), upload(other, story, story.marked())
    desk.send(first, "/commit").says("Applied")
    before = story.available()
    other.send(second, "/commit").says("Nothing has moved", "Nothing to apply")
    assert story.available() == before


def test_no(desk, story):
    plan = upload(desk, story, story.marked())
    answer = desk.send(plan, "/drop", follow=False)
    assert answer.head["Location"] == "/requester/batches/%d" % story.batch
    assert story.statuses() == ["Rejected"] * 3
    desk.get(plan.url, 404)


def test_undo_a_whole_review(desk, server, requester):
    """Rejected by file, undone from the result page."""
    story = Reviewed(server, requester)
    client = story.client
    hit = new_hit(client, MaxAssignments=3)
    for w in story.workers:
        w.work(hit["HITGroupId"])
    story.hit = hit
    story.batch = requester.v1("GET", "/v1/batches")[1]["batches"][0]["id"]
    plan = upload(desk, story, story.marked(approve="", reject="Blurred"))
    plan.says("This rejects 3 results of 3 workers", "Reject")
    done = desk.send(plan, "/commit")
    done.says("Rejected3", "3 rejections of this review can still be undone")
    plan = desk.send(done, "/undo")
    plan.says("Undo these rejections?", "$1.50", "$0.30")
    desk.send(plan, "/commit").says("Rejections undone3")
    assert story.statuses() == ["Approved"] * 3
    assert "can still be undone" not in desk.get(done.url).text


def test_money_is_missing(server):
    requester = server.requester(deposit="1.80")
    story = Reviewed(server, requester)
    client = story.client
    hit = new_hit(client, MaxAssignments=1, Reward="0.50")  # holds 60 of the 180 cents
    assert hit["HITId"]
    desk = Browser(server).sign_in(requester.email)
    plan = upload(desk, story, story.marked())
    plan.says("$0.60 are missing", "Deposit the missing $0.60")
    assert plan.form("/commit").disabled
    desk.send(plan, "/commit").says("Nothing has moved")
    assert story.statuses() == ["Rejected"] * 3
    server.deposit(requester.email, "0.60")
    plan = desk.get(plan.url)
    assert not plan.form("/commit").disabled
    desk.send(plan, "/commit").says("Applied", "Available now$0.00")


def test_clock_passes_the_window_between_plan_and_yes(server, desk, story):
    server.advance("29d")
    plan = upload(desk, story, story.marked())
    plan.says("Apply this review?")
    server.advance("23h")
    plan = upload(desk, story, story.marked())
    server.advance("2h")
    desk.send(plan, "/commit").says("Nothing has moved", "U22")
    assert story.statuses() == ["Rejected"] * 3


def test_old_reason_left_in_reject(desk, story):
    plan = upload(desk, story, story.marked(reject="Wrong code"))
    plan.says("U20", "still the old reason in Reject (3)")
    plan = desk.send(plan, "/plan", same_reason="1")
    plan.says("Undo rejection")
    desk.send(plan, "/commit").says("Applied")


def test_buttons_beside_what_is_the_matter(desk, story):
    """Each choice that opens "Yes" stands where the plan says what closes it."""
    rows = list(csv.reader(io.StringIO(story.marked(only=story.ids[:1]).decode(), newline="")))
    for row in rows[1:]:  # an x in each, and in two still the old reason
        row[rows[0].index("Approve")] = "x"
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    plan = upload(desk, story, out.getvalue().encode())
    plan.says("2 rows can not be done, so nothing would be", "Leave out these rows")
    assert plan.form("/commit").disabled
    less = desk.send(plan, "/plan", offer="eligible")
    assert not less.form("/commit").disabled
    assert desk.json(less.url)[1]["overturn"] == 1
    more = desk.send(less, "/plan", mode="all", offer="same_reason")
    assert desk.json(more.url)[1]["overturn"] == 3
    desk.send(more, "/commit").says("Applied", "Rejections undone3")


def test_a_reason_is_asked_for_on_top(desk, requester, server):
    story = Reviewed(server, requester)
    hit = new_hit(story.client, MaxAssignments=3)
    for w in story.workers:
        w.work(hit["HITGroupId"])
    story.hit, story.batch = hit, requester.v1("GET", "/v1/batches")[1]["batches"][0]["id"]
    plan = upload(desk, story, story.marked(approve="", reject="x"))
    plan.says("Reason for the 3 rejections marked without one", "Plan with this reason")
    assert plan.html.count('name="reason"') == 1
    plan = desk.send(plan, "/plan", reason="The code is not of this survey")
    plan.says("Rejected workers read your reason and may appeal", "The code is not of this survey")
    ends = desk.json(plan.url)[1]["rejections_end"]
    submitted = [a["SubmitTime"] for a in story.client.list_assignments_for_hit(
        HITId=hit["HITId"])["Assignments"]]
    assert abs(ends / 1000 - 30 * 86400 - min(s.timestamp() for s in submitted)) < 2
    desk.send(plan, "/commit").says("Applied", "Rejected3")


def test_files_that_can_not_be_taken(desk, story):
    page = upload(desk, story, b"PK\x03\x04" + b"x" * 100, name="results.xlsx")
    assert page.status == 422
    page.says("save it as CSV")
    assert upload(desk, story, b"").status == 422
    page = upload(desk, story, "HITId,AssignmentId,Approve,Reject\r\n1,2,caf\xe9,\r\n".encode("latin-1"))
    page.says("Encoding of the file")
    got = desk.send(page, "/upload", encoding="Windows-1252", files={"file": (
        "r.csv", story.marked().replace(b"Wrong code", b"caf\xe9"))})
    assert got.status == 200 and got.title == "Apply this review?", got.text


def test_names_that_are_script(desk, story):
    evil = '"><img src=x onerror=alert(1)>.csv'.replace('"', "%22")
    plan = upload(desk, story, story.marked(approve="", reject="<script>alert(2)</script>"), name=evil)
    assert "<img src=x" not in plan.html and "<script>alert" not in plan.html


def test_anothers_review_is_unknown(server, desk, story):
    plan = upload(desk, story, story.marked())
    stranger = Browser(server).sign_in(server.requester(deposit="9.00").email)
    stranger.get(plan.url, 404)
    page = stranger.get("/requester/upload")
    for action in ("commit", "drop", "plan"):
        form = page.form("/requester/upload")
        answer = stranger.request("POST", plan.url + "/" + action,
                                  *stranger.encode(form, {"token": "x"}, None))
        assert answer.status == 404
    stranger.get("/requester/batches/%d/upload" % story.batch, 404)


def test_a_program_asks_for_json(desk, story):
    plan = upload(desk, story, story.marked())
    status, data = desk.json(plan.url)
    assert status == 200 and data["overturn"] == 3 and data["from_available"] == 180
    assert data["codes"] == [] and data["applicable"] is True

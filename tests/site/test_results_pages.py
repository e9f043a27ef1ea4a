"""Batches and their results on the pages (requester-site 4-7): what the confirmation says is what
happens, to the cent; what is another's stays unknown; nothing a stranger wrote runs."""
import json
import time

import pytest

from browser import Browser
from market import new_hit, next_name

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
LAYOUT = "<p>${what}</p><form><input name=\"tag\"></form>"


class Batch:
    """A batch of rows x assignments from a file, with some of its work done."""

    def __init__(self, server, requester, rows=2, assignments=2, cell="cat", **more):
        self.server, self.requester = server, requester
        self.client = requester.client()
        members = dict(name=next_name(), title="Label", description="d", layout=LAYOUT,
                       reward_cents=50, max_assignments=assignments)
        members.update(more)
        status, project = requester.v1("POST", "/v1/projects", json.dumps(members).encode())
        assert status == 201, project
        body = "what\r\n" + "".join('"%s %d"\r\n' % (cell.replace('"', '""'), i)
                                    for i in range(rows))
        status, made = requester.v1("POST", "/v1/projects/%d/batches" % project["id"],
                                    body.encode())
        assert status == 201, made
        self.id = made["id"] if "id" in made else made["batch"]
        self.url = "/requester/batches/%d" % self.id
        for _ in range(100):
            if len(self.client.list_hits(MaxResults=100)["HITs"]) >= rows:
                break
            time.sleep(0.05)
        self.group = self.client.list_hits(MaxResults=1)["HITs"][0]["HITGroupId"]
        self.ids = []

    def work(self, workers, each, **fields):
        for w in workers:
            for _ in range(each):
                self.ids.append(w.work(self.group, **(fields or {"tag": "cat"})))
        return self

    def reject(self, ids, why="Wrong code"):
        for i in ids:
            self.client.reject_assignment(AssignmentId=i, RequesterFeedback=why)
        return self

    def status(self, assignment):
        return self.client.get_assignment(AssignmentId=assignment)["Assignment"]["AssignmentStatus"]

    def available(self):
        return self.client.get_account_balance()["AvailableBalance"]


@pytest.fixture
def people(server):
    return [server.worker() for _ in range(2)]


@pytest.fixture
def batch(server, requester, people):
    """Two tasks, four results."""
    return Batch(server, requester).work(people, 2)


def yes(desk, plan):
    return desk.send(plan, "/commit")


# ---- the story ----

def test_undo_all_from_the_first_page(desk, batch):
    batch.reject(batch.ids)
    before = batch.available()
    home = desk.get("/requester/")
    home.says("Rejected by mistake?", "4 rejections can still be undone", "costs $2.40")
    plan = desk.send(home, "/requester/undo")
    plan.says("Undo rejection", "$2.00", "$0.40", "$2.40")
    assert batch.available() == before
    done = yes(desk, plan)
    done.says("Applied", "$2.40")
    assert float(before) - float(batch.available()) == pytest.approx(2.40)
    assert [batch.status(i) for i in batch.ids] == ["Approved"] * 4
    assert "Rejected by mistake?" not in desk.get("/requester/").text
    desk.get("/requester/undo").says("Nothing to undo")


def test_undo_some_by_deadline(desk, batch):
    batch.reject(batch.ids[:3])
    page = desk.get("/requester/undo")
    page.says("Wrong code")
    desk.send(page, "/requester/undo", row=None, all=None).says("Tick the rejections first")
    plan = desk.send(page, "/requester/undo", row=[batch.ids[1]])
    plan.says("$0.60")
    yes(desk, plan)
    assert [batch.status(i) for i in batch.ids] == ["Rejected", "Approved", "Rejected", "Submitted"]


def test_undo_of_a_worker(desk, batch, people):
    batch.reject(batch.ids)
    page = desk.get("/requester/workers/" + people[0].id)
    page.says("0 approved, 2 rejected", "can be undone until")
    yes(desk, desk.send(page, "/undo"))
    assert [batch.status(i) for i in batch.ids] == ["Approved", "Approved", "Rejected", "Rejected"]
    desk.get("/requester/workers").says(people[0].id, people[1].id)
    desk.send(desk.get("/requester/workers"), "/requester/workers",
              worker=people[1].id).says("0 approved, 2 rejected")


def test_approve_all_of_the_filter(desk, batch):
    batch.reject(batch.ids[:1])
    before = batch.available()
    page = desk.get(batch.url + "/results")
    page.says("3 results wait for your decision", "status is Submitted", "1 row is hidden")
    plan = desk.send(page, "/choose", all="1", verb="approve")
    plan.says("$1.50", "$0.30", "held")
    yes(desk, plan)
    assert batch.available() == before
    assert [batch.status(i) for i in batch.ids] == ["Rejected"] + ["Approved"] * 3


def test_reject_asks_for_the_reason(desk, batch):
    before = float(batch.available())
    page = desk.get(batch.url + "/results")
    ask = desk.send(page, "/choose", row=batch.ids[:2], verb="reject")
    ask.says("Reject 2 results", "The workers read your reason")
    desk.send(ask, "/choose", reason="x").says("fewer than three letters")
    plan = desk.send(ask, "/choose", reason="Not an animal")
    plan.says("Not an animal", "$1.20")
    assert batch.status(batch.ids[0]) == "Submitted"
    done = yes(desk, plan)
    assert [batch.status(i) for i in batch.ids] == ["Rejected"] * 2 + ["Submitted"] * 2
    assert float(batch.available()) - before == pytest.approx(1.20)
    # taken back from the page that says what happened
    undone = desk.send(done, "/undo")
    undone.says("Undo rejection", "$1.20")
    yes(desk, undone)
    assert [batch.status(i) for i in batch.ids] == ["Approved"] * 2 + ["Submitted"] * 2
    # the next time, the reason is offered, and written by pressing it
    ask = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="reject")
    ask.says("Not an animal")
    offered = [link for link in ask.reader.links if "reason=" in link]
    assert dict(desk.get(offered[0]).form("/choose").fields)["reason"] == "Not an animal"


def test_republished(desk, batch):
    page = desk.get(batch.url + "/results")
    ask = desk.send(page, "/choose", row=[batch.ids[0]], verb="reject")
    before = float(batch.available())
    plan = desk.send(ask, "/choose", reason="Not an animal", republish="1")
    yes(desk, plan)
    assert float(batch.available()) == pytest.approx(before)
    hits = batch.client.list_hits(MaxResults=10)["HITs"]
    assert sorted(h["MaxAssignments"] for h in hits) == [2, 3]


def test_one_result(desk, batch, people):
    page = desk.get("%s/results/%s?status=submitted" % (batch.url, batch.ids[0]))
    page.says("Work of", people[0].id, "Approve: pay $0.50", "Others on the same task")
    desk.send(page, "/reject", reason="no").says("three letters")
    page = desk.send(page, "/reject", reason="Blurred", next=batch.ids[1])
    page.says("Rejected. $0.60 came back")
    assert batch.ids[1] in page.url
    assert batch.status(batch.ids[0]) == "Rejected"
    page = desk.get("%s/results/%s" % (batch.url, batch.ids[0]))
    page.says("Undo this rejection", "Blurred", "can be undone until")
    page = desk.send(page, "/undo", message="Sorry")
    assert batch.status(batch.ids[0]) == "Approved"
    desk.get("%s/results/%s" % (batch.url, batch.ids[0])).says(
        "Approved after a rejection", "Rejection undone", "Sorry", "Blurred", "This is final")


def test_too_little_money(server, people):
    r = server.requester(deposit="2.40")
    desk = Browser(server).sign_in(r.email)
    batch = Batch(server, r).work(people, 2)
    batch.reject(batch.ids)
    new_hit(r.client(), MaxAssignments=1, Reward="0.01")
    plan = desk.send(desk.get("/requester/"), "/requester/undo")
    plan.says("$0.02", "missing")
    assert [batch.status(i) for i in batch.ids] == ["Rejected"] * 4
    page = desk.get("%s/results/%s" % (batch.url, batch.ids[0]))
    page.says("Undo the rejection, pay $0.50")


# ---- two at a time ----

def test_two_reviewers(server, requester, desk, batch):
    """The one reads, the other acts: the first is told, and nothing happens twice."""
    other = Browser(server).sign_in(requester.email)
    url = "%s/results/%s" % (batch.url, batch.ids[0])
    mine, theirs = desk.get(url), other.get(url)
    desk.send(mine, "/approve")
    late = other.send(theirs, "/reject", reason="Blurred")
    late.says("approved meanwhile", "Nothing was changed")
    assert batch.status(batch.ids[0]) == "Approved"
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    twin = other.send(other.get(batch.url + "/results"), "/choose", row=[batch.ids[1]],
                      verb="approve")
    yes(other, twin)
    before = batch.available()
    fresh = yes(desk, plan)
    fresh.says("Nothing has moved")
    assert batch.available() == before and batch.status(batch.ids[2]) == "Submitted"
    yes(desk, fresh)
    assert [batch.status(i) for i in batch.ids] == ["Approved"] * 4


def test_the_clock_between_plan_and_yes(server, desk, batch):
    batch.reject(batch.ids[:1])
    plan = desk.send(desk.get("/requester/"), "/requester/undo")
    server.advance("31d")
    late = yes(desk, plan)
    assert late.status in (200, 404)
    assert batch.status(batch.ids[0]) == "Rejected"


# ---- looking ----

def test_filters(desk, server, requester, people):
    batch = Batch(server, requester, rows=2)
    batch.work(people[:1], 2, tag="Blue whale").work(people[1:], 2, tag="cat")
    url = batch.url + "/results?column=Answer.tag&op=contains&text=blue"
    desk.get(url).says("Answer.tag contains “blue”", "(2)", "2 rows are hidden")
    desk.get(batch.url + "/results?column=Answer.tag&op=empty").says("No result matches")
    desk.get(batch.url + "/results?worker=" + people[1].id).says("(2)", "worker is")
    desk.get(batch.url + "/results?agreement=differs").says("(4)")
    desk.get(batch.url + "/results?agreement=agrees").says("No result matches")
    status, page = desk.json(url)
    assert status == 200 and len(page["rows"]) == 2 and page["hidden"] == 2
    chosen = desk.send(desk.get(batch.url + "/results"), "/columns", column=["Input.what", "hit"])
    chosen.says("Input.what")
    assert "Feedback" not in desk.get(batch.url + "/results").text.split("Customize view")[0]


@pytest.mark.parametrize("sort", ["submitted", "latest", "hit", "status", "worker", "work"])
def test_paging(desk, server, requester, sort):
    batch = Batch(server, requester, rows=30, assignments=1).work([server.worker()], 25)
    batch.work([server.worker()], 5)
    seen, url = [], batch.url + "/results?sort=" + sort
    while url:
        status, page = desk.json(url)
        assert status == 200
        seen += [r["id"] for r in page["rows"]]
        url = page["next"]
    assert sorted(seen) == sorted(batch.ids)


def test_strange_addresses(desk, batch):
    huge = "1000000000000000000"
    for url in [batch.url + "/results?after=" + huge,
                batch.url + "/results?after=" + ".".join([huge] * 6),
                batch.url + "/results?size=%s&page=%s&from=%s&status=%%00" % (huge, huge, huge),
                batch.url + "/results?column=Answer.%s&text=%s" % ("x" * 2000, "y" * 2000),
                batch.url + "?after=%s.%s&hits=no" % (huge, huge),
                "/requester/manage/batches?after=%s&list=no" % huge,
                "/requester/undo?after=%s.%s" % (huge, huge),
                "/requester/workers?after=" + huge]:
        assert desk.get(url, None).status == 200, url
    for url in ["/requester/batches/" + huge, "/requester/batches/0/results",
                "/requester/batches/x", batch.url + "/results/3NOTHING",
                batch.url + "/hits/3NOTHING", "/requester/workers/ANOBODY",
                "/requester/batches/%s/csv" % huge]:
        assert desk.get(url, None).status == 404, url


def test_download(desk, requester, batch):
    got = desk.request("GET", batch.url + "/csv")
    assert got.status == 200 and "attachment" in got.head["Content-Disposition"]
    assert got.body == requester.v1("GET", "/v1/batches/%d/results.csv" % batch.id)[1]


# ---- rights ----

PAGES = ["", "/results", "/results/{id}", "/csv", "/rename", "/extend", "/grow", "/cancel",
         "/delete", "/upload"]
POSTS = ["/choose", "/undo", "/columns", "/results/{id}/approve", "/results/{id}/reject",
         "/results/{id}/undo", "/rename", "/extend", "/grow", "/cancel", "/delete"]


def test_anothers_batch(server, batch):
    """Answers exactly as one that never was."""
    other = server.requester(deposit="100.00")
    stranger = Browser(server).sign_in(other.email)
    page = stranger.get("/requester/manage/batches")
    token = dict(stranger_fields(stranger, page))
    for path in PAGES:
        url = batch.url + path.format(id=batch.ids[0])
        assert stranger.get(url, None).status == 404, url
    for path in POSTS:
        url = batch.url + path.format(id=batch.ids[0])
        answer = post(stranger, url, token, verb="approve", all="1", reason="because",
                      name="mine", more="1", hours="1")
        assert answer.status in (303, 404), (url, answer.status)
    assert [batch.status(i) for i in batch.ids] == ["Submitted"] * 4
    # his ids in a selection of mine
    mine = Batch(server, other).work([server.worker()], 1)
    plan = stranger.send(stranger.get(mine.url + "/results"), "/choose",
                         row=[batch.ids[0], mine.ids[0]], verb="approve")
    plan.says("U24")
    yes(stranger, plan)
    assert batch.status(batch.ids[0]) == "Submitted" and mine.status(mine.ids[0]) == "Approved"


def stranger_fields(browser, page):
    for form in page.reader.forms:
        if form.action == "/sign-out":
            return form.fields
    raise AssertionError("no token on the page")


def post(browser, url, token, **fields):
    import urllib.parse
    fields = {**{k: v for k, v in token.items() if k == "csrf_token"}, **fields}
    return browser.request("POST", url, urllib.parse.urlencode(fields).encode(),
                           {"Content-Type": "application/x-www-form-urlencoded"})


def test_worker_and_nobody(server, batch, people):
    w = Browser(server).sign_in(people[0].email)
    nobody = Browser(server)
    for path in ["/requester/", "/requester/undo", "/requester/manage/batches", batch.url,
                 batch.url + "/results"]:
        assert w.request("GET", path).status == 403, path
        assert nobody.request("GET", path).status in (303, 401), path


def test_no_token_no_change(desk, batch):
    for path in POSTS:
        answer = post(desk, batch.url + path.format(id=batch.ids[0]), {}, verb="approve", all="1",
                      reason="because", more="1", hours="1", name="n", sure="1")
        assert answer.status == 403, path
    assert [batch.status(i) for i in batch.ids] == ["Submitted"] * 4


def test_a_form_sent_twice(desk, batch):
    """Reload after a POST, or a double click: once."""
    page = desk.get("%s/results/%s" % (batch.url, batch.ids[0]))
    desk.send(page, "/approve")
    before = batch.available()
    again = desk.send(page, "/approve")
    assert again.status in (200, 409) and batch.available() == before


# ---- strangers' texts ----

def test_stored_script(server, requester, people, desk):
    batch = Batch(server, requester, cell=SCRIPT, title=SCRIPT[:100], description=SCRIPT,
                  name=SCRIPT + next_name())
    batch.work(people[:1], 2, **{"tag": SCRIPT, "<b>x</b>": SCRIPT})
    desk.send(desk.get(batch.url + "/rename"), "/rename", name=SCRIPT, note=SCRIPT)
    batch.reject(batch.ids[:1], SCRIPT)
    desk.send(desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="reject"),
              "/choose", reason=SCRIPT)
    for url in ["/requester/", "/requester/manage/batches", batch.url,
                batch.url + "/results?status=all", batch.url + "/results?text=" + "%3Cscript%3E",
                "%s/results/%s" % (batch.url, batch.ids[0]), "/requester/undo",
                "/requester/workers/" + people[0].id, batch.url + "/rename",
                batch.url + "/delete"]:
        page = desk.get(url)
        assert "<script>alert" not in page.html and "onerror=alert" not in page.html.replace(
            "&gt;&lt;img src=x onerror=alert(2)&gt;", ""), url
        assert None not in page.reader.scripts, url
        assert "unsafe-inline" not in page.head["Content-Security-Policy"], url


def test_pictures_on_request_only(server, requester, people, desk):
    batch = Batch(server, requester).work(people[:1], 1, tag="https://pictures.example/cat.jpg")
    url = batch.url + "/results"
    page = desk.get(url)
    assert "<img" not in page.html and "pictures.example" in page.html
    shown = desk.get(url + "?images=1")
    assert '<img class="thumb" src="https://pictures.example/cat.jpg"' in shown.html
    assert "img-src" in shown.head["Content-Security-Policy"]
    assert shown.head["Content-Security-Policy"] != page.head["Content-Security-Policy"]


# ---- what is done to a batch ----

def test_actions(server, desk, requester, people):
    batch = Batch(server, requester, rows=2, assignments=2).work(people[:1], 1)
    before = float(batch.available())
    desk.send(desk.get(batch.url + "/rename"), "/rename", name=" ").says("Give the batch a name")
    desk.send(desk.get(batch.url + "/rename"), "/rename", name="Birds", note="n").says("Birds")
    desk.get(batch.url + "/grow").says("$0.60")
    desk.send(desk.get(batch.url + "/grow"), "/grow", more="9").says("10")
    desk.send(desk.get(batch.url + "/grow"), "/grow", more="2").says("2 more assignments")
    assert float(batch.available()) == pytest.approx(before - 2.40)
    desk.get(batch.url + "/cancel").says("7 open places close")
    desk.send(desk.get(batch.url + "/cancel"), "/cancel").says("Cancelled")
    assert float(batch.available()) == pytest.approx(before + 1.80)
    desk.get(batch.url + "/extend").says("2 have expired", "7 places", "$4.20")
    desk.send(desk.get(batch.url + "/extend"), "/extend", hours="no").says("whole number")
    desk.send(desk.get(batch.url + "/extend"), "/extend", hours="5").says("5 hours longer")
    assert float(batch.available()) == pytest.approx(before + 1.80 - 4.20)
    page = desk.get("%s/hits/%s" % (batch.url, batch.client.list_hits(MaxResults=1)["HITs"][0]["HITId"]))
    desk.send(page, "/expire").says("The task has expired")


class ByApi:
    """Three tasks made by a program, one result of each of two workers."""

    def __init__(self, requester, people):
        self.client = requester.client()
        title = next_name()
        self.hits = [new_hit(self.client, Title=title, MaxAssignments=2) for _ in range(3)]
        self.title = title
        self.group = self.hits[0]["HITGroupId"]
        self.ids = [p.work(self.group) for p in people]


@pytest.fixture
def by_api(requester, people):
    return ByApi(requester, people)


def api_batch(desk, title):
    found = [b for b in desk.json("/v1/batches")[1]["batches"] if b["name"] == "API, " + title]
    return "/requester/batches/%d" % found[0]["id"] if found else None


def test_made_by_the_api(server, desk, by_api):
    """They are everywhere where those from a file are: lists, cards, results, files, changes."""
    url = api_batch(desk, by_api.title)
    desk.get("/requester/manage/batches").says("API, " + by_api.title)
    desk.get(url).says(by_api.title, by_api.hits[0]["HITId"])
    page = desk.get(url + "/results")
    page.says("2 results wait for your decision")
    body = desk.request("GET", url + "/csv").body.decode()
    assert all(i in body for i in by_api.ids)
    desk.send(desk.get(url + "/rename"), "/rename", name="Names of things").says("Names of things")
    yes(desk, desk.send(page, "/choose", row=by_api.ids[:1], verb="approve")).says("Applied")
    desk.get(url + "/cancel").says("4 open places close")
    desk.send(desk.get(url + "/cancel"), "/cancel").says("Cancelled")
    assert by_api.client.get_hit(HITId=by_api.hits[2]["HITId"])["HIT"][
        "HITStatus"] in ("Reviewable", "Assignable", "Unassignable", "Reviewing")
    desk.send(desk.get(url + "/extend"), "/extend", hours="5").says("5 hours longer")


def test_delete_what_the_api_made(server, requester, desk, people, by_api):
    url = api_batch(desk, by_api.title)
    by_api.client.reject_assignment(AssignmentId=by_api.ids[0], RequesterFeedback="Wrong")
    page = desk.get(url + "/delete")
    page.says("1 rejection could still be undone", "1 result waits for a decision",
              "made by a program")
    desk.send(page, "/delete").says("Tick that you give up")
    desk.send(page, "/delete", sure="1").says("is being deleted")
    # a program that goes on begins another batch; the first is not brought back
    fresh = new_hit(by_api.client, Title=by_api.title, MaxAssignments=2)
    assert fresh["HITTypeId"] == by_api.hits[0]["HITTypeId"]
    other = api_batch(desk, by_api.title)
    assert other != url
    desk.get(other).says(fresh["HITId"])
    by_api.client.approve_assignment(AssignmentId=by_api.ids[1])
    for _ in range(100):
        server.advance("1m")
        if desk.get(url, None).status == 404:
            break
        time.sleep(0.1)
    assert desk.get(url, None).status == 404
    for hit in by_api.hits:
        with pytest.raises(by_api.client.exceptions.RequestError):
            by_api.client.list_assignments_for_hit(HITId=hit["HITId"])
    with pytest.raises(by_api.client.exceptions.RequestError):
        by_api.client.approve_assignment(AssignmentId=by_api.ids[0], OverrideRejection=True)
    assert people[0].work(fresh["HITGroupId"])
    desk.get(other + "/results").says("1 result waits")


def test_delete(server, desk, batch):
    batch.reject(batch.ids[:1])
    page = desk.get(batch.url + "/delete")
    page.says("1 rejection could still be undone", "3 results wait for a decision")
    desk.send(page, "/delete").says("Tick that you give up")
    assert "being deleted" not in desk.get(batch.url).text
    desk.send(page, "/delete", sure="1").says("is being deleted")
    yes(desk, desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve"))
    for _ in range(100):
        server.advance("1m")
        if desk.get(batch.url, None).status == 404:
            break
        time.sleep(0.1)
    assert desk.get(batch.url, None).status == 404
    assert "Label" not in desk.get("/requester/manage/batches").text

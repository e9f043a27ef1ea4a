"""What every list offers (requester-site 1): page sizes, and the same rows as CSV and JSON, by links
that keep the filter; and the list of rejections by batch."""
import csv
import io

import pytest

from market import new_hit, next_name
from test_results_pages import Batch, batch, people, yes  # noqa: F401


def foot(page):
    return {link.rsplit("format=", 1)[1]: link for link in page.reader.links if "format=" in link}


def test_rows_for_programs(desk, batch):  # noqa: F811
    batch.reject(batch.ids[:2])
    for url, rows in [("/requester/undo", "rows"), (batch.url + "?hits=done", "hits"),
                      ("/requester/manage/batches", "cards"), ("/requester/workers", "rows")]:
        page = desk.get(url)
        page.says("These rows as CSV or JSON")
        links = foot(page)
        status, data = desk.json(links["json"])
        assert status == 200 and data[rows], url
        text = desk.request("GET", links["csv"]).body.decode("utf-8-sig")
        listed = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(listed) == len(data[rows]), url
        if "id" in listed[0]:
            assert [r["id"] for r in listed] == [str(r["id"]) for r in data[rows]]


def test_an_empty_list_offers_nothing(desk):
    page = desk.get("/requester/undo")
    assert "These rows" not in page.text and not foot(page)


def test_page_sizes(server, requester, desk):
    client = requester.client()
    title = "Sized " + next_name()
    for _ in range(27):
        new_hit(client, MaxAssignments=1, Title=title)
    batch = requester.v1("GET", "/v1/batches")[1]["batches"][0]["id"]
    url = "/requester/batches/%d?hits=open" % batch
    first = desk.get(url)
    first.says("Rows a page: 25 100 500")
    status, data = desk.json(url)
    assert len(data["hits"]) == 25
    rest = desk.json(data["next"])[1]
    assert len(rest["hits"]) == 2 and "hits=open" in data["next"]
    assert {h["id"] for h in rest["hits"]} & {h["id"] for h in data["hits"]} == set()
    bigger = [link for link in first.reader.links if "size=100" in link]
    assert len(bigger) == 1 and "hits=open" in bigger[0]
    assert len(desk.json(bigger[0])[1]["hits"]) == 27
    for size in ("0", "26", "-1", "10**18", "9" * 30, "<b>"):  # none of the three: the first of them
        assert len(desk.json(url + "&size=" + size)[1]["hits"]) == 25


@pytest.mark.parametrize("stranger", ["<script>alert(1)</script>", "\"'><b>", "a&format=x#", "%0d%0aX: y"])
def test_what_an_address_carries_is_encoded(desk, batch, stranger):  # noqa: F811
    import urllib.parse
    batch.reject(batch.ids[:1])
    page = desk.get("/requester/undo?size=100&other=" + urllib.parse.quote(stranger))
    assert "<script>" not in page.html and "<b>" not in page.html
    links = [link for link in page.reader.links if "format=json" in link]
    assert len(links) == 1 and "X: y" not in page.head
    assert desk.json(links[0])[0] == 200


def test_undo_one_batch_of_several(server, requester, desk, batch, people):  # noqa: F811
    other = Batch(server, requester).work(people, 1)
    batch.reject(batch.ids[:3])
    other.reject(other.ids[:1], "Not a cat").reject(other.ids[1:], "A dog")
    page = desk.get("/requester/undo")
    page.says("By batch", "Wrong code", "2 different reasons")
    rows = {b["batch"]: b for b in desk.json("/requester/undo")[1]["by_batch"]}
    assert [(rows[b]["rejections"], rows[b]["reasons"]) for b in (batch.id, other.id)] == [(3, 1), (2, 2)]
    assert rows[batch.id]["cost"] == 3 * 60
    plan = desk.send(page, "/batches/%d/undo" % batch.id)
    plan.says("Undo these rejections?", "$1.50", "$0.30")
    yes(desk, plan).says("Applied", "Rejections undone3")
    assert [other.status(i) for i in other.ids] == ["Rejected"] * 2
    left = desk.get("/requester/undo")
    assert "By batch" not in left.text  # one batch only: its rows say it all
    # and from the batch's own two pages
    desk.get(other.url + "/results").says("Undo all 2…")
    plan = desk.send(desk.get(other.url), "/undo")
    yes(desk, plan).says("Rejections undone2")


# ---- Review Results: order by heading, files ----

def test_order_by_heading(desk, batch):  # noqa: F811
    url = batch.url + "/results?status=all"
    page = desk.get(url)
    assert 'aria-sort="ascending"><a' in page.html  # by submission
    heads = {h["column"]: h for h in desk.json(url)[1]["heads"]}
    assert heads["submitted"]["standing"] == "ascending"
    back = desk.json(heads["submitted"]["address"])[1]
    assert [r["id"] for r in back["rows"]] == batch.ids[::-1] and "status=all" in back["query"]
    assert {h["column"]: h["standing"] for h in back["heads"]}["submitted"] == "descending"
    people = desk.json(heads["worker"]["address"])[1]
    ids = [r["worker_id"] for r in people["rows"]]
    assert ids == sorted(ids) and len(ids) == 4
    assert heads["Answer.tag"]["address"] == "" and heads["Answer.tag"]["standing"] == ""


def download(desk, url):
    page = desk.request("GET", url)
    assert page.status == 200 and page.head["Content-Type"].startswith("text/csv"), page.body
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"), newline="")))


def test_file_of_the_filter(server, desk, batch, people):  # noqa: F811
    batch.reject(batch.ids[:1])
    rest = batch.url + "/results?status=all&worker=" + people[0].id
    page = desk.get(rest)
    page.says("Only what the filter shows (2)", "For Excel")
    link = desk.json(rest)[1]["csv_shown"]
    assert link in page.reader.links
    rows = download(desk, link)
    assert {r["AssignmentId"] for r in rows} == set(batch.ids[:2])
    assert len(download(desk, batch.url + "/csv")) == 4  # the button's file is whole
    rejected = download(desk, batch.url + "/csv?status=rejected&worker=" + people[0].id)
    assert [r["Reject"] for r in rejected] == ["Wrong code"]
    assert download(desk, batch.url + "/csv?fill_reject=0&status=rejected")[0]["Reject"] == ""
    assert "OverturnUntil" in download(desk, batch.url + "/csv?extended=1")[0]
    cells = "column=Input.what&op=contains&text=cat+1"
    assert len(download(desk, batch.url + "/csv?" + cells)) == 2
    assert download(desk, batch.url + "/csv?worker=ANOBODY") == []
    stranger = desk.__class__(server).sign_in(server.requester(deposit="1.00").email)
    assert stranger.request("GET", batch.url + "/csv?" + cells).status == 404


# ---- help ----

def test_help(server, desk):
    page = desk.get("/requester/help")
    page.says("30 days from the day its work was submitted", "U25", "20% of the reward",
              "10 assignments or more", "Transactions")
    for link in page.reader.links:
        if link.startswith("/requester/") and "help" not in link:
            assert desk.get(link, None).status == 200, link
    assert "/requester/help" in desk.get("/requester/").reader.links
    worker = server.worker()
    assert worker.get("/requester/help")[0] == 403


def test_reason_has_an_address(desk, batch):  # noqa: F811
    """The question for the reason can be gone back to; what was ticked is kept for whoever ticked it."""
    ask = desk.send(desk.get(batch.url + "/results"), "/choose", row=batch.ids[:3], verb="reject")
    assert ask.url.startswith(batch.url + "/reject")
    again = desk.get(ask.url)
    again.says("Reject 3 results")
    assert [v for n, v in again.form("/choose").fields if n == "row"] == batch.ids[:3]
    plan = desk.send(again, "/choose", reason="Not an animal")
    assert desk.json(plan.url)[1]["reject"] == 3
    ask = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", row=None, verb="reject")
    ask.says("Reject all results of the filter")
    assert "all=1" in ask.url


def test_approve_all_takes_no_notice_of_the_filter(desk, batch, people):  # noqa: F811
    page = desk.get(batch.url + "/results?status=submitted&worker=" + people[0].id)
    page.says("Approve all 4 that wait", "whatever the filter shows")
    forms = [f for f in page.reader.forms if f.action.endswith("/choose")]
    body = dict(forms[-1].fields)
    body["verb"] = "approve"
    import urllib.parse
    answer = desk.request("POST", forms[-1].action, urllib.parse.urlencode(body).encode(),
                          {"Content-Type": "application/x-www-form-urlencoded"})
    plan = desk.follow(answer)
    assert desk.json(plan.url)[1]["approve"] == 4


def test_each_list_has_each_size(server, desk, batch):  # noqa: F811
    batch.reject(batch.ids[:2])
    for url in ("/requester/undo", "/requester/workers", "/requester/appeals", batch.url,
                "/requester/appeals?list=closed", "/requester/account/transactions"):
        for size in (25, 100, 500):
            page = desk.get(url + ("&" if "?" in url else "?") + "size=%d" % size)
            assert page.title, url


def test_very_many_columns(server, requester, desk, people):  # noqa: F811
    """All columns of the widest real files can be chosen; beyond that the page says so."""
    import json
    from market import next_name
    made = []
    for n in (725, 1200):
        status, project = requester.v1("POST", "/v1/projects", json.dumps(dict(
            name=next_name(), title="Wide", description="d", reward_cents=1, max_assignments=1,
            layout="<p>${c0}</p><form><input name=\"tag\"></form>")).encode())
        assert status == 201, project
        body = ",".join("c%d" % i for i in range(n)) + "\r\n" + ",".join("v%d" % i for i in range(n))
        status, batch = requester.v1("POST", "/v1/projects/%d/batches" % project["id"], body.encode())
        assert status == 201, batch
        made.append("/requester/batches/%d/results?status=all" % batch.get("id", batch.get("batch")))
    status, page = desk.json(made[0])
    names = [c["value"] for c in page["choices"]]
    assert "Input.c724" in names and "submitted" in names and not page["columns_cut"]
    page = desk.send(desk.get(made[0]), "/columns", column=["Input.c724", "submitted"])
    assert [h["column"] for h in desk.json(made[0])[1]["heads"]][2:] == ["Input.c724", "submitted"]
    desk.get(made[1]).says("more columns than a page can offer", "Submitted")

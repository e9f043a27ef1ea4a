"""Transactions by kind, batch and days; the same as a file; what an account chose for its pages and
downloads (requester-site 9, csv-formats 1.1, 1.5, 7)."""
import csv
import io
import re
import time

import pytest

from browser import Browser
from market import new_hit, next_name
from test_results_pages import Batch

URL = "/requester/account/transactions"


def rows(desk, query=""):
    status, page = desk.json(URL + query)
    assert status == 200, page
    return page["lines"]


def file(desk, query=""):
    answer = desk.request("GET", URL + ".csv" + query)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def today_of(server):
    return re.search(r"\d{4}-\d\d-\d\d", server.clock("get"))[0]


@pytest.fixture
def book(server, requester):
    """A rejection that was undone and an approval in one batch, a bonus beside it; a deposit later."""
    batch = Batch(server, requester, rows=1).work([server.worker() for _ in range(2)], 1)
    batch.reject(batch.ids[:1])
    batch.client.approve_assignment(AssignmentId=batch.ids[0], OverrideRejection=True)
    batch.client.approve_assignment(AssignmentId=batch.ids[1])
    worker = batch.client.get_assignment(AssignmentId=batch.ids[1])["Assignment"]["WorkerId"]
    batch.client.send_bonus(WorkerId=worker, AssignmentId=batch.ids[1], BonusAmount="1.00",
                            Reason="Well done")
    new_hit(batch.client, MaxAssignments=1)
    return batch


@pytest.mark.parametrize("query, types", [
    ("?kind=deposits", ["Deposit"]),
    ("?kind=rewards", ["OverturnReward", "Reward"]),
    ("?kind=fees", ["OverturnFee", "Fee", "BonusFee"]),
    ("?kind=undone", ["OverturnReward", "OverturnFee"]),
    ("?kind=bonuses", ["Bonus", "BonusFee"]),
    ("?kind=held", ["Hold", "Release", "Hold"]),
    ("?kind=held&batch=%d", ["Hold", "Release"]),
    ("?kind=deposits&batch=%d", []),
    ("?kind=nothing&batch=0&from=yesterday&to=%%00", None),
    ("?batch=9223372036854775807", []),
    ("?to=2001-01-01", []),
    ("?from=2999-01-01", []),
])
def test_filter(desk, book, query, types):
    query = query % book.id if "%d" in query else query.replace("%%", "%")
    all_of_it = file(desk)
    listed = file(desk, query)
    if types is None:
        assert listed == all_of_it
    else:
        assert [r["Type"] for r in listed] == types
    shown = rows(desk, query)
    assert len(shown) == len(listed)
    # balances are those of the whole book, on the page and in the file
    after = {r["TransactionId"]: r["AvailableAfter"] for r in all_of_it}
    for line, r in zip(shown, reversed(listed)):
        assert after[r["TransactionId"]] == r["AvailableAfter"] or "-" in r["TransactionId"]
        if "to=" not in query:
            assert "$%.2f" % (line["balance"] / 100) == r["AvailableAfter"]
    page = desk.get(URL + query)
    page.says("What the figures mean")
    if types == []:
        page.says("No posting matches", "Show all")


def test_days(server, desk, book):
    today = today_of(server)
    server.advance("2d")
    server.deposit(book.requester.email, "5.00")
    later = today_of(server)
    assert [r["Amount"] for r in file(desk, "?from=" + later)] == ["$5.00"]
    assert len(rows(desk, "?from=" + later)) == 1
    before = rows(desk, "?to=" + today)
    assert len(before) == len(file(desk, "?to=" + today)) == 10
    desk.get(URL + "?to=" + today).says("is known only for lists that begin today")
    assert len(rows(desk, "?from=%s&to=%s" % (today, today))) == len(before)
    # days begin at midnight of the account's zone
    set_view(desk, time_zone="Pacific/Auckland")
    moment = rows(desk, "?kind=deposits")[0]["at"]
    local = time.gmtime(moment / 1000 + 12 * 3600 + 3600)
    if local.tm_hour >= 1:  # the same day, with summer time and without
        day = time.strftime("%Y-%m-%d", local)
        assert rows(desk, "?kind=deposits&from=%s&to=%s" % (day, day))[0]["at"] == moment


def test_long_statement(server, desk, requester):
    """Pages follow each other without a gap, and their balances too."""
    client = requester.client()
    for _ in range(130):
        new_hit(client, MaxAssignments=1, Title="Long " + next_name())
    seen, url, balance = [], URL + "?kind=held", None
    while url:
        status, page = desk.json(url)
        assert status == 200
        for line in page["lines"]:
            assert balance is None or line["balance"] == balance
            balance = line["balance"] - line["effect"]
            seen.append(line["id"])
        url = page["next"] and (URL + page["next"])
    assert len(seen) == len(set(seen)) == 130
    assert balance == 100000


def test_numbers_beyond_reason(desk):
    huge = "1000000000000000000"
    for query in ["?before=" + huge, "?before=-1", "?before=%s&balance=%s" % (huge, huge),
                  "?before=1&balance=-%s0" % huge, "?batch=" + huge, "?from=%s-01-01" % huge,
                  "?kind=" + "x" * 5000]:
        assert desk.get(URL + query, None).status == 200, query


# ---- what the account chose ----

def set_view(desk, **fields):
    page = desk.send(desk.get("/requester/settings"), "/requester/settings", **fields)
    page.says("Saved")
    return page


def test_time_zone(server, requester, desk):
    hit = new_hit(requester.client())
    page = desk.get(URL)
    assert "UTC</time>" in page.html and "data-zone" not in page.html
    set_view(desk, time_zone="Asia/Kolkata")
    page = desk.get(URL)
    assert "IST</time>" in page.html and 'data-zone="Asia/Kolkata"' in page.html
    when = re.search(r'<time datetime="([^"]+)Z">(\d+) \w+ \d+, (\d+):(\d+) IST', page.html)
    h, m = int(when[1][11:13]), int(when[1][14:16])
    assert ((h * 60 + m + 330) % 1440) == int(when[3]) * 60 + int(when[4])
    assert hit["HITId"]
    # it is the account's: another one sees his own
    other = Browser(server).sign_in(server.requester(deposit="1.00").email)
    assert "UTC</time>" in other.get(URL).html
    bad = desk.send(desk.get("/requester/settings"), "/requester/settings", time_zone="Mars/Base")
    assert bad.status == 422
    bad.says("Choose a time zone of the list")


def test_dialect(server, desk, requester, book):
    results = "/requester/batches/%d/csv" % book.id

    def get(url):
        return desk.request("GET", url).body

    classic = get(results)
    assert classic.startswith(b'"HITId","HITTypeId"') and classic.endswith(b"\r\n")
    set_view(desk, csv_dialect="excel-semicolon")
    assert get(results).startswith(b'\xef\xbb\xbf"HITId";"HITTypeId"')
    assert get(URL + ".csv").startswith(b'\xef\xbb\xbf"Date";"TransactionId"')
    assert get("/requester/workers?format=csv")[3:].split(b"\r\n")[0].count(b";") > 1
    assert get(results + "?dialect=classic") == classic
    set_view(desk, csv_dialect="strict-classic")
    assert not get(results).endswith(b"\r\n")
    set_view(desk, csv_dialect="classic")
    assert get(results) == classic
    # a script's download does not change with what somebody chose on a page
    set_view(desk, csv_dialect="excel")
    status, body = requester.v1("GET", "/v1/batches/%d/results.csv" % book.id)
    assert status == 200 and body == classic
    bad = desk.send(desk.get("/requester/settings"), "/requester/settings", csv_dialect="lotus")
    assert bad.status == 422


def test_times_in_files(desk, book):
    url = "/requester/batches/%d/csv" % book.id
    body = desk.request("GET", url).body
    assert re.search(rb" P[SD]T \d{4}\"", body) and b" UTC " not in body
    set_view(desk, csv_times="utc")
    body = desk.request("GET", url).body
    assert not re.search(rb" P[SD]T \d{4}\"", body) and re.search(rb" UTC \d{4}\"", body)
    # it comes back as it went out
    page = desk.send(desk.get("/requester/batches/%d/upload" % book.id), "/upload",
                     files={"file": ("r.csv", body)})
    page.says("Nothing to apply")

"""The decision table of reviewed files, row by row and all in one file, on both stores: what an
upload means is judged by the status of today, whatever the file says."""
import csv
import datetime
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

REQUESTER = "table@example.org"
START = datetime.datetime(2026, 6, 1, 12, 0, 0)
OLD = "the old reason"

# kind of work, Approve, Reject, class, code; the numbers are the table's
TABLE = [
    ("1", "submitted", "", "", "no_change", None),
    ("2", "submitted", "x", "", "approve", None),
    ("3", "submitted", "", "not good enough", "reject", None),
    ("4", "submitted", "x", "not good enough", "refused", "U20"),
    ("5", "approved", "", "", "no_change", None),
    ("6", "approved", "x", "", "no_op", None),
    ("7", "approved", "", "not good enough", "refused", "U21"),
    ("7 by the clock", "auto", "", "not good enough", "refused", "U30"),
    ("8", "approved", "x", "not good enough", "refused", "U21"),
    ("8a", "overturned", "", OLD, "no_change", None),
    ("8a with x", "overturned", "x", OLD, "no_change", None),
    ("9", "rejected", "", "", "no_change", None),
    ("10", "rejected", "x", "", "overturn", None),
    ("11", "rejected", "", "  " + OLD + "\r\n", "no_change", None),
    ("12", "rejected", "", "another reason", "no_op", None),
    ("13", "rejected", "x", OLD, "refused", "U20"),
    ("14", "rejected", "x", "another reason", "refused", "U20"),
    ("15", "late", "x", "", "refused", "U22"),
    ("15 same", "late", "x", OLD, "refused", "U22"),
    ("11 late", "late", "", OLD, "no_change", None),
    ("16", "deleted", "x", "", "refused", "U23"),
    ("16 with a reason", "deleted", "x", "another reason", "refused", "U23"),
    ("placeholders", "rejected", "nan", "NA", "no_change", None),
    ("FALSE and a tick", "rejected", "\u2713", "FALSE", "overturn", None),
]


def form(t):
    return t.strftime("%a %b %d %H:%M:%S UTC %Y") if t else ""


def old_row(n, kind):
    day = datetime.timedelta(days=1)
    submit = START + (0 if kind == "late" else 20) * day + datetime.timedelta(minutes=n)
    delay = 86400 if kind == "auto" else 2592000
    decided = submit + datetime.timedelta(minutes=10)
    row = {
        "HITId": f"3HIT{n:026d}", "HITTypeId": "3TYPE" + kind.upper().ljust(25, "0"),
        "Title": "A task, " + kind, "Description": "d", "Keywords": "k", "Reward": "$0.10",
        "CreationTime": form(submit - day), "MaxAssignments": 1, "RequesterAnnotation": "BatchId:7;",
        "AssignmentDurationInSeconds": 3600, "AutoApprovalDelayInSeconds": delay,
        "Expiration": form(submit + 30 * day), "AssignmentId": f"3WORK{n:025d}",
        "WorkerId": f"AWORKER{n:07d}", "AssignmentStatus": "Submitted",
        "AcceptTime": form(submit - datetime.timedelta(minutes=5)), "SubmitTime": form(submit),
        "AutoApprovalTime": form(submit + datetime.timedelta(seconds=delay)), "ApprovalTime": "",
        "RejectionTime": "", "RequesterFeedback": "", "Answer.a": str(n),
    }
    if kind == "approved":
        row.update(AssignmentStatus="Approved", ApprovalTime=form(decided))
    if kind == "auto":
        row.update(AssignmentStatus="Approved", ApprovalTime=row["AutoApprovalTime"])
    if kind in ("rejected", "late", "deleted", "overturned"):
        row.update(AssignmentStatus="Rejected", RejectionTime=form(decided), RequesterFeedback=OLD)
    return row


@pytest.fixture(scope="module", params=hitd.STORES)
def market(request, tmp_path_factory):
    m = hitd.Market(request.param)
    folder = tmp_path_factory.mktemp("table")
    rows = [old_row(n, row[1]) for n, row in enumerate(TABLE, 1)]
    with open(folder / "old.csv", "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    m.account("requester", REQUESTER)
    m.hitd("replay", "--email", REQUESTER, str(folder / "old.csv"))
    m.deposit(REQUESTER, "100.00")
    m.clock("set", (START + datetime.timedelta(days=31)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    m.keys, m.folder_of_files = m.key(REQUESTER), folder
    m.serve()
    client = m.boto3(m.keys)
    for row, (_, kind, *_rest) in zip(rows, TABLE):
        if kind == "deleted":
            client.delete_hit(HITId=row["HITId"])
        if kind == "overturned":
            client.approve_assignment(AssignmentId=row["AssignmentId"], OverrideRejection=True)
    m.rows = rows
    yield m
    assert m.check().returncode == 0
    m.close()


def plan(m, numbers, *options):
    path = m.folder_of_files / "reviewed.csv"
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["AssignmentId", "HITId", "Approve", "Reject"])
        for n in numbers:
            out.writerow([m.rows[n]["AssignmentId"], m.rows[n]["HITId"], TABLE[n][2], TABLE[n][3]])
    done = m.hit(m.keys, "review", str(path), "--plan", "--json", *options, ok=None)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


CLASSES = ("approve", "reject", "overturn", "no_change", "no_op", "refused")


@pytest.mark.parametrize("n", range(len(TABLE)), ids=[row[0] for row in TABLE])
def test_each_row_alone(market, n):
    p = plan(market, [n])
    got = {c: p["counts"][c] for c in CLASSES if p["counts"][c]}
    assert got == {TABLE[n][4]: 1}, p
    if TABLE[n][5]:
        assert [r["code"] for r in p["refused"]] == [TABLE[n][5]] or (
            TABLE[n][5] == "U30" and "U30" in json.dumps(p))
        assert p["refused"][0]["line"] == 2 and p["refused"][0]["message"]
        assert p["applicable"] is False
    else:
        assert p["applicable"] is True


def test_all_in_one_file(market):
    p = plan(market, range(len(TABLE)))
    for c in CLASSES:
        assert p["counts"][c] == sum(row[4] == c for row in TABLE), (c, json.dumps(p))
    assert p["applicable"] is False
    assert p["cents"]["from_available"] == 2 * 12
    assert p["cents"]["from_held"] == 12 and p["cents"]["released"] == 12


def test_same_reason_needs_its_tick(market):
    n = [row[0] for row in TABLE].index("13")
    assert plan(market, [n])["counts"]["same_reason"] == 1
    assert plan(market, [n], "--approve-same-reason")["counts"]["overturn"] == 1


def test_eligible_applies_the_rest(market):
    """Last, as it changes the market: the possible rows are applied, the others reported."""
    path = market.folder_of_files / "reviewed.csv"
    plan(market, range(len(TABLE)))
    before = float(market.boto3(market.keys).get_account_balance()["AvailableBalance"])
    done = market.hit(market.keys, "review", str(path), "--mode", "eligible", "--yes", "--json")
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["counts"]["overturned"] == 2 and outcome["counts"]["approved"] == 1
    assert outcome["counts"]["rejected"] == 1
    after = float(market.boto3(market.keys).get_account_balance()["AvailableBalance"])
    assert round(before - after, 2) == 0.12  # two undone at 0.12, one release of 0.12
    with open(market.folder_of_files / "reviewed.outcome.csv", encoding="utf-8-sig",
              newline="") as f:
        lines = list(csv.DictReader(f))
    want = {"approve": "approved", "reject": "rejected", "overturn": "overturned",
            "no_change": "unchanged", "no_op": "unchanged", "refused": "refused"}
    for line, row in zip(lines, TABLE):
        assert line["Outcome"] == want[row[4]], (row, line)
        assert bool(row[5]) <= bool(line["Reason"])

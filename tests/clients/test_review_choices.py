"""What a reviewed file may hold besides the decision table: the same assignment twice, rejected work
offered again, and an outcome file sent back. Money is checked to the cent."""
import csv
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

REQUESTER = "choices@example.org"
SAMPLE = os.path.join(hitd.SAMPLES, "Batch_4100213_batch_results.csv")


@pytest.fixture(params=hitd.STORES)
def market(request):
    m = hitd.Market(request.param)
    m.account("requester", REQUESTER)
    m.hitd("replay", "--email", REQUESTER, SAMPLE)
    m.deposit(REQUESTER, "50.00")
    m.keys, m.path = m.key(REQUESTER), os.path.join(m.folder, "r.csv")
    m.serve()
    batch = json.loads(m.hit(m.keys, "batches", "--json").stdout)["batches"][0]["id"]
    m.hit(m.keys, "results", str(batch), "--output", m.path)
    with open(m.path, encoding="utf-8", newline="") as f:
        m.rows = [r for r in csv.DictReader(f) if r["AssignmentStatus"] == "Submitted"]
    yield m
    assert m.check().returncode == 0
    m.close()


def write(m, rows):
    with open(m.path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


def review(m, *options, ok=0):
    return m.hit(m.keys, "review", m.path, *options, "--json", ok=ok)


def balance(m):
    b = json.loads(m.hit(m.keys, "balance", "--json").stdout)
    return b["AvailableBalance"], b["OnHoldBalance"]


def test_the_same_row_twice_counts_once(market):
    a = dict(market.rows[0], Approve="x")
    write(market, [a, a])
    plan = json.loads(review(market, "--plan").stdout)
    assert plan["counts"]["approve"] == 1 and plan["counts"]["duplicates"] == 1


def test_the_marked_one_of_two_rows_counts(market):
    for pair in ([{}, {"Approve": "x"}], [{"Approve": "x"}, {}]):
        write(market, [dict(market.rows[0], **marks) for marks in pair])
        plan = json.loads(review(market, "--plan").stdout)
        assert plan["counts"]["approve"] == 1 and plan["applicable"]


def test_two_rows_that_contradict_refuse_the_file(market):
    before = balance(market)
    write(market, [dict(market.rows[0], Approve="x"), dict(market.rows[0], Reject="no good")])
    refused = review(market, "--yes", ok=None)
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "U26" in said and "lines 2 and " in said and "different marks" in said, said
    assert balance(market) == before


def test_republish_holds_what_the_plan_said(market):
    n = 4
    available, held = balance(market)
    write(market, [dict(r, Reject="not legible") for r in market.rows[:n]])
    plan = json.loads(review(market, "--republish", "--plan").stdout)
    assert plan["counts"]["new_slots"] == n
    assert plan["cents"]["released"] == plan["cents"]["republish"] == n * 30
    outcome = json.loads(review(market, "--republish", "--yes").stdout.splitlines()[-1])
    assert outcome["counts"]["rejected"] == n and outcome["counts"]["new_slots"] == n
    assert balance(market) == (available, held)  # what was released is held again
    client = market.boto3(market.keys)
    for r in market.rows[:n]:
        hit = client.get_hit(HITId=r["HITId"])["HIT"]
        assert hit["MaxAssignments"] > int(r["MaxAssignments"])


def test_the_outcome_file_can_be_sent_back(market):
    write(market, [dict(r, Approve="x") for r in market.rows])
    review(market, "--yes")
    os.replace(market.path.replace(".csv", ".outcome.csv"), market.path)
    plan = json.loads(review(market, "--plan").stdout)
    assert plan["counts"]["no_op"] == len(market.rows)
    assert plan["cents"]["from_held"] == plan["cents"]["from_available"] == 0


def test_a_command_line_tools_file_asks_first(market):
    """Tabs, `reject`, no Approve: the tools approved what had no mark, we never do unasked."""
    rows = market.rows[:3]
    with open(market.path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
        out.writerow(["assignmentid", "reject"])
        out.writerows([[r["AssignmentId"], "bad" if n == 0 else ""] for n, r in enumerate(rows)])
    asked = review(market, "--plan", ok=None)
    assert asked.returncode != 0 and "U04" in asked.stderr and "--tools" in asked.stderr
    marked = json.loads(review(market, "--plan", "--tools", "marked").stdout)["counts"]
    assert (marked["reject"], marked["no_change"], marked["approve"]) == (1, 2, 0)
    old = json.loads(review(market, "--plan", "--tools", "old").stdout)["counts"]
    assert (old["reject"], old["no_change"], old["approve"]) == (1, 0, 2)
    wrong = review(market, "--plan", "--tools", "maybe", ok=None)
    assert wrong.returncode != 0 and "marked or old" in wrong.stderr


def test_work_rejected_after_the_download_needs_its_tick(market):
    a = dict(market.rows[0], Approve="x")
    market.boto3(market.keys).reject_assignment(AssignmentId=a["AssignmentId"],
                                                RequesterFeedback="by somebody else")
    write(market, [a])
    plan = json.loads(review(market, "--plan", ok=None).stdout)
    assert plan["counts"]["rejected_since"] == plan["counts"]["refused"] == 1
    assert plan["counts"]["overturn"] == 0 and not plan["applicable"]
    plan = json.loads(review(market, "--plan", "--approve-changed").stdout)
    assert plan["counts"]["overturn"] == 1 and plan["cents"]["from_available"] == 30


@pytest.mark.parametrize("options, feedback", [([], "neatly done"), (["--no-messages"], None)])
def test_text_in_approve_is_a_message_unless_told_otherwise(market, options, feedback):
    a = dict(market.rows[0], Approve="neatly done")
    write(market, [a])
    review(market, "--yes", *options)
    got = market.boto3(market.keys).get_assignment(AssignmentId=a["AssignmentId"])["Assignment"]
    assert got["AssignmentStatus"] == "Approved" and got.get("RequesterFeedback") == feedback


def download(m, *options):
    batch = json.loads(m.hit(m.keys, "batches", "--json").stdout)["batches"][0]["id"]
    path = os.path.join(m.folder, "d.csv")
    m.hit(m.keys, "results", str(batch), "--output", path, *options)
    with open(path, "rb") as f:
        return f.read()


def test_dialects_of_a_download(market):
    with open(SAMPLE, "rb") as f:
        old = f.read()
    strict, classic = download(market, "--dialect", "strict-classic"), download(market)
    head = old.split(b"\r\n", 1)[0]
    assert strict.split(b"\r\n", 1)[0] == head and not strict.endswith(b"\n")
    rows = list(csv.reader(strict.decode().splitlines(keepends=True)))
    assert {len(r) for r in rows[1:]} == {len(rows[0]) - 2}
    assert classic.endswith(b"\r\n")
    assert download(market, "--dialect", "excel").startswith(b"\xef\xbb\xbf\"HITId\",")
    assert download(market, "--dialect", "excel-semicolon").startswith(b"\xef\xbb\xbf\"HITId\";")
    extended = list(csv.DictReader(download(market, "--extended").decode().splitlines(True)))
    assert list(extended[0])[-9:] == [
        "HITStatus", "BatchName", "ProjectVersion", "Fee", "OverturnUntil", "Overturned",
        "ApprovedBy", "BonusTotal", "Attempt"]
    assert {r["Fee"] for r in extended} == {"$0.05"}
    with open(market.path, "wb") as f:  # and any of them can be sent back
        f.write(strict)
    assert json.loads(review(market, "--plan").stdout)["counts"]["no_change"] == len(rows) - 1


def test_settings_are_bounded_and_in_force_at_once(market):
    refused = market.hitd("setting", "fee_base_pct", "1.5", ok=1)
    assert "whole number from 0 to 1000" in refused.stderr
    assert "lists them" in market.hitd("setting", "fee_base", "1", ok=1).stderr
    market.hitd("setting", "fee_base_pct", "50")
    client = market.boto3(market.keys)
    before = float(client.get_account_balance()["AvailableBalance"])
    client.create_hit(Title="t", Description="d", Reward="1.00", LifetimeInSeconds=60,
                      AssignmentDurationInSeconds=60, Question=hitd.QUESTION)
    after = float(client.get_account_balance()["AvailableBalance"])
    assert round(before - after, 2) == 1.50

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

"""The story, by every client: a results file is replayed, downloaded, edited, uploaded, planned,
confirmed, paid; and the same for one assignment by boto3 and the AWS CLI."""
import csv
import io
import json
import os
import shutil
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

REQUESTER = "story@example.org"
SAMPLE = os.path.join(hitd.SAMPLES, "Batch_4100213_batch_results.csv")


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    width = len(rows[0])
    return [dict(zip(rows[0], r + [""] * (width - len(r)))) for r in rows[1:]]


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys())
        out.writeheader()
        out.writerows(rows)


def reject_every(rows, n):
    for row in rows[::n]:
        row.update(AssignmentStatus="Rejected", ApprovalTime="", RejectionTime=row["SubmitTime"],
                   RequesterFeedback="wrong list")
    return rows


@pytest.fixture(params=hitd.STORES)
def market(request, tmp_path):
    m = hitd.Market(request.param)
    m.account("requester", REQUESTER)
    m.file = str(tmp_path / "old.csv")
    write(m.file, reject_every(read(SAMPLE), 3))
    m.hitd("replay", "--email", REQUESTER, m.file)
    m.keys = m.key(REQUESTER)
    m.serve()
    yield m
    assert m.check().returncode == 0
    m.close()


RULED = [c for c in read(SAMPLE)[0] if c.startswith(("Input.", "Answer."))] + [
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime",
    "MaxAssignments", "RequesterAnnotation", "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds", "Expiration", "AssignmentId", "WorkerId", "AssignmentStatus",
    "AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime",
    "RequesterFeedback", "WorkTimeInSeconds"]


def batches_of(m):
    """One for each annotation of the file."""
    page = json.loads(m.hit(m.keys, "batches", "--json").stdout)
    assert page["next"] is None
    return [str(b["id"]) for b in page["batches"]]


def download(m, path, batch=None):
    m.hit(m.keys, "results", batch or batches_of(m)[0], "--output", str(path))
    return read(path)


def test_a_replayed_file_comes_back_equal(market, tmp_path):
    old = {r["AssignmentId"]: r for r in read(market.file)}
    new = download(market, tmp_path / "new.csv")
    assert len(new) == len(old)
    for row in new:
        for column in RULED:
            want = old[row["AssignmentId"]][column]
            assert row[column] == want, (column, row["AssignmentId"])


def test_undo_by_file(market, tmp_path):
    before = json.loads(market.hit(market.keys, "balance", "--json").stdout)
    rows = download(market, tmp_path / "r.csv")
    wrong = [r for r in rows if r["AssignmentStatus"] == "Rejected"]
    assert wrong and all(r["Reject"] == "wrong list" for r in wrong)
    for r in wrong:
        r["Approve"], r["Reject"] = "x", ""
    write(tmp_path / "r.csv", rows)
    plan = json.loads(market.hit(market.keys, "review", str(tmp_path / "r.csv"), "--plan", "--json",
                                 ok=None).stdout)
    cost = len(wrong) * (25 + 5)
    assert plan["counts"]["overturn"] == len(wrong)
    assert plan["cents"]["from_available"] == cost
    available = round(float(before["AvailableBalance"]) * 100)
    assert plan["cents"]["shortfall"] == max(0, cost - available)
    if cost > available:
        refused = market.hit(market.keys, "review", str(tmp_path / "r.csv"), "--yes", ok=None)
        assert refused.returncode == 3
        market.deposit(REQUESTER, f"{(cost - available) / 100:.2f}")
    market.hit(market.keys, "review", str(tmp_path / "r.csv"), "--yes")
    after = json.loads(market.hit(market.keys, "balance", "--json").stdout)
    assert round(float(after["AvailableBalance"]) * 100) == max(0, available - cost)
    assert {r["AssignmentStatus"] for r in download(market, tmp_path / "a.csv")
            if r["AssignmentId"] in {w["AssignmentId"] for w in wrong}} == {"Approved"}
    outcome = read(tmp_path / "r.outcome.csv")
    assert sum(r["Outcome"] == "overturned" for r in outcome) == len(wrong)
    again = market.hit(market.keys, "review", str(tmp_path / "r.csv"), "--plan", "--json")
    assert json.loads(again.stdout)["counts"]["overturn"] == 0


def test_undo_one_by_boto3(market, tmp_path):
    market.deposit(REQUESTER, "10.00")
    client = market.boto3(market.keys)
    wrong = [r for r in download(market, tmp_path / "r.csv") if r["AssignmentStatus"] == "Rejected"]
    one = wrong[0]["AssignmentId"]
    before = float(client.get_account_balance()["AvailableBalance"])
    with pytest.raises(client.exceptions.RequestError) as e:
        client.approve_assignment(AssignmentId=one)
    assert e.value.response["TurkErrorCode"] == "AWS.MechanicalTurk.InvalidAssignmentState"
    client.approve_assignment(AssignmentId=one, OverrideRejection=True)
    assert round(before - float(client.get_account_balance()["AvailableBalance"]), 2) == 0.30
    with pytest.raises(client.exceptions.RequestError) as e:
        client.approve_assignment(AssignmentId=one, OverrideRejection=True)
    assert "This operation can be called with a status of: Submitted" in str(e.value)
    got = client.get_assignment(AssignmentId=one)["Assignment"]
    assert got["AssignmentStatus"] == "Approved" and "RejectionTime" in got


@pytest.mark.skipif(not os.path.exists("/usr/bin/aws"), reason="awscli is not installed")
def test_undo_one_by_the_aws_cli(market, tmp_path):
    market.deposit(REQUESTER, "10.00")
    wrong = [r for r in download(market, tmp_path / "r.csv") if r["AssignmentStatus"] == "Rejected"]
    env = dict(market.env, AWS_ACCESS_KEY_ID=market.keys["AccessKeyId"],
               AWS_SECRET_ACCESS_KEY=market.keys["SecretAccessKey"], AWS_DEFAULT_REGION="us-east-1",
               AWS_PAGER="")

    def aws(*args, ok=0):
        return hitd.run("/usr/bin/aws", "mturk", "--endpoint-url", market.endpoint, *args, env=env,
                        ok=ok)

    assert json.loads(aws("get-account-balance").stdout)["AvailableBalance"]
    one = wrong[1]["AssignmentId"]
    aws("approve-assignment", "--assignment-id", one, "--override-rejection")
    got = json.loads(aws("get-assignment", "--assignment-id", one).stdout)["Assignment"]
    assert got["AssignmentStatus"] == "Approved"
    failed = aws("get-hit", "--hit-id", "3" + "A" * 29, ok=254)
    assert "RequestError" in failed.stderr and "does not exist" in failed.stderr


@pytest.mark.skipif(not shutil.which("libreoffice"), reason="LibreOffice is not installed")
def test_undo_through_libreoffice(market, tmp_path):
    market.deposit(REQUESTER, "100.00")
    rows = download(market, tmp_path / "r.csv")
    for r in rows:
        if r["AssignmentStatus"] == "Rejected":
            r["Approve"], r["Reject"] = "x", ""
    write(tmp_path / "r.csv", rows)
    hitd.run("libreoffice", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path / "o"),
             str(tmp_path / "r.csv"))
    plan = json.loads(market.hit(market.keys, "review", str(tmp_path / "o" / "r.csv"), "--plan",
                                 "--json").stdout)
    assert plan["counts"]["overturn"] and plan["counts"]["refused"] == 0


def test_two_at_once_pay_once(market, tmp_path):
    """Two people press Yes on the same plan's rows at the same time."""
    import threading
    market.deposit(REQUESTER, "50.00")
    rows = download(market, tmp_path / "r.csv")
    wrong = [r for r in rows if r["AssignmentStatus"] == "Rejected"]
    for r in wrong:
        r["Approve"], r["Reject"] = "x", ""
    results = []
    for n in range(2):
        write(tmp_path / f"r{n}.csv", rows)

    def press(n):
        results.append(market.hit(market.keys, "review", str(tmp_path / f"r{n}.csv"), "--yes",
                                  ok=None).returncode)

    before = float(json.loads(market.hit(market.keys, "balance", "--json").stdout)["AvailableBalance"])
    threads = [threading.Thread(target=press, args=(n,)) for n in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    after = float(json.loads(market.hit(market.keys, "balance", "--json").stdout)["AvailableBalance"])
    assert 0 in results
    assert round(before - after, 2) == round(len(wrong) * 0.30, 2)


def test_real_files(tmp_path):
    """Every results file of the old service is replayed and comes back with its ids and statuses."""
    folder = os.path.join(hitd.SHARED, "data", "real")
    if not os.path.isdir(folder):
        pytest.skip("the real files are not here")
    for name in sorted(os.listdir(folder)):
        if not name.startswith("results-") or name.endswith("utc-dates.csv"):
            continue
        m = hitd.Market()
        try:
            m.account("requester", REQUESTER)
            path = os.path.join(folder, name)
            m.hitd("replay", "--email", REQUESTER, path)
            m.keys = m.key(REQUESTER)
            m.serve()
            got = {r["AssignmentId"]: r for b in batches_of(m)
                   for r in download(m, tmp_path / name, b)}
            text = io.open(path, encoding="utf-8-sig", newline="").read()
            sep = "\t" if "\t" in text.split("\n")[0] else ","
            table = list(csv.reader(io.StringIO(text, newline=""), delimiter=sep))
            head = {h.lower(): i for i, h in enumerate(table[0])}
            old = [r for r in table[1:] if r]
            assert len(got) == len(old)
            for r in old:
                row = got[r[head["assignmentid"]]]
                for column in ("HITId", "WorkerId", "AssignmentStatus", "Reward", "Title"):
                    assert row[column] == r[head[column.lower()]].strip(), (name, column)
            assert m.check().returncode == 0
        finally:
            m.close()

"""Lists and their tokens (requester-api 1.9, traps 1-4, 28)."""
import concurrent.futures
import csv
import datetime

import pytest

from market import Server, hitd, new_hit


def results_file(path, rows):
    """A results file of one HIT, `rows` workers."""
    head = ("HITId HITTypeId Title Description Keywords Reward CreationTime MaxAssignments "
            "RequesterAnnotation AssignmentDurationInSeconds AutoApprovalDelayInSeconds Expiration "
            "NumberOfSimilarHITs LifetimeInSeconds AssignmentId WorkerId AssignmentStatus AcceptTime "
            "SubmitTime AutoApprovalTime ApprovalTime RejectionTime RequesterFeedback "
            "WorkTimeInSeconds LifetimeApprovalRate Last30DaysApprovalRate Last7DaysApprovalRate "
            "Input.url Answer.tag Approve Reject").split()
    start = datetime.datetime(2026, 1, 5, 12, tzinfo=datetime.timezone.utc)

    def at(seconds):
        return (start + datetime.timedelta(seconds=seconds)).strftime("%a %b %d %H:%M:%S UTC %Y")

    with open(path, "w", newline="") as f:
        out = csv.writer(f, quoting=csv.QUOTE_ALL)
        out.writerow(head)
        for i in range(rows):
            out.writerow(["3" + "H" * 29, "3" + "T" * 29, "Many", "d", "k", "$0.05", at(0),
                          str(rows), "BatchId:7;", "3600", "2592000", at(864000), "", "",
                          "3A%028d" % i, "AW%012d" % i, "Submitted", at(60 + i), at(100 + i),
                          at(100 + i + 2592000), "", "", "", "40", "", "", "", "u", "cat", "", ""])


@pytest.mark.parametrize("kind", hitd.STORES)
def test_thousand_assignments(kind, tmp_path):
    """1,000 results of one HIT, walked by boto3's paginator."""
    s = Server(kind)
    r = s.requester()
    path = str(tmp_path / "many.csv")
    results_file(path, 1000)
    s.hitd("replay", "--email", r.email, path)
    pages = list(r.client().get_paginator("list_assignments_for_hit").paginate(
        HITId="3" + "H" * 29, PaginationConfig={"PageSize": 64}))
    got = [a for p in pages for a in p["Assignments"]]
    assert [a["AssignmentId"] for a in got] == ["3A%028d" % i for i in range(1000)]
    assert [p["NumResults"] for p in pages] == [64] * 15 + [40, 0]
    assert all("NextToken" in p for p in pages[:-1]) and "NextToken" not in pages[-1]
    assert len({p["NextToken"] for p in pages[:-1]}) == 16
    times = [a["SubmitTime"] for a in got]
    assert times == sorted(times)
    s.end()


def test_newest_hit_first(requester):
    c = requester.client()
    made = [new_hit(c, Reward="0.01", MaxAssignments=1)["HITId"] for _ in range(25)]
    assert c.list_hits()["NumResults"] == 10
    assert c.list_hits(MaxResults=1)["HITs"][0]["HITId"] == made[-1]
    walked = [h["HITId"] for p in c.get_paginator("list_hits").paginate(
        PaginationConfig={"PageSize": 7}) for h in p["HITs"]]
    assert walked == made[::-1]


def test_walk_survives_changes(requester):
    c = requester.client()
    made = [new_hit(c, Reward="0.01", MaxAssignments=1)["HITId"] for _ in range(6)]
    page = c.list_hits(MaxResults=3)
    new_hit(c, Reward="0.01", MaxAssignments=1)
    gone = made[2]
    c.update_expiration_for_hit(HITId=gone, ExpireAt=0)
    c.delete_hit(HITId=gone)
    rest = c.list_hits(MaxResults=100, NextToken=page["NextToken"])
    assert [h["HITId"] for h in rest["HITs"]] == [made[1], made[0]]
    last = c.list_hits(NextToken=rest["NextToken"])
    assert last["HITs"] == [] and last["NumResults"] == 0 and "NextToken" not in last


def test_empty_page(server):
    c = server.requester().client()
    page = c.list_hits()
    assert page["HITs"] == [] and page["NumResults"] == 0 and "NextToken" not in page


def test_foreign_tokens(server, requester, worker):
    c = requester.client()
    hit = new_hit(c, MaxAssignments=2)
    worker.work(hit["HITGroupId"])
    token = c.list_hits(MaxResults=1)["NextToken"]
    assert token.startswith("p2:")
    other = server.requester(deposit="1.00").client()
    for call, members in (
            (other.list_hits, {}), (c.list_reviewable_hits, {}),
            (c.list_assignments_for_hit, {"HITId": hit["HITId"]})):
        with pytest.raises(c.exceptions.ClientError) as e:
            call(NextToken=token, **members)
        assert e.value.response["Error"]["Code"] == "ParameterValidationError"
        assert "NextToken" in e.value.response["Error"]["Message"]
    own = c.list_assignments_for_hit(HITId=hit["HITId"])["NextToken"]
    for members in ({"AssignmentStatuses": ["Approved"]}, ):
        with pytest.raises(c.exceptions.ClientError):
            c.list_assignments_for_hit(HITId=hit["HITId"], NextToken=own, **members)
    for i in range(3, len(own), 7):
        bad = own[:i] + ("A" if own[i] != "A" else "B") + own[i + 1:]
        with pytest.raises(c.exceptions.ClientError):
            c.list_assignments_for_hit(HITId=hit["HITId"], NextToken=bad)


def test_statuses(server, requester):
    c = requester.client()
    hit = new_hit(c, MaxAssignments=3)
    ids = [server.worker().work(hit["HITGroupId"]) for _ in range(3)]
    c.approve_assignment(AssignmentId=ids[0])
    c.reject_assignment(AssignmentId=ids[1], RequesterFeedback="no")

    def listed(*statuses):
        return [a["AssignmentId"] for a in c.list_assignments_for_hit(
            HITId=hit["HITId"], AssignmentStatuses=list(statuses))["Assignments"]]

    assert listed() == ids and listed("Approved") == ids[:1]
    assert listed("Submitted", "Rejected") == ids[1:]


def test_two_walks_at_once(requester):
    c = requester.client()
    made = {new_hit(c, Reward="0.01", MaxAssignments=1)["HITId"] for _ in range(12)}

    def walk(size):
        client = requester.client()
        return {h["HITId"] for p in client.get_paginator("list_hits").paginate(
            PaginationConfig={"PageSize": size}) for h in p["HITs"]}

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert all(w == made for w in pool.map(walk, (1, 2, 5, 100)))

"""Blocks, bonuses listed, the review flag, another HIT type (requester-api 2.9, 2.11, 2.21, 2.27,
2.35, 2.37)."""
import pytest

from market import new_hit


def refused(client, code, turk_code, name, **members):
    with pytest.raises(client.exceptions.ClientError) as e:
        getattr(client, name)(**members)
    got = e.value.response
    assert got["Error"]["Code"] == code, got
    if code == "RequestError":  # boto3 gives it for the errors of the model only
        assert got["TurkErrorCode"].endswith(turk_code), got
    return got["Error"]["Message"]


def blocked(client, **more):
    pages = client.get_paginator("list_worker_blocks").paginate(**more)
    return [(b["WorkerId"], b["Reason"]) for p in pages for b in p["WorkerBlocks"]]


def test_blocks(server, mturk, worker):
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    other = new_hit(mturk)
    mturk.create_worker_block(WorkerId=worker.id, Reason="a")
    mturk.create_worker_block(WorkerId=worker.id, Reason="b")  # replaced
    assert blocked(mturk) == [(worker.id, "b")]
    assert worker.accept(other["HITGroupId"])[0] in (403, 404)
    mturk.approve_assignment(AssignmentId=done)  # work from before is paid
    mturk.delete_worker_block(WorkerId=worker.id, Reason="never mind")
    mturk.delete_worker_block(WorkerId=worker.id)  # harmless
    assert blocked(mturk) == []
    assert worker.accept(other["HITGroupId"])[0] == 200
    for name, more in (("create_worker_block", {"Reason": "x"}), ("delete_worker_block", {})):
        message = refused(mturk, "ParameterValidationError", "InvalidParameterValue", name,
                          WorkerId="AEXAMPLE00000", **more)
        assert message.startswith('The value "AEXAMPLE00000" is not valid for the parameter WorkerId.')


def test_blocks_are_the_callers_own(server, mturk, worker):
    mturk.create_worker_block(WorkerId=worker.id, Reason="mine")
    stranger = server.requester().client()
    assert blocked(stranger) == []
    stranger.delete_worker_block(WorkerId=worker.id)
    assert blocked(mturk) == [(worker.id, "mine")]


def test_blocks_page_by_page(server, mturk):
    people = [server.worker().id for _ in range(7)]
    for n, w in enumerate(people):
        mturk.create_worker_block(WorkerId=w, Reason=str(n))
        server.advance("1s")
    for size in (1, 3, 7, 100):
        assert [w for w, _ in blocked(mturk, PaginationConfig={"PageSize": size})] == people


def test_bonuses(server, mturk, worker):
    hit = new_hit(mturk)
    first = worker.work(hit["HITGroupId"])
    second = server.worker()
    other = second.work(hit["HITGroupId"])
    for n, (a, w) in enumerate([(first, worker.id), (other, second.id), (first, worker.id)]):
        mturk.send_bonus(AssignmentId=a, WorkerId=w, BonusAmount="0.1%d" % n, Reason="r%d" % n)
        server.advance("1s")

    def listed(size=100, **of):
        pages = mturk.get_paginator("list_bonus_payments").paginate(
            PaginationConfig={"PageSize": size}, **of)
        return [(b["WorkerId"], b["BonusAmount"], b["Reason"]) for p in pages
                for b in p["BonusPayments"]]

    everything = [(worker.id, "0.10", "r0"), (second.id, "0.11", "r1"), (worker.id, "0.12", "r2")]
    assert listed(HITId=hit["HITId"]) == listed(1, HITId=hit["HITId"]) == everything
    assert listed(AssignmentId=first) == [everything[0], everything[2]]
    one = mturk.list_bonus_payments(AssignmentId=other)["BonusPayments"][0]
    assert one["AssignmentId"] == other and one["GrantTime"]
    refused(mturk, "ParameterValidationError", "MissingParameters", "list_bonus_payments")
    refused(mturk, "InvalidParameterCombinationError", "InvalidParameterCombination",
            "list_bonus_payments", HITId=hit["HITId"], AssignmentId=first)
    stranger = server.requester().client()
    refused(stranger, "RequestError", "HITDoesNotExist", "list_bonus_payments", HITId=hit["HITId"])
    refused(stranger, "RequestError", "AssignmentDoesNotExist", "list_bonus_payments",
            AssignmentId=first)


def test_review_flag(server, mturk, worker):
    hit = new_hit(mturk, MaxAssignments=1)
    status = lambda: mturk.get_hit(HITId=hit["HITId"])["HIT"]["HITStatus"]
    message = refused(mturk, "RequestError", "InvalidHITState", "update_hit_review_status",
                      HITId=hit["HITId"])
    assert message.startswith("This HIT is currently in the state 'Assignable'.  This operation can "
                              "be called with a status of: ")
    worker.work(hit["HITGroupId"])
    assert status() == "Reviewable"
    for _ in range(2):  # a second call is harmless
        mturk.update_hit_review_status(HITId=hit["HITId"])
        assert status() == "Reviewing"
    listed = lambda **of: [h["HITId"] for h in mturk.list_reviewable_hits(**of)["HITs"]]
    assert listed() == [] and listed(Status="Reviewing") == [hit["HITId"]]
    for _ in range(2):
        mturk.update_hit_review_status(HITId=hit["HITId"], Revert=True)
        assert status() == "Reviewable"
    assert listed() == [hit["HITId"]]


def test_another_type(server, mturk, worker):
    hit = new_hit(mturk, Reward="0.50", MaxAssignments=2)
    before = float(mturk.get_account_balance()["AvailableBalance"])
    dear = mturk.create_hit_type(Title="Dearer", Description="d", Reward="1.00", Keywords="k",
                                 AssignmentDurationInSeconds=60)["HITTypeId"]
    mturk.update_hit_type_of_hit(HITId=hit["HITId"], HITTypeId=dear)
    now = mturk.get_hit(HITId=hit["HITId"])["HIT"]
    assert (now["HITTypeId"], now["Title"], now["Reward"]) == (dear, "Dearer", "1.00")
    assert now["HITGroupId"] != hit["HITGroupId"] and now["AssignmentDurationInSeconds"] == 60
    after = float(mturk.get_account_balance()["AvailableBalance"])
    assert round(before - after, 2) == 1.20  # 2 x (0.50 and its fee of 20 %)
    refused(mturk, "ParameterValidationError", None, "update_hit_type_of_hit",
            HITId=hit["HITId"], HITTypeId="3EXAMPLE0000000000000000000000")
    foreign = server.requester().client().create_hit_type(
        Title="x", Description="d", Reward="1.00", AssignmentDurationInSeconds=60)["HITTypeId"]
    refused(mturk, "ParameterValidationError", None, "update_hit_type_of_hit",
            HITId=hit["HITId"], HITTypeId=foreign)

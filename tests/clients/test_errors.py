"""Every documented error of the operations that are offered, as boto3 raises it: the class, the
TurkErrorCode, the opening words, and that nothing moved (requester-api 1.3, 1.6-1.9, 1.12, 2)."""
import re
import uuid

import botocore
import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.config import Config

from market import HTML, new_hit

UNKNOWN = "3" + "Z" * 29
HIT = dict(LifetimeInSeconds=3600, AssignmentDurationInSeconds=600, Reward="0.50", Title="t",
           Description="d", Question=HTML)
TYPE = {k: v for k, v in HIT.items() if k not in ("LifetimeInSeconds", "Question")}
STAMP = re.compile(r" \(\d{13}\)$")
ONLY_SUBMITTED = "This operation can be called with a status of: Submitted"
SHORT = "This Requester has insufficient funds in their account to complete this transaction."


def refused(client, name, code, words, operation, **members):
    """The call must raise: an error of that name, with that TurkErrorCode, opening like that."""
    with pytest.raises(client.exceptions.ClientError) as e:
        getattr(client, operation)(**members)
    answer = e.value.response
    text = answer["Error"]["Message"]
    assert answer["Error"]["Code"] == name, answer
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert text.startswith(words), text
    if name == "RequestError":
        assert isinstance(e.value, client.exceptions.RequestError)
        full = code if code.startswith("AWS.") else "AWS.MechanicalTurk." + code
        assert answer["TurkErrorCode"] == full
    if name in ("RequestError", "ParameterValidationError", "InvalidParameterCombinationError"):
        assert STAMP.search(text), text
    return text


def money(client):
    return client.get_account_balance()["AvailableBalance"], \
        client.get_account_balance()["OnHoldBalance"]


# Operations that take the id of a HIT or an assignment, with the rest of what they need.
OF_A_HIT = [("get_hit", {}), ("list_assignments_for_hit", {}), ("delete_hit", {}),
            ("update_expiration_for_hit", {"ExpireAt": 0}),
            ("create_additional_assignments_for_hit", {"NumberOfAdditionalAssignments": 1})]
OF_AN_ASSIGNMENT = [("get_assignment", {}), ("approve_assignment", {}),
                    ("approve_assignment", {"OverrideRejection": True}),
                    ("reject_assignment", {"RequesterFeedback": "no"})]


def test_unknown_and_foreign_ids(server, mturk, worker):
    """Unknown, another's, and an id of another kind answer alike."""
    hit = new_hit(mturk)
    work = worker.work(hit["HITGroupId"])
    stranger = server.requester(deposit="10.00").client()
    balances = money(mturk), money(stranger)
    for operation, more in OF_A_HIT:
        for client, one in ((mturk, UNKNOWN), (stranger, hit["HITId"]), (mturk, work),
                            (mturk, "A"), (mturk, "A" * 64)):
            refused(client, "RequestError", "HITDoesNotExist", "Hit %s does not exist." % one,
                    operation, HITId=one, **more)
    bonus = {"WorkerId": worker.id, "BonusAmount": "0.10", "Reason": "r"}
    for operation, more in OF_AN_ASSIGNMENT + [("send_bonus", bonus)]:
        for client, one in ((mturk, UNKNOWN), (stranger, work), (mturk, hit["HITId"])):
            refused(client, "RequestError", "AssignmentDoesNotExist",
                    "Assignment %s does not exist." % one, operation, AssignmentId=one, **more)
    for client, one in ((mturk, UNKNOWN), (stranger, hit["HITTypeId"])):
        refused(client, "ParameterValidationError", None,
                'The value "%s" is not valid for the parameter HITTypeId.' % one,
                "create_hit_with_hit_type", HITTypeId=one, LifetimeInSeconds=60, Question=HTML)
    assert balances == (money(mturk), money(stranger))
    assert mturk.get_assignment(AssignmentId=work)["Assignment"]["AssignmentStatus"] == "Submitted"


def test_work_in_every_state(server, mturk, worker):
    hit = new_hit(mturk, MaxAssignments=5)
    workers = [worker] + [server.worker() for _ in range(4)]
    taken = [w.accept(hit["HITGroupId"])[1]["assignment_id"] for w in workers]
    accepted, returned, approved, rejected, _ = taken
    assert workers[1].form("DELETE", "/tasks/" + returned)[0] in (200, 204)
    for i in (2, 3):
        assert workers[i].submit(taken[i], tag="x")[0] == 200
    mturk.approve_assignment(AssignmentId=approved)
    mturk.reject_assignment(AssignmentId=rejected, RequesterFeedback="")  # trap 65
    balance = money(mturk)

    def state(words, operation, one, **more):
        refused(mturk, "RequestError", "InvalidAssignmentState",
                "This operation can be called with a status of: " + words, operation,
                AssignmentId=one, **more)

    state("Reviewable,Approved,Rejected", "get_assignment", accepted)
    state("null", "approve_assignment", accepted)
    state("null", "approve_assignment", accepted, OverrideRejection=True)
    state("null", "reject_assignment", accepted, RequesterFeedback="no")
    state("Submitted", "approve_assignment", approved)
    state("Submitted", "approve_assignment", approved, OverrideRejection=True)
    state("Submitted", "reject_assignment", approved, RequesterFeedback="no")
    state("Submitted", "approve_assignment", rejected)
    state("Submitted", "reject_assignment", rejected, RequesterFeedback="other")
    for operation, more in OF_AN_ASSIGNMENT[1:]:
        refused(mturk, "RequestError", "AssignmentDoesNotExist",
                "Assignment %s does not exist." % returned, operation, AssignmentId=returned, **more)
    for one, who in ((accepted, 0), (returned, 1)):
        refused(mturk, "RequestError", "AssignmentDoesNotExist", "Assignment", "send_bonus",
                AssignmentId=one, WorkerId=workers[who].id, BonusAmount="0.10", Reason="r")
    assert money(mturk) == balance
    got = mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]
    assert [a["AssignmentId"] for a in got] == [approved, rejected]
    assert "RequesterFeedback" not in got[0]


def test_hit_in_every_state(mturk, worker):
    hit = new_hit(mturk, MaxAssignments=1)
    one = {"HITId": hit["HITId"]}

    def state(name):
        refused(mturk, "RequestError", "InvalidHITState", "This HIT is currently in the state "
                "'%s'.  This operation can be called with a status of: Reviewing, Reviewable"
                % name, "delete_hit", **one)

    state("Assignable")
    entry = worker.accept(hit["HITGroupId"])[1]["assignment_id"]
    state("Unassignable")
    mturk.update_expiration_for_hit(ExpireAt=0, **one)
    state("Unassignable")
    worker.submit(entry, tag="x")
    state("Reviewable")  # there is work to decide
    mturk.reject_assignment(AssignmentId=entry, RequesterFeedback="no")
    mturk.delete_hit(**one)
    for operation, more in OF_A_HIT[1:]:
        refused(mturk, "RequestError", "HITDoesNotExist", "Hit", operation, **one, **more)
    text = refused(mturk, "RequestError", "InvalidHITState", "This HIT is currently in the state "
                   "'Disposed'.", "approve_assignment", AssignmentId=entry, OverrideRejection=True)
    assert "nothing was changed" in text


@pytest.mark.parametrize("changed, words", [
    ({"Title": "x" * 129}, "1 validation error detected: Value 'x"),
    ({"Description": "x" * 2001}, "1 validation error detected: Value 'x"),
    ({"Keywords": "x" * 1001}, "1 validation error detected: Value 'x"),
    ({"Reward": "0.975"}, "1 validation error detected: Value '0.975' at 'reward' failed to satisfy "
     "constraint: Member must satisfy regular expression pattern: ^[0-9]+(\\.)?[0-9]{0,2}$"),
    ({"Reward": ".20"}, "1 validation error detected: Value '.20' at 'reward'"),
    ({"Reward": "-1"}, "1 validation error detected: Value '-1' at 'reward'"),
    ({"Reward": "9" * 40}, None),
    ({"AssignmentDurationInSeconds": 29}, None),
    ({"AssignmentDurationInSeconds": 31536001}, None),
    ({"AutoApprovalDelayInSeconds": -1}, None),
    ({"AutoApprovalDelayInSeconds": 2592001}, None),
])
def test_properties_of_a_type(mturk, changed, words):
    """The same answer by CreateHIT and CreateHITType."""
    field = next(iter(changed))
    texts = []
    for operation, members in (("create_hit", HIT), ("create_hit_type", TYPE)):
        with pytest.raises(mturk.exceptions.ClientError) as e:
            getattr(mturk, operation)(**dict(members, **changed))
        error = e.value.response["Error"]
        assert error["Code"] in ("ValidationException", "ParameterValidationError")
        assert (field in error["Message"]) or field[0].lower() + field[1:] in error["Message"]
        assert words is None or error["Message"].startswith(words), error["Message"]
        texts.append(STAMP.sub("", error["Message"]))
    assert texts[0] == texts[1]
    assert mturk.list_hits()["HITs"] == [] and money(mturk) == ("1000.00", "0.00")


@pytest.mark.parametrize("changed, name, words", [
    ({"LifetimeInSeconds": 29}, None, "LifetimeInSeconds"),
    ({"LifetimeInSeconds": 31536001}, None, "LifetimeInSeconds"),
    ({"MaxAssignments": 0}, None, "axAssignments"),
    ({"MaxAssignments": 1000000001}, None, "axAssignments"),
    ({"RequesterAnnotation": "x" * 256}, None, "equesterAnnotation"),
    ({"UniqueRequestToken": "x" * 65}, None, "niqueRequestToken"),
    ({"Question": "no XML"}, "ParameterValidationError", "There was an error parsing the XML "),
    ({"Question": HTML.replace("2011-11-11", "2011-11-12")}, "ParameterValidationError",
     "There was an error parsing the XML "),
    ({"Question": HTML.replace("<FrameHeight>450</FrameHeight>", "")}, "ParameterValidationError",
     "There was an error parsing the XML "),
    ({"Question": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + HTML},
     "ParameterValidationError", "There was an error parsing the XML "),
    ({"Question": HTML.replace("<body>", "<body>" + "x" * 65535)}, None, ""),
    ({"Question": HTML.replace("<body>", "<body>\x01")}, None, ""),
    ({"HITLayoutId": UNKNOWN}, "InvalidParameterCombinationError",
     "The combination of parameters supplied to the request is invalid: "),
    ({"Question": None}, "ParameterValidationError",
     "Your request is missing required parameters. Required parameters include "),
    ({"Question": None, "HITLayoutId": UNKNOWN}, "RequestError", "HITLayout"),
    ({"Reward": "9999.00"}, "RequestError", SHORT),
])
def test_properties_of_a_hit(mturk, changed, name, words):
    """The same answer by CreateHIT and CreateHITWithHITType."""
    made = mturk.create_hit_type(**dict(TYPE, **{k: v for k, v in changed.items() if k == "Reward"}))
    calls = (("create_hit", dict(HIT, **changed)),
             ("create_hit_with_hit_type", dict({k: HIT[k] for k in ("LifetimeInSeconds", "Question")},
                                               HITTypeId=made["HITTypeId"],
                                               **{k: v for k, v in changed.items()
                                                  if k not in HIT or k == "Question"
                                                  or k == "LifetimeInSeconds"}))
             if not set(changed) & {"Question", "LifetimeInSeconds"} else None)
    texts = set()
    for call in filter(None, calls):
        operation, members = call if isinstance(call, tuple) else (None, None)
        members = {k: v for k, v in members.items() if v is not None}
        with pytest.raises(mturk.exceptions.ClientError) as e:
            getattr(mturk, operation)(**members)
        error = e.value.response["Error"]
        assert name in (None, error["Code"]) and words in error["Message"], error
        assert error["Code"] in ("ValidationException", "ParameterValidationError", "RequestError",
                                 "InvalidParameterCombinationError")
        texts.add(STAMP.sub("", error["Message"]))
    assert len(texts) == 1
    assert mturk.list_hits()["HITs"] == [] and money(mturk) == ("1000.00", "0.00")

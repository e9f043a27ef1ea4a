"""The story by real boto3: publish, work, approve, reject, override (requester-api 2, 5)."""
import datetime
import xml.etree.ElementTree as ET

import pytest

from market import HTML, new_hit

NS = "{http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd}"


def cents(text):
    dollars, rest = text.split(".")
    return int(dollars) * 100 + int(rest)


def available(client):
    return cents(client.get_account_balance()["AvailableBalance"])


def refused(client, code, turk, call, **members):
    with pytest.raises(client.exceptions.ClientError) as e:
        call(**members)
    response = e.value.response
    assert response["Error"]["Code"] == code, response
    if turk:
        assert response["TurkErrorCode"] == "AWS.MechanicalTurk." + turk, response
        assert response["Error"]["Message"].rstrip(")").split("(")[-1].isdigit()
    return response["Error"]["Message"]


def test_hit_is_complete(mturk):
    """Traps 26, 27, 30, 33."""
    before = datetime.datetime.now(datetime.timezone.utc)
    hit = new_hit(mturk, RequesterAnnotation="mine", Keywords="")
    assert hit["Reward"] == "0.50" and hit["HITStatus"] == "Assignable"
    assert hit["HITReviewStatus"] == "NotReviewed" and hit["Question"] == HTML
    assert hit["Keywords"] == "" and hit["QualificationRequirements"] == []
    assert hit["RequesterAnnotation"] == "mine" and hit["MaxAssignments"] == 3
    assert hit["AutoApprovalDelayInSeconds"] == 2592000
    assert (hit["NumberOfAssignmentsAvailable"], hit["NumberOfAssignmentsPending"],
            hit["NumberOfAssignmentsCompleted"]) == (3, 0, 0)
    assert hit["Expiration"] - hit["CreationTime"] == datetime.timedelta(days=1)
    assert hit["HITGroupId"] != hit["HITTypeId"]
    for name in ("HITId", "HITTypeId", "HITGroupId"):
        assert len(hit[name]) == 30 and hit[name].startswith("3")
    assert abs(hit["CreationTime"] - before) < datetime.timedelta(days=3660)
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"] == hit


def test_types_are_shared(mturk):
    """Trap 29; "0.5" and "0.50" are one reward."""
    first = new_hit(mturk, Title="Shared", Reward="0.5")
    second = new_hit(mturk, Title="Shared", Reward="0.50")
    assert first["HITTypeId"] == second["HITTypeId"]
    assert first["HITGroupId"] == second["HITGroupId"] and first["HITId"] != second["HITId"]
    members = dict(AssignmentDurationInSeconds=600, Reward="0.50", Title="Shared",
                   Description="Say what is shown", Keywords="image, label")
    assert mturk.create_hit_type(**members)["HITTypeId"] == first["HITTypeId"]
    third = mturk.create_hit_with_hit_type(HITTypeId=first["HITTypeId"], LifetimeInSeconds=600,
                                           Question=HTML)["HIT"]
    assert third["HITTypeId"] == first["HITTypeId"] and third["MaxAssignments"] == 1


def test_work_and_approve(mturk, worker):
    hit = new_hit(mturk)
    status, entry = worker.accept(hit["HITGroupId"])
    assert status == 200 and entry["task_id"] == hit["HITId"]
    a = entry["assignment_id"]
    assert entry["question"]["type"] == "HTMLQuestion"
    assert entry["question"]["attributes"]["FrameHeight"] == 450
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["NumberOfAssignmentsPending"] == 1
    # not submitted yet: traps 11 and the text of 1.7
    text = refused(mturk, "RequestError", "InvalidAssignmentState", mturk.get_assignment,
                   AssignmentId=a)
    assert text.startswith("This operation can be called with a status of: "
                           "Reviewable,Approved,Rejected (")
    text = refused(mturk, "RequestError", "InvalidAssignmentState", mturk.approve_assignment,
                   AssignmentId=a)
    assert text.startswith("This operation can be called with a status of: null (")
    assert mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"] == []

    status, done = worker.submit(a, tag="a < b & \"c\"", hitId="x", other="")
    assert status == 200 and done["state"] == "Submitted"
    got = mturk.get_assignment(AssignmentId=a)
    assert got["HIT"]["HITId"] == hit["HITId"]
    one = got["Assignment"]
    assert one["WorkerId"] == worker.id and one["AssignmentStatus"] == "Submitted"
    assert one["AutoApprovalTime"] - one["SubmitTime"] == datetime.timedelta(days=30)
    assert "ApprovalTime" not in one and "RequesterFeedback" not in one
    root = ET.fromstring(one["Answer"])
    assert [(x[0].text, x[1].text) for x in root] == [("tag", 'a < b & "c"'), ("other", None)]
    assert root[0][0].tag == NS + "QuestionIdentifier" and "\"c\"" in one["Answer"]

    before = available(mturk)
    answer = mturk.approve_assignment(AssignmentId=a, RequesterFeedback="good",
                                      OverrideRejection=True)  # trap 13
    assert set(answer) == {"ResponseMetadata"}
    assert available(mturk) == before  # from held
    one = mturk.get_assignment(AssignmentId=a)["Assignment"]
    assert one["AssignmentStatus"] == "Approved" and one["RequesterFeedback"] == "good"
    assert one["ApprovalTime"] >= one["SubmitTime"] and "AutoApprovalTime" in one  # trap 62
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["NumberOfAssignmentsCompleted"] == 1
    # trap 12
    text = refused(mturk, "RequestError", "InvalidAssignmentState", mturk.approve_assignment,
                   AssignmentId=a, OverrideRejection=True)
    assert text.startswith("This operation can be called with a status of: Submitted (")
    status, figures = worker.get("/dashboard?format=json")
    assert status == 200 and figures["availableEarnings"] == 0.5
    assert figures["hits_overview"]["approved"] == 1


def test_reject_and_override(server, mturk, worker):
    """The story of DESIGN 1 by API."""
    hit = new_hit(mturk, MaxAssignments=1)
    a = worker.work(hit["HITGroupId"])
    before = available(mturk)
    mturk.reject_assignment(AssignmentId=a, RequesterFeedback="")  # trap 65
    released = available(mturk) - before
    assert released == 60  # reward and a fifth of it
    one = mturk.get_assignment(AssignmentId=a)["Assignment"]
    assert one["AssignmentStatus"] == "Rejected" and "RejectionTime" in one
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["HITStatus"] == "Reviewable"  # trap 23
    refused(mturk, "RequestError", "InvalidAssignmentState", mturk.reject_assignment,
            AssignmentId=a, RequesterFeedback="again")
    refused(mturk, "RequestError", "InvalidAssignmentState", mturk.approve_assignment,
            AssignmentId=a)
    mturk.approve_assignment(AssignmentId=a, OverrideRejection=True)
    assert available(mturk) == before
    one = mturk.get_assignment(AssignmentId=a)["Assignment"]
    assert one["AssignmentStatus"] == "Approved"
    assert "ApprovalTime" in one and "RejectionTime" in one
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["NumberOfAssignmentsCompleted"] == 1


def test_override_ends_30_days_after_submission(server, mturk, worker):
    """Trap 14."""
    hit = new_hit(mturk, MaxAssignments=1)
    a = worker.work(hit["HITGroupId"])
    mturk.reject_assignment(AssignmentId=a, RequesterFeedback="no")
    server.advance("30d1s")
    before = available(mturk)
    refused(mturk, "RequestError", "InvalidAssignmentState", mturk.approve_assignment,
            AssignmentId=a, OverrideRejection=True)
    assert available(mturk) == before


def test_auto_approval(server, mturk, worker):
    hit = new_hit(mturk, AutoApprovalDelayInSeconds=3600, MaxAssignments=2)
    a = worker.work(hit["HITGroupId"])
    server.advance("1h")
    one = mturk.get_assignment(AssignmentId=a)["Assignment"]
    assert one["AssignmentStatus"] == "Approved"
    assert one["ApprovalTime"] == one["AutoApprovalTime"]
    refused(mturk, "RequestError", "InvalidAssignmentState", mturk.reject_assignment,
            AssignmentId=a, RequesterFeedback="late")
    at_once = new_hit(mturk, AutoApprovalDelayInSeconds=0)  # trap 59
    status, entry = worker.accept(at_once["HITGroupId"])
    status, done = worker.submit(entry["assignment_id"], tag="x")
    assert done["state"] == "Approved"


def test_expiry_and_deletion(server, mturk, worker):
    """Traps 18, 19, 20, 21, 22, 24."""
    hit = new_hit(mturk, MaxAssignments=2)
    h = hit["HITId"]
    status, entry = worker.accept(hit["HITGroupId"])
    text = refused(mturk, "RequestError", "InvalidHITState", mturk.delete_hit, HITId=h)
    assert text.startswith("This HIT is currently in the state 'Assignable'.  This operation can "
                           "be called with a status of: Reviewing, Reviewable (")
    for _ in range(2):
        mturk.update_expiration_for_hit(HITId=h, ExpireAt=datetime.datetime(2001, 1, 1))
    now = mturk.get_hit(HITId=h)["HIT"]
    assert now["HITStatus"] == "Unassignable" and now["NumberOfAssignmentsAvailable"] == 0
    mturk.create_additional_assignments_for_hit(HITId=h, NumberOfAdditionalAssignments=1)
    assert mturk.get_hit(HITId=h)["HIT"]["HITStatus"] == "Unassignable"
    worker.submit(entry["assignment_id"], tag="late but fine")
    assert mturk.get_hit(HITId=h)["HIT"]["HITStatus"] == "Reviewable"
    text = refused(mturk, "RequestError", "InvalidHITState", mturk.delete_hit, HITId=h)
    assert text.startswith("This HIT is currently in the state 'Reviewable'.")
    mturk.reject_assignment(AssignmentId=entry["assignment_id"], RequesterFeedback="no")
    mturk.delete_hit(HITId=h)
    assert mturk.get_hit(HITId=h)["HIT"]["HITStatus"] == "Disposed"
    refused(mturk, "RequestError", "HITDoesNotExist", mturk.delete_hit, HITId=h)
    refused(mturk, "RequestError", "HITDoesNotExist", mturk.list_assignments_for_hit, HITId=h)
    refused(mturk, "RequestError", "AssignmentDoesNotExist", mturk.get_assignment,
            AssignmentId=entry["assignment_id"])
    with pytest.raises(mturk.exceptions.RequestError):
        mturk.approve_assignment(AssignmentId=entry["assignment_id"], OverrideRejection=True)
    assert h not in [x["HITId"] for x in mturk.list_hits(MaxResults=100)["HITs"]]


def test_reviewable_list(mturk, worker):
    hit = new_hit(mturk, MaxAssignments=1)
    worker.work(hit["HITGroupId"])
    page = mturk.list_reviewable_hits(HITTypeId=hit["HITTypeId"])
    assert [x["HITId"] for x in page["HITs"]] == [hit["HITId"]] and page["NumResults"] == 1
    assert mturk.list_reviewable_hits(HITTypeId=hit["HITTypeId"], Status="Reviewing")["HITs"] == []
    mturk.create_additional_assignments_for_hit(HITId=hit["HITId"],
                                                NumberOfAdditionalAssignments=1)
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["HITStatus"] == "Assignable"
    assert mturk.list_reviewable_hits(HITTypeId=hit["HITTypeId"])["HITs"] == []


def test_more_assignments(mturk):
    """Trap 25."""
    hit = new_hit(mturk, MaxAssignments=9)
    refused(mturk, "RequestError", "InvalidMaximumAssignmentsIncrease",
            mturk.create_additional_assignments_for_hit, HITId=hit["HITId"],
            NumberOfAdditionalAssignments=1)
    many = new_hit(mturk, MaxAssignments=10)
    mturk.create_additional_assignments_for_hit(HITId=many["HITId"],
                                                NumberOfAdditionalAssignments=5,
                                                UniqueRequestToken="once")
    text = refused(mturk, "RequestError", "DuplicateRequest",
                   mturk.create_additional_assignments_for_hit, HITId=many["HITId"],
                   NumberOfAdditionalAssignments=5, UniqueRequestToken="once")
    assert text.startswith('The idempotency token "once" has already been processed.')
    assert mturk.get_hit(HITId=many["HITId"])["HIT"]["MaxAssignments"] == 15


def test_unique_token(mturk):
    """Trap 17."""
    hit = new_hit(mturk, UniqueRequestToken="t-1")
    text = refused(mturk, "RequestError", "HITAlreadyExists", mturk.create_hit,
                   LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.50",
                   Title="x", Description="x", Question=HTML, UniqueRequestToken="t-1")
    assert text.startswith('The HIT with ID "%s" already exists.' % hit["HITId"])


def test_funds(server):
    """Trap 32."""
    poor = server.requester(deposit="1.00")
    c = poor.client()
    with pytest.raises(c.exceptions.RequestError) as e:
        new_hit(c, Reward="1.00", MaxAssignments=1)
    assert e.value.response["TurkErrorCode"] == "AWS.MechanicalTurk.InsufficientFunds"
    assert e.value.response["Error"]["Message"].startswith(
        "This Requester has insufficient funds in their account to complete this transaction.")
    assert available(c) == 100


def test_bonus(server, mturk, worker):
    """Trap 45."""
    hit = new_hit(mturk)
    a = worker.work(hit["HITGroupId"])
    other = server.worker()
    before = available(mturk)
    mturk.send_bonus(WorkerId=worker.id, AssignmentId=a, BonusAmount="1.00", Reason="thanks",
                     UniqueRequestToken="b-1")
    assert before - available(mturk) == 120
    text = refused(mturk, "RequestError", "DuplicateRequest", mturk.send_bonus, WorkerId=worker.id,
                   AssignmentId=a, BonusAmount="1.00", Reason="thanks", UniqueRequestToken="b-1")
    assert text.startswith('The idempotency token "b-1" has already been processed.')
    refused(mturk, "RequestError", "AssignmentDoesNotExist", mturk.send_bonus, WorkerId=other.id,
            AssignmentId=a, BonusAmount="1.00", Reason="thanks")
    text = refused(mturk, "ParameterValidationError", None, mturk.send_bonus,
                   WorkerId="ANOBODY000000", AssignmentId=a, BonusAmount="1.00", Reason="thanks")
    assert text.startswith('The value "ANOBODY000000" is not valid for the parameter WorkerId.')
    text = refused(mturk, "ValidationException", None, mturk.send_bonus, WorkerId=worker.id,
                   AssignmentId=a, BonusAmount="0.9752", Reason="thanks")
    assert text == ("1 validation error detected: Value '0.9752' at 'bonusAmount' failed to satisfy "
                    "constraint: Member must satisfy regular expression pattern: "
                    "^[0-9]+(\\.)?[0-9]{0,2}$")
    assert before - available(mturk) == 120


def test_others_are_strangers(server, mturk, worker):
    """1.7: another's ids answer as unknown ones."""
    stranger = server.requester().client()
    hit = new_hit(mturk)
    a = worker.work(hit["HITGroupId"])
    text = refused(stranger, "RequestError", "HITDoesNotExist", stranger.get_hit,
                   HITId=hit["HITId"])
    assert text.startswith("Hit %s does not exist. (" % hit["HITId"])  # trap 10
    unknown = "3" + "A" * 29
    text = refused(mturk, "RequestError", "HITDoesNotExist", mturk.get_hit, HITId=unknown)
    assert text.startswith("Hit %s does not exist. (" % unknown)
    for call in (stranger.get_assignment, stranger.approve_assignment):
        text = refused(stranger, "RequestError", "AssignmentDoesNotExist", call, AssignmentId=a)
        assert text.startswith("Assignment %s does not exist. (" % a)
    assert stranger.list_hits()["HITs"] == []


def test_questions(mturk):
    text = refused(mturk, "ParameterValidationError", None, mturk.create_hit,
                   LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.50",
                   Title="x", Description="x", Question="<HTMLQuestion>")
    assert text.startswith("There was an error parsing the XML question or answer data in your "
                           "request.  Please make sure the data is well-formed and validates "
                           "against the appropriate schema. Details: ")
    new_hit(mturk, Question="\n  " + HTML)  # trap 66
    external = """<?xml version="1.0" encoding="UTF-8"?>
<ExternalQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2006-07-14/ExternalQuestion.xsd">
<ExternalURL>https://example.org/task?x=1&amp;y=2</ExternalURL><FrameHeight>0</FrameHeight></ExternalQuestion>"""
    assert new_hit(mturk, Question=external)["Question"] == external
    with pytest.raises(mturk.exceptions.ClientError) as e:
        mturk.create_hit(LifetimeInSeconds=600, AssignmentDurationInSeconds=600, Reward="0.50",
                         Title="x", Description="x")
    assert e.value.response["Error"]["Code"] == "ParameterValidationError"
    assert "Required parameters include" in e.value.response["Error"]["Message"]


def test_requirements(mturk):
    """Traps 46, 47."""
    requirement = {"QualificationTypeId": "00000000000000000071", "Comparator": "In",
                   "LocaleValues": [{"Country": "US", "Subdivision": "CA"}, {"Country": "CA"}],
                   "ActionsGuarded": "DiscoverPreviewAndAccept"}
    hit = new_hit(mturk, QualificationRequirements=[requirement])
    assert hit["QualificationRequirements"] == [requirement]
    old = {"QualificationTypeId": "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "Comparator": "Exists",
           "RequiredToPreview": True}
    got = new_hit(mturk, QualificationRequirements=[old])["QualificationRequirements"][0]
    assert got["RequiredToPreview"] is True and got["ActionsGuarded"] == "PreviewAndAccept"
    both = dict(old, ActionsGuarded="Accept")
    with pytest.raises(mturk.exceptions.ClientError) as e:
        new_hit(mturk, QualificationRequirements=[both])
    assert e.value.response["Error"]["Code"] == "InvalidParameterCombinationError"
    assert "ActionsGuarded, RequiredToPreview." in e.value.response["Error"]["Message"]

"""What real clients rely on and a naive clone gets wrong: requester-api 5, by its numbers. What is
tested elsewhere in depth stands here once more, short; ELSEWHERE names the tests of the others, and
test_each_trap_has_its_test sees that none is without."""
import json
import os
import re
import time

import pytest

import hitd
from market import HTML, new_hit
from test_people import refused


ELSEWHERE = {
    15: "clients/test_bad_input.py::test_full_disk",
    16: "api/test_throttling.py::test_envelope",
    40: "api/test_protocol.py::test_untyped_clients",
    42: "api/test_qualifications.py::test_grants",
    43: "api/test_qualifications.py::test_search",
    47: "api/test_qualifications.py::test_masters_are_the_operators_to_grant",
    48: "api/test_notify.py::test_a_subscriber_gets_the_envelope",
    49: "api/test_notify.py::test_a_subscriber_gets_the_envelope",
    51: "clients/test_boto2.py::test_work_without_answers",
    52: "clients/test_boto2.py::test_unknown_ids",
    53: "clients/test_boto2.py::test_hostile_text",
    54: "clients/test_boto2.py::test_story",
    55: "clients/test_boto2.py::test_signature",
    56: "clients/test_boto2.py::test_literal_none",
    57: "clients/test_boto2.py::test_qualification_requests",
    58: "clients/test_boto2.py::test_qualifications",
    63: "clients/test_model.py::test_every_difference_has_its_reason",
    67: "clients/test_boto2.py::test_signature",
}


def test_each_trap_has_its_test():
    tests = os.path.join(hitd.ROOT, "tests")
    with open(os.path.join(tests, "api", "test_traps.py")) as f:
        here = {int(n) for name in re.findall(r"^def test((?:_\d\d)+)", f.read(), re.M)
                for n in name.split("_")[1:]}
    for where in ELSEWHERE.values():
        path, name = where.split("::")
        with open(os.path.join(tests, path)) as f:
            assert re.search(r"^def %s\(" % name, f.read(), re.M), where
    assert not here & set(ELSEWHERE)
    spec = os.path.join(hitd.SHARED, "spec", "requester-api.md")
    if not os.path.exists(spec):
        pytest.skip("the traps' list is not here")
    with open(spec) as f:
        section = f.read().split("\n# 5. Traps")[1].split("\n# 6.")[0]
    assert {int(n) for n in re.findall(r"^\| (\d+) \|", section, re.M)} == here | set(ELSEWHERE)


def expire(client, hit, when=0):
    client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=when)


def status(client, hit):
    return client.get_hit(HITId=hit["HITId"])["HIT"]["HITStatus"]


def test_01_02_03_04_every_page_but_the_empty_one_has_a_token(mturk, worker):
    hit = new_hit(mturk)
    empty = mturk.list_assignments_for_hit(HITId=hit["HITId"])
    assert empty["Assignments"] == [] and empty["NumResults"] == 0 and "NextToken" not in empty
    worker.work(hit["HITGroupId"])
    page = mturk.list_assignments_for_hit(HITId=hit["HITId"], MaxResults=1)
    assert page["NumResults"] == 1 and page["NextToken"]
    last = mturk.list_assignments_for_hit(HITId=hit["HITId"], MaxResults=1,
                                          NextToken=page["NextToken"])
    assert last["NumResults"] == 0 and last["Assignments"] == [] and "NextToken" not in last
    tokens = [mturk.list_hits(MaxResults=1)["NextToken"]]
    new_hit(mturk)
    tokens.append(mturk.list_hits(MaxResults=1)["NextToken"])
    assert tokens[0] != tokens[1]


def test_05_void_operations_answer_an_empty_object(requester, worker):
    code, body = requester.raw("CreateWorkerBlock", {"WorkerId": worker.id, "Reason": "x"})
    assert (code, body) == (200, {})


def test_06_07_08_the_error_stands_in_the_body(requester):
    code, body = requester.raw("GetHIT", {"HITId": "3" + "A" * 29})
    assert code == 400 and body["__type"].endswith("RequestError")
    assert body["Message"] == body["message"]
    assert body["TurkErrorCode"] == "AWS.MechanicalTurk.HITDoesNotExist"


def test_09_10_opening_words_and_the_stamp(mturk):
    hit = "3" + "A" * 29
    message = refused(mturk, "RequestError", "HITDoesNotExist", "get_hit", HITId=hit)
    assert message.startswith("Hit %s does not exist. (" % hit)
    stamp = message.rsplit("(", 1)[1].rstrip(")").split()[0]
    assert stamp.isdigit() and len(stamp) == 13


def test_11_accepted_work_is_no_unknown_work(mturk, worker):
    hit = new_hit(mturk)
    entry = worker.accept(hit["HITGroupId"])[1]
    message = refused(mturk, "RequestError", "InvalidAssignmentState", "get_assignment",
                      AssignmentId=entry["assignment_id"])
    assert message.startswith("This operation can be called with a status of: "
                              "Reviewable,Approved,Rejected")


def test_12_13_approving_twice_and_overriding_what_was_not_rejected(mturk, worker):
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    mturk.approve_assignment(AssignmentId=done, OverrideRejection=True)
    for override in (True, False):
        message = refused(mturk, "RequestError", "InvalidAssignmentState", "approve_assignment",
                          AssignmentId=done, OverrideRejection=override)
        assert message.startswith("This operation can be called with a status of: Submitted")


def test_14_thirty_days_from_the_submission(server, mturk, worker):
    hit = new_hit(mturk, LifetimeInSeconds=40 * 86400, AutoApprovalDelayInSeconds=2592000)
    done = worker.work(hit["HITGroupId"])
    server.advance("20d")
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="no")
    server.advance("11d")
    refused(mturk, "RequestError", "InvalidAssignmentState", "approve_assignment",
            AssignmentId=done, OverrideRejection=True)


def test_17_a_used_token_names_the_hit(mturk):
    token = "once-%f" % time.time()
    hit = new_hit(mturk, UniqueRequestToken=token)
    message = refused(mturk, "RequestError", "HITAlreadyExists", "create_hit",
                      LifetimeInSeconds=60, AssignmentDurationInSeconds=60, Reward="0.01", Title="t",
                      Description="d", Question=HTML, UniqueRequestToken=token)
    assert message.startswith('The HIT with ID "%s" already exists.' % hit["HITId"])


@pytest.mark.parametrize("when", [0, -5, 1000000000])
def test_18_20_a_past_expiration_means_now(mturk, when):
    hit = new_hit(mturk)
    for _ in range(2):
        expire(mturk, hit, when)
    assert status(mturk, hit) == "Reviewable"


def test_19_slightly_ahead_is_now(server, mturk):
    hit = new_hit(mturk)
    created = mturk.get_hit(HITId=hit["HITId"])["HIT"]["CreationTime"].timestamp()
    expire(mturk, hit, created + 2)
    assert status(mturk, hit) == "Reviewable"
    mturk.delete_hit(HITId=hit["HITId"])


def test_21_expired_with_work_in_progress(mturk, worker):
    hit = new_hit(mturk)
    entry = worker.accept(hit["HITGroupId"])[1]
    expire(mturk, hit)
    assert status(mturk, hit) == "Unassignable"
    refused(mturk, "RequestError", "InvalidHITState", "delete_hit", HITId=hit["HITId"])
    worker.submit(entry["assignment_id"], tag="x")
    assert status(mturk, hit) == "Reviewable"


def test_22_reviewing_can_be_deleted_undecided_work_can_not(mturk, worker):
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    expire(mturk, hit)
    message = refused(mturk, "RequestError", "InvalidHITState", "delete_hit", HITId=hit["HITId"])
    assert message.startswith("This HIT is currently in the state 'Reviewable'.  This operation can "
                              "be called with a status of: Reviewing, Reviewable")
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="")  # 65
    mturk.update_hit_review_status(HITId=hit["HITId"])
    assert status(mturk, hit) == "Reviewing"
    mturk.delete_hit(HITId=hit["HITId"])


def test_23_a_rejection_does_not_open_the_slot(mturk, worker):
    hit = new_hit(mturk, MaxAssignments=1)
    mturk.reject_assignment(AssignmentId=worker.work(hit["HITGroupId"]), RequesterFeedback="no")
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["NumberOfAssignmentsAvailable"] == 0
    assert status(mturk, hit) == "Reviewable"


def test_24_more_assignments_do_not_revive(mturk):
    hit = new_hit(mturk, MaxAssignments=1)
    expire(mturk, hit)
    mturk.create_additional_assignments_for_hit(HITId=hit["HITId"],
                                                NumberOfAdditionalAssignments=1)
    assert status(mturk, hit) == "Reviewable"


def test_25_nine_and_one(mturk):
    hit = new_hit(mturk, MaxAssignments=9)
    refused(mturk, "RequestError", "InvalidMaximumAssignmentsIncrease",
            "create_additional_assignments_for_hit", HITId=hit["HITId"],
            NumberOfAdditionalAssignments=1)


def test_26_27_a_hit_is_complete(mturk):
    hit = new_hit(mturk, Keywords="")
    for name in ("HITId", "HITTypeId", "HITGroupId", "CreationTime", "Expiration", "Title"):
        assert hit[name]
    assert hit["Keywords"] == "" and hit["Question"].startswith("<HTMLQuestion")
    assert hit["QualificationRequirements"] == [] and hit["HITReviewStatus"] == "NotReviewed"
    assert hit["NumberOfAssignmentsPending"] == hit["NumberOfAssignmentsCompleted"] == 0


def test_28_29_newest_first_and_types_shared(server, mturk):
    hits = []
    for _ in range(3):
        hits.insert(0, new_hit(mturk, Title="the same"))
        server.advance("1s")
    assert [h["HITId"] for h in mturk.list_hits()["HITs"]] == [h["HITId"] for h in hits]
    assert len({h["HITTypeId"] for h in hits}) == len({h["HITGroupId"] for h in hits}) == 1


def test_30_33_amounts_are_text_and_times_numbers(requester):
    code, body = requester.raw("CreateHIT", {
        "LifetimeInSeconds": 60, "AssignmentDurationInSeconds": 60, "Reward": "1.5", "Title": "t",
        "Description": "d", "Question": HTML})
    assert code == 200 and body["HIT"]["Reward"] == "1.50"
    assert isinstance(body["HIT"]["CreationTime"], (int, float))
    assert 1e9 < body["HIT"]["CreationTime"] < 1e10


@pytest.mark.parametrize("amount", [".20", "0.975", "1e2", "-1", "1,5", ""])
def test_31_amounts_keep_to_the_pattern(mturk, amount):
    refused(mturk, "ValidationException", "", "create_hit", LifetimeInSeconds=60,
            AssignmentDurationInSeconds=60, Reward=amount, Title="t", Description="d", Question=HTML)


def test_32_funds_are_looked_at_when_a_hit_is_made(server):
    poor = server.requester(deposit="0.10").client()
    message = refused(poor, "RequestError", "InsufficientFunds", "create_hit", LifetimeInSeconds=60,
                      AssignmentDurationInSeconds=60, Reward="5.00", Title="t", Description="d",
                      Question=HTML)
    assert message.startswith("This Requester has insufficient funds in their account to complete "
                              "this transaction.")


def test_34_35_36_37_38_what_a_signature_may_cover(server, requester):
    """Any headers, no x-amz-content-sha256, the host with its port, no blank behind commas."""
    body = b"{}"
    head = requester.sign("POST", "/", body, {
        "X-Amz-Target": "MTurkRequesterServiceV20170117.GetAccountBalance", "X-Extra": "1",
        "Content-Type": "application/x-amz-json-1.1"})
    head["Authorization"] = head["Authorization"].replace(", ", ",")
    assert server.request("POST", "/", body, head)[0] == 200


def test_39_60_a_date_and_a_kept_connection(server, requester):
    code, headers, _ = server.request("POST", "/", b"{}", requester.sign("POST", "/", b"{}", {
        "X-Amz-Target": "MTurkRequesterServiceV20170117.GetHIT"}))
    assert code == 400 and headers["Date"].endswith("GMT")
    assert headers.get("Connection", "").lower() != "close"


@pytest.mark.parametrize("escaped", [True, False])
def test_41_both_ways_to_write_a_letter(requester, escaped):
    members = {"LifetimeInSeconds": 60, "AssignmentDurationInSeconds": 60, "Reward": "0.01",
               "Title": "Größe 测", "Description": "d", "Question": HTML}
    body = json.dumps(members, ensure_ascii=escaped).encode()
    code, answer = requester.raw("CreateHIT", None, body=body)
    assert code == 200 and answer["HIT"]["Title"] == "Größe 测"


def test_44_messages_fail_one_by_one(mturk, worker):
    answer = mturk.notify_workers(Subject="s", MessageText="m", WorkerIds=[worker.id])
    failures = answer["NotifyWorkersFailureStatuses"]
    assert [f["NotifyWorkersFailureCode"] for f in failures] == ["HardFailure"]


def test_45_a_bonus_needs_worker_and_work_to_match(server, mturk, worker):
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    refused(mturk, "ParameterValidationError", "", "send_bonus", WorkerId="AEXAMPLE00000",
            AssignmentId=done, BonusAmount="0.10", Reason="r")
    with pytest.raises(mturk.exceptions.ClientError):
        mturk.send_bonus(WorkerId=server.worker().id, AssignmentId=done, BonusAmount="0.10",
                         Reason="r")
    assert mturk.list_bonus_payments(AssignmentId=done)["BonusPayments"] == []


def test_46_two_words_for_one_guard(mturk):
    message = refused(
        mturk, "InvalidParameterCombinationError", "", "create_hit", LifetimeInSeconds=60,
        AssignmentDurationInSeconds=60, Reward="0.01", Title="t", Description="d", Question=HTML,
        QualificationRequirements=[{"QualificationTypeId": "00000000000000000040",
                                    "Comparator": "GreaterThan", "IntegerValues": [1],
                                    "RequiredToPreview": True, "ActionsGuarded": "Accept"}])
    assert message.startswith("The combination of parameters supplied to the request is invalid: "
                              "ActionsGuarded, RequiredToPreview.")


def test_59_62_approval_at_submission_and_its_time(mturk, worker):
    hit = new_hit(mturk, AutoApprovalDelayInSeconds=0)
    done = worker.work(hit["HITGroupId"])
    listed = mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"][0]  # 61: at any time
    assert listed["AssignmentId"] == done and listed["AssignmentStatus"] == "Approved"
    assert listed["AutoApprovalTime"] == listed["SubmitTime"]


def test_64_quotes_stay_as_they_are(mturk, worker):
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"], tag='{"a": "<&>"}')
    answer = mturk.get_assignment(AssignmentId=done)["Assignment"]["Answer"]
    assert '<FreeText>{"a": "&lt;&amp;&gt;"}</FreeText>' in answer
    first = answer.index("<QuestionIdentifier>")
    assert answer[:first].rstrip().endswith("<Answer>")  # 50


def test_66_white_space_round_a_question(mturk):
    assert new_hit(mturk, Question="\n  " + HTML.replace("<![CDATA[", "\n <![CDATA["))["HITId"]


def test_50_the_question_stands_first_in_its_answer(mturk, worker):
    done = worker.work(new_hit(mturk)["HITGroupId"], b="2", a="1")
    answer = mturk.get_assignment(AssignmentId=done)["Assignment"]["Answer"]
    assert len(re.findall(r"<Answer>\s*<QuestionIdentifier>", answer)) == answer.count("<Answer>") == 2


def test_61_work_is_listed_while_more_is_awaited(mturk, worker):
    hit = new_hit(mturk, MaxAssignments=3)
    done = worker.work(hit["HITGroupId"])
    assert status(mturk, hit) == "Assignable"
    work = mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]
    assert [a["AssignmentId"] for a in work] == [done]


def test_65_rejecting_without_a_reason(mturk, worker, requester):
    done = worker.work(new_hit(mturk)["HITGroupId"])
    code, body = requester.raw("RejectAssignment", {"AssignmentId": done})
    assert code == 400 and body["__type"] == "ValidationException"
    mturk.reject_assignment(AssignmentId=done, RequesterFeedback="")


def test_68_examples_say_where_to():
    """Older clients do not read AWS_ENDPOINT_URL: no example may rest on it."""
    texts = ""
    for name in ("README.md", os.path.join("docs", "manual.md")):
        with open(os.path.join(hitd.ROOT, name)) as f:
            texts += f.read()
    assert "endpoint_url" in texts and "--endpoint-url" in texts
    assert "AWS_ENDPOINT_URL" not in texts

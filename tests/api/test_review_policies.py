"""Review policies (requester-api 2.28, 3.7): checked, run when their time comes, recorded."""
import pytest

from market import new_hit

ABCD = [dict(zip("ABCD", answers)) for answers in ("xpsk", "ypsl", "xqsm")]


def parameters(**named):
    return [{"Key": k, "Values": [str(v)] if not isinstance(v, list) else v}
            for k, v in named.items()]


def plurality(**named):
    named = {"QuestionIds": "A, B,C,D", "QuestionAgreementThreshold": 50, **named}
    return {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": parameters(**named)}


def known(keys, **named):
    entries = [{"Key": k, "Values": v} for k, v in keys.items()]
    return {"PolicyName": "ScoreMyKnownAnswers/2011-09-01",
            "Parameters": [{"Key": "AnswerKey", "MapEntries": entries}, *parameters(**named)]}


def do(server, hit, answers):
    return [server.worker().work(hit["HITGroupId"], **a) for a in answers]


def report(mturk, hit, level="HIT", **more):
    got = mturk.list_review_policy_results_for_hit(HITId=hit["HITId"], MaxResults=100, **more)
    return got[level + "ReviewReport"]


def results(r, key):
    return {(x["SubjectId"], x.get("QuestionId")): x["Value"]
            for x in r["ReviewResults"] if x["Key"] == key}


def actions(r):
    return [(a["ActionName"], a["TargetId"], a["Status"]) for a in r["ReviewActions"]]


def statuses(mturk, work):
    return [mturk.get_assignment(AssignmentId=a)["Assignment"]["AssignmentStatus"] for a in work]


def test_plurality(server, mturk):
    hit = new_hit(mturk, HITReviewPolicy=plurality(
        ApproveIfWorkerAgreementScoreIsAtLeast=67, RejectIfWorkerAgreementScoreIsLessThan=67,
        RejectReason="Most others say otherwise."))
    work = do(server, hit, ABCD[:2])
    assert report(mturk, hit) == {"ReviewResults": [], "ReviewActions": []}
    work += do(server, hit, ABCD[2:])
    r, h = report(mturk, hit), hit["HITId"]
    assert results(r, "AnswerAgreementScore") == {(h, "A"): "66", (h, "B"): "66", (h, "C"): "100"}
    assert results(r, "AgreedAnswer") == {(h, "A"): "x", (h, "B"): "p", (h, "C"): "s"}
    assert results(r, "AgreedAnswerFound")[h, "D"] == "false"
    assert results(r, "HitAgreementScore") == {(h, None): "75"}
    assert results(r, "WorkerAgreementScore") == dict(zip([(a, None) for a in work],
                                                          ["100", "66", "66"]))
    assert results(r, "PluralityAnswersIncorrect")[work[1], None] == "1"
    assert actions(r) == [("review", h, "Succeeded"), ("approve", work[0], "Succeeded"),
                          ("reject", work[1], "Succeeded"), ("reject", work[2], "Succeeded")]
    assert statuses(mturk, work) == ["Approved", "Rejected", "Rejected"]
    rejected = mturk.get_assignment(AssignmentId=work[1])["Assignment"]
    assert rejected["RequesterFeedback"] == "Most others say otherwise."
    assert mturk.get_account_balance()["AvailableBalance"] == "999.40"  # 1 x 0.60
    # a rejection by a policy is overturned like any other
    mturk.approve_assignment(AssignmentId=work[1], OverrideRejection=True)
    assert statuses(mturk, work[1:2]) == ["Approved"]


def test_plurality_decides_nothing_twice(server, mturk):
    hit = new_hit(mturk, MaxAssignments=2, HITReviewPolicy=plurality(
        QuestionIds=["A"], ApproveIfWorkerAgreementScoreIsAtLeast=1,
        RejectIfWorkerAgreementScoreIsLessThan=1))
    first, = do(server, hit, [{"A": "x"}])
    mturk.reject_assignment(AssignmentId=first, RequesterFeedback="no")
    second, = do(server, hit, [{"A": "x"}])
    r = report(mturk, hit)
    assert actions(r)[1:] == [("approve", first, "Failed"), ("approve", second, "Succeeded")]
    failed = r["ReviewActions"][1]
    assert failed["ErrorCode"] == "AWS.MechanicalTurk.InvalidAssignmentState"
    assert statuses(mturk, [first, second]) == ["Rejected", "Approved"]


def test_plurality_after_expiry_and_extension(server, mturk):
    hit = new_hit(mturk, MaxAssignments=3, HITReviewPolicy=plurality(
        QuestionIds=["A"], ExtendIfHITAgreementScoreIsLessThan=100, ExtendMaximumAssignments=4,
        ExtendMinimumTimeInSeconds=3600, ApproveIfWorkerAgreementScoreIsAtLeast=100))
    work = do(server, hit, [{"A": "x"}, {"A": "y"}])
    server.advance("2d")  # two of three: expired, reviewable, reviewed, extended
    r = report(mturk, hit)
    assert actions(r) == [("review", hit["HITId"], "Succeeded"), ("extend", hit["HITId"], "Succeeded")]
    now = mturk.get_hit(HITId=hit["HITId"])["HIT"]
    assert (now["HITStatus"], now["MaxAssignments"]) == ("Assignable", 4)
    work += do(server, hit, [{"A": "x"}, {"A": "x"}])
    r = report(mturk, hit)
    assert results(r, "HitAgreementScore")[hit["HITId"], None] == "100"
    assert statuses(mturk, work) == ["Approved", "Submitted", "Approved", "Approved"]


def test_extension_without_money(server):
    mturk = server.requester(deposit="1.20").client()
    hit = new_hit(mturk, MaxAssignments=2, HITReviewPolicy=plurality(
        QuestionIds=["A"], ExtendIfHITAgreementScoreIsLessThan=100, ExtendMaximumAssignments=5,
        ExtendMinimumTimeInSeconds=3600))
    work = do(server, hit, [{"A": "x"}, {"A": "y"}])
    failed = report(mturk, hit)["ReviewActions"][-1]
    assert (failed["ActionName"], failed["Status"]) == ("extend", "Failed")
    assert failed["ErrorCode"] == "AWS.MechanicalTurk.InsufficientFunds"
    now = mturk.get_hit(HITId=hit["HITId"])["HIT"]
    assert (now["HITStatus"], now["MaxAssignments"]) == ("Reviewable", 2)
    assert statuses(mturk, work) == ["Submitted", "Submitted"]


def test_not_from_below_ten_to_ten(server, mturk):
    hit = new_hit(mturk, MaxAssignments=9, AssignmentReviewPolicy=known(
        {"A": ["x"]}, ExtendIfKnownAnswerScoreIsLessThan=100, ExtendMaximumAssignments=25))
    do(server, hit, [{"A": "y"}])
    failed = report(mturk, hit, "Assignment")["ReviewActions"][-1]
    assert failed["ErrorCode"] == "AWS.MechanicalTurk.InvalidMaximumAssignmentsIncrease"
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["MaxAssignments"] == 9


def test_known_answers(server, mturk):
    hit = new_hit(mturk, MaxAssignments=4, AssignmentReviewPolicy=known(
        {"A": ["x"], "B": [" p "], "C": [""]}, ApproveIfKnownAnswerScoreIsAtLeast=66,
        ApproveReason="Thank you.", RejectIfKnownAnswerScoreIsLessThan=33,
        RejectReason="The known answers were wrong.", ExtendIfKnownAnswerScoreIsLessThan=33))
    work = do(server, hit, [{"A": " x", "B": "p", "C": ""}, {"A": "x", "B": "P"}, {"A": "X"}])
    r = report(mturk, hit, "Assignment")
    assert results(r, "KnownAnswerScore") == dict(zip([(a, None) for a in work], ["66", "33", "0"]))
    assert results(r, "KnownAnswerCorrect")[work[0], "C"] == "0"
    assert statuses(mturk, work) == ["Approved", "Submitted", "Rejected"]
    assert r["ReviewActions"][0]["Result"] == "Reviewed 3 known answers; 2/3 correct"
    assert actions(r)[-2:] == [("reject", work[2], "Succeeded"),
                               ("extend", hit["HITId"], "Succeeded")]
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["MaxAssignments"] == 5


def test_both_levels_and_pages(server, mturk):
    hit = new_hit(mturk, MaxAssignments=2, HITReviewPolicy=plurality(
        QuestionIds=["A"], DisregardAssignmentIfKnownAnswerScoreIsLessThan=100,
        ApproveIfWorkerAgreementScoreIsAtLeast=100),
        AssignmentReviewPolicy=known({"B": ["p"]}))
    work = do(server, hit, [{"A": "x", "B": "p"}, {"A": "y", "B": "q"}])
    assert statuses(mturk, work) == ["Approved", "Submitted"]
    ask = dict(HITId=hit["HITId"])
    whole = mturk.list_review_policy_results_for_hit(MaxResults=100, **ask)
    assert whole["HITReviewPolicy"] == {"PolicyName": "SimplePlurality/2011-09-01"}
    assert whole["AssignmentReviewPolicy"] == {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"}
    seen, token = [], {}
    while True:
        page = mturk.list_review_policy_results_for_hit(MaxResults=2, **ask, **token)
        part = [x for level in ("Assignment", "HIT")
                for x in page[level + "ReviewReport"]["ReviewActions"]
                + page[level + "ReviewReport"]["ReviewResults"]]
        if not part:
            assert "NextToken" not in page
            break
        assert len(part) <= 2
        seen += part
        token = {"NextToken": page["NextToken"]}
    total = sum(len(whole[level + "ReviewReport"][k]) for level in ("Assignment", "HIT")
                for k in ("ReviewActions", "ReviewResults"))
    assert len(seen) == total > 8
    only = mturk.list_review_policy_results_for_hit(
        PolicyLevels=["HIT"], RetrieveResults=False, **ask)
    assert "AssignmentReviewReport" not in only
    assert only["HITReviewReport"]["ReviewResults"] == []
    assert actions(only["HITReviewReport"])[0] == ("review", hit["HITId"], "Succeeded")
    with pytest.raises(mturk.exceptions.ClientError, match="NextToken"):
        mturk.list_review_policy_results_for_hit(PolicyLevels=["HIT"], **ask, **token)


def test_no_policies_and_other_peoples(server, mturk):
    hit = new_hit(mturk)
    got = mturk.list_review_policy_results_for_hit(HITId=hit["HITId"])
    got.pop("ResponseMetadata")
    assert got == {"HITId": hit["HITId"]}
    with pytest.raises(mturk.exceptions.RequestError, match="^.*Hit .* does not exist"):
        server.requester().client().list_review_policy_results_for_hit(HITId=hit["HITId"])


@pytest.mark.parametrize("level,policy,words", [
    ("HIT", known({"A": ["x"]}), "ScoreMyKnownAnswers"),
    ("Assignment", plurality(), "SimplePlurality"),
    ("Assignment", {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"},
     "The AnswerKey parameter is mandatory."),
    ("HIT", {"PolicyName": "SimplePlurality/2011-09-01", "Parameters": parameters(QuestionIds="A")},
     "The QuestionAgreementThreshold parameter is mandatory."),
    ("HIT", plurality(QuestionIds=["q%d" % n for n in range(16)]), "At most 15"),
    ("HIT", plurality(QuestionIds="A,A"), "named twice"),
    ("HIT", plurality(Nonsense=1), "Nonsense"),
    ("HIT", plurality(QuestionAgreementThreshold="most"), "from 0 to 100"),
    ("HIT", plurality(ExtendIfHITAgreementScoreIsLessThan=50), "ExtendMaximumAssignments"),
    ("HIT", plurality(DisregardAssignmentIfRejected="maybe"), "T or F"),
    ("HIT", plurality(RejectReason="x" * 1025), "RejectReason"),
    ("Assignment", known({"A": ["x"]}, ExtendMaximumAssignments=26), "from 2 to 25"),
    ("Assignment", known({"A": ["x"]}, ApproveIfKnownAnswerScoreIsAtLeast=102), "from 0 to 101"),
])
def test_refused(mturk, level, policy, words):
    before = mturk.get_account_balance()["AvailableBalance"], mturk.list_hits()["NumResults"]
    with pytest.raises(mturk.exceptions.ClientError, match=words) as e:
        new_hit(mturk, **{level + "ReviewPolicy": policy})
    assert e.value.response["Error"]["Code"] == "ParameterValidationError"
    assert before == (mturk.get_account_balance()["AvailableBalance"],
                      mturk.list_hits()["NumResults"])

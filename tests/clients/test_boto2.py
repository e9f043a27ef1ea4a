"""The dialect before 2017-01-17 (requester-api 4), by the client that spoke it: boto 2.49, through
every operation that boto.mturk.connection has. What boto can not get wrong is sent by hand."""
import base64
import datetime
import hashlib
import hmac
import itertools
import time
import urllib.parse
import uuid
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("boto.mturk.connection", reason="boto 2 (python3-boto) is not installed")
from boto.mturk.connection import MTurkConnection, MTurkRequestError  # noqa: E402
from boto.mturk.layoutparam import LayoutParameter, LayoutParameters  # noqa: E402
from boto.mturk.price import Price  # noqa: E402
from boto.mturk.qualification import (LocaleRequirement, PercentAssignmentsApprovedRequirement,  # noqa: E402
                                      Qualifications, Requirement)
from boto.mturk.question import (AnswerSpecification, ExternalQuestion, FreeTextAnswer, HTMLQuestion,  # noqa: E402
                                 Overview, Question, QuestionContent, QuestionForm)

from market import new_hit, next_name  # noqa: E402

counter = itertools.count(1)
PAGE = """<!DOCTYPE html><html><body><form name="mturk_form" method="post"
action="https://www.mturk.com/mturk/externalSubmit"><input name="assignmentId" type="hidden">
<input name="tag"><input type="submit"></form></body></html>"""


@pytest.fixture(scope="session", autouse=True)
def switched_on(server):
    server.hitd("setting", "legacy_api", "on")


@pytest.fixture
def boto(server, requester):
    return connect(server, requester)


def connect(server, requester, secret=None):
    # a program changes these: host, port, is_secure
    return MTurkConnection(requester.access, secret or requester.secret, is_secure=False,
                           host="127.0.0.1", port=server.port)


def html():
    return HTMLQuestion(PAGE, 450)


def form(name="q"):
    content = QuestionContent()
    content.append_field("Text", "What is it?")
    made = QuestionForm()
    made.append(Question(name, content, AnswerSpecification(FreeTextAnswer())))
    return made


def hit(boto, **more):
    args = dict(question=html(), title="Name it, %d" % next(counter), description="Say & see",
                keywords=["image", "label"], reward=0.5, duration=600, max_assignments=3)
    args.update(more)
    made = boto.create_hit(**args)
    assert made.status
    return made[0]


def fails(code, call, *args, **more):
    with pytest.raises(MTurkRequestError) as caught:
        call(*args, **more)
    assert caught.value.error_code == code, caught.value.body
    return caught.value


def turk(name):
    return "AWS.MechanicalTurk." + name


# ---- the story ----

def test_story(server, requester, boto, worker):
    made = hit(boto)
    assert made.IsValid == "True" and made.HITTypeId and made.HITGroupId
    right, wrong = worker, server.worker()
    ids = [w.work(made.HITGroupId, tag="cat & <Errors>") for w in (right, wrong)]
    work = boto.get_assignments(made.HITId)
    assert (work.NumResults, work.TotalNumResults, work.PageNumber) == ("2", "2", "1")
    assert [w.AssignmentId for w in work] == ids
    assert work[0].WorkerId == right.id and work[0].AssignmentStatus == "Submitted"
    answer = {a.qid: a.fields for a in work[0].answers[0]}
    assert answer["tag"] == ["cat & <Errors>"]

    boto.approve_assignment(ids[0], "thanks")
    boto.reject_assignment(ids[1])
    assert boto.get_assignment(ids[1])[0].AssignmentStatus == "Rejected"
    before = boto.get_account_balance()
    boto.approve_rejected_assignment(ids[1], "sorry")
    found = boto.get_assignment(ids[1])
    assert found[0].AssignmentStatus == "Approved" and found[0].RequesterFeedback == "sorry"
    assert found[1].HITId == made.HITId
    after = boto.get_account_balance()
    assert round(before[0].amount - after[0].amount, 2) == 0.60

    # only what is rejected, and only once
    for i in ids:
        e = fails(turk("InvalidAssignmentState"), boto.approve_rejected_assignment, i)
        assert e.error_message.startswith("This operation can be called with a status of:")
    fails(turk("InvalidAssignmentState"), boto.approve_assignment, ids[0])
    third = server.worker().work(made.HITGroupId)
    fails(turk("InvalidAssignmentState"), boto.approve_rejected_assignment, third)
    assert boto.get_assignment(third)[0].AssignmentStatus == "Submitted"
    assert requester.client().get_assignment(AssignmentId=ids[1])["Assignment"][
        "AssignmentStatus"] == "Approved"


def test_work_without_answers(boto, worker):
    """Trap 51: a document without answers, which boto can read."""
    made = hit(boto)
    entry = worker.accept(made.HITGroupId)[1]
    assert worker.submit(entry["assignment_id"])[0] == 200
    [work] = boto.get_assignments(made.HITId)
    assert [len(a) for a in work.answers] == [0]


def test_undo_ends_after_thirty_days(server, boto, worker):
    made = hit(boto, lifetime=datetime.timedelta(days=60))
    done = worker.work(made.HITGroupId)
    boto.reject_assignment(done, "no")
    server.advance("31d")
    fails(turk("InvalidAssignmentState"), boto.approve_rejected_assignment, done)


# ---- every operation ----

def test_balance(server, boto):
    available, on_hold = boto.get_account_balance()
    assert (available.amount, available.currency_code) == (1000.0, "USD")
    assert available.formatted_price == "$1,000.00" and on_hold.amount == 0.0
    hit(boto, reward=Price(0.3 - 0.1 + 0.1), max_assignments=1)  # 0.30000000000000004 or so
    assert boto.get_account_balance()[1].amount == 0.36


def test_hit_types(boto):
    made = boto.register_hit_type("Type", "A type", 0.05, 600, keywords="a, b", approval_delay=3600,
                                  qual_req=None)
    kind = made[0].HITTypeId
    assert boto.register_hit_type("Type", "A type", Price(0.05), 600, ["a", "b"],
                                  datetime.timedelta(hours=1))[0].HITTypeId == kind
    h = hit(boto, hit_type=kind)
    assert h.HITTypeId == kind
    found = boto.get_hit(h.HITId)[0]
    assert (found.Title, found.Keywords, found.Amount) == ("Type", "a, b", "0.05")
    assert (found.AutoApprovalDelayInSeconds, found.AssignmentDurationInSeconds) == ("3600", "600")
    other = boto.register_hit_type("Other", "A type", 0.05, 600)[0].HITTypeId
    boto.change_hit_type_of_hit(h.HITId, other)
    assert boto.get_hit(h.HITId)[0].HITTypeId == other


def test_hit_of_every_kind(boto):
    external = hit(boto, question=ExternalQuestion("https://example.org/task?a=1&b=2", 400),
                   annotation="mine", approval_delay=60, lifetime=3600)
    found = boto.get_hit(external.HITId, ["Minimal", "HITDetail", "HITQuestion"])[0]
    assert found.RequesterAnnotation == "mine" and "a=1&amp;b=2" in found.Question
    assert found.HITStatus == "Assignable" and not found.expired
    assert (found.MaxAssignments, found.NumberOfAssignmentsAvailable) == ("3", "3")
    assert found.HITReviewStatus == "NotReviewed" and found.LifetimeInSeconds == "3600"
    assert "QuestionForm" in boto.get_hit(hit(boto, question=form()).HITId)[0].Question
    content = QuestionContent()
    content.append_field("Text", "Which?")
    asked = Question("one", content, AnswerSpecification(FreeTextAnswer()))
    overview = Overview()
    overview.append_field("Title", "About")
    assert hit(boto, question=None, questions=[overview, asked]).HITId


def test_requirements(boto):
    wanted = Qualifications()
    wanted.add(PercentAssignmentsApprovedRequirement("GreaterThan", 95, required_to_preview=True))
    wanted.add(Requirement("00000000000000000040", "In", [1, 2, 3]))
    wanted.add(LocaleRequirement("EqualTo", ("US", "CA")))
    wanted.add(LocaleRequirement("NotIn", ["DE", ("US", "NY")]))
    h = hit(boto, qualifications=wanted)
    root = raw_tree(boto, "GetHIT", HITId=h.HITId)
    asked = root.findall("HIT/QualificationRequirement")
    assert [a.findtext("Comparator") for a in asked] == ["GreaterThan", "In", "EqualTo", "NotIn"]
    assert [a.findtext("RequiredToPreview") for a in asked] == ["1", "0", "0", "0"]
    assert [v.text for v in asked[1].findall("IntegerValue")] == ["1", "2", "3"]
    assert [v.findtext("Country") for v in asked[3].findall("LocaleValue")] == ["DE", "US"]
    assert asked[2].findtext("LocaleValue/Subdivision") == "CA"


def test_layout(server, requester, boto):
    status, made = requester.v1("POST", "/v1/projects", body=layout().encode())
    assert status == 201, made
    h = hit(boto, question=None, hit_layout=made["layout_id"], layout_params=LayoutParameters(
        [LayoutParameter("image_url", "https://example.org/1.png")]))
    assert "https://example.org/1.png" in boto.get_hit(h.HITId)[0].Question
    fails(turk("HITLayoutDoesNotExist"), hit, boto, question=None, hit_layout="3NONE")


def layout():
    import json
    return json.dumps({"name": next_name(), "title": "Look", "description": "See",
                       "reward_cents": 5, "max_assignments": 1, "duration_s": 600,
                       "lifetime_s": 86400, "auto_approval_s": 86400, "keywords": "",
                       "layout": "<p>${image_url}</p><input name='x'>"})


def test_search_and_pages(server):
    boto = connect(server, server.requester(deposit="1000.00"))
    assert len(boto.search_hits()) == 0
    made = [hit(boto, title="T%02d" % (12 - i), reward=0.01 * (i % 3 + 1)).HITId
            for i in range(12)]
    first = boto.search_hits()
    assert (first.NumResults, first.TotalNumResults, first.PageNumber) == ("10", "12", "1")
    assert [h.HITId for h in first] == made[:10]
    assert [h.HITId for h in boto.search_hits(page_number=2)] == made[10:]
    assert len(boto.search_hits(page_number=3)) == 0
    assert [h.HITId for h in boto.search_hits(sort_direction="Descending", page_size=3)] == \
        made[:8:-1]
    assert [h.HITId for h in boto.search_hits("Title", page_size=100)] == made[::-1]
    assert [h.HITId for h in boto.search_hits("Enumeration", page_size=100)] == made
    assert [h.Amount for h in boto.search_hits("Reward", "Descending", page_size=100)] == \
        ["0.03"] * 4 + ["0.02"] * 4 + ["0.01"] * 4
    assert not hasattr(first[0], "Question")
    assert boto.search_hits(response_groups=["HITQuestion"])[0].Question
    fails(turk("InvalidParameterValue"), boto.search_hits, "Colour")
    fails(turk("InvalidParameterValue"), boto.search_hits, sort_direction="Up")
    for size, number in ((0, 1), (101, 1), (10, 0), (10, -1)):
        fails("AWS.ParameterOutOfRange", boto.search_hits, page_size=size, page_number=number)


def test_review(server, boto, worker):
    h = hit(boto, max_assignments=1)
    assert [x.HITId for x in boto.get_reviewable_hits(h.HITTypeId)] == []
    done = worker.work(h.HITGroupId)
    found = boto.get_reviewable_hits(h.HITTypeId, page_size=100)
    assert [x.HITId for x in found] == [h.HITId] and found.TotalNumResults == "1"
    boto.set_reviewing(h.HITId)
    assert [x.HITId for x in boto.get_reviewable_hits(h.HITTypeId, "Reviewing")] == [h.HITId]
    boto.set_reviewing(h.HITId, revert=True)
    assert boto.get_hit(h.HITId)[0].HITStatus == "Reviewable"
    assert len(boto.get_assignments(h.HITId, "Approved")) == 0
    assert len(boto.get_assignments(h.HITId, "Submitted,Approved", "AcceptTime", "Descending")) == 1
    fails(turk("InvalidHITState"), boto.dispose_hit, h.HITId)
    boto.approve_assignment(done)
    boto.dispose_hit(h.HITId)
    assert boto.get_hit(h.HITId)[0].HITStatus == "Disposed"


def test_expire_and_extend(server, boto):
    h = hit(boto, lifetime=3600)
    boto.extend_hit(h.HITId, expiration_increment=7200)
    assert boto.get_hit(h.HITId)[0].LifetimeInSeconds == "10800"
    boto.extend_hit(h.HITId, assignments_increment=2)
    assert boto.get_hit(h.HITId)[0].MaxAssignments == "5"
    boto.expire_hit(h.HITId)
    assert boto.get_hit(h.HITId)[0].HITStatus == "Reviewable"
    e = fails(turk("InvalidHITState"), boto.expire_hit, h.HITId)
    assert e.error_message.startswith("This HIT is currently in the state 'Reviewable'.  ")
    boto.extend_hit(h.HITId, expiration_increment=600)
    assert boto.get_hit(h.HITId)[0].HITStatus == "Assignable"
    fails("AWS.ParameterOutOfRange", boto.extend_hit, h.HITId, expiration_increment=59)
    fails("AWS.ParameterOutOfRange", boto.extend_hit, h.HITId, expiration_increment=31536001)
    fails(turk("InvalidMaximumAssignmentsIncrease"), boto.extend_hit, h.HITId,
          assignments_increment=5)
    fails("AWS.MissingParameters", raw_call, boto, "ExtendHIT", HITId=h.HITId)
    # both in one call: both or none
    fails(turk("InvalidMaximumAssignmentsIncrease"), raw_call, boto, "ExtendHIT", HITId=h.HITId,
          ExpirationIncrementInSeconds=7200, MaxAssignmentsIncrement=5)
    before = boto.get_hit(h.HITId)[0].Expiration
    raw_call(boto, "ExtendHIT", HITId=h.HITId, ExpirationIncrementInSeconds=7200,
             MaxAssignmentsIncrement=1)
    now = boto.get_hit(h.HITId)[0]
    assert now.MaxAssignments == "6" and now.Expiration > before


def test_disable(server, boto):
    h = hit(boto)
    workers = [server.worker() for _ in range(3)]
    done = workers[0].work(h.HITGroupId)
    balance = boto.get_account_balance()[1].amount
    boto.disable_hit(h.HITId)
    assert boto.get_hit(h.HITId, ["Minimal"])  # gone from every list
    assert boto.get_hit(h.HITId)[0].HITStatus == "Disposed"
    fails(turk("AssignmentDoesNotExist"), boto.get_assignment, done)
    assert balance and boto.get_account_balance()[1].amount == 0.0
    assert boto.get_account_balance()[0].amount == 1000.0 - 0.60
    fails(turk("HITDoesNotExist"), boto.disable_hit, h.HITId)

    h = hit(boto)
    done = workers[0].work(h.HITGroupId)
    status, entry = workers[1].accept(h.HITGroupId)
    assert status == 200
    boto.disable_hit(h.HITId)
    assert boto.get_assignment(done)[0].AssignmentStatus == "Approved"
    assert workers[1].submit(entry["assignment_id"], tag="late")[0] == 200
    fails(turk("InvalidHITState"), boto.disable_hit, h.HITId)
    boto.approve_assignment(entry["assignment_id"])
    boto.dispose_hit(h.HITId)


def test_bonus(server, requester, boto, worker):
    h = hit(boto)
    done = worker.work(h.HITGroupId)
    boto.grant_bonus(worker.id, done, Price(1.5), "good & fast")
    paid = requester.client().list_bonus_payments(AssignmentId=done)["BonusPayments"]
    assert [(p["BonusAmount"], p["Reason"]) for p in paid] == [("1.50", "good & fast")]
    # sent again, as boto does when an answer is lost: paid once
    boto.grant_bonus(worker.id, done, Price(1.5), "good & fast")
    assert len(requester.client().list_bonus_payments(AssignmentId=done)["BonusPayments"]) == 1
    server.advance("10m")  # to the last moment; no clock's stroke in between makes it another call
    boto.grant_bonus(worker.id, done, Price(1.5), "good & fast")
    assert len(requester.client().list_bonus_payments(AssignmentId=done)["BonusPayments"]) == 1
    boto.grant_bonus(worker.id, done, Price(1.5), "and again")
    root = raw_tree(boto, "GetBonusPayments", AssignmentId=done)
    assert [b.findtext("BonusAmount/Amount") for b in root.iter("BonusPayment")] == ["1.50", "1.50"]
    fails(turk("InvalidParameterValue"), boto.grant_bonus, worker.id, done, Price(1, "EUR"), "no")
    fails(turk("InvalidParameterValue"), boto.grant_bonus, "ANOBODY", done, Price(1), "no")
    fails(turk("InsufficientFunds"), boto.grant_bonus, worker.id, done, Price(9000), "much")
    server.advance("1s")  # so late it is meant
    boto.grant_bonus(worker.id, done, Price(1.5), "good & fast")
    assert len(requester.client().list_bonus_payments(AssignmentId=done)["BonusPayments"]) == 3
    # a refusal is no answer to keep
    server.deposit(requester.email, "20000.00")
    boto.grant_bonus(worker.id, done, Price(9000), "much")


def test_workers(server, boto, worker):
    h = hit(boto)
    boto.block_worker(worker.id, "spam")
    root = raw_tree(boto, "GetBlockedWorkers", PageSize=65535)
    assert [b.findtext("WorkerId") for b in root.iter("WorkerBlock")] == [worker.id]
    assert worker.accept(h.HITGroupId)[0] == 403
    boto.unblock_worker(worker.id, None)
    done = worker.work(h.HITGroupId)
    boto.approve_assignment(done)
    stranger = server.worker()
    boto.notify_workers([worker.id, stranger.id], "Hello", "A text with <marks> & more")
    root = raw_tree(boto, "NotifyWorkers", Subject="Hello", MessageText="again",
                    **{"WorkerId.1": stranger.id})
    failed = root.findall("NotifyWorkersResult/NotifyWorkersFailureStatus")
    assert [f.findtext("WorkerId") for f in failed] == [stranger.id]


def test_qualifications(server, boto, worker):
    made = boto.create_qualification_type("Cats %d" % next(counter), "Knows cats", "Active",
                                          keywords=["cat", "animal"], retry_delay=3600)[0]
    assert made.QualificationTypeStatus == "Active" and made.Keywords == "cat, animal"
    kind = made.QualificationTypeId
    assert boto.get_qualification_type(kind)[0].Name == made.Name
    boto.update_qualification_type(kind, description="Knows them well", status="Active",
                                   retry_delay=60, auto_granted=False)
    assert boto.get_qualification_type(kind)[0].Description == "Knows them well"
    assert kind in [t.QualificationTypeId for t in boto.search_qualification_types("knows")]
    assert kind in [t.QualificationTypeId for t in boto.search_qualification_types(page_size=100)]

    boto.assign_qualification(kind, worker.id, 7, send_notification=False)
    held = boto.get_qualification_score(kind, worker.id)[0]
    assert (held.IntegerValue, held.SubjectId, held.Status) == ("7", worker.id, "Granted")
    boto.update_qualification_score(kind, worker.id, 9)
    all_of_it = boto.get_qualifications_for_qualification_type(kind)
    assert [(q.SubjectId, q.IntegerValue) for q in all_of_it] == [(worker.id, "9")]
    assert all_of_it.TotalNumResults == "1"
    boto.revoke_qualification(worker.id, kind)
    fails(turk("InvalidQualificationState"), boto.get_qualification_score, kind, worker.id)
    fails(turk("InvalidQualificationState"), boto.update_qualification_score, kind, worker.id, 1)
    stranger = server.worker()
    fails(turk("QualificationDoesNotExist"), boto.update_qualification_score, kind, stranger.id, 1)

    wanted = Qualifications()
    wanted.add(Requirement(kind, "EqualTo", 1))
    h = hit(boto, qualifications=wanted)
    root = raw_tree(boto, "GetHITsForQualificationType", QualificationTypeId=kind)
    assert [x.findtext("HITId") for x in root.iter("HIT")] == [h.HITId]
    boto.dispose_qualification_type(kind)


def test_qualification_requests(server, boto, worker):
    kind = boto.create_qualification_type(
        "Test %d" % next(counter), "A test", "Active", test=form("x"),
        test_duration=600, retry_delay=0)[0].QualificationTypeId
    assert len(boto.get_qualification_requests(kind)) == 0
    for w in (worker, server.worker()):
        for step in ("/test", "/test/submit"):
            status, done = w.form("POST", "/qualifications/%s%s" % (kind, step),
                                  x="it is <a> cat")[:2]
            assert status in (200, 303), done
    for by in ("SubmitTime", "Expiration"):  # boto's own default is one that they have not: trap 57
        raw_call(boto, "GetQualificationRequests", QualificationTypeId=kind, SortProperty=by)
    asked = boto.get_qualification_requests(kind)
    assert [a.SubjectId for a in asked][:1] == [worker.id] and len(asked) == 2
    assert asked[0].answers[0][0].fields == ["it is <a> cat"]
    boto.grant_qualification(asked[0].QualificationRequestId, 5)
    assert boto.get_qualification_score(kind, worker.id)[0].IntegerValue == "5"
    raw_call(boto, "RejectQualificationRequest",
             QualificationRequestId=asked[1].QualificationRequestId, Reason="not a cat")
    assert len(boto.get_qualification_requests(kind)) == 0
    fails(turk("QualificationRequestDoesNotExist"), boto.grant_qualification, "3NONE")


def test_notifications(server, boto):
    kind = boto.register_hit_type("Told", "A type", 0.05, 600)[0].HITTypeId
    server.hitd("setting", "notify_private", "allow")
    boto.set_email_notification(kind, "me@example.org", ["AssignmentSubmitted", "HITReviewable"])
    boto.set_sqs_notification(kind, "https://127.0.0.1:9/1/queue", ["HITExpired"])
    boto.set_rest_notification(kind, "http://127.0.0.1:9/notify", ["HITExpired"])
    boto.send_test_event_notification(kind, "http://127.0.0.1:9/notify", ["Ping"])
    fails("AWS.MissingParameters", boto.set_email_notification, kind, "me@example.org")
    server.hitd("setting", "notify_private", "refuse")


def test_files_and_help(boto, worker):
    h = hit(boto)
    done = worker.work(h.HITGroupId)
    with pytest.raises(MTurkRequestError):
        boto.get_file_upload_url(done, "nothing")
    assert boto.get_help(["CreateHIT"]).status
    assert not hasattr(boto, "get_requester_statistic")
    root = raw_tree(boto, "GetReviewResultsForHIT", HITId=h.HITId, **{"PolicyLevel.1": "HIT"})
    assert root.findtext("GetReviewResultsForHITResult/HITId") == h.HITId


# ---- errors ----

def test_unknown_ids(server, boto):
    e = fails(turk("HITDoesNotExist"), boto.get_hit, "3NONE")
    assert e.status == 200 and e.error_message.startswith("Hit 3NONE does not exist. (")
    assert "<Data><Key>HITId</Key><Value>3NONE</Value></Data>" in e.body
    for call in (boto.expire_hit, boto.disable_hit, boto.dispose_hit, boto.set_reviewing):
        fails(turk("HITDoesNotExist"), call, "3NONE")
    fails(turk("AssignmentDoesNotExist"), boto.approve_assignment, "alpha")
    fails(turk("AssignmentDoesNotExist"), boto.approve_rejected_assignment, "3NONE")
    theirs = new_hit(server.requester(deposit="10.00").client())["HITId"]
    fails(turk("HITDoesNotExist"), boto.get_hit, theirs)
    fails(turk("HITDoesNotExist"), boto.disable_hit, theirs)


def sign(requester, params, secret=None):
    text = "".join(k + v for k, v in sorted(params.items(), key=lambda kv: kv[0].lower()))
    return mac(secret or requester.secret, text)


def mac(secret, text):
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def stamp(at=None):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def params_of(requester, operation, **more):
    return {"AWSAccessKeyId": requester.access, "Operation": operation, "SignatureVersion": "1",
            "Timestamp": stamp(), "Version": "2014-08-15", **more}


def post(server, params, path="/"):
    body = params if isinstance(params, str) else urllib.parse.urlencode(params)
    status, head, data = server.request(
        "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"})
    return status, head, data.decode()


def answer_of(server, requester, operation, **more):
    params = params_of(requester, operation, **more)
    return post(server, dict(params, Signature=sign(requester, params)))


def code_of(body):
    return ET.fromstring(body).findtext(".//Error/Code")


def raw_call(boto, operation, **more):
    return boto._process_request(operation, more)


def raw_tree(boto, operation, **more):
    response = boto.make_request(None, dict(more, Operation=operation), verb="POST")
    body = response.read().decode()
    assert "<Request><IsValid>True</IsValid>" in body, body
    return ET.fromstring(body)


def test_frame(server, requester):
    status, head, body = answer_of(server, requester, "GetAccountBalance")
    assert status == 200 and head["Content-Type"] == "text/xml; charset=UTF-8"
    root = ET.fromstring(body)
    assert root.tag == "GetAccountBalanceResponse"
    assert [c.tag for c in root] == ["OperationRequest", "GetAccountBalanceResult"]
    uuid.UUID(root.findtext("OperationRequest/RequestId"))
    assert root.findtext("GetAccountBalanceResult/AvailableBalance/Amount") == "1000.00"


def test_signature(server, requester):
    params = params_of(requester, "GetAccountBalance")
    good = sign(requester, params)
    assert "True" in post(server, dict(params, Signature=good))[2]
    assert "True" in post(server, "&" + urllib.parse.urlencode(dict(params, Signature=good)))[2]
    for i in (0, 13, 26):
        bad = good[:i] + ("A" if good[i] != "A" else "B") + good[i + 1:]
        status, _, body = post(server, dict(params, Signature=bad))
        assert (status, code_of(body)) == (200, "AWS.BadClaimsSupplied")
    for key, value in (("Operation", "SearchHITs"), ("Timestamp", stamp(time.time() - 1)),
                       ("Version", "2014-08-16"), ("Extra", "1")):
        body = post(server, dict(params, Signature=good, **{key: value}))[2]
        assert code_of(body) == "AWS.BadClaimsSupplied", key
    other = sign(requester, params, requester.secret[:-1] + "#")
    assert code_of(post(server, dict(params, Signature=other))[2]) == "AWS.BadClaimsSupplied"
    unknown = dict(params, AWSAccessKeyId="AKIAAAAAAAAAAAAAAAAA", Signature=good)
    body = post(server, unknown)[2]
    assert code_of(body) == "AWS.NotAuthorized" and "OperationRequest><RequestId>" in body
    for name in ("AWSAccessKeyId", "Timestamp", "Signature"):
        less = {k: v for k, v in dict(params, Signature=good).items() if k != name}
        assert code_of(post(server, less)[2]) == "AWS.BadCredentialSupplied"
    less = dict(params, SignatureVersion="2")
    assert code_of(post(server, dict(less, Signature=good))[2]) == "AWS.BadCredentialSupplied"


def test_clock(server, requester):
    for at in (time.time() - 1000, time.time() + 1000):
        status, _, body = answer_of(server, requester, "GetAccountBalance", Timestamp=stamp(at))
        assert (status, code_of(body)) == (400, "RequestExpired")
    assert "True" in answer_of(server, requester, "GetAccountBalance",
                               Timestamp=stamp(time.time() - 800))[2]
    status, _, body = answer_of(server, requester, "GetAccountBalance", Timestamp="yesterday")
    assert (status, code_of(body)) == (400, "InvalidParameterValue")


def test_version_0(server, requester):
    params = {"AWSAccessKeyId": requester.access, "Operation": "GetAccountBalance",
              "Service": "AWSMechanicalTurkRequester", "Timestamp": stamp(), "Version": "2006-10-31"}
    signature = mac(requester.secret, params["Service"] + params["Operation"] + params["Timestamp"])
    query = urllib.parse.urlencode(dict(params, Signature=signature))
    assert server.request("GET", "/?" + query)[0] == 403  # off by default
    server.hitd("setting", "legacy_signature_0", "2")
    for path in ("/?", "/onca/xml?"):
        status, _, body = server.request("GET", path + query)
        assert status == 200 and b"<IsValid>True</IsValid>" in body
    bad = urllib.parse.urlencode(dict(params, Operation="SearchHITs", Signature=signature))
    assert b"AWS.BadClaimsSupplied" in server.request("GET", "/?" + bad)[2]
    server.hitd("setting", "legacy_signature_0", "1")
    assert server.request("GET", "/?" + query)[0] == 403  # not over TLS
    server.hitd("setting", "legacy_signature_0", "0")


def test_switched_off(server, requester, boto):
    server.hitd("setting", "legacy_api", "off")
    try:
        e = fails("Forbidden", boto.get_account_balance)
        assert e.status == 403 and "hitd setting legacy_api on" in e.error_message
        assert requester.client().get_account_balance()
    finally:
        server.hitd("setting", "legacy_api", "on")
    assert boto.get_account_balance()


def test_unknown_operation(server, requester, boto):
    for name in ("GetRequesterStatistic", "NoSuch", "getHIT", "<x>"):
        status, _, body = answer_of(server, requester, name)
        assert (status, code_of(body)) == (400, "InvalidOperation")
    assert requester.client().get_account_balance()
    worker = server.worker()
    assert worker.get("/projects")[0] == 200


def bad(server, requester, code, operation="CreateHIT", **more):
    before = answer_of(server, requester, "GetAccountBalance")[2].split("AvailableBalance")[1]
    status, _, body = answer_of(server, requester, operation, **more)
    assert status == 200 and code_of(body) == code, body
    after = answer_of(server, requester, "GetAccountBalance")[2].split("AvailableBalance")[1]
    assert before == after
    return body


GOOD = {"Title": "T", "Description": "D", "Question": "", "LifetimeInSeconds": "600",
        "AssignmentDurationInSeconds": "600", "Reward.1.Amount": "0.5",
        "Reward.1.CurrencyCode": "USD"}


def question():
    return html().get_as_xml()


def test_bad_parameters(server, requester):
    good = dict(GOOD, Question=question())
    for name, value in (("LifetimeInSeconds", "soon"), ("LifetimeInSeconds", ""),
                        ("LifetimeInSeconds", "1e3"), ("MaxAssignments", "1.5"),
                        ("Reward.1.Amount", "much"), ("Reward.1.Amount", "-1"),
                        ("Reward.1.Amount", "1e-05"), ("Reward.1.Amount", ""),
                        ("Reward.1.CurrencyCode", "EUR"), ("Title", "x" * 129),
                        ("Title", "a\x01b"), ("Title", "a\0b"),
                        ("QualificationRequirement.1.Comparator", "Around")):
        more = {"QualificationRequirement.1.QualificationTypeId": "00000000000000000040"} \
            if "Comparator" in name else {}
        bad(server, requester, turk("InvalidParameterValue"), **dict(good, **more, **{name: value}))
    for name, value in (("LifetimeInSeconds", "29"), ("MaxAssignments", "0"),
                        ("MaxAssignments", "9" * 30), ("AssignmentDurationInSeconds", "-5")):
        body = bad(server, requester, "AWS.ParameterOutOfRange", **dict(good, **{name: value}))
        assert "Valid values range from" in body and name in body
    for name in ("Title", "Description", "LifetimeInSeconds", "AssignmentDurationInSeconds",
                 "Reward.1.Amount"):
        less = {k: v for k, v in good.items() if k != name}
        body = bad(server, requester, "AWS.MissingParameters", **less)
        assert name.split(".")[0] in body
    body = bad(server, requester, "AWS.MissingParameters")
    assert "Title, Description, Reward" in body
    bad(server, requester, turk("XMLParseError"), **dict(good, Question="<no"))
    bad(server, requester, turk("InvalidParameterValue"), "SetHITAsReviewing", HITId="3NONE",
        Revert="perhaps")


def test_indexes(server, requester):
    good = dict(GOOD, Question=question())
    # gaps close; the number takes no memory
    wanted = "QualificationRequirement.%s."
    more = {}
    for n, value in (("999999999", "3"), ("7", "2"), ("1", "1")):
        more[wanted % n + "QualificationTypeId"] = "00000000000000000040"
        more[wanted % n + "Comparator"] = "GreaterThan"
        more[wanted % n + "IntegerValue"] = value
    status, _, body = answer_of(server, requester, "CreateHIT", **dict(good, **more))
    values = [r.findtext("IntegerValue") for r in
              ET.fromstring(body).iter("QualificationRequirement")]
    assert values == ["1", "2", "3"]
    # what is no number of a list is no parameter
    for n in ("0", "01", "-1", "1x", "9999999999", "99999999999999999999", "", "1.1"):
        status, _, body = answer_of(server, requester, "CreateHIT",
                                    **dict(good, **{wanted % n + "Comparator": "Exists"}))
        assert "QualificationRequirement" not in body or "<Errors>" in body
    # eleven are too many, and so is an endless list
    for n in (11, 5000):
        more = {wanted % (i + 1) + "QualificationTypeId": "00000000000000000040"
                for i in range(n)}
        more.update({wanted % (i + 1) + "Comparator": "Exists" for i in range(min(n, 4000))})
        status, _, body = answer_of(server, requester, "CreateHIT", **dict(good, **more))
        assert "<Errors>" in body
    body = post(server, "&".join("WorkerId.%d=A" % i for i in range(10001)))[2]
    assert code_of(body) == "InvalidParameterValue"


def test_first_index_left_out(server, requester):
    good = dict(GOOD, Question=question())
    good = {k.replace(".1.", "."): v for k, v in good.items()}
    status, _, body = answer_of(server, requester, "CreateHIT", **good)
    assert ET.fromstring(body).findtext("HIT/Reward/Amount") == "0.50"


def test_duplicates(server, requester):
    params = list(params_of(requester, "CreateHIT", **dict(GOOD, Question=question())).items())
    params += [("Title", "the last wins"), ("Title", "really")]
    text = "".join(k + v for k, v in sorted(params, key=lambda kv: kv[0].lower()))
    params.append(("Signature", mac(requester.secret, text)))
    body = post(server, urllib.parse.urlencode(params))[2]
    assert ET.fromstring(body).findtext("HIT/Title") == "really"


def test_hostile_text(server, requester, boto, worker):
    text = "<Errors>]]>&amp;<x/>'\"\u20ac\U0001f600"
    h = hit(boto, title=text[:100], description=text * 5, annotation=text, keywords=text)
    found = boto.get_hit(h.HITId)[0]
    assert found.Title == text[:100] and found.RequesterAnnotation == text
    done = worker.work(h.HITGroupId, tag=text)
    boto.reject_assignment(done, text)
    work = boto.get_assignments(h.HITId, response_groups=["AssignmentFeedback"])
    assert work[0].RequesterFeedback == text
    assert {a.qid: a.fields for a in work[0].answers[0]}["tag"] == [text]
    e = fails(turk("InvalidParameterValue"), boto.get_hit, text)
    ET.fromstring(e.body)


def test_literal_none(server, requester, boto):
    assert boto.search_qualification_types(query=None).status
    status, _, body = answer_of(server, requester, "CreateHIT", RequesterAnnotation="None",
                                **dict(GOOD, Question=question()))
    assert "RequesterAnnotation" not in body and "True" in body


def test_too_large(server):
    body = "Operation=CreateHIT&Question=" + "x" * (1024 * 1024)
    status, _, text = post(server, body)
    assert status == 413 and code_of(text) == "RequestEntityTooLarge"

"""Every documented error of the operations that are offered, as boto3 raises it: the class, the
TurkErrorCode, the opening words, and that nothing moved (requester-api 1.3, 1.6-1.9, 1.12, 2)."""
import re
import uuid

import boto3
import botocore.auth
import pytest
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
    for operation, more in OF_A_HIT[1:4]:
        refused(mturk, "RequestError", "HITDoesNotExist", "Hit", operation, **one, **more)
    refused(mturk, "RequestError", "InvalidHITState", "This HIT is currently in the state "
            "'Disposed'.", OF_A_HIT[4][0], **one, **OF_A_HIT[4][1])
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
def test_properties_of_a_type(unmoved, changed, words):
    """The same answer by CreateHIT and CreateHITType."""
    mturk = unmoved.client()
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
    ({"LifetimeInSeconds": 29}, None, "ifetimeInSeconds"),
    ({"LifetimeInSeconds": 31536001}, None, "ifetimeInSeconds"),
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
def test_properties_of_a_hit(unmoved, changed, name, words):
    """The same answer by CreateHIT and CreateHITWithHITType."""
    mturk = unmoved.client()
    of_type = {k: v for k, v in changed.items() if k in TYPE}
    of_hit = {k: v for k, v in changed.items() if k not in TYPE}
    made = mturk.create_hit_type(**dict(TYPE, **of_type))
    short = dict({k: v for k, v in HIT.items() if k not in TYPE}, HITTypeId=made["HITTypeId"])
    texts = set()
    for operation, members in (("create_hit", dict(HIT, **changed)),
                               ("create_hit_with_hit_type", dict(short, **of_hit))):
        with pytest.raises(mturk.exceptions.ClientError) as e:
            getattr(mturk, operation)(**{k: v for k, v in members.items() if v is not None})
        error = e.value.response["Error"]
        assert name in (None, error["Code"]) and words in error["Message"], error
        assert error["Code"] in ("ValidationException", "ParameterValidationError", "RequestError",
                                 "InvalidParameterCombinationError")
        texts.add(STAMP.sub("", error["Message"]))
    assert len(texts) == 1
    assert mturk.list_hits()["HITs"] == [] and money(mturk) == ("1000.00", "0.00")


def test_changes_of_a_hit(mturk):
    hit = new_hit(mturk, MaxAssignments=9)["HITId"]
    more = "create_additional_assignments_for_hit"
    refused(mturk, "RequestError", "InvalidMaximumAssignmentsIncrease", "", more, HITId=hit,
            NumberOfAdditionalAssignments=1)
    large = new_hit(mturk, MaxAssignments=10)["HITId"]
    balance = money(mturk)
    refused(mturk, "RequestError", "InsufficientFunds", SHORT, more, HITId=large,
            NumberOfAdditionalAssignments=100000)
    for n in (0, -1, 1000000001):
        with pytest.raises(mturk.exceptions.ClientError) as e:
            mturk.create_additional_assignments_for_hit(HITId=large, NumberOfAdditionalAssignments=n)
        assert e.value.response["Error"]["Code"] in ("ValidationException",
                                                     "ParameterValidationError")
    hit = mturk.get_hit(HITId=large)["HIT"]
    with pytest.raises(mturk.exceptions.ClientError) as e:
        mturk.update_expiration_for_hit(HITId=large, ExpireAt="2099-01-01T00:00:00Z")
    assert e.value.response["Error"]["Code"] == "ParameterValidationError"
    assert mturk.get_hit(HITId=large)["HIT"] == hit and money(mturk) == balance


def test_bonus(server, mturk, worker):
    hit = new_hit(mturk)
    good = dict(AssignmentId=worker.work(hit["HITGroupId"]), WorkerId=worker.id, Reason="r",
                BonusAmount="0.10")
    balance = money(mturk)
    other = server.worker()
    refused(mturk, "RequestError", "AssignmentDoesNotExist", "Assignment ", "send_bonus",
            **dict(good, WorkerId=other.id))
    refused(mturk, "ParameterValidationError", None,
            'The value "AEXAMPLE00000" is not valid for the parameter WorkerId.', "send_bonus",
            **dict(good, WorkerId="AEXAMPLE00000"))
    refused(mturk, "ParameterValidationError", None, "The value ", "send_bonus",
            **dict(good, BonusAmount="0"))
    for amount in ("0.001", "-1", "1,5", "$1"):
        refused(mturk, "ValidationException", None, "1 validation error detected: Value '%s' at "
                "'bonusAmount'" % amount, "send_bonus", **dict(good, BonusAmount=amount))
    refused(mturk, "RequestError", "InsufficientFunds", SHORT, "send_bonus",
            **dict(good, BonusAmount="5000"))
    assert money(mturk) == balance
    mturk.send_bonus(UniqueRequestToken="a", **good)
    refused(mturk, "RequestError", "DuplicateRequest",
            'The idempotency token "a" has already been processed.', "send_bonus",
            UniqueRequestToken="a", **dict(good, BonusAmount="5000"))


def test_a_token_is_remembered_a_day(server, mturk, worker):
    """1.12: a failed call does not use it up; scope is the caller; 24 hours from the first use."""
    refused(mturk, "RequestError", "InsufficientFunds", SHORT, "create_hit",
            **dict(HIT, Reward="9000", UniqueRequestToken="day"))
    first = mturk.create_hit(UniqueRequestToken="day", **HIT)["HIT"]["HITId"]
    balance = money(mturk)
    words = 'The HIT with ID "%s" already exists.' % first
    refused(mturk, "RequestError", "HITAlreadyExists", words, "create_hit",
            **dict(HIT, Reward="9000", UniqueRequestToken="day"))  # before funds are looked at
    server.advance("23h")
    refused(mturk, "RequestError", "HITAlreadyExists", words, "create_hit",
            UniqueRequestToken="day", **HIT)
    assert money(mturk)[0] <= balance[0]
    other = server.requester(deposit="10.00").client()
    assert other.create_hit(UniqueRequestToken="day", **HIT)["HIT"]["HITId"] != first
    server.advance("61m")
    assert mturk.create_hit(UniqueRequestToken="day", **HIT)["HIT"]["HITId"] != first


def invocation(client, value):
    """Makes the SDK send this amz-sdk-invocation-id, as it does when it tries a call again."""
    def put(request, **_):
        request.headers["amz-sdk-invocation-id"] = value

    client.meta.events.register("before-send", put)
    client.meta.events.register("request-created", put)


def test_an_sdk_tries_again(server, requester, worker):
    """The answer of the first attempt is given again, and nothing is paid twice."""
    mturk = requester.client()
    hit = new_hit(mturk)
    work = [w.work(hit["HITGroupId"]) for w in (worker, server.worker())]
    mturk.reject_assignment(AssignmentId=work[0], RequesterFeedback="no")
    calls = [("approve_assignment", {"AssignmentId": work[0], "OverrideRejection": True}),
             ("send_bonus", {"AssignmentId": work[0], "WorkerId": worker.id, "Reason": "r",
                             "BonusAmount": "0.10"}),
             ("reject_assignment", {"AssignmentId": work[1], "RequesterFeedback": "no"}),
             ("create_hit", HIT),
             ("create_additional_assignments_for_hit", {"HITId": hit["HITId"],
                                                        "NumberOfAdditionalAssignments": 1})]
    for operation, members in calls:
        again = requester.client()
        invocation(again, str(uuid.uuid4()))
        first = getattr(again, operation)(**members)
        balance = money(mturk)
        second = getattr(again, operation)(**members)
        for answer in (first, second):
            del answer["ResponseMetadata"]
        assert first == second and money(mturk) == balance
    # a refusal is an answer too
    again = requester.client()
    invocation(again, str(uuid.uuid4()))
    for _ in range(2):
        refused(again, "RequestError", "InvalidAssignmentState", ONLY_SUBMITTED,
                "approve_assignment", AssignmentId=work[1])
    # another body under the same id is another call
    invocation(again, "the-same")
    again.create_hit(**HIT)
    assert again.create_hit(**dict(HIT, Title="other"))["HIT"]["Title"] == "other"


def test_a_lost_answer_pays_once(server, requester, worker):
    """boto3 itself tries again when the answer does not arrive."""
    from botocore.exceptions import ConnectionClosedError
    mturk = requester.client(retries=3)
    work = worker.work(new_hit(mturk)["HITGroupId"])
    mturk.reject_assignment(AssignmentId=work, RequesterFeedback="no")
    before = float(money(mturk)[0])
    ids, send = [], mturk._endpoint.http_session.send

    def lose_the_first(request):
        answer = send(request)
        ids.append(request.headers["amz-sdk-invocation-id"])
        if len(ids) == 1:
            raise ConnectionClosedError(endpoint_url=request.url)
        return answer

    mturk._endpoint.http_session.send = lose_the_first
    mturk.approve_assignment(AssignmentId=work, OverrideRejection=True)
    mturk._endpoint.http_session.send = send
    assert len(ids) == 2 and ids[0] == ids[1]
    assert round(before - float(money(mturk)[0]), 2) == 0.60


def test_next_token(server, requester, worker):
    """1.9: with every page that has something, never after; bound to operation, filter, caller."""
    mturk = requester.client()
    assert "NextToken" not in mturk.list_hits()
    group = None
    for _ in range(3):
        group = new_hit(mturk, Title="three", MaxAssignments=1)["HITGroupId"]
    pages, more = [], {}
    while True:
        page = mturk.list_hits(MaxResults=2 if not pages else 1, **more)
        pages.append(page)
        if page["NumResults"] == 0:
            break
        more = {"NextToken": page["NextToken"]}
    assert [p["NumResults"] for p in pages] == [2, 1, 0] and "NextToken" not in pages[-1]
    token = pages[0]["NextToken"]
    words = 'The value "%s" is not valid for the parameter NextToken.'
    hit = mturk.list_hits()["HITs"][0]["HITId"]
    stranger = server.requester().client()
    for client, operation, members in (
            (mturk, "list_reviewable_hits", {}), (stranger, "list_hits", {}),
            (mturk, "list_assignments_for_hit", {"HITId": hit})):
        refused(client, "ParameterValidationError", None, words % token, operation,
                NextToken=token, **members)
    for bad in (token[:-1], token + "A", token.replace("p2:", "p1:"), "x",
                token[:8] + ("A" if token[8] != "A" else "B") + token[9:]):
        refused(mturk, "ParameterValidationError", None, words % bad, "list_hits", NextToken=bad)
    refused(mturk, "ValidationException", None, "1 validation error detected: Value '", "list_hits",
            NextToken="x" * 256)
    refused(mturk, "ValidationException", None, "1 validation error detected: Value '101' at "
            "'maxResults'", "list_hits", MaxResults=101)
    for i in range(3):
        server.worker().work(group, tag="x")
    page = mturk.list_reviewable_hits(MaxResults=1)
    refused(mturk, "ParameterValidationError", None, words % page["NextToken"],
            "list_reviewable_hits", NextToken=page["NextToken"], Status="Reviewing")


def signed(requester, change):
    """A client whose signer is changed; names and clocks in it are the test's."""
    return boto3.client("mturk", endpoint_url=requester.server.url,
                        config=Config(retries={"max_attempts": 0}),
                        **dict(dict(region_name="us-east-1", aws_access_key_id=requester.access,
                                    aws_secret_access_key=requester.secret), **change))


def test_regions(requester):
    for region in ("us-east-1", "eu-central-1", "sandbox", "nowhere-7"):
        client = signed(requester, {"region_name": region})
        assert client.get_account_balance()["AvailableBalance"] == "1000.00"


def test_keys(server, requester):
    invalid = "The security token included in the request is invalid."
    other = server.requester()
    wrong = signed(requester, {"aws_secret_access_key": requester.secret[:-1] +
                               ("A" if requester.secret[-1] != "A" else "B")})
    refused(wrong, "InvalidSignatureException", None, "The request signature we calculated does "
            "not match the signature you provided.", "get_account_balance")
    mixed = signed(requester, {"aws_secret_access_key": other.secret})
    refused(mixed, "InvalidSignatureException", None, "The request", "get_account_balance")
    unknown = signed(requester, {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"})
    refused(unknown, "UnrecognizedClientException", None, invalid, "get_account_balance")


def test_a_byte_of_the_signature(requester):
    def one_off(request, **_):
        good = request.headers["Authorization"].decode()
        request.headers["Authorization"] = good[:-1] + ("0" if good[-1] != "0" else "1")

    mturk = requester.client()
    mturk.get_account_balance()
    mturk.meta.events.register("before-send", one_off)
    refused(mturk, "InvalidSignatureException", None, "The request signature", "create_hit", **HIT)
    assert requester.client().list_hits()["HITs"] == []


@pytest.mark.parametrize("minutes, words", [
    (-4, None), (4, None), (-6, "Signature expired: "), (6, "Signature not yet current: ")])
def test_a_wrong_clock(requester, monkeypatch, minutes, words):
    import datetime
    real = datetime.datetime

    class Clock(real):
        @classmethod
        def utcnow(cls):
            return real.utcnow() + datetime.timedelta(minutes=minutes)

    mturk = requester.client()
    monkeypatch.setattr(botocore.auth.datetime, "datetime", Clock)
    if words:
        refused(mturk, "InvalidSignatureException", None, words, "get_account_balance")
    else:
        mturk.get_account_balance()

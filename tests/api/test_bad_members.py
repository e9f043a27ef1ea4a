"""What is wrong with a call's members, made from the table that the decoder uses (`hitd ops --json`): for
every operation each member missing, of a wrong type, too long, out of range, off its pattern, no word of
its list; ids that are unknown, another's, of another kind; a page token of another call. Each is
answered by the documented error, and changes nothing.
"""
import time

import pytest

from market import HTML, new_hit, operations
from test_people import refused

OPS = operations()

# What the decoder and the documents' readers find never reaches a store: one is enough.
ON_ANY_STORE = pytest.mark.parametrize("server", ["sqlite"], indirect=True, scope="session")

UNKNOWN = {"WorkerId": "AEXAMPLE00000", "WorkerIds": ["AEXAMPLE00000"]}


def word(field):
    """A text that keeps to the field's bounds and pattern."""
    letter = "A" if "pattern" in field else "a"
    return letter * max(field.get("min", 0), 2)


def good(field):
    kind = field["type"]
    if kind == "integer":
        return max(field.get("min", 1), 1)
    if kind == "boolean":
        return True
    if kind == "amount":
        return "0.10"
    if kind == "time":
        return 0
    if kind == "word":
        return field["words"][0]
    if kind == "list of words":
        return [field["words"][0]]
    if kind == "list of integers":
        return [1]
    if kind == "list of texts":
        return [word(field)]
    if kind == "list of objects":
        return [members(field["fields"])]
    if kind == "object":
        return members(field.get("fields", []))
    return word(field)


def members(fields):
    return {f["name"]: good(f) for f in fields if f["required"]}


def wrong_types(field):
    kind = field["type"]
    if kind in ("text", "word"):
        return [7, True, ["x"], {"x": 1}]
    if kind == "integer":
        return ["7", 1.5, True, [1]]
    if kind == "boolean":
        return ["true", 1]
    if kind == "amount":
        return [True, [1], {"x": 1}]
    if kind == "time":
        return [True, [1], "soon"]
    if kind == "object":
        return ["x", [1], 7]
    return ["x", 7, {"x": 1}]  # lists


def off_bounds(field):
    """Values that the decoder finds out, and what its finding says."""
    kind = field["type"]
    bad = []
    if kind == "integer":
        for bound, step, words in (("max", 1, "less than or equal to"),
                                   ("min", -1, "greater than or equal to")):
            if bound in field and abs(field[bound]) < 2 ** 53:
                bad.append((field[bound] + step, words))
    elif kind == "text":
        if field.get("max"):
            bad.append((("A" if "pattern" in field else "a") * (field["max"] + 1),
                        "less than or equal to"))
        if field.get("min"):
            bad.append(("", "greater than or equal to"))
        if "pattern" in field:
            bad.append(("a-b c", "satisfy regular expression pattern: " + field["pattern"]))
    elif kind == "amount":
        bad += [(v, "satisfy regular expression pattern")
                for v in (".5", "1.234", "1e3", "-1", "1,00", "", "NaN")]
    elif kind == "word":
        bad.append(("NoSuchWord", "satisfy enum value set"))
    elif kind == "list of words":
        bad.append((["NoSuchWord"], "satisfy enum value set"))
    elif kind in ("list of texts", "list of integers", "list of objects"):
        if field.get("max"):
            bad.append(([good(field)[0]] * (field["max"] + 1), "less than or equal to"))
    return bad


def digest(requester):
    """What a refused call could have changed, as the requester himself would see it."""
    client = requester.client()
    balance = client.get_account_balance()
    hits = [(h["HITId"], h["HITStatus"], h["MaxAssignments"], h["Expiration"])
            for h in client.list_hits(MaxResults=100)["HITs"]]
    work = [(a["AssignmentId"], a["AssignmentStatus"], a.get("RequesterFeedback"))
            for h in hits for a in client.list_assignments_for_hit(HITId=h[0])["Assignments"]]
    types = client.list_qualification_types(MustBeRequestable=False, MustBeOwnedByCaller=True,
                                            MaxResults=100)["QualificationTypes"]
    return (balance["AvailableBalance"], balance.get("OnHoldBalance"), hits, work, types,
            client.list_worker_blocks()["WorkerBlocks"])


# One of each for all cases, as none may change anything.

@pytest.fixture(scope="module")
def caller(server):
    return server.requester(deposit="1000.00")


@pytest.fixture(scope="module")
def stranger(server):
    return server.requester(deposit="100.00")


def spelled(name):
    return name[0].lower() + name[1:]


def defects(fields, base, wrap):
    """Members with one thing wrong, at any depth: members, error, what its text holds."""
    for field in fields:
        name, at = field["name"], spelled(field["name"]) + "'"
        if field["required"]:
            for given in ({k: v for k, v in base.items() if k != name}, {**base, name: None}):
                yield wrap(given), "ValidationException", (at, "Member must not be null")
        for value in wrong_types(field):
            yield wrap({**base, name: value}), "SerializationException", (spelled(name),)
        for value, rule in off_bounds(field):
            yield wrap({**base, name: value}), "ValidationException", (spelled(name), rule)
        if "fields" in field:
            many = field["type"] == "list of objects"

            def inside(given, name=name, many=many):
                return wrap({**base, name: [given] if many else given})
            yield from defects(field["fields"], members(field["fields"]), inside)


@ON_ANY_STORE
@pytest.mark.parametrize("name", sorted(OPS))
def test_members(caller, things, name):
    fields, before = OPS[name]["fields"], digest(caller)
    base = whole(name)
    base.update({k: v for k, v in things.items() if k == "HITTypeId" and k in base})
    for given, kind, words in defects(fields, base, lambda given: given):
        status, body = caller.raw(name, given)
        assert (status, body["__type"]) == (400, kind), (given, body)
        assert all(w in body["Message"] for w in words), (words, body["Message"])
    assert digest(caller) == before


def whole(name):
    """Required members, and what a policy needs to be read at all."""
    given = members(OPS[name]["fields"])
    if any(f["name"] == "HITLayoutId" for f in OPS[name]["fields"]):
        given["Question"] = HTML
    return given


@pytest.fixture(scope="module")
def things(server, caller):
    """One object of each kind, all of the same requester."""
    mturk, worker = caller.client(), server.worker()
    hit = new_hit(mturk)
    done = worker.work(hit["HITGroupId"])
    made = mturk.create_qualification_type(Name="Q", Description="d", QualificationTypeStatus="Active")
    type_id = made["QualificationType"]["QualificationTypeId"]
    return {"HITId": hit["HITId"], "AssignmentId": done, "HITTypeId": hit["HITTypeId"],
            "QualificationTypeId": type_id, "QualificationRequestId": "3" + "B" * 29,
            "WorkerId": worker.id, "WorkerIds": [worker.id], "HITLayoutId": "3" + "C" * 29}


# These say what they did for each worker, or are harmless with an unknown one (2.30).
FAILS_INSIDE = {"NotifyWorkers"}


@pytest.mark.parametrize("name", sorted(n for n, op in OPS.items() if n not in FAILS_INSIDE and any(
    f["required"] and f["name"].endswith("Id") for f in op["fields"])))
def test_ids(caller, stranger, things, name):
    op = OPS[name]
    base = {**members(op["fields"]), **{f["name"]: things[f["name"]] for f in op["fields"]
                                        if f["required"] and f["name"] in things}}
    before = digest(caller)
    for field in op["fields"]:
        if not (field["required"] and field["name"].endswith("Id")):
            continue
        unknown = UNKNOWN.get(field["name"], "3" + "Z" * 29)
        others = [v for k, v in things.items() if k != field["name"] and isinstance(v, str) and
                  v.startswith("3")] if field["name"] != "WorkerId" else [caller.id]
        for value in (unknown, *others):
            status, body = caller.raw(name, {**base, field["name"]: value})
            assert status == 400 and body["__type"] in (
                "RequestError", "ParameterValidationError"), (field["name"], value, body)
            assert body["TurkErrorCode"] in {e["code"] for e in op["errors"]}, body
    if name not in ("GetQualificationType", "ListHITsForQualificationType", "CreateWorkerBlock",
                    "DeleteWorkerBlock"):  # types may be anybody's, workers are everybody's
        status, body = stranger.raw(name, base)
        assert status == 400 and body["__type"] in ("RequestError", "ParameterValidationError"), body
    assert digest(caller) == before


@pytest.mark.parametrize("name, member, more", [
    ("ListReviewableHITs", "HITTypeId", {}), ("ListQualificationRequests", "QualificationTypeId", {}),
    ("ListBonusPayments", "HITId", {}), ("ListBonusPayments", "AssignmentId", {}),
    ("CreateHIT", "HITLayoutId", {}), ("CreateHITWithHITType", "HITLayoutId", {}),
    ("CreateHITType", "QualificationRequirements", {})])
def test_ids_that_may_be_absent(caller, stranger, things, name, member, more):
    before = digest(caller)
    base = {**members(OPS[name]["fields"]),
            **{k: v for k, v in things.items() if k == "HITTypeId" and name == "CreateHITWithHITType"}}
    kinds = [v for k, v in things.items() if k not in (member, "WorkerIds") and v[0] == "3"]
    theirs = [] if member not in things or member == "HITLayoutId" else [things[member]]
    for who, values in ((caller, ["3" + "Z" * 29, *kinds]), (stranger, theirs)):
        for value in values:
            given = {**base, member: value}
            if member == "QualificationRequirements":
                if value == things["QualificationTypeId"]:
                    continue
                given[member] = [{"QualificationTypeId": value, "Comparator": "Exists"}]
            status, body = who.raw(name, given)
            assert status == 400 and body["TurkErrorCode"] in {
                e["code"] for e in OPS[name]["errors"]}, (value, body)
    assert digest(caller) == before


def test_letters_to_nobody(caller, things):
    """NotifyWorkers says for each why it has failed."""
    before = digest(caller)
    ids = ["AEXAMPLE00000", caller.id, things["WorkerId"]]  # nothing is decided on the last one's
    status, body = caller.raw("NotifyWorkers", {"Subject": "s", "MessageText": "m", "WorkerIds": ids})
    assert status == 200 and digest(caller) == before
    assert [f["WorkerId"] for f in body["NotifyWorkersFailureStatuses"]] == ids


@pytest.mark.parametrize("name", sorted(
    n for n, op in OPS.items() if any(f["name"] == "NextToken" for f in op["fields"])))
def test_page_tokens_of_another_call(caller, things, name):
    for _ in range(2):
        new_hit(caller.client())
    token = caller.client().list_hits(MaxResults=1)["NextToken"]
    if name == "ListHITs":
        token = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    base = {**members(OPS[name]["fields"]),
            **{f["name"]: things[f["name"]] for f in OPS[name]["fields"]
               if f["name"] in things and (f["required"] or f["name"] == "HITId")}}
    status, body = caller.raw(name, {**base, "NextToken": token})
    assert (status, body["__type"]) == (400, "ParameterValidationError"), body
    assert "NextToken" in body["Message"]


def test_a_hundred_workers_and_one_more(server, mturk, worker):
    hit = new_hit(mturk)
    mturk.approve_assignment(AssignmentId=worker.work(hit["HITGroupId"]))
    many = [worker.id] + ["AEXAMPLE%05d" % n for n in range(99)]
    failures = mturk.notify_workers(Subject="s", MessageText="m",
                                    WorkerIds=many)["NotifyWorkersFailureStatuses"]
    assert len(failures) == 99
    refused(mturk, "ValidationException", "", "notify_workers", Subject="s", MessageText="m",
            WorkerIds=many + ["AEXAMPLE99999"])


# ---- what is wrong inside of a document ----

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
DOCUMENTS = {
    "Question": HTML,
    "Test": f'''<QuestionForm xmlns="{SCHEMAS}2017-11-06/QuestionForm.xsd"><Question>
<QuestionIdentifier>q</QuestionIdentifier><QuestionContent><Text>?</Text></QuestionContent>
<AnswerSpecification><FreeTextAnswer/></AnswerSpecification></Question></QuestionForm>''',
    "AnswerKey": f'''<AnswerKey xmlns="{SCHEMAS}2005-10-01/AnswerKey.xsd"><Question>
<QuestionIdentifier>q</QuestionIdentifier></Question></AnswerKey>''',
}
HOLDERS = [("CreateHIT", "Question"), ("CreateHITWithHITType", "Question"),
           ("CreateQualificationType", "Test"), ("CreateQualificationType", "AnswerKey"),
           ("UpdateQualificationType", "Test"), ("UpdateQualificationType", "AnswerKey")]
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    "<!ENTITY %s '%s'>" % (b, "&%s;" % a * 10) for a, b in zip("abcdefghi", "bcdefghij")) + "]>"


def spoiled(document):
    root = document.split(maxsplit=1)[0][1:]
    yield "empty", ""
    yield "no XML", "Which is it?"
    yield "not well-formed", document[:-3]
    yield "two roots", document + document
    yield "another root", document.replace(root, "Questions")
    yield "another namespace", document.replace(SCHEMAS, "http://example.org/")
    yield "an element too many", document.replace("</%s>" % root, "<More/></%s>" % root)
    yield "a text astray", document.replace("</%s>" % root, "astray</%s>" % root)
    yield "entities", LAUGHS + document.replace("</%s>" % root, "&j;</%s>" % root)
    yield "a file", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + document
    yield "a parameter entity", "<!DOCTYPE x [<!ENTITY %% e SYSTEM '%s'> %%e;]>" % (
        "http://127.0.0.1:9/x") + document
    yield "nested", document.replace("</%s>" % root, "<a>" * 20000)
    yield "nested and too long", "<a>" * 300000


@ON_ANY_STORE
@pytest.mark.parametrize("name, member", HOLDERS)
def test_documents(caller, things, name, member):
    before = digest(caller)
    base = {**members(OPS[name]["fields"]), **{k: things[k] for k in ("HITTypeId",
            "QualificationTypeId") if any(f["name"] == k for f in OPS[name]["fields"])}}
    if member != "Question":
        base.update(Test=DOCUMENTS["Test"], TestDurationInSeconds=60)
    for what, document in spoiled(DOCUMENTS[member]):
        status, body = caller.raw(name, {**base, member: document})
        assert status == 400 and body["__type"] in ("ParameterValidationError",
                                                    "ValidationException"), (what, status, body)
        if body["__type"] == "ParameterValidationError" and document:
            assert body["Message"].startswith("There was an error parsing the X"), (what, body)
            assert body["TurkErrorCode"].endswith("MLParseError")
        assert "root:" not in body["Message"]
    status, body = caller.raw(name, {**base, member: "<a>" * 1000000})
    assert (status, body["__type"]) == (413, "RequestEntityTooLargeException")
    assert digest(caller) == before


FOR_EVER = ["^(a+)+$", "^(a|aa)+$", "^(.*a){25}$", "^((a*)*)*b$", "(x+x+)+y"]
LEFT_TO_THE_BROWSER = ["((a{1,1000}){1,1000}){1,1000}", "a{1000000000}", "(?=a)b", "(a)\\1b"]


def with_pattern(regex):
    return DOCUMENTS["Test"].replace(
        "<FreeTextAnswer/>", "<FreeTextAnswer><Constraints><AnswerFormatRegex regex='%s' "
        "errorText='No.'/></Constraints></FreeTextAnswer>" % regex)


@ON_ANY_STORE
def test_patterns_that_would_run_for_ever(server, mturk, worker):
    """Matched in no time, or not at all (docs/decisions/0019)."""
    for regex in FOR_EVER + LEFT_TO_THE_BROWSER:
        hit = new_hit(mturk, Question=with_pattern(regex), MaxAssignments=1)
        _, entry = worker.accept(hit["HITGroupId"])
        began = time.monotonic()
        status, said = worker.submit(entry["assignment_id"], q="a" * 5000 + "!" + "x" * 5000)
        assert status == (422 if regex in FOR_EVER else 200), (regex, said)
        assert time.monotonic() - began < 5, regex


@ON_ANY_STORE
def test_patterns_that_are_none(caller):
    before = digest(caller)
    for regex in ("(" * 5000 + "a" + ")" * 5000, "(a", "[z-a]", "a**{", "+"):
        status, body = caller.raw("CreateHIT", {**whole("CreateHIT"), "Question": with_pattern(regex)})
        assert (status, body.get("__type")) == (400, "ParameterValidationError"), (regex, body)
    assert digest(caller) == before


# ---- tokens ----

@pytest.mark.parametrize("name", sorted(
    n for n, op in OPS.items() if any(f["name"] == "UniqueRequestToken" for f in op["fields"])))
def test_tokens_used_twice(server, name):
    """The second call of a token is refused, whatever else it says; a failed call uses none up."""
    r, w = server.requester(deposit="100.00"), server.worker()
    hit = new_hit(r.client(), MaxAssignments=3)
    done = w.work(hit["HITGroupId"])
    base = {**whole(name), "UniqueRequestToken": "t" * 64}
    base.update({k: v for k, v in {"HITId": hit["HITId"], "HITTypeId": hit["HITTypeId"],
                                   "AssignmentId": done, "WorkerId": w.id}.items() if k in base})
    other = {"CreateAdditionalAssignmentsForHIT": {"NumberOfAdditionalAssignments": 2},
             "SendBonus": {"BonusAmount": "0.20"}}.get(name, {"MaxAssignments": 2})
    too_dear = {"CreateAdditionalAssignmentsForHIT": {"NumberOfAdditionalAssignments": 9},
                "SendBonus": {"BonusAmount": "90.00"}}.get(name, {"MaxAssignments": 1000})
    status, body = r.raw(name, {**base, **too_dear})
    assert status == 400, body
    status, body = r.raw(name, base)
    assert status == 200, body
    before = digest(r)
    for again in (base, {**base, **other}, {**base, **too_dear}):
        status, body = r.raw(name, again)
        assert status == 400 and body["TurkErrorCode"].rpartition(".")[2] in (
            "HITAlreadyExists", "DuplicateRequest"), body
        assert digest(r) == before
    status, _ = r.raw(name, {**base, "UniqueRequestToken": "T" * 64})
    assert status == 200

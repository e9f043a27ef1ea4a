"""What is wrong with a call's members, made from the table that the decoder uses (`hitd ops --json`): for
every operation each member missing, of a wrong type, too long, out of range, off its pattern, no word of
its list; ids that are unknown, another's, of another kind; a page token of another call. Each is
answered by the documented error, and changes nothing.
"""
import pytest

from market import new_hit, operations
from test_people import refused

OPS = operations()

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


@pytest.mark.parametrize("name", sorted(OPS))
def test_members(caller, name):
    op = OPS[name]
    base = members(op["fields"])
    before = digest(caller)

    def answer(given):
        status, body = caller.raw(name, given)
        return status, body.get("__type", ""), body.get("Message", "")

    def spelled(field):
        return field["name"][0].lower() + field["name"][1:]

    for field in op["fields"]:
        if field["required"]:
            for given in ({k: v for k, v in base.items() if k != field["name"]},
                          {**base, field["name"]: None}):
                status, kind, words = answer(given)
                assert (status, kind) == (400, "ValidationException"), (field, words)
                assert "Value null at '%s' failed to satisfy constraint: Member must not be null" % (
                    spelled(field)) in words
        for value in wrong_types(field):
            status, kind, words = answer({**base, field["name"]: value})
            assert (status, kind) == (400, "SerializationException"), (field, value, words)
            assert spelled(field) in words
        for value, rule in off_bounds(field):
            status, kind, words = answer({**base, field["name"]: value})
            assert (status, kind) == (400, "ValidationException"), (field, value, words)
            assert "at '%s" % spelled(field) in words and rule in words, words
    assert digest(caller) == before


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
            assert body["TurkErrorCode"].startswith(("AWS.MechanicalTurk.", "AWS."))
    if name not in ("GetQualificationType", "ListHITsForQualificationType", "CreateWorkerBlock",
                    "DeleteWorkerBlock"):  # types may be anybody's, workers are everybody's
        status, body = stranger.raw(name, base)
        assert status == 400 and body["__type"] in ("RequestError", "ParameterValidationError"), body
    assert digest(caller) == before


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

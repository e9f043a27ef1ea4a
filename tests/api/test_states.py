"""The state tables of requester-api 2 and 3, cell by cell: each operation in each state of a HIT, an
assignment, a qualification type, a worker's qualification. A cell is what follows:

    "Reviewable"           done; the object is in that state afterwards
    ("Approved", -60)      done, and so many cents are available more
    DENIED["…"]            refused by this TurkErrorCode and these opening words; nothing has changed

What nothing is, the requester's own view says: money, states, counters, qualifications. The end of
the server's life runs `hitd check`.
"""
import collections
import itertools

import pytest

from market import HTML, new_hit
from test_people import refused

Refusal = collections.namedtuple("Refusal", "kind code words")
STATUS = "This operation can be called with a status of: "


def denied(code, words):
    return Refusal("RequestError", code, words)


NO_HIT = denied("HITDoesNotExist", "Hit ")
NO_WORK = denied("AssignmentDoesNotExist", "Assignment ")
NOT_SUBMITTED = denied("InvalidAssignmentState", STATUS + "Submitted")
NOT_YET = denied("InvalidAssignmentState", STATUS + "null")
UNSEEN = denied("InvalidAssignmentState", STATUS + "Reviewable,Approved,Rejected")
GONE_HIT = denied("InvalidHITState", "This HIT is currently in the state 'Disposed'.  " + STATUS)
NO_FILE = Refusal("ParameterValidationError", None, "The assignment has no file for the question ")
NOT_HELD = denied("QualificationDoesNotExist", "You requested a Qualification that does not exist.")
REVOKED = denied("InvalidQualificationState", STATUS + "Granted")
NO_TYPE = denied("QualificationTypeDoesNotExist", "QualificationType ")
GONE_TYPE = denied("InvalidQualificationTypeState", STATUS + "Active,Inactive")
ASLEEP = denied("InvalidQualificationTypeState", STATUS + "Active")
FOREIGN = denied("PermissionDenied", "This user is not authorized to perform")
NO_REQUEST = denied("QualificationRequestDoesNotExist", "QualificationRequest ")
DECIDED = denied("InvalidQualificationRequestState", STATUS + "Pending")


def hit_in(state):
    return denied("InvalidHITState", f"This HIT is currently in the state '{state}'.  " + STATUS)


def table(text, names):
    """Rows of a table whose cells are names of expectations, by row and column."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    head, rows = lines[0][1:], lines[1:]
    assert all(len(row) == len(head) + 1 for row in rows)
    return {row[0]: dict(zip(head, (names.get(cell, cell) for cell in row[1:]))) for row in rows}


class Desk:
    """One requester's view, and workers who take turns."""

    def __init__(self, server):
        self.server = server
        self.mturk = server.requester(deposit="1000.00").client()
        self.other = server.requester(deposit="100.00").client()
        self.workers = itertools.cycle([server.worker() for _ in range(3)])
        self.worker = next(self.workers)
        self.numbers = itertools.count(1)

    def available(self):
        return round(float(self.mturk.get_account_balance()["AvailableBalance"]) * 100)

    def assigned(self, hit):
        status, entry = self.worker.accept(hit["HITGroupId"])
        assert status == 200, entry
        return entry["assignment_id"]

    def hit(self, **more):
        return new_hit(self.mturk, AssignmentDurationInSeconds=600, **more)

    def expire(self, hit):
        self.mturk.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


def play(desk, cell, call, members, look, money=lambda: 0):
    """One cell: look() is what may not change on a refusal, and begins with the object's state."""
    before, paid = look(), money()
    if isinstance(cell, Refusal):
        said = refused(desk.mturk, cell.kind, cell.code, call, **members)
        assert said.startswith(cell.words), said
        assert look() == before and money() == paid
        return
    after, cents = cell if isinstance(cell, tuple) else (cell, 0)
    getattr(desk.mturk, call)(**members)
    assert look()[0] == after, call
    assert money() - paid == cents, call


# ---- HITs (3.1, 2.4, 2.10, 2.36, 2.37) ----

class Hits:
    """A HIT of two slots in each state, by name."""

    def __init__(self, desk):
        self.desk = desk

    def Assignable(self):
        return self.desk.hit(MaxAssignments=2)

    def Unassignable(self):
        hit = self.desk.hit(MaxAssignments=1)
        self.desk.assigned(hit)
        return hit

    def Ending(self):
        """Expired with work in progress, and a slot that nobody took."""
        hit = self.desk.hit(MaxAssignments=2)
        self.desk.assigned(hit)
        self.desk.expire(hit)
        return hit

    def Undecided(self):
        hit = self.desk.hit(MaxAssignments=1)
        self.desk.worker.work(hit["HITGroupId"])
        return hit

    def Reviewable(self):
        hit = self.Undecided()
        work = self.desk.mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]
        self.desk.mturk.approve_assignment(AssignmentId=work[0]["AssignmentId"])
        return hit

    def Expired(self):
        hit = self.desk.hit(MaxAssignments=2)
        self.desk.expire(hit)
        return hit

    def Reviewing(self):
        hit = self.Reviewable()
        self.desk.mturk.update_hit_review_status(HITId=hit["HITId"])
        return hit

    def Disposed(self):
        hit = self.Expired()
        self.desk.mturk.delete_hit(HITId=hit["HITId"])
        return hit


SOON = 90000  # seconds from now
HIT_CELLS = {"-": NO_HIT, "gone": GONE_HIT, "open": hit_in("Assignable"),
             "busy": hit_in("Unassignable"), "undecided": hit_in("Reviewable"),
             "same": "same", "opens": ("Assignable", -120), "frees": ("Reviewable", 120),
             "grows": ("Assignable", -60), "halts": ("Unassignable", 0), "ends": ("Unassignable", 0),
             "more": ("Assignable", -120)}
HIT_TABLE = table("""
                            | Assignable | Unassignable | Ending | Undecided  | Reviewable | Expired    | Reviewing  | Disposed
get_hit                     | same       | same         | same   | same       | same       | same       | same       | same
list_assignments_for_hit    | same       | same         | same   | same       | same       | same       | same       | -
list_review_policy_results  | same       | same         | same   | same       | same       | same       | same       | same
list_bonus_payments         | same       | same         | same   | same       | same       | same       | same       | -
create_additional           | grows      | grows        | ends   | grows      | grows      | Reviewable | grows      | gone
expire                      | frees      | ends         | ends   | Reviewable | Reviewable | Reviewable | Reviewing  | -
extend                      | Assignable | ends         | grows  | Reviewable | Reviewable | more       | Reviewing  | -
review                      | open       | busy         | busy   | Reviewing  | Reviewing  | Reviewing  | Reviewing  | -
review_back                 | open       | busy         | busy   | Reviewable | Reviewable | Reviewable | Reviewable | -
change_type                 | same       | same         | same   | same       | same       | same       | same       | -
delete_hit                  | open       | busy         | busy   | undecided  | Disposed   | Disposed   | Disposed   | -
""", HIT_CELLS)


def hit_call(desk, name, hit):
    only = {"HITId": hit["HITId"]}
    now = hit["CreationTime"].timestamp()
    return {
        "list_review_policy_results": ("list_review_policy_results_for_hit", only),
        "create_additional": ("create_additional_assignments_for_hit",
                              {**only, "NumberOfAdditionalAssignments": 1}),
        "expire": ("update_expiration_for_hit", {**only, "ExpireAt": 0}),
        "extend": ("update_expiration_for_hit", {**only, "ExpireAt": int(now) + SOON}),
        "review": ("update_hit_review_status", only),
        "review_back": ("update_hit_review_status", {**only, "Revert": True}),
        "change_type": ("update_hit_type_of_hit", {**only, "HITTypeId": desk.same_price}),
    }.get(name, (name, only))


@pytest.mark.parametrize("operation", HIT_TABLE)
def test_hits(desk, operation):
    mturk, worker = desk.mturk, next(desk.workers)
    desk.worker = worker
    desk.same_price = mturk.create_hit_type(Title="Another", Description="d", Reward="0.50",
                                            AssignmentDurationInSeconds=600)["HITTypeId"]
    for state, cell in HIT_TABLE[operation].items():
        hit = getattr(Hits(desk), state)()

        def look():
            seen = mturk.get_hit(HITId=hit["HITId"])["HIT"]
            return (seen["HITStatus"], seen["MaxAssignments"], seen["Expiration"],
                    seen["NumberOfAssignmentsPending"], seen["NumberOfAssignmentsAvailable"],
                    seen["NumberOfAssignmentsCompleted"], seen["HITTypeId"], listed(mturk, hit))

        call, members = hit_call(desk, operation, hit)
        play(desk, look()[0] if cell == "same" else cell, call, members, look, desk.available)
        lists = dict(look()[-1])
        status = look()[0]
        assert lists == {"ListHITs": status != "Disposed", "Reviewable": status == "Reviewable",
                         "Reviewing": status == "Reviewing"}, (operation, state)
    for entry in worker.get("/tasks?format=json")[1]["tasks"]:
        worker.form("DELETE", "/tasks/" + entry["assignment_id"])


def listed(mturk, hit):
    """In which lists it stands; it is among the newest, and the latest to expire of its type."""
    def holds(page):
        return hit["HITId"] in [h["HITId"] for h in page["HITs"]]
    types = {h["HITTypeId"] for h in [mturk.get_hit(HITId=hit["HITId"])["HIT"]]}
    of = {"HITTypeId": types.pop(), "MaxResults": 100}
    return (("ListHITs", holds(mturk.list_hits(MaxResults=10))),
            ("Reviewable", holds(mturk.list_reviewable_hits(**of))),
            ("Reviewing", holds(mturk.list_reviewable_hits(Status="Reviewing", **of))))


# ---- assignments (3.2, 2.2, 2.15, 2.31, 2.33) ----

class Work:
    """An assignment in each state, by name."""

    def __init__(self, desk):
        self.desk = desk

    def _hit(self):
        self.made = self.desk.hit(MaxAssignments=1)
        return self.made

    def Accepted(self):
        return self.desk.assigned(self._hit())

    def Returned(self):
        work = self.Accepted()
        assert self.desk.worker.form("DELETE", "/tasks/" + work)[0] == 200
        return work

    def Abandoned(self):
        work = self.Accepted()
        self.desk.server.advance("610s")  # and the grace
        return work

    def Submitted(self):
        return self.desk.worker.work(self._hit()["HITGroupId"])

    def Approved(self):
        work = self.Submitted()
        self.desk.mturk.approve_assignment(AssignmentId=work)
        return work

    def Rejected(self):
        work = self.Submitted()
        self.desk.mturk.reject_assignment(AssignmentId=work, RequesterFeedback="no")
        return work

    def Overturned(self):
        work = self.Rejected()
        self.desk.mturk.approve_assignment(AssignmentId=work, OverrideRejection=True)
        return work

    def Late(self):
        """Rejected, and submitted more than 30 days ago."""
        work = self.Rejected()
        self.desk.server.advance("30d1s")
        return work

    def Deleted(self):
        """Rejected, of a HIT that was deleted."""
        work = self.Rejected()
        self.desk.mturk.delete_hit(HITId=self.made["HITId"])
        return work


WORK_CELLS = {"-": NO_WORK, "unseen": UNSEEN, "null": NOT_YET, "no": NOT_SUBMITTED, "gone": GONE_HIT,
              "pays": ("Approved", -60), "frees": ("Rejected", 60), "bonus": ("same", -12),
              "no file": NO_FILE}
WORK_TABLE = table("""
                     | Accepted | Returned | Abandoned | Submitted | Approved | Rejected | Overturned | Late  | Deleted
get_assignment       | unseen   | unseen   | unseen    | same      | same     | same     | same       | same  | -
approve              | null     | -        | -         | Approved  | no       | no       | no         | no    | gone
override             | null     | -        | -         | Approved  | no       | pays     | no         | no    | gone
reject               | null     | -        | -         | frees     | no       | no       | no         | no    | gone
send_bonus           | -        | -        | -         | bonus     | bonus    | bonus    | bonus      | bonus | -
list_bonus_payments  | same     | same     | same      | same      | same     | same     | same       | same  | -
get_file_upload_url  | unseen   | unseen   | unseen    | no file   | no file  | no file  | no file    | no file | -
""", WORK_CELLS)


def work_call(desk, name, work):
    only = {"AssignmentId": work}
    return {
        "approve": ("approve_assignment", only),
        "override": ("approve_assignment", {**only, "OverrideRejection": True}),
        "reject": ("reject_assignment", {**only, "RequesterFeedback": "no"}),
        "send_bonus": ("send_bonus", {**only, "WorkerId": desk.worker.id, "BonusAmount": "0.10",
                                      "Reason": "thanks"}),
        "get_file_upload_url": ("get_file_upload_url", {**only, "QuestionIdentifier": "tag"}),
    }.get(name, (name, only))


@pytest.mark.parametrize("operation", WORK_TABLE)
def test_assignments(desk, operation):
    mturk = desk.mturk
    desk.worker = next(desk.workers)
    for state, cell in WORK_TABLE[operation].items():
        stage = Work(desk)
        work = getattr(stage, state)()

        def look():
            hit = mturk.get_hit(HITId=stage.made["HITId"])["HIT"]
            counters = tuple(hit["NumberOfAssignments" + k] for k in ("Pending", "Available",
                                                                      "Completed"))
            if hit["HITStatus"] == "Disposed":
                return None, hit["HITStatus"], counters
            seen = [(a["AssignmentStatus"], a.get("RequesterFeedback")) for a in
                    mturk.list_assignments_for_hit(HITId=hit["HITId"])["Assignments"]]
            return seen[0][0] if seen else None, hit["HITStatus"], counters, seen

        call, members = work_call(desk, operation, work)
        was = look()[0]
        if cell == "same" or isinstance(cell, tuple) and cell[0] == "same":
            cell = (was, cell[1] if isinstance(cell, tuple) else 0)
        play(desk, cell, call, members, look, desk.available)
        if state == "Accepted":
            desk.worker.form("DELETE", "/tasks/" + work)


# ---- qualification types (3.3, 2.3, 2.8, 2.12, 2.39) ----

TYPE_STATES = ("Active", "Inactive", "Deleted", "Foreign", "System", "Unknown")
TYPE_CELLS = {"-": NO_TYPE, "gone": GONE_TYPE, "foreign": FOREIGN, "asleep": ASLEEP}
TYPE_TABLE = table("""
                   | Active   | Inactive | Deleted | Foreign | System  | Unknown
get                | Active   | Inactive | gone    | same    | same    | -
update             | Inactive | Inactive | gone    | foreign | foreign | -
wake               | Active   | Active   | gone    | foreign | foreign | -
delete             | Deleted  | Deleted  | gone    | foreign | foreign | -
hits               | Active   | Inactive | gone    | same    | same    | -
holders            | Active   | Inactive | gone    | foreign | foreign | -
requests           | Active   | Inactive | gone    | foreign | foreign | -
grant              | Active   | asleep   | gone    | foreign | foreign | -
take               | Active   | Inactive | gone    | foreign | foreign | -
score              | Active   | Inactive | gone    | foreign | foreign | -
require            | Active   | Inactive | gone    | same    | same    | -
""", TYPE_CELLS)


def make_type(desk, state):
    made = (desk.other if state == "Foreign" else desk.mturk).create_qualification_type(
        Name=f"State {next(desk.numbers)}", Description="d", QualificationTypeStatus="Active")
    type_id = made["QualificationType"]["QualificationTypeId"]
    if state in ("System", "Unknown"):
        return {"System": "00000000000000000040", "Unknown": "3" + "Z" * 29}[state]
    if state != "Foreign":
        desk.mturk.associate_qualification_with_worker(QualificationTypeId=type_id,
                                                       WorkerId=desk.worker.id, IntegerValue=3)
    if state == "Inactive":
        desk.mturk.update_qualification_type(QualificationTypeId=type_id,
                                             QualificationTypeStatus="Inactive")
    if state == "Deleted":
        desk.mturk.delete_qualification_type(QualificationTypeId=type_id)
    return type_id


def type_call(desk, name, type_id):
    only = {"QualificationTypeId": type_id}
    held = {**only, "WorkerId": desk.worker.id}
    return {
        "get": ("get_qualification_type", only),
        "update": ("update_qualification_type", {**only, "QualificationTypeStatus": "Inactive"}),
        "wake": ("update_qualification_type", {**only, "QualificationTypeStatus": "Active"}),
        "delete": ("delete_qualification_type", only),
        "hits": ("list_hits_for_qualification_type", only),
        "holders": ("list_workers_with_qualification_type", only),
        "requests": ("list_qualification_requests", only),
        "grant": ("associate_qualification_with_worker", held),
        "take": ("disassociate_qualification_from_worker", held),
        "score": ("get_qualification_score", held),
        "require": ("create_hit_type", {
            "Title": type_id, "Description": "d", "Reward": "0.01", "AssignmentDurationInSeconds": 60,
            "QualificationRequirements": [{"QualificationTypeId": type_id, "Comparator": "Exists"}]}),
    }[name]


def type_state(client, type_id):
    try:
        t = client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
    except client.exceptions.RequestError as e:
        gone = e.response["TurkErrorCode"].endswith("InvalidQualificationTypeState")
        return ("Deleted" if gone else "Unknown"), None
    return t["QualificationTypeStatus"], t


@pytest.mark.parametrize("operation", TYPE_TABLE)
def test_qualification_types(desk, operation):
    for state, cell in TYPE_TABLE[operation].items():
        type_id = make_type(desk, state)

        def look():
            return type_state(desk.mturk, type_id)

        call, members = type_call(desk, operation, type_id)
        play(desk, look()[0] if cell == "same" else cell, call, members, look, desk.available)


# ---- a worker's qualification (3.4, 2.1, 2.13, 2.18, 2.32) ----

class Held:
    """A type that can be asked for again at once, and what a worker is to it."""

    def __init__(self, desk, state):
        self.desk = desk
        made = desk.mturk.create_qualification_type(
            Name=f"Held {next(desk.numbers)}", Description="d", QualificationTypeStatus="Active",
            RetryDelayInSeconds=0)
        self.id = made["QualificationType"]["QualificationTypeId"]
        self.both = {"QualificationTypeId": self.id, "WorkerId": desk.worker.id}
        self.request = "3" + "Z" * 29
        getattr(self, state)()

    def Nothing(self):
        pass

    def Requested(self):
        assert self.ask() in (200, 303)
        asked = self.desk.mturk.list_qualification_requests(QualificationTypeId=self.id)
        self.request = asked["QualificationRequests"][0]["QualificationRequestId"]

    def Granted(self):
        self.Requested()
        self.desk.mturk.accept_qualification_request(QualificationRequestId=self.request,
                                                     IntegerValue=5)

    def Refused(self):
        self.Requested()
        self.desk.mturk.reject_qualification_request(QualificationRequestId=self.request)

    def Revoked(self):
        self.Granted()
        self.desk.mturk.disassociate_qualification_from_worker(**self.both)

    def Removed(self):
        """Its type was deleted while the request was pending."""
        self.Requested()
        self.desk.mturk.delete_qualification_type(QualificationTypeId=self.id)

    def ask(self):
        return self.desk.worker.form("POST", f"/qualifications/{self.id}/request")[0]

    def look(self):
        mturk = self.desk.mturk
        if type_state(mturk, self.id)[0] == "Deleted":
            return "Removed", None
        pending = mturk.list_qualification_requests(
            QualificationTypeId=self.id)["QualificationRequests"]
        for status in ("Granted", "Revoked"):
            held = mturk.list_workers_with_qualification_type(
                QualificationTypeId=self.id, Status=status)["Qualifications"]
            if held:
                return status, held, pending
        return ("Requested" if pending else "Nothing"), None, pending


HELD_CELLS = {"-": NOT_HELD, "revoked": REVOKED, "gone": GONE_TYPE, "decided": DECIDED,
              "unknown": NO_REQUEST, "refused": "refused"}
HELD_TABLE = table("""
         | Nothing   | Requested | Granted | Refused   | Revoked   | Removed
score    | -         | -         | Granted | -         | revoked   | gone
take     | -         | -         | Revoked | -         | revoked   | gone
grant    | Granted   | Granted   | Granted | Granted   | Granted   | gone
accept   | unknown   | Granted   | decided | decided   | decided   | decided
reject   | unknown   | Nothing   | decided | decided   | decided   | decided
ask      | Requested | refused   | refused | Requested | Revoked   | refused
""", HELD_CELLS)


@pytest.mark.parametrize("operation", HELD_TABLE)
def test_qualifications(desk, operation):
    desk.worker = next(desk.workers)
    for state, cell in HELD_TABLE[operation].items():
        held = Held(desk, state)
        if operation == "ask":
            before, status = held.look(), held.ask()
            assert (status in (200, 303)) == (cell != "refused"), (state, status)
            assert held.look() == before if cell == "refused" else held.look()[0] == cell
            continue
        if operation in ("accept", "reject"):
            call, members = operation + "_qualification_request", {
                "QualificationRequestId": held.request}
        else:
            call, members = type_call(desk, operation, held.id)
        play(desk, cell, call, members, held.look)
        if operation == "grant" and state == "Requested":  # the request stays, to be answered
            assert len(held.look()[2]) == 1


def test_a_type_of_a_deleted_qualification_is_not_published_any_more(desk):
    """2.12: HIT types that require it go with it."""
    type_id = make_type(desk, "Active")
    made = desk.mturk.create_hit_type(
        Title="Guarded", Description="d", Reward="0.01", AssignmentDurationInSeconds=60,
        QualificationRequirements=[{"QualificationTypeId": type_id, "Comparator": "Exists"}])
    hit_type = {"HITTypeId": made["HITTypeId"]}
    desk.mturk.delete_qualification_type(QualificationTypeId=type_id)
    for call, members in (
            ("create_hit_with_hit_type", {"LifetimeInSeconds": 60, "Question": HTML}),
            ("update_hit_type_of_hit", {"HITId": desk.hit()["HITId"]})):
        before = desk.available()
        said = refused(desk.mturk, "ParameterValidationError", None, call, **hit_type, **members)
        assert said.startswith('The value "%s" is not valid for the parameter HITTypeId'
                               % hit_type["HITTypeId"])
        assert desk.available() == before

"""Ten thousand of each thing that the API lists, walked by the paginators of boto3 and of the AWS SDK
for JavaScript: each exactly once, also when others come while the walk goes on (requester-api 1.9).
A thousand on PostgreSQL, for the time."""
import os
import sys
import time

import pytest

import hitd
import market as api
import speak

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(hitd.ROOT, "bench"))
import filled  # noqa: E402

MANY = {"sqlite": 10000, "postgresql": 1000}
POLICY = {"PolicyName": "ScoreMyKnownAnswers/2011-09-01", "Parameters": [
    {"Key": "AnswerKey", "MapEntries": [{"Key": "tag", "Values": ["cat"]}]}]}
# first rows of what the fill makes, out of the way of what the API makes
WORKER, HIT, ASSIGNMENT, NARROW, WIDE = 1001, 50001, 50001, 1001, 1002


class Many(filled.Filled, api.Server):
    """n narrow HITs of one assignment each, a wide one of n, and n of everything else."""

    def __init__(self, kind):
        hitd.Market.__init__(self, kind)
        self.n = MANY[kind]
        self.start()
        self.owner = api.Server.requester(self, deposit="1000.00")
        mturk = self.owner.client()
        made = mturk.create_qualification_type(Name="Type", Description="d",
                                                    QualificationTypeStatus="Active")
        self.type_id = made["QualificationType"]["QualificationTypeId"]
        policed = api.new_hit(mturk, AssignmentReviewPolicy=POLICY)
        self.policy_hit = policed["HITId"]
        self.stop()
        self.fill()
        self.start()
        self.mturk = self.owner.client()  # the port is another
        self.wide_hit = self.ids("h", HIT + self.n, 0, 1)[0]

    def fill(self):
        requester = self.value("SELECT MIN(id) FROM party WHERE role = 1")
        common = dict(requester=requester, worker=WORKER, workers=self.n, n=self.n, reward=5, fee=1,
                      batch0=NARROW, now=int(time.time() * 1000), narrow=NARROW, wide=WIDE, status=2)
        batches = [dict(common, batch=NARROW, hits=self.n, slots=1, hit=HIT, assignment=ASSIGNMENT),
                   dict(common, batch=WIDE, hits=1, slots=self.n, hit=HIT + self.n,
                        assignment=ASSIGNMENT + self.n)]
        parts = filled.parts()
        with open(os.path.join(HERE, "fill_many.sql"), encoding="utf-8") as f:
            rest = f.read().format(
                **common, type_id=self.type_id, policy_hit=self.value("SELECT MAX(hit) FROM policy"),
                type=self.value("SELECT MAX(id) FROM qualification_type"))
        self.id_key = self.text("SELECT value FROM meta WHERE key = 'id_key'")
        workers = parts["workers"].replace("@example.org", "@filled.example.org")
        self.script(workers.format(**common)
                    + "".join(parts["batch"].format(**b) for b in batches) + rest)


@pytest.fixture(scope="module", params=hitd.STORES)
def many(request):
    s = Many(request.param)
    yield s
    s.end()


def lists(s):
    """For each list: operation, members, result member, what tells its objects apart, how many."""
    policy = {"HITId": s.policy_hit}
    return {
        "ListHITs": ({}, "HITs", "HITId", s.n + 2),
        "ListReviewableHITs": ({}, "HITs", "HITId", s.n + 1),
        "ListHITsForQualificationType": ({"QualificationTypeId": s.type_id}, "HITs", "HITId", s.n),
        "ListAssignmentsForHIT": ({"HITId": s.wide_hit}, "Assignments", "AssignmentId", s.n),
        "ListQualificationRequests": ({}, "QualificationRequests", "QualificationRequestId", s.n),
        "ListQualificationTypes": ({"MustBeRequestable": True, "MustBeOwnedByCaller": True},
                                   "QualificationTypes", "QualificationTypeId", s.n),
        "ListWorkersWithQualificationType": ({"QualificationTypeId": s.type_id}, "Qualifications",
                                             "WorkerId", s.n),
        "ListBonusPayments": ({"HITId": s.wide_hit}, "BonusPayments", "AssignmentId", s.n),
        "ListWorkerBlocks": ({}, "WorkerBlocks", "WorkerId", s.n),
        "ListReviewPolicyResultsForHIT": (policy, None, "QuestionId", s.n - 1),
    }


NAMES = ["ListHITs", "ListReviewableHITs", "ListHITsForQualificationType", "ListAssignmentsForHIT",
         "ListQualificationRequests", "ListQualificationTypes", "ListWorkersWithQualificationType",
         "ListBonusPayments", "ListWorkerBlocks", "ListReviewPolicyResultsForHIT"]


def test_all_lists_are_here(many):
    paged = {n for n, op in api.operations().items() if any(f["name"] == "NextToken"
                                                            for f in op["fields"])}
    assert paged == set(NAMES) == set(lists(many))


class Meanwhile:
    """Something new in a list, at its beginning, its end or between, while somebody walks it."""

    def __init__(self, s):
        self.s, self.mturk = s, s.mturk

    def hit(self):
        return api.new_hit(self.mturk, Reward="0.01", MaxAssignments=1, QualificationRequirements=[
            {"QualificationTypeId": self.s.type_id, "Comparator": "DoesNotExist"}])

    ListHITs = ListHITsForQualificationType = hit

    def ListReviewableHITs(self):
        self.mturk.update_expiration_for_hit(HITId=self.hit()["HITId"], ExpireAt=0)

    def ListAssignmentsForHIT(self):
        self.mturk.create_additional_assignments_for_hit(HITId=self.s.wide_hit,
                                                         NumberOfAdditionalAssignments=1)
        group = self.mturk.get_hit(HITId=self.s.wide_hit)["HIT"]["HITGroupId"]
        self.worker().work(group, category="cats", comment="x")

    def ListQualificationRequests(self):
        self.worker().form("POST", f"/qualifications/{self.s.type_id}/request")

    def ListQualificationTypes(self):
        for name in ("A before all", "Type 5 between", "Zoo"):
            self.mturk.create_qualification_type(Name=name, Description="d",
                                                 QualificationTypeStatus="Active")

    def ListWorkersWithQualificationType(self):
        self.mturk.associate_qualification_with_worker(QualificationTypeId=self.s.type_id,
                                                       WorkerId=self.worker().id)

    def ListBonusPayments(self):
        page = self.mturk.list_assignments_for_hit(HITId=self.s.wide_hit, MaxResults=1)
        one = page["Assignments"][0]
        self.mturk.send_bonus(WorkerId=one["WorkerId"], AssignmentId=one["AssignmentId"],
                              BonusAmount="0.01", Reason="again")

    def ListWorkerBlocks(self):
        self.mturk.create_worker_block(WorkerId=self.worker().id, Reason="new")

    def ListReviewPolicyResultsForHIT(self):
        group = self.mturk.get_hit(HITId=self.s.policy_hit)["HIT"]["HITGroupId"]
        self.worker().work(group, tag="cat")

    def worker(self):
        return api.Server.worker(self.s)


def objects(page, member):
    if member:
        return page[member]
    results = page["AssignmentReviewReport"]["ReviewResults"]
    return [r for r in results if r.get("QuestionId", "").startswith("q")]


def pages_of(mturk, name, members):
    if mturk.can_paginate(speak.xform_name(name)):
        yield from mturk.get_paginator(speak.xform_name(name)).paginate(
            **members, PaginationConfig={"PageSize": 100})
        return
    token = {}
    while True:  # the one list of which boto3 has no paginator
        page = getattr(mturk, speak.xform_name(name))(**members, MaxResults=100, **token)
        yield page
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


@pytest.fixture(scope="module")
def javascript(many):
    if speak.missing("js-v3"):
        pytest.skip(speak.missing("js-v3"))
    client = speak.client("js-v3", many.owner)
    yield client
    client.close()


@pytest.mark.parametrize("name", NAMES[:-1])  # the SDK has no paginator of the last
def test_each_once_by_javascript(many, javascript, name):
    members, member, key, count = lists(many)[name]
    ids = javascript.ask(pages=name, size=100, list=member, id=key, **{"with": members})
    assert len(ids) == len(set(ids)) == count


@pytest.mark.parametrize("name", NAMES)
def test_each_once_while_others_come(many, name):
    members, member, key, count = lists(many)[name]
    seen, tokens, new = [], [], getattr(Meanwhile(many), name)
    for number, page in enumerate(pages_of(many.mturk, name, members)):
        seen += [one[key] for one in objects(page, member)]
        tokens.append(page.get("NextToken"))
        if number == 1:
            new()
    ids = set(seen)
    # what came meanwhile may or may not be seen, but not twice; a second bonus is for the same work
    extra = len(seen) - count
    assert 0 <= extra <= 3 and len(ids) >= count
    assert len(seen) == len(ids) + (extra if name == "ListBonusPayments" else 0)
    assert None not in tokens[:-1] and tokens[-1] is None and len(set(tokens)) == len(tokens)


@pytest.mark.parametrize("name", NAMES)
def test_a_token_is_of_one_walk(many, name):
    """A page's token with other members, in another list, by another requester, or damaged."""
    members, _, _, _ = lists(many)[name]
    token = many.owner.raw(name, dict(members, MaxResults=1))[1]["NextToken"]
    stranger = api.Server.requester(many)
    others = {"ListReviewableHITs": {"Status": "Reviewing"}, "ListAssignmentsForHIT":
              {"AssignmentStatuses": ["Approved"]}, "ListQualificationTypes": {"Query": "type"},
              "ListWorkersWithQualificationType": {"Status": "Revoked"},
              "ListQualificationRequests": {"QualificationTypeId": many.type_id},
              "ListReviewPolicyResultsForHIT": {"RetrieveActions": False},
              "ListBonusPayments": {"HITId": many.policy_hit}}
    another = NAMES[NAMES.index(name) - 1]
    tried = [(many.owner, another, dict(lists(many)[another][0], NextToken=token)),
             (many.owner, name, dict(members, NextToken=token[:-3] + "AAA")),
             (stranger, name, dict(members, NextToken=token))]
    if name in others:
        tried.append((many.owner, name, {**members, **others[name], "NextToken": token}))
    for who, operation, given in tried:
        status, body = who.raw(operation, given)
        assert status == 400 and body["__type"] == "ParameterValidationError", (operation, body)
        assert "NextToken" in body["Message"]
    status, body = many.owner.raw(name, dict(members, MaxResults=2, NextToken=token))
    assert status == 200  # another size is the same walk

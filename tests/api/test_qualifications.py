"""Qualifications: types, grants, requests, and what they guard (requester-api 2.1, 2.3, 2.8, 2.12,
2.13, 2.18, 2.19, 2.23-2.25, 2.29, 2.32, 2.39, 3.3-3.6; traps 42, 43, 46, 47)."""
import pytest

from market import new_hit
from test_people import refused

MASTERS = "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH"
FORM = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd"
KEY = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/AnswerKey.xsd"
TEST = f"""<QuestionForm xmlns="{FORM}"><Question><QuestionIdentifier>q</QuestionIdentifier>
<QuestionContent><Text>Which?</Text></QuestionContent><AnswerSpecification><SelectionAnswer>
<Selections><Selection><SelectionIdentifier>a</SelectionIdentifier><Text>A</Text></Selection>
<Selection><SelectionIdentifier>b</SelectionIdentifier><Text>B</Text></Selection></Selections>
</SelectionAnswer></AnswerSpecification></Question></QuestionForm>"""
ANSWERS = f"""<AnswerKey xmlns="{KEY}"><Question><QuestionIdentifier>q</QuestionIdentifier>
<AnswerOption><SelectionIdentifier>a</SelectionIdentifier><AnswerScore>10</AnswerScore></AnswerOption>
</Question></AnswerKey>"""


def make(client, name, **more):
    made = client.create_qualification_type(**{
        "Name": name, "Description": "about " + name, "QualificationTypeStatus": "Active", **more})
    return made["QualificationType"]["QualificationTypeId"]


def needs(type_id, comparator="Exists", **more):
    return [{"QualificationTypeId": type_id, "Comparator": comparator, **more}]


def test_a_type_from_making_to_removal(mturk):
    made = mturk.create_qualification_type(
        Name="Birds", Keywords="animals, sky", Description="Knows birds",
        QualificationTypeStatus="Active", RetryDelayInSeconds=60)["QualificationType"]
    type_id = made["QualificationTypeId"]
    assert made["Name"] == "Birds" and made["Keywords"] == "animals, sky"
    assert made["RetryDelayInSeconds"] == 60 and made["IsRequestable"] and not made["AutoGranted"]
    assert mturk.get_qualification_type(QualificationTypeId=type_id)["QualificationType"] == made
    message = refused(mturk, "RequestError", "QualificationTypeAlreadyExists",
                      "create_qualification_type", Name="Birds", Description="x",
                      QualificationTypeStatus="Active")
    assert message.startswith("You have already created a QualificationType with this name.")
    make(mturk, "birds")  # compared exactly
    changed = mturk.update_qualification_type(
        QualificationTypeId=type_id, Description="Knows them", QualificationTypeStatus="Inactive",
        AutoGranted=True, AutoGrantedValue=7)["QualificationType"]
    assert changed["Description"] == "Knows them" and changed["QualificationTypeStatus"] == "Inactive"
    assert changed["RetryDelayInSeconds"] == 60 and changed["AutoGrantedValue"] == 7
    assert mturk.delete_qualification_type(QualificationTypeId=type_id) is not None
    for name in ("get_qualification_type", "delete_qualification_type"):
        message = refused(mturk, "RequestError", "InvalidQualificationTypeState", name,
                          QualificationTypeId=type_id)
        assert message.startswith("This operation can be called with a status of: Active,Inactive")
    make(mturk, "Birds")  # the name is free again


def test_tests_and_keys(server, mturk):
    made = mturk.create_qualification_type(
        Name="Tested", Description="d", QualificationTypeStatus="Active", Test=TEST,
        TestDurationInSeconds=60, AnswerKey=ANSWERS)["QualificationType"]
    type_id = made["QualificationTypeId"]
    assert made["Test"] == TEST and made["AnswerKey"] == ANSWERS
    seen = server.requester().client().get_qualification_type(QualificationTypeId=type_id)
    assert not {"Test", "AnswerKey"} & set(seen["QualificationType"])
    changed = mturk.update_qualification_type(  # a new test drops the old key
        QualificationTypeId=type_id, Test=TEST, TestDurationInSeconds=90)["QualificationType"]
    assert changed["TestDurationInSeconds"] == 90 and "AnswerKey" not in changed
    base = {"Name": "N", "Description": "d", "QualificationTypeStatus": "Active"}
    for code, more in (
            ("ParameterValidationError", {"Test": TEST}),
            ("InvalidParameterCombinationError", {"TestDurationInSeconds": 5}),
            ("InvalidParameterCombinationError", {"AnswerKey": ANSWERS}),
            ("InvalidParameterCombinationError", {"AutoGrantedValue": 5}),
            ("InvalidParameterCombinationError",
             {"AutoGranted": True, "Test": TEST, "TestDurationInSeconds": 5}),
            ("ParameterValidationError", {"Test": "<QuestionForm/>", "TestDurationInSeconds": 5}),
            ("ParameterValidationError",
             {"Test": TEST, "TestDurationInSeconds": 5, "AnswerKey": "<AnswerKey"})):
        refused(mturk, code, "", "create_qualification_type", **base, **more)
    refused(mturk, "ParameterValidationError", "", "update_qualification_type",
            QualificationTypeId=type_id, Test=TEST)


def test_others_types_are_seen_and_not_changed(server, mturk, worker):
    type_id = make(mturk, "Mine")
    other = server.requester().client()
    assert other.get_qualification_type(QualificationTypeId=type_id)
    for name, more in (("update_qualification_type", {"Description": "x"}),
                       ("delete_qualification_type", {}),
                       ("list_workers_with_qualification_type", {}),
                       ("list_qualification_requests", {}),
                       ("associate_qualification_with_worker", {"WorkerId": worker.id}),
                       ("disassociate_qualification_from_worker", {"WorkerId": worker.id}),
                       ("get_qualification_score", {"WorkerId": worker.id})):
        refused(other, "RequestError", "PermissionDenied", name, QualificationTypeId=type_id, **more)
        refused(other, "RequestError", "QualificationTypeDoesNotExist", name,
                QualificationTypeId="3" + "A" * 29, **more)
    refused(mturk, "RequestError", "PermissionDenied", "associate_qualification_with_worker",
            QualificationTypeId=MASTERS, WorkerId=worker.id)


def test_search(mturk):
    names = ["Plumbing", "Plum picking", "Unripe", "apple"]
    for name in names:
        make(mturk, name, Keywords="fruit" if name != "Plumbing" else "pipes")
    make(mturk, "Asleep", QualificationTypeStatus="Inactive")

    def found(size=100, **more):
        pages = mturk.get_paginator("list_qualification_types").paginate(
            **{"MustBeRequestable": True, "MustBeOwnedByCaller": True, **more},
            PaginationConfig={"PageSize": size})
        return [t["Name"] for p in pages for t in p["QualificationTypes"]]

    assert found() == found(1) == sorted(names)
    assert found(Query="PLUM") == ["Plum picking", "Plumbing"]  # beginnings, any case
    assert found(Query="fruit pick") == ["Plum picking"]
    assert found(Query="lum") == []
    assert "Asleep" in found(MustBeRequestable=False)
    everything = found(MustBeRequestable=False, MustBeOwnedByCaller=False)
    assert "Masters" in everything and "Worker_Locale" in everything
    assert everything == found(2, MustBeRequestable=False, MustBeOwnedByCaller=False)
    page = mturk.list_qualification_types(MustBeRequestable=True, Query="nothing like it")
    assert page["NumResults"] == 0 and page["QualificationTypes"] == [] and "NextToken" not in page


def test_grants(server, mturk, worker):
    type_id = make(mturk, "Granted")
    who = {"QualificationTypeId": type_id, "WorkerId": worker.id}
    message = refused(mturk, "RequestError", "QualificationDoesNotExist", "get_qualification_score",
                      **who)
    assert message.startswith("You requested a Qualification that does not exist.")
    refused(mturk, "RequestError", "QualificationDoesNotExist", "get_qualification_score",
            QualificationTypeId=type_id, WorkerId="AEXAMPLE00000")
    refused(mturk, "RequestError", "QualificationDoesNotExist",
            "disassociate_qualification_from_worker", **who)
    mturk.associate_qualification_with_worker(**who)
    score = mturk.get_qualification_score(**who)["Qualification"]
    assert score["IntegerValue"] == 1 and score["Status"] == "Granted"
    server.advance("1s")
    mturk.associate_qualification_with_worker(**who, IntegerValue=-5, SendNotification=False)
    again = mturk.get_qualification_score(**who)["Qualification"]
    assert again["IntegerValue"] == -5 and again["GrantTime"] > score["GrantTime"]
    mturk.disassociate_qualification_from_worker(**who, Reason="lapsed")
    for name in ("get_qualification_score", "disassociate_qualification_from_worker"):
        message = refused(mturk, "RequestError", "InvalidQualificationState", name, **who)
        assert message.startswith("This operation can be called with a status of: Granted")
    listed = mturk.list_workers_with_qualification_type(QualificationTypeId=type_id)
    assert listed["NumResults"] == 0 and listed["Qualifications"] == []
    revoked = mturk.list_workers_with_qualification_type(QualificationTypeId=type_id,
                                                         Status="Revoked")["Qualifications"]
    assert [q["WorkerId"] for q in revoked] == [worker.id]
    refused(mturk, "ParameterValidationError", "InvalidParameterValue",
            "associate_qualification_with_worker", QualificationTypeId=type_id,
            WorkerId="AEXAMPLE00000")


def test_holders_page_by_page(server, mturk):
    type_id = make(mturk, "Many")
    people = [server.worker().id for _ in range(5)]
    for w in people:
        mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=w)
        server.advance("1s")
    for size in (1, 2, 100):
        pages = mturk.get_paginator("list_workers_with_qualification_type").paginate(
            QualificationTypeId=type_id, PaginationConfig={"PageSize": size})
        assert [q["WorkerId"] for p in pages for q in p["Qualifications"]] == people


@pytest.mark.parametrize("comparator,values,passing", [
    ("LessThan", [5], [4]), ("LessThanOrEqualTo", [5], [4, 5]), ("GreaterThan", [5], [6]),
    ("GreaterThanOrEqualTo", [5], [5, 6]), ("EqualTo", [5], [5]), ("NotEqualTo", [5], [4, 6]),
    ("In", [4, 6], [4, 6]), ("NotIn", [4, 6], [5]), ("Exists", None, [4, 5, 6]),
    ("DoesNotExist", None, []),
])
def test_comparators(server, mturk, worker, comparator, values, passing):
    type_id = make(mturk, "Rated " + comparator)
    more = {"IntegerValues": values} if values else {}
    hit = new_hit(mturk, MaxAssignments=9,
                  QualificationRequirements=needs(type_id, comparator, **more))
    held_by_nobody = worker.accept(hit["HITGroupId"])
    assert (held_by_nobody[0] == 200) == (comparator == "DoesNotExist"), held_by_nobody
    for value in (4, 5, 6):
        w = server.worker()
        mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=w.id,
                                                  IntegerValue=value)
        status, answer = w.accept(hit["HITGroupId"])[:2]
        assert (status == 200) == (value in passing), (value, answer)
        mturk.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId=w.id)
        if status != 200:
            assert (w.accept(hit["HITGroupId"])[0] == 200) == (comparator == "DoesNotExist")


def groups(worker):
    return {g["hit_set_id"]: g for g in worker.get("/projects?format=json")[1]["results"]}


@pytest.mark.parametrize("guarded,seen,previewed", [
    ("Accept", True, True), ("PreviewAndAccept", True, False),
    ("DiscoverPreviewAndAccept", False, False),
])
def test_guarded_actions(server, mturk, worker, guarded, seen, previewed):
    type_id = make(mturk, "Guard " + guarded)
    hit = new_hit(mturk, QualificationRequirements=needs(type_id, ActionsGuarded=guarded))
    group = hit["HITGroupId"]
    listed = groups(worker)
    assert (group in listed) == seen
    if seen:
        assert listed[group]["caller_meets_requirements"] is False
        assert listed[group]["caller_meets_preview_requirements"] is previewed
        assert worker.accept(group)[0] == 403
    else:
        assert worker.accept(group)[0] == 404  # as one that does not exist
    mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=worker.id)
    assert groups(worker)[group]["caller_meets_requirements"] is True
    assert worker.accept(group)[0] == 200
    assert hit["QualificationRequirements"][0]["ActionsGuarded"] == guarded


def test_work_in_progress_outlives_a_revocation(server, mturk, worker):
    type_id = make(mturk, "Fleeting")
    mturk.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=worker.id)
    hit = new_hit(mturk, QualificationRequirements=needs(type_id))
    status, entry = worker.accept(hit["HITGroupId"])[:2]
    assert status == 200
    mturk.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId=worker.id)
    worker.submit(entry["assignment_id"], tag="done")
    mturk.approve_assignment(AssignmentId=entry["assignment_id"])


def test_requirements_name_types_that_exist(mturk):
    refused(mturk, "RequestError", "QualificationTypeDoesNotExist", "create_hit_type",
            Title="t", Description="d", Reward="0.01", AssignmentDurationInSeconds=60,
            QualificationRequirements=needs("3" + "Z" * 29))
    type_id = make(mturk, "Gone")
    mturk.delete_qualification_type(QualificationTypeId=type_id)
    refused(mturk, "RequestError", "InvalidQualificationTypeState", "create_hit_type",
            Title="t", Description="d", Reward="0.01", AssignmentDurationInSeconds=60,
            QualificationRequirements=needs(type_id))


def test_hits_of_a_qualification(server, mturk):
    type_id = make(mturk, "Asked for")
    made = []
    for n in range(5):
        more = {"QualificationRequirements": needs(type_id)} if n % 2 == 0 else {}
        hit = new_hit(mturk, Title="t%d" % n, **more)
        server.advance("1s")
        if more:
            made.insert(0, hit["HITId"])
    for size in (1, 2, 100):
        pages = mturk.get_paginator("list_hits_for_qualification_type").paginate(
            QualificationTypeId=type_id, PaginationConfig={"PageSize": size})
        found = [h for p in pages for h in p["HITs"]]
        assert [h["HITId"] for h in found] == made and found[0]["Question"]
    stranger = server.requester().client()
    assert stranger.list_hits_for_qualification_type(QualificationTypeId=type_id)["HITs"] == []


def test_masters_are_the_operators_to_grant(server, mturk, worker):
    """Both environments' ids (trap 47) mean the same grant."""
    hits = [new_hit(mturk, QualificationRequirements=needs(i))
            for i in (MASTERS, "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6")]

    def masters(word):
        return server.hitd("masters", word, "--store", server.store, "--email", worker.email)

    assert [worker.accept(h["HITGroupId"])[0] for h in hits] == [403, 403]
    masters("grant")
    assert [worker.accept(h["HITGroupId"])[0] for h in hits] == [200, 200]
    masters("revoke")
    later = new_hit(mturk, QualificationRequirements=needs(MASTERS))
    assert worker.accept(later["HITGroupId"])[0] == 403

"""A worker's own data as files: all of it, only his, page by page, so often an hour (worker-site 2)."""
import csv
import io
import json

import pytest

from browser import Browser
from market import new_hit


@pytest.fixture
def wanda(server, worker):
    b = Browser(server).sign_in(worker.email)
    b.worker = worker
    return b


def rows(browser, name):
    page = browser.request("GET", "/account/export/" + name)
    assert page.status == 200 and page.head["Content-Type"].startswith("text/csv")
    assert "my-%s.csv" % name in page.head["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(page.body.decode("utf-8-sig"))))


def everything(browser):
    page = browser.request("GET", "/account/export")
    assert page.status == 200 and page.head["Content-Type"] == "application/json"
    return json.loads(page.body)


def test_all_of_it_and_only_his(server, mturk, requester, wanda):
    hit = new_hit(mturk, MaxAssignments=9, Reward="0.30", Title="=Ask \"what\"")
    group = hit["HITGroupId"]
    other = server.worker()
    secret = other.work(group, tag="somebody else's answer")
    mturk.approve_assignment(AssignmentId=secret, RequesterFeedback="for the other")
    first = wanda.worker.work(group, tag="cat\n\"dog\"", note="=1+1")
    mturk.approve_assignment(AssignmentId=first, RequesterFeedback="Well done")
    mturk.send_bonus(AssignmentId=first, WorkerId=wanda.worker.id, BonusAmount="0.07",
                     Reason="for speed", UniqueRequestToken=first)
    kind = mturk.create_qualification_type(Name="Knows " + first, Description="d",
                                           QualificationTypeStatus="Active")["QualificationType"]
    mturk.associate_qualification_with_worker(QualificationTypeId=kind["QualificationTypeId"],
                                              WorkerId=wanda.worker.id, IntegerValue=42)
    wanda.send(wanda.get("/earnings"), "/transfers", amount="0.10")
    data = everything(wanda)
    assert data["profile"]["worker_id"] == wanda.worker.id
    assert data["profile"]["email"] == wanda.worker.email
    assert data["profile"]["to_transfer"] == 0.27 and data["profile"]["approved"] == 1
    work, = data["work"]
    assert work["assignment_id"] == first and work["state"] == "Approved"
    assert work["answer"] == {"tag": ["cat\n\"dog\""], "note": ["=1+1"]}
    assert (work["reward"], work["feedback"]) == (0.3, "Well done")
    assert sorted(line["amount"] for line in data["earnings"]) == [-0.1, 0.07, 0.3]
    assert data["transfers"][0]["amount"] == 0.1
    assert (data["qualifications"][0]["value"], data["messages"]) == (42, [])
    text = json.dumps(data)
    for foreign in (other.id, other.email, secret, "somebody else", "for the other",
                    requester.email):
        assert foreign not in text
    line, = rows(wanda, "work")
    assert line["assignment_id"] == first and json.loads(line["answer"]) == work["answer"]
    assert [r["amount"] for r in rows(wanda, "earnings")] == ["0.30", "0.07", "-0.10"]
    for name in ("transfers", "qualifications", "requests", "messages", "reports", "appeals"):
        assert len(rows(wanda, name)) == len(data[name])
    empty = Browser(server).sign_in(server.worker().email)
    assert everything(empty)["work"] == [] and rows(empty, "work") == []


def test_many_rows_come_page_by_page(mturk, wanda):
    hits = 12
    kind = mturk.create_hit_type(Title="Many", Description="d", Reward="0.01",
                                 AssignmentDurationInSeconds=60)["HITTypeId"]
    from market import HTML
    for _ in range(hits):
        group = mturk.create_hit_with_hit_type(HITTypeId=kind, Question=HTML, MaxAssignments=1,
                                               LifetimeInSeconds=3600)["HIT"]["HITGroupId"]
    done = [wanda.worker.work(group) for _ in range(hits)]
    assert [w["assignment_id"] for w in everything(wanda)["work"]] == done


def test_links_and_refusals(server, desk, wanda):
    page = wanda.get("/account")
    links = [u for u in page.reader.links if u.startswith("/account/export")]
    assert len(links) == 9
    assert "/account/export" not in desk.get("/account").html
    assert desk.request("GET", "/account/export").status in (403, 404)
    assert Browser(server).request("GET", "/account/export").status == 303
    assert wanda.request("GET", "/account/export/nonsense").status == 404
    for link in (links * 4)[:30]:
        assert wanda.request("GET", link).status == 200
    too_often = wanda.request("GET", links[0])
    assert too_often.status == 429
    too_often.says("in this hour")

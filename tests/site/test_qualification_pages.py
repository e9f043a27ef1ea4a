"""Qualifications on screen: a requester makes, gives and takes them, a worker finds, asks for and
drops them (worker-site 4.1, 9)."""
import re

import pytest

from browser import Browser
from market import new_hit

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def wanda(server, worker):
    return Browser(server).sign_in(worker.email)


def make(desk, name, **more):
    page = desk.send(desk.get("/requester/new-qualification"), "/requester/new-qualification",
                     name=name, description="About " + name, **more)
    assert page.status == 200, page.text
    return re.search(r"/requester/qualifications/([A-Z0-9]+)/edit", page.html)[1]


def home(type_id):
    return "/requester/qualifications/" + type_id


def test_from_a_request_to_the_task(desk, mturk, worker, wanda):
    type_id = make(desk, "Birds " + worker.id, keywords="sky")
    needs = [{"QualificationTypeId": type_id, "Comparator": "GreaterThanOrEqualTo",
              "IntegerValues": [5]}]
    hit = new_hit(mturk, QualificationRequirements=needs)
    task = wanda.get("/projects/%s/tasks" % hit["HITGroupId"])
    task.says("Not met", "See how to get it")
    assert "/qualifications/" + type_id in task.reader.links
    page = wanda.get("/qualifications/" + type_id)
    page.says("the requester decides on your request", "you can ask once")
    wanda.send(page, "/request").says("You have asked for it", "Asked for")
    assert [r["id"] for r in wanda.json("/qualifications/pending")[1]["rows"]] == [type_id]
    page = desk.get(home(type_id)).says("Workers who ask for it", worker.id)
    desk.send(page, "/accept", value="5").says("Granted", "Workers who hold it", worker.id)
    page = wanda.get("/qualifications/" + type_id).says("Yours", "Your value5, since")
    wanda.get("/messages").says("Qualification granted")
    wanda.get("/qualifications/assigned").says("Birds", "What your work and profile say", "Location")
    assert "Not met" not in wanda.get("/projects/%s/tasks" % hit["HITGroupId"]).text
    worker.accept(hit["HITGroupId"])
    dropped = wanda.send(page, "/drop").says("You have given up", "once only")
    assert not [f for f in dropped.reader.forms if f.action.endswith("/request")]
    desk.get(home(type_id) + "?status=revoked").says(worker.id)


def test_refused_and_asked_again(server, desk, wanda):
    type_id = make(desk, "Fish " + SCRIPT, retry="1h")
    wanda.send(wanda.get("/qualifications/" + type_id), "/request")
    desk.send(desk.get(home(type_id)), "/reject", reason="Too soon " + SCRIPT)
    page = wanda.get("/qualifications/" + type_id)
    page.says("was not granted: Too soon", "can be asked for again from")
    assert "<script>alert" not in page.html
    server.advance("1h")
    wanda.send(wanda.get("/qualifications/" + type_id), "/request").says("You have asked for it")


def test_at_once(desk, wanda):
    type_id = make(desk, "At once", automatic="1", value="42", retry="0s")
    wanda.send(wanda.get("/qualifications/" + type_id), "/request").says("is yours", "Your value42")
    wanda.send(wanda.get("/qualifications/" + type_id), "/drop").says("Get this qualification")


def test_given_and_taken(server, desk, worker, wanda):
    type_id = make(desk, "Trusted")
    page = desk.send(desk.get(home(type_id)), "/grant", worker="A0NOBODY0000")
    assert page.status == 422
    page.says("There is no worker with this ID.")
    page = desk.send(desk.get(home(type_id)), "/grant", worker=worker.id, value="1.5")
    assert page.status == 422
    page = desk.send(desk.get(home(type_id)), "/grant", worker=worker.id, value="-3")
    page.says("Granted.", "-3")
    desk.send(page, "/revoke", reason="Enough").says("The worker is told why", "No worker holds it")
    wanda.get("/messages").says("Qualification revoked")
    desk.get(home(type_id) + "?status=revoked").says(worker.id)


def test_a_form_with_mistakes(desk):
    make(desk, "Twice")
    for typed, words in (({"name": "Twice"}, "of this name already"), ({"name": " "}, "1 to 200"),
                         ({"description": ""}, "what it stands for"),
                         ({"retry": "soon"}, "no length of time"),
                         ({"automatic": "1", "value": "x"}, "whole number")):
        fields = {"name": "Other", "description": "Kept text", **typed}
        page = desk.send(desk.get("/requester/new-qualification"), "/requester/new-qualification",
                         **fields)
        assert page.status == 422, typed
        page.says(words)
        assert dict(page.form(field="description").fields)["description"] == fields["description"]


def test_edited_and_deleted(desk, wanda):
    type_id = make(desk, "Short-lived", retry="1d")
    page = desk.get(home(type_id) + "/edit")
    assert desk.send(page, "/edit", retry="").status == 422
    desk.send(page, "/edit", description="Changed", active=None).says("Saved", "Changed", "Inactive")
    wanda.get("/qualifications/" + type_id).says("can not be asked for")
    assert type_id not in [r["id"] for r in wanda.json("/qualifications?query=short")[1]["rows"]]
    desk.send(desk.get(home(type_id) + "/delete"), "/delete").says("Deleted")
    assert desk.get(home(type_id), None).status == 404
    assert wanda.get("/qualifications/" + type_id, None).status == 404


def test_search_and_pages(desk, wanda):
    for i in range(52):
        make(desk, "Paged %02d" % i, keywords="zebra")
    seen, url = [], "/qualifications?query=ZEB"
    while url:
        data = wanda.json(url)[1]
        seen += [r["name"] for r in data["rows"]]
        url = data["next"] and "/qualifications" + data["next"]
    assert len(seen) == len(set(seen)) >= 52 and seen == sorted(seen)
    wanda.get("/qualifications?query=nothinglikeit").says("No qualification matches")
    assert len(desk.json("/requester/qualifications")[1]["rows"]) == 50


def test_whose_they_are(server, desk):
    type_id = make(desk, "Mine")
    other = Browser(server).sign_in(server.requester().email)
    for tail in ("", "/edit", "/delete"):
        assert other.get(home(type_id) + tail, None).status == 404
    assert other.get(home("3NOTHING"), None).status == 404
    assert type_id not in [r["id"] for r in other.json("/requester/qualifications")[1]["rows"]]

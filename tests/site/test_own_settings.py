"""A person's own settings: name, address, time zone; a worker's list, consent, accepting the next
(worker-site 2, 3, 7.1)."""
import datetime
import re

import pytest

from browser import Browser
from market import PASSWORD, new_hit


@pytest.fixture
def wanda(server, worker):
    b = Browser(server).sign_in(worker.email)
    b.worker = worker
    return b


def test_saved_and_shown(wanda):
    page = wanda.get("/account")
    page.says("Settings", wanda.worker.id)
    fields = dict(page.form("/account").fields)
    assert fields["sort"] == "updated_desc" and fields["page_size"] == "20"
    assert "adult" not in fields and "accept_next" not in fields
    page = wanda.send(page, "/account", name="Wanda <Weiß>", time_zone="Europe/Berlin",
                      sort="reward_asc", page_size="50", min_reward="0.05", qualified="on",
                      adult="on", accept_next="on")
    page.says("Saved.")
    fields = dict(page.form("/account").fields)
    assert fields["name"] == "Wanda <Weiß>" and "<Weiß" not in page.html
    assert fields["time_zone"] == "Europe/Berlin" and fields["min_reward"] == "0.05"
    assert fields["sort"] == "reward_asc" and fields["page_size"] == "50"
    assert fields["qualified"] == fields["adult"] == fields["accept_next"] == "on"
    page = wanda.send(page, "/account", adult=None, accept_next=None)
    fields = dict(page.form("/account").fields)
    assert "adult" not in fields and "accept_next" not in fields and fields["sort"] == "reward_asc"


@pytest.mark.parametrize("field, value, says", [
    ("name", " ", "A name is needed"), ("time_zone", "Mars/Base", "Choose a time zone"),
    ("sort", "x", "Choose an order"), ("page_size", "30", "A page has"),
    ("min_reward", "1.001", "at most two decimals"), ("min_reward", "-1", "")])
def test_refused_and_shown_again(wanda, field, value, says):
    page = wanda.send(wanda.get("/account"), "/account", **{"name": "Kept", field: value})
    assert page.status == 422
    page.says(says)
    if field in ("name", "min_reward"):
        assert dict(page.form("/account").fields)[field] == value
    assert dict(wanda.get("/account").form("/account").fields)["name"] != "Kept"


def test_the_list_begins_as_chosen(server, mturk, wanda):
    cheap, dear = new_hit(mturk, Reward="0.03"), new_hit(mturk, Reward="0.90")
    wanda.send(wanda.get("/account"), "/account", min_reward="0.80", sort="reward_asc",
               page_size="100")
    page = wanda.get("/projects")
    assert dear["HITGroupId"] in page.html and cheap["HITGroupId"] not in page.html
    fields = dict(page.form(field="sort").fields)
    assert fields["sort"] == "reward_asc" and fields["page_size"] == "100"
    assert fields["filters[min_reward]"] == "0.80"
    every = wanda.get("/projects" + [u for u in page.reader.links if u.startswith("?sort=")][0])
    assert cheap["HITGroupId"] in every.html
    # Programs and strangers get what the old service gave.
    assert cheap["HITGroupId"] in str(wanda.json("/projects?page_size=100")[1])
    assert wanda.json("/projects")[1]["num_results"] <= 20
    stranger = Browser(server).get("/projects")
    assert dict(stranger.form(field="sort").fields)["sort"] == "updated_desc"


def now_of(server):
    """The market's time: other tests move its clock."""
    text = re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", server.clock("get"))[0]
    return datetime.datetime.fromisoformat(text)


def test_days_by_the_zone(server, mturk, wanda):
    wanda.worker.work(new_hit(mturk)["HITGroupId"])
    now = now_of(server)
    for zone, hours in (("Pacific/Honolulu", -10), ("Asia/Tokyo", 9), ("", 0)):
        wanda.send(wanda.get("/account"), "/account", time_zone=zone)
        day = (now + datetime.timedelta(hours=hours)).date().isoformat()
        later = (now_of(server) + datetime.timedelta(hours=hours)).date().isoformat()
        links = [u for u in wanda.get("/dashboard").reader.links
                 if u.startswith("/status_details/")]
        assert links and links[0][-10:] in (day, later)
        assert wanda.json(links[0])[1]["num_results"] == 1
        other = (now + datetime.timedelta(hours=hours, days=-2)).date().isoformat()
        assert wanda.json("/status_details/" + other)[1]["num_results"] == 0


def test_another_address(server, wanda):
    page = wanda.get("/account")
    mine, new = wanda.worker.email, "New." + wanda.worker.email
    wrong = wanda.send(page, "/account/email", email=new, old_password="not this")
    assert wrong.status == 422
    wrong.says("This is not your present password.")
    assert dict(wrong.form("/account/email").fields)["email"] == new
    assert "not this" not in wrong.html
    assert wanda.send(page, "/account/email", email="nobody",
                      old_password=PASSWORD).status == 422
    taken = wanda.send(page, "/account/email", email=server.worker().email, old_password=PASSWORD)
    taken.says("This address is taken.")
    wanda.send(page, "/account/email", email=new, old_password=PASSWORD).says("Saved.")
    wanda.get("/account").says("Settings")  # still signed in
    assert Browser(server).sign_in(mine).last.status != 303
    assert Browser(server).sign_in(new.lower()).last.status == 303


def test_an_invited_address_is_not_taken(server, desk, wanda):
    address = "invited-%s" % wanda.worker.email
    desk.send(desk.get("/requester/members"), field="email", email=address, role="owner")
    page = wanda.send(wanda.get("/account"), "/account/email", email=address,
                      old_password=PASSWORD)
    page.says("This address is taken.")


def test_a_requesters_own(desk, requester):
    page = desk.get("/account")
    assert "The list of tasks" not in page.text and "Time zone" not in page.text
    desk.get("/requester/settings").says("Your sign-in")
    desk.send(page, "/account", name="Rita R.").says("Saved.")
    new = "r." + requester.email
    desk.send(page, "/account/email", email=new, old_password=PASSWORD).says("Saved.")
    desk.get("/account").says(requester_id(desk))


def requester_id(desk):
    return desk.json("/account")[1]["id"]

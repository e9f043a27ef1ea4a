"""A worker hides groups and requesters, and takes it back (worker-site 3)."""
from browser import Browser
from market import new_hit


def titles(browser):
    status, data = browser.json("/projects?page_size=100")
    assert status == 200
    return {row["title"] for row in data["results"]}, data["total_num_results"]


def test_hide_and_show_again(server, mturk):
    one = new_hit(mturk, Title="Hide me <b>once</b>")
    new_hit(mturk, Title="Stay with me")
    wanda = Browser(server).sign_in(server.worker().email)
    before, total = titles(wanda)
    preview = wanda.get("/projects/%s/tasks" % one["HITGroupId"])
    wanda.send(preview, "/hidden").says("Hide me <b>once</b> is hidden", "Hidden (1)")
    after, fewer = titles(wanda)
    assert before - after == {"Hide me <b>once</b>"} and fewer == total - 1
    assert "Hide me" in Browser(server).get("/projects?filters[search_term]=hide").text
    page = wanda.get("/hidden")
    page.says("Hide me <b>once</b>", "Show again")
    assert "<b>once" not in page.html
    wanda.send(page, "/hidden/remove").says("stands in your list again", "You hide nothing")
    assert titles(wanda) == (before, total)


def test_hide_a_requester(server, mturk, requester):
    new_hit(mturk, Title="Of one I leave out")
    wanda = Browser(server).sign_in(server.worker().email)
    page = wanda.get("/projects?filters[search_term]=leave")
    form = [f for f in page.reader.forms if ("kind", "requester") in f.fields][0]
    wanda.send(page, "/hidden", **dict(form.fields)).says("Everything of")
    assert "Of one I leave out" not in titles(wanda)[0]
    assert wanda.json("/hidden")[1]["rows"][0]["kind"] == "requester"


def test_list_of_a_hidden_requester_says_why_it_is_empty(server, mturk, requester):
    new_hit(mturk, Title="Behind the curtain")
    wanda = Browser(server).sign_in(server.worker().email)
    page = wanda.get("/projects?filters[search_term]=curtain")
    form = [f for f in page.reader.forms if ("kind", "requester") in f.fields][0]
    own = "/requesters/%s/projects" % dict(form.fields)["id"]
    wanda.get(own).says("Behind the curtain")
    wanda.send(page, "/hidden", **dict(form.fields))
    empty = wanda.get(own)
    empty.says("You hide", "no task of theirs", "again")
    assert "as soon as a requester publishes" not in empty.text
    wanda.send(empty, "/hidden/remove")
    wanda.get(own).says("Behind the curtain")


def test_unknown_ones(server, mturk):
    new_hit(mturk)
    wanda = Browser(server).sign_in(server.worker().email)
    page = wanda.get("/projects")
    assert wanda.send(page, "/hidden", id="3NOGROUP").status == 404
    assert wanda.send(page, "/hidden", kind="weather").status == 400

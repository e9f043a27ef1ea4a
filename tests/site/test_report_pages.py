"""Workers report groups of tasks; the operator decides; paused groups (worker-site 11)."""
import pytest

from browser import Browser
from market import PASSWORD, new_hit

SCRIPT = "<script>alert(1)</script> & \"quotes\""
WORDS = "The submit button does nothing."


@pytest.fixture(scope="module")
def office(server):
    """The operator's browser, signed in."""
    email = "reports-op-%d@example.org" % server.port
    server.account("operator", email, PASSWORD)
    return Browser(server).sign_in(email)


def someone(server):
    return Browser(server).sign_in(server.worker().email)


def report(browser, group, reason="broken", text=WORDS):
    page = browser.get("/reports/new?group_id=" + group)
    return browser.send(page, "/reports", reason=reason, text=text)


def listed(browser, title):
    _, data = browser.json("/projects?page_size=100&filters[search_term]=" + title)
    return [row["hit_set_id"] for row in data["results"]]


def case_of(office, title):
    _, data = office.json("/operator/reports?size=100")
    return [row for row in data["rows"] if row["title"] == title]


def test_report_and_take_back(server, mturk, office):
    hit = new_hit(mturk, Title="Tatami " + SCRIPT, MaxAssignments=3)
    wanda = someone(server)
    preview = wanda.get("/projects/%s/tasks" % hit["HITGroupId"])
    link = [u for u in preview.reader.links if u.startswith("/reports/new")][0]
    assert hit["HITId"] in link
    page = wanda.get(link)
    page.says("Tatami " + SCRIPT, "An operator of this market reads your report")
    assert "<script>alert" not in page.html
    again = wanda.send(page, "/reports", reason=None, text=WORDS)
    assert again.status == 422
    again.says("Choose what is wrong")
    assert dict(again.form("/reports").fields)["text"] == WORDS
    again = wanda.send(again, "/reports", reason="spam", text="short")
    assert again.status == 422
    assert ("reason", "spam") in again.form("/reports").fields
    again = wanda.send(again, "/reports", reason="spam", text=SCRIPT)
    again.says("Thank you", SCRIPT, "An operator will look")
    assert "<script>alert" not in again.html
    # twice: the form from before, and a new one
    assert wanda.send(page, "/reports", reason="spam", text=WORDS).status in (200, 409)
    assert wanda.get("/reports/new?group_id=" + hit["HITGroupId"], 409).says("You have reported")
    assert len(wanda.json("/reports")[1]["rows"]) == 1
    # the operator reads it
    case = case_of(office, "Tatami " + SCRIPT)[0]
    page = office.get("/operator/reports/%d" % case["id"])
    page.says(SCRIPT, "1 worker reports", "It is spam or fraud")
    assert "<script>alert" not in page.html and "<iframe" not in page.html
    assert "<iframe" in office.get("/operator/reports/%d?task=1" % case["id"]).html
    # taken back
    own = wanda.get("/reports")
    wanda.send(own, "/withdraw").says("taken back", "You took it back")
    assert not case_of(office, "Tatami " + SCRIPT)


def test_enough_reports_pause(server, mturk, desk, office):
    title = "Quagmire"
    hit = new_hit(mturk, Title=title, MaxAssignments=9)
    group = hit["HITGroupId"]
    busy, late = server.worker(), someone(server)
    held = busy.accept(group)
    for i in range(5):
        assert listed(late, title) == [group]
        page = report(someone(server), group, text="%s %d" % (WORDS, i))
        assert ("nobody else" in page.text) == (i == 4)
    assert listed(late, title) == [] and listed(Browser(server), title) == []
    for url in ("/projects/%s/tasks" % group, "/projects/%s/tasks/%s" % (group, hit["HITId"]),
                "/projects/%s/tasks/accept_random" % group):
        late.get(url, 422).says("paused after reports")
    assert server.worker().accept(group)[0] == 422
    assert mturk.get_hit(HITId=hit["HITId"])["HIT"]["HITStatus"] == "Assignable"
    # who holds one may finish
    status, answer = held
    assert status == 200
    assert busy.submit(answer["assignment_id"], a="b")[0] == 200
    # its requester is told, why and what to do
    desk.get("/requester/").says("No worker can accept these tasks", title)
    batch = [u for u in desk.get("/requester/manage/batches").reader.links
             if u.startswith("/requester/batches/") and u.count("/") == 3][0]
    desk.get(batch).says("No worker can accept these tasks", "5 workers report")
    desk.get("/requester/messages").says("A group was paused after reports")
    page = desk.get("/requester/paused/" + group)
    page.says(title, WORDS + " 0", WORDS + " 4", "let workers in")
    status, data = desk.json("/requester/paused/" + group)
    assert len(data["rows"]) == 5 and "worker_id" not in str(data)
    other = Browser(server).sign_in(server.requester().email)
    assert other.get("/requester/paused/" + group, 404).title == "Not found"
    assert other.send(page, "/requester/paused/" + group, text=WORDS).status in (403, 404)
    assert desk.send(page, "/requester/paused/" + group, text="no").status == 422
    stranger = desk.send(page, "/requester/paused/" + group, text=WORDS,
                         headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert stranger.status == 403
    desk.send(page, "/requester/paused/" + group, text="Mended: the button works again.")
    assert listed(late, title) == [group]
    # the operator sees what was changed, and dismisses
    case = case_of(office, title)[0]
    page = office.get("/operator/reports/%d" % case["id"])
    page.says("the button works again", "To decide")
    again = office.send(page, "/operator/reports/%d" % case["id"], verdict="dismiss", text="no")
    assert again.status == 422
    again.says("Decide")
    done = office.send(again, "/operator/reports/%d" % case["id"], verdict="dismiss",
                       text="It works now; thank you.")
    done.says("Dismissed")
    office.get("/operator/reports?list=decided").says(title, "It works now")
    assert listed(late, title) == [group]


def test_operator_pauses_and_resumes(server, mturk, desk, office):
    title = "Passports"
    hit = new_hit(mturk, Title=title, MaxAssignments=9)
    wanda = someone(server)
    report(wanda, hit["HITGroupId"], "personal_data", "It wants a copy of my passport.")
    case = case_of(office, title)[0]
    url = "/operator/reports/%d" % case["id"]
    page = office.get(url)
    for browser in (desk, wanda):
        assert browser.get(url, 403).title == "Not allowed"
        assert browser.send(page, url, verdict="uphold", text=WORDS).status == 403
    assert office.send(page, url, verdict="maybe", text=WORDS).status == 422
    office.send(page, url, verdict="uphold", text="Passports must not be asked for.").says("Upheld")
    assert listed(wanda, title) == []
    wanda.get("/reports").says("Upheld", "Passports must not be asked for.", "Paused")
    wanda.get("/messages").says("Your report was upheld")
    page = desk.get("/requester/paused/" + hit["HITGroupId"])
    page.says("An operator of this market paused", "Passports must not be asked for.")
    assert not [f for f in page.reader.forms if "/requester/paused" in f.action]
    office.get("/operator/reports?list=paused").says(title)
    office.send(office.get(url), "/resume", text="The question is gone.").says("takes workers again")
    assert listed(wanda, title) == [hit["HITGroupId"]]
    office.get("/operator/audit").says("group paused", "group resumed", title)
    assert office.send(office.get(url + "?"), "/colours", theme="").status == 200


def test_anothers(server, mturk):
    hit = new_hit(mturk, Title="Anothers", MaxAssignments=3)
    wanda, mallory = someone(server), someone(server)
    report(wanda, hit["HITGroupId"])
    own = wanda.json("/reports")[1]["rows"][0]
    page = report(mallory, hit["HITGroupId"])
    url = "/reports/%d/withdraw" % own["id"]
    token = dict(page.form("/withdraw").fields)
    from urllib.parse import urlencode
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert mallory.request("POST", url, urlencode(token).encode(), form).status == 404
    assert wanda.json("/reports")[1]["rows"][0]["state"] == "open"
    for query in ("group_id=3NOSUCH", "assignment_id=3NOSUCH", "group_id=%27%3B", ""):
        assert wanda.get("/reports/new?" + query, None).status == 404
    assert Browser(server).get("/reports").title == "Sign in"
    assert wanda.get("/reports?after=999999999999999999999").status == 200


def test_reports_of_own_work(server, mturk):
    hit = new_hit(mturk, Title="Own work", MaxAssignments=3)
    w = server.worker()
    status, task = w.accept(hit["HITGroupId"])
    browser = Browser(server).sign_in(w.email)
    page = browser.get(task["task_url"])
    link = [u for u in page.reader.links if u.startswith("/reports/new")][0]
    page = browser.send(browser.get(link), "/reports", reason="unsafe", text=WORDS)
    page.says("Thank you", "Own work", "It is unsafe")
    stranger = someone(server)
    assert stranger.get(link, 404).title == "Not found"

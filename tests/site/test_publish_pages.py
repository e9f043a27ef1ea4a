"""Create on the pages: project, file, draft, cost, publish (requester-site 2 and 3)."""
import http.client
import re
import threading
import urllib.parse

import pytest

from browser import Browser
from market import next_name
from test_results_pages import Batch

LAYOUT = ('<p>${question}</p><img src="${url}"><form><input name="tag">'
          '<button>Send</button></form>')
EVIL = "<script>alert(1)</script>\"'&"


def make(desk, status=None, start="other", **fields):
    """A project by its form; the page behind it."""
    page = desk.get("/requester/create/projects/new?start=" + start)
    given = dict(name=next_name(), title="Label a picture", description="Say what is shown",
                 keywords="label, image, Label", reward="0.50", assignments="2", layout=LAYOUT)
    given.update(fields)
    answer = desk.send(page, "/new", **given)
    assert status is None or answer.status == status, (answer.status, answer.text[:2000])
    return answer


def project(desk, **fields):
    page = make(desk, 200, **fields)
    return int(re.search(r"/requester/projects/(\d+)/edit", page.html).group(1))


def upload(desk, number, content, name="input.csv", **fields):
    page = desk.get("/requester/projects/%d/publish" % number)
    return desk.send(page, "/publish", files={"file": (name, content)}, **fields)


def csv_of(rows):
    return ("question,url\r\n" + "".join("What is %d?,https://example.org/%d.png\r\n" % (i, i)
                                        for i in range(rows))).encode()


def batches(requester):
    return requester.v1("GET", "/v1/batches")[1]["batches"]


def content_of(server, url):
    """A document of the content listener, as its frame asks for it: without any cookie."""
    parts = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    c.request("GET", parts.path + ("?" + parts.query if parts.query else ""))
    r = c.getresponse()
    return r.status, r.headers, r.read().decode()


def frame_of(page):
    return re.search(r'<iframe[^>]* src="([^"]+)"', page.html).group(1).replace("&amp;", "&")


def unsaved(server, page, layout, **fields):
    """The layout as it stands in the form, shown by the content listener; what a browser without
    script sends there: every field of the form."""
    form = page.form(field="leave")
    button = [b for b in form.buttons if "data-preview" in b][0]
    assert button["formtarget"] in page.html and "formnovalidate" in button
    given = dict(form.fields, layout=layout, **fields)
    parts = urllib.parse.urlsplit(button["formaction"])
    c = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    c.request("POST", parts.path, urllib.parse.urlencode(given),
              {"Content-Type": "application/x-www-form-urlencoded"})
    r = c.getresponse()
    return r.status, r.headers, r.read().decode()


def test_unsaved_text_is_shown_as_workers_will_see_it(server, requester, desk):
    page = desk.get("/requester/create/projects/new?start=other")
    policy = page.head["Content-Security-Policy"]
    assert "frame-src http://" in policy and "form-action 'self' http://" in policy
    typed = LAYOUT.replace("Send", "Not saved yet") + "<script>let x = `${x}`</script>"
    status, head, html = unsaved(server, page, typed)
    assert status == 200 and "Not saved yet" in html
    assert "<p>[question]</p>" in html and 'src="https://example.org/"' in html
    assert "`${x}`" in html, "a script's own"
    assert head["Content-Security-Policy"].startswith("sandbox ")
    assert "frame-ancestors http://" in head["Content-Security-Policy"]
    assert head["Cache-Control"] == "no-store" and "Set-Cookie" not in head
    assert unsaved(server, page, "")[0] == 400
    assert not requester.v1("GET", "/v1/projects")[1]["projects"], "nothing is kept of it"


def test_unsaved_text_has_the_values_of_the_last_batch(server, requester, desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(2))
    edit = desk.get("/requester/projects/%d/edit" % number)
    assert "<p>[question]</p>" in unsaved(server, edit, LAYOUT)[2], "nothing is published yet"
    desk.send(draft, "/publish")
    requester.v1("GET", "/v1/batches")
    edit = desk.get("/requester/projects/%d/edit" % number)
    html = unsaved(server, edit, LAYOUT + "<b>${colour}</b>")[2]
    assert "<p>What is 0?</p>" in html and "https://example.org/0.png" in html
    assert "<b>[colour]</b>" in html, "a column that the file did not have"
    page = desk.get("/requester/projects/%d" % number)
    assert "What is 0?" in content_of(server, frame_of(page))[2]


def test_only_with_leave_unsaved_text_is_shown(server, desk):
    page = desk.get("/requester/create/projects/new?start=other")
    leave = dict(page.form(field="leave").fields)["leave"]
    for wrong in ("", leave[:-1] + ("A" if leave[-1] != "A" else "B"), "3" + leave[:0:-1],
                  EVIL):
        status, head, html = unsaved(server, page, "<p>mine</p>", leave=wrong)
        assert status == 404 and "mine" not in html and "preview is over" in html
        assert head["Content-Security-Policy"].startswith("sandbox ")
    number = project(desk)
    frame = frame_of(desk.get("/requester/projects/%d" % number))
    sealed = re.search(r"/layout/(\w+)", frame).group(1)
    assert unsaved(server, page, "<p>mine</p>", leave=sealed)[0] == 404, "another kind of id"
    assert unsaved(server, page, "x" * 1_200_000)[0] == 413


def test_names_that_are_free(desk):
    """The second project of a start, and the second copy, need no other name than the proposed one."""
    def proposed(query):
        return dict(desk.get("/requester/create/projects/new?" + query).form("/new").fields)["name"]
    assert proposed("start=other") == "Other Project 1"
    page = make(desk, 200, name="Other Project 1", keywords="a, b,A")
    page.says("The project is saved. Keywords that stood there twice were left out.")
    assert proposed("start=other") == "Other Project 2"
    number = int(re.search(r"/requester/projects/(\d+)/edit", page.html).group(1))
    assert proposed("copy=%d" % number) == "Copy of Other Project 1"
    make(desk, 200, name="Copy of Other Project 1", keywords="a").says("The project is saved. Look at it")
    assert proposed("copy=%d" % number) == "Copy of Other Project 1 2"


def test_layout_from_a_file(server, desk):
    page = desk.get("/requester/create/projects/new?start=paste")
    given = dict(name=next_name(), title="From a file", description="d", layout="")
    html = LAYOUT.replace("Send", "From the file, \u00fc")
    wrong = desk.send(page, "/new", files={"layout_file": ("l.html", html.encode("latin-1"))}, **given)
    assert wrong.status == 422
    wrong.says("The file is not UTF-8")
    again = desk.send(page, "/new", files={"layout_file": ("l.html", b"\xef\xbb\xbf" + html.encode())},
                      **dict(given, title=""))
    assert again.status == 422 and dict(again.form("/new").fields)["layout"] == html
    made = desk.send(again, "/new", title="From a file")
    assert made.status == 200 and "From the file, \u00fc" in content_of(server, frame_of(made))[2]


def test_the_whole_way(server, requester, desk, worker):
    """From the choice of a start to a worker's payment."""
    desk.get("/requester/create/projects").says("No project yet")
    desk.get("/requester/create/projects/new").says("Survey Link", "Paste a layout")
    number = project(desk)
    page = desk.get("/requester/projects/%d" % number)
    page.says("As workers see it", "$0.50", "HITLayoutParameters", "at this moment")
    draft = upload(desk, number, csv_of(3))
    assert "/requester/drafts/" in draft.url, draft.text[:1500]
    draft.says("3 tasks × 2 assignments = 6", "$3.00", "$0.60", "$3.60", "20% of the reward",
               "What is 0?", "What is 2?", "Nothing is published or paid yet")
    assert batches(requester) == []
    status, _, html = content_of(server, frame_of(draft))
    assert status == 200 and "What is 0?" in html
    other = desk.get(draft.url + "?row=3")
    assert "What is 2?" in content_of(server, frame_of(other))[2]
    done = desk.send(draft, "/publish", follow=False)
    assert done.status == 303 and re.match(r"/requester/batches/\d+$", done.head["Location"])
    batch, = batches(requester)
    assert batch["hits"] == 3 and batch["state"] == "in_progress"
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 360
    # The draft's address leads to the batch now, and a second "Publish" changes nothing.
    assert desk.request("GET", draft.url).head["Location"] == done.head["Location"]
    again = desk.send(draft, "/publish", follow=False)
    assert again.status == 303 and len(batches(requester)) == 1
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 360
    hit = requester.client().list_hits(MaxResults=1)["HITs"][0]
    one = worker.work(hit["HITGroupId"])
    requester.client().approve_assignment(AssignmentId=one)
    desk.get("/requester/projects/%d" % number).says("1 running", "this version")


def test_json_twin(requester, desk):
    number = project(desk)
    status, one = desk.json("/requester/projects/%d" % number)
    assert status == 200 and one["name"] and one["layout_id"] and one["reward"] == 50
    status, listed = desk.json("/requester/create/projects")
    assert listed["projects"][0]["id"] == number
    sample = desk.request("GET", "/requester/projects/%d/sample.csv" % number)
    assert sample.body.decode("utf-8-sig").splitlines()[0] == '"question","url"'


@pytest.mark.parametrize("field, value, words", [
    ("name", "", "Give the project a name"),
    ("name", "x" * 256, "1 to 255 bytes"),
    ("name", "a\x01b", "control character"),
    ("title", "", "Workers choose by the title"),
    ("title", "t" * 129, ""),
    ("description", "", "Describe the task"),
    ("reward", "ten", "is not an amount"),
    ("reward", "-1", "is not an amount"),
    ("reward", "1.005", "is not an amount"),
    ("reward", "99999999", ""),
    ("assignments", "0", ""),
    ("assignments", "many", "not a whole number"),
    ("allotted", "1e3", "not a whole number"),
    ("allotted", "400000000000000000", "not a whole number"),
    ("lifetime", "", "A number is needed"),
    ("approval", "999", ""),
    ("rate", "101", "from 0 to 100"),
    ("approved", "-5", "not a whole number"),
    ("countries", "Germany", "two letters"),
    ("layout", "", "The layout is empty"),
    ("layout", "<p>only text ${x}</p>", "nothing that a worker could fill in"),
])
def test_form_says_what_is_wrong(requester, desk, field, value, words):
    more = {"allotted": {"allotted_unit": "days"}, "rate": {"rate_cmp": "GreaterThan"},
            "approval": {"approval_unit": "days"}, "approved": {"approved_cmp": "LessThan"}}
    page = make(desk, 422, **{field: value}, **more.get(field, {}))
    assert words in page.text
    assert 'has-error' in page.html and page.form(field="layout")
    fields = dict(page.form(field="layout").fields)
    if field != "keywords":
        assert fields["keywords"] == "label, image, Label"
    assert desk.json("/requester/create/projects")[1]["projects"] == []


def test_labels_follow_the_start(desk):
    page = make(desk, 422, start="survey", title="")
    page.says("New project: Survey", "Number of respondents", "people")


def test_criteria_come_back(requester, desk):
    number = project(desk, rate="95", rate_cmp="GreaterThanOrEqualTo", approved="100",
                     approved_cmp="GreaterThan", countries="us, DE, us-ca", countries_cmp="In",
                     masters="1", adult="1", visibility="DiscoverPreviewAndAccept")
    kept = requester.v1("GET", "/v1/projects/%d" % number)[1]["requirements"]
    assert len(kept) == 5
    assert {r["ActionsGuarded"] for r in kept} == {"DiscoverPreviewAndAccept"}
    page = desk.get("/requester/projects/%d/edit" % number)
    fields = dict(page.form(field="layout").fields)
    assert fields["rate"] == "95" and fields["rate_cmp"] == "GreaterThanOrEqualTo"
    assert fields["approved"] == "100" and fields["countries"] == "US, DE, US-CA"
    assert fields["masters"] == fields["adult"] == "1"
    assert fields["visibility"] == "DiscoverPreviewAndAccept"
    desk.send(page, "/edit", title="Another").says("Another")
    assert requester.v1("GET", "/v1/projects/%d" % number)[1]["requirements"] == kept
    desk.get("/requester/projects/%d" % number).says("Percent of tasks approved is at least 95",
                                                    "Location is one of US, DE, US-CA",
                                                    "do not see it")


def test_own_qualifications_have_a_line(mturk, desk):
    """Type, comparison, values and guard are chosen in the form, come back, and keep a mistake."""
    made = mturk.create_qualification_type(
        Name="Careful reader", Description="d",
        QualificationTypeStatus="Active")["QualificationType"]["QualificationTypeId"]
    wrong = make(desk, 422, name="Own", own_type_1=made, own_cmp_1="In", own_values_1="80, many",
                 own_guards_1="DiscoverPreviewAndAccept")
    wrong.says("Write whole numbers with commas between")
    typed = dict(wrong.form("/new").fields)
    assert typed["own_values_1"] == "80, many" and typed["own_type_1"] == made
    assert typed["own_guards_1"] == "DiscoverPreviewAndAccept"
    make(desk, 422, name="Own", own_type_1=made, own_cmp_1="EqualTo",
         own_values_1="").says("Say which value to compare with")
    make(desk, 422, name="Own", own_type_1="3ELSEWHERE", own_cmp_1="Exists").says(
        "not there any more")
    page = make(desk, 200, name="Own", own_type_1=made, own_cmp_1="In", own_values_1="80, 90",
                own_guards_1="DiscoverPreviewAndAccept", own_type_2=made, own_cmp_2="Exists")
    page.says("Careful reader is one of 80, 90", "Careful reader has been granted")
    form = dict(desk.get(page.url + "/edit").form("/edit").fields)
    assert (form["own_type_1"], form["own_cmp_1"], form["own_values_1"], form["own_guards_1"]) == (
        made, "In", "80, 90", "DiscoverPreviewAndAccept")
    assert (form["own_type_2"], form["own_cmp_2"], form["own_guards_2"]) == (made, "Exists", "Accept")
    assert form["own_type_3"] == "" and form["others"] == "[]"


def test_criteria_without_a_field_are_kept(requester, desk):
    import json
    rule = {"QualificationTypeId": "3ABCDEFGHIJKLMNOPQRSTUVWXYZ012", "Comparator": "Exists",
            "ActionsGuarded": "Accept"}
    made = requester.v1("POST", "/v1/projects", json.dumps(dict(
        name=next_name(), title="t", description="d", layout=LAYOUT, reward_cents=5,
        requirements=[rule])).encode())[1]
    page = desk.get("/requester/projects/%d/edit" % made["id"]).says("has been granted")
    desk.send(page, "/edit", rate="90", rate_cmp="GreaterThan")
    kept = requester.v1("GET", "/v1/projects/%d" % made["id"])[1]["requirements"]
    assert rule in kept and len(kept) == 2


def test_editing_never_touches_what_is_published(server, requester, desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(1))
    desk.send(draft, "/publish", follow=False)
    page = desk.get("/requester/projects/%d/edit" % number)
    page.says("Editing never changes tasks that are already published")
    desk.send(page, "/edit", layout=LAYOUT.replace("<p>", "<h1>New</h1><p>"), reward="0.70")
    hit = requester.client().list_hits(MaxResults=1)["HITs"][0]
    assert "New" not in hit["Question"] and hit["Reward"] == "0.50"
    page = desk.get("/requester/projects/%d" % number).says("Layout, version 2", "Look at it",
                                                            "an earlier version")
    old = desk.get("/requester/projects/%d/versions/1" % number)
    signs = [(c["sign"], c["text"]) for c in
             desk.json("/requester/projects/%d/versions/1" % number)[1]["changes"]]
    assert signs[0] == ("-", LAYOUT) and signs[1][0] == "+" and "<h1>New" in signs[1][1]
    old.says("What is different now")
    desk.send(old, "/restore").says("Layout, version 3")
    page = desk.get("/requester/projects/%d/edit" % number)
    assert dict(page.form(field="layout").fields)["layout"].strip() == LAYOUT
    desk.get("/requester/projects/%d/versions/9" % number, 404)


def test_two_editors(server, requester, desk):
    """Who saves last is told, instead of undoing the other's work."""
    number = project(desk)
    first = desk.get("/requester/projects/%d/edit" % number)
    second = desk.get("/requester/projects/%d/edit" % number)
    desk.send(first, "/edit", title="First")
    lost = desk.send(second, "/edit", title="Second")
    assert lost.status == 409
    lost.says("Somebody else has edited this project")
    assert dict(lost.form(field="layout").fields)["title"] == "Second"
    assert requester.v1("GET", "/v1/projects/%d" % number)[1]["title"] == "First"


def test_delete_and_restore(requester, desk):
    number = project(desk, name="To be deleted " + next_name())
    draft = upload(desk, number, csv_of(1))
    desk.send(draft, "/publish", follow=False)
    page = desk.get("/requester/projects/%d/delete" % number).says("1 batch of it is running")
    assert page.form("/delete").disabled
    refused = desk.send(page, "/delete")
    assert refused.status == 409
    for hit in requester.client().list_hits()["HITs"]:
        requester.client().update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
    page = desk.get("/requester/projects/%d/delete" % number)
    desk.send(page, "/delete").says("Restore")
    assert desk.json("/requester/create/projects")[1]["projects"] == []
    assert desk.json("/requester/create/projects?deleted=1")[1]["projects"][0]["id"] == number
    desk.get("/requester/projects/%d/publish" % number, 409)
    desk.get("/requester/projects/%d" % number).says("was deleted")
    name = desk.json("/requester/projects/%d" % number)[1]["name"]
    make(desk, 409, name=name).says("A project that you deleted has the name")
    desk.send(desk.get("/requester/create/projects?deleted=1"), "/restore").says(
        "The project is back")
    assert desk.json("/requester/create/projects")[1]["projects"][0]["id"] == number


def test_name_twice(desk):
    name = next_name()
    make(desk, 200, name=name)
    make(desk, 409, name=name).says("You already have a project with the name")


@pytest.mark.parametrize("content, faults", [
    (b"question\r\nq\r\n", [("1", "url", "needs a column url")]),
    (b"Question,URL\r\nq,u\r\n", [("1", "question", "differs in case only"),
                                  ("1", "url", "differs in case only")]),
    (b"question,url\r\nq\r\na,b,c\r\nq,u\r\nq,u\r\nq,u\r\n",
     [("2", "url", "the cell for url is missing"), ("3", "", "has 3 cells")]),
    (b"question,url,url\r\nq,u,v\r\n", [("1", "url", "Two columns are called url")]),
    (b"question,url\r\n\"q,u\r\n", [("2", "", "quote")]),
    (b"question,url\r\nq\xff,u\r\n", [("2", "", "")]),
    (b"question,url\r\n", [("", "", "")]),
    (b"", [("", "", "")]),
    (b"PK\x03\x04" + b"x" * 100, [("", "", "")]),
    (b"question,url,\r\nq,u,text\r\n", [("2", "", "has no name")]),
])
def test_every_fault_by_line_and_column(requester, desk, content, faults):
    number = project(desk)
    page = upload(desk, number, content, name="tasks" + EVIL.replace('"', "") + ".csv")
    assert page.status == 422, page.text[:1000]
    page.says("The file can not be published as it is")
    rows = re.findall(r'<tr><td class="num">([^<]*)</td><td class="mono">([^<]*)</td>'
                      r'<td class="prose">([^<]*)</td></tr>', page.html)
    for line, column, words in faults:
        assert any(a == (line or a) and b == (column or b) and words in c for a, b, c in rows), rows
    assert batches(requester) == []
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 0
    assert desk.json("/requester/create/projects")[1]["drafts"] == []


def test_remedies_for_case_and_encoding(requester, desk):
    number = project(desk)
    page = upload(desk, number, b"Question,URL\r\nq,u\r\n")
    draft = desk.send(page, "/publish", files={"file": ("a.csv", b"Question,URL\r\nq,u\r\n")},
                      fold_case="1")
    draft.says("Column Question is used for question")
    latin = "question,url\r\ncaf\u00e9,u\r\n".encode("latin-1")
    page = upload(desk, number, latin)
    assert page.status == 422 and "encoding" in page.form(field="encoding").names
    draft = desk.send(page, "/publish", files={"file": ("a.csv", latin)}, encoding="Windows-1252")
    draft.says("caf\u00e9")


def test_warnings_on_the_draft(requester, desk):
    number = project(desk, layout=LAYOUT + "<script>var x = `${literal}`</script>")
    draft = upload(desk, number, b"question,url,id\r\nq,u,1\r\n,u,2\r\nq,u,1\r\n")
    draft.says("an empty cell in 1 row", "1 row is the same as an earlier row",
               "1 column is not used by the layout: id", "${literal}")


def test_publish_twice(requester, desk):
    """The same file for the same project asks once (requester-site 3)."""
    number = project(desk)
    desk.send(upload(desk, number, csv_of(2), name="a"), "/publish", follow=False)
    draft = upload(desk, number, csv_of(2), name="b").says("This file was published already")
    refused = desk.send(draft, "/publish")
    assert refused.status == 422
    refused.says("Nothing was published", "Publish it all the same")
    assert len(batches(requester)) == 1
    assert desk.send(refused, "/publish", follow=False, again="1").status == 303
    assert len(batches(requester)) == 2


def test_publish_at_once(server, requester, desk):
    """Two windows press the button in the same moment: one batch, paid once."""
    number = project(desk)
    draft = upload(desk, number, csv_of(50))
    answers = []
    press = [threading.Thread(target=lambda: answers.append(
        desk.send(draft, "/publish", follow=False))) for _ in range(4)]
    for t in press:
        t.start()
    for t in press:
        t.join()
    assert [a.status for a in answers] == [303] * 4
    batch, = batches(requester)
    assert batch["hits"] == 50
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 50 * 2 * 60


def test_without_money(server):
    poor = server.requester(deposit="1.00")
    desk = Browser(server).sign_in(poor.email)
    draft = upload(desk, project(desk), csv_of(2))
    draft.says("Missing", "$1.40", "Deposit the missing")
    assert draft.form("/publish").disabled
    assert "/requester/account/deposit?amount=1.40&next=%2Frequester%2Fdrafts%2F" in "".join(
        draft.reader.links)
    refused = desk.send(draft, "/publish")
    assert refused.status >= 400 and batches(poor) == []
    server.deposit(poor.email, "5.00")
    assert desk.send(desk.get(draft.url), "/publish", follow=False).status == 303
    assert len(batches(poor)) == 1


def test_changed_cost_is_shown_first(server, requester, desk):
    draft = upload(desk, project(desk), csv_of(1))
    stale = desk.send(draft, "/publish", total="119")
    assert stale.status == 409
    stale.says("the cost has changed", "$1.20")
    assert batches(requester) == []


def test_without_variables(requester, desk):
    number = project(desk, layout='<p>Hello</p><input name="a">', assignments="10")
    page = desk.get("/requester/projects/%d/publish" % number).says("no file is needed")
    for bad in ("0", "x", "99999999"):
        refused = desk.send(page, "/publish", tasks=bad)
        assert refused.status == 422 and "is not a number" in refused.text
    draft = desk.send(page, "/publish", tasks="3")
    draft.says("3 tasks × 10 assignments = 30", "as each task has 10 or more assignments")
    assert desk.send(draft, "/publish", follow=False).status == 303
    assert batches(requester)[0]["hits"] == 3


def test_throw_away(requester, desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(2), name="b")
    assert desk.json("/requester/create/projects")[1]["drafts"]
    desk.send(draft, "/drop").says("Nothing was published")
    desk.get(draft.url, 404)
    assert desk.json("/requester/create/projects")[1]["drafts"] == []


def test_anothers_ids(server, requester, desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(1))
    other = server.requester(deposit="100.00")
    stranger = Browser(server).sign_in(other.email)
    for path in ("", "/edit", "/publish", "/delete", "/versions/1", "/sample.csv"):
        stranger.get("/requester/projects/%d%s" % (number, path), 404)
    stranger.get(draft.url, 404)
    own = upload(stranger, project(stranger), csv_of(1))
    for action in ("/publish", "/drop"):
        form = own.form(action)
        body, head = stranger.encode(form, {}, None)
        assert stranger.request("POST", draft.url + action, body, head).status == 404
    assert batches(requester) == [] and batches(other) == []
    assert server.request("GET", "/requester/projects/%d" % number)[0] in (302, 303)


def test_forms_need_their_token(requester, desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(1))
    for page, action in ((draft, "/publish"), (draft, "/drop"),
                         (desk.get("/requester/projects/%d/edit" % number), "/edit"),
                         (desk.get("/requester/projects/%d/delete" % number), "/delete")):
        assert desk.send(page, action, csrf_token="x", follow=False).status == 403
        assert desk.send(page, action, headers={"Origin": "https://evil.example"},
                         follow=False).status == 403
    assert batches(requester) == []
    assert desk.json("/requester/projects/%d" % number)[1]["deleted"] is None


def test_stored_script_is_shown_as_text(server, requester, desk):
    number = project(desk, name="N" + EVIL + next_name(), title="T" + EVIL, description="D" + EVIL,
                     keywords="K" + EVIL)
    rows = ('question,url,"<script>alert(2)</script>"\r\n"%s","u","x"\r\n' %
            EVIL.replace('"', '""')).encode()
    draft = upload(desk, number, rows, name="B" + EVIL)
    pages = [draft, desk.get("/requester/create/projects"),
             desk.get("/requester/projects/%d" % number),
             desk.get("/requester/projects/%d/edit" % number),
             desk.get("/requester/projects/%d/delete" % number),
             desk.get("/requester/create/projects/new"),
             desk.get("/requester/projects/%d/publish" % number)]
    for page in pages:
        assert "<script>alert" not in page.html, page.url
        assert None not in page.reader.scripts
    status, head, html = content_of(server, frame_of(draft))
    assert "<script>alert(1)</script>" in html, "a value is put in as it is (questions 10.4)"
    policy = head["Content-Security-Policy"]
    assert policy.startswith("sandbox ") and "allow-top-navigation" not in policy
    assert "Set-Cookie" not in head


def test_previews_can_not_be_guessed(server, requester, desk):
    draft = upload(desk, project(desk), csv_of(2))
    url = frame_of(draft)
    assert content_of(server, url.replace("row=1", "row=3"))[0] == 404
    sealed = re.search(r"/draft/(\w+)", url).group(1)
    swapped = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    assert content_of(server, url.replace(sealed, swapped))[0] == 404
    assert content_of(server, url.replace("/draft/", "/layout/"))[0] == 404
    desk.send(draft, "/publish", follow=False)
    assert content_of(server, url)[0] == 404, "a preview ends with its draft"


def test_layout_findings_have_a_place(requester, desk):
    layout = '<input name="Reject">\n<input>\n<p>${open</p>\n<img src="http://x/y.png">'
    page = make(desk, 200, layout=layout)
    page.says("To look at in the layout", "reviewers decide", "has no name",
              "not a closed placeholder", "loaded by http:")
    assert ">2:1<" in page.html


def test_numbers_that_no_page_has(desk):
    number = project(desk)
    draft = upload(desk, number, csv_of(2))
    assert desk.get(draft.url + "?row=1000000000000000000").text.count("Task 1 of 2") == 1
    desk.get("/requester/projects/999999999999999999999999", 404)
    desk.get("/requester/drafts/1000000000000000000", 404)


def test_joins_a_group(server, requester, desk):
    """The project's page says with which batch workers will see the next one, and when they will not."""
    batch = Batch(server, requester, rows=2, assignments=1)
    _, card = desk.json("/requester/create/projects")
    project = "/requester/projects/%d" % max(p["id"] for p in card["projects"])
    page = desk.get(project)
    page.says("in one group with", "joins its 2 open tasks")
    assert batch.url in page.reader.links
    batch.client.update_expiration_for_hit(
        HITId=batch.client.list_hits(MaxResults=1)["HITs"][0]["HITId"], ExpireAt=0)
    desk.get(project).says("joins its 1 open task,")
    edit = desk.get(project + "/edit")
    desk.send(edit, "/edit", title="Another title <b>")
    page = desk.get(project)
    page.says("as a group of its own", "Another title <b>")
    # another requester's equal tasks are no group of his
    other = server.requester(deposit="10.00")
    Batch(server, other, rows=1, assignments=1, title="Another title <b>")
    desk.get(project).says("as a group of its own")

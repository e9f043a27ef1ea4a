"""The worker's JSON, signing in, forms and the task documents (worker-site 1, 4-8; questions 4)."""
import json
import re
import urllib.parse

import pytest

from market import HTML, PASSWORD, new_hit, next_name


def csrf(worker):
    return {"Cookie": worker.cookie, "X-CSRF-Token": worker.csrf, "Accept": "application/json"}


def test_sign_in(server):
    w = server.worker()
    status, answer = w.sign_in()
    assert status == 200 and answer["role"] == "worker" and answer["id"] == w.id
    assert len(answer["csrf_token"]) >= 32
    wrong = w.sign_in("something else")
    unknown = w.form("POST", "/sign-in", email="nobody@example.org", password="x" * 9)[:2]
    assert wrong == unknown and wrong[0] == 401  # nobody learns which it was
    head = w.form("POST", "/sign-in", email=w.email, password=PASSWORD)[2]
    cookie = head["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_sign_in_slows_down(server):
    w = server.worker()
    statuses = [w.sign_in("wrong wrong")[0] for _ in range(8)]
    assert statuses[:5] == [401] * 5 and 429 in statuses
    assert w.sign_in()[0] == 429


def test_sign_in_from_elsewhere(server):
    w = server.worker()
    body = urllib.parse.urlencode({"email": w.email, "password": PASSWORD})
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        status, head, data = server.request("POST", "/sign-in", body, dict(header, **{
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}))
        assert status == 403 and "Set-Cookie" not in head


def test_register(server):
    w = server.worker()
    w.cookie = None
    fields = dict(email="new-%s@example.org" % server.port, password=PASSWORD, name="New",
                  country="DE")
    status, answer, head = w.form("POST", "/register", **fields)
    assert status == 201 and answer["role"] == "worker" and head["Set-Cookie"]
    assert re.fullmatch("A[A-Z0-9]{11,13}", answer["id"])
    assert w.form("POST", "/register", **fields)[0] == 409
    status, answer, _ = w.form("POST", "/register", **dict(fields, email="x@y.org", password="short"))
    assert status == 400 and answer["error"]["field"] == "password"


def test_sign_out(server):
    w = server.worker()
    assert w.get("/tasks")[0] == 200
    assert w.form("POST", "/sign-out")[0] == 200
    assert w.get("/tasks")[0] == 401


def test_tokens_are_asked_for(server, mturk):
    w = server.worker()
    hit = new_hit(mturk)
    path = "/projects/%s/tasks/accept_random" % hit["HITGroupId"]
    good = csrf(w)
    for change in ({"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": ""}, {"Origin": "http://evil"}):
        status, _, data = server.request("POST", path, "", dict(good, **change))
        assert status == 403 and json.loads(data)["error"]["code"] == "CSRF"
    without = {k: v for k, v in good.items() if k != "X-CSRF-Token"}
    assert server.request("POST", path, "", without)[0] == 403
    # the same token as a field of the form
    status, _, data = server.request("POST", path, "csrf_token=" + w.csrf, dict(
        without, **{"Content-Type": "application/x-www-form-urlencoded"}))
    assert status == 200
    # by GET only with the header (worker-site 1.3)
    other = server.worker()
    assert server.request("GET", path, None, csrf(other))[0] == 200
    assert len(other.get("/tasks")[1]["tasks"]) == 1
    third = server.worker()
    status, head, data = server.request("GET", path, None, {"Cookie": third.cookie})
    assert status == 200 and b">Accept</button>" in data
    assert third.get("/tasks")[1]["tasks"] == []


def test_rights(server, requester, worker):
    for path in ("/tasks", "/dashboard", "/earnings", "/status_details/2026-01-01"):
        assert server.request("GET", path, None, {"Accept": "application/json"})[0] == 401
        assert worker.get(path)[0] == 200
    body = urllib.parse.urlencode({"email": requester.email, "password": PASSWORD})
    status, head, _ = server.request("POST", "/sign-in", body, {
        "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
    assert status == 200
    cookie = head["Set-Cookie"].split(";")[0]
    assert server.request("GET", "/tasks", None, {"Cookie": cookie})[0] == 403


def test_groups(server, mturk, worker):
    hit = new_hit(mturk, Title="Zebra stripes", Reward="0.75", MaxAssignments=2)
    status, page = worker.get("/projects?format=json&filters%5Bsearch_term%5D=zebra&sort=reward_desc")
    assert status == 200 and page["num_results"] == page["total_num_results"] == 1
    group = page["results"][0]
    assert group["hit_set_id"] == hit["HITGroupId"] and group["title"] == "Zebra stripes"
    assert group["monetary_reward"] == {"amount_in_dollars": 0.75, "currency_code": "USD"}
    assert group["assignable_hits_count"] == 1 and group["caller_meets_requirements"] is True
    assert group["accept_project_task_url"].endswith("/accept_random")
    status, preview = worker.get(group["project_tasks_url"] + "?format=json")
    assert preview["task_id"] == hit["HITId"] and "assignment_id" not in preview
    assert "ASSIGNMENT_ID_NOT_AVAILABLE" in preview["question"]["value"]
    assert worker.id not in preview["question"]["value"]
    # old links, with either id
    for gid in (hit["HITGroupId"], hit["HITTypeId"]):
        status, head, _ = server.request("GET", "/mturk/preview?groupId=" + gid)
        assert status == 303 and head["Location"] == "/projects/%s/tasks" % hit["HITGroupId"]
    worker.work(hit["HITGroupId"])
    status, page = worker.get("/projects?format=json&filters%5Bsearch_term%5D=zebra")
    assert page["results"] == []


def test_queue_and_return(server, mturk, worker):
    hit = new_hit(mturk, MaxAssignments=1)
    status, entry = worker.accept(hit["HITGroupId"])
    assert entry["state"] == "Assigned" and entry["time_to_deadline_in_seconds"] == 600
    assert worker.id in entry["question"]["value"]
    status, queue = worker.get("/tasks")
    assert [t["assignment_id"] for t in queue["tasks"]] == [entry["assignment_id"]]
    status, again = worker.get(entry["task_url"] + "&format=json")
    assert status == 200 and again["assignment_id"] == entry["assignment_id"]
    other = server.worker()
    assert other.accept(hit["HITGroupId"])[0] in (404, 422)
    a = entry["assignment_id"]
    assert other.get(entry["task_url"])[0] == 404
    assert other.form("DELETE", "/tasks/" + a)[0] == 404
    assert worker.form("DELETE", "/tasks/" + a)[:2] == (200, {"assignment_id": a,
                                                             "state": "Returned"})
    assert worker.form("DELETE", "/tasks/" + a)[0] == 422
    status, entry = other.accept(hit["HITGroupId"])
    assert status == 200
    assert other.form("POST", "/tasks/" + entry["assignment_id"], _method="delete")[0] == 200


def submit(server, path, body, media="application/x-www-form-urlencoded", method="POST"):
    return server.request(method, path, body, {"Content-Type": media} if body else {})


def test_submit_by_every_form(server, mturk):
    hit = new_hit(mturk, MaxAssignments=5)

    def answer(send):
        w = server.worker()
        a = w.accept(hit["HITGroupId"])[1]["assignment_id"]
        status, head, data = send(a)
        assert status == 200 and b"Submitted" in data
        assert head["Access-Control-Allow-Origin"] == "*"
        assert "script-src 'nonce-" in head["Content-Security-Policy"]
        return re.findall("<QuestionIdentifier>(.*?)</QuestionIdentifier><FreeText>(.*?)</FreeText>",
                          mturk.get_assignment(AssignmentId=a)["Assignment"]["Answer"].replace(
                              "\n", ""))

    path = "/mturk/externalSubmit"
    assert answer(lambda a: submit(server, path, "assignmentId=%s&x=1&x=2&y=" % a)) == \
        [("x", "1|2"), ("y", "")]
    assert answer(lambda a: submit(server, "/" + path, "assignmentId=%s&x=%%C3%%A4" % a)) == \
        [("x", "ä")]
    assert answer(lambda a: submit(server, path + "?assignmentId=%s&q=0" % a, "b=1")) == \
        [("q", "0"), ("b", "1")]
    assert answer(lambda a: submit(server, path + "?assignmentId=%s&q=0" % a, None,
                                   method="GET")) == [("q", "0")]
    parts = ("--B\r\nContent-Disposition: form-data; name=\"assignmentId\"\r\n\r\n%s\r\n"
             "--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\na < b\r\n"
             "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"p.png\"\r\n"
             "Content-Type: image/png\r\n\r\nPNG\r\n--B--\r\n")
    assert answer(lambda a: submit(server, path, parts % a, "multipart/form-data; boundary=B")) == \
        [("t", "a &lt; b"), ("f", "p.png")]


def test_submit_refused(server, mturk, worker):
    hit = new_hit(mturk)
    path = "/mturk/externalSubmit"
    status, _, data = submit(server, path, "tag=my+words")
    assert status == 400 and b"assignmentId" in data and b"tag: my words" in data
    status, _, data = submit(server, path, "assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&tag=x")
    assert status == 400 and b"accept" in data
    assert submit(server, path, "assignmentId=3%s&tag=x" % ("A" * 29))[0] == 404
    a = worker.accept(hit["HITGroupId"])[1]["assignment_id"]
    assert worker.submit(a, tag="cat")[1]["again"] is False
    assert worker.submit(a, tag="cat")[1]["again"] is True  # a double click
    status, _, data = submit(server, path, "assignmentId=%s&tag=dog" % a)
    assert status == 422 and b"tag: dog" in data and b"<script" not in data
    assert submit(server, path, "assignmentId=%s&x=" % a + "y" * (1 << 20))[0] == 413
    late = server.worker()
    b = late.accept(hit["HITGroupId"])[1]["assignment_id"]
    server.advance("10m6s")
    status, refusal = late.submit(b, tag="late")
    assert status == 422 and refusal["error"]["code"] in ("DEADLINE_PASSED", "NOT_IN_PROGRESS")


def test_figures(server, mturk, worker):
    hit = new_hit(mturk, Reward="1.25")
    a = worker.work(hit["HITGroupId"])
    mturk.reject_assignment(AssignmentId=a, RequesterFeedback="wrong <b>")
    day = mturk.get_assignment(AssignmentId=a)["Assignment"]["SubmitTime"].astimezone(
        __import__("datetime").timezone.utc).strftime("%Y-%m-%d")
    status, page = worker.get("/status_details/" + day)
    row = page["results"][0]
    assert row["assignment_id"] == a and row["state"] == "Rejected"
    assert row["requester_feedback"] == "wrong <b>" and "reversible_until" in row
    mturk.approve_assignment(AssignmentId=a, OverrideRejection=True, RequesterFeedback="sorry")
    row = worker.get("/status_details/" + day)[1]["results"][0]
    assert row["state"] == "Paid" and row["overturned"] is True
    assert (row["requester_feedback"], row["rejection_feedback"]) == ("sorry", "wrong <b>")
    status, money = worker.get("/earnings")
    assert money["payable"] == 1.25 and money["results"][0]["amount"] == 1.25
    status, _, page = server.request("GET", "/status_details/" + day, None,
                                     {"Cookie": worker.cookie})
    assert b"wrong &lt;b&gt;" in page or b"wrong <b>" not in page
    assert worker.form("POST", "/transfers", amount="2.00")[0] == 400
    assert worker.form("POST", "/transfers", amount="x")[0] == 400
    status, done, _ = worker.form("POST", "/transfers", amount="1.00")
    assert status == 200 and done["payable"] == 0.25
    assert worker.get("/status_details/yesterday")[0] == 404


def fetch(url):
    import http.client
    parts = urllib.parse.urlsplit(url)
    c = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    c.request("GET", parts.path + ("?" + parts.query if parts.query else ""))
    r = c.getresponse()
    return r.status, r.headers, r.read()


def test_task_documents(server, mturk, worker):
    hit = new_hit(mturk)
    preview = worker.get("/projects/%s/tasks?format=json" % hit["HITGroupId"])[1]
    status, head, page = fetch(preview["question"]["value"])
    assert status == 200 and b'<input name="tag">' in page
    assert head["Content-Security-Policy"].startswith("sandbox allow-scripts ")
    assert "frame-ancestors " + server.url in head["Content-Security-Policy"]
    assert "allow-top-navigation" not in head["Content-Security-Policy"]
    assert "Set-Cookie" not in head
    # hard-coded addresses of the old service become ours
    assert (server.url + "/mturk/externalSubmit").encode() in page and b"mturk.com" not in page
    entry = worker.accept(hit["HITGroupId"])[1]
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(entry["question"]["value"]).query)
    assert query == {"assignmentId": [entry["assignment_id"]], "hitId": [hit["HITId"]],
                     "workerId": [worker.id], "turkSubmitTo": [server.url + "/"]}
    accepted = fetch(entry["question"]["value"])[2]  # the same, and what keeps its draft
    assert accepted.startswith(page)
    assert re.fullmatch(rb'<script src="/static/draft\.\w+\.js" data-site="%s"></script>\n'
                        % re.escape(server.url).encode(), accepted[len(page):])
    assert fetch(entry["question"]["value"].replace(entry["assignment_id"], "3" + "A" * 29))[0] == 404


def test_bare_layout(server, requester, worker):
    """A layout without a form gets the one that the old site put around it (questions 3.5)."""
    members = dict(name=next_name(), title="A < B", description="d", reward_cents=5,
                   max_assignments=1, layout='<p>${word}</p><input name="tag">')
    status, made = requester.v1("POST", "/v1/projects", json.dumps(members).encode())
    assert status == 201, made
    status, batch = requester.v1("POST", "/v1/projects/%d/batches" % made["id"], b"word\noak\n")
    assert status == 201, batch
    hit = requester.client().list_hits()["HITs"][0]
    assert "externalHIT_v1.js" in hit["Question"] and "<p>oak</p>" in hit["Question"]
    entry = worker.accept(hit["HITGroupId"])[1]
    status, _, page = fetch(entry["question"]["value"])
    assert status == 200 and b"<title>A &lt; B</title>" in page
    assert b'name="assignmentId"' in page and b'id="submitButton"' in page
    assert (server.url + "/mturk/externalSubmit").encode() in page
    helper = re.search(rb'<script src="([^"]+)"', page).group(1).decode()
    assert helper.startswith(entry["question"]["value"].split("/task/")[0] + "/")
    status, head, script = fetch(helper)
    assert status == 200 and b"function turkSetAssignmentID" in script
    assert head["Content-Type"].startswith("text/javascript")


def test_external_question(mturk, worker):
    external = HTML.split("<HTMLContent>")[0].replace("HTMLQuestion", "ExternalQuestion").replace(
        "2011-11-11", "2006-07-14") + \
        "<ExternalURL>http://127.0.0.1:9/task?x=1&amp;y=2</ExternalURL><FrameHeight>0</FrameHeight>" \
        "</ExternalQuestion>"
    hit = new_hit(mturk, Question=external)
    entry = worker.accept(hit["HITGroupId"])[1]
    assert entry["question"]["type"] == "ExternalQuestion"
    url = entry["question"]["value"]
    assert url.startswith("http://127.0.0.1:9/task?x=1&y=2&assignmentId=" + entry["assignment_id"])


def test_question_form(mturk, worker):
    ns = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd"
    form = """<QuestionForm xmlns="%s"><Overview><Title>A &lt; B</Title></Overview><Question>
<QuestionIdentifier>q1</QuestionIdentifier><IsRequired>true</IsRequired><QuestionContent><Text>Why?</Text>
</QuestionContent><AnswerSpecification><SelectionAnswer><Selections><Selection>
<SelectionIdentifier>s1</SelectionIdentifier><Text>One</Text></Selection></Selections></SelectionAnswer>
</AnswerSpecification></Question></QuestionForm>""" % ns
    hit = new_hit(mturk, Question=form)
    entry = worker.accept(hit["HITGroupId"])[1]
    status, head, page = fetch(entry["question"]["value"])
    assert status == 200 and b"A &lt; B" in page and b'name="q1" value="s1" required' in page
    assert entry["assignment_id"].encode() in page


def test_pages_without_json(server, mturk, worker):
    hit = new_hit(mturk, Title="<i>Title</i>")
    for path in ("/", "/projects", "/sign-in", "/register", "/tasks", "/dashboard",
                 "/projects/%s/tasks" % hit["HITGroupId"]):
        status, head, data = server.request("GET", path, None, {"Cookie": worker.cookie})
        assert status == 200 and head["Content-Type"] == "text/html; charset=utf-8", path
        assert b"<i>Title" not in data
        assert "frame-ancestors 'none'" in head["Content-Security-Policy"]
    assert server.request("GET", "/nowhere")[0] == 404
    assert server.request("PUT", "/projects")[0] == 405
    assert server.request("HEAD", "/projects")[0] == 200


@pytest.mark.parametrize("path", ["/projects/x/tasks", "/projects/%2e%2e/tasks", "/%00", "//",
                                  "/projects?page_number=-1&page_size=0", "/?%", "/tasks/%ff"])
def test_strange_addresses(server, path):
    assert server.request("GET", path, None, {"Accept": "application/json"})[0] in (200, 400, 404, 405)

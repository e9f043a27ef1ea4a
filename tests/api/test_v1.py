"""/v1: projects, batches, results, reviews (DESIGN 2), signed and by session."""
import csv
import io
import json
import urllib.parse
import uuid

import pytest

from market import PASSWORD, next_name

LAYOUT = ("<p>${question}</p><img src=\"${url}\"><form><input name=\"tag\"></form>"
          "<script>var x = `${notAColumn}`</script>")


def project(requester, **more):
    members = dict(name=next_name(), title="Label a picture", description="d", layout=LAYOUT,
                   reward_cents=50, max_assignments=1)
    members.update(more)
    return requester.v1("POST", "/v1/projects", json.dumps(members).encode())


def published(requester, rows=3, **more):
    status, made = project(requester, **more)
    assert status == 201, made
    body = "url,question\r\n" + "".join("http://x/%d,\"What, %d?\"\r\n" % (i, i)
                                        for i in range(rows))
    status, batch = requester.v1("POST", "/v1/projects/%d/batches" % made["id"], body.encode())
    assert status == 201, batch
    return batch


def group_of(requester):
    return requester.client().list_hits(MaxResults=1)["HITs"][0]["HITGroupId"]


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def text(rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def test_hit_from_layout(requester):
    """HITLayoutId with parameters, by the Requester API (questions 10.2)."""
    made = project(requester)[1]
    members = dict(LifetimeInSeconds=86400, AssignmentDurationInSeconds=600, Reward="0.50",
                   Title="t", Description="d", HITLayoutId=made["layout_id"])

    def create(**values):
        parameters = [{"Name": k, "Value": v} for k, v in values.items()]
        return requester.raw("CreateHIT", dict(members, HITLayoutParameters=parameters))

    status, answer = create(question="Why ${url}?", url="http://x/1")
    assert status == 200, answer
    question = answer["HIT"]["Question"]
    assert "<p>Why ${url}?</p>" in question and "http://x/1" in question
    assert answer["HIT"]["HITLayoutId"] == made["layout_id"]
    status, answer = create(url="x")
    assert status == 400 and answer["Message"].startswith(
        "Your request is missing required parameters.") and "question" in answer["Message"]
    status, answer = create(url="x", question="y", Question="z")
    assert status == 400 and "no placeholder ${Question}" in answer["Message"]
    status, answer = create(url="x" * 65536, question="y")
    assert status == 400 and "at most 65535" in answer["Message"]


def test_projects(requester):
    name = next_name()
    status, made = project(requester, name=name, requirements=[
        {"QualificationTypeId": "00000000000000000040", "Comparator": "GreaterThan",
         "IntegerValues": [5]}])
    assert status == 201 and made["reward_cents"] == 50 and made["lifetime_s"] == 604800
    assert made["requirements"][0]["IntegerValues"] == [5]
    assert requester.v1("GET", "/v1/projects/%d" % made["id"]) == (200, made)
    status, page = requester.v1("GET", "/v1/projects", query={"limit": "1"})
    assert page["projects"] == [made] and page["next"] == made["id"]
    status, page = requester.v1("GET", "/v1/projects", query={"next": str(page["next"])})
    assert page["projects"] == [] and page["next"] is None
    status, answer = project(requester, name=name)
    assert status == 409 and answer["error"]["code"] == "NAME_TAKEN"
    status, answer = project(requester, layout="<p>${x}</p>")
    assert status == 400 and answer["error"]["field"] == "Layout"
    status, answer = project(requester, reward_cents="50")
    assert status == 400 and answer["error"]["code"] == "BAD_JSON"
    status, answer = project(requester, reward_cents=-1)
    assert answer["error"]["code"] == "VALIDATION" and "'reward_cents'" in answer["error"]["message"]


def test_publish(server, requester, worker):
    batch = published(requester, rows=3)
    assert batch["hits"] == batch["assignments"] == 3
    assert batch["cents"]["total"] == 180 and batch["cents"]["missing"] == 0
    status, card = requester.v1("GET", "/v1/batches/%d" % batch["id"])
    assert card["state"] == "in_progress" and card["hits"] == 3
    assert card["assignments"]["submitted"] == 0
    hit = requester.client().list_hits(MaxResults=1)["HITs"][0]
    assert "What, 2?" in hit["Question"] and "${notAColumn}" in hit["Question"]
    assert "HTMLQuestion" in hit["Question"]
    assert requester.v1("GET", "/v1/balance")[1] == {"available_cents": 100000 - 180,
                                                     "held_cents": 180}


def test_publish_plan(requester):
    status, made = project(requester)
    status, plan = requester.v1("POST", "/v1/projects/%d/batches" % made["id"],
                                b"url,question\nu,q\n", query={"plan": "1"})
    assert status == 200 and plan["cents"]["total"] == 60 and "id" not in plan
    assert requester.v1("GET", "/v1/batches")[1]["batches"] == []
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 0


@pytest.mark.parametrize("body, words", [
    (b"", ""), (b"url,question\r\n", ""), (b"url\r\nx\r\n", "question"),
    (b"url,question,url\r\n1,2,3\r\n", "Two columns are called url"), (b"url,question\r\n\"x,y\r\n", ""),
    (b"url,question\r\n1,2,3,4\r\n", ""), (b"\x00\x01\x02\xff\xfe" * 100, ""),
])
def test_bad_input_files(requester, body, words):
    status, made = project(requester)
    status, answer = requester.v1("POST", "/v1/projects/%d/batches" % made["id"], body)
    assert status in (400, 422) and words in answer["error"]["message"], answer
    assert requester.v1("GET", "/v1/batches")[1]["batches"] == []
    assert requester.v1("GET", "/v1/balance")[1]["held_cents"] == 0


def test_all_faults_at_once(requester):
    """Every fault by line and column (csv-formats 2), and nothing is staged."""
    made = project(requester)[1]
    path = "/v1/projects/%d/batches" % made["id"]
    body = b"url,question,extra\r\nu\r\na,b,c\r\nv,w,x,y\r\nu,q,1\r\nu,q,2\r\nu,q,3\r\n"
    status, answer = requester.v1("POST", path, body)
    assert status == 422 and answer["error"]["code"] == "BAD_FILE"
    faults = [f for f in answer["error"]["faults"] if f["level"] == "row"]
    assert [(f["code"], f["line"], f.get("column")) for f in faults] == [
        ("U07", 2, "question"), ("U07", 4, None)]
    status, answer = requester.v1("POST", path, b"URL,Question\r\nu,q\r\n")
    faults = [f for f in answer["error"]["faults"] if f["level"] == "file"]
    assert [(f["code"], f["line"], f.get("column")) for f in faults] == [
        ("column-case", 1, "question"), ("column-case", 1, "url")]
    status, batch = requester.v1("POST", path, b"URL,Question\r\nu,q\r\n",
                                 query={"fold_case": "1"})
    assert status == 201 and batch["hits"] == 1
    status, answer = requester.v1("POST", path, query={"tasks": "3"})
    assert status == 422 and "needs a file" in answer["error"]["message"]
    plain = project(requester, layout="<form><input name=\"a\"></form>")[1]
    status, batch = requester.v1("POST", "/v1/projects/%d/batches" % plain["id"],
                                 query={"tasks": "3"})
    assert status == 201 and batch["hits"] == 3


def test_publish_without_money(server):
    poor = server.requester(deposit="1.00")
    status, made = project(poor)
    status, answer = poor.v1("POST", "/v1/projects/%d/batches" % made["id"],
                             b"url,question\nu,q\nu,q\n")
    assert answer["error"]["code"] == "INSUFFICIENT_FUNDS"
    assert poor.v1("GET", "/v1/batches")[1]["batches"] == []


def reviewed_batch(server, requester, rows=3):
    batch = published(requester, rows=rows)
    group = group_of(requester)
    worker = server.worker()
    for i in range(rows):
        worker.work(group, tag="t%d" % i)
    return batch["id"], worker


def test_review(server, requester):
    """The story of DESIGN 1 by file."""
    batch, worker = reviewed_batch(server, requester)
    status, data = requester.v1("GET", "/v1/batches/%d/results.csv" % batch)
    rows = table(data)
    assert [r["Answer.tag"] for r in rows] == ["t0", "t1", "t2"]
    assert rows[0]["Input.question"] == "What, 0?"
    for r in rows:
        r["Reject"] = "wrong"
    status, plan = requester.v1("POST", "/v1/reviews", text(rows), query={"batch": str(batch)})
    assert status == 201 and plan["applicable"] and plan["counts"]["reject"] == 3
    assert plan["state"] == "planned" and plan["cents"]["released"] == 180
    assert requester.v1("GET", "/v1/reviews/" + plan["review"])[1]["token"] == plan["token"]
    commit = "/v1/reviews/%s/commit" % plan["review"]
    status, answer = requester.v1("POST", commit, b'{"token":"nonsense"}')
    assert status == 409
    token = json.dumps({"token": answer.get("token", plan["token"])}).encode()
    status, outcome = requester.v1("POST", commit, token)
    assert status == 200 and outcome["counts"]["rejected"] == 3 and outcome["state"] == "applied"
    assert requester.v1("POST", commit, token) == (200, outcome)  # once
    status, card = requester.v1("GET", "/v1/batches/%d" % batch)
    assert card["undoable_rejections"] == 3 and card["state"] == "reviewed"

    rows = table(requester.v1("GET", "/v1/batches/%d/results.csv" % batch,
                              query={"status": "rejected"})[1])
    for r in rows[:2]:
        r["Approve"], r["Reject"] = "x", ""
    status, plan = requester.v1("POST", "/v1/reviews", text(rows), query={"batch": str(batch)})
    assert plan["counts"]["overturn"] == 2 and plan["cents"]["from_available"] == 120
    status, outcome = requester.v1("POST", "/v1/reviews/%s/commit" % plan["review"],
                                   json.dumps({"token": plan["token"]}).encode())
    assert outcome["counts"]["overturned"] == 2
    status, data = requester.v1("GET", "/v1/reviews/%s/outcome.csv" % plan["review"])
    assert [r["Outcome"] for r in table(data)] == ["overturned", "overturned", "unchanged"]
    assert worker.get("/dashboard")[1]["availableEarnings"] == 1.0


def test_review_stale(server, requester):
    """The world moves on between plan and commit: 409 and a fresh plan."""
    batch, worker = reviewed_batch(server, requester, rows=2)
    rows = table(requester.v1("GET", "/v1/batches/%d/results.csv" % batch)[1])
    for r in rows:
        r["Approve"] = "x"
    status, plan = requester.v1("POST", "/v1/reviews", text(rows), query={"batch": str(batch)})
    requester.client().approve_assignment(AssignmentId=rows[0]["AssignmentId"])
    commit = "/v1/reviews/%s/commit" % plan["review"]
    status, fresh = requester.v1("POST", commit, json.dumps({"token": plan["token"]}).encode())
    assert status == 409 and fresh["token"] != plan["token"] and fresh["counts"]["approve"] == 1
    assert requester.client().get_assignment(AssignmentId=rows[1]["AssignmentId"])["Assignment"][
        "AssignmentStatus"] == "Submitted"
    status, outcome = requester.v1("POST", commit, json.dumps({"token": fresh["token"]}).encode())
    assert status == 200 and outcome["counts"]["approved"] == 1


def test_review_dropped_and_foreign(server, requester):
    batch, _ = reviewed_batch(server, requester, rows=1)
    data = requester.v1("GET", "/v1/batches/%d/results.csv" % batch)[1]
    stranger = server.requester()
    for path in ("/v1/batches/%d", "/v1/batches/%d/results.csv"):
        status, answer = stranger.v1("GET", path % batch)
        assert status == 404 and (
            json.loads(answer) if isinstance(answer, bytes) else answer)["error"]["code"] == \
            "NOT_FOUND"
    assert stranger.v1("POST", "/v1/reviews", data, query={"batch": str(batch)})[0] == 404
    status, plan = requester.v1("POST", "/v1/reviews", data, query={"batch": str(batch)})
    review = "/v1/reviews/" + plan["review"]
    for method, path in (("GET", review), ("GET", review + "/outcome.csv"),
                         ("POST", review + "/commit")):
        status, answer = stranger.v1(method, path, b'{"token":"x"}' if method == "POST" else b"")
        assert status == 404
    status, answer = requester.v1("DELETE", review)
    assert status == 204, answer
    assert requester.v1("GET", review)[0] == 404
    status, answer = requester.v1("POST", "/v1/reviews", b"a,b\n1,2\n")
    assert status in (404, 422) and answer["error"]["message"]


def test_words_of_the_query(requester):
    batch = published(requester, rows=1)["id"]
    for path, query, field in (
            ("/v1/batches", {"state": "x"}, "state"), ("/v1/batches", {"limit": "0"}, "limit"),
            ("/v1/batches/%d/results.csv" % batch, {"dialect": "x"}, "dialect"),
            ("/v1/batches/%d/results.csv" % batch, {"status": "x"}, "status")):
        status, answer = requester.v1("GET", path, query=query)
        assert status == 400 and answer["error"]["field"] == field
    assert requester.v1("GET", "/v1/batches/x")[0] == 404
    assert requester.v1("GET", "/v1/nowhere")[0] == 404
    assert requester.v1("PUT", "/v1/batches")[0] == 405
    status, page = requester.v1("GET", "/v1/batches", query={"state": "in_progress", "limit": "1"})
    assert [b["id"] for b in page["batches"]] == [batch]


def test_idempotency_key(requester):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = json.dumps(dict(name=next_name(), title="t", description="d", layout=LAYOUT,
                           reward_cents=1)).encode()
    first = requester.v1("POST", "/v1/projects", body, key)
    assert first[0] == 201 and requester.v1("POST", "/v1/projects", body, key) == first
    path = "/v1/projects/%d/batches" % first[1]["id"]
    key = {"Idempotency-Key": str(uuid.uuid4())}
    batch = requester.v1("POST", path, b"url,question\nu,q\n", key)
    assert requester.v1("POST", path, b"url,question\nu,q\n", key) == batch
    assert len(requester.v1("GET", "/v1/batches")[1]["batches"]) == 1


def test_authentication(server, requester, worker):
    assert server.request("GET", "/v1/batches")[0] == 401
    headers = requester.sign("GET", "/v1/batches", secret="x" * 40)
    status, _, data = server.request("GET", "/v1/batches", None, headers)
    assert status == 400 and json.loads(data)["error"]["code"] == "BAD_SIGNATURE"
    # nobody uploads without saying who he is
    status, _, data = server.request("POST", "/v1/reviews", b"x" * 100)
    assert status == 401
    # a session of the site
    assert server.request("GET", "/v1/batches", None, {"Cookie": worker.cookie})[0] == 403
    body = urllib.parse.urlencode({"email": requester.email, "password": PASSWORD})
    status, head, data = server.request("POST", "/sign-in", body, {
        "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
    mine = {"Cookie": head["Set-Cookie"].split(";")[0]}
    assert server.request("GET", "/v1/batches", None, mine)[0] == 200
    assert server.request("POST", "/v1/projects", b"{}", mine)[0] == 403
    mine["X-CSRF-Token"] = json.loads(data)["csrf_token"]
    status, _, data = server.request("POST", "/v1/projects", b"{}", mine)
    assert status == 400 and json.loads(data)["error"]["code"] == "VALIDATION"


def test_openapi(server):
    status, head, data = server.request("GET", "/v1/openapi.json")
    document = json.loads(data)
    assert status == 200 and document["openapi"] == "3.1.0"
    assert set(document["paths"]["/v1/reviews/{id}"]) == {"get", "delete"}
    assert document["paths"]["/v1/projects"]["post"]["requestBody"]["content"]["application/json"][
        "schema"]["required"] == ["name", "title", "description", "layout", "reward_cents"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert all("{%s}" % n in path for n in named) and operation["summary"]
            assert operation["responses"]


def test_upload_as_form(server, requester):
    batch, _ = reviewed_batch(server, requester, rows=1)
    data = requester.v1("GET", "/v1/batches/%d/results.csv" % batch)[1]
    body = (b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"mine.csv\"\r\n\r\n" +
            data + b"\r\n--B--\r\n")
    status, plan = requester.v1("POST", "/v1/reviews", body,
                                {"Content-Type": "multipart/form-data; boundary=B"},
                                {"batch": str(batch)})
    assert status == 201 and plan["file"]["name"] == "mine.csv", plan

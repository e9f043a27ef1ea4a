"""Members and what they may: each role on each page, by the rows of the routes; invitations,
switching, passwords, sessions; the requester's money, settings and keys."""
import csv
import functools
import glob
import io
import os
import re
import subprocess

import boto3
import botocore.exceptions
import pytest

import hitd
from browser import Browser
from market import PASSWORD, new_hit
from test_results_pages import Batch

SRC = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                   "src", "site")
SCRIPT = "<script>alert(1)</script>"
RIGHTS = {"owner": {"MAY_READ", "MAY_REVIEW", "MAY_OWN"}, "reviewer": {"MAY_READ", "MAY_REVIEW"},
          "reader": {"MAY_READ"}}


@functools.lru_cache(maxsize=None)
def routes():
    """(method, pattern, rights) of every row of the site, as the compiler sees them."""
    found = []
    src = os.path.dirname(SRC)
    for path in sorted(glob.glob(SRC + "/*.c")):
        text = subprocess.run(
            ["cpp", "-P", "-I", src, "-I", os.path.join(hitd.BIN, "src"), "-I/usr/include/libxml2",
             path], check=True, stdout=subprocess.PIPE, text=True).stdout
        for row in re.split(r"\{\s*\.method = ", text)[1:]:
            m = re.match(r'"(\w+)"\s*,\s*\.pattern = ((?:"[^"]*"\s*)+),', row)
            may = re.search(r"\.may = ([A-Z_ |]+?)\s*,", row)
            if m and may:
                pattern = "".join(re.findall(r'"([^"]*)"', m[2]))
                found.append((m[1], pattern, frozenset(may[1].replace(" ", "").split("|"))))
    assert len(found) > 120, len(found)
    return found


def invite(desk, email, role):
    page = desk.send(desk.get("/requester/members"), "/requester/members", email=email, role=role)
    link = re.search(r"/invitation/[0-9a-f]{64}", page.html)
    assert link, page.text
    return link[0]


def join(server, desk, role):
    """A new person's browser, and his address."""
    invite.count = getattr(invite, "count", 0) + 1
    email = "person%d-%d@example.org" % (invite.count, server.port)
    link = invite(desk, email, role)
    b = Browser(server)
    page = b.send(b.get(link), link, name="Person " + role, password=PASSWORD)
    assert page.status == 200, page.text
    return b, email


def test_each_role_on_each_page(server, desk):
    """Not one row lets in who it does not name, and what it answers then is a refusal."""
    people = {role: join(server, desk, role)[0] for role in RIGHTS}
    tokens = {role: dict(b.get("/security").form("/security/password").fields)["csrf_token"]
              for role, b in people.items()}
    for method, pattern, may in routes():
        if "MAY_EVERYBODY" in may:
            continue
        url = re.sub(r"\{[^}]*\}", "1", pattern)
        for role, b in people.items():
            allowed = "MAY_SIGNED_IN" in may or bool(may & RIGHTS[role])
            if allowed and method != "GET":
                continue  # what it does is tested where it is at home
            body = "csrf_token=" + tokens[role] if method != "GET" else None
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            status = b.request(method, url, body, head).status
            assert (status != 403) == allowed, (method, url, role, may, status)


PLACES = ["/requester/", "/requester/manage/batches", "/requester/workers", "/requester/undo",
          "/requester/appeals", "/requester/create/projects", "/requester/messages"]
PAGES_MAX = 60


def shape(url):
    """The path without its ids, so that one page of each kind is looked at."""
    path = url.split("?")[0].split("#")[0]
    return re.sub(r"/(\d+|[0-9A-Z]{12,}|[0-9a-f]{32,})(?=/|$)", "/{}", path)


def matching(method, url):
    """Rights of the row that answers."""
    path = url.split("?")[0].split("#")[0]
    best = None
    for m, pattern, may in routes():
        form = "^" + re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern)) + "$"
        if m == method and re.match(form, path):
            if best is None or "{" not in pattern:
                best = may
    return best


@pytest.mark.parametrize("role", ["reader", "reviewer"])
def test_no_button_that_is_refused(server, requester, desk, role):
    """A member is shown no link and no form that would answer 403: all pages that he can reach."""
    batch = Batch(server, requester, rows=2).work([server.worker() for _ in range(2)], 2)
    batch.reject(batch.ids[:2])
    b, _ = join(server, desk, role)
    result = "%s/results/%s" % (batch.url, batch.ids[0])
    queue = PLACES + [batch.url, batch.url + "/results?status=all", result,
                      "%s/results/%s" % (batch.url, batch.ids[2])]
    seen, looked = set(), 0
    while queue and looked < PAGES_MAX:
        url = queue.pop(0)
        if shape(url) in seen and url not in (result,):
            continue
        seen.add(shape(url))
        answer = b.request("GET", url)
        if answer.status in (301, 302, 303) or answer.reader is None:
            continue
        assert answer.status == 200, (role, url, answer.status, answer.text[:300])
        looked += 1
        for form in answer.reader.forms:
            if not form.action.startswith("/requester") and form.action:
                continue
            may = matching(form.method, form.action or url)
            assert may, (url, form.method, form.action)
            assert "MAY_SIGNED_IN" in may or may & RIGHTS[role] or "MAY_EVERYBODY" in may, (
                role, url, form.method, form.action)
        for link in answer.reader.links:
            if not link.startswith("/requester"):
                continue
            may = matching("GET", link)
            assert may, (url, link)
            assert "MAY_SIGNED_IN" in may or may & RIGHTS[role] or "MAY_EVERYBODY" in may, (
                role, url, link)
            queue.append(link)
    assert looked > 10


def test_every_refusal_says_why(server, desk):
    """By the table: what a member may not do is a page that says what is missing."""
    people = {role: join(server, desk, role)[0] for role in ("reader", "reviewer")}
    tokens = {role: dict(b.get("/security").form("/security/password").fields)["csrf_token"]
              for role, b in people.items()}
    for method, pattern, may in routes():
        if not (pattern + "/").startswith("/requester/"):
            continue
        url = re.sub(r"\{[^}]*\}", "1", pattern)
        for role, b in people.items():
            if may & RIGHTS[role] or may & {"MAY_SIGNED_IN", "MAY_EVERYBODY"}:
                continue
            body = "csrf_token=" + tokens[role] if method != "GET" else None
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            page = b.request(method, url, body, head)
            assert page.status == 403 and page.title == "Not allowed", (method, url, page.status)
            assert ("owners" in page.text), (method, url, page.text[-600:])


def test_reviewer_sees_no_money(server, desk):
    b, _ = join(server, desk, "reviewer")
    assert "Account" not in b.get("/requester/manage/batches").text.split("Batches")[0]
    for url in ("/requester/account", "/requester/account/transactions.csv", "/requester/members",
                "/requester/developer", "/requester/settings"):
        assert b.get(url, 403).title == "Not allowed"
    assert b.request("GET", "/v1/balance", headers={"Accept": "application/json"}).status == 403
    assert b.request("GET", "/v1/batches", headers={"Accept": "application/json"}).status == 200


def test_decisions_name_the_person(server, requester, desk):
    """A reviewer's rejection, undone by another member: the audit names both."""
    b, email = join(server, desk, "reviewer")
    client = requester.client()
    w = server.worker()
    assignment = w.work(new_hit(client)["HITGroupId"])
    head = {"Accept": "application/json", "Content-Type": "text/csv",
            "X-CSRF-Token": dict(b.get("/security").form("/security/password").fields)["csrf_token"]}
    batch = client.list_hits()["HITs"][0]
    assert batch
    file = "AssignmentId,Approve,Reject\r\n%s,,No answer at all\r\n" % assignment
    batches = b.request("GET", "/v1/batches", headers={"Accept": "application/json"})
    import json
    number = json.loads(batches.body)["batches"][0]["id"]
    plan = json.loads(b.request("POST", "/v1/reviews?batch=%s&mode=all" % number, file, head).body)
    head["Content-Type"] = "application/json"
    done = b.request("POST", "/v1/reviews/%s/commit" % plan["review"],
                     json.dumps({"token": plan["token"]}), head)
    assert done.status in (200, 201), done.body
    rows = list(csv.DictReader(io.StringIO(desk.request(
        "GET", "/requester/account/transactions.csv").body.decode())))
    assert any(r["Actor"] == email and r["Type"] == "Release" for r in rows)


def test_invitation_once_and_for_one(server, desk):
    link = invite(desk, "one-%d@example.org" % server.port, "reader")
    stranger = Browser(server)
    page = stranger.get(link)
    page.says("one-%d@example.org" % server.port, "reader")
    assert stranger.send(page, link, name="", password=PASSWORD).status == 422
    assert stranger.send(page, link, name="X", password="short").status == 422
    assert stranger.send(page, link, name="X", password=PASSWORD,
                         headers={"Origin": "https://evil.example"}).status == 403
    assert stranger.send(page, link, name=SCRIPT, password=PASSWORD).status == 200
    assert Browser(server).get(link, 404).title == "Not found"
    page = desk.get("/requester/members")
    page.says(SCRIPT)
    assert "<script>alert" not in page.html
    # withdrawn
    link = invite(desk, "two-%d@example.org" % server.port, "reader")
    desk.send(desk.get("/requester/members"), "/requester/members/withdraw")
    assert Browser(server).get(link, 404).title == "Not found"
    assert Browser(server).get("/invitation/" + "0" * 64, 404).title == "Not found"


def test_worker_joins_switches_and_is_removed(server, desk, requester):
    w = server.worker()
    link = invite(desk, w.email, "reviewer")
    b = Browser(server)
    page = b.get(link)
    page.says("has a sign-in here")
    assert not [f for f in page.reader.forms if "password" in f.names]
    b.sign_in(w.email)
    assert b.get("/accounts").says("You are invited")
    other = Browser(server).sign_in(server.worker().email)
    assert not [f for f in other.get(link).reader.forms if f.action.endswith("/join")]
    page = b.send(b.get(link), "/join")
    page.says("You have joined")
    assert b.get("/requester/manage/batches").status == 200
    assert b.get("/dashboard", 403).title == "Not allowed"
    page = b.send(b.get("/accounts"), "/accounts", account=None)
    assert b.get("/dashboard").status == 200
    assert b.get("/requester/manage/batches", 403).title == "Not allowed"
    b.send(b.get("/accounts"), "/accounts")
    assert b.get("/requester/manage/batches").status == 200
    # another's account is as unknown as none
    stranger = server.requester()
    token = dict(b.get("/accounts").form("/sign-out").fields)["csrf_token"]
    for account in (stranger.id, "AUNKNOWN"):
        answer = b.request("POST", "/accounts", "account=%s&csrf_token=%s" % (account, token),
                           {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 404
    desk.send(desk.get("/requester/members"), "/members/%s/remove" % w.id)
    assert b.get("/requester/manage/batches", 403).title == "Not allowed"
    assert b.get("/dashboard").status == 200


def test_password_and_sessions(server):
    r = server.requester()
    one, two, three = (Browser(server).sign_in(r.email) for _ in range(3))
    page = one.get("/security")
    again = one.send(page, "/security/password", old_password="wrong wrong", password="new password")
    assert again.status == 422
    again.says("not your present password")
    assert one.send(page, "/security/password", old_password=PASSWORD, password="x").status == 422
    two.send(two.get("/security"), "/security/end")  # the newest other one
    page = one.get("/security")
    assert one.send(page, "/security/password", old_password=PASSWORD,
                    password="new password").status == 200
    assert one.get("/security").title == "Password and sessions"
    assert two.get("/security").title == "Sign in" and three.get("/security").title == "Sign in"
    assert Browser(server).sign_in(r.email).last.status == 401
    two.sign_in(r.email, "new password")
    assert one.send(one.get("/security"), "/security/sign-out").title == "Sign in"
    assert two.get("/security").title == "Sign in"


def test_where_payouts_go(server):
    w = server.worker()
    b = Browser(server).sign_in(w.email)
    page = b.get("/security")
    assert b.send(page, "/security/payouts", payout_to="x" * 201).status == 422
    page = b.send(page, "/security/payouts", payout_to=SCRIPT)
    page.says("Saved")
    assert "<script>alert" not in page.html
    assert dict(page.form("/security/payouts").fields)["payout_to"] == SCRIPT


def test_guessing_is_slowed(server):
    """Also behind a session: a borrowed one does not tell the password."""
    r = server.requester()
    b = Browser(server).sign_in(r.email)
    page = b.get("/security")
    seen = [b.send(page, "/security/password", old_password="guess %d" % i,
                   password="new password").status for i in range(8)]
    assert seen[0] == 422 and seen[-1] == 429


def cents(text):
    sign = -1 if text.startswith("-") else 1
    return sign * int(text.strip("-$").replace(".", "") or 0)


def test_statement(server):
    r = server.requester(deposit="10.00")
    b = Browser(server).sign_in(r.email)
    client = r.client()
    w = server.worker()
    assignment = w.work(new_hit(client, Reward="1.00", MaxAssignments=1)["HITGroupId"])
    client.reject_assignment(AssignmentId=assignment, RequesterFeedback="No")
    client.approve_assignment(AssignmentId=assignment, OverrideRejection=True)
    rows = list(csv.DictReader(io.StringIO(b.request(
        "GET", "/requester/account/transactions.csv").body.decode())))
    assert [x["Type"] for x in rows] == ["Deposit", "Hold", "Release", "OverturnReward",
                                         "OverturnFee"]
    available = 0
    for x in rows:
        available += cents(x["Amount"])
        assert cents(x["AvailableAfter"]) == available
    assert rows[-1]["AvailableAfter"] == "$8.80" and rows[-1]["HeldAfter"] == "$0.00"
    assert rows[3]["TransactionId"] == rows[4]["TransactionId"]
    assert rows[3]["AssignmentId"] == assignment and rows[3]["WorkerId"] == w.id
    _, activity = b.json("/requester/account/activity")
    row = activity["rows"][0]
    assert (row["approved"], row["rejected"], row["overturned"], row["total"]) == (1, 1, 1, 120)
    b.get("/requester/account/activity").says("$1.20")


def test_keys(server):
    r = server.requester()
    b = Browser(server).sign_in(r.email)
    form = b.get("/requester/developer")
    page = b.send(form, "/requester/developer/keys")
    key = re.search(r"AKIA[A-Z2-7]{16}", page.html)[0]
    secret = re.search(r'data-copy="([^"]{40})"', page.html)[1]
    assert secret not in b.get("/requester/developer").html
    assert b.send(form, "/requester/developer/keys").status == 409  # the same form again
    client = boto3.client("mturk", endpoint_url=server.url, region_name="us-east-1",
                          aws_access_key_id=key, aws_secret_access_key=secret)
    assert client.get_account_balance()["AvailableBalance"] == "0.00"
    page = b.get("/requester/developer")
    form = [f for f in page.reader.forms if ("key", key) in f.fields][0]
    body, head = b.encode(form, {}, None)
    assert b.request("POST", form.action, body, head).status == 303
    with pytest.raises(botocore.exceptions.ClientError):
        client.get_account_balance()


def test_settings(server):
    r = server.requester()
    b = Browser(server).sign_in(r.email)
    page = b.get("/requester/settings")
    assert b.send(page, "/requester/settings", name="").status == 422
    assert b.send(page, "/requester/settings", name="x" * 201).status == 422
    page = b.send(page, "/requester/settings", name=SCRIPT)
    page.says("Saved")
    assert "<script>alert" not in page.html

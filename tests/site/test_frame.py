"""What every page has: safety headers, signing in and back, forms that count once, refusals."""
import re

from browser import Browser
from market import PASSWORD


def test_headers_and_no_inline_code(server, desk):
    for b, url in ((Browser(server), "/sign-in"), (desk, "/requester/upload")):
        page = b.get(url)
        policy = page.head["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.head["X-Content-Type-Options"] == "nosniff"
        assert page.head["Cache-Control"] == "no-store"
        assert all(page.reader.scripts), "inline script"
        assert not page.reader.styles
        assert len(page.reader.ids) == len(set(page.reader.ids))
        assert "main" in page.reader.ids


def test_stranger_is_sent_to_sign_in_and_comes_back(server, requester):
    b = Browser(server)
    page = b.get("/requester/upload?x=1")
    assert page.title == "Sign in"
    answer = b.send(page, "/sign-in", email=requester.email, password=PASSWORD, follow=False)
    assert answer.status == 303 and answer.head["Location"] == "/requester/upload?x=1"


def test_never_to_another_site(server, requester):
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "/%0a/evil", "javascript:1"):
        b = Browser(server).sign_in(requester.email, next_url=evil)
        assert b.last.status == 303
        assert re.fullmatch(r"/[a-z%0-9]*(/[a-z]*)?", b.last.head["Location"]), b.last.head["Location"]


def test_wrong_password_keeps_the_address(server, requester):
    b = Browser(server)
    page = b.send(b.get("/sign-in"), "/sign-in", email=requester.email, password="wrong wrong")
    assert page.status == 401
    page.says("do not match")
    fields = dict(page.form("/sign-in").fields)
    assert fields["email"] == requester.email and fields["password"] == ""


def test_session_is_new_at_sign_in(server, requester):
    """Session fixation: a cookie planted before is not the one after."""
    b = Browser(server)
    b.cookies["hitd_session"] = "0" * 64
    b.sign_in(requester.email)
    assert b.last.status == 303 and b.cookies["hitd_session"] != "0" * 64


def test_form_without_token_or_from_elsewhere(desk):
    page = desk.get("/requester/upload")
    files = {"file": ("a.csv", b"AssignmentId,Approve\r\n")}
    assert desk.send(page, "/requester/upload", files=files, csrf_token="0" * 32).status == 403
    assert desk.send(page, "/requester/upload", files=files, csrf_token=None).status == 403
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert desk.send(page, "/requester/upload", files=files, headers=header).status == 403


def test_refusals_are_pages(server, desk, worker):
    page = desk.get("/nowhere", 404)
    assert page.title == "Not found" and "Sign out" in page.text
    assert re.search(r"[0-9a-f]{8}-", page.text)  # what to give the operator
    w = Browser(server).sign_in(worker.email)
    assert w.get("/requester/upload", 403).title == "Not allowed"
    for huge in ("9" * 18, "9" * 40, "-1", "1e3", "x"):
        assert desk.get("/requester/batches/%s/upload" % huge, 404).title == "Not found"


def test_said_once(server, worker):
    """A message lives for one page, and a forged one is only text."""
    b = Browser(server).sign_in(worker.email)
    b.cookies["hitd_flash"] = "1<script>alert(1)</script>".encode().hex()
    page = b.get("/projects")
    page.says("<script>alert(1)</script>")
    assert "<script>alert" not in page.html
    assert "alert(1)" not in b.get("/projects").text
    b.cookies["hitd_flash"] = "zz"
    assert b.get("/projects").status == 200


def test_upload_from_nobody_is_not_read(server):
    b = Browser(server)
    page = b.request("POST", "/requester/upload", b"x" * 100000,
                     {"Content-Type": "multipart/form-data; boundary=x"})
    assert page.status == 303 and page.head["Location"].startswith("/sign-in")


def test_hosts_of_their_own(server, requester):
    """--requester-host has the requester's pages at its root, --worker-host no other's."""
    server.stop()
    server.url = server.serve("--requester-host", "r.example", "--worker-host", "w.example")
    server.port = int(server.url.rsplit(":", 1)[1])
    b = Browser(server).sign_in(requester.email)
    got = b.request("GET", "/upload", headers={"Host": "r.example"})
    assert got.status == 200 and "Upload reviewed results" in got.text
    assert b.request("GET", "/requester/upload", headers={"Host": "r.example"}).status == 200
    assert b.request("GET", "/sign-in", headers={"Host": "r.example"}).status == 200
    assert b.request("GET", "/requester/upload", headers={"Host": "w.example"}).status == 404
    assert b.request("GET", "/projects", headers={"Host": "w.example"}).status == 200
    assert b.request("GET", "/requester/upload").status == 200


def test_the_sites_by_their_names(server, desk, worker):
    for path, to in (("/requester", "/requester/"), ("/operator", "/operator/"), ("/worker", "/projects")):
        answer = desk.request("GET", path)
        assert (answer.status, answer.head["Location"]) == (303, to)
    assert desk.get("/requester").url.endswith("/requester/")
    assert Browser(server).get("/requester").title == "Sign in"
    assert Browser(server).sign_in(worker.email).get("/operator", 403).title == "Not allowed"


def test_where_a_form_goes_is_no_dead_end(desk, mturk):
    """After a refused form, colours and the address line lead to its page again."""
    kind = mturk.create_qualification_type(
        Name="Dead end", Description="d",
        QualificationTypeStatus="Active")["QualificationType"]["QualificationTypeId"]
    page = desk.get("/requester/qualifications/" + kind)
    again = desk.send(page, "/grant", worker="", value="x")
    assert again.status == 422
    answer = desk.send(again, "/colours", theme="dark", follow=False,
                       headers={"Referer": "http://site" + again.url})
    assert answer.status == 303
    back = desk.get(answer.head["Location"])
    assert back.status == 200 and back.title == "Dead end" and 'data-theme="dark"' in back.html
    assert desk.get(again.url).title == "Dead end"
    for path, to in (("/requester/projects/7/restore", "/requester/projects/7"), ("/colours", "/requester/"),
                     ("/hidden/remove", "/hidden"), ("/sign-out", "/requester/")):
        answer = desk.request("GET", path)
        assert answer.status == 303 and answer.head["Location"] == to, (path, answer.head["Location"])
    assert desk.request("GET", "/colours", None, {"Accept": "application/json"}).status == 405
    assert desk.request("PUT", "/hidden").status == 405

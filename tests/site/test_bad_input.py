"""What goes wrong between a requester and his pages: too much, too late, twice, from elsewhere, or
with the world moved on in between. Each has a clear page, and nothing has changed."""
import socket
import threading

import pytest

from browser import Browser
from test_results_pages import Batch, batch, people, yes  # noqa: F401
from test_review_pages import Reviewed, story, upload  # noqa: F401


def statuses(batch):  # noqa: F811
    return [batch.status(i) for i in batch.ids]


# ---- too much ----

def test_a_gigabyte(server, desk, story):  # noqa: F811
    """Refused by its header: nearly nothing of it is read, and the page says the limit."""
    form = desk.get("/requester/batches/%d/upload" % story.batch).form("/upload")
    body, more = desk.encode(form, {}, {"file": ("a.csv", b"AssignmentId,Approve\r\n")})
    head = ["POST %s HTTP/1.1" % form.action, "Host: 127.0.0.1", "Accept: text/html",
            "Content-Type: " + more["Content-Type"], "Content-Length: %d" % (1 << 30),
            "Cookie: " + "; ".join("%s=%s" % kv for kv in desk.cookies.items())]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
        line.sendall("\r\n".join(head + ["", ""]).encode() + body[:-40])
        answer = b""
        while b"</html>" not in answer:
            got = line.recv(65536)
            if not got:
                break
            answer += got
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:200]
    text = answer.decode()
    assert "Too large" in text and "larger than 512 MiB" in text and "Nothing was changed" in text
    assert story.statuses() == ["Rejected"] * 3


# ---- late ----

def test_plans_are_kept_a_day(server, desk, story):  # noqa: F811
    plan = upload(desk, story, story.marked())
    server.advance("25h")
    desk.cookies.clear()  # a session does not last longer than its work
    desk.sign_in(story.requester.email)
    gone = yes(desk, plan) if desk.get(plan.url, None).status == 200 else desk.get(plan.url, 404)
    assert "Applied" not in gone.text
    assert story.statuses() == ["Rejected"] * 3
    yes(desk, upload(desk, story, story.marked())).says("Applied")


def test_signed_out_meanwhile(server, desk, batch):  # noqa: F811
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    everywhere = desk.get("/requester/")
    desk.send(everywhere, "/sign-out")
    late = yes(desk, plan)
    assert late.url.startswith("/sign-in") and "Sign in" in late.text
    assert statuses(batch) == ["Submitted"] * 4
    # after signing in the plan is there, and its form is a new one
    desk.sign_in(batch.requester.email)
    yes(desk, desk.get(plan.url)).says("Applied")


def test_form_of_an_earlier_session(desk, batch):  # noqa: F811
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    desk.cookies.clear()
    desk.sign_in(batch.requester.email)
    late = yes(desk, plan)
    assert late.status == 403 and "Nothing was changed" in late.text
    assert statuses(batch) == ["Submitted"] * 4


# ---- the world moves on ----

def test_auto_approval_between_plan_and_yes(server, requester, desk, people):  # noqa: F811
    b = Batch(server, requester, auto_approval_s=3600).work(people, 2)
    ask = desk.send(desk.get(b.url + "/results"), "/choose", all="1", verb="reject")
    plan = desk.send(ask, "/choose", reason="Not an animal")
    plan.says("Reject this work?")
    server.advance("2h")
    late = yes(desk, plan)
    late.says("Nothing has moved")
    assert statuses(b) == ["Approved"] * 4


def test_deleted_between_plan_and_yes(server, desk, batch):  # noqa: F811
    batch.reject(batch.ids)
    plan = desk.send(desk.get("/requester/"), "/requester/undo")
    before = batch.available()
    for hit in batch.client.list_hits()["HITs"]:
        batch.client.update_expiration_for_hit(HITId=hit["HITId"], ExpireAt=0)
        batch.client.delete_hit(HITId=hit["HITId"])
    late = yes(desk, plan)
    late.says("Nothing has moved")
    assert late.form("/commit").disabled or "Nothing to apply" in late.text
    assert batch.available() == before


def test_two_press_yes_at_once(server, requester, desk, story):  # noqa: F811
    plan = upload(desk, story, story.marked())
    other = Browser(server).sign_in(requester.email)
    theirs, before, pages = other.get(plan.url), story.available(), []
    presses = [threading.Thread(target=lambda b=b, p=p: pages.append(yes(b, p)))
               for b, p in ((desk, plan), (other, theirs), (desk, plan), (other, theirs))]
    for t in presses:
        t.start()
    for t in presses:
        t.join()
    assert len(pages) == 4 and all(p.status in (200, 409) for p in pages)
    assert any("Applied" in p.text for p in pages)
    assert story.statuses() == ["Approved"] * 3
    assert "%.2f" % (float(before) - 1.80) == story.available()  # once


# ---- from elsewhere, and of others ----

@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                                    {"Origin": "null"}])
def test_yes_from_another_site(desk, batch, header):  # noqa: F811
    plan = desk.send(desk.get(batch.url + "/results"), "/choose", all="1", verb="approve")
    answer = desk.send(plan, "/commit", headers=header)
    assert answer.status == 403 and "Nothing was changed" in answer.text
    assert statuses(batch) == ["Submitted"] * 4


def test_anothers_rows_among_ones_own(server, desk, batch, people):  # noqa: F811
    """Forged ids in a selection: refused as unknown, and the rest of it does not go ahead alone."""
    stranger = server.requester(deposit="20.00")
    theirs = Batch(server, stranger).work(people, 1)
    page = desk.get(batch.url + "/results")
    answer = desk.send(page, "/choose", row=[batch.ids[0], theirs.ids[0]], verb="approve")
    if answer.title == "Approve this work?":
        assert desk.json(answer.url)[1]["approve"] <= 1
    assert theirs.status(theirs.ids[0]) == "Submitted"
    for forged in ("3" + "A" * 29, "0", "-1", "<i>x</i>", "9" * 40, "%00"):
        got = desk.send(page, "/choose", row=[forged], verb="approve")
        assert got.status in (200, 400, 404, 422) and "<i>" not in got.html
    assert statuses(batch) == ["Submitted"] * 4


HUGE = "1" + "0" * 18


@pytest.mark.parametrize("path", ["", "/results", "/csv", "/upload", "/cancel", "/extend", "/grow",
                                  "/delete", "/rename"])
def test_numbers_that_no_batch_has(desk, path):
    for number in (HUGE, "-1", "0", HUGE + HUGE, "1e3", "+1", "٣"):
        import urllib.parse
        page = desk.get("/requester/batches/" + urllib.parse.quote(number) + path, None)
        assert page.status == 404, (number, path, page.status)

"""A large reviewed file: its page tells how far the plan is, survives a reload and a killed server, and
what is the matter with the file is said on it (requester-site 5.4)."""
import re
import threading
import time

import pytest

import market
from browser import Browser
from test_review_pages import Reviewed, upload

ROWS = 150000  # strange ones: some seconds of reading


def large(story, n=ROWS, end=b""):
    """The batch's file with its marks, and many rows that name nothing."""
    head, marked = story.marked().split(b"\r\n", 1)
    columns = head.count(b",")
    at = head.decode("utf-8-sig").replace('"', "").split(",").index("AssignmentId")
    strange = b"".join(b"%sSTRANGE%d%s\r\n" % (b"," * at, i, b"," * (columns - at)) for i in range(n))
    return head + b"\r\n" + marked + strange + end


def until_planned(browser, url):
    """Looks again, as the page itself does, until the plan is there; the words on the way."""
    words, end = [], time.monotonic() + 120
    while True:
        page = browser.follow(browser.request("GET", url))
        if page.title != "The plan is being made":
            return page, words
        assert page.status == 200 and "data-live" in page.html
        assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.html
        words.append(page.text)
        assert time.monotonic() < end, page.text
        time.sleep(0.1)


@pytest.fixture(params=market.hitd.STORES)
def mortal(request):
    s = market.Server(request.param)
    yield s
    s.end()


def test_killed_while_planning(mortal):
    """Whoever looks, in two tabs, sees it go on; after a restart it is there by itself."""
    owner = mortal.requester(deposit="1000.00")
    story = Reviewed(mortal, owner)
    desk = Browser(mortal).sign_in(owner.email)
    page = desk.get("/requester/batches/%d/upload" % story.batch)
    answer = desk.send(page, "/upload", files={"file": ("large.csv", large(story))}, follow=False)
    assert answer.status == 303, answer.body
    url = answer.head["Location"]
    assert re.fullmatch(r"/requester/reviews/\w{30}", url)
    mortal.kill()
    mortal.start()
    other = Browser(mortal).sign_in(owner.email)
    seen = []
    tab = threading.Thread(target=lambda: seen.append(until_planned(other, url)))
    tab.start()
    plan, words = until_planned(desk, url)
    tab.join()
    story.client = owner.client()  # the server has another port now
    plan.says("Apply this review?", "Undo rejection", "{:,}".format(ROWS))
    assert seen[0][0].title == plan.title
    told = " ".join(words + seen[0][1])
    assert not told or "large.csv" in told and "Nothing has changed yet" in told
    assert story.statuses() == ["Rejected"] * 3
    stranger = Browser(mortal).sign_in(mortal.requester().email)
    assert stranger.get(url, 404)


def test_how_far_it_is(server, desk, story):
    page = desk.get("/requester/upload")
    answer = desk.send(page, "/requester/upload", files={"file": ("large.csv", large(story))},
                       follow=False)
    assert answer.status == 303, answer.body
    seen = desk.json(answer.head["Location"])[1]
    plan, words = until_planned(desk, answer.head["Location"])
    plan.says("Apply this review?", "{:,}".format(ROWS))
    if words:
        assert seen["file"] == "large.csv" and seen["step"] in ("waits", "reads", "keeps", "judges")
        assert any("rows are" in w or "Waiting" in w for w in words)
    done = desk.send(plan, "/plan", mode="eligible")
    desk.send(done, "/commit").says("Applied")
    assert story.statuses() == ["Approved"] * 3


def test_small_files_are_planned_at_once(desk, story):
    upload(desk, story, large(story, 100)).says("Apply this review?")


def test_what_is_wrong_with_it_is_said(desk, story):
    """At once in the form, and later on the review's own page, as the form again."""
    head = b"AssignmentId,Remarks\r\n"
    page = desk.get("/requester/batches/%d/upload" % story.batch)
    refused = desk.send(page, "/upload", files={"file": ("large.csv", head + b"x,y\r\n" * 600000)})
    assert refused.status == 422
    refused.says("U04", "Upload reviewed results")
    against = story.marked(approve="", reject="Too short").split(b"\r\n")[1]
    late = large(story, end=against + b"\r\n")
    answer = desk.send(refused, "/upload", files={"file": ("late.csv", late)}, follow=False)
    if answer.status == 303:
        answer, _ = until_planned(desk, answer.head["Location"])
    assert answer.status == 422, answer.text[:1500]
    answer.says("U26")
    assert desk.send(answer, "/upload", files={"file": ("good.csv", story.marked())}).title == "Apply this review?"


@pytest.fixture
def story(server, requester):
    return Reviewed(server, requester)

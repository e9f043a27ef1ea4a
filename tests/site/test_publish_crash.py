"""The server is killed between the order and the last task (requester-site 3): the money is held, the
sweeper takes the steps that are left, and nothing is published twice."""
import threading

import pytest

import market
from browser import Browser
from test_publish_pages import project, upload

ROWS = 60000


@pytest.fixture(params=market.hitd.STORES)
def mortal(request):
    s = market.Server(request.param)
    yield s
    s.end()


def test_killed_while_publishing(mortal):
    owner = mortal.requester(deposit="200000.00")
    desk = Browser(mortal).sign_in(owner.email)
    number = project(desk)
    body = "question,url\r\n" + "".join("q%d,https://example.org/%d\r\n" % (i, i)
                                        for i in range(ROWS))
    draft = upload(desk, number, body.encode())
    draft.says("60,000 tasks × 2 assignments = 120,000")

    def press():
        try:
            desk.send(draft, "/publish", follow=False)
        except OSError:
            pass  # the server died before it answered

    button = threading.Thread(target=press)
    button.start()
    market.hitd.until(lambda: owner.v1("GET", "/v1/batches")[1]["batches"])
    mortal.kill()
    button.join()
    mortal.start()
    market.hitd.until(lambda: owner.v1("GET", "/v1/batches")[1]["batches"][0]["hits"] == ROWS, 120)
    batch, = owner.v1("GET", "/v1/batches")[1]["batches"]
    assert batch["assignments"]["total"] == 2 * ROWS
    assert owner.v1("GET", "/v1/balance")[1]["held_cents"] == ROWS * 2 * 60
    again = desk.send(draft, "/publish", follow=False)
    assert again.status == 303 and len(owner.v1("GET", "/v1/batches")[1]["batches"]) == 1

"""The pages, asked for as a browser without script does. Servers as in tests/api."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "api"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import market  # noqa: E402
from browser import Browser  # noqa: E402


@pytest.fixture(scope="session", params=market.hitd.STORES)
def server(request):
    s = market.Server(request.param)
    yield s
    s.end()


@pytest.fixture
def requester(server):
    return server.requester(deposit="1000.00")


@pytest.fixture
def mturk(requester):
    return requester.client()


@pytest.fixture
def desk(server, requester):
    """The requester's browser, signed in."""
    return Browser(server).sign_in(requester.email)


@pytest.fixture
def worker(server):
    return server.worker()

"""A running hitd for each store and its people, of the suite of the API; test_story.py makes its
own markets, from results files."""
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "api")]
import hitd  # noqa: E402
import market as api  # noqa: E402


@pytest.fixture(scope="session", params=hitd.STORES)
def server(request):
    s = api.Server(request.param)
    yield s
    s.end()


@pytest.fixture
def requester(server):
    return server.requester(deposit="1000.00")


@pytest.fixture(scope="session")
def unmoved(server):
    """A requester with $1,000 to whom only what is refused happens: many tests share one."""
    return server.requester(deposit="1000.00")


@pytest.fixture
def mturk(requester):
    return requester.client()


@pytest.fixture
def worker(server):
    return server.worker()

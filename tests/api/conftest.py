"""A running hitd for each store: SQLite always, PostgreSQL when HITD_TEST_PG names one.

HITD_BIN is the build folder (default: build beside the sources). Every server gets a new store with
a simulated clock, free ports, and is ended by SIGTERM; it must end with status 0.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import market  # noqa: E402


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
def worker(server):
    return server.worker()

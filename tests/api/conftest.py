"""A running hitd for each store: SQLite always, PostgreSQL when HITD_TEST_PG names one.

HITD_BIN is the build folder (default: build beside the sources). Every server gets a new store with
a simulated clock, free ports, and is ended by SIGTERM; it must end with status 0.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
import market  # noqa: E402


def stores():
    return ["sqlite"] + (["postgresql"] if os.environ.get("HITD_TEST_PG") else [])


@pytest.fixture(scope="session", params=stores())
def server(request, tmp_path_factory):
    s = market.Server(request.param, tmp_path_factory.mktemp("hitd"))
    yield s
    s.stop()
    s.check()


@pytest.fixture
def requester(server):
    return server.requester(deposit="1000.00")


@pytest.fixture
def mturk(requester):
    return requester.client()


@pytest.fixture
def worker(server):
    return server.worker()

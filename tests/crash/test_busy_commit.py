"""A large commit while others write, through another server over the same PostgreSQL: short writes may
cost each other a run, but not the large one all its work; and work that both decide is paid once.
CRASH_COMMIT_ROWS sets how large (default 10,000).
"""
import os
import subprocess
import sys
import threading

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
import filled  # noqa: E402
import hitd  # noqa: E402

ROWS = int(os.environ.get("CRASH_COMMIT_ROWS", "10000"))
pytestmark = pytest.mark.skipif("postgresql" not in hitd.STORES, reason="needs PostgreSQL")


class Second:
    """Another server over the store of a market."""

    def __init__(self, market):
        self.server = subprocess.Popen(
            [hitd.HITD, "serve", "--store", market.store, "--listen", "127.0.0.1:0",
             "--content-listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=market.env)
        self.endpoint = self.server.stdout.readline().split()[-1]

    def client(self, market):
        own, market.endpoint = market.endpoint, self.endpoint
        try:
            return market.boto3(market.key, retries={"max_attempts": 8, "mode": "standard"})
        finally:
            market.endpoint = own

    def stop(self):
        self.server.terminate()
        assert self.server.wait(60) == 0
        self.server.stdout.close()


class Approvals(threading.Thread):
    """Overturns one assignment after the other until told to stop, or one is approved already."""

    def __init__(self, client, assignments):
        super().__init__(daemon=True)
        self.client, self.assignments = client, assignments
        self.stop, self.done, self.error = False, 0, None

    def run(self):
        try:
            for assignment in self.assignments:
                if self.stop:
                    return
                self.client.approve_assignment(AssignmentId=assignment, OverrideRejection=True)
                self.done += 1
        except Exception as e:  # told by the test, which looks at it
            self.error = None if "with a status of: Submitted" in str(e) else e
            self.done += 1


def commit_among(market, second, plan, assignments):
    """Commits while another server approves; gives the outcome (None: the plan was stale)."""
    approvals = Approvals(second.client(market), assignments)
    approvals.start()
    hitd.until(lambda: approvals.done)
    try:
        outcome = market.commit(plan)
    except AssertionError as e:
        assert ": 409 " in str(e), e
        outcome = None
    approvals.stop = True
    approvals.join(60)
    assert not approvals.error, approvals.error
    return outcome


def test_busy_commit():
    market = filled.Filled("postgresql", {"work": (ROWS, 5, 4), "other": (5000, 5, 4)})
    try:
        market.serve()
        second = Second(market)
        work, other = (market.batches[x] for x in ("work", "other"))
        ids = market.ids("a", other["assignment"], 0, 5000)
        plan = market.review(market.overturn_file("work"))
        outcome = commit_among(market, second, plan, ids)
        assert outcome and outcome["counts"]["overturned"] == ROWS

        # the same work from both sides: the plan may be stale then, and is made anew
        path = market.overturn_file("other")
        for _ in range(10):
            plan = market.review(path)
            if commit_among(market, second, plan, reversed(ids)):
                break
        second.stop()
        market.stop()
        rows = work["rows"] + other["rows"]
        assert market.value("SELECT COUNT(*) FROM assignment WHERE status = 3") == rows
        assert market.value("SELECT COUNT(*) FROM transfer WHERE kind = 8") == rows
        market.clean()
    finally:
        market.close()

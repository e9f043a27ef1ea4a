"""Killed just after a large commit has become durable and before anybody was told: everybody is paid
exactly once, and whoever asks again with the same token hears the outcome that was stored.
CRASH_COMMIT_ROWS sets how large (default 10,000).
"""
import os
import signal
import sys
import threading

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "bench"))
import filled  # noqa: E402
import hitd  # noqa: E402

ROWS = int(os.environ.get("CRASH_COMMIT_ROWS", "10000"))


def killed_commit(market, plan):
    """Commits; the server is dead on return, and nobody was answered."""
    answers = []

    def commit():
        try:
            answers.append(market.commit(plan))
        except (OSError, filled.http.client.HTTPException):
            pass

    market.env["KILL_AFTER_COMMIT"] = "yes"
    market.serve()
    thread = threading.Thread(target=commit, daemon=True)
    thread.start()
    status = market.server.wait(timeout=300)
    thread.join(60)
    del market.env["KILL_AFTER_COMMIT"]
    market.server.stdout.close()
    market.server = None
    assert status == -signal.SIGKILL and not answers


@pytest.mark.parametrize("kind", hitd.STORES)
def test_killed_after_commit(kind):
    market = filled.Filled(kind, {"work": (ROWS, 5, 4)})
    market.env.update(LD_PRELOAD=os.path.join(hitd.BIN, "tests", "crash", "libkill_after_commit.so"),
                      ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") +
                      ":verify_asan_link_order=0")
    try:
        path = market.overturn_file("work")
        market.serve()
        plan = market.review(path)
        assert plan["counts"]["overturn"] == ROWS and plan["applicable"]
        market.stop()
        killed_commit(market, plan)
        assert market.value("SELECT COUNT(*) FROM assignment WHERE status = 3") == ROWS
        market.clean()
        del market.env["LD_PRELOAD"]
        paid = market.value("SELECT COUNT(*) FROM transfer")
        market.serve()
        outcome = market.commit(plan)
        assert outcome["state"] == "applied" and outcome["counts"]["overturned"] == ROWS
        assert outcome["cents"]["rewards"] == ROWS * filled.REWARD
        assert market.commit(plan) == outcome, "the outcome is told twice alike"
        again = market.review(path)
        assert again["counts"]["no_op"] == ROWS and not again["counts"]["overturn"], again["counts"]
        assert market.stop() == 0
        assert market.value("SELECT COUNT(*) FROM transfer") == paid
        market.clean()
    finally:
        market.close()

"""SIGKILL under load, dozens of times: after each restart `hitd check` finds nothing wrong and every
write that was answered is there. CRASH_ROUNDS sets how often (default 24 on SQLite, 8 on PostgreSQL).
"""
import os
import random
import sys
import threading
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

ROUNDS = {"sqlite": int(os.environ.get("CRASH_ROUNDS", "24")),
          "postgresql": int(os.environ.get("CRASH_ROUNDS", "24")) // 3}
REQUESTER = "crash@example.org"


class Load(threading.Thread):
    """One client that writes until its server is gone, and remembers what was answered."""

    def __init__(self, market, key, rejected, lock):
        super().__init__(daemon=True)
        self.client = market.boto3(key, retries={"max_attempts": 0, "mode": "standard"},
                                   connect_timeout=3, read_timeout=10)
        self.rejected, self.lock = rejected, lock
        self.created, self.approved, self.doubtful = [], [], []

    def create(self):
        hit = self.client.create_hit(Title="t", Description="d", Reward="0.01", MaxAssignments=1,
                                     LifetimeInSeconds=3600, AssignmentDurationInSeconds=60,
                                     Question=hitd.QUESTION)["HIT"]
        self.created.append(hit["HITId"])

    def overturn(self):
        with self.lock:
            if not self.rejected:
                return self.create()
            assignment = self.rejected.pop()
        self.doubtful.append(assignment)
        self.client.approve_assignment(AssignmentId=assignment, OverrideRejection=True)
        self.doubtful.pop()
        self.approved.append(assignment)

    def run(self):
        from botocore.exceptions import BotoCoreError, ClientError
        try:
            while True:
                random.choice([self.create, self.overturn])()
        except (BotoCoreError, ClientError, OSError):
            pass  # the server was killed: what was under way may or may not have happened


def rejected_work(client):
    found = []
    for page in client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 100}):
        for hit in page["HITs"]:
            if hit["NumberOfAssignmentsCompleted"]:
                found += [a["AssignmentId"] for a in client.list_assignments_for_hit(
                    HITId=hit["HITId"], AssignmentStatuses=["Rejected"])["Assignments"]]
    return found


def prepare(market, tmp_path):
    """A sample file, every row of it rejected."""
    import csv
    source = os.path.join(hitd.SAMPLES, "Batch_4100211_batch_results.csv")
    with open(source, encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    at = {name: i for i, name in enumerate(rows[0])}
    for row in rows[1:]:
        row[at["AssignmentStatus"]] = "Rejected"
        row[at["ApprovalTime"]], row[at["RejectionTime"]] = "", row[at["SubmitTime"]]
        row[at["RequesterFeedback"]] = "no"
    path = tmp_path / "rejected.csv"
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)
    market.account("requester", REQUESTER)
    market.hitd("replay", "--email", REQUESTER, str(path))
    market.deposit(REQUESTER, "5000.00")
    return market.key(REQUESTER)


@pytest.mark.parametrize("kind", hitd.STORES)
def test_kill_under_load(kind, tmp_path):
    market = hitd.Market(kind)
    try:
        key = prepare(market, tmp_path)
        market.serve()
        client = market.boto3(key)
        rejected, lock = rejected_work(client), threading.Lock()
        assert len(rejected) == 180
        created, approved = set(), set()
        for n in range(ROUNDS[kind]):
            loads = [Load(market, key, rejected, lock) for _ in range(4)]
            for load in loads:
                load.start()
            time.sleep(random.uniform(0.02, 0.4))  # the moment of the kill, not a wait
            market.kill()
            for load in loads:
                load.join(30)
                created.update(load.created)
                approved.update(load.approved)
                rejected.extend(load.doubtful)
            checked = market.check()
            assert checked.returncode == 0, f"round {n}: {checked.stdout}{checked.stderr}"
            market.serve()
            client = market.boto3(key)
            for load in loads:
                for hit in load.created[-20:]:
                    assert client.get_hit(HITId=hit)["HIT"]["HITId"] == hit
                for assignment in load.approved:
                    assert client.get_assignment(AssignmentId=assignment)["Assignment"][
                        "AssignmentStatus"] == "Approved"
        assert created and approved
        listed = {h["HITId"] for p in client.get_paginator("list_hits").paginate(
            PaginationConfig={"PageSize": 100}) for h in p["HITs"]}
        assert created <= listed
        assert market.stop() == 0
    finally:
        market.close()

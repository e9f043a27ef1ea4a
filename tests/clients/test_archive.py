"""hitd import: files of the old service are kept as they are, and nothing more."""
import csv
import io
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

SAMPLE = os.path.join(hitd.SAMPLES, "Batch_4100212_batch_results.csv")


def table(text):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return [dict(zip(rows[0], r + [""] * (len(rows[0]) - len(r)))) for r in rows[1:]]


@pytest.mark.parametrize("kind", hitd.STORES)
def test_an_archive_is_read_only(kind):
    m = hitd.Market(kind)
    try:
        m.account("requester", "a@example.org")
        m.hitd("import", "--email", "a@example.org", SAMPLE)
        again = m.hitd("import", "--email", "a@example.org", SAMPLE, ok=1)
        assert "imported before" in again.stderr
        key = m.key("a@example.org")
        m.serve()
        batches = json.loads(m.hit(key, "batches", "--json").stdout)["batches"]
        assert [b["state"] for b in batches] == ["reviewed"]
        assert batches[0]["undoable_rejections"] == 0
        got = table(m.hit(key, "results", str(batches[0]["id"]), "--output", "-").stdout)
        with open(SAMPLE, encoding="utf-8", newline="") as f:
            old = table(f.read())
        assert len(got) == len(old)
        for a, b in zip(got, old):
            for column in a:
                assert a[column] == b[column], column
        approved = table(m.hit(key, "results", str(batches[0]["id"]), "--output", "-", "--status",
                               "Approved").stdout)
        assert {r["AssignmentStatus"] for r in approved} == {"Approved"}
        path = os.path.join(m.folder, "r.csv")
        got[0]["Approve"] = "x"
        with open(path, "w", encoding="utf-8", newline="") as f:
            out = csv.DictWriter(f, list(got[0]))
            out.writeheader()
            out.writerows(got[:1])
        refused = m.hit(key, "review", path, "--batch", str(batches[0]["id"]), "--plan", ok=None)
        assert refused.returncode != 0
        assert m.check().returncode == 0
    finally:
        m.close()

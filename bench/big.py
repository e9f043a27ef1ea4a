"""The largest file that is promised (csv-formats 10, row 20): by default 2,000,000 rows in more than
1 GiB, every twentieth of them marked, through `hit results` and `hit review` of a running server.
Small sizes go the same way in the tests.

Asserted: what plan, outcome, outcome file and the store say of each class, that the book is clean,
that one row or one mebibyte beyond the limits is refused (U09) and changes nothing, and that the
memory of a large file is a small part of its size.
"""
import json
import os
import re
import subprocess
import threading
import time

from filled import FEE, HIT, REWARD, Filled, record, say, shell

MARK_EVERY = 20
MIB = 1 << 20
OUTCOMES = ("approved", "rejected", "overturned", "no change")


class Memory(threading.Thread):
    """The most memory of its own that a server had meanwhile, looked at often. VmHWM would count
    the uploaded file too, which is mapped and costs no memory that anybody misses."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.path, self.peak_kb, self.over = f"/proc/{server.pid}/status", 0, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        while not self.over.is_set():
            with open(self.path) as f:
                own = int(re.search(r"RssAnon:\s+(\d+)", f.read()).group(1))
            self.peak_kb = max(self.peak_kb, own)
            self.over.wait(0.02)


def mark(line, state):
    """A row as a requester would mark it: of the submitted ones every second is rejected."""
    state["rows"] += 1
    if state["rows"] % MARK_EVERY:
        return line
    what = "overturn" if state["wrong"] else ("approve", "reject")[state["rows"] // MARK_EVERY % 2]
    state[what] += 1
    row, approve, reason = line.rsplit(',"', 2)
    assert approve == '"' and (reason == '"\n') != state["wrong"], line
    return row + (',"","The picture shows a dog."\n' if what == "reject" else ',"x",""\n')


def make_file(m, path):
    """Both batches in one file, as people put them together, marked. Gives what was marked."""
    state = dict(rows=0, approve=0, reject=0, overturn=0)
    part = os.path.join(m.folder, "part.csv")
    with open(path, "w", encoding="utf-8", newline="") as out:
        for batch, name in enumerate(m.batches, 1):
            m.hit(m.key, "results", str(batch), "--output", part)
            state["wrong"] = name == "wrong"
            with open(part, encoding="utf-8", newline="") as f:
                header = f.readline()
                if batch == 1:
                    out.write(header)
                for line in f:
                    out.write(mark(line.replace("\r\n", "\n"), state))
    os.unlink(part)
    return state


def hit(m, *args, ok=0):
    """The command line, with its own time and memory."""
    env = dict(m.env, HIT_ENDPOINT=m.endpoint, AWS_ACCESS_KEY_ID=m.key["AccessKeyId"],
               AWS_SECRET_ACCESS_KEY=m.key["SecretAccessKey"])
    began = time.monotonic()
    child = subprocess.Popen([HIT, *args], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True)
    said, words = child.communicate()
    assert child.returncode == ok, f"{args}: {child.returncode} {said[-1500:]}{words[-1500:]}"
    return said, words, time.monotonic() - began


def serve(m, mib, rows):
    config = os.path.join(m.folder, "hitd.conf")
    with open(config, "w") as f:
        f.write(f"upload-mib = {mib}\nupload-rows = {rows}\nfile-dir = {m.folder}\n")
    m.serve("--config", config)


def refused(m, path, rows):
    """One row too many, then one mebibyte too large."""
    with open(path, "rb+") as f:
        f.seek(0, os.SEEK_END)
        size = f.tell()
        f.seek(max(size - 65536, 0))
        last = f.read().splitlines(keepends=True)[-1]
        f.write(last)
    before = m.value("SELECT COUNT(*) FROM review")
    _, words, _ = hit(m, "review", path, "--all-batches", "--yes", ok=1)
    assert "U09" in words and str(rows) in words.replace(",", ""), words
    m.stop()
    serve(m, max(size // MIB, 1), rows + 1)
    with open(path, "ab") as f:
        f.truncate(size)
        f.seek(0, os.SEEK_END)
        while f.tell() <= max(size // MIB, 1) * MIB:
            f.write(last)
    _, words, _ = hit(m, "review", path, "--all-batches", "--yes", ok=1)
    assert "larger" in words, words
    assert m.value("SELECT COUNT(*) FROM review") == before, "a refused file left a review behind"
    m.stop()


def outcome_lines(path):
    """How often each outcome stands in the outcome file."""
    found = {}
    with open(path, encoding="utf-8", newline="") as f:
        header = f.readline().rstrip("\r\n").split(",")
        assert [x.strip('"') for x in header[-3:]] == ["Outcome", "Reason", "Line"], header
        for line in f:
            word = line.rsplit(',"', 3)[1].rstrip('"')
            found[word] = found.get(word, 0) + 1
    return found


def judge(m, marks, plan, outcome, lines, rows):
    decided = marks["approve"] + marks["reject"] + marks["overturn"]
    assert decided == rows // MARK_EVERY, marks
    for name in ("approve", "reject", "overturn"):
        assert plan["counts"][name] == marks[name], (name, plan["counts"], marks)
    assert plan["counts"]["no_change"] == rows - decided and not plan["counts"]["refused"], plan
    assert plan["file"]["rows"] == rows, plan["file"]
    paid = marks["approve"] + marks["overturn"]
    assert outcome["counts"] == dict(
        approved=marks["approve"], rejected=marks["reject"], overturned=marks["overturn"],
        unchanged=rows - decided, refused=0, new_slots=0), outcome["counts"]
    assert outcome["cents"]["rewards"] == paid * REWARD, outcome["cents"]
    assert outcome["cents"]["fees"] == paid * FEE, outcome["cents"]
    assert sum(lines.values()) == rows, lines
    assert sorted(lines.values()) == sorted(
        n for n in outcome["counts"].values() if n), (lines, outcome["counts"])
    assert m.value("SELECT COUNT(*) FROM assignment WHERE status = 3") == paid
    assert m.value("SELECT COUNT(*) FROM transfer WHERE kind = 5") in (paid, 0)


def run_big(kind, rows):
    half = rows // 2 - rows // 2 % 5
    m = Filled(kind, {"work": (half, 5, 2), "wrong": (half, 5, 4)})
    rows = half * 2
    try:
        path = os.path.join(m.folder, "review.csv")
        serve(m, 2000, rows)
        marks = make_file(m, path)
        size = os.path.getsize(path)
        say(f"  {rows} rows, {size / MIB:.0f} MiB, {rows // MARK_EVERY} marks")
        before = m.cpu()
        with Memory(m.server) as planning:
            said, _, seconds = hit(m, "review", path, "--all-batches", "--plan", "--json")
        plan = json.loads(said)
        record("big: plan", kind, rows, None, seconds, None, "s", planning.peak_kb,
               mib=round(size / MIB), cpu=round(m.cpu() - before, 2))
        before = m.cpu()
        outcome_path = os.path.join(m.folder, "outcome.csv")
        with Memory(m.server) as all_of_it:
            said, _, seconds = hit(m, "review", path, "--all-batches", "--yes", "--json",
                                   "--outcome", outcome_path)
        record("big: plan, commit, outcome", kind, rows, None, seconds, None, "s",
               all_of_it.peak_kb, cpu=round(m.cpu() - before, 2))
        peak = max(planning.peak_kb, all_of_it.peak_kb)
        judge(m, marks, plan, json.loads(said), outcome_lines(outcome_path), rows)
        os.unlink(outcome_path)
        refused(m, path, rows)
        m.clean()
        # A sanitizer's own memory is not ours; a small file is smaller than the server.
        assert size < 256 * MIB or peak * 1024 < size / 2, f"{peak} kB for a file of {size} bytes"
    finally:
        m.close()



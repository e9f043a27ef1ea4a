"""What the benchmarks share: a store filled by sets, its server and the server's figures, signed
requests, the references, and the table of results. HITD_BIN names the build folder.
"""
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests"))
from hitd import BIN, HIT, Market, run  # noqa: E402

REFERENCE = os.path.join(BIN, "bench", "bench-reference")
LOAD = os.path.join(BIN, "bench", "load")
WORKERS, REWARD, FEE, LISTED = 1000, 5, 1, 100
TICK = os.sysconf("SC_CLK_TCK")
RESULTS = []


def say(text):
    print(text, file=sys.stderr, flush=True)


class Timer:
    def __enter__(self):
        self.began = time.monotonic()
        return self

    def __exit__(self, *_):
        self.s = time.monotonic() - self.began


def record(name, store, rows, aim, measured, reference, unit, peak_kb=None, **more):
    """One line of the table; aim is the ratio that DESIGN 9 names, None when there is none."""
    one = dict(name=name, store=store, rows=rows, measured=measured, reference=reference,
               unit=unit, ratio=measured / reference if reference else None, aim=aim,
               peak_mb=round(peak_kb / 1024, 1) if peak_kb else None, **more)
    RESULTS.append(one)
    ratio = f"{one['ratio']:6.2f}" if one["ratio"] is not None else "     -"
    peak = f"{one['peak_mb']:8.1f} MB" if peak_kb else " " * 11
    notes = " ".join(f"{k}={v}" for k, v in more.items())
    print(f"{name:28} {store:10} {rows:>9} {measured:12.4g} {reference or 0:12.4g} {unit:6} "
          f"{ratio} {'(aim ' + aim + ')' if aim else '':13} {peak} {notes}", flush=True)


def cpu_of(pid):
    """CPU seconds of a process so far."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


# --- a store of N assignments --------------------------------------------------------------------

def psql(market, script, **more):
    return run("psql", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", market.store, "-f", "-",
               input=script, **more).stdout


def parts():
    with open(os.path.join(HERE, "fill.sql"), encoding="utf-8") as f:
        found = re.split(r"^-- part: (\w+)\n", f.read(), flags=re.M)[1:]
    return dict(zip(found[::2], found[1::2]))


class Filled(Market):
    """A market with a requester, 1,000 workers, and batches by name: rows of assignments in
    HITs of so many slots, all Submitted (2) or all Rejected (4)."""

    def __init__(self, kind, batches):
        super().__init__(kind, clock="real")
        self.account("requester", "r@example.org")
        self.key = self.key("r@example.org")
        self.batches = {}
        self.cpu_kept, self.peak_kept = 0, 0
        values = dict(requester=self.value("SELECT MIN(id) FROM party WHERE role = 1"),
                      worker=101, workers=WORKERS, reward=REWARD, fee=FEE, batch0=1,
                      now=int(time.time() * 1000))
        self.requester = values["requester"]
        self.id_key = self.text("SELECT value FROM meta WHERE key = 'id_key'")
        script, hit, assignment = [parts()["workers"].format(**values)], 1, 1
        for number, (name, (rows, slots, status)) in enumerate(batches.items(), 1):
            hits = max(rows // slots, 1)
            one = dict(values, batch=number, hits=hits, slots=slots, status=status, hit=hit,
                       assignment=assignment)
            self.batches[name] = dict(one, rows=hits * slots)
            script.append(parts()["batch"].format(**one))
            if status == 4:
                script.append(parts()["rejected"].format(**one))
            hit, assignment = hit + hits, assignment + hits * slots
        self.script("".join(script))

    @property
    def path(self):
        return self.store[len("sqlite:"):]

    def script(self, text):
        if self.kind == "sqlite":
            db = sqlite3.connect(self.path)
            db.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN;" + text
                             + "COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);")
            db.close()
            return
        tables = ["party", "hit", "assignment", "batch", "hit_type", "document", "settlement"]
        psql(self, "BEGIN;" + text + "".join(
            f"SELECT setval(pg_get_serial_sequence('{t}', 'id'), MAX(id)) FROM {t};"
            for t in tables) + "COMMIT; VACUUM ANALYZE;")

    def text(self, query):
        if self.kind == "postgresql":
            return psql(self, query).strip()
        db = sqlite3.connect(self.path)
        try:
            return str(db.execute(query).fetchone()[0])
        finally:
            db.close()

    def value(self, query):
        return int(self.text(query))

    def ids(self, kind, first, population, count):
        return run(REFERENCE, "ids", self.id_key, kind, str(first), str(population),
                   str(count)).stdout.split()

    # The server's own figures, from /proc.

    def cpu(self):
        return cpu_of(self.server.pid)

    def peak_reset(self):
        with open(f"/proc/{self.server.pid}/clear_refs", "w") as f:
            f.write("5")

    def peak(self):
        with open(f"/proc/{self.server.pid}/status") as f:
            return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1))

    def clean(self):
        done = self.check()
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def copy(self):
        """A copy of an SQLite store that nobody has open."""
        run("sqlite3", self.path, "PRAGMA wal_checkpoint(TRUNCATE);")
        path = os.path.join(self.folder, "copy.db")
        shutil.copyfile(self.path, path)
        for end in ("-wal", "-shm"):
            if os.path.exists(path + end):
                os.unlink(path + end)
        return path

    # Requests.

    def load(self, operation, bodies, connections):
        host, port = self.endpoint.split("//")[1].split(":")
        before = self.cpu()
        done = run(LOAD, host, port, self.key["AccessKeyId"], self.key["SecretAccessKey"],
                   operation, str(connections), input="\n".join(bodies) + "\n")
        return dict(json.loads(done.stdout), cpu=self.cpu() - before)

    def call(self, method, path, query="", body=b"", content_type="application/json"):
        """A signed request of /v1; body: bytes or an open file."""
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        host = self.endpoint.split("//")[1]
        digest = hashlib.sha256()
        if isinstance(body, bytes):
            digest.update(body)
        else:
            for piece in iter(lambda: body.read(1 << 20), b""):
                digest.update(piece)
            body.seek(0)
        scope = f"{now[:8]}/us-east-1/mturk-requester/aws4_request"
        canonical = (f"{method}\n{path}\n{query}\ncontent-type:{content_type}\nhost:{host}\n"
                     f"x-amz-date:{now}\n\ncontent-type;host;x-amz-date\n{digest.hexdigest()}")
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n" + hashlib.sha256(
            canonical.encode()).hexdigest()
        k = ("AWS4" + self.key["SecretAccessKey"]).encode()
        for piece in scope.split("/") + [text]:
            k = hmac.new(k, piece.encode(), hashlib.sha256).digest()
        size = len(body) if isinstance(body, bytes) else os.fstat(body.fileno()).st_size
        connection = http.client.HTTPConnection(host, timeout=3600)
        connection.request(method, path + ("?" + query if query else ""), body, {
            "Content-Type": content_type, "Host": host, "X-Amz-Date": now,
            "Content-Length": str(size),
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.key['AccessKeyId']}/{scope}, "
                             f"SignedHeaders=content-type;host;x-amz-date, Signature={k.hex()}"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, (
            f"{method} {path}: {answer.status} {text[:2000]!r}\n{self.logged()}")
        return json.loads(text)

    def review(self, path):
        with open(path, "rb") as f:
            return self.call("POST", "/v1/reviews", body=f, content_type="text/csv")

    def commit(self, plan):
        return self.call("POST", f"/v1/reviews/{plan['review']}/commit",
                         body=json.dumps({"token": plan["token"]}).encode())

    def overturn_file(self, batch, rows=None):
        """A results file of four columns, each row to be approved after its rejection."""
        one = self.batches[batch]
        path = os.path.join(self.folder, "review.csv")
        with open(path, "w") as f:
            f.write('"AssignmentId","AssignmentStatus","Approve","Reject"\n')
            for x in self.ids("a", one["assignment"], 0, rows or one["rows"]):
                f.write(f'"{x}","Rejected","x",""\n')
        return path


def reference(*args, repeat=1):
    """The fastest of some runs, in CPU."""
    runs = [json.loads(subprocess.run([REFERENCE, *map(str, args)], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, check=True).stderr)
            for _ in range(repeat)]
    return min(runs, key=lambda r: r["cpu"])


def shell(*command, **more):
    """Seconds, CPU seconds and peak memory of a program."""
    began = time.monotonic()
    child = subprocess.Popen(command, **more)
    _, status, use = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return dict(seconds=time.monotonic() - began, cpu=use.ru_utime + use.ru_stime,
                peak_kb=use.ru_maxrss)


def micro(figures, count):
    return figures["cpu"] / count * 1e6

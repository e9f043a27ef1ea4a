"""Pages: cycles a second of workers who look at the list, accept, open the task and its frame, and
submit, with every page a browser would show, against what Turkle published for the same; and the
time of each page of the site in a large store against a small one.
"""
import datetime
import glob
import http.client
import json
import os
import re
import resource
import subprocess
import time
import urllib.parse

from filled import BIN, HERE, Filled, Timer, cpu_of, record, say

PASSWORD = "a long enough password"
TURKLE = {10000: (20, ">= 50"), 100000: (5, ">= 200")}  # cycles a second by 16 workers (DESIGN 9)
SIMULATED = (16, 64)  # DESIGN 9 names 16; more show what the server can do
CYCLE_S = 20
RUNS = 9
LAYOUT = ('<p><img src="${image}"></p><p>${words}</p><crowd-form><input name="category">'
          '</crowd-form>')


def publish(m, rows):
    """A project and a batch of so many tasks, live."""
    path, layout = (os.path.join(m.folder, x) for x in ("input.csv", "layout.html"))
    with open(path, "w") as f:
        f.write("image,words\n")
        f.writelines(f"https://example.org/{i}.jpg,words of row {i}\n" for i in range(rows))
    with open(layout, "w") as f:
        f.write(LAYOUT)
    m.deposit("r@example.org", "1000000.00")
    m.hit(m.key, "project", "add", layout, "--name", "Pictures", "--title", "Pictures",
          "--description", "Look at pictures", "--reward", "0.05")
    m.hit(m.key, "publish", "Pictures", path)
    batch = m.value("SELECT MAX(id) FROM batch")
    while m.value(f"SELECT state FROM batch WHERE id = {batch}") != 2:
        time.sleep(0.02)
    return batch


def simulate(m, workers, tasks):
    """What hitd simulate says, and the server's and its own CPU seconds meanwhile: from when all
    have signed in, as hashing their passwords costs more than some hundred tasks each. It ends
    while there are tasks left, as waiting for more is no work."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    others = used.ru_utime + used.ru_stime
    child = subprocess.Popen(
        [os.path.join(BIN, "src", "hitd", "hitd"), "simulate", "--url", m.endpoint, "--pages",
         "--workers", str(workers), "--tasks", str(tasks), "--rate", "0",
         "--seconds", str(CYCLE_S), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    words = child.stderr.readline()
    m.peak_reset()
    before, child_before = m.cpu(), cpu_of(child.pid)
    said, more = child.communicate()
    assert child.returncode == 0, words + more
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    child_cpu = used.ru_utime + used.ru_stime - others - child_before
    return json.loads(said), m.cpu() - before, child_cpu


def run_cycles(kind, tasks, workers):
    m = Filled(kind, {"done": (1000, 5, 2)})
    try:
        m.serve()
        publish(m, tasks)
        done, cpu, client_cpu = simulate(m, workers, tasks * 9 // 10)
        assert not done["failed"] and not done["none_left"], done
        reference, aim = TURKLE.get(tasks, (None, None))
        record(f"pages: cycles, {workers} workers", kind, tasks, aim,
               done["submitted"] / (done["elapsed_ms"] / 1000), reference, "1/s", m.peak(),
               cpu_us=round(cpu / max(done["submitted"], 1) * 1e6),
               client_cpu_us=round(client_cpu / max(done["submitted"], 1) * 1e6),
               **{name + "_ms": round(x["p50_us"] / 1000, 1)
                  for name, x in done["requests"].items() if name != "register"})
        m.stop()
        m.clean()
    finally:
        m.close()


# --- the time of each page -----------------------------------------------------------------------

ALSO = ("/projects?filters%5Bsearch_term%5D=picture", "/projects?sort=reward_desc&page_size=100",
        "/requester/batches/{batch}/results?size=500", "/requester/batches/{batch}/results?size=100")


def patterns():
    """What the site answers to GET, from its tables; not the content listener's."""
    found = set()
    for path in glob.glob(os.path.join(os.path.dirname(HERE), "src", "site", "*.c")):
        if path.endswith("content.c"):
            continue
        with open(path, encoding="utf-8") as f:
            found |= set(re.findall(r'\.method = "GET",\s*\.pattern = "([^"]+)"', f.read()))
    found = {x for x in found if not x.endswith("csv")}  # a file grows with what is in it
    return sorted(found) + list(ALSO)


class Visitor:
    """A signed-in browser with one connection."""

    def __init__(self, m, email):
        self.connection = http.client.HTTPConnection(m.endpoint.split("//")[1], timeout=600)
        body = urllib.parse.urlencode(dict(email=email, password=PASSWORD))
        self.connection.request("POST", "/sign-in", body, {
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        answer = self.connection.getresponse()
        said = answer.read()
        assert answer.status == 200, said
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def get(self, path, accept="text/html"):
        self.connection.request("GET", path, headers={"Cookie": self.cookie, "Accept": accept})
        try:
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as e:
            raise AssertionError(f"GET {path}: {e!r}") from e

    def time_ms(self, path):
        """The fastest of some; None when it is no page that this visitor may see."""
        status, _ = self.get(path)
        times = []
        for _ in range(RUNS if status == 200 else 0):
            with Timer() as t:
                self.get(path)
            times.append(t.s * 1000)
        return min(times) if times else None


class Visited(Filled):
    """A market in which a requester and a worker can sign in, with one of each thing that addresses
    name."""

    def __init__(self, kind, rows):
        super().__init__(kind, {"work": (rows, 5, 2), "wrong": (1000, 5, 4)})
        template = self.account("worker", "template@example.org", password=PASSWORD)
        assert template
        self.script("UPDATE party SET password = (SELECT password FROM party "
                    "WHERE email = 'template@example.org') "
                    "WHERE email IN ('r@example.org', 'worker0@example.org');")
        self.serve()
        publish(self, 20)
        work, wrong = self.batches["work"], self.batches["wrong"]
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        self.requester_page = Visitor(self, "r@example.org")
        self.worker_page = Visitor(self, "worker0@example.org")
        groups = json.loads(self.worker_page.get("/projects?format=json", "application/json")[1])
        self.values = {
            "batch": work["batch"], "id": 1, "n": 1, "worker": "AB100000000",
            "group": groups["results"][0]["hit_set_id"],
            "requester": groups["results"][0]["requester_id"],
            "assignment": self.ids("a", work["assignment"], 0, 1)[0],
            "hit": self.ids("h", work["hit"], 0, 1)[0],
            "date": yesterday.strftime("%Y-%m-%d"),
            "review": self.review(self.overturn_file("wrong"))["review"],
        }
        assert wrong

    def page_times(self):
        times = {}
        for pattern in patterns():
            if any(name not in self.values for name in re.findall(r"{(\w+)}", pattern)):
                continue
            path = pattern.format(**self.values)
            visitor = (self.requester_page if pattern.startswith("/requester/")
                       else self.worker_page)
            ms = visitor.time_ms(path)
            if ms is not None:
                times[pattern] = ms
        return times


def page_times(kind, rows):
    say(f"  pages: {rows} assignments")
    m = Visited(kind, rows)
    try:
        times = m.page_times()
        assert len(times) > 10, times
        return times
    finally:
        m.close()


def run_pages(kind, rows):
    for tasks in TURKLE:
        if tasks <= rows:
            for workers in SIMULATED:
                run_cycles(kind, tasks, workers)
    small, large = page_times(kind, 10000), page_times(kind, rows)
    for pattern, ms in large.items():
        record(f"page {pattern}", kind, rows, "<= 1.5", ms, small.get(pattern), "ms")

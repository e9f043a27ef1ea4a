"""The part of the demo's market that lives: batches published now, and workers who do them.

Used by tools/demo. Workers come in by the site's own JSON (accept, submit), as any program can.
"""
import concurrent.futures
import csv
import html
import http.client
import json
import os
import random
import re
import secrets
import time
import urllib.parse
import urllib.request

LIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "demo", "live")

STREETS = ["Rue de l’Échiquier", "Königsallee", "Calle Niño Perdido", "Łąkowa", "Elm Street",
           "Old Mill Lane", "Strada Șoimului", "Østergade", "Via dell’Orso", "Quai des Brumes",
           "Große Bleichen", "Rua do Sol ao Rato", "Harbour Walk", "Tjärhovsgatan", "St. Ann’s Hill",
           "Ulica Żytnia"]
SENTENCES = ["Third week without hot water, and still “someone will call you back”.",
             "The parcel came on Tuesday.", "Best soup in town, we will be back!",
             "I waited forty minutes and then they closed the counter.",
             "It is a kettle. It boils water.", "My daughter has not put it down since Saturday.",
             "The manual is in a language I can not even name.", "Works as described.",
             "You lost my order twice and blamed me for it.", "What a lovely surprise at breakfast.",
             "Delivery between 8 and 20 o’clock.", "Never again.", "The colour is a little darker.",
             "Thank you, Joana, you saved our trip."]
SHOPS = ["Corner Bakery", "Farmacia Luz", "Grønt Marked", "Iron & Oak", "Book Nook", "Café Zwölf"]
GOODS = [("Rye bread", 420), ("Coffee 250 g", 690), ("Milk", 135), ("Soap", 289), ("Notebook", 349),
         ("Olive oil", 1190), ("Apples 1 kg", 279), ("Batteries", 559), ("Tea", 415)]
HASTY = "Wrong code. Your answer does not match our list."


class Person:
    """A worker at the site, by its JSON."""

    def __init__(self, endpoint, email, password):
        self.address = urllib.parse.urlsplit(endpoint)
        self.email, self.password, self.cookie, self.csrf = email, password, None, None

    def send(self, method, path, **fields):
        c = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        head = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if self.cookie:
            head.update({"Cookie": self.cookie, "X-CSRF-Token": self.csrf})
        c.request(method, path, urllib.parse.urlencode(fields) if fields else None, head)
        r = c.getresponse()
        data = r.read()
        cookie = r.headers.get("Set-Cookie")
        c.close()
        if cookie and "hitd_session" in cookie:
            self.cookie = cookie.split(";")[0]
        return r.status, json.loads(data) if data[:1] == b"{" else None

    def enter(self, path, **more):
        status, answer = self.send("POST", path, email=self.email, password=self.password, **more)
        assert status in (200, 201), (status, answer)
        self.csrf = answer["csrf_token"]
        return self

    def sign_in(self):
        return self.enter("/sign-in")

    def register(self, name, country):
        return self.enter("/register", name=name, country=country)

    def do(self, group, answer):
        """One task of the group, or None when there is none for him any more. answer: what is
        entered into the form of that document."""
        status, entry = self.send("POST", f"/projects/{group}/tasks/accept_random")
        if status != 200:
            return None
        with urllib.request.urlopen(entry["question"]["value"]) as document:
            fields = answer(html.unescape(document.read().decode()))
        status, _ = self.send("POST", "/mturk/externalSubmit", assignmentId=entry["assignment_id"],
                              **fields)
        return entry["assignment_id"] if status == 200 else None

    def group(self, title):
        _, answer = self.send("GET", "/projects?page_size=100")
        return next((g["hit_set_id"] for g in answer["results"] if g["title"] == title), None)


def write_csv(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(head)
        out.writerows(rows)
    return path


def receipts(rnd, n):
    for _ in range(n):
        goods = rnd.sample(GOODS, rnd.randint(2, 5))
        total = sum(c for _, c in goods)
        lines = [f"{name:<16}{c / 100:>8.2f}" for name, c in goods]
        yield rnd.choice(SHOPS), "\n".join(lines + ["-" * 24, f"{'TOTAL':<16}{total / 100:>8.2f}"])


class Live:
    """hit: the requester's commands; folder: where files are made; people: signed-in workers."""

    def __init__(self, endpoint, hit, folder, seed=7):
        self.endpoint, self.hit, self.folder = endpoint, hit, folder
        self.random = random.Random(seed)
        self.people = []

    def register(self, n):
        countries = ["US", "DE", "BR", "IN", "PL", "KE", "US-CA", "FR"]
        names = ["Ada", "Bruno", "Chidi", "Dora", "Emil", "Fatou", "Goran", "Hana", "Ivo", "Jana"]

        def one(i):
            p = Person(self.endpoint, f"worker{i:02}@demo.example", secrets.token_urlsafe(9))
            return p.register(f"{names[i % len(names)]} {i}", countries[i % len(countries)])

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.people = list(pool.map(one, range(1, n + 1)))

    def publish(self, name, title, description, layout, rows, head, **more):
        options = [x for k, v in more.items() for x in ("--" + k.replace("_", "-"), str(v))]
        project = json.loads(self.hit("project", "add", "--name", name, "--title", title,
                                      "--description", description, "--json", *options,
                                      os.path.join(LIVE, layout)))
        path = write_csv(os.path.join(self.folder, layout + ".csv"), head, rows)
        batch = json.loads(self.hit("publish", str(project["id"]), path, "--json", "--name", name))
        return batch["id"]

    def work(self, title, people, each, answer):
        """Each of the people does up to `each` tasks of the group."""
        def one(person):
            group, done = person.group(title), []
            for _ in range(each if group else 0):
                got = person.do(group, answer)
                if not got:
                    break
                done.append(got)
            return done

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return [a for done in pool.map(one, people) for a in done]

    def streets(self, wanda):
        """Reviewed in a hurry: a third of it rejected, some of Wanda's work among it."""
        title = "Type the name on a street sign"
        batch = self.publish("Street signs", title, "A photographed sign; you type what it says.",
                             "streets.html", [[s] for s in STREETS], ["sign"], reward="0.12",
                             assignments=3, keywords="transcription, street, easy",
                             auto_approval=604800)
        rnd = self.random

        def read(document):
            return re.search(r'class="sign">([^<]*)<', document).group(1)

        self.work(title, [wanda], 8, lambda document: {"street": read(document), "note": ""})
        self.work(title, self.people[:8], 8, lambda document: {
            "street": read(document) if rnd.random() < 0.9 else "can not read it",
            "note": rnd.choice(["", "", "leaves in front of it"])})
        path = os.path.join(self.folder, "streets.results.csv")
        self.hit("results", str(batch), "--output", path)
        with open(path, encoding="utf-8-sig", newline="") as f:
            rows = list(csv.reader(f))
        at = {name: i for i, name in enumerate(rows[0])}
        for n, row in enumerate(rows[1:]):
            row += [""] * (len(rows[0]) - len(row))
            if n % 3 == 1:
                row[at["Reject"]] = HASTY
            else:
                row[at["Approve"]] = "x"
        write_csv(path, rows[0], rows[1:])
        self.hit("review", path, "--batch", str(batch), "--yes")
        return batch

    def moods(self):
        """All done, nothing decided: ready for review."""
        title = "How does the writer feel?"
        batch = self.publish("Mood of reviews", title, "One sentence, one choice.", "mood.html",
                             [[s] for s in SENTENCES], ["sentence"], reward="0.05", assignments=3,
                             keywords="sentiment, english, fast")
        rnd = self.random
        self.work(title, self.people[8:20], 14, lambda document: {
            "mood": rnd.choice(["positive", "neutral", "negative"]),
            "words": rnd.choice(["", "the last words", "“never again”", "<b>all</b> of it"])})
        return batch

    def receipts(self, wanda):
        """Half done, open for more; Wanda holds one task."""
        title = "Add up a receipt"
        batch = self.publish("Receipts, November", title, "Read a receipt and type its total.",
                             "receipts.html", receipts(self.random, 40), ["shop", "receipt"],
                             reward="0.20", assignments=2, keywords="receipt, numbers, typing",
                             duration=1200)
        rnd = self.random
        done = self.work(title, self.people[20:34], 3, lambda document: {
            "total": re.search(r"TOTAL +([0-9.]+)", document).group(1), "date": ""})
        wanda.send("POST", f"/projects/{wanda.group(title)}/tasks/accept_random")
        return batch, done

    def appeal(self):
        """One of those who were rejected asks for another look."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        for person in self.people[:8]:
            _, day = person.send("GET", f"/status_details/{today}?format=json")
            for row in day["results"]:
                if row["state"] == "Rejected":
                    return person.send("POST", "/appeals", assignment_id=row["assignment_id"],
                                       reason="answer_right",
                                       text="I typed exactly what is on the sign, accent included. "
                                            "Could you look at it once more?")
        return None

"""What the tests use to play requester and worker: boto3 for the one, the site's JSON for the other."""
import functools
import hashlib
import hmac
import http.client
import http.cookies
import itertools
import json
import os
import sys
import time
import urllib.parse

import boto3
import botocore.config
import pytest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hitd  # noqa: E402

TARGET = "MTurkRequesterServiceV20170117."
PASSWORD = "correct horse"

HTML = """<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2011-11-11/HTMLQuestion.xsd">
<HTMLContent><![CDATA[<!DOCTYPE html><html><body><form name="mturk_form" method="post"
action="https://www.mturk.com/mturk/externalSubmit"><input name="assignmentId" type="hidden">
<input name="tag"><input type="submit"></form></body></html>]]></HTMLContent>
<FrameHeight>450</FrameHeight></HTMLQuestion>"""

counter = itertools.count(1)


@functools.lru_cache(1)
def operations():
    """The table that the decoder uses, by name (`hitd ops --json`)."""
    return {op["name"]: op for op in json.loads(hitd.run(hitd.HITD, "ops", "--json").stdout)}


def off_the_table(rows, given, where):
    """Members of an answer that its rows do not name, or name as always there when they are not."""
    known = {row["name"]: row for row in rows}
    wrong = [f"{where}.{name} is not in the table" for name in set(given) - set(known)]
    for name, row in known.items():
        if name not in given:
            wrong += [f"{where}.{name} is missing"] if row["required"] else []
        elif "fields" in row and not row.get("structure", "").startswith(REQUEST_TOO):
            for one in given[name] if isinstance(given[name], list) else [given[name]]:
                wrong += off_the_table(row["fields"], one, f"{where}.{name}")
    return wrong


REQUEST_TOO = ("QualificationRequirement", "ReviewPolicy")  # rows are the request's


def as_the_table_says(http_response, parsed, model, **_):
    """Every answer that any test gets by boto3 is one that the operation's row announces."""
    op, body = operations()[model.name], json.loads(http_response.content or b"{}")
    if http_response.status_code == 200:
        wrong = off_the_table(op["answer"], body, model.name)
    else:
        code = body.get("TurkErrorCode")
        known = {e.get("code") for e in op["errors"]} | {None, "AWS.ServiceUnavailable"}
        wrong = [] if code in known else [f"{model.name} does not announce {code}"]
    if wrong:  # not an assertion: a test that expects ClientError must not take it for one
        pytest.fail("; ".join(wrong))


class Server(hitd.Market):
    """A store with a simulated clock and a server on it."""

    def __init__(self, kind="sqlite"):
        super().__init__(kind)
        self.start()

    def start(self):
        self.url = self.serve()
        self.port = int(self.url.rsplit(":", 1)[1])

    def end(self):
        """An orderly end, and a book that balances."""
        status = self.stop()
        checked = self.check()
        log = self.logged()
        self.close()
        assert status == 0, log
        assert checked.returncode == 0, checked.stdout

    def new_account(self, role, country="US"):
        email = "%s%d@example.org" % (role, next(counter))
        return self.account(role, email, PASSWORD, country=country), email

    def requester(self, deposit=None):
        r = Requester(self, *self.new_account("requester"))
        if deposit:
            self.deposit(r.email, deposit)
        return r

    def worker(self, country="US"):
        return Worker(self, *self.new_account("worker", country))

    def advance(self, span):
        self.clock("advance", span)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own: status, headers, body."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        c.request(method, path, body, headers or {})
        r = c.getresponse()
        data = r.read()
        c.close()
        return r.status, r.headers, data


class Requester:
    def __init__(self, server, public_id, email):
        self.server, self.id, self.email = server, public_id, email
        key = server.key(email)
        self.access, self.secret = key["AccessKeyId"], key["SecretAccessKey"]

    def client(self, retries=1, mode="legacy", **more):
        config = botocore.config.Config(retries={"max_attempts": retries, "mode": mode},
                                        read_timeout=60)
        made = boto3.client("mturk", endpoint_url=self.server.url, region_name="us-east-1",
                            aws_access_key_id=self.access, aws_secret_access_key=self.secret,
                            config=config, **more)
        made.meta.events.register("after-call.mturk", as_the_table_says)
        return made

    def sign(self, method, path, body=b"", headers=None, when=None, secret=None, query=""):
        """Signature Version 4 by hand, so that a test can get every part of it wrong."""
        when = when or time.time()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(when))
        h = {"Host": "127.0.0.1:%d" % self.server.port, "X-Amz-Date": stamp, **(headers or {})}
        low = sorted((k.lower(), " ".join(v.split())) for k, v in h.items())
        names = ";".join(k for k, _ in low)
        canonical = "\n".join([method, path, query, *("%s:%s" % kv for kv in low), "", names,
                               hashlib.sha256(body).hexdigest()])
        scope = "%s/us-east-1/mturk-requester/aws4_request" % stamp[:8]
        to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                             hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + (secret or self.secret)).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        h["Authorization"] = ("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
                              % (self.access, scope, names, signature))
        return h

    def raw(self, operation, members, headers=None, body=None):
        """An operation with a body of any kind; the answer's status and JSON."""
        body = json.dumps(members).encode() if body is None else body
        h = self.sign("POST", "/", body, {"X-Amz-Target": TARGET + operation,
                                          "Content-Type": "application/x-amz-json-1.1",
                                          **(headers or {})})
        status, _, data = self.server.request("POST", "/", body, h)
        return status, json.loads(data)

    def v1(self, method, path, body=b"", headers=None, query=None):
        text = urllib.parse.urlencode(sorted((query or {}).items()))
        h = self.sign(method, path, body, headers, query=text)
        status, head, data = self.server.request(method, path + ("?" + text if text else ""), body,
                                                 h)
        is_json = head.get("Content-Type", "").startswith("application/json")
        return status, json.loads(data) if is_json else data


class Worker:
    def __init__(self, server, public_id, email):
        self.server, self.id, self.email = server, public_id, email
        self.cookie = self.csrf = None
        self.sign_in()

    def sign_in(self, password=PASSWORD):
        status, answer, head = self.form("POST", "/sign-in", email=self.email, password=password)
        if status == 200:
            jar = http.cookies.SimpleCookie(head["Set-Cookie"])
            self.cookie = "; ".join("%s=%s" % (k, m.value) for k, m in jar.items())
            self.csrf = answer["csrf_token"]
        return status, answer

    def form(self, method, path, **fields):
        headers = {"Accept": "application/json",
                   "Content-Type": "application/x-www-form-urlencoded"}
        if self.cookie:
            headers["Cookie"] = self.cookie
            headers["X-CSRF-Token"] = self.csrf
        body = urllib.parse.urlencode(fields)
        status, head, data = self.server.request(method, path, body if method != "GET" else None,
                                                 headers)
        return status, json.loads(data) if data else None, head

    def get(self, path):
        return self.form("GET", path)[:2]

    def accept(self, group):
        return self.form("POST", "/projects/%s/tasks/accept_random" % group)[:2]

    def submit(self, assignment, **fields):
        return self.form("POST", "/mturk/externalSubmit", assignmentId=assignment, **fields)[:2]

    def work(self, group, **fields):
        """Accepts a HIT of the group and submits it; the assignment's id."""
        status, entry = self.accept(group)
        assert status == 200, entry
        status, done = self.submit(entry["assignment_id"], **(fields or {"tag": "cat"}))
        assert status == 200, done
        return entry["assignment_id"]


def new_hit(client, **more):
    members = dict(LifetimeInSeconds=86400, AssignmentDurationInSeconds=600, Reward="0.50",
                   Title="Name it %d" % next(counter), Description="Say what is shown",
                   Keywords="image, label", Question=HTML, MaxAssignments=3)
    members.update(more)
    return client.create_hit(**members)["HIT"]


def next_name():
    return "Project %d" % next(counter)

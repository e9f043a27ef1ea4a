"""Every client through all 39 operations: the walk of walk.py by boto3, the AWS CLI, and both AWS
SDKs for JavaScript, on both stores."""
import json
import os
import urllib.request

import pytest

import hitd
import speak
import walk
from market import new_hit, operations


class Stage:
    """A requester's client, three workers, and what the steps keep."""

    def __init__(self, server, name):
        requester = server.requester(deposit="100.00")
        self.server, self.client = server, speak.client(name, requester)
        self.people = {who: server.worker() for who in ("ada", "bob", "cyd")}
        self.kept = {who: w.id for who, w in self.people.items()}
        self.called = set()

    def fill(self, value):
        """Kept things for their names, deep inside."""
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.fill(v) for v in value)
        if isinstance(value, str) and "$" in value:
            for name in sorted(self.kept, key=len, reverse=True):
                value = value.replace("$" + name, self.kept[name])
        return value

    def play(self, step):
        if step.worker:
            getattr(self, step.worker)(**self.fill(step.members))
            return
        self.called.add(step.operation)
        if step.refused:
            self.refused(step, *self.fill(step.refused))
            return
        answer = self.client.call(step.operation, self.fill(step.members))
        for path, wanted in self.fill(step.gives).items():
            assert at(answer, path) == wanted, (step.operation, path, answer)
        if not step.gives and not step.keep:
            assert answer == {}, step.operation
        self.kept.update((name, at(answer, path)) for name, path in step.keep.items())

    def refused(self, step, name, code, words):
        with pytest.raises(speak.Refused) as e:
            self.client.call(step.operation, self.fill(step.members))
        got = e.value
        assert got.name == name and got.words.startswith(words), (step, got)
        if got.code:
            assert got.code == (code[1:] if code.startswith("=") else "AWS.MechanicalTurk." + code)

    # What workers do.

    def asks(self, who, type):
        status = self.people[who].form("POST", f"/qualifications/{type}/request")[0]
        assert status in (200, 303), status

    def works(self, who, group, keep, **fields):
        self.kept[keep] = self.people[who].work(group, **fields)

    def sends(self, who, group, keep, photo):
        status, entry = self.people[who].accept(group)
        assert status == 200, entry
        self.kept[keep] = entry["assignment_id"]
        body = (b'--B\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n'
                b"Content-Type: image/jpeg\r\n\r\n" + photo + b"\r\n--B--\r\n")
        status, _, said = self.server.request(
            "POST", "/mturk/externalSubmit?assignmentId=" + self.kept[keep], body,
            {"Content-Type": "multipart/form-data; boundary=B"})
        assert status == 200, said

    def opens(self, url, holds):
        with urllib.request.urlopen(url, timeout=30) as r:
            assert r.read() == holds


def at(answer, path):
    for part in path.split("."):
        answer = len(answer) if part == "#" else answer[int(part) if part.isdigit() else part]
    return answer


@pytest.fixture(scope="module")
def files_allowed(server):
    server.hitd("setting", "legacy_question_elements", "1")
    yield
    server.hitd("setting", "legacy_question_elements", "0")


def test_the_walk_calls_every_operation():
    assert {step.operation for step in walk.STEPS} - {None} == set(operations())


# No client can tell the stores apart, and these take their time.
ON_ANY_STORE = pytest.mark.parametrize("server", ["sqlite"], indirect=True, scope="session")


@pytest.mark.parametrize("name", ["boto3", "js-v3"])
def test_walk(server, files_allowed, name):
    walk_by(server, name)


@ON_ANY_STORE
@pytest.mark.parametrize("name", ["cli", "js-v2"])
def test_walk_on_any_store(server, files_allowed, name):
    walk_by(server, name)


def walk_by(server, name):
    if speak.missing(name):
        pytest.skip(speak.missing(name))
    stage = Stage(server, name)
    try:
        for step in walk.STEPS:
            stage.play(step)
    finally:
        stage.client.close()
    assert stage.called == set(operations()) and len(stage.called) == 39


@ON_ANY_STORE
def test_aws_itself(server, mturk, requester):
    """The program as users start it: pages by its own paginator, the status of a refusal."""
    if speak.missing("cli"):
        pytest.skip(speak.missing("cli"))
    made = [new_hit(mturk)["HITId"] for _ in range(3)]
    env = dict(os.environ, AWS_ACCESS_KEY_ID=requester.access,
               AWS_SECRET_ACCESS_KEY=requester.secret, AWS_CONFIG_FILE=os.devnull)

    def aws(*args, ok=0):
        return hitd.run("/usr/bin/aws", "mturk", *args, "--endpoint-url", server.url, "--region",
                        "us-east-1", "--output", "json", ok=ok, env=env)

    done = aws("list-hits", "--page-size", "1", "--query", "HITs[].HITId")
    assert json.loads(done.stdout) == made[::-1]
    done = aws("get-hit", "--hit-id", walk.UNKNOWN, ok=254)
    assert f"An error occurred (RequestError) when calling the GetHIT operation: Hit {walk.UNKNOWN} " \
           "does not exist. (" in done.stderr

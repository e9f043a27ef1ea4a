"""The programs under test, for the suites in Python: a store, its administration, a server.

HITD_BIN names the build folder (./dev test sets it); HITD_TEST_PG a PostgreSQL, when there is one.
"""
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.environ.get("HITD_BIN", os.path.join(ROOT, "build"))
HITD = os.path.join(BIN, "src", "hitd", "hitd")
HIT = os.path.join(BIN, "src", "hit", "hit")
SHARED = os.environ.get("HITD_SHARED", os.path.join(os.path.dirname(ROOT), "shared"))
SAMPLES = os.path.join(ROOT, "demo")
STORES = ["sqlite"] + (["postgresql"] if os.environ.get("HITD_TEST_PG") else [])


def run(*command, ok=0, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    assert ok is None or done.returncode == ok, (
        f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Market:
    """A fresh store in a folder of its own; close() removes both."""

    def __init__(self, kind="sqlite", clock="simulated"):
        self.folder = tempfile.mkdtemp(prefix="hitd-test-")
        self.kind, self.server, self.endpoint, self.content = kind, None, None, None
        self.env = dict(os.environ)
        if kind == "postgresql":
            admin = os.environ["HITD_TEST_PG"]
            self.name = "t" + secrets.token_hex(6)
            run("psql", "-q", admin, "-c", f"CREATE DATABASE {self.name}")
            self.store = re.sub(r"^(\w+://[^/]*)/[^?]*", r"\1/" + self.name, admin)
            self.env["HITD_KEY_FILE"] = os.path.join(self.folder, "store.key")
        else:
            self.store = "sqlite:" + os.path.join(self.folder, "t.db")
        self.hitd("init", "--clock", clock)

    def hitd(self, *args, **more):
        verb = [args[0]] if args[0] not in ("account", "key") else list(args[:2])
        rest = list(args[len(verb):])
        return run(HITD, *verb, "--store", self.store, *rest, env=self.env, **more)

    def account(self, role, email, password=None, **more):
        more = [x for k, v in more.items() for x in ("--" + k, v)]
        if password:
            more += ["--password-file", "-"]
        return json.loads(self.hitd("account", "add", "--role", role, "--email", email, "--name",
                                    email.split("@")[0], *more,
                                    input=(password or "") + "\n").stdout)["Id"]

    def key(self, email):
        return json.loads(self.hitd("key", "add", "--email", email).stdout)

    def deposit(self, email, amount):
        return json.loads(self.hitd("deposit", "--email", email, "--amount", amount).stdout)

    def clock(self, *args):
        return self.hitd("clock", *args).stdout.strip()

    def check(self):
        return self.hitd("check", ok=None)

    def serve(self, *more):
        self.log = open(os.path.join(self.folder, "serve.log"), "ab")
        self.server = subprocess.Popen(
            [HITD, "serve", "--store", self.store, "--listen", "127.0.0.1:0", "--content-listen",
             "127.0.0.1:0", *more], stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.env)
        for line in self.server.stdout:
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                self.endpoint = found.group(1)
                return self.endpoint
        raise AssertionError("hitd serve ended before it was ready: " + self.logged())

    def logged(self):
        with open(os.path.join(self.folder, "serve.log"), errors="replace") as f:
            return f.read()[-4000:]

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.server.stdout.close()
        self.server = None

    def stop(self, wait_s=60):
        """SIGTERM; gives the exit status."""
        if not self.server:
            return 0
        self.server.terminate()
        status = self.server.wait(timeout=wait_s)
        self.server.stdout.close()
        self.server = None
        return status

    def close(self):
        try:
            if self.server:
                self.stop()
        finally:
            if self.kind == "postgresql":
                run("psql", "-q", os.environ["HITD_TEST_PG"], "-c",
                    f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", ok=None)
            shutil.rmtree(self.folder, ignore_errors=True)

    def boto3(self, key, **config):
        import boto3
        from botocore.config import Config
        return boto3.client("mturk", endpoint_url=self.endpoint, region_name="us-east-1",
                            aws_access_key_id=key["AccessKeyId"],
                            aws_secret_access_key=key["SecretAccessKey"], config=Config(**config))

    def hit(self, key, *args, **more):
        env = dict(self.env, HIT_ENDPOINT=self.endpoint, AWS_ACCESS_KEY_ID=key["AccessKeyId"],
                   AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
        return run(HIT, *args, env=env, **more)


def until(condition, seconds=20):
    """Waits for a condition, never for a time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.02)


QUESTION = (
    '<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/'
    '2011-11-11/HTMLQuestion.xsd"><HTMLContent><![CDATA[<!DOCTYPE html><html><body>'
    '<form method="post" action="/mturk/externalSubmit"><input name="assignmentId"><input name="a">'
    '</form></body></html>]]></HTMLContent><FrameHeight>0</FrameHeight></HTMLQuestion>')

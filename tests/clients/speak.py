"""Real clients behind one face: call(operation, members) gives the answer, or raises Refused.

Times are seconds since 1970 both ways. boto3 runs in this process; the AWS CLI (aws_cli.py) and
the AWS SDKs for JavaScript (js/speak.mjs) run in processes of their own.
"""
import datetime
import json
import os
import shutil
import subprocess

import botocore.exceptions
from botocore import xform_name

HERE = os.path.dirname(os.path.abspath(__file__))
JS = os.path.join(HERE, "js")
TIMES = {"CreationTime", "Expiration", "AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime",
         "RejectionTime", "Deadline", "GrantTime", "CompleteTime"}


class Refused(Exception):
    def __init__(self, name, code, words):
        super().__init__(f"{name} {code}: {words}")
        self.name, self.code, self.words = name, code, words  # code: None where the client hides it


def seconds(value, key=None):
    if isinstance(value, dict):
        return {k: seconds(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [seconds(v, key) for v in value]
    if key in TIMES and isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    return value.timestamp() if isinstance(value, datetime.datetime) else value


class Boto3:
    def __init__(self, requester):
        self.client = requester.client()

    def call(self, operation, members):
        try:
            answer = getattr(self.client, xform_name(operation))(**members)
        except botocore.exceptions.ClientError as e:
            error = e.response["Error"]
            raise Refused(error["Code"], e.response.get("TurkErrorCode"), error["Message"]) from None
        answer.pop("ResponseMetadata")
        return seconds(answer)

    def close(self):
        pass


class Told:
    """A client in another process, a line a call."""

    def __init__(self, requester, *command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=JS,
            env=dict(os.environ, HIT_ENDPOINT=requester.server.url, AWS_ACCESS_KEY_ID=requester.access,
                     AWS_SECRET_ACCESS_KEY=requester.secret, AWS_CONFIG_FILE=os.devnull,
                     AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_PAGER="",
                     AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE="1"))

    def ask(self, **asked):
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the client has ended with {self.process.wait()}"
        answer = json.loads(line)
        if "refused" in answer:
            e = answer["refused"]
            raise Refused(e["name"], e.get("code"), e["words"])
        return answer["ok"]

    def call(self, operation, members):
        return seconds(self.ask(call=operation, **{"with": members}))

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(60) == 0


def missing(name):
    """Why this client can not be had here, or None."""
    if name.startswith("js"):
        if not shutil.which("node"):
            return "node is not installed"
        if not os.path.isdir(os.path.join(JS, "node_modules", "aws-sdk")):
            return "the SDKs are not installed: npm ci in tests/clients/js"
    if name == "cli" and not os.path.exists("/usr/bin/aws"):
        return "Debian's awscli is not installed"
    return None


def client(name, requester):
    if name == "boto3":
        return Boto3(requester)
    if name == "cli":
        return Told(requester, "/usr/bin/python3", os.path.join(HERE, "aws_cli.py"))
    return Told(requester, "node", os.path.join(JS, "speak.mjs"), name.replace("js-", ""))

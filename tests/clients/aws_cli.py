"""The AWS CLI, told what to call as js/speak.mjs is: a JSON document a line. A program of its own
starts once instead of once a call; what runs is what /usr/bin/aws runs, from its arguments on."""
import contextlib
import io
import json
import os
import re
import sys

import awscli.clidriver
from botocore import xform_name


def run(*arguments):
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = awscli.clidriver.create_clidriver().main(list(arguments))
        out.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()


def call(operation, members):
    status, out, err = run(
        "mturk", xform_name(operation, "-"), "--cli-input-json", json.dumps(members), "--no-paginate",
        "--endpoint-url", os.environ["HIT_ENDPOINT"], "--region", "us-east-1", "--output", "json")
    if status == 0:
        return {"ok": json.loads(out or "{}")}
    found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)", err, re.S)
    if status != 254 or not found:
        raise RuntimeError(f"{operation}: exit status {status}: {err}")
    return {"refused": {"name": found[1], "words": found[2].strip()}}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(call(asked["call"], asked["with"])), flush=True)

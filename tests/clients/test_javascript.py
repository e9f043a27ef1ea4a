"""The story and the errors by the AWS SDK for JavaScript (js/market.mjs), which checks nothing
itself and spells its requests otherwise than boto3 (requester-api 1.2)."""
import json
import os
import shutil
import subprocess

import pytest

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "js")

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="node is not installed"),
    pytest.mark.skipif(not os.path.isdir(os.path.join(FOLDER, "node_modules")),
                       reason="the SDK is not installed: npm ci in tests/clients/js"),
]


def node(requester, step, *args):
    done = subprocess.run(
        ["node", os.path.join(FOLDER, "market.mjs"), step, *args], capture_output=True, text=True,
        timeout=120, env=dict(os.environ, HIT_ENDPOINT=requester.server.url,
                              AWS_ACCESS_KEY_ID=requester.access,
                              AWS_SECRET_ACCESS_KEY=requester.secret))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_story(server, requester):
    made = node(requester, "publish")
    for _ in range(3):
        server.worker().work(made["group"], tag="größe & 象")
    assert node(requester, "review", made["hit"])["statuses"] == ["Approved", "Approved",
                                                                  "Submitted"]


def test_errors(requester):
    node(requester, "errors")


def test_region_and_clock(requester):
    node(requester, "clock")

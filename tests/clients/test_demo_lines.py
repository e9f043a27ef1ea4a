"""The lines that ./dev demo prints for each client, as they are pasted."""
import os
import sys
import textwrap

import pytest

import hitd
import speak

sys.path.insert(0, os.path.join(hitd.ROOT, "tools"))
from demo_lines import lines  # noqa: E402


@pytest.mark.parametrize("number", range(len(lines(""))))
def test_line(server, requester, number):
    client, line = lines(server.url)[number]
    why = {"AWS CLI": speak.missing("cli"), "JavaScript": speak.missing("js-v3")}.get(
        client.partition(",")[0])
    if why:
        pytest.skip(why)
    server.hitd("setting", "legacy_api", "on")
    line = textwrap.indent(line, "    ")  # as it is printed
    done = hitd.run("sh", "-c", line, cwd=hitd.ROOT, env=dict(
        os.environ, AWS_ACCESS_KEY_ID=requester.access, AWS_SECRET_ACCESS_KEY=requester.secret,
        AWS_CONFIG_FILE=os.devnull, PATH="/usr/bin:" + os.environ["PATH"]))
    assert done.stdout == "1000.00\n", done.stdout + done.stderr

"""hitd simulate (DESIGN 2): workers who do tasks through the website, by JSON and as a browser does."""
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import hitd  # noqa: E402

LAYOUT = """<p>${word}</p><crowd-form>
<crowd-classifier name="kind" categories="['cat','dog']" header="What?"></crowd-classifier>
<input name="note"><select name="s"><option>one</option><option value="two">2</option></select>
<crowd-checkbox name="sure"></crowd-checkbox>
</crowd-form>"""


@pytest.fixture
def market(tmp_path):
    m = hitd.Market(clock="real")
    try:
        m.account("requester", "r@example.org")
        m.deposit("r@example.org", "100.00")
        key = m.key("r@example.org")
        (tmp_path / "layout.html").write_text(LAYOUT)
        (tmp_path / "in.csv").write_text("word\n" + "".join(f"w{i}\n" for i in range(20)))
        m.serve()
        m.hit(key, "project", "add", str(tmp_path / "layout.html"), "--name", "P", "--title", "P",
              "--description", "d", "--reward", "0.01")
        m.hit(key, "publish", "P", str(tmp_path / "in.csv"))
        m.key = key
        yield m
        m.stop()
        assert m.check().returncode == 0
    finally:
        m.close()


def simulate(market, *more, ok=0):
    return hitd.run(hitd.HITD, "simulate", "--url", market.endpoint, *more, ok=ok)


@pytest.mark.parametrize("more", [(), ("--pages",)])
def test_all_tasks_are_done(market, more):
    done = json.loads(simulate(market, "--rate", "0", "--workers", "3", "--tasks", "20", "--json",
                               *more).stdout)
    assert done["submitted"] == 20 and done["failed"] == 0
    assert ("task_page" in done["requests"]) == bool(more)
    results = market.hit(market.key, "results", "1", "--output", "-").stdout
    assert results.count("Submitted") == 20
    assert results.count('{""kind"":{""label"":""') == 20 and '""sure"":{""on"":' in results


def test_the_same_workers_again(market):
    once = ("--seed", "7", "--password", "long enough", "--workers", "2", "--rate", "0", "--tasks",
            "4", "--json")
    assert json.loads(simulate(market, *once).stdout)["requests"]["register"]["count"] == 2
    again = json.loads(simulate(market, *once).stdout)
    assert again["requests"]["sign_in"]["count"] == 2 and again["submitted"] == 4
    refused = simulate(market, "--seed", "7", "--workers", "1", "--tasks", "1", ok=1)
    assert "sign_in: status 401" in refused.stderr


def test_bad_options(market):
    for option, value in (("--workers", "0"), ("--rate", "fast"), ("--rate", "-1")):
        assert f"{option} is " in simulate(market, option, value, ok=1).stderr
    assert "--url is " in hitd.run(hitd.HITD, "simulate", "--url", "localhost", ok=1).stderr

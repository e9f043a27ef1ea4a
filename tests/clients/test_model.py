"""The table of operations against the official service model (Debian's python3-botocore): every
operation, member, type, enumeration, bound and required flag is the model's, or stands in
docs/api/differences.md with its reason.
"""
import json
import os
import re

import pytest

import hitd

botocore_loaders = pytest.importorskip("botocore.loaders")

TYPES = {
    "text": {"string"}, "word": {"string"}, "amount": {"string"}, "integer": {"integer", "long"},
    "boolean": {"boolean"}, "time": {"timestamp"}, "object": {"structure"},
    "list of words": {"list"}, "list of integers": {"list"}, "list of texts": {"list"},
    "list of objects": {"list"},
}


def model():
    return botocore_loaders.Loader().load_service_model("mturk", "service-2")


def table():
    done = hitd.run(hitd.HITD, "ops", "--json")
    return {op["name"]: op for op in json.loads(done.stdout)}


def allowed():
    """`where`: reason, a line each, in differences.md."""
    path = os.path.join(hitd.ROOT, "docs", "api", "differences.md")
    with open(path, encoding="utf-8") as f:
        return set(re.findall(r"^- `([^`]+)`:", f.read(), re.M))


def compare_member(where, row, shape, shapes, found):
    target = shapes[shape["shape"]]
    if target["type"] not in TYPES.get(row["type"], ()):
        found.add(f"{where} type {row['type']}, model {target['type']}")
        return
    item = shapes[target["member"]["shape"]] if target["type"] == "list" else target
    if "enum" in item and set(item["enum"]) != set(row.get("words", ())):
        found.add(f"{where} words")
    for mine, theirs in (("min", "min"), ("max", "max"), ("pattern", "pattern")):
        # A bound that the model does not have may be ours; one that it has must be the same.
        if theirs in target and row["type"] != "amount" and row.get(mine) != target[theirs]:
            found.add(f"{where} {mine}")
    if target["type"] == "structure" or item["type"] == "structure":
        compare_members(where, row.get("fields", []), item, shapes, found)


def compare_members(where, rows, shape, shapes, found):
    mine = {row["name"]: row for row in rows}
    theirs = shape.get("members", {})
    for name in set(mine) - set(theirs):
        found.add(f"{where}.{name} is not in the model")
    for name in set(theirs) - set(mine):
        found.add(f"{where}.{name} is missing")
    for name in set(theirs) & set(mine):
        required = name in shape.get("required", ())
        if required != mine[name]["required"]:
            found.add(f"{where}.{name} required")
        compare_member(f"{where}.{name}", mine[name], theirs[name], shapes, found)


def compare_answer(where, rows, shape, shapes, found):
    """What is answered has the model's names, types and enumerations; its bounds are the request's."""
    for row in rows:
        if row["name"] not in shape.get("members", {}):
            found.add(f"{where}.{row['name']} is not in the model")
            continue
        here = f"{where}.{row['name']}"
        target = shapes[shape["members"][row["name"]]["shape"]]
        item = shapes[target["member"]["shape"]] if target["type"] == "list" else target
        if target["type"] not in TYPES[row["type"]]:
            found.add(f"{here} type {row['type']}, model {target['type']}")
        if set(item.get("enum", ())) != set(row.get("words", ())) and row["type"] == "word":
            found.add(f"{here} words")
        compare_answer(here, row.get("fields", ()), item, shapes, found)
    for name in set(shape.get("members", {})) - {row["name"] for row in rows}:
        found.add(f"{where}.{name} is missing")


def differences():
    official, ours, found = model(), table(), set()
    for name in set(official["operations"]) ^ set(ours):
        found.add(f"{name} is on one side only")
    for name in sorted(set(official["operations"]) & set(ours)):
        shape = official["shapes"][official["operations"][name]["input"]["shape"]]
        compare_members(name, ours[name]["fields"], shape, official["shapes"], found)
        answer = official["shapes"][official["operations"][name]["output"]["shape"]]
        compare_answer(f"{name} answer", ours[name]["answer"], answer, official["shapes"], found)
    return found


def test_every_difference_has_its_reason():
    found, known = differences(), allowed()
    assert sorted(found - known) == [], "not in docs/api/differences.md"
    assert sorted(known - found) == [], "in docs/api/differences.md, but there is no such difference"

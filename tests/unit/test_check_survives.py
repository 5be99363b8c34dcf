"""Whatever stands in the JSON, the check answers with issues and never falls over."""

from __future__ import annotations

import copy
import importlib.util
import random
from pathlib import Path
from typing import Any

import pytest

from converter.check import check

SPEC = importlib.util.spec_from_file_location("sample", Path(__file__).with_name("test_check_sample.py"))
assert SPEC is not None
assert SPEC.loader is not None
good = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(good)

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**20,
    1.5,
    "",
    " ",
    "x",
    "#",
    "\x00",
    "<div",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"a": 1},
    [1, "x"],
    {"reference": "#"},
    {"resourceType": "Patient"},
    {"resourceType": 5},
    {"url": 5, "extension": "x"},
    {"coding": "x"},
    {"coding": [5]},
    {"value": "x", "code": 5},
    "2024-02-30",
    "\ud800",
    "urn:uuid:x",
    {"extension": [5]},
]


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """List all containers of a JSON value with each of their keys."""
    keys = (
        list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    )
    for key in keys:
        found.append((value, key))
        places(value[key], found)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_is_survived(seed: int) -> None:
    chance = random.Random(seed)
    sample = good.sample()
    for _ in range(25):
        bundle = copy.deepcopy(sample)
        for _ in range(chance.choice((1, 1, 3))):
            holder, key = chance.choice(places(bundle, []))
            holder[key] = copy.deepcopy(chance.choice(ODD))
        issues = check(bundle, structure=False, source=chance.choice((None, good.TEXT)))
        assert isinstance(issues, tuple)


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_anything_may_be_asked_about(odd: Any) -> None:
    assert isinstance(check(odd, structure=False), tuple)


@pytest.mark.parametrize("kind", ["Bundle", "Basic", "NoSuchThing", "Observation"])
def test_bare_resources_are_survived(kind: str) -> None:
    assert isinstance(check({"resourceType": kind}, structure=True), tuple)


@pytest.mark.parametrize(("depth", "codes"), [(100, []), (900, ["BND002"])])
def test_deep_nesting_is_survived(depth: int, codes: list[str]) -> None:
    deep: dict[str, Any] = {"url": "urn:x:z", "valueCode": "x"}
    for _ in range(depth):
        deep = {"url": "urn:x:y", "extension": [deep]}
    issues = check({"resourceType": "Patient", "extension": [deep]}, structure=False)
    assert [issue.code for issue in issues] == codes

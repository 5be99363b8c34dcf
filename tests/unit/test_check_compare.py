"""Two bundles of one report: which facts came, went and changed."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter.check.compare import Change, as_json, as_text, compare

SPEC = importlib.util.spec_from_file_location("sample", Path(__file__).with_name("test_check_sample.py"))
assert SPEC is not None
assert SPEC.loader is not None
good = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(good)

Json = dict[str, Any]


def resource(bundle: Json, name: str) -> Json:
    found: Json = next(e["resource"] for e in bundle["entry"] if e["fullUrl"] == good.urn(name))
    return found


def changed(change: Callable[[Json], Any]) -> tuple[Change, ...]:
    old, new = good.sample(), good.sample()
    change(new)
    return compare(old, new)


def without(name: str) -> Callable[[Json], Any]:
    return lambda b: b.update(entry=[e for e in b["entry"] if e["fullUrl"] != good.urn(name)])


def test_same_bundle_differs_in_nothing() -> None:
    assert changed(lambda b: None) == ()


def test_fact_that_went_is_named() -> None:
    assert [(c.kind, c.type, c.name) for c in changed(without("crp"))] == [
        ("went", "Observation", "C-reactive protein")
    ]


def test_fact_that_came_is_named() -> None:
    old, new = good.sample(), good.sample()
    without("crp")(old)
    assert [(c.kind, c.name) for c in compare(old, new)] == [("came", "C-reactive protein")]


def test_changed_value_shows_its_digits() -> None:
    (change,) = changed(lambda b: resource(b, "crp")["valueQuantity"].update(value=Decimal("5.1")))
    assert [(d.path, d.old, d.new) for d in change.differences] == [("valueQuantity.value", "5.10", "5.1")]


@pytest.mark.parametrize(
    "change",
    [
        lambda b: resource(b, "crp").update(extension=good.seen("platelets")),
        lambda b: resource(b, "composition").update(title="x"),
        lambda b: resource(b, "crp").update(meta={"versionId": "7"}),
        lambda b: b.update(timestamp="2030-01-01T00:00:00Z", type="collection"),
    ],
)
def test_places_narratives_and_storage_are_no_change(change: Callable[[Json], Any]) -> None:
    assert changed(change) == ()


def test_new_ids_pair_by_code_and_references_follow() -> None:
    old = good.sample()
    text = json.dumps(old, default=float)
    for entry in old["entry"]:
        ident = entry["fullUrl"].removeprefix("urn:uuid:")
        text = text.replace(ident, ident[::-1].replace("-", "") + "x")
    old = json.loads(json.dumps(old, default=float))
    assert {c.kind for c in compare(old, json.loads(text))} <= {"changed"}
    assert not [c for c in compare(old, json.loads(text)) if c.type == "Observation"]


def test_bare_resources_are_compared() -> None:
    old = {"resourceType": "Patient", "gender": "male"}
    (change,) = compare(old, {**copy.deepcopy(old), "gender": "female"})
    assert (change.kind, change.differences[0].new) == ("changed", "female")


def test_changes_are_written_for_people_and_programs() -> None:
    changes = (*changed(without("crp")), *changed(lambda b: resource(b, "patient").update(gender="male")))
    assert as_text(changes).splitlines() == [
        "- Observation C-reactive protein 5.10 mg/dL",
        f"~ Patient {good.urn('patient')[9:]}",
        "    gender: female -> male",
        "1 went, 1 changed",
    ]
    assert json.loads(as_json(changes))[1]["differences"] == [
        {"path": "gender", "old": "female", "new": "male"}
    ]
    assert as_text(()) == "no fact differs\n"

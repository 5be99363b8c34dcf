"""NDJSON of bundles: whole, deterministic, its references inside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from converter.cli import main
from converter.deliver.export import export
from converter.deliver.prepare import references
from converter.fhir.json import loads
from converter.issues import ConverterError

CASES = Path(__file__).parents[1] / "cases"
NAMES = [
    CASES / "two-hernias" / "bundle.json",
    CASES / "two-hernias" / "bundle.p2.json",
    CASES / "traps" / "bundle.json",
]


def bundles() -> dict[str, Any]:
    return {str(path): loads(path.read_text("utf-8")) for path in NAMES}


def test_every_resource_is_written_once_and_every_reference_is_in_it():
    files = export(bundles())
    lines = [
        json.loads(line)
        for name, text in files.items()
        if name.endswith(".ndjson")
        for line in text.splitlines()
    ]
    places = [f"{made['resourceType']}/{made['id']}" for made in lines]
    wanted = {
        f"{e['resource']['resourceType']}/{e['resource']['id']}"
        for b in bundles().values()
        for e in b["entry"]
    }
    assert sorted(places) == sorted(wanted)
    assert {target for made in lines for target in references(made)} <= wanted


def test_the_manifest_counts_the_lines_and_takes_its_time_from_the_bundles():
    files = export(bundles())
    manifest = json.loads(files["manifest.json"])
    assert manifest["transactionTime"] == max(b["timestamp"] for b in bundles().values())
    assert (manifest["requiresAccessToken"], manifest["error"]) == (False, [])
    for listed in manifest["output"]:
        assert files[listed["url"]].count("\n") == listed["count"]
    assert {listed["url"] for listed in manifest["output"]} | {"manifest.json"} == files.keys()


def test_numbers_stay_as_printed():
    made = loads(
        '{"resourceType":"Bundle","timestamp":"2020-01-01T00:00:00Z","entry":[{"resource":{"resourceType":"Observation","id":"a","valueQuantity":{"value":5.10}}}]}'
    )
    assert '"value":5.10}' in export({"a": made})["Observation.ndjson"]


def test_two_extractions_of_one_report_are_refused():
    made = bundles()
    first = made[str(NAMES[2])]
    other = {
        **first,
        "entry": [{**e, "resource": {**e["resource"], "language": "ko"}} for e in first["entry"]],
    }
    with pytest.raises(ConverterError, match="one extraction"):
        export({"a": first, "b": other})


def test_the_command_writes_the_same_bytes_twice_and_refuses_stale_files(tmp_path, capsys):
    names = [str(path) for path in NAMES]
    out = tmp_path / "out"
    assert main(["export", *names, "-o", str(out), "--timestamp", "2024-01-01T00:00:00Z"]) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert main(["export", *names, "-o", str(out), "--timestamp", "2024-01-01T00:00:00Z"]) == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    (out / "Claim.ndjson").write_text("{}\n")
    with pytest.raises(SystemExit) as ended:
        main(["export", *names, "-o", str(out)])
    assert ended.value.code == 2
    assert "Claim.ndjson" in capsys.readouterr().err

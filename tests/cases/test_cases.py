"""Golden cases: tests/cases/<slug>/source.* must give exactly the files beside it.

Rewritten only by `make golden` (pytest --update); a missing golden fails.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from converter.check import check
from converter.fhir.json import loads
from converter.pipeline import Result, convert_bytes

CASES = sorted(p.parent for p in Path(__file__).parent.glob("*/case.toml"))


def goldens(result: Result) -> dict[str, str]:
    issues = [
        {
            "code": i.code,
            "severity": i.severity.value,
            "path": i.path,
            "span": list(i.span) if i.span else None,
        }
        for i in result.issues
    ]
    files = {
        "bundle.json": result.json(pretty=True) + "\n",
        "issues.json": json.dumps(issues, indent=1) + "\n",
    }
    files |= {f"summary.{s.language}.md": s.markdown for s in result.summaries}
    for ordinal, other in enumerate(result.others, 2):
        files |= {name.replace(".", f".p{ordinal}.", 1): text for name, text in goldens(other).items()}
    return files


def converted(folder: Path) -> Result:
    source = next(folder.glob("source.*"))
    return convert_bytes(source.read_bytes(), source.name)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 8


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case_gives_its_goldens(folder: Path, update: bool) -> None:
    found = goldens(converted(folder))
    for name, text in found.items():
        path = folder / name
        if update:
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path} is missing: look at the output, then `make golden`"
        assert path.read_text("utf-8") == text, f"{path} differs: look at the change, then `make golden`"


def told(result: Result, want: dict[str, object]) -> bool:
    """Tell whether the patient meant, the first where none is said, has the fact."""
    ordinal = int(str(want.get("patient", 1)))
    return holds(result.patients[ordinal - 1], {k: v for k, v in want.items() if k != "patient"})


def holds(result: Result, want: dict[str, object]) -> bool:
    """Tell whether some fact has every given property (see case.toml)."""
    for fact in result.facts.items:
        value = fact.value
        got = {
            "kind": fact.kind.value,
            "assertion": fact.assertion.value,
            "concept": fact.concept.id if fact.concept else "",
            "value": str(getattr(value, "value", getattr(value, "text", ""))),
            "unit": getattr(value, "ucum", ""),
            "comparator": getattr(value, "comparator", ""),
            "interpretation": fact.interpretation,
            "time": fact.time.text if fact.time else "",
            "modality": fact.imaging.modality.code if fact.imaging else "",
            "principal": fact.principal,
        }
        named = str(want.get("name", "")).lower()
        if named and named not in fact.name.lower():
            continue
        if all(got[k] == v for k, v in want.items() if k != "name"):
            return True
    return False


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case_reads_what_its_author_meant(folder: Path) -> None:
    """case.toml lists facts that must be read ([[fact]]) and that must not ([[not]]), written before the program ran."""
    case = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    result = converted(folder)
    missing = [f for f in case.get("fact", []) if not told(result, f)]
    wrong = [f for f in case.get("not", []) if told(result, f)]
    known = case.get("known", {})
    assert len(missing) <= known.get("missing", 0), missing
    assert len(wrong) <= known.get("wrong", 0), wrong


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_case_passes_the_check(folder: Path) -> None:
    for result in converted(folder).patients:
        found = check(loads(result.json()), structure=True)
        assert not [i for i in found if i.severity.value in ("error", "fatal")]

"""Hold the documentation to the program: its commands parse, its Python runs, its excerpts are real."""

from __future__ import annotations

import io
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from converter import mappings
from converter.cli import _parser
from converter.fhir.json import loads
from converter.issues import ISSUE_CODES
from converter.pipeline import Result, convert_bytes
from tools import issue_codes

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    for block in blocks(page, "sh"):
        yield from (line for line in block.splitlines() if line.strip())


def explained(code: str) -> str:
    known = ISSUE_CODES[code]
    return f"{code} ({known.severity.value}): {known.title}\n  cause: {known.cause}\n  mend:  {known.fix}\n"


@cache
def example() -> Result:
    path = ROOT / "examples" / "thyroid-storm-article.txt"
    return convert_bytes(path.read_bytes(), path.name)


def printed(code: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(code, "example", "exec"), {})
    return out.getvalue()


def within(part: Any, whole: Any) -> bool:
    """Tell whether an excerpt is what the whole holds, things left out aside."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and within(v, whole[k]) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and all(any(within(p, w) for w in whole) for p in part)
    return bool(part == whole)


def test_page_of_issue_codes_is_current() -> None:
    assert issue_codes.PAGE.read_text("utf-8") == issue_codes.page(), "run tools/issue_codes.py"


@pytest.mark.parametrize("line", sorted({c for p in PAGES for c in commands(p) if c.startswith("casefhir")}))
def test_command_parses(line: str) -> None:
    words = shlex.split(re.split(" [<>] ", line)[0])
    files = [w for w in words if w.startswith("examples/") and "*" not in w]
    _parser().parse_args(words[1:])
    assert [f for f in files if not (ROOT / f).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_targets_of_make_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    asked = {line.split()[1] for line in commands(page) if line.startswith("make ")}
    asked |= set(re.findall(r"`make ([a-z]+)", page.read_text("utf-8")))
    assert asked <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_example_in_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = blocks(ROOT / "README.md", "python")
    assert printed(code).rstrip("\n") == example().summary("en").markdown.rstrip("\n")


def test_words_of_evidence_are_read_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "evidence.md"
    (code,), (told,) = blocks(page, "python"), blocks(page, "text")
    assert printed(code) == told


def test_excerpts_of_output_are_real() -> None:
    summaries = "".join(example().summary(language).markdown for language in ("en", "ko"))
    for block in blocks(ROOT / "README.md", "text"):
        told = summaries + (explained(block[:6]) if block[:6] in ISSUE_CODES else "")
        assert [line for line in block.splitlines() if line not in told] == []


def test_excerpt_of_the_bundle_is_real() -> None:
    (block,) = blocks(ROOT / "README.md", "json")
    resources = [entry["resource"] for entry in loads(example().json())["entry"]]
    assert any(within(json.loads(block, parse_float=Decimal), r) for r in resources)


def test_example_rows_are_accepted_by_their_readers() -> None:
    page = ROOT / "docs" / "extending.md"
    rows = [tomllib.loads(block, parse_float=Decimal) for block in blocks(page, "toml")]
    observation = next(row["observation"][0] for row in rows if "observation" in row)
    assert mappings.observable(observation, "docs/extending.md").examples
    (tsv,) = blocks(page, "tsv")
    assert all(len(line.split("\t")) == len(mappings.COLUMNS) for line in tsv.splitlines())

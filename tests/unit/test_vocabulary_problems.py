"""The problems-and-findings vocabulary: one table in several files, every row usable and every code known."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "mappings" / "vocabulary").glob("problems*.tsv"))
CODES = ROOT.parent / "shared" / "terms" / "codes.tsv"
FURTHER = ROOT / "tests" / "codes.tsv"
HEADER = ["id", "en", "ko", "reading", "names", "names_ko", "system", "code", "display", "kind", "example"]
KINDS = {"disease", "symptom", "sign", "finding", "injury", "state"}
ROWS_AT_LEAST = 3_800
TAGS = r" \((disorder|finding|morphologic abnormality|event|situation)\)$"


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return [row for path in FILES for row in _read(path)]


def _names(row: dict[str, str]) -> list[str]:
    return [row["en"], *filter(None, row["names"].split("|"))]


def _names_ko(row: dict[str, str]) -> list[str]:
    return [name for name in (row["ko"], row["reading"], *row["names_ko"].split("|")) if name]


def _bare(display: str) -> str:
    """Strip the semantic tag and a cross-reference's own id and release date from a display."""
    bare = re.sub(r" \(\d{4}_\d\d_\d\d\)$", "", re.sub(r"^(DOID|MONDO|HP|HPO):\d+ ", "", display))
    return re.sub(TAGS, "", bare)


def test_files_have_the_header_and_no_ragged_line() -> None:
    assert FILES
    for path in FILES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].split("\t") == HEADER, path.name
        assert [line for line in lines if line.count("\t") != len(HEADER) - 1] == [], path.name


def test_ids_are_unique_and_kebab_case(rows: list[dict[str, str]]) -> None:
    ids = [row["id"] for row in rows]
    assert sorted(ids) == sorted(set(ids))
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id_)] == []


def test_no_name_is_claimed_twice(rows: list[dict[str, str]]) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name in (*_names(row), *_names_ko(row)):
            owners[name.casefold()].add(row["id"])
    assert {name: ids for name, ids in owners.items() if len(ids) > 1} == {}


def test_names_are_trimmed_and_listed_once(rows: list[dict[str, str]]) -> None:
    for row in rows:
        names = [*_names(row), *_names_ko(row)]
        assert all(name == name.strip() and "  " not in name for name in names), row["id"]
        assert len(names) == len(set(names)), row["id"]


def test_kinds_are_known(rows: list[dict[str, str]]) -> None:
    assert {row["kind"] for row in rows} <= KINDS


def test_every_row_has_a_korean_name(rows: list[dict[str, str]]) -> None:
    assert [row["id"] for row in rows if not re.search("[가-힣]", row["ko"])] == []


def test_no_korean_name_is_a_single_syllable_alone(rows: list[dict[str, str]]) -> None:
    assert [(row["id"], name) for row in rows for name in row["names_ko"].split("|") if len(name) == 1] == []


def test_examples_hold_a_name(rows: list[dict[str, str]]) -> None:
    silent = [
        row["id"] for row in rows if not any(n.casefold() in row["example"].casefold() for n in _names(row))
    ]
    assert silent == []


def test_codes_are_those_of_the_source_table(rows: list[dict[str, str]]) -> None:
    if not CODES.exists():
        pytest.skip("../shared/terms/codes.tsv is not present")
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in (*_read(CODES), *_read(FURTHER)):
        known[row["system"], row["code"]].add(_bare(row["display"]))
    wrong = [
        row["id"] for row in rows if row["code"] and row["display"] not in known[row["system"], row["code"]]
    ]
    assert wrong == []


def test_code_system_and_display_stand_together(rows: list[dict[str, str]]) -> None:
    assert [
        row["id"] for row in rows if len({bool(row[key]) for key in ("system", "code", "display")}) > 1
    ] == []


def test_most_rows_are_coded(rows: list[dict[str, str]]) -> None:
    assert sum(bool(row["code"]) for row in rows) >= 0.85 * len(rows)


def test_table_is_large(rows: list[dict[str, str]]) -> None:
    assert len(rows) >= ROWS_AT_LEAST

"""The tables of mappings/phrases: no role unknown, no entry without Korean, no name twice in one role."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from converter.mappings import data_path
from converter.phrases.lexicon import COLUMNS, LONGEST, ROLES, fold, lexicon

TABLES = [path for path in sorted(data_path("mappings/phrases").glob("*.tsv")) if path.stem != "readings"]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_rows_are_whole(path: Path) -> None:
    for row in rows(path):
        assert list(row) == COLUMNS
        assert row["role"] in ROLES, row
        assert row["en"], row
        assert row["ko"], row
        assert row["ko"] == row["ko"].strip()
        assert all(0 < len(fold(name)) <= LONGEST for name in row["en"].split("|")), row


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_no_name_stands_twice_in_one_role(path: Path) -> None:
    names = Counter((fold(name), row["role"]) for row in rows(path) for name in row["en"].split("|"))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_prepositions_hold_the_place_of_their_phrase(path: Path) -> None:
    for row in rows(path):
        if row["role"] in "pwg":
            assert "~" in row["ko"], row
        elif row["role"] != "c":
            assert "~" not in row["ko"], row


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_korean_is_korean(path: Path) -> None:
    for row in rows(path):
        if row["role"] in "nqfsrlmv" and not re.search("[가-힣]", row["ko"]):
            assert re.fullmatch(r"[A-Z][\w ./-]*|1 cm .*", row["ko"]), row


def test_lexicon_is_large() -> None:
    assert len(lexicon()) > 5000

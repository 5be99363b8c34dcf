"""Check the tables of observations: laboratory tests, vital signs, scores and measurements.

With -s the counts and the shares of coded rows are printed.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from ucumvert import get_ucum_parser

from converter.extractors.lexicon import Match, lexicon, tokens
from converter.mappings import LOINC, Observable, load_toml, observables, units
from converter.model import Code
from converter.text import fold

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "mappings" / "observations"
LICENSES = ROOT / "mappings" / "LICENSES"
CODES = ROOT.parent / "shared" / "terms" / "codes.tsv"
FURTHER = ROOT / "tests" / "codes.tsv"
SOURCES = frozenset(
    ["GPS2019", "Top2000US", "Top2000SI", "pydicom", "FHIR-R4", "R4-vitalsigns", "US-Core", "LOINC"]
)
TAG = re.compile(
    r" \((?:observable entity|assessment scale|procedure|qualifier value|staging scale|regime/therapy)\)$"
)
NOTE = re.compile(r" \*NOTE:.*$")
HANGUL = re.compile(r"[가-힣]")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CATEGORIES = {"laboratory", "vital-signs", "imaging", "exam", "survey"}
AT_LEAST = {"laboratory": 300, "imaging": 80, "survey": 60, "exam": 60, "vital-signs": 40}
CODED_PERCENT = {"laboratory": 90, "imaging": 60, "vital-signs": 86, "exam": 59, "survey": 62}
"""The source tables hold few codes of a score, a size or an angle: those rows are text only."""
MAX_LINES = 250
WINDOW = 30
"""How far around a name its excluding words count (converter.extractors.binding)."""


@cache
def verified() -> frozenset[tuple[str, str, str]]:
    if not CODES.exists():
        pytest.skip("the source tables of codes (../shared/terms) are not here")
    with CODES.open(encoding="utf-8", newline="") as lines:
        found = [
            row
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["source"] in SOURCES
        ]
    with FURTHER.open(encoding="utf-8", newline="") as lines:
        found += csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    return frozenset((row["system"], row["code"], NOTE.sub("", TAG.sub("", row["display"]))) for row in found)


def codes(row: Observable) -> tuple[Code, ...]:
    return (*row.loinc.values(), *row.concept.codes)


def excluded(row: Observable, match: Match, folded: str) -> bool:
    window = folded[max(0, match.start - WINDOW) : match.end + WINDOW]
    return any(words.lower() in window for words in row.excluded)


def found(row: Observable, text: str) -> bool:
    folded = fold(text)
    return any(
        match.concept.id == row.concept.id and not excluded(row, match, folded)
        for match in lexicon("observations").find(text, folded)
    )


def name_key(name: str) -> tuple[str, ...]:
    if HANGUL.search(name):
        return (name.replace(" ", ""),)
    words = tuple(token.stem for token in tokens(fold(name)))
    letters = re.sub(r"[^A-Za-z]", "", name)
    return (*words, letters) if len(letters) <= 3 or (letters.isupper() and len(letters) <= 6) else words


def test_files_are_short_and_not_empty() -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        lines = path.read_text("utf-8").count("\n")
        assert lines <= MAX_LINES, path.name
        assert load_toml(f"observations/{path.name}")["observation"], path.name


def test_counts_and_shares() -> None:
    counts = Counter(row.category for row in observables())
    coded = Counter(row.category for row in observables() if codes(row))
    for category in sorted(counts):
        share = 100 * coded[category] // counts[category]
        print(f"{category}: {counts[category]} rows, {share} % coded")
        assert counts[category] >= AT_LEAST[category]
        assert share >= CODED_PERCENT.get(category, 0)
    everything = sum(counts.values())
    print(f"all: {everything} rows, {100 * sum(coded.values()) // everything} % coded")
    assert counts["laboratory"] + counts["survey"] >= 700


def test_names_are_claimed_once() -> None:
    claims: dict[tuple[str, tuple[str, ...]], dict[str, bool]] = defaultdict(dict)
    for row in observables():
        for name in (*row.names, *row.names_ko):
            claims[row.specimen, name_key(name)][row.concept.id] = name in row.ambiguous
    doubled = {key: sorted(ids) for key, ids in claims.items() if len(ids) > 1 and not all(ids.values())}
    assert doubled == {}


def test_every_unit_is_known_and_ucum() -> None:
    known = {unit.ucum for unit in units()}
    used = {code for row in observables() for code in (*row.units, *row.loinc, *row.plausible) if code}
    assert sorted(used - known) == []
    parser = get_ucum_parser()
    for code in sorted(known):
        parser.parse(code)


def test_unit_codes_stand_once() -> None:
    assert [code for code, count in Counter(unit.ucum for unit in units()).items() if count > 1] == []


def test_rows_are_whole() -> None:
    for row in observables():
        ident = row.concept.id
        assert KEBAB.fullmatch(ident)
        assert row.category in CATEGORIES, ident
        assert HANGUL.search(row.concept.ko) or row.concept.ko.isascii(), ident
        assert row.examples, ident
        assert row.ambiguous <= {*row.names, *row.names_ko}, ident
        assert all(low < high for low, high in row.plausible.values()), ident
        assert {*row.loinc, *row.plausible} - {""} <= {*row.units}, ident
        assert len(set(row.names)) == len(row.names), ident


def test_codes_are_verified() -> None:
    """A display, where the row has one, must be the source's own."""
    entries = verified()
    bare = {(system, code) for system, code, _ in entries}
    wrong = [
        (row.concept.id, code.code, code.display)
        for row in observables()
        for code in codes(row)
        if (code.system, code.code) not in bare
        or (code.display and (code.system, code.code, code.display) not in entries)
    ]
    assert wrong == []


def test_displays_stand_for_laboratory_codes() -> None:
    bare = [row.concept.id for row in observables() if row.category == "laboratory"
            for code in row.loinc.values() if code.system == LOINC and not code.display]  # fmt: skip
    assert bare == []


def test_examples_are_found() -> None:
    for row in observables():
        names = [fold(name) for name in (*row.names, *row.names_ko)]
        for example in row.examples:
            assert any(name in fold(example) for name in names), (row.concept.id, example)
            assert found(row, example), (row.concept.id, example)


def test_counterexamples_are_not_found() -> None:
    wrong = [
        (row.concept.id, text) for row in observables() for text in row.counterexamples if found(row, text)
    ]
    assert wrong == []


def test_excluding_words_spare_the_row_itself() -> None:
    own = [(row.concept.id, words) for row in observables() for words in row.excluded
           if any(words.lower() in name.lower() for name in row.names)]  # fmt: skip
    assert own == []


@pytest.mark.parametrize(
    ("text", "ident"),
    [
        ("native T1 of the septum was 1,180 ms", "native-t1"),
        ("extracellular volume fraction 38%", "extracellular-volume"),
        ("the lesion size was 21 mm", "lesion-size"),
        ("SUVmax 7.4", "suvmax"),
        ("LVEF 32%", "lvef"),
        ("좌심실 박출률은 28%였다", "lvef"),
        ("세포외용적분율 41%", "extracellular-volume"),
        ("GCS 9", "gcs"),
        ("INR 2.1", "inr"),
        ("갑상선자극호르몬이 48 µIU/mL로 상승", "tsh"),
        ("TSH가 48 µIU/mL로 상승", "tsh"),
        ("arterial pH 7.12", "arterial-ph"),
        ("urine pH 8", "urine-ph"),
        ("CSF protein 92 mg/dL", "csf-protein"),
        ("free T4 0.5 ng/dL", "free-t4"),
        ("IgG4 420 mg/dL", "igg4"),
    ],
)
def test_names_lead_to_their_row(text: str, ident: str) -> None:
    assert [match.concept.id for match in lexicon("observations").find(text, fold(text))] == [ident]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loinc.txt", "http://loinc.org/license"),
        ("snomed-gps.txt", "CC BY 4.0"),
        ("ucum.txt", "http://unitsofmeasure.org"),
        ("radlex.txt", "RadLex License"),
        ("dicom.txt", "PS3.16"),
        ("maccrobat.txt", "CC BY 4.0"),
    ],
)
def test_notices_stand(name: str, words: str) -> None:
    assert words in (LICENSES / name).read_text("utf-8")

"""Check the vocabulary tables for sites, organisms, procedures, drugs, relatives, routes and specimens."""

from __future__ import annotations

import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from converter.mappings import imaging

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "mappings" / "vocabulary"
CODES = ROOT.parent / "shared" / "terms" / "codes.tsv"
FURTHER = ROOT / "tests" / "codes.tsv"
"""What tools/code_sources.py found in further packages: FHIR, MeSH, NCI Thesaurus, ICD-9-CM."""
HEADER = ["id", "en", "ko", "reading", "names", "names_ko", "system", "code", "display", "kind", "example"]
SNOMED = "http://snomed.info/sct"
RADLEX = "http://radlex.org"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
LOINC = "http://loinc.org"
MESH = "https://www.nlm.nih.gov/mesh"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
SPECIMEN = "http://terminology.hl7.org/CodeSystem/v2-0487"
METHOD = "http://terminology.hl7.org/CodeSystem/v3-ObservationMethod"
ROUTE = "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration"
SHAPE = {
    SNOMED: r"\d{6,18}",
    RADLEX: r"RID\d+(_RID\d+)?",
    ROLE: r"[A-Z]+",
    LOINC: r"\d{3,5}-\d",
    MESH: r"D\d{6}(\d{3})?",
    NCIT: r"C\d{3,6}",
    ICD9: r"\d\d\.\d{1,2}",
    SPECIMEN: r"[A-Z0-9]+",
    METHOD: r"\d{4}",
    ROUTE: r"[A-Z]+",
}

AT_LEAST = {
    "anatomy": 350,
    "organisms": 250,
    "procedures": 1_000,
    "drugs": 700,
    "relatives": 60,
    "routes": 30,
    "specimens": 80,
}
CODED_PERCENT = {
    "anatomy": 85,
    "organisms": 94,
    "procedures": 85,
    "relatives": 88,
    "routes": 92,
    "specimens": 89,
}
"""No table at hand names the rest of the procedures (bedside and challenge tests, embolizations by vessel): they stay text."""
SYSTEMS = {
    "anatomy": {SNOMED, RADLEX},
    "organisms": {SNOMED, MESH, NCIT},
    "procedures": {SNOMED, MESH, NCIT, ICD9, LOINC, METHOD},
    "relatives": {ROLE, NCIT, MESH},
    "routes": {SNOMED, NCIT, ROUTE},
    "specimens": {SNOMED, NCIT, MESH, SPECIMEN},
}
TAG = re.compile(
    r" \((?:body structure|organism|procedure|regime/therapy|substance|product|medicinal product"
    r"|medicinal product form|qualifier value|specimen)\)$"
)
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
HANGUL = re.compile(r"[가-힣]")
REGIONS = (
    "head", "brain", "spine", "neck", "chest", "heart", "abdomen", "pelvis",
    "limb", "skin", "vessel", "bone", "lymph", "eye", "ear", "general",
)  # fmt: skip
KINDS = {
    "anatomy": {kind for region in REGIONS for kind in (region, f"{region};lateral")},
    "organisms": {"bacterium", "virus", "fungus", "parasite", "family"},
    "procedures": {"therapeutic", "diagnostic"},
    "relatives": {"relative", "donor", "other"},
}

tables = pytest.mark.parametrize("table", sorted(AT_LEAST))


@cache
def rows(table: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / f"{table}.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def known() -> frozenset[tuple[str, str, str]]:
    if not CODES.exists():
        pytest.skip("the source tables of codes (../shared/terms) are not here")
    found: set[tuple[str, str, str]] = set()
    for path in (CODES, FURTHER):
        with path.open(encoding="utf-8", newline="") as lines:
            entries = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            found |= {(row["system"], row["code"], TAG.sub("", row["display"])) for row in entries}
    return frozenset(found)


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


@tables
def test_header_and_shape(table: str) -> None:
    lines = (FOLDER / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == HEADER
    assert [line for line in lines if line.count("\t") != len(HEADER) - 1] == []


@tables
def test_cells_are_trimmed_and_names_not_empty(table: str) -> None:
    def loose(row: dict[str, str]) -> bool:
        cells = [*row.values(), *split(row["names"]), *split(row["names_ko"])]
        names = [*split(row["names"]), *split(row["names_ko"])]
        return any(cell != cell.strip() for cell in cells) or not all(names)

    assert [row["id"] for row in rows(table) if loose(row)] == []


@tables
def test_ids_are_unique_kebab_case(table: str) -> None:
    ids = [row["id"] for row in rows(table)]
    assert [each for each, count in Counter(ids).items() if count > 1] == []
    assert [each for each in ids if not KEBAB.fullmatch(each)] == []


@tables
def test_no_english_name_is_claimed_twice(table: str) -> None:
    claimed = Counter(name.casefold() for row in rows(table) for name in [row["en"], *split(row["names"])])
    assert [name for name, count in claimed.items() if count > 1] == []


@tables
def test_korean_name_is_korean(table: str) -> None:
    latin = {"DNA", "RNA", "S-1"}
    assert [row["id"] for row in rows(table) if row["ko"] not in latin and not HANGUL.search(row["ko"])] == []


@tables
def test_english_cells_hold_no_korean(table: str) -> None:
    mixed = [row["id"] for row in rows(table) if HANGUL.search(row["en"] + row["names"] + row["example"])]
    assert mixed == []


@tables
def test_kind_is_known(table: str) -> None:
    allowed = KINDS.get(table)
    odd = [
        row["id"]
        for row in rows(table)
        if (row["kind"] not in allowed if allowed else not KEBAB.fullmatch(row["kind"]))
    ]
    assert odd == []


@tables
def test_example_names_its_concept(table: str) -> None:
    silent = [
        row["id"]
        for row in rows(table)
        if not any(name.casefold() in row["example"].casefold() for name in [row["en"], *split(row["names"])])
    ]
    assert silent == []


@tables
def test_code_comes_with_system_and_display(table: str) -> None:
    filled = [(row["id"], [bool(row[key]) for key in ("system", "code", "display")]) for row in rows(table)]
    assert [each for each, cells in filled if len(set(cells)) > 1] == []
    allowed = SYSTEMS.get(table, {SNOMED})
    assert {row["system"] for row in rows(table) if row["system"]} <= allowed


@tables
def test_code_has_the_shape_of_its_system(table: str) -> None:
    odd = [
        row["id"]
        for row in rows(table)
        if row["code"] and not re.fullmatch(SHAPE[row["system"]], row["code"])
    ]
    assert odd == []


@tables
def test_one_code_names_one_concept(table: str) -> None:
    if table == "relatives":
        pytest.skip("an older and a younger sister are both SIS")
    codes = Counter((row["system"], row["code"]) for row in rows(table) if row["code"])
    assert [code for code, count in codes.items() if count > 1] == []


@tables
def test_code_stands_in_a_source_table_with_that_display(table: str) -> None:
    pairs = known()
    unknown = [
        row["id"]
        for row in rows(table)
        if row["code"] and (row["system"], row["code"], row["display"]) not in pairs
    ]
    assert unknown == []


@tables
def test_count_is_reached(table: str) -> None:
    assert len(rows(table)) >= AT_LEAST[table]


@pytest.mark.parametrize("table", sorted(CODED_PERCENT))
def test_share_of_coded_rows(table: str) -> None:
    coded = sum(bool(row["code"]) for row in rows(table))
    assert 100 * coded >= CODED_PERCENT[table] * len(rows(table)), f"{coded} of {len(rows(table))}"


def test_no_organism_of_the_source_table_is_left_without_its_code() -> None:
    known()
    with CODES.open(encoding="utf-8", newline="") as lines:
        found = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        held = {
            TAG.sub("", row["display"]).casefold() for row in found if row["display"].endswith("(organism)")
        }
    missed = [
        row["id"]
        for row in rows("organisms")
        if not row["code"] and held & {name.casefold() for name in [row["en"], *split(row["names"])]}
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hl7.txt", "CC0"),
        ("icd-9-cm.txt", "National Center for Health Statistics"),
        ("mesh.txt", "National Library of Medicine"),
        ("nci-thesaurus.txt", "CC BY 4.0"),
        ("snomed-gps.txt", "2020"),
    ],
)
def test_notice_of_a_further_source_stands(name: str, words: str) -> None:
    assert words in (ROOT / "mappings" / "LICENSES" / name).read_text("utf-8")


def test_codes_of_imaging_stand_in_a_source_table_with_that_display() -> None:
    terms = imaging()
    concepts = [row.concept for row in terms.modalities]
    concepts += [row.concept for row in (*terms.sequences, *terms.planes, *terms.tracers)]
    codes = {code for each in concepts for code in each.codes}
    assert {code for code in codes if (code.system, code.code, code.display) not in known()} == set()

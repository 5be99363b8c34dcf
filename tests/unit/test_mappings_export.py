"""The terminology resources made of the tables: valid, deterministic, and true to the rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from converter.catalogue import current
from converter.catalogue.entries import Entry
from converter.catalogue.export import ARCS, TITLES, collection, resources, url
from converter.check import check
from converter.fhir.ids import BASE
from converter.fhir.json import dumps
from converter.model import Code

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"


@cache
def made() -> tuple[dict[str, Any], ...]:
    return tuple(resources(current(), "1"))


def of(kind: str, table: str, rows: list[Entry]) -> dict[str, Any]:
    return next(
        r for r in resources(rows, "1") if r["resourceType"] == kind and r["id"] == f"casefhir-{table}"
    )


def row(ident: str, en: str, *codes: tuple[str, Code], table: str = "problems") -> Entry:
    return Entry(table, ident, "f", 1, "disease", en, "통풍", "통풍병", (en, f"{en}s"), ("통풍",), codes)


@pytest.mark.parametrize("one", made(), ids=lambda r: f"{r['resourceType']}-{r['id']}")
def test_each_resource_is_valid(one: dict[str, Any]) -> None:
    assert check(one, structure=True) == ()


def test_the_same_rows_give_the_same_bytes() -> None:
    assert dumps(collection(resources(current(), "1"))) == dumps(collection(made()))


def test_every_table_with_rows_has_its_code_system() -> None:
    tables = {row.table for row in current()} - {"cues"}
    assert {one["id"] for one in made() if one["resourceType"] == "CodeSystem"} == {
        f"casefhir-{t}" for t in tables
    }
    assert tables <= set(TITLES)


def test_maps_lead_from_codes_that_their_code_system_holds() -> None:
    systems = {
        r["url"]: {c["code"] for c in r["concept"]} for r in made() if r["resourceType"] == "CodeSystem"
    }
    for one in made():
        for group in one.get("group", ()):
            assert {element["code"] for element in group["element"]} <= systems[group["source"]]


def test_urls_stand_below_the_base_and_are_told_apart() -> None:
    urls = [one["url"] for one in made()]
    assert len(set(urls)) == len(urls)
    assert all(each.startswith(f"{BASE}.2") for each in urls)
    assert len(set(ARCS.values())) == len(ARCS)
    assert (
        url("ValueSet", "units", "https://fhir.hospital.test/")
        == "https://fhir.hospital.test/casefhir-value-set-units"
    )


def test_a_code_of_one_unit_is_narrower_and_says_for_which() -> None:
    codes = (
        ("mg/dL", Code(LOINC, "2160-0", "Creatinine")),
        ("umol/L", Code(LOINC, "14682-9", "Creatinine molar")),
    )
    (group,) = of(
        "ConceptMap", "observations", [row("creatinine", "Creatinine", *codes, table="observations")]
    )["group"]
    targets = group["element"][0]["target"]
    assert [(t["code"], t["equivalence"], t["dependsOn"][0]["value"]) for t in targets] == [
        ("2160-0", "narrower", "mg/dL"),
        ("14682-9", "narrower", "umol/L"),
    ]


def test_a_code_that_rows_share_is_wider_but_for_the_row_of_its_name() -> None:
    shared = ("", Code(SNOMED, "90560007", "Gout"))
    rows = [row("gout", "Gout", shared), row("toe-gout", "Gout of the toe", shared)]
    (group,) = of("ConceptMap", "problems", rows)["group"]
    assert [element["target"][0]["equivalence"] for element in group["element"]] == ["equivalent", "wider"]


def test_a_code_of_one_row_is_equivalent_and_a_row_without_code_is_in_no_map() -> None:
    rows = [row("gout", "Gout", ("", Code(SNOMED, "90560007", "Gout"))), row("mystery", "Mystery")]
    (group,) = of("ConceptMap", "problems", rows)["group"]
    assert [(e["code"], e["target"][0]["equivalence"]) for e in group["element"]] == [("gout", "equivalent")]
    assert [c["code"] for c in of("CodeSystem", "problems", rows)["concept"]] == ["gout", "mystery"]


def test_korean_names_stand_as_designations() -> None:
    (concept,) = of("CodeSystem", "problems", [row("gout", "Gout")])["concept"]
    assert concept["designation"] == [
        {"language": "en", "value": "Gouts"},
        {"language": "ko", "value": "통풍병"},
        {"language": "ko", "value": "통풍"},
    ]


def test_codes_come_with_their_system_notice() -> None:
    one = of("ValueSet", "problems", [row("gout", "Gout", ("", Code(SNOMED, "90560007", "Gout")))])
    assert "CC BY 4.0" in one["copyright"]
    assert one["compose"]["include"] == [
        {"system": SNOMED, "concept": [{"code": "90560007", "display": "Gout"}]}
    ]

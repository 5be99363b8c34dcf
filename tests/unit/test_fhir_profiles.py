"""Profiles are claimed where every must-have is there; elsewhere an issue names what is missing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from converter.fhir.profiles import claim, guides, with_patient
from converter.issues import ConverterError
from converter.mappings import load_toml

PACKAGES = Path(__file__).resolve().parents[3] / "shared" / "packages" / "hl7.fhir.kr.core"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
MASKED = {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
NAMED = {"resourceType": "Patient", "name": [{"text": "Kim Example"}], "birthDate": "1990-01-02"}
Json = dict[str, Any]


def entry(kind: str, **elements: Any) -> Json:
    made = {"resourceType": kind, "id": kind.lower(), **elements}
    return {"fullUrl": f"urn:uuid:{kind.lower()}", "resource": made}


def bundle() -> Json:
    subject = {"reference": "urn:uuid:patient"}
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": "233604007"}]}
    return {
        "resourceType": "Bundle",
        "entry": [
            entry(
                "Patient",
                identifier=[{"system": "urn:a:b", "value": "1"}],
                gender="female",
                _birthDate=MASKED,
            ),
            entry("Condition", code=coded, subject=subject),
            entry(
                "MedicationStatement",
                medicationCodeableConcept=coded,
                subject=subject,
                _effectiveDateTime=MASKED,
            ),
            entry("ImagingStudy", subject=subject),
            entry("Practitioner", name=[{"text": "A. Writer"}]),
        ],
    }


def claimed(value: Json) -> dict[str, list[str]]:
    return {
        one["resource"]["resourceType"]: [
            url.rpartition("/")[2] for url in one["resource"]["meta"]["profile"]
        ]
        for one in value["entry"]
        if "meta" in one["resource"]
    }


def test_case_without_a_name_claims_nothing_of_the_patients() -> None:
    made, issues = claim(bundle(), ["ips", "kr-core"])
    assert claimed(made) == {"Practitioner": ["krcore-practitioner"]}
    said = {issue.message for issue in issues}
    assert "Patient-uv-ips is not claimed for 1 Patient: name.text|name.family|name.given, birthDate" in said
    assert "Condition-uv-ips is not claimed for 1 Condition: subject that claims one too" in said
    assert {issue.code for issue in issues} == {"PROF001"}


def test_patient_of_the_user_makes_the_claims_true() -> None:
    joined, issues = with_patient(bundle(), NAMED)
    made, _ = claim(joined, ["ips", "kr-core"])
    assert issues == ()
    assert claimed(made) == {
        "Patient": ["Patient-uv-ips", "krcore-patient"],
        "Condition": ["Condition-uv-ips"],
        "MedicationStatement": ["MedicationStatement-uv-ips"],
        "ImagingStudy": ["krcore-imagingstudy"],
        "Practitioner": ["krcore-practitioner"],
    }
    patient = made["entry"][0]["resource"]
    assert patient["birthDate"] == "1990-01-02"
    assert "_birthDate" not in patient
    assert patient["gender"] == "female"


def test_given_identifiers_come_after_ours() -> None:
    joined, _ = with_patient(bundle(), {**NAMED, "identifier": [{"system": "urn:c:d", "value": "2"}]})
    assert [one["value"] for one in joined["entry"][0]["resource"]["identifier"]] == ["1", "2"]


def test_other_sex_is_reported_and_the_reports_kept() -> None:
    joined, issues = with_patient(bundle(), {**NAMED, "gender": "male"})
    assert [(issue.code, issue.path) for issue in issues] == [("SEX002", "Bundle.entry[0].resource.gender")]
    assert joined["entry"][0]["resource"]["gender"] == "female"


def test_no_patient_is_refused() -> None:
    with pytest.raises(ConverterError, match="one Patient resource"):
        with_patient(bundle(), {"resourceType": "Person"})


def test_nothing_is_changed_in_place() -> None:
    value = bundle()
    before = copy.deepcopy(value)
    claim(with_patient(value, NAMED)[0], guides())
    assert value == before


def test_kr_core_rows_hold_what_its_package_asks() -> None:
    if not PACKAGES.exists():
        pytest.skip("KR Core's resources are not at hand")
    for row in load_toml("fhir/profiles.toml")["kr-core"]["profile"]:
        name = f"StructureDefinition-{row['id']}.json"
        definition = json.loads((PACKAGES / name).read_text("utf-8"))
        assert definition["type"] == row["type"]
        assert definition["url"].endswith(f"/{row['id']}")
        stated = " ".join((*row["needs"], *row.get("each", ()), row.get("when", "")))
        for element in definition["differential"]["element"]:
            path = element["path"].partition(".")[2]
            if element.get("min") and "." not in path and ":" not in element["id"]:
                assert path.removesuffix("[x]") in stated, (row["id"], path)

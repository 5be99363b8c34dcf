"""Observations and reports: values, ranges, flags, presence, conclusions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from unittest.mock import ANY

import pytest
from test_fhir import (
    CT,
    CULTURE,
    DCM,
    ORIGINAL,
    PRESSURE,
    amount,
    extensions,
    fact,
    made,
    named,
    only,
    resources,
    spot,
    validate,
)

from converter.fhir import json as fhir_json
from converter.model import Assertion, Code, Component, FactKind, Imaging, Phrase, Range, Time, Words


def test_laboratory_value_binds_range_statistic_and_flag() -> None:
    creatinine = named(made(), "Observation", "Creatinine")
    assert creatinine["valueQuantity"]["code"] == "mg/dL"
    assert creatinine["referenceRange"][0]["high"]["value"] == Decimal("1.1")
    assert creatinine["method"]["coding"][0]["code"] == "average"
    assert creatinine["interpretation"][0]["coding"][0]["code"] == "H"
    assert creatinine["status"] == "preliminary"
    assert named(made(reviewed=True), "Observation", "Creatinine")["status"] == "final"


def test_comparator_ratio_and_ordinal_keep_their_kind() -> None:
    bundle = made()
    assert named(bundle, "Observation", "peptide")["valueQuantity"]["comparator"] == ">"
    assert named(bundle, "Observation", "antibody titre")["valueRatio"]["denominator"]["value"] == Decimal(
        320
    )
    assert named(bundle, "Observation", "urine protein")["valueString"] == "3+"
    factor = named(bundle, "Observation", "rheumatoid factor")
    assert factor["valueCodeableConcept"]["coding"][0]["code"] == "260385009"
    assert factor["interpretation"][0]["coding"][0]["code"] == "NEG"


@pytest.mark.parametrize(
    ("value", "comparator", "flag"),
    [
        ("5.10", "", "H"),
        ("0.5", "", "L"),
        ("0.9", "", "N"),
        ("1.1", ">", "H"),
        ("1.1", "<", None),
        ("1.0", ">", None),
    ],
)
def test_flag_from_the_range(value: str, comparator: str, flag: str | None) -> None:
    limits = Range(amount("0.6"), amount("1.1"), "0.6-1.1")
    found = amount(value, "mg/dL", "mg/dL", comparator)
    bundle = only(fact(FactKind.MEASUREMENT, "creatinine", value=found, reference=limits))
    interpretation = resources(bundle, "Observation")[0].get("interpretation", [{}])
    assert interpretation[0].get("coding", [{}])[0].get("code") == flag


def test_parts_of_a_blood_pressure_are_coded_without_codes_of_their_own() -> None:
    parts = (Component("systolic pressure", amount("90", "mmHg", "mm[Hg]")),)
    bundle = only(fact(FactKind.MEASUREMENT, "BP", concept=PRESSURE, components=parts))
    component = resources(bundle, "Observation")[0]["component"][0]
    assert component["code"]["coding"][0]["code"] == "8480-6"


def test_blood_pressure_is_one_observation() -> None:
    pressure = named(made(), "Observation", "Blood pressure")
    assert [part["code"]["coding"][0]["code"] for part in pressure["component"]] == ["8480-6", "8462-4"]
    assert "valueQuantity" not in pressure
    assert pressure["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"


def test_denied_finding_is_absent_in_its_report() -> None:
    bundle = made()
    absent = named(bundle, "Observation", "pneumothorax")
    assert absent["valueCodeableConcept"]["coding"][0]["code"] == "2667000"
    report = (
        named(bundle, "DiagnosticReport", "Chest CT with contrast")
        if False
        else resources(bundle, "DiagnosticReport")[0]
    )
    assert f"urn:uuid:{absent['id']}" in [r["reference"] for r in report["result"]]
    assert "No pneumothorax" in report["conclusion"]


def test_longer_phrase_is_the_text_and_the_code_is_the_concepts() -> None:
    effusion = named(made(), "Observation", "large pleural effusion")
    assert effusion["code"]["coding"][0]["code"] == "60046008"
    assert effusion["bodySite"]["text"].startswith("left")
    assert extensions(effusion, ".7")[0]["valueCodeableConcept"]["text"] == "chest"


def test_test_with_a_value_is_an_observation_of_its_report() -> None:
    test = fact(FactKind.TEST, "blood culture", concept=CULTURE, value=Words("negative", "negative"))
    bundle = only(test)
    validate(bundle)
    report = resources(bundle, "DiagnosticReport")[0]
    result = resources(bundle, "Observation")[0]
    assert report["result"] == [{"reference": f"urn:uuid:{result['id']}"}]
    assert result["valueCodeableConcept"]["text"] == "Negative"
    assert result["category"][0]["coding"][0]["code"] == "laboratory"
    assert report["conclusion"] == "Blood culture: negative."
    assert report["_conclusion"]["extension"][0]["extension"][1]["valueString"] == "혈액배양 음성."


def test_conclusion_tells_values_and_keeps_the_authors_sentence() -> None:
    study = fact(
        FactKind.STUDY,
        "CT of the chest",
        concept=CT,
        notes=(Phrase("Large effusion.", spot("large")),),
        imaging=Imaging(Code(DCM, "CT", "Computed Tomography")),
    )
    density = fact(FactKind.MEASUREMENT, "density", value=amount("12.50", "HU", "[hnsf'U]"), study=0)
    report = resources(only(study, density), "DiagnosticReport")[0]
    assert report["conclusion"] == "Density: 12.50 HU."
    assert {"url": ORIGINAL, "valueString": "Large effusion."} in report["_conclusion"]["extension"]
    alone = resources(only(study), "DiagnosticReport")[0]
    assert alone["conclusion"] == "Large effusion."


@pytest.mark.parametrize(
    ("value", "key", "shape"),
    [
        (Range(amount("3", "cm", "cm"), amount("2", "cm", "cm"), "3-2 cm"), "valueString", None),
        (Range(amount("3", "cm", "cm"), None), "valueRange", {"low"}),
        (Range(None, amount("5", "cm", "cm", "<")), "valueQuantity", {"value", "comparator"}),
        (amount("7"), "valueQuantity", {"value"}),
    ],
)
def test_odd_ranges(value: Any, key: str, shape: set[str] | None) -> None:
    bundle = only(fact(FactKind.MEASUREMENT, "size", value=value))
    validate(bundle)
    found = resources(bundle, "Observation")[0][key]
    assert shape is None or shape <= set(found)


def test_finding_read_as_normal() -> None:
    bundle = only(fact(FactKind.FINDING, "liver", value=Words("normal", "normal")))
    value = resources(bundle, "Observation")[0]["valueCodeableConcept"]
    assert value["coding"][0]["code"] == "17621005"


def test_no_change_is_not_absent() -> None:
    words = Words("no change of", "unchanged", spot("no "))
    finding = fact(FactKind.FINDING, "pleural effusion", value=words)
    observation = resources(only(finding), "Observation")[0]
    assert observation["valueCodeableConcept"]["text"] == "Present"
    remark = observation["interpretation"][0]
    assert remark["text"] == "Unchanged"
    assert {"url": ORIGINAL, "valueString": "no change of"} in remark["extension"]


def test_organisms_of_one_culture_share_specimen_and_report() -> None:
    bundle = made()
    assert len(resources(bundle, "Specimen")) == 2
    report = named(bundle, "DiagnosticReport", "Blood culture")
    assert len(report["result"]) == 2
    assert len(report["specimen"]) == 1
    assert report["category"][0]["coding"][0]["code"] == "MB"
    organism = next(r for r in resources(bundle, "Observation") if r["code"]["text"] == "Blood culture")
    assert organism["valueCodeableConcept"]["coding"][0]["code"] == "112283007"


def test_age_over_ninety_on_request() -> None:
    old = fact(FactKind.AGE, "93-year-old", value=amount("93", "years", "a"))
    exact = resources(only(old), "Observation")[0]["valueQuantity"]
    assert (exact["value"], exact.get("comparator")) == (Decimal(93), None)
    hidden = resources(only(old, over_90=True), "Observation")[0]["valueQuantity"]
    assert (hidden["value"], hidden["comparator"]) == (Decimal(90), ">=")


@pytest.mark.parametrize(
    ("words", "code"), [("was negative", "260385009"), ("were unremarkable", "17621005")]
)
def test_negative_test_was_done(words: str, code: str) -> None:
    test = fact(
        FactKind.TEST, "blood culture", concept=CULTURE, assertion=Assertion.ABSENT, certainty=Phrase(words)
    )
    bundle = only(test)
    assert not resources(bundle, "Procedure")
    assert resources(bundle, "Observation")[0]["valueCodeableConcept"]["coding"][0]["code"] == code


def test_crossed_limits_are_words() -> None:
    crossed = Range(amount("40"), amount("5"))
    late = Time("40-5 days after admission", "admission", "after", Decimal(40), Decimal(5), "d")
    bundle = only(fact(FactKind.MEASUREMENT, "creatinine", value=amount("7"), reference=crossed, time=late))
    observation = resources(bundle, "Observation")[0]
    assert observation["referenceRange"][0] == {"extension": ANY, "text": "40-5"}
    assert "cqf-relativeDateTime" not in fhir_json.dumps(observation)

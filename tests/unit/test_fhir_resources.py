"""The other resources, one kind of fact after the other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from test_fhir import SEPSIS, concept, fact, made, named, only, resources, validate

from converter.fhir import json as fhir_json
from converter.fhir import words as words_of
from converter.model import Assertion, FactKind


def test_study_has_no_series_and_says_contrast_and_place() -> None:
    study = resources(made(), "ImagingStudy")[0]
    assert "series" not in study
    assert study["status"] == "unknown"
    assert "with contrast" in study["procedureCode"][0]["text"]
    assert study["location"]["display"] == "Outside hospital"


def test_relative_time_has_side_and_positive_offset() -> None:
    study = resources(made(), "ImagingStudy")[0]
    masked, relative, words, *_ = study["_started"]["extension"]
    assert masked["valueCode"] == "masked"
    parts = {e["url"]: e for e in relative["extension"]}
    assert parts["relationship"]["valueCode"] == "after-start"
    assert parts["offset"]["valueRange"]["high"]["value"] == Decimal(3)
    assert words["valueString"] == "On the third day of hospitalization"
    refuted = named(made(), "Condition", "tuberculosis")["_recordedDate"]["extension"][1]["extension"]
    assert refuted[2]["valueCode"] == "before-start"
    assert refuted[3]["valueDuration"]["value"] == Decimal(1)


def test_time_after_surgery_targets_the_procedure() -> None:
    bundle = made()
    parts = named(bundle, "Condition", "renal failure")["_abatementDateTime"]["extension"][1]["extension"]
    assert parts[0]["valueReference"]["reference"].endswith(named(bundle, "Procedure", "thoracotomy")["id"])


def test_the_mothers_sex_is_not_the_patients() -> None:
    mother = fact(FactKind.SEX, "woman", assertion=Assertion.OTHER)
    boy = fact(FactKind.SEX, "boy")
    assert resources(only(mother, boy), "Patient")[0]["gender"] == "male"


def test_admission_date_makes_dates() -> None:
    bundle = made(admission_date="2020-01-30")
    study = resources(bundle, "ImagingStudy")[0]
    assert study["started"] == "2020-02"
    assert study["_started"]["extension"][0]["valueString"] == "On the third day of hospitalization"
    period = named(bundle, "Observation", "large pleural effusion")["effectivePeriod"]
    assert (period["start"], period["end"]) == ("2020-02-01", "2020-02-02")
    assert resources(bundle, "Encounter")[0]["period"]["start"] == "2020-01-30"


@pytest.mark.parametrize(
    ("name", "verification", "clinical"),
    [
        ("Sepsis", "confirmed", "active"),
        ("sarcoidosis", "differential", None),
        ("tuberculosis", "refuted", None),
        ("asthma", "confirmed", "inactive"),
        ("renal failure", "confirmed", "resolved"),
        ("pneumonia", "provisional", "active"),
    ],
)
def test_condition_says_how_sure(name: str, verification: str, clinical: str | None) -> None:
    condition = named(made(), "Condition", name)
    assert condition["verificationStatus"]["coding"][0]["code"] == verification
    assert condition.get("clinicalStatus", {}).get("coding", [{}])[0].get("code") == clinical


def test_certainty_words_are_kept() -> None:
    assert named(made(), "Condition", "Sepsis")["verificationStatus"]["text"] == "almost certain"


def test_what_is_not_the_patients_is_no_condition() -> None:
    names = {c["code"]["text"] for c in resources(made(), "Condition")}
    assert not names & {"gout", "measles", "stroke", "breast cancer"}


def test_onset_age_is_counted_from_birth() -> None:
    assert named(made(), "Condition", "asthma")["onsetAge"]["value"] == Decimal(12)


def test_procedures_planned_refused_and_done() -> None:
    bundle = made()
    assert named(bundle, "Procedure", "thoracotomy")["status"] == "completed"
    refused = named(bundle, "Procedure", "drainage")
    assert (refused["status"], refused["statusReason"]["text"]) == ("not-done", "refused")
    assert named(bundle, "ServiceRequest", "valve replacement")["intent"] == "plan"
    assert named(bundle, "Procedure", "Bronchoscopy")["report"]


def test_medication_has_dose_and_length() -> None:
    dosage = named(made(), "MedicationStatement", "ceftriaxone")["dosage"][0]
    assert dosage["doseAndRate"][0]["doseQuantity"]["code"] == "g"
    assert dosage["timing"]["repeat"]["boundsDuration"] == {
        "value": Decimal(5),
        "unit": "d",
        "system": "http://unitsofmeasure.org",
        "code": "d",
    }
    assert dosage["timing"]["code"]["text"] == "daily"
    assert named(made(), "MedicationStatement", "aspirin")["status"] == "stopped"


def test_relatives_merge() -> None:
    histories = resources(made(), "FamilyMemberHistory")
    assert [len(h.get("condition", [])) for h in histories] == [2, 1]
    assert histories[0]["condition"][0]["onsetAge"]["value"] == Decimal(12)


def test_no_known_allergies_is_a_statement() -> None:
    first, second = resources(made(), "AllergyIntolerance")
    assert first["code"]["coding"][0]["code"] == "716186003"
    assert second["code"]["text"] == "penicillin"


def test_patient_is_masked_and_deceased() -> None:
    patient = resources(made(), "Patient")[0]
    assert patient["gender"] == "female"
    assert patient["_birthDate"]["extension"][0]["valueCode"] == "masked"
    assert patient["deceasedBoolean"] is True


@pytest.mark.parametrize(
    ("word", "gender"),
    [("man", "male"), ("여자", "female"), ("boy", "male"), ("여아", "female"), ("patient", None)],
)
def test_gender_of_words(word: str, gender: str | None) -> None:
    assert resources(only(fact(FactKind.SEX, word)), "Patient")[0].get("gender") == gender


def test_encounter_has_class_reason_and_diagnosis() -> None:
    encounter = resources(made(), "Encounter")[0]
    assert encounter["class"]["code"] == "IMP"
    assert encounter["reasonCode"][0]["text"] == "chest pain"
    assert encounter["diagnosis"]
    assert encounter["hospitalization"]["dischargeDisposition"]["text"]
    outpatient = only(fact(FactKind.FINDING, "cough", presenting=True))
    assert resources(outpatient, "Encounter")[0]["class"]["code"] == "AMB"


def test_figure_shows_its_study() -> None:
    bundle = made()
    media = resources(bundle, "Media")[0]
    assert media["content"]["title"] == "CT shows a pleural effusion."
    assert media["partOf"][0]["reference"].endswith(resources(bundle, "ImagingStudy")[0]["id"])
    assert resources(bundle, "DiagnosticReport")[0]["media"][0]["comment"] == "Fig. 1A"


def test_authors_stand_apart_from_the_patient() -> None:
    bundle = made()
    jane = resources(bundle, "Practitioner")[0]
    assert jane["identifier"][1] == {"system": "https://orcid.org", "value": "0000-0002-1825-0097"}
    assert jane["name"][0]["family"] == "Example"
    assert resources(bundle, "Practitioner")[1]["name"][1]["family"] == "홍"
    assert len(resources(bundle, "PractitionerRole")) == 2
    assert "Example" not in fhir_json.dumps(resources(bundle, "Patient")[0])


def test_korean_name_is_the_authors_translation() -> None:
    condition = resources(only(fact(FactKind.CONDITION, "패혈증", concept=SEPSIS)), "Condition")[0]
    assert condition["code"]["text"] == "Sepsis"
    assert condition["code"]["_text"]["extension"][0]["extension"][1]["valueString"] == "패혈증"
    assert "TRSLT" not in fhir_json.dumps(condition)


def test_discharged_home() -> None:
    home = fact(
        FactKind.OUTCOME, "discharged home", concept=concept("discharge", "outcome", "Discharge", "퇴원")
    )
    bundle = only(home)
    validate(bundle)
    disposition = resources(bundle, "Encounter")[0]["hospitalization"]["dischargeDisposition"]
    assert disposition["coding"][0]["code"] == "home"


@pytest.mark.parametrize(
    ("printed", "korean"),
    [
        ("daily.", "1일 1회"),
        ("every 12 hours", "12시간마다"),
        ("5 times daily", "1일 5회"),
        ("on Mondays", ""),
    ],
)
def test_frequency_in_korean(printed: str, korean: str) -> None:
    assert words_of.often(printed) == korean


@pytest.mark.parametrize(
    ("printed", "korean"),
    [
        ("was ruled out", "배제됨"),
        ("with a history of", "병력"),
        ("differential diagnosis included", "감별진단"),
        ("qua", ""),
    ],
)
def test_certainty_in_korean(printed: str, korean: str) -> None:
    assert words_of.said(printed) == korean

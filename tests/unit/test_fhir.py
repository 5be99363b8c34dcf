"""Facts -> Bundle: every kind of fact, validated through fhir.resources, with Decimals as printed."""

from __future__ import annotations

import json as standard_json
from decimal import Decimal
from typing import Any

import pytest

from converter.check import check
from converter.fhir import BuildOptions, build
from converter.fhir import json as fhir_json
from converter.model import (
    Affiliation,
    Assertion,
    Author,
    Code,
    Component,
    Concept,
    Document,
    Dosage,
    Fact,
    FactKind,
    Facts,
    Imaging,
    Phrase,
    Publication,
    Quantity,
    Range,
    Ratio,
    Site,
    Span,
    Time,
    Words,
)

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"
DCM = "http://dicom.nema.org/resources/ontology/DCM"

TEXT = (
    "A fictitious report. A 47-year-old woman presented with chest pain. She was admitted. "
    "On the third day of hospitalization CT of the chest showed a large pleural effusion on the left; "
    "no pneumothorax. Creatinine (average 5.10 mg/dL, normal range 0.6-1.1). blood pressure 90/60 mmHg. "
    "nodule size 2-3 cm, antibody titre 1:320, urine protein 3+, rheumatoid factor negative, peptide >1000. "
    "blood culture grew E. coli, Klebsiella and Candida. bronchoscopy; electrocardiogram declined. "
    "It was almost certain severe sepsis; sarcoidosis; tuberculosis was excluded one day before admission. "
    "asthma at the age of 12; renal failure; gout; measles; pneumonia. two weeks after surgery, thoracotomy. "
    "drainage refused. valve replacement. ceftriaxone 2 g daily for 5 days; aspirin stopped for bleeding. "
    "influenza vaccine; no allergies; penicillin. Her mother had breast cancer and diabetes, others stroke. "
    "No smoking. recovery; discharged; died after discharge. regular follow-up. "
    "Fig. 1A CT shows a pleural effusion. liver cyst cough Sepsis size 7 12.50 HU"
)


def spot(words: str) -> tuple[Span, ...]:
    """Give the place of words in the text; words that are not in it stand at its start."""
    start = max(TEXT.find(words), 0)
    return (Span(start, start + len(words)),)


def concept(ident: str, kind: str, en: str, ko: str = "", *codes: Code) -> Concept:
    return Concept(ident, kind, en, ko, "", codes)


def fact(kind: FactKind, name: str, **more: Any) -> Fact:
    return Fact(kind=kind, name=name, evidence=more.pop("evidence", spot(name)), **more)


def amount(value: str, unit: str = "", ucum: str = "", comparator: str = "") -> Quantity:
    return Quantity(Decimal(value), unit, ucum, comparator, spot(value))


def words(text: str) -> Phrase:
    return Phrase(text, spot(text))


CREATININE = concept(
    "creatinine",
    "laboratory",
    "Creatinine",
    "크레아티닌",
    Code(LOINC, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
)
EFFUSION = concept(
    "pleural-effusion",
    "finding",
    "Pleural effusion",
    "흉수",
    Code(SNOMED, "60046008", "Pleural effusion (disorder)"),
)
CT = concept("ct-chest", "imaging", "Chest CT", "흉부 CT", Code(LOINC, "24627-2", "CT Chest"))
PRESSURE = concept(
    "blood-pressure",
    "vital-signs",
    "Blood pressure",
    "혈압",
    Code(LOINC, "85354-9", "Blood pressure panel with all children optional"),
)
SYSTOLIC = concept("systolic", "vital-signs", "Systolic pressure", "수축기 혈압", Code(LOINC, "8480-6"))
DIASTOLIC = concept("diastolic", "vital-signs", "Diastolic pressure", "이완기 혈압", Code(LOINC, "8462-4"))
COLI = concept("e-coli", "organism", "Escherichia coli", "대장균", Code(SNOMED, "112283007"))
BLOOD = concept("blood", "specimen", "Blood", "혈액", Code(SNOMED, "119297000"))
CULTURE = concept("blood-culture", "laboratory", "Blood culture", "혈액배양", Code(LOINC, "600-7"))
SEPSIS = concept("sepsis", "disease", "Sepsis", "패혈증", Code(SNOMED, "91302008", "Sepsis (disorder)"))
MOTHER = concept(
    "mother",
    "relative",
    "Mother",
    "어머니",
    Code("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother"),
)
LUNG = concept("lung", "site", "Lung", "폐", Code(SNOMED, "39607008"))
THIRD_DAY = Time(
    "On the third day of hospitalization",
    "admission",
    "after",
    Decimal(2),
    Decimal(3),
    "d",
    spans=spot("On the third day of hospitalization"),
)
DAY_BEFORE = Time(
    "one day before admission",
    "admission",
    "before",
    Decimal(1),
    Decimal(1),
    "d",
    spans=spot("one day before admission"),
)
AFTER_SURGERY = Time(
    "two weeks after surgery",
    "surgery",
    "after",
    Decimal(2),
    Decimal(2),
    "wk",
    spans=spot("two weeks after surgery"),
)
AFTER_DISCHARGE = Time("after discharge", "discharge", "after")
AT_TWELVE = Time(
    "at the age of 12", "birth", "after", Decimal(12), Decimal(12), "a", spans=spot("at the age of 12")
)

ITEMS = (
    fact(FactKind.AGE, "47-year-old", value=amount("47", "years", "a")),
    fact(FactKind.SEX, "woman"),
    fact(FactKind.FINDING, "chest pain", presenting=True, category="exam"),
    fact(FactKind.ADMISSION, "admitted"),
    fact(
        FactKind.STUDY,
        "CT of the chest",
        concept=CT,
        time=THIRD_DAY,
        imaging=Imaging(
            Code(DCM, "CT", "Computed Tomography"), contrast="with", planes=("axial",), outside=True
        ),
    ),
    fact(
        FactKind.FINDING,
        "large pleural effusion",
        concept=EFFUSION,
        study=4,
        new=True,
        sites=(Site("left", LUNG, "left", spot("left")), Site("chest")),
    ),
    fact(
        FactKind.FINDING,
        "pneumothorax",
        study=4,
        assertion=Assertion.ABSENT,
        certainty=Phrase("no", spot("no ")),
    ),
    fact(
        FactKind.MEASUREMENT,
        "Creatinine",
        concept=CREATININE,
        category="laboratory",
        value=amount("5.10", "mg/dL", "mg/dL"),
        reference=Range(amount("0.6"), amount("1.1"), "0.6-1.1", spot("0.6-1.1")),
        statistic=Phrase("average", spot("average")),
        interpretation="H",
    ),
    fact(
        FactKind.MEASUREMENT,
        "blood pressure",
        concept=PRESSURE,
        category="vital-signs",
        components=(
            Component("systolic", amount("90", "mmHg", "mm[Hg]"), SYSTOLIC),
            Component("diastolic", amount("60", "mmHg", "mm[Hg]"), DIASTOLIC),
        ),
    ),
    fact(
        FactKind.MEASUREMENT,
        "nodule size",
        study=4,
        value=Range(amount("2", "cm", "cm"), amount("3", "cm", "cm"), "", spot("2-3 cm")),
    ),
    fact(FactKind.MEASUREMENT, "antibody titre", value=Ratio(amount("1"), amount("320"), spot("1:320"))),
    fact(
        FactKind.MEASUREMENT,
        "urine protein",
        evidence=spot("urine protein 3+"),
        value=Words("3+", "", spot("3+")),
    ),
    fact(FactKind.MEASUREMENT, "rheumatoid factor", value=Words("negative", "negative")),
    fact(FactKind.MEASUREMENT, "peptide", value=amount("1000", "pg/mL", "pg/mL", ">")),
    fact(FactKind.TEST, "blood culture", concept=CULTURE),
    fact(
        FactKind.ORGANISM, "E. coli", concept=COLI, study=14, specimen=BLOOD, specimen_words=Phrase("blood")
    ),
    fact(FactKind.ORGANISM, "Klebsiella", study=14, specimen=BLOOD),
    fact(FactKind.ORGANISM, "Candida", specimen=BLOOD),
    fact(
        FactKind.TEST,
        "bronchoscopy",
        concept=concept("bronchoscopy", "diagnostic", "Bronchoscopy", "기관지경"),
        notes=(Phrase("Bronchoscopy was normal."),),
    ),
    fact(FactKind.TEST, "electrocardiogram", assertion=Assertion.NOT_DONE, certainty=Phrase("declined")),
    fact(
        FactKind.CONDITION,
        "sepsis",
        concept=SEPSIS,
        principal=True,
        certainty=Phrase("almost certain"),
        severity=Phrase("severe"),
    ),
    fact(FactKind.CONDITION, "sarcoidosis", assertion=Assertion.DIFFERENTIAL),
    fact(FactKind.CONDITION, "tuberculosis", assertion=Assertion.ABSENT, time=DAY_BEFORE),
    fact(FactKind.CONDITION, "asthma", assertion=Assertion.HISTORICAL, time=AT_TWELVE),
    fact(FactKind.CONDITION, "renal failure", assertion=Assertion.RESOLVED, time=AFTER_SURGERY),
    fact(FactKind.CONDITION, "gout", assertion=Assertion.HYPOTHETICAL),
    fact(FactKind.CONDITION, "measles", assertion=Assertion.OTHER),
    fact(FactKind.CONDITION, "pneumonia", assertion=Assertion.PROBABLE, study=4),
    fact(FactKind.PROCEDURE, "thoracotomy", time=THIRD_DAY, sites=(Site("lung", LUNG, "left"),)),
    fact(FactKind.PROCEDURE, "drainage", assertion=Assertion.NOT_DONE, certainty=Phrase("refused")),
    fact(FactKind.PROCEDURE, "valve replacement", assertion=Assertion.PLANNED),
    fact(
        FactKind.MEDICATION,
        "ceftriaxone",
        dosage=Dosage(
            "2 g daily for 5 days",
            Quantity(Decimal(2), "g", "g", "", spot("2 g")),
            concept("iv", "route", "Intravenous route", "정맥"),
            words("daily"),
            words("for 5 days"),
            spot("2 g daily for 5 days"),
        ),
    ),
    fact(FactKind.MEDICATION, "aspirin", assertion=Assertion.RESOLVED, certainty=Phrase("bleeding")),
    fact(FactKind.IMMUNIZATION, "influenza vaccine"),
    fact(FactKind.ALLERGY, "allergies", assertion=Assertion.ABSENT),
    fact(FactKind.ALLERGY, "penicillin"),
    fact(FactKind.RELATIVE, "breast cancer", person=MOTHER, time=AT_TWELVE),
    fact(FactKind.RELATIVE, "diabetes", person=MOTHER),
    fact(FactKind.CONDITION, "stroke", assertion=Assertion.FAMILY),
    fact(FactKind.SOCIAL, "smoking", assertion=Assertion.ABSENT),
    fact(FactKind.OUTCOME, "recovery"),
    fact(
        FactKind.OUTCOME,
        "discharged",
        concept=concept("discharge", "outcome", "Discharge", "퇴원"),
        time=THIRD_DAY,
    ),
    fact(
        FactKind.OUTCOME, "died", concept=concept("death", "outcome", "Death", "사망"), time=AFTER_DISCHARGE
    ),
    fact(FactKind.PLAN, "regular follow-up"),
    fact(FactKind.FIGURE, "Fig. 1A", study=4, caption=Phrase("CT shows a pleural effusion.")),
)

PUBLICATION = Publication(
    title=Phrase("A fictitious report", spot("A fictitious report")),
    title_ko=Phrase("가상의 증례"),
    authors=(
        Author("Jane Q. Example", spot("A"), "", "0000-0002-1825-0097", (0, 1), True, degrees=("MD",)),
        Author("Hong Gildong", spot("A"), "홍길동"),
    ),
    affiliations=(
        Affiliation("Example Hospital", spot("A"), "보기병원", "Radiology", "영상의학과"),
        Affiliation("Example University", spot("A")),
    ),
    abstract=Phrase("An abstract."),
    keywords=(Phrase("Sepsis"),),
    doi="10.9999/fictitious.1",
    journal="Journal of Examples",
    licence="https://creativecommons.org/licenses/by/4.0/",
    received="2021-01-02",
    accepted="2021-02",
    remarks=(Phrase("A legacy case."),),
)
DOCUMENT = Document("report.txt", TEXT, "ab" * 32)
FACTS = Facts(DOCUMENT, PUBLICATION, ITEMS)


def made(facts: Facts = FACTS, **options: Any) -> dict[str, Any]:
    return build(facts, BuildOptions(**options))[0]


def only(*items: Fact, **options: Any) -> dict[str, Any]:
    return made(Facts(DOCUMENT, PUBLICATION, items), **options)


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in found if not kind or resource["resourceType"] == kind]


def named(bundle: dict[str, Any], kind: str, text: str) -> dict[str, Any]:
    key = {"MedicationStatement": "medicationCodeableConcept", "Immunization": "vaccineCode"}.get(
        kind, "code"
    )
    return next(r for r in resources(bundle, kind) if r[key]["text"] == text)


def extensions(element: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [e for e in element.get("extension", []) if e["url"].endswith(name)]


def walk(value: Any) -> Any:
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def validate(bundle: dict[str, Any]) -> None:
    models = pytest.importorskip("fhir.resources.R4B.bundle")
    models.Bundle.model_validate(standard_json.loads(fhir_json.dumps(bundle)))


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
@pytest.mark.parametrize(
    "more", [{}, {"admission_date": "2020-01-30"}, {"evidence": "none", "source_text": False}]
)
def test_every_kind_is_valid_r4(kind: str, more: dict[str, Any]) -> None:
    validate(made(bundle_type=kind, **more))


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
def test_own_check_finds_nothing_wrong(kind: str) -> None:
    issues = check(made(bundle_type=kind), structure=False)
    assert [(i.code, i.path) for i in issues if i.code not in {"FID005", "BND012"}] == []


def test_empty_facts_are_valid_r4() -> None:
    validate(only())
    validate(build(Facts(Document("-", "", "00"), Publication(), ()))[0])


def test_references_resolve_and_ids_are_unique() -> None:
    bundle = made()
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    references = {v["reference"] for v in walk(bundle) if isinstance(v, dict) and "reference" in v}
    assert references <= set(urls)


def test_nothing_is_empty() -> None:
    assert not [v for v in walk(made()) if v is None or (isinstance(v, str | list | dict) and not v)]


def test_two_runs_are_equal_bytes() -> None:
    assert fhir_json.dumps(made()) == fhir_json.dumps(made())


def test_every_clinical_resource_has_evidence() -> None:
    exempt = {"Composition", "DocumentReference", "PractitionerRole", "Device", "Provenance"}
    bare = [
        r["resourceType"]
        for r in resources(made())
        if r["resourceType"] not in exempt and not extensions(r, "derivation-reference")
    ]
    assert bare == []


def test_evidence_names_leaves_elements_bare() -> None:
    creatinine = named(made(evidence="names"), "Observation", "Creatinine")
    assert extensions(creatinine, "derivation-reference")
    assert "extension" not in creatinine["valueQuantity"]
    assert "derivation-reference" not in fhir_json.dumps(made(evidence="none"))


def test_evidence_points_at_the_words() -> None:
    creatinine = named(made(), "Observation", "Creatinine")
    parts = {
        e["url"]: e for e in extensions(creatinine["valueQuantity"], "derivation-reference")[0]["extension"]
    }
    start, length = parts["offset"]["valueInteger"], parts["length"]["valueInteger"]
    assert TEXT[start : start + length] == "5.10"
    assert parts["path"]["valueString"] == "DocumentReference.content[0].attachment"


def test_decimals_are_written_as_printed() -> None:
    text = fhir_json.dumps(made())
    assert '"value":5.10,' in text
    assert fhir_json.dumps(fhir_json.loads(text)) == text


def test_json_pretty_is_the_same_data() -> None:
    bundle = made()
    assert fhir_json.loads(fhir_json.dumps(bundle, pretty=True)) == fhir_json.loads(fhir_json.dumps(bundle))


@pytest.mark.parametrize("value", ["0.0", "5.10", "1E+3", "-3.50", "100000"])
def test_decimal_survives(value: str) -> None:
    assert fhir_json.loads(fhir_json.dumps({"v": Decimal(value)}))["v"] == Decimal(value)


def test_no_float_is_built() -> None:
    assert not [v for v in walk(made(admission_date="2020-01-30")) if isinstance(v, float)]


def test_json_refuses_what_is_no_number() -> None:
    for value in (Decimal("NaN"), float("nan"), {1, 2}):
        with pytest.raises((TypeError, ValueError)):
            fhir_json.dumps({"value": value})


def test_text_added_later_stands_before_extensions() -> None:
    written = fhir_json.dumps(
        {"resourceType": "Basic", "id": "a", "extension": [1], "code": {}, "text": {"a": 1}}
    )
    assert list(standard_json.loads(written)) == ["resourceType", "id", "text", "extension", "code"]


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


def test_organisms_of_one_culture_share_specimen_and_report() -> None:
    bundle = made()
    assert len(resources(bundle, "Specimen")) == 2
    report = named(bundle, "DiagnosticReport", "Blood culture")
    assert len(report["result"]) == 2
    assert len(report["specimen"]) == 1
    assert report["category"][0]["coding"][0]["code"] == "MB"
    organism = next(r for r in resources(bundle, "Observation") if r["code"]["text"] == "Blood culture")
    assert organism["valueCodeableConcept"]["coding"][0]["code"] == "112283007"


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


def test_age_over_ninety_on_request() -> None:
    old = fact(FactKind.AGE, "93-year-old", value=amount("93", "years", "a"))
    exact = resources(only(old), "Observation")[0]["valueQuantity"]
    assert (exact["value"], exact.get("comparator")) == (Decimal(93), None)
    hidden = resources(only(old, over_90=True), "Observation")[0]["valueQuantity"]
    assert (hidden["value"], hidden["comparator"]) == (Decimal(90), ">=")


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


def test_source_text_can_be_left_out() -> None:
    attachment = resources(made(source_text=False), "DocumentReference")[0]["content"][0]["attachment"]
    assert "data" not in attachment
    assert attachment["hash"]
    assert attachment["url"] == "https://doi.org/10.9999/fictitious.1"


def test_authors_stand_apart_from_the_patient() -> None:
    bundle = made()
    jane = resources(bundle, "Practitioner")[0]
    assert jane["identifier"][1] == {"system": "https://orcid.org", "value": "0000-0002-1825-0097"}
    assert jane["name"][0]["family"] == "Example"
    assert resources(bundle, "Practitioner")[1]["name"][1]["family"] == "홍"
    assert len(resources(bundle, "PractitionerRole")) == 2
    assert "Example" not in fhir_json.dumps(resources(bundle, "Patient")[0])


def test_timestamp_given_published_epoch_or_reported() -> None:
    bundle, issues = build(FACTS)
    assert bundle["timestamp"] == "1970-01-01T00:00:00Z"
    assert "TIME002" in [issue.code for issue in issues]
    assert made(timestamp="2024-05-01T10:00:00Z")["timestamp"] == "2024-05-01T10:00:00Z"
    assert made(source_date_epoch="86400")["timestamp"] == "1970-01-02T00:00:00Z"
    published = Facts(DOCUMENT, Publication(published="2022-03"), ())
    assert made(published)["timestamp"] == "2022-03-01T00:00:00Z"


def test_transaction_updates_by_identifier() -> None:
    entries = made(bundle_type="transaction")["entry"]
    first = next(e for e in entries if e["resource"]["resourceType"] == "Patient")
    assert first["request"]["method"] == "PUT"
    assert first["request"]["url"] == f"Patient?identifier=urn:ietf:rfc:3986|{first['fullUrl']}"


def test_ids_outlive_a_better_code_and_a_new_place() -> None:
    plain = only(fact(FactKind.CONDITION, "Sepsis"))
    better = only(
        fact(
            FactKind.CONDITION,
            "sepsis",
            concept=SEPSIS,
            assertion=Assertion.PROBABLE,
            evidence=(Span(90, 96),),
        )
    )
    assert resources(plain, "Condition")[0]["id"] == resources(better, "Condition")[0]["id"]


def test_equal_names_get_their_ordinal() -> None:
    bundle = only(fact(FactKind.FINDING, "cyst"), fact(FactKind.FINDING, "cyst"))
    assert len({r["id"] for r in resources(bundle, "Observation")}) == 2


def test_korean_name_is_the_authors_translation() -> None:
    condition = resources(only(fact(FactKind.CONDITION, "패혈증", concept=SEPSIS)), "Condition")[0]
    assert condition["code"]["text"] == "Sepsis"
    assert condition["code"]["_text"]["extension"][0]["extension"][1]["valueString"] == "패혈증"
    assert "TRSLT" not in fhir_json.dumps(condition)


def test_sections_list_every_clinical_resource() -> None:
    bundle = made()
    composition = bundle["entry"][0]["resource"]
    assert composition["resourceType"] == "Composition"
    listed = {
        v["reference"] for v in walk(composition["section"]) if isinstance(v, dict) and "reference" in v
    }
    exempt = {
        "Composition",
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Device",
        "Provenance",
        "Specimen",
    }
    missing = [
        r["resourceType"]
        for r in resources(bundle)
        if r["resourceType"] not in exempt and f"urn:uuid:{r['id']}" not in listed
    ]
    assert missing == []
    assert all("_title" in part and ("entry" in part or "section" in part) for part in composition["section"])


def test_base_of_the_user() -> None:
    tag = made(base="https://fhir.hospital.test")["meta"]["tag"][0]
    assert tag["system"] == "https://fhir.hospital.test/casefhir-tags"

"""A made-up report with a fact of every kind, and the bundle as a whole: valid, linked, the same twice."""

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


def test_no_float_is_built() -> None:
    assert not [v for v in walk(made(admission_date="2020-01-30")) if isinstance(v, float)]


def test_source_text_can_be_left_out() -> None:
    attachment = resources(made(source_text=False), "DocumentReference")[0]["content"][0]["attachment"]
    assert "data" not in attachment
    prose = fhir_json.dumps(made(source_text=False))
    assert "CT shows a pleural effusion." not in prose
    assert "Bronchoscopy was normal." not in prose
    assert "An abstract." not in prose
    assert attachment["hash"]
    assert attachment["url"] == "https://doi.org/10.9999/fictitious.1"


def test_timestamp_given_published_epoch_or_reported() -> None:
    bundle, issues = build(FACTS)
    assert bundle["timestamp"] == "1970-01-01T00:00:00Z"
    assert "TIME002" in [issue.code for issue in issues]
    assert made(timestamp="2024-05-01T10:00:00Z")["timestamp"] == "2024-05-01T10:00:00Z"
    assert made(source_date_epoch="86400")["timestamp"] == "1970-01-02T00:00:00Z"
    published = Facts(DOCUMENT, Publication(published="2022-03"), ())
    assert made(published, timestamp="2024-05-01T10:00:00Z")["timestamp"] == "2022-03-01T00:00:00Z"


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

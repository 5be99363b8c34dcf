"""A bundle of our own that nothing is wrong with; other tests break copies of it in one place each."""

from __future__ import annotations

import base64
import hashlib
import uuid
from decimal import Decimal
from typing import Any

from converter.check import check

TEXT = (
    "A 47-year-old woman was admitted with cough. Her mother had asthma at 60 years. She is allergic to "
    "latex.\nOn the third day, C-reactive protein was 5.10 mg/dL (normal range 0.0-0.5) and platelets were "
    "32,322/uL.\n"
    "Blood pressure was 120/80 mmHg. The titre was 1:320. Urine protein was 3+.\n"
    "Chest CT showed a nodule in the right upper lobe (Fig. 2). Pneumonia was diagnosed; it resolved.\n"
    "She received ceftriaxone 2 g twice daily. Blood cultures grew Escherichia coli.\n"
    "환자는 여섯 번 투석을 받았다.\n"
    "References: 1. Somebody. Another patient had 99 nodules."
)
PATIENT_PART = (0, TEXT.index("References"))
DERIVATION = "http://hl7.org/fhir/StructureDefinition/derivation-reference"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
TAG = {"system": "urn:oid:2.25.198253498127467127683203391938416418233.1", "code": "machine-extracted"}

XHTML = 'xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en"'

Json = dict[str, Any]


def urn(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}"


def ref(name: str) -> Json:
    return {"reference": urn(name)}


def seen(*words: str) -> list[Json]:
    """Evidence for words of the text."""
    return [span(TEXT.index(one), len(one)) for one in words]


def span(offset: int, length: int) -> Json:
    return {
        "url": DERIVATION,
        "extension": [
            {"url": "reference", "valueReference": ref("text")},
            {"url": "path", "valueString": "DocumentReference.content[0].attachment"},
            {"url": "offset", "valueInteger": offset},
            {"url": "length", "valueInteger": length},
        ],
    }


def ko(words: str) -> Json:
    url = "http://hl7.org/fhir/StructureDefinition/translation"
    parts = [{"url": "lang", "valueCode": "ko"}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": url, "extension": parts}]}


def concept(text: str, korean: str, *coding: tuple[str, str, str]) -> Json:
    listed = [{"system": system, "code": code, "display": name} for system, code, name in coding]
    return {**({"coding": listed} if listed else {}), "text": text, "_text": ko(korean)}


def hl7(system: str, code: str) -> Json:
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def quantity(value: str, unit: str, code: str, words: str = "") -> Json:
    evidence = {"extension": seen(words)} if words else {}
    return {**evidence, "value": Decimal(value), "unit": unit, "system": UCUM, "code": code}


def resource(kind: str, key: str, words: tuple[str, ...], **elements: Any) -> Json:
    return {
        "resourceType": kind,
        "id": urn(key)[9:],
        "meta": {"tag": [TAG]},
        **({"extension": seen(*words)} if words else {}),
        **elements,
    }


def absent(code: str, *more: Json) -> Json:
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    return {"extension": [{"url": url, "valueCode": code}, *more]}


def third_day() -> Json:
    relative = {
        "url": "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime",
        "extension": [
            {"url": "target", "valueReference": ref("stay")},
            {"url": "targetPath", "valueString": "Encounter.period.start"},
            {"url": "relationship", "valueCode": "after-start"},
            {
                "url": "offset",
                "valueRange": {
                    "low": {"value": 2, "unit": "d", "system": UCUM, "code": "d"},
                    "high": {"value": 3, "unit": "d", "system": UCUM, "code": "d"},
                },
            },
        ],
    }
    words = {"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "On the third day"}
    return absent("unknown", relative, words)


def observation(name: str, words: str, code: Json, category: str = "laboratory", **elements: Any) -> Json:
    return resource(
        "Observation",
        name,
        (words,),
        status="preliminary",
        category=[hl7("observation-category", category)],
        code=code,
        subject=ref("patient"),
        encounter=ref("stay"),
        **elements,
    )


def observations() -> list[Json]:
    crp = concept(
        "C-reactive protein",
        "C-반응단백",
        (LOINC, "1988-5", "C reactive protein [Mass/volume] in Serum or Plasma"),
    )
    present = concept("Present", "있음", (SNOMED, "52101004", "Present"))
    limits = {"low": quantity("0.0", "mg/dL", "mg/dL"), "high": quantity("0.5", "mg/dL", "mg/dL")}
    pressure = [
        {
            "code": concept("Systolic", "수축기"),
            "valueQuantity": quantity("120", "mmHg", "mm[Hg]", "120/80 mmHg"),
        },
        {
            "code": concept("Diastolic", "이완기"),
            "valueQuantity": quantity("80", "mmHg", "mm[Hg]", "120/80 mmHg"),
        },
    ]
    titre = {"extension": seen("1:320"), "numerator": {"value": 1}, "denominator": {"value": 320}}
    return [
        observation(
            "age", "47-year-old", concept("Age", "나이"), "survey", valueQuantity=quantity("47", "years", "a")
        ),
        observation(
            "crp",
            "C-reactive protein",
            crp,
            _effectiveDateTime=third_day(),
            valueQuantity=quantity("5.10", "mg/dL", "mg/dL", "5.10 mg/dL"),
            interpretation=[hl7("v3-ObservationInterpretation", "H")],
            referenceRange=[{"extension": seen("0.0-0.5"), **limits, "text": "0.0-0.5"}],
        ),
        observation(
            "platelets",
            "platelets",
            concept("Platelets", "혈소판"),
            valueQuantity=quantity("32322", "/uL", "/uL", "32,322/uL"),
        ),
        observation(
            "pressure", "Blood pressure", concept("Blood pressure", "혈압"), "vital-signs", component=pressure
        ),
        observation("titre", "titre", concept("Titre", "역가"), valueRatio=titre),
        observation("urine", "Urine protein was 3+", concept("Urine protein", "요단백"), valueString="3+"),
        observation(
            "nodule",
            "nodule",
            concept("Nodule", "결절"),
            "imaging",
            valueCodeableConcept=present,
            derivedFrom=[ref("study")],
        ),
        observation(
            "dialysis",
            "여섯 번 투석",
            concept("Number of dialyses", "투석 횟수"),
            "procedure",
            valueInteger=6,
        ),
        observation(
            "organism",
            "Escherichia coli",
            concept("Culture", "배양"),
            specimen=ref("blood"),
            valueCodeableConcept=concept("Escherichia coli", "대장균"),
        ),
    ]


def facts() -> list[Json]:
    subject = {"subject": ref("patient")}
    imaging = concept("Chest CT", "흉부 CT")
    return [
        resource(
            "Encounter",
            "stay",
            ("was admitted",),
            status="finished",
            **subject,
            period={"_start": absent("unknown")},
            **{
                "class": {
                    "system": f"{TERMINOLOGY}/v3-ActCode",
                    "code": "IMP",
                    "display": "inpatient encounter",
                }
            },
        ),
        resource(
            "Condition",
            "pneumonia",
            ("Pneumonia",),
            clinicalStatus=hl7("condition-clinical", "resolved"),
            verificationStatus=hl7("condition-ver-status", "confirmed"),
            code=concept("Pneumonia", "폐렴"),
            **subject,
            category=[hl7("condition-category", "encounter-diagnosis")],
            abatementString="resolved",
        ),
        resource(
            "ImagingStudy",
            "study",
            ("Chest CT",),
            status="unknown",
            **subject,
            procedureCode=[imaging],
            modality=[{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}],
        ),
        resource(
            "DiagnosticReport",
            "report",
            ("Chest CT",),
            status="preliminary",
            category=[hl7("v2-0074", "IMG")],
            code=imaging,
            **subject,
            result=[ref("nodule")],
            imagingStudy=[ref("study")],
            media=[{"link": ref("figure")}],
            conclusion="Nodule.",
            _conclusion=ko("결절."),
        ),
        resource("Media", "figure", ("Fig. 2",), status="completed", **subject, content={"title": "Fig. 2"}),
        resource(
            "MedicationStatement",
            "drug",
            ("ceftriaxone",),
            status="unknown",
            **subject,
            medicationCodeableConcept=concept("Ceftriaxone", "세프트리악손"),
            dosage=[
                {
                    "extension": seen("2 g twice daily"),
                    "text": "2 g twice daily",
                    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                    "doseAndRate": [{"doseQuantity": quantity("2", "g", "g")}],
                }
            ],
        ),
        resource("Specimen", "blood", ("Blood cultures",), **subject, type=concept("Blood", "혈액")),
        resource(
            "FamilyMemberHistory",
            "mother",
            ("mother had asthma",),
            status="completed",
            patient=ref("patient"),
            relationship=concept("mother", "어머니", (f"{TERMINOLOGY}/v3-RoleCode", "MTH", "mother")),
            condition=[
                {"code": concept("Asthma", "천식"), "onsetAge": quantity("60", "years", "a", "60 years")}
            ],
        ),
        resource(
            "AllergyIntolerance",
            "latex",
            ("allergic to latex",),
            patient=ref("patient"),
            clinicalStatus=hl7("allergyintolerance-clinical", "active"),
            code=concept("Latex", "라텍스"),
        ),
    ]


def document(entries: list[Json]) -> Json:
    data = TEXT.encode()
    attachment = {
        "contentType": "text/plain; charset=utf-8",
        "data": base64.b64encode(data).decode(),
        "size": len(data),
        "hash": base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode(),
    }
    div = f"<div {XHTML}><p>A woman with pneumonia.</p></div>"
    composition = resource(
        "Composition",
        "composition",
        (),
        language="en",
        text={"status": "generated", "div": div},
        status="preliminary",
        type=concept("Case report", "증례 보고"),
        subject=ref("patient"),
        date="2024-02-29",
        author=[ref("author")],
        title="A case",
        _title=ko("증례"),
        section=[{"title": "Facts", "_title": ko("사실"), "entry": [{"reference": one} for one in entries]}],
    )
    return {
        "composition": composition,
        "text": resource(
            "DocumentReference", "text", (), status="current", content=[{"attachment": attachment}]
        ),
        "patient": resource("Patient", "patient", ("woman",), gender="female", _birthDate=absent("masked")),
        "author": resource("Practitioner", "author", (), name=[{"text": "A. Writer"}]),
    }


def sample() -> Json:
    """Make the bundle."""
    made = [*facts(), *observations()]
    frame = document([f"urn:uuid:{one['id']}" for one in made])
    provenance = resource(
        "Provenance",
        "provenance",
        (),
        target=[ref("patient")],
        recorded="2024-02-29T00:00:00Z",
        agent=[{"who": {"display": "casefhir"}}],
        entity=[{"role": "source", "what": ref("text")}],
    )
    entries = [*frame.values(), *made, provenance]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": urn("bundle")},
        "type": "document",
        "timestamp": "2024-02-29T00:00:00Z",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in entries],
    }


def test_good_bundle_has_no_issue() -> None:
    assert check(sample(), structure=False) == ()


def test_structure_gate_agrees() -> None:
    assert check(sample(), structure=True) == ()

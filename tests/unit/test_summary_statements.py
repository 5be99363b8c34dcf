"""Statements: one register, particles that fit, values as printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from converter.summary import values
from converter.summary.statements import sentences, statement

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"
PRESENT = {"coding": [{"code": "52101004"}], "text": "Present"}
ABSENT = {"coding": [{"code": "2667000"}], "text": "Absent"}


def concept(english: str, korean: str = "", words: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"text": english}
    if korean:
        parts = [{"url": "lang", "valueCode": "ko"}, {"url": "content", "valueString": korean}]
        made["_text"] = {"extension": [{"url": TRANSLATION, "extension": parts}]}
    if words:
        made["extension"] = [{"url": ORIGINAL, "valueString": words}]
    return made


def observed(name: dict[str, Any], category: str = "imaging", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"code": category}]}],
        "code": name,
        **elements,
    }


def said(language: str, *resources: dict[str, Any]) -> tuple[str, ...]:
    return sentences((statement(one, language) for one in resources), language)


NODULE = concept("nodule", "결절")
EFFUSION = concept("pleural effusion", "흉수")


def test_findings_of_one_manner_share_a_sentence() -> None:
    found = [observed(NODULE, valueCodeableConcept=PRESENT), observed(EFFUSION, valueCodeableConcept=PRESENT)]
    assert said("ko", *found) == ("결절 및 흉수가 보임.",)
    assert said("en", *found) == ("Nodule and pleural effusion.",)


def test_denied_findings_are_denied_together() -> None:
    found = [observed(NODULE, valueCodeableConcept=ABSENT), observed(EFFUSION, valueCodeableConcept=ABSENT)]
    assert said("ko", *found) == ("결절, 흉수 없음.",)
    assert said("en", *found) == ("No nodule or pleural effusion.",)


def test_particle_follows_the_last_syllable() -> None:
    assert said("ko", observed(NODULE, valueCodeableConcept=PRESENT)) == ("결절이 보임.",)
    assert said("ko", observed(EFFUSION, valueCodeableConcept=PRESENT)) == ("흉수가 보임.",)


def test_sign_of_an_examination_is_there_not_seen() -> None:
    assert said("ko", observed(EFFUSION, "exam", valueCodeableConcept=PRESENT)) == ("흉수 있음.",)


def test_new_finding_newly_appears() -> None:
    found = observed(EFFUSION, valueCodeableConcept=PRESENT, interpretation=[concept("New", "새로 나타남")])
    assert said("ko", found) == ("흉수가 새로 나타남.",)


def test_no_change_is_not_no_finding() -> None:
    remark = [concept("Unchanged", "변화 없음", "no change of")]
    found = observed(NODULE, valueCodeableConcept=PRESENT, interpretation=remark)
    assert said("ko", found) == ("결절은 이전과 같음.",)
    assert said("en", found) == ("Nodule, unchanged.",)


def test_severity_stands_before_the_name() -> None:
    found = observed(EFFUSION, valueCodeableConcept=PRESENT, interpretation=[concept("severe", "고도")])
    assert said("ko", found) == ("고도 흉수가 보임.",)


def test_report_s_own_word_of_normality_is_kept() -> None:
    normal = concept("Normal", "정상", "preserved")
    found = observed(concept("systolic function", "수축기 기능"), valueCodeableConcept=normal)
    assert said("ko", found) == ("수축기 기능은 보존됨.",)


def test_what_cannot_be_composed_is_quoted_and_counted() -> None:
    found = statement(observed(concept("zorbly blip of the quux"), valueCodeableConcept=PRESENT), "ko")
    assert not found.complete
    assert said("ko", observed(concept("zorbly blip"), valueCodeableConcept=PRESENT)) == (
        '"zorbly blip"이 보임.',
    )


def test_author_s_korean_is_quoted_in_english_only() -> None:
    found = observed({"text": "복부 팽만"}, "exam", valueCodeableConcept=PRESENT)
    assert said("ko", found) == ("복부 팽만 있음.",)
    assert not statement(found, "en").complete


@pytest.mark.parametrize(
    ("status", "state", "korean", "english"),
    [
        ("confirmed", "active", "흉수.", "Pleural effusion."),
        ("provisional", "active", "흉수 가능성 높음.", "Probable pleural effusion."),
        ("refuted", "", "흉수 없음.", "No pleural effusion."),
        ("confirmed", "resolved", "흉수 회복됨.", "Pleural effusion, resolved."),
    ],
)
def test_conditions_are_said_by_their_state(status: str, state: str, korean: str, english: str) -> None:
    condition = {
        "resourceType": "Condition",
        "code": EFFUSION,
        "verificationStatus": {"coding": [{"code": status}]},
        "clinicalStatus": {"coding": [{"code": state}]},
    }
    assert said("ko", condition) == (korean,)
    assert said("en", condition) == (english,)


def quantity(value: str, unit: str, **more: Any) -> dict[str, Any]:
    return {"value": Decimal(value), "unit": unit, "code": unit, **more}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (quantity("5.10", "mg/dL"), "5.10 mg/dL"),
        (quantity("1000", "pg/mL", comparator=">"), ">1000 pg/mL"),
        (quantity("43210", "/uL"), "43,210/μL"),
        (quantity("59", "%"), "59%"),
        (quantity("0.0400", "10*3/uL"), "0.0400 10³/μL"),
    ],
)
def test_values_stand_as_printed(given: dict[str, Any], shown: str) -> None:
    assert values.amount(given) == shown


def test_statistic_and_flag_are_said() -> None:
    found = observed(
        concept("Creatinine", "크레아티닌"),
        "laboratory",
        valueQuantity=quantity("2.40", "mg/dL"),
        method={"coding": [{"code": "average"}]},
        interpretation=[{"coding": [{"code": "H"}]}],
        referenceRange=[{"low": quantity("0.6", "mg/dL"), "high": quantity("1.1", "mg/dL")}],
    )
    assert said("ko", found) == ("크레아티닌 평균 2.40 mg/dL(↑).",)
    row = values.row(found, "en")
    assert (row.value, row.reference, row.flag) == ("average 2.40 mg/dL", "0.6–1.1", "↑")


def test_open_range_says_its_side() -> None:
    found = observed(concept("CRP"), referenceRange=[{"high": quantity("5", "mg/L")}])
    assert values.reference(found) == "≤5 mg/L"


def test_blood_pressure_is_one_value() -> None:
    parts = [
        {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": quantity("120", "mmHg")},
        {"code": {"coding": [{"code": "8462-4"}]}, "valueQuantity": quantity("80", "mmHg")},
    ]
    assert values.value(observed(concept("Blood pressure"), component=parts), "ko").text == "120/80 mmHg"


def test_age_is_said_as_an_age() -> None:
    age = observed({"coding": [{"code": "30525-0"}]}, valueQuantity=quantity("3", "mo"))
    assert values.value(age, "ko").text == "생후 3개월"


def test_author_s_opinion_is_said_to_be_theirs() -> None:
    suspected = {"coding": [{"code": "415684004"}], **concept("Probable", "", "We believe")}
    assert said("ko", observed(NODULE, valueCodeableConcept=suspected)) == ("저자들은 결절로 추정함.",)
    assert said("en", observed(NODULE, valueCodeableConcept=suspected)) == ("Nodule, in the authors' view.",)


def test_phrase_with_a_predicate_gets_no_second() -> None:
    tender = concept("mild tenderness present", "경도의 압통 있음")
    assert said("ko", observed(tender, "exam", valueCodeableConcept=PRESENT)) == ("경도의 압통 있음.",)


def test_bare_noun_is_not_told_beside_its_own_phrase() -> None:
    whole = concept("nodule in the right lower lobe", "우하엽의 결절")
    found = [observed(NODULE, valueCodeableConcept=PRESENT), observed(whole, valueCodeableConcept=PRESENT)]
    assert said("ko", *found) == ("우하엽에 결절이 보임.",)
    denied = [observed(NODULE, valueCodeableConcept=ABSENT), observed(whole, valueCodeableConcept=PRESENT)]
    assert len(said("ko", *denied)) == 2


def test_comparators_are_signs() -> None:
    assert values.amount(quantity("30", "%", comparator=">=")) == "≥30%"

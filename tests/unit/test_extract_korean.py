"""Korean sentences: who is denied what, when, with which value; each made for this test."""

from __future__ import annotations

import pytest

from converter.extractors.gather import extract
from converter.extractors.korean import clause_ends, governs, whole_word
from converter.model import Fact, Quantity, Words
from converter.readers import read
from converter.sections import split


def facts(sentence: str) -> list[Fact]:
    text = f"증례\n52세 남자 환자이다. 이후의 경과는 다음과 같다.\n{sentence}"
    document, _ = read(text.encode(), "x.txt")
    sections, _ = split(document)
    return [m.fact for m in extract(document, sections)]


def told(sentence: str) -> dict[str, str]:
    return {f.name: f.assertion.value for f in facts(sentence)}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("담관 확장이나 담석은 보이지 않았다.", {"담관 확장": "absent", "담석": "absent"}),
        ("압통이 있었으나 반발통은 없었고 황달도 관찰되지 않았다.", {"압통": "present", "반발통": "absent", "황달": "absent"}),
        ("종괴의 조영증강은 없었다.", {"종괴": "present", "조영증강": "absent"}),
        ("결절에서 석회화는 관찰되지 않았다.", {"결절": "present", "석회화": "absent"}),
        ("고혈압과 결핵의 병력은 없었다.", {"고혈압": "absent", "결핵": "absent"}),
        ("하지부종(-), 복수(+).", {"하지부종": "absent", "복수": "present"}),
        ("심잡음 안 들림.", {"심잡음": "absent"}),
        ("실신은 부인하였다.", {"실신": "absent"}),
        ("폐색전증이 의심되었다.", {"폐색전증": "possible"}),
        ("전이 가능성을 배제할 수 없었다.", {"전이": "possible"}),
        ("폐색전증을 배제하기 위해 흉부 CT를 시행하였다.", {"폐색전증": "differential"}),
        ("출혈을 시사하는 고신호는 없었다.", {"출혈": "absent", "고신호": "absent"}),
        ("발열은 치료 3일째 소실되었으나 기침은 호전되지 않았다.", {"발열": "resolved", "기침": "present"}),
        ("10년 전 당뇨병을 진단받았다.", {"당뇨병": "historical"}),
        ("합병증 없이 퇴원하였다.", {"합병증": "absent"}),
        ("신기능 저하로 약물을 투여하지 않았다.", {"신기능 저하": "present"}),
        ("통증과 호흡곤란을 호소하였다.", {"통증": "present", "호흡곤란": "present"}),
        ("CT상 solid mass는 보이지 않았다.", {"solid mass": "absent"}),
    ],
)  # fmt: skip
def test_assertion_follows_clause_and_particle(sentence: str, expected: dict[str, str]) -> None:
    found = told(sentence)
    assert {k: found.get(k) for k in expected} == expected


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("면역복합체 침착은 관찰되지 않았다.", "면역복합체 침착"),
        ("전반적인 서파가 보였다.", "전반적인 서파"),
        ("extreme delta brush가 보였다.", "extreme delta brush"),
        ("소량의 우측 흉수가 있었다.", "소량의 우측 흉수"),
        ("격막을 동반한 저음영 종괴가 관찰되었다.", "저음영 종괴"),
    ],
)
def test_finding_is_its_noun_phrase(sentence: str, name: str) -> None:
    assert name in told(sentence)


@pytest.mark.parametrize("word", ["환자", "소견", "호전", "주소", "검사"])
def test_no_finding_is_made_of_words_that_name_none(word: str) -> None:
    assert word not in told(f"{word}가 있었다.")


@pytest.mark.parametrize(
    ("sentence", "concept", "value", "unit"),
    [
        ("맥박은 분당 112회였다.", "heart-rate", "112", "/min"),
        ("혈색소는 9.8g/dL로 감소되어 있었고 백혈구는 12,300개/μL였다.", "leukocytes", "12300", "/uL"),
        ("AST와 ALT는 각각 86 IU/L와 102 IU/L였다.", "alt", "102", "[IU]/L"),
        ("C-반응단백은 24.8 mg/dL에서 0.8 mg/dL로 감소하였다.", "crp", "0.8", "mg/dL"),
        ("뇌하수체는 높이 12 mm로 커져 있었다.", "pituitary-height", "12", "mm"),
        ("좌하엽에 5mm 크기의 결절이 1개 있었다.", "lesion-size", "5", "mm"),
    ],
)
def test_value_is_bound(sentence: str, concept: str, value: str, unit: str) -> None:
    got = [
        (f.concept.id, str(f.value.value), f.value.ucum)
        for f in facts(sentence)
        if f.concept and isinstance(f.value, Quantity)
    ]
    assert (concept, value, unit) in got


def test_word_at_the_end_is_the_result_of_all_in_the_list() -> None:
    found = {f.concept.id: f.value.code for f in facts("HBsAg과 anti-HCV는 음성이었다.") if f.concept and isinstance(f.value, Words)}  # fmt: skip
    assert found["hbsag"] == found["anti-hcv"] == "negative"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("입원 6일째 흉통이 발생하였다.", "admission after 5-6 d"),
        ("수술 후 2일째 흉통이 발생하였다.", "surgery after 2-2 d"),
        ("내원 2주 전부터 흉통이 있었다.", "admission before 2-2 wk"),
        ("진단 14개월 후 흉통이 발생하였다.", "diagnosis after 14-14 mo"),
        ("수술 다음 날 흉통이 발생하였다.", "surgery after 1-1 d"),
        ("두 달 전부터 흉통이 있었다.", " before 2-2 mo"),
        ("3일간의 흉통을 주소로 내원하였다.", "admission before 3-3 d"),
        ("제3병일에 흉통이 발생하였다.", "admission after 2-3 d"),
        ("퇴원 1개월 후 흉통이 발생하였다.", "discharge after 1-1 mo"),
    ],
)
def test_time_is_read(sentence: str, expected: str) -> None:
    when = next(f.time for f in facts(sentence) if f.name == "흉통")
    assert when
    assert f"{when.anchor} {when.relation} {when.low}-{when.high} {when.unit}" == expected


def test_time_before_ends_with_its_clause() -> None:
    found = {f.name: f.time for f in facts("10년 전 당뇨병을 진단받았고 발열이 있었다.")}
    assert found["당뇨병"] is not None
    assert found["발열"] is None


@pytest.mark.parametrize(
    ("sentence", "site", "side"),
    [
        ("우하복부에 압통이 있었다.", "우하복부", ""),
        ("양측 폐에 결절이 보였다.", "양측 폐", "bilateral"),
        ("간에 3 cm 크기의 낭종이 있었다.", "간", ""),
        ("총담관이 12 mm로 확장되어 있었다.", "총담관", ""),
    ],
)
def test_site_is_what_the_clause_names(sentence: str, site: str, side: str) -> None:
    got = [(s.text, s.laterality) for f in facts(sentence) for s in f.sites]
    assert (site, side) in got


def test_guidance_is_no_study_and_manner_no_procedure() -> None:
    kinds = [
        (f.kind.value, f.name) for f in facts("초음파 유도하 경피적 배농술과 복강경 담낭절제술을 시행하였다.")
    ]
    assert not [k for k in kinds if k[0] == "study"]
    assert ("procedure", "복강경") not in kinds


def test_unknown_drug_is_read_by_its_verb() -> None:
    assert "녹용대보탕" in [f.name for f in facts("녹용대보탕을 투여하였다.") if f.kind.value == "medication"]


def test_relative_of_one_syllable_is_another_person() -> None:
    found = facts("형이 간암으로 사망하였다.")
    assert [f.person.id for f in found if f.person] == ["older-brother"]
    assert not [f for f in found if f.kind.value == "outcome"]


def test_clauses_end_at_connectives() -> None:
    text = "종괴가 보였고 석회화는 없었으나 괴사가 있었다."
    assert [text[:e][-2:] for e in clause_ends(text)] == ["였고", "으나", "었다"]
    assert not governs(text, 2, 14, 16, "absent")


def test_name_over_a_blank_is_no_name() -> None:
    assert not whole_word("흉통과 호흡", 2, 6, "과호흡")

"""Finding phrases, times, sentences and labels. All phrases are written for this project."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.model import Assertion, Time
from converter.phrases import (
    age_phrase,
    certainty_word,
    compose,
    finding_sentence,
    gestation_phrase,
    grouped,
    labels,
    languages,
    time_phrase,
)

PHRASES = {
    # head and modifiers
    "mild hydronephrosis": "경도의 수신증",
    "pericardial effusion": "심낭삼출",
    "an ill-defined hypodense lesion": "경계가 불분명한 저음영 병변",
    "large dense calcified mass": "크고 치밀한 석회화 종괴",
    "cystic and solid mass": "낭성 및 고형 종괴",
    "multiple amorphous low signal intensity foci": "다발성 무정형 저신호 병소",
    "heterogeneously enhancing mass": "불균질하게 조영증강되는 종괴",
    "recurrent deep vein thrombosis": "재발성 심부정맥혈전증",
    # sizes
    "2-cm enhancing nodule": "2 cm 크기의 조영증강 결절",
    "3 x 4 cm cystic mass": "3 × 4 cm 크기의 낭성 종괴",
    "hypoechoic nodule measuring 8 mm in diameter": "직경 8 mm의 저에코 결절",
    "50% stenosis of the left renal artery": "좌신동맥의 50% 협착",
    # amounts and sides
    "a small amount of bilateral pleural effusion": "양측 소량의 흉수",
    "large right pleural effusion": "우측 다량의 흉수",
    "multiple bilateral pulmonary nodules": "양측 다발성 폐 결절",
    "left adrenal mass": "좌측 부신 종괴",
    "large right renal mass": "큰 우측 신장 종괴",
    # sites
    "2-cm enhancing nodule in the right lower lobe": "우하엽의 2 cm 크기 조영증강 결절",
    "diffuse calcific infiltration along the mid wall of the LV": "좌심실 중간층을 따라 미만성 석회화 침윤",
    "rim-like reduced perfusion in the LV mid-layer wall": "좌심실 중간층의 테두리 모양 관류 감소",
    "mass involving the posterior commissure of the mitral valve": "승모판 후교련부를 침범한 종괴",
    "nodules in the liver and spleen": "간 및 비장의 결절",
    "stricture of the distal ureter": "요관 원위부 협착",
    "cyst in the upper pole of the left kidney": "좌측 신장 상극의 낭종",
    "fluid between the liver and the diaphragm": "간과 횡격막 사이의 액체",
    "mass arising from the left kidney": "좌측 신장에서 기원한 종괴",
    "thickening extending from the base to the apex": "기저부에서 첨부까지 이어지는 비후",
    # states become nouns behind a site or a quantity
    "thickened gallbladder wall": "담낭벽 비후",
    "mildly dilated left atrium": "좌심방의 경도 확장",
    "decreased size of the mass": "종괴 크기 감소",
    "marked increase in size of the mass": "종괴 크기의 현저한 증가",
    # relations
    "ring-enhancing lesions in both frontal lobes with surrounding edema": (
        "양측 전두엽의 주위 부종을 동반한 고리형 조영증강 병변"
    ),
    "hydronephrosis due to a ureteral stone": "요관결석으로 인한 수신증",
    "nodules suggestive of metastasis": "전이를 시사하는 결절",
    "mass with calcification": "석회화를 동반한 종괴",
    "mass compressing the inferior vena cava": "하대정맥을 압박하는 종괴",
    # of
    "multiple foci of increased signal in the thalami": "시상의 다발성 고신호 병소",
    "thickening and enhancement of the meninges": "수막의 비후 및 조영증강",
    "rupture of the papillary muscle": "유두근 파열",
    # denial
    "no regional wall motion abnormality": "국소 벽운동 이상 없음",
    "no evidence of metastasis": "전이 소견 없음",
    # lists
    "fever, cough, and dyspnea": "발열, 기침 및 호흡곤란",
    # modifiers alone
    "normal in size": "크기 정상",
    "asymptomatic": "무증상",
    # parentheses
    "weight loss (10 kg)": "체중 감소(10 kg)",
    "left ventricular (LV) hypertrophy": "좌심실 비대",
    # joined modifiers
    "large, irregular, and hypodense lesion": "크고 불규칙한 저음영 병변",
    "thickened and nodular pleura": "비후되고 결절성인 흉막",
    "large or small nodules": "크거나 작은 결절",
    "mass with irregular margins": "경계가 불규칙한 종괴",
    "thoracic and lumbar compression fractures": "흉부 및 요추 압박골절",
    "hypertrophy of the left atrium and ventricle": "좌심방 및 좌심실의 비대",
    # a word's role depends on what stands around it
    "obstructing stone": "폐쇄성 결석",
    "stone obstructing the distal ureter": "요관 원위부를 폐쇄하는 결석",
    "swelling right knee": "우측 무릎 부기",
    "loss of 50% of vertebral height": "척추체 높이 50%의 소실",
    # fluid has amounts, not sizes
    "mild ascites": "소량의 복수",
    "massive pleural effusion": "다량의 흉수",
    # names of persons stay in Latin letters
    "positive Hoffmann sign": "양성 Hoffmann 징후",
    "osteoclast-like giant cells": "파골세포 유사 거대세포",
    # a slip of one letter
    "posterior commisure of the mitral valve": "승모판 후교련부",
    # morphology
    "nephritis": "신염",
    "hypernatremia": "고나트륨혈증",
    "peri-hepatic fluid": "간주위 액체",
}


@pytest.mark.parametrize(("english", "korean"), PHRASES.items())
def test_phrase_is_composed(english: str, korean: str) -> None:
    composed = compose(english)
    assert composed.text == korean
    assert composed.complete


@pytest.mark.parametrize(
    "phrase",
    ["zorblax in the liver", "mass of the quixotic gland", "lesion that wobbles", "of", "and", "in the", "-"],
)
def test_unknown_phrase_stays_english_whole(phrase: str) -> None:
    composed = compose(phrase)
    assert not composed.complete
    assert not re.search("[가-힣]", composed.text)
    assert composed.text.startswith('"')
    assert composed.text.endswith('"')


def test_denial_does_not_reach_behind_but() -> None:
    assert not compose("no mass but a small nodule").complete


def test_korean_phrase_stays() -> None:
    assert compose("좌심실 중간층의 석회화").text == "좌심실 중간층의 석회화"


def test_state_is_told_from_thing() -> None:
    assert compose("asymptomatic").predicate
    assert not compose("nodule").predicate


WORDS = st.sampled_from(
    [
        "no", "a", "the", "mass", "nodule", "effusion", "in", "of", "with", "and", "or", ",",
        "left", "right", "bilateral", "large", "dilated", "mildly", "bile", "duct", "liver", "2",
        "cm", "from", "to", "due", "enhancing", "increased", "size", "lobe", "upper", "lower",
        "but", "(", ")", "50%", "T2", "signal", "along", "involving", "zorblax",
    ]
)  # fmt: skip


@given(st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=40))
def test_any_phrase_is_composed_whole_or_stays_english(phrase: str) -> None:
    composed = compose(phrase)
    if not composed.complete:
        assert composed.text == composed.clause
        assert composed.text.startswith('"')
    assert "+" not in composed.text or "+" in phrase
    assert "~" not in composed.text or "~" in phrase


def test_place_becomes_adverbial_in_a_clause() -> None:
    composed = compose("small nodule in the right lower lobe")
    assert composed.text == "우하엽의 작은 결절"
    assert composed.clause == "우하엽에 작은 결절"


def test_british_and_american_spelling_read_alike() -> None:
    assert compose("pulmonary oedema").text == compose("pulmonary edema").text
    assert compose("haematoma").text == compose("hematoma").text


def test_no_phrase_is_half_translated() -> None:
    for phrase in PHRASES:
        assert not re.search(r"\b[a-z]{3,}", compose(phrase).text)


TIMES = [
    (
        Time("sixth day of hospitalization", "admission", "after", Decimal(5), Decimal(6), "d"),
        "입원 6일째",
        "hospital day 6",
    ),
    (
        Time("hospital day 7", "admission", "after", Decimal(6), Decimal(7), "d"),
        "입원 7일째",
        "hospital day 7",
    ),
    (
        Time("one day before admission", "admission", "before", Decimal(1), Decimal(1), "d"),
        "입원 1일 전",
        "1 day before admission",
    ),
    (Time("3 months later", "", "after", Decimal(3), Decimal(3), "mo"), "3개월 후", "3 months later"),
    (Time("2 years ago", "", "before", Decimal(2), Decimal(2), "a"), "2년 전", "2 years earlier"),
    (
        Time("postoperative day 2", "surgery", "after", Decimal(2), Decimal(2), "d"),
        "수술 후 2일째",
        "postoperative day 2",
    ),
    (
        Time("2 weeks after surgery", "surgery", "after", Decimal(2), Decimal(2), "wk"),
        "수술 2주 후",
        "2 weeks after surgery",
    ),
    (Time("day 3 of life", "birth", "after", Decimal(2), Decimal(3), "d"), "생후 3일", "day 3 of life"),
    (Time("on admission", "admission", "at"), "입원 시", "on admission"),
    (Time("before surgery", "surgery", "before"), "수술 전", "before surgery"),
    (Time("2-3 weeks later", "", "after", Decimal(2), Decimal(3), "wk"), "2–3주 후", "2–3 weeks later"),
    (Time("March 2020", date="2020-03"), "2020년 3월", "March 2020"),
    (Time("5 March 2020", date="2020-03-05"), "2020년 3월 5일", "5 March 2020"),
    (Time("the next day"), "다음 날", "the next day"),
    (None, "시점 기재 없음", "time not stated"),
]


@pytest.mark.parametrize(("time", "korean", "english"), TIMES)
def test_time_is_said_as_the_report_has_it(time: Time | None, korean: str, english: str) -> None:
    assert time_phrase(time, "ko") == korean
    assert time_phrase(time, "en") == english


@pytest.mark.parametrize(
    ("assertion", "change", "full", "expected"),
    [
        (Assertion.PRESENT, "", False, "우하엽에 결절"),
        (Assertion.PRESENT, "", True, "우하엽에 결절이 보임"),
        (Assertion.PRESENT, "new", False, "우하엽에 결절이 새로 나타남"),
        (Assertion.PRESENT, "unchanged", False, "우하엽의 결절은 이전과 같음"),
        (Assertion.PRESENT, "resolved", False, "우하엽의 결절은 소실됨"),
        (Assertion.ABSENT, "", False, "우하엽의 결절 없음"),
        (Assertion.ABSENT, "", True, "우하엽의 결절은 보이지 않음"),
        (Assertion.POSSIBLE, "", False, "우하엽의 결절 의심"),
        (Assertion.DIFFERENTIAL, "", False, "우하엽의 결절 감별 필요"),
    ],
)
def test_finding_is_said_with_assertion_and_change(
    assertion: Assertion, change: str, full: bool, expected: str
) -> None:
    finding = compose("nodule in the right lower lobe")
    assert finding_sentence(finding, "ko", assertion, change, full) == expected


def test_denied_phrase_is_not_denied_twice() -> None:
    assert finding_sentence(compose("no ascites"), "ko", Assertion.ABSENT) == "복수 없음"


def test_quoted_english_takes_a_particle_too() -> None:
    finding = compose("zorblax")
    assert finding_sentence(finding, "ko", change="unchanged") == '"zorblax"는 이전과 같음'


def test_every_assertion_has_a_sentence() -> None:
    for language in languages():
        for assertion in Assertion:
            assert "결절" in finding_sentence("결절", language, assertion)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("almost certain", "거의 확실"),
        ("probable", "가능성 높음"),
        ("unlikely", "가능성 낮음"),
        ("it was speculated", "저자들의 추정"),
        ("suggestive of", "시사"),
        ("in my humble opinion", '"in my humble opinion"'),
    ],
)
def test_certainty_is_in_the_authors_degree(words: str, expected: str) -> None:
    assert certainty_word(words, "ko") == expected


def test_ages() -> None:
    assert age_phrase(Decimal(55), "a", "ko") == "55세"
    assert age_phrase(Decimal(3), "d", "ko") == "생후 3일"
    assert age_phrase(Decimal(1), "a", "en") == "1 year"
    assert gestation_phrase("39", "2", "ko") == "재태 39주 2일"
    assert gestation_phrase("39", "", "en") == "39 weeks of gestation"


def test_only_long_integers_get_separators() -> None:
    assert [grouped(number) for number in ("32322", "1335", "5.10", "00123", "1234567")] == [
        "32,322",
        "1335",
        "5.10",
        "00123",
        "1,234,567",
    ]


def test_languages_have_the_same_keys_and_placeholders() -> None:
    first, *others = (labels(language) for language in languages())
    for other in others:
        assert set(first) == set(other)


def test_english_templates_need_no_particles() -> None:
    assert not any("|" in slot for text in labels("en").values() for slot in re.findall(r"\{[^}]*\}", text))

"""Times: the report's own way of counting, in both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from converter.summary.moments import say
from converter.summary.times import key, when

ENCOUNTER = {"reference": "urn:uuid:e"}
RELATIVE = "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime"
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"


def relative(path: str, relationship: str, low: str, high: str = "", unit: str = "d") -> dict[str, Any]:
    def length(value: str) -> dict[str, Any]:
        return {"value": Decimal(value), "code": unit}

    offset = (
        {"valueRange": {"low": length(low), "high": length(high)}} if high else {"valueDuration": length(low)}
    )
    parts = [
        {"url": "target", "valueReference": ENCOUNTER},
        {"url": "targetPath", "valueString": path},
        {"url": "relationship", "valueCode": relationship},
        {"url": "offset", **offset},
    ]
    return {"url": RELATIVE, "extension": parts}


def timed(words: str, *extensions: dict[str, Any]) -> dict[str, Any]:
    kept = [{"url": ORIGINAL, "valueString": words}] if words else []
    return {"resourceType": "Observation", "_effectiveDateTime": {"extension": [*extensions, *kept]}}


@pytest.mark.parametrize(
    ("words", "korean"),
    [
        ("on the fourth day of hospitalization", "입원 4일째"),
        ("hospital day 12", "입원 12일째"),
        ("on postoperative day 3", "수술 후 3일째"),
        ("two days before admission", "입원 2일 전"),
        ("five weeks later", "5주 후"),
        ("a year earlier", "1년 전"),
        ("with a 2-3 week history", "2–3주 전부터"),
        ("twenty-one days after discharge", "퇴원 21일 후"),
        ("during four days of hospitalization", "입원 4일간"),
        ("over 6 months", "6개월간"),
        ("at age 7 years", "7세 때"),
        ("at the age of three", "3세 때"),
        ("within 30 minutes", "30분 이내"),
        ("on admission", "입원 시"),
        ("prior to presentation", "내원 전"),
        ("the next day", "다음 날"),
        ("in October 2012", "2012년 10월"),
        ("on 16 August 2006", "2006년 8월 16일"),
        ("since March 17, 2014", "2014년 3월 17일부터"),
        ("three years prior", "3년 전"),
        ("several days later", "수일 후"),
        ("more than 10 years ago", "10년 이상 전"),
        ("postoperatively", "수술 후"),
        ("approximately 5 months before presentation", "내원 약 5개월 전"),
    ],
)
def test_english_times_are_said_in_korean(words: str, korean: str) -> None:
    assert say(words, None, "ko") == korean


def test_printed_words_are_kept_in_their_own_language() -> None:
    assert say("on the fourth day of hospitalization", None, "en") == "on the fourth day of hospitalization"
    assert say("입원 4일째", None, "ko") == "입원 4일째"


def test_unread_time_stands_in_quotation_marks() -> None:
    assert say("between the holidays", None, "ko") == '"between the holidays"'


def test_day_never_shows_the_computed_range() -> None:
    found = timed("day 6 after admission", relative("Encounter.period.start", "after-start", "5", "6"))
    assert when(found, "ko") == "입원 6일째"


def test_relative_time_without_words_is_said_from_its_parts() -> None:
    found = timed("", relative("Encounter.period.start", "before-start", "3"))
    assert (when(found, "ko"), when(found, "en")) == ("입원 3일 전", "3 days before admission")


def test_korean_words_are_said_in_english_from_their_parts() -> None:
    found = timed("퇴원 2개월 후", relative("Encounter.period.end", "after-end", "2", unit="mo"))
    assert when(found, "en") == "2 months after discharge"


def test_printed_date_stands_as_it_is() -> None:
    assert when({"resourceType": "Observation", "effectiveDateTime": "2020-03-01"}, "ko") == "2020-03-01"


def test_studies_are_ordered_by_days_from_admission() -> None:
    before = timed("", relative("Encounter.period.start", "before-start", "1"))
    after = timed("", relative("Encounter.period.start", "after-start", "5", "6"))
    discharge = timed("", relative("Encounter.period.end", "after-end", "1"))
    keys = [key(one) for one in (before, after, discharge)]
    assert None not in keys
    assert keys == sorted(keys, key=lambda found: found or Decimal(0))


def test_words_alone_give_no_order() -> None:
    assert key(timed("later")) is None

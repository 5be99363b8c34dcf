"""Times and ages as the report has them: 입원 6일째, 3개월 후, 생후 3일; hospital day 6, 3 months later."""

from __future__ import annotations

import re
from decimal import Decimal

from converter.model import Time
from converter.phrases.labels import label, labels

_ORDINAL = re.compile(
    r"\b\d+(?:st|nd|rd|th)\b|\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|twentieth|last)\b|\b(?:days?|weeks?|months?|years?|HD|POD|DOL)\W{0,3}#?\d|일째|주째",
    re.I,
)
_WORDS = (
    (re.compile(r"follow[- ]?up|추적", re.I), "follow_up"),
    (re.compile(r"next day|following day|day after|다음 ?날", re.I), "next_day"),
    (re.compile(r"same day|같은 ?날|당일", re.I), "same_day"),
    (re.compile(r"previous day|day before|전날", re.I), "previous_day"),
    (re.compile(r"initial|at first|처음|초기", re.I), "initial"),
    (re.compile(r"^(?:subsequent(?:ly)?|later|thereafter|afterwards?)$|이후", re.I), "later"),
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def time_phrase(time: Time | None, language: str = "ko") -> str:
    """Put a time into words, as the report has it and never as the computed range.

    >>> time_phrase(Time("sixth day of hospitalization", "admission", "after", Decimal(5), Decimal(6), "d"))
    '입원 6일째'
    >>> time_phrase(Time("3 months later", "", "after", Decimal(3), Decimal(3), "mo"), "en")
    '3 months later'
    """
    if time is None:
        return labels(language)["time_word.none"]
    if time.date:
        return _date(time.date, language)
    if not time.relation:
        return _words(time.text, language)
    if time.low is None and time.high is None:
        return _without_number(time, language)
    return _with_number(time, language)


def amount(value: str, unit: str, language: str) -> str:
    """Put a number and a unit of time into words.

    >>> amount("3", "mo", "ko"), amount("3", "mo", "en")
    ('3개월', '3 months')
    """
    name = _unit(value, unit, language)
    return f"{value}{name}" if language == "ko" else f"{value} {name}"


def duration_phrase(value: str, unit: str, language: str) -> str:
    """Put a length of time into words: 5일간, for 5 days."""
    return label(language, "time_word.duration", amount=amount(value, unit, language))


def age_phrase(value: Decimal | str, unit: str, language: str) -> str:
    """Put an age into words.

    >>> age_phrase(Decimal(55), "a", "ko"), age_phrase(Decimal(3), "d", "ko"), age_phrase("1", "mo", "en")
    ('55세', '생후 3일', '1 month')
    """
    text = label(language, f"age.{unit}", value=str(value))
    return text[:-1] if language == "en" and str(value) == "1" else text


def gestation_phrase(weeks: str, days: str, language: str) -> str:
    """Put a gestational age into words: 재태 39주 2일."""
    if days and days != "0":
        return label(language, "age.gestation_days", weeks=weeks, days=days)
    return label(language, "age.gestation", weeks=weeks)


def grouped(number: str) -> str:
    """Give an integer of five digits or more its separators; nothing else about a printed number changes.

    >>> grouped("32322"), grouped("1335"), grouped("5.10")
    ('32,322', '1335', '5.10')
    """
    return f"{int(number):,}" if re.fullmatch(r"[1-9]\d{4,}", number) else number


def _with_number(time: Time, language: str) -> str:
    """Word a time with a number: an ordinal day, or a distance from its anchor."""
    known = labels(language)
    low = time.high if time.low is None else time.low
    high = time.low if time.high is None else time.high
    assert low is not None
    assert high is not None
    ordinal = time.relation == "after" and bool(time.anchor) and bool(_ORDINAL.search(time.text))
    if ordinal and high - low <= 1:
        number = _printed(high)
    elif low == high:
        number = _printed(low)
    else:
        number = label(language, "time_word.range", low=_printed(low), high=_printed(high))
    unit = _unit("1" if ordinal else number, time.unit, language)
    stem = f"time.{time.anchor}_"
    if time.relation == "at" and stem + "at" in known:
        return known[stem + "at"]
    key = "day" if ordinal else time.relation
    if stem + key in known:
        return label(language, stem + key, n=number, unit=unit)
    return label(language, "time.earlier" if time.relation == "before" else "time.later", n=number, unit=unit)


def _without_number(time: Time, language: str) -> str:
    """Word a time that only says before, after or at an anchor."""
    key = f"time.{time.anchor}_" + ("at" if time.relation == "at" else f"anytime_{time.relation}")
    return labels(language)[key] if key in labels(language) else _words(time.text, language)


def _words(text: str, language: str) -> str:
    """Word a time that is words only; what no table knows stays as printed, quoted in Korean."""
    if not text:
        return labels(language)["time_word.none"]
    if language == "en" or re.search("[가-힣]", text):
        return text
    for pattern, key in _WORDS:
        if pattern.search(text):
            return label(language, f"time_word.{key}")
    return label(language, "time_word.quoted", words=text)


def _date(date: str, language: str) -> str:
    """Word an ISO date, month or year."""
    year, month, day = (*date[:10].split("-"), "", "")[:3]
    values = {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}
    values["month_name"] = _MONTHS[int(month) - 1] if month else ""
    return label(language, "time_word." + ("date" if day else "month" if month else "year"), **values)


def _printed(number: Decimal) -> str:
    return format(number.normalize(), "f") if number == number.to_integral_value() else format(number, "f")


def _unit(number: str, unit: str, language: str) -> str:
    one, _, many = labels(language).get(f"time_unit.{unit}", unit).partition("|")
    return one if number == "1" or not many else many

"""When, as the report has it: 입원 6일째, 3개월 후; never the computed range.

The printed words are read for their kind (a day counted, a time before or after, a length); what they
leave open, the relative time beside them says. Words that nobody reads stand in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from converter.fhir.text import HANGUL
from converter.fhir.time import RELATIVE
from converter.mappings import load_toml
from converter.model import Time
from converter.phrases import age_phrase, label, labels, time_phrase
from converter.phrases import amount as length
from converter.summary.source import EMPTY, Element, beside, extension, original
from converter.summary.wording import quoted, word

MOMENTS = ("effectiveDateTime", "started", "performedDateTime", "occurrenceDateTime", "onsetDateTime",
           "abatementDateTime", "recordedDate")  # fmt: skip
PERIODS = ("effectivePeriod", "performedPeriod", "occurrencePeriod", "onsetPeriod", "abatementPeriod")
STRINGS = ("onsetString", "abatementString", "occurrenceString")
TARGETS = {
    "Encounter.period.start": "admission",
    "Encounter.period.end": "discharge",
    "Patient.birthDate": "birth",
    "Procedure.performed": "surgery",
    "MedicationStatement.effective": "treatment",
    "Condition.onset": "onset",
    "Condition.recordedDate": "diagnosis",
}
DAYS = {"h": Decimal("0.04"), "d": Decimal(1), "wk": Decimal(7), "mo": Decimal(30), "a": Decimal(365)}
ANCHORS = (
    ("discharge", "discharge"),
    ("surgery", "surg|operat|resection|ectomy|procedure"),
    ("transplantation", "transplant"),
    ("diagnosis", "diagnos"),
    ("onset", "onset|symptom"),
    ("treatment", "treatment|therapy"),
    ("birth", "birth|delivery"),
    ("presentation", "presentation|presenting|arrival"),
    ("admission", "admission|admitted|hospital"),
)
"""What a time is counted from, by its words; the first that fits."""
UNITS = {"hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}
_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to|or)\s*(\d+(?:\.\d+)?))?[\s-]*(hour|day|week|month|year)s?\b"
)
_DAY = re.compile(r"\b(\d+)(?:st|nd|rd|th)\s+(?:\w+\s+)?day\b|\bday\s+(\d+)\b")
_KINDS = (
    ("age", re.compile(r"\bage\b|\bold\b")),
    ("before", re.compile(r"\b(?:before|prior to|ago|earlier|previous(?:ly)?)\b")),
    ("since", re.compile(r"\b(?:history|duration|since|past|last)\b")),
    ("within", re.compile(r"\bwithin\b")),
    ("after", re.compile(r"\b(?:after|later|following|from|post(?:\w*))\b|^in\b")),
    ("during", re.compile(r"\b(?:during|over|for)\b")),
)
_ABOUT = re.compile(r"\b(?:approximately|about|around|nearly|almost|roughly)\b")
_MORE = re.compile(r"\bmore than\b")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time read: what kind it is, how long, counted from what."""

    kind: str
    anchor: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    about: bool = False
    more: bool = False


def when(resource: Element, language: str) -> str:
    """Say when a resource holds, or nothing."""
    for key in MOMENTS:
        stands = beside(resource, key)
        if key in resource or stands:
            return _words(str(resource.get(key, "")), stands, language)
    for key in PERIODS:
        if key in resource:
            return _words("–".join(_ends(resource[key])), resource[key], language)
    for key in STRINGS:
        if resource.get(key):
            return say(str(resource[key]), relative(beside(resource, key)), language)
    age = resource.get("onsetAge")
    return _words("", {**age, "extension": age.get("extension", ())}, language) if age else ""


def _ends(period: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(str(period[end]) for end in ("start", "end") if end in period))


def _words(date: str, stands: Element, language: str) -> str:
    """Prefer the report's words; a printed date as it is."""
    printed = original(stands)
    if printed:
        return say(printed, relative(stands), language)
    if date:
        return date
    found = relative(stands)
    return _frame(found, language) if found else ""


def relative(stands: Element) -> Moment | None:
    """Read the relative time beside a missing date."""
    found = extension(stands, RELATIVE)
    parts = {part.get("url"): part for part in found.get("extension", ())}
    if not {"targetPath", "relationship", "offset"} <= parts.keys():
        return None
    anchor = TARGETS.get(str(parts["targetPath"].get("valueString", "")), "")
    side = str(parts["relationship"].get("valueCode", "")).partition("-")[0]
    low, high, unit = _offset(parts["offset"])
    if side == "concurrent":
        return Moment("at", anchor)
    if side == "before":
        return Moment("before", anchor, low, high, unit)
    if low == "0" and high:
        return Moment("during", anchor, high, "", unit)
    if high and unit == "d" and anchor == "admission" and Decimal(high) - Decimal(low) == 1:
        return Moment("day", anchor, high, "", unit)
    return Moment("age" if anchor == "birth" else "after", anchor, low, high, unit)


def _offset(part: Element) -> tuple[str, str, str]:
    one, two = part.get("valueDuration", EMPTY), part.get("valueRange", EMPTY)
    low, high = (one, EMPTY) if one else (two.get("low", EMPTY), two.get("high", EMPTY))
    return str(low.get("value", "")), str(high.get("value", "")), str(low.get("code", ""))


def say(printed: str, known: Moment | None, language: str) -> str:
    """Say a printed time in a language."""
    korean = bool(HANGUL.search(printed))
    if korean == (language == "ko"):
        return printed
    read = None if korean else moment(printed)
    if read and known and not read.anchor and read.kind != "since":
        read = replace(read, anchor=known.anchor)
    found = read or known
    if found:
        return _frame(found, language) or quoted(printed, language)
    return quoted(printed, language) if korean else time_phrase(Time(printed), language)


@lru_cache(maxsize=2048)
def moment(printed: str) -> Moment | None:
    """Read English words of time.

    >>> moment("on the sixth day of hospitalization")
    Moment(kind='day', anchor='admission', low='6', high='', unit='d', about=False, more=False)
    """
    words = _digits(printed.casefold())
    anchor = _anchor(words)
    about, more = bool(_ABOUT.search(words)), bool(_MORE.search(words))
    day = _DAY.search(words)
    if day:
        return Moment("day", anchor, day[1] or day[2], "", "d", about, more)
    amount = _AMOUNT.search(words)
    if amount:
        found = next((name for name, pattern in _KINDS if pattern.search(words)), "")
        return (
            Moment(found, anchor, amount[1], amount[2] or "", UNITS[amount[3]], about, more)
            if found
            else None
        )
    if not anchor or re.search(r"\d", words):
        return None
    named = (("before", r"\b(?:before|prior)\b"), ("after", r"\b(?:after|following)\b"),
             ("during", r"\bduring\b"), ("at", r"^(?:on|upon|at)\b"))  # fmt: skip
    found = next((name for name, pattern in named if re.search(pattern, words)), "")
    return Moment(found, anchor) if found else None


def _anchor(words: str) -> str:
    return next((name for name, cues in ANCHORS if re.search(cues, words)), "")


@cache
def _numbers() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Read the number words, longest first; "a" and "an" are one only before a unit."""
    table = load_toml("fhir/number-words.toml")["en"]
    words = {w: n for n, names in table.items() for w in names if n.isdigit() and w.isalpha() and len(w) > 2}
    units = [w for w, n in words.items() if int(n) < 10]
    whole = sorted(words, key=lambda w: (-len(w), w))
    tens = [w for w in whole if int(words[w]) >= 20 and int(words[w]) % 10 == 0 and int(words[w]) < 100]
    pairs = [(f"{t}[- ]{u}", str(int(words[t]) + int(words[u]))) for t in tens for u in units]
    skip = {
        "each",
        "every",
        "per",
        "single",
        "daily",
        "weekly",
        "monthly",
        "nightly",
        "hourly",
        "yearly",
        "annual",
    }
    ordinal = re.compile(r"(?:th|first|second|third|tieth)$")
    found = [*pairs, *((w, words[w]) for w in whole if w not in skip)]
    made = ((w, n + ("th" if ordinal.search(w) else "")) for w, n in found)
    return tuple((re.compile(rf"\b{w}\b"), n) for w, n in made)


def _digits(words: str) -> str:
    """Write number words as figures."""
    words = re.sub(r"\b(?:an?|the past|the last)\b(?= (?:hour|day|week|month|year)\b)", "1", words)
    for pattern, number in _numbers():
        words = pattern.sub(number, words)
    return words


def _frame(found: Moment, language: str) -> str:
    """Put a moment into the language's frame."""
    table = labels(language)
    if found.kind in ("since", "within", "during", "age"):
        return _span(found, language)
    if not found.low:
        wanted = found.kind if found.kind == "at" else f"anytime_{found.kind}"
        return table.get(f"time.{found.anchor}_{wanted}", "")
    number, unit = _number(found, language), _unit(found, language)
    side = found.kind if found.kind == "day" else {"before": "earlier", "after": "later"}[found.kind]
    own = f"time.{found.anchor}_{found.kind}"
    frame = own if own in table else f"time.{side}"
    return label(language, frame, n=number, unit=unit).strip()


def _span(found: Moment, language: str) -> str:
    """Word a length of time: three weeks long, within two days of surgery, at the age of ten."""
    if not found.low:
        return ""
    if found.kind == "age":
        return label(language, "summary_time.age", amount=age_phrase(found.low, found.unit, language))
    named = _length(found, language)
    anchor = word(language, "summary_anchor", found.anchor)
    key = f"anchored_{found.kind}"
    if anchor and f"summary_time.{key}" in labels(language):
        return label(language, f"summary_time.{key}", amount=named, anchor=anchor)
    return label(language, f"summary_time.{found.kind}", amount=named)


def _length(found: Moment, language: str) -> str:
    made = length(_range(found, language), found.unit, language)
    for key, holds in (("about", found.about), ("more", found.more)):
        made = label(language, f"summary_time.{key}", amount=made) if holds else made
    return made


def _range(found: Moment, language: str) -> str:
    if not found.high or found.high == found.low:
        return found.low
    return label(language, "summary_time.range", low=found.low, high=found.high)


def _number(found: Moment, language: str) -> str:
    """Write the number; with about, where Korean and English both put it before the number."""
    made = _range(found, language)
    return label(language, "summary_time.about", amount=made) if found.about else made


def _unit(found: Moment, language: str) -> str:
    """Name the unit; more than is said behind it in Korean, before the number in English."""
    one, _, many = labels(language)[f"time_unit.{found.unit}"].partition("|")
    return one if not many or found.low == "1" or found.kind == "day" else many


def key(resource: Element) -> Decimal | None:
    """Give the days from admission that a study can be ordered by, or None."""
    for name in MOMENTS:
        stands = beside(resource, name)
        found = relative(stands) if stands else None
        if found is None:
            continue
        if found.kind == "at":
            return Decimal(0) if found.anchor == "admission" else None
        length = Decimal(found.low or found.high or 0) * DAYS.get(found.unit, Decimal(1))
        if found.anchor == "admission":
            return -length if found.kind == "before" else (None if found.kind == "during" else length)
        if found.anchor == "discharge":
            return length + 10_000
    return None


def dated(resource: Element) -> str:
    """Give the printed date that a study can be ordered by."""
    return next((str(resource[name]) for name in MOMENTS if resource.get(name)), "")

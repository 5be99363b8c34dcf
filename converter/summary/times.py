"""When a resource holds, and what a study can be ordered by."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from converter.fhir.time import RELATIVE
from converter.summary.moments import Moment, frame, moment, say
from converter.summary.source import EMPTY, Element, beside, extension, original

MOMENTS = {
    key: f"_{key}"
    for key in (
        *("effectiveDateTime", "started", "performedDateTime", "occurrenceDateTime"),
        *("onsetDateTime", "abatementDateTime", "recordedDate"),
    )
}
"""The elements of a time, each with the place of its extensions."""
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
AFTER_DISCHARGE = 10_000
"""Days that put what is counted from discharge behind what is counted from admission."""


def when(resource: Element, language: str) -> str:
    """Say when a resource holds, or nothing."""
    for key, twin in MOMENTS.items():
        if key in resource or resource.get(twin):
            return _words(str(resource.get(key, "")), beside(resource, key), language)
    for key in PERIODS:
        if key in resource:
            first = beside(resource[key], "start")
            if printed := original(first):
                return say(printed, spread(resource[key]), language)
            return _words("–".join(_ends(resource[key])), resource[key], language)
    for key in STRINGS:
        words = str(resource.get(key, ""))
        if words and (moment(words) or relative(beside(resource, key))):
            return say(words, relative(beside(resource, key)), language)
    age = resource.get("onsetAge")
    return _words("", age, language) if age else ""


def _ends(period: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(str(period[end]) for end in ("start", "end") if end in period))


def _words(date: str, stands: Element, language: str) -> str:
    """Prefer the report's words; a printed date as it is."""
    printed = original(stands)
    found = relative(stands)
    if printed:
        return say(printed, found, language)
    return date or (frame(found, language) if found else "")


def relative(stands: Element) -> Moment | None:
    """Read the relative time beside a missing date."""
    parts = {part.get("url"): part for part in extension(stands, RELATIVE).get("extension", ())}
    if not {"targetPath", "relationship", "offset"} <= parts.keys():
        return None
    anchor = TARGETS.get(str(parts["targetPath"].get("valueString", "")), "")
    side = str(parts["relationship"].get("valueCode", "")).partition("-")[0]
    return _moment(anchor, side, *_offset(parts["offset"]))


def spread(period: Element) -> Moment | None:
    """Read the relative time whose bounds are the ends of a Period."""
    first, last = (relative(beside(period, end)) for end in ("start", "end"))
    if first is None or last is None or not first.low or not last.low:
        return first
    side = "before" if first.kind == "before" else "after"
    low, high = sorted((first.low, last.low), key=Decimal)
    return _moment(first.anchor, side, low, high, first.unit)


def _moment(anchor: str, side: str, low: str, high: str, unit: str) -> Moment:
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


def key(resource: Element) -> Decimal | None:
    """Give the days from admission that a study can be ordered by, or None."""
    moments = (relative(beside(resource, name)) for name in MOMENTS)
    found = next((m for m in moments if m), None) or spread(resource.get("effectivePeriod", EMPTY))
    if found is None or found.anchor not in ("admission", "discharge"):
        return None
    if found.kind == "at":
        return Decimal(0 if found.anchor == "admission" else AFTER_DISCHARGE)
    length = Decimal(found.low or found.high or 0) * DAYS.get(found.unit, Decimal(1))
    if found.anchor == "discharge":
        return length + AFTER_DISCHARGE
    return {"before": -length, "during": None}.get(found.kind, length)


def dated(resource: Element) -> str:
    """Give the printed date that a study can be ordered by."""
    return next((str(resource[name]) for name in MOMENTS if resource.get(name)), "")

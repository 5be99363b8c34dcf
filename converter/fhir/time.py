"""When: relative times as the report has them, dates only where the report or the caller gives one.

A relative time stands beside the absent date: data-absent-reason, cqf-relativeDateTime (anchor, side,
offset) and the words themselves. https://hl7.org/fhir/R4/extension-cqf-relativedatetime.html
"""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from converter.fhir import evidence, plan
from converter.fhir.codes import UCUM
from converter.fhir.context import Context, Element, pack
from converter.fhir.text import absent, original, primitive
from converter.model import Fact, FactKind, Time

RELATIVE = "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime"
ZERO = Decimal(0)
RELATION = {"before": "before", "after": "after", "at": "concurrent-with"}
DAYS = {"d": 1, "wk": 7}
MONTHS = {"mo": 1, "a": 12}


class Anchor(NamedTuple):
    """What a relative time counts from."""

    target: Element
    path: str
    side: str = "start"


class Timed(NamedTuple):
    """Name of a dateTime element, and of the Period that may stand in its place."""

    moment: str
    period: str = ""
    spread: bool = False
    """Write a range of offsets as the two ends of the Period (docs/adr/0003-day-counts.md)."""


EFFECTIVE = Timed("effectiveDateTime", "effectivePeriod")
OBSERVED = Timed("effectiveDateTime", "effectivePeriod", spread=True)
PERFORMED = Timed("performedDateTime", "performedPeriod")
OCCURRENCE = Timed("occurrenceDateTime", "occurrencePeriod")
ONSET = Timed("onsetDateTime", "onsetPeriod")
ABATEMENT = Timed("abatementDateTime", "abatementPeriod")


def of_fact(ctx: Context, index: int, name: Timed) -> dict[str, Any]:
    """Say when a fact holds; a result without a time of its own has that of the study it was read from."""
    fact = ctx.facts.items[index]
    study = ctx.study(fact)
    if fact.time is None and study is not None:
        return made(ctx, study.time, name, fact.study)
    return made(ctx, fact.time, name, index)


def made(ctx: Context, time: Time | None, name: Timed, index: int | None = None) -> dict[str, Any]:
    """Make a dateTime (or Period) element of a time; nothing where there is none."""
    if time is None:
        return {}
    kept = [*([original(time.text)] if time.text else []), *evidence.element(ctx, time.spans)]
    dates = absolute(time, ctx.options.admission_date)
    if dates is None and name.spread and (time.low or ZERO) < (time.high or ZERO):
        return _spread(ctx, time, name, index)
    if dates is None:
        return primitive(name.moment, None, [absent("masked"), *relative(ctx, time, index), *kept])
    first, last = dates
    if first == last or not name.period:
        return primitive(name.moment, first if first == last else _common(first, last), kept)
    return {name.period: pack(extension=kept, start=first, end=last)}


def _spread(ctx: Context, time: Time, name: Timed, index: int | None) -> dict[str, Any]:
    """Make a Period whose ends are the bounds of an offset: "day 6" lies 5 to 6 days after admission."""
    bounds = (time.high, time.low) if time.relation == "before" else (time.low, time.high)
    ends = [replace(time, low=bound, high=bound) for bound in bounds]
    made = [[absent("masked"), *relative(ctx, end, index), original(time.text)] for end in ends]
    start, end = (primitive(key, None, parts) for key, parts in zip(("start", "end"), made, strict=True))
    return {name.period: pack(extension=evidence.element(ctx, time.spans), **start, **end)}


def relative(ctx: Context, time: Time, index: int | None = None) -> list[Element]:
    """Make the extension of a relative time; empty for words without an anchor, a side or an offset."""
    side = RELATION.get(time.relation)
    anchor = anchor_of(ctx, time.anchor, index)
    offset = _offset(time)
    if side is None or anchor is None or offset is None:
        return []
    parts = [
        {"url": "target", "valueReference": anchor.target},
        {"url": "targetPath", "valueString": anchor.path},
        {"url": "relationship", "valueCode": f"{side}-{anchor.side}"},
        {"url": "offset", **offset},
    ]
    return [{"url": RELATIVE, "extension": parts}]


def _offset(time: Time) -> dict[str, Any] | None:
    low = time.low if time.low is not None else time.high
    high = time.high if time.high is not None else time.low
    if low is None or high is None:
        return {"valueDuration": duration(ZERO, "d")} if time.relation == "at" else None
    if not time.unit:
        return None
    if low > high:
        return None
    if low == high:
        return {"valueDuration": duration(low, time.unit)}
    return {"valueRange": {"low": duration(low, time.unit), "high": duration(high, time.unit)}}


def duration(value: Decimal, unit: str) -> Element:
    """Make a Duration; its unit is UCUM's own code."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def anchor_of(ctx: Context, anchor: str, index: int | None = None) -> Anchor | None:
    """Find the resource that a time is counted from; none where the report gives no such thing."""
    if anchor == "admission":
        return Anchor(ctx.reference("Encounter"), "Encounter.period.start")
    if anchor == "discharge":
        return Anchor(ctx.reference("Encounter"), "Encounter.period.end", "end")
    if anchor == "birth":
        return Anchor(ctx.reference("Patient"), "Patient.birthDate")
    for kind, path in ANCHORS.get(anchor, ()):
        found = _nearest(ctx, anchor, kind, index)
        if found is not None:
            return Anchor(found, path)
    return None


ANCHORS = {
    "surgery": (("Procedure", "Procedure.performed"),),
    "transplantation": (("Procedure", "Procedure.performed"),),
    "treatment": (
        ("MedicationStatement", "MedicationStatement.effective"),
        ("Procedure", "Procedure.performed"),
    ),
    "onset": (("Condition", "Condition.onset"),),
    "diagnosis": (("Condition", "Condition.recordedDate"),),
}


def _nearest(ctx: Context, anchor: str, kind: str, index: int | None) -> Element | None:
    """Take the last such act before the fact in reading order, else the first after it."""
    items = ctx.facts.items
    fit = [
        i
        for i, fact in enumerate(items)
        if i != index and (i, kind) in ctx.planned and _is_anchor(fact, anchor, kind)
    ]
    if not fit:
        return None
    place = len(items) if index is None else index
    before = [i for i in fit if i < place]
    return ctx.to(before[-1] if before and kind != "Condition" else fit[0], kind)


def _is_anchor(fact: Fact, anchor: str, kind: str) -> bool:
    if fact.assertion in plan.DENIED:
        return False
    if kind == "Condition":
        return fact.principal or (anchor == "onset" and fact.presenting)
    if kind == "Procedure" and fact.kind is not FactKind.PROCEDURE:
        return False
    words = f"{fact.name} {fact.concept.en if fact.concept else ''}".casefold()
    return anchor != "transplantation" or "transplant" in words or "이식" in words


def absolute(time: Time, admission: str) -> tuple[str, str] | None:
    """Give the first and last date of a time where the report prints it or admission's date gives it.

    >>> day = Time("the sixth day", "admission", "after", Decimal(5), Decimal(6), "d")
    >>> absolute(day, "2020-01-30")
    ('2020-02-04', '2020-02-05')
    """
    if time.date:
        return (time.date, time.date)
    if not admission or time.anchor != "admission" or time.relation not in RELATION:
        return None
    low = time.low if time.low is not None else time.high
    high = time.high if time.high is not None else time.low
    if low is None or high is None:
        return (admission, admission) if time.relation == "at" else None
    sign = -1 if time.relation == "before" else 1
    ends = [_moved(admission, sign * limit, time.unit) for limit in (low, high)]
    if None in ends:
        return None
    first, last = sorted(str(end) for end in ends)
    return (first, last)


def _moved(start: str, offset: Decimal, unit: str) -> str | None:
    """Move a date by days or weeks to a date, by months to a month, by years to a year."""
    date = datetime.date.fromisoformat(start)
    if offset != offset.to_integral_value():
        return None
    if unit in DAYS:
        return (date + datetime.timedelta(days=int(offset) * DAYS[unit])).isoformat()
    if unit in MONTHS:
        months = date.year * 12 + date.month - 1 + int(offset) * MONTHS[unit]
        return f"{months // 12:04d}" if unit == "a" else f"{months // 12:04d}-{months % 12 + 1:02d}"
    return start if unit in ("h", "min") and offset == 0 else None


def _common(first: str, last: str) -> str | None:
    """Keep what two dates share, year and month or year alone, where an element takes no Period."""
    for length in (7, 4):
        if first[:length] == last[:length]:
            return first[:length]
    return None


def instant(printed: str) -> str:
    """Complete a date to the instant that Bundle.timestamp wants; the first day of what is printed.

    >>> instant("2021-05")
    '2021-05-01T00:00:00Z'
    """
    if "T" in printed:
        return printed
    if printed.isdigit() and len(printed) > 4:
        moment = datetime.datetime.fromtimestamp(int(printed), datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = [*printed.split("-"), "01", "01"][:3]
    return "-".join(parts) + "T00:00:00Z"


UNCOUNTED = re.compile(r"\bthe (?:hour|day|week|month|year) (?:after|following)\b")
"""A time that prints no number: no age can be written that stands in its words."""


def age_at(time: Time | None) -> tuple[Decimal, str] | None:
    """Give the age that a time counted from birth is, where it is one number."""
    if time is None or time.anchor != "birth" or time.relation == "before" or not time.unit:
        return None
    exact = time.low if time.high in (None, time.low) else None
    if UNCOUNTED.search(time.text.casefold()):
        return None
    return (exact, time.unit) if exact else None

"""Drugs and vaccines. https://hl7.org/fhir/R4/medicationstatement.html, .../immunization.html"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from converter.fhir import evidence, plan, text, time, value, words
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.model import Assertion, Dosage, Fact, Phrase, Quantity, Range

STATUS = {
    Assertion.ABSENT: "not-taken",
    Assertion.NOT_DONE: "not-taken",
    Assertion.PLANNED: "intended",
    Assertion.RESOLVED: "stopped",
    Assertion.PRESENT: "completed",
    Assertion.HISTORICAL: "completed",
}
LENGTH = re.compile(r"(\d+(?:\.\d+)?)[\s-]*(hour|day|week|month|year|시간|일|주|개월|년)", re.IGNORECASE)
UNITS = {
    "hour": "h",
    "시간": "h",
    "day": "d",
    "일": "d",
    "week": "wk",
    "주": "wk",
    "month": "mo",
    "개월": "mo",
    "year": "a",
    "년": "a",
}


def medication_statement(ctx: Context, index: int) -> Resource:
    """Build the MedicationStatement of a fact."""
    fact = ctx.facts.items[index]
    return resource(
        ctx,
        "MedicationStatement",
        ctx.planned[(index, "MedicationStatement")],
        extension=evidence.naming(ctx, fact.evidence),
        status=STATUS.get(fact.assertion, "unknown"),
        statusReason=_reason(ctx, fact),
        medicationCodeableConcept=text.of_fact(fact),
        subject=ctx.reference("Patient"),
        context=ctx.reference("Encounter"),
        **time.made(ctx, fact.time, time.EFFECTIVE, index),
        note=value.notes(ctx, fact),
        dosage=[dosage(ctx, fact.dosage)] if fact.dosage and dosage(ctx, fact.dosage) else None,
    )


def _reason(ctx: Context, fact: Fact) -> list[Element]:
    """Say why it was not given or stopped, in the author's words."""
    words = fact.certainty
    if words is None or fact.assertion not in {*plan.DENIED, Assertion.RESOLVED}:
        return []
    return [text.said(words, value.phrase_spans(ctx, words))]


def dosage(ctx: Context, given: Dosage) -> Element:
    """Make a Dosage: the words, how often and how long, the route, the dose."""
    length = _bounds(given.duration)
    repeat = {"boundsDuration": length} if length else None
    spans = value.phrase_spans(ctx, given.frequency) + value.phrase_spans(ctx, given.duration)
    code = _often(given.frequency) if given.frequency else None
    timing = pack(repeat=repeat, code=code)
    extra = given.duration if given.duration and not length else None
    return pack(
        extension=evidence.element(ctx, given.spans),
        text=given.text or _words(given),
        additionalInstruction=[text.said(extra)] if extra else None,
        timing={**pack(extension=spans), **timing} if timing else None,
        route=text.of_concept(given.route) if given.route else None,
        doseAndRate=_dose(ctx, given),
    )


def _often(frequency: Phrase) -> Element:
    """Say how often in both languages, where the words are usual ones."""
    return text.label(frequency.text, words.often(frequency.text))


def _words(given: Dosage) -> str:
    parts = [given.frequency, given.duration]
    return ", ".join(part.text for part in parts if part)


def _bounds(length: Phrase | None) -> Element | None:
    """Read a length of treatment, "for 5 days"; None where it is not in figures."""
    found = LENGTH.search(length.text) if length else None
    return time.duration(Decimal(found[1]), UNITS[found[2].casefold()]) if found else None


def _dose(ctx: Context, given: Dosage) -> list[Element]:
    dose = given.dose
    if isinstance(dose, Quantity):
        plain = value.quantity(dose, evidence.element(ctx, dose.spans), simple=True)
        return [{"doseQuantity": plain}]
    if isinstance(dose, Range):
        made = value.choice(ctx, dose, "dose")
        return [made] if "doseRange" in made or "doseQuantity" in made else []
    return []


def immunization(ctx: Context, index: int) -> Resource:
    """Build the Immunization of a fact; R4 wants a time, or why there is none."""
    fact = ctx.facts.items[index]
    done = fact.assertion not in {*plan.DENIED, Assertion.PLANNED}
    return resource(
        ctx,
        "Immunization",
        ctx.planned[(index, "Immunization")],
        extension=evidence.naming(ctx, fact.evidence),
        status="completed" if done else "not-done",
        vaccineCode=text.of_fact(fact),
        patient=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **_occurred(ctx, index, fact),
        note=value.notes(ctx, fact),
    )


def _occurred(ctx: Context, index: int, fact: Fact) -> dict[str, Any]:
    """Say when; in words where no date is known, as R4 wants one of the two with a value."""
    when = fact.time
    if when is None:
        return text.primitive("occurrenceString", "Not stated", [text.translation("기재 없음")])
    if time.absolute(when, ctx.options.admission_date):
        return time.made(ctx, when, time.Timed("occurrenceDateTime"), index)
    kept = [*time.relative(ctx, when, index), text.original(when.text), *evidence.element(ctx, when.spans)]
    return text.primitive("occurrenceString", when.text, kept)

"""The encounter that the report tells of; relative times count from its start.

https://hl7.org/fhir/R4/encounter.html
"""

from __future__ import annotations

import re
from typing import Any

from converter.fhir import codes, evidence, plan, text, time
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.model import Assertion, Fact, FactKind

CLASSES = {
    "IMP": "inpatient encounter",
    "AMB": "ambulatory",
    "EMER": "emergency",
    "VR": "virtual",
}
INPATIENT = re.compile(r"admi|hospitali|inpatient|transferred|입원", re.IGNORECASE)
EMERGENCY = re.compile(r"emergenc|\bE[RD]\b|응급", re.IGNORECASE)
VIRTUAL = re.compile(r"telemedicine|teleconsult|virtual|비대면|원격", re.IGNORECASE)


def encounter(ctx: Context) -> Resource:
    """Build the Encounter; its class by the words, its reason the presenting complaints."""
    presenting = [i for i, fact in enumerate(ctx.facts.items) if fact.presenting]
    return resource(
        ctx,
        "Encounter",
        ctx.single("Encounter"),
        extension=evidence.naming(ctx, *(fact.evidence for fact in _telling(ctx))),
        status="finished",
        **{"class": _class(ctx)},
        subject=ctx.reference("Patient"),
        period=_period(ctx),
        reasonCode=[text.of_fact(ctx.facts.items[i]) for i in presenting],
        reasonReference=[found for i in presenting for found in _complaint(ctx, i)],
        diagnosis=_diagnoses(ctx),
        hospitalization=_hospitalization(ctx),
    )


def _telling(ctx: Context) -> list[Fact]:
    """Choose the facts that tell of the encounter: admission, else the complaint, else who came."""
    items = ctx.facts.items
    for wanted in (
        [fact for fact in items if fact.kind is FactKind.ADMISSION],
        [fact for fact in items if fact.presenting],
        [fact for fact in items if fact.kind in (FactKind.AGE, FactKind.SEX)],
    ):
        if wanted:
            return wanted
    return list(items[:1])


def _admissions(ctx: Context) -> list[Fact]:
    return [fact for fact in ctx.facts.items if fact.kind is FactKind.ADMISSION]


def _class(ctx: Context) -> Element:
    words = " ".join(fact.name for fact in _admissions(ctx))
    anchored = any(fact.time is not None and fact.time.anchor == "admission" for fact in ctx.facts.items)
    if INPATIENT.search(words) or anchored:
        code = "IMP"
    elif EMERGENCY.search(words):
        code = "EMER"
    else:
        code = "VR" if VIRTUAL.search(words) else "AMB"
    return codes.coding(f"{codes.TERMINOLOGY}v3-ActCode", code, CLASSES[code])


def _period(ctx: Context) -> Element:
    """Make the period: its start masked unless a date is given, its end the discharge."""
    dates = [fact.time.date for fact in _admissions(ctx) if fact.time is not None and fact.time.date]
    start = ctx.options.admission_date or (dates[0] if dates else "")
    end = [i for i, fact in enumerate(ctx.facts.items) if _is_discharge(fact) and fact.time is not None]
    made = text.primitive("start", start, [] if start else [text.absent("masked")])
    if not end:
        return made
    stop = ctx.facts.items[end[0]].time
    return {**made, **time.made(ctx, stop, time.Timed("end"), end[0])}


def _is_discharge(fact: Fact) -> bool:
    happened = fact.assertion is Assertion.PRESENT
    return fact.kind is FactKind.OUTCOME and plan.is_discharge(fact) and happened


def _complaint(ctx: Context, index: int) -> list[Element]:
    found = [ctx.to(index, kind) for kind in ("Condition", "Observation")]
    return [reference for reference in found if reference]


def _diagnoses(ctx: Context) -> list[Element]:
    """Link the principal diagnoses."""
    principal = [i for i, fact in enumerate(ctx.facts.items) if fact.principal]
    found = [ctx.to(i, "Condition") for i in principal]
    return [{"condition": reference} for reference in found if reference]


def _hospitalization(ctx: Context) -> dict[str, Any]:
    """Say where the patient came from and how the patient left."""
    emergency = [fact for fact in _admissions(ctx) if EMERGENCY.search(fact.name)]
    left = [fact for fact in ctx.facts.items if _is_discharge(fact)]
    source = {
        **pack(coding=[codes.coding(f"{codes.TERMINOLOGY}admit-source", "emd")]),
        **text.label("From emergency department", "응급실 경유"),
    }
    disposition = _disposition(ctx, left[0]) if left else None
    return pack(admitSource=source if emergency else None, dischargeDisposition=disposition)


HOME = re.compile(r"\bhome\b|자택|귀가", re.IGNORECASE)


def _disposition(ctx: Context, left: Fact) -> Element:
    spans = evidence.element(ctx, left.evidence)
    if not HOME.search(left.name):
        return text.of_concept(left.concept, left.name, spans)
    return text.term(codes.DISCHARGED_HOME, spans, left.name)

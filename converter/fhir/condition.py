"""Conditions: diseases and disorders, with how sure the authors are. https://hl7.org/fhir/R4/condition.html"""

from __future__ import annotations

from typing import Any

from converter.fhir import codes, evidence, text, time, value
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.model import Assertion, Fact, Phrase

VERIFICATION = {
    Assertion.PROBABLE: ("provisional", "Provisional"),
    Assertion.POSSIBLE: ("unconfirmed", "Unconfirmed"),
    Assertion.DIFFERENTIAL: ("differential", "Differential"),
    Assertion.ABSENT: ("refuted", "Refuted"),
}
CONFIRMED = ("confirmed", "Confirmed")
CLINICAL = {
    Assertion.HISTORICAL: ("inactive", "Inactive"),
    Assertion.RESOLVED: ("resolved", "Resolved"),
}
ACTIVE = ("active", "Active")
NOT_HELD = frozenset({Assertion.ABSENT, Assertion.DIFFERENTIAL})
"""Refuted, or one of several alternatives: not on the problem list, neither active nor inactive."""


def condition(ctx: Context, index: int) -> Resource:
    """Build the Condition of a fact."""
    fact = ctx.facts.items[index]
    clinical = CLINICAL.get(fact.assertion, ACTIVE)
    held = fact.assertion not in NOT_HELD
    return resource(
        ctx,
        "Condition",
        ctx.planned[(index, "Condition")],
        extension=evidence.naming(ctx, fact.evidence),
        clinicalStatus=codes.concept(f"{codes.TERMINOLOGY}condition-clinical", *clinical) if held else None,
        verificationStatus=_verification(ctx, fact),
        category=[_category(fact)],
        severity=_severity(ctx, fact.severity),
        code=text.of_fact(fact),
        bodySite=[text.of_site(site, evidence.element(ctx, site.spans)) for site in fact.sites],
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **_when(ctx, index, fact),
        evidence=_read_from(ctx, fact),
        note=value.notes(ctx, fact),
    )


def _verification(ctx: Context, fact: Fact) -> Element:
    """Make verificationStatus, with the author's own words of certainty as its text."""
    code, display = VERIFICATION.get(fact.assertion, CONFIRMED)
    system = f"{codes.TERMINOLOGY}condition-ver-status"
    own = None if fact.assertion in (Assertion.RESOLVED, Assertion.HISTORICAL) else fact.certainty
    words = own or (ctx.facts.publication.certainty if fact.principal else None)
    made = {"coding": [codes.coding(system, code, display)]}
    if words is None:
        return made
    said = text.said(words, value.phrase_spans(ctx, words))
    return {**pack(extension=said.pop("extension", None)), **made, **said}


def _category(fact: Fact) -> Element:
    system = f"{codes.TERMINOLOGY}condition-category"
    if fact.principal or fact.assertion in NOT_HELD:
        return codes.concept(system, "encounter-diagnosis", "Encounter Diagnosis")
    return codes.concept(system, "problem-list-item", "Problem List Item")


def _severity(ctx: Context, severity: Phrase | None) -> Element | None:
    if severity is None:
        return None
    return value.words_of(ctx, severity, codes.SEVERITY.get(severity.text.casefold()))


def _when(ctx: Context, index: int, fact: Fact) -> dict[str, Any]:
    """Say when it began, or when it ended where that is what the text says, or when it was ruled out."""
    if fact.assertion is Assertion.RESOLVED:
        return time.made(ctx, fact.time, time.ABATEMENT, index) or _ended(fact)
    if fact.assertion is Assertion.ABSENT:
        return time.made(ctx, fact.time, time.Timed("recordedDate"), index)
    age = time.age_at(fact.time)
    if age is None or fact.time is None:
        return time.made(ctx, fact.time, time.ONSET, index)
    kept = [text.original(fact.time.text), *evidence.element(ctx, fact.time.spans)]
    return {"onsetAge": {"extension": kept, **time.duration(*age)}}


def _ended(fact: Fact) -> dict[str, Any]:
    return {"abatementString": fact.certainty.text} if fact.certainty else {}


def _read_from(ctx: Context, fact: Fact) -> list[Element]:
    """Link the report that the condition was read from."""
    report = ctx.to(fact.study, "DiagnosticReport") if fact.study is not None else None
    return [{"detail": [report]}] if report else []

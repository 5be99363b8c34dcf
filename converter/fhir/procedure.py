"""Procedures done, or not done and why. https://hl7.org/fhir/R4/procedure.html"""

from __future__ import annotations

from converter.fhir import evidence, plan, text, time, value
from converter.fhir.context import Context, Element, Resource, resource
from converter.fhir.imaging_study import code_of
from converter.model import Fact, FactKind


def procedure(ctx: Context, index: int) -> Resource:
    """Build the Procedure of a fact: an operation, or a test for which something was done."""
    fact = ctx.facts.items[index]
    done = fact.assertion not in plan.DENIED
    report = ctx.to(index, "DiagnosticReport")
    return resource(
        ctx,
        "Procedure",
        ctx.planned[(index, "Procedure")],
        extension=evidence.naming(ctx, fact.evidence),
        status="completed" if done else "not-done",
        statusReason=None if done else _reason(ctx, fact),
        code=code_of(fact) if fact.kind is FactKind.STUDY else text.of_fact(fact),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **time.made(ctx, fact.time, time.PERFORMED, index),
        bodySite=[text.of_site(site, evidence.element(ctx, site.spans)) for site in fact.sites],
        report=[report] if report else None,
        note=value.notes(ctx, fact),
    )


def _reason(ctx: Context, fact: Fact) -> Element | None:
    """Say why it was not done, in the author's words."""
    words = fact.certainty
    return text.said(words, value.phrase_spans(ctx, words)) if words else None

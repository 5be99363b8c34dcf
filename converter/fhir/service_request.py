"""What is planned: requests with intent plan. https://hl7.org/fhir/R4/servicerequest.html"""

from __future__ import annotations

from converter.fhir import evidence, plan, text, time, value
from converter.fhir.context import Context, Resource, resource
from converter.fhir.imaging_study import code_of
from converter.model import FactKind


def service_request(ctx: Context, index: int) -> Resource:
    """Build the ServiceRequest of a plan, or of a planned study or procedure."""
    fact = ctx.facts.items[index]
    return resource(
        ctx,
        "ServiceRequest",
        ctx.planned[(index, "ServiceRequest")],
        extension=evidence.naming(ctx, fact.evidence),
        status="unknown",
        intent="plan",
        doNotPerform=True if fact.assertion in plan.DENIED else None,
        code=code_of(fact) if fact.kind is FactKind.STUDY else text.of_fact(fact),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **time.made(ctx, fact.time, time.OCCURRENCE, index),
        bodySite=[text.of_site(site, evidence.element(ctx, site.spans)) for site in fact.sites],
        note=value.notes(ctx, fact),
    )

"""Allergies, also that none are known. https://hl7.org/fhir/R4/allergyintolerance.html"""

from __future__ import annotations

import re

from converter.fhir import codes, evidence, plan, text, value
from converter.fhir.context import Context, Resource, resource
from converter.model import Assertion

ANY = re.compile(r"^(any |known |drug |food |other )*allerg(y|ies|ic .*)$|^알레르기", re.IGNORECASE)
VERIFICATION = {
    Assertion.ABSENT: ("refuted", "Refuted"),
    Assertion.POSSIBLE: ("unconfirmed", "Unconfirmed"),
    Assertion.PROBABLE: ("unconfirmed", "Unconfirmed"),
}
CONFIRMED = ("confirmed", "Confirmed")


def allergy_intolerance(ctx: Context, index: int) -> Resource:
    """Build the AllergyIntolerance of a fact; "no known allergies" is a statement of its own."""
    fact = ctx.facts.items[index]
    denied = fact.assertion in plan.DENIED
    none_known = denied and bool(ANY.match(fact.name.strip()))
    clinical = ("inactive", "Inactive") if denied and not none_known else ("active", "Active")
    verified = CONFIRMED if none_known else VERIFICATION.get(fact.assertion, CONFIRMED)
    system = f"{codes.TERMINOLOGY}allergyintolerance-"
    return resource(
        ctx,
        "AllergyIntolerance",
        ctx.planned[(index, "AllergyIntolerance")],
        extension=evidence.naming(ctx, fact.evidence),
        clinicalStatus=codes.concept(f"{system}clinical", *clinical),
        verificationStatus=codes.concept(f"{system}verification", *verified),
        code=text.term(codes.NO_KNOWN_ALLERGY, words=fact.name) if none_known else text.of_fact(fact),
        patient=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        note=value.notes(ctx, fact),
    )

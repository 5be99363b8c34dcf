"""Relatives: one FamilyMemberHistory each. https://hl7.org/fhir/R4/familymemberhistory.html"""

from __future__ import annotations

from typing import Any

from converter.fhir import codes, evidence, plan, text, time
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.fhir.ids import folded
from converter.model import Concept, Fact

KIND = "FamilyMemberHistory"


def family_member_history(ctx: Context, indexes: list[int]) -> Resource:
    """Build the history of one relative out of all facts that tell of this relative."""
    facts = [ctx.facts.items[i] for i in indexes]
    held = [fact for fact in facts if fact.assertion not in plan.DENIED and not _is_only_the_person(fact)]
    denied = [fact for fact in facts if fact.assertion in plan.DENIED]
    return resource(
        ctx,
        KIND,
        ctx.planned[(indexes[0], KIND)],
        extension=evidence.naming(ctx, *(fact.evidence for fact in facts)),
        status="completed",
        patient=ctx.reference("Patient"),
        relationship=_relationship(facts[0].person),
        note=[_denial(fact) for fact in denied],
        condition=[_condition(ctx, fact) for fact in held],
    )


def _relationship(person: Concept | None) -> Element:
    return text.of_concept(person) if person else text.term(codes.FAMILY_MEMBER)


def _is_only_the_person(fact: Fact) -> bool:
    person = fact.person
    return person is not None and folded(fact.name) in {folded(person.en), folded(person.ko), person.id}


def _denial(fact: Fact) -> Element:
    """Write what the relatives do not have, for which R4 has no element."""
    english, korean = text.names(fact)
    return text.label(f"No {english}", f"{korean} 없음" if korean else "")


def _condition(ctx: Context, fact: Fact) -> Element:
    return {
        **pack(extension=evidence.element(ctx, fact.evidence)),
        "code": text.of_fact(fact),
        **_onset(ctx, fact),
    }


def _onset(ctx: Context, fact: Fact) -> dict[str, Any]:
    """Say at what age it began, or in the words of the text when."""
    if fact.time is None:
        return {}
    spans = evidence.element(ctx, fact.time.spans)
    age = time.age_at(fact.time)
    if age is None:
        return text.primitive("onsetString", fact.time.text, spans)
    return {"onsetAge": {**pack(extension=spans), **time.duration(*age)}}

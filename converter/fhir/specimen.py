"""Specimens that results were read from. https://hl7.org/fhir/R4/specimen.html"""

from __future__ import annotations

from converter.fhir import evidence, text
from converter.fhir.context import Context, Resource, resource


def specimen(ctx: Context, indexes: list[int]) -> Resource:
    """Build the Specimen that some results share; what names it are the words of the specimen."""
    facts = [ctx.facts.items[i] for i in indexes]
    words = [fact.specimen_words for fact in facts if fact.specimen_words]
    spans = [phrase.spans for phrase in words if phrase.spans] or [facts[0].evidence]
    printed = words[0].text if words else ""
    return resource(
        ctx,
        "Specimen",
        ctx.planned[(indexes[0], "Specimen")],
        extension=evidence.naming(ctx, *spans),
        type=text.of_concept(facts[0].specimen, printed),
        subject=ctx.reference("Patient"),
    )

"""Reports: one for each imaging study, test or culture, with what was read from it.

https://hl7.org/fhir/R4/diagnosticreport.html
"""

from __future__ import annotations

from converter.fhir import codes, evidence, services, text, time
from converter.fhir.conclusion import conclusion
from converter.fhir.context import Context, Element, Resource, resource, status
from converter.fhir.imaging_study import code_of
from converter.model import Assertion, Fact, FactKind

CONCLUDED = frozenset({Assertion.PRESENT, Assertion.PROBABLE, Assertion.POSSIBLE})


def diagnostic_report(ctx: Context, index: int) -> Resource:
    """Build the report of a study, a test or a culture."""
    fact = ctx.facts.items[index]
    read = [i for i in ctx.read_from(index) if ctx.facts.items[i].kind is not FactKind.FIGURE]
    results = [found for i in [index, *read] if (found := ctx.to(i, "Observation"))]
    specimens = [found for i in [index, *read] if (found := ctx.to(i, "Specimen"))]
    study = ctx.to(index, "ImagingStudy")
    return resource(
        ctx,
        "DiagnosticReport",
        ctx.planned[(index, "DiagnosticReport")],
        extension=evidence.naming(ctx, fact.evidence),
        status=status(ctx),
        category=[codes.concept(*category) for category in services.categories(fact)],
        code=_code(fact),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **time.made(ctx, fact.time, time.EFFECTIVE, index),
        specimen=[dict(pair) for pair in dict.fromkeys(tuple(s.items()) for s in specimens)],
        result=results,
        imagingStudy=[study] if study else None,
        media=_media(ctx, index),
        **conclusion(ctx, fact, [ctx.facts.items[i] for i in read]),
        conclusionCode=[text.of_fact(ctx.facts.items[i]) for i in read if _concludes(ctx.facts.items[i])],
    )


def _code(fact: Fact) -> Element:
    if fact.kind is FactKind.ORGANISM:
        return text.term(codes.CULTURE)
    return code_of(fact) if fact.kind is FactKind.STUDY else text.of_fact(fact)


def _concludes(fact: Fact) -> bool:
    return fact.kind is FactKind.CONDITION and fact.assertion in CONCLUDED


def _media(ctx: Context, index: int) -> list[Element]:
    """Link the figures that show the study."""
    figures = [i for i in ctx.read_from(index) if ctx.facts.items[i].kind is FactKind.FIGURE]
    links = [(ctx.facts.items[i].name, ctx.to(i, "Media")) for i in figures]
    return [{"comment": name, "link": link} for name, link in links if link]

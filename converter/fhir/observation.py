"""Observations: age, findings, measurements, organisms, social history, outcomes.

https://hl7.org/fhir/R4/observation.html
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from converter.fhir import codes, evidence, plan, services, text, time, value, words
from converter.fhir.context import Context, Element, Resource, pack, resource, status
from converter.fhir.ids import own
from converter.model import Assertion, Component, Fact, FactKind, Phrase, Quantity, Site, Words

NINETY = Decimal(90)


def observation(ctx: Context, index: int) -> Resource:
    """Build the Observation of a fact; elements stand in R4's order."""
    fact = ctx.facts.items[index]
    return resource(
        ctx,
        "Observation",
        ctx.planned[(index, "Observation")],
        extension=[*evidence.naming(ctx, fact.evidence), *_more_sites(ctx, fact)],
        **_origin(ctx, index, fact),
        status=status(ctx),
        category=_category(ctx, fact),
        code=_code(ctx, fact),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **_when(ctx, index, fact),
        **_value(ctx, fact),
        interpretation=[*value.interpretation(ctx, fact), *_degree(ctx, fact)],
        note=value.notes(ctx, fact),
        bodySite=_site(ctx, fact.sites[0]) if fact.sites else None,
        method=_method(ctx, fact),
        specimen=ctx.to(index, "Specimen"),
        referenceRange=value.reference_range(ctx, fact.reference),
        derivedFrom=_source(ctx, index, fact, "ImagingStudy"),
        component=[_component(ctx, fact, part) for part in fact.components],
    )


def _origin(ctx: Context, index: int, fact: Fact) -> dict[str, Any]:
    """Say what was done to get the result: the endoscopy, the biopsy."""
    return pack(partOf=_source(ctx, index, fact, "Procedure"))


def _source(ctx: Context, index: int, fact: Fact, kind: str) -> list[Element]:
    """Refer to the study or act that a result comes from, be it the fact's own."""
    place = index if fact.study is None else fact.study
    found = ctx.to(place, kind)
    return [found] if found else []


def _more_sites(ctx: Context, fact: Fact) -> list[Element]:
    """Keep the sites after the first, for which R4's Observation has no element."""
    url = own(ctx.options.base, "body-site")
    return [{"url": url, "valueCodeableConcept": _site(ctx, site)} for site in fact.sites[1:]]


def _site(ctx: Context, site: Site) -> Element:
    return text.of_site(site, evidence.element(ctx, site.spans))


def category(ctx: Context, fact: Fact) -> str:
    """Choose the category: the fact's own, else by what it was read from."""
    if fact.category in codes.OBSERVATION_CATEGORY:
        return fact.category
    study = ctx.study(fact) or fact
    if study.kind is FactKind.STUDY:
        return "imaging"
    if study.kind is FactKind.TEST:
        return "laboratory" if services.is_laboratory(study) else "procedure"
    return DEFAULT_CATEGORY.get(fact.kind, "exam")


DEFAULT_CATEGORY = {
    FactKind.AGE: "social-history",
    FactKind.SOCIAL: "social-history",
    FactKind.ORGANISM: "laboratory",
}


def _category(ctx: Context, fact: Fact) -> list[Element]:
    code = category(ctx, fact)
    system = f"{codes.TERMINOLOGY}observation-category"
    return [codes.concept(system, code, codes.OBSERVATION_CATEGORY[code])]


def _code(ctx: Context, fact: Fact) -> Element:
    if fact.kind is FactKind.AGE:
        return text.term(codes.AGE)
    if fact.kind is FactKind.ORGANISM and fact.assertion not in plan.DENIED:
        study = ctx.study(fact)
        return text.of_fact(study) if study else text.term(codes.CULTURE)
    return text.of_fact(fact)


def _when(ctx: Context, index: int, fact: Fact) -> dict[str, Any]:
    """Say when; vital signs must have a time in R4, if only the reason why it is missing."""
    made = time.of_fact(ctx, index, time.OBSERVED)
    if made or category(ctx, fact) != "vital-signs":
        return made
    return text.primitive("effectiveDateTime", None, [text.absent("unknown")])


def _value(ctx: Context, fact: Fact) -> dict[str, Any]:
    """Make value[x]: the organism, the printed value, or that the finding is present or absent."""
    if fact.assertion is Assertion.NOT_DONE:
        return {"dataAbsentReason": NOT_PERFORMED}
    if fact.kind is FactKind.ORGANISM and fact.assertion not in plan.DENIED:
        return {"valueCodeableConcept": _organism(ctx, fact)}
    if fact.value is not None and fact.assertion not in plan.DENIED and not value.is_remark(fact):
        return value.choice(ctx, _age(ctx, fact))
    if fact.components or (fact.kind is FactKind.MEASUREMENT and fact.interpretation):
        return {}
    if fact.kind is FactKind.MEASUREMENT and fact.assertion is Assertion.PRESENT:
        return {"dataAbsentReason": UNKNOWN}
    return {"valueCodeableConcept": presence(ctx, fact)}


NOT_PERFORMED = codes.concept(f"{codes.TERMINOLOGY}data-absent-reason", "not-performed", "Not Performed")
UNKNOWN = codes.concept(f"{codes.TERMINOLOGY}data-absent-reason", "unknown", "Unknown")


def _organism(ctx: Context, fact: Fact) -> Element:
    spans = evidence.element(ctx, fact.evidence)
    return text.of_concept(fact.concept, fact.name, spans)


def presence(ctx: Context, fact: Fact) -> Element:
    """Say whether a finding is present, with the author's words of certainty or denial."""
    known = codes.PRESENCE.get(fact.assertion, codes.PRESENT)
    words = fact.certainty
    return text.term(known, value.phrase_spans(ctx, words), words.text if words else "")


def _age(ctx: Context, fact: Fact) -> Any:
    """Write an age over 89 as >=90 where asked: rarer ages may identify a person."""
    printed = fact.value
    old = ctx.options.over_90 and fact.kind is FactKind.AGE and isinstance(printed, Quantity)
    if old and isinstance(printed, Quantity) and printed.ucum == "a" and printed.value >= NINETY:
        return replace(printed, value=NINETY, comparator=">=")
    return printed


def _degree(ctx: Context, fact: Fact) -> list[Element]:
    """Make interpretations of degree and newness where the name itself does not say them."""
    made = []
    severity = fact.severity
    if isinstance(fact.value, Words) and value.is_remark(fact):
        said = Phrase(fact.value.text, fact.value.spans)
        spans = value.phrase_spans(ctx, said)
        known = codes.REMARKS.get(fact.value.code)
        made.append(text.term(known, spans, said.text) if known else text.said(said, spans))
    if severity is not None and severity.text.casefold() not in fact.name.casefold():
        known = codes.SEVERITY.get(severity.text.casefold())
        made.append(value.words_of(ctx, severity, known, coded=False))
    if fact.new and "new" not in fact.name.casefold():
        made.append(text.term(codes.NEW))
    return made


def _method(ctx: Context, fact: Fact) -> Element | None:
    """Make method: the statistic that the value is, else the way it was measured."""
    if fact.statistic is not None:
        found = [term for word, term in codes.STATISTICS.items() if word in fact.statistic.text.casefold()]
        return value.words_of(ctx, fact.statistic, found[0] if found else None)
    if fact.method is None:
        return None
    return {
        **pack(extension=value.phrase_spans(ctx, fact.method)),
        **text.label(fact.method.text, text.composed(fact.method.text)),
    }


def _component(ctx: Context, fact: Fact, part: Component) -> Element:
    """Make a component; it never bears its parent's code beside a value of the parent (obs-7)."""
    same = fact.concept is not None and part.concept == fact.concept
    known = None if same else part.concept
    korean = words.PARTS.get(part.name.casefold(), "")
    name = text.label(part.name, korean) if known is None and korean else text.of_concept(known, part.name)
    coded = name if "coding" in name else {**_pressure_coding(fact, part), **name}
    return {"code": coded, **value.choice(ctx, part.value)}


def _pressure_coding(fact: Fact, part: Component) -> Element:
    """Code the parts of a blood pressure as R4's own profile of it demands (bp)."""
    if fact.concept is None or all(code.code != codes.BLOOD_PRESSURE for code in fact.concept.codes):
        return {}
    named = f"{part.name} {part.concept.en if part.concept else ''}".casefold()
    found = [known for words, known in codes.PRESSURES if any(word in named for word in words)]
    return {"coding": [codes.coding(*found[0][:3])]} if found else {}

"""The document's first page: sections that list every resource, titled in both languages.

Narratives are added later, by the summary. https://hl7.org/fhir/R4/composition.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from converter.fhir import codes, evidence, plan, services, text
from converter.fhir.context import Context, Element, Resource, pack, resource, status
from converter.fhir.imaging_study import title as study_title
from converter.fhir.observation import category
from converter.fhir.practitioner import first_roles
from converter.model import Assertion, Fact, FactKind
from converter.text import HANGUL

TITLES = {
    "presentation": ("Presentation", "내원 경과"),
    "history": ("History", "병력"),
    "studies": ("Studies and findings", "검사 소견"),
    "laboratory": ("Laboratory", "검사실 검사"),
    "diagnosis": ("Diagnosis", "진단"),
    "treatment": ("Treatment", "치료"),
    "course": ("Course and plan", "경과 및 계획"),
    "figures": ("Figures", "그림"),
    "source": ("Source", "출처"),
}
BY_KIND = {
    FactKind.CONDITION: "diagnosis",
    FactKind.ORGANISM: "laboratory",
    FactKind.STUDY: "studies",
    FactKind.TEST: "studies",
    FactKind.PROCEDURE: "treatment",
    FactKind.MEDICATION: "treatment",
    FactKind.IMMUNIZATION: "history",
    FactKind.ALLERGY: "history",
    FactKind.RELATIVE: "history",
    FactKind.SOCIAL: "history",
    FactKind.OUTCOME: "course",
    FactKind.PLAN: "course",
    FactKind.FIGURE: "figures",
}
ACTS = ("ImagingStudy", "Procedure", "DiagnosticReport", "Observation", "ServiceRequest")


def composition(ctx: Context) -> Resource:
    """Build the Composition; the software that put it together is named beside the report's authors."""
    korean = ctx.facts.publication.title_ko
    printed = ctx.facts.publication.title
    first = printed or korean
    name = first.text if first else codes.CASE_REPORT.en
    return resource(
        ctx,
        "Composition",
        ctx.single("Composition"),
        language="en",
        status=status(ctx),
        type=text.term(codes.CASE_REPORT),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        date=ctx.timestamp,
        author=[*first_roles(ctx), ctx.reference("Device")],
        **text.primitive("title", name, _title_extensions(ctx)),
        section=_sections(ctx),
    )


def _title_extensions(ctx: Context) -> list[Element]:
    printed, korean = ctx.facts.publication.title, ctx.facts.publication.title_ko
    if printed is None:
        spans = korean.spans if korean else ()
        return evidence.element(ctx, spans) if korean else [text.translation(codes.CASE_REPORT.ko)]
    ours = "" if HANGUL.search(printed.text) else text.composed(printed.text)
    shown = korean.text if korean else ours
    translated = [text.translation(shown)] if shown else []
    return [*translated, *evidence.element(ctx, printed.spans, korean.spans if korean else ())]


def section_of(ctx: Context, index: int) -> str:
    """Choose the section that lists a fact's resources."""
    fact = ctx.facts.items[index]
    past = fact.assertion in (Assertion.HISTORICAL, Assertion.RESOLVED) and not fact.principal
    if fact.presenting or fact.kind is FactKind.AGE:
        return "presentation"
    if fact.assertion is Assertion.FAMILY or (fact.kind is FactKind.CONDITION and past):
        return "history"
    if fact.kind in READ:
        return _section_of_result(ctx, fact)
    return "laboratory" if _is_laboratory(fact) else BY_KIND.get(fact.kind, "course")


def _section_of_result(ctx: Context, fact: Fact) -> str:
    study = ctx.study(fact)
    if study is not None:
        return "laboratory" if _is_laboratory(study) else "studies"
    return "laboratory" if category(ctx, fact) == "laboratory" else "presentation"


def _is_laboratory(fact: Fact) -> bool:
    return fact.kind is FactKind.TEST and services.is_laboratory(fact)


READ = frozenset({FactKind.FINDING, FactKind.MEASUREMENT})
"""Kinds that are listed with the study they were read from."""


def _sections(ctx: Context) -> list[Element]:
    """List what each section holds; studies have a section of their own each."""
    listed: dict[str, list[int]] = {name: [] for name in TITLES}
    for index in range(len(ctx.facts.items)):
        listed[section_of(ctx, index)].append(index)
    first = [ctx.reference("Patient"), ctx.reference("Encounter")]
    made = []
    for name, indexes in listed.items():
        if name == "studies":
            made.append(_section(name, [], [_study(ctx, i) for i in _roots(ctx, indexes)]))
        elif name == "source":
            made.append(_section(name, [ctx.reference("DocumentReference")]))
        else:
            head = first if name == "presentation" else []
            made.append(_section(name, [*head, *_entries(ctx, indexes)]))
    return [section for section in made if "entry" in section or "section" in section]


def _section(name: str, entries: list[Element], parts: Iterable[Element] = ()) -> Element:
    english, korean = TITLES[name]
    whole = [part for part in parts if "entry" in part]
    return {
        **text.primitive("title", english, [text.translation(korean)]),
        **pack(entry=_distinct(entries), section=whole),
    }


def _roots(ctx: Context, indexes: list[int]) -> list[int]:
    """Give the studies and tests of the section, also those that only findings refer to."""
    items = ctx.facts.items
    found = [items[i].study if items[i].kind in READ and ctx.study(items[i]) else i for i in indexes]
    return sorted({i for i in found if i is not None})


def _study(ctx: Context, index: int) -> Element:
    """List one study or test with what was read from it."""
    fact = ctx.facts.items[index]
    english, korean = study_title(fact) if fact.kind is FactKind.STUDY else text.names(fact)
    read = [i for i in ctx.read_from(index) if ctx.facts.items[i].kind in READ]
    own = [found for kind in ACTS if (found := ctx.to(index, kind))]
    entries = [*own, *_entries(ctx, read)]
    named = text.primitive("title", english, [text.translation(korean)] if korean else [])
    return {**named, **pack(entry=_distinct(entries))}


def _entries(ctx: Context, indexes: Iterable[int]) -> list[Element]:
    items = ctx.facts.items
    return [found for i in indexes for kind in plan.targets(items[i]) if (found := ctx.to(i, kind))]


def _distinct(entries: list[Element]) -> list[dict[str, Any]]:
    return [{"reference": urn} for urn in dict.fromkeys(entry["reference"] for entry in entries)]

"""Give names that stand as text alone the codes of the user's own terms, where they are the same name.

Exact names only, and only where one code bears the name: a wrong code is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from converter.model import Code, Component, Concept, Fact, FactKind, Facts, Site
from converter.terms.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which systems may code a kind of fact, and as what in SNOMED CT."""

    tags: tuple[str, ...]
    others: tuple[str, ...] = ()


DISEASE = Wanted(("disorder", "finding", "event", "situation"), ("hpo", "icd-10-cm", "kcd"))
WANTED = {
    FactKind.CONDITION: DISEASE,
    FactKind.FINDING: Wanted(("finding", "disorder", "morphologic abnormality"), ("hpo",)),
    FactKind.MEASUREMENT: Wanted(("observable entity",), ("loinc",)),
    FactKind.ORGANISM: Wanted(("organism",)),
    FactKind.PROCEDURE: Wanted(("procedure", "regime/therapy")),
    FactKind.TEST: Wanted(("procedure",), ("loinc",)),
    FactKind.STUDY: Wanted(("procedure",), ("loinc",)),
    FactKind.MEDICATION: Wanted(("medicinal product", "product", "substance")),
    FactKind.IMMUNIZATION: Wanted(("medicinal product", "product", "substance")),
    FactKind.ALLERGY: Wanted(("substance", "finding")),
}
SITE = Wanted(("body structure", "cell structure"))
SPECIMEN = Wanted(("specimen",))


def coded(facts: Facts, store: Store) -> Facts:
    """Give the facts with what the loaded terms know of their names."""
    return replace(facts, items=tuple(_fact(fact, store) for fact in facts.items))


def _fact(fact: Fact, store: Store) -> Fact:
    wanted = WANTED.get(fact.kind)
    return replace(
        fact,
        concept=_concept(fact.concept, fact.name, wanted, store) if wanted else fact.concept,
        sites=tuple(_site(site, store) for site in fact.sites),
        specimen=_concept(fact.specimen, "", SPECIMEN, store),
        components=tuple(_part(part, store) for part in fact.components),
    )


def _site(site: Site, store: Store) -> Site:
    return replace(site, concept=_concept(site.concept, site.text, SITE, store))


def _part(part: Component, store: Store) -> Component:
    return replace(part, concept=_concept(part.concept, "", WANTED[FactKind.MEASUREMENT], store))


def _concept(concept: Concept | None, printed: str, wanted: Wanted, store: Store) -> Concept | None:
    """Code a concept by its own names, a bare name by itself; what is coded already stays as it is.

    A printed name that says more than its concept's ("ataxia with vitamin E deficiency") is asked first.
    """
    if concept and concept.codes:
        return concept
    more = concept is None or len(printed.split()) > len(concept.en.split())
    asked: list[tuple[str, ...]] = [(printed,)] if more else []
    if concept:
        asked.append((concept.en, concept.ko))
    codes = next((found for names in asked if (found := _codes(names, wanted, store))), ())
    return replace(concept or Concept("", "", printed), codes=codes) if codes else concept


def _codes(names: Iterable[str], wanted: Wanted, store: Store) -> tuple[Code, ...]:
    """Give each system's code where the names of both languages lead to the same; else none of it."""
    found: dict[str, set[Code]] = {}
    for name in names:
        for slug in ("snomed", *wanted.others):
            code = store.find(slug, name, wanted.tags if slug == "snomed" else ())
            if code:
                found.setdefault(slug, set()).add(code)
    return tuple(code for codes in found.values() if len(codes) == 1 for code in codes)

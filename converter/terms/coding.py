"""Give names that stand as text alone the codes of the user's own terms, where they are the same name.

Exact names only, and only where one code bears the name: a wrong code is worse than none.
"""

from __future__ import annotations

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
    """Code a concept by its own names, a bare name by itself; what is coded already stays as it is."""
    if concept and concept.codes:
        return concept
    names = (concept.en, concept.ko) if concept else (printed,)
    found = dict.fromkeys(code for name in names for code in _codes(name, wanted, store))
    codes = _one_a_system(tuple(found))
    return replace(concept or Concept("", "", printed), codes=codes) if codes else concept


def _codes(name: str, wanted: Wanted, store: Store) -> list[Code]:
    found = [store.find("snomed", name, wanted.tags), *(store.find(slug, name) for slug in wanted.others)]
    return [code for code in found if code]


def _one_a_system(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    """Keep a system's code where the names of both languages lead to the same; else none of it."""
    systems = [code.system for code in codes]
    return tuple(code for code in codes if systems.count(code.system) == 1)

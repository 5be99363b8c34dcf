"""Resources -> the facts of the page: what each says, in both languages, and where it stands in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from converter.fhir.evidence import URL as DERIVED
from converter.fhir.text import TRANSLATION
from converter.model import Bundle

Element = Mapping[str, Any]
Place = tuple[int, int]
GROUPS = ("patient", "conditions", "studies", "findings", "results", "treatments", "course", "publication")
GROUP_OF = {
    "Patient": "patient",
    "Encounter": "patient",
    "FamilyMemberHistory": "patient",
    "AllergyIntolerance": "patient",
    "Immunization": "patient",
    "Condition": "conditions",
    "DiagnosticReport": "studies",
    "Media": "studies",
    "MedicationStatement": "treatments",
    "Procedure": "treatments",
    "ServiceRequest": "course",
    "Composition": "publication",
    "DocumentReference": "publication",
    "Practitioner": "publication",
    "Organization": "publication",
}
"""Resource types that are facts of the page; Observations by what they tell."""
BY_CATEGORY = {"social-history": "patient", "laboratory": "results", "vital-signs": "results"}
ON_SPECIMENS = frozenset({"MB", "LAB", "URN", "SR"})
"""Services whose reports are results, not studies."""
SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://dicom.nema.org/resources/ontology/DCM": "DICOM",
    "https://www.nlm.nih.gov/mesh": "MeSH",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "NCI Thesaurus",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
}
PRESENT, ABSENT = "52101004", "2667000"
QUIET = frozenset({"text", "meta", "identifier", "data", "section"})
"""Elements left out of the resource that a fact shows."""
NOWHERE = 1 << 30
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)


@dataclass(frozen=True, slots=True)
class Fact:
    """A resource as the page shows it."""

    id: str
    type: str
    group: str
    english: str
    korean: str
    codes: tuple[str, ...]
    names: tuple[Place, ...]
    """Where it is named."""
    parts: tuple[Place, ...]
    """Where its value, time, site and the like stand."""
    denied: bool
    resource: Element
    """Without narrative and evidence, for reading."""
    parent: str = ""
    """Id of the study that it was read from."""


def facts_of(bundle: Bundle) -> tuple[Fact, ...]:
    """Make the page's facts, in groups and in reading order, a study's own behind it."""
    entries = [one for one in bundle.get("entry", ()) if "resourceType" in one.get("resource", {})]
    by_url = {str(entry.get("fullUrl", n)): entry["resource"] for n, entry in enumerate(entries)}
    parents = _parents(by_url)
    made = {
        url: fact
        for number, (url, one) in enumerate(by_url.items())
        if (fact := _fact(f"f{number}", one, by_url))
    }
    linked = [_linked(fact, made.get(parents.get(url, ""))) for url, fact in made.items()]
    first = {fact.id: _first(fact) for fact in linked}
    return tuple(sorted(linked, key=lambda fact: _order(fact, first)))


def _parents(by_url: Mapping[str, Element]) -> dict[str, str]:
    """Tell which report a result or figure belongs to."""
    found: dict[str, str] = {}
    for url, one in by_url.items():
        if one["resourceType"] != "DiagnosticReport":
            continue
        for child in (*one.get("result", ()), *(media.get("link", {}) for media in one.get("media", ()))):
            found.setdefault(str(child.get("reference", "")), url)
    return found


def _linked(fact: Fact, head: Fact | None) -> Fact:
    """Put a result behind the report that it was read from."""
    return replace(fact, group=head.group, parent=head.id) if head else fact


def _first(fact: Fact) -> int:
    return min((start for start, _ in (*fact.names, *fact.parts)), default=NOWHERE)


def _order(fact: Fact, first: Mapping[str, int]) -> tuple[int, int, str, bool, int, int]:
    """Sort by group, then by place, findings behind their study."""
    head = fact.parent or fact.id
    return (GROUPS.index(fact.group), first[head], head, bool(fact.parent), first[fact.id], int(fact.id[1:]))


def _fact(name: str, resource: Element, by_url: Mapping[str, Element]) -> Fact | None:
    """Make a fact; a report and its ImagingStudy are one."""
    group = _group(resource)
    if not group:
        return None
    images = [
        by_url[url]
        for one in resource.get("imagingStudy", ())
        if (url := str(one.get("reference"))) in by_url
    ]
    english, korean = lines(images[0] if images else resource)
    if not (english or korean):
        return None
    places: dict[Place, None] = {}
    bare = [_bare(one, places) for one in (resource, *images)]
    names = tuple(dict.fromkeys(p for one in (resource, *images) for p in _places(one.get("extension", ()))))
    return Fact(
        id=name,
        type=" + ".join(one["resourceType"] for one in (resource, *images)),
        group=group,
        english=english,
        korean=korean,
        codes=tuple(dict.fromkeys(_codes(resource))),
        names=names,
        parts=tuple(place for place in places if place not in names),
        denied=_denied(resource),
        resource=bare[0],
    )


def _group(resource: Element) -> str:
    """Put a resource into a group, or none."""
    kind = resource["resourceType"]
    codings = [
        coding
        for one in resource.get("category", ())
        if isinstance(one, dict)
        for coding in one.get("coding", ())
    ]
    codes = [str(one.get("code", "")) for one in codings]
    if kind == "Observation":
        return next((BY_CATEGORY[code] for code in codes if code in BY_CATEGORY), "findings")
    if kind == "DiagnosticReport" and ON_SPECIMENS & set(codes):
        return "results"
    return GROUP_OF.get(kind, "")


def lines(resource: Element) -> tuple[str, str]:
    """Read what a narrative says, English and Korean; a resource without one by its code."""
    div = resource.get("text", {}).get("div", "")
    if not div:
        code = resource.get("code", {})
        return str(code.get("text", "")), translated(code, "text")
    root = etree.fromstring(div.encode(), PARSER)
    if root is None:
        return "", ""
    said = ["".join(str(part) for part in paragraph.itertext()) for paragraph in root]
    return (said[0] if said else ""), (said[1] if len(said) > 1 else "")


def translated(element: Element, key: str) -> str:
    """Give a string's Korean from its translation extension."""
    extensions = element.get(f"_{key}", {}).get("extension", ())
    found = (part for one in extensions if one.get("url") == TRANSLATION for part in one.get("extension", ()))
    return next((str(part.get("valueString", "")) for part in found if part.get("url") == "content"), "")


def _denied(resource: Element) -> bool:
    states = [resource.get("verificationStatus", {}), resource.get("valueCodeableConcept", {})]
    codes = {coding.get("code") for one in states for coding in one.get("coding", ())}
    return bool(codes & {"refuted", ABSENT}) or resource.get("status") in ("not-done", "not-taken")


def _codes(resource: Element) -> Iterator[str]:
    """Name the codes of what a resource is about, and of an organism."""
    concepts = [resource.get(key, {}) for key in ("code", "medicationCodeableConcept", "vaccineCode")]
    if resource["resourceType"] == "Observation":
        concepts.append(resource.get("valueCodeableConcept", {}))
    for concept in concepts:
        for one in concept.get("coding", ()):
            if one.get("system") in SYSTEMS and one.get("code") not in (PRESENT, ABSENT):
                parts = (SYSTEMS[one["system"]], one.get("code"), one.get("display"))
                yield " ".join(str(part) for part in parts if part)


def _bare(value: Element, places: dict[Place, None]) -> Element:
    """Copy a resource without narrative and evidence, gathering the places of the evidence."""
    made: dict[str, Any] = {}
    for key, inner in value.items():
        if key in QUIET:
            continue
        kept = inner
        if isinstance(inner, dict):
            kept = _bare(inner, places)
        elif isinstance(inner, list):
            kept = _bares(inner, places)
        if kept not in ({}, []):
            made[key] = kept
    return made


def _bares(values: list[Any], places: dict[Place, None]) -> list[Any]:
    made = []
    for one in values:
        if not isinstance(one, dict):
            made.append(one)
        elif one.get("url") == DERIVED:
            places.update(dict.fromkeys(_places([one])))
        else:
            made.append(_bare(one, places))
    return made


def _places(extensions: Iterable[Element]) -> Iterator[Place]:
    """Read offsets and lengths of evidence."""
    for one in extensions:
        if one.get("url") != DERIVED:
            continue
        parts = {part.get("url"): part.get("valueInteger") for part in one.get("extension", ())}
        start, length = parts.get("offset"), parts.get("length")
        if isinstance(start, int) and isinstance(length, int):
            yield start, start + length

"""Narratives of resources and of the Composition's sections, in both languages.

XHTML as FHIR allows it: https://hl7.org/fhir/R4/narrative.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from converter.model import Bundle
from converter.phrases import label, labels
from converter.summary import about, people, values
from converter.summary.render import macro
from converter.summary.source import EMPTY, Element, Source, kind, said, text, translated
from converter.summary.statements import sentences, statement
from converter.summary.studies import figure, name, results, services
from converter.summary.times import when
from converter.summary.wording import detailed, sentence, texts, timed

STATED = frozenset({"absent", "recovered", "past"})
"""Manners that already say what the author's words of denial or recovery say."""
Line = Callable[[Source, Element, str], str]
Told = Mapping[int, tuple[str, ...]]
"""What each resource says, in each language, by the resource's identity."""
LANGUAGES = ("en", "ko")


def narrate(bundle: Bundle) -> Bundle:
    """Give a copy of the bundle whose resources bear narratives."""
    source = Source.of(bundle)
    resources = [entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry]
    told = {id(one): tuple(line(source, one, language) for language in LANGUAGES) for one in resources}
    entries = [
        {**entry, "resource": _told(source, entry["resource"], told)} if "resource" in entry else entry
        for entry in bundle.get("entry", ())
    ]
    return {**bundle, "entry": entries} if entries else bundle


def _told(source: Source, resource: dict[str, Any], told: Told) -> dict[str, Any]:
    first, second = told[id(resource)]
    if not (first or second):
        return resource
    shown = _narrative("lines", first or second, second if first != second else "")
    made = {**resource, "text": shown}
    if "section" in resource:
        made["section"] = [_section(source, one, told) for one in resource["section"]]
    return _ordered(made)


def _narrative(layout: str, first: Any, second: Any) -> dict[str, str]:
    return {"status": "generated", "div": macro("narrative.html", layout)(first, second)}


def _section(source: Source, section: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """Tell what a section lists, one line a resource."""
    listed = [told[id(one)] for one in source.follow_all(section.get("entry"))]
    first, second = (texts(pair[place] for pair in listed) for place in range(len(LANGUAGES)))
    made = {key: value for key, value in section.items() if key not in ("entry", "section")}
    if first:
        made["text"] = _narrative("list", first, second)
    if "entry" in section:
        made["entry"] = section["entry"]
    if "section" in section:
        made["section"] = [_section(source, one, told) for one in section["section"]]
    return made


FIRST = ("resourceType", "id", "meta", "implicitRules", "language", "text")


def _ordered(resource: dict[str, Any]) -> dict[str, Any]:
    """Put the narrative where R4 has it."""
    head = {key: resource[key] for key in FIRST if key in resource}
    return {**head, **{key: value for key, value in resource.items() if key not in head}}


def line(source: Source, resource: Element, language: str) -> str:
    """Tell a resource in one line."""
    teller = LINES.get(kind(resource))
    return teller(source, resource, language) if teller else ""


def _observation(_: Source, resource: Element, language: str) -> str:
    told = sentences([statement(resource, language)], language)
    words = told[0].rstrip(".") if told else ""
    limits = values.reference(resource)
    range_ = label(language, "summary.reference", range=limits) if limits else ""
    return sentence(timed(detailed(words, range_, language), when(resource, language), language))


def _condition(source: Source, resource: Element, language: str) -> str:
    found = statement(resource, language)
    words = resource.get("verificationStatus", EMPTY) if found.manner not in STATED else EMPTY
    told = sentences([found], language)[0].rstrip(".")
    if people.is_principal(source, resource):
        told = text(resource.get("code"), language).text
    told = detailed(told, people.certainty(words, language) if words.get("text") else "", language)
    return sentence(timed(told, when(resource, language), language))


def _patient(source: Source, _: Element, language: str) -> str:
    return " ".join(people.patient(source, language))


def _encounter(source: Source, _: Element, language: str) -> str:
    return sentence(people.came(source, language)) or labels(language)["summary.encounter"]


def _report(source: Source, resource: Element, language: str) -> str:
    title = timed(name(resource, EMPTY, language), when(resource, language), language)
    if "MB" in services(resource):
        found = [statement(one, language) for one in results(source, resource)]
        return " ".join(sentences(found, language)) or title
    shown = said(resource, "conclusion", language).text
    return f"{title}: {shown}" if shown else title


def _study(_: Source, resource: Element, language: str) -> str:
    return timed(name(EMPTY, resource, language), when(resource, language), language)


def _media(_: Source, resource: Element, language: str) -> str:
    shown = figure(resource, language)
    return f"{shown.label}: {shown.caption}" if shown.caption else shown.label


def _document(source: Source, _: Element, language: str) -> str:
    return labels(language)["summary.semicolon"].join(about.publication(source, language))


def _composition(_: Source, resource: Element, language: str) -> str:
    title = (translated(resource, "title") if language == "ko" else "") or str(resource.get("title", ""))
    return f"{title}. {labels(language)['document.notice']}"


def _coded(key: str) -> Line:
    return lambda _, resource, language: timed(
        text(resource.get(key), language).text, when(resource, language), language
    )


LINES: Mapping[str, Line] = {
    "AllergyIntolerance": lambda _, resource, language: people.allergy(resource, language),
    "Composition": _composition,
    "Condition": _condition,
    "DiagnosticReport": _report,
    "DocumentReference": _document,
    "Encounter": _encounter,
    "FamilyMemberHistory": lambda _, resource, language: people.relative_of(resource, language),
    "ImagingStudy": _study,
    "Immunization": lambda _, resource, language: people.immunization(resource, language),
    "Media": _media,
    "MedicationStatement": lambda _, resource, language: people.treatment(resource, language).text,
    "Observation": _observation,
    "Organization": lambda _, resource, language: said(resource, "name", language).text,
    "Patient": _patient,
    "Practitioner": lambda _, resource, language: about.person_name(resource, language),
    "Procedure": lambda _, resource, language: people.treatment(resource, language).text,
    "ServiceRequest": _coded("code"),
    "Specimen": _coded("type"),
}

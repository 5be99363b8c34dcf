"""One self-contained HTML page: the report's text beside its facts, both summaries, the issues.

Everything is escaped by the template; the text is cut at the borders of evidence, so that a script of a few
lines can light up the words of a fact. No network, no inline handlers; the policy allows this page's own
script and style by their hashes alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from lxml import etree
from markupsafe import Markup

from converter.fhir.evidence import URL as DERIVED
from converter.fhir.text import TRANSLATION
from converter.issues import Issue
from converter.mappings import data_path
from converter.model import Bundle, Summary
from converter.phrases import labels

Element = Mapping[str, Any]
LANGUAGES = ("en", "ko")
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
ON_SPECIMENS = frozenset({"MB", "LAB", "URN", "SR"})
"""Services whose reports are results, not studies."""
BY_CATEGORY = {"social-history": "patient", "laboratory": "results", "vital-signs": "results"}
SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://dicom.nema.org/resources/ontology/DCM": "DICOM",
}
QUIET = frozenset({"text", "meta", "identifier", "data", "section"})
"""Elements left out of the resource that a fact shows."""
Place = tuple[int, int]
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


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
    parent: str = ""
    """Id of the study that it was read from."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text between two borders, with the facts that stand on it."""

    text: str
    facts: tuple[str, ...]
    named: bool


def show(bundle: Bundle, summaries: tuple[Summary, ...], issues: tuple[Issue, ...]) -> str:
    """Write the page."""
    resources = [entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry]
    source = _text(resources)
    facts = _facts(bundle, resources)
    marked = [(f"i{n}", [tuple(issue.span)]) for n, issue in enumerate(issues) if issue.span]
    script, style = _file("show.js"), _file("show.css")
    return _template().render(
        title=_title(resources),
        pieces=_pieces(source, facts, marked),
        groups=[(name, [fact for fact in facts if fact.group == name]) for name in GROUPS],
        count=len(facts),
        summaries=[(one.language, _main(one.html)) for one in summaries],
        issues=list(enumerate(issues)),
        excerpts=[source[i.span.start : i.span.end][:120] if i.span else "" for i in issues],
        ui={language: labels(language) for language in LANGUAGES},
        data=_json(
            {fact.id: resource for fact, resource in zip(facts, _kept(resources, facts), strict=True)}
        ),
        script=Markup(script),  # noqa: S704 (our own file)
        style=Markup(style),  # noqa: S704
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(str(data_path("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("show.html")


@cache
def _file(name: str) -> str:
    return data_path(f"templates/{name}").read_text("utf-8")


def _hash(text: str) -> str:
    """Give the source expression of Content-Security-Policy for an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: Any) -> Markup:
    """Write JSON that cannot end its script element."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    for char in "<>&\u2028\u2029":
        written = written.replace(char, f"\\u{ord(char):04x}")
    return Markup(written)  # noqa: S704 (no character of markup is left)


def _main(html: str) -> Markup:
    """Take the main part of a summary's page, which its own template escaped."""
    start, end = html.find("<main"), html.rfind("</main>")
    inner = html[html.find(">", start) + 1 : end] if 0 <= start < end else ""
    return Markup(inner.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))  # noqa: S704


def _text(resources: Iterable[Element]) -> str:
    """Read the report's text from the DocumentReference's attachment."""
    for resource in resources:
        for content in resource.get("content", ()) if resource["resourceType"] == "DocumentReference" else ():
            data = content.get("attachment", {}).get("data")
            if data:
                return base64.b64decode(data).decode("utf-8", "replace")
    return ""


def _title(resources: Iterable[Element]) -> tuple[str, str]:
    first = next((one for one in resources if one.get("title")), {})
    return str(first.get("title", "")), _translated(first, "title")


def _translated(element: Element, key: str) -> str:
    extensions = element.get(f"_{key}", {}).get("extension", ())
    found = (part for one in extensions if one.get("url") == TRANSLATION for part in one.get("extension", ()))
    return next((str(part.get("valueString", "")) for part in found if part.get("url") == "content"), "")


def _facts(bundle: Bundle, resources: list[Element]) -> tuple[Fact, ...]:
    """Make the page's facts, a study's own behind it."""
    urls = {id(entry["resource"]): str(entry.get("fullUrl", "")) for entry in bundle.get("entry", ())}
    by_url = {url: one for one in resources if (url := urls.get(id(one)))}
    parents = _parents(resources, urls)
    made = [
        fact
        for number, one in enumerate(resources)
        if (fact := _fact(f"f{number}", one, parents.get(urls[id(one)], ""), by_url))
    ]
    heads = {urls[id(resources[int(fact.id[1:])])]: fact for fact in made}
    linked = [_linked(fact, heads) for fact in made]
    first = {fact.id: _first(fact) for fact in linked}
    return tuple(sorted(linked, key=lambda fact: _order(fact, first)))


def _linked(fact: Fact, heads: Mapping[str, Fact]) -> Fact:
    """Put a result behind the report that it was read from."""
    head = heads.get(fact.parent)
    parent, group = (head.id, head.group) if head else ("", fact.group)
    return replace(fact, group=group, parent=parent)


def _order(fact: Fact, first: Mapping[str, int]) -> tuple[int, int, str, bool, int, int]:
    """Sort by group, then by place, findings behind their study."""
    head = fact.parent or fact.id
    return (GROUPS.index(fact.group), first[head], head, bool(fact.parent), first[fact.id], int(fact.id[1:]))


def _first(fact: Fact) -> int:
    return min((start for start, _ in (*fact.names, *fact.parts)), default=1 << 30)


def _parents(resources: Iterable[Element], urls: Mapping[int, str]) -> dict[str, str]:
    """Tell which report a result or figure belongs to."""
    found: dict[str, str] = {}
    for one in resources:
        if one["resourceType"] != "DiagnosticReport":
            continue
        url = urls.get(id(one), "")
        children = [*one.get("result", ()), *(media.get("link", {}) for media in one.get("media", ()))]
        for child in children:
            found.setdefault(str(child.get("reference", "")), url)
    return found


def _fact(name: str, resource: Element, parent: str, by_url: Mapping[str, Element]) -> Fact | None:
    kind = resource["resourceType"]
    group = _observed(resource) if kind == "Observation" else GROUP_OF.get(kind, "")
    group = "results" if kind == "DiagnosticReport" and ON_SPECIMENS & set(_category(resource)) else group
    if not group:
        return None
    images = [by_url.get(str(one.get("reference", "")), {}) for one in resource.get("imagingStudy", ())]
    told = images[0] if images and images[0] else resource
    english, korean = _lines(told)
    if not (english or korean):
        return None
    types = " + ".join([kind, *(one["resourceType"] for one in images if one)])
    names = tuple(dict.fromkeys(p for one in (resource, *images) for p in _places(one.get("extension", ()))))
    parts = tuple(dict.fromkeys(p for one in (resource, *images) for p in _deep(one) if p not in names))
    codes = tuple(dict.fromkeys(_codes(resource)))
    return Fact(name, types, group, english, korean, codes, names, parts, _denied(resource), parent)


def _observed(observation: Element) -> str:
    """Put an Observation that belongs to no study into a group."""
    return next((BY_CATEGORY[code] for code in _category(observation) if code in BY_CATEGORY), "findings")


def _category(resource: Element) -> list[str]:
    codings = (coding for one in resource.get("category", ()) for coding in one.get("coding", ()))
    return [str(one.get("code", "")) for one in codings]


def _lines(resource: Element) -> tuple[str, str]:
    """Read a narrative's two lines, English and Korean."""
    div = resource.get("text", {}).get("div", "")
    if not div:
        return str(resource.get("code", {}).get("text", "")), _translated(resource.get("code", {}), "text")
    root = etree.fromstring(div.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    lines = ["".join(str(part) for part in paragraph.itertext()) for paragraph in root]
    return (lines[0] if lines else ""), (lines[1] if len(lines) > 1 else "")


def _denied(resource: Element) -> bool:
    states = [resource.get("verificationStatus", {}), resource.get("valueCodeableConcept", {})]
    codes = {coding.get("code") for one in states for coding in one.get("coding", ())}
    return bool(codes & {"refuted", "2667000"}) or resource.get("status") in ("not-done", "not-taken")


def _codes(resource: Element) -> Iterator[str]:
    concepts = [resource.get(key, {}) for key in ("code", "medicationCodeableConcept", "vaccineCode")]
    value = resource.get("valueCodeableConcept", {})
    concepts += [value] if resource["resourceType"] == "Observation" and not _is_presence(value) else []
    for concept in concepts:
        for coding in concept.get("coding", ()):
            if coding.get("system") in SYSTEMS:
                parts = (SYSTEMS[coding["system"]], coding.get("code", ""), coding.get("display", ""))
                yield " ".join(str(part) for part in parts if part)


def _is_presence(concept: Element) -> bool:
    return any(one.get("code") in ("52101004", "2667000") for one in concept.get("coding", ()))


def _places(extensions: Iterable[Element]) -> Iterator[Place]:
    for one in extensions:
        if one.get("url") != DERIVED:
            continue
        parts = {part.get("url"): part.get("valueInteger") for part in one.get("extension", ())}
        start, length = parts.get("offset"), parts.get("length")
        if isinstance(start, int) and isinstance(length, int):
            yield start, start + length


def _deep(value: Any) -> Iterator[Place]:
    """Give every place that stands anywhere in a resource."""
    if isinstance(value, dict):
        yield from _places(value.get("extension", ()))
        for key, inner in value.items():
            if key != "extension":
                yield from _deep(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _deep(inner)


def _pieces(text: str, facts: Iterable[Fact], marked: Iterable[tuple[str, list[Any]]]) -> list[Piece]:
    """Cut the text at the borders of all evidence."""
    size = len(text)
    named = [(start, end, fact.id, True) for fact in facts for start, end in fact.names]
    parts = [(start, end, fact.id, False) for fact in facts for start, end in fact.parts]
    issues = [(start, end, name, False) for name, spans in marked for start, end in spans]
    spans = [one for one in (*named, *parts, *issues) if 0 <= one[0] < one[1] <= size]
    borders = sorted({0, size, *(place for one in spans for place in one[:2])})
    starts: dict[int, list[tuple[int, int, str, bool]]] = {}
    for one in spans:
        starts.setdefault(one[0], []).append(one)
    made: list[Piece] = []
    here: list[tuple[int, int, str, bool]] = []
    for start, end in pairwise(borders):
        here = [one for one in here if one[1] > start] + starts.get(start, [])
        ids = tuple(dict.fromkeys(one[2] for one in here))
        words = text[start:end] if ids else _GAP.sub("\n\n", text[start:end])
        made.append(Piece(words if start else words.lstrip(), ids, any(one[3] for one in here)))
    return made


def _kept(resources: list[Element], facts: Iterable[Fact]) -> Iterator[Any]:
    """Give the resource of each fact, without narrative and evidence."""
    for fact in facts:
        yield _bare(resources[int(fact.id[1:])])


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _bare(inner) for key, inner in value.items() if key not in QUIET}
        return {key: inner for key, inner in kept.items() if inner not in ({}, [])}
    if isinstance(value, list):
        return [_bare(one) for one in value if not (isinstance(one, dict) and one.get("url") == DERIVED)]
    return value

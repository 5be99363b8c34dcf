"""Read a bundle: resources by reference, strings in a language, the words they were read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from converter.fhir.evidence import URL as DERIVED
from converter.fhir.text import ORIGINAL, TRANSLATION
from converter.model import Bundle
from converter.phrases import compose
from converter.phrases.lexicon import lexicon
from converter.summary.model import Said
from converter.summary.wording import quoted
from converter.text import HANGUL

Element = Mapping[str, Any]
EMPTY: Element = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A bundle's resources, by reference and by type."""

    by_reference: Mapping[str, Element]
    by_type: Mapping[str, tuple[Element, ...]]

    @staticmethod
    def of(bundle: Bundle) -> Source:
        """Index a bundle."""
        references: dict[str, Element] = {}
        types: dict[str, list[Element]] = {}
        for entry in bundle.get("entry", ()):
            resource = entry.get("resource", EMPTY)
            kind = str(resource.get("resourceType", ""))
            references[str(entry.get("fullUrl", ""))] = resource
            references[f"{kind}/{resource.get('id', '')}"] = resource
            types.setdefault(kind, []).append(resource)
        return Source(references, {kind: tuple(found) for kind, found in types.items()})

    def all(self, kind: str) -> tuple[Element, ...]:
        """Give the resources of a type, in the bundle's order."""
        return self.by_type.get(kind, ())

    def one(self, kind: str) -> Element:
        """Give the first resource of a type, or an empty element."""
        found = self.all(kind)
        return found[0] if found else EMPTY

    def follow(self, reference: Element | None) -> Element:
        """Give what a reference points at, or an empty element."""
        return self.by_reference.get(str((reference or EMPTY).get("reference", "")), EMPTY)

    def follow_all(self, references: Any) -> tuple[Element, ...]:
        """Give what a list of references points at, leaving out what is not in the bundle."""
        return tuple(found for one in references or () if (found := self.follow(one)))


def kind(resource: Element) -> str:
    """Name a resource's type."""
    return str(resource.get("resourceType", ""))


def extension(element: Element, url: str) -> Element:
    """Give the first extension of a URL, or an empty element."""
    for one in element.get("extension", ()):
        if one.get("url") == url:
            found: Element = one
            return found
    return EMPTY


def beside(element: Element, key: str) -> Element:
    """Give what stands beside a primitive: its extensions."""
    found = element.get(f"_{key}")
    return found if isinstance(found, dict) else EMPTY


def translated(element: Element, key: str) -> str:
    """Give a string's Korean from its translation extension."""
    found = extension(beside(element, key), TRANSLATION)
    return next(
        (str(p.get("valueString", "")) for p in found.get("extension", ()) if p.get("url") == "content"), ""
    )


def original(element: Element) -> str:
    """Give the printed words that an element keeps."""
    return str(extension(element, ORIGINAL).get("valueString", ""))


def said(element: Element, key: str, language: str) -> Said:
    """Say a string in a language; what cannot be said stands as printed, in quotation marks."""
    printed = str(element.get(key, ""))
    if not printed:
        return Said("")
    if language != "ko":
        return Said(printed) if not HANGUL.search(printed) else Said(quoted(printed, "en"), False)
    korean = translated(element, key)
    if korean or HANGUL.search(printed):
        return Said(korean or printed)
    return phrase(printed)


def lowered(printed: str) -> str:
    """Write the first word small where it is an everyday word of medicine, not a name or an abbreviation.

    >>> lowered("Pleural effusion"), lowered("Crohn disease"), lowered("CT of chest")
    ('pleural effusion', 'Crohn disease', 'CT of chest')
    """
    first = printed.split(maxsplit=1)[0].rstrip(",;:") if printed else ""
    small = first[1:] == first[1:].lower() and first[:1].isupper() and (first.lower(),) in lexicon()
    return printed[0].lower() + printed[1:] if small else printed


@lru_cache(maxsize=4096)
def phrase(printed: str) -> Said:
    """Compose a phrase's Korean."""
    found = compose(printed)
    return Said(found.text, found.complete)


def text(concept: Element | None, language: str) -> Said:
    """Say a CodeableConcept: its text, else its first display."""
    if not concept:
        return Said("")
    if concept.get("text"):
        found = said(concept, "text", language)
        return Said(lowered(found.text), found.complete) if language == "en" else found
    return next(
        (said(one, "display", language) for one in concept.get("coding", ()) if one.get("display")), Said("")
    )


def english(concept: Element | None) -> str:
    """Give a CodeableConcept's text as it stands."""
    return str((concept or EMPTY).get("text", ""))


def code(concept: Element | None) -> str:
    """Give a CodeableConcept's first code."""
    for one in (concept or EMPTY).get("coding", ()):
        return str(one.get("code", ""))
    return ""


def spans(element: Element) -> Iterator[tuple[int, int]]:
    """Give the places that an element itself was read from: offset and length."""
    for one in element.get("extension", ()):
        if one.get("url") != DERIVED:
            continue
        parts = {part.get("url"): part.get("valueInteger") for part in one.get("extension", ())}
        if isinstance(parts.get("offset"), int) and isinstance(parts.get("length"), int):
            yield parts["offset"], parts["length"]


def place(resource: Element) -> int:
    """Tell where a resource is first named, for reading order."""
    return min((offset for offset, _ in spans(resource)), default=1 << 30)

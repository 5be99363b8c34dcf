"""The extensions that fill most of a bundle, read in one go: evidence, translations and printed words.

Each has one usual shape, which is recognised as a whole; anything else of theirs takes the slow walk, where
R4's tables judge it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

DERIVATION = "http://hl7.org/fhir/StructureDefinition/derivation-reference"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
RELATIVE = "http://hl7.org/fhir/StructureDefinition/cqf-relativeDateTime"
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


class Evidence(NamedTuple):
    """Where an element was read: a range of characters of an attachment's text."""

    reference: str
    """Reference to the DocumentReference, as written."""
    path: str
    offset: int
    length: int


PARTS = {
    "reference": "valueReference",
    "path": "valueString",
    "offset": "valueInteger",
    "length": "valueInteger",
}


def usual(extension: dict[str, Any]) -> Evidence | None:
    """Read a derivation-reference of the shape that we write; None for any other."""
    inner = extension.get("extension")
    if len(extension) != 2 or type(inner) is not list or len(inner) != 4:
        return None
    reference, path, offset, length = inner
    try:
        if (
            reference["url"] == "reference"
            and path["url"] == "path"
            and offset["url"] == "offset"
            and length["url"] == "length"
            and len(reference) == len(path) == len(offset) == len(length) == 2
            and len(reference["valueReference"]) == 1
        ):
            found = Evidence(
                reference["valueReference"]["reference"],
                path["valueString"],
                offset["valueInteger"],
                length["valueInteger"],
            )
            kinds = type(found[0]), type(found[1]), type(found[2]), type(found[3])
            return found if kinds == (str, str, int, int) and found[0] and found[1].strip() else None
    except (KeyError, TypeError):
        pass
    return None


def unusual(extension: dict[str, Any]) -> Evidence | None:
    """Read any derivation-reference with offset and length, whatever the order of its parts."""
    values = {url: part.get(PARTS[url]) for part in parts(extension) if (url := _url(part)) in PARTS}
    reference = values.get("reference")
    target = reference.get("reference") if isinstance(reference, dict) else None
    offset, length = values.get("offset"), values.get("length")
    if not (isinstance(offset, int) and isinstance(length, int)):
        return None
    return Evidence(target if isinstance(target, str) else "", str(values.get("path", "")), offset, length)


def parts(extension: Any) -> Iterator[dict[str, Any]]:
    """Give the extensions inside an element, whatever else stands there."""
    inner = extension.get("extension") if isinstance(extension, dict) else None
    for part in inner if isinstance(inner, list) else ():
        if isinstance(part, dict):
            yield part


def _url(extension: dict[str, Any]) -> str:
    url = extension.get("url")
    return url if isinstance(url, str) else ""


def usual_translation(extension: dict[str, Any]) -> bool:
    """Recognise a translation of the shape that we write."""
    inner = extension.get("extension")
    if len(extension) != 2 or type(inner) is not list or len(inner) != 2:
        return False
    lang, content = inner
    try:
        return (
            lang["url"] == "lang"
            and content["url"] == "content"
            and len(lang) == len(content) == 2
            and lang["valueCode"].isalpha()
            and bool(content["valueString"].strip())
        )
    except (KeyError, TypeError, AttributeError):
        return False


def usual_original(extension: dict[str, Any]) -> bool:
    """Recognise printed words of the shape that we write."""
    words = extension.get("valueString")
    return len(extension) == 2 and type(words) is str and words.isprintable() and bool(words.strip())


def only_translated(twin: dict[str, Any]) -> bool:
    """Recognise what stands beside a string: its translation of the shape that we write, and nothing else."""
    inner = twin.get("extension")
    if len(twin) != 1 or type(inner) is not list or len(inner) != 1 or type(inner[0]) is not dict:
        return False
    return inner[0].get("url") == TRANSLATION and usual_translation(inner[0])


def languages(element: Any) -> frozenset[str]:
    """Give the languages of an element's translations."""
    return frozenset(
        str(part.get("valueCode", ""))[:2]
        for extension in parts(element)
        if extension.get("url") == TRANSLATION
        for part in parts(extension)
        if part.get("url") == "lang"
    )


def original(element: Any) -> str | None:
    """Give the words kept on an element, if any."""
    for extension in parts(element):
        if extension.get("url") == ORIGINAL:
            words = extension.get("valueString")
            return words if isinstance(words, str) else None
    return None

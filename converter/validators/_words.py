"""Other validators' messages without the values that they quote: those may be a patient's."""

from __future__ import annotations

import re
from functools import cache

from converter.check.definitions import resource_types, types

QUOTED = re.compile(r"(?<!\w)'((?:[^']|'(?=\w))*)'(?!\w)|\"([^\"]*)\"|`([^`]*)`|\(([^()]*)\)")
CODED = re.compile(r"((?:https?://|urn:)[^\s#|)']+)[#|][^\s)',]+")
ADDRESS = re.compile(r"_\d{9,}\b")
"""Of an object in memory, which another run would print otherwise."""
SYSTEM = re.compile(
    r"https?://(hl7\.org|terminology\.hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org)[^\s#|]*"
)
PLAIN = re.compile(r"[A-Za-z.:\s]*(\[\d+\][A-Za-z.:\s]*)*")
NAME = re.compile(r"[A-Za-z]+")


def without_values(message: str) -> str:
    """Put an ellipsis for what is quoted, unless it is FHIR's own: names of elements, systems, value sets.

    >>> without_values("The value provided ('Kim') is not in the value set 'http://hl7.org/fhir/ValueSet/x'")
    "The value provided (…) is not in the value set 'http://hl7.org/fhir/ValueSet/x'"
    """
    plain = ADDRESS.sub("", CODED.sub(r"\1", message))
    return " ".join(QUOTED.sub(_kept, plain).split())[:400]


def _kept(match: re.Match[str]) -> str:
    inner = next(group for group in match.groups() if group is not None)
    ours = PLAIN.fullmatch(inner) and all(name in _names() for name in NAME.findall(inner))
    return match[0] if ours or SYSTEM.fullmatch(inner) else f"{match[0][0]}…{match[0][-1]}"


@cache
def _names() -> frozenset[str]:
    """Name all elements and types, which a message may show."""
    known = types()
    elements = (key for fields in known.values() for key in fields.elements)
    return frozenset(
        (*elements, *resource_types(), *(name for name in known if "." not in name), "value", "x")
    )

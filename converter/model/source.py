"""The source text and its parts."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of characters of a document's text.

    >>> Span(2, 5).length
    3
    """

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of characters covered."""
        return self.end - self.start


class Place(NamedTuple):
    """Where a block stands in its source: the way to it in XML or HTML, page and block of a PDF."""

    span: Span
    path: str


@dataclass(frozen=True, slots=True)
class Document:
    """One source text as its reader built it: composed to NFC once, never edited afterwards."""

    name: str
    """File name without its folder, or "-" for standard input."""
    text: str
    sha256: str
    """Hex digest of the source's bytes."""
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    hints: tuple[Hint, ...] = ()
    """What a structured format says of its parts (JATS, HTML); empty for plain text."""
    fields: tuple[tuple[str, str], ...] = ()
    """Metadata that a structured format states outside the text: (name, value)."""
    places: tuple[Place, ...] = ()
    """Where each block of the text stands in a structured source, in order; empty for plain text."""

    def place(self, offset: int) -> str:
        """Give a character's place in the source ("body/sec[2]/p[1]"); empty where none is known."""
        at = bisect_right(self.places, offset, key=lambda p: p.span.start) - 1
        return self.places[at].path if at >= 0 and offset < self.places[at].span.end else ""


@dataclass(frozen=True, slots=True)
class Hint:
    """A structured reader's word that a span is a title, a caption, a reference list and the like."""

    kind: SectionKind
    span: Span
    label: str = ""
    path: str = ""
    """XPath or like of the block in the source."""


class SectionKind(StrEnum):
    """What a part of the page is. Only the first group makes facts of the patient."""

    TITLE = "title"
    CASE = "case"
    PATIENT_DATA = "patient-data"
    FINDINGS = "findings"
    DIAGNOSIS = "diagnosis"
    DIFFERENTIAL = "differential"
    FIGURE = "figure"
    ABSTRACT = "abstract"
    METADATA = "metadata"
    INTRODUCTION = "introduction"
    DISCUSSION = "discussion"
    REFERENCES = "references"
    FURNITURE = "furniture"
    OTHERS = "others"
    """Another patient's part of a report of several, or what is said of all of them."""


PATIENT_SECTIONS = frozenset(
    {
        SectionKind.TITLE,
        SectionKind.CASE,
        SectionKind.PATIENT_DATA,
        SectionKind.FINDINGS,
        SectionKind.DIAGNOSIS,
        SectionKind.DIFFERENTIAL,
        SectionKind.FIGURE,
        SectionKind.ABSTRACT,
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; several spans where a caption or page furniture cuts it in two."""

    kind: SectionKind
    spans: tuple[Span, ...]
    label: str = ""
    """A figure's label as printed ("Fig. 1A"), else the heading's words."""
    language: str = "en"
    part: int = 0
    """Position of the section on the page, from 0."""

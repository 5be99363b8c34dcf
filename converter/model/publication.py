"""What a page says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from converter.model.source import Span
from converter.model.values import Phrase


@dataclass(frozen=True, slots=True)
class Author:
    """A person who wrote or contributed the report; never the patient."""

    name: str
    spans: tuple[Span, ...]
    name_ko: str = ""
    orcid: str = ""
    affiliations: tuple[int, ...] = ()
    """Indexes into Publication.affiliations."""
    corresponding: bool = False
    contributor: bool = False
    degrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A department and its institution."""

    name: str
    spans: tuple[Span, ...]
    name_ko: str = ""
    department: str = ""
    department_ko: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What the page says of itself: facts of the publication, never clinical ones."""

    title: Phrase | None = None
    title_ko: Phrase | None = None
    authors: tuple[Author, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    abstract: Phrase | None = None
    abstract_ko: Phrase | None = None
    keywords: tuple[Phrase, ...] = ()
    doi: str = ""
    pmid: str = ""
    journal: str = ""
    licence: str = ""
    """The licence's URL where printed, else its words."""
    received: str = ""
    revised: str = ""
    accepted: str = ""
    published: str = ""
    """ISO 8601 dates."""
    certainty: Phrase | None = None
    """A case page's own line of diagnostic certainty ("Diagnosis almost certain")."""
    remarks: tuple[Phrase, ...] = ()
    """Notes on the page about itself, e.g. that it is a legacy case."""

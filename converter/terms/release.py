"""What a release of a code system says of itself, and its terms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from converter.issues import ConverterError


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its display, the names that it is found by, and what kind of thing it is."""

    code: str
    display: str
    names: tuple[str, ...] = ()
    tag: str = ""
    """SNOMED CT's semantic tag (disorder, organism ...); empty in other systems."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release of one code system, as its official file has it."""

    slug: str
    """Names it in the cache: loinc, snomed, hpo, icd-10-cm, kcd."""
    title: str
    system: str
    version: str
    source: str
    """Name of the file it was read from."""
    terms: Iterable[Term]


class TermsError(ConverterError):
    """A file of terms is not what its system publishes."""

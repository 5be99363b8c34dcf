"""What a release of a code system says of itself, and its terms."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Name the file in what damaged bytes raise while they are read."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise TermsError(f"{name}: not UTF-8 text; get the file again") from error
    except (csv.Error, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise TermsError(f"{name}: damaged ({error}); get the file again") from error

"""A user's files, and the members of a release's zip, as text that can be read more than once."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from converter.terms.release import TermsError, reading


@dataclass(frozen=True, slots=True)
class Source:
    """A file, or a member of a zip, that is opened anew for each pass."""

    name: str
    first: str
    """Its first line."""
    open: Callable[[], AbstractContextManager[IO[str]]]


def sources(path: Path) -> Iterator[Source]:
    """Give a file, or what is read of a zip."""
    try:
        if zipfile.is_zipfile(path):
            yield from _members(path)
        else:
            yield _source(path.name, partial(path.open, encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise TermsError(f"{path}: {error.strerror or error}") from error


def _members(path: Path) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if MEMBER.search(name)]
    for name in names:
        yield _source(Path(name).name, partial(_Member, path, name))


MEMBER = re.compile(
    r"(?:^|/)(?:Loinc\.csv|x?sct2_(?:Concept|Description)_Snapshot[^/]*\.txt|hp\.obo|icd10cm[-_]order[^/]*\.txt)$",
    re.IGNORECASE,
)
"""What is read out of a release's zip."""


class _Member:
    """A member of a zip as text, closed with its archive."""

    def __init__(self, path: Path, name: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._text = TextIOWrapper(self._archive.open(name), encoding="utf-8-sig", newline="")

    def __enter__(self) -> IO[str]:
        return self._text

    def __exit__(self, *_: object) -> None:
        self._text.close()
        self._archive.close()


def _source(name: str, opened: Callable[[], AbstractContextManager[IO[str]]]) -> Source:
    with reading(name), opened() as lines:
        return Source(name, lines.readline(4096).rstrip("\r\n"), opened)

"""Where the files of mappings/ are, and a user's own files over them.

A user's own rows stand in one folder with the file names of mappings/. It is chosen once for a process,
before the first table is read, because every table is read once and kept. Another folder needs another
process; asking for two in one is an error, never a silent mixture.
"""

from __future__ import annotations

import gc
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from converter.issues import ConverterError, MappingError

OWN_FILES = (
    "vocabulary/*.tsv",
    "observations/*.toml",
    "imaging.toml",
    "units.toml",
    "context.toml",
    "sections.toml",
    "treatments.toml",
)
"""What a user's folder may hold; anything else in it is refused, so that no typing slip goes unread."""
KEYS = ("id", "ucum")
"""What names a row of a TOML file."""


@contextmanager
def loading() -> Iterator[None]:
    """Let the garbage collector rest while tables are made, and leave them alone from then on.

    Tables are kept as long as the process; walking them took a tenth of the time of all conversions.
    """
    rests = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if rests:
            gc.freeze()
            gc.enable()


class _Choice:
    """The process's one choice of a folder: open until it is made or the first file is read."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: tuple[Path | None, ...] = ()

    def make(self, folder: Path | None) -> None:
        if self._made and self._made != (folder,):
            known = f"with the rows of {self._made[0]}" if self._made[0] else "without rows of your own"
            raise ConverterError(
                f"this process already reads {known}; {folder or 'another choice'} needs another process"
            )
        self._made = (folder,)

    def made(self) -> Path | None:
        self._made = self._made or (None,)
        return self._made[0]


_CHOICE = _Choice()


def use(folder: str | Path) -> None:
    """Choose the folder of a user's own rows for this process; "" for none.

    ConverterError where it is no folder, holds what is no mapping, or tables were read otherwise before.
    """
    _CHOICE.make(_own_folder(Path(folder)) if folder else None)


def _own_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise ConverterError(f"{folder}: no such folder; give one with files such as vocabulary/problems.tsv")
    known = {path for pattern in OWN_FILES for path in folder.glob(pattern)}
    found = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.name.startswith(".")]
    odd = [path.relative_to(folder).as_posix() for path in found if path not in known]
    odd = [name for name in odd if not name.upper().startswith(("README", "LICENSE"))]
    if odd:
        raise ConverterError(
            f"{folder}: {', '.join(odd)} is no file of mappings; there may be {', '.join(OWN_FILES)}"
        )
    if not known:
        raise ConverterError(f"{folder}: no file of mappings in it; there may be {', '.join(OWN_FILES)}")
    return folder.resolve()


def own_folder() -> Path | None:
    """Give the folder of a user's own rows, if one was chosen; from now on the choice is fixed."""
    return _CHOICE.made()


def data_path(name: str) -> Path:
    """Find a file of mappings/ or templates/ in a wheel and in a checkout alike."""
    package = Path(__file__).parents[1]
    for root in (package / "_data", package.parent):
        if (root / name).exists():
            return root / name
    raise MappingError(f"{name} is missing from the installation; install casefhir again")


def data_files(pattern: str) -> tuple[Path, ...]:
    """Give our files of a pattern below mappings/, in order of name."""
    return tuple(sorted(data_path("mappings").glob(pattern)))


def own_files(pattern: str) -> tuple[Path, ...]:
    """Give the user's files of a pattern, in order of name."""
    folder = own_folder()
    return tuple(sorted(folder.glob(pattern))) if folder else ()


def label(path: Path) -> str:
    """Name a file as a message should: ours from mappings/ on, a user's as it was given."""
    ours = data_path("mappings")
    return f"mappings/{path.relative_to(ours).as_posix()}" if path.is_relative_to(ours) else str(path)


@cache
def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file; numbers stay Decimals."""
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"{label(path)}: {error}") from error


@cache
def load_toml(name: str) -> dict[str, Any]:
    """Read one TOML file of mappings/ with the user's own over it."""
    table = read_toml(data_path(f"mappings/{name}"))
    for path in own_files(name):
        theirs = read_toml(path)
        if unknown := sorted(set(theirs) - set(table)):
            raise MappingError(
                f"{label(path)}: unknown table {', '.join(unknown)}; known are {', '.join(table)}"
            )
        try:
            table = merged(table, theirs)
        except TypeError as error:
            raise MappingError(f"{label(path)}: {error}") from error
    return table


def merged(ours: Any, theirs: Any) -> Any:
    """Lay a user's table over ours: a row with a known key replaces, other rows and phrases add.

    >>> merged({"a": ["x"], "r": [{"id": "p", "n": 1}]}, {"a": ["y"], "r": [{"id": "p", "n": 2}]})
    {'a': ['x', 'y'], 'r': [{'id': 'p', 'n': 2}]}
    """
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return {**ours, **{k: merged(ours[k], v) if k in ours else v for k, v in theirs.items()}}
    if isinstance(ours, list) and isinstance(theirs, list):
        rows = {_key(row, i): row for i, row in enumerate(ours)}
        return list((rows | {_key(row, len(ours) + i): row for i, row in enumerate(theirs)}).values())
    if isinstance(ours, Mapping | list) or isinstance(theirs, Mapping | list):
        raise TypeError(f"a {_form(theirs)} stands where a {_form(ours)} is wanted")
    return theirs


def _form(value: Any) -> str:
    return "table" if isinstance(value, Mapping) else "list" if isinstance(value, list) else "single value"


def _key(row: Any, place: int) -> tuple[object, ...]:
    name = next((row[key] for key in KEYS if key in row), None) if isinstance(row, Mapping) else None
    return ("", place) if name is None else ("row", name)

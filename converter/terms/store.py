"""The cache of loaded terms: one SQLite file a code system, written whole or not at all."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from converter.extractors.lexicon import WORD, stem
from converter.issues import ConverterError
from converter.model import Code
from converter.terms.release import Release, Term, TermsError, reading
from converter.text import HANGUL, fold

FORMAT = "1"
BATCH = 20_000
SIGNS = re.compile(r"[+*<>=%]")
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE codes (code TEXT PRIMARY KEY, display TEXT NOT NULL, tag TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE names (key TEXT NOT NULL, code TEXT NOT NULL);
"""
BY_NAME = """
SELECT DISTINCT code, display, tag FROM names JOIN codes USING (code) WHERE key = ? ORDER BY code
"""


def cache_folder() -> Path:
    """Give the user's cache folder (https://specifications.freedesktop.org/basedir-spec/latest/)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    return root / "casefhir" / "terms"


def name_key(name: str) -> str:
    """Fold a name over case, plural, British spelling, accents and hyphens; "" where nothing is left.

    >>> name_key("Tumours of the lung") == name_key("tumor of the lungs")
    True
    >>> name_key("CD4+ count") == name_key("CD4 count")
    False
    """
    if HANGUL.search(name):
        return "".join(name.split())
    words = " ".join([stem(word) for word in WORD.findall(fold(name))])
    signs = "".join(SIGNS.findall(name))
    return f"{words} {signs}".strip()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A code system in the cache."""

    slug: str
    title: str
    system: str
    version: str
    source: str
    codes: int
    names: int


def load(release: Release, folder: Path, told: Callable[[str], None] = lambda _: None) -> Loaded:
    """Write a release into the cache, in place of the one of the same system."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{release.slug}.sqlite"
    waiting = folder / f".{release.slug}.{os.getpid()}"
    waiting.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(waiting)) as base:
            base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
            with reading(release.source):
                _fill(base, release, told)
            base.commit()
        waiting.replace(path)
    except sqlite3.Error as error:
        raise ConverterError(f"{path}: cannot be written: {error}") from error
    finally:
        waiting.unlink(missing_ok=True)
    return next(one for one in loaded(folder) if one.slug == release.slug)


def _fill(base: sqlite3.Connection, release: Release, told: Callable[[str], None]) -> None:
    count = 0
    for batch in _batches(release.terms):
        named = [(term.code, term.display, term.tag) for term in batch if term.display]
        base.executemany("INSERT OR IGNORE INTO codes VALUES (?, ?, ?)", named)
        keys = {(key, term.code) for term in batch for name in term.names if (key := name_key(name))}
        base.executemany("INSERT INTO names VALUES (?, ?)", sorted(keys))
        count += len(batch)
        told(f"{release.title}: {count:,} terms")
    if not count:
        raise TermsError(f"{release.source}: no term in it")
    base.execute("CREATE INDEX by_key ON names (key, code)")
    meta = {
        "format": FORMAT,
        "title": release.title,
        "system": release.system,
        "version": release.version,
        "source": release.source,
        "codes": base.execute("SELECT count(*) FROM codes").fetchone()[0],
        "names": base.execute("SELECT count(*) FROM names").fetchone()[0],
    }
    base.executemany("INSERT INTO meta VALUES (?, ?)", ((key, str(value)) for key, value in meta.items()))


def _batches(terms: Iterable[Term]) -> Iterator[list[Term]]:
    rest = iter(terms)
    while batch := list(islice(rest, BATCH)):
        yield batch


def loaded(folder: Path) -> tuple[Loaded, ...]:
    """Give what is in a cache, in order of name."""
    return tuple(_told(path) for path in sorted(folder.glob("*.sqlite")))


def _told(path: Path) -> Loaded:
    with closing(_opened(path)) as base:
        try:
            meta = dict(base.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as error:
            raise ConverterError(
                f"{path}: no terms in it ({error}); remove it and load them again"
            ) from error
    if meta.get("format") != FORMAT:
        raise ConverterError(f"{path}: written by another version; load the terms again")
    counts = int(meta["codes"]), int(meta["names"])
    return Loaded(path.stem, meta["title"], meta["system"], meta["version"], meta["source"], *counts)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )


def remove(folder: Path, slug: str) -> Loaded:
    """Take a code system out of the cache."""
    known = {one.slug: one for one in loaded(folder)}
    if slug not in known:
        there = ", ".join(known) or "nothing"
        raise ConverterError(f"{slug}: not among the loaded terms in {folder}; there is {there}")
    (folder / f"{slug}.sqlite").unlink()
    return known[slug]


class Store:
    """A cache opened for look-ups."""

    __slots__ = ("_bases",)

    def __init__(self, folder: Path) -> None:
        known = loaded(folder)
        if not known:
            raise ConverterError(f"{folder}: no terms loaded; load some with `casefhir terms load FILE`")
        self._bases = {one.slug: (one, _opened(folder / f"{one.slug}.sqlite")) for one in known}

    def find(self, slug: str, name: str, tags: Sequence[str] = ()) -> Code | None:
        """Give the one code that bears a name; none where it is missing or stands for several.

        ``tags`` are the kinds of thing it may be, the most wanted first (SNOMED CT).
        """
        key = name_key(name)
        if slug not in self._bases or len(key) < MIN_KEY:
            return None
        one, base = self._bases[slug]
        rows = base.execute(BY_NAME, (key,)).fetchall()
        for tag in tags or ("",):
            hits = [(code, display) for code, display, kind in rows if kind == tag]
            if hits:
                return Code(one.system, *hits[0], one.version) if len(hits) == 1 else None
        return None

    def differs(self, code: Code) -> str:
        """Say how a code differs from its loaded system; "" if it does not, or the system is not loaded."""
        for one, base in self._bases.values():
            if one.system != code.system:
                continue
            known = base.execute("SELECT display FROM codes WHERE code = ?", (code.code,)).fetchone()
            if known is None:
                return f"{code.code} is not an active code of {one.title} {one.version}"
            named = base.execute(
                "SELECT 1 FROM names WHERE key = ? AND code = ?", (name_key(code.display), code.code)
            )
            if code.display and code.display != known[0] and not named.fetchone():
                return f"{code.code} is {known[0]!r} in {one.title} {one.version}, not {code.display!r}"
        return ""


MIN_KEY = 4
"""Shorter names are abbreviations, which stand for too many things."""


@lru_cache(maxsize=4)
def opened(folder: str) -> Store:
    """Open a cache once for a process."""
    return Store(Path(folder))

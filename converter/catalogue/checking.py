"""Check every row of the tables: form, ids, names, languages, codes, units, and its own examples."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache

from converter.catalogue.codes import Sources, malformed
from converter.catalogue.entries import Entry, current, entries
from converter.catalogue.examples import misread
from converter.check.ucum import valid
from converter.extractors.lexicon import is_exact, tokens
from converter.extractors.treatment_words import treatment_words
from converter.issues import Issue, MappingError
from converter.mappings import TABLES, data_path, imaging, label, load_toml, own_files, unit_key, units, use
from converter.sections.cues import load_cues
from converter.text import HANGUL, fold

KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KIND = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:;lateral)?")
LATIN = re.compile(r"[A-Z0-9][A-Za-z0-9 +./'-]*")
"""What Korean leaves in Latin letters: DNA, S-1, APACHE II."""
CATEGORIES = ("exam", "imaging", "laboratory", "survey", "vital-signs")
CUES = (
    "absent", "differential", "historical", "hypothetical", "never", "not-done", "planned", "possible",
    "probable", "pseudo", "resolved", "unchanged",
)  # fmt: skip


def check_tables(
    own: bool = False, sources: Sources | None = None, examples: bool = True
) -> tuple[Issue, ...]:
    """Check our rows, or the user's own over ours; Issues in order of file and line."""
    rows, issues = entries(own)
    issues = issues or (tuple(_merging()) if own else ())
    if issues:  # what cannot be read cannot be compared with the rest
        return issues
    found = [*_ids(rows), *_names(rows, own)]
    for row in rows:
        found += [*_languages(row), *_codes(row, sources), *_values(row, own)]
        if examples:
            found += [row.issue("MAP009", told) for told in misread(row)]
    if not own:
        found += _gone(rows)
    return tuple(sorted(found, key=lambda i: (i.source, i.line, i.code, i.message)))


MERGED: Mapping[str, Callable[[], object]] = {
    "sections.toml": load_cues,
    "context.toml": lambda: load_toml("context.toml"),
    "imaging.toml": imaging,
    "units.toml": units,
    "treatments.toml": treatment_words,
}
"""Files that are laid over ours as a whole, and what reads them."""


def _merging() -> Iterator[Issue]:
    """Lay the user's files that are no rows with ids over ours, as reading a report would."""
    for name, read in MERGED.items():
        for path in own_files(name):
            try:
                read()
            except (MappingError, KeyError, TypeError, ValueError, AttributeError) as error:
                told = f"{error} is missing in a row" if isinstance(error, KeyError) else str(error)
                yield Issue.of("MAP001", told.removeprefix(f"{label(path)}: "), source=label(path))


@cache
def use_own_rows(folder: str) -> None:
    """Read a user's own rows over ours in this process, after the same checks as ours pass.

    ConverterError where the folder or a row is wrong, or where tables were read otherwise before.
    """
    use(folder)
    problems = check_tables(own=True) if folder else ()
    if problems:
        told = [f"{i.source}:{i.line or 1}: {i.code} {i.message} ({i.hint})" for i in problems]
        raise MappingError("rows of your own that cannot be used:\n" + "\n".join(told))


def _ids(rows: Sequence[Entry]) -> Iterator[Issue]:
    first: dict[tuple[str, str], Entry] = {}
    for row in rows:
        if row.table == "cues":
            continue
        if row.table != "units" and not KEBAB.fullmatch(row.id):
            yield row.issue("MAP002", "an id is small letters and digits, with hyphens between")
        known = first.setdefault((row.table, row.id), row)
        if known is not row:
            yield row.issue("MAP002", f"the id stands in {known.file}:{known.line} too")


def _gone(rows: Iterable[Entry]) -> Iterator[Issue]:
    """Compare with the ids that were given out: each names a row still, or says which row took its place."""
    path = data_path("mappings/ids.tsv")
    known = {(row.table, row.id) for row in rows}
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        table, ident, heir = (*line.split("\t"), "", "")[:3]
        if ident and (table, ident) not in known and (table, heir) not in known:
            issue = Issue.of("MAP003", f"{ident} of {table} names no row any more", source="mappings/ids.tsv")
            yield replace(issue, line=number)


def name_key(name: str) -> tuple[str, ...]:
    """Fold a name to what the lexicon looks it up by.

    >>> name_key("Tumours of the lung"), name_key("CT"), name_key("뇌 경색")
    (('tumor', 'of', 'the', 'lung'), ('ct', 'CT'), ('뇌경색',))
    """
    if HANGUL.search(name):
        return (name.replace(" ", ""),)
    words = (*(token.stem for token in tokens(fold(name))), *("*" for sign in name if sign == "*"))
    return (*words, re.sub(r"[^A-Za-z0-9]", "", name)) if is_exact(name) else words


def _claims(row: Entry) -> Iterator[tuple[tuple[object, ...], str]]:
    """Give the names of a row that lead to it alone."""
    raw = row.raw or {}
    if row.table == "units":
        yield from (((row.table, unit_key(name)), name) for name in (row.id, *row.names))
    elif row.table != "cues":
        spared = raw.get("ambiguous", ())
        for name in dict.fromkeys((*row.names, *row.names_ko, *filter(None, [row.reading]))):
            if name not in spared:
                yield (row.table, raw.get("specimen", ""), *name_key(name)), name


def _names(rows: Sequence[Entry], own: bool) -> Iterator[Issue]:
    """Find names that lead to two rows; a user's row is compared with all rows in force."""
    owners: dict[tuple[object, ...], Entry] = {}
    mine, tables = {(row.table, row.id) for row in rows}, {row.table for row in rows}
    others = [r for r in current() if r.table in tables and (r.table, r.id) not in mine] if own else []
    for row in (*others, *rows):
        for key, name in _claims(row):
            known = owners.setdefault(key, row)
            if known.id != row.id:
                where = f"{known.file}:{known.line}"
                mend = f"take the name out of one row, or repeat row {known.id} under its own id to change it"
                yield row.issue("MAP004", f"the name {name!r} leads to {known.id} ({where}) too", mend)


def _languages(row: Entry) -> Iterator[Issue]:
    if row.table in ("units", "cues"):
        return
    if not row.en or HANGUL.search("".join(row.names)):
        yield row.issue("MAP005", "en and names hold the English names, and en is not empty")
    if not (HANGUL.search(row.ko) or LATIN.fullmatch(row.ko)):
        yield row.issue("MAP005", "ko is the Korean name (or an abbreviation that Korean leaves as it is)")
    short = [name for name in row.names_ko[1:] if len(name) == 1]
    if short:
        yield row.issue(
            "MAP005", f"a Korean name of one syllable is found inside other words: {', '.join(short)}"
        )
    if not all((*row.names, *row.names_ko)):
        yield row.issue("MAP005", "a name between two | is empty")


def _codes(row: Entry, sources: Sources | None) -> Iterator[Issue]:
    for _, code in row.codes:
        if row.table in TABLES and not (code.system and code.code and code.display):
            yield row.issue("MAP006", "system, code and display stand together or are all empty")
        elif row.table == "units":
            if not valid(code.code):
                yield row.issue("MAP008", f"{code.code!r} is no UCUM code")
        elif told := malformed(code):
            yield row.issue("MAP006", told)
        elif sources and (told := sources.wrong(code)):
            yield row.issue("MAP007", told)


@cache
def _known_units() -> frozenset[str]:
    return frozenset(unit.ucum for unit in units())


@cache
def _known_kinds() -> Mapping[str, frozenset[str]]:
    """Give the kinds that our own tables use; rules of the program hang on them."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in entries()[0]:
        found[row.table].add(row.kind)
    return {table: frozenset(kinds) for table, kinds in found.items()}


def _values(row: Entry, own: bool) -> Iterator[Issue]:
    raw = row.raw or {}
    if row.table in TABLES:
        known = sorted(_known_kinds().get(row.table, ()))
        if not KIND.fullmatch(row.kind) or (own and row.table != "drugs" and row.kind not in known):
            yield row.issue("MAP010", f"kind {row.kind!r} is none of {', '.join(known)}")
    elif row.table == "observations":
        if row.kind not in CATEGORIES:
            yield row.issue("MAP010", f"category {row.kind!r} is none of {', '.join(CATEGORIES)}")
        yield from _units(row)
    elif row.table == "cues" and row.id not in CUES:
        yield row.issue("MAP010", f"kind {row.id!r} is none of {', '.join(CUES)}")
    elif row.table == "cues" and raw.get("direction", "both") not in ("before", "after", "both"):
        yield row.issue("MAP010", f"direction {raw['direction']!r} is none of before, after, both")


def _units(row: Entry) -> Iterator[Issue]:
    raw = row.raw or {}
    used = dict.fromkeys([*row.units, *raw.get("loinc", ()), *raw.get("plausible", ())])
    for unit in filter(None, used):
        if not valid(unit):
            yield row.issue("MAP008", f"{unit!r} is no UCUM code")
        elif unit not in _known_units():
            yield row.issue("MAP008", f"{unit} has no row in units.toml, so that it is never read in a text")
        elif unit not in row.units:
            yield row.issue("MAP008", f"{unit} has a code or a limit but does not stand in units")
    for unit, limits in raw.get("plausible", {}).items():
        if not _ordered(limits):
            yield row.issue("MAP010", f"plausible for {unit or 'no unit'} wants two numbers, the lower first")


def _ordered(limits: object) -> bool:
    try:
        low, high = (Decimal(str(limit)) for limit in limits)  # type: ignore[attr-defined]
    except (InvalidOperation, ValueError, TypeError):
        return False
    return bool(low < high)

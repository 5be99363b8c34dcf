"""SNOMED CT's Release Format 2: the snapshot's concept and description files -> a release."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from converter.terms.files import Source
from converter.terms.release import Release, Term, TermsError

CONCEPT = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId"
DESCRIPTION = "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId"
FULL_NAME = "900000000000003001"
SYNONYM = "900000000000013009"
CORE = "900000000000207008"
MODEL = "900000000000012004"
SYSTEM = "http://snomed.info/sct"
TAGGED = re.compile(r"(?P<name>.+) \((?P<tag>[^()]+)\)$")
DATED = re.compile(r"_(\d{8})\.txt$")
LANGUAGES = ("en", "ko")


def release(files: Sequence[Source], version: str = "") -> Release:
    """Join the concept and description files of one edition."""
    concepts = [file for file in files if file.first == CONCEPT]
    descriptions = [file for file in files if file.first == DESCRIPTION]
    for file in files:
        if "Full" in file.name or "Delta" in file.name:
            raise TermsError(f"{file.name}: load the Snapshot files of the release, not Full or Delta")
    if len(concepts) != 1 or not descriptions:
        found = ", ".join(file.name for file in files)
        raise TermsError(
            f"{found}: SNOMED CT needs a sct2_Concept_Snapshot and its sct2_Description_Snapshot files; "
            "give them, or the release's zip"
        )
    active, module, newest = _concepts(concepts[0])
    dated = DATED.search(concepts[0].name)
    version = version or f"{SYSTEM}/{module}/version/{dated[1] if dated else newest}"
    source = ", ".join(file.name for file in (concepts[0], *descriptions))
    return Release("snomed", "SNOMED CT", SYSTEM, version, source, _terms(descriptions, active))


def _cells(file: Source, columns: int) -> Iterator[list[str]]:
    with file.open() as lines:
        next(lines, None)
        for number, line in enumerate(lines, 2):
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != columns:
                raise TermsError(f"{file.name}:{number}: {len(cells)} columns, {columns} wanted")
            yield cells


def _concepts(file: Source) -> tuple[frozenset[str], str, str]:
    """Give the active concepts, the edition's module and the newest date.

    An edition is named by its own module: the most frequent one that is not the international core's.
    """
    active: set[str] = set()
    modules: Counter[str] = Counter()
    newest = ""
    for ident, date, state, module, _ in _cells(file, 5):
        newest = max(newest, date)
        if state == "1":
            active.add(ident)
            modules[module] += 1
    own = [(count, module) for module, count in modules.items() if module not in (CORE, MODEL)]
    return frozenset(active), max(own)[1] if own else CORE, newest


def _terms(files: Sequence[Source], active: frozenset[str]) -> Iterator[Term]:
    """Give each active concept by its fully specified name, then its synonyms; two passes, to keep little."""
    full: dict[str, str] = {}
    for concept, language, name in _names(files, active, FULL_NAME):
        if language == "en" or concept not in full:
            full[concept] = name
    for concept, name in full.items():
        tagged = TAGGED.fullmatch(name)
        yield Term(concept, name, (tagged["name"] if tagged else name,), tagged["tag"] if tagged else "")
    for concept, _, name in _names(files, active, SYNONYM):
        if concept in full:
            yield Term(concept, "", (name,))


def _names(files: Sequence[Source], active: frozenset[str], wanted: str) -> Iterator[tuple[str, str, str]]:
    for file in files:
        for _, _, state, _, concept, language, kind, name, _ in _cells(file, 9):
            if state == "1" and kind == wanted and concept in active and language in LANGUAGES:
                yield concept, language, name

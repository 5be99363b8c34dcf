"""Read a row's own examples as a report would be read: they are its tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.catalogue.entries import IMAGING, Entry
from converter.extractors.context import context
from converter.extractors.lexicon import Lexicon, lexicon, rows_lexicon
from converter.mappings import Observable
from converter.model import Span
from converter.text import fold, sentences, view_of

MARKED = re.compile(r"<([^<>]*)>")
WINDOW = 30
"""How far around a name its excluding words count (converter.extractors.binding)."""


def misread(row: Entry) -> Iterator[str]:
    """Say which examples of a row are not read as that row, and which counterexamples are."""
    if row.table == "units":
        return
    if row.table == "cues":
        yield from (told for text in row.examples if (told := _cue(row, text)))
        return
    if not row.examples and row.table not in IMAGING.values():
        yield "the row has no example; write a sentence of your own that names it"
    for text in row.examples:
        if not _found(row, text):
            yield f"its example is not read as {row.id}: {text}"
    for text in (row.raw or {}).get("counterexamples", ()):
        if _found(row, text):
            yield f"its counterexample is read as {row.id}: {text}"


def _lexicon(table: str) -> Lexicon:
    if table in IMAGING.values():
        return lexicon("imaging") if table == "modalities" else rows_lexicon(table)
    return lexicon(table)


def _found(row: Entry, text: str) -> bool:
    folded = fold(text)
    for match in _lexicon(row.table).find(text, folded):
        window = folded[max(0, match.start - WINDOW) : match.end + WINDOW]
        origin = match.entry.origin
        excluded = origin.excluded if isinstance(origin, Observable) else ()
        if match.concept.id == row.id and not any(words.lower() in window for words in excluded):
            return True
    return False


def _cue(row: Entry, text: str) -> str:
    """Say how the marked words of a cue's example are read otherwise; a pseudo-cue denies nothing."""
    plain = MARKED.sub(r"\1", text)
    whole = view_of(plain, (Span(0, len(plain)),))
    for sentence in sentences(whole, 0, 0):
        for words in MARKED.findall(text):
            at = sentence.text.find(words)
            reading = context(sentence).at(at, at + len(words)) if at >= 0 else None
            denied = reading is not None and reading.has("absent")
            if reading is None or (denied if row.id == "pseudo" else not reading.has(row.id)):
                return f"{words!r} is not read as {row.id}: {text}"
    return ""

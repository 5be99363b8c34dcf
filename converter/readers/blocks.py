"""Build a document's text out of the blocks of a structured format, with a hint for each that has a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from converter.model import Hint, Place, SectionKind, Span
from converter.readers.reader import composed

SPACE = re.compile(r"[ \t\r\f\v\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, caption or table of a source."""

    text: str
    kind: SectionKind | None = None
    """What the format says it is; None where only its words can tell."""
    label: str = ""
    path: str = ""


def squeezed(text: str) -> str:
    """Make one line of a paragraph: in markup a line end is a blank."""
    uneven = "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text or "\v" in text
    return (SPACE.sub(" ", text) if uneven else text).strip()  # a search for fixed words is far quicker


POWER = re.compile(r"(?:\d|(?:^|[\s/·(.])(?:[mcdk]?m|kg|[mdµu]?[lL]|s|in|ft))\s?$")


def raised(words: str, before: str, linked: bool) -> str:
    """Write a superscript so that it stays apart: a power after a caret, a citation in brackets.

    >>> raised("9", "10", False), raised("3", "spleen", True), raised("18", " ", False)
    ('^9', '[3]', '18')
    """
    before = before[-20:]  # only its end matters, and a search for an end begins everywhere
    number = re.fullmatch(r"[-−–+]?\d+", words) is not None
    if number and not linked and POWER.search(before):
        return f"^{words}"
    citing = re.fullmatch(r"\[?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]?", words) is not None
    if citing and (linked or re.search(r"[^\W\d_][.,;:)]?$|[.,;)]$", before)):
        return words if words.startswith("[") else f"[{words}]"
    return words


class Assembled(NamedTuple):
    """A document's text, what is known of its parts, and where they stand in the source."""

    text: str
    hints: tuple[Hint, ...]
    places: tuple[Place, ...]


def assemble(blocks: Iterable[Block]) -> Assembled:
    r"""Put blocks into one text, a blank line between, and say where each stands and what is known of it.

    >>> assemble([Block("A"), Block("B", SectionKind.TITLE)]).text
    'A\n\nB\n'
    """
    parts: list[str] = []
    hints: list[Hint] = []
    places: list[Place] = []
    at = 0
    for block in blocks:
        text = composed(block.text).strip()
        if text:
            span = Span(at, at + len(text))
            if block.kind:
                hints.append(Hint(block.kind, span, block.label, block.path))
            if block.path:
                places.append(Place(span, block.path))
            parts.append(text)
            at += len(text) + 2
    return Assembled("\n\n".join(parts) + ("\n" if parts else ""), tuple(hints), tuple(places))


WIDEST = 60
"""Columns or rows that a cell may be said to cover; more is no table of a report."""


def table_lines(rows: Iterable[Iterable[tuple[str, int, int]]]) -> Iterator[str]:
    """Write the cells (words, columns covered, rows covered) of each row as a line "cell | cell".

    A cell that covers several is written once, with empty cells in the places that it covers, so that every
    cell keeps its column.

    >>> list(table_lines([[("Test", 1, 2), ("Value", 2, 1)], [("Day 1", 1, 1), ("Day 2", 1, 1)]]))
    ['Test | Value | ', ' | Day 1 | Day 2']
    """
    covered: dict[int, int] = {}
    for row in rows:
        line: list[str] = []
        for words, across, down in row:
            _skip(line, covered)
            for k in range(max(1, min(across, WIDEST))):
                covered[len(line)] = min(down, WIDEST) - 1
                line.append("" if k else words)
        _skip(line, covered)
        if any(line):
            yield " | ".join(line)


def _skip(line: list[str], covered: dict[int, int]) -> None:
    """Leave the places empty that a cell of a row above covers."""
    while covered.get(len(line), 0) > 0:
        covered[len(line)] -= 1
        line.append("")


def covers(printed: str | None) -> int:
    """Read an attribute colspan or rowspan; 1 where it is none or no number."""
    if not printed:
        return 1
    return int(printed) if printed.strip().isdecimal() and len(printed) < 4 else 1

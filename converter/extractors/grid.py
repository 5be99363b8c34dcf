"""Tables in a text: runs of lines whose cells are parted by bars or tabs, as the readers write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from converter.model import Span
from converter.text import MARKUP

BAR = re.compile(r"\s\|(?=\s|$)|^\|(?=\s)")
TAB = re.compile("\t")
RULE = re.compile(r"[\s|:+=-]*-{2,}[\s|:+=-]*")
"""The line below a Markdown table's head, or a drawn one."""
MAX_ROWS = 2000
MAX_COLUMNS = 60
"""Beyond these it is a data set, not the table of a report."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of one cell, without the blanks round it; an empty cell has an empty span."""

    text: str
    span: Span

    def __bool__(self) -> bool:
        return bool(self.text)


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, every row with as many cells."""

    rows: tuple[Row, ...]
    before: str = ""
    """The line above: a caption, if there is one."""

    def turned(self) -> Grid:
        """Give the table with its rows as columns."""
        return Grid(tuple(zip(*self.rows, strict=True)), self.before)


def grids(text: str) -> Iterator[Grid]:
    r"""Find the tables of a text.

    >>> [[c.text for c in row] for row in next(grids("Test | Day 1\nNa | 128\nK |")).rows]
    [['Test', 'Day 1'], ['Na', '128'], ['K', '']]
    """
    run: list[Row] = []
    before, last, at = "", "", 0
    for line in [*text.split("\n"), ""]:
        cells = _cells(line, at)
        lone = bool(run) and 0 < len(line.strip()) < 60 and not line.rstrip().endswith(".")
        if len(cells) > 1 or (lone and cells):
            before = before if run else last
            run.append(cells)
        elif run and not RULE.fullmatch(line):
            yield from _grid(run, before)
            run = []
        last = line.strip()
        at += len(line) + 1


def _grid(run: Sequence[Row], before: str) -> Iterator[Grid]:
    rows = list(run)
    while rows and len(rows[-1]) == 1:
        rows.pop()
    wide = [row for row in rows if len(row) > 1]
    if len(wide) < 2 or len(rows) > MAX_ROWS:
        return
    if all(len(row) > 2 and not row[0] and not row[-1] for row in wide):  # bars at both ends are a frame
        rows = [row[1:-1] if len(row) > 1 else row for row in rows]
    width = max(map(len, rows))
    if 1 < width <= MAX_COLUMNS:
        yield Grid(tuple(_filled(row, width) for row in rows), before)


def _filled(row: Row, width: int) -> Row:
    end = row[-1].span.end
    return (*row, *(Cell("", Span(end, end)) for _ in range(width - len(row))))


def _cells(line: str, at: int) -> Row:
    """Cut a line at its bars or tabs."""
    if not line.strip() or RULE.fullmatch(line):
        return ()
    cuts = [m.span() for m in (TAB if "\t" in line else BAR).finditer(line)]
    edges = [(0, 0), *cuts, (len(line), len(line))]
    pairs = pairwise(edges)
    return tuple(_cell(line, start, end, at) for (_, start), (end, _) in pairs)


def _cell(line: str, start: int, end: int, at: int) -> Cell:
    words = line[start:end]
    left = start + len(words) - len(words.lstrip())
    right = start + len(words.rstrip())
    text = MARKUP.sub("", words).strip()
    return Cell(text, Span(at + left, at + right)) if text else Cell("", Span(at + start, at + start))

"""From lines with places to columns in reading order, without running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from statistics import median

from converter.readers.pdf_lines import Strip

Column = list[Strip]
MARGIN = 0.1
"""Share of the page's height, above and below, where running heads and feet stand."""
TABLE = re.compile(r"(?:Table|TABLE|표)\s*\d")
"""How the caption over a table begins; a short one stands in the left column alone."""
STEP = 2
"""Points from one place to the next in which a white band is looked for."""
ROWS = 3
"""Rows of cells over both columns that make a table: fewer can stand side by side by chance."""
PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—|\s]*[\divxl]{1,5}[-–—|\s]*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
NUMBERS = re.compile(r"\d+")


def without_running(pages: Sequence[tuple[Column, float]]) -> list[tuple[Column, Column]]:
    """Part each page, given with its height, into its text and what the first page alone has in its margins.

    What recurs on another page at the same place is dropped, and so are page numbers.
    """
    margins = [[s for s in strips if _in_margin(s, height)] for strips, height in pages]
    seen = Counter(key for strips in margins for key in {_key(s) for s in strips})
    out: list[tuple[Column, Column]] = []
    for (strips, _), outer in zip(pages, margins, strict=True):
        dropped = {id(s) for s in outer if seen[_key(s)] > 1 or PAGE_NUMBER.fullmatch(s.text)}
        aside = [s for s in _edges(strips, outer) if id(s) not in dropped]
        apart = dropped | {id(s) for s in aside}
        out.append(([s for s in strips if id(s) not in apart], aside))
    return out


def _in_margin(strip: Strip, height: float) -> bool:
    return strip.bottom < MARGIN * height or strip.top > (1 - MARGIN) * height


def _key(strip: Strip) -> tuple[str, int]:
    return NUMBERS.sub("#", strip.text), round(strip.middle / 8)


def _edges(strips: Column, outer: Column) -> Iterator[Strip]:
    """Give the margin's lines that stand well apart from the text: a foot with the journal's name, say."""
    inner = [s for s in strips if s not in outer]
    if not inner:
        return
    top, bottom = max(s.top for s in inner), min(s.bottom for s in inner)
    body = median(s.size for s in inner)
    for strip in outer:
        gap = max(strip.bottom - top, bottom - strip.top)
        if gap > body and strip.size < body:
            yield strip


def columns(strips: Column) -> Iterator[Column]:
    """Give a page's columns in reading order; what crosses them parts them into bands.

    >>> from converter.readers.pdf_lines import placed
    >>> left = [placed(f"l{i}", 50, 290, 600 - 12 * i, 610 - 12 * i) for i in range(6)]
    >>> right = [placed(f"r{i}", 310, 550, 600 - 12 * i, 610 - 12 * i) for i in range(6)]
    >>> head = placed("head", 50, 550, 700, 720)
    >>> [[s.text for s in c] for c in columns([*right, head, *left])][1]
    ['l0', 'l1', 'l2', 'l3', 'l4', 'l5']
    """
    gutter = _gutter(strips)
    ordered = sorted(strips, key=lambda s: (-s.middle, s.left))
    if gutter is None:
        yield ordered
        return
    across = _across(ordered, gutter)
    for crossing, run in groupby(ordered, lambda s: id(s) in across):
        band = list(run)
        if crossing:
            yield band
            continue
        for side in ([s for s in band if s.middle_x < gutter], [s for s in band if s.middle_x >= gutter]):
            if side:
                yield from columns(side) if len(side) < len(strips) else [side]


def _gutter(strips: Column) -> float | None:
    """Find the upright white band with text on both sides that the fewest lines cross."""
    if len(strips) < 10:
        return None
    left, right = min(s.left for s in strips), max(s.right for s in strips)
    width = int(right - left) + 1
    if width < 60 or width > 20_000:
        return None
    steps = [0] * (width // STEP + 2)
    for strip in strips:
        steps[int(strip.left - left) // STEP] += 1
        steps[int(strip.right - left) // STEP + 1] -= 1
    covered = list(accumulate(steps))
    low, high = int(0.2 * width) // STEP, int(0.8 * width) // STEP
    most = min(covered[low:high]) + len(strips) // 50
    best, begun = (low, low), low
    for x in range(low, high):
        if covered[x] > most:
            begun = x + 1
        elif x + 1 - begun > best[1] - best[0]:
            best = (begun, x + 1)
    middle = left + STEP * (best[0] + best[1]) / 2
    return middle if _parts(strips, middle) else None


def _parts(strips: Column, x: float) -> bool:
    """Tell two columns of prose, side by side, from a table or a page with white in it."""
    before = [s for s in strips if s.right <= x]
    after = [s for s in strips if s.left >= x]
    crossing = len(strips) - len(before) - len(after)
    if min(len(before), len(after)) < 4 or crossing > 1.5 * min(len(before), len(after)) + 6:
        return False
    if not _filled(before, x - min(s.left for s in before)):
        return False
    if not _filled(after, max(s.right for s in after) - x):
        return False
    beside = min(max(s.top for s in before), max(s.top for s in after)) - max(
        min(s.bottom for s in before), min(s.bottom for s in after)
    )
    return beside > 3 * median(s.size for s in strips)


def _filled(side: Column, room: float) -> bool:
    """Tell prose, whose lines fill their column, from a column of cells."""
    lines = rows(sorted(side, key=lambda s: (-s.middle, s.left)))
    return median(line[-1].right - line[0].left for line in lines) > 0.55 * room


def _across(ordered: Column, gutter: float) -> set[int]:
    """Find the lines over both columns, and the rows of tables as wide as the page."""
    width = max(s.right for s in ordered) - min(s.left for s in ordered)
    lines = list(rows(ordered))
    out = {id(s) for line in lines for s in line if s.left < gutter - 2 and s.right > gutter + 2}
    above: list[Strip] = []
    for cells, run in groupby(lines, lambda line: _cells(line, gutter, 0.3 * width)):
        table = list(run)
        if cells and len(table) >= ROWS:
            top = table[0][0].middle
            near = (s for s in above if s.middle - top < 3 * s.size and TABLE.match(s.text))
            out |= {id(s) for line in table for s in line} | {id(s) for s in near}
        above = [s for line in table[-2:] for s in line]
    return out


def _cells(line: list[Strip], gutter: float, most: float) -> bool:
    """Tell a row of short cells on both sides of the gutter."""
    both = line[0].right < gutter < line[-1].left
    return both and len(line) > 2 and max(s.right - s.left for s in line) < most


def rows(ordered: Sequence[Strip]) -> Iterator[list[Strip]]:
    """Bring together what stands on one line; strips come from the top down."""
    row: list[Strip] = []
    middle = size = 0.0
    for strip in ordered:
        if row and abs(middle - strip.middle) > 0.4 * (size if size < strip.size else strip.size):
            yield row if len(row) == 1 else sorted(row, key=_left)
            row = []
        if not row:
            middle, size = strip.middle, strip.size
        row.append(strip)
    if row:
        yield sorted(row, key=_left)


def _left(strip: Strip) -> float:
    return strip.left

"""From columns of a PDF to paragraphs, captions and tables, whole across columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from converter.readers.pdf_columns import Column, rows
from converter.readers.pdf_lines import Strip

CAPTION = re.compile(
    r"(?:Fig(?:ure|s)?\.?|FIG(?:URE)?\.?|Table|TABLE|그림|표)\s*[\dIVX]+[A-Za-z]?\b\s*(?:[.:|)]|$|\s[A-Z가-힣(])"
)
STOP = re.compile(r"[.!?:。][\"'”’)\]]*(?:\[[\d,\s–-]+\])?$")
ITEM = re.compile(r"(?:[•●▪■◦○‣–]|\(?\d{1,3}[.)\]]|\[\d{1,3}\])\s*\S")
LABEL = re.compile(
    r"(?:[•●▪■◦○‣–*]|\(?[\dIVXa-z]{1,4}[.)\]]|(?:Fig(?:ure)?|Table|그림|표)\.?\s*\d+[.:]?)", re.IGNORECASE
)
GOES_ON = re.compile(r"[a-z가-힣(\d]")
HYPHEN = re.compile(r"(?<=[^\s–-])[-\u00ad\u2010]\n([a-z]+)?")
HANGUL = re.compile(r"[가-힣]{2}")
LAST_WORD = re.compile(r"[^\W\d_]+\Z")
CELLS = 1.6
"""Gap, in heights of the line, that parts the cells of a table."""
SAME = 0.13
"""Share by which boxes of one size of letters differ where Hangul and Latin fonts mix."""
PARTICLE = re.compile(
    r"(?:[을를은는이가에의로와과도만]|에서|에게|으로|까지|부터|이며|이고|하였다|되었다|였다|었다|다)(?=[\s.,)]|$)"
)
ENDED = re.compile(r"[을를은는이가에의로고며서와과도한된인던여후전]$")


class Row(NamedTuple):
    """One line of a column."""

    cells: tuple[Strip, ...]
    table: bool
    text: str
    size: float
    """Height of its largest font's box."""
    bold: bool
    middle: float


def _row(cells: tuple[Strip, ...], table: bool) -> Row:
    first = cells[0]
    if len(cells) == 1:
        return Row(cells, table, first.text, first.top - first.bottom, first.bold, first.middle)
    text = (" | " if table else " ").join(c.text for c in cells)
    return Row(cells, table, text, max(c.size for c in cells), all(c.bold for c in cells), first.middle)


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, heading, caption or table as it stands on a page, its lines apart."""

    lines: tuple[str, ...]
    size: float
    bold: bool
    table: bool
    page: int
    top: float = 0.0

    @property
    def text(self) -> str:
        """The lines, one under the other."""
        return "\n".join(self.lines)

    @property
    def caption(self) -> bool:
        """It begins as a caption does."""
        return CAPTION.match(self.lines[0]) is not None


def spacing(columns: Iterable[Column]) -> float:
    """Give the commonest distance from line to line of a document, in heights of its lines."""
    steps = Counter(
        round((a.middle - b.middle) / b.size, 1)
        for column in columns
        for a, b in pairwise(column)
        if b.size and abs(a.size - b.size) < SAME * b.size
    )
    del steps[0.0]
    near = {s: n for s, n in steps.items() if 0.7 <= s <= 3}
    return max(near, key=lambda s: (near[s], -s)) if near else 1.2


def parts(column: Column, page: int, spaced: float = 1.2) -> Iterator[Part]:
    """Cut a column into paragraphs and tables; lines follow each other at so many heights."""
    found = _rows(column)
    if not found:
        return
    left, right = min(r.cells[0].left for r in found), max(r.cells[-1].right for r in found)
    run = [found[0]]
    for before, row in pairwise(found):
        if _breaks(before, row, (left, right), spaced * row.size):
            yield _part(run, page)
            run = []
        run.append(row)
    yield _part(run, page)


def _rows(column: Column) -> list[Row]:
    """Tell rows of tables from lines of text with wide spaces."""
    lines = [tuple(line) for line in rows(column)]
    wide = [_widest(line) > CELLS and not LABEL.fullmatch(line[0].text) for line in lines]
    if not any(wide):
        return [_row(line, False) for line in lines]
    out: list[Row] = []
    for index, line in enumerate(lines):
        near = [wide[i] for i in range(max(0, index - 2), index + 3) if i != index and i < len(lines)]
        many = len(line) > 1 and (wide[index] or len(line) > 2) and not LABEL.fullmatch(line[0].text)
        between = len(line) == 1 and any(wide[index - 1 : index]) and any(wide[index + 1 : index + 2])
        out.append(_row(line, (many and any(near)) or (between and len(line[0].text) < 60)))
    return out


def _widest(line: tuple[Strip, ...]) -> float:
    if len(line) == 1:
        return 0.0
    size = max(s.size for s in line)
    return max((b.left - a.right for a, b in pairwise(line)), default=0.0) / max(size, 0.1)


def _breaks(before: Row, row: Row, edges: tuple[float, float], leading: float) -> bool:
    """Tell whether a new paragraph begins."""
    step = before.middle - row.middle
    if before.table or row.table:
        nearby = step < 2.2 * leading and abs(before.size - row.size) < 0.25 * row.size
        inside = before.table and (row.table or row.cells[0].left > before.cells[0].left + row.size)
        return not (nearby and inside)
    if step > 1.3 * leading or abs(before.size - row.size) > SAME * row.size:
        return True
    if before.bold != row.bold or CAPTION.match(row.text):
        return True
    short = before.cells[-1].right < edges[1] - 0.1 * (edges[1] - edges[0])
    indent = row.cells[0].left > before.cells[0].left + 0.6 * row.size
    stopped = STOP.search(before.text) is not None
    return (stopped and (short or indent)) or (ITEM.match(row.text) is not None and (short or stopped))


def _part(run: list[Row], page: int) -> Part:
    table = run[0].table
    lines = tuple(_table(run)) if table else tuple(r.text for r in run)
    return Part(
        lines, median(r.size for r in run), all(r.bold for r in run), table, page, run[0].cells[0].top
    )


def _table(run: list[Row]) -> Iterator[str]:
    """Write a table row by row; a cell's further lines go to their cell."""
    model = max((r.cells for r in run), key=len)
    cells: list[str] = []
    for row in run:
        places = [_nearest(model, strip) for strip in row.cells]
        alone = len(places) == 1 and not places[0]
        if not cells or (0 in places and not (alone and row.text[0].islower())):
            if cells:
                yield " | ".join(cells)
            cells = [""] * (1 if alone else len(model))
        for place, strip in zip(places, row.cells, strict=True):
            cells += [""] * (place + 1 - len(cells))
            cells[place] = f"{cells[place]} {strip.text}".strip()
    yield " | ".join(cells)


def _nearest(model: tuple[Strip, ...], strip: Strip) -> int:
    return min(range(len(model)), key=lambda i: _apart(model[i], strip))


def _apart(one: Strip, other: Strip) -> float:
    """Measure how far two cells are from standing under each other."""
    return min(abs(one.left - other.left), abs(one.right - other.right), abs(one.middle_x - other.middle_x))


def flow(found: Sequence[Part]) -> list[Part]:
    """Make paragraphs whole that a column's or page's end cuts; captions and tables follow them."""
    size = _body(found)
    out: list[Part] = []
    waiting: list[Part] = []
    for part in _captioned(found):
        if out and _open(out[-1], size) and (part.caption or part.table):
            waiting.append(part)
        elif out and _open(out[-1], size) and _continues(part, size):
            out[-1] = replace(out[-1], lines=(*out[-1].lines, *part.lines))
        else:
            out += [*waiting, part]
            waiting = []
            continue
        if not _open(out[-1], size):
            out += waiting
            waiting = []
    return [*out, *waiting]


def _body(found: Sequence[Part]) -> float:
    """Give the size that most of the words have."""
    counted: Counter[float] = Counter()
    for part in found:
        counted[round(part.size, 1)] += sum(map(len, part.lines))
    return max(counted, key=lambda s: (counted[s], -s)) if counted else 0.0


def _captioned(found: Sequence[Part]) -> Iterator[Part]:
    """Put a table under its caption."""
    held: Part | None = None
    for part in found:
        if held and part.table and part.page == held.page:
            yield replace(held, lines=(unbroken(held.text), *part.lines), table=True)
            held = None
            continue
        if held:
            yield held
        held = part if part.caption and re.match(r"table|표", part.lines[0], re.IGNORECASE) else None
        if held is None:
            yield part
    if held:
        yield held


def _open(part: Part, size: float) -> bool:
    """Tell a paragraph of the text that stops within a sentence."""
    prose = not (part.caption or part.table or part.bold) and abs(part.size - size) < SAME * size
    return prose and not STOP.search(part.lines[-1]) and (len(part.lines) > 1 or len(part.lines[0]) > 60)


def _continues(part: Part, size: float) -> bool:
    plain = not (part.bold or part.table) and abs(part.size - size) < SAME * size
    return plain and GOES_ON.match(part.lines[0]) is not None


def breaks_words(found: Sequence[Part]) -> bool:
    """Tell a document whose Korean lines break within a word: some begin with a bare particle."""
    begun = [b for part in found for a, b in pairwise(part.lines) if HANGUL.match(a[-1:] + b[:1])]
    return sum(1 for line in begun if PARTICLE.match(line)) > 0.04 * len(begun)


def unbroken(text: str, known: frozenset[str] = frozenset(), within: bool = False) -> str:
    r"""Make one line of a paragraph's lines; a word parted at a line's end is one word again.

    A hyphen stays where the document writes the word with it elsewhere, and in "45-year-/old". Korean
    lines may break within a word: ``within`` says that they do in this document.

    >>> unbroken("a myo\u00ad\ncardial scar of a 45-year-\nold man"), unbroken("T2-\nweighted")
    ('a myocardial scar of a 45-year-old man', 'T2-weighted')
    >>> unbroken("발열\n을 주소로", within=True), unbroken("종괴가 관\n찰되었다", within=True)
    ('발열을 주소로', '종괴가 관찰되었다')
    """
    if HYPHEN.search(text):
        text = HYPHEN.sub(lambda m: _hyphen(m, text, known), text)
    lines = text.split("\n")
    out = lines[0]
    for line in lines[1:]:
        cut = within and HANGUL.match(out[-1:] + line[:1]) and not ENDED.search(out)
        out += line if cut or PARTICLE.match(line) else " " + line
    return out.replace("\u00ad", "-")


def _hyphen(m: re.Match[str], text: str, known: frozenset[str]) -> str:
    word = LAST_WORD.search(text, max(0, m.start() - 40), m.start())
    before, after = word.group() if word else "", m.group(1) or ""
    if not after or not before:
        return "-" + after
    whole, apart = f"{before}{after}".lower(), f"{before}-{after}".lower()
    kept = apart in known and whole not in known
    joint = word is not None and word.start() and text[word.start() - 1] in "-0123456789"
    return "-" + after if kept or joint else after

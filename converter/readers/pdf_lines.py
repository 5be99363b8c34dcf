"""The lines of a PDF page with their places, out of pdfium's characters.

pdfium gives text without layout. Two characters of a line are asked for their boxes; only lines of several
text objects are looked at word by word, since each question costs as much as a dozen characters.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from converter.readers.blocks import raised

WORD = re.compile(r"\S+")
LINE = re.compile("(?!\ufffe)\\S(?:[^\r\n\x02\ufffe]*\\S)?")
HEADING = 100
"""Characters of the longest line that is asked whether it is bold."""
NUMBERED = re.compile(r"\S*?(?:[^\W\d_]|[.,;:)\]”\"'\d])\d\S*")
"""Where a raised number may be stuck to what it follows."""
LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\x02": "\u00ad", "\ufffe": "\u00ad", "\x00": "", "\ufffd": ""}
)
"""pdfium writes a hyphen at a line's end as U+0002 or U+FFFE; here it becomes a soft one."""
ODD = re.compile("[\x00\x02\ud800-\udfff\ufb00-\ufb06\ufffd\ufffe]")
BOLD = re.compile(r"bold|black|heavy|semi|demi|CMBX", re.IGNORECASE)
CELL = 0.7
"""Gap, in heights of the line, from which what follows is another piece: a table's cell, another column."""


class Strip(NamedTuple):
    """A run of words on one line, in points from the page's lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    bold: bool
    size: float
    """Height of the font's box."""
    middle: float
    """Height of the line's middle on the page."""

    @property
    def middle_x(self) -> float:
        """Place of the line's middle from the left."""
        return (self.left + self.right) / 2


def placed(text: str, left: float, right: float, bottom: float, top: float, bold: bool = False) -> Strip:
    """Make a strip of its box."""
    return Strip(text, left, right, bottom, top, bold, top - bottom, (top + bottom) / 2)


Box = tuple[float, float, float, float]


class Glyphs:
    """The characters of one page: their text, and boxes on demand."""

    def __init__(self, page: pdfium.PdfTextPage) -> None:
        """Take the page's whole text at once."""
        self.page = page
        self._box = pdfium_c.FS_RECTF()
        self._ref = ctypes.byref(self._box)
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.byref(ctypes.c_int())
        count = max(page.count_chars(), 0)
        buffer = (ctypes.c_ushort * (count + 1))()
        written = pdfium_c.FPDFText_GetText(page.raw, 0, count, buffer) if count else 0
        units = bytes(buffer)[: 2 * max(written - 1, 0)]
        text = units.decode("utf-16-le", "replace")
        if 2 * len(text) != len(
            units
        ):  # beyond the basic plane a character takes two units: keep places in step
            text = "".join(map(chr, buffer[: max(written - 1, 0)]))
        self.text = text.replace("\0", " ")
        self.exact = len(text) == count

    def box(self, at: int) -> Box | None:
        """Give left, bottom, right and top of a character; None where pdfium has none."""
        place = at if self.exact else self._place(at)
        if place < 0 or not pdfium_c.FPDFText_GetLooseCharBox(self.page.raw, place, self._ref):
            return None
        box = self._box
        return box.left, box.bottom, box.right, box.top

    def _place(self, at: int) -> int:
        return int(pdfium_c.FPDFText_GetCharIndexFromTextIndex(self.page.raw, at))

    def font(self, at: int) -> str:
        """Give the name of a character's font."""
        place = at if self.exact else self._place(at)
        pdfium_c.FPDFText_GetFontInfo(self.page.raw, place, self._name, len(self._name), self._flags)
        return self._name.value.decode("latin-1")

    def objects(self, start: int, count: int) -> list[tuple[float, float]]:
        """Give left and right of each text object in a run."""
        if not self.exact:
            return [(0.0, 0.0), (1e6, 1e6)]
        found = pdfium_c.FPDFText_CountRects(self.page.raw, start, count)
        if found <= 1:
            return []
        return sorted((r[0], r[2]) for r in map(self.page.get_rect, range(found)))


def strips(page: pdfium.PdfTextPage) -> list[Strip]:
    """Give a page's lines, cut where a wide gap parts them, in the order of the file."""
    glyphs = Glyphs(page)
    found: list[Strip] = []
    for line in LINE.finditer(glyphs.text):
        for strip in _line(glyphs, *line.span()):
            joined = _joined(found[-1], strip) if found else None
            if joined:
                found[-1] = joined
            else:
                found.append(strip)
    return [s._replace(text=_plain(s.text)) for s in found]


def _plain(text: str) -> str:
    if ODD.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").translate(LIGATURES)
    return " ".join(text.split())


def _line(glyphs: Glyphs, start: int, end: int) -> Iterator[Strip]:
    first, last = glyphs.box(start), glyphs.box(end - 1)
    if first is None or last is None or not _level(first, last):
        return
    objects = glyphs.objects(start, end - start)
    size = max(first[3] - first[1], last[3] - last[1], 0.1)
    if not any(b[0] - a[1] > CELL * size for a, b in pairwise(objects)):
        text = _marked(glyphs, start, end) if objects else glyphs.text[start:end]
        yield _strip(text, first, last, _bold(glyphs, start, end))
        return
    for left, right in _runs(glyphs, start, end, size):
        one, other = glyphs.box(left), glyphs.box(right - 1)
        if one and other:
            yield _strip(_marked(glyphs, left, right), one, other, _bold(glyphs, left, right))


def _bold(glyphs: Glyphs, start: int, end: int) -> bool:
    """Tell a heading's letters; lines that go on a sentence are not asked."""
    if end - start > HEADING or glyphs.text[start].islower():
        return False
    return all(BOLD.search(glyphs.font(at)) for at in (start, end - 1))


def _strip(text: str, first: Box, last: Box, bold: bool) -> Strip:
    main = first if first[3] - first[1] >= last[3] - last[1] else last
    return placed(text, first[0], last[2], main[1], main[3], bold)


def _level(first: Box, last: Box) -> bool:
    """Tell a line from what runs up or down the margin."""
    return abs(first[1] - last[1]) < 1.2 * max(first[3] - first[1], last[3] - last[1]) and last[2] >= first[0]


def _runs(glyphs: Glyphs, start: int, end: int, size: float) -> Iterator[tuple[int, int]]:
    """Part a line where a gap is wider than a space is in justified text."""
    begun, reached, edge = -1, 0, 0.0
    for word in WORD.finditer(glyphs.text, start, end):
        first, last = glyphs.box(word.start()), glyphs.box(word.end() - 1)
        if first is None or last is None:
            continue
        if begun >= 0 and (first[0] - edge > CELL * size or first[0] < edge - size):
            yield begun, reached
            begun = -1
        begun = word.start() if begun < 0 else begun
        edge, reached = last[2], word.end()
    if begun >= 0:
        yield begun, reached


def _marked(glyphs: Glyphs, start: int, end: int) -> str:
    """Write raised numbers apart, as the readers of markup do."""
    out: list[str] = []
    at = start
    for word in NUMBERED.finditer(glyphs.text, start, end):
        out += [
            glyphs.text[at : word.start()],
            _split(glyphs, word.start(), word.group(), glyphs.text[at : word.start()]),
        ]
        at = word.end()
    return "".join([*out, glyphs.text[at:end]]) if out else glyphs.text[start:end]


def _split(glyphs: Glyphs, start: int, word: str, before: str) -> str:
    """Part a word where its characters stand higher and smaller than those before."""
    first, last = glyphs.box(start), glyphs.box(start + len(word) - 1)
    if not first or not last or (first[1] == last[1] and not word[-1].isalpha() and before):
        return word
    boxes = [box for box in (glyphs.box(start + i) for i in range(len(word))) if box]
    size = max((b[3] - b[1] for b in boxes), default=0.0)
    level = min((b[1] for b in boxes if b[3] - b[1] > 0.9 * size), default=0.0)
    high = [b[3] - b[1] < 0.9 * size and b[1] > level + 0.15 * size for b in boxes]
    if len(high) != len(word) or not any(high):
        return word
    out, at = "", 0
    for run in re.finditer("1+", "".join("01"[h] for h in high)):
        out += word[at : run.start()]
        out += raised(word[run.start() : run.end()], out or before, False)
        at = run.end()
    return out + word[at:]


def _joined(left: Strip, right: Strip) -> Strip | None:
    """Join what pdfium broke off: a raised number, and the line that goes on after it."""
    gap, one, other = right.left - left.right, left.size, right.size
    small, large = (one, other) if one < other else (other, one)
    if not -0.3 * small < gap < CELL * large:
        return None
    if min(left.top, right.top) - max(left.bottom, right.bottom) < 0.5 * small:
        return None
    high = other < 0.9 * one and right.bottom > left.bottom + 0.15 * one
    words = raised(right.text, left.text, False) if high else right.text
    main = left if one >= other else right
    text = left.text + " " * (gap > 0.15 * one and not high) + words
    return placed(text, left.left, right.right, main.bottom, main.top, left.bold and right.bold)

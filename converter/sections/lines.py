"""Cut a text into lines: at its line ends, and inside pages that were dumped into one long line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from converter.model import Span
from converter.sections.cues import Cues
from converter.text import fold

LONG = 700
"""Characters in one line from which headings are also looked for inside it."""

BEFORE = re.compile(r"(?:^|[.?!:;)\]”\"…](?:\d{1,2}(?:\.\d{1,2})*)?|\s\s|Go to:|\d\.)\s*$")
"""What ends a part: a sentence, after which the next part's number may be stuck."""
AFTER = re.compile(r"\s*(?:[:.]\s+|\s\s|\s)\s*(?=[A-Z0-9\"“(\[가-힣•✓▪●–-]|$)")
CAPTION = re.compile(r"\s*(?:Fig|Figure|FIGURE|Table|TABLE)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its surrounding blanks."""

    span: Span
    text: str
    folded: str
    paragraph: int
    """Ordinal of its run of lines without a blank line between."""
    inline: bool = False
    """Cut out of a longer line."""
    first: bool = False
    """First of its paragraph."""


def cut_lines(text: str, cues: Cues) -> tuple[Line, ...]:
    """Give all lines that are not blank, in order."""
    out: list[Line] = []
    paragraph, fresh, at = 0, True, 0
    for raw in text.split("\n"):
        if raw.strip():
            for span, inline in _pieces(raw, at, cues):
                piece = text[span.start : span.end]
                if inline and not fresh:
                    paragraph += 1
                out.append(Line(span, piece, fold(piece), paragraph, inline, fresh or inline))
                fresh = False
        elif not fresh:
            paragraph, fresh = paragraph + 1, True
        at += len(raw) + 1
    return tuple(out)


def _pieces(raw: str, at: int, cues: Cues) -> Iterator[tuple[Span, bool]]:
    cuts = [0, *_cuts(raw, cues), len(raw)] if len(raw) >= LONG else [0, len(raw)]
    for start, end in pairwise(cuts):
        piece = raw[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            yield Span(at + left, at + start + len(piece.rstrip())), len(cuts) > 2


def _cuts(raw: str, cues: Cues) -> list[int]:
    """Find where a heading, or furniture, begins and ends inside a long line."""
    found: set[int] = set()
    for m in cues.inline.finditer(raw):
        after = AFTER.match(raw, m.end())
        if after and _is_heading(raw, m):
            found |= {m.start(), after.end()}
    for m in cues.inline_furniture.finditer(fold(raw)):
        found |= {m.start(), m.end()} if CAPTION.match(raw, m.end()) else {m.start()}
    return sorted(cut for cut in found if 0 < cut < len(raw))


def _is_heading(raw: str, m: re.Match[str]) -> bool:
    """Tell a heading from a word of a sentence by its form and its neighbours."""
    name = m.group()
    if name.isupper() and len(name) > 6:
        return True
    return BEFORE.search(raw[max(0, m.start() - 12) : m.start()]) is not None

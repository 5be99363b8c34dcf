"""Figure and table captions: where they begin, how far they go, and their parts A, B, C."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from converter.model import SectionKind, Span
from converter.sections.cues import Cues
from converter.sections.lines import Line

LABEL = re.compile(
    r"[*_<\[]*(?P<label>[^\W\d_][\w .]{1,22}?\.?\s*(?P<number>S?\d{1,2}|[IVX]{1,4})\s?"
    r"(?P<parts>[A-Ha-h]?(?:\s*[,–-]\s*[A-Ha-h])*))(?=[\s.:)*|,\]>–-]|$)"
)
AFTER = re.compile(r"[*_\]>]*\s*(?:[.:|)–-]|\s\s|\([A-Ha-h]|[*_]|$|\s(?=[A-Z0-9“\"(가-힣]))")
SENTENCE = re.compile(
    r"\s*(?:and|shows?|showed|demonstrates?|reveals?|illustrates?|is|are|was|were|depicts?|summari[sz]es?|lists?|in|of)\b|[,;)]"
    r"|\s*(?:과|와|은|는|에서|에|의|을|를)\s"
)
PART = re.compile(r"\s*[*_]*\(?([A-H](?:\s*(?:,|–|-|and|&)\s*[A-H])*)[*_]*[.):][*_]*\)?\s+(?=\S)")
INNER = re.compile(
    r"(?:(?<=[.;:\d])|(?<=\.\)))\s+[*_]*(?:\(([A-Ha-h](?:\s*(?:,|–|-|and|&)\s*[A-Ha-h])*)\)"
    r"|([A-H](?:\s*,\s*[A-H])*)[.:)])[*_]*[.:]?\s+(?=\S)"
)
ABBREVIATIONS = re.compile(
    r"\s*[\w/+() -]{1,25}\s*=\s*[^=]{3,80}(?:[,;.]\s*[\w/+() -]{1,25}\s*=\s*[^=]{3,80})*\.?\s*$"
)
TRAILING = re.compile(
    r"(?<=[.)])\s+(?=[A-Z][\w/+-]{0,14}\s*[=:,]\s*[a-z][\w -]{3,60}(?:[,;]\s*[A-Z]|\.?\s*$))"
)


@dataclass(frozen=True, slots=True)
class Caption:
    """An open caption."""

    label: str
    table: bool
    kind: SectionKind = SectionKind.FIGURE
    region: int = 0


def caption_start(line: Line, cues: Cues) -> Caption | None:
    """Recognise a line that opens a caption, as against a sentence that mentions a figure.

    >>> from converter.sections.cues import load_cues
    >>> from converter.sections.lines import cut_lines
    >>> found = cut_lines("Fig. 2. Axial CT.\\nFig. 2 shows it.", load_cues())
    >>> [bool(caption_start(line, load_cues())) for line in found]
    [True, False]
    """
    m = LABEL.match(line.text)
    if not m:
        return None
    word = line.folded[m.start("label") : m.start("number")].strip().rstrip(".").strip()
    figure, table = cues.caption.fullmatch(word), cues.table.fullmatch(word)
    rest = line.text[m.end() :]
    if not (figure or table) or SENTENCE.match(rest) or not AFTER.match(rest):
        return None
    return Caption(m.group("label").strip(), table is not None)


def continues(line: Line, same: bool, spaced: bool, previous: str) -> bool:
    """Tell whether a line belongs to the caption before it."""
    if PART.match(line.text) or ABBREVIATIONS.match(line.text):
        return True
    if not same:
        return False
    return spaced or not re.search(r"[.!?]['\"”)]*$", previous)


def figure_parts(text: str, spans: tuple[Span, ...], label: str) -> Iterator[tuple[Span, str, bool]]:
    """Cut a caption into (span, label, is a list of abbreviations): the general words, then each part."""
    whole = Span(spans[0].start, spans[-1].end)
    marks = _marks(text, whole)
    head = re.match(
        r"[*_<\[]*" + re.escape(label) + r"[*_\]>]*\s*[.:|)–-]?[*_]*\s*", text[whole.start : whole.end]
    )
    start = whole.start + (head.end() if head else 0)
    cuts = [(start, start, "")] + [m for m in marks if m[0] >= start - 1]
    ends = [cut[0] for cut in cuts[1:]] + [whole.end]
    for (_, begin, letters), end in zip(cuts, ends, strict=True):
        yield from _without_abbreviations(text, Span(min(begin, end), end), _named(label, letters))


def _named(label: str, letters: str) -> str:
    """Join "Fig. 1" and "A" as the text would cite it.

    >>> _named("Fig. 1", "D, E"), _named("Figure 2A", "")
    ('Fig. 1D, E', 'Figure 2A')
    """
    return label + re.sub(r"\s+", " ", letters).upper() if letters else label


def _marks(text: str, whole: Span) -> list[tuple[int, int, str]]:
    """Find the marks of a caption's parts (start, end, letters): in order of the alphabet, from A."""
    found: list[tuple[int, int, str]] = []
    at = whole.start
    for raw in text[whole.start : whole.end].split("\n"):
        line = PART.match(raw)
        if line:
            found.append((at, at + line.end(), line.group(1)))
        found += [
            (at + m.start(), at + m.end(), m.group(1) or m.group(2))
            for m in INNER.finditer(raw)
            if not (line and m.start() < line.end())
        ]
        at += len(raw) + 1
    return _in_order(found)


def _in_order(marks: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Keep marks whose first letter is the next of the alphabet; one letter alone is no series."""
    kept: list[tuple[int, int, str]] = []
    expected = "A"
    for mark in marks:
        letters = re.findall("[A-H]", mark[2].upper())
        if letters and letters[0] == expected:
            kept.append(mark)
            last = letters[-1]
            expected = chr(ord(last) + 1)
    return kept if expected > "B" else []


def _without_abbreviations(text: str, span: Span, label: str) -> Iterator[tuple[Span, str, bool]]:
    piece = text[span.start : span.end]
    lines = piece.rstrip().rsplit("\n", 1)
    if len(lines) == 2 and ABBREVIATIONS.match(lines[1]):
        cut = span.start + len(lines[0])
    else:
        m = TRAILING.search(piece)
        cut = span.start + m.start() if m and "=" in piece[m.start() :] else span.end
    yield _trimmed(text, Span(span.start, cut)), label, False
    if cut < span.end:
        yield _trimmed(text, Span(cut, span.end)), label, True


def _trimmed(text: str, span: Span) -> Span:
    piece = text[span.start : span.end]
    return (
        Span(span.start + len(piece) - len(piece.lstrip()), span.start + len(piece.rstrip()))
        if piece.strip()
        else span
    )

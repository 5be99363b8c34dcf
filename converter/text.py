"""Views of a document's text: cleaned, one line a paragraph, every character mapped back to its place.

The document's text is never edited. A View drops markup, joins soft line breaks and the halves of a
sentence that a caption cuts, and keeps for each of its characters the offset it came from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from converter.model import Span

FOLD = {
    "µ": "u", "μ": "u", "’": "'", "‘": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‐": "-",
    "‑": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200a": " ", "×": "x", "∼": "~", "～": "~", "／": "/", "％": "%",
    "（": "(", "）": ")", "，": ",", "：": ":",
}  # fmt: skip
"""One character for one character, so that offsets stay."""
HANGUL = re.compile(r"[가-힣]")
FOLDED = re.compile(f"[{''.join(FOLD)}]")

MAX_NAME = 80
"""Longest naming span, in characters (design/fhir.md)."""


def fold(text: str) -> str:
    """Lower the case and unify dashes, quotes and micro signs without changing the length.

    >>> fold("32 µG/dL – Foo’s")
    "32 ug/dl - foo's"
    """
    low = text.lower()
    if len(low) != len(text):  # a few capitals lower to two characters
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return low if low.isascii() else FOLDED.sub(lambda m: FOLD[m.group()], low)


def hangul(text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    """Tell whether a text, or a range of it, holds Hangul.

    >>> hangul("CT상 종괴"), hangul("CT상 종괴", 0, 2), hangul("mass")
    (True, False, False)
    """
    return not text.isascii() and HANGUL.search(text, start, end) is not None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a view, with its place in the reading order of the document."""

    view: View
    start: int
    end: int
    section: int
    ordinal: int
    text: str
    folded: str

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Give the document's spans of a range of this sentence."""
        return self.view.spans(self.start + start, self.start + end)


@dataclass(frozen=True, slots=True)
class View:
    """Cleaned text of a section: ``offsets[i]`` is where character i stands in the document."""

    text: str
    offsets: tuple[int, ...] = field(repr=False)

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """Give the document's spans of a range; markup and soft breaks inside do not split a span.

        >>> view_of("a *b* c", (Span(0, 7),)).spans(0, 5)
        (Span(start=0, end=7),)
        """
        if end <= start:
            return ()
        if self.offsets[end - 1] - self.offsets[start] == end - 1 - start:
            return (Span(self.offsets[start], self.offsets[end - 1] + 1),)
        runs: list[Span] = []
        first = last = self.offsets[start]
        for offset in self.offsets[start + 1 : end]:
            if offset < last or offset - last > 12:
                runs.append(Span(first, last + 1))
                first = offset
            last = offset
        runs.append(Span(first, last + 1))
        return tuple(runs)


BLANKS = frozenset("\t\x0b\x0c\r\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))
UNEVEN = re.compile(rf"[ {''.join(sorted(BLANKS))}](?:[ {''.join(sorted(BLANKS))}]+|(?<! ))")
"""Blanks that do not stay as they are: several, or another than the plain one."""
MARKUP = re.compile(
    r"\*(?:(?<!\d\*)(?<!\d\s\*)\*{0,2}|\*{0,2}(?!\s?\d))|\^(?<=\w\^)\{[^}\n]{1,12}\}|</?(?:i|b|em|strong|sup|sub)>|\u00ad|\u200b|\u200c|\u200d|\ufeff",
    re.IGNORECASE,
)
"""Each begins with a sign of its own, so that most texts are passed over at once."""
HYPHENS = "-\u2010\u00ad"
HYPHEN_BREAK = re.compile(rf"[{HYPHENS}](?<=[^\W\d_].)[ \t]*\n\s*(?=[a-z])")
LINE_END = re.compile(r"\n[ \t]*")
LIST_LINE = re.compile(
    r"\s*(?:[»•·▪◦*\-–—]\s|--\s?\w|\(?\d{1,2}[.)]\s|\(?[A-Za-z][.)]\s|[A-Z][\w /]{0,30}:\s|[A-Z]\w{0,10}:\d)"
)


@lru_cache(maxsize=32)
def view_of(text: str, spans: tuple[Span, ...]) -> View:
    """Clean the spans of a text into one view.

    Soft line breaks become blanks, paragraph ends one newline; a sentence cut between two spans is
    joined, and a word cut by a hyphen at a line's or span's end loses the hyphen.
    """
    out: list[str] = []
    offsets: list[int] = []
    for span in spans:
        _join(out, offsets, text, span)
        _append(out, offsets, text, span)
    return View("".join(out), tuple(offsets))


def _join(out: list[str], offsets: list[int], text: str, span: Span) -> None:
    while out and out[-1].isspace():
        out.pop()
        offsets.pop()
    if not out:
        return
    head = text[span.start : span.end].lstrip()[:1]
    soft = text[offsets[-1] + 1 : offsets[-1] + 2] == "\u00ad"
    if head.islower() and (soft or (out[-1] in HYPHENS and len(out) > 1 and out[-2].isalpha())):
        if not soft:
            out.pop()
            offsets.pop()
        return
    cut = out[-1] not in ".!?:;" and (head.islower() or head.isdigit() or not head)
    out.append(" " if cut else "\n")
    offsets.append(offsets[-1])


def _append(out: list[str], offsets: list[int], text: str, span: Span) -> None:
    at = span.start
    for start, end, new in _edits(text[span.start : span.end], text):
        _copy(out, offsets, text, at, span.start + start)
        for char in new:
            _put(out, offsets, char, span.start + start)
        at = span.start + end
    _copy(out, offsets, text, at, span.end)


def _copy(out: list[str], offsets: list[int], text: str, start: int, end: int) -> None:
    """Put a stretch without line ends: what is even at once, each uneven blank as one."""
    for m in UNEVEN.finditer(text, start, end):
        _copy_even(out, offsets, text, start, m.start())
        _put(out, offsets, " ", m.start())
        start = m.end()
    _copy_even(out, offsets, text, start, end)


def _copy_even(out: list[str], offsets: list[int], text: str, start: int, end: int) -> None:
    if text[start:end].startswith(" ") and (not out or out[-1] in " \n"):
        start += 1
    out.extend(text[start:end])
    offsets.extend(range(start, end))


def _put(out: list[str], offsets: list[int], char: str, offset: int) -> None:
    if char == " " and (not out or out[-1] in " \n"):
        return
    if char == "\n":
        while out and out[-1] == " ":
            out.pop()
            offsets.pop()
        if not out or out[-1] == "\n":
            return
    out.append(char)
    offsets.append(offset)


def _edits(piece: str, whole: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, replacement) over a raw piece, in order and without overlap."""
    found: list[tuple[int, int, str]] = []
    for m in HYPHEN_BREAK.finditer(piece):
        found.append((m.start(), m.end(), "" if _dehyphenated(piece, m, whole) else "-"))
    for m in MARKUP.finditer(piece):
        found.append((m.start(), m.end(), ""))
    at = 0
    for m in LINE_END.finditer(piece):
        start = at + len(piece[at : m.start()].rstrip(" \t"))
        at = m.end()
        found.append((start, at, _break(piece, start, at)))
    found.sort(key=lambda e: (e[0], -e[1]))
    at = 0
    for start, end, new in found:
        if start >= at:
            yield start, end, new
            at = end


LAST_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+$")
FIRST_WORD = re.compile(r"[^\W\d_]+")


def _dehyphenated(piece: str, m: re.Match[str], whole: str) -> bool:
    before = LAST_WORD.search(piece[: m.start()])
    after = FIRST_WORD.match(piece, m.end())
    if not before or not after:
        return False
    joined = before.group() + after.group()
    return not (whole.count(f"{before.group()}-{after.group()}") > whole.count(joined))


NEXT_SIGN = re.compile(r"\s*(\S?)")


def _break(piece: str, start: int, end: int) -> str:
    """Tell a paragraph end or list line (newline) from a soft break (blank)."""
    if piece[end : end + 1] == "\n" or piece[max(0, start - 1) : start] in ("", "\n"):
        return "\n"
    before = piece[piece.rfind("\n", 0, start) + 1 : start].rstrip()
    found = NEXT_SIGN.match(piece, end)
    after = found.group(1) if found else ""
    if not before or not after:
        return "\n"
    if LIST_LINE.match(piece, end) or before[-1] in ".!?:;":
        return "\n"
    if before[-1] in ",-(" or after.islower():
        return " "
    return " " if len(before) > 45 else "\n"


ABBREVIATION = re.compile(
    r"(?:\b(?:figs?|dr|mr|mrs|ms|prof|et al|e\.g|i\.e|vs|no|nos|approx|st|ca|cf|resp|inc|vol|pp|ed|spp?|al|"
    r"max|min|dept|univ|suppl|tab|refs?|eq|incl|esp|wt|ht|temp)|\b[A-Za-z]|^\d{1,2})$",
    re.IGNORECASE,
)
STOP = re.compile(
    r"[.!?](?:[\"')\]”’]*)(?:\s*[\[(]?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*[\])]?)?(?=\s|$)|[.!?](?=[A-Z][a-z])"
)


@lru_cache(maxsize=256)
def sentence_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Split cleaned text into sentences; a newline always ends one.

    >>> sentence_ranges("Seen in Fig. 1A. Na was 3.5. 없었다. Dr. Kim left.")
    ((0, 16), (17, 28), (29, 33), (34, 47))
    """
    out: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        start = at
        for m in STOP.finditer(line):
            if _ends(line, m, start - at):
                out.append((start, at + m.end()))
                start = at + m.end()
        out.append((start, at + len(line)))
        at += len(line) + 1
    trimmed = ((e - len(text[s:e].lstrip()), s + len(text[s:e].rstrip())) for s, e in out)
    return tuple((s, e) for s, e in trimmed if e > s)


def _ends(line: str, m: re.Match[str], start: int) -> bool:
    before, after = line[start : m.start()], line[m.end() :].lstrip()
    if line[m.start()] != ".":
        return bool(before.strip())
    if not before.strip() or (before[-1].isdigit() and line[m.start() + 1 : m.start() + 2].isdigit()):
        return False
    if not after:
        return True
    if after[0].islower() and not before[-1:].isdigit():
        return False
    short = ABBREVIATION.search(before[-8:])  # the longest has six letters
    if not short:
        return not (before[-1].isdigit() and after[0].isdigit() and " " not in line[m.start() : m.end() + 1])
    word = short.group().lower()
    if len(word) == 1:  # an initial ("J. Kim", "E. coli"), unless it closes a sentence ("vitamin D. He")
        return bool(
            re.search(
                r"(?:vitamin|hepatitis|grade|type|group|figure|fig\.?|factor|panel)\s+\w$", before, re.I
            )
        )
    return (
        word in ("no", "al", "ed", "min", "max", "ht", "wt")
        and after[0].isupper()
        and not after[:2].isupper()
    )


def sentences(view: View, section: int, first: int) -> tuple[Sentence, ...]:
    """Cut a view into sentences, numbered on from ``first``."""
    return tuple(
        Sentence(view, s, e, section, first + i, view.text[s:e], fold(view.text[s:e]))
        for i, (s, e) in enumerate(sentence_ranges(view.text))
    )


def clean(text: str) -> str:
    """Collapse white space and strip markup from a short piece of text."""
    return " ".join(MARKUP.sub("", text).split())

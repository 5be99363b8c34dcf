"""What has to be known of a whole page before its lines are read, and where the reading stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from converter.model import Hint, SectionKind, Span
from converter.sections.captions import Caption
from converter.sections.cues import HANGUL, LATIN, Cues, amount, heading_key
from converter.sections.headings import Heading, heading
from converter.sections.lines import Line
from converter.sections.names import VERB, is_prose
from converter.sections.remarks import AGE

END = re.compile(r"[.!?。]['\"”’)\]]*(?:\s*[\[(]?\d[\d,\s–-]*[\])]?)?$")
PAGE_NUMBER = re.compile(r"^\d{1,4}\s+(?=[^\W\d_])|\s+\d{1,4}$")
REFERENCES = SectionKind.REFERENCES
KICKER_LINES = 5
"""Lines at a page's head among which the kind of the article may stand."""
OPENING = (SectionKind.ABSTRACT, SectionKind.INTRODUCTION, SectionKind.CASE)
SHORT = 45
"""A line shorter than this is no line of a broken paragraph."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and the part that it was found to be; pieces of one region and kind are one section."""

    span: Span
    kind: SectionKind
    label: str
    region: int


@dataclass(frozen=True, slots=True)
class Page:
    """What has to be known of the whole page before its lines can be read."""

    lines: tuple[Line, ...]
    headings: tuple[Heading | None, ...]
    article: bool
    """Journal article: prose before the first heading is its abstract."""
    korean: bool
    spaced: bool
    """Blank lines part the paragraphs."""
    bare: bool
    """No heading parts the text, but for references and the like."""
    repeated: frozenset[str]
    kickers: frozenset[int] = frozenset()
    """The lines above or under the title that say what kind of article this is."""
    hints: tuple[Hint, ...] = ()
    hinted_abstract: bool = False
    """The format marks the abstract, so what is not marked is none."""


@dataclass(frozen=True, slots=True)
class Here:
    """One line in its surroundings."""

    line: Line
    index: int
    page: Page
    cues: Cues
    hint: Hint | None = None
    """What the source's format says of the line."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the walk stands."""

    kind: SectionKind = SectionKind.CASE
    label: str = ""
    region: int = 0
    front: bool = True
    tail: bool = False
    titles: int = 0
    titled: bool = False
    """The line before was a title."""
    abstract: bool = False
    """Inside an abstract."""
    seen: frozenset[SectionKind] = frozenset()
    """Kinds of the abstract's own headings so far."""
    filled: bool = False
    """Text stands directly under the heading."""
    run_in: bool = False
    """The heading runs into its text ("Diagnosis: ...")."""
    hinted: SectionKind | None = None
    """The format's own word for the part."""
    broken: bool = False
    """The last line of the body ends within a sentence."""
    aside: SectionKind | None = None
    """An interruption: metadata or furniture that goes on."""
    note: str = ""
    """What kind of metadata it is: keywords, abbreviations."""
    caption: Caption | None = None
    paragraph: int = -1
    previous: str = ""


Settled = tuple[State, SectionKind, str, int] | None


def seen(state: State, line: Line) -> State:
    """Note a line as read."""
    return replace(state, paragraph=line.paragraph, previous=line.text)


def survey(found: Sequence[Line], hints: Sequence[Hint], cues: Cues) -> Page:
    """Look at the whole page: its headings, its language, its form."""
    headings = tuple(_heading(found, index, cues) for index in range(len(found)))
    kickers = _kickers(found, headings, cues)
    headings = tuple(None if index in kickers else h for index, h in enumerate(headings))
    strong = {h.kind for h in headings if h and h.role == "strong"}
    article = SectionKind.INTRODUCTION in strong or SectionKind.CASE in strong
    text = " ".join(line.text for line in found)
    hangul = amount(HANGUL, text)
    short = (header_key(line.folded) for line in found if 10 < len(line.text) < 110)
    counted = Counter(short if article else ())
    seen = frozenset(t for t, n in counted.items() if n > 2 and not END.search(t))
    bare = not any(h and h.role not in ("back", "metadata") and h.kind is not REFERENCES for h in headings)
    ordered = tuple(sorted(hints, key=lambda h: h.span))
    marked = any(h.kind is SectionKind.ABSTRACT for h in ordered)
    paragraphs = len({line.paragraph for line in found})
    spaced = paragraphs * 3 > len(found)
    return Page(
        tuple(found),
        headings,
        article,
        hangul > 0 and hangul > 0.6 * amount(LATIN, text),
        spaced,
        bare,
        seen,
        kickers,
        ordered,
        marked,
    )


def _kickers(found: Sequence[Line], headings: Sequence[Heading | None], cues: Cues) -> frozenset[int]:
    """Find "CASE REPORT" on a page's first lines that names the kind of article, and opens no case.

    A title or names follow it, where the patient's story would be prose. Under a title, or where what
    follows is not plain, it counts only if the page's parts have headings of their own further down.
    """
    labels: list[int] = []
    for index, line in enumerate(found[:KICKER_LINES]):
        if heading_key(line.text.split("|")[0].strip(" *_#:")) in cues.kickers:
            labels.append(index)
        elif is_prose(line) or (index and headings[index]):
            break
    if not labels:
        return frozenset()
    after = slice(labels[-1] + 1, labels[-1] + 8)
    parted = any(h and h.role == "strong" and h.kind in OPENING for h in headings[after.start :])
    named = _names_article(found[after], headings[after], parted)
    return frozenset(labels) if named and (parted or labels[-1] == len(labels) - 1) else frozenset()


def _names_article(after: Sequence[Line], headings: Sequence[Heading | None], parted: bool) -> bool:
    """Tell a title or names from the first words of a story."""
    if not after or headings[0] or is_prose(after[0]) or AGE.match(after[0].folded.removeprefix("a ")):
        return False
    block = [x for x, h in zip(after, headings, strict=True) if x.paragraph == after[0].paragraph and not h]
    return parted or not (END.search(block[-1].text) and any(VERB.search(x.folded) for x in block))


def _heading(found: Sequence[Line], index: int, cues: Cues) -> Heading | None:
    """Recognise a heading, but not the last word of a sentence that was broken into lines."""
    line = found[index]
    if cues.remark.match(line.folded):
        return None
    known = heading(line.text, cues)
    if index == 0 and known and known.rest < len(line.text) and not END.search(line.text):
        return None  # "Case report: a rare tumour" is a title
    if known is None or known.rest < len(line.text) or line.first or line.inline:
        return known if known is None or not known.label[:1].islower() or line.text[0].isdigit() else None
    before = found[index - 1].text
    apart = END.search(before) or len(before) < SHORT or heading(before, cues)
    lower = known.label[:1].islower() or line.text.endswith((".", ","))
    return known if apart and not lower else None


def header_key(folded: str) -> str:
    """Give a running header without the number of its page.

    >>> header_key("writer et al. lodged fishbone 12") == header_key("13 writer et al. lodged fishbone")
    True
    """
    return PAGE_NUMBER.sub("", folded)


def hint_of(hints: tuple[Hint, ...], line: Line) -> Hint | None:
    """Find what the format says of a line."""
    at = bisect_right(hints, line.span.start, key=lambda h: h.span.start) - 1
    return hints[at] if at >= 0 and line.span.start < hints[at].span.end else None

"""Walk the lines of a page and say of each what part it belongs to."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from converter.model import Hint, SectionKind, Span
from converter.sections.captions import Caption, caption_start, continues
from converter.sections.cues import HANGUL, LATIN, Cues
from converter.sections.headings import Heading, heading
from converter.sections.lines import Line
from converter.sections.names import VERB, is_affiliation, is_authors, is_prose

KEY_VALUE = re.compile(r"[^\W\d_][\w /()가-힣]{0,30}\s*[:：]\s*\S.{0,60}$")
DATE = re.compile(r"(?:19|20)\d\d")
PAGE = re.compile(
    r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?$|[-–]\s*\d{1,4}\s*[-–]$|(?:https?://|www\.)\S+(?:\s+\d{1,4})?$"
    r"|.{0,60}\b(?:19|20)\d\d\s*;\s*\d+\s*(?:\(\d+\))?\s*:\s*[\w.-]+.{0,30}$",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"\[?\d{1,3}[.\])]|.*\b(?:19|20)\d\d\s*[;:.]")
END = re.compile(r"[.!?。]['\"”’)\]]*(?:\s*[\[(]?\d[\d,\s–-]*[\])]?)?$")
ASIDES = frozenset(
    {
        SectionKind.TITLE,
        SectionKind.METADATA,
        SectionKind.FURNITURE,
        SectionKind.REFERENCES,
        SectionKind.FIGURE,
    }
)
BACK = (SectionKind.REFERENCES, SectionKind.FURNITURE)
CLOSED = (SectionKind.DISCUSSION, SectionKind.REFERENCES, SectionKind.FURNITURE)


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
    """No heading at all."""
    repeated: frozenset[str]
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
    abstract: bool = False
    """Inside an abstract."""
    seen: frozenset[SectionKind] = frozenset()
    """Kinds of the abstract's own headings so far."""
    filled: bool = False
    """Text stands directly under the heading."""
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


def survey(found: Sequence[Line], hints: Sequence[Hint], cues: Cues) -> Page:
    """Look at the whole page: its headings, its language, its form."""
    headings = tuple(None if cues.remark.match(line.folded) else heading(line.text, cues) for line in found)
    strong = {h.kind for h in headings if h and h.role == "strong"}
    article = SectionKind.INTRODUCTION in strong or SectionKind.CASE in strong
    text = " ".join(line.text for line in found)
    hangul, latin = len(HANGUL.findall(text)), len(LATIN.findall(text))
    short = [line.folded for line in found if 10 < len(line.text) < 110]
    counted = Counter(short) if article else Counter()
    seen = frozenset(t for t, n in counted.items() if n > 2 and not END.search(t))
    ordered = tuple(sorted(hints, key=lambda h: h.span))
    marked = any(h.kind is SectionKind.ABSTRACT for h in ordered)
    paragraphs = len({line.paragraph for line in found})
    spaced = paragraphs * 3 > len(found)
    return Page(
        tuple(found),
        headings,
        article,
        hangul > 0.6 * latin,
        spaced,
        not any(headings),
        seen,
        ordered,
        marked,
    )


def walk(page: Page, cues: Cues) -> tuple[Piece, ...]:
    """Assign every line to a part, in reading order."""
    out: list[Piece] = []
    state = State()
    for index, line in enumerate(page.lines):
        state, pieces = _step(state, Here(line, index, page, cues, _hint(page.hints, line)))
        out += pieces
    return tuple(out)


def _hint(hints: tuple[Hint, ...], line: Line) -> Hint | None:
    at = bisect_right(hints, line.span.start, key=lambda h: h.span.start) - 1
    return hints[at] if at >= 0 and line.span.start < hints[at].span.end else None


def _step(state: State, here: Here) -> tuple[State, list[Piece]]:
    line, found = here.line, here.page.headings[here.index]
    if line.first and state.aside is SectionKind.FURNITURE:
        state = replace(state, aside=None)
    if here.hint and here.hint.kind in ASIDES:
        return _told(state, here, here.hint)
    if found and _opens(state, found, line):
        return _open(state, found, here)
    for rule in (_caption, _furniture, _metadata, _front, _tail):
        settled = rule(state, here)
        if settled:
            new, kind, label, region = settled
            return _seen(new, line), [Piece(line.span, kind, label, region)]
    return _body(_led(state, here), line)


def _told(state: State, here: Here, hint: Hint) -> tuple[State, list[Piece]]:
    """Take the format's word for titles, metadata, captions, references and furniture."""
    region = (
        -4_000_000 - hint.span.start if hint.kind in (SectionKind.TITLE, SectionKind.FIGURE) else -2_000_000
    )
    titles = 2 if hint.kind is SectionKind.TITLE else state.titles
    new = replace(state, titles=titles, front=False, aside=None, caption=None)
    return _seen(new, here.line), [Piece(here.line.span, hint.kind, hint.label, region)]


def _led(state: State, here: Here) -> State:
    """Change the part where the format says so and no heading has."""
    kind = here.hint.kind if here.hint else None
    if state.abstract and here.page.hinted_abstract and kind is not SectionKind.ABSTRACT:
        return State(kind or SectionKind.CASE, "", here.index + 1, front=False, hinted=kind)
    if kind is None or kind is state.hinted or kind is state.kind:
        return replace(state, hinted=kind)
    abstract = kind is SectionKind.ABSTRACT
    return State(kind, "", here.index + 1, front=False, abstract=abstract, hinted=kind)


Settled = tuple[State, SectionKind, str, int] | None


def _seen(state: State, line: Line) -> State:
    return replace(state, paragraph=line.paragraph, previous=line.text)


def _resumes(state: State, line: Line) -> bool:
    """Tell the second half of a sentence that something cut in two."""
    return line.first and state.broken and line.text[0].islower()


def _opens(state: State, found: Heading, line: Line) -> bool:
    """Tell whether a heading counts here: clinical ones do not open a part of a discussion."""
    alone = found.rest >= len(line.text)
    if line.inline and state.kind is SectionKind.REFERENCES:
        return False
    if found.role in ("clinical", "results", "methods"):
        return _clinical_opens(state, found, alone)
    if found.role == "metadata":
        return state.front or state.abstract or state.kind not in (SectionKind.CASE, SectionKind.FINDINGS)
    in_case = state.kind is SectionKind.CASE and not state.abstract and not alone and not line.inline
    if in_case and found.kind is SectionKind.DISCUSSION:  # "Conclusion: ..." may end an examination's report
        return found.key == "discussion"
    return not (in_case and found.role == "back" and "note" in found.key)


def _clinical_opens(state: State, found: Heading, alone: bool) -> bool:
    if state.kind in CLOSED and not state.abstract:
        return found.role == "methods" and alone and state.kind is not SectionKind.REFERENCES
    if found.role == "clinical" and state.kind is SectionKind.INTRODUCTION:
        return alone
    return not (found.role == "clinical" and state.abstract) or found.kind is SectionKind.CASE


def _open(state: State, found: Heading, here: Here) -> tuple[State, list[Piece]]:
    line, index, cues = here.line, here.index, here.cues
    if found.kind is SectionKind.METADATA:
        note = _note(found.key, cues)
        new = replace(state, aside=SectionKind.METADATA, note=note, caption=None, abstract=False)
        rest = line.span.start + found.rest
        pieces = [Piece(line.span, SectionKind.METADATA, note, -2_000_000)] if rest < line.span.end else []
        return _seen(new, line), pieces
    if found.role == "back" and found.rest < len(line.text) and state.kind not in BACK:
        new = replace(state, aside=SectionKind.FURNITURE, caption=None)  # "Funding: none." within the text
        return _seen(new, line), [Piece(line.span, SectionKind.FURNITURE, found.label, -1_000_000)]
    abstract = _in_abstract(state, found)
    if here.page.hinted_abstract:
        abstract = here.hint is not None and here.hint.kind is SectionKind.ABSTRACT
    kind = found.kind
    if abstract and (kind is SectionKind.CASE or found.role == "methods"):
        kind = SectionKind.ABSTRACT
    new = State(kind, found.label, index + 1, front=False, abstract=abstract, titles=state.titles)
    new = replace(new, hinted=here.hint.kind if here.hint else None)
    new = replace(new, seen=state.seen | {found.kind} if abstract else frozenset())
    pieces = []
    if found.rest < len(line.text):
        new = replace(new, filled=True, broken=not END.search(line.text))
        label = "abstract" if abstract else found.label
        pieces = [Piece(Span(line.span.start + found.rest, line.span.end), kind, label, index + 1)]
    return _seen(new, line), pieces


def _in_abstract(state: State, found: Heading) -> bool:
    """Tell a structured abstract's own headings from the body's: after text, keywords or a conclusion."""
    if found.kind is SectionKind.ABSTRACT:
        return True
    if not state.abstract or found.role in ("back", "metadata") or found.kind is SectionKind.REFERENCES:
        return False
    if state.kind is SectionKind.ABSTRACT and state.filled and state.seen == {SectionKind.ABSTRACT}:
        return False
    if SectionKind.DISCUSSION in state.seen and found.kind is not SectionKind.DISCUSSION:
        return False
    return not (
        found.kind is SectionKind.INTRODUCTION
        and state.seen - {SectionKind.ABSTRACT, SectionKind.INTRODUCTION}
    )


def _caption(state: State, here: Here) -> Settled:
    line = here.line
    start = caption_start(line, here.cues)
    if start and state.kind is not SectionKind.REFERENCES:
        kind = SectionKind.FIGURE
        general = here.cues.caption_general.search(line.folded) is not None
        if general or (start.table and state.kind in (SectionKind.DISCUSSION, SectionKind.INTRODUCTION)):
            kind = SectionKind.DISCUSSION
        start = replace(start, kind=kind, region=here.index + 1)
        return replace(state, caption=start, aside=None), kind, start.label, -here.index - 1
    open_caption = state.caption
    if open_caption is None:
        return None
    same = line.paragraph == state.paragraph
    if continues(line, same, here.page.spaced, state.previous):
        return state, open_caption.kind, open_caption.label, -open_caption.region
    return None


def _furniture(state: State, here: Here) -> Settled:
    line = here.line
    if here.cues.furniture.match(line.folded):
        aside = SectionKind.METADATA if line.inline and state.front else SectionKind.FURNITURE
        return replace(state, aside=aside, caption=None), aside, "", -1_000_000
    lone = (
        PAGE.match(line.text)
        and state.kind is not SectionKind.REFERENCES
        and _between_prose(here.index, here.page)
    )
    if lone or line.folded in here.page.repeated:
        return state, SectionKind.FURNITURE, "", -1_000_000
    if state.aside is SectionKind.FURNITURE:
        return state, SectionKind.FURNITURE, "", -1_000_000
    return None


def _between_prose(index: int, page: Page) -> bool:
    """Tell a page number from a cell of a table: it stands alone or between lines of prose."""
    near = [page.lines[i].text for i in (index - 1, index + 1) if 0 <= i < len(page.lines)]
    return all(len(text) > 45 or heading_like(text) for text in near) or len(page.lines[index].text) > 8


def heading_like(text: str) -> bool:
    """Tell a short line in capitals."""
    return text.isupper() and len(text) > 3


def _metadata(state: State, here: Here) -> Settled:
    line = here.line
    if state.kind in BACK and not state.tail:
        return None
    label = ""
    if here.cues.certainty.match(line.folded) and len(line.text) < 60:
        label = "certainty"
    elif here.cues.remark.match(line.folded):
        label = "remark"
    if label or _metadata_line(line, here.cues):
        lasting = line.inline or (line.first and not label) or state.front
        aside = SectionKind.METADATA if lasting and (here.page.spaced or state.front) else None
        note = label or _note(line.folded, here.cues)
        new = replace(state, aside=aside, note=note, caption=None, abstract=state.abstract and bool(label))
        return new, SectionKind.METADATA, note, -2_000_000
    if state.aside is not SectionKind.METADATA or _resumes(state, line):
        return None
    same = line.paragraph == state.paragraph
    if line.inline or (same and not (is_prose(line) and line.first)):
        return state, SectionKind.METADATA, state.note, -2_000_000
    named = is_affiliation(line, here.cues) or is_authors(line, here.cues) or "orcid" in line.folded
    if not is_prose(line) and named:
        return replace(state, note=""), SectionKind.METADATA, "", -2_000_000
    return None


def _note(text: str, cues: Cues) -> str:
    """Name the metadata that a line or heading opens, where it matters later on."""
    if cues.keywords.match(text):
        return "keywords"
    return "abbreviations" if text.startswith(("abbrev", "list of abbrev", "약어")) else ""


def _metadata_line(line: Line, cues: Cues) -> bool:
    if cues.dated.match(line.folded):
        return bool(DATE.search(line.text)) and len(line.text) < 250 and not VERB.search(line.folded)
    if cues.numbered.match(line.folded):
        return any(c.isdigit() for c in line.text) and len(line.text) < 80
    m = cues.metadata.match(line.folded)
    if not m:
        return False
    if m.group().strip() in ("case report", "original article", "open access"):
        return len(line.text) < 40
    return True


def _front(state: State, here: Here) -> Settled:
    """Read what stands before the first heading: titles, authors, affiliations, abstract."""
    line = here.line
    if not state.front:
        return None
    if not state.titles:
        if _title(line, here.index, here.page):
            return replace(state, titles=1), SectionKind.TITLE, "", 1
        return replace(state, titles=1), *_prose_part(state, here.page)
    return _names_or_prose(state, line, here.page, here.cues)


def _names_or_prose(state: State, line: Line, page: Page, cues: Cues) -> Settled:
    other = (len(HANGUL.findall(line.text)) > len(LATIN.findall(line.text))) != (
        len(HANGUL.findall(state.previous)) > len(LATIN.findall(state.previous))
    )
    before = state.titles
    if before == 1 and other and len(line.text) > 8 and _title_form(line) and not is_authors(line, cues):
        return replace(state, titles=2), SectionKind.TITLE, "", 2
    if not page.article and not state.tail:
        return None
    if is_authors(line, cues) or (is_affiliation(line, cues) and not is_prose(line)):
        return replace(state, aside=None), SectionKind.METADATA, "", -3_000_000
    if is_prose(line) or line.paragraph == state.paragraph:
        return replace(state, aside=None), *_prose_part(state, page)
    return state, SectionKind.METADATA, "", -3_000_000


def _prose_part(state: State, page: Page) -> tuple[SectionKind, str, int]:
    if page.article or state.tail:
        return SectionKind.ABSTRACT, "abstract", 4 + state.region
    return SectionKind.CASE, "", state.region


def _tail(state: State, here: Here) -> Settled:
    """Leave the references where a Korean title, names and abstract follow an English paper."""
    line = here.line
    if state.kind not in BACK or here.page.korean:
        return None
    korean = len(HANGUL.findall(line.text)) > len(LATIN.findall(line.text))
    if not state.tail:
        if not (korean and state.kind is SectionKind.REFERENCES and not REFERENCE.match(line.text)):
            return None
        tail = replace(state, tail=True, region=here.index + 1, titles=2, aside=None)
        if _title_form(line) and not is_authors(line, here.cues):
            return tail, SectionKind.TITLE, "", here.index + 1
        return _names_or_prose(tail, line, here.page, here.cues)
    return _names_or_prose(state, line, here.page, here.cues)


def _body(state: State, line: Line) -> tuple[State, list[Piece]]:
    if state.kind is SectionKind.PATIENT_DATA and not KEY_VALUE.match(line.text):
        state = replace(state, kind=SectionKind.FINDINGS, label="", region=state.region)
    label = "abstract" if state.abstract or state.kind is SectionKind.ABSTRACT else state.label
    state = replace(state, aside=None, caption=None, front=state.front and not is_prose(line))
    state = replace(state, filled=True, broken=not END.search(line.text))
    return _seen(state, line), [Piece(line.span, state.kind, label, state.region)]


def _title(line: Line, index: int, page: Page) -> bool:
    alone = index + 1 >= len(page.lines) or page.lines[index + 1].paragraph != line.paragraph
    follows = len(page.lines) > 1 and (alone or not END.search(line.text))
    return follows and _title_form(line)


def _title_form(line: Line) -> bool:
    return len(line.text) <= 320 and not END.search(line.text) and not line.text.endswith((",", ":", ";"))

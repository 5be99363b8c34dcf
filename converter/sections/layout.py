"""Walk the lines of a page and say of each what part it belongs to."""

from __future__ import annotations

import re
from dataclasses import replace

from converter.model import Hint, SectionKind, Span
from converter.sections.captions import caption_start, continues
from converter.sections.cues import Cues
from converter.sections.front import BACK, front, tail
from converter.sections.headings import Heading
from converter.sections.lines import Line
from converter.sections.names import VERB, is_affiliation, is_authors, is_prose
from converter.sections.page import END, Here, Page, Piece, Settled, State, header_key, hint_of, seen

KEY_VALUE = re.compile(r"[^\W\d_][\w /()가-힣]{0,30}\s*[:：]\s*\S.{0,60}$")
CUT_WORD = re.compile(r"[a-z]{2,}")
DATE = re.compile(r"(?:19|20)\d\d")
PAGE = re.compile(
    r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?$|[-–]\s*\d{1,4}\s*[-–]$|(?:https?://|www\.)\S+(?:\s+\d{1,4})?$"
    r"|.{0,60}\b(?:19|20)\d\d\s*;\s*\d+\s*(?:\(\d+\))?\s*:\s*[\w.-]+.{0,30}$",
    re.IGNORECASE,
)
ASIDES = frozenset(
    {
        SectionKind.TITLE,
        SectionKind.METADATA,
        SectionKind.FURNITURE,
        SectionKind.REFERENCES,
        SectionKind.FIGURE,
    }
)
NARROW = (SectionKind.DIAGNOSIS, SectionKind.DIFFERENTIAL)
"""Parts that last one paragraph where their heading runs into the text."""
CLOSED = (SectionKind.DISCUSSION, SectionKind.REFERENCES, SectionKind.FURNITURE)


def walk(page: Page, cues: Cues) -> tuple[Piece, ...]:
    """Assign every line to a part, in reading order."""
    out: list[Piece] = []
    state = State()
    for index, line in enumerate(page.lines):
        state, pieces = _step(state, Here(line, index, page, cues, hint_of(page.hints, line)))
        out += pieces
    return tuple(out)


def _step(state: State, here: Here) -> tuple[State, list[Piece]]:
    line, found = here.line, here.page.headings[here.index]
    if line.first and state.aside is SectionKind.FURNITURE:
        state = replace(state, aside=None)
    if here.hint and here.hint.kind in ASIDES:
        return _told(state, here, here.hint)
    if found and _opens(state, found, line):
        return _open(state, found, here)
    if here.index in here.page.kickers:
        return replace(state, paragraph=-1), [Piece(line.span, SectionKind.METADATA, "", -2_000_000)]
    for rule in (_caption, _furniture, _metadata, front, tail):
        settled = rule(state, here)
        if settled:
            new, kind, label, region = settled
            return seen(new, line), [Piece(line.span, kind, label, region)]
    return _body(_led(state, here), here)


def _told(state: State, here: Here, hint: Hint) -> tuple[State, list[Piece]]:
    """Take the format's word for titles, metadata, captions, references and furniture."""
    region = (
        -4_000_000 - hint.span.start if hint.kind in (SectionKind.TITLE, SectionKind.FIGURE) else -2_000_000
    )
    titles = 2 if hint.kind is SectionKind.TITLE else state.titles
    new = replace(state, titles=titles, front=False, aside=None, caption=None)
    return seen(new, here.line), [Piece(here.line.span, hint.kind, hint.label, region)]


def _led(state: State, here: Here) -> State:
    """Change the part where the format says so and no heading has."""
    kind = here.hint.kind if here.hint else None
    if state.abstract and here.page.hinted_abstract and kind is not SectionKind.ABSTRACT:
        return State(kind or SectionKind.CASE, "", here.index + 1, front=False, hinted=kind)
    if kind is state.hinted:
        return state
    if kind is None or kind is state.kind:
        return replace(state, hinted=kind)
    abstract = kind is SectionKind.ABSTRACT
    return State(kind, "", here.index + 1, front=False, abstract=abstract, hinted=kind)


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
        return found.key == "discussion" or state.run_in
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
        return seen(new, line), pieces
    if found.role == "back" and found.rest < len(line.text) and state.kind not in BACK:
        new = replace(state, aside=SectionKind.FURNITURE, caption=None)  # "Funding: none." within the text
        return seen(new, line), [Piece(line.span, SectionKind.FURNITURE, found.label, -1_000_000)]
    abstract = _in_abstract(state, found)
    if here.page.hinted_abstract:
        abstract = here.hint is not None and here.hint.kind is SectionKind.ABSTRACT
    kind = found.kind
    if state.kind is SectionKind.DISCUSSION and found.key in ("summary", "요약", "요지"):
        kind, abstract = SectionKind.DISCUSSION, False
    if abstract and (kind is SectionKind.CASE or found.role == "methods"):
        kind = SectionKind.ABSTRACT
    new = State(kind, found.label, index + 1, front=False, abstract=abstract, titles=state.titles)
    new = replace(new, hinted=here.hint.kind if here.hint else None)
    new = replace(new, seen=state.seen | {found.kind} if abstract else frozenset())
    pieces = []
    label = "abstract" if abstract else found.label
    if found.rest < len(line.text):
        new = replace(new, filled=True, broken=not END.search(line.text), run_in=True)
        start = line.span.start + (0 if found.kept else found.rest)
        pieces = [Piece(Span(start, line.span.end), kind, label, index + 1)]
    elif found.kept:
        pieces = [Piece(line.span, kind, label, index + 1)]
    return seen(new, line), pieces


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
        general = here.cues.caption_general.found(line.folded)
        if general or (start.table and state.kind in (SectionKind.DISCUSSION, SectionKind.INTRODUCTION)):
            kind = SectionKind.DISCUSSION
        start = replace(start, kind=kind, region=here.index + 1)
        return replace(state, caption=start, aside=None), kind, start.label, -here.index - 1
    open_caption = state.caption
    if open_caption is None:
        return None
    if _running(here):
        ended = END.search(state.previous) and not here.page.spaced
        return replace(state, caption=None if ended else open_caption), SectionKind.FURNITURE, "", -1_000_000
    if state.broken and CUT_WORD.match(line.text) and END.search(state.previous):
        return None  # the text's sentence goes on, that the caption had cut
    same = line.paragraph == state.paragraph
    if continues(line, same, here.page.spaced, state.previous):
        return state, open_caption.kind, open_caption.label, -open_caption.region
    return None


def _running(here: Here) -> bool:
    """Tell a running header or footer; a bare number may be a cell of a table."""
    text = here.line.text
    paged = PAGE.match(text) is not None and not text.isdigit()
    return paged or _repeated(here)


def _repeated(here: Here) -> bool:
    return bool(here.page.repeated) and header_key(here.line.folded) in here.page.repeated


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
    if lone or _repeated(here):
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


def _body(state: State, here: Here) -> tuple[State, list[Piece]]:
    line = here.line
    if state.run_in and state.kind in NARROW and (line.first or not here.page.spaced):
        state = replace(state, kind=SectionKind.CASE, label="", region=here.index + 1, run_in=False)
    if state.kind is SectionKind.PATIENT_DATA and not KEY_VALUE.match(line.text):
        state = replace(state, kind=SectionKind.FINDINGS, label="", region=state.region)
    label = "abstract" if state.abstract or state.kind is SectionKind.ABSTRACT else state.label
    new = replace(
        state,
        aside=None,
        caption=None,
        front=state.front and not is_prose(line),
        filled=True,
        broken=not END.search(line.text),
        paragraph=line.paragraph,
        previous=line.text,
    )
    return new, [Piece(line.span, state.kind, label, state.region)]

"""Document -> Sections: which words are the patient's, and which the page's, literature's or authors'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from converter.issues import Issue
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind, Span
from converter.sections.admission import TEACHING, admit
from converter.sections.captions import figure_parts
from converter.sections.cues import HANGUL, LATIN, Cues, amount, load_cues
from converter.sections.layout import walk
from converter.sections.lines import cut_lines
from converter.sections.page import Page, Piece, survey
from converter.sections.remarks import (
    REMARK_OF,
    abstract_marks,
    announced,
    bare_marks,
    clipped,
    course,
    discussion_marks,
    each,
    of_patient,
    partition,
)

__all__ = ["split"]

Sections = tuple[Section, ...]
Found = tuple[SectionKind, str, tuple[Span, ...]]
LOOSE = -1_000_000
"""Regions from here down hold pieces that do not belong together."""

PROSE = frozenset(
    {
        SectionKind.CASE,
        SectionKind.ABSTRACT,
        SectionKind.INTRODUCTION,
        SectionKind.DISCUSSION,
        SectionKind.FINDINGS,
    }
)
STOPPED = re.compile(r"[.!?][\"')\]”’]*\s")
KOREAN_SHARE = 0.2
"""Share of Hangul among letters from which a part counts as Korean: terms and units are often Latin."""


def split(document: Document) -> tuple[Sections, tuple[Issue, ...]]:
    """Cut a document into sections in reading order; refuse (by a fatal issue) what is no case report.

    >>> text = "INTRODUCTION\\nGout is common.\\nCASE REPORT\\nA 40-year-old man had gout.\\n"
    >>> [s.kind.value for s in split(Document("a", text, ""))[0]]
    ['introduction', 'case']
    """
    table = load_cues()
    page = survey(cut_lines(document.text, table), document.hints, table)
    found = [s for group in _grouped(walk(page, table)) for s in _refined(document.text, group, page, table)]
    found = _recovered(document.text, found, table)
    sections = _numbered(document.text, found)
    return sections, (*admit(document, sections, table), *_warnings(document, sections, page))


def _grouped(pieces: tuple[Piece, ...]) -> list[Found]:
    """Bring the pieces of one region and kind together, however often they are interrupted."""
    groups: dict[tuple[int, SectionKind, str], list[int]] = {}
    for place, piece in enumerate(pieces):
        groups.setdefault((piece.region, piece.kind, piece.label), []).append(place)
    out: list[Found] = []
    for (region, kind, label), places in groups.items():
        runs = [[place for _, place in run] for _, run in groupby(enumerate(places), lambda e: e[1] - e[0])]
        spans = tuple(Span(pieces[run[0]].span.start, pieces[run[-1]].span.end) for run in runs)
        # Metadata and furniture are no text that goes on: every run stands for itself.
        out += [(kind, label, (span,)) for span in spans] if region <= LOOSE else [(kind, label, spans)]
    return out


def _refined(text: str, group: Found, page: Page, table: Cues) -> Iterator[Found]:
    """Cut captions into their parts, and take out of general parts what is said of this patient."""
    kind, label, spans = group
    if kind is SectionKind.FIGURE:
        for span, part, abbreviations in figure_parts(text, spans, label):
            own_spans = tuple(
                s for s in clipped(span.start, span.end, spans) if text[s.start : s.end].strip()
            )
            if own_spans:
                yield (
                    (SectionKind.METADATA, "abbreviations", own_spans)
                    if abbreviations
                    else (kind, part, own_spans)
                )
    elif kind in REMARK_OF:
        yield from _remarks(text, group, page, table)
    elif kind is SectionKind.ABSTRACT or (kind is SectionKind.CASE and page.bare):
        yield from _generalities(text, group, table)
    else:
        yield group


def _remarks(text: str, group: Found, page: Page, table: Cues) -> Iterator[Found]:
    kind, label, spans = group
    if kind is SectionKind.DISCUSSION and not page.article and label != "abstract":
        for told in course(text, spans, table):
            yield SectionKind.CASE, "course", told
            spans = _without(spans, told)
    place = label if label == "abstract" else REMARK_OF[kind]
    patient = SectionKind.ABSTRACT if label == "abstract" else SectionKind.CASE
    rest: tuple[Span, ...] = ()
    introducing = kind is SectionKind.INTRODUCTION
    marks = each(announced, table) if introducing else partial(discussion_marks, cues=table)
    if label == "abstract":
        marks = each(_abstract_own, table)
    for passes, run in partition(text, spans, marks):
        if passes:
            yield patient, place, run
        else:
            rest += run
    if rest:
        yield kind, label, rest


def _without(spans: tuple[Span, ...], taken: tuple[Span, ...]) -> tuple[Span, ...]:
    """Cut some runs out of others."""
    start, end = taken[0].start, taken[-1].end
    return (*clipped(0, start, spans), *clipped(end, spans[-1].end, spans))


def _abstract_own(sentence: str, table: Cues) -> bool:
    """Tell a patient's sentence in the background or conclusion of an abstract."""
    return of_patient(sentence, table) and not table.unless.found(sentence)


def _generalities(text: str, group: Found, table: Cues) -> Iterator[Found]:
    """Take general remarks out of an abstract or a text without headings."""
    kind, label, spans = group
    before: tuple[Span, ...] = ()
    after: tuple[Span, ...] = ()
    patient: tuple[Span, ...] = ()
    bare = kind is SectionKind.CASE
    marks = partial(bare_marks if bare else abstract_marks, cues=table)
    for passes, run in partition(text, spans, marks):
        if not passes:
            patient += run
        elif patient:
            after += run
        else:
            before += run
    if bare and before and not patient:
        patient, before = before, ()
    name = "abstract" if kind is SectionKind.ABSTRACT else label
    for part, found in ((SectionKind.INTRODUCTION, before), (kind, patient), (SectionKind.DISCUSSION, after)):
        if found:
            yield part, name, found


def _recovered(text: str, found: list[Found], table: Cues) -> list[Found]:
    """Where no part is the patient's, read the introduction from the first sentence with a patient on."""
    body = {SectionKind.CASE, SectionKind.FINDINGS, SectionKind.PATIENT_DATA, SectionKind.ABSTRACT}
    has = any(kind in body and label not in ("introduction", "discussion") for kind, label, _ in found)
    if has or not any(kind is SectionKind.INTRODUCTION for kind, _, _ in found):
        return found
    out: list[Found] = []
    for kind, label, spans in found:
        if kind is not SectionKind.INTRODUCTION or label == "abstract":
            out.append((kind, label, spans))
            continue
        started: tuple[Span, ...] = ()
        rest: tuple[Span, ...] = ()
        for passes, run in partition(text, spans, each(of_patient, table)):
            started, rest = (started + run, rest) if passes or started else (started, rest + run)
        out += [(kind, label, rest)] if rest else []
        out += [(SectionKind.CASE, "", started)] if started else []
    return out


def _numbered(text: str, found: list[Found]) -> Sections:
    ordered = sorted(found, key=lambda f: (f[2][0].start, f[2][-1].end))
    return tuple(
        Section(kind, spans, label, _language(text, spans), part)
        for part, (kind, label, spans) in enumerate(ordered)
    )


def _language(text: str, spans: tuple[Span, ...]) -> str:
    words = " ".join(text[s.start : s.end] for s in spans)
    hangul = amount(HANGUL, words)
    return "ko" if hangul and hangul >= KOREAN_SHARE * (hangul + amount(LATIN, words)) else "en"


def _warnings(document: Document, sections: Sections, page: Page) -> Iterator[Issue]:
    marked = any(
        h and h.kind in PATIENT_SECTIONS and h.kind is not SectionKind.ABSTRACT for h in page.headings
    )
    if not marked:
        yield Issue.of("SEC001", source=document.name)
    prose = [s for s in sections if s.kind in PROSE]
    if not prose or any(s.kind in TEACHING for s in sections):
        return
    last = max(s.spans[-1] for s in prose)
    tail = document.text[last.start : last.end]
    if last.end >= len(document.text.rstrip()) - 1 and _broken_off(tail):
        yield Issue.of("DOC007", span=Span(last.end - 1, last.end), source=document.name)


def _broken_off(text: str) -> bool:
    """Tell whether a text ends within a sentence of several words: no full stop, in a line of prose."""
    line = text[text.rfind("\n") + 1 :]
    last = STOPPED.split(line[-600:])[-1]
    return len(last.split()) > 2 and (last[-1:].isalnum() or last[-1:] == ",")

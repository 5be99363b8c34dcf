"""Cut a report's story into sentences, and at the patients' labels into clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.model import Section, SectionKind, Span
from converter.sections.labels import Label, bracketed, labels, opening
from converter.text import sentence_ranges, view_of

BODY = frozenset(
    {
        SectionKind.CASE,
        SectionKind.PATIENT_DATA,
        SectionKind.FINDINGS,
        SectionKind.DIAGNOSIS,
        SectionKind.DIFFERENTIAL,
    }
)
RETOLD = frozenset({"abstract", "introduction", "discussion"})
"""Labels of parts that tell of all patients again."""
CLAUSE = re.compile(
    r"(?:(?<=[,;.])\s+(?:(?:and|while|whereas|but)\s+)?|\s(?:and|while|whereas)\s+|[✓✔•●▪■◆*)\]]\s*)"
    r"(?:the\s+|our\s+)?$",
    re.IGNORECASE,
)
TELLS = re.compile(
    r"\s*[:.]\s*\S"
    r"|,? (?:was|were|is|had|has|presented|underwent|received|developed|died|remained|showed|an?|aged|\d)\b"
)
"""What makes the label behind a comma the subject of a clause of its own."""
BIRTH = re.compile(
    r"\b(?:delivered|gave birth to|(?:delivery|birth) of)\s+(?=(?:an?|the|her)\s[^,.;]{0,60}?"
    r"\b(?:infant|newborn|neonate|baby|boy|girl|male|female)\b)"
)
"""What is told of a mother up to here is told of her child from here on."""
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or clause of a section, and whom it is said of."""

    section: int
    span: Span
    text: str
    label: Label | None
    """The label that it opens with."""
    headed: bool = False
    """The label is a heading: it holds until the next one."""
    first: bool = False
    """First of its section."""
    clause: bool = False
    """Begins within a sentence."""
    above: str = ""
    """The headings between the section before and this one, on its first piece."""


def retells(section: Section) -> bool:
    """Tell a part that sums up all patients."""
    return section.kind is SectionKind.ABSTRACT or section.label in RETOLD


def cut_pieces(text: str, sections: Sequence[Section]) -> tuple[Piece, ...]:
    """Cut the sections that may be told of several patients into sentences, at labels into clauses."""
    out: list[Piece] = []
    before = 0
    for index, section in enumerate(sections):
        if section.kind in BODY or section.kind is SectionKind.ABSTRACT:
            out += _sentences(text, index, section, text[before : section.spans[0].start])
        before = max(before, section.spans[-1].end)
    return tuple(out)


def _sentences(text: str, index: int, section: Section, gap: str) -> Iterator[Piece]:
    view = view_of(text, section.spans)
    heading = _heading(gap)
    for k, (start, end) in enumerate(sentence_ranges(view.text)):
        words = view.text[start:end]
        cuts = [x for x in labels(words) if _cuts(words, x)]
        own = opening(words) or bracketed(words)
        starts = [(0, own), *((x.start, x) for x in cuts if len(x.numbers) < 2)]
        starts += [(m.end(), None) for m in BIRTH.finditer(words) if not cuts]
        ends = [*(s for s, _ in starts[1:]), len(words)]
        for (at, label), stop in zip(starts, ends, strict=True):
            head = heading if heading and not (k or at) else None
            place = Span(view.offsets[start + at], view.offsets[start + stop - 1] + 1)
            lone = label is not None and (not at and _stands_alone(view.text, start, label))
            said = label if label and label.numbers and not (head and len(words) < 3) else label or head
            first = not (k or at)
            over = gap if first else ""
            yield Piece(index, place, words[at:stop], said, bool(head) or lone, first, at > 0, over)


def _cuts(words: str, label: Label) -> bool:
    """Tell a label within a sentence with which a clause on that patient begins."""
    within = label.start > 0 and CLAUSE.search(words[: label.start]) is not None
    return within and TELLS.match(words, label.end) is not None


def _stands_alone(text: str, start: int, label: Label) -> bool:
    """Tell a label that heads what follows: it opens a line, or a colon parts it from the rest."""
    line = text[start - 1 : start] in ("", "\n")
    return line or re.match(r"\s*[:.;]", text[start + label.end :]) is not None


def _heading(gap: str) -> Label | None:
    """Give the last label that a line of the headings before a section opens with."""
    found = [label for line in gap.split("\n") if len(line) < 120 and (label := opening(line.strip()))]
    return found[-1] if found else None

"""Tell sentences that speak of this patient from general remarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from converter.model import SectionKind, Span
from converter.sections.cues import Cues
from converter.text import fold, sentence_ranges, view_of

AGE = re.compile(
    r"\b\d{1,3}(?:\s*[-/]\s*\d{1,3})?\s*-?\s*(?:years?|yrs?|months?|mo|weeks?|wks?|days?|hours?|y)\.?\s*-?"
    r"\s*"
    r"(?:of\s+age|olds?|age)\b"
    r"|\b\d{1,3}\s?(?:y/?o|yo|yof|yom)\b|\baged\s+\d|\bage of \d|\d{1,3}\s*(?:세|개월|일령)"
)
PRONOUN = re.compile(
    r"\b(?:he|she|his|her|him)\b|"
    r"\bthe (?:patient|boy|girl|infant|child|newborn|woman|man|neonate)\b|환자|환아"
)
PAST = re.compile(
    r"\b(?:was|were|had|did|rose|fell|became|began|underwent|felt|took|led|[a-z]{3,}ed)\b"
    r"(?! (?:by|in|as)\b)|\d ?%"
)
Remark = tuple[bool, tuple[Span, ...]]


def own(sentence: str, cues: Cues) -> bool:
    """Tell whether a sentence of an introduction or discussion speaks of this patient, for certain.

    >>> from converter.sections.cues import load_cues
    >>> [own(s, load_cues()) for s in ("our patient had a fever of 39 degrees.", "this case highlights it.")]
    [True, False]
    """
    if cues.unless.search(sentence):
        return False
    return bool(cues.own.search(sentence) or cues.own_patient.search(sentence))


def of_patient(sentence: str, cues: Cues) -> bool:
    """Tell whether a sentence of an abstract or of a bare text speaks of a patient."""
    aged = AGE.search(sentence) and cues.person.search(sentence)
    return bool(aged or PRONOUN.search(sentence) or own(sentence, cues))


def general(sentence: str, cues: Cues) -> bool:
    """Tell a general remark of an abstract: in the words of one, and without any of the patient."""
    return bool(cues.general.search(sentence)) and not of_patient(sentence, cues)


def bare_general(sentence: str, cues: Cues) -> bool:
    """Tell a general remark of a text without headings, where nothing tells the story."""
    return general(sentence, cues) and not PAST.search(sentence)


def partition(text: str, spans: Sequence[Span], test: Callable[[str], bool]) -> Iterator[Remark]:
    """Cut spans into runs of sentences that pass the test or do not: (passes, spans), in order."""
    view = view_of(text, spans)
    runs: list[tuple[bool, int, int]] = []
    for start, end in sentence_ranges(view.text):
        passes = test(fold(view.text[start:end]))
        if runs and runs[-1][0] == passes:
            runs[-1] = (passes, runs[-1][1], end)
        else:
            runs.append((passes, start, end))
    for passes, start, end in runs:
        yield passes, clipped(view.offsets[start], view.offsets[end - 1] + 1, spans)


def clipped(start: int, end: int, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give the parts of spans that lie within [start, end)."""
    inside = (Span(max(start, s.start), min(end, s.end)) for s in spans)
    return tuple(s for s in inside if s.start < s.end)


REMARK_OF = {SectionKind.INTRODUCTION: "introduction", SectionKind.DISCUSSION: "discussion"}

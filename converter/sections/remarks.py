"""Tell sentences that speak of this patient from general remarks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import groupby, takewhile

from converter.model import SectionKind, Span
from converter.rare import opening
from converter.sections.cues import Cues
from converter.text import fold, sentence_ranges, view_of

AGE = re.compile(
    r"[\da](?:(?<=\b\d)\d{0,2}(?:\s*[-/]\s*\d{1,3})?\s*-?\s*"
    r"(?:years?|yrs?|months?|mo|weeks?|wks?|days?|hours?|y)\.?\s*-?\s*(?:of\s+age|olds?|age)\b"
    r"|(?<=\b\d)\d{0,2}\s?(?:y/?o|yo|yof|yom)\b|(?<=\ba)ge(?:d\s+| of )\d|(?<=\d)\d{0,2}\s*(?:세|개월|일령))"
)
"""Begins with the one sign that it may begin with: it is looked for in whole texts."""
PERSON = re.compile(
    opening("an?", "this", "our") + r" (?:[\w-]+ ){0,4}"
    r"(?:man|woman|boy|girl|patient|infant|neonate|newborn|child|gentleman|lady)\b"
)
"""One human being, brought in without an age."""
PRONOUN = re.compile(
    opening(
        r"he\b", r"she\b", r"his\b", r"her\b", r"him\b",
        r"the (?:patient|boy|girl|infant|child|newborn|woman|man|neonate)\b", "환자", "환아",
    )
)  # fmt: skip
THE_PATIENT = re.compile(r"\b(?:the|this|our) patient\b|환자는|환아는")
STATE = re.compile(
    r"\b(?:the patient|he|she) (?:still )?"
    r"(?:remains|is (?:well|now|still|alive|being)|has (?:been|had|since|not))\b"
)
PLURAL = re.compile(r"\b(?:patients|cases|series|studies|authors|people|individuals|children|adults)\b")
"""Words for more than this one patient."""
NOTED = re.compile(r"\[\d+|[a-z][.,]?\d{1,2}(?:[,-]\d{1,2})*\.?$|[a-z)] \d{1,2}(?:[,-]\d{1,2})*\.$")
"""The number of a reference."""
STORY = re.compile(
    r"\b(?:was|were|had|did|rose|fell|became|began|underwent|felt|took|led|went|came|chose|made|gave|kept|saw|found"
    r"|left|told|brought|sought|grew|lost|met|sent|broke|bled|ate|drank|wore|drove|stood)\b"
)
"""Verbs of a story; with participles they make PAST."""
PAST = re.compile(
    STORY.pattern + r"|(?<!is )(?<!are )(?<!be )(?<!been )(?<!can )"
    r"\b[a-z]{3,}ed\b(?! (?:by|in|as)\b)|\d ?%|[였었았했됐렸졌겼켰났갔왔]"
)
RESULT = re.compile(
    STORY.pattern
    + r"|\b(?:showed|revealed|demonstrated|confirmed|suggested|disclosed|presented|admitted|diagnosed)\b"
    r"|[였었았했됐렸졌겼켰났갔왔]"
)
PRESENT = re.compile(
    r"\b(?:is|are|remains?|requires?|should|may|can|must|supports?|emphasi[sz]es?|suggests?|indicates?|serves?|lies?"
    r"|contributes?|aims?|includes?|involves?|occurs?|affects?|presents? with|represents?|causes?|leads? to"
    r"|has|have)\b"
    r"|[가-힣](?:이다|한다|된다|있다|없다|않다|하다|드물다|진다|롭다)\.?$"
)
CITED = re.compile(
    r"\b(?:reported|described|published|presented) (?:a|an|the|two|three|one|another)\b"
    r"|\ba (?:case|patient) (?:of|with)\b|\bet al\b|\bin the literature\b"
)
"""Words that bring in another author's patient."""
LITERATURE = re.compile(
    r"\bin the literature\b|\bet al\b|\bpreviously (?:reported|described) cases?\b|문헌에"
)
Remark = tuple[bool, tuple[Span, ...]]
Marks = Callable[[Sequence[str]], Sequence[bool]]


def own(sentence: str, cues: Cues) -> bool:
    """Tell whether a sentence of a discussion speaks of this patient, for certain.

    >>> from converter.sections.cues import load_cues
    >>> [own(s, load_cues()) for s in ("our patient had a fever of 39 degrees.", "this case highlights it.")]
    [True, False]
    """
    if cues.unless.found(sentence):
        return False
    return cues.own.found(sentence) or cues.own_patient.search(sentence) is not None


def discussion_marks(sentences: Sequence[str], cues: Cues) -> tuple[bool, ...]:
    """Mark the sentences of this patient; "the patient" after another author's case is not ours."""
    named = [cues.own.found(s) for s in sentences]
    others = [CITED.search(s) is not None and not ours for s, ours in zip(sentences, named, strict=True)]
    return tuple(
        own(s, cues) and (named[i] or not any(others[max(0, i - 3) : i])) for i, s in enumerate(sentences)
    )


@lru_cache(maxsize=256)
def announced(sentence: str, cues: Cues) -> bool:
    """Tell whether a sentence of an introduction speaks of this patient or announces the case."""
    return own(sentence, cues) or (cues.announcing.found(sentence) and not cues.unless.found(sentence))


@lru_cache(maxsize=256)
def of_patient(sentence: str, cues: Cues) -> bool:
    """Tell whether a sentence of an abstract or of a bare text speaks of a patient."""
    aged = AGE.search(sentence) and cues.person.search(sentence)
    return bool(aged or PRONOUN.search(sentence) or announced(sentence, cues))


def general(sentence: str, cues: Cues) -> bool:
    """Tell a general remark of an abstract: in the words of one, and without any of the patient."""
    return bool(cues.general.found(sentence)) and not of_patient(sentence, cues)


def bare_marks(sentences: Sequence[str], cues: Cues) -> tuple[bool, ...]:
    """Tell the general remarks of a text without headings: very cautiously once the patient has appeared."""
    first = next((i for i, s in enumerate(sentences) if of_patient(s, cues)), 0)
    return tuple(
        not of_patient(s, cues)
        and (
            (general(s, cues) and not (RESULT if i < first else PAST).search(s))
            or LITERATURE.search(s) is not None
        )
        for i, s in enumerate(sentences)
    )


def abstract_marks(sentences: Sequence[str], cues: Cues) -> tuple[bool, ...]:
    """Tell the general remarks among an abstract's sentences: the more readily before the patient appears."""
    first = next((i for i, s in enumerate(sentences) if of_patient(s, cues)), 0)
    marks: list[bool] = []
    for i, sentence in enumerate(sentences):
        told = timeless(sentence, i < first) or (i < first and all(marks) and not RESULT.search(sentence))
        marks.append(general(sentence, cues) or (told and not of_patient(sentence, cues)))
    return tuple(marks)


def timeless(sentence: str, early: bool) -> bool:
    """Tell a sentence in the present, which tells no story.

    >>> timeless("torsion is diagnosed by ct.", False), timeless("ct showed torsion, which is rare.", False)
    (True, False)
    """
    return bool(PRESENT.search(sentence)) and not (STORY if early else PAST).search(sentence)


def partition(
    text: str, spans: Sequence[Span], marks: Callable[[Sequence[str]], Sequence[bool]]
) -> Iterator[Remark]:
    """Cut spans into runs of sentences that are marked or not: (marked, spans), in order."""
    view = view_of(text, spans)
    ranges = sentence_ranges(view.text)
    flags = marks([fold(view.text[start:end]) for start, end in ranges])
    for marked, run in groupby(zip(flags, ranges, strict=True), key=lambda pair: pair[0]):
        places = [place for _, place in run]
        yield marked, clipped(view.offsets[places[0][0]], view.offsets[places[-1][1] - 1] + 1, spans)


def course(text: str, spans: Sequence[Span], cues: Cues) -> Iterator[tuple[Span, ...]]:
    """Find the patient's own course, at the head of a discussion or in paragraphs of its own."""
    view = view_of(text, spans)
    at, first = 0, True
    for paragraph in view.text.split("\n"):
        ranges = [(at + start, at + end) for start, end in sentence_ranges(paragraph)]
        told = [fold(view.text[start:end]) for start, end in ranges]
        run = len(list(takewhile(partial(_narrated, cues=cues), told)))
        about = PRONOUN if first else THE_PATIENT
        if run and about.search(told[0]) and (run == len(told) or (first and run > 1)):
            yield clipped(view.offsets[ranges[0][0]], view.offsets[ranges[run - 1][1] - 1] + 1, spans)
        at, first = at + len(paragraph) + 1, first and not told


def _narrated(sentence: str, cues: Cues) -> bool:
    """Tell a sentence that can be part of one patient's story, and of nobody else's."""
    if CITED.search(sentence) or LITERATURE.search(sentence) or NOTED.search(sentence):
        return False
    if cues.unless.found(sentence) or PLURAL.search(sentence):
        return False
    if STATE.search(sentence):
        return True
    return bool(PAST.search(sentence)) and bool(PRONOUN.search(sentence) or not cues.general.found(sentence))


def each(test: Callable[[str, Cues], bool], cues: Cues) -> Marks:
    """Mark sentences one by one."""
    return lambda sentences: [test(sentence, cues) for sentence in sentences]


def clipped(start: int, end: int, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Give the parts of spans that lie within [start, end)."""
    inside = (Span(max(start, s.start), min(end, s.end)) for s in spans)
    return tuple(s for s in inside if s.start < s.end)


REMARK_OF = {SectionKind.INTRODUCTION: "introduction", SectionKind.DISCUSSION: "discussion"}

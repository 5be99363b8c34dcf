"""Whether the report says one age and one sex of its patient: "A 45-year-old man" told twice."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from converter.issues import Issue
from converter.model import Document, Fact, FactKind, Quantity, Section, SectionKind, Span, Words
from converter.text import fold

TELLING = frozenset({SectionKind.TITLE, SectionKind.CASE, SectionKind.ABSTRACT, SectionKind.PATIENT_DATA})
WOMAN = r"woman|female|girl|lady|여자|여성|여아|여환"
MAN = r"man|male|boy|gentleman|남자|남성|남아|남환"
STATED = re.compile(
    r"(?<![\w.,/-])(?P<n>\d{1,3})(?:[- ](?P<u>year|month|week|day)s?[- ]old|[- ]?y/?o|세(?:의)?)\s+"
    rf"(?:(?!\b(?:son|daughter|brother|sister|mother|father)\b)[\w-]+\s+){{0,3}}?(?:(?P<f>{WOMAN})|(?P<m>{MAN}))(?![a-z])"
)
LED = re.compile(r"(?:^|\b(?:an?|this|our)\s(?:[\w-]+\s){0,3}|[.!?]\s|\n)$")
"""What stands before a patient who is brought in; "his 70-year-old father" is somebody else."""
LEADING = 200
"""Characters that ``LED`` looks back over: an article and three words."""
END = re.compile(r"[.!?]\s|\n")
KIN = re.compile(
    r"\b(?:donor|mother|father|brother|sister|son|daughter|wife|husband|uncle|aunt|cousin|parent|twin|sibling|colleague"
    r"|previous|reported|literature|another|from|like|unlike)\b|\[\d|et al"
)
UNITS = {"year": "a", "month": "mo", "week": "wk", "day": "d"}


class Statement(NamedTuple):
    """One place that says how old the patient is, and of which sex."""

    age: Decimal
    unit: str
    sex: str
    span: Span


def statements(document: Document, sections: Sequence[Section]) -> Iterator[Statement]:
    """Give the places that bring the patient in by age and sex."""
    for section in sections:
        if section.kind not in TELLING or section.label in ("introduction", "discussion"):
            continue
        for span in section.spans:
            folded = fold(document.text[span.start : span.end])
            starts = [0, *(end.end() for end in END.finditer(folded))]
            for m in STATED.finditer(folded):
                sentence = folded[starts[bisect_right(starts, m.start()) - 1] : m.start()]
                led = LED.search(folded, max(0, m.start() - LEADING), m.start())
                if led and not KIN.search(sentence + folded[m.end() : m.end() + 12]):
                    sex = "female" if m.group("f") else "male"
                    place = Span(span.start + m.start(), span.start + m.end())
                    yield Statement(Decimal(m.group("n")), UNITS[m.group("u") or "year"], sex, place)


def disagreements(document: Document, sections: Sequence[Section], facts: Sequence[Fact]) -> Iterator[Issue]:
    """Report a statement of another age, or of the other sex, than the fact that was kept."""
    told = tuple(statements(document, sections))
    ages = [f.value for f in facts if f.kind is FactKind.AGE and isinstance(f.value, Quantity)]
    sexes = [f.value.code for f in facts if f.kind is FactKind.SEX and isinstance(f.value, Words)]
    age = next((s for s in told if ages and s.unit == ages[0].ucum and s.age != ages[0].value), None)
    sex = next((s for s in told if sexes and s.sex != sexes[0]), None)
    if age:
        yield Issue.of("AGE002", span=age.span)
    if sex:
        yield Issue.of("SEX002", span=sex.span)

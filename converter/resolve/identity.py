"""When two mentions speak of one thing: words, concepts, values, sites and times compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from converter.extractors.lexicon import STOPWORDS, tokens
from converter.model import Fact, Mention, Quantity, Range, Ratio, Section, SectionKind, Site, Time, Words
from converter.text import fold

LATE = frozenset({SectionKind.ABSTRACT, SectionKind.TITLE, SectionKind.METADATA})
"""Sections that repeat the case: their mentions join what the case says and seldom add to it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Mentions taken for one fact, in reading order."""

    mentions: tuple[tuple[int, Mention], ...]

    @property
    def first(self) -> Mention:
        """The mention that comes first."""
        return self.mentions[0][1]


def head_words(name: str) -> frozenset[str]:
    """Words of a name that tell facts apart, folded over plural and spelling.

    >>> sorted(head_words("the calcified masses of the valve"))
    ['calcified', 'mass', 'valve']
    """
    return frozenset(t.stem for t in tokens(fold(name)) if t.stem not in STOPWORDS)


def printed(fact: Fact) -> str:
    """Key of a value as printed: number and unit, or words."""
    value = fact.value
    if isinstance(value, Quantity):
        return f"{value.comparator}{value.value.normalize():f} {value.ucum}"
    if isinstance(value, Range):
        return f"{value.low.value if value.low else ''}..{value.high.value if value.high else ''}"
    if isinstance(value, Ratio):
        return f"{value.numerator.value}:{value.denominator.value}"
    if isinstance(value, Words):
        return value.code or value.text.lower()
    return "/".join(
        f"{c.value.value.normalize():f}" for c in fact.components if isinstance(c.value, Quantity)
    )


def identity(fact: Fact) -> str:
    """Key of what a fact is about: its concept, else its name's words."""
    if fact.concept:
        return fact.concept.id
    return " ".join(sorted(head_words(fact.name)))


def times_agree(a: Time | None, b: Time | None) -> bool:
    if a is None or b is None or not (a.low is not None or a.date) or not (b.low is not None or b.date):
        return True
    return (a.anchor, a.relation, a.low, a.high, a.unit, a.date) == (
        b.anchor,
        b.relation,
        b.low,
        b.high,
        b.unit,
        b.date,
    )


def exact(time: Time | None) -> bool:
    return time is not None and (time.low is not None or bool(time.date))


def sites_agree(a: Sequence[Site], b: Sequence[Site]) -> bool:
    if not a or not b:
        return True
    x, y = a[0].concept, b[0].concept
    if x and y:
        # a part agrees with its whole: a Doppler study of the mitral inflow is of the heart
        whole = {x.id, y.id} & {x.kind.split(";")[0], y.kind.split(";")[0]}
        return x.id == y.id or bool(whole and x.kind.split(";")[0] == y.kind.split(";")[0])
    return bool(head_words(a[0].text) & head_words(b[0].text))


def repeats_the_case(section: Section) -> bool:
    return section.kind in LATE or section.label in ("discussion", "introduction")

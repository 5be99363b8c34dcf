"""Make a mention out of a place in an annotated sentence."""

from __future__ import annotations

from typing import Any

from converter.extractors import korean
from converter.extractors.annotate import Annotated
from converter.extractors.timeline import When
from converter.model import Fact, FactKind, Mention, Phrase, Time
from converter.text import clean


def mention(an: Annotated, kind: FactKind, start: int, end: int, /, name: str = "", **fields: Any) -> Mention:
    """Make a mention whose naming words are a range of the sentence."""
    fact = Fact(
        kind=kind, name=name or clean(an.text[start:end]), evidence=an.sentence.spans(start, end), **fields
    )
    return Mention(fact, an.sentence.section, an.sentence.ordinal, start, end)


def phrase(an: Annotated, start: int, end: int) -> Phrase:
    """Give words with their place."""
    return Phrase(clean(an.text[start:end]), an.sentence.spans(start, end))


def overlaps(start: int, end: int, other_start: int, other_end: int) -> bool:
    """Tell whether two ranges share a character."""
    return start < other_end and other_start < end


def nearest_time(an: Annotated, start: int, end: int, history: bool = False) -> Time | None:
    """Give the time that a place's own clause states: the nearest, a leading one counting for all.

    Words alone ("follow-up") give way to a time with a length or date.
    """
    rated: list[tuple[int, int, When]] = []
    for when in an.times:
        if when.history and not history:
            continue
        exact = when.time.low is not None or bool(when.time.date)
        between = an.text[min(end, when.end) : max(start, when.start)]
        blocked = ";" in between or korean.apart(an.folded, when.end, start, end, when.time.relation)
        distance = max(when.start - end, start - when.end, 0)
        if when.start < 4:
            distance = min(distance, 60)
        if not blocked:
            rated.append((0 if exact else 1, distance, when))
    return min(rated, key=lambda r: r[:2])[2].time if rated else None

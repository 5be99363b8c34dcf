"""Names and values told in two lists: "AST and ALT were 120 and 88 U/L, respectively"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import LINK, Name
from converter.extractors.quantities import Amount

WORD = re.compile(r"\brespectively\b|각각")
TAIL = re.compile(r"[^\d;.]{0,30}(?:\([^()]*\)[^\d;.]{0,12})?")
"""Between the last value and the word."""
BETWEEN_VALUES = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*(?:,|;|&|,? ?\band\b|,? ?\bor\b)\s*(?:\w+ )?")
BETWEEN_NAMES = re.compile(
    r"\s*(?:(?:levels?|values?|counts?|activity)\b|\([^()]*\)|\s)*(?:,|/|&|,? ?\band\b|,? ?\bor\b|,? ?\bas well as\b)\s*(?:the |his |her |its |serum |plasma |total |of |levels? )*"
)


def respective(
    an: Annotated, names: Sequence[Name], results: Sequence[Amount]
) -> tuple[Mapping[Amount, Name], tuple[Amount, ...]]:
    """Give the values that such a sentence pairs with names, and those that it cannot: the counts differ."""
    paired: dict[Amount, Name] = {}
    lost: list[Amount] = []
    for word in WORD.finditer(an.folded):
        values = _values(an, results, word.start()) if word.group().isascii() else list(results)
        if len(values) < 2:
            continue
        listed = _names(an, names, values[0])
        if len(listed) == len(values):
            paired.update(zip(values, listed, strict=True))
        elif len(listed) > 1 and word.group().isascii():
            lost += values
    return paired, tuple(lost)


def _depth(text: str, at: int) -> int:
    return text.count("(", 0, at) - text.count(")", 0, at)


def _values(an: Annotated, results: Sequence[Amount], at: int) -> list[Amount]:
    """Give the list of values that ends before the word."""
    level = [a for a in results if a.end <= at and a.depth == _depth(an.folded, at)]
    if not level or not TAIL.fullmatch(an.folded[level[-1].end : at]):
        return []
    out = [level[-1]]
    for amount in reversed(level[:-1]):
        if not BETWEEN_VALUES.fullmatch(an.folded[amount.end : out[0].start]):
            break
        out.insert(0, amount)
    return out


def _names(an: Annotated, names: Sequence[Name], first: Amount) -> list[Name]:
    """Give the list of names that ends before the first value."""
    before = [n for n in names if n.end <= first.start and n.tag not in PROBLEM_TAGS]
    gap = an.folded[before[-1].end : first.start] if before else ";"
    if (
        ";" in gap
        or len(gap) > 70
        or not (LINK.match(gap) or re.search(r"\b(?:was|were|of|at|indicated|showed)\b|^\W*$|로|는|은", gap))
    ):
        return []
    out = [before[-1]]
    for name in reversed(before[:-1]):
        if not (
            BETWEEN_NAMES.fullmatch(an.folded[name.end : out[0].start])
            or re.fullmatch(r"\s?(?:와|과|및|,)\s*", an.folded[name.end : out[0].start])
        ):
            break
        out.insert(0, name)
    return out

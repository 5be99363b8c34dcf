"""Names and values told in two lists: "AST and ALT were 120 and 88 U/L, respectively"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import Name
from converter.extractors.lexicon import lexicon
from converter.extractors.quantities import Amount
from converter.extractors.sieve import rare
from converter.mappings import Observable
from converter.text import fold

WORD = rare(r"\brespectively\b|각각")
TAIL = re.compile(r"[^\d;.]{0,30}(?:\([^()]*\)[^\d;.]{0,12})?")
"""Between the last value and the word."""
BETWEEN_VALUES = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*(?:,|;|&|,? ?\band\b|,? ?\bor\b)\s*(?:\w+ )?")
JOINS = re.compile(
    r"\b(?:was|were|of|at|in|on|is|are|indicated|showed|to)\b|^[^\w;]*(?:levels?|values?|counts?)?[^\w;]*$|로|는|은"
)
"""Between the last name and the first value."""
ASIDE = re.compile(r"\s*(?:levels?|values?)?\s*(?:to|in|during|after|by|for|on|at)\b")
"""Behind the last name, where others hang on it: "cortisol to insulin-induced hypoglycaemia"."""
BETWEEN_NAMES = re.compile(
    r"\s?(?:와|과|및|,)\s*|\s*(?:(?:levels?|values?|counts?|activity)\b|\([^()]*\)|\s)*(?:,|/|&|,? ?\band\b|,? ?\bor\b|,? ?\bas well as\b)\s*(?:his |her |its |serum |plasma |total )*"
)


def respective(
    an: Annotated, names: Sequence[Name], results: Sequence[Amount]
) -> tuple[Mapping[Amount, Name], tuple[Amount, ...]]:
    """Give the values that such a sentence pairs with names, and those that it cannot: the counts differ."""
    paired: dict[Amount, Name] = {}
    lost: list[Amount] = []
    for word in WORD.finditer(an.folded):
        english = word.group().isascii()
        values = _values(an, results, word.start()) if english else list(results)
        if len(values) < 2:
            continue
        lists = list(_lists(an, names, values[0]))
        listed = next((one for one in lists if len(one) == len(values)), [])
        paired.update(zip(values, listed, strict=True) if listed else ())
        if not listed and english and lists and len(lists[0]) > 1:
            lost += values
    paired.update({b: paired[a] for a, b in pairwise(results) if a in paired and restated(an, a, b)})
    return paired, tuple(lost)


def restated(an: Annotated, here: Amount, after: Amount) -> bool:
    """Tell a value said again in another unit: "5 mg/dL (87 umol/L)"."""
    return (
        after.depth > here.depth
        and re.fullmatch(r"\s*[(\[]\s*", an.folded[here.end : after.start]) is not None
    )


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


def _lists(an: Annotated, names: Sequence[Name], first: Amount) -> Iterator[list[Name]]:
    """Give the lists of names that may end before the first value, the nearest first."""
    before = [n for n in names if n.end <= first.start and n.tag not in PROBLEM_TAGS and n.role == "name"]
    for last in range(len(before), 0, -1):
        gap = an.folded[before[last - 1].end : first.start]
        if last < len(before) and not ASIDE.match(gap):
            return
        if ";" in gap or len(gap) > 70 or not JOINS.search(gap):
            return
        out = _shared_head(an, before[last - 1])
        for name in reversed(before[: last - 1]):
            between = an.folded[name.end : out[0].start]
            counted = any(0 < name.start - a.end <= 4 for a in an.amounts)  # "12% lymphocytes, and ..."
            if counted or not BETWEEN_NAMES.fullmatch(between):
                break
            out.insert(0, name)
        yield out


def _shared_head(an: Annotated, name: Name) -> list[Name]:
    """Part "total and direct bilirubin" into its two tests, where a table knows both."""
    before = re.search(r"([a-z]+) (?:and|or) $", an.folded[: name.start])
    head = an.text[name.start : name.end].partition(" ")[2]
    if before is None or not head or name.row is None:
        return [name]
    said = f"{before[1]} {head}"
    hits = lexicon("observations").find(said, fold(said))
    if (
        len(hits) != 1
        or (hits[0].start, hits[0].end) != (0, len(said))
        or not isinstance(hits[0].entry.origin, Observable)
    ):
        return [name]
    return [Name(before.start(1), before.end(1), hits[0].concept, hits[0].entry.origin), name]

"""The numbers of a sentence that can be results: neither times nor doses, units and ranges shared out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from converter.extractors.annotate import Annotated
from converter.extractors.binding import DIRECT, Name, names
from converter.extractors.place import overlaps
from converter.extractors.quantities import LENGTHS, Amount, is_time
from converter.mappings import Observable


def legible(an: Annotated) -> tuple[list[Name], list[Amount]]:
    """Give what a sentence's results are made of: its names, and its numbers with the reference ranges marked."""
    amounts = [a for a in _bracketed(an, an.amounts) if a.reference or not _taken(an, a)]
    amounts = _list_units(an, amounts)
    return names(an, [a for a in amounts if not a.reference]), amounts


def _bracketed(an: Annotated, amounts: Sequence[Amount]) -> list[Amount]:
    """Take limits in brackets right behind a value for its reference range: "287 pmol/L (2-11)", "52 U/L (<35)"."""
    out = list(amounts)
    for i, (here, after) in enumerate(pairwise(amounts)):
        if not re.fullmatch(r"\s*[\[(]\s*", an.folded[here.end : after.start]) or here.form != "plain":
            continue
        closed = re.match(r"\s*[\])]", an.folded[after.end :])
        said = re.match(r"\s*(?:normal|negative)\s*[\])]", an.folded[after.end :])
        limit = after.form == "plain" and after.numbers[0].comparator and not after.ucum
        result = here.ucum or any(
            overlaps(here.start, here.end, t.start, t.end) for t in an.tagged("Lab_value")
        )
        alike = after.ucum in ("", here.ucum) and result
        if (closed and (limit or (after.form == "range" and alike))) or (
            said and (limit or after.form == "range")
        ):
            first = here.numbers[0]
            numbers = after.numbers
            if first.ucum == "/uL" and not after.ucum and first.value >= 1000 > numbers[-1].value:
                continue  # limits in thousands
            if not after.ucum:
                numbers = tuple(replace(n, unit=first.unit, ucum=first.ucum) for n in numbers)
            out[i + 1] = replace(after, reference=True, numbers=numbers)
    return out


UNITLESS = re.compile(r"\b(?:ph|inr|gcs|score|ratio|index|apgar)\s*(?:of|was|:|=)?\s*$")
LISTED = re.compile(r"\s*(?:,|,? and|,? &)\s*[\w+()-]{1,12}(?: [\w+()-]{1,12})?\s*[:=]?\s*(?:of )?")


def _list_units(an: Annotated, amounts: list[Amount]) -> list[Amount]:
    """Give a list's bare numbers the unit that its last one prints: "Na 128, K 5.9 and Cl 95 mmol/L"."""
    out = list(amounts)
    for i in range(len(out) - 2, -1, -1):
        here, after = out[i], out[i + 1]
        last = after.numbers[-1]
        bare = not here.ucum and here.form == "plain" and last.ucum and not last.ucum.startswith("%")
        if not bare or is_time(after) or UNITLESS.search(an.folded[: here.start]):
            continue
        if LISTED.fullmatch(an.folded[here.end : after.start]) and _may_have(an, here, last.ucum):
            first = replace(here.numbers[0], unit=last.unit, ucum=last.ucum, unit_start=last.unit_start)
            out[i] = replace(here, numbers=(first,))
    return out


def _may_have(an: Annotated, amount: Amount, code: str) -> bool:
    """Tell whether the test right before a number, if a table knows it, can have a unit."""
    for m in an.matches("observations"):
        row = m.entry.origin
        if (
            m.end <= amount.start
            and isinstance(row, Observable)
            and DIRECT.fullmatch(an.folded[m.end : amount.start])
        ):
            return not row.units or code in row.units
    return True


SHARE = re.compile(r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|none)(?: out)? of (?:the )?$")
"""Before a number: "four of 56 nodes"."""
AT_AGE = re.compile(r"\b(?:discovered|diagnosed|noted|detected|found|started|begun|developed|ms|msec) at $")
"""Before a bare number: an age, "first noted at 16"."""
CODED = re.compile(
    r"[-+]\d+\.\d+ ?(?:ds|d)? ?/?[-+] ?\d+\.\d+ ?(?:dc|d)? ?[x*∗] ?\d+|\b4\d,x[xy][^ ;.]*|\bcd ?\d+/\d+|\b[2-4]\d\+\d(?= (?:gestational )?w)"
)
"""Sphere, cylinder and axis of a lens; a karyotype; two markers' ratio; weeks and days: digits that are no value."""


DISTANCE = re.compile(
    r"\s*(?:proximal|distal|from|above|below|away|superior|inferior|caudal|cranial|behind|deep to|anterior to|posterior to|lateral to|medial to)\b"
)
"""Behind a length, these make it a distance between places, not the size of a finding."""


LISTED_TIME = re.compile(
    r"(?:\s*,\s*\d+)*\s*,?\s*(?:and|or|to|-)\s*\d+[\s-]*(?:min|minute|hour|day|week|month|year)s?\b"
)
"""Behind a bare number: the list of times that it opens: "at 1 and 5 minutes"."""
GRADED = re.compile(r"\+(?!\d)|\s*/\s*5\b(?! ?[a-z%])")
"""Behind a bare number: "2+", "4+/5" and "2-3/5" are said in words."""
GRADE = re.compile(r"\d(?:[+-]|-\d)/$")
"""Before the number that such a grade is out of."""
ALL = re.compile(r"\ball (?:the )?$")
BARE_BEFORE, BARE_AFTER = (LISTED_TIME, GRADED), (GRADE, SHARE, AT_AGE, ALL)
"""What follows and what precedes bare numbers that are no values."""
OLD = re.compile(r"[- ]*(?:years?|months?|weeks?|days?)[- ]+old|[- ]*year|-old|세")
NUMBERED = re.compile(
    r"\s*(?:patients|cases|times|doses|cycles|units of|episodes|children|liters of|sides|limbs|occasions|brothers?|sisters?|siblings|sons?|daughters?|(?:\w+ )?(?:types|kinds))\b"
)
CITED = re.compile(r"(?:fig(?:ure|s)?\.?\s*|table\s*|\[|gravida\s|para\s|\bage:?\s)$")


CONCENTRATION = re.compile(r"/(?:dL|L|mL|uL)$")
"""Nobody is given a dose in these."""


def _taken(an: Annotated, amount: Amount) -> bool:
    """Tell numbers that belong to ages, times, doses and figure references."""
    before, after = an.folded[: amount.start], an.folded[amount.end :]
    if any(
        overlaps(amount.start, amount.end, t.start, t.end)
        for t in an.tagged("Dosage", "Frequency", "Age", "Administration")
        if t.type != "Dosage" or not CONCENTRATION.search(amount.ucum)
    ):
        return True
    timed = not amount.ucum or is_time(amount)  # "on day 1 to 4.2 mg/dL" is no time up to day 4
    if timed and any(overlaps(amount.start, amount.end, w.start, w.end) for w in an.times):
        return True
    if not amount.ucum and (
        any(p.match(after) for p in BARE_BEFORE) or any(p.search(before) for p in BARE_AFTER)
    ):
        return True
    if amount.ucum in LENGTHS and DISTANCE.match(after):
        return True
    if OLD.match(after) or NUMBERED.match(after) or CITED.search(before[-12:]):
        return True
    return _is_given(an, amount) or _is_code(an, amount)


def _is_given(an: Annotated, amount: Amount) -> bool:
    """Tell how much of a drug there was: "4 g of fibrinogen concentrate"."""
    return amount.ucum not in ("", "%") and any(
        an.folded[amount.end : m.start] == " of " for m in an.matches("drugs") if m.start > amount.end
    )


def _is_code(an: Annotated, amount: Amount) -> bool:
    """Tell digits of a lens, a karyotype or two markers' ratio, and a citation in parentheses."""
    if any(overlaps(amount.start, amount.end, *m.span()) for m in CODED.finditer(an.folded)):
        return True
    return (
        not amount.ucum
        and an.text[amount.start - 1 : amount.start] == "("
        and re.fullmatch(r"\(?[\d,\s–-]+\)?", an.text[amount.start - 1 : amount.end + 1]) is not None
        and not any(overlaps(amount.start, amount.end, t.start, t.end) for t in an.tagged("Lab_value"))
    )

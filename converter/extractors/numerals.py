"""Printed numbers with their comparator and unit, one by one.

Nothing is converted and nothing assumed: a Decimal is made of the printed digits, a unit is what
stands behind the number. quantities.py groups them into values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from converter.mappings import unit_codes, unit_key
from converter.text import Sentence

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|(?<![\w.,-])(?<!ca )[1-9]\d{0,2}(?: \d{3})* 0\d\d(?: \d{3})*(?!\d)|(?<![\w.,-])(?<!ca )\d{1,3}(?: \d{3})+(?=\s?(?:/(?:mm|u|l\b)|cells|copies|per (?:micro|cubic|mm|ul)))|\d+,\d{1,2}(?=(?:\s?[-–]\s?\d+,\d{1,2})?\s?(?:%|°|(?:mm|cm|m[gl]|[un]g|k?g|l|m[hg]g|[mun]?mol|meq|iu|u|mu)(?![a-z])))|\d+(?:[.·]\d+)?|(?<!\d)\.\d+)"
COMPARATORS = (
    (r">=|≥|at least|no less than|not less than|minimum of", ">="),
    (r"<=|≤|at most|up to|no more than|not more than|maximum of", "<="),
    (r">|over|above|more than|greater than|higher than|exceed(?:ing|ed|s)|in excess of|beyond", ">"),
    (r"<|less than|lower than|below|under|fewer than|smaller than", "<"),
)
COMPARATOR = re.compile("|".join(f"(?P<c{i}>{p})" for i, (p, _) in enumerate(COMPARATORS)))
LED = (
    *(
        ">",
        "<",
        "≥",
        "≤",
        "~",
        "약",
        "at least",
        " than",
        "imum of",
        "at most",
        "up to",
        "over",
        "above",
        "below",
        "under",
    ),
    *(
        "exceed",
        "excess",
        "beyond",
        "about",
        "approx",
        "around",
        "nearly",
        "almost",
        "roughly",
        "circa",
        "ca",
    ),
)
"""Of these one stands before every number that has a comparator or its like."""
LEAD = re.compile(
    rf"(?:(?P<cmp>(?:{'|'.join(p for p, _ in COMPARATORS)}))\s*(?:about |approximately )?)?"
    rf"(?P<about>(?:about|approximately|approx\.?|around|nearly|almost|roughly|circa|ca\.?|~|약)\s*)?(?P<num>(?:(?<![\w.)%-])[-+])?{NUMBER})"
)
DIGIT = re.compile(r"\d")
BEFORE = 80
"""Characters that a comparator and its like may stand before the first digit."""
CLOCK = re.compile(
    r"\b(?:at|from|until|to|by) (?!1:(?:10|20|40|80)\b)[0-2]?\d:[0-5]\d\b|\b[0-2]?\d:[0-5]\d ?(?:a\.?m\b|p\.?m\b|h\b|hours?\b|o'clock)|\b0\d:[0-5]\d\b|\b[01]?\d(?:\.[0-5]\d)? ?(?:a\.?m|p\.?m)\b"
)
"""A time of day; "at 1:40" is a titre."""
KOREAN_AFTER = (
    (re.compile(r"^\s*이상"), ">="),
    (re.compile(r"^\s*이하"), "<="),
    (re.compile(r"^\s*초과"), ">"),
    (re.compile(r"^\s*미만"), "<"),
)
NOT_MEASURED = re.compile(
    r"(?:\bfig(?:ure|s)?\.?|\btables?|\bcases?|\bpatients?|\bno\.|\bversion|\bchapter|\bgrade|\bstage|\btype|"
    r"\bclass|\bphase|\blevel|\bversus|\bsegments?|\bpanel|\bstep|\bchromosome|\bexon|\bcodon|\bvitamin b|\bcd\)?|\bpod|\bdays?|\bweek|\bmonth|\byear|\bage[sd]?(?: of)?|"
    r"\bages? \d+(?:, \d+)*,? and|keratins?(?: \(ck\))?|\bcluster of differentiation|\bheat shock protein(?: \(hsp\))?|\bhsp|\bpaired box|\binterleukin|\bcaspase|oncogene|\bgamma|\bclaudin|"
    r"\brecist|\bctcae|\bdsm|\bicd)\s*$"
)
CITED = re.compile(r"\brefs?\.?\s*$|\breferences?\s*$")
OPENS_RANGE = re.compile(r"\s*[-~]\s*\d")
"""Behind a number that "reference" precedes: it opens a range, "reference 13-60 U/L", and is no citation."""
ISOTOPE = re.compile(r"[ -]?(?:f[dle]|na|psma|dopa|choline|sodium|labell?ed|pet)\w*")
"""Behind "18F": the tracer, not a catheter's size."""


@dataclass(frozen=True, slots=True)
class Number:
    """One printed number with its unit: ``start``-``end`` covers comparator, digits and unit."""

    start: int
    end: int
    value: Decimal
    printed: str
    comparator: str = ""
    unit: str = ""
    ucum: str = ""
    unit_start: int = 0


BLANKS = 4
"""Blanks in a printed unit, at most."""


@cache
def _longest() -> Mapping[str, int]:
    """Give the length of the longest unit that begins with each letter; of any, for "" and what is folded."""
    exact, loose = unit_codes()
    out = {"": max(map(len, exact))}
    for key in (*exact, *loose):
        out[key[0].casefold()] = max(len(key), out.get(key[0].casefold(), 0))
    return out


def _reach(first: str) -> int:
    """Give how many characters a unit may have that begins with one; 0 for none."""
    folds = not first.isascii() or first in (" ", "*")
    length = _longest()[""] if folds else _longest().get(first.casefold(), 0)
    return length + BLANKS if length else 0


def unit_at(text: str, at: int) -> tuple[str, str, int] | None:
    """Give (printed, UCUM, end) of the unit that starts at or just after a place."""
    start = at
    while start < len(text) and text[start] in " -\u00a0" and start - at < 2:
        start += 1
    exact, loose = unit_codes()
    for end in range(min(len(text), start + _reach(text[start : start + 1])), start, -1):
        printed = text[start:end]
        if printed[-1] == " " or (
            end < len(text) and text[end].isalnum() and printed[-1].isalnum() and text[end].isascii()
        ):
            continue
        key = unit_key(printed)
        if printed in ("µ", "μ"):
            return printed, "um", end
        if printed == "of":  # the folded "oF" of a thermometer
            continue
        code = exact.get(key) or (loose.get(key.casefold(), "") if len(key) > 1 else "")
        if code and not (
            start == at
            and len(key) == 1
            and key.isalpha()
            and code in ("m", "a", "d", "h", "s", "g")
            and not (code == "g" and "가" <= text[end : end + 1] <= "힣")
        ):
            return printed, code, end
    return None


MARKER = re.compile(r"[a-z)][,.]\d[\d ] ?|[a-z)][,.]\d{2} ")
SEGMENT = re.compile(r"\b[ctls]\d{1,2}-$")
ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
PERCENTILE = re.compile(r"(?:\s*(?:and|to|-)\s*\d+(?:\.\d+)?(?:st|nd|rd|th))?[ -]*(?:per)?centiles?\b")
DECADE = re.compile(r"(?:\b(?:the|low|mid|high|to|in)[ -])$")
"""Before "90s": a value told to the ten."""
COUNTED = re.compile(
    r"\s(?:[a-z]+ ){0,2}[a-z]{4,}\s?(?P<unit>(?:/|per )\s?(?:[um]?l|mm\^?3|mm³|hpf|high[ -]power field|microliter|ul|mcl)\b)"
)
"""Behind a number: what was counted, and then the unit: "4 leukocytes/µL"."""


PER_MINUTE = re.compile(r"분당\s*(?:약\s*)?$")
TIMES = re.compile(r"\s*(회|번|박)")
"""Korean puts the time before the count: "분당 112회"."""


def _a_minute(text: str, start: int, end: int) -> tuple[str, str, int, int] | None:
    count = TIMES.match(text, end) if PER_MINUTE.search(text, max(0, start - 6), start) else None
    return (count.group(1), "/min", count.start(1), count.end()) if count else None


def _is_isotope(folded: str, end: int, found: tuple[str, str, int]) -> bool:
    """Tell the letter of a tracer from a unit: "18F-FDG", "18F fluorodeoxyglucose"."""
    unit, code, stop = found
    hung = stop == end + 1 and unit.isalpha() and re.match(r"-[a-z]{2}", folded[stop:])
    return bool(hung or (code == "[Ch]" and ISOTOPE.match(folded, stop)))


def _unit(sentence: Sentence, printed: str, end: int) -> tuple[str, str, int, int] | None:
    """Give (printed, UCUM, its start, the number's end) of what stands behind a number; None: it is no number."""
    text, folded = sentence.text, sentence.folded
    found = unit_at(text, end)
    if found:
        unit, code, stop = found
        return None if _is_isotope(folded, end, found) else (unit, code, stop - len(unit), stop)
    ordinal = ORDINAL.match(folded, end)
    if ordinal:
        ranked = PERCENTILE.match(folded, ordinal.end())
        return (
            (text[ordinal.end() : ranked.end()], "{percentile}", ordinal.end(), ordinal.end())
            if ranked
            else None
        )
    if re.match(r"s(?!\w)", text[end:]):
        if "." in printed or printed[-1] != "0":
            return text[end : end + 1], "s", end, end + 1
        return ("", "", end, end + 1) if DECADE.search(folded[: end - len(printed)]) else None
    if re.match(r"[-‐‑]?[A-Za-z]", text[end : end + 2]):
        return None  # a part of a name: "25-hydroxy..."
    counted = COUNTED.match(folded, end)
    if counted is None:
        return "", "", end, end
    start, stop = counted.span("unit")
    return text[start:stop], next((f[1] for f in (unit_at(text, start),) if f), ""), start, end


def _number(sentence: Sentence, m: re.Match[str]) -> Number | None:
    folded = sentence.folded
    at = m.start("num")
    if at and (
        (folded[at - 1].isalpha() and not re.search(r"\dx$", folded[:at]))
        or (folded[at - 1] in ".,-/" and at > 1 and folded[at - 2].isalnum() and folded[at - 1] == ".")
    ):
        return None
    if MARKER.fullmatch(folded[max(0, at - 2) : at + 3].ljust(5)) and re.fullmatch(
        r"\d{1,2}", m.group("num")
    ):
        return None  # a reference's number: "the guidelines,13 and"
    if SEGMENT.search(folded, max(0, at - 5), at):  # "C3-4"
        return None
    if at > 1 and folded[at - 1] == "-" and folded[at - 2].isalpha() and sentence.text[at - 1] != "—":
        return None
    end = m.end("num")
    printed = m.group("num").lstrip("+")
    if re.fullmatch(r"0{2,}", printed):  # the tail of a clock, a code or a group of digits
        return None
    comparator = ""
    if m.group("cmp"):
        hit = COMPARATOR.match(m.group("cmp"))
        comparator = next(code for i, (_, code) in enumerate(COMPARATORS) if hit and hit.group(f"c{i}"))
    found = _a_minute(sentence.text, end - len(printed), end) or _unit(sentence, printed, end)
    if found is None:
        return None
    unit, code, unit_start, end = found
    for pattern, sign in KOREAN_AFTER:
        if pattern.match(folded[end:]) and not comparator:
            comparator, end = sign, end + pattern.match(folded[end:]).end()  # type: ignore[union-attr]
            break
    value = _decimal(printed)
    start = m.start() if m.group("cmp") else at
    return Number(start, end, value, printed, comparator, unit, code, unit_start)


def _decimal(printed: str) -> Decimal:
    """Make a Decimal of the printed digits; a comma before one or two digits is a decimal comma."""
    if re.fullmatch(r"[-+]?\d+,\d{1,2}", printed):
        return Decimal(printed.replace(",", "."))
    return Decimal(printed.replace(",", "").replace(" ", "").replace("·", "."))


def _lead(folded: str, at: int, digit: int) -> int:
    """Give from where on a number may begin: its sign or point, or words long before its first digit."""
    first = max(at, digit - BEFORE)
    return first if any(map(folded[first:digit].__contains__, LED)) else max(at, digit - 2)


def numbers(sentence: Sentence) -> tuple[Number, ...]:
    """Give every number of a sentence that stands alone (T1, Fig. 1, B12 and 6th do not)."""
    out: list[Number] = []
    at, folded = 0, sentence.folded
    if not DIGIT.search(folded):
        return ()
    clocked = ":" in folded or re.search(r"\d ?[ap]\.?m", folded)
    clock = [m.span() for m in CLOCK.finditer(folded)] if clocked else []
    while (digit := DIGIT.search(folded, at)) and (
        m := LEAD.search(folded, _lead(folded, at, digit.start()))
    ):
        number = _number(sentence, m)
        at = m.end()
        if number is None:
            continue
        before = folded[: number.start]
        cited = CITED.search(before) and not OPENS_RANGE.match(folded, number.end)
        if not number.unit and (cited or NOT_MEASURED.search(before)):
            continue
        if any(s < number.end and number.start < e for s, e in clock):
            continue
        out.append(number)
        at = max(at, number.end)
    return tuple(out)

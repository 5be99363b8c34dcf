"""Values: numbers grouped into ranges, sizes, ratios and pressures, with their role.

Names are bound to them in measurements.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from converter.extractors.numerals import CLOCK, Number, numbers
from converter.text import Sentence

TIME_UNITS = frozenset({"a", "mo", "wk", "d", "h", "min"})
LENGTHS = frozenset({"mm", "cm", "m", "um", "[in_i]"})

STATISTIC = re.compile(r"\b(average|averaged|mean|median|peak|maximum|maximal|minimum|nadir|total)\b|평균")
REFERENCE = re.compile(
    r"(?:\b(?:normal|reference|ref\.?|expected)(?: (?:range|value|values|interval|limit|level|levels|upper limit|adult))*"
    r"|\bnormal|(?<!\ba )(?<!\bin )(?<!\bthe )(?<!\bwide )\brange|\bcut-?off(?: (?:value|point|level))?|\bupper limit(?: of normal)?|\bn\.?r\.?|[(\[]\s*(?:nl?|rv|ref)\b|정상(?: ?범위| ?치| ?값)?|참고(?:치| ?범위)?)"
    r"\s*(?:is|was|of|being|for [a-z ]{1,20}|at \d{1,2}:\d\d(?: ?[ap]\.?m\.?)?)?\s*[:,=;]?\s*[<>≤≥~]?\s*(?:less than |under |below |above |over |up to )?\(?$"
)
LIMITS = ("normal", "ref", "expected", "range", "cut", "limit", "nr", "n.r", "(", "[", "정상", "참고")
"""Of these REFERENCE holds one."""
PREDICATED = re.compile(r"\b(?:was|were|is|are|remained|also|still|within)(?: the)? normal\s*[(\[]?\s*$")
"""Here "normal" is said of the value itself: "calcium was normal (2.3 mmol/L)"."""
RANGE_WORD = re.compile(r"^\s*(?:-|~|to|through)\s*")
TREND = re.compile(
    r"\b(?:rose|risen|increas\w+|decreas\w+|fell|dropped|declin\w+|improv\w+|chang\w+|reduc\w+|elevat\w+|rising|falling|went)\b[^.;]{0,40}from\s*$"
)
DIMENSION = re.compile(r"^\s*(?:x|by|\*)\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """Numbers that stand for one value: plain, range, dimensions, ratio, pressure."""

    start: int
    end: int
    form: str
    numbers: tuple[Number, ...]
    reference: bool = False
    about: str = ""
    depth: int = 0
    """Parenthesis depth at which it stands."""

    @property
    def ucum(self) -> str:
        """UCUM code of the (last) printed unit."""
        for number in reversed(self.numbers):
            if number.ucum:
                return number.ucum
        return ""


def _glue(folded: str, a: Number, b: Number) -> str:
    """Tell how two neighbouring numbers belong together: range, size, ratio, slash or nothing."""
    gap = folded[a.end : b.start]
    if b.start - a.end > 14:
        return ""
    if DIMENSION.fullmatch(gap):
        return "size"
    shares = re.fullmatch(r" (?:out )?of (?:the )?", gap) and not b.unit and a.value <= b.value
    parts = re.fullmatch(r"\s*:\s*", gap) and not CLOCK.search(folded[: b.end + 5], max(0, a.start - 8))
    if (shares or parts) and not a.unit:
        return "ratio"  # "3 of 12 nodes", "1:160"
    if re.fullmatch(r"\s*/\s*", gap) and not a.unit:
        return "slash"
    if gap.strip() == "to" and TREND.search(folded[: a.start]):
        return ""
    if RANGE_WORD.fullmatch(gap) and (not a.unit or a.ucum == b.ucum or not b.unit):
        return "range"
    if re.fullmatch(r"\s+and\s+", gap) and folded[: a.start].rstrip().endswith("between"):
        return "range"
    return ""


def _share_units(group: list[Number]) -> tuple[Number, ...]:
    last = next((n for n in reversed(group) if n.unit), None)
    if last is None:
        return tuple(group)
    return tuple(
        n if n.unit else replace(n, unit=last.unit, ucum=last.ucum, unit_start=last.unit_start) for n in group
    )


def _is_limit(lead: str) -> bool:
    """Tell words of a reference range before a number."""
    return any(map(lead.__contains__, LIMITS)) and REFERENCE.search(lead) is not None


def amounts(sentence: Sentence) -> tuple[Amount, ...]:
    """Group a sentence's numbers into values; tell reference ranges from results."""
    folded = sentence.folded
    groups: list[tuple[str, list[Number]]] = []
    for number in numbers(sentence):
        if groups:
            form, group = groups[-1]
            glue = _glue(folded, group[-1], number)
            if glue and (form in ("plain", glue)) and not (glue == "range" and len(group) > 1):
                groups[-1] = (glue, [*group, number])
                continue
        groups.append(("plain", [number]))
    out: list[Amount] = []
    for form, group in groups:
        start, end = group[0].start, group[-1].end
        before = folded[max(0, start - 60) : start]
        about = re.search(
            r"(?:about|approximately|approx\.?|around|nearly|almost|roughly|circa|ca\.?|~|약)\s*$", before
        )
        lead = before[: about.start()] if about else before
        depth = folded.count("(", 0, start) - folded.count(")", 0, start)
        normal = _is_limit(lead) and not (form == "plain" and PREDICATED.search(lead))
        reference = normal or (form == "range" and _again(folded, out, start, depth))
        out.append(
            Amount(
                start,
                end,
                form,
                _share_units(group),
                reference,
                about.group().strip() if about else "",
                depth,
            )
        )
    return tuple(_carried(folded, a, b) for a, b in pairwise([*out, None]) if a)


def _carried(folded: str, here: Amount, after: Amount | None) -> Amount:
    """Give a bare number the unit of the next: "rose from 7.2 to 9.8 g/dL", "120 and 88 U/L, respectively"."""
    if after is None or here.ucum or not after.ucum or (here.form, after.form) != ("plain", "plain"):
        return here
    gap = folded[here.end : after.start].strip()
    last = not re.match(r"\s*(?:,|,? and)\s*[\d<>]", folded[after.end :])
    listed = re.search(r"\band [\w -]{2,40} (?:was|were) $", folded[: here.start])
    paired = (
        last and gap in (",", "and", ", and") and (listed or "respectively" in folded or "각각" in folded)
    )
    onward = re.fullmatch(r"(?:(?:on|at|by|in|after|before) [^,;()]{1,30} )?to", gap)
    if is_time(after) or not (paired or (onward and TREND.search(folded[: here.start]))):
        return here
    return replace(here, numbers=_share_units([*here.numbers, *after.numbers])[:-1])


def _again(folded: str, out: list[Amount], start: int, depth: int) -> bool:
    """Tell a reference range said again in another unit: "(normal 4-11 ng/mL; 10-28 nmol/L)"."""
    last = out[-1] if out else None
    if last is None or not (last.reference and last.form == "range" and last.depth == depth > 0):
        return False
    return bool(re.fullmatch(r"\s*(?:[;,/]|or)\s*", folded[last.end : start]))


def is_time(amount: Amount) -> bool:
    """Tell a length of time from a measured value."""
    return amount.ucum in TIME_UNITS

"""Numbers with their comparator, unit, range and role, as printed.

Nothing is converted and nothing assumed: a Decimal is made of the printed digits, a unit is what
stands behind the number. Names are bound to numbers in measurements.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise

from converter.mappings import unit_codes, unit_key
from converter.text import Sentence

TIME_UNITS = frozenset({"a", "mo", "wk", "d", "h", "min"})
LENGTHS = frozenset({"mm", "cm", "m", "um", "[in_i]"})

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
CLOCK = re.compile(
    r"\b(?:at|from|until|to|by) (?!1:(?:10|20|40|80)\b)[0-2]?\d:[0-5]\d\b|\b[0-2]?\d:[0-5]\d ?(?:a\.?m\b|p\.?m\b|h\b|hours?\b|o'clock)|\b0\d:[0-5]\d\b|\b[01]?\d ?(?:a\.?m|p\.?m)\b"
)
"""A time of day; "at 1:40" is a titre."""
DIMENSION = re.compile(r"^\s*(?:x|by|\*)\s*")
KOREAN_AFTER = (
    (re.compile(r"^\s*이상"), ">="),
    (re.compile(r"^\s*이하"), "<="),
    (re.compile(r"^\s*초과"), ">"),
    (re.compile(r"^\s*미만"), "<"),
)
NOT_MEASURED = re.compile(
    r"(?:\bfig(?:ure|s)?\.?|\btables?|\bcases?|\bpatients?|\bref(?:erence)?s?\.?|\bno\.|\bversion|\bchapter|\bgrade|\bstage|\btype|"
    r"\bclass|\bphase|\blevel|\bversus|\bsegments?|\bpanel|\bstep|\bchromosome|\bexon|\bcodon|\bvitamin b|\bcd|\bpod|\bdays?|\bweek|\bmonth|\byear|\bage[sd]?(?: of)?)\s*$"
)


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
    known = first.casefold() if first.isascii() and first not in (" ", "*") else ""
    length = _longest().get(known, 0)
    return length + 4 if length else 0  # for blanks


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


def _unit(sentence: Sentence, printed: str, end: int) -> tuple[str, str, int, int] | None:
    """Give (printed, UCUM, its start, the number's end) of what stands behind a number; None: it is no number."""
    text, folded = sentence.text, sentence.folded
    found = unit_at(text, end)
    if found and re.match(r"-[a-z]{2}", folded[found[2] :]) and found[2] == end + 1 and found[0].isalpha():
        return None  # "18F-FDG"
    if found:
        unit, code, stop = found
        return unit, code, stop - len(unit), stop
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
    start = m.start() if m.group("cmp") else at
    return Number(start, end, _decimal(printed), printed, comparator, unit, code, unit_start)


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
        if not number.unit and NOT_MEASURED.search(folded[: number.start]):
            continue
        if any(s < number.end and number.start < e for s, e in clock):
            continue
        out.append(number)
        at = max(at, number.end)
    return tuple(out)


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
        limited = any(map(lead.__contains__, LIMITS)) and bool(REFERENCE.search(lead))
        normal = limited and not (form == "plain" and PREDICATED.search(lead))
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
    paired = last and gap in (",", "and", ", and") and ("respectively" in folded or "각각" in folded)
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

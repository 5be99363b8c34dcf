"""Words of time, read and said again: 입원 6일째, 3개월 후, 2012년 10월; never the computed range.

English words are read for their kind (a day counted, a time before or after, a length, a date); what they
leave open, the relative time beside them says. Words that nobody reads stand in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from converter.extractors.korean_times import PATTERNS
from converter.mappings import load_toml
from converter.model import Time
from converter.phrases import age_phrase, label, labels, time_phrase
from converter.summary.wording import quoted, word
from converter.text import HANGUL

ANCHORS = (
    ("discharge", "discharge"),
    ("surgery", "surg|operat|resection|ectomy|procedure"),
    ("transplantation", "transplant"),
    ("diagnosis", "diagnos"),
    ("onset", "onset|symptom"),
    ("treatment", "treatment|therapy"),
    ("birth", "birth|delivery"),
    ("presentation", "presentation|presenting|arrival"),
    ("admission", "admission|admitted|hospital"),
)
"""What a time is counted from, by its words; the first that fits."""
UNITS = {"minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}
_UNIT = r"(minute|hour|day|week|month|year)s?\b"
_AMOUNT = re.compile(rf"(\d+(?:\.\d+)?)(?:\s*(?:-|–|to|or)\s*(\d+(?:\.\d+)?))?[\s-]*{_UNIT}")
_VAGUE = re.compile(rf"\b(several|few|some)\s+{_UNIT}")
_AGE = re.compile(r"\bage(?: of)? (\d+)$")
_DAY = re.compile(r"\b(\d+)(?:st|nd|rd|th)\s+(?:\w+\s+)?day\b|\bday\s+(\d+)\b")
_KINDS = (
    ("age", re.compile(r"\bage\b|\bold\b")),
    ("before", re.compile(r"\b(?:before(?:hand)?|prior|ago|earlier|previous(?:ly)?)\b")),
    ("since", re.compile(r"\b(?:history|duration|since|past|last)\b")),
    ("within", re.compile(r"\bwithin\b")),
    ("after", re.compile(r"\b(?:after|later|following|from|post(?:\w*))\b|^in\b|\bon$")),
    ("during", re.compile(r"\b(?:during|over|for)\b")),
    ("day", re.compile(r"^at\b")),
)
"""Kinds of a time with an amount, by its words; the first that fits."""
_SIDES = (
    ("before", re.compile(r"\b(?:before|prior|pre\w*)\b")),
    ("after", re.compile(r"\b(?:after|following|post\w*)\b")),
    ("during", re.compile(r"\b(?:during|intra\w*)\b")),
    ("at", re.compile(r"^(?:on|upon|at)\b")),
)
"""Kinds of a time that has only an anchor."""
_ABOUT = re.compile(r"\b(?:approximately|about|around|nearly|almost|roughly)\b")
_MORE = re.compile(r"\bmore than\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?:(?P<lead>in|on|by|since|from|until|till)\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    rf"(?:(?P<month>{_MONTH})\s*(?:(?P<after>\d{{1,2}})(?:st|nd|rd|th)?)?,?\s*(?:of\s+)?)?(?P<year>(?:19|20)\d\d)"
)
_LEADS = {"since": "from", "from": "from", "until": "until", "till": "until"}
SKIPPED = frozenset(
    [
        "each",
        "every",
        "per",
        "single",
        "daily",
        "weekly",
        "monthly",
        "nightly",
        "hourly",
        "yearly",
        "annual",
        "both",
        "double",
    ]
)
"""Words of mappings/fhir/number-words.toml that are numbers of doses, not of time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time read: what kind it is, how long, counted from what."""

    kind: str
    anchor: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    about: bool = False
    more: bool = False


def say(printed: str, known: Moment | None, language: str) -> str:
    """Say a printed time in a language; ``known`` is the relative time that stands beside it."""
    if bool(HANGUL.search(printed)) == (language == "ko"):
        return printed
    if HANGUL.search(printed):
        found = known or _korean(printed)
        return (frame(found, language) if found else "") or quoted(printed, language)
    own = word(language, "summary_when", _plain(printed)) or _date(printed.casefold().strip(), language)
    if own:
        return own
    read = moment(printed)
    if read and known and not read.anchor and read.kind != "since":
        read = replace(read, anchor=known.anchor)
    found = read or known
    return (frame(found, language) if found else "") or time_phrase(Time(printed), language)


def _korean(printed: str) -> Moment | None:
    """Read Korean words of time that no relative time stands beside: "3개월 후"."""
    for pattern, make in PATTERNS:
        found = pattern.match(printed)
        time = make(found) if found else None
        if time and time.relation == "at":
            return Moment("at", time.anchor)
        if time and time.low is not None and time.high is not None:
            low, high = format(time.low, "f"), format(time.high, "f")
            if time.relation == "after" and time.anchor == "admission" and time.high - time.low == 1:
                return Moment("day", time.anchor, high, "", time.unit)
            return Moment(time.relation, time.anchor, low, high if high != low else "", time.unit)
    return None


def _plain(printed: str) -> str:
    """Fold words to a label's key: "At follow-up" -> at_follow_up."""
    return "_".join(re.findall(r"[a-z]+", printed.casefold().removeprefix("the ")))


def _date(printed: str, language: str) -> str:
    """Say a date printed in English words: in October 2012, on 16 August 2006, since 1998."""
    found = _DATE.fullmatch(printed)
    if found is None:
        return ""
    month = str(_MONTHS.index(found["month"][:3]) + 1) if found["month"] else ""
    day = (found["day"] or found["after"] or "") if month else ""
    iso = "-".join(
        part for part in (found["year"], month.zfill(2) if month else "", day.zfill(2) if day else "") if part
    )
    said = time_phrase(Time(printed, date=iso), language)
    lead = _LEADS.get(found["lead"] or "")
    return label(language, f"summary_time.{lead}", amount=said) if lead else said


@lru_cache(maxsize=2048)
def moment(printed: str) -> Moment | None:
    """Read English words of time.

    >>> moment("on the sixth day of hospitalization")
    Moment(kind='day', anchor='admission', low='6', high='', unit='d', about=False, more=False)
    """
    words = _digits(printed.casefold())
    anchor = next((name for name, cues in ANCHORS if re.search(cues, words)), "")
    about, more = bool(_ABOUT.search(words)), bool(_MORE.search(words))
    day = _DAY.search(words)
    if day:
        return Moment("day", anchor, day[1] or day[2], "", "d", about, more)
    years = _AGE.search(words)
    if years:
        return Moment("age", anchor, years[1], "", "a", about, more)
    kind = next((name for name, pattern in _KINDS if pattern.search(words)), "")
    amount = _AMOUNT.search(words)
    if amount and kind:
        return Moment(kind, anchor, amount[1], amount[2] or "", UNITS[amount[3]], about, more)
    vague = _VAGUE.search(words)
    if vague and kind:
        return Moment(kind, anchor, "several", "", UNITS[vague[2]])
    side = next((name for name, pattern in _SIDES if pattern.search(words)), "")
    return Moment(side, anchor) if side and anchor and not re.search(r"\d", words) else None


@cache
def _numbers() -> tuple[re.Pattern[str], dict[str, str]]:
    """Read the number words: one pattern, longest first, and what each is in figures."""
    table = load_toml("fhir/number-words.toml")["en"]
    words = {w: n for n, names in table.items() for w in names if n.isdigit() and w.isalpha() and len(w) > 2}
    words = {w: n for w, n in words.items() if w not in SKIPPED}
    tens = [w for w, n in words.items() if 20 <= int(n) < 100 and int(n) % 10 == 0]
    units = [w for w, n in words.items() if int(n) < 10]
    pairs = {f"{t} {u}": str(int(words[t]) + int(words[u])) for t in tens for u in units}
    ordinal = re.compile(r"(?:th|first|second|third)$")
    found = {w: n + ("th" if ordinal.search(w) else "") for w, n in (pairs | words).items()}
    longest = sorted(found, key=lambda w: (-len(w), w))
    return re.compile(r"\b(?:" + "|".join(w.replace(" ", "[- ]") for w in longest) + r")\b"), found


def _digits(words: str) -> str:
    """Write number words as figures; "a" and "an" are one only before a unit."""
    words = re.sub(
        r"\b(?:an?|the past|the last|past|last)\b(?= (?:minute|hour|day|week|month|year)\b)", "1", words
    )
    pattern, figures = _numbers()
    return pattern.sub(lambda match: figures[match[0].replace("-", " ")], words)


def frame(found: Moment, language: str) -> str:
    """Put a moment into the language's frame; empty where the language has none."""
    table = labels(language)
    if found.kind in ("since", "within", "during", "age") and found.low:
        return _span(found, language)
    if not found.low:
        wanted = found.kind if found.kind == "at" else f"anytime_{found.kind}"
        own = f"{found.anchor}_{found.kind}"
        return table.get(f"time.{found.anchor}_{wanted}", "") or table.get(f"summary_when.{own}", "")
    side = {"before": "earlier", "after": "later"}.get(found.kind, found.kind)
    own = f"time.{found.anchor}_{found.kind}"
    number, unit = _number(found, language), _unit(found, language)
    return label(language, own if own in table else f"time.{side}", n=number, unit=unit).strip()


def _span(found: Moment, language: str) -> str:
    """Word a length of time: three weeks long, within two days of surgery, at the age of ten."""
    if found.kind == "age":
        return label(language, "summary_time.age", amount=age_phrase(found.low, found.unit, language))
    number, unit = _number(found, language), _unit(found, language)
    made = label(language, "summary_time.length", n=number, unit=unit)
    anchor = word(language, "summary_anchor", found.anchor)
    key = f"summary_time.anchored_{found.kind}"
    if anchor and key in labels(language):
        return label(language, key, amount=made, anchor=anchor)
    return label(language, f"summary_time.{found.kind}", amount=made)


def _number(found: Moment, language: str) -> str:
    """Write the number with what qualifies it: about, more than, several."""
    if found.low == "several":
        return labels(language)["summary_time.several"]
    ranged = found.high and found.high != found.low
    made = label(language, "summary_time.range", low=found.low, high=found.high) if ranged else found.low
    made = label(language, "summary_time.about", amount=made) if found.about else made
    return label(language, "summary_time.more_number", n=made) if found.more else made


def _unit(found: Moment, language: str) -> str:
    one, _, many = labels(language)[f"time_unit.{found.unit}"].partition("|")
    name = one if not many or found.low == "1" or found.kind == "day" else many
    return label(language, "summary_time.more_unit", unit=name) if found.more else name

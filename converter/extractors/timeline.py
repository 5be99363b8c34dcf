"""Times as the report has them: relative to an anchor, absolute, or words alone. No date is invented."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from converter.extractors import korean_times
from converter.extractors.sieve import SIEVE, rare
from converter.model import Time
from converter.rare import Rare
from converter.text import Sentence, hangul

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = {
    w: 10 * i
    for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
WORDS = {w: i for i, w in enumerate(ONES)} | {"a": 1, "an": 1} | TENS
COMPOUND = {f"{t}-{w}": n + i for t, n in TENS.items() for i, w in enumerate(ONES[:10]) if i}
WORDS |= COMPOUND
ORDINALS = {
    w: i
    for i, w in enumerate(
        [
            "zeroth",
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ]
    )
} | {
    f"twenty-{w}": 20 + i
    for i, w in enumerate(
        ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
    )
}
KOREAN_NUMBERS = {"하루": 1, "이틀": 2, "사흘": 3, "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6}
MONTHS = {
    m: i
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
UCUM = {"second": "s", "minute": "min", "hour": "h", "hr": "h", "day": "d", "week": "wk", "wk": "wk", "month": "mo", "year": "a", "yr": "a",
        "일": "d", "주": "wk", "개월": "mo", "달": "mo", "년": "a", "시간": "h", "분": "min"}  # fmt: skip

SIMPLE = "|".join(sorted(WORDS.keys() - TENS.keys() - COMPOUND.keys(), key=lambda w: (-len(w), w)))
N = rf"(?:\d+(?:\.\d+)?|(?:{'|'.join(TENS)})(?:-(?:{'|'.join(ONES[1:10])}))?|{SIMPLE})"
ORDINAL = r"(?:\d{1,3}(?:st|nd|rd|th)|" + "|".join(sorted(ORDINALS, key=len, reverse=True)) + r")"
U = r"(?:minute|hour|hr|day|week|wk|month|year|yr)s?"
Q = rf"(?:(?:about|approximately|nearly|almost|around|over|more than|some|the next|another|a further)\s+)?(?P<n>{N})(?:\s*(?:-|to|or)\s*(?P<n2>{N}))?[\s-]*(?P<u>{U})"
ANCHORS = (
    ("admission", r"(?:hospital(?:ization|isation)?(?: admission| stay)?|(?:re)?admission|(?:initial |hospital |her |his |first )*presentation|arrival|referral|admitted|being admitted|inpatient(?: stay)?)"),
    ("surgery", r"(?:surg(?:ery|ical \w+)|operation|operative|\w*ectomy|resection|procedure|intervention|implantation|stenting|repair|bypass|\w*plasty)"),
    ("transplantation", r"(?:(?:\w+ )?transplant(?:ation)?)"),
    ("birth", r"(?:birth|delivery|life)"),
    ("discharge", r"(?:discharge)"),
    ("onset", r"(?:(?:symptom |the )*onset(?: of [\w\s]{2,30}?)?|symptoms?|the accident|injury|trauma|the fall|ingestion|exposure)"),
    ("treatment", r"(?:(?:starting |initiation of |start of |completion of |the end of |the first |initial )*(?:treatment|therapy|chemotherapy|radiotherapy|medication|antibiotics?|cycles?|dose|infusion))"),
    ("diagnosis", r"(?:(?:initial |the )*diagnosis)"),
)  # fmt: skip
A = "|".join(f"(?P<{name}>{pattern})" for name, pattern in ANCHORS)
DET = r"(?:the |her |his |this |that |their |patient's |initial )*"
MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"


@dataclass(frozen=True, slots=True)
class When:
    """A time with its place in the sentence."""

    start: int
    end: int
    time: Time
    history: bool = False
    """A length before presentation ("for three days", "2-week history"), not a moment."""


def value_of(word: str) -> Decimal | None:
    """Read a number in digits or words.

    >>> value_of("twenty-one"), value_of("6th"), value_of("1.5")
    (Decimal('21'), Decimal('6'), Decimal('1.5'))
    """
    word = word.strip().lower()
    if word in WORDS:
        return Decimal(WORDS[word])
    if word in ORDINALS:
        return Decimal(ORDINALS[word])
    if word in KOREAN_NUMBERS:
        return Decimal(KOREAN_NUMBERS[word])
    m = re.match(r"\d+(?:\.\d+)?", word)
    return Decimal(m.group()) if m else None


def unit_of(word: str) -> str:
    """UCUM code of a word for a unit of time.

    >>> unit_of("weeks")
    'wk'
    """
    word = word.strip().lower()
    return UCUM.get(word) or UCUM.get(word.rstrip("s"), "")


def _anchor(m: re.Match[str]) -> str:
    groups = m.groupdict()
    return next((name for name, _ in ANCHORS if groups.get(name)), "")


def _span(m: re.Match[str], relation: str, anchor: str) -> Time | None:
    low = value_of(m.group("n"))
    high = value_of(m.group("n2")) if m.groupdict().get("n2") else low
    return None if low is None else Time("", anchor, relation, low, high, unit_of(m.group("u")))


def _nth_day(m: re.Match[str], anchor: str) -> Time | None:
    """Day N of a stay lies N-1 to N days after its start; day N after an operation is N days after it."""
    n = value_of(m.group("o"))
    if n is None:
        return None
    low = n - 1 if anchor in ("admission", "birth") and n > 0 else n
    return Time("", anchor, "after", low, n, "d")


def _date(m: re.Match[str]) -> Time | None:
    g = m.groupdict()
    month = (
        MONTHS.get((g.get("month") or "")[:3]) if g.get("month") else int(g["mm"]) if g.get("mm") else None
    )
    if g.get("month") and month is None:
        return None
    date, day = g["y"], g.get("d") or g.get("d2")
    if month:
        date += f"-{month:02d}"
        if day:
            date += f"-{int(day):02d}"
    return Time("", date=date) if (month is None or 1 <= month <= 12) and int(day or 1) <= 31 else None


Maker = Callable[[re.Match[str]], Time | None]
PATTERNS: tuple[tuple[Rare, Maker], ...] = (
    (rare(rf"\b(?:on |by |at )?(?:the |her |his )?(?P<o>{ORDINAL}) (?:hospital|inpatient|admission) day\b"), lambda m: _nth_day(m, "admission")),
    (rare(rf"\b(?:on |by |at |from )?(?:the |her |his )?(?P<o>{ORDINAL})[ -]days? (?:of|after|following|from|since) {DET}(?:{A})\b"), lambda m: _nth_day(m, _anchor(m) or "admission")),
    (rare(rf"\b(?:on |by |at )?(?:the )?(?P<o>{ORDINAL}) (?:post-?operative|postop) day\b"), lambda m: _nth_day(m, "surgery")),
    (rare(rf"\b(?:on |by |from |at |until )?(?:hospital(?:ization|isation)?[ -]day|hospital stay day|hd|day of (?:admission|hospitali[sz]ation))\s*#?(?P<o>\d{{1,3}}|{N})\b"), lambda m: _nth_day(m, "admission")),
    (rare(rf"\b(?:on |by |from |at |until )?(?:post-?operative|postop|post-?surgical)[ -]day\s*#?(?P<o>\d{{1,3}}|{N})\b"), lambda m: _nth_day(m, "surgery")),
    (rare(r"\b(?:on |by |from |at |until )?pod\s*#?(?P<o>\d{1,3})\b"), lambda m: _nth_day(m, "surgery")),
    (rare(r"\b(?:on |by |at )?(?:the )?(?:day of life|dol)\s*#?(?P<o>\d{1,3})\b"), lambda m: _nth_day(m, "birth")),
    (rare(rf"\b(?:on |by |at |from )?day\s*#?(?P<o>\d{{1,3}}|{N}) (?:post-?|of |after |following |since ){DET}(?:{A})\b"), lambda m: _nth_day(m, _anchor(m) or "admission")),
    (rare(r"\b(?:on|by|until|from|at|since) (?:the )?day\s*#?(?P<o>\d{1,3})\b(?! of| after| post)"), lambda m: _nth_day(m, "admission")),
    (rare(rf"\b(?:during|over|for|throughout|within) (?:the )?(?:first |initial )?(?P<n>{N})[ -](?P<u>{U}) (?:of|after|following) {DET}(?:{A})\b"),
     lambda m: Time("", _anchor(m), "after", Decimal(0), value_of(m.group("n")), unit_of(m.group("u")))),
    (rare(rf"\b{Q} (?:before|prior to|preceding|previous to|earlier than|ahead of) {DET}(?:{A})\b"), lambda m: _span(m, "before", _anchor(m))),
    (rare(rf"\b(?:at |by |within |in )?{Q} (?:after|following|post|from|since) {DET}(?:{A})\b"), lambda m: _span(m, "after", _anchor(m))),
    (rare(rf"\b{Q}[ -]?post-?(?:operative(?:ly)?|op|surgery)\b"), lambda m: _span(m, "after", "surgery")),
    (rare(rf"\b(?:at |by )?{Q} (?:of (?:life|age)|old)\b"), lambda m: _span(m, "after", "birth")),
    (rare(rf"\bat (?:the )?age (?:of )?(?P<n>{N})(?P<n2>)(?: (?P<u>{U}))?\b"), lambda m: Time("", "birth", "after", value_of(m.group("n")), value_of(m.group("n")), unit_of(m.group("u") or "year"))),
    (rare(rf"\b{Q} (?:before|prior|earlier|previously|ago|beforehand)\b"), lambda m: _span(m, "before", "")),
    (rare(rf"\b{Q} (?:later|afterwards?|after|thereafter|on|hence)\b"), lambda m: _span(m, "after", "")),
    (rare(rf"\b(?:after|within|in|over|at|by)(?: a(?: mean| median| total)?(?: follow-?up)?(?: period| interval)? of| the(?: first| following| next)?)? {Q}(?: (?:of )?follow-?up)?\b(?! history| old)"), lambda m: _span(m, "after", "")),
    (rare(rf"\b(?:at )?(?:the |a |her |his )?{Q}[ -](?:follow-?up|control|check-?up|visit|postoperative|interval)\b"), lambda m: _span(m, "after", "")),
    (rare(r"\b(?:on|upon|at|since|by|prior to|before|after) (?:hospital |initial |her |his |the |first |emergency )*(?:admission|presentation|arrival)\b"),
     lambda m: Time("", "admission", "at" if not m.group().startswith(("before", "prior", "after")) else m.group().split()[0].replace("prior", "before"), *((Decimal(0), Decimal(0), "d") if not m.group().startswith(("before", "prior", "after")) else (None, None, "")))),
    (
        rare(rf"\b(?:during|over|in|within|throughout) (?:the |his |her )?first (?P<n>{N}) (?P<u>{U})(?: (?:in|of|at) (?:the )?(?:hospital|admission|stay|hospitali[sz]ation))?\b"),
        lambda m: Time("", "admission", "after", Decimal(0), value_of(m.group("n")), unit_of(m.group("u"))),
    ),
    (
        rare(rf"\b(?:on |from )?the (?P<u>day|week|month|year) (?P<r>before|prior to|after|following) {DET}(?:{A})\b"),
        lambda m: Time("", _anchor(m), "before" if m.group("r")[0] in "bp" else "after", Decimal(1), Decimal(1), unit_of(m.group("u"))),
    ),
    (rare(r"\bon the day of (?:her |his |the )?(?:hospital )?(?:admission|presentation|arrival)\b"), lambda _m: Time("", "admission", "at", Decimal(0), Decimal(0), "d")),
    (rare(r"\bat birth\b"), lambda _m: Time("", "birth", "at", Decimal(0), Decimal(0), "d")),
    (rare(rf"\b(?:in |on |since |until |by |during |from )?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{MONTH})(?: (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,)?(?:,| of)? (?P<y>(?:19|20)\d\d)\b"), _date),
    (rare(r"\b(?P<y>(?:19|20)\d\d)[-/.](?P<mm>\d{1,2})[-/.](?P<d>\d{1,2})\b"), _date),
    (rare(r"\b(?:in|since|until|from|during|by) (?:the year )?(?P<y>(?:19|20)\d\d)\b(?![\d-])"), _date),
)  # fmt: skip
HISTORY = rare(
    rf"\b(?:a |an |with a |for |since |over |during |past |last |the |previous )*(?:the (?:past|last|previous|preceding) )?{Q}(?:[ -](?:long )?history|[ -]duration)\b"
    rf"|\b(?:for|over|during|since)(?: the)?(?: past| last| previous| preceding)? {Q.replace('(?P<n>', '(?P<m>').replace('(?P<n2>', '(?P<m2>').replace('(?P<u>', '(?P<v>')}\b"
)  # fmt: skip
WORDS_ONLY = rare(
    r"\b(?:follow-?up|previously|subsequently|after discharge|initially|at discharge|at follow-?up|postoperatively|preoperatively|"
    r"the (?:next|following) day|the same day|overnight|in childhood|in infancy|during pregnancy)\b"
)


def _all(sentence: Sentence) -> Iterator[When]:
    held = SIEVE.held(sentence.folded)
    for pattern, make in PATTERNS:
        for m in pattern.compiled.finditer(sentence.folded) if pattern.sets <= held else ():
            time = make(m)
            if time is not None:
                yield _when(sentence, m.start(), m.end(), time)
    for m in HISTORY.finditer(sentence.folded):
        n, u = m.group("n") or m.group("m"), m.group("u") or m.group("v")
        low = value_of(n)
        high = value_of(m.group("n2") or m.group("m2") or n)
        yield _when(
            sentence, m.start(), m.end(), Time("", "admission", "before", low, high, unit_of(u)), history=True
        )
    for m in WORDS_ONLY.finditer(sentence.folded):
        yield _when(sentence, m.start(), m.end(), Time(""))


def _korean(sentence: Sentence) -> Iterator[When]:
    for pattern, make in korean_times.PATTERNS:
        for m in pattern.finditer(sentence.folded):
            if time := make(m):
                yield _when(sentence, m.start(), m.end() - m.group().endswith("에"), time)
    for m in korean_times.LENGTH.finditer(sentence.folded):
        yield _when(sentence, m.start(), m.end(), korean_times.length(m), history=True)
    for m in korean_times.WORDS_ONLY.finditer(sentence.folded):
        yield _when(sentence, m.start(), m.end(), Time(""))


def _when(sentence: Sentence, start: int, end: int, time: Time, history: bool = False) -> When:
    text = sentence.text[start:end].strip()
    start += len(sentence.text[start:end]) - len(sentence.text[start:end].lstrip())
    full = Time(
        text,
        time.anchor,
        time.relation,
        time.low,
        time.high,
        time.unit,
        time.date,
        sentence.spans(start, start + len(text)),
    )
    return When(start, start + len(text), full, history)


def times(sentence: Sentence) -> tuple[When, ...]:
    """Give the times of a sentence, the more exact pattern winning where two meet."""
    out: list[When] = []
    korean = _korean(sentence) if hangul(sentence.folded) else ()
    for when in chain(_all(sentence), korean):
        if all(when.end <= w.start or when.start >= w.end for w in out):
            out.append(when)
    return tuple(sorted(out, key=lambda w: w.start))

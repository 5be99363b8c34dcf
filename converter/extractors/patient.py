"""The patient: age, sex and gestation, by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from converter.extractors.annotate import Annotated
from converter.extractors.place import mention
from converter.extractors.sieve import rare
from converter.extractors.timeline import N, unit_of, value_of
from converter.model import FactKind, Mention, Quantity, SectionKind, Words
from converter.rare import Rare
from converter.text import hangul

PERSON = (
    r"(?:man|woman|male|female|boy|girl|gentleman|lady|patient|infant|neonate|newborn|baby|child|toddler|adolescent|teenager|"
    r"individual|person|primigravida|multigravida|gravida|smoker|farmer|nurse|student|worker|caucasian|hispanic|african|asian|"
    r"white|black|korean|chinese|japanese|indian|twin|son|daughter|right-handed|left-handed|pregnant|nulliparous|housewife|teacher|mother|lady)"
)
UNIT = r"(?P<u>years?|yrs?|y|months?|mos?|weeks?|wks?|days?|hours?|hrs?)"
AGES = (
    rare(rf"\b(?P<n>{N})[- ]*(?:\(\d+\)[- ]*)?{UNIT}[- ]*old\b"),
    rare(rf"\b(?P<n>\d{{1,3}})[- ]?{UNIT}[- ]+(?:\w+[- ]+){{0,3}}?{PERSON}\b"),
    rare(r"\b(?P<n>\d{1,3})[- ]?(?P<u>y/?o|yo|y\.o\.|yr old)\b"),
    rare(r"\bage:?\s*(?P<n>\d{1,3})\s*(?P<u>years?|yrs?|y|months?|mos?|weeks?|days?)?"),
    rare(rf"\baged? (?:of )?(?P<n>{N})(?: (?P<u>years?|months?|weeks?|days?))?\b(?! ?(?:h|hours?|hrs?|min\w*|s)\b)"),
    rare(r"\b(?P<u>)(?P<n>\d{2})[- ]?[mf]\b(?=[ ,.]|$)(?! ?(?:f[dle]|psma|dopa|choline|sodium|labell?ed))"),
    rare(r"(?P<n>\d{1,3})\s*(?P<u>세|개월|주|일)\s*(?:된\s*)?(?:의\s*)?(?:남|여|환자|소아|영아|신생아|유아|산모|임신부|임산부|임부|초산부|경산부|학생|노인|소년|소녀|청년|아동|아기|주부|[가-힣]{0,4}(?:남자|여자|남아|여아))"),
    rare(r"(?<!재태)(?<!재태 )(?<!교정)(?<!교정 )(?:나이|연령)\s*[:=]?\s*(?P<n>\d{1,3})\s*(?P<u>세|개월)"),
    rare(r"생후\s*(?P<n>\d{1,3})\s*(?P<u>일|주|개월)\s*(?:된|의|인|째)?\s*,?\s*(?:된\s*)?(?:남|여|환[아자]|영아|신생아|미숙아|아기|소아|에\s*(?:[가-힣]+\s*){0,3}(?:내원|입원|전원|의뢰))"),
    rare(r"(?<![가-힣])(?:남|여)(?:자|성|아)?(?:\s*환[자아])?\s*[/,·(]?\s*만?\s*(?P<n>\d{1,3})\s*(?P<u>세|개월)"),
    rare(r"(?<![a-z])[mf]\s?/\s?(?P<n>\d{1,3})(?P<u>)(?![\d.]|\s?(?:kg|cm|mm|m))"),
    rare(r"환[자아](?:는|가|의 나이는)?\s*만?\s*(?P<n>\d{1,3})\s*(?P<u>세|개월)(?!\s*(?:때|경|부터|이전|이하|이상|미만))"),
)  # fmt: skip
ENGLISH_AGES = tuple(pattern for pattern in AGES if not hangul(pattern.compiled.pattern))
AGED = re.compile(r"\d|old|age")
"""What every pattern of an age needs one of."""
WORDED = re.compile(r"\b(?:newborn|neonate|full-term infant|term infant|premature infant|preterm infant)\b")
EARLIER = re.compile(
    r"(?:at (?:the |an )?(?:age|ages) (?:of )?|when (?:he|she) was (?:a )?|since (?:the )?age (?:of )?|until |from (?:the )?age (?:of )?|diagnosed at |died |died at |onset at )(?:about |approximately )?$"
)
ANOTHER = re.compile(
    r"\b(?:his|her|their|patient's|(?:kidney|liver|heart|lungs?|graft|organ|marrow) from an?) $"
)
"""What makes the person of an age somebody else: "his 60-year-old father", "a kidney from a 48-year-old man"."""
RELATIVE = re.compile(
    r"\b(?:mother|father|brother|sister|son|daughter|uncle|aunt|cousin|wife|husband|parents?|donor|grandmother|grandfather|sibling)s?\b"
)
KOREAN_RELATIVE = re.compile(
    r"(?:어머니|아버지|모친|부친|형제|누나|언니|오빠|할머니|할아버지|공여자|남편|아내|산모)(?:는|은|가|의|의 나이는|도)?\s*[(,]?\s*(?:당시\s*)?$"
)
FEMALE = re.compile(
    r"\b(?:female|woman|girl|lady|primigravida|multigravida|primipara|multipara|multiparous|nulliparous|gravida|pregnant|housewife|schoolgirl|postmenopausal)\b|여자|여성(?!형|호르몬)|여아|산모|임신부|임산부"
)
MALE = re.compile(r"\b(?:male|man|boy|gentleman|schoolboy)\b|남자|남성(?!호르몬)|남아")
SHE = re.compile(r"\b(?:she|her|hers|herself)\b")
HE = re.compile(r"\b(?:he|his|him|himself)\b")
LABEL = rare(
    r"\b(?:gender|sex)\s*:\s*(?P<s>female|male|f|m|woman|man)\b|성별(?:\s*/\s*(?:나이|연령))?\s*[:=]?\s*(?P<k>남|여)|(?:^|(?<=[\s(:]))(?P<c>[mf])\s?/\s?\d{1,3}(?=[\s,.)]|세|$)"
)
KOREAN_UNIT = {"세": "a", "개월": "mo", "주": "wk", "일": "d", "": "a", "y/o": "a", "yo": "a", "y.o.": "a", "y": "a", "yr old": "a", "mo": "mo", "mos": "mo"}  # fmt: skip
GESTATION = rare(
    r"(?P<w>\d{2})(?:\s*(?:\+|\^)\s*|\s*(?:weeks?|wks?)?\s*(?:and|,|plus)?\s*)(?P<d>\d)?\s*(?:/7)?\s*(?:days?\s*)?-?\s*(?:weeks?|wks?|-week)?['’s-]*\s*(?:of\s+|for\s+)?(?:gestation(?:al)?(?: age)?|pregnan\w*|amenorrhea)"
    r"|gestational age (?:of |was |at birth (?:of |was )?|: ?)?(?P<w2>\d{2})(?:\s*\+\s*(?P<d2>\d))?\s*(?:weeks?|wks?)?(?:\s*(?:and\s*)?(?P<d3>\d) days?)?"
    r"|재태\s*(?:기간|주수|연령)?\s*(?P<w4>\d{2})\s*주(?:\s*(?P<d4>\d)\s*일)?|임신\s*(?P<w5>\d{2})\s*주(?:\s*(?P<d5>\d)\s*일)?"
)


def _unit(raw: str) -> str:
    return KOREAN_UNIT.get(raw) or unit_of(raw)


def _patterns(folded: str) -> tuple[Rare, ...]:
    if not AGED.search(folded):
        return ()
    return AGES if hangul(folded) else ENGLISH_AGES


def _ages(an: Annotated) -> Iterator[tuple[Mention, bool]]:
    taken: list[tuple[int, int]] = []
    for pattern in _patterns(an.folded):
        for m in pattern.finditer(an.folded):
            if any(s < m.end() and m.start() < e for s, e in taken):
                continue
            if COMPACT.fullmatch(m.group()) and not _sex_letter(an, m):
                continue
            value = value_of(m.group("n"))
            unit = _unit((m.group("u") or "").strip())
            if value is None or not unit or (value > 120 and unit == "a"):
                continue
            taken.append(m.span())
            before = an.folded[: m.start()]
            spans = an.sentence.spans(*m.span())
            quantity = Quantity(value, (m.group("u") or "").strip(), unit, "", spans)
            earlier = (
                bool(EARLIER.search(before))
                or bool(
                    RELATIVE.search(before[-50:]) or ANOTHER.search(before) or KOREAN_RELATIVE.search(before)
                )
                or an.folded[m.end() : m.end() + 12].startswith((" later", " ago", " history"))
            )
            yield mention(an, FactKind.AGE, *m.span(), name="Age", value=quantity), earlier


COMPACT = re.compile(r"\d{2}[- ]?([mf])")
LETTER = re.compile(r" ([MF])(?= (?:with|who|presents|presented)\b|[,.])")


def _sex_letter(an: Annotated, m: re.Match[str]) -> bool:
    """Tell "45M" from "1.68 m": the letter is a capital and the number stands alone."""
    return an.text[m.end() - 1].isupper() and an.folded[m.start() - 1 : m.start()] not in (".", ",", "/")


DECADE = rare(
    r"\b(?:in|during) (?:his|her|their|the) (?:early |mid-?|late |mid )?(?P<n>[1-9]0)['’]?s\b|(?P<k>[1-9]0) ?대(?= ?(?:초반|중반|후반)?의? ?(?:남|여|환자))"
)


def _decade(annotated: Sequence[Annotated]) -> tuple[Mention, ...]:
    """Give "in her 60s" as an age of at least 60: no number is printed for more."""
    for an in annotated:
        m = DECADE.search(an.folded)
        if m and not (EARLIER.search(an.folded[: m.start()]) or RELATIVE.search(an.folded[: m.start()])):
            value = Decimal(m.group("n") or m.group("k"))
            found = Quantity(value, "years", "a", ">=", an.sentence.spans(*m.span()))
            return (mention(an, FactKind.AGE, *m.span(), name="Age", value=found),)
    return ()


def age(annotated: Sequence[Annotated]) -> tuple[Mention, ...]:
    """Give the patient's age, in the order of trust: a data line, then the case's first own statement.

    An age at an earlier event, and a relative's, are not the patient's.
    """
    out: list[Mention] = []
    rank = {
        SectionKind.PATIENT_DATA: 0,
        SectionKind.CASE: 1,
        SectionKind.FINDINGS: 2,
        SectionKind.ABSTRACT: 3,
        SectionKind.FIGURE: 4,
        SectionKind.TITLE: 5,
    }
    for an in sorted(annotated, key=lambda a: (rank.get(a.section.kind, 6), a.sentence.ordinal)):
        if an.section.label in ("discussion", "introduction") and out:
            continue
        out += [found for found, earlier in _ages(an) if not earlier]
    if not out:
        return _decade([an for an in annotated if an.section.label not in ("discussion", "introduction")])
    return tuple(out[:1] + [m for m in out[1:] if _is_about(m, out[0])])


def _is_about(other: Mention, first: Mention) -> bool:
    a, b = first.fact.value, other.fact.value
    return isinstance(a, Quantity) and isinstance(b, Quantity) and (a.value, a.ucum) == (b.value, b.ucum)


def sex(annotated: Sequence[Annotated]) -> tuple[Mention, ...]:
    """Give the patient's sex: a data line, the noun of the presentation, then pronouns."""
    rank = {
        SectionKind.PATIENT_DATA: 0,
        SectionKind.CASE: 1,
        SectionKind.FINDINGS: 2,
        SectionKind.ABSTRACT: 3,
        SectionKind.FIGURE: 4,
        SectionKind.TITLE: 5,
    }
    ordered = sorted(annotated, key=lambda a: (rank.get(a.section.kind, 6), a.sentence.ordinal))
    for an in ordered:
        if m := LABEL.search(an.folded):
            word = m.group("s") or m.group("k") or m.group("c")
            return (_sex(an, m.start(), m.end(), "female" if word[0] in "fw여" else "male"),)
    for an in ordered:
        for pattern in _patterns(an.folded):
            for m in pattern.finditer(an.folded):
                before = an.folded[max(0, m.start() - 40) : m.start()]
                if RELATIVE.search(before) or ANOTHER.search(before):
                    continue
                hit = _noun(an, m.start(), min(len(an.folded), m.end() + 60))
                if hit:
                    return (hit,)
                if letter := LETTER.match(an.text, m.end()):
                    value = "female" if letter.group(1) == "F" else "male"
                    return (_sex(an, m.start(), letter.end(), value),)
                compact = COMPACT.fullmatch(m.group())
                if compact and _sex_letter(an, m):
                    return (_sex(an, *m.span(), "female" if compact.group(1) == "f" else "male"),)
    return _by_pronoun(ordered)


def _noun(an: Annotated, start: int, end: int) -> Mention | None:
    piece = an.folded[start:end]
    hits = [
        (m.start(), m.end(), s) for s, p in (("female", FEMALE), ("male", MALE)) for m in p.finditer(piece)
    ]
    hits = [h for h in hits if not RELATIVE.search(piece[: h[0]])]
    if not hits:
        return None
    s, e, value = min(hits)
    return _sex(an, start + s, start + e, value)


def _by_pronoun(ordered: Sequence[Annotated]) -> tuple[Mention, ...]:
    for an in ordered[:4]:
        if hit := _noun(an, 0, len(an.folded)):
            return (hit,)
    places: dict[str, list[tuple[Annotated, re.Match[str]]]] = {"female": [], "male": []}
    for an in ordered:
        for value, pattern in (("female", SHE), ("male", HE)):
            places[value] += [(an, m) for m in pattern.finditer(an.folded)]
    value = max(places, key=lambda v: len(places[v]))
    if not places[value]:
        hits = [hit for an in ordered if (hit := _noun(an, 0, len(an.folded)))]
        return tuple(hits[:1])
    an, m = places[value][0]
    return (_sex(an, m.start(), m.end(), value),)


def _sex(an: Annotated, start: int, end: int, value: str) -> Mention:
    return mention(
        an, FactKind.SEX, start, end, name="Sex", value=Words(value, value, an.sentence.spans(start, end))
    )


def gestation(an: Annotated) -> tuple[tuple[int, int, Decimal, Decimal | None], ...]:
    """Give gestational ages of a sentence: place, weeks, days."""
    out = []
    for m in GESTATION.finditer(an.folded):
        g = m.groupdict()
        weeks = g["w"] or g["w2"] or g["w4"] or g["w5"]
        days = g["d"] or g["d2"] or g["d3"] or g["d4"] or g["d5"]
        if weeks and 16 <= int(weeks) <= 44:
            out.append((m.start(), m.end(), Decimal(weeks), Decimal(days) if days else None))
    return tuple(out)

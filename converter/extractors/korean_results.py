"""Which name a number is the value of, in Korean: names stand before, a lesion's size before its noun.

"백혈구는 12,300/μL", "3.2 × 2.1 cm 크기의 저음영 종괴", "좌심방의 직경은 48 mm".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import Name, fits, rejects
from converter.extractors.korean import NEXT_SUBJECT, SUBJECT, TIME_WORDS, clause_ends, particle
from converter.extractors.lexicon import lexicon
from converter.extractors.patient import gestation
from converter.extractors.place import overlaps
from converter.extractors.quantities import LENGTHS, Amount, is_time
from converter.mappings import Observable

MEASURE = (
    r"(?:크기|직경|지름|두께|길이|높이|깊이|너비|폭|용적|부피|장경|단경|내경|외경|면적|각도|거리|압력|속도|농도|수치|점수|비율|"
    r"[가-힣]+(?:량|율|률|압|치|값|지수|시간|계수|폭))"
)
NOUN = re.compile(
    rf"(?P<np>(?:(?:[가-힣A-Za-z0-9-]+(?:의|내)|[A-Za-z0-9-]+|[가-힣]*[가-힣](?<![은는이가을를로서고며도와과에]))\s+){{0,2}}{MEASURE})(?:은|는|이|가|도)?\s*(?:\([^()]*\)\s*)?[:=]?\s*(?:약|최대|최고|평균|각각|총)?\s*$"
)
"""A noun of measure right before a number, where no table knows the name."""
SIZED = re.compile(
    r"\s*(?:정도|가량|내외|이상|이하|미만|대)?(?:의|인)?\s*(?:크기|직경|지름|두께|길이|장경)?(?:의|인|를 가진|를 보이는)?\s*"
)
"""Between a length and the noun that is so large."""
LINK = re.compile(
    r"\)?\s*(?:\([^()]*\)\s*)?(?:검사|수치|농도|활성도|역가|점수|비율|결과|항체가|소견)?\s*(?:에서는|에서도|에서|상|은|는|이|가|의|도|을|를)?\s*[:=,]?\s*"
    rf"(?:{MEASURE}(?:은|는|이|가|도|의)?\s*[:=]?\s*)?"
    r"(?:(?:최고|최대|최저|평균|약|각각|분당|모두|경도로|다소|여전히|다시|총|대략|공복|안정 시|대기 중|실내 공기|실내공기|우안|좌안|우측|좌측|오른쪽|왼쪽|양측)(?:에서|은|는)?\s*)*[(:=]?\s*"
)
DISTANT = 60
"""Characters that a value stands from its name at most where no known words join them."""


def bind(an: Annotated, known: Sequence[Name], amount: Amount, free_from: int) -> Name | None:
    """Give the name that a number of a Korean sentence belongs to."""
    if an.folded[amount.end : amount.end + 1] == "+":
        return None  # "단백뇨 2+" is a word of result
    if any(overlaps(amount.start, amount.end, s, e) for s, e, *_ in gestation(an)):
        return None
    found = _sized(an, known, amount) or _before(an, known, amount, free_from)
    return found or _noun(an, known, amount) or _organ(an, amount)


def _organ(an: Annotated, amount: Amount) -> Name | None:
    """Give the organ right before its size: "우측 부신 3.4 × 2.2 cm"."""
    if amount.ucum not in LENGTHS:
        return None
    for place in reversed(an.matches("anatomy")):
        if place.end <= amount.start and OF_SIZE.fullmatch(an.folded, place.end, amount.start):
            return Name(place.start, place.end, None, tag="measure")
    return None


def _sized(an: Annotated, known: Sequence[Name], amount: Amount) -> Name | None:
    """Give the noun behind a length: "3.2 × 2.1 cm 크기의 격막을 동반한 종괴가"."""
    if amount.ucum not in LENGTHS:
        return None
    folded = an.folded
    lead = SIZED.match(folded, amount.end)
    said = bool(lead and lead.group().strip())
    stop = min((e for e in clause_ends(folded) if e > amount.end), default=len(folded))
    run: list[Name] = []
    for name in known:
        if name.start < amount.end or name.end > stop or name.tag not in PROBLEM_TAGS:
            continue
        gap = re.sub(r"(?:되|하)는\s", " ", folded[amount.end if not run else run[-1].end : name.start])
        if re.search(r"[\d,(]", gap) or re.search(r"(?:이|가|은|는)\s", gap) or (not said and gap.strip()):
            break
        run.append(name)
        if particle(folded, name.end) in ("과", "와"):
            break
        if particle(folded, name.end) in SUBJECT and not re.match(
            r".\s*(?:동반|포함|가진|함유|이루|형성)", folded[name.end :]
        ):
            break
    return run[-1] if run else None


def _before(an: Annotated, known: Sequence[Name], amount: Amount, free_from: int) -> Name | None:
    earlier = [a.end for a in an.amounts if a.end <= amount.start and not a.reference]
    last = max(earlier, default=0)
    names = [n for n in known if n.end <= amount.start and n.start >= free_from]
    for name in reversed(names):
        between = an.folded[name.end : amount.start]
        if rejects(name.row, amount) or ";" in between:
            return None
        if name.tag in PROBLEM_TAGS and amount.ucum not in LENGTHS:
            continue
        if _joined(between):
            return name
        if name.end >= last and name.row and _near(an, name, amount):
            return name
        if name.end < last and _goes_on(an, last, amount) and fits(name.row, amount):
            return name
    return None


def _joined(between: str) -> bool:
    named = LINK.match(between)
    rest = between[named.end() :] if named else between
    dated = TIME_WORDS.match(rest)
    return not (rest[dated.end() :] if dated else rest).strip(" (:=")


def _near(an: Annotated, name: Name, amount: Amount) -> bool:
    """Tell a test of the same clause that can have this unit."""
    between = an.folded[name.end : amount.start]
    apart = any(name.end < e <= amount.start for e in clause_ends(an.folded))
    told = bool(amount.ucum) and not is_time(amount)
    return (
        told
        and not apart
        and len(between) < DISTANT
        and fits(name.row, amount)
        and not NEXT_SUBJECT.search(between[2:])
    )


def _goes_on(an: Annotated, last: int, amount: Amount) -> bool:
    """Tell the next value of the same test: "24.8에서 0.8 mg/dL로", "1일째 1.2, 3일째 4.8"."""
    between = an.folded[last : amount.start]
    return bool(
        re.fullmatch(
            r"\s*(?:에서|이었으나|였으나|[,/])?\s*(?:(?:우안|좌안|우측|좌측|오른쪽|왼쪽)(?:은|는|이|가)?\s*)?(?:(?:입원|내원|수술|치료)?\s*(?:후\s*)?\d*\s*(?:일|주|개월|시간)?(?:째|후|뒤)?(?:에|에는)?)?\s*",
            between,
        )
    )


def _noun(an: Annotated, known: Sequence[Name], amount: Amount) -> Name | None:
    """Take the noun of measure before a number for its name."""
    m = NOUN.search(an.folded[: amount.start])
    if m is None or is_time(amount):
        return None
    start, end = m.span("np")
    cut = max((e for e in clause_ends(an.folded) if start < e < end), default=start)
    start = cut + len(an.folded[cut:end]) - len(an.folded[cut:end].lstrip())
    start, row = _owned(an, start, end)
    if row:
        return Name(start, end, row.concept, row) if fits(row, amount) else None
    other = next((n for n in known if overlaps(n.start, n.end, start, end)), None)
    if other and other.row:
        return other if fits(other.row, amount) else None
    return Name(start, end, None, tag="measure")


OF_SIZE = re.compile(r"(?:은|는|이|가|의)?\s*(?:크기(?:가|는|은)?\s*)?(?:약\s*)?(?:각각\s*)?")
FILL = re.compile(
    r"(?:[\s,·/():]|검사|수치|농도|항체|항원|값|치|역가|반응|결과|염색|배양|범위|기능|혈청|혈중|이내|에서는|에서|에는|으로|로|은|는|이|가|도|에|과|와|및|상|모두|각각|경도|경미하게|약간|다소|현저히|현저하게|"
    r"급격히|점차|더|다시|여전히|매우|크게|의|igm|igg|ige|pcr)*"
)
"""What may stand between a test and the word that is its result."""


def word_after(
    an: Annotated, name: Name, known: Sequence[Name], said: re.Pattern[str]
) -> re.Match[str] | None:
    """Give the word of result at the end of a list's clause: "D-이합체와 크레아티닌은 정상이었다"."""
    folded = an.folded
    stop = min((e for e in clause_ends(folded) if e > name.end), default=len(folded))
    m = said.search(folded, name.end, stop)
    if m is None:
        return None
    between, at = "", name.end
    for other in known:
        if name.end <= other.start and other.end <= m.start():
            between += folded[at : other.start]
            at = other.end
    between += folded[at : m.start()]
    return m if FILL.fullmatch(between) else None


def _owned(an: Annotated, start: int, end: int) -> tuple[int, Observable | None]:
    """Take the topic before a bare measure for its owner: "뇌하수체는 높이 12 mm" is 뇌하수체 높이."""
    owner = next(
        (m for m in an.matches("anatomy") if re.fullmatch(r"(?:은|는|이|가)\s+", an.text[m.end : start])),
        None,
    )
    if owner is None:
        return start, None
    said = f"{an.text[owner.start : owner.end]} {an.text[start:end]}"
    hit = next((m for m in lexicon("observations").find(said, said) if m.end - m.start == len(said)), None)
    return owner.start, hit.entry.origin if hit and isinstance(hit.entry.origin, Observable) else None

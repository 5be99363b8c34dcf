"""Times as Korean tells them: "입원 6일째", "수술 후 2일째", "내원 2주 전부터", "진단 14개월 후"."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from converter.model import Time

NUMBERS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "열흘": 10, "보름": 15, "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "일": 1, "반": 0}  # fmt: skip
DAYS = ("하루", "이틀", "사흘", "나흘", "닷새", "열흘", "보름")
UNITS = {"일": "d", "주": "wk", "개월": "mo", "달": "mo", "년": "a", "시간": "h", "분": "min", "주일": "wk"}
ANCHOR = {
    "입원": "admission", "내원": "admission", "재원": "admission", "수술": "surgery", "시술": "surgery", "술": "surgery", "출생": "birth", "생후": "birth", "분만": "birth", "퇴원": "discharge",
    "치료": "treatment", "투여": "treatment", "투약": "treatment", "항암": "treatment", "이식": "transplantation", "진단": "diagnosis", "발병": "onset", "증상": "onset", "수상": "onset", "사고": "onset", "외상": "onset",
    "접종": "", "검사": "", "노출": "onset", "복용": "onset",
}  # fmt: skip
A = r"(?P<anchor>입원|내원|재원|(?:[가-힣]*[가-힣](?=술))?(?:수술|시술|술)|출생|분만|퇴원|치료|투여|투약|항암|이식|진단|발병|증상|수상|사고|외상|접종|검사|노출|복용)"
FILLER = r"(?: ?(?:치료|시작|요법|발생|받은|하고|하기|한|한지|후|시행))?"
N = r"(?P<n>\d{1,3}(?:\.\d)?|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|수|몇)"
TO = r"(?:\s?[-~∼]\s?(?P<n2>\d{1,3}))?"
U = r"(?P<u>일|주일?|개월|달|년|시간|분)"
QUANTITY = rf"(?:약 ?)?(?:{N}{TO} ?{U}|(?P<day>하루|이틀|사흘|나흘|닷새|열흘|보름|일주일))"
Maker = Callable[[re.Match[str]], Time | None]


def _number(word: str) -> Decimal | None:
    if word in NUMBERS:
        return Decimal(NUMBERS[word])
    return Decimal(word) if word[:1].isdigit() else None


def _amount(m: re.Match[str]) -> tuple[Decimal | None, Decimal | None, str]:
    groups = m.groupdict()
    if day := groups.get("day"):
        return (Decimal(1), Decimal(1), "wk") if day == "일주일" else (_number(day), _number(day), "d")
    low = _number(m.group("n"))
    high = _number(groups["n2"]) if groups.get("n2") else low
    return low, high, UNITS[m.group("u")] if low is not None else ""


def _anchor(m: re.Match[str]) -> str:
    word = m.groupdict().get("anchor") or ""
    return ANCHOR.get(word, ANCHOR.get(word[-2:], "surgery" if word.endswith("술") else ""))


def _relative(relation: str) -> Maker:
    def make(m: re.Match[str]) -> Time:
        return Time("", _anchor(m), relation, *_amount(m))

    return make


def _nth(m: re.Match[str]) -> Time | None:
    """Day 6 of a stay lies 5 to 6 days after its start; day 2 after an operation is 2 days after it."""
    low, high, unit = _amount(m)
    anchor = _anchor(m) or "admission"
    first = low - 1 if low and anchor in ("admission", "birth") else low
    return Time("", anchor, "after", first, high, unit)


def _at(anchor: str) -> Maker:
    return lambda _m: Time("", anchor, "at", Decimal(0), Decimal(0), "d")


def _day(relation: str) -> Maker:
    return lambda m: Time("", _anchor(m), relation, Decimal(1), Decimal(1), "d")


def _age(m: re.Match[str]) -> Time:
    return Time("", "birth", "after", *_amount(m))


def _date(m: re.Match[str]) -> Time | None:
    month, day = int(m.group("mm") or 0), int(m.group("d") or 0)
    if month > 12 or day > 31:
        return None
    date = m.group("y") + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")
    return Time("", date=date)


PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = (
    (re.compile(rf"(?:입원|내원|재원|병원|hd) ?(?:후 ?)?(?:제 ?)?{N}{TO} ?{U}(?:째|차|에(?! ?걸))(?P<anchor>)"), _nth),
    (re.compile(r"pod ?#?(?P<n>\d{1,3})(?P<u>일)째?에?(?P<anchor>)"), lambda m: Time("", "surgery", "after", Decimal(m["n"]), Decimal(m["n"]), "d")),
    (re.compile(r"제? ?(?P<n>\d{1,3})(?P<u>)병일(?P<anchor>)"), lambda m: Time("", "admission", "after", Decimal(m["n"]) - 1, Decimal(m["n"]), "d")),
    (re.compile(rf"{A}{FILLER} ?(?:전|이전) ?{QUANTITY}(?:째|부터)?"), _relative("before")),
    (re.compile(rf"{A}{FILLER} ?(?:후|뒤|이후|받은 지) ?{QUANTITY}(?:째|차|경|만에|에|부터|뒤|후|간)?"), _relative("after")),
    (re.compile(rf"{A}{FILLER} ?{QUANTITY} ?(?:전|이전)"), _relative("before")),
    (re.compile(rf"{A}{FILLER} ?{QUANTITY} ?(?:후|뒤|이후|경과|만에)"), _relative("after")),
    (re.compile(rf"{A}{FILLER} ?{QUANTITY}(?:째|차)"), _relative("after")),
    (re.compile(rf"(?:생후|교정 ?연령) ?{N}{TO} ?{U}(?:째|에|경|때)?"), _age),
    (re.compile(r"(?P<n>\d{1,2})(?P<u>)세(?: ?때| ?경|에|부터)"), lambda m: Time("", "birth", "after", Decimal(m["n"]), Decimal(m["n"]), "a")),
    (re.compile(rf"{A}{FILLER} ?다음 ?날"), _day("after")),
    (re.compile(rf"{A}{FILLER} ?전날"), _day("before")),
    (re.compile(r"(?:내원|입원)(?: ?당시| ?당일| ?시(?=[ ,에의])| ?직후)"), _at("admission")),
    (re.compile(r"퇴원(?: ?당시| ?시(?=[ ,에의]))"), _at("discharge")),
    (re.compile(r"(?:출생|분만)(?: ?당시| ?직후| ?시(?=[ ,에의]))"), _at("birth")),
    (re.compile(r"(?:발병|수상)(?: ?당시| ?당일| ?시(?=[ ,에의]))"), _at("onset")),
    (re.compile(r"진단(?: ?당시| ?시(?=[ ,에의]))"), _at("diagnosis")),
    (re.compile(rf"(?:외래 ?)?추적(?: ?관찰| ?검사)? ?{QUANTITY}(?:째|에|간)?"), _relative("after")),
    (re.compile(rf"(?<!\d){QUANTITY} ?(?:간|동안)?(?:의)? ?(?:외래 ?)?추적"), _relative("after")),
    (re.compile(rf"(?<![\d가-힣]){QUANTITY} ?(?:뒤|후|이후|경과|만에)"), _relative("after")),
    (re.compile(rf"(?<![\d가-힣]){QUANTITY} ?(?:이전|전)(?!체|이|반)"), _relative("before")),
    (re.compile(rf"(?<![\d가-힣]){N}{TO} ?(?P<u>일)째"), _nth),
    (re.compile(rf"(?<![\d가-힣]){N}{TO} ?(?P<u>주|개월|년|시간)째"), _relative("after")),
    (re.compile(r"(?P<y>(?:19|20)\d\d)년(?: ?(?P<mm>\d{1,2})월)?(?: ?(?P<d>\d{1,2})일)?"), _date),
)  # fmt: skip
LENGTH = re.compile(
    rf"(?<![\d가-힣]){QUANTITY} ?(?:간|동안)(?:의|에 걸친|에 걸쳐|간)?(?=[^.]{{0,40}}(?:주 ?소|내원|호소|입원하|방문))"
)
"""How long a complaint had lasted when the patient came."""
WORDS_ONLY = re.compile(
    r"(?<![가-힣])(?:다음 ?날|이튿날|당일|추적 ?(?:검사|관찰)?|퇴원 ?후|수술 ?후|수술 ?전)(?![가-힣]*중)"
)


def length(m: re.Match[str]) -> Time:
    """Give how long before admission a complaint began."""
    return Time("", "admission", "before", *_amount(m))

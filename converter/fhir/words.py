"""Korean of the author's own small words: certainty, denial, refusal, how often, parts of a size.

Findings and names are composed by ``converter.phrases``; these are the words between them.
"""

from __future__ import annotations

import re

PARTS = {
    "dimension 1": "크기 1",
    "dimension 2": "크기 2",
    "dimension 3": "크기 3",
    "days": "일",
    "months": "개월",
}
"""Korean of the parts of a value that have no concept."""

OFTEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rule), korean)
    for rule, korean in (
        (r"(once )?daily|once a day|(per|a|every|each) day|/ ?day|qd|q\.d|od", "1일 1회"),
        (r"(?:twice|two times|2 times) (?:daily|a day|per day)|bid|b\.i\.d", "1일 2회"),
        (r"(?:three times|thrice) (?:daily|a day|per day)|tid|t\.i\.d", "1일 3회"),
        (r"four times (daily|a day|per day)|qid|q\.i\.d", "1일 4회"),
        (r"(\d+) times (?:daily|a day|per day)", r"1일 \1회"),
        (r"(\d+) times (?:weekly|a week|per week)", r"주 \1회"),
        (r"(?:every|each) (\d+) ?h(?:ours?|rs?)?|q ?(\d+) ?h", r"\1\2시간마다"),
        (r"every other day|on alternate days|qod", "격일"),
        (r"(once )?weekly|once a week|(per|a|every|each) week", "주 1회"),
        (r"twice (weekly|a week|per week)", "주 2회"),
        (r"three times (weekly|a week|per week)", "주 3회"),
        (r"(once )?monthly|once a month|(per|a|every|each) month", "월 1회"),
        (r"every (\d+) weeks", r"\1주마다"),
        (r"every (\d+) months", r"\1개월마다"),
        (r"every (\d+) days", r"\1일마다"),
        (r"as needed|prn|p\.r\.n", "필요 시"),
        (r"at (night|bedtime)|nightly|hs", "취침 전"),
        (r"once|single dose|one dose", "1회"),
        (r"continuous(ly)?", "지속"),
    )
)
"""How often a drug is given."""

FILLER = re.compile(
    r"^(?:(?:is|are|was|were|be|been|has|had|have|with|showed|shows|a|an|the|not yet) )+|"
    r" (?:included|includes|including|was|were|is|are)$|[.,;:]+$"
)


def said(words: str) -> str:
    """Give the Korean of the author's words of certainty, denial or refusal; empty where unknown.

    >>> said("was ruled out")
    '배제됨'
    """
    plain = " ".join(words.casefold().split())
    return SAID.get(plain) or SAID.get(FILLER.sub("", FILLER.sub("", plain)), "")


SAID = {
    "negative": "음성",
    "past": "과거",
    "previously": "과거",
    "years ago": "수년 전",
    "years before": "수년 전",
    "medical history": "병력",
    "family history of": "가족력",
    "family history": "가족력",
    "suspicion for": "의심",
    "suspicion": "의심",
    "suspicious": "의심",
    "in infancy": "영아기",
    "in childhood": "소아기",
    "cessation of": "중단",
    "discontinuation of": "중단",
    "withdrawal of": "중단",
    "lack of": "없음",
    "free of": "없음",
    "free from": "없음",
    "no sign of": "징후 없음",
    "no signs of": "징후 없음",
    "no obvious": "뚜렷하지 않음",
    "no significant": "유의하지 않음",
    "never": "없음",
    "not shown": "보이지 않음",
    "not show": "보이지 않음",
    "not show these findings": "이러한 소견 보이지 않음",
    "did not show": "보이지 않음",
    "did not undergo": "시행하지 않음",
    "without the need for": "필요하지 않음",
    "not needed": "필요하지 않음",
    "not required": "필요하지 않음",
    "resolution of": "소실",
    "disappearance of": "소실",
    "preserved": "보존됨",
    "certain": "확실",
    "almost certain": "거의 확실",
    "diagnosis certain": "진단 확실",
    "diagnosis almost certain": "진단 거의 확실",
    "diagnosis probable": "진단 가능성 높음",
    "diagnosis possible": "진단 가능성 있음",
    "confirmed": "확진",
    "definite": "확실",
    "diagnosed": "진단됨",
    "diagnosed with": "진단됨",
    "probable": "가능성 높음",
    "probably": "가능성 높음",
    "likely": "가능성 높음",
    "most likely": "가능성 매우 높음",
    "presumed": "추정",
    "possible": "가능성 있음",
    "possibly": "가능성 있음",
    "may": "가능성 있음",
    "might": "가능성 있음",
    "suspected": "의심",
    "suspicion of": "의심",
    "suspicious for": "의심",
    "suspicious of": "의심",
    "suggested": "시사",
    "suggests": "시사",
    "suggesting": "시사",
    "suggestive of": "시사",
    "indicating": "시사",
    "we believe": "저자 추정",
    "we speculated": "저자 추정",
    "compatible with": "합당",
    "consistent with": "합당",
    "differential diagnosis": "감별진단",
    "to rule out": "배제 필요",
    "ruled out": "배제됨",
    "rule out": "배제 필요",
    "excluded": "배제됨",
    "denied": "부인",
    "denies": "부인",
    "no": "없음",
    "not": "없음",
    "without": "없음",
    "absence of": "없음",
    "no evidence of": "증거 없음",
    "no history of": "병력 없음",
    "negative for": "음성",
    "history of": "병력",
    "resolved": "소실",
    "disappeared": "소실",
    "recovered": "회복",
    "recovered from": "회복",
    "recovery from": "회복",
    "after recovery from": "회복",
    "improved": "호전",
    "subsided": "소실",
    "cured": "완치",
    "healed": "치유",
    "known": "기왕력",
    "previous": "과거",
    "past history of": "과거력",
    "past medical history": "과거력",
    "cannot be excluded": "배제할 수 없음",
    "could not be excluded": "배제할 수 없음",
    "concern for": "의심",
    "concerning for": "의심",
    "impression of": "의심",
    "unlikely": "가능성 낮음",
    "indicative of": "시사",
    "indicates": "시사",
    "in keeping with": "합당",
    "could be": "가능성 있음",
    "may be": "가능성 있음",
    "might be": "가능성 있음",
    "may have": "가능성 있음",
    "thought to be": "추정",
    "considered": "고려",
    "was considered": "고려",
    "not seen": "보이지 않음",
    "not detected": "검출되지 않음",
    "unremarkable": "특이 소견 없음",
    "no change": "변화 없음",
    "no change of": "변화 없음",
    "no change in": "변화 없음",
    "no interval change": "변화 없음",
    "no interval change of": "변화 없음",
    "unchanged": "변화 없음",
    "stable": "변화 없음",
    "increased": "증가",
    "decreased": "감소",
    "worsened": "악화",
    "aggravated": "악화",
    "progressed": "진행",
    "refused": "거부",
    "declined": "거부",
    "deferred": "보류",
    "contraindicated": "금기",
    "not performed": "시행하지 않음",
    "discontinued": "중단",
    "stopped": "중단",
    "high grade": "고등급",
    "high-grade": "고등급",
    "low grade": "저등급",
    "low-grade": "저등급",
    "mild to moderate": "경도에서 중등도",
    "moderate to severe": "중등도에서 고도",
    "massive": "대량",
    "marked": "현저함",
    "significant": "유의함",
    "slight": "경미함",
    "minimal": "미미함",
    "critical": "위중",
    "acute": "급성",
    "chronic": "만성",
}
"""Korean of the author's words of certainty, denial and refusal."""


def often(printed: str) -> str:
    """Give the Korean of a usual frequency; empty where it is none.

    >>> often("every 12 hours")
    '12시간마다'
    """
    plain = printed.casefold().strip(" .,;")
    return next((m.expand(korean) for rule, korean in OFTEN if (m := rule.fullmatch(plain))), "")

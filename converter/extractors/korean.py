"""Korean grammar as far as reading needs it: clauses, particles, what a predicate at the end governs.

Korean states and denies at the end of a clause: "담관 확장이나 담석은 보이지 않았다". Which of the names before the
verb it speaks of, their particles tell: a list joined by 과, 와, 이나; a subject by 이, 가, 은, 는; not a place by
에서, and not the owner of what is spoken of by 의 ("종괴의 조영증강은 없었다" leaves the mass).
"""

from __future__ import annotations

import re
from functools import lru_cache

from converter.text import HANGUL, hangul

STEM = r"(?:하|되|있|없|았|었|였|했|됐|렸|졌|켰|겼|냈|왔|났|갔|섰|봤|랐|웠|쳤|췄|혔|폈|꼈|렀|텼|뎠|않|같|보이|나타나|생기|느끼|의심되|이루어지|받|앓|커지|높|낮|좋|많|적)"
CLAUSE_END = re.compile(
    rf"{STEM}(?:고|며|으며|으나|나|지만|는데|은데|으면서|면서|자|다가|므로|으므로|더니)(?=[\s,.;]|$)"
    r"|(?:하여|되어|있어|없어|보여|나타나|않아|였으므로|하였고|이며|이고|하고|되고|받고|보이고|앓고|였고|해|돼|였다가)(?=[\s,.;]|$)"
    r"|(?:[가-힣](?:음|함|됨|임|짐)|보임|남)(?=\s*[,.;]|\s+[^\s]*(?:이|가|은|는|을|를)\s)"
    r"|(?:았|었|였|했|됐|[가-힣])다(?=[.;]|$)|[;]"
)
"""Where a clause ends: a connective ending or a noun form of a verb, as notes are written."""
PLACE = ("에서는", "에서도", "에서의", "에서", "에게서", "에게", "으로는", "으로의", "으로", "로는", "로의", "에는", "에도", "에의", "에", "로", "까지", "부터", "보다", "마다")  # fmt: skip
SUBJECT = ("은", "는", "이", "가", "을", "를", "도", "만")
JOINING = ("이나", "과", "와", "나", "하고", "이랑")
PARTICLE = re.compile(rf"(?P<p>{'|'.join((*PLACE, *JOINING, *SUBJECT, '의'))})(?=[\s,.;:()·/]|$)")
EVIDENCE = re.compile(
    r"\s*(?:및\s*)?(?:력|환자|과거력|기왕력|병력|가족력|증거|소견|징후|증상|흔적|근거|가능성|기왕|동반|발생|의심|여부|경험|호소|병변|양상|진단|징조)"
)
"""What is denied together with the thing it is evidence of: "결핵의 병력은 없었다"."""
ADVERB = re.compile(
    r"\s*(?:(?:모두|각각|전혀|뚜렷이|뚜렷하게|명확히|분명히|더 이상|다시|더|강하게|우선|가장|먼저|임상적으로|완전히|점차|서서히|거의|저절로|자연|이후|이전|함께|새로|추가로|특별히|따로|현저히|크게|다소|약간|경도로|경미하게|심하게|빠르게|부분적으로|합당한|의해|인한|따른|대한|대해|있는)\s*)*"
)
SUGGESTING = re.compile(
    r"\s*(?:시사하는|의심되는|의심할 만한|의심하게 하는|시사할 만한|합당한|부합하는|일으킬 만한)\s"
)
"""Before the noun that is denied: "경색을 시사하는 고신호는 없었다" denies both."""
NOT_GROWN = ("음성", "검출되지", "자라지", "배양되지", "동정되지", "발견되지", "관찰되지", "확인되지")
TESTED = re.compile(r"\s*(?:도말|배양|염색|항원|항체|핵산|pcr|검사|중합효소|균)")
"""Behind a germ: "항산균 도말 및 배양 검사는 음성" denies the germ."""
LISTED = re.compile(r"\s*(?:[,·/]|및|또는|혹은|\()")
NEXT_SUBJECT = re.compile(r"[가-힣a-z0-9)](?:이|가|은|는|을|를)(?=\s)")
ADNOMINAL = ("없이", "없는", "않은", "않는")
TIME_WORDS = re.compile(
    r"\s*(?:(?:입원|내원|수술|시술|치료|투여|발병|진단)?\s*(?:후|전|제)?\s*(?:약\s*)?\d+\s*(?:일|주|개월|달|년|시간|일째|주째|병일)(?:째|간|에|부터|만에|후|뒤|경)*\s*)+"
)


@lru_cache(maxsize=4096)
def clause_ends(folded: str) -> tuple[int, ...]:
    """Give where the clauses of a sentence end.

    >>> text = "압통이 있었으나 반발통은 없었고 황달은 관찰되지 않았다."
    >>> [text[:end][-3:] for end in clause_ends(text)]
    ['었으나', '없었고', '않았다']
    """
    return tuple(m.end() for m in CLAUSE_END.finditer(folded))


def clause(folded: str, at: int) -> tuple[int, int]:
    """Give the range of the clause that a place stands in."""
    ends = clause_ends(folded)
    start = max((e for e in ends if e <= at), default=0)
    return start, min((e for e in ends if e > at), default=len(folded))


def particle(folded: str, end: int) -> str:
    """Give the particle at the end of a name: "석회화는" -> 는."""
    m = PARTICLE.match(folded, end)
    return m.group("p") if m else ""


def governs(folded: str, end: int, cue: int, cue_end: int, kind: str) -> bool:
    """Tell whether a cue behind a name speaks of it.

    >>> text = "담관 확장이나 담석은 보이지 않았다"
    >>> governs(text, 5, 12, 17, "absent")
    True
    >>> text = "종괴의 조영증강은 없었다"
    >>> governs(text, 2, 11, 13, "absent"), governs(text, 8, 11, 13, "absent")
    (False, True)
    """
    named = particle(folded, end)
    rest = folded[end + len(named) : cue]
    if any(end < e <= cue for e in clause_ends(folded)):
        return kind == "resolved" and named in ("은", "는") and not NEXT_SUBJECT.search(rest)
    if dated := TIME_WORDS.match(rest):
        rest = rest[dated.end() :]
    if not rest.strip(" ()") or ADVERB.fullmatch(rest):
        return named not in PLACE or kind not in ("absent", "not-done", "resolved")
    if hint := SUGGESTING.match(rest):
        return kind != "absent" or len(NEXT_SUBJECT.findall(rest, hint.end())) <= 1
    if folded[cue:cue_end].startswith(ADNOMINAL) and named not in JOINING:
        return bool(EVIDENCE.fullmatch(rest.rstrip()) or LISTED.match(rest))
    if named in SUBJECT:
        return not NEXT_SUBJECT.search(rest)
    if folded.startswith(NOT_GROWN, cue) and TESTED.match(rest):
        return True
    listed = named in JOINING or LISTED.match(rest)
    towards = named in ("", "의", "으로", "로") and EVIDENCE.match(rest)
    return bool(listed or towards)


AGO = re.compile(r"(?:\d+(?:\.\d+)?|수|여러|몇|한|두|세)\s*년\s*전(?!부터|까지|에 비해)")
HEADED = re.compile(r"\s*(?:에서|상|에|으로|및 가족력|:|은|는|이|을)")


def ago(folded: str) -> tuple[tuple[int, int], ...]:
    """Give the places of "10년 전": what its clause tells is history."""
    return tuple(m.span() for m in AGO.finditer(folded))


def opens(folded: str, cue: int, cue_end: int, start: int) -> bool:
    """Tell whether a cue before a name speaks of it: in its own clause, or as the heading of the sentence."""
    if cue < 4 and HEADED.match(folded, cue_end):
        return True
    return not any(cue_end < end <= start for end in clause_ends(folded))


def apart(folded: str, time_end: int, start: int, end: int, relation: str) -> bool:
    """Tell whether a clause keeps a time from a name: Korean times stand before, and "10년 전" ends with its clause."""
    ends = clause_ends(folded) if hangul(folded) else ()
    if time_end > start:
        return any(end < e <= time_end for e in ends)
    return relation == "before" and any(time_end <= e <= start for e in ends)


TAIL = re.compile(
    r"(?:에서|에게|에|으로|로|의|이나|나|과|와|은|는|이|가|을|를|도|만|까지|부터|및|하|되|됐|됨|함|했|한|할|였|있|없|인|임|적|량|치|수|농도|값|검사|상|중|후|전|시|내|등|여부|배양|도말|채취|검체|분석|염색|"
    r"소견|병변|부위|증상|상태|양상|악화|호전|발생|동반|의심|치료|진단|투여|주사|시행|복용|조절|정도|처럼|같|당시|직|라고)"
)
"""What may stick to a name that is a word of its own: a particle, a verb, a noun that goes with any."""


ALONE = re.compile(
    r"(?:에서|에는|에|의|은|는|이|가|을|를|과|와|도|내)\s|\s?(?:CT|MRI|초음파|전산화|자기공명|단층|생검|실질|조직|스캔|영상|혈관|컴퓨터)"
)
"""After a name of one syllable: a particle that ends the word, or a study."""


def whole_word(text: str, start: int, end: int, name: str) -> bool:
    """Tell a name from a part of another word: 결절 in "결절은", not in "결절성".

    A name may begin within a word where it is long ("급성담낭염"), but not over a blank ("흉통과 호흡").

    >>> [whole_word(text, 0, 2, text[:2]) for text in ("결절은", "결절성 병변", "절제연")]
    [True, False, False]
    """
    syllables = end - start - text.count(" ", start, end)
    inside = start > 0 and HANGUL.match(text[start - 1])
    spaced = " " in text[start:end] and " " not in name
    if syllables == 1:
        return not inside and bool(ALONE.match(text, end))
    if (inside and (syllables == 2 or " " in text[start:end])) or (spaced and syllables == 2):
        return False
    after = text[end : end + 1]
    if not HANGUL.match(after):
        return True
    if after == "성":
        return False
    return syllables > 2 or bool(TAIL.match(text, end))


KIN = (
    r"(?<![가-힣])(?:(?:남|여)?동생|큰?형|딸|아들|이모|고모|(?:외|친)?삼촌|(?:외|친|이종|고종)?사촌|외할머니|외할아버지|(?:외)?조부모?|(?:외)?조모|오빠|자매|부모님?|조카|숙부|모친|부친)"
    r"(?=[이가은는도의과와에,\s·])"
)
"""Relatives whose names are parts of other words as well; the rest stand in the vocabulary."""


def same_subject(folded: str, end: int, start: int) -> bool:
    """Tell that between a relative and a name the patient has not come back as the subject."""
    return not re.search(r"(?:환자|환아|산모|본인)(?:는|은|가|이)", folded[end:start])


def kin(folded: str, start: int) -> str:
    """Give the last relative named before a place, or nothing.

    >>> kin("형이 간암으로 사망함", 3)
    '형'
    """
    found = re.findall(KIN, folded[:start])
    return found[-1] if found else ""


NEWBORN = re.compile(
    r"환아|신생아|미숙아|저체중\s*출생아|남아(?:가|였|로)|여아(?:가|였|로)|재태\s*(?:연령|기간|주수)"
)
"""The patient is a child: 산모 and 어머니 are another person."""
OTHER = re.compile(r"(?:환아의\s*)?(?:산모|어머니|아버지|모친|부친|공여자|기증자)(?:는|은|가|의)\s")
"""Another person as the subject of a sentence."""


WORD_END = re.compile(r"[가-힣]*")
WORD_START = re.compile(r"[가-힣]*$")


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Give a Korean cue's whole words: "관찰되지 않" -> "관찰되지 않았다"; others stay.

    >>> text = "황달은 관찰되지 않았다."
    >>> text[slice(*whole(text, 6, 10))]
    '관찰되지 않았다'
    """
    if not hangul(text, start, end):
        return start, end
    before, after = WORD_START.search(text[:start]), WORD_END.match(text, end)
    return (before.start() if before else start), (after.end() if after else end)

"""Noun phrases of Korean: what stands before a head, where it is, and what a verb of finding speaks of.

"좌심실 하측벽에 선상의 지연조영증강이 관찰되었다": the phrase is "선상의 지연조영증강", its site "좌심실 하측벽".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.extractors.annotate import Annotated
from converter.extractors.korean import clause, particle
from converter.extractors.lexicon import Match
from converter.extractors.place import overlaps
from converter.extractors.treatment_words import treatment_words
from converter.text import hangul

WORD_BEFORE = re.compile(r"(?P<w>[^\s,.;:()\[\]]+)\s+$")
DEGREE = r"(?:소량|다량|중등량|미량|경도|중등도|고도|경미|중증|다수|여러 ?개|수 ?개|선상|환상|원형|난원형|타원형|구형|결절상|미만성|국소|국한성|다발성|단발성|점상|반점상|망상|거대|전신|중심부|변연부|말초|주변부)"
MODIFIER = re.compile(
    rf"[가-힣]+모양의?|모양의?|이상|비정상|{DEGREE}의?|[가-힣]{{1,5}}(?:성|형|적인|적)|(?:선|환|점|반|엽|낭|침|망|판|포도송이|나뭇가지)상의?|(?:좌|우|양|일|동|반대)측(?:성)?|왼쪽|오른쪽|양쪽|상부|하부|전방|후방|내측|외측|원위부?|근위부?|급성|만성|아급성|"
    r"(?:심|경미|광범위|미세|뚜렷|현저|불명확|불분명|명확|분명|불?균[질일]|불규칙|복잡|단순|미만|거대|극심|과도|갑작스러|새로|작|크|큰|깊|얕|두꺼|얇|둥근|부드러)(?:한|운|은)?|"
    r"(?:조영증강|석회화|확장|괴사|융합|파열|함몰|돌출|비후|국한)(?:되는|된)|낭성|고형|격막|다방성|단방성|지속되는|반복되는|심한|약한|강한|높은|낮은|많은|적은|다른|새로운|두|세|한|여러"
)
"""A word before a noun that belongs to it."""
NO_MODIFIER = re.compile(
    r"(?:시행|투여|발생|동반|호소|의|위|대|포함|인|관|통|사용|진단|방문|내원|입원|가능|당시|증상|음|양|정|남|여|대상|이상|임상|항상|정상|외상|통상|예상|손상|소견상|검사상|영상|특이사항|역)(?:한|상|성|적인)"
)
FOUND = r"(?:관찰|보이|보였|보여|보임|보인|확인|발견|동반|나타나|나타났|호소|발생|촉지|만져|들리|들렸|들림|청진|검출|인지|시사|있었|있어|있으|있고|있음|있는|있다|없었|없어|없으|없고|없음|없이|없다|생겼|생긴|지속|새로 생|증명|배출)"
SUBJECT = re.compile(
    rf"(?P<w>[가-힣A-Za-z0-9/-]*[가-힣A-Za-z])(?:(?:이|가|은|는|도)|[을를](?=[^.]{{0,15}}(?:호소|보이|보였|보여|보임|동반|시사|나타내|나타냈)))\s+(?:(?:[가-힣]+(?:게|히|로|에서|에|으로|이)|더 이상|모두|각각|함께|다시|새로|및|다발성으로)\s+){{0,2}}(?={FOUND})"
)
"""A noun with its particle before a verb that says that it was found."""
PRESENTING = re.compile(
    r"(?P<w>[가-힣A-Za-z-]*[가-힣A-Za-z])(?:(?:으로|로)\s+(?:(?:본원|응급실|외래|[가-힣]+과)(?:에|로|을|를)?\s+)?(?=내원|입원|의뢰|방문|전원)|(?:을|를)\s+(?=주\s?소로))"
)
DESCRIBING = re.compile(r"(?:동반|포함|함유|호소|보이|나타나|발생)(?:한|하는|된|되는|는|던)\s")
"""A verb before a noun that it describes ("격막을 동반한 종괴"): nothing of its own."""
NO_FINDING = re.compile(
    r"(?:주소|주호소)|.*(?:환자|환아|산모|태아|소견|이상|력|변화|증상|검사|결과|치료|수술|시술|경우|필요|가능성|호전|악화|사항|반응|진단|원인|도움|시간|차이|관계|상태|경과|문제|질환|질병|약물|복용|부분|정도|범위|크기|양상|효과|"
    r"부작용|이유|의의|기간|동안|정상|증가|감소|보고|것|수|바|등|중|때|후|전|법|술|제|약|여부|영상|사진|촬영|초음파|수치|투여|시행|합병증|부위|근거|증거|특징|발생|발견|소실|외상|접촉|노출|수유|식사|대변|소변|혈액|조직|세포|구조물?|물질|의식|호흡|맥박|체온|혈압|유지|연락|동의|추적|관찰|입원|퇴원|내원|분만|출생|임신|월경|초경|폐경|제한|균|항체|유전자|돌연변이|본원|저자|누나|언니|오빠|형|딸|아들|아버지|어머니|가족|연관성|감수성|내성|경향|기여|역할)"
)
COMPOUND = re.compile(r"[가-힣A-Za-z-]{2,}")
ENDING = re.compile(
    r".*(?:은|는|이|가|을|를|에|에서|의|과|와|로|으로|고|며|게|히|도|만|한|된|던|후|전|시|및|또는|상|당시|때|중|째|어|여|아|해|서|나|지만|부터|까지|없이|더|약)$"
)
COMPLAINED = re.compile(r"(?:주\s?소|내원|입원하|방문|의뢰|전원|응급실)")
COMING = re.compile(r"[^.]{0,40}호소(?:하며|하면서|하여|해|하고)\s[^.]{0,30}(?:내원|입원|방문|의뢰)")
LATIN = re.compile(r"[a-z][a-z-]*")
JOINED = re.compile(r"(?<![\d\s.] )(?P<w>[가-힣A-Za-z-]*?[가-힣A-Za-z])(?:이나|과|와|나|,| 및)\s+$")


def start_of(an: Annotated, start: int) -> int:
    """Grow a head to the left over its modifiers."""
    floor = clause(an.folded, start)[0]
    while m := WORD_BEFORE.search(an.text, floor, start):
        shaped = an.text.startswith(("모양", "양상"), start)
        inner = m.group("w") in ("내", "주위", "주변", "하방") and _ends_place(an, m.start("w"))
        if not (shaped or inner or _modifies(an, m.group("w"), m.start("w"), start)):
            break
        start = m.start("w")
    return start


def _ends_place(an: Annotated, at: int) -> bool:
    return any(m.end == at - 1 for m in an.matches("anatomy"))


def _modifies(an: Annotated, word: str, at: int, start: int) -> bool:
    if MODIFIER.fullmatch(word) and not NO_MODIFIER.fullmatch(word):
        return True
    if LATIN.fullmatch(word) and LATIN.match(an.text, start):
        return True
    end = at + len(word)
    places = [m for m in an.matches("anatomy") if at <= m.start and m.end >= end - 1 and m.start < end]
    owned = [m for m in places if m.end == end or an.text[m.end : end] in ("의", "내", "부")]
    named = [m for m in an.matches("problems") if m.start >= at and m.end == end]
    return bool(owned) or (bool(named) and _descriptive(named[-1]))


def _descriptive(match: Match) -> bool:
    """Tell a name that says what another is like ("저음영 종괴") from a disease or complaint."""
    return match.concept.kind not in ("disease", "symptom", "injury")


UNDONE = re.compile(r"(?:되|하)지\s?(?:않는|않은|못한)\s")
"""Behind a name, a denial that describes the next noun: "압박되지 않는 관상 구조물"."""
NAMED_BY = re.compile(
    r"\s+(?:배양|생검|조직검사|유전자|절제|배액|배농|천자|검체|[가-힣]*(?:율|률)(?=[은는이가]))|(?:\s+(?:후\s+)?(?:[가-힣]{1,3}\s+)?)?(?:CT|MRI|MR\b|PET|영상|전산화|자기공명|T1|T2|컴퓨터)"
)
"""Behind a name, what it but describes: "상처 배양검사", "조영증강 복부 CT"."""


def qualifies(an: Annotated, match: Match) -> bool:
    """Tell a name that belongs to the next one: "저음영 종괴", "조영증강되는 종괴", "출혈성 경색"."""
    if not hangul(an.text, match.start, match.end):
        return False
    if NAMED_BY.match(an.text, match.end) or UNDONE.match(an.text, match.end):
        return True
    if match.concept.kind == "state" and an.text.startswith("의 ", match.end):
        return True
    if an.text[match.start - 1 : match.start] == "(" and any(
        m.end == match.start - 1 for m in an.matches("imaging")
    ):
        return True
    after = re.match(r"(?:되는|된|하는|한)?\s+(?:[^\s,.]+(?:성|형|한|의)\s+)?", an.text[match.end :])
    if not after or not after.group():
        return False
    follower = next((m for m in an.matches("problems") if m.start == match.end + after.end()), None)
    return follower is not None and (bool(after.group().strip()) or _descriptive(match))


LOCATIVE = re.compile(
    r"(?P<part>(?:\s*[가-힣]{1,4}(?:벽|엽|부|구역|분절|측|연|면|단|극|층|막|근|각))?)(?:부위|내|부|쪽|주위|주변)?(?:에서는|에서도|에서|에는|에도|에|의|으로|로|내에)?(?=\s)"
)
CARRYING = re.compile(r"[가-힣]+[을를]\s*(?:동반|포함|가진|함유|형성)[가-힣]*")
"""A clause that describes the head: "격막을 동반한 종괴"."""


def site_range(an: Annotated, start: int) -> tuple[int, int] | None:
    """Give where the site stands that a clause names before a finding: "우하복부에 압통이"."""
    floor = clause(an.folded, start)[0]
    for m in reversed(an.matches("anatomy")):
        if floor <= m.start and m.end <= start:
            tail = LOCATIVE.match(an.text, m.end)
            between = CARRYING.sub("", an.text[tail.end() if tail else m.end : start])
            if tail and tail.group() and not re.search(r"[이가을를은는]\s", between):
                return _sided(an, m.start, floor), m.end + len(tail.group("part"))
    return None


def _sided(an: Annotated, start: int, floor: int) -> int:
    side = re.search(r"(?:좌측|우측|양측|왼쪽|오른쪽|양쪽)\s*$", an.text[floor:start])
    return floor + side.start() if side else start


def subject_range(an: Annotated, start: int, end: int) -> tuple[int, int] | None:
    """Give the part of the body that a verb says something of: "총담관이 12 mm로 확장되어"."""
    floor = clause(an.folded, start)[0]
    if not re.match(r"(?:되|하|돼|된)", an.text[end:]):
        return None
    owner = next((m for m in reversed(an.matches("anatomy")) if floor <= m.start and m.end <= start), None)
    if owner and re.match(r"(?:이|가|은|는)\s", an.text[owner.end :]):
        return _sided(an, owner.start, floor), owner.end
    return None


def findings(an: Annotated) -> Iterator[tuple[int, int]]:
    """Give what a verb of finding speaks of where no table knows it."""
    known = [m for name in an.found for m in an.matches(name) if name != "anatomy"]
    for pattern in (SUBJECT, PRESENTING):
        for m in pattern.finditer(an.text):
            if not DESCRIBING.match(an.text, m.end()):
                yield from _nouns(an, known, m.start("w"), m.end("w"))


def _nouns(
    an: Annotated, known: list[Match], start: int, end: int, depth: int = 0
) -> Iterator[tuple[int, int]]:
    word = an.text[start:end]
    taken = any(overlaps(start, end, k.start, k.end) for k in known)
    if (
        not taken
        and len(word) > 1
        and not NO_FINDING.fullmatch(word)
        and _wordy(word)
        and not _placed(an, start, end)
    ):
        start = _compound(an, known, start)
        yield start, end
    joined = JOINED.search(an.text[clause(an.folded, start)[0] : start_of(an, start)])
    if joined and depth < 3:
        at = clause(an.folded, start)[0]
        yield from _nouns(an, known, at + joined.start("w"), at + joined.end("w"), depth + 1)


def _wordy(word: str) -> bool:
    return hangul(word) or len(word) > 3


def _placed(an: Annotated, start: int, end: int) -> bool:
    """Tell a word that is but a body site, a time or a relative."""
    sites = any(m.start <= start and end <= m.end for m in an.matches("anatomy"))
    return sites or any(overlaps(start, end, w.start, w.end) for w in an.times)


def _compound(an: Annotated, known: list[Match], start: int) -> int:
    """Take bare nouns before along: "면역복합체 침착"."""
    floor = clause(an.folded, start)[0]
    for _ in range(2):
        m = WORD_BEFORE.search(an.text, floor, start)
        if not m or not COMPOUND.fullmatch(m.group("w")) or ENDING.fullmatch(m.group("w")):
            break
        if any(overlaps(m.start("w"), m.end("w"), k.start, k.end) for k in known):
            break
        start = m.start("w")
    return start


def complained(an: Annotated, end: int) -> bool:
    """Tell what the patient came with: "기침과 객담을 주소로 내원하였다"."""
    if particle(an.folded, end) in ("은", "는"):
        return False
    return bool(COMPLAINED.search(an.folded, end, clause(an.folded, end)[1]) or COMING.match(an.folded, end))


GIVEN = re.compile(
    r"(?P<w>[가-힣A-Za-z0-9/-]*[가-힣A-Za-z]{2,})(?:을|를)\s+(?:[^.,;을를이가]{0,25}?\s)?(?=(?:경구 |정맥 |병용 |추가 )?(?:투여|투약|복용|처방|정주))"
)


def given(an: Annotated) -> Iterator[tuple[int, int]]:
    """Give what was administered where no table knows the drug: "녹용대보탕을 투여한"."""
    known, none = [m for name in an.found for m in an.matches(name)], treatment_words().no_drug_ko
    for m in GIVEN.finditer(an.text):
        start, end = m.span("w")
        counted = not _wordy(m.group("w")) or re.search(r"\d\s*$", an.text[:start])
        taken = any(overlaps(start, end, k.start, k.end) for k in known)
        if not (counted or taken or m.group("w").endswith(none)):
            yield start, end

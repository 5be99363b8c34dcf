"""Admission, outcome, plan, relatives, habits: the course around findings and treatment."""

from __future__ import annotations

import re

from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.korean import KIN, kin
from converter.extractors.lexicon import lexicon
from converter.extractors.place import mention, nearest_time, phrase
from converter.extractors.sieve import rare
from converter.mappings import table
from converter.model import Assertion, Concept, FactKind, Mention, SectionKind, Time
from converter.text import hangul

DEATH = Concept("death", "outcome", "Died", "사망")
DISCHARGE = Concept("discharge", "outcome", "Discharged", "퇴원")
RECOVERY = Concept("recovery", "outcome", "Recovered", "회복")
ADMISSION = rare(
    r"\b(?:was |were |been |is )?(?:admitted|hospitali[sz]ed|transferred|referred|brought) (?:to|into|in|from|at|for)\b[^,.;]{0,60}|\b(?:presented|came|visited|attended) (?:to|at) (?:the |our |an? )?[^,.;]{0,50}"
    r"|(?:응급실|외래|본원)[^.,]{0,12}(?:내원|입원|방문)[가-힣]*|입원하였다|내원하였다"
)
INPATIENT = re.compile(r"admitted|hospitali|inpatient|transferred|입원")
EMERGENCY = re.compile(r"\b(?:emergency (?:room|department|unit)|er|ed|a&e|casualty)\b|응급실")
DIED = rare(
    r"\b(?:the (?:patient|infant|child|baby|boy|girl|man|woman|neonate)|he|she|patient) (?:\w+ ){0,2}?(?P<w>died|expired|passed away|succumbed|was pronounced dead|deceased)\b|(?P<w2>\bdied (?:\d+|of|from|on|in|after|due|\w+ (?:days?|weeks?|months?|years?))\b)|(?P<k>사망하였|사망했|사망함|사망하여)"
)
LEFT = rare(
    r"\b(?:was |been |were )?discharged(?: home)?\b|\b(?:after|on|at) discharge\b|퇴원하였|퇴원함|퇴원했"
)
RECOVERED = rare(
    r"\b(?:fully |completely |gradually |uneventfully )?(?:recovered|(?:full|complete|good|uneventful) recovery|recovery from|complete remission|symptom-free|asymptomatic|disease-free)\b|(?:환자|환아|산모|상태|증상|의식)[^.]{0,25}?(?P<k>(?:회복|호전)(?:되(?!지)|됨|하였))"
)
PLAN = rare(
    r"\b(?:was |is |has been |were )?(?:scheduled|planned|advised|recommended|arranged|placed|kept) (?:for|on|to have|to undergo|to)\b[^,.;]{0,20}?(?P<f>(?:regular |close |periodic |serial |annual |outpatient |clinical |long-?term |routine |yearly )*(?:follow-?up|surveillance|monitoring|observation))|정기적[^.]{0,12}추적[^.]{0,6}"
)
SMOKER = rare(
    r"\b(?P<neg>non-?smoker|never smok\w+|no (?:history of )?smoking|did not smoke|denied smoking)\b|\b(?:smok(?:er|ing|ed)|cigarettes?|pack-?years?|tobacco)\b|(?P<kneg>비흡연)|흡연력?"
)
DRINKER = rare(
    r"\b(?P<neg>no (?:history of )?alcohol|denied alcohol|did not (?:drink|consume)|teetotal\w*)\b|\b(?:alcohol (?:abuse|use|consumption|intake|drinking|dependence)|alcoholi\w+|heavy drinker|drank|drinks)\b|음주력?|알코올 ?(?:섭취|남용|의존|중독)"
)


def admissions(an: Annotated) -> tuple[Mention, ...]:
    """Give where and how the patient came into care."""
    m = ADMISSION.search(an.folded)
    if not m or an.section.kind in (SectionKind.TITLE, SectionKind.FIGURE):
        return ()
    text = an.text[m.start() : m.end()].rstrip()
    end = m.start() + min(len(text), 78)
    kind = (
        "inpatient"
        if INPATIENT.search(m.group())
        else "emergency"
        if EMERGENCY.search(m.group())
        else "ambulatory"
    )
    concept = Concept(
        kind,
        "encounter",
        "Admission" if kind == "inpatient" else "Presentation",
        "입원" if kind == "inpatient" else "내원",
    )
    source = EMERGENCY.search(an.folded, m.start())
    return (
        mention(
            an,
            FactKind.ADMISSION,
            m.start(),
            end,
            concept=concept,
            certainty=phrase(an, *source.span()) if source else None,
        ),
    )


def outcomes(an: Annotated) -> tuple[Mention, ...]:
    """Give death, discharge and recovery of the patient."""
    out = []
    for pattern, concept in ((DIED, DEATH), (LEFT, DISCHARGE), (RECOVERED, RECOVERY)):
        m = pattern.search(an.folded)
        if not m or _other_person(an, m.start()):
            continue
        group = next((g for g in ("w", "w2", "k") if g in m.re.groupindex and m.group(g)), None)
        start, end = m.span(group) if group else m.span()
        asserted, words = assertion(an.context.at(start, end), ("absent", "hypothetical", "planned"))
        if asserted is Assertion.PRESENT:
            out.append(
                mention(
                    an,
                    FactKind.OUTCOME,
                    start,
                    end,
                    name=concept.ko if hangul(an.text, start, end) else "",
                    concept=concept,
                    certainty=words,
                    time=_when(an, start, end),
                )
            )
    return tuple(out)


def _when(an: Annotated, start: int, end: int) -> Time | None:
    """Give an outcome's time: none of them comes "on admission", whatever stands beside it."""
    time = nearest_time(an, start, end)
    return None if time and time.anchor == "admission" and time.relation == "at" else time


OTHERS = re.compile(
    r"\b(?:mother|father|brother|sister|sibling|donor|cousin|uncle|aunt|twin|husband|wife|son|daughter)s?\b[^.;]{0,40}$"
    r"|(?:어머니|아버지|부친|모친|형제|자매|누나|언니|오빠|할머니|할아버지|삼촌|고모|이모|공여자|배우자|아내|남편)(?:가|이|는|은|도|의)?[^.]{0,30}$"
    rf"|{KIN}[^.]{{0,30}}$"
)


def _other_person(an: Annotated, at: int) -> bool:
    return bool(OTHERS.search(an.folded[:at]))


def plans(an: Annotated) -> tuple[Mention, ...]:
    """Give the follow-up that is planned."""
    m = PLAN.search(an.folded)
    if not m:
        return ()
    start, end = m.span("f") if m.group("f") else m.span()
    return (
        mention(
            an, FactKind.PLAN, start, end, assertion=Assertion.PLANNED, time=nearest_time(an, start, end)
        ),
    )


def relatives(an: Annotated, problems: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Give relatives with the problem that each has; the patient has none of it."""
    ill = [p for p in problems if p.fact.assertion is Assertion.FAMILY]
    hits = lexicon("relatives").find(an.text, an.folded) if ill else ()
    out = []
    for p in ill:
        if p.fact.concept and p.fact.concept.id == "death":
            continue
        before = [h for h in hits if h.end <= p.start]
        person = before[-1] if before else hits[0] if hits else None
        concept = person.concept if person else _kin(an, p.start)
        out.append(
            mention(
                an,
                FactKind.RELATIVE,
                p.start,
                p.end,
                name=p.fact.name,
                concept=p.fact.concept,
                person=concept,
                assertion=Assertion.FAMILY,
            )
        )
    return tuple(out)


def _kin(an: Annotated, start: int) -> Concept:
    """Give the relative whose Korean name has one syllable, else just a relative."""
    said = kin(an.folded, start)
    known = next(
        (row.concept for row in table("relatives") if said and said in (row.concept.ko, *row.names_ko)), None
    )
    return known or Concept("family-member", "relative", "Family member", "가족")


def habits(an: Annotated) -> tuple[Mention, ...]:
    """Give smoking and drinking."""
    out = []
    for pattern, en, ko, ident in (
        (SMOKER, "Smoking", "흡연", "smoking"),
        (DRINKER, "Alcohol use", "음주", "alcohol-use"),
    ):
        m = pattern.search(an.folded)
        if m and not _other_person(an, m.start()):
            denied = bool(m.group("neg")) or ("kneg" in m.re.groupindex and bool(m.group("kneg")))
            asserted, words = assertion(an.context.at(*m.span()), ("absent",))
            held = Assertion.ABSENT if denied or asserted is Assertion.ABSENT else Assertion.PRESENT
            out.append(
                mention(
                    an,
                    FactKind.SOCIAL,
                    *m.span(),
                    name=ko if hangul(an.text, *m.span()) else "",
                    concept=Concept(ident, "social", en, ko),
                    assertion=held,
                    certainty=words,
                    category="social-history",
                )
            )
    return tuple(out)

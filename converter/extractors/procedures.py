"""Procedures done to the patient, planned, refused or not done."""

from __future__ import annotations

import re

from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.lexicon import Match
from converter.extractors.phrase import noun_phrase, sites
from converter.extractors.place import mention, nearest_time, overlaps
from converter.extractors.tagger import Tagged
from converter.extractors.treatment_words import treatment_words
from converter.extractors.treatments import KINDS, aimed, side_by_side
from converter.model import Assertion, Concept, FactKind, Mention, Words
from converter.text import MAX_NAME, hangul

FOUND = re.compile(r"\b(?:unlikely|seen|detected|found|identified|visible|ruled out|excluded|confirmed)\b")
"""Words that deny what a procedure showed, not the procedure."""
RESULT = re.compile(r"negative|unremarkable|normal|음성", re.IGNORECASE)
"""Words that deny a finding of a test, not the test."""


def _is_procedure(an: Annotated, start: int, end: int) -> bool:
    words, known = an.folded[start:end], treatment_words()
    if words in known.device or words.endswith(known.person) or known.after.match(an.folded[end:]):
        return False
    return not (words in known.which and THE.search(an.folded[:start]) and NOUN_NEXT.match(an.folded[end:]))


THE = re.compile(r"\b(?:the|an?|this|each|all|of|both) $")
NOUN_NEXT = re.compile(
    r"^ (?!and|with|by|in|from|at|on|using|via|under|through|without|for|to|the|a|an|his|her|its|both|completely|during|after|before|but|as|because)[a-z]"
)
"""With an article before and a noun behind, a participle says which one: "the resected specimen"."""


def done_to(an: Annotated) -> tuple[Tagged, ...]:
    """Give the tags of procedures, those left out that the tables know for a problem ("cardiac arrest")."""
    return tuple(
        t
        for t in an.tagged("Therapeutic_procedure")
        if any(overlaps(m.start, m.end, t.start, t.end) for m in an.matches("procedures"))
        or not any(
            m.start <= t.start and t.end <= m.end and m.concept.kind in ("disease", "symptom", "injury")
            for m in an.matches("problems")
        )
    )


def procedures(an: Annotated) -> tuple[Mention, ...]:
    """Give procedures done to the patient; those planned, refused or not done say so."""
    matches, known = an.matches("procedures"), treatment_words()
    found: list[tuple[int, int, Concept | None]] = []
    for t in done_to(an):
        hits = [m for m in matches if overlaps(m.start, m.end, t.start, t.end)]
        if an.folded[t.start : t.end] not in known.said or hits:
            found.append((t.start, t.end, hits[-1].concept if hits else None))
    for m in matches:
        if (
            any(overlaps(m.start, m.end, s, e) for s, e, _ in found)
            or an.folded[m.start : m.end] in known.care
        ):
            continue
        if any(
            overlaps(m.start, m.end, t.start, t.end)
            for t in an.tagged("Medication", "Family_history", "Sign_symptom", "Disease_disorder")
        ):
            continue
        if any(overlaps(m.start, m.end, i.start, i.end) for i in an.matches("imaging")):
            continue
        if hangul(an.text, m.start, m.end) and _general(an, m):
            continue
        if (
            an.section.language != "en"
            or m.concept.kind == "diagnostic"
            or an.folded[m.start : m.end] not in known.general
        ):
            found.append((m.start, m.end, m.concept))
    return tuple(
        _procedure(an, s, e, c)
        for s, e, c in side_by_side(an, sorted(found, key=lambda f: f[0]))
        if e - s <= MAX_NAME and _is_procedure(an, s, e)
    )


def _general(an: Annotated, match: Match) -> bool:
    """Tell a Korean name of care in general, a time's anchor ("수술 후 2일째") or a manner ("복강경 담낭절제술")."""
    timed = any(overlaps(match.start, match.end, w.start, w.end) for w in an.times)
    manner = any(an.text[match.end : o.start] == " " for o in an.matches("procedures") if o.start > match.end)
    return timed or manner or match.concept.en.lower() in treatment_words().care | {"injection"}


def _procedure(an: Annotated, start: int, end: int, concept: Concept | None) -> Mention:
    asserted, words = assertion(an.context.at(start, end), KINDS)
    if asserted is Assertion.ABSENT:
        asserted = Assertion.NOT_DONE
    elif aimed(asserted, words):
        asserted, words = Assertion.PRESENT, None
    if words and asserted is Assertion.NOT_DONE and FOUND.search(words.text.lower()):
        asserted, words = Assertion.PRESENT, None
    diagnostic = concept is not None and concept.kind == "diagnostic"
    value = None
    if diagnostic and words and asserted is Assertion.NOT_DONE and RESULT.search(words.text):
        value, asserted = Words(words.text, "negative", words.spans), Assertion.PRESENT
    kind = FactKind.TEST if diagnostic else FactKind.PROCEDURE
    if concept is not None and concept.id == "vaccination":
        kind = FactKind.IMMUNIZATION
    near = sites(an, max(0, start - 30), min(len(an.text), end + 40))
    if hangul(an.text):
        near = noun_phrase(an, start, end).sites
    return mention(
        an, kind, start, end, concept=concept, assertion=asserted, certainty=words, category="procedure", sites=near[:1], value=value,
        interpretation="NEG" if value else "",
        time=nearest_time(an, start, end),
    )  # fmt: skip

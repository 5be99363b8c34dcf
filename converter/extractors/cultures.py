"""Organisms found or sought: by culture, stain, PCR or serology, with the specimen."""

from __future__ import annotations

import re

from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.lexicon import lexicon
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.sieve import rare
from converter.model import Assertion, Concept, FactKind, Mention, Phrase, Words

FOUND = rare(
    r"\b(?:cultur\w*|grew|growth|isolat\w*|gram stain\w*|pcr|polymerase chain reaction|positive for|yield\w*|identified|detected|grown|smear|antigen|serolog\w*|stain\w*|sequenc\w*|specimen|swab)\b"
    r"|배양|동정|검출|분리"
)
CULTURE = rare(
    r"(?P<spec>\b(?:blood|urine|sputum|stool|csf|cerebrospinal fluid|wound|tissue|pus|fluid|bronchoalveolar lavage|bal|throat|catheter|bile|aspirate|ascit\w+|pleural fluid|synovial fluid|bone marrow|abscess|drain\w*|swab))?\s*\bcultures?\b|혈액 ?배양|소변 ?배양|객담 ?배양"
)
NEGATIVE = rare(
    r"\b(?:negative|sterile|no (?:bacterial |fungal |significant )?growth|unremarkable|did not (?:grow|reveal|yield))\b|음성|균이 자라지"
)


def _specimen(an: Annotated, start: int, end: int) -> tuple[Concept, Phrase] | None:
    hits = lexicon("specimens").find(an.text, an.folded)
    if not hits:
        return None
    best = min(hits, key=lambda h: max(h.start - end, start - h.end, 0))
    return best.concept, phrase(an, best.start, best.end)


def cultures(an: Annotated) -> tuple[Mention, ...]:
    """Give one mention an organism, and one a culture that was negative."""
    out = []
    if FOUND.search(an.folded):
        for m in an.matches("organisms"):
            if any(overlaps(m.start, m.end, t.start, t.end) for t in an.tagged("Medication")):
                continue
            reading = an.context.at(m.start, m.end)
            asserted, words = assertion(reading, ("absent", "hypothetical", "possible"))
            if an.folded[max(0, m.start - 25) : m.start].rstrip().endswith("negative for"):
                asserted = Assertion.ABSENT
            found = _specimen(an, m.start, m.end)
            out.append(
                mention(
                    an, FactKind.ORGANISM, m.start, m.end, concept=m.concept, assertion=asserted, certainty=words, category="laboratory",
                    specimen=found[0] if found else None, specimen_words=found[1] if found else None, time=nearest_time(an, m.start, m.end),
                    method=_method(an),
                )
            )  # fmt: skip
    return (*out, *_negative(an, bool(out)))


def _method(an: Annotated) -> Phrase | None:
    m = re.search(
        r"\b(?:[a-z]+ )?cultures?\b|\bpcr\b|\bgram stain\w*|\bantigen\b|(?:혈액|소변|요|객담|대변|뇌척수액|배농액|농|상처|창상|조직|담즙|흉수|복수|관절액)? ?배양(?: ?검사)?",
        an.folded,
    )
    return phrase(an, *m.span()) if m else None


def _negative(an: Annotated, positive: bool) -> tuple[Mention, ...]:
    if positive:
        return ()
    sign = NEGATIVE.search(an.folded)
    m = CULTURE.search(an.folded) if sign else None
    if not m or not sign:
        return ()
    start, end = m.span()
    start += len(m.group()) - len(m.group().lstrip())
    found = _specimen(an, start, end)
    value = Words(sign.group(), "negative", an.sentence.spans(*sign.span()))
    return (
        mention(
            an, FactKind.MEASUREMENT, start, end, value=value, category="laboratory", interpretation="NEG",
            specimen=found[0] if found else None, specimen_words=found[1] if found else None,
        ),
    )  # fmt: skip

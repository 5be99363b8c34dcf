"""What is said to be normal, spared or merely abnormal."""

from __future__ import annotations

import re

from converter.extractors.annotate import Annotated
from converter.extractors.phrase import site_end, sites
from converter.extractors.place import mention, nearest_time, overlaps
from converter.extractors.sieve import rare
from converter.model import FactKind, Mention, Words


def normal(an: Annotated, taken: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Give what is said to be normal or preserved: "preserved global LV function", "spleen was normal"."""
    out = []
    for m in NORMAL.finditer(an.folded):
        before, after = m.group("subject"), m.group("object")
        s, e = m.span("subject") if before else m.span("object")
        if (before or after) and not any(overlaps(s, e, t.start, t.end) for t in taken):
            word = m.group("word") or m.group("word2")
            ws, we = m.span("word") if m.group("word") else m.span("word2")
            value = Words(word, "normal", an.sentence.spans(ws, we))
            out.append(
                mention(an, FactKind.FINDING, s, e, category="exam", value=value, time=nearest_time(an, s, e))
            )
    return (*out, *_spared(an), *_abnormal(an))


SPARED = rare(r"\b(sparing|with sparing of)\s+(?:of\s+)?(?:only\s+)?(?:the\s+)?")


def _spared(an: Annotated) -> tuple[Mention, ...]:
    """Read "sparing only the LV apex": nothing of it there."""
    out = []
    for m in SPARED.finditer(an.folded):
        end = site_end(an, m.end())
        if end:
            value = Words(m.group(1), "normal", an.sentence.spans(*m.span(1)))
            found = sites(an, m.end(), end)
            out.append(mention(an, FactKind.FINDING, m.end(), end, category="exam", value=value, sites=found))
    return tuple(out)


ABNORMAL = rare(r"\babnormal\s+$")


def _abnormal(an: Annotated) -> tuple[Mention, ...]:
    """Read "abnormal ECG findings": what a test showed without saying what."""
    out = []
    for test in an.matches("procedures"):
        m = ABNORMAL.search(an.folded, 0, test.start)
        if m and test.concept.kind == "diagnostic":
            tail = re.match(r"\s+(?:findings?|results?|patterns?)\b", an.folded[test.end :])
            end = test.end + (tail.end() if tail else 0)
            when = nearest_time(an, m.start(), end)
            out.append(mention(an, FactKind.FINDING, m.start(), end, category="procedure", time=when))
    return tuple(out)


SUBJECT = r"(?:(?!(?:although|while|since|as|and|but|with|the|his|her|its|that|which|whose|there|of|in|on|for)\s)[a-z][a-z-]*\s+){0,3}(?:function|contractility|motion|size|appearance|structure|parenchyma|architecture|morphology|examination|exam|perfusion|patency|sensation|reflexes|strength|tone)"
NORMAL = rare(
    rf"\b(?P<word>preserved|normal|unremarkable|intact)\s+(?P<object>{SUBJECT})\b"
    rf"|\b(?P<subject>{SUBJECT}(?:\s+\([^()]*\))?(?:\s+and\s+{SUBJECT})?)\s+(?:was|were|is|are|remained|appeared)\s+(?:also |completely |still |within )?(?P<word2>preserved|normal|unremarkable|intact)"
)

"""What titles, diagnosis lines and captions are as a whole: the principal diagnosis, the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from converter.extractors.annotate import Annotated
from converter.extractors.place import mention, overlaps, phrase
from converter.model import Assertion, FactKind, Mention, Section, SectionKind
from converter.text import clean

SHOWN = frozenset({FactKind.FINDING, FactKind.CONDITION, FactKind.MEASUREMENT})
TITLE_TAIL = re.compile(
    r"[:.]?\s*(?:-\s*)?(?:a |two |an? \w+ )?(?:rare |unusual |unique )?(?:case (?:report|series|presentation)s?.*|report of .*|a (?:rare )?case.*|증례 ?보고.*|의? ?(?:\d|일|한|두) ?[예례])$",
    re.IGNORECASE,
)
NOT_A_NAME = re.compile(
    r"\b(?:in a|in an|patient|case|report|review|after|following|presenting|successful|treat\w+|management|with(?:out)? \w+ \w+ \w+|associated|versus|study|literature|role|caused|years?)\b|[?]|환[자아]|증례|보고|에서|으로|의한|동반|발생|발견|진단|치료|소견|경험|남자|여자|남성|여성|남아|여아|\d ?세|개월",
    re.IGNORECASE,
)


ARISEN = re.compile(
    r"(?:발생한|발생된|진단된|동반된|동반한|발현한|발현된|나타난|생긴|발견된|합병된|합병한|의한|보인|오인된|병발한|속발한)\s"
)
"""A Korean title names last what it is about: "당뇨병 환자에서 발생한 간농양"."""


def _whole_line(an: Annotated, items: Sequence[Mention]) -> Mention | None:
    """Give the diagnosis that a page's title or diagnosis line is as a whole."""
    text = TITLE_TAIL.sub("", an.text).strip(" .;:-–*")
    if an.section.kind is SectionKind.TITLE and (len(text.split()) > 10 or NOT_A_NAME.search(text)):
        return None
    if not text or len(text) > 160:
        return None
    start = an.text.index(text)
    inner = [m for m in items if m.fact.kind in (FactKind.CONDITION, FactKind.FINDING)]
    best = max(inner, key=lambda m: m.end - m.start, default=None)
    naming = (
        (start, start + len(text))
        if len(text) <= 78
        else (best.start, best.end)
        if best
        else (start, start + 78)
    )
    concept = best.fact.concept if best else None
    assertion = (
        best.fact.assertion
        if best and best.fact.assertion in (Assertion.PROBABLE, Assertion.POSSIBLE)
        else Assertion.PRESENT
    )
    certainty = best.fact.certainty if best else None
    return mention(
        an,
        FactKind.CONDITION,
        *naming,
        name=clean(text),
        concept=concept,
        principal=True,
        assertion=assertion,
        certainty=certainty,
        sites=best.fact.sites if best else (),
    )


def diagnoses(annotated: Sequence[Annotated], out: list[Mention]) -> list[Mention]:
    """Mark what title and diagnosis lines name as the report's principal diagnosis."""
    made: list[Mention] = []
    replaced: set[int] = set()
    first_line: set[int] = set()
    for an in annotated:
        if (
            an.section.kind not in (SectionKind.TITLE, SectionKind.DIAGNOSIS)
            or an.sentence.section in first_line
        ):
            continue
        first_line.add(an.sentence.section)
        items = [(i, m) for i, m in enumerate(out) if m.sentence == an.sentence.ordinal]
        whole = _whole_line(an, [m for _, m in items])
        if whole:
            made.append(whole)
            replaced |= {
                i
                for i, m in items
                if overlaps(m.start, m.end, whole.start, whole.end) and m.fact.kind in SHOWN
            }
        else:
            after = max((m.end() for m in ARISEN.finditer(an.text)), default=0)
            named = [(i, m) for i, m in items if m.fact.kind in (FactKind.CONDITION, FactKind.FINDING)]
            hit = next((i for i, m in named if m.start >= after), named[0][0] if named else None)
            if hit is not None:
                out[hit] = replace(
                    out[hit],
                    fact=replace(out[hit].fact, kind=FactKind.CONDITION, principal=True),
                    shown_by=-1,
                )
    kept = [m for i, m in enumerate(out) if i not in replaced]
    index = {old: new for new, old in enumerate(i for i in range(len(out)) if i not in replaced)}
    kept = [
        m if (study := index.get(m.shown_by, -1)) == m.shown_by else replace(m, shown_by=study) for m in kept
    ]
    return [*kept, *made]


def figures(sections: Sequence[Section], annotated: Sequence[Annotated], out: list[Mention]) -> list[Mention]:
    made = []
    by_section: dict[int, list[Annotated]] = {}
    for an in annotated:
        by_section.setdefault(an.sentence.section, []).append(an)
    for index, section in enumerate(sections):
        if section.kind is not SectionKind.FIGURE or index not in by_section or not section.label:
            continue
        first, last = by_section[index][0], by_section[index][-1]
        caption = phrase(first, 0, len(first.text))
        whole = clean(" ".join(a.text for a in by_section[index]))
        spans = (
            *first.sentence.spans(0, len(first.text)),
            *(last.sentence.spans(0, len(last.text)) if last is not first else ()),
        )
        study = next(
            (i for i, m in enumerate(out) if m.section == index and m.fact.kind is FactKind.STUDY), -1
        )
        naming = (0, min(len(first.text), 78))
        fig = mention(
            first,
            FactKind.FIGURE,
            *naming,
            name=section.label,
            caption=replace(caption, text=whole, spans=spans),
        )
        made.append(replace(fig, shown_by=study))
    return made

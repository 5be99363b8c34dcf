"""Noun phrases around a head: its modifiers, its site, its side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from converter.extractors import korean_phrase
from converter.extractors.annotate import MODIFIER_TAGS, Annotated
from converter.extractors.lexicon import rows_found
from converter.extractors.sieve import rare
from converter.model import Concept, Phrase, Site
from converter.text import MAX_NAME, clean, hangul

ADJECTIVE = re.compile(
    r"(?:new|newly noted|diffuse|focal|extensive|multiple|single|solitary|small|large|huge|tiny|massive|mild|moderate|severe|marked|slight|"
    r"minimal|significant|left|right|bilateral|bibasal|bibasilar|unilateral|upper|lower|middle|anterior|posterior|lateral|medial|inferior|superior|"
    r"acute|chronic|subacute|progressive|recurrent|persistent|intermittent|patchy|nodular|cystic|solid|calcified|calcific|"
    r"dense|intense|strong|high|low|increased|decreased|reduced|elevated|raised|abnormal|irregular|round|oval|lobulated|"
    r"well-defined|ill-defined|well-circumscribed|heterogeneous|heterogenous|homogeneous|hypodense|hyperdense|hypoechoic|hyperechoic|echogenic|"
    r"enhancing|non-enhancing|amorphous|rim-like|ring-enhancing|circumferential|polypoid|polypoidal|soft|tissue|fluid|signal|intensity|grade|global|"
    r"regional|general|generalized|primary|secondary|metastatic|benign|malignant|invasive|severe|late|early|delayed|entire|whole|only|both|"
    r"partial|complete|total|low-grade|high-grade|first|second|third|long-standing|sudden|painful|painless|productive|dry|exertional|"
    r"mid|mid-layer|mid-wall|basal|apical|proximal|distal|central|peripheral|subcutaneous|intramural|transmural|loculated|septated|"
    r"[a-z]+-(?:like|shaped|enhancing|attenuation|density|intensity|sided|weighted))"
)
LEFT_WORD = re.compile(r"(?:^|[\s(])([A-Za-z][A-Za-z-]*|\d+(?:\.\d+)?[ -]?(?:cm|mm))(,?\s+|-| and )$")
LINK = re.compile(
    r"^\s*(?:,\s*)?(?:of|in|at|on|along|within|involving|over|around|throughout|to|from|near|affecting|surrounding|inside|across|beneath|under)\s+(?:only\s+)?(?:the|his|her|its|this|both|a|an)?\s*",
    re.IGNORECASE,
)
WORD = 60
"""Characters in which a word beside a place is looked for."""
SIDES = (
    ("bilateral", re.compile(r"\b(?:bilateral(?:ly)?|both|bibasal|bibasilar)\b|양측")),
    ("left", re.compile(r"\bleft\b|좌측|왼쪽")),
    ("right", re.compile(r"\bright\b|우측|오른쪽")),
)
SIDED = ("left", "right", "bilateral", "both", "bibas", "양측", "좌측", "왼쪽", "우측", "오른쪽")
LEFT, RIGHT = re.compile(r"\bleft\b"), re.compile(r"\bright\b")
NOT_LATERAL = re.compile(r"\b(?:left|right) (?:ventric|atri|heart|lower lobe|upper lobe|middle lobe)")


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A phrase of a sentence: ``start``-``end`` with its head inside."""

    start: int
    end: int
    sites: tuple[Site, ...]
    severity: Phrase | None = None


def _left(an: Annotated, start: int) -> int:
    modifiers = an.tagged(*MODIFIER_TAGS)
    while True:
        hit = next(
            (
                t
                for t in modifiers
                if start - 5 <= t.end <= start and an.text[t.end : start].strip(" ,-") in ("", "and")
            ),
            None,
        )
        if hit and not an.context.at(hit.start, hit.end).has("never"):
            start = hit.start
            continue
        name = next((m for m in an.matches("problems") if m.end == start - 1 and an.text[m.end] == " "), None)
        if name:  # "mass lesion"
            start = name.start
            continue
        m = LEFT_WORD.search(an.text, max(0, start - WORD), start)
        if m and ADJECTIVE.fullmatch(m.group(1).lower()):
            start = m.start(1)
            continue
        if m and m.group(1)[0].isdigit():  # "2 cm"
            start = m.start(1)
        return start


def site_end(an: Annotated, at: int, borne: bool = False) -> int | None:
    """End of the body site that starts at or just after a place.

    ``borne``: another finding counts as well ("enhancement of the mass").
    """
    ends = [
        t.end
        for t in an.tagged("Biological_structure")
        if t.start <= at + 2 and t.end > at and t.start >= at - 1
    ]
    ends += [m.end for m in an.matches("anatomy") if at - 1 <= m.start <= at + 2]
    if not ends:  # seen in an image ("at the delayed scans"), or borne by another finding
        named = (
            *rows_found("sequences", an.text, an.folded),
            *(an.matches("problems") if borne else ()),
        )
        ends += [m.end for m in named if at - 1 <= m.start <= at + 2]
    if ends:
        return _more(an, max(ends))
    m = LEFT_WORD.search(an.text[at : at + 40] + " ")
    word = re.match(r"[A-Za-z-]+", an.text[at:])
    if m and word and ADJECTIVE.fullmatch(word.group().lower()):
        return site_end(an, at + word.end() + 1, borne)
    return None


def _more(an: Annotated, end: int) -> int:
    """Let a site run on over the names that follow it directly: "entire" + "mass"."""
    for m in (*an.matches("anatomy"), *an.matches("problems")):
        if m.start == end + 1 and an.text[end : end + 1] == " ":
            return m.end
    return end


def _right(an: Annotated, end: int) -> int:
    for _ in range(3):
        m = LINK.match(an.text[end:])
        if not m:
            break
        stop = site_end(an, end + m.end(), borne=m.group().split()[0].lower() == "of")
        if stop is None or stop - end > MAX_NAME:
            break
        end = stop
    return end


def _concept(an: Annotated, start: int, end: int) -> Concept | None:
    hits = [m for m in an.matches("anatomy") if start <= m.start and m.end <= end]
    return max(hits, key=lambda m: (m.end - m.start, m.start)).concept if hits else None


def side_of(text: str) -> str:
    """Laterality said in a text: left, right, bilateral or empty.

    >>> side_of("small bilateral effusion"), side_of("left ventricle")
    ('bilateral', '')
    """
    low = text.lower()
    if not any(map(low.__contains__, SIDED)):
        return ""
    low = NOT_LATERAL.sub(" ", low)
    if LEFT.search(low) and RIGHT.search(low):
        return "bilateral"
    return next((side for side, pattern in SIDES if pattern.search(low)), "")


def sites(an: Annotated, start: int, end: int) -> tuple[Site, ...]:
    """Give the body sites named in a range, the more exact first."""
    places: list[tuple[int, int]] = [
        (t.start, t.end) for t in an.tagged("Biological_structure") if start <= t.start and t.end <= end
    ]
    places += [
        (m.start, m.end)
        for m in an.matches("anatomy")
        if start <= m.start and m.end <= end and not any(s < m.end and m.start < e for s, e in places)
    ]
    if not places:
        return ()
    side = side_of(an.text[start:end])
    out = []
    for s, e in sorted(places):
        text = clean(an.text[s:e])
        out.append(Site(text, _concept(an, s, e), side, an.sentence.spans(s, e)))
    return tuple(out)


DEGREE = rare(
    r"\b(?:mild|moderate|severe|high grade|high-grade|massive|marked|profound)\b|경도|중등도|고도|경미한|심한|중증"
)


def severity(an: Annotated, start: int, end: int) -> Phrase | None:
    """Give the words of severity in a range."""
    for t in an.tagged("Severity"):
        if start <= t.start and t.end <= end:
            return Phrase(an.text[t.start : t.end], an.sentence.spans(t.start, t.end))
    m = DEGREE.compiled.search(an.folded[start:end]) if DEGREE.may_match(an.folded) else None
    return (
        Phrase(
            an.text[start + m.start() : start + m.end()],
            an.sentence.spans(start + m.start(), start + m.end()),
        )
        if m
        else None
    )


def noun_phrase(an: Annotated, start: int, end: int) -> NounPhrase:
    """Grow a head to its phrase: modifiers to the left, site to the right."""
    if hangul(an.text):
        return _korean_phrase(an, start, end)
    first = _left(an, start)
    last = _right(an, end)
    found = sites(an, first, last) or _predicated(an, last)
    return NounPhrase(first, last, found, severity(an, first, last))


def _korean_phrase(an: Annotated, start: int, end: int) -> NounPhrase:
    first = korean_phrase.start_of(an, start)
    found = sites(an, first, end)
    place = None
    if not found:
        place = korean_phrase.site_range(an, first) or korean_phrase.subject_range(an, first, end)
    return NounPhrase(first, end, sites(an, *place) if place else found, severity(an, first, end))


PREDICATE = re.compile(
    r"^\s*(?:lesions?\s+)?(?:which |that )?(?:was |were |is |are |appeared |had |has )?(?:\w+ly )?(?:originat\w*|aris\w*|extend\w*|locat\w*|involv\w*|seen|noted|found|situated|"
    r"cent(?:e)?red|infiltrat\w*|compress\w*|invad\w*|occup\w*|abut\w*|encas\w*)(?: and \w+)? ?(?:from|along|in|at|within|into|to|on|over|around)?\s*(?:the|his|her|its)?\s*"
)


def _predicated(an: Annotated, end: int) -> tuple[Site, ...]:
    """Give the site that the verb after a phrase states: "the mass extended along the annulus"."""
    m = PREDICATE.match(an.folded[end:])
    stop = site_end(an, end + m.end()) if m and m.end() else None
    return sites(an, end + m.end(), _right(an, stop)) if m and stop else ()

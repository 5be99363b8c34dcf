"""Affiliations of a page: departments and institutions, and the marks that names refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from converter.model import Affiliation, Span
from converter.sections.cues import HANGUL, Cues
from converter.sections.lines import Line
from converter.sections.names import is_affiliation
from converter.text import clean

SUPERSCRIPT = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")
INSTITUTION = re.compile(
    r"hospital|universit|college|institut|school|cent(?:er|re)|clinic\b|academy|foundation|ministry|medical|병원|대학교|의과대학|의료원|연구소",
    re.IGNORECASE,
)
DEPARTMENT = re.compile(
    r"^(?:from\s+)?(?:the\s+)?(departments?|divisions?|sections?|dept\.?|faculty|units?|service|laboratory)\s+of\s+",
    re.IGNORECASE,
)
SUFFIXED = re.compile(r"\w\s+(?:department|division|section|unit|service|laboratory)$", re.IGNORECASE)
KOREAN_DEPARTMENT = re.compile(r"[가-힣]+(?:의학과|외과|내과|의학교실|교실|학과|과)$")
AFFILIATION_MARK = re.compile(
    r"\^\{(\d{1,2})\}\s*|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}(?=\s*[A-Z가-힣])|(?<![\w.-])\d{1,2}(?=[A-Z가-힣])"
    r"|(?:^|(?<=;\s))\d{1,2}[.)]?\s+(?=[A-Z가-힣])|\((\d{1,2})\)\s*(?=[A-Z가-힣])"
)
LOOSE_END = re.compile(r"(?:[\s;,.]|(?:\band|&|및)\s*$)+$")
"""What parts an affiliation from the next one."""


@dataclass(frozen=True, slots=True)
class Place:
    """An affiliation with the mark that names refer to."""

    mark: str
    affiliation: Affiliation


def places_of(lines: Sequence[Line], cues: Cues) -> tuple[Place, ...]:
    """Read the affiliations; the Korean ones are paired with the English by mark or by order."""
    english: list[Place] = []
    korean: list[Place] = []
    for line in _affiliation_lines(lines, cues):
        target = (
            korean
            if len(re.findall("[가-힣]", line.text)) * 2 > len(re.findall("[A-Za-z]", line.text))
            else english
        )
        if target is english and english and any(p.affiliation.name == "" for p in english):
            continue
        target += [p for p in _on_place_line(line) if not any(same(p, other) for other in target)]
    if not english:
        return tuple(korean)
    return tuple(_paired(place, index, korean, len(english)) for index, place in enumerate(english))


def same(one: Place, other: Place) -> bool:
    return replace(one.affiliation, spans=()) == replace(other.affiliation, spans=())


def _paired(place: Place, index: int, korean: Sequence[Place], count: int) -> Place:
    match = [k for k in korean if k.mark and k.mark == place.mark]
    if not match and len(korean) == count:
        match = [korean[index]]
    if not match:
        return place
    own = match[0].affiliation
    joined = replace(
        place.affiliation,
        name_ko=own.name_ko,
        department_ko=own.department_ko,
        spans=tuple(sorted((*place.affiliation.spans, *own.spans))),
    )
    return replace(place, affiliation=joined)


def _affiliation_lines(lines: Sequence[Line], cues: Cues) -> Iterator[Line]:
    """Give lines of affiliations: not the postal address after "corresponding author", nor a licence."""
    address = -1
    for line in lines:
        if cues.corresponding.match(line.folded.lstrip("* ")):
            address = line.paragraph + 1
        skip = 0 <= address - line.paragraph <= 1 or "orcid" in line.folded or "@" in line.text
        if (
            not skip
            and is_affiliation(line, cues)
            and len(line.text) > (6 if HANGUL.search(line.text) else 12)
            and not cues.licence.found(line.folded)
        ):
            yield line


def _on_place_line(line: Line) -> list[Place]:
    text = line.text
    marks = list(AFFILIATION_MARK.finditer(text))
    inner = DEPARTMENT.match(text) and len(marks) >= 1 and marks[0].start() > 3
    if re.search(r"[가-힣]", text):
        return _korean_places(line, marks)
    if inner:
        return _shared_institution(line, marks)
    if not marks:
        return [Place("", affiliation(text, line.span.start))] if INSTITUTION.search(text) else []
    out: list[Place] = []
    shared = ""
    for m, end in reversed(list(zip(marks, [x.start() for x in marks[1:]] + [len(text)], strict=True))):
        place = affiliation(LOOSE_END.sub("", text[m.end() : end]), line.span.start + m.end())
        if INSTITUTION.search(place.name):
            shared = place.name
        elif shared and place.department:  # "¹Department of A and ²Department of B, X Hospital"
            place = replace(place, name=shared)
        out.insert(0, Place(_mark(m), place))
    return out


def _mark(m: re.Match[str]) -> str:
    return (m.group(1) or m.group(2) or m.group()).translate(SUPERSCRIPT).strip(" .)")


def _shared_institution(line: Line, marks: list[re.Match[str]]) -> list[Place]:
    """Read "Departments of ¹Radiology and ²Cardiology, X Hospital": the institution is everybody's."""
    text = line.text
    last = marks[-1]
    comma = text.find(",", last.end())
    comma = len(text) if comma < 0 else comma
    institution, span = _institution(text[comma:], line.span.start + comma)
    out = []
    for m, end in zip(marks, [x.start() for x in marks[1:]] + [comma], strict=True):
        department = re.sub(r"[\s,]*(?:\band)?\s*$", "", text[m.end() : end])
        left = line.span.start + m.end()
        spans = (Span(left, left + len(department)), *((span,) if span else ()))
        out.append(
            Place(
                _mark(m),
                Affiliation(institution, spans, "", clean(department)),
            )
        )
    return out


def affiliation(text: str, at: int) -> Affiliation:
    m = DEPARTMENT.match(text.strip())
    department = text.strip().split(",")[0].rstrip()
    if not m and (INSTITUTION.search(department) or not SUFFIXED.search(department)):
        department = ""
    institution, _ = _institution(text, at)
    name = department[m.end() :] if m else department
    left = at + len(text) - len(text.lstrip())
    return Affiliation(institution or clean(text), (Span(left, at + len(text.rstrip())),), "", clean(name))


def _institution(text: str, at: int) -> tuple[str, Span | None]:
    """Keep the parts of an address that name an institution, without city and country."""
    kept: list[tuple[int, int]] = []
    start = 0
    for part in text.split(","):
        if INSTITUTION.search(part) and not DEPARTMENT.match(part.strip()):
            kept.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip(" .;"))))
        start += len(part) + 1
    if not kept:
        return "", None
    name = ", ".join(clean(text[a:b]) for a, b in kept)
    return name, Span(at + kept[0][0], at + kept[-1][1])


def _korean_places(line: Line, marks: list[re.Match[str]]) -> list[Place]:
    """Read "X대학교 X병원 ¹영상의학과, ²심장내과" and "¹X병원 내과"."""
    text = line.text
    if not marks:
        return [Place("", _korean_affiliation(text, line.span.start, ""))]
    shared = text[: marks[0].start()].strip(" ,")
    out = []
    for m, end in zip(marks, [x.start() for x in marks[1:]] + [len(text)], strict=True):
        mark = _mark(m)
        out.append(
            Place(
                mark,
                _korean_affiliation(text[m.end() : end].rstrip(" ,;."), line.span.start + m.end(), shared),
            )
        )
    return out


def _korean_affiliation(text: str, at: int, shared: str) -> Affiliation:
    words = text.split()
    department = words[-1] if words and KOREAN_DEPARTMENT.search(words[-1]) else ""
    name = shared or clean(text.removesuffix(department) if department else text)
    left = at + len(text) - len(text.lstrip())
    return Affiliation(
        "", (Span(left, at + len(text.rstrip())),), name, "", department or (clean(text) if shared else "")
    )

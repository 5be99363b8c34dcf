"""Authors and affiliations of a page: names without their marks and degrees, and what the marks bind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from converter.model import Affiliation, Author, Span
from converter.sections.cues import HANGUL, Cues
from converter.sections.lines import Line
from converter.sections.names import is_affiliation, is_authors
from converter.text import clean, fold

SUPERSCRIPT = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹⁰", "1234567890")
ORCID = re.compile(r"(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])(?!\d)")
PART = re.compile(r"[,;·/|]|\s+(?:and|&)\s+|(?<=[\d¹²³⁴⁵⁶⁷⁸⁹⁰*}])\s+(?=[A-Z가-힣])")
MARK = re.compile(r"\^\{([^}]*)\}|([\d¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}(?:\s*,\s*[\d¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2})*)|([*†‡§¶#])")
PARTICLES = "van|von|de|der|den|di|da|del|la|le|bin|al|el|ten|dos|ibn"
NAME = re.compile(
    rf"(?:[A-ZÀ-Þ][\w'’.-]*|(?:{PARTICLES})(?=\s))(?:[ \u00a0](?:[A-ZÀ-Þ][\w'’.-]*|(?:{PARTICLES})\b)){{1,5}}"
)
KOREAN = re.compile(r"[가-힣](?: [가-힣]){1,3}(?![가-힣])|[가-힣]{2,4}")
FOUND_BY = re.compile(r"Find articles by\s+(\S.*?)(?=\s{2,}|\n|$)")
TITLE = re.compile(r"^(?:Dr|Prof|Professor|Mr|Ms|Mrs|A/?Prof)\.?\s+")
NEAR = 220
"""Characters after "corresponding author" in which the name is looked for."""

INSTITUTION = re.compile(
    r"hospital|universit|college|institut|school|cent(?:er|re)|clinic\b|academy|foundation|ministry|medical|병원|대학교|의과대학|의료원|연구소",
    re.IGNORECASE,
)
DEPARTMENT = re.compile(
    r"^(?:from\s+)?(?:the\s+)?(departments?|divisions?|sections?|dept\.?|faculty|units?|service|laboratory)\s+of\s+",
    re.IGNORECASE,
)
KOREAN_DEPARTMENT = re.compile(r"[가-힣]+(?:의학과|외과|내과|의학교실|교실|학과|과)$")
AFFILIATION_MARK = re.compile(
    r"\^\{(\d{1,2})\}\s*|[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,2}(?=\s*[A-Z가-힣])|(?<![\w.-])\d{1,2}(?=[A-Z가-힣])"
    r"|^\d{1,2}[.)]?\s+(?=[A-Z가-힣])|\((\d{1,2})\)\s*(?=[A-Z가-힣])"
)


@dataclass(frozen=True, slots=True)
class Place:
    """An affiliation with the mark that names refer to."""

    mark: str
    affiliation: Affiliation


@dataclass(frozen=True, slots=True)
class Named:
    """A printed name with the marks that follow it."""

    name: str
    span: Span
    marks: frozenset[str] = frozenset()
    degrees: tuple[str, ...] = ()


def people(lines: Sequence[Line], cues: Cues) -> tuple[tuple[Author, ...], tuple[Affiliation, ...]]:
    """Read the authors and their affiliations out of a page's metadata lines."""
    named, places = _dumped(lines)
    if not named:
        named, places = _names(lines, cues), _places(lines, cues)
    korean = _korean(lines, cues)
    if not named:
        named, korean = korean, ()
    orcids = _orcids(lines, named)
    chief = _corresponding(lines, named, cues)
    authors = tuple(
        _author(person, index, korean if len(korean) == len(named) else (), places, orcids, chief)
        for index, person in enumerate(named)
    )
    return (*authors, *_contributors(lines, cues)), tuple(place.affiliation for place in places)


def _author(
    person: Named,
    index: int,
    korean: Sequence[Named],
    places: Sequence[Place],
    orcids: dict[int, tuple[str, Span]],
    chief: int,
) -> Author:
    own = korean[index] if korean else None
    bound = tuple(i for i, place in enumerate(places) if place.mark and place.mark in person.marks)
    if not bound and places and (len(places) == 1 or not any(place.mark for place in places)):
        bound = (0,) if len(places) == 1 else ()
    orcid = orcids.get(index)
    spans = (person.span, *((own.span,) if own else ()), *((orcid[1],) if orcid else ()))
    return Author(
        name=person.name,
        spans=tuple(sorted(spans)),
        name_ko=own.name if own else (person.name if KOREAN.fullmatch(person.name) else ""),
        orcid=orcid[0] if orcid else "",
        affiliations=bound,
        corresponding=index == chief,
        degrees=person.degrees,
    )


def _names(lines: Sequence[Line], cues: Cues) -> tuple[Named, ...]:
    """Find the authors' names on lines of names, in order."""
    out: list[Named] = []
    for line in lines:
        latin = not ORCID.search(line.text) and not KOREAN.search(line.text)
        if latin and is_authors(line, cues) and not is_affiliation(line, cues):
            out += [n for n in _on_line(line, cues) if n.name not in {o.name for o in out}]
        elif out and is_affiliation(line, cues):
            break
    return tuple(out)


def _dumped(lines: Sequence[Line]) -> tuple[tuple[Named, ...], tuple[Place, ...]]:
    """Read "NAME Department of ... Find articles by NAME" of a page dumped with its navigation."""
    named: list[Named] = []
    places: list[Place] = []
    for line in lines:
        at = 0
        for m in FOUND_BY.finditer(line.text):
            name, before = clean(m.group(1)), line.text[at : m.start()].rstrip()
            at = m.end()
            left = before.rfind(m.group(1))
            address = before[left + len(m.group(1)) :].strip() if left >= 0 else ""
            marks: frozenset[str] = frozenset()
            if INSTITUTION.search(address):
                start = line.span.start + line.text.rfind(address, 0, m.start())
                place = _affiliation(address.rstrip("."), start)
                known = [p for p in places if _same(p, Place("", place))]
                marks = frozenset({known[0].mark if known else str(len(places) + 1)})
                places += [] if known else [Place(str(len(places) + 1), place)]
            first = line.span.start + line.text.find(m.group(1))
            named.append(Named(name, Span(first, first + len(m.group(1))), marks))
    return tuple(named), tuple(places)


def _korean(lines: Sequence[Line], cues: Cues) -> tuple[Named, ...]:
    for line in lines:
        if is_authors(line, cues) and KOREAN.search(line.text) and not is_affiliation(line, cues):
            found = tuple(n for n in _on_line(line, cues) if KOREAN.fullmatch(n.name))
            if found:
                return found
    return ()


def _on_line(line: Line, cues: Cues) -> list[Named]:
    """Take a line of names apart; a degree or a mark belongs to the name before it."""
    out: list[Named] = []
    for start, end in _pieces(line.text):
        raw = line.text[start:end]
        marks = frozenset(x.strip() for m in MARK.finditer(raw) for x in _marks(m) if x.strip())
        bare = MARK.sub(lambda m: " " * len(m.group()), raw)
        degrees = tuple(clean(m.group()).upper().replace(".", "") for m in cues.degree.finditer(fold(bare)))
        m = NAME.search(_blanked(bare, cues)) or KOREAN.search(bare)
        if m:
            title = TITLE.match(m.group())
            left = m.start() + (title.end() if title else 0)
            text = bare[left : m.end()].rstrip(" .,")
            at = line.span.start + start + left
            name = clean(text).replace(" ", "") if HANGUL.search(text) else clean(text)
            out.append(Named(name, Span(at, at + len(text)), marks, degrees))
        elif out and (marks or degrees):
            out[-1] = replace(out[-1], marks=out[-1].marks | marks, degrees=(*out[-1].degrees, *degrees))
    return out


def _blanked(text: str, cues: Cues) -> str:
    """Blank out degrees, which look like names."""
    return "".join(
        " " if any(m.start() <= i < m.end() for m in cues.degree.finditer(fold(text))) else c
        for i, c in enumerate(text)
    )


def _marks(m: re.Match[str]) -> list[str]:
    text = (m.group(1) or m.group(2) or m.group(3) or "").translate(SUPERSCRIPT)
    return [x for part in text.split(",") for x in re.findall(r"\d+|[^\d\s]", part)]


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for m in PART.finditer(text):
        if text.count("{", 0, m.start()) == text.count("}", 0, m.start()):
            yield at, m.start()
            at = m.end()
    yield at, len(text)


def _orcids(lines: Sequence[Line], named: Sequence[Named]) -> dict[int, tuple[str, Span]]:
    """Bind each ORCID to the author whose name stands last before it, within two lines."""
    out: dict[int, tuple[str, Span]] = {}
    previous = ""
    for line in lines:
        at = 0
        for m in ORCID.finditer(line.text):
            before = line.text[at : m.start()]
            index = _last_named(before, named)
            if index < 0:
                index = _last_named(previous, named)
            if index >= 0 and index not in out:
                out[index] = (
                    m.group(1).upper(),
                    Span(line.span.start + m.start(), line.span.start + m.end()),
                )
            at = m.end()
        previous = line.text
    return out


def _last_named(text: str, named: Sequence[Named]) -> int:
    words = " ".join(text.split())
    places = [(words.rfind(person.name), index) for index, person in enumerate(named)]
    at, index = max(places, default=(-1, -1))
    return index if at >= 0 else -1


def _corresponding(lines: Sequence[Line], named: Sequence[Named], cues: Cues) -> int:
    text = " ".join(line.text for line in lines)
    for m in cues.corresponding.pattern.finditer(fold(text)):
        near = " ".join(text[m.end() : m.end() + NEAR].split())
        found = [(near.find(person.name), index) for index, person in enumerate(named) if person.name in near]
        if found:
            return min(found)[1]
    starred = [index for index, person in enumerate(named) if "*" in person.marks]
    return starred[0] if len(starred) == 1 else -1


def _contributors(lines: Sequence[Line], cues: Cues) -> Iterator[Author]:
    for line in lines:
        m = cues.contributor.match(line.folded)
        if m:
            rest = line.text[m.end() :]
            name = TITLE.sub("", rest.strip(" :\t"))
            if name and len(name) < 60:
                at = line.span.start + m.end() + rest.index(name)
                yield Author(clean(name), (Span(at, at + len(name)),), contributor=True)


def _places(lines: Sequence[Line], cues: Cues) -> tuple[Place, ...]:
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
        target += [p for p in _on_place_line(line) if not any(_same(p, other) for other in target)]
    if not english:
        return tuple(korean)
    return tuple(_paired(place, index, korean, len(english)) for index, place in enumerate(english))


def _same(one: Place, other: Place) -> bool:
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
        if cues.corresponding.pattern.match(line.folded.lstrip("* ")):
            address = line.paragraph + 1
        skip = 0 <= address - line.paragraph <= 1 or "orcid" in line.folded or "@" in line.text
        if (
            not skip
            and is_affiliation(line, cues)
            and len(line.text) > 12
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
        return [Place("", _affiliation(text, line.span.start))] if INSTITUTION.search(text) else []
    out = []
    for m, end in zip(marks, [x.start() for x in marks[1:]] + [len(text)], strict=True):
        mark = _mark(m)
        out.append(Place(mark, _affiliation(text[m.end() : end].rstrip(" ;,."), line.span.start + m.end())))
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


def _affiliation(text: str, at: int) -> Affiliation:
    m = DEPARTMENT.match(text.strip())
    department = text.strip().split(",")[0] if m else ""
    institution, _ = _institution(text, at)
    name = department[m.end() :] if m else ""
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

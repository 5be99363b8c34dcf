"""Authors and affiliations of a page: names without their marks and degrees, and what the marks bind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from converter.extractors.publication_places import (
    INSTITUTION,
    SUPERSCRIPT,
    Place,
    affiliation,
    places_of,
    same,
)
from converter.model import Affiliation, Author, Span
from converter.sections.cues import HANGUL, Cues
from converter.sections.lines import Line
from converter.sections.names import is_affiliation, is_authors
from converter.text import clean, fold

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
BY = re.compile(r"(?:by|authors?|저자)\s*:\s*|by\s+(?=[A-Z])", re.IGNORECASE)
NEAR = 220
"""Characters after "corresponding author" in which the name is looked for."""


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
        named, places = _names(lines, cues), places_of(lines, cues)
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
    for whole in lines:
        line = _byline(whole, cues)
        latin = not ORCID.search(line.text) and not KOREAN.search(line.text)
        if latin and is_authors(line, cues) and not is_affiliation(line, cues):
            out += [n for n in _on_line(line, cues) if n.name not in {o.name for o in out}]
        elif out and is_affiliation(line, cues):
            break
    return tuple(out)


def _byline(line: Line, cues: Cues) -> Line:
    """Drop "By" before names, and what follows them of a correspondence address on the same line."""
    start = m.end() if (m := BY.match(line.text)) else 0
    address = cues.corresponding.search(line.folded, start + 3)
    end = len(line.text[: address.start()].rstrip(" .;:*†(")) if address else len(line.text)
    if end <= start:
        return line
    span = Span(line.span.start + start, line.span.start + end)
    return replace(line, span=span, text=line.text[start:end], folded=line.folded[start:end])


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
                place = affiliation(address.rstrip("."), start)
                known = [p for p in places if same(p, Place("", place))]
                marks = frozenset({known[0].mark if known else str(len(places) + 1)})
                places += [] if known else [Place(str(len(places) + 1), place)]
            first = line.span.start + line.text.find(m.group(1))
            named.append(Named(name, Span(first, first + len(m.group(1))), marks))
    return tuple(named), tuple(places)


def _korean(lines: Sequence[Line], cues: Cues) -> tuple[Named, ...]:
    """Find the Korean names: on one line, or on several with nothing of an address between."""
    out: list[Named] = []
    for whole in lines:
        line = _byline(whole, cues)
        if is_authors(line, cues) and KOREAN.search(line.text) and not is_affiliation(line, cues):
            known = {n.name for n in out}
            out += [n for n in _on_line(line, cues) if KOREAN.fullmatch(n.name) and n.name not in known]
        elif out:
            break
    return tuple(out)


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
    for m in cues.corresponding.finditer(fold(text)):
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

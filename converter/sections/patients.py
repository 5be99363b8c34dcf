"""Share the sections out among the patients of a report, so that no two people become one.

A case series gives each of its patients sections of their own; what belongs to somebody else, or to nobody
in particular, stands there as ``SectionKind.OTHERS``. A report of one patient comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from converter.issues import Issue
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind
from converter.sections.families import by_role, mother_and_child
from converter.sections.labels import announces, labels, of_all
from converter.sections.pieces import NOBODY, Piece, cut_pieces, retells
from converter.sections.remarks import AGE, clipped
from converter.text import fold

CLOSING = frozenset({SectionKind.DISCUSSION, SectionKind.INTRODUCTION, SectionKind.REFERENCES})


@dataclass(frozen=True, slots=True)
class Share:
    """One patient's view of the report."""

    number: int
    """As printed: 2 for "Case 2" or "Patient B"; 0 where the report has one patient."""
    sections: tuple[Section, ...]


def share(document: Document, sections: Sequence[Section]) -> tuple[tuple[Share, ...], tuple[Issue, ...]]:
    """Give each patient's sections, in the order in which the patients appear."""
    pieces = cut_pieces(document.text, sections)
    owners = owned(pieces, sections) or by_role(pieces, sections) or restarted(pieces, sections)
    family = () if owners else mother_and_child(pieces, sections)
    owners = owners or family
    several = bool(owners) or _several(document.text, sections, pieces)
    if not several:
        return (Share(0, tuple(sections)),), ()
    found = _figures(document.text, sections, pieces, owners or (NOBODY,) * len(pieces))
    numbers = tuple(sorted({*owners, *found.values()} - {NOBODY}))
    issue = Issue.of("DOC009", f"{len(numbers)} patients, a bundle each", source=document.name)
    if len(numbers) == 1 and family:
        return (Share(0, _alone(sections, pieces, owners, numbers[0])),), ()
    if len(numbers) < 2:
        owners, numbers = first_only(pieces, sections), (1,)
        issue = Issue.of("PAT001", source=document.name)
    owners = owners or (NOBODY,) * len(pieces)
    shares = (Share(n, _view(sections, pieces, owners, found, n)) for n in numbers)
    return tuple(shares), (issue,)


def _alone(
    sections: Sequence[Section], pieces: Sequence[Piece], owners: Sequence[int], number: int
) -> tuple[Section, ...]:
    """Give one patient all but the sentences of a child or mother who is only mentioned."""
    summed = [number if retells(sections[p.section]) else o for p, o in zip(pieces, owners, strict=True)]
    return _view(sections, pieces, summed, dict.fromkeys(range(len(sections)), number), number)


def owned(pieces: Sequence[Piece], sections: Sequence[Section]) -> tuple[int, ...]:
    """Give the number of the patient of every piece by the labels; empty where they name fewer than two."""
    known = _numbered(pieces, sections)
    if len(set(filter(None, known))) < 2:
        return ()
    own = [not retells(sections[piece.section]) for piece in pieces]
    told_alone = any(n and o for n, o in zip(known, own, strict=True))
    out: list[int] = []
    owner, headed, loose = NOBODY, False, False
    for k, piece in enumerate(pieces):
        if piece.first and _fresh(pieces, k, sections):
            owner, headed = NOBODY, False
        if loose and not piece.clause:
            owner, loose = NOBODY, False
        number = known[k]
        if number and headed and not piece.headed and number != owner and not AGE.search(fold(piece.text)):
            out.append(number)  # in passing: "Patient 1 was his brother."
            continue
        if number:
            owner, headed = number, piece.headed or (headed and number == owner)
            loose = piece.clause or (told_alone and not own[k])  # a summary says the number each time
            out.append(owner)
            continue
        told = _said_of(piece, owner, known)
        owner = owner if told or headed else NOBODY
        out.append(told)
    return tuple(out)


def _fresh(pieces: Sequence[Piece], k: int, sections: Sequence[Section]) -> bool:
    """Tell a section in which nobody is meant until somebody is named."""
    here = pieces[k].section
    last = pieces[k - 1].section if k else -1
    retold = [retells(sections[i]) for i in (here, last) if i >= 0]
    return any(retold) or any(sections[i].kind in CLOSING for i in range(last + 1, here))


def _said_of(piece: Piece, owner: int, known: Sequence[int]) -> int:
    """Give whom a piece without a label of its own is said of."""
    named = {n for label in labels(piece.text) for n in label.numbers}
    if of_all(fold(piece.text)) or len(named) > 1:
        return NOBODY
    return owner or next((n for n in named if n in known), NOBODY)


def _numbered(pieces: Sequence[Piece], sections: Sequence[Section]) -> list[int]:
    """Give each piece the number that it opens with, 0 for none; the first patient may go unnumbered."""
    out: list[int] = []
    seen: list[int] = []
    for piece in pieces:
        number = NOBODY
        if piece.label:
            number = piece.label.numbers[0] if piece.label.numbers else _next(seen)
            seen += [number] if number not in seen else []
        out.append(number)
    body = [k for k, piece in enumerate(pieces) if not retells(sections[piece.section])]
    first = next((k for k in body if out[k]), 0)
    if first and 1 not in {out[k] for k in body}:
        intro = next((k for k in body if k < first and _introduces(pieces[k])), None)
        if intro is not None:
            out[intro] = 1
    return out


def _next(seen: Sequence[int]) -> int:
    return max(seen, default=1) + 1


PERSON = re.compile(
    r"\b(?:man|woman|male|female|boy|girl|patient|infant|neonate|newborn|child|baby|gentleman|lady|adolescent|teenager)\b|남|여|환자|환아"
)
KIN = re.compile(
    r"\b(?:donor|mother|father|brother|sister|son|daughter|wife|husband|uncle|aunt|cousin|parent|colleague)\b"
)
INDEFINITE = re.compile(r"\W*(?:in )?(?:an?|another|one)\s+(?:[\w,'-]+\s+){0,5}?$|\W*$")


def _introduces(piece: Piece) -> bool:
    """Tell a sentence that brings a person in: "A 45-year-old man ..."."""
    folded = fold(piece.text)
    aged = None if piece.clause else AGE.search(folded)
    if aged is None or not INDEFINITE.fullmatch(folded[: aged.start()]):
        return False
    after = folded[aged.start() : aged.end() + 50]
    return bool(PERSON.search(after)) and not KIN.search(after)


def restarted(pieces: Sequence[Piece], sections: Sequence[Section]) -> tuple[int, ...]:
    """Number the patients of a report that brings in one after the other without any label."""
    out: list[int] = []
    people: list[tuple[str, str]] = []
    owner = NOBODY
    for piece in pieces:
        if retells(sections[piece.section]):
            out.append(NOBODY)
            continue
        if _introduces(piece):
            who = _who(fold(piece.text))
            same = [k for k, other in enumerate(people, 1) if _same(who, other)]
            people += [] if same else [who]
            owner = same[0] if same else len(people)
        elif of_all(fold(piece.text)):
            owner = NOBODY
        out.append(owner)
    return tuple(out) if len(people) > 1 else ()


def _several(text: str, sections: Sequence[Section], pieces: Sequence[Piece]) -> bool:
    """Tell whether title, summary or story announce several patients."""
    titles = (text[s.start : s.end] for x in sections if x.kind is SectionKind.TITLE for s in x.spans)
    return any(announces(fold(words)) for words in (*titles, *(piece.text for piece in pieces)))


def first_only(pieces: Sequence[Piece], sections: Sequence[Section]) -> tuple[int, ...]:
    """Give the first patient what is told of one person, until a second comes in; the rest is nobody's."""
    out: list[int] = []
    owner, lost = NOBODY, False
    for piece in pieces:
        folded = fold(piece.text)
        aged = [folded[m.start() : m.end() + 50] for m in AGE.finditer(folded)]
        people = [words for words in aged if PERSON.search(words) or KIN.search(words)]
        another = bool(people) and (owner != NOBODY or len(people) > 1)
        lost = lost or another or (owner != NOBODY and (of_all(folded) or KIN.search(folded) is not None))
        own = not retells(sections[piece.section]) and not lost
        owner = 1 if own and (owner or people) else NOBODY
        out.append(owner if own and not of_all(folded) else NOBODY)
    return tuple(out)


def _who(folded: str) -> tuple[str, str]:
    aged = AGE.search(folded)
    number = re.search(r"\d+", aged.group()) if aged else None
    female = re.search(r"\b(?:woman|female|girl|lady)\b|여", folded[:120])
    male = re.search(r"\b(?:man|male|boy|gentleman)\b|남", folded[:120])
    sex = "" if bool(female) == bool(male) else "f" if female else "m"
    return (number.group() if number else "", sex)


def _same(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """Tell one person told twice: an age may be a year out, a sex may be missing."""
    if a[1] and b[1] and a[1] != b[1]:
        return False
    return not (a[0] and b[0]) or abs(int(a[0]) - int(b[0])) < 2


NUMBER = re.compile(r"S?\d+|[IVX]+\b")


def _figures(
    text: str, sections: Sequence[Section], pieces: Sequence[Piece], owners: Sequence[int]
) -> dict[int, int]:
    """Give each figure its patient: named in the caption, else citing it, else telling round about it."""
    out: dict[int, int] = {}
    for index, section in enumerate(sections):
        if section.kind is not SectionKind.FIGURE:
            continue
        number = NUMBER.search(section.label)
        group = [
            k
            for k, s in enumerate(sections)
            if s.kind is SectionKind.FIGURE and number and _base(s.label) == _base(section.label)
        ]
        own = _named(text, [section])
        named = own or _named(text, [sections[k] for k in group])
        found = named or _cited(_base(section.label), pieces, owners) or _around(section, pieces, owners)
        out[index] = found.pop() if len(found) == 1 else NOBODY
    return out


def _base(label: str) -> str:
    """Give "fig 1" of "Figure 1A"."""
    number = NUMBER.search(label)
    return f"{label[:3].lower()} {number.group()}" if number else label.lower()


def _named(text: str, sections: Sequence[Section]) -> set[int]:
    words = " ".join(text[s.start : s.end] for x in sections for s in x.spans)
    return {n for label in labels(words) for n in label.numbers}


CITED = re.compile(r"\b(fig|tab|그림|표)[a-z]*\.?\s*(S?\d+|[IVX]+\b)", re.IGNORECASE)


def _cited(base: str, pieces: Sequence[Piece], owners: Sequence[int]) -> set[int]:
    said = [
        owner
        for piece, owner in zip(pieces, owners, strict=True)
        for m in CITED.finditer(piece.text)
        if f"{m.group(1).lower()[:3]} {m.group(2)}" == base
    ]
    return set(said) if NOBODY not in said else set()


def _around(section: Section, pieces: Sequence[Piece], owners: Sequence[int]) -> set[int]:
    """Give the patient within whose story the figure stands."""
    at = section.spans[0].start
    before = [o for p, o in zip(pieces, owners, strict=True) if p.span.start < at]
    after = [o for p, o in zip(pieces, owners, strict=True) if p.span.start > at]
    near = {before[-1], after[0]} if before and after else set()
    return near - {NOBODY} if len(near) == 1 else set()


def _view(
    sections: Sequence[Section],
    pieces: Sequence[Piece],
    owners: Sequence[int],
    figures: dict[int, int],
    number: int,
) -> tuple[Section, ...]:
    """Give the sections as one patient has them."""
    told: dict[int, list[tuple[Piece, bool]]] = {}
    for piece, owner in zip(pieces, owners, strict=True):
        told.setdefault(piece.section, []).append((piece, owner == number))
    out: list[Section] = []
    for index, section in enumerate(sections):
        if index in told:
            for mine, run in groupby(told[index], key=lambda pair: pair[1]):
                places = [piece.span for piece, _ in run]
                spans = clipped(places[0].start, places[-1].end, section.spans)
                out.append(replace(section, spans=spans, kind=section.kind if mine else SectionKind.OTHERS))
        elif section.kind in PATIENT_SECTIONS and figures.get(index, NOBODY) != number:
            out.append(replace(section, kind=SectionKind.OTHERS))
        else:
            out.append(section)
    return tuple(replace(section, part=part) for part, section in enumerate(out))

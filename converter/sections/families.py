"""Mother and child, donor and recipient: people of one story who are each treated in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from converter.mappings import load_toml
from converter.model import Section
from converter.sections.cues import heading_key
from converter.sections.pieces import NOBODY, Piece, retells
from converter.text import fold

MOTHER, CHILD = 1, 2
HEAD = re.compile(r"[\s#*\d.]*(?P<role>[^\W\d_][^.:\n]{2,24}?)\s*(?:$|[*]*[.:](?=\s|$))")
EXPECTING = re.compile(
    r"\b(?:gestation\w*|pregnan\w*|(?:primi|multi)?gravida|nulliparous|g\d ?p\d)\b|임신|산모"
)
BROUGHT_IN = re.compile(
    r"\W*(?:an?|our)\s(?:[\w,'-]+\s){0,5}?\d{1,2}[- ]years?[- ]old\b[^.]{0,60}?"
    r"\b(?:woman|female|lady|girl|primigravida|multigravida|gravida|mother)\b"
)
OF_MOTHER = re.compile(
    r"\W*(?:(?:the|our|this|his|her) )?(?:mother|woman|patient|parturient|maternal)\b"
    r"|\W*(?:postpartum|산모|임산부|임신부)"
)
WOMB = re.compile(r"uter[ioa]|placent|hysterectom|cesarean|caesarean|lochia|myometri|postpartum|breastfe")
"""What tells of the mother even where nobody is named."""
OF_CHILD = re.compile(
    r"\W*(?!both\b|mother\b|the mother\b)(?:(?:the|her|an?|this|our) )?(?:[\w-]+ ){0,3}?"
    r"(?:newborn|neonate|infant|baby)(?!\w|['’]s (?:mother|parents?))|\W*(?:신생아|환아|아기|영아)"
)
BORN = re.compile(r"\b(?:deliver\w*|gave birth|birth|born|cesarean|caesarean)\b|분만|출생|출산")
CARE = re.compile(
    r"\b(?:admitted|hospitali[sz]ed|transferred|treated|received|underwent|started|given|administered|intubat\w*|ventilat\w*|surgery|operat\w*"
    r"|resuscitat\w*|transfus\w*|antibiotics?|diagnosed|presented|examination|echocardiogra\w*|ultraso\w*|radiogra\w*|x-ray|ct"
    r"|mri|laborator\w*|blood|serum|showed|revealed|developed)\b|치료|투여|시행|입원"
)
LEAST = 2
"""Sentences of care from which on mother or child is a patient, not just a relative of the other."""


@cache
def _roles() -> dict[str, int]:
    table = load_toml("sections.toml")["number"]["roles"]
    return {heading_key(word): n for n, same in enumerate(table, 1) for word in same}


def by_role(pieces: Sequence[Piece], sections: Sequence[Section]) -> tuple[int, ...]:
    """Give the pieces below headings such as "Mother" and "Newborn"; empty without two of them."""
    out: list[int] = []
    owner = NOBODY
    for piece in pieces:
        lines = [*piece.above.split("\n"), piece.text]
        heads = [
            n for line in lines if (m := HEAD.match(line)) and (n := _roles().get(heading_key(m["role"]), 0))
        ]
        owner = heads[-1] if heads else owner
        out.append(NOBODY if retells(sections[piece.section]) else owner)
    return tuple(out) if len({*out} - {NOBODY}) > 1 else ()


def mother_and_child(pieces: Sequence[Piece], sections: Sequence[Section]) -> tuple[int, ...]:
    """Part a story that begins with a mother-to-be and goes on with her child; empty for any other.

    Who is not treated is a relative only: this one's sentences are nobody's.
    """
    body = [k for k, piece in enumerate(pieces) if _tells(sections[piece.section])]
    folded = [fold(piece.text) for piece in pieces]
    on_child = [k for k in body if OF_CHILD.match(folded[k])]
    first = " ".join(folded[k] for k in body[:3])
    if not on_child or not BROUGHT_IN.match(folded[body[0]]) or not EXPECTING.search(first):
        return ()
    if on_child[0] == body[0] or not any(BORN.search(folded[k]) for k in body if k <= on_child[0]):
        return ()
    owners = _followed(folded, body, on_child)
    cared = [k for k in body if CARE.search(folded[k])]
    named = len([k for k in cared if k in on_child])
    child = named >= LEAST or (named and len([k for k in cared if owners[k] == CHILD]) > LEAST)
    mother = len([k for k in cared if owners[k] == MOTHER]) >= LEAST
    kept = {who for who, treated in ((MOTHER, mother), (CHILD, child)) if treated} or {MOTHER}
    return tuple(owner if owner in kept else NOBODY for owner in owners)


def _tells(section: Section) -> bool:
    return not retells(section) and section.label != "course"


def _followed(folded: Sequence[str], body: Sequence[int], on_child: Sequence[int]) -> list[int]:
    """Give each sentence its person: its first words say who, or it goes on with the one before."""
    boy = any(re.search(r"\b(?:male|boy|son)\b", folded[k]) for k in on_child)
    out = [NOBODY] * len(folded)
    owner = MOTHER
    for k in body:
        pronoun = re.match(r"\W*(?:(he|his|him)|(she|her))\b", folded[k])
        if k in on_child and not CARE.search(folded[k]):
            out[k] = CHILD  # a word on the child, "a healthy girl", and the story goes on
            continue
        if k in on_child or (pronoun and pronoun.group(1) and k > on_child[0]):
            owner = CHILD
        elif OF_MOTHER.match(folded[k]) or WOMB.search(folded[k]) or (pronoun and boy):
            owner = MOTHER
        elif pronoun and owner == CHILD:
            owner = NOBODY  # "she" may be either
        out[k] = owner
    return out

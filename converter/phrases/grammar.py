"""The grammar of finding phrases: head, modifiers, sites, relations -> one Korean noun phrase.

Korean puts everything before the head: side and site first, then relations (with, due to), then the modifiers
in the English order, then the head. A modifier of state becomes a noun behind a site or a quantity ("dilated
bile duct" is 담관 확장). What cannot be read whole stays English, in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from converter.phrases.literals import Item, asides, named_number
from converter.phrases.modifiers import UnreadableError, modifiers, nominal
from converter.phrases.noun import HEADS, Noun, assemble, filled, genitive, listed, polish, render
from converter.phrases.tokens import UnknownWordError, items

BOUNDARY = "pwgx"
Pieces = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """A phrase in Korean, or the English phrase in quotation marks."""

    text: str
    """A noun phrase: 우하엽의 조영증강 결절."""
    complete: bool
    clause: str = ""
    """The same as the subject of a short sentence: 우하엽에 조영증강 결절."""
    predicate: bool = False
    """Whether it is a state that needs no "is present" behind it: 무증상, 경도의 확장."""


@lru_cache(maxsize=8192)
def compose(phrase: str) -> Composed:
    """Put an English finding phrase into Korean; a Korean one stays as it is.

    >>> compose("a small amount of bilateral pleural effusion").text
    '양측 소량의 흉수'
    """
    cleaned = " ".join(phrase.split()).strip(" .,;:-")
    if re.search("[가-힣]", cleaned):
        return Composed(cleaned, True, cleaned)
    plain, aside, unread = asides(cleaned)
    try:
        inner = [_aside(words) for words in unread]
        noun, denial = _read(tuple(items(plain)))
    except (UnknownWordError, UnreadableError, IndexError):
        return Composed(f'"{cleaned}"', False, f'"{cleaned}"')
    suffix = "".join(f"({words})" for words in (*aside, *inner)) + denial
    text, clause = (polish(render(noun, clause=adverbial)) + suffix for adverbial in (False, True))
    return Composed(text, True, clause, noun.predicate)


def _aside(words: str) -> str:
    """Compose what stands in parentheses, a name and its number apart."""
    whole = compose(words)
    if whole.complete:
        return whole.text
    name, number = named_number(words)
    part = compose(name)
    if not (number and part.complete):
        raise UnreadableError
    return f"{part.text} {number}"


def _read(pieces: Pieces) -> tuple[Noun, str]:
    """Read a whole phrase and the word of denial that ends it in Korean."""
    while pieces and pieces[0].role in "dc":
        pieces = pieces[1:]
    while pieces and (pieces[-1].role in "cdg" or pieces[-1].en in DANGLING):
        pieces = pieces[:-1]
    denial = f" {pieces[0].ko}" if pieces and pieces[0].role == "x" else ""
    if denial and any(item.en in CONTRAST for item in pieces):
        raise UnreadableError
    place = 1 if denial else 0
    if pieces and pieces[0].role in "pw":
        complement, place = _phrase(pieces, 1, pieces[0].role)
        noun = Noun(nominal(filled(pieces[0], complement)), "n")
        if place < len(pieces) and pieces[place].role not in "pwg":
            raise UnreadableError
        noun, place = _tail(noun, pieces, place, None)
    else:
        noun, place = _phrase(pieces, place, None)
    if place != len(pieces):
        raise UnreadableError
    return noun, denial


def _phrase(pieces: Pieces, place: int, within: str | None) -> tuple[Noun, int]:
    """Read conjoined noun phrases; ``within`` is the role of the preposition they complete, if any."""
    noun, place = _noun(pieces, place, within)
    parts, joints = [noun], [""]
    while place < len(pieces) and pieces[place].role == "c":
        start = place
        while place < len(pieces) and pieces[place].role in "cd":
            place += 1
        if place >= len(pieces):
            return _coordinate(parts, joints), place
        extended = _extend(parts[-1], pieces, place, within, _joint(pieces[start:place]))
        if extended is not None:
            parts[-1], place = extended
            continue
        if within and (pieces[place].role in BOUNDARY or not _head_follows(pieces, place)):
            return _coordinate(parts, joints), start
        denied = pieces[place].role == "x"
        following, after = _noun(pieces, place + 1 if denied else place, within)
        if within and not _same_kind(noun, following, within, pieces[after:]):
            return _coordinate(parts, joints), start
        if denied:
            following = Noun(f"{render(following)} 없음", "n", True)
        joints.append("," if denied else _joint(pieces[start:place]))
        parts.append(following)
        place = after
    return _coordinate(parts, joints), place


def _same_kind(noun: Noun, following: Noun, within: str, rest: Pieces) -> bool:
    """Tell whether a conjunct still belongs to the preposition before it."""
    if (noun.kind == "test") != (following.kind == "test"):
        return False
    if within == "w":
        return True
    placed = bool(rest) and rest[0].role == "p" and noun.role != "s"
    return following.role == noun.role and not placed


def _extend(
    noun: Noun, pieces: Pieces, place: int, within: str | None, joint: str
) -> tuple[Noun, int] | None:
    """Read what follows a comma or "and" but belongs to the noun before: relations and late modifiers."""
    if pieces[place].role in "pwg":
        attached = _attach(noun, pieces, place, within)
        sites = attached[0].sites if attached else ()
        if attached and joint == "및" and len(sites) > 1 and sites[-2].endswith("의") and sites != noun.sites:
            both = f"{sites[-2][:-1]} 및 {sites[-1]}"
            return replace(attached[0], sites=(*sites[:-2], both)), attached[1]
        return attached
    if within is None and pieces[place].role in "mva" and not _head_follows(pieces, place):
        trailing, after = _trailing(pieces, place)
        return replace(noun, late=(*noun.late, trailing)), after
    return None


def _joint(between: Pieces) -> str:
    """Give the joining word of a run of commas and conjunctions."""
    words = [item.ko for item in between if item.role == "c" and item.ko != ","]
    return words[-1] if words else ","


def _coordinate(parts: list[Noun], joints: list[str]) -> Noun:
    """Join conjuncts; the last one's "of" is shared where the others have nothing of their own."""
    first, last = parts[0], parts[-1]
    if len(parts) == 1:
        return first
    shares = len(parts) == 2 or all(part.role == "q" for part in parts)
    own = any(part.sites or part.owners or part.relations or part.side for part in parts)
    if last.shared and shares and not own:
        bodies = [*(render(part) for part in parts[:-1]), last.shared[1]]
        if first.role == "s":
            return Noun(f"{last.shared[0]} {listed(bodies, joints)}", "s", True)
        return Noun(listed(bodies, joints), first.role, True, owners=(f"{last.shared[0]}의",))
    bare = all(not (part.sites or part.owners or part.relations or part.side) for part in parts[1:])
    if bare and not any(part.late for part in parts[:-1]):
        return replace(
            first, body=listed([first.body, *(part.body for part in parts[1:])], joints), late=last.late
        )
    return Noun(listed([render(part) for part in parts], joints), first.role, True)


def _noun(pieces: Pieces, place: int, within: str | None) -> tuple[Noun, int]:
    """Read a core and what is attached to it."""
    noun, place = _core(pieces, place)
    return _tail(noun, pieces, place, within)


def _tail(noun: Noun, pieces: Pieces, place: int, within: str | None) -> tuple[Noun, int]:
    """Read what is attached behind a core."""
    while place < len(pieces):
        item = pieces[place]
        if item.role == "d":
            place += 1
        elif item.role in BOUNDARY:
            attached = _attach(noun, pieces, place, within)
            if attached is None:
                return noun, place
            noun, place = attached
        elif item.role in "mva" and within is None:
            trailing, place = _trailing(pieces, place)
            noun = replace(noun, late=(*noun.late, trailing))
        else:
            break
    return noun, place


def _trailing(pieces: Pieces, place: int) -> tuple[str, int]:
    """Read modifiers behind the head: "mass 3 cm in diameter", "lesion enhancing heterogeneously"."""
    end = place
    while end < len(pieces) and (pieces[end].role in "mvad" or _joins_modifiers(pieces, end)):
        end += 1
    run = [item for item in pieces[place:end] if item.role != "d"]
    ordered = [item for item in run if item.role == "a"] + [item for item in run if item.role != "a"]
    moved = ordered != run and not run[0].ko.startswith(("조영증강", "석회화")) and run[0].role != "v"
    if not ordered or moved or (ordered[-1].role == "a" and len(ordered) > 1):
        raise UnreadableError
    return modifiers(ordered), end


def _joins_modifiers(pieces: Pieces, place: int) -> bool:
    """Tell whether a conjunction stands between two modifiers."""
    follows = place + 1 < len(pieces) and pieces[place + 1].role in "mv"
    return pieces[place].role == "c" and follows and not _head_follows(pieces, place + 1)


def _attach(noun: Noun, pieces: Pieces, place: int, within: str | None) -> tuple[Noun, int] | None:
    """Attach one prepositional phrase or relation, or None where it belongs further out."""
    item = pieces[place]
    if item.role == "x":
        item = replace(item, role="w", ko="~이/가 없는")
    of_like = _of_like(item, noun)
    if within in ("p", "g") and not of_like and (within == "g" or item.role == "w" or item.en not in NESTING):
        return None
    if noun.predicate and item.en == "to":
        raise UnreadableError
    complement, after = _phrase(pieces, place + 1, "g" if of_like else item.role)
    if noun.predicate and item.en == "in" and complement.role in "qf":
        return replace(noun, body=f"{render(complement)} {noun.body}", predicate=False), after
    if of_like and (noun.role != "s" or item.role == "g"):
        own = (render(complement), render(noun)) if noun.role in "nqs" and complement.role == "s" else None
        return replace(genitive(noun, complement), shared=own), after
    if item.en.endswith("from") and after < len(pieces) and pieces[after].en == "to":
        second, after = _phrase(pieces, after + 1, "p")
        verb = item.ko.removeprefix("~에서").strip()
        text = f"{render(complement)}에서 {render(second)}까지" + (f" {verb}" if verb else "의")
        return replace(noun, sites=(*noun.sites, text)), after
    text = filled(item, complement)
    adverb = pieces[after] if after < len(pieces) and pieces[after].role == "a" else None
    if adverb and (after + 1 == len(pieces) or pieces[after + 1].role in "cpw"):
        text, after = re.sub(r"([을를]) (\S+)$", rf"\1 {adverb.ko} \2", text), after + 1
    if item.role == "p":
        return replace(noun, sites=(*noun.sites, text)), after
    return replace(noun, relations=(*noun.relations, text)), after


DANGLING = frozenset(("for", "within", "without", "in", "with", "at", "to", "as", "from", "by", "on"))
"""Prepositions that a cut phrase may end in."""
CONTRAST = frozenset(("but", "yet", "though", "although"))
"""Conjunctions at which a denial ends."""
NESTING = frozenset(("at", "of", "between", "adjacent to", "near", "around"))
"""Prepositions of place that may stand inside a place."""


def _of_like(item: Item, noun: Noun) -> bool:
    """Tell whether a preposition means "of" here: increase in size, metastasis to the liver."""
    return (
        item.role == "g"
        or (item.en in ("in", "to") and noun.kind == "in")
        or (item.en == "to" and noun.role == "n")
    )


def _core(pieces: Pieces, place: int) -> tuple[Noun, int]:
    """Read modifiers and head: everything up to a preposition, or to a conjunction behind a head."""
    end, seen_head = place, False
    while end < len(pieces) and pieces[end].role not in BOUNDARY:
        item = pieces[end]
        ended = end > place and pieces[end - 1].role in (*HEADS, "d") and seen_head
        if item.role == "c" and (ended or not _continues(pieces, end + 1)):
            break
        if seen_head and item.role in "mvak" and not _head_follows(pieces, end):
            break
        seen_head = seen_head or item.role in HEADS
        end += 1
    run = [item for item in pieces[place:end] if item.role != "d"]
    while run and run[-1].role == "c":
        run.pop()
        end -= 1
    if not run:
        raise UnreadableError
    return replace(assemble(run), kind=run[-1].form if run[-1].role in "nqf" else ""), end


def _head_follows(pieces: Pieces, place: int) -> bool:
    """Tell whether a head comes before the next boundary."""
    for item in pieces[place:]:
        if item.role in HEADS:
            return True
        if item.role in BOUNDARY:
            return False
    return False


def _continues(pieces: Pieces, place: int) -> bool:
    """Tell whether a conjunction joins modifiers: of a head still to come, or of none at all."""
    if _head_follows(pieces, place):
        return True
    return place < len(pieces) and pieces[place].role in "mval"

"""The grammar of finding phrases: head, modifiers, sites, relations -> one Korean noun phrase.

Korean puts everything before the head: side and site first, then relations (with, due to), then the modifiers in
the English order, then the head. A modifier of state becomes a noun behind a site or a quantity ("dilated bile duct"
is 담관 확장). What cannot be read whole stays English, in quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from converter.phrases.lexicon import lexicon
from converter.phrases.particles import particle
from converter.phrases.tokens import Item, UnknownWord, items

HEADS = "nqfs"
_VERBAL = {"한": "하고", "은": "고", "큰": "크고", "긴": "길고", "른": "르고", "운": None, "인": "이고", "난": None}
_PAIR = re.compile(r"~([가-힣]+/[가-힣]+)")


@dataclass(frozen=True, slots=True)
class Composed:
    """A phrase in Korean, or the English phrase in quotation marks."""

    text: str
    """A noun phrase: 우하엽의 조영증강 결절."""
    complete: bool
    clause: str = ""
    """The same as the subject of a short sentence: 우하엽에 조영증강 결절."""


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase while it grows."""

    body: str
    role: str
    modified: bool = False
    side: str = ""
    sites: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    """What "of" adds that is no place: 종괴의 (현저한 크기 증가)."""
    relations: tuple[str, ...] = ()
    premodifiers: str = ""
    """What stands before a focus word, so that its "of" can go between."""
    change: bool = False
    """Whether the head is a change, whose "in" means "of": increase in size."""
    shared: tuple[str, str] | None = None
    """(Y, X) of "X of Y", which "W and X of Y" shares."""


class Unreadable(Exception):
    """A phrase whose structure the grammar does not cover."""


@lru_cache(maxsize=8192)
def compose(phrase: str) -> Composed:
    """Put an English finding phrase into Korean.

    >>> compose("a small amount of bilateral pleural effusion").text
    '양측 소량의 흉수'
    """
    cleaned = " ".join(phrase.split()).strip(" .,;:-")
    try:
        pieces = items(cleaned)
        while pieces and pieces[0].role == "d":
            pieces = pieces[1:]
        negated = bool(pieces) and pieces[0].role == "x"
        noun, place = _phrase(tuple(pieces), 1 if negated else 0, None)
        if place != len(pieces):
            raise Unreadable
    except (UnknownWord, Unreadable, IndexError):
        return Composed(f'"{cleaned}"', False, f'"{cleaned}"')
    suffix = f" {pieces[0].ko}" if negated else ""
    return Composed(_join(render(noun)) + suffix, True, _join(render(noun, clause=True)) + suffix)


def render(noun: Noun, clause: bool = False) -> str:
    """Write a noun phrase out; in a clause the sites take 에."""
    sites = [re.sub(r"의$", "에", site) if clause else site for site in noun.sites]
    side = noun.side
    if side and sites:
        sites[0], side = f"{side} {sites[0]}", ""
    return " ".join(part for part in (*sites, *noun.owners, *noun.relations, side, noun.body) if part)


def _join(text: str) -> str:
    """Drop the first of two adjoining 의 and mend spaces."""
    text = re.sub(r"(?<=[가-힣])의 ((?:\S+ )?\S+[가-힣])의(?= )", r"의 \1", " ".join(text.split()))
    return text.replace(" +", "")


def _phrase(pieces: tuple[Item, ...], place: int, within: str | None) -> tuple[Noun, int]:
    """Read conjoined noun phrases; ``within`` is the role of the preposition they complete, if any."""
    noun, place = _noun(pieces, place, within)
    parts, joints = [noun], [""]
    while place < len(pieces) and pieces[place].role == "c":
        start = place
        while place < len(pieces) and pieces[place].role in "cd":
            place += 1
        if place >= len(pieces):
            raise Unreadable
        if pieces[place].role in "pwg":
            relation = _attach(parts[-1], pieces, place, within)
            if relation is None:
                return _coordinate(parts, joints, pieces), start
            parts[-1], place = relation
            continue
        following, after = _noun(pieces, place, within)
        if within and (following.role != noun.role or (within == "g" and following.role != noun.role)):
            return _coordinate(parts, joints, pieces), start
        joints.append(_joint(pieces[start:place]))
        parts.append(following)
        place = after
    return _coordinate(parts, joints, pieces), place


def _joint(between: tuple[Item, ...]) -> str:
    """Give the joining word of a run of commas and conjunctions."""
    words = [item.ko for item in between if item.role == "c" and item.ko != ","]
    return words[-1] if words else ","


def _coordinate(parts: list[Noun], joints: list[str], pieces: tuple[Item, ...]) -> Noun:
    """Join conjuncts; sites and relations of bare leading ones are shared where the last has an "of"."""
    if len(parts) == 1:
        return parts[0]
    first, last = parts[0], parts[-1]
    if last.shared and not any(part.sites or part.owners or part.relations for part in parts[:-1]):
        bodies = [*(render(part) for part in parts[:-1]), last.shared[1]]
        return Noun(_listed(bodies, joints), first.role, True, owners=(f"{last.shared[0]}의",))
    plain = all(not (part.sites or part.relations or part.side) for part in parts[1:])
    bodies = [first.body if plain else render(first)] + [render(part) for part in parts[1:]]
    text = _listed(bodies, joints)
    if plain:
        return replace(first, body=text)
    return Noun(text, first.role, True)


def _listed(bodies: list[str], joints: list[str]) -> str:
    """Write a list out: A, B 및 C."""
    text = bodies[0]
    for joint, body in zip(joints[1:], bodies[1:], strict=True):
        text += ", " + body if joint == "," else f" {joint} " + body
    return text


def _noun(pieces: tuple[Item, ...], place: int, within: str | None) -> tuple[Noun, int]:
    """Read a core and what is attached to it."""
    noun, place = _core(pieces, place)
    while place < len(pieces):
        item = pieces[place]
        if item.role == "d":
            place += 1
        elif item.role in "pwg":
            attached = _attach(noun, pieces, place, within)
            if attached is None:
                return noun, place
            noun, place = attached
        elif item.role in "mvaf" and within is None:
            trailing, place = _trailing(pieces, place)
            noun = replace(noun, relations=(*noun.relations, trailing))
        else:
            break
    return noun, place


def _trailing(pieces: tuple[Item, ...], place: int) -> tuple[str, int]:
    """Read modifiers that stand behind the head: "mass 3 cm in diameter", "lesion enhancing heterogeneously"."""
    end = place
    while end < len(pieces) and pieces[end].role in "mvad":
        end += 1
    if end == place:
        raise Unreadable
    run = [item for item in pieces[place:end] if item.role != "d"]
    ordered = [item for item in run if item.role == "a"] + [item for item in run if item.role != "a"]
    if ordered[-1].role == "a":
        raise Unreadable
    return _modifiers(ordered), end


def _attach(noun: Noun, pieces: tuple[Item, ...], place: int, within: str | None) -> tuple[Noun, int] | None:
    """Attach one prepositional phrase or relation, or None where it belongs further out."""
    item = pieces[place]
    of_like = item.role == "g" or (item.en in ("in", "to") and noun.change) or (item.en == "to" and noun.role == "n")
    if within in ("p", "g") and not of_like and item.role != "g":
        if within == "g" or item.role == "w":
            return None
        if item.en not in ("at", "of", "between", "adjacent to", "near"):
            return None
    complement, after = _phrase(pieces, place + 1, "g" if of_like else item.role)
    if of_like and (noun.role != "s" or item.role == "g"):
        own = (render(complement), render(noun)) if noun.role in "nq" and complement.role == "s" else None
        return replace(_genitive(noun, complement), shared=own), after
    if item.ko.startswith("~에서") and item.en.endswith("from") and after < len(pieces) and pieces[after].en == "to":
        second, after = _phrase(pieces, after + 1, "p")
        verb = item.ko.removeprefix("~에서").strip()
        text = f"{render(complement)}에서 {render(second)}까지" + (f" {verb}" if verb else "의")
        return replace(noun, sites=(*noun.sites, text)), after
    text = _filled(item, complement)
    if item.role == "p":
        return replace(noun, sites=(*noun.sites, text)), after
    return replace(noun, relations=(*noun.relations, text)), after


def _filled(item: Item, complement: Noun) -> str:
    """Put a complement into its preposition's form."""
    text = render(complement)
    template = item.ko
    if item.en == "on":
        template = "~의" if complement.role == "s" else "~에서"
    if item.en == "between":
        text = re.sub(r"(\S+) 및 ", lambda match: particle(match.group(1), "과/와") + " ", text, count=1)
    pair = _PAIR.search(template)
    return _PAIR.sub(lambda match: particle(text, match.group(1)), template) if pair else template.replace("~", text)


def _genitive(noun: Noun, complement: Noun) -> Noun:
    """Put "X of Y" into Korean: Y X; Y의 X where either is modified; focus words let Y in between."""
    text = render(complement)
    if noun.role == "f":
        head = noun.body.removeprefix(noun.premodifiers).strip()
        return replace(noun, body=f"{noun.premodifiers} {text} {head}".strip(), role="n", premodifiers="")
    if noun.role == "s" and complement.role == "s":
        joined = f"{text}{noun.body}" if noun.body.startswith("+") else f"{text} {noun.body}"
        side = complement.side
        return replace(noun, body=_join(joined), side=noun.side or side)
    if noun.modified or noun.side or noun.sites or complement.modified or text.count(" ") > 1:
        if complement.role == "s" and noun.role == "n":
            return replace(noun, sites=(*noun.sites, f"{text}의"))
        return replace(noun, owners=(*noun.owners, f"{text}의"))
    return replace(noun, body=f"{text} {noun.body.lstrip('+')}")


def _core(pieces: tuple[Item, ...], place: int) -> tuple[Noun, int]:
    """Read modifiers and head: everything up to a preposition, or to a conjunction behind a head."""
    end, seen_head = place, False
    while end < len(pieces) and pieces[end].role not in "pwgx":
        item = pieces[end]
        if item.role == "c" and (seen_head or not _modifier_follows(pieces, end)):
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
        raise Unreadable
    return replace(_assemble(run), change=run[-1].form == "in"), end


def _modifier_follows(pieces: tuple[Item, ...], place: int) -> bool:
    """Tell whether a conjunction joins two modifiers of one head that is still to come."""
    return _head_follows(pieces, place + 1)


def _head_follows(pieces: tuple[Item, ...], place: int) -> bool:
    """Tell whether a head comes before the next boundary."""
    for item in pieces[place:]:
        if item.role in HEADS:
            return True
        if item.role in "pwgx":
            return False
    return False


def _assemble(run: list[Item]) -> Noun:
    """Build the core of a noun phrase from its items."""
    head = run[-1]
    before = run[:-1]
    if head.role not in HEADS:
        if head.role in "mv" and head.form and head.role == "v":
            return _stateful(before, [], head)
        if head.role == "l":
            return Noun(" ".join(item.ko for item in run), "s")
        raise Unreadable
    lead, site = _split_site(before, head)
    state = _state_index(lead) if head.role in "sq" else None
    if state is not None and not any(item.role == "c" for item in lead[state:]):
        return _with_state(lead, state, site, head)
    return _plain(lead, site, head)


def _split_site(before: list[Item], head: Item) -> tuple[list[Item], list[Item]]:
    """Split off the sides, sites and nouns that stand right before the head."""
    cut = len(before)
    while cut and before[cut - 1].role in ("r", "s", "l", "n", "q", "f"):
        cut -= 1
    return before[:cut], before[cut:]


def _state_index(lead: list[Item]) -> int | None:
    """Give the place of the last modifier if it is one of state with a noun of its own."""
    return len(lead) - 1 if lead and lead[-1].role == "v" and lead[-1].form else None


def _with_state(lead: list[Item], state: int, site: list[Item], head: Item) -> Noun:
    """Turn "mildly dilated left atrium" into 좌심방의 경도 확장."""
    verb = lead[state]
    degrees: list[Item] = []
    rest = lead[:state]
    while rest and rest[-1].role == "a":
        degrees = [rest[-1], *degrees]
        rest = rest[:-1]
    body = _nouns([*site, head])
    degree = " ".join(item.form or item.ko for item in degrees)
    text = f"{body}의 {degree} {verb.form}" if degree else f"{body} {verb.form}"
    before = _modifiers(rest) if rest else ""
    side = ""
    if rest and all(item.role == "l" for item in rest):
        side, before = " ".join(item.ko for item in rest), ""
    return Noun(_join(f"{before} {text}"), "n" if head.role == "s" else "q", bool(before), side, premodifiers=before)


def _stateful(before: list[Item], site: list[Item], head: Item) -> Noun:
    """Make a noun of a modifier that stands alone: "mildly dilated" -> 경도의 확장."""
    degree = " ".join(item.form if item.role == "a" and item.form else item.ko for item in before)
    return Noun(f"{degree} {head.form}".strip(), "n", bool(degree))


def _plain(lead: list[Item], site: list[Item], head: Item) -> Noun:
    """Put sides and sites before the other modifiers."""
    sides = [item for item in lead if item.role == "l"]
    others = [item for item in lead if item.role != "l"]
    if head.role == "s":
        text = _nouns([*sides, *site, head])
        before = _modifiers(others) if others else ""
        return Noun(f"{before} {text}".strip(), "s", bool(before), premodifiers=before)
    if site and site[0].role == "l" and others and any(item.role in "sr" for item in site):
        place = max(i for i, item in enumerate(site) if item.role in "sr") + 1
        moved, nouns = site[:place], site[place:]
        before = _modifiers(others)
        return Noun(f"{before} {_nouns([*nouns, head])}", head.role, True, sites=(_nouns(moved) + "의",), premodifiers=before)
    bare = [item for item in site if item.role == "l"] if not any(item.role in "sr" for item in site) else []
    inner = [item for item in site if item not in bare]
    side = " ".join(item.ko for item in (*sides, *bare))
    before = _modifiers(others) if others else ""
    if side and before and sited(head):
        return Noun(f"{before} {side} {_nouns([*inner, head])}", head.role, True, premodifiers=before)
    return Noun(f"{before} {_nouns([*inner, head])}".strip(), head.role, bool(before), side, premodifiers=before)


def sited(head: Item) -> bool:
    """Tell whether a head's own English begins with a site ("renal mass"), which the side must stay next to."""
    first = head.en.split(" ")[0]
    entry = lexicon().get((first,))
    return " " in head.en and entry is not None and entry.role in "rs" and not head.en.startswith("pleural")


def _nouns(run: list[Item]) -> str:
    """Join nouns; a suffix noun (+벽) goes without a space behind a site of one word."""
    text = ""
    for item in run:
        if item.role == "d":
            continue
        if item.ko.startswith("+"):
            text += item.ko[1:] if text and "가" <= text[-1] <= "힣" else " " + item.ko[1:]
        else:
            text += " " + item.ko
    return text.strip()


def _modifiers(run: list[Item]) -> str:
    """Write modifiers in their order: adverbs before theirs, 크고 치밀한, 낭성 및 고형."""
    out: list[str] = []
    for index, item in enumerate(run):
        following = run[index + 1] if index + 1 < len(run) else None
        if item.role == "c":
            if item.ko != ",":
                out.append(item.ko)
        elif item.role == "a":
            out.append(item.ko if following and following.role in "mv" else item.form or item.ko)
        elif item.role == "m" and following and following.role == "m":
            out.append(_connective(item))
        elif item.role == "m" and following and following.role == "c" and index + 2 < len(run):
            joined = _connective(item)
            out.append(item.ko if joined == item.ko else joined)
        else:
            out.append(item.ko)
    text = " ".join(out)
    text = re.sub(r"고 및 ", "고 ", text)
    return re.sub(r"의 (및|또는) ", r" \1 ", text)


def _connective(item: Item) -> str:
    """Give the form before a further verbal modifier: 큰 -> 크고, 치밀한 -> 치밀하고."""
    if item.form:
        return item.form
    ending = _VERBAL.get(item.ko[-1:])
    if ending is None:
        return item.ko
    return item.ko[:-1] + ending

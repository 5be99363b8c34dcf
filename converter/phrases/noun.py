"""The Korean side of the grammar: how items become the text of one noun phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from converter.phrases.lexicon import lexicon
from converter.phrases.particles import particle
from converter.phrases.tokens import Item

HEADS = "nqfs"
_CONNECTIVE = {"한": "하고", "은": "고", "큰": "크고", "긴": "길고", "른": "르고", "인": "이고"}
_NOMINAL = {
    "한": "함", "된": "됨", "은": "음", "큰": "큼", "긴": "긺", "른": "름", "인": "임", "는": "음", "진": "짐", "린": "림",
    "난": "남", "운": "움", "온": "옴", "친": "침", "킨": "킴", "른다": "름", "든": "듦", "찬": "참",
}  # fmt: skip
_SHORT = {"되는": "됨", "하는": "함", "이는": "임", "지는": "짐", "리는": "림", "가는": "감", "오는": "옴", "키는": "킴"}
_PAIR = re.compile(r"~([가-힣]+/[가-힣]+)")


class UnreadableError(Exception):
    """A phrase whose structure the grammar does not cover."""


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
    predicate: bool = False
    """Whether it is a modifier made a noun: "normal" in "normal in size"."""


def render(noun: Noun, clause: bool = False) -> str:
    """Write a noun phrase out; in a clause the sites take 에."""
    sites = [re.sub(r"의$", "에", site) if clause else site for site in noun.sites]
    side = noun.side
    if side and sites:
        sites[0], side = f"{side} {sites[0]}", ""
    return " ".join(part for part in (*sites, *noun.owners, *noun.relations, side, noun.body) if part)


def polish(text: str) -> str:
    """Drop the first of two adjoining 의 and mend spaces."""
    text = re.sub(r"(?<=[가-힣])의 ((?:\S+ )?\S+[가-힣])의(?= )", r"의 \1", " ".join(text.split()))
    return text.replace(" +", "").replace("+", "")


def listed(bodies: list[str], joints: list[str]) -> str:
    """Write a list out: A, B 및 C."""
    text = bodies[0]
    for joint, body in zip(joints[1:], bodies[1:], strict=True):
        text += ", " + body if joint == "," else f" {joint} " + body
    return text


def nominal(text: str) -> str:
    """Turn a modifier into a noun of report style: 불규칙한 -> 불규칙함, 경도의 -> 경도."""
    if text.endswith("의"):
        return text[:-1]
    if text[-2:] in _SHORT:
        return text[:-2] + _SHORT[text[-2:]]
    return text[:-1] + _NOMINAL[text[-1]] if text[-1:] in _NOMINAL and not text.endswith("후") else text


def filled(item: Item, complement: Noun) -> str:
    """Put a complement into its preposition's form."""
    text, template = render(complement), item.ko
    if item.en == "on":
        template = "~의" if complement.role == "s" else "~에서"
    if item.en == "between":
        text = re.sub(r"(\S+) 및 ", lambda match: particle(match.group(1), "과/와") + " ", text, count=1)
    if _PAIR.search(template):
        return _PAIR.sub(lambda match: particle(text, match.group(1)), template)
    return template.replace("~", text)


def genitive(noun: Noun, complement: Noun) -> Noun:
    """Put "X of Y" into Korean: Y X; Y의 X where either is modified; focus words let Y in between."""
    text = render(complement)
    if noun.role == "f" and not noun.side and not noun.sites:
        head = noun.body.removeprefix(noun.premodifiers).strip()
        return replace(noun, body=f"{noun.premodifiers} {text} {head}".strip(), role="n", premodifiers="")
    if noun.role == "s" and complement.role == "s":
        joined = f"{text}{noun.body}" if noun.body.startswith("+") else f"{text} {noun.body}"
        return replace(noun, body=polish(joined), side=noun.side)
    if noun.modified or noun.side or noun.sites or complement.modified or text.count(" ") > 1:
        if complement.role == "s" and noun.role in "nf":
            return replace(noun, sites=(*noun.sites, f"{text}의"))
        return replace(noun, owners=(*noun.owners, f"{text}의"))
    return replace(noun, body=f"{text} {noun.body.lstrip('+')}")


def assemble(run: list[Item]) -> Noun:
    """Build the core of a noun phrase from its items."""
    head, before = run[-1], run[:-1]
    if head.role == "r":
        head = replace(head, role="s")
    if head.role not in HEADS:
        return _predicate(run)
    lead, site = _split_site(before)
    state = lead[-1] if lead and lead[-1].role == "v" and head.role in "sq" else None
    if state is not None and len(lead) > 1 and lead[-2].role == "c":
        return _with_states(lead, site, head)
    if state is not None:
        return _with_state(lead, state, site, head)
    return _plain(lead, site, head)


def _predicate(run: list[Item]) -> Noun:
    """Make a noun of modifiers that stand alone: "mildly dilated" -> 경도의 확장, "asymptomatic" -> 무증상."""
    head, before = run[-1], run[:-1]
    if head.role == "l" and all(item.role in "ldc" for item in run):
        return Noun(" ".join(item.ko for item in run if item.ko != ","), "s")
    if head.role == "v" and head.form:
        degree = " ".join(item.form if item.role == "a" and item.form else item.ko for item in before)
        return Noun(f"{degree} {head.form}".strip(), "n", bool(degree), predicate=True)
    if head.role == "m" and len(head.ko) > 1:
        return Noun(nominal(modifiers(run)), "n", predicate=True)
    raise UnreadableError


def _split_site(before: list[Item]) -> tuple[list[Item], list[Item]]:
    """Split off the sides, sites and nouns that stand right before the head."""
    cut = len(before)
    while cut and before[cut - 1].role in "rslnqf":
        cut -= 1
    return before[:cut], before[cut:]


def _with_state(lead: list[Item], verb: Item, site: list[Item], head: Item) -> Noun:
    """Turn "mildly dilated left atrium" into 좌심방의 경도 확장."""
    degrees: list[Item] = []
    rest = lead[:-1]
    while rest and rest[-1].role == "a":
        degrees, rest = [rest[-1], *degrees], rest[:-1]
    body = nouns([*site, head])
    degree = " ".join(item.form or item.ko for item in degrees)
    text = f"{body}의 {degree} {verb.form}" if degree else f"{body} {verb.form}"
    before = modifiers(rest) if rest else ""
    side = ""
    if rest and all(item.role == "l" for item in rest):
        side, before = " ".join(item.ko for item in rest), ""
    role = "n" if head.role == "s" else "q"
    return Noun(polish(f"{before} {text}"), role, bool(before or degree), side, premodifiers=before)


def _with_states(lead: list[Item], site: list[Item], head: Item) -> Noun:
    """Turn "irregular and thickened bladder wall" into 방광벽의 불규칙 및 비후, all of them as nouns."""
    words = []
    for item in lead:
        if item.role in "vm":
            words.append(item.form if item.role == "v" else nominal(item.ko))
        elif item.role == "a":
            words.append(item.form or item.ko)
        elif item.role == "c":
            words.append(item.ko)
        else:
            raise UnreadableError
    text = " ".join(words).replace(" ,", ",")
    return Noun(f"{nouns([*site, head])}의 {text}", "n", True)


def _plain(lead: list[Item], site: list[Item], head: Item) -> Noun:
    """Put sides and sites before the other modifiers."""
    sides = [item for item in lead if item.role == "l"]
    others = [item for item in lead if item.role != "l"]
    while others and others[0].role == "c":
        others = others[1:]
    if sides and any(item.role == "c" for item in lead):
        sides, others = [], lead
    before = modifiers(others) if others else ""
    sited = any(item.role in "sr" for item in site)
    if head.role == "s" or (head.role == "f" and sited and not head.form):
        text = nouns([*sides, *site, head])
        return Noun(f"{before} {text}".strip(), "s" if head.role == "s" else "f", bool(before), premodifiers=before)
    if site and site[0].role == "l" and others and sited:
        place = max(i for i, item in enumerate(site) if item.role in "sr") + 1
        body = f"{before} {nouns([*site[place:], head])}"
        return Noun(body, head.role, True, sites=(nouns(site[:place]) + "의",), premodifiers=before)
    bare = [] if sited else [item for item in site if item.role == "l"]
    inner = nouns([*(item for item in site if item not in bare), head])
    side = " ".join(item.ko for item in (*sides, *bare))
    if side and before and _begins_with_site(head):
        return Noun(f"{before} {side} {inner}", head.role, True, premodifiers=before)
    return Noun(f"{before} {inner}".strip(), head.role, bool(before), side, premodifiers=before)


def _begins_with_site(head: Item) -> bool:
    """Tell whether a head's own English begins with a site ("renal mass"), which the side must stay next to."""
    entry = lexicon().get((head.en.split(" ")[0],))
    return " " in head.en and entry is not None and entry.role in "rs" and not head.en.startswith("pleural")


def nouns(run: list[Item]) -> str:
    """Join nouns; a suffix noun (+벽) goes without a space behind a Korean word."""
    text = ""
    for item in run:
        if item.role == "d":
            continue
        if item.ko.startswith("+") and text:
            text += item.ko[1:] if "가" <= text[-1] <= "힣" else " " + item.ko[1:]
        else:
            text += " " + item.ko
    return text.strip()


def modifiers(run: list[Item]) -> str:
    """Write modifiers in their order: adverbs before theirs, 크고 치밀한, 낭성 및 고형."""
    out: list[str] = []
    for index, item in enumerate(run):
        following = run[index + 1] if index + 1 < len(run) else None
        joined = index + 2 < len(run) and following is not None and following.role == "c"
        if item.role == "c":
            if item.ko != ",":
                out.append(item.ko)
        elif item.role == "a":
            out.append(item.ko if following and following.role in "mv" else item.form or item.ko)
        elif item.role == "m" and following and (following.role == "m" or joined):
            out.append(_connective(item))
        else:
            out.append(item.ko)
    text = re.sub(r"고 및 ", "고 ", " ".join(out))
    return re.sub(r"의 (및|또는) ", r" \1 ", text)


def _connective(item: Item) -> str:
    """Give the form before a further verbal modifier: 큰 -> 크고, 치밀한 -> 치밀하고."""
    if item.form:
        return item.form
    ending = _CONNECTIVE.get(item.ko[-1:])
    return item.ko if ending is None else item.ko[:-1] + ending

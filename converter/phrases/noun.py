"""The Korean side of the grammar: how items become the text of one noun phrase."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from converter.phrases.lexicon import lookup
from converter.phrases.literals import Item
from converter.phrases.modifiers import UnreadableError, as_nouns, ends_verbal, modifiers, nominal
from converter.phrases.particles import particle
from converter.phrases.tokens import SIDES

HEADS = "nqfs"
KINDS = frozenset(("in", "test", "fluid", "own"))
"""Remarks in a head's form: its "in" means "of", a modality, fluid or air, a part of the finding itself."""
_FLUID = {
    **dict.fromkeys(("작은", "경도의"), "소량의"),
    **dict.fromkeys(("아주 작은", "경미한"), "극소량의"),
    **dict.fromkeys(("큰", "심한", "거대"), "다량의"),
}
"""What a size amounts to with fluid and air."""
_LESIONS = ("종괴", "종양", "결절", "낭종", "병소")
"""What already says lesion: "mass lesion" is 종괴."""
_AMOUNTS = frozenset(("증가", "감소"))
"""States that become nouns behind findings too: 흉수 증가."""
_PARTS = frozenset(
    [
        "벽",
        "분절",
        "부분",
        "부위",
        "면",
        "극",
        "엽",
        "영역",
        "연",
        "끝",
        "각",
        "판",
        "가지",
        "분지",
        "폐야",
        "부",
    ]
)
"""Nouns that a part of an organ stands in front of, not behind: 전벽, 기저분절."""
_PAIR = re.compile(r"~([가-힣]+/[가-힣]+)")


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
    late: tuple[str, ...] = ()
    """Modifiers that stand behind the head in English: "mass 3 cm in diameter"."""
    premodifiers: str = ""
    """What stands before a focus word, so that its "of" can go between."""
    kind: str = ""
    """The head's own remark: "in" where its "in" means "of" (increase in size), "test" for a modality."""
    shared: tuple[str, str] | None = None
    """(Y, X) of "X of Y", which "W and X of Y" shares."""
    predicate: bool = False
    """Whether it is a modifier made a noun: "normal" in "normal in size"."""


def render(noun: Noun, clause: bool = False) -> str:
    """Write a noun phrase out, the wider place first; in a clause the sites take 에."""
    sites = [re.sub(r"의$", "에", site) if clause else site for site in reversed(noun.sites)]
    side, body = noun.side, noun.body
    if side and sites:
        sites[0], side = f"{side} {sites[0]}", ""
    fronts = [part for part in (*sites, *noun.owners, *noun.relations, side, *noun.late) if part]
    if fronts and fronts[-1].endswith("의") and noun.premodifiers and body.startswith(noun.premodifiers):
        body = _GRADED.sub(r"\1", noun.premodifiers + " ") + body[len(noun.premodifiers) :].lstrip()
    return " ".join((*fronts, body))


_GRADED = re.compile(r"(경도|중등도|고도|모양|크기|신호|음영|에코)의(?= )")
"""Modifiers that lose their 의 behind another 의."""


def polish(text: str) -> str:
    """Mend spaces, attach suffix nouns, say a word once that two terms share."""
    text = re.sub(r" ?\+(?=[가-힣])", "", " ".join(text.split()))
    return re.sub(r"(?<!\S)([가-힣]{2,}) \1(?!\S)", r"\1", text)


def listed(bodies: list[str], joints: list[str]) -> str:
    """Write a list out: A, B 및 C."""
    text = bodies[0]
    for joint, body in zip(joints[1:], bodies[1:], strict=True):
        text += ", " + body if joint == "," else f" {joint} " + body
    return text


def filled(item: Item, complement: Noun) -> str:
    """Put a complement into its preposition's form."""
    text, template = render(complement, clause=item.role == "w" and "동반한" in item.ko), item.ko
    if item.en == "from" and complement.role == "n":
        template = "~으로/로 인한"
    if item.en == "on":
        template = "~의" if complement.role == "s" else "~에서"
    if (
        item.en == "with"
        and complement.kind == "own"
        and not complement.sites
        and ends_verbal(complement.premodifiers)
    ):
        head = complement.body.removeprefix(complement.premodifiers).strip()
        return f"{particle(head, '이/가')} {complement.premodifiers}"
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
    if head.en == "level" and before and before[-1].role == "s":
        head = replace(head, role="s", ko="높이")
    if head.role not in HEADS:
        return _predicate(run)
    if sum(item.role == "c" for item in before) == sum(item.ko == "," for item in before):
        before = [item for item in before if item.role != "c"]
    behind = _finding_before_side([*before, head]) if head.role == "s" else 0
    if behind:
        return genitive(assemble(run[:behind]), assemble(run[behind:]))
    lead, site = _split_site(before)
    if lead and lead[-1].role == "c" and len(lead) > 1 and lead[-2].role in "rs" and head.role in "nq":
        lead, site = _split_joined(lead, site)
    state = lead[-1] if lead and lead[-1].role == "v" else None
    if state is not None and state.ko == state.form and head.role == "q":
        state = None
    if state is not None and head.role not in "sq" and not (head.role == "n" and state.form in _AMOUNTS):
        state = None
    if state is not None and len(lead) > 1 and lead[-2].role == "c":
        return _with_states(lead, site, head)
    if state is not None:
        return _with_state(lead, state, site, head)
    return _plain(lead, site, head)


def _predicate(run: list[Item]) -> Noun:
    """Make a noun of modifiers alone: "mildly dilated" -> 경도의 확장, "asymptomatic" -> 무증상."""
    head, before = run[-1], run[:-1]
    if head.role == "l" and all(item.role in "ldc" for item in run):
        return Noun(" ".join(item.ko for item in run if item.ko != ","), "s")
    if head.role == "v" and head.form and any(item.role == "c" for item in before):
        return Noun(as_nouns(run), "n", predicate=True)
    if head.role == "v" and head.form:
        degree = " ".join(item.form if item.role == "a" and item.form else item.ko for item in before)
        return Noun(f"{degree} {head.form}".strip(), "n", bool(degree), predicate=True)
    if head.role == "m" and len(head.ko) > 1 and all(item.role in "mvacd" for item in run):
        return Noun(
            as_nouns(run) if any(item.role == "c" for item in run) else nominal(modifiers(run)),
            "n",
            predicate=True,
        )
    raise UnreadableError


def _split_site(before: list[Item]) -> tuple[list[Item], list[Item]]:
    """Split off the sides, sites and nouns that stand right before the head."""
    cut = len(before)
    while cut and before[cut - 1].role in "rslnqf":
        cut -= 1
    return before[:cut], before[cut:]


def _finding_before_side(before: list[Item]) -> int:
    """Find where "swelling right knee" turns from finding to site; 0 where it does not."""
    places = range(1, len(before))
    return next((at for at in places if _sided(before[at]) and before[at - 1].role in "nq"), 0)


def _sided(item: Item) -> bool:
    return item.ko in SIDES or item.en.startswith(("left ", "right "))


def _split_joined(lead: list[Item], site: list[Item]) -> tuple[list[Item], list[Item]]:
    """Take "thalamic and" to the site of a head that holds its own: "thalamic and cerebellar infarction"."""
    before, nearest = _split_site(lead[:-1])
    return before, [*nearest, replace(lead[-1], role="n"), *site]


def _with_state(lead: list[Item], verb: Item, site: list[Item], head: Item) -> Noun:
    """Turn "mildly dilated left atrium" into 좌심방의 경도 확장."""
    degrees: list[Item] = []
    rest = lead[:-1]
    while rest and rest[-1].role == "a":
        degrees, rest = [rest[-1], *degrees], rest[:-1]
    body = nouns([*site, head])
    degree = " ".join(item.form or item.ko for item in degrees)
    degree = _GRADED.sub(r"\1", degree + " ").strip()
    text = f"{body}의 {degree} {verb.form}" if degree else f"{body} {verb.form}"
    before = modifiers(rest) if rest else ""
    side = ""
    if rest and all(item.role == "l" for item in rest):
        side, before = " ".join(item.ko for item in rest), ""
    role = "n" if head.role == "s" else "q"
    return Noun(polish(f"{before} {text}"), role, bool(before or degree), side, premodifiers=before)


def _with_states(lead: list[Item], site: list[Item], head: Item) -> Noun:
    """Turn "irregular and thickened bladder wall" into 방광벽의 불규칙 및 비후, all of them as nouns."""
    return Noun(f"{nouns([*site, head])}의 {as_nouns(lead)}", "n", True)


def _plain(lead: list[Item], site: list[Item], head: Item) -> Noun:
    """Put sides and sites before the other modifiers."""
    sides = [item for item in lead if item.role == "l"]
    others = [item for item in lead if item.role != "l"]
    if sides and any(item.role == "c" for item in lead):
        raise UnreadableError
    if head.form == "fluid":
        others = [replace(item, ko=_FLUID.get(item.ko, item.ko)) for item in others]
    whole = " 전체" if head.role in "sn" and any(item.ko == "전체" for item in others) else ""
    if whole:
        others = [item for item in others if item.ko != "전체"]
        head = replace(head, ko=head.ko + whole)
    before = modifiers(others) if others else ""
    sited = any(item.role in "sr" for item in site)
    if head.role == "s" or (head.role == "f" and sited):
        text = nouns([*sides, *site, head])
        return Noun(f"{before} {text}".strip(), head.role, bool(before), premodifiers=before)
    joined = any(item.en in ("and", "or") for item in site)
    if site and site[0].role == "l" and others and sited and not joined:
        place = max(i for i, item in enumerate(site) if item.role in "sr") + 1
        body = f"{before} {nouns([*site[place:], head])}"
        return Noun(body, head.role, True, sites=(nouns(site[:place]) + "의",), premodifiers=before)
    bare = [] if sited else [item for item in site if item.ko in SIDES]
    inner = nouns([*(item for item in site if item not in bare), head])
    positions = " ".join(item.ko for item in sides if item.ko not in SIDES and item.ko != ",")
    inner = f"{positions} {inner}".strip()
    side = " ".join(item.ko for item in (*sides, *bare) if item.ko in SIDES)
    if bare and side != "양측" and before and _begins_with_site(head):
        return Noun(f"{before} {side} {inner}", head.role, True, premodifiers=before)
    return Noun(f"{before} {inner}".strip(), head.role, bool(before), side, premodifiers=before)


def _begins_with_site(head: Item) -> bool:
    """Tell whether a head's own English begins with a site ("renal mass"), next to which the side stays."""
    roles = {entry.role for entry in lookup((head.en.split(" ")[0],))}
    return " " in head.en and bool(roles & {"r", "s"}) and not head.en.startswith("pleural")


def nouns(run: list[Item]) -> str:
    """Join nouns; a suffix noun (+벽) goes without a space, a part (원위부) goes behind its organ."""
    text = ""
    part: list[str] = []
    for item, following in zip(run, [*run[1:], None], strict=True):
        if item.role == "d" or (item.ko == "뼈" and text.endswith("골")):
            continue
        if item.ko == "병변" and text.endswith(_LESIONS):
            continue
        if item.role == "l" and item.ko.endswith("부") and following and _takes_part(run, item):
            part.append(item.ko)
        elif item.ko.startswith("+") and text:
            text += item.ko[1:] if "가" <= text[-1] <= "힣" else " " + item.ko[1:]
        elif following and item.en.upper() in ("T1", "T2"):
            text += " " + item.en.upper()
        else:
            text += " " + item.ko.lstrip("+")
        if part and item.role == "s" and (following is None or following.role != "s"):
            text, part = " ".join((text, *part)), []
    return " ".join((text, *part)).strip()


def _takes_part(run: list[Item], part: Item) -> bool:
    """Tell whether the nouns behind a part are an organ, not a part themselves."""
    behind = run[run.index(part) + 1 :]
    organs = [item for item in behind if item.role == "s"]
    return (
        bool(organs)
        and organs[0].ko.lstrip("+") not in _PARTS
        and not organs[0].ko.endswith(("벽", "분절", "엽"))
    )

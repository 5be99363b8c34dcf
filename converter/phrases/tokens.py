"""Phrase -> items: literals (sizes, levels, grades) are set aside, the rest is cut by the lexicon."""

from __future__ import annotations

import re

from converter.phrases.lexicon import ARTICLES, Entry, fold_word, lookup, reaches, words
from converter.phrases.literals import Item, set_aside
from converter.phrases.morphology import guess
from converter.phrases.spelling import spelled


class UnknownWordError(Exception):
    """A word that neither the lexicon nor morphology knows; the phrase stays English."""


SIDES = frozenset(("좌측", "우측", "양측", "일측", "동측", "반대측", "좌우"))
LIKE = "hyphenlike"
"""Stands for "-like", which is a suffix where no table knows the compound."""


def items(phrase: str) -> list[Item]:
    """Cut a phrase into items; raises UnknownWordError where a word has no Korean."""
    text, literals = set_aside(phrase)
    marked = re.sub(r"[-–]like\b", f" {LIKE}", text)
    tokens = _expand_shared([word for word in words(marked) if word.lower() not in ARTICLES])
    keys = ["like" if token == LIKE else spelled(token) for token in tokens]
    return _bind(_segment(tokens, keys, literals))


def _bind(found: list[Item]) -> list[Item]:
    """Join "right and left", "hepatic and splenic" to one item, and adverbs to their preposition."""
    behind = [*(item.role for item in found[1:]), ""]
    kept = [
        item for item, role in zip(found, behind, strict=False) if not (item.en == "both" and role == "m")
    ]
    return _bind_adverbs(_bind_sites(kept))


def _bind_sites(found: list[Item]) -> list[Item]:
    """Join sides, and adjectives of sites, that a conjunction holds together: "thalamic and cerebellar"."""
    out: list[Item] = []
    for place, item in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        joins = len(out) > 1 and out[-1].role == "c" and _alike(out[-2], item)
        if joins and following and following.role not in "pwgx":
            first, joint = out[-2], out[-1].ko
            both = (
                "좌우" if {first.ko, item.ko} == {"좌측", "우측"} else f"{first.ko}{_spaced(joint)}{item.ko}"
            )
            role = item.role if item.role == first.role else "r"
            out[-2:] = [Item(both, role, "", f"{first.en} {item.en}")]
        elif item.role == "m" and len(out) > 1 and out[-1].en == "to" and _graded(out[-2]):
            out[-2:] = [Item(f"{out[-2].ko.removesuffix('의')}에서 {item.ko}", "m", "", item.en)]
        else:
            out.append(item)
    return out


def _alike(first: Item, second: Item) -> bool:
    """Tell whether two items may join: two sides, or two adjectives of site or position."""
    if first.role not in "lr" or second.role not in "lr":
        return False
    return (first.ko in SIDES) == (second.ko in SIDES)


def _graded(item: Item) -> bool:
    """Tell whether a modifier can begin a range: "mild to severe", "intermediate to high"."""
    return item.role == "m" and not item.ko.endswith(("한", "은", "는", "된", "큰", "인"))


def _spaced(joint: str) -> str:
    return ", " if joint == "," else f" {joint} "


def _bind_adverbs(found: list[Item]) -> list[Item]:
    """Bind an adverb to the preposition behind it: "mainly involving the liver"."""
    out: list[Item] = []
    for item in found:
        if item.role in "pw" and out and out[-1].role == "a" and any(other.role in "nqfs" for other in out):
            out[-1] = Item(f"{out[-1].ko} {item.ko}", item.role, item.form, item.en)
        else:
            out.append(item)
    return out


def _expand_shared(tokens: list[str]) -> list[str]:
    """Repeat a shared head: "upper and lower lobes" becomes "upper lobes and lower lobes"."""
    for place, token in enumerate(tokens):
        if token.lower() not in ("and", "or", "/", "&") or place == 0 or place + 1 >= len(tokens):
            continue
        if (
            place > 1
            and _sided(tokens[place - 2], tokens[place - 1])
            and _sided(tokens[place - 2], tokens[place + 1])
        ):
            return [*tokens[: place + 1], tokens[place - 2], *tokens[place + 1 :]]
        for width in (2, 1):
            head = tokens[place + 2 : place + 2 + width]
            if len(head) == width and _site_of(tokens[place + 1], head):
                return _repeat_head(tokens, place, head)
    return tokens


def _repeat_head(tokens: list[str], place: int, head: list[str]) -> list[str]:
    """Put the head behind each of the words that share it, with the side that they share too."""
    first = place
    while first > 0 and _site_of(tokens[first - 1], head) and lookup((fold_word(tokens[first - 1]),)):
        first -= 1
        if not (first > 1 and tokens[first - 1] == ","):
            break
        first -= 1
    if first == place:
        return tokens
    first += tokens[first] == ","
    side = tokens[first - 1 : first] if first and fold_word(tokens[first - 1]) in ("left", "right") else []
    listed: list[str] = []
    for word in (word for word in tokens[first:place] if word != ","):
        listed += [*([",", *side] if listed else []), word, *head]
    return [*tokens[:first], *listed, tokens[place], *side, *tokens[place + 1 :]]


def _sided(side: str, organ: str) -> bool:
    """Tell whether a side and an organ make one name: "left atrium"."""
    return side.lower() in ("left", "right") and bool(lookup((side.lower(), fold_word(organ))))


def _site_of(word: str, head: list[str]) -> bool:
    """Tell whether a word and a head make a known name of a site."""
    entries = lookup((fold_word(word), *map(fold_word, head)))
    return bool(entries) and entries[0].role in "sr"


def _segment(tokens: list[str], keys: list[str], literals: dict[str, Item]) -> list[Item]:
    """Match the longest entry at each place and choose among its roles by what stands around it."""
    out: list[Item] = []
    place = 0
    while place < len(tokens):
        if tokens[place] in literals:
            out.append(literals[tokens[place]])
            place += 1
            continue
        if tokens[place].isdigit() and len(tokens[place]) < 3 and place + 1 < len(tokens):
            out.append(Item(f"{tokens[place]}개의", "m", "", tokens[place]))
            place += 1
            continue
        if _is_name(tokens, keys, place):
            out.append(Item(tokens[place], "m", tokens[place], keys[place]))
            place += 1
            continue
        entries, length = _longest(tokens, keys, place)
        if tokens[place] == LIKE and length == 1:
            entries = (Entry("유사", "r"),)
        if not entries:
            raise UnknownWordError(tokens[place])
        before = next((item.role for item in reversed(out) if item.role != "d"), "")
        after = place + length
        entry = entries[0] if len(entries) == 1 else _choose(entries, before, tokens[after:], keys[after:])
        out.append(Item(entry.ko, entry.role, entry.form, " ".join(keys[place : place + length])))
        if entry.role == "f" and keys[place + length - 1] == "of":
            out.append(Item("~의", "g", en="of"))
        place += length
    return out


def _choose(entries: tuple[Entry, ...], before: str, printed: list[str], after: list[str]) -> Entry:
    """Choose a role: "mass obstructing the duct" is a relation, "obstructing stone" a modifier."""
    following = _longest(printed, after, 0)[0] if after else ()
    ends = not after or (bool(following) and following[0].role in "pwgcx")
    relations = [entry for entry in entries if entry.role in "pw"]
    if relations and before in ("n", "q", "f", "s") and after and not ends:
        return relations[0]
    heads = [entry for entry in entries if entry.role in "nqfs"]
    others = [entry for entry in entries if entry.role in "mvlrakd"]
    if heads and others:
        return heads[0] if ends or (following and following[0].role == "d") else others[0]
    plain = heads or others or list(entries)
    return plain[0]


_NAMED = frozenset(
    [
        "sign", "syndrome", "disease", "hernia", "lesion", "ligament", "fracture", "node",
        "duct", "line", "space", "tumor", "criterion", "phenomenon", "procedure", "operation",
        "triad", "reflex", "test", "score", "cyst", "ulcer", "sarcoma", "gland", "deformity",
        "nodule", "aneurysm", "anomaly", "malformation", "contracture", "thyroiditis", "papilla",
        "fascia", "canal", "classification", "membrane", "capsule", "pouch", "bundle",
    ]
)  # fmt: skip
"""Nouns that are called by a person's name."""


def _is_name(tokens: list[str], keys: list[str], place: int) -> bool:
    """Tell whether a word is a person's name before such a noun; Korean keeps it in Latin letters."""
    word = tokens[place]
    if not re.fullmatch(r"[A-Z][a-z\u00df-\u024f]+(?:['’]s)?", word) or _longest(tokens, keys, place)[0]:
        return False
    return any(key in _NAMED for key in keys[place + 1 : place + 3])


_PREFIXES = frozenset(
    [
        "peri", "para", "intra", "extra", "sub", "infra", "supra", "retro", "non", "post", "pre",
        "inter", "trans", "hyper", "hypo", "multi", "bi", "micro", "macro", "un", "re", "pseudo",
        "semi", "endo", "ante", "antero", "postero", "infero", "supero", "juxta", "epi", "ultra",
        "neo", "auto", "hemi", "poly", "osteo", "cardio", "broncho",
    ]
)  # fmt: skip
"""Prefixes that a hyphen may part from their word."""


def _longest(tokens: list[str], keys: list[str], place: int) -> tuple[tuple[Entry, ...], int]:
    """Give the entries of the longest expression that begins at a place, and the number of its words."""
    most = min(reaches().get(keys[place].lower(), 1), len(keys) - place)
    if keys[place] in _PREFIXES:
        most = max(most, min(2, len(keys) - place))
    for length in range(most, 0, -1):
        entries = lookup(tuple(keys[place : place + length]))
        if entries:
            return entries, length
        if length == 2 and keys[place] in _PREFIXES:
            joined = keys[place] + keys[place + 1]
            whole = lookup((joined,)) or _guessed(joined, joined)
            if whole:
                return whole, 2
    return _guessed(tokens[place], keys[place]), 1


def _guessed(token: str, key: str) -> tuple[Entry, ...]:
    found = guess(token, key)
    return (found,) if found else ()

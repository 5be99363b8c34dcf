"""Phrase -> items: literals (sizes, levels, grades) are set aside, the rest is the longest match of the lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from converter.phrases.lexicon import LONGEST, Entry, fold_word, lookup, words
from converter.phrases.morphology import guess


class UnknownWordError(Exception):
    """A word that neither the lexicon nor morphology knows; the phrase stays English."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a phrase with its Korean."""

    ko: str
    role: str
    form: str = ""
    en: str = ""


_N = r"\d+(?:[.,]\d+)?"
_UNIT = r"(?:cm|mm|μm|inch(?:es)?)\b"
_ABOUT = {
    "approximately": "약 ", "about": "약 ", "around": "약 ", "roughly": "약 ", "nearly": "거의 ", "up to": "최대 ",
    "at least": "최소 ", "~": "약 ", "circa": "약 ", "maximum": "최대 ", "maximal": "최대 ", "<": "<", ">": ">",
}  # fmt: skip
_ABOUT_RE = "|".join(re.escape(word) for word in _ABOUT)
_SIZE = re.compile(
    rf"(?:\b(?:measuring|measured|sized?|with a (?:size|diameter) of|of)\s+)?(?P<about>(?:{_ABOUT_RE})\s*)?"
    rf"(?P<size>{_N}(?:\s?-?\s?{_UNIT})?(?:\s*(?:[x×X*/]|by)\s*{_N}(?:\s?-?\s?{_UNIT})?){{0,2}}"
    rf"(?:\s?(?:-|–|to)\s?{_N})?)(?P<end>(?<=m)|(?<=inch)|(?<=inches)|\s?-?\s?(?P<unit>{_UNIT}))"
    rf"(?:[\s-]?(?P<kind>in (?:maximum |maximal |the )?(?:diameter|length|size|thickness|width|height|depth)|diameter|long|thick|"
    rf"wide|deep|high|sized?|in (?:greatest|largest|maximum|maximal) (?:dimension|diameter|axis)))?(?!\w)",
    re.I,
)
_KINDS = {
    "diameter": "직경 {} ", "dimension": "최대 직경 {} ", "axis": "장경 {} ", "length": "길이 {}의", "long": "길이 {}의",
    "thickness": "두께 {}의", "thick": "두께 {}의", "width": "폭 {}의", "wide": "폭 {}의", "height": "높이 {}의",
    "high": "높이 {}의", "depth": "깊이 {}의", "deep": "깊이 {}의",
}  # fmt: skip
_OF_SIZE = re.compile(
    rf"(?:\b(?:with|in)\s+)?(?:\ban?\s+)?\b(?:(?:maximum|maximal|greatest|largest|mean|average)\s+)?"
    rf"(?P<kind>diameter|thickness|length|width|height|depth|size)s?(?:\s+of|,|:)?\s+(?P<about>(?:{_ABOUT_RE})\s*)?"
    rf"(?P<size>{_N}(?:\s?{_UNIT})?(?:\s*(?:[x×X*/]|by)\s*{_N}(?:\s?{_UNIT})?){{0,2}}(?:\s?(?:-|–|to)\s?{_N})?)"
    rf"(?P<end>(?<=m)|\s?-?\s?(?P<unit>{_UNIT}))(?!\w)",
    re.I,
)
_LITERALS = (
    (re.compile(r"\b(?:[CTLS]\d{1,2})(?:\s?[-–/]\s?[CTLS]?\d{1,2})+\b|\b[CL]\d\b|\b(?:T[3-9]|T1[0-2]|S[1-5])\b"), "s", "{0}"),
    (re.compile(r"\b(?:histological |histologic |tumor )?grade\s+([IVX]+|\d)\b(?!\+)", re.I), "m", "{1}등급"),
    (re.compile(r"\bstage\s+([IVX]+[A-D]?|\d[A-Da-d]?)\b", re.I), "m", "{1}기"),
    (re.compile(r"\btype\s+([IVX]+|\d|[A-D])\b", re.I), "m", "{1}형"),
    (re.compile(rf"({_N}(?:\s?(?:-|–|to)\s?{_N})?\s?%) of\b", re.I), "m", "{1}의"),
    (re.compile(rf"{_N}(?:\s?(?:-|–|to)\s?{_N})?\s?%", re.I), "m", "{0}"),
    (re.compile(r"\b(?:grade )?(\d\+)(?!\w)"), "m", "{1}"),
    (re.compile(r"\b(?:pT|cT|ypT)\d\w*"), "m", "{0}"),
)
_PARENTHESIS = re.compile(r"\s*[(\[]([^()\[\]]*)(?:[)\]]|$)")
_NO_MATTER = re.compile(r"[A-Z][A-Za-z0-9-]{1,7}s?|\s*(?:[Ff]ig|[Tt]able)(?:ure|s)?\b.*|.*\b[Aa]rrow.*|\s*|[A-Z]|as above")
_NUMERIC = re.compile(r"[\d.,–\-/×xX*%<>~≥≤± ]*\d[\d.,–\-/×xX*%<>~≥≤± ]*(?:[A-Za-zμ%/²³0-9]{0,9})|HU\s*=.*")
_PRIVATE = 0xE000


def items(phrase: str) -> list[Item]:
    """Cut a phrase into items; raises UnknownWordError where a word has no Korean."""
    text, literals = _set_aside(phrase)
    tokens = _expand_shared(words(text))
    keys = [fold_word(token) for token in tokens]
    return _segment(tokens, keys, literals)


def asides(phrase: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Split parentheses off a phrase: those of numbers are kept as printed, those of words are to be composed.

    >>> asides("weight loss (10 kg)")
    ('weight loss', ('10 kg',), ())
    """
    found = [match.group(1).strip() for match in _PARENTHESIS.finditer(phrase)]
    plain = " ".join(_PARENTHESIS.sub(" ", phrase).replace(")", " ").split()).strip(" ,")
    kept = [text for text in found if not _NO_MATTER.fullmatch(text)]
    numbers = tuple(text for text in kept if _NUMERIC.fullmatch(text))
    return plain, numbers, tuple(text for text in kept if text not in numbers)


def _set_aside(text: str) -> tuple[str, dict[str, Item]]:
    """Replace sizes, levels, grades and percentages by private characters that stand for their items."""
    found: dict[str, Item] = {}

    def keep(item: Item) -> str:
        key = chr(_PRIVATE + len(found))
        found[key] = item
        return f" {key} "

    text = _OF_SIZE.sub(lambda match: keep(_size(match)), text)
    text = _SIZE.sub(lambda match: keep(_size(match)), text)
    for pattern, role, form in _LITERALS:

        def literal(match: re.Match[str], role: str = role, form: str = form) -> str:
            return keep(Item(form.format(match.group().strip(), *match.groups()), role, en=match.group()))

        text = pattern.sub(literal, text)
    return text, found


def _size(match: re.Match[str]) -> Item:
    """Word a printed size: 2 cm 크기의, 직경 3 cm의, 두께 5 mm의."""
    about = _ABOUT.get((match.group("about") or "").strip().lower(), "")
    printed = re.sub(r"(?<=\d)\s?-\s?(?=[a-zμ])", " ", match.group("size").strip(), flags=re.I)
    printed = re.sub(r"\s*(?:[x×X*/]|\bby\b)\s*", " × ", printed)
    printed = re.sub(r"\s?\bto\b\s?", "–", printed)
    unit = match.group("unit")
    number = about + (f"{printed} {unit}" if unit else printed)
    number = re.sub(r"(?<=\d)(?=[cmμ]m?\b)", " ", number)
    number = re.sub(r"(?<=[\dm]) (?=[-–])|(?<=[-–]) ", "", number)
    kind = (match.group("kind") or "size").lower().split()[-1]
    form = _KINDS.get(kind, "{} 크기의")
    return Item((form.format(number)).strip() + ("의" if form.endswith(" ") else ""), "m", en=match.group())


def _expand_shared(tokens: list[str]) -> list[str]:
    """Repeat a shared head: "upper and lower lobes" becomes "upper lobes and lower lobes" where both are known."""
    for place, token in enumerate(tokens):
        if token.lower() not in ("and", "or", "/", "&") or place == 0 or place + 2 >= len(tokens):
            continue
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
        listed += [*(["," , *side] if listed else []), word, *head]
    return [*tokens[:first], *listed, tokens[place], *side, *tokens[place + 1 :]]


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
        entries, length = _longest(tokens, keys, place)
        if not entries:
            raise UnknownWordError(tokens[place])
        before = next((item.role for item in reversed(out) if item.role != "d"), "")
        entry = entries[0] if len(entries) == 1 else _choose(entries, before, keys[place + length :], tokens[place + length :])
        out.append(Item(entry.ko, entry.role, entry.form, " ".join(keys[place : place + length])))
        place += length
    return out


def _choose(entries: tuple[Entry, ...], before: str, after: list[str], printed: list[str]) -> Entry:
    """Choose a role: "mass obstructing the duct" is a relation, "obstructing stone" a modifier."""
    following = lookup((after[0],)) if after else ()
    ends = not after or (bool(following) and following[0].role in "pwgcx" and printed[0] not in ("L", "R"))
    relations = [entry for entry in entries if entry.role in "pw"]
    if relations and before in ("n", "q", "f", "s") and after and not ends:
        return relations[0]
    heads = [entry for entry in entries if entry.role in "nqfs"]
    others = [entry for entry in entries if entry.role in "mvlrakd"]
    if heads and others:
        return heads[0] if ends or (following and following[0].role == "d") else others[0]
    plain = heads or others or list(entries)
    return plain[0]


_PREFIXES = frozenset(
    "peri para intra extra sub infra supra retro non post pre inter trans hyper hypo multi bi micro macro un re pseudo semi "
    "endo ante antero postero infero supero juxta epi ultra neo auto hemi poly osteo cardio broncho".split()
)


def _longest(tokens: list[str], keys: list[str], place: int) -> tuple[tuple[Entry, ...], int]:
    """Give the entries of the longest expression that begins at a place, and the number of its words."""
    for length in range(min(LONGEST, len(keys) - place), 0, -1):
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

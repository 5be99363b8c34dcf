"""Words that no table lists: abbreviations; prefixes, roots and endings of medical Latin and Greek."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache

from converter.mappings import data_path
from converter.phrases.lexicon import Entry, lookup

_ABBREVIATION = re.compile(r"(?:[A-Z][A-Z0-9]{1,5}|[A-Z]{1,4}\d{1,3}[A-Z]?)")
_ADJECTIVE = re.compile(r"(?:al|ar|ic|ous|ary|eal|ial|oid)$")
_NOUN_ENDINGS = ("", "a", "e", "um", "us", "is", "x", "on", "y")


@cache
def _parts() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Read mappings/phrases/word-parts.csv: prefixes, combining forms, roots and endings by kind."""
    kinds: dict[str, dict[str, tuple[str, str]]] = {"prefix": {}, "root": {}, "ending": {}, "combining": {}}
    with data_path("mappings/phrases/word-parts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for part in row["part"].split("|"):
                kinds[row["kind"]][part] = (row["ko"], row["role"])
    return kinds


@cache
def guess(word: str, key: str) -> Entry | None:
    """Give an entry for an unlisted word, or None.

    >>> guess("nephritis", "nephritis").ko, guess("hepatogastric", "hepatogastric").ko
    ('신염', '간위')
    """
    if _ABBREVIATION.fullmatch(word):
        return Entry(word, "n")
    if not key.isalpha() or not key.islower() or len(key) < 5:
        return None
    return _negated(key) or _prefixed(key) or _compound(key) or _combined(key) or _derived(key)


def _known(key: str, roles: str) -> Entry | None:
    """Look a remainder up, or derive it from its noun."""
    found = next((entry for entry in lookup((key,)) if entry.role in roles), None)
    if found is None and len(key) > 4:
        found = _combined(key) or _derived(key)
    return found if found is not None and found.role in roles else None


def _negated(key: str) -> Entry | None:
    """Read "undilated", "nonthickened": 확장되지 않은."""
    for prefix in ("un", "non"):
        if key.startswith(prefix):
            rest = next((entry for entry in lookup((key[len(prefix) :],)) if entry.role in "vm"), None)
            if rest and rest.ko.endswith(("된", "한")):
                return Entry(f"{rest.ko[:-1]}{'되' if rest.ko.endswith('된') else '하'}지 않은", "m")
    return None


def _prefixed(key: str) -> Entry | None:
    """Read a known word behind a known prefix: perihepatic, intraabdominal, subphrenic."""
    for length in range(min(8, len(key) - 3), 1, -1):
        part = _parts()["prefix"].get(key[:length])
        rest = _known(key[length:], part[1]) if part else None
        if part is None or rest is None:
            continue
        before, _, after = part[0].partition("~")
        if rest.role in "mv" and not before.strip():
            continue
        role = "r" if rest.role in "sr" else rest.role
        return Entry(before + rest.ko + after, role, before + rest.form + after if rest.form else "")
    return None


def _combined(key: str) -> Entry | None:
    """Read combining forms before a known adjective of a site: frontotemporal, pancreaticojejunal."""
    for length in range(len(key) - 4, 3, -1):
        part = _parts()["combining"].get(key[:length])
        rest = _known(key[length:], "rs") if part else None
        if part is not None and rest is not None:
            return Entry(part[0] + rest.ko, rest.role)
    return None


def _derived(key: str) -> Entry | None:
    """Read an adjective by the noun of anatomy it comes from: carinal, condylar."""
    if not _ADJECTIVE.search(key):
        return None
    stem = _ADJECTIVE.sub("", key)
    for ending in _NOUN_ENDINGS:
        found = next((entry for entry in lookup((stem + ending,)) if entry.role == "s"), None)
        if found is not None and len(stem) > 3:
            return Entry(found.ko, "r")
    return None


def _compound(key: str) -> Entry | None:
    """Read roots and an ending: cholangi-itis, splen-o-megaly, hypo-natr-emia."""
    endings = _parts()["ending"]
    for start in range(2, len(key) - 1):
        ending = endings.get(key[start:])
        if ending is None:
            continue
        stem = _roots(key[:start])
        if stem:
            return Entry(stem + ending[0], ending[1])
    return None


def _roots(stem: str) -> str:
    """Give the Korean of a chain of roots joined by o, or "" where any is unknown."""
    roots = _parts()["root"]
    for end in range(len(stem), 1, -1):
        part = roots.get(stem[:end])
        if part is None:
            continue
        rest = stem[end:]
        if rest in ("", "o", "i"):
            return part[0]
        tail = _roots(rest) or (_roots(rest[1:]) if rest[0] in "oi" else "")
        if tail:
            return part[0] + tail
    return ""

"""Words that no table lists: abbreviations; prefixes, roots and endings of medical Latin and Greek."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache

from converter.mappings import data_path
from converter.phrases.lexicon import Entry, lookup

_ABBREVIATION = re.compile(r"(?:[A-Z][A-Z0-9]{1,5}|[A-Z]{1,4}\d{1,3}[A-Z]?)")


@cache
def _parts() -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Read mappings/phrases/word-parts.csv: prefixes, roots and endings by kind."""
    kinds: dict[str, dict[str, tuple[str, str]]] = {"prefix": {}, "root": {}, "ending": {}}
    with data_path("mappings/phrases/word-parts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for part in row["part"].split("|"):
                kinds[row["kind"]][part] = (row["ko"], row["role"])
    return kinds


def guess(word: str, key: str) -> Entry | None:
    """Give an entry for an unlisted word, or None.

    >>> guess("nephritis", "nephritis").ko
    '신염'
    """
    if _ABBREVIATION.fullmatch(word):
        return Entry(word, "n")
    if not key.isalpha() or not key.islower() or len(key) < 5:
        return None
    return _prefixed(key) or _compound(key)


def _prefixed(key: str) -> Entry | None:
    """Read a known word behind a known prefix: nonenhancing, perihepatic, intraabdominal."""
    for length in range(min(8, len(key) - 4), 1, -1):
        part = _parts()["prefix"].get(key[:length])
        found = [entry for entry in lookup((key[length:],)) if entry.role in part[1]] if part else []
        if part is None or not found:
            continue
        rest = found[0]
        before, _, after = part[0].partition("~")
        role = "r" if rest.role in "sr" else rest.role
        if rest.role in "mv" and not before.strip():
            continue
        return Entry(before + rest.ko + after, role, before + rest.form + after if rest.form else "")
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
    if not stem:
        return ""
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

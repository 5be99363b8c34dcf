"""Lists, sentences and quotation in the words of mappings/languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from converter.phrases import label, labels


def word(language: str, section: str, key: str, default: str = "") -> str:
    """Give a label whose key comes from data; FHIR's hyphens are underscores there."""
    return labels(language).get(f"{section}.{key.replace('-', '_').replace(' ', '_')}", default)


def listed(parts: Sequence[str], language: str, last: str = "document.and") -> str:
    """Write a list out.

    >>> listed(["mass", "cyst", "node"], "en")
    'mass, cyst and node'
    """
    table = labels(language)
    if len(parts) < 2:
        return "".join(parts)
    return table["document.list_separator"].join(parts[:-1]) + table[last] + parts[-1]


def commas(parts: Iterable[str], language: str) -> str:
    """Join by commas alone."""
    return labels(language)["document.list_separator"].join(part for part in parts if part)


def quoted(words: str, language: str) -> str:
    """Put words that stand in the other language into quotation marks."""
    return label(language, "document.quoted", words=words.strip('"“”'))


def detailed(what: str, detail: str, language: str) -> str:
    """Add a detail in parentheses, if there is one."""
    return label(language, "summary.detail", what=what, detail=detail) if detail else what


def timed(what: str, time: str, language: str) -> str:
    """Add a time in parentheses, if there is one."""
    if not time or not what or time in what:
        return what
    bare = re.sub(r"\s*\([^()]*\)$", "", time)
    small = bare[1:2].islower()
    return label(language, "summary.timed", what=what, time=bare[0].lower() + bare[1:] if small else bare)


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop.

    >>> sentence("no mass")
    'No mass.'
    """
    if not words:
        return ""
    return capital(words) + ("" if words[-1] in ".!?" else ".")


def capital(words: str) -> str:
    """Begin with a capital."""
    return words[:1].upper() + words[1:]


def texts(parts: Iterable[str]) -> tuple[str, ...]:
    """Leave out what is empty or said twice."""
    return tuple(dict.fromkeys(part for part in parts if part))

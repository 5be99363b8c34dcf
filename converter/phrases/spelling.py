"""Slips of one letter in long words: commisure, progrssive, mesentary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from converter.phrases.lexicon import fold_word, lexicon
from converter.phrases.morphology import guess

DOUBLING = 7
"""Letters of the shortest word whose doubled letters are mended."""
SHORTEST = 10
"""Letters of the shortest word that is mended otherwise: among shorter ones a slip may be another word, as
among the names of what is too high or too low (hypercalemia is no calcium)."""
_DOUBLED = re.compile(r"(.)\1")


@cache
def spelled(printed: str) -> str:
    """Fold a word; mend a letter too many or too few where exactly one known word is that near.

    >>> spelled("commisure"), spelled("Progrssive"), spelled("masses"), spelled("zorblaxitude")
    ('commissure', 'progressive', 'mass', 'zorblaxitude')
    """
    word = fold_word(printed)
    if len(word) < DOUBLING or not word.isalpha() or not word.islower():
        return word
    if word in _vocabulary() or guess(printed, word) is not None:
        return word
    same = _squeezed().get(_DOUBLED.sub(r"\1", word), "")
    if same or len(word) < SHORTEST or word.startswith(("hyper", "hypo")):
        return same or word
    near = {near for near in (*_grown(word), *_cuts(word)) if near in _vocabulary()}
    near = {known for known in near if known[0] == word[0]}
    return near.pop() if len(near) == 1 else word


@cache
def _vocabulary() -> frozenset[str]:
    """Give every word of every key."""
    return frozenset(word for key in lexicon() for word in key)


@cache
def _squeezed() -> Mapping[str, str]:
    """Give the known long words by their letters without doubling, where that names one word."""
    found: dict[str, str] = {}
    for word in sorted(_vocabulary()):
        if len(word) >= DOUBLING and word.islower():
            short = _DOUBLED.sub(r"\1", word)
            found[short] = "" if short in found else word
    return found


@cache
def _letters() -> str:
    """Give every small letter of the known words."""
    return "".join(sorted({char for word in _vocabulary() for char in word if char.islower()}))


def _grown(word: str) -> Iterator[str]:
    """Yield a word with each letter put in at each place."""
    for at in range(len(word) + 1):
        yield from (word[:at] + letter + word[at:] for letter in _letters())


def _cuts(word: str) -> Iterator[str]:
    """Yield a word less each of its letters in turn."""
    yield from dict.fromkeys(word[:at] + word[at + 1 :] for at in range(len(word)))

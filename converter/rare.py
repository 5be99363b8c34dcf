"""Patterns of rare words: a text without any of the words that a match must hold is not searched at all.

A search for an alternation tries each branch at each place of the text, and most sentences hold no match.
The words are read off the patterns themselves, so that the two cannot part, and one automaton looks for
those of many patterns at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick_rs

Held = frozenset[str]
"""Strings of which every match of a piece of a pattern holds one."""

MOST, SETS = 96, 3
"""Strings in a set, and sets that a pattern is known by, at most."""
SHORTEST, LONGEST = 2, 9
"""Letters of a string worth looking for, and of what is looked for of a longer one; of Hangul one will do."""
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
AROUND = (op.AT, op.ASSERT, op.ASSERT_NOT)
"""What takes no room in a match."""


def words_of(pattern: str) -> tuple[Held, ...]:
    """Give sets of strings of each of which every match of a pattern holds one, the most telling first.

    >>> [sorted(words) for words in words_of(r"\\b(?:cultur(?:e|ed|ing)s?|pus)\\b\\W+\\b(?:hours?|days?)\\b")]
    [['day', 'hour'], ['culture', 'culturing', 'pus']]
    >>> words_of(r"\\w+ (?:of )?\\d")
    ()
    """
    parsed = parser.parse(pattern)
    if parsed.state.flags & re.IGNORECASE:
        return ()
    found = sorted(_parts(parsed), key=_worth, reverse=True)
    return tuple(_bare(w[:LONGEST] for w in words) for words in found[:SETS])


def _bare(words: Iterable[str]) -> Held:
    """Leave out what holds another of the strings."""
    known = frozenset(words)
    return frozenset(w for w in known if not any(other in w for other in known if other != w))


def _whole(items: Iterable[tuple[Any, Any]]) -> Held | None:
    """Give all that a sequence matches, where that is a few strings."""
    out: Held = frozenset([""])
    for code, argument in items:
        more = _all_of(code, argument)
        if more is None or len(out) * len(more) > MOST:
            return None
        out = frozenset(a + b for a in out for b in more)
    return out


def _all_of(code: Any, argument: Any) -> Held | None:
    """Give all that an element matches, where that is a few strings."""
    if code is op.LITERAL:
        return frozenset([chr(argument)])
    if code in AROUND:
        return frozenset([""])
    if code is op.SUBPATTERN:
        return None if argument[1] & re.IGNORECASE else _whole(argument[3])
    if code is op.BRANCH:
        parts = [_whole(branch) for branch in argument[1]]
        return None if None in parts else frozenset().union(*(p for p in parts if p is not None))
    if code is op.IN and len(argument) < 6 and all(one is op.LITERAL for one, _ in argument):
        return frozenset(chr(char) for _, char in argument)
    if code in REPEATS and argument[:2] == (0, 1):
        part = _whole(argument[2])
        return None if part is None else part | {""}
    return None


def _sequence(items: Iterable[tuple[Any, Any]]) -> Held:
    """Give the best of what the elements of a sequence hold."""
    return max(_parts(items), key=_worth, default=frozenset())


def _parts(items: Iterable[tuple[Any, Any]]) -> list[Held]:
    """Give what the elements of a sequence hold, neighbours known in full taken together."""
    found: list[Held] = []
    run: Held = frozenset([""])
    for code, argument in items:
        whole = _all_of(code, argument)
        if whole is not None and len(run) * len(whole) <= MOST:
            run = frozenset(a + b for a in run for b in whole)
            continue
        found += [run, _within(code, argument)]
        run = whole if whole is not None else frozenset([""])
    return [one for one in (*found, run) if _telling(one)]


def _within(code: Any, argument: Any) -> Held:
    """Give what an element holds that is not known in full."""
    if code is op.SUBPATTERN:
        return frozenset() if argument[1] & re.IGNORECASE else _sequence(argument[3])
    if code in REPEATS and argument[0]:
        return _sequence(argument[2])
    if code is op.BRANCH:
        parts = [_sequence(branch) for branch in argument[1]]
        joined: Held = frozenset().union(*parts)
        return joined if all(parts) and len(joined) <= MOST else frozenset()
    return frozenset()


def _telling(words: Held) -> bool:
    return bool(words) and all(len(w) >= SHORTEST or w >= "가" or w in ("+", "%", "/") for w in words)


def _worth(words: Held) -> tuple[int, int]:
    """Long strings are rare; few are soon looked for."""
    return min(4, *(2 * len(w) if w >= "가" else len(w) for w in words)), -len(_bare(words))


def opening(*pieces: str) -> str:
    """Give a pattern for pieces that begin with a letter where a word begins, those in Hangul anywhere.

    It says what ``\\b(?:...)`` says, but starts with a letter, so that ``re`` skips all others at once.

    >>> opening("he", "she", "his", "환자")
    '[hs환](?:(?<=\\\\bh)(?:e|is)|(?<=\\\\bs)(?:he)|(?<=환)(?:자))'
    """
    rests: dict[str, list[str]] = {}
    for piece in pieces:
        rests.setdefault(piece[0], []).append(piece[1:])
    parts = (rf"(?<={'' if c >= '가' else chr(92) + 'b'}{c})(?:{'|'.join(r)})" for c, r in rests.items())
    return f"[{''.join(rests)}](?:{'|'.join(parts)})"


class Sieve:
    """Patterns of which most find nothing in most texts; their words are looked for together.

    All of them are given before the first text comes, while the modules that own them are read.
    """

    def __init__(self) -> None:
        self._sets: dict[Held, int] = {}
        self.held = lru_cache(maxsize=64)(self._held)
        """Numbers of the sets of which a text holds a word; asked for by each pattern, found once."""

    def rare(self, pattern: str) -> Rare:
        """Add a pattern."""
        own = [self._sets.setdefault(words, len(self._sets)) for words in words_of(pattern)]
        return Rare(self.held, frozenset(own), re.compile(pattern))

    @cached_property
    def _automaton(self) -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[int, ...], ...]]:
        """Give the automaton of all words, and the sets of each."""
        owners: dict[str, list[int]] = {}
        for words, number in self._sets.items():
            for word in words:
                owners.setdefault(word, []).append(number)
        return ahocorasick_rs.AhoCorasick(list(owners)), tuple(map(tuple, owners.values()))

    def _held(self, text: str) -> frozenset[int]:
        automaton, owners = self._automaton
        hits = {hit[0] for hit in automaton.find_matches_as_indexes(text, overlapping=True)}
        return frozenset().union(*map(owners.__getitem__, hits))


@dataclass(frozen=True, slots=True, eq=False)
class Rare:
    """A pattern of a sieve; searches as ``re`` does."""

    held: Callable[[str], frozenset[int]]
    sets: frozenset[int]
    compiled: re.Pattern[str]

    def may_match(self, text: str) -> bool:
        """Tell whether a text, or a part of it, holds the pattern's words."""
        return self.sets <= self.held(text)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """Find the first match."""
        return self.compiled.search(text, start, end) if self.sets <= self.held(text) else None

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Find all matches."""
        return self.compiled.finditer(text, start, end) if self.sets <= self.held(text) else iter(())

    def findall(self, text: str) -> list[Any]:
        """List all matches."""
        return self.compiled.findall(text) if self.sets <= self.held(text) else []

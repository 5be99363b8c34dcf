"""Patterns of rare words find what ``re`` finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from converter.rare import Sieve, opening, words_of

PATTERNS = (
    r"\b(?:was |were )?(?:admitted|hospitali[sz]ed) (?:to|in)\b|입원",
    r"(?P<n>no (?:history of )?smok\w+)\b|tobacco",
    r"\w+ed\b",
    r"(?i:fever)s?",
    r"a{2}b?c",
)
PARTS = [
    "was ",
    "admitted",
    " to",
    "hospitalised",
    " in",
    "no ",
    "history of ",
    "smoker",
    "tobacco",
    "Fever",
    "aabc",
    "입원",
]


@given(st.lists(st.sampled_from([*PARTS, " ", "x", "\n"]), max_size=8).map("".join))
def test_a_rare_pattern_finds_what_re_finds(text: str) -> None:
    sieve = Sieve()
    for pattern, rare in [(p, sieve.rare(p)) for p in PATTERNS]:
        expected = [m.span() for m in re.finditer(pattern, text)]
        assert [m.span() for m in rare.finditer(text)] == expected
        assert rare.findall(text) == re.findall(pattern, text)
        first = rare.search(text)
        assert (first.span() if first else None) == (expected[0] if expected else None)


def test_words_are_those_that_every_match_holds() -> None:
    assert words_of(r"\b(?:grew|cultures?)\b|배양") == ({"grew", "culture", "배양"},)
    assert words_of(r"\d+ days? \w+ (?:before|after)\b") == ({" day ", " days "}, {" before", " after"})
    assert words_of(r"(?:fever )?\d+") == ()
    assert words_of(r"(?i)fever") == ()


@given(st.lists(st.sampled_from(["he", "she", "his", " ", "-", "t", "환자", "."]), max_size=10).map("".join))
def test_an_opening_says_what_a_word_border_says(text: str) -> None:
    plain = re.compile(r"\b(?:he|she|his)|환자")
    quick = re.compile(opening("he", "she", "his", "환자"))
    assert [m.span() for m in quick.finditer(text)] == [m.span() for m in plain.finditer(text)]

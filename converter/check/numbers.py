"""Numbers as a report prints them, for comparing a bundle's numbers with their words digit for digit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from converter.mappings import load_toml

PRINTED = re.compile(
    r"(?P<sign>(?:(?<=[\s(\[=:<>≤≥~])|^)[-−–]|−)?"
    r"(?P<digits>\d{1,3}(?:[, ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.,·∙]\d+)?|[.·]\d+)"
)
GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
BLANKS = "".join(map(chr, range(0x2000, 0x200B))) + "\u00a0\u202f\u205f\u3000"
WIDE = str.maketrans("０１２３４５６７８９．，" + BLANKS, "0123456789.," + " " * len(BLANKS))
WORD = re.compile(r"[a-z][a-z.]*[a-z.]|[a-z]")


def as_written(number: int | float | Decimal) -> str:
    """Write a number of a bundle with the digits that it has there.

    >>> as_written(Decimal("5.10"))
    '5.10'
    """
    return format(number, "f") if isinstance(number, Decimal) else repr(number)


def printed(text: str) -> frozenset[str]:
    """Give the numbers in a text, without thousands separators.

    A blank between groups of three may be a separator or not, so both readings count; so do "05" and 5.

    >>> sorted(printed("about 32,322/uL, 5.10 and .5"))
    ['0.5', '32322', '5.10']
    """
    found: set[str] = set()
    for match in PRINTED.finditer(text.translate(WIDE)):
        sign = "-" if match["sign"] else ""
        found.update(sign + reading for reading in _readings(match["digits"]))
    return frozenset(found)


def _readings(digits: str) -> set[str]:
    if not GROUPED.fullmatch(digits):
        plain = re.sub(r"[,·∙]", ".", digits)
        plain = f"0{plain}" if plain[0] == "." else plain
        return {plain, re.sub(r"^0+(?=\d)", "", plain)}
    joined = re.sub(r"[, ]", "", digits)
    apart = digits.split(" ")
    return {joined, *(apart if len(apart) > 1 else ())}


def stands(number: int | float | Decimal, text: str, numerals: frozenset[str]) -> bool:
    """Tell whether a number stands in a text as digits or as a word; ``numerals`` is ``printed(text)``.

    >>> stands(6, "on the sixth day", frozenset())
    True
    """
    written = as_written(number)
    if written in numerals:
        return True
    if isinstance(number, float) and any(float(numeral) == number for numeral in numerals):
        return True
    english, korean = _words()
    folded = text.casefold().replace("-", " ")
    words = set(WORD.findall(folded))
    if any(word in words or (" " in word and word in folded) for word in english.get(written, ())):
        return True
    return any(word in text for word in korean.get(written, ()))


@cache
def _words() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    table = load_toml("fhir/number-words.toml")
    english = {number: tuple(words) for number, words in table["en"].items()}
    for tens in range(20, 100, 10):
        for units in range(1, 10):
            head = english[str(tens)][0]
            english[str(tens + units)] = tuple(f"{head} {tail}" for tail in english[str(units)][:3])
    korean = {number: tuple(words) for number, words in table["ko"].items()}
    for tens in range(10, 100, 10):
        for units in range(1, 10):
            joined = tuple(head + tail for head in korean[str(tens)] for tail in korean[str(units)])
            korean[str(tens + units)] = (*korean.get(str(tens + units), ()), *joined)
    return english, korean

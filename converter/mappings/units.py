"""mappings/units.toml: printed units -> UCUM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from converter.mappings.files import load_toml


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code and how it is printed."""

    ucum: str
    names: tuple[str, ...]
    ko: str = ""


@cache
def units() -> tuple[Unit, ...]:
    """Give the unit aliases."""
    return tuple(Unit(u["ucum"], tuple(u["names"]), u.get("ko", "")) for u in load_toml("units.toml")["unit"])


LOST_SUPERSCRIPT = re.compile(r"^x10[(*]{0,2}(3|6|9|12)\)?(?=/|cells|$)")
"""Pasting loses superscripts: "x 103/uL" is ten to the third."""
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def unit_key(text: str) -> str:
    """Fold a printed unit for look-up: micro signs, multiplication signs, superscripts and blanks.

    >>> unit_key("×10³ / µL"), unit_key("*10^9/L")
    ('x10^3/uL', 'x10^9/L')
    """
    if text.isascii():
        bare = text.replace(" ", "")
        return LOST_SUPERSCRIPT.sub(r"x10^\1", bare) if bare.startswith("x10") else bare
    out: list[str] = []
    for i, char in enumerate(text):
        if char in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻":
            if i == 0 or text[i - 1] not in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻^":
                out.append("^")
            out.append(char.translate(SUPERSCRIPT))
        else:
            out.append(
                {"µ": "u", "μ": "u", "×": "x", "−": "-", "–": "-", "\u00a0": " ", "·": "."}.get(char, char)
            )
    key = re.sub(r"^\*(?=10)", "x", "".join(out).replace(" ", ""))
    return LOST_SUPERSCRIPT.sub(r"x10^\1", key)


@cache
def unit_codes() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Give UCUM by folded alias: exact case first, then casefolded where no two units collide."""
    exact: dict[str, str] = {}
    loose: dict[str, str | None] = {}
    for unit in units():
        for name in (unit.ucum, *unit.names):
            key = unit_key(name)
            exact.setdefault(key, unit.ucum)
            low = key.casefold()
            if loose.setdefault(low, unit.ucum) != unit.ucum:
                loose[low] = None
    return exact, {key: value for key, value in loose.items() if value}


def ucum(text: str) -> str:
    """Give the UCUM code of a printed unit, or "" where none is known."""
    exact, loose = unit_codes()
    key = unit_key(text).rstrip(".")
    return exact.get(key) or loose.get(key.casefold(), "")

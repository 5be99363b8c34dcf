"""UCUM's grammar, https://ucum.org/ucum: whether a unit code can be read. No conversion, no dimensions."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from converter.mappings import load_toml

ANNOTATION = re.compile(r"\{[!-z|~]*\}")
EXPONENT = re.compile(r"(.*?[^0-9+\-])([+-]?[0-9]+)")
NUMBER = re.compile(r"[0-9]+")


@cache
def _atoms() -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    table = load_toml("fhir/ucum.toml")
    metric = frozenset(table["metric"])
    return metric, metric | frozenset(table["other"]), tuple(table["prefixes"])


@lru_cache(maxsize=4096)
def valid(code: str) -> bool:
    """Tell whether a code is UCUM (case sensitive).

    >>> [valid(unit) for unit in ("mg/dL", "10*3/uL", "mm[Hg]", "{score}", "K/UL", "mmHg")]
    [True, True, True, True, False, False]
    """
    tokens = _tokens(code)
    if not tokens:
        return False
    rest = _term(tokens[1:] if tokens[0] == "/" else tokens)
    return rest == ()


def _tokens(code: str) -> tuple[str, ...]:
    """Split into braces, operators and the stretches between; brackets keep what is inside them."""
    out: list[str] = []
    position = 0
    while position < len(code):
        char = code[position]
        if char in "./()":
            end = position + 1
        elif char == "{":
            end = code.find("}", position) + 1
            if not ANNOTATION.fullmatch(code, position, end):
                return ()
        else:
            end = _stretch(code, position)
        out.append(code[position:end])
        position = end
    return tuple(out)


def _stretch(code: str, start: int) -> int:
    """Find where a simple unit ends: square brackets hide operators ("B[10.nV]")."""
    inside = False
    for position in range(start, len(code)):
        char = code[position]
        inside = (inside or char == "[") and char != "]"
        if not inside and char in "./(){":
            return position
    return len(code)


def _term(tokens: tuple[str, ...]) -> tuple[str, ...] | None:
    """Read component (("." | "/") component)*; give what is left, None if it cannot be read."""
    rest = _component(tokens)
    while rest and rest[0] in "./":
        rest = _component(rest[1:])
    return rest


def _component(tokens: tuple[str, ...]) -> tuple[str, ...] | None:
    if not tokens:
        return None
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        inner = _term(rest)
        return inner[1:] if inner and inner[0] == ")" else None
    if head[0] == "{":
        return rest
    if not (NUMBER.fullmatch(head) or _annotatable(head)):
        return None
    return rest[1:] if rest and rest[0][0] == "{" else rest


def _annotatable(unit: str) -> bool:
    if _simple(unit):
        return True
    match = EXPONENT.fullmatch(unit)
    return match is not None and _simple(match[1])


def _simple(unit: str) -> bool:
    metric, every, prefixes = _atoms()
    if unit in every:
        return True
    return any(unit.startswith(prefix) and unit[len(prefix) :] in metric for prefix in prefixes)

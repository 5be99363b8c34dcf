"""Where a FHIRPath of an issue stands in its file: line and column.

Looked up only for what is wrong. What no issue lies in is skipped by the standard library's own scanner, so
that finding a few places costs hardly more than reading the file once.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

Step = tuple[str, str, int]
"""(name, type of a choice or "", index or -1)"""
Position = tuple[int, int]
"""(line, column), both from 1."""
STEP = re.compile(r"\.?([A-Za-z_]\w*)(?:\.ofType\((\w+)\))?(?:\[(\d+)\])?")
BLANK = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """Split a FHIRPath after its resource type.

    >>> steps("Patient.deceased.ofType(boolean).extension[1]")
    (('deceased', 'boolean', -1), ('extension', '', 1))
    """
    return tuple((m[1], m[2] or "", int(m[3] or -1)) for m in STEP.finditer(path))[1:]


@dataclass(slots=True)
class _Wanted:
    """A tree of the places that are asked for; grows while it is made, and is only read afterwards."""

    paths: list[str] = field(default_factory=list)
    children: dict[Step, _Wanted] = field(default_factory=dict)


NOTHING = _Wanted()


def _wanted(paths: Iterable[str]) -> _Wanted:
    root = _Wanted()
    for path in paths:
        here = root
        for name, kind, index in steps(path):
            here = here.children.setdefault((name, kind, -1), _Wanted())
            if index >= 0:
                here = here.children.setdefault(("", "", index), _Wanted())
        here.paths.append(path)
    return root


def locate(text: str, paths: Iterable[str], start: int = 0) -> Mapping[str, int]:
    """Give the offset of each path in valid JSON: its key, or its value in a list.

    What is missing stands where its parent does.

    >>> locate('{"a": [1, {"b": 2}]}', ["X.a[1].b", "X.a[0]", "X.c"])
    {'X.a[1].b': 11, 'X.a[0]': 7, 'X.c': 0}
    """
    found: dict[str, int] = {}
    begin = _skip(text, start)
    _value(text, begin, _Shown(begin, -1), _wanted(paths), found)
    return found


class _Shown(NamedTuple):
    """Where people look for a value, and for the one around it."""

    here: int
    around: int


def _skip(text: str, index: int) -> int:
    match = BLANK.match(text, index)
    return match.end() if match else index


def _value(text: str, index: int, shown: _Shown, wanted: _Wanted, found: dict[str, int]) -> int:
    """Find what is wanted in the value at an index; give where it ends."""
    _mark(wanted, shown, found)
    if not wanted.children or text[index] not in "{[":
        return DECODER.raw_decode(text, index)[1]
    return (_object if text[index] == "{" else _array)(text, index, shown.here, wanted, found)


def _mark(wanted: _Wanted, shown: _Shown, found: dict[str, int]) -> None:
    """Place a value, and all inside it until it is seen itself."""
    for path in wanted.paths:
        if found.get(path, shown.around) == shown.around:
            found[path] = shown.here
    for child in wanted.children.values():
        _mark(child, shown, found)


def _object(text: str, index: int, around: int, wanted: _Wanted, found: dict[str, int]) -> int:
    names = {name + kind[:1].upper() + kind[1:]: child for (name, kind, _), child in wanted.children.items()}
    seen: dict[str, int] = {}
    index = _skip(text, index + 1)
    while text[index] != "}":
        here = index
        key, index = DECODER.raw_decode(text, index)
        index = _skip(text, _skip(text, index) + 1)
        name = key.removeprefix("_")
        child = names.get(name, NOTHING)
        if name in seen and name != key:  # a _twin holds what is inside, its primitive keeps its place
            child = _Wanted([], child.children)
        shown = _Shown(here, seen.setdefault(name, around))
        seen[name] = here
        index = _next(text, _value(text, index, shown, child, found))
    return index + 1


def _array(text: str, index: int, around: int, wanted: _Wanted, found: dict[str, int]) -> int:
    number = 0
    index = _skip(text, index + 1)
    while text[index] != "]":
        child = wanted.children.get(("", "", number), NOTHING)
        index = _next(text, _value(text, index, _Shown(index, around), child, found))
        number += 1
    return index + 1


def _next(text: str, index: int) -> int:
    index = _skip(text, index)
    return _skip(text, index + 1) if text[index] == "," else index


def positions(text: str, offsets: Iterable[int]) -> Iterator[Position]:
    """Give line and column of offsets."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", text))]
    for offset in offsets:
        line = bisect_right(starts, offset)
        yield line, offset - starts[line - 1] + 1


def duplicates(text: str) -> Iterator[int]:
    """Give the offsets of keys that an object has twice; only to be asked where there are any."""
    stack: list[set[str] | None] = []
    index = 0
    while index < len(text):
        char = text[index]
        if char in "{[":
            stack.append(set() if char == "{" else None)
        elif char in "}]":
            stack.pop()
        elif char == '"':
            key, end = DECODER.raw_decode(text, index)
            seen = stack[-1] if stack else None
            if seen is not None and text[_skip(text, end) : _skip(text, end) + 1] == ":":
                if key in seen:
                    yield index
                seen.add(key)
            index = end - 1
        index += 1


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object as json.loads does, or raise KeyError where a key stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise KeyError
    return made

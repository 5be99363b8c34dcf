"""A file of resources -> Issues with line and column: JSON, NDJSON or XML, told apart by its contents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from lxml import etree

from converter.check import check, places, xml
from converter.issues import Issue

LINES = (".ndjson", ".jsonl")
ENTRY = re.compile(r"Bundle\.entry\[(\d+)\]\.resource(?=\.|$)")
SUFFIXES = (".json", ".xml", *LINES)


@dataclass(frozen=True, slots=True)
class Record:
    """One resource of a file, or what kept it from being read."""

    value: Any
    issues: tuple[Issue, ...]
    """Issues of its form; their places are known already."""
    locate: Callable[[Sequence[Issue]], Sequence[Issue]]
    """Puts line and column into issues with a path."""
    read: bool = True


def check_file(
    data: bytes, name: str = "", *, source: str | None = None, structure: bool = False
) -> tuple[Issue, ...]:
    """Check every resource of a file; ``source`` as for check()."""
    return tuple(issue for record in records(data, name) for issue in judge(record, name, source, structure))


def judge(record: Record, name: str, source: str | None, structure: bool = False) -> Sequence[Issue]:
    """Give the issues of one record, with their places."""
    if not record.read:
        return record.issues
    found = check(record.value, source=source, name=name, structure=structure)
    return (*record.issues, *(record.locate(found) if found else ()))


def records(data: bytes, name: str = "") -> Iterator[Record]:
    """Read the resources of a file one after the other; what cannot be read is a record with its Issue."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        yield _xml(data, name)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = next(places.positions(data[: error.start].decode(), [error.start]))
        yield _unread("not UTF-8", name, place)
        return
    if PurePath(name).suffix.lower() in LINES or (start == b"{" and _many(text)):
        yield from _lines(text, name)
    else:
        yield _json(text, name, 0)


def holds_fhir(data: bytes) -> bool:
    """Tell whether a file means to be FHIR, right or wrong: it names a resourceType or FHIR's namespace."""
    return b'"resourceType"' in data or xml.FHIR.encode() in data


def _many(text: str) -> bool:
    """Tell NDJSON from JSON where the name does not: a whole value, then another line."""
    first, _, rest = text.strip().partition("\n")
    if not rest or not first.rstrip().endswith("}"):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return rest.lstrip().startswith("{")


def _lines(text: str, name: str) -> Iterator[Record]:
    for number, line in enumerate(text.split("\n")):
        if line.strip():
            yield _json(line, name, number)


def _unread(words: str, name: str, place: places.Position) -> Record:
    line, column = place
    issue = replace(Issue.of("BND001", words, source=name), line=line, column=column)
    return Record(None, (issue,), list, read=False)


def _json(text: str, name: str, above: int) -> Record:
    """Read one JSON value, its numbers as printed; ``above`` counts the lines over it."""
    twice = False

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        value = dict(pairs)
        twice = twice or len(value) != len(pairs)
        return value

    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=made)
    except json.JSONDecodeError as error:
        return _unread(f"not JSON: {error.msg}", name, (above + error.lineno, error.colno))
    except ValueError:
        return _unread(
            "not JSON: NaN and Infinity are no numbers of JSON, nor are 5,000 digits", name, (above + 1, 1)
        )
    except RecursionError:
        return _unread("nested too deeply", name, (above + 1, 1))

    def locate(issues: Sequence[Issue]) -> Sequence[Issue]:
        issues = [replace(issue, element=_element(issue.path, value)) for issue in issues]
        found = places.locate(text, dict.fromkeys(issue.path for issue in issues))
        offsets = [found[issue.path] for issue in issues]
        spots = places.positions(text, offsets)
        return [_at(issue, spot, above) for issue, spot in zip(issues, spots, strict=True)]

    offsets = list(places.duplicates(text)) if twice else []
    double = Issue.of("BND002", "this key stands twice in one object", source=name)
    form = tuple(_at(double, spot, above) for spot in places.positions(text, offsets))
    return Record(value, form, locate)


def _element(path: str, value: Any) -> str:
    """Write a path from its resource on.

    >>> _element("Patient.name[0]", {"resourceType": "Patient", "id": "a"})
    'Patient/a.name[0]'
    """
    match = ENTRY.match(path)
    try:
        resource = value["entry"][int(match[1])]["resource"] if match else value
    except (LookupError, TypeError):  # a path that another validator made up
        return path
    ident = resource.get("id") if isinstance(resource, dict) else None
    kind, dot, rest = path[match.end() if match else 0 :].partition(".")
    kind = str(resource.get("resourceType")) if match else kind
    return f"{kind}/{ident}{dot}{rest}" if isinstance(ident, str) else path


def _constant(_: str) -> float:
    raise ValueError


def _at(issue: Issue, spot: places.Position, above: int = 0) -> Issue:
    return replace(issue, line=above + spot[0], column=spot[1])


def _xml(data: bytes, name: str) -> Record:
    try:
        read = xml.parse(data)
    except etree.XMLSyntaxError as error:
        return _unread("not well-formed XML", name, (error.lineno or 1, (error.offset or 0) + 1))
    except ValueError as error:
        return _unread(str(error), name, (1, 1))
    except RecursionError:
        return _unread("nested too deeply", name, (1, 1))
    if read is None:
        return _unread("the root of the XML is not in FHIR's namespace", name, (1, 1))

    def locate(issues: Sequence[Issue]) -> Sequence[Issue]:
        issues = [replace(issue, element=_element(issue.path, read.value)) for issue in issues]
        nodes = dict(xml.nodes(read.root, dict.fromkeys(issue.path for issue in issues)))
        spots = xml.positions(data, read.root, list(nodes.values()))
        return [_at(issue, spots[nodes[issue.path]]) for issue in issues]

    spots = xml.positions(data, read.root, [fault.node for fault in read.faults]) if read.faults else {}
    form = tuple(
        _at(Issue.of("BND002", fault.words, source=name), spots[fault.node]) for fault in read.faults
    )
    return Record(read.value, form, locate)

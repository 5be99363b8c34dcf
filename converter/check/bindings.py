"""Codes: required value sets, extensions' values, units, and displays that belong to their codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from converter import mappings
from converter.check import ucum
from converter.check.definitions import (
    HL7_EXTENSIONS,
    codes,
    extension_part,
    extension_urls,
    types,
    value_set,
    value_set_codes,
)
from converter.check.tree import Bound, Found, Tree, path
from converter.issues import Issue, MappingError, Severity
from converter.model import Code

UCUM = "http://unitsofmeasure.org"
FORMS = {
    "language": re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"),
    "contentType": re.compile(r"[\w.+!#$&^-]+/[\w.+!#$&^*-]+(\s*;.*)?", re.ASCII | re.DOTALL),
}
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:")
QUANTITIES = ("Quantity", "Age", "Count", "Distance", "Duration", "Money")


def check(tree: Tree, ours: bool) -> Iterator[Issue]:
    """Check all codes; ``ours`` says that the displays of SNOMED CT and LOINC must be those of our tables."""
    for bound in tree.coded:
        if not _allowed(bound):
            message = f"not in the value set {bound.element.values}, which R4 requires here"
            yield Issue.of("BND006", message, path=path(bound.place))
    for found in tree.each("Extension"):
        yield from _extension(found)
    yield from _forms(tree)
    for found in tree.each(*QUANTITIES):
        code = found.value.get("code")
        if found.value.get("system") == UCUM and isinstance(code, str) and not ucum.valid(code):
            yield Issue.of("BND011", path=f"{path(found.place)}.code")
    yield from _codings(tree, ours)


def _forms(tree: Tree) -> Iterator[Issue]:
    """Check codes of value sets that nobody can list: languages (BCP 47) and media types."""
    attachments = [(found.value, found.place) for found in tree.each("Attachment")]
    holders = [*((one.value, one.place) for one in tree.resources), *attachments]
    for value, place in holders:
        for key, form in FORMS.items():
            code = value.get(key)
            if isinstance(code, str) and code.strip() and not form.fullmatch(code):
                yield Issue.of("BND006", f"not of the form of a {key}", path=f"{path(place)}.{key}")


def _allowed(bound: Bound) -> bool:
    name = bound.element.values
    value: Any = bound.value
    if isinstance(value, str):
        return value in value_set_codes(name)
    if "coding" in value:
        coding = value["coding"]
        return isinstance(coding, list) and any(_in_set(one, name) for one in coding)
    return "system" in value and _in_set(value, name)


def _in_set(coding: Any, name: str) -> bool:
    if not isinstance(coding, dict):
        return False
    return str(coding.get("code")) in value_set(name).get(str(coding.get("system")), ())


def _extension(found: Found) -> Iterator[Issue]:
    url = found.value.get("url")
    if not isinstance(url, str):
        return
    outer = found.place[0][3] if found.place[0] is not None else None
    parent = outer.get("url") if isinstance(outer, dict) and "extension" in outer else None
    nested = isinstance(parent, str) and found.place[1] == ".extension" and ":" not in url
    if not nested and ":" not in url:
        yield Issue.of("BND002", "the url of an extension must be absolute", path=path(found.place))
        return
    part = extension_part(f"{parent}#{url}" if nested else url)
    if part is None:
        known = extension_urls
        if url.startswith(HL7_EXTENSIONS) and url not in known() and url not in known(rare=True):
            yield Issue.of("BND002", "HL7 has no such extension in R4", path=path(found.place))
        return
    for key, value in found.value.items():
        element = types()["Extension"].elements.get(key.removeprefix("_"))
        if element is None or not element.choice:
            continue
        if part.types and element.type not in part.types:
            words = f"the extension's value must be {' or '.join(sorted(part.types))}"
            yield Issue.of("BND002", words, path=path(found.place) + element.step)
        elif part.values and isinstance(value, str) and value not in value_set_codes(part.values):
            words = f"not in the value set {part.values}"
            yield Issue.of("BND006", words, path=path(found.place) + element.step)


def _codings(tree: Tree, ours: bool) -> Iterator[Issue]:
    """Compare codes of HL7's systems with their tables, and displays with the codes' names."""
    systems = codes()
    for found in tree.each("Coding"):
        system, code = found.value.get("system"), found.value.get("code")
        if isinstance(system, str) and system.strip() and not ABSOLUTE.match(system):
            words = "the system of a code must be absolute"
            yield Issue.of("BND002", words, path=f"{path(found.place)}.system")
        if not isinstance(system, str) or not isinstance(code, str):
            continue
        if system == UCUM and not ucum.valid(code):
            yield Issue.of("BND011", path=f"{path(found.place)}.code")
        table = systems.get(system)
        display = found.value.get("display")
        if table is None:
            if ours and isinstance(display, str):
                yield from _display(found, system, code, display)
        elif code not in table:
            yield Issue.of("BND006", "its code system has no such code", path=f"{path(found.place)}.code")
        elif isinstance(display, str) and _fold(display) != _fold(table[code]):
            yield Issue.of("BND012", path=f"{path(found.place)}.display")


def _display(found: Found, system: str, code: str, display: str) -> Iterator[Issue]:
    """Judge a display of SNOMED CT, LOINC or DICOM by our tables.

    These systems have several names for a code and, retired ones included, several codes for a name. Only
    where our tables hold the code under one name and the display as another code's name is it an error.
    """
    names, owners = displays()
    folded = _fold(display)
    ours, elsewhere = names.get((system, code)), owners.get((system, folded))
    if (ours is None and elsewhere is None) or (ours is not None and folded in ours):
        return
    words = "" if ours and elsewhere else "our tables pair this code and this name otherwise"
    issue = Issue.of("BND012", words, path=f"{path(found.place)}.display")
    yield issue if ours and elsewhere else replace(issue, severity=Severity.WARNING)


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


@cache
@mappings.loading()
def displays() -> tuple[Mapping[tuple[str, str], frozenset[str]], Mapping[tuple[str, str], frozenset[str]]]:
    """Give the names of our tables' codes, and the codes that bear a name; folded."""
    names: dict[tuple[str, str], set[str]] = {}
    owners: dict[tuple[str, str], set[str]] = {}
    for code in _codes():
        if code.display:
            names.setdefault((code.system, code.code), set()).add(_fold(code.display))
            owners.setdefault((code.system, _fold(code.display)), set()).add(code.code)
    return (
        {key: frozenset(found) for key, found in names.items()},
        {key: frozenset(found) for key, found in owners.items()},
    )


def _codes() -> Iterator[Code]:
    """Give the codes of our tables; a table that cannot be read is not this check's business."""
    readers: tuple[Callable[[], Iterable[Code]], ...] = (
        *(partial(_of_table, name) for name in mappings.TABLES),
        _of_observables,
        _of_imaging,
    )
    for read in readers:
        try:
            yield from tuple(read())
        except (MappingError, KeyError):
            continue


def _of_table(name: str) -> Iterable[Code]:
    return (code for concept in mappings.concepts(name).values() for code in concept.codes)


def _of_observables() -> Iterable[Code]:
    for row in mappings.observables():
        yield from (*row.concept.codes, *row.loinc.values())


def _of_imaging() -> Iterable[Code]:
    terms = mappings.imaging()
    for modality in terms.modalities:
        yield from (*modality.concept.codes, modality.dicom)
    for row in (*terms.sequences, *terms.planes, *terms.tracers, *terms.contrasts):
        yield from row.concept.codes

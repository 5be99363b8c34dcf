"""The form of codes, and the tables of code systems that verify them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from converter.check.ucum import valid
from converter.issues import ConverterError
from converter.mappings import DCM, LOINC, SNOMED
from converter.model import Code
from converter.terms import Store

UCUM = "http://unitsofmeasure.org"
COLUMNS = ("system", "code", "display")
TAG = re.compile(r" \([a-z][a-z /]+\)$")
"""SNOMED CT's semantic tag at the end of a fully specified name."""
REFERENCE = re.compile(r"^(?:DOID|MONDO|HPO?):\d+ | \(\d{4}_\d\d_\d\d\)$| \*NOTE:.*$")
"""What a table of cross-references writes around a name."""
D5 = tuple(
    tuple(
        (a + b) % 5 + (0 if b < 5 else 5) if a < 5 else (a - b) % 5 + (5 if b < 5 else 0) for b in range(10)
    )
    for a in range(10)
)
"""Multiplication in the dihedral group of order 10 (Verhoeff)."""
SHIFT = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _verhoeff(digits: str) -> bool:
    """Tell whether the check digit of a SNOMED CT identifier holds.

    >>> _verhoeff("19943007"), _verhoeff("19943008")
    (True, False)
    """
    check = 0
    for place, digit in enumerate(reversed(digits)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = SHIFT[moved]
        check = D5[check][moved]
    return check == 0


def _snomed(code: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d{2,14}[01]0\d", code)) and _verhoeff(code)


def _loinc(code: str) -> bool:
    """Tell whether a LOINC code has its form and check digit, or is a part, group or answer (LP, LG, LA).

    >>> _loinc("2160-0"), _loinc("2160-1")
    (True, False)
    """
    found = re.fullmatch(r"(\d{1,7})-(\d)", code)
    if not found:
        return bool(re.fullmatch(r"L[AGLP]\d{1,7}-\d", code))
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(reversed(found[1]))]
    return (10 - sum(d // 10 + d % 10 for d in doubled) % 10) % 10 == int(found[2])


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda code: bool(compiled.fullmatch(code))


FORMS: Mapping[str, Callable[[str], bool]] = {
    SNOMED: _snomed,
    LOINC: _loinc,
    UCUM: valid,
    DCM: _matches(r"[A-Z]{2,16}|\d{6}"),
    "http://radlex.org": _matches(r"RID\d+(?:_RID\d+)?"),
    "http://human-phenotype-ontology.org": _matches(r"HP:\d{7}"),
    "https://www.nlm.nih.gov/mesh": _matches(r"[CD]\d{6,9}"),
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": _matches(r"C\d{3,7}"),
    "http://hl7.org/fhir/sid/icd-9-cm": _matches(r"(?:\d\d|\d{3}|E\d{3}|V\d\d)(?:\.\d{1,2})?"),
    "http://hl7.org/fhir/sid/icd-10": _matches(r"[A-Z]\d\d(?:\.\d{1,2})?"),
    "http://hl7.org/fhir/sid/icd-10-cm": _matches(r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
    "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8": _matches(r"[A-Z]\d\d(?:\.\d{1,3})?"),
    "http://www.nlm.nih.gov/research/umls/rxnorm": _matches(r"[1-9]\d{0,7}"),
    "http://www.whocc.no/atc": _matches(r"[A-Z](?:\d\d(?:[A-Z](?:[A-Z](?:\d\d)?)?)?)?"),
}
URI = re.compile(r"(?:https?://|urn:(?:oid|uuid|ietf):?)\S+")


def malformed(code: Code) -> str:
    """Say what is wrong with a code's form; "" if nothing."""
    if not (code.system and code.code):
        return "system and code stand together or not at all"
    if not URI.fullmatch(code.system):
        return f"system {code.system!r} is no URI such as {SNOMED}"
    if not re.fullmatch(r"\S+(?: \S+)*", code.code):
        return f"code {code.code!r} begins, ends or breaks with blanks"
    form = FORMS.get(code.system)
    return (
        f"{code.code} is no code of {code.system} (form or check digit)"
        if form and not form(code.code)
        else ""
    )


@dataclass(frozen=True, slots=True)
class Sources:
    """What source tables hold: system -> code -> displays."""

    displays: Mapping[str, Mapping[str, frozenset[str]]]
    loaded: Store | None = None
    """The user's own terms, asked for systems that no table holds."""

    def wrong(self, code: Code) -> str:
        """Say how a code differs from its source table; "" if it does not, or no table is at hand."""
        known = self.displays.get(code.system)
        if known is None:
            return self.loaded.differs(code) if self.loaded else ""
        if code.code not in known:
            return f"{code.system} {code.code} is not in the source table"
        if code.display and code.display not in known[code.code]:
            given = min(known[code.code], key=lambda name: (len(name), name))
            return f"{code.code} is {given!r} in the source table, not {code.display!r}"
        return ""


def _table(path: Path) -> Iterator[tuple[str, str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise ConverterError(f"{path}:1: columns {', '.join(COLUMNS)} wanted, with tabs between")
            for row in rows:
                yield row["system"] or "", row["code"] or "", row["display"] or ""
    except OSError as error:
        raise ConverterError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConverterError(f"{path}: not UTF-8") from error


def _pydicom() -> Iterator[tuple[str, str, str]]:
    """Give DICOM's own codes where pydicom is installed."""
    try:
        from pydicom.sr._concepts_dict import concepts  # noqa: PLC0415 (optional, and slow to import)
    except ImportError:
        return
    keywords: Any = concepts["DCM"]  # keyword -> code -> (display, context groups)
    for codes in keywords.values():
        yield from ((DCM, code, named[0]) for code, named in codes.items())


def sources(paths: Iterable[Path], loaded: Store | None = None) -> Sources:
    """Read tables of codes (columns system, code, display), and pydicom's where it is installed."""
    found: dict[str, dict[str, set[str]]] = {}
    for rows in (_pydicom(), *(_table(path) for path in paths)):
        for system, code, display in rows:
            bare = REFERENCE.sub("", REFERENCE.sub("", display))
            names = {display, bare, TAG.sub("", bare)} if system == SNOMED else {display, bare}
            found.setdefault(system, {}).setdefault(code, set()).update(names)
    return Sources(
        {s: {c: frozenset(names) for c, names in codes.items()} for s, codes in found.items()}, loaded
    )

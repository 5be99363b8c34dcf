"""The only reader of mappings/: files -> typed tables. Unknown keys are refused, nothing is guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from converter.issues import MappingError
from converter.model import Code, Concept

COLUMNS = ("id", "en", "ko", "reading", "names", "names_ko", "system", "code", "display", "kind", "example")
TABLES = ("problems", "anatomy", "organisms", "procedures", "drugs", "relatives", "routes", "specimens")
DCM = "http://dicom.nema.org/resources/ontology/DCM"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"


@dataclass(frozen=True, slots=True)
class Row:
    """A concept with its names in both languages."""

    concept: Concept
    names: tuple[str, ...]
    names_ko: tuple[str, ...]
    example: str = ""


@dataclass(frozen=True, slots=True)
class Observable:
    """A laboratory test, vital sign, score or measurement and what may stand as its unit."""

    concept: Concept
    names: tuple[str, ...]
    names_ko: tuple[str, ...]
    category: str
    specimen: str
    loinc: Mapping[str, Code]
    """UCUM unit -> code whose property fits; "" for any or none."""
    units: tuple[str, ...]
    plausible: Mapping[str, tuple[Decimal, Decimal]]
    high: tuple[str, ...]
    low: tuple[str, ...]
    ambiguous: frozenset[str]
    excluded: tuple[str, ...]
    slips: tuple[str, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Modality:
    """A way of imaging as people name it, with the DICOM modality it amounts to."""

    concept: Concept
    names: tuple[str, ...]
    names_ko: tuple[str, ...]
    dicom: Code
    site: str = ""
    contrast: str = ""
    sequences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImagingTerms:
    """mappings/imaging.toml."""

    modalities: tuple[Modality, ...]
    sequences: tuple[Row, ...]
    planes: tuple[Row, ...]
    tracers: tuple[Row, ...]
    contrasts: tuple[Row, ...]
    outside: Row


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM code and how it is printed."""

    ucum: str
    names: tuple[str, ...]
    ko: str = ""


def data_path(name: str) -> Path:
    """Find a file of mappings/ or templates/ in a wheel and in a checkout alike."""
    here = Path(__file__).parent
    for root in (here / "_data", here.parent):
        if (root / name).exists():
            return root / name
    raise MappingError(f"{name} is missing from the installation; install casefhir again")


@cache
def load_toml(name: str) -> dict[str, Any]:
    """Read one TOML file of mappings/; numbers stay Decimals."""
    path = data_path(f"mappings/{name}")
    try:
        return tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(f"mappings/{name}: {error}") from error


def _split(cell: str) -> tuple[str, ...]:
    return tuple(name for part in cell.split("|") if (name := part.strip()))


def _tsv(path: Path) -> Iterable[Row]:
    lines = path.read_text("utf-8").split("\n")
    if tuple(lines[0].rstrip("\r").split("\t")) != COLUMNS:
        raise MappingError(f"{path.name}:1: the header must be {' '.join(COLUMNS)}")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) != len(COLUMNS):
            raise MappingError(f"{path.name}:{number}: {len(cells)} columns, {len(COLUMNS)} wanted")
        ident, en, ko, reading, names, names_ko, system, code, display, kind, example = cells
        codes = (Code(system, code, display),) if code else ()
        concept = Concept(ident, kind, en, ko, reading, codes)
        yield Row(
            concept, (en, *_split(names)), (ko, *([reading] if reading else []), *_split(names_ko)), example
        )


@cache
def table(name: str) -> tuple[Row, ...]:
    """Give the rows of one vocabulary; files named ``name-*.tsv`` count as parts of it."""
    folder = data_path("mappings/vocabulary")
    files = sorted(p for p in folder.glob(f"{name}*.tsv") if p.stem == name or p.stem.startswith(f"{name}-"))
    rows = [row for path in files for row in _tsv(path)]
    seen: dict[str, str] = {}
    for row in rows:
        if row.concept.id in seen:
            raise MappingError(f"vocabulary/{name}: two rows with the id {row.concept.id}")
        seen[row.concept.id] = row.concept.en
    return tuple(rows)


@cache
def concepts(name: str) -> Mapping[str, Concept]:
    """Give a vocabulary's concepts by id."""
    return {row.concept.id: row.concept for row in table(name)}


OBSERVATION_KEYS = frozenset(
    [
        "id",
        "en",
        "ko",
        "reading",
        "names",
        "names_ko",
        "category",
        "specimen",
        "loinc",
        "displays",
        "snomed",
        "units",
        "plausible",
        "high",
        "low",
        "ambiguous",
        "not",
        "slips",
        "examples",
        "counterexamples",
        "dicom",
    ]
)


def _limits(raw: Mapping[str, list[str]], where: str) -> dict[str, tuple[Decimal, Decimal]]:
    try:
        return {unit: (Decimal(str(low)), Decimal(str(high))) for unit, (low, high) in raw.items()}
    except (InvalidOperation, ValueError) as error:
        raise MappingError(f"{where}: plausible wants two numbers a unit") from error


def _observable(raw: Mapping[str, Any], where: str) -> Observable:
    unknown = set(raw) - OBSERVATION_KEYS
    if unknown:
        raise MappingError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    displays = raw.get("displays", {})
    loinc = {unit: Code(LOINC, code, displays.get(code, "")) for unit, code in raw.get("loinc", {}).items()}
    snomed = raw.get("snomed")
    codes: tuple[Code, ...] = (Code(SNOMED, snomed["code"], snomed.get("display", "")),) if snomed else ()
    dicom = raw.get("dicom")
    codes += (Code(DCM, dicom["code"], dicom.get("display", "")),) if dicom else ()
    concept = Concept(raw["id"], raw["category"], raw["en"], raw["ko"], raw.get("reading", ""), codes)
    names = tuple(dict.fromkeys([*raw["names"], raw["en"]]))
    names_ko = tuple(
        dict.fromkeys(
            [raw["ko"], *([raw["reading"]] if raw.get("reading") else []), *raw.get("names_ko", ())]
        )
    )
    return Observable(
        concept, names, names_ko, raw["category"], raw.get("specimen", ""), loinc,
        tuple(raw.get("units", ())),
        _limits(raw.get("plausible", {}), where), tuple(raw.get("high", ())), tuple(raw.get("low", ())),
        frozenset(raw.get("ambiguous", ())), tuple(raw.get("not", ())), tuple(raw.get("slips", ())),
        tuple(raw.get("examples", ())), tuple(raw.get("counterexamples", ())),
    )  # fmt: skip


@cache
def observables() -> tuple[Observable, ...]:
    """Give every laboratory test, vital sign, score and measurement."""
    out: dict[str, Observable] = {}
    for path in sorted(data_path("mappings/observations").glob("*.toml")):
        for raw in load_toml(f"observations/{path.name}").get("observation", []):
            where = f"observations/{path.name}: {raw.get('id', '?')}"
            if raw["id"] in out:
                raise MappingError(f"{where}: the id stands twice")
            out[raw["id"]] = _observable(raw, where)
    return tuple(out.values())


def _row(raw: Mapping[str, Any], kind: str) -> Row:
    code = raw.get("code")
    codes = (Code(code["system"], code["code"], code.get("display", "")),) if code else ()
    concept = Concept(raw["id"], kind, raw["en"], raw.get("ko", ""), raw.get("reading", ""), codes)
    names = tuple(dict.fromkeys([*raw.get("names", ()), raw["en"]]))
    return Row(concept, names, tuple(raw.get("names_ko", ())), "")


def _modality(raw: Mapping[str, Any]) -> Modality:
    row = _row(raw, "imaging")
    dicom = Code(DCM, raw["dicom"], raw.get("dicom_display", ""))
    names_ko = tuple(dict.fromkeys([row.concept.ko, *row.names_ko]))
    return Modality(
        row.concept,
        row.names,
        names_ko,
        dicom,
        raw.get("site", ""),
        raw.get("contrast", ""),
        tuple(raw.get("sequences", ())),
    )


@cache
def imaging() -> ImagingTerms:
    """Give modalities, sequences, planes, tracers, contrast words and words for another hospital."""
    raw = load_toml("imaging.toml")

    def rows(key: str) -> tuple[Row, ...]:
        return tuple(_row(r, key) for r in raw.get(key, []))

    outside = raw["outside"][0] if isinstance(raw["outside"], list) else raw["outside"]
    place = Concept("outside-hospital", "place", "Outside hospital", "외부 병원")
    return ImagingTerms(
        tuple(_modality(r) for r in raw["modality"]), rows("sequence"), rows("plane"), rows("tracer"),
        rows("contrast"), Row(place, tuple(outside["names"]), tuple(outside.get("names_ko", ()))),
    )  # fmt: skip


@cache
def units() -> tuple[Unit, ...]:
    """Give the unit aliases."""
    return tuple(Unit(u["ucum"], tuple(u["names"]), u.get("ko", "")) for u in load_toml("units.toml")["unit"])


LOST_SUPERSCRIPT = re.compile(r"^x10[(*]{0,2}(3|6|9|12)\)?(?=/|cells|$)")
"""Pasting loses superscripts: "x 103/uL" is ten to the third."""
SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def unit_key(text: str) -> str:
    """Fold a printed unit for look-up: micro signs, multiplication signs, superscripts and blanks.

    >>> unit_key("×10³ / µL")
    'x10^3/uL'
    """
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
    return LOST_SUPERSCRIPT.sub(r"x10^\1", "".join(out).replace(" ", ""))


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

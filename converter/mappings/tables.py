"""Files of mappings/ -> typed tables. Unknown keys are refused, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from converter.issues import MappingError
from converter.mappings.files import data_files, label, load_toml, own_files, read_toml
from converter.model import Code, Concept

COLUMNS = ("id", "en", "ko", "reading", "names", "names_ko", "system", "code", "display", "kind", "example")
TABLES = ("problems", "anatomy", "organisms", "procedures", "drugs", "relatives", "routes", "specimens")
DCM = "http://dicom.nema.org/resources/ontology/DCM"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
MESH = "https://www.nlm.nih.gov/mesh"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
CODED = {"snomed": SNOMED, "dicom": DCM, "ncit": NCIT, "mesh": MESH}
"""Keys of an observation that hold a code of that system; LOINC's goes by unit."""
Kept = TypeVar("Kept", "Row", "Observable")


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


def _split(cell: str) -> tuple[str, ...]:
    return tuple(name for part in cell.split("|") if (name := part.strip()))


def tsv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each row of one vocabulary file, in order of COLUMNS, with its line."""
    lines = path.read_text("utf-8").split("\n")
    if tuple(lines[0].rstrip("\r").split("\t")) != COLUMNS:
        raise MappingError(f"{label(path)}:1: the header must be {' '.join(COLUMNS)}, with tabs between")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.rstrip("\r").split("\t")]
        if len(cells) != len(COLUMNS):
            raise MappingError(f"{label(path)}:{number}: {len(cells)} columns, {len(COLUMNS)} wanted")
        yield number, cells


def _tsv(path: Path) -> Iterator[Row]:
    for _, cells in tsv_rows(path):
        ident, en, ko, reading, names, names_ko, system, code, display, kind, example = cells
        codes = (Code(system, code, display),) if code else ()
        concept = Concept(ident, kind, en, ko, reading, codes)
        yield Row(
            concept, (en, *_split(names)), (ko, *([reading] if reading else []), *_split(names_ko)), example
        )


def table_of(path: Path) -> str:
    """Name the vocabulary that a file is part of: ``problems-heart.tsv`` is part of problems, if anything's.

    >>> table_of(Path("problems-heart.tsv")), table_of(Path("problem.tsv"))
    ('problems', '')
    """
    return next((name for name in TABLES if path.stem == name or path.stem.startswith(f"{name}-")), "")


@cache
def table(name: str) -> tuple[Row, ...]:
    """Give the rows of one vocabulary; files named ``name-*.tsv`` count as parts of it."""
    ours = [path for path in data_files("vocabulary/*.tsv") if table_of(path) == name]
    theirs = [path for path in own_files("vocabulary/*.tsv") if table_of(path) == name]
    rows = _by_id(row for path in ours for row in _tsv(path))
    return tuple((rows | _by_id(row for path in theirs for row in _tsv(path))).values())


def _by_id(rows: Iterable[Kept]) -> dict[str, Kept]:
    out: dict[str, Kept] = {}
    for row in rows:
        if out.setdefault(row.concept.id, row) is not row:
            raise MappingError(f"mappings: two rows with the id {row.concept.id}; give one of them another")
    return out


@cache
def concepts(name: str) -> Mapping[str, Concept]:
    """Give a vocabulary's concepts by id."""
    return {row.concept.id: row.concept for row in table(name)}


OBSERVATION_KEYS = frozenset(
    [
        "id", "en", "ko", "reading", "names", "names_ko", "category", "specimen", "loinc", "displays",
        "units", "plausible", "high", "low", "ambiguous", "not", "slips", "examples", "counterexamples",
        *CODED,
    ]
)  # fmt: skip


def _limits(raw: Mapping[str, list[str]], where: str) -> dict[str, tuple[Decimal, Decimal]]:
    try:
        return {unit: (Decimal(str(low)), Decimal(str(high))) for unit, (low, high) in raw.items()}
    except (InvalidOperation, ValueError) as error:
        raise MappingError(f"{where}: plausible wants two numbers a unit") from error


def observable(raw: Mapping[str, Any], where: str) -> Observable:
    """Make an observable of its table in a file; ``where`` begins the message if it is wrong."""
    unknown = set(raw) - OBSERVATION_KEYS
    if unknown:
        raise MappingError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    displays = raw.get("displays", {})
    loinc = {unit: Code(LOINC, code, displays.get(code, "")) for unit, code in raw.get("loinc", {}).items()}
    codes = tuple(
        Code(system, raw[key]["code"], raw[key].get("display", ""))
        for key, system in CODED.items()
        if key in raw
    )
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


def _observables(paths: Iterable[Path]) -> Iterator[Observable]:
    for path in paths:
        file = label(path)
        for raw in read_toml(path).get("observation", []):
            yield observable(raw, f"{file}: {raw.get('id', '?')}")


@cache
def observables() -> tuple[Observable, ...]:
    """Give every laboratory test, vital sign, score and measurement."""
    ours = _by_id(_observables(data_files("observations/*.toml")))
    return tuple((ours | _by_id(_observables(own_files("observations/*.toml")))).values())


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

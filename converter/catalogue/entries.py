"""Every row of the tables in one shape, with the file and line where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from converter.issues import Issue, MappingError
from converter.mappings import (
    CODED,
    COLUMNS,
    DCM,
    LOINC,
    OBSERVATION_KEYS,
    TABLES,
    data_files,
    label,
    own_files,
    read_toml,
    table_of,
    tsv_rows,
)
from converter.model import Code

UCUM = "http://unitsofmeasure.org"
IMAGING = {
    "modality": "modalities",
    "sequence": "sequences",
    "plane": "planes",
    "tracer": "tracers",
    "contrast": "contrasts",
}
"""Rows of imaging.toml by their key, and the name of the table that they make."""
ALL_TABLES = (*TABLES, "observations", *IMAGING.values(), "units", "cues")
ROW_KEYS = frozenset(
    ["id", "en", "ko", "reading", "names", "names_ko", "code", "examples", "counterexamples", "modality"]
)
KEYS = {
    "observation": OBSERVATION_KEYS,
    "modality": ROW_KEYS | {"dicom", "dicom_display", "site", "contrast", "sequences"},
    "unit": frozenset(["ucum", "names", "ko"]),
    "cue": frozenset(["kind", "direction", "phrases", "examples"]),
}
NEEDED = {
    "observation": ("id", "en", "ko", "names", "category", "examples"),
    "modality": ("id", "en", "ko", "names", "dicom"),
    "unit": ("ucum", "names"),
    "cue": ("kind", "phrases"),
}
ROW_NEEDED = ("id", "en", "ko", "names")
PLACED = re.compile(r"(?P<file>.+?)(?::(?P<line>\d+))?: (?P<told>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table."""

    table: str
    id: str
    """The permanent id; of a unit its UCUM code, of a cue its kind."""
    file: str
    line: int
    kind: str = ""
    en: str = ""
    ko: str = ""
    reading: str = ""
    names: tuple[str, ...] = ()
    names_ko: tuple[str, ...] = ()
    codes: tuple[tuple[str, Code], ...] = ()
    """Each verified code with the UCUM unit that it is for; "" where it is for any."""
    units: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    raw: Mapping[str, Any] | None = None

    def issue(self, code: str, message: str, mend: str = "") -> Issue:
        """Make an issue about this row."""
        made = replace(Issue.of(code, f"{self.id}: {message}", source=self.file), line=self.line)
        return replace(made, hint=mend) if mend else made


@cache
def entries(own: bool = False) -> tuple[tuple[Entry, ...], tuple[Issue, ...]]:
    """Read every row, ours or the user's own, and say which cannot be read at all."""
    read = own_files if own else data_files
    rows: list[Entry] = []
    issues: list[Issue] = []
    for pattern in ("vocabulary/*.tsv", "observations/*.toml", "imaging.toml", "units.toml", "context.toml"):
        for path in read(pattern):
            try:
                rows += _vocabulary(path) if path.suffix == ".tsv" else _toml(path, issues)
            except MappingError as error:
                issues.append(_unreadable(str(error), path))
    return tuple(rows), tuple(issues)


def current(table: str = "") -> tuple[Entry, ...]:
    """Give the rows in force, of one table or of all: ours with the user's own over them."""
    found: dict[tuple[str, str, int], Entry] = {}
    for own in (False, True):
        rows, issues = entries(own)
        if issues:
            raise MappingError(f"{issues[0].source}:{issues[0].line}: {issues[0].message}")
        for row in rows:
            found[row.table, row.id, row.line if row.table == "cues" else 0] = row
    return tuple(row for row in found.values() if table in ("", row.table))


def _unreadable(told: str, path: Path) -> Issue:
    file = label(path)
    line = re.search(r"(?<=:)\d+(?=: )|(?<=line )\d+", told)
    issue = Issue.of("MAP001", told.removeprefix(f"{file}:").lstrip("0123456789: "), source=file)
    return replace(issue, line=int(line.group()) if line else 0)


def _vocabulary(path: Path) -> Iterator[Entry]:
    table = table_of(path)
    if not table:
        raise MappingError(f"{label(path)}: the file's name must begin with one of {', '.join(TABLES)}")
    file = label(path)
    for line, values in tsv_rows(path):
        cells = dict(zip(COLUMNS, values, strict=True))
        code = Code(cells["system"], cells["code"], cells["display"])
        yield Entry(
            table, cells["id"], file, line, cells["kind"], cells["en"], cells["ko"], cells["reading"],
            (cells["en"], *_split(cells["names"])), (cells["ko"], *_split(cells["names_ko"])),
            (("", code),) if any(cells[key] for key in ("system", "code", "display")) else (),
            (), (cells["example"],) if cells["example"] else (), cells,
        )  # fmt: skip


def _split(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split("|")) if cell else ()


def _toml(path: Path, issues: list[Issue]) -> Iterator[Entry]:
    text, file = path.read_text("utf-8"), label(path)
    for key, rows in read_toml(path).items():
        if key not in {*KEYS, *IMAGING} or not isinstance(rows, list):
            continue
        lines = _lines(text, key)
        for number, raw in enumerate(rows):
            line = lines[number] if number < len(lines) else 0
            if wrong := _not_whole(key, raw):
                name = raw.get("id") or raw.get("ucum") or key if isinstance(raw, dict) else key
                issue = Issue.of("MAP001", f"{name}: {wrong}", source=file)
                issues.append(replace(issue, line=line))
            else:
                yield _entry(key, raw, file, line)


def _lines(text: str, key: str) -> list[int]:
    """Give the line of each row of a TOML file: where its table or its inline table begins."""
    opening = re.compile(rf"\[\[{key}\]\]" if re.search(rf"^\[\[{key}\]\]", text, re.MULTILINE) else r"\s*\{")
    return [number for number, line in enumerate(text.split("\n"), 1) if opening.match(line)]


def _not_whole(key: str, raw: Any) -> str:
    """Say what a row of a TOML file lacks or has too much; "" if nothing."""
    if not isinstance(raw, dict):
        return "a row is a table with keys"
    if unknown := sorted(set(raw) - KEYS.get(key, ROW_KEYS)):
        return f"unknown key {', '.join(unknown)}; known are {', '.join(sorted(KEYS.get(key, ROW_KEYS)))}"
    if missing := [name for name in NEEDED.get(key, ROW_NEEDED) if not raw.get(name)]:
        return f"{', '.join(missing)} missing"
    lists = [name for name in LISTS if not _strings(raw.get(name, []))]
    if lists:
        return f"{', '.join(lists)} must be a list of words in quotes"
    maps = MAPS if key == "modality" else (*MAPS, *CODED)
    tables = [name for name in maps if not isinstance(raw.get(name, {}), dict)]
    return f"{', '.join(tables)} must be a table" if tables else ""


LISTS = (
    "names", "names_ko", "units", "high", "low", "ambiguous", "not", "slips", "examples", "counterexamples",
    "phrases",
)  # fmt: skip
MAPS = ("loinc", "displays", "plausible", "code")


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)


def _entry(key: str, raw: Mapping[str, Any], file: str, line: int) -> Entry:
    en, ko = str(raw.get("en", "")), str(raw.get("ko", ""))
    return Entry(
        IMAGING.get(key, f"{key}s"), str(raw.get("id") or raw.get("ucum") or raw["kind"]), file, line,
        str(raw.get("category", "imaging" if key in IMAGING else "")), en, ko, str(raw.get("reading", "")),
        _unique(en, *raw.get("names", raw.get("phrases", ()))), _unique(ko, *raw.get("names_ko", ())),
        tuple(_codes(key, raw)), tuple(raw.get("units", ())), tuple(raw.get("examples", ())), raw,
    )  # fmt: skip


def _unique(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


def _codes(key: str, raw: Mapping[str, Any]) -> Iterable[tuple[str, Code]]:
    if key == "unit":
        yield "", Code(UCUM, raw["ucum"])
        return
    displays = raw.get("displays", {})
    for unit, code in raw.get("loinc", {}).items():
        yield unit, Code(LOINC, code, displays.get(code, ""))
    if code := raw.get("code"):
        yield "", Code(code.get("system", ""), code.get("code", ""), code.get("display", ""))
    if key == "modality":
        yield "", Code(DCM, raw["dicom"], raw.get("dicom_display", ""))
        return
    for name, system in CODED.items():
        if table := raw.get(name):
            yield "", Code(system, table.get("code", ""), table.get("display", ""))

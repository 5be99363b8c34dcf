"""Rows of the tables as text, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Literal

from converter.catalogue.entries import ALL_TABLES, Entry

Format = Literal["text", "json", "csv"]
COLUMNS = (
    "table", "id", "kind", "en", "ko", "reading", "names", "names_ko", "unit", "system", "code", "display",
    "file", "line",
)  # fmt: skip


def coded(row: Entry) -> bool:
    """Tell whether a row has a verified code; without one its name stands as text alone."""
    return any(code.code for _, code in row.codes)


def overview(rows: Sequence[Entry], form: Format) -> str:
    """Count the rows of each table, the coded ones, and those with a Korean name."""
    counts = [
        {
            "table": table,
            "rows": len(here),
            "coded": sum(map(coded, here)),
            "korean": sum(bool(row.ko) for row in here),
            "names": sum(len({*row.names, *row.names_ko}) for row in here),
        }
        for table in ALL_TABLES
        if (here := [row for row in rows if row.table == table])
    ]
    if form == "json":
        return _json(counts)
    if form == "csv":
        return _csv(counts, tuple(counts[0]) if counts else ())
    head = f"{'table':13s}{'rows':>7s}{'coded':>7s}{'Korean':>8s}{'names':>8s}"
    lines = [f"{c['table']:13s}{c['rows']:7d}{c['coded']:7d}{c['korean']:8d}{c['names']:8d}" for c in counts]
    return "\n".join([head, *lines]) + "\n"


def listed(rows: Sequence[Entry], form: Format, language: str = "en") -> str:
    """List rows: a line a row as text, an object a row as JSON, a line a code as CSV."""
    if form == "json":
        return _json([_plain(row) for row in rows])
    if form == "csv":
        return _csv([cells for row in rows for cells in _cells(row)], COLUMNS)
    return "".join(f"{_line(row, language)}\n" for row in rows)


def _line(row: Entry, language: str) -> str:
    preferred, names = (row.reading or row.ko, row.names_ko) if language == "ko" else (row.en, row.names)
    codes = ", ".join(
        f"{system_name(code.system)} {code.code}{f' ({unit})' if unit else ''}" for unit, code in row.codes
    )
    others = ", ".join(name for name in names if name != preferred)
    told = "; ".join(part for part in (preferred, others) if part)
    return "\t".join((row.id, told or "-", codes or "text only"))


SHORT = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://dicom.nema.org/resources/ontology/DCM": "DICOM",
    "http://unitsofmeasure.org": "UCUM",
    "http://radlex.org": "RadLex",
    "https://www.nlm.nih.gov/mesh": "MeSH",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "NCIt",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9-CM",
}


def system_name(system: str) -> str:
    """Name a code system as people do."""
    return SHORT.get(system, system.rsplit("/", 1)[-1])


FIELDS = ("table", "id", "kind", "en", "ko", "reading", "file", "line")


def _plain(row: Entry) -> dict[str, Any]:
    made = {key: getattr(row, key) for key in FIELDS} | {"names": row.names, "names_ko": row.names_ko}
    kept = {key: value for key, value in made.items() if value not in ("", ())}
    codes = [{key: value for key, value in each.items() if value} for each in _code_cells(row)]
    return {**kept, "codes": codes, "verified": coded(row)}


def _code_cells(row: Entry) -> list[dict[str, str]]:
    return [
        {"unit": unit, "system": code.system, "code": code.code, "display": code.display}
        for unit, code in row.codes
    ]


def _cells(row: Entry) -> list[dict[str, Any]]:
    names = {"names": "|".join(row.names), "names_ko": "|".join(row.names_ko)}
    common = {key: getattr(row, key) for key in FIELDS} | names
    return [{**common, **each} for each in _code_cells(row)] or [common]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _csv(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()

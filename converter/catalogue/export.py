"""The tables as FHIR terminology: CodeSystems of our ids, ConceptMaps to verified codes, ValueSets of these.

https://hl7.org/fhir/R4/codesystem.html, https://hl7.org/fhir/R4/conceptmap.html, https://hl7.org/fhir/R4/valueset.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from converter.catalogue.entries import UCUM, Entry
from converter.fhir.ids import BASE, own
from converter.mappings import data_path
from converter.model import Code

Resource = dict[str, Any]


class Pair(NamedTuple):
    """A row with a code of it, and the unit that the code is for."""

    row: Entry
    unit: str
    code: Code


TITLES = {
    "problems": "diseases, symptoms and findings",
    "anatomy": "body sites",
    "organisms": "organisms",
    "procedures": "procedures",
    "drugs": "drugs",
    "relatives": "relatives",
    "routes": "routes of administration",
    "specimens": "specimens",
    "observations": "laboratory tests, vital signs, scores and measurements",
    "modalities": "ways of imaging",
    "sequences": "imaging sequences",
    "planes": "imaging planes",
    "tracers": "tracers",
    "contrasts": "contrast",
    "units": "printed units",
}
ARCS = {table: str(number) for number, table in enumerate(TITLES, 1)}
"""Arc of each table below the base's arc of its kind of resource; a number is never reused."""
UNIT = "http://hl7.org/fhir/StructureDefinition/Quantity#Quantity.code"
"""What a code that is for one unit depends on."""
OURS = "Apache-2.0; names in English and Korean were written for the casefhir project."
NOTICES = {
    "http://loinc.org": "loinc.txt",
    "http://snomed.info/sct": "snomed-gps.txt",
    "http://dicom.nema.org/resources/ontology/DCM": "dicom.txt",
    "http://radlex.org": "radlex.txt",
    "http://unitsofmeasure.org": "ucum.txt",
    "https://www.nlm.nih.gov/mesh": "mesh.txt",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": "nci-thesaurus.txt",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd-9-cm.txt",
    "http://terminology.hl7.org/CodeSystem/v2-0487": "hl7.txt",
    "http://terminology.hl7.org/CodeSystem/v3-ObservationMethod": "hl7.txt",
    "http://terminology.hl7.org/CodeSystem/v3-RoleCode": "hl7.txt",
    "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration": "hl7.txt",
}
"""Which notice of mappings/LICENSES/ goes with a code system's codes."""


def resources(rows: Sequence[Entry], version: str, base: str = BASE) -> Iterator[Resource]:
    """Give the resources of all tables in order; ``version`` is this program's."""
    for table in TITLES:
        here = [row for row in rows if row.table == table]
        if table == "units":
            here = list(_printed(here))
        pairs = [Pair(row, unit, code) for row in here for unit, code in row.codes if code.code]
        made = [_code_system(table, here, base)] if here else []
        if pairs:
            made += [_concept_map(table, pairs, base), _value_set(table, pairs, base)]
        yield from ({**one, "version": version} for one in made)


def collection(made: Iterable[Resource]) -> Resource:
    """Put resources into one Bundle."""
    entries = [{"fullUrl": one["url"], "resource": one} for one in made]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _printed(rows: Sequence[Entry]) -> Iterator[Entry]:
    """Give each way of printing a unit as a concept of its own: that is what is mapped to UCUM."""
    first: dict[str, Entry] = {}
    for row in rows:
        for name in (row.id, *row.names):
            first.setdefault(name, row)
    for name, row in first.items():
        yield replace(row, id=name, en=name, ko="", names=(), names_ko=())


def url(kind: str, table: str, base: str = BASE) -> str:
    """Make the canonical URL of a table's resource.

    >>> url("CodeSystem", "problems", "https://fhir.hospital.test")
    'https://fhir.hospital.test/casefhir-code-system-problems'
    """
    name = {"CodeSystem": "code-system", "ConceptMap": "concept-map", "ValueSet": "value-set"}[kind]
    return f"{own(base, name)}{f'.{ARCS[table]}' if base.startswith('urn:oid:') else f'-{table}'}"


def _head(kind: str, table: str, base: str, about: str, notice: str) -> Resource:
    return {
        "resourceType": kind,
        "id": f"casefhir-{table}",
        "url": url(kind, table, base),
        "version": "",
        "name": f"Casefhir{table.title()}",
        "title": f"casefhir: {TITLES[table]}",
        "status": "active",
        "experimental": False,
        "description": about,
        "copyright": notice,
    }


def _copyright(systems: Iterable[str]) -> str:
    files = dict.fromkeys(NOTICES[system] for system in sorted(systems) if system in NOTICES)
    notices = [data_path(f"mappings/LICENSES/{name}").read_text("utf-8").strip() for name in files]
    return "\n\n".join([OURS, *notices])


def _code_system(table: str, rows: Sequence[Entry], base: str) -> Resource:
    about = f"The concepts of casefhir for {TITLES[table]}, by permanent id, with the names they are read by."
    kind = {"code": "kind", "description": "What kind of thing the concept is.", "type": "code"}
    return {
        **_head("CodeSystem", table, base, about, OURS),
        "caseSensitive": True,
        "content": "complete",
        "count": len(rows),
        **({"property": [kind]} if any(row.kind for row in rows) else {}),
        "concept": [_concept(row) for row in rows],
    }


def _concept(row: Entry) -> Resource:
    korean = dict.fromkeys(filter(None, [row.reading, *row.names_ko]))
    named = [("en", name) for name in row.names if name != row.en] + [("ko", name) for name in korean]
    made: Resource = {"code": row.id, "display": row.en}
    if named:
        made["designation"] = [{"language": language, "value": name} for language, name in named]
    if row.kind:
        made["property"] = [{"code": "kind", "valueCode": row.kind}]
    return made


def _concept_map(table: str, pairs: Sequence[Pair], base: str) -> Resource:
    rows_of = Counter({(pair.row.id, pair.code): pair.code for pair in pairs}.values())
    systems = sorted({pair.code.system for pair in pairs})
    groups = []
    for system in systems:
        elements: dict[str, Resource] = {}
        for pair in pairs:
            if pair.code.system == system:
                source = {"code": pair.row.id, "display": pair.row.en, "target": []}
                targets = elements.setdefault(pair.row.id, source)["target"]
                targets.append(_target(pair, rows_of[pair.code]))
        groups.append(
            {
                "source": url("CodeSystem", table, base),
                "target": system,
                "element": list(elements.values()),
            }
        )
    about = f"From the concepts of casefhir for {TITLES[table]} to the codes that were verified for them."
    return {**_head("ConceptMap", table, base, about, _copyright(systems)), "group": groups}


def _target(pair: Pair, rows: int) -> Resource:
    """Say how a code relates to a row: the code of one unit is narrower, one that rows share is wider."""
    same = rows == 1 or pair.row.table == "units" or pair.code.display.casefold() == pair.row.en.casefold()
    made: Resource = {"code": pair.code.code}
    if pair.code.display:
        made["display"] = pair.code.display
    made["equivalence"] = "narrower" if pair.unit else "equivalent" if same else "wider"
    if pair.unit:  # cmd-1 wants a comment
        made["comment"] = f"For a value in {pair.unit}; the concept itself is for any unit."
        made["dependsOn"] = [{"property": UNIT, "system": UCUM, "value": pair.unit}]
    return made


def _value_set(table: str, pairs: Sequence[Pair], base: str) -> Resource:
    shown: dict[str, dict[str, str]] = {}
    for pair in sorted(pairs, key=lambda p: (p.code.system, p.code.code, p.code.display)):
        shown.setdefault(pair.code.system, {})[pair.code.code] = pair.code.display
    include = [
        {
            "system": system,
            "concept": [
                {"code": code, "display": name} if name else {"code": code} for code, name in codes.items()
            ],
        }
        for system, codes in shown.items()
    ]
    about = f"The verified codes that casefhir writes for {TITLES[table]}."
    return {**_head("ValueSet", table, base, about, _copyright(shown)), "compose": {"include": include}}

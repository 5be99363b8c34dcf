"""Write mappings/fhir/elements*.tsv, extensions.tsv, codes.tsv and required*.toml from R4's own definitions.

    python tools/conformance_definitions.py hapi-fhir-validation-resources-r4-8.8.1.jar

The jar (Maven Central; tools/conformance.py fetches it into ~/.m2) holds HL7's definitions of FHIR 4.0.1,
which are CC0. What the converter's own check knows of FHIR comes from these files only. The resources that case reports
need stand in elements.tsv and required.toml; all others in the files named -rare, which are read when one is met.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

FOLDER = Path(__file__).resolve().parent.parent / "mappings" / "fhir"
F = "{http://hl7.org/fhir}"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
RESOURCES = {
    "AllergyIntolerance",
    "Binary",
    "BodyStructure",
    "Bundle",
    "CarePlan",
    "ClinicalImpression",
    "Composition",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "FamilyMemberHistory",
    "Goal",
    "Group",
    "ImagingStudy",
    "Immunization",
    "List",
    "Location",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "OperationOutcome",
    "Organization",
    "Parameters",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ResearchSubject",
    "ServiceRequest",
    "Specimen",
    "Substance",
    "Task",
}
SKIPPED = {"Element", "BackboneElement", "Resource", "DomainResource"}
RARE = {"ElementDefinition", "SubstanceAmount", "Population", "ProdCharacteristic", "ProductShelfLife"}
RARE |= {"MarketingStatus"}
PLACES = {
    "Element",
    "Resource",
    "DomainResource",
    "Coding",
    "CodeableConcept",
    "HumanName",
    "Address",
    "Identifier",
}
PLACES |= {
    "ContactPoint",
    "Quantity",
    "Reference",
    "Attachment",
    "Narrative",
    "Range",
    "Ratio",
    "Period",
    "Timing",
}
SYSTEMS = [
    "allergyintolerance-clinical",
    "allergyintolerance-verification",
    "condition-category",
    "condition-clinical",
    "condition-ver-status",
    "data-absent-reason",
    "admit-source",
    "diagnosis-role",
    "discharge-disposition",
    "media-type",
    "observation-category",
    "observation-statistics",
    "organization-type",
    "provenance-participant-type",
    "referencerange-meaning",
    "v2-0074",
    "v2-0203",
    "v3-Confidentiality",
    "v3-FamilyMember",
    "v3-MaritalStatus",
    "v3-ObservationInterpretation",
    "v3-RoleCode",
]
"""Code systems of HL7 that case reports need, written out with their displays."""
OPEN = {"mimetypes", "all-languages", "languages", "currencies", "ucum-units", "timezones"}
"""Value sets without an enumeration."""


def text(node: etree._Element | None, tag: str) -> str:
    """Give the value of a child element, or ""."""
    child = node.find(F + tag) if node is not None else None
    return child.get("value", "") if child is not None else ""


def resources(jar: zipfile.ZipFile, name: str, kind: str) -> Iterator[etree._Element]:
    """Give the resources of one type out of a Bundle in the jar."""
    root = etree.fromstring(jar.read(f"org/hl7/fhir/r4/model/{name}"))
    yield from root.iterfind(f"{F}entry/{F}resource/{F}{kind}")


def type_names(element: etree._Element) -> tuple[str, str]:
    """Give an element's types and, for references, the types that they may point at."""
    types: list[str] = []
    targets: list[str] = []
    for node in element.iterfind(F + "type"):
        code = text(node, "code")
        if code.startswith("http://hl7.org/fhirpath/"):
            found = node.find(f"{F}extension[@url='{FHIR_TYPE}']")
            code = text(found, "valueUrl") or "string"
        types.append(code)
        targets += [t.get("value", "").rsplit("/", 1)[-1] for t in node.iterfind(F + "targetProfile")]
    return "|".join(types), "|".join(dict.fromkeys(targets))


def rows(definition: etree._Element) -> Iterator[tuple[str, ...]]:
    """Give path, min, max, types, targets, value set of each element of a type."""
    for element in definition.iterfind(f"{F}snapshot/{F}element"):
        path = text(element, "path")
        if "." not in path:
            continue
        types, targets = type_names(element)
        content = text(element, "contentReference")
        binding = element.find(F + "binding")
        bound = text(binding, "valueSet").split("|")[0] if text(binding, "strength") == "required" else ""
        yield (path, text(element, "min"), text(element, "max"), types or content, targets, bound)


def extension_rows(definition: etree._Element) -> Iterator[tuple[str, ...]]:
    """Give url (with #slice for a part), types, targets, value set of an extension and of its parts."""
    url = text(definition, "url")
    slices = {}
    for element in definition.iterfind(f"{F}snapshot/{F}element"):
        ident = element.get("id", "")
        if ident.endswith(".value[x]") and text(element, "max") != "0":
            name = ident.removesuffix(".value[x]").removeprefix("Extension").removeprefix(".extension:")
            types, targets = type_names(element)
            binding = element.find(F + "binding")
            bound = text(binding, "valueSet").split("|")[0] if text(binding, "strength") == "required" else ""
            if ":" not in name:
                slices[name] = (types if types.count("|") < 45 else "", targets, bound)
    if len(slices) > 1:
        slices.pop("", None)
    for name, cells in slices.items():
        yield (f"{url}#{name}" if name else url, *cells)


def concerns_us(definition: etree._Element) -> bool:
    """Tell whether an extension may stand in a resource that we know."""
    places = [text(node, "expression").split(".")[0] for node in definition.iterfind(F + "context")]
    return any(place in RESOURCES or place in PLACES or place[:1].islower() for place in places)


def value_sets(jar: zipfile.ZipFile) -> tuple[dict[str, etree._Element], dict[str, etree._Element]]:
    """Give value sets and code systems by url."""
    sets: dict[str, etree._Element] = {}
    systems: dict[str, etree._Element] = {}
    for name in ("valueset/valuesets.xml", "valueset/v3-codesystems.xml", "valueset/v2-tables.xml"):
        sets |= {text(node, "url"): node for node in resources(jar, name, "ValueSet")}
        systems |= {text(node, "url"): node for node in resources(jar, name, "CodeSystem")}
    return sets, systems


def expand(
    url: str, sets: dict[str, etree._Element], systems: dict[str, etree._Element]
) -> dict[str, list[str]]:
    """List a value set's codes by system; empty where it has no enumeration."""
    found: dict[str, list[str]] = {}
    for include in sets[url].iterfind(f"{F}compose/{F}include"):
        system = text(include, "system")
        for inner in include.iterfind(F + "valueSet"):
            found |= expand(inner.get("value", "").split("|")[0], sets, systems)
        if not system or include.find(F + "filter") is not None:
            continue
        codes = [text(concept, "code") for concept in include.iterfind(F + "concept")]
        if not codes and system in systems:
            codes = [text(concept, "code") for concept in systems[system].iter(F + "concept")]
        found[system] = codes
    return {} if any(not codes for codes in found.values()) else found


def code_rows(systems: dict[str, etree._Element], name: str) -> Iterator[str]:
    """Give system, code, display of each code of a system."""
    for url, system in systems.items():
        if url.endswith(f"/{name}"):
            for concept in system.iter(F + "concept"):
                yield f"{url}\t{text(concept, 'code')}\t{text(concept, 'display')}"


def write(name: str, header: tuple[str, ...], table: list[tuple[str, ...]], bound: dict[str, Any]) -> None:
    """Write a table, its value sets by short name where they can be listed."""
    lines = ["\t".join(header)]
    for *cells, url in table:
        short = url.rsplit("/", 1)[-1]
        lines.append("\t".join([*cells, short if short in bound else ""]))
    (FOLDER / name).write_text("\n".join(lines) + "\n", "utf-8")


def bindings(
    table: list[tuple[str, ...]], sets: dict[str, etree._Element], systems: dict[str, etree._Element]
) -> dict[str, dict[str, list[str]]]:
    """List the value sets of a table that can be listed."""
    bound: dict[str, dict[str, list[str]]] = {}
    for *_, url in table:
        name = url.rsplit("/", 1)[-1]
        if url in sets and name not in OPEN and (codes := expand(url, sets, systems)):
            bound[name] = codes
    return bound


def write_sets(suffix: str, bound: dict[str, dict[str, list[str]]]) -> None:
    """Write value sets with the codes of each code system."""
    out = [f"# Value sets that R4 (4.0.1) requires of the elements in elements{suffix}.tsv; HL7, CC0."]
    out += ["# Written by tools/conformance_definitions.py: value set, code system, codes."]
    for name, by_system in sorted(bound.items()):
        out.append(f"[{name}]")
        for system, codes in by_system.items():
            joined = ", ".join(f'"{code}"' for code in codes)
            out.append(f'"{system}" = [{joined}]')
    out.append("")
    (FOLDER / f"required{suffix}.toml").write_text("\n".join(out), "utf-8")


def main() -> int:
    """Write the four files."""
    jar = zipfile.ZipFile(sys.argv[1])
    definitions = [
        *resources(jar, "profile/profiles-types.xml", "StructureDefinition"),
        *resources(jar, "profile/profiles-resources.xml", "StructureDefinition"),
    ]
    table: list[tuple[str, ...]] = []
    rare: list[tuple[str, ...]] = []
    for definition in sorted(definitions, key=lambda node: text(node, "id")):
        name, kind = text(definition, "id"), text(definition, "kind")
        if kind in ("complex-type", "resource") and name not in SKIPPED and text(definition, "type") == name:
            common = name in RESOURCES if kind == "resource" else name not in RARE
            (table if common else rare).extend(rows(definition))
    extensions: list[tuple[str, ...]] = []
    others: list[tuple[str, ...]] = []
    for definition in resources(jar, "extension/extension-definitions.xml", "StructureDefinition"):
        if text(definition, "type") == "Extension":
            (extensions if concerns_us(definition) else others).extend(extension_rows(definition))
    sets, systems = value_sets(jar)
    bound = bindings([*table, *extensions], sets, systems)
    more = bindings([*rare, *others], sets, systems)
    columns = ("path", "min", "max", "types", "targets", "values")
    write("elements.tsv", columns, table, bound)
    write("elements-rare.tsv", columns, rare, more)
    write("extensions.tsv", ("url", "types", "targets", "values"), sorted(extensions), bound)
    write("extensions-rare.tsv", ("url", "types", "targets", "values"), sorted(others), more)
    listed = [row for name in SYSTEMS for row in code_rows(systems, name)]
    (FOLDER / "codes.tsv").write_text("\n".join(["system\tcode\tdisplay", *listed]) + "\n", "utf-8")
    write_sets("", bound)
    write_sets("-rare", {name: codes for name, codes in more.items() if name not in bound})
    return 0


if __name__ == "__main__":
    sys.exit(main())

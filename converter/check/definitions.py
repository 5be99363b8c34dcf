"""FHIR R4's own definitions as tables: elements, extensions, required value sets.

mappings/fhir/*.tsv and required.toml are written by tools/conformance_definitions.py out of HL7's
definitions (CC0); this module only reads them into a form that a walk over JSON can look up quickly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from converter.check.primitives import PLAIN
from converter.mappings import data_path, load_toml, loading

HL7_EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"
ANY = frozenset({"Resource"})
OPEN_TYPES = ("BackboneElement", "Element")


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON property of a type."""

    step: str
    """Its step in a FHIRPath: ``.value.ofType(Quantity)`` for ``valueQuantity``."""
    type: str
    many: bool
    fields: Fields | None = None
    """Properties of its type; None for primitives, and for contained resources, which say what they are."""
    targets: frozenset[str] = frozenset()
    """Types that a reference may point at; empty for any."""
    values: str = ""
    """Name of the value set that R4 requires."""
    choice: str = ""
    """Name of the choice ("value[x]") of which only one type may stand."""


@dataclass(slots=True)
class Fields:
    """The JSON properties of a type. Filled once while loading, since types refer to each other."""

    name: str
    elements: dict[str, Element] = field(default_factory=dict)
    plain: dict[str, Callable[[Any], bool]] = field(default_factory=dict)
    """For primitives that stand once, without choice or value set: whether a value is as it must be."""
    required: list[tuple[str, ...]] = field(default_factory=list)
    """For each element that must be there: the properties of which one must stand, _twins included."""


@dataclass(frozen=True, slots=True)
class ExtensionPart:
    """What may stand as the value of an extension (or of its part ``url#part``)."""

    types: frozenset[str]
    targets: frozenset[str]
    values: str


@cache
def value_set(name: str) -> Mapping[str, frozenset[str]]:
    """Give the codes of a required value set, by code system."""
    common = load_toml("fhir/required.toml")
    systems = common[name] if name in common else load_toml("fhir/required-rare.toml")[name]
    return {system: frozenset(codes) for system, codes in systems.items()}


@cache
def value_set_codes(name: str) -> frozenset[str]:
    """Give the codes of a required value set, whatever their system; R4B's additions count."""
    later = load_toml("fhir/r4b.toml")
    more = later["new"] if name == "resource-types" else later["codes"].get(name, ())
    return frozenset(more).union(*value_set(name).values())


def _lines(name: str) -> Iterable[list[str]]:
    lines = data_path(f"mappings/fhir/{name}").read_text("utf-8").split("\n")
    return (line.split("\t") for line in lines[1:] if line)


@cache
@loading()
def types(rare: bool = False) -> Mapping[str, Fields]:
    """Give the properties of data types, resource types and backbone elements.

    Those that case reports need; ``rare`` adds all others of R4, which takes longer to load.
    """
    rows = [*_lines("elements.tsv"), *(_lines("elements-rare.tsv") if rare else ())]
    names = dict.fromkeys(path.rpartition(".")[0] for path, *_ in rows)
    found = {name: Fields(name) for name in names}
    resources = [
        path.removesuffix(".meta") for path, *_ in rows if path.endswith(".meta") and path.count(".") == 1
    ]
    for path, low, high, kinds, targets, values in rows:
        parent, _, name = path.rpartition(".")
        fields = found[parent]
        keys = []
        aims = frozenset(targets.split("|")) - {""}
        for kind in kinds.split("|"):
            choice = name.endswith("[x]")
            key = name[:-3] + kind[0].upper() + kind[1:] if choice else name
            step = f".{name[:-3]}.ofType({kind})" if choice else f".{name}"
            inner = _inner(path, kind, found)
            kind_name = kind if kind not in OPEN_TYPES and kind[0] != "#" else "BackboneElement"
            fields.elements[key] = Element(
                step, kind_name, high != "1", inner, frozenset() if aims & ANY else aims, values,
                name if choice else "",
            )  # fmt: skip
            if kind in PLAIN and high == "1" and not values and not choice:
                fields.plain[key] = PLAIN[kind]
            keys.append(key)
        if low != "0":
            fields.required.append((*keys, *(f"_{key}" for key in keys)))
    of_any = found["Extension"].elements
    found["Element"] = Fields("Element", {key: of_any[key] for key in ("id", "extension")})
    for name in resources:
        for key, kind in (("resourceType", "type"), ("id", "id")):  # the definitions call an id a string
            found[name].elements[key] = Element(f".{key}", kind, False)
            found[name].plain[key] = PLAIN[kind]
    return found


def _inner(path: str, kind: str, found: Mapping[str, Fields]) -> Fields | None:
    if kind in OPEN_TYPES:
        return found[path]
    if kind[0] == "#":
        return found[kind[1:]]
    return None if kind == "Resource" else found.get(kind)


@cache
def resource_types(rare: bool = False) -> frozenset[str]:
    """Name the resource types that case reports need, or all of R4."""
    return frozenset(name for name, fields in types(rare).items() if "resourceType" in fields.elements)


@cache
def r4b_types() -> frozenset[str]:
    """Name the resource types that R4B adds or changes; R4's tables do not judge them."""
    later = load_toml("fhir/r4b.toml")
    return frozenset((*later["new"], *later["changed"]))


def resource_fields(kind: str) -> Fields | None:
    """Give the properties of a resource type; None where R4 has none of this name, or R4B another."""
    if kind in resource_types():
        return types()[kind]
    if kind in r4b_types():
        return None
    return types(rare=True)[kind] if kind in resource_types(rare=True) else None


@cache
def extensions(rare: bool = False) -> Mapping[str, ExtensionPart]:
    """Give R4's extensions and those published in mappings/fhir, by url or url#part."""
    found = {
        url: ExtensionPart(
            frozenset(kinds.split("|")) - {""},
            frozenset() if "Resource" in aims.split("|") else frozenset(aims.split("|")) - {""},
            values,
        )
        for url, kinds, aims, values in _lines("extensions-rare.tsv" if rare else "extensions.tsv")
    }
    return found if rare else found | _published()


def extension_part(key: str) -> ExtensionPart | None:
    """Give what R4 says of an extension, by url or url#part; HL7's rare ones are looked for last."""
    found = extensions().get(key)
    if found is None and key.startswith(HL7_EXTENSIONS) and key.partition("#")[0] not in extension_urls():
        found = extensions(rare=True).get(key)
    return found


def _published() -> dict[str, ExtensionPart]:
    """Read the StructureDefinitions in mappings/fhir: R4's package lacks them, or they are ours."""
    found = {}
    for path in sorted(data_path("mappings/fhir").glob("StructureDefinition-*.json")):
        definition = json.loads(path.read_text("utf-8"))
        for element in definition["differential"]["element"]:
            ident = element["id"]
            if ident.endswith("value[x]") and element.get("max") != "0" and "type" in element:
                part = ident.removeprefix("Extension").removesuffix(".value[x]").removeprefix(".extension:")
                url = definition["url"] + (f"#{part}" if part else "")
                kinds = frozenset(kind["code"] for kind in element["type"])
                found[url] = ExtensionPart(kinds, frozenset(), "")
    return found


@cache
def codes() -> Mapping[str, Mapping[str, str]]:
    """Give the codes of some of HL7's own code systems with their displays; these systems are complete."""
    found: dict[str, dict[str, str]] = {}
    for system, code, display in _lines("codes.tsv"):
        found.setdefault(system, {})[code] = display
    return found


@cache
def extension_urls(rare: bool = False) -> frozenset[str]:
    """Give the urls of known extensions, without parts."""
    return frozenset(url.partition("#")[0] for url in extensions(rare))

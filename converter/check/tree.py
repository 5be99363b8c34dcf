"""One walk over a resource with R4's tables at hand.

It reports what the tables alone can tell (unknown, missing, empty, wrong type, wrong form) and sorts
everything else by type, so that the other checks look only at the elements that concern them. A place is a
chain of tuples, because a path is written out only when something is wrong there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from converter.check.definitions import Element, Fields, r4b_types, resource_fields, types
from converter.check.evidence import (
    DERIVATION,
    ORIGINAL,
    TRANSLATION,
    Evidence,
    only_translated,
    unusual,
    usual,
    usual_original,
    usual_translation,
)
from converter.check.primitives import DATES, NUMBERS, PRIMITIVES, TEXTS
from converter.issues import Issue

Place = tuple[Any, str, int, Any]
"""(place of the parent or None, step of the FHIRPath, index or -1, the JSON value that stands there)"""


class Found(NamedTuple):
    """An element with where it stands and the ordinal of the resource that holds it."""

    value: Any
    place: Place
    owner: int


class Bound(NamedTuple):
    """An element with what R4 says of it."""

    value: Any
    place: Place
    owner: int
    element: Element


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of the bundle, or contained in one."""

    value: dict[str, Any]
    place: Place
    type: str
    full_url: str = ""
    container: int = -1
    """Ordinal of the resource that contains this one."""


@dataclass(slots=True)
class Tree:
    """What the walk saw, in the order of the JSON. Filled by the walk, only read afterwards."""

    resources: list[Resource] = field(default_factory=list)
    types: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    """Resources by type."""
    elements: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    """Complex elements by type ("Quantity") or path ("Observation.referenceRange"), references aside."""
    references: list[Bound] = field(default_factory=list)
    coded: list[Bound] = field(default_factory=list)
    """Codes, codings and concepts with a required value set."""
    numbers: list[Found] = field(default_factory=list)
    evidence: dict[int, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    """Evidence by the identity of the JSON object that bears it."""
    spans: list[Found] = field(default_factory=list)
    """Every Evidence, where its extension stands."""
    issues: list[Issue] = field(default_factory=list)

    def each(self, *names: str) -> Iterator[Found]:
        """Give the elements of some types."""
        for name in names:
            yield from self.elements.get(name, ())

    def of_type(self, *names: str) -> Iterator[Found]:
        """Give the resources of some types."""
        for name in names:
            yield from self.types.get(name, ())


def path(place: Place | None) -> str:
    """Write the FHIRPath of a place.

    >>> path((((None, "Bundle", -1, {}), ".entry", 2, {}), ".resource", -1, {}))
    'Bundle.entry[2].resource'
    """
    steps = []
    while place is not None:
        place, step, index, _ = place
        steps.append(step if index < 0 else f"{step}[{index}]")
    return "".join(reversed(steps))


def enclosing(place: Place) -> Iterator[Any]:
    """Give the JSON values from a place outwards, itself included, to the end of its resource."""
    here: Place | None = place
    while here is not None:
        yield here[3]
        if isinstance(here[3], dict) and "resourceType" in here[3]:
            return
        here = here[0]


def walk(resource: dict[str, Any]) -> Tree:
    """Walk a Bundle or any other resource."""
    walker = _Walker(Tree())
    walker.resource(resource, (None, str(resource.get("resourceType", "")), -1, resource))
    return walker.tree


class _Walker:
    """The walk's state: the tree that grows and the resource it is in."""

    __slots__ = ("known", "owner", "primitive", "tree")

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.owner = -1
        self.known = types()
        self.primitive = self.known["Element"]

    def report(self, code: str, message: str, place: Place | None, step: str = "") -> None:
        self.tree.issues.append(Issue.of(code, message, path=path(place) + step))

    def resource(self, value: Any, place: Place) -> None:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            self.report("BND002", "a resource must name its resourceType", place)
            return
        entry = place[0][3] if place[0] is not None and place[1] == ".resource" else {}
        full_url = entry.get("fullUrl", "") if isinstance(entry, dict) else ""
        container = self.owner if place[1] == ".contained" else -1
        before = self.owner
        self.owner = len(self.tree.resources)
        self.tree.types[kind].append(Found(value, place, self.owner))
        self.tree.resources.append(
            Resource(value, place, kind, full_url if isinstance(full_url, str) else "", container)
        )
        fields = resource_fields(kind)
        if fields is not None:
            self.fields(value, fields, place)
        elif kind not in r4b_types():
            self.report("BND002", "R4 has no resource of this type", place)
        self.owner = before

    def fields(self, value: dict[str, Any], fields: Fields, place: Place) -> None:
        elements, plain = fields.elements, fields.plain
        chosen = ""
        for key, item in value.items():
            check = plain.get(key)
            if check is not None and check(item):
                continue
            element = elements.get(key)
            if element is None:
                self.twin(key, item, fields, place)
                continue
            if element.choice:
                if element.choice == chosen:
                    self.report("BND002", f"{chosen} may have one type only", place, element.step)
                chosen = element.choice
            if element.many:
                self.several(item, element, place, element.fields is None and f"_{key}" in value)
            elif type(item) is list:
                self.report("BND002", "a list where the element does not repeat", place, element.step)
            else:
                self.one(item, element, (place, element.step, -1, item))
        for keys in fields.required:
            for key in keys:
                if key in value:
                    break
            else:
                step = elements[keys[0]].step.partition(".ofType")[0]
                self.report("BND002", f"{fields.name} must have {step[1:]}", place, step)

    def several(self, items: Any, element: Element, place: Place, twin: bool) -> None:
        if type(items) is not list:
            self.report("BND002", "this element repeats and must be a list", place, element.step)
            return
        if not items:
            self.report("BND009", "an empty list", place, element.step)
        extensions = element.type == "Extension"
        for index, item in enumerate(items):
            here: Place = (place, element.step, index, item)
            if extensions and type(item) is dict and self.usual(item, here):
                continue
            if item is not None or not twin:
                self.one(item, element, here)

    def one(self, item: Any, element: Element, place: Place) -> None:
        kind = element.type
        inner = element.fields
        if inner is not None:
            if type(item) is not dict:
                self.report("BND002", f"an object of type {kind} must stand here", place)
                return
            if not item:
                self.report("BND009", "an empty object", place)
            if kind == "Reference":
                self.tree.references.append(Bound(item, place, self.owner, element))
            else:
                self.tree.elements[inner.name].append(Found(item, place, self.owner))
            if element.values:
                self.tree.coded.append(Bound(item, place, self.owner, element))
            self.fields(item, inner, place)
        elif kind == "Resource":
            self.resource(item, place)
        else:
            self.atom(item, element, place)

    def usual(self, extension: dict[str, Any], place: Place) -> bool:
        """Take evidence, translations and printed words in one go; they fill most of a bundle."""
        url = extension.get("url")
        if url == TRANSLATION:
            return usual_translation(extension)
        if url == DERIVATION:
            plain = usual(extension)
            read = plain or unusual(extension)
            if read is not None and place[0] is not None:
                self.tree.evidence[id(place[0][3])].append(read)
                self.tree.spans.append(Found(read, place, self.owner))
            return plain is not None
        return url == ORIGINAL and usual_original(extension)

    def atom(self, item: Any, element: Element, place: Place) -> None:
        kind = element.type
        check = PRIMITIVES.get(kind)
        if check is None:
            return
        if not check(item):
            self.malformed(item, kind, place)
        elif kind in NUMBERS:
            self.tree.numbers.append(Found(item, place, self.owner))
        elif kind in TEXTS and not item.strip():
            self.report("BND009", "an empty string", place)
        elif element.values:
            self.tree.coded.append(Bound(item, place, self.owner, element))

    def malformed(self, item: Any, kind: str, place: Place) -> None:
        if item is None or item == "":
            self.report("BND009", "an empty value", place)
        elif kind in DATES:
            self.report("BND010", f"not a possible {kind}", place)
        else:
            self.report("BND002", f"not of the form of {kind}", place)

    def twin(self, key: str, item: Any, fields: Fields, place: Place) -> None:
        """Walk the extensions of a primitive, which stand in its _twin; anything else is unknown."""
        element = fields.elements.get(key[1:]) if key[:1] == "_" else None
        if element is None or element.fields is not None or element.type not in PRIMITIVES:
            self.report("BND002", f"{fields.name} has no element of this name", place, f".{_name(key)}")
            return
        if element.many != (type(item) is list):
            self.report("BND002", "a _twin is a list if and only if its element repeats", place, element.step)
            return
        for index, one in enumerate(item if element.many else [item]):
            here: Place = (place, element.step, index if element.many else -1, one)
            if one is None and element.many:
                continue
            if type(one) is not dict:
                self.report("BND002", "an object with id or extension must stand here", here)
            elif not one:
                self.report("BND009", "an empty object", here)
            elif not only_translated(one):
                self.fields(one, self.primitive, here)


def _name(key: str) -> str:
    """Keep an unknown key out of messages unless it looks like the name of an element."""
    return key if key.isascii() and key.replace("_", "").isalnum() and len(key) <= 40 else "?"

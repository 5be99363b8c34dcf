"""FHIR's XML as JSON, https://hl7.org/fhir/R4/xml.html: decimals as printed, narratives as they stand.

R4's tables say what repeats and what is a number. What they do not know keeps its name and shape, so that
the walk over the JSON names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from xml.parsers import expat

from lxml import etree

from converter.check.definitions import Element, Fields, resource_fields, types
from converter.check.places import Position, steps
from converter.check.primitives import NUMBERS, PRIMITIVES

FHIR = "http://hl7.org/fhir"
DIV = "{http://www.w3.org/1999/xhtml}div"
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
EMPTY = Fields("")
Json = dict[str, Any]


class Fault(NamedTuple):
    """What only XML can have wrong."""

    node: etree._Element
    words: str


class Read(NamedTuple):
    """A resource, what is wrong with its XML alone, and the XML for places."""

    value: Json
    faults: tuple[Fault, ...]
    root: etree._Element


def parse(data: bytes) -> Read | None:
    """Read a resource without entities and without the network; None where the root is not FHIR's.

    XMLSyntaxError where it is not well-formed, ValueError where it has a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not allowed in FHIR")
    if etree.QName(root).namespace != FHIR:
        return None
    faults: list[Fault] = []
    return Read(_resource(root, faults), tuple(faults), root)


def _resource(node: etree._Element, faults: list[Fault]) -> Json:
    kind = etree.QName(node).localname
    value = _complex(node, resource_fields(kind) or EMPTY, faults)
    return {"resourceType": kind, **value}


def _complex(node: etree._Element, fields: Fields, faults: list[Fault]) -> Json:
    """Give an element's attributes and children; ``fields`` is empty where R4 does not know it."""
    out: Json = {str(name): value for name, value in node.attrib.items()}
    _texts(node, faults)
    order = list(fields.elements)
    last = -1
    for child in node.iterchildren("*"):
        name = etree.QName(child)
        key = name.localname
        if child.tag != DIV and name.namespace != FHIR:
            faults.append(Fault(child, "an element outside FHIR's namespace"))
            continue
        element = fields.elements.get(key)
        if element is not None and fields.name != "Extension":
            place = order.index(key)
            if place < last:
                faults.append(Fault(child, f"{key} stands in the wrong order"))
            last = max(last, place)
        _put(out, key, child, element, faults)
    return out


def _put(out: Json, key: str, node: etree._Element, element: Element | None, faults: list[Fault]) -> None:
    if node.tag == DIV:
        _add(out, key, etree.tostring(node, encoding="unicode", with_tail=False), element)
    elif _wraps(node) if element is None else element.type == "Resource":
        inner = [_resource(child, faults) for child in node.iterchildren("*")]
        if len(inner) != 1:
            faults.append(Fault(node, "one resource must stand here"))
        _add(out, key, inner[0] if inner else {}, element)
    elif (element is not None and element.type in PRIMITIVES) or (element is None and "value" in node.attrib):
        _primitive(out, key, node, element, faults)
    else:
        fields = element.fields if element is not None and element.fields is not None else EMPTY
        _add(out, key, _complex(node, fields, faults), element)


def _wraps(node: etree._Element) -> bool:
    """Tell a resource inside an unknown element by its capital."""
    children = list(node.iterchildren("*"))
    return len(children) == 1 and etree.QName(children[0]).localname[:1].isupper()


def _primitive(
    out: Json, key: str, node: etree._Element, element: Element | None, faults: list[Fault]
) -> None:
    twin = _complex(node, types()["Element"], faults)
    written = twin.pop("value", None)
    kind = element.type if element is not None else "string"
    value = None if written is None else _typed(written, kind)
    many = element is not None and element.many
    if not many:
        if value is not None or not twin:
            _add(out, key, value, element)
        if twin:
            _add(out, f"_{key}", twin, element)
        return
    values, twins = out.setdefault(key, []), out.get(f"_{key}", [])
    values.append(value)
    if twin or twins:
        out[f"_{key}"] = [*twins, *[None] * (len(values) - 1 - len(twins)), twin or None]


def _typed(written: str, kind: str) -> Any:
    """Give the JSON value of a primitive; what does not look like one stays text and is named later.

    >>> _typed("5.10", "decimal"), _typed("5", "decimal"), _typed("true", "boolean"), _typed("x", "integer")
    (Decimal('5.10'), 5, True, 'x')
    """
    if kind == "boolean":
        return {"true": True, "false": False}.get(written, written)
    if kind not in NUMBERS:
        return written
    if WHOLE.fullmatch(written):
        return int(written)
    try:
        return Decimal(written) if kind == "decimal" and written.strip() == written else written
    except InvalidOperation:
        return written


def _add(out: Json, key: str, value: Any, element: Element | None) -> None:
    """Put a value under its key; what repeats becomes a list, wrongly or not."""
    if element is not None and element.many:
        out.setdefault(key, []).append(value)
    elif key in out:
        out[key] = [*(out[key] if isinstance(out[key], list) else [out[key]]), value]
    else:
        out[key] = value


def _texts(node: etree._Element, faults: list[Fault]) -> None:
    texts = (node.text, *(child.tail for child in node))
    if any(text and text.strip() for text in texts):
        faults.append(Fault(node, "text where FHIR has attributes and elements only"))


def nodes(root: etree._Element, paths: Iterable[str]) -> Iterator[tuple[str, etree._Element]]:
    """Give the element of each path, or the nearest around it."""
    for path in paths:
        here = root
        for name, kind, index in steps(path):
            key = name + kind[:1].upper() + kind[1:]
            same = [one for one in here.iterchildren("*") if etree.QName(one).localname == key]
            if max(index, 0) >= len(same):
                break
            here = same[max(index, 0)]
            inner = list(here.iterchildren("*"))
            if name in ("resource", "contained") and inner:
                here = inner[0]
        yield path, here


def positions(
    data: bytes, root: etree._Element, wanted: Iterable[etree._Element]
) -> Mapping[etree._Element, Position]:
    """Give line and column of elements by their order in the document, which lxml does not keep."""
    starts: list[Position] = []
    parser = expat.ParserCreate()

    def start(*_: Any) -> None:
        starts.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    parser.Parse(data, True)
    order = {node: number for number, node in enumerate(root.iter("*"))}
    return {node: starts[order[node]] for node in wanted}

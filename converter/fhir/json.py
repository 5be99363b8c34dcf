"""JSON of a bundle, in FHIR's element order, with Decimals exactly as printed.

The standard library's writer knows no Decimal and fhir.resources writes 5.10 as 5.1; hence our own: the
standard writer puts a marked string in each Decimal's place, and the marks are then taken off.
https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

HEAD = (
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "_implicitRules",
    "language",
    "_language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
)
"""First elements of any resource; the others stand as their builder wrote them."""

MARK = "\0"
"""Around a number on its way; FHIR allows the character in no string, and ``dumps`` in no value."""
MARKED = re.compile(r'"\\u0000(-?[0-9.]+)\\u0000"')


def dumps(value: Any, pretty: bool = False) -> str:
    """Write JSON, compact or indented by two.

    >>> dumps({"id": "a", "resourceType": "Basic", "n": Decimal("5.10")})
    '{"resourceType":"Basic","id":"a","n":5.10}'
    """
    text = json.dumps(
        _ordered(value),
        ensure_ascii=False,
        allow_nan=False,
        default=_marked,
        indent=2 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    return MARKED.sub(r"\1", text) + ("\n" if pretty else "")


def loads(text: str) -> Any:
    """Read JSON with its numbers as printed.

    >>> loads('{"value": 5.10}')
    {'value': Decimal('5.10')}
    """
    return json.loads(text, parse_float=Decimal)


def _marked(value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return f"{MARK}{value:f}{MARK}"
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _ordered(value: Any) -> Any:
    """Put a resource's elements, and those of a bundle's resources, into FHIR's order."""
    if not isinstance(value, dict) or "resourceType" not in value:
        return value
    head = {key: value[key] for key in HEAD if key in value}
    made = head | value
    if "entry" in made:
        made["entry"] = [_entry(entry) for entry in made["entry"]]
    return made


def _entry(entry: Any) -> Any:
    if not isinstance(entry, dict) or "resource" not in entry:
        return entry
    return {**entry, "resource": _ordered(entry["resource"])}

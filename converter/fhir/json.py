"""JSON of a bundle, in FHIR's element order, with Decimals exactly as printed.

The standard library's writer knows no Decimal and fhir.resources writes 5.10 as 5.1; hence our own.
https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
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


def dumps(value: Any, pretty: bool = False) -> str:
    """Write JSON, compact or indented by two.

    >>> dumps({"id": "a", "resourceType": "Basic", "n": Decimal("5.10")})
    '{"resourceType":"Basic","id":"a","n":5.10}'
    """
    return _write(value, "\n" if pretty else "") + ("\n" if pretty else "")


def loads(text: str) -> Any:
    """Read JSON with its numbers as printed.

    >>> loads('{"value": 5.10}')
    {'value': Decimal('5.10')}
    """
    return json.loads(text, parse_float=Decimal, parse_int=_integer)


def _integer(digits: str) -> int | Decimal:
    """Read an integer; keep a minus zero, which int would lose."""
    return Decimal(digits) if digits == "-0" else int(digits)


def _write(value: Any, gap: str) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return _object(value, gap)
    if isinstance(value, list | tuple):
        return _array(value, gap)
    return _atom(value)


def _atom(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _array(value: list[Any] | tuple[Any, ...], gap: str) -> str:
    if not value:
        return "[]"
    inner = gap + "  " if gap else ""
    return "[" + inner + ("," + inner).join([_write(item, inner) for item in value]) + gap + "]"


def _object(value: dict[str, Any], gap: str) -> str:
    if not value:
        return "{}"
    inner = gap + "  " if gap else ""
    colon = ": " if gap else ":"
    pairs = [encode_basestring(key) + colon + _write(item, inner) for key, item in _ordered(value)]
    return "{" + inner + ("," + inner).join(pairs) + gap + "}"


def _ordered(value: dict[str, Any]) -> list[tuple[str, Any]]:
    if "resourceType" not in value:
        return list(value.items())
    head = [(key, value[key]) for key in HEAD if key in value]
    return head + [(key, item) for key, item in value.items() if key not in HEAD]

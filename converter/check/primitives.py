"""The lexical forms of FHIR's primitive types, https://hl7.org/fhir/R4/datatypes.html#primitive"""

from __future__ import annotations

import base64
import binascii
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

CODE = re.compile(r"\S+( \S+)*")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
URI = re.compile(rf"(?!urn:oid:)\S+|{OID.pattern}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CLOCK = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
ZONE = r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))"
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
DATE_TIME = re.compile(rf"(\d{{4}})(?:-(\d\d)(?:-(\d\d)(?:T{CLOCK}{ZONE})?)?)?")
INSTANT = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d)T{CLOCK}{ZONE}")
TIME = re.compile(CLOCK)

DATES = frozenset({"date", "dateTime", "instant", "time"})
TEXTS = frozenset({"string", "markdown", "xhtml"})
NUMBERS = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    return check


def _calendar(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        found = pattern.fullmatch(value) if isinstance(value, str) else None
        return found is not None and exists(*found.group(1, 2, 3))

    return check


def exists(year: str, month: str | None, day: str | None) -> bool:
    """Tell whether the calendar has a day; parts that are not said count as right.

    >>> exists("2023", "02", "29")
    False
    """
    if year == "0000":
        return False
    if month is None:
        return True
    if not 1 <= int(month) <= 12:
        return False
    return day is None or 1 <= int(day) <= monthrange(int(year), int(month))[1]


def _text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return value.isprintable() or not (value.isascii() and CONTROL.search(value))


def _readable(value: Any) -> bool:
    return isinstance(value, str) and (value.isprintable() or _text(value)) and bool(value.strip())


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _whole(low: int, high: int = 2**31 - 1) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return check


def _decimal(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _base64(value: Any) -> bool:
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError, AttributeError):
        return False
    return True


PRIMITIVES: Mapping[str, Callable[[Any], bool]] = {
    "string": _text,
    "markdown": _text,
    "xhtml": _text,
    "code": _matching(CODE),
    "id": _matching(ID),
    "uri": _matching(URI),
    "url": _matching(URI),
    "canonical": _matching(URI),
    "oid": _matching(OID),
    "uuid": _matching(UUID),
    "boolean": _boolean,
    "integer": _whole(-(2**31)),
    "unsignedInt": _whole(0),
    "positiveInt": _whole(1),
    "decimal": _decimal,
    "base64Binary": _base64,
    "date": _calendar(DATE),
    "dateTime": _calendar(DATE_TIME),
    "instant": _calendar(INSTANT),
    "time": _matching(TIME),
    "type": _matching(ID),
}

PLAIN: Mapping[str, Callable[[Any], bool]] = {
    kind: _readable if kind in TEXTS else check for kind, check in PRIMITIVES.items() if kind not in NUMBERS
}
"""What a value must satisfy for a walk to pass it by."""

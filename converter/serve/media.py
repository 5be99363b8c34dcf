"""Media types: what a request holds, what its answer may be. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from converter.readers import readers
from converter.serve.outcome import FHIR

HTML = "text/html"
JSON = (FHIR, "application/json", "text/json")
XML = ("application/fhir+xml", "application/xml", "text/xml")
RAW = "application/octet-stream"
FORMATS = {"json": FHIR, "html": HTML} | dict.fromkeys(JSON, FHIR) | {HTML: HTML}
"""Values of _format and what they mean, https://hl7.org/fhir/R4/http.html#parameters"""
WEIGHT = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def accepted(format: str | None, accept: str) -> str:
    """Give what the client accepts: _format goes before the header.

    >>> accepted("json", "text/html"), accepted(None, "text/html"), accepted("", "text/html")
    ('application/fhir+json', 'text/html', '-')
    """
    return accept if format is None else FORMATS.get(format, format or "-")


def formats(*offers: str) -> list[str]:
    """Name the values of _format that give one of the offers."""
    return [name for name, media in FORMATS.items() if media in offers]


def report_types() -> tuple[str, ...]:
    """Name the media types of reports; the content decides in the end, since declared types lie."""
    return tuple(sorted(name for reader in readers() for name in reader.media_types))


def bare(media: str) -> str:
    """Take a media type's parameters off.

    >>> bare("Text/Plain; charset=utf-8")
    'text/plain'
    """
    return media.partition(";")[0].strip().lower()


def chosen(accept: str, offers: Sequence[str]) -> str:
    """Choose what the client likes best of what there is, the first among equals; "" where it takes none.

    >>> chosen("text/html;q=0.5, application/*", ("application/fhir+json", "text/html"))
    'application/fhir+json'
    """
    ranges = [one for part in (accept or "*/*").split(",") if (one := _range(part))]
    weights = [(_weight(offer, ranges), offer) for offer in offers]
    best = max(weight for weight, _ in weights)
    return next(offer for weight, offer in weights if weight == best) if best else ""


def _range(part: str) -> tuple[str, Decimal] | None:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weight = next((p[2:].strip() for p in parameters if p[:2].lower() == "q="), "1")
    return (name.lower(), Decimal(weight)) if "/" in name and WEIGHT.fullmatch(weight) else None


def _weight(offer: str, ranges: Sequence[tuple[str, Decimal]]) -> Decimal:
    """Give the weight of the most exact range that holds the offer."""
    kind = offer.partition("/")[0]
    for name in (offer, f"{kind}/*", "*/*"):
        found = [weight for one, weight in ranges if one == name]
        if found:
            return max(found)
    return Decimal(0)

"""Where a fact stands in the source: derivation-reference extensions.

http://hl7.org/fhir/extensions/StructureDefinition-derivation-reference.html; offset and length count
Unicode characters of the attachment's text.
"""

from __future__ import annotations

from collections.abc import Iterable

from converter.fhir.context import Context, Element
from converter.model import Span, Value

URL = "http://hl7.org/fhir/StructureDefinition/derivation-reference"
PATH = "DocumentReference.content[0].attachment"


def naming(ctx: Context, *groups: Iterable[Span]) -> list[Element]:
    """Point a resource at the words that name its fact, one extension a mention."""
    return [] if ctx.options.evidence == "none" else _extensions(ctx, groups)


def element(ctx: Context, *groups: Iterable[Span]) -> list[Element]:
    """Point an element at its own words: of a value, a range, a site, a time."""
    return _extensions(ctx, groups) if ctx.options.evidence == "full" else []


def of_value(value: Value | None) -> tuple[Span, ...]:
    """Give the words of a value; a range or ratio without words of its own has those of its parts."""
    if value is None:
        return ()
    if value.spans:
        return value.spans
    parts = [getattr(value, name, None) for name in ("low", "high", "numerator", "denominator")]
    return tuple(span for part in parts if part is not None for span in part.spans)


def _extensions(ctx: Context, groups: Iterable[Iterable[Span]]) -> list[Element]:
    spans = dict.fromkeys(span for group in groups for span in group if span.length > 0)
    if not spans:
        return []
    source = {"url": "reference", "valueReference": ctx.reference("DocumentReference")}
    return [_extension(source, span) for span in spans]


PLACE = {"url": "path", "valueString": PATH}


def _extension(source: Element, span: Span) -> Element:
    return {
        "url": URL,
        "extension": [
            source,
            PLACE,
            {"url": "offset", "valueInteger": span.start},
            {"url": "length", "valueInteger": span.length},
        ],
    }

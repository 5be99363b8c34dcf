"""The source: its whole text (or its hash alone), where it was published and by whom.

https://hl7.org/fhir/R4/documentreference.html
"""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

from converter.fhir import codes, evidence, ids, text
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.fhir.practitioner import authors
from converter.model import Phrase

EVENTS = ("received", "revised", "accepted", "published")


def document_reference(ctx: Context) -> Resource:
    """Build the DocumentReference that all evidence points at."""
    publication = ctx.facts.publication
    return resource(
        ctx,
        "DocumentReference",
        ctx.single("DocumentReference"),
        language=language(ctx),
        extension=_extensions(ctx),
        identifier=_identifiers(ctx),
        status="current",
        type=text.term(codes.CASE_REPORT),
        subject=ctx.reference("Patient"),
        date=ctx.timestamp if ctx.facts.publication.published else "",
        author=authors(ctx),
        **_description(ctx, publication.abstract, publication.abstract_ko),
        content=[{"attachment": _attachment(ctx)}],
    )


def language(ctx: Context) -> str:
    """Name the language of most of the text's sections."""
    count = Counter(section.language for section in ctx.facts.sections)
    return min(count, key=lambda tag: (-count[tag], tag)) if count else "en"


def _identifiers(ctx: Context) -> list[Element]:
    """Identify the source by DOI, PubMed id and the hash of its bytes."""
    publication = ctx.facts.publication
    known = (
        ("https://doi.org", publication.doi),
        ("https://pubmed.ncbi.nlm.nih.gov", publication.pmid),
        (ids.URI, f"nih:sha-256;{ctx.facts.document.sha256}"),
    )
    return [{"system": system, "value": value} for system, value in known if value]


def _attachment(ctx: Context) -> Element:
    """Hold the text, or only what it can be recognised by: hash (SHA-1 of UTF-8), size and origin."""
    whole = ctx.facts.document.text
    data = whole.encode()
    publication = ctx.facts.publication
    korean = publication.title_ko
    return {
        **pack(
            contentType="text/plain; charset=utf-8",
            language=language(ctx),
            data=base64.b64encode(data).decode() if ctx.options.source_text else "",
            url=ctx.source if publication.doi else "",
            size=len(data),
            hash=base64.b64encode(ids.text_hash(whole)).decode(),
        ),
        **(
            text.primitive("title", publication.title.text, [text.translation(korean.text)] if korean else [])
            if publication.title
            else {}
        ),
    }


def _description(ctx: Context, abstract: Phrase | None, korean: Phrase | None) -> dict[str, Any]:
    if not ctx.options.source_text:
        return {}
    first = abstract or korean
    if first is None:
        return {}
    both = abstract is not None and korean is not None
    translated = [text.translation(korean.text)] if both and korean else []
    spans = [*first.spans, *(korean.spans if both and korean else ())]
    return text.primitive("description", first.text, [*translated, *evidence.element(ctx, spans)])


def _extensions(ctx: Context) -> list[Element]:
    """Keep the facts of the publication, for which R4 has no element."""
    publication = ctx.facts.publication
    base = ctx.options.base
    dates = [(event, getattr(publication, event)) for event in EVENTS]
    strings = [
        ("journal", publication.journal),
        ("licence", publication.licence),
        *(("index-term", keyword.text) for keyword in publication.keywords),
        *(("remark", remark.text) for remark in publication.remarks),
    ]
    return [
        *[_event(ids.own(base, "publication-event"), event, date) for event, date in dates if date],
        *[{"url": ids.own(base, name), "valueString": words} for name, words in strings if words],
    ]


def _event(url: str, event: str, date: str) -> Element:
    return {
        "url": url,
        "extension": [{"url": "event", "valueCode": event}, {"url": "date", "valueDate": date}],
    }

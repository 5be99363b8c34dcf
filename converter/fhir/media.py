"""Figures: their captions, and the study they show; the image itself is not at hand.

https://hl7.org/fhir/R4/media.html
"""

from __future__ import annotations

from typing import Any

from converter.fhir import codes, evidence, text
from converter.fhir.context import Context, Element, Resource, resource
from converter.model import Fact
from converter.text import HANGUL


def media(ctx: Context, index: int) -> Resource:
    """Build the Media of a figure."""
    fact = ctx.facts.items[index]
    study = ctx.study(fact)
    return resource(
        ctx,
        "Media",
        ctx.planned[(index, "Media")],
        extension=evidence.naming(ctx, fact.evidence),
        partOf=_shown(ctx, fact),
        status="completed",
        type=codes.concept(f"{codes.TERMINOLOGY}media-type", "image", "Image"),
        modality=_modality(study),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        content=_content(ctx, fact),
        note=[{"text": fact.name}] if fact.caption else None,
    )


def _shown(ctx: Context, fact: Fact) -> list[Element]:
    if fact.study is None:
        return []
    found = [ctx.to(fact.study, kind) for kind in ("ImagingStudy", "Procedure")]
    return [reference for reference in found if reference][:1]


def _modality(study: Fact | None) -> Element | None:
    if study is None or study.imaging is None:
        return None
    return {"coding": text.codings([study.imaging.modality])}


def _content(ctx: Context, fact: Fact) -> dict[str, Any]:
    """Title the figure with its caption, or its label where it has none or the text is left out."""
    caption = fact.caption
    if caption is None or not ctx.options.source_text:
        return {"title": fact.name}
    korean = "" if HANGUL.search(caption.text) else text.composed(caption.text)
    translated = [text.translation(korean)] if korean else []
    return text.primitive("title", caption.text, [*translated, *evidence.element(ctx, caption.spans)])

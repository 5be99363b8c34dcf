"""Imaging studies: modality, site, contrast, time and place; never an invented UID.

https://hl7.org/fhir/R4/imagingstudy.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from converter.fhir import codes, evidence, text, time
from converter.fhir.context import Context, Element, Resource, pack, resource
from converter.mappings import imaging as imaging_terms
from converter.model import Fact, Imaging

CONTRAST_SAID = re.compile(r"contrast|enhanc|조영", re.IGNORECASE)
STARTED = time.Timed("started")


def imaging_study(ctx: Context, index: int) -> Resource:
    """Build the ImagingStudy of a fact; images are not at hand, hence status unknown."""
    fact = ctx.facts.items[index]
    imaging = fact.imaging
    started = time.made(ctx, fact.time, STARTED, index)
    return resource(
        ctx,
        "ImagingStudy",
        ctx.planned[(index, "ImagingStudy")],
        extension=evidence.naming(ctx, fact.evidence),
        status="unknown",
        modality=text.codings([imaging.modality]) if imaging else None,
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **(started or text.primitive("started", None, [text.absent("unknown")])),
        location=OUTSIDE if imaging is not None and imaging.outside else None,
        procedureCode=[code_of(fact)],
        **_description(ctx, fact),
    )


OUTSIDE = text.primitive("display", codes.OUTSIDE.en, [text.translation(codes.OUTSIDE.ko)])


def code_of(fact: Fact) -> Element:
    """Name a study: site and contrast stand in the text, coded where the concept is."""
    english, korean = title(fact)
    return {
        **pack(
            extension=text.kept(fact.name, english),
            coding=text.codings(fact.concept.codes) if fact.concept else None,
        ),
        **text.label(english, korean),
    }


def title(fact: Fact) -> tuple[str, str]:
    """Name a study in both languages with its site and contrast, where its name lacks them."""
    english, korean = text.names(fact)
    if fact.sites and not _names_site(english, fact):
        sites = [text.site_labels(site) for site in fact.sites]
        english = f"{english} of {' and '.join(text.uncapped(site[0]) for site in sites)}"
        whole = bool(korean) and all(site[1] for site in sites)
        korean = f"{', '.join(site[1] for site in sites)} {korean}" if whole else ""
    contrast = codes.CONTRAST.get(fact.imaging.contrast) if fact.imaging else None
    if contrast is not None and not CONTRAST_SAID.search(english):
        english = f"{english} {contrast[0]}"
        korean = f"{korean}({contrast[1]})" if korean else ""
    return english, korean


def _names_site(english: str, fact: Fact) -> bool:
    """Tell whether a study's name already says its site: chest CT."""
    said = english.casefold()
    if fact.concept is not None and fact.concept.codes:
        return True
    return any(site.text.casefold() in said for site in fact.sites)


def _description(ctx: Context, fact: Fact) -> dict[str, object]:
    """Describe planes, sequences, tracer and place, without minting series for them."""
    english, korean = title(fact)
    imaging = fact.imaging
    if imaging is None:
        return text.primitive("description", english, [text.translation(korean)] if korean else [])
    parts = [english, *_details(imaging)]
    shown = [korean, *_details(imaging, korean=True)] if korean else []
    spans = [s for site in fact.sites for s in site.spans] + [
        s for words in imaging.attributes for s in words.spans
    ]
    translated = [text.translation("; ".join(shown))] if shown else []
    return text.primitive("description", "; ".join(parts), [*translated, *evidence.element(ctx, spans)])


@lru_cache(maxsize=1)
def _planes() -> Mapping[str, str]:
    """Give the Korean of the planes that mappings/imaging.toml names."""
    rows = imaging_terms().planes
    return MappingProxyType({row.concept.en: row.concept.reading or row.concept.ko for row in rows})


def _details(imaging: Imaging, korean: bool = False) -> list[str]:
    concepts = [*imaging.sequences, *([imaging.tracer] if imaging.tracer else [])]
    named = [(c.reading or c.ko or c.en) if korean else c.en for c in concepts]
    planes = [_planes().get(plane, plane) if korean else plane for plane in imaging.planes]
    places = [codes.OUTSIDE.ko if korean else codes.OUTSIDE.en] if imaging.outside else []
    later = ["추적 검사" if korean else "follow-up"] if imaging.follow_up else []
    return [*planes, *named, *places, *later]

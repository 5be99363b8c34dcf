"""Facts -> Bundle: FHIR R4 (4.0.1), one builder a resource.

Builders are functions of a Context that return plain dicts, elements in R4's order; design/fhir.md says
how facts become FHIR. The JSON writer (``converter.fhir.json``) keeps Decimals as printed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from converter.fhir import ids, plan, text, time
from converter.fhir.allergy import allergy_intolerance
from converter.fhir.composition import composition
from converter.fhir.condition import condition
from converter.fhir.context import MAPPED, TRANSLATED, BuildOptions, Context, Resource, meta, pack
from converter.fhir.diagnostic_report import diagnostic_report
from converter.fhir.document_reference import document_reference
from converter.fhir.encounter import encounter
from converter.fhir.family import family_member_history
from converter.fhir.imaging_study import imaging_study
from converter.fhir.media import media
from converter.fhir.medication import immunization, medication_statement
from converter.fhir.observation import observation
from converter.fhir.patient import patient
from converter.fhir.practitioner import practitioners
from converter.fhir.procedure import procedure
from converter.fhir.provenance import device, provenance
from converter.fhir.service_request import service_request
from converter.fhir.specimen import specimen
from converter.issues import Issue
from converter.model import Bundle, FactKind, Facts

__all__ = ["BuildOptions", "build"]

BUILDERS: dict[str, Callable[[Context, int], Resource]] = {
    "AllergyIntolerance": allergy_intolerance,
    "Condition": condition,
    "DiagnosticReport": diagnostic_report,
    "ImagingStudy": imaging_study,
    "Immunization": immunization,
    "Media": media,
    "MedicationStatement": medication_statement,
    "Observation": observation,
    "Procedure": procedure,
    "ServiceRequest": service_request,
}
EPOCH = "1970-01-01T00:00:00Z"


def build(facts: Facts, options: BuildOptions | None = None) -> tuple[Bundle, tuple[Issue, ...]]:
    """Build the bundle of one patient's facts.

    The same facts and options give the same bundle, byte for byte: ids come from the source and the
    facts' names, and no time of running enters it.
    """
    chosen = options or BuildOptions()
    timestamp, issues = _timestamp(facts, chosen)
    ctx = Context.of(facts, chosen, timestamp)
    clinical = _clinical(ctx)
    targets = [f"urn:uuid:{made['id']}" for made in clinical]
    about = [document_reference(ctx), *practitioners(ctx), device(ctx), provenance(ctx, targets)]
    return _bundle(ctx, [composition(ctx), *clinical, *about]), (*issues, *_uncoded(facts))


def _timestamp(facts: Facts, options: BuildOptions) -> tuple[str, tuple[Issue, ...]]:
    """Choose Bundle.timestamp: publication, the caller's, SOURCE_DATE_EPOCH, else 1970 with an Issue."""
    said = facts.publication.published or options.timestamp or options.source_date_epoch
    if said:
        return time.instant(said), ()
    return EPOCH, (Issue.of("TIME002", source=facts.document.name, path="Bundle.timestamp"),)


def _clinical(ctx: Context) -> list[Resource]:
    """Build what is said of the patient, in reading order; shared resources where they first appear."""
    items = ctx.facts.items
    presenting = [i for i, fact in enumerate(items) if fact.presenting]
    made = [patient(ctx), _labelled(ctx, encounter(ctx), presenting)]
    family, specimens = _groups(ctx, "FamilyMemberHistory"), _groups(ctx, "Specimen")
    for index, fact in enumerate(items):
        if index in specimens:
            made.append(specimen(ctx, specimens[index]))
        if index in family:
            made.append(_labelled(ctx, family_member_history(ctx, family[index]), family[index]))
        kinds = [kind for kind in plan.targets(fact) if kind in BUILDERS]
        made.extend(_labelled(ctx, BUILDERS[kind](ctx, index), [index]) for kind in kinds)
    return made


def _labelled(ctx: Context, made: Resource, indexes: list[int]) -> Resource:
    """Label a resource that holds phrases whose Korean the program composed."""
    report = made["resourceType"] == "DiagnosticReport"
    told = [*indexes, *(i for index in indexes for i in ctx.read_from(index))] if report else indexes
    if not any(text.is_composed(ctx.facts.items[i]) for i in told):
        return made
    return {**made, "meta": {**made["meta"], "security": [MAPPED, TRANSLATED]}}


def _groups(ctx: Context, kind: str) -> dict[int, list[int]]:
    """Gather the facts that share a resource, under the first of them."""
    shared: dict[str, list[int]] = {}
    for (index, planned), identifier in ctx.planned.items():
        if planned == kind:
            shared.setdefault(identifier, []).append(index)
    return {min(indexes): sorted(indexes) for indexes in shared.values()}


def _bundle(ctx: Context, resources: list[Resource]) -> Bundle:
    kind = ctx.options.bundle_type
    identifier = ctx.single("Bundle")
    distinct = {made["id"]: made for made in resources}
    return pack(
        resourceType="Bundle",
        id=identifier,
        meta=meta(ctx, "Bundle"),
        language="en",
        identifier={"system": ids.URI, "value": f"urn:uuid:{identifier}"},
        type=kind,
        timestamp=ctx.timestamp,
        entry=[_entry(made, kind) for made in distinct.values()],
    )


def _entry(made: Resource, kind: str) -> dict[str, Any]:
    """Make an entry; in a transaction a conditional update, so that a second run updates."""
    urn = f"urn:uuid:{made['id']}"
    entry = {"fullUrl": urn, "resource": made}
    if kind != "transaction":
        return entry
    name = made["resourceType"]
    request = (
        {"method": "POST", "url": name}
        if name == "Provenance"
        else {"method": "PUT", "url": f"{name}?identifier={ids.URI}|{urn}"}
    )
    return {**entry, "request": request}


def _uncoded(facts: Facts) -> tuple[Issue, ...]:
    """Report how many names stand as text alone, for want of a verified code."""
    wanted = [fact for fact in facts.items if fact.kind in CODED and plan.targets(fact)]
    missing = [fact for fact in wanted if fact.concept is None or not fact.concept.codes]
    if not missing:
        return ()
    message = f"{len(missing)} of {len(wanted)} names have no verified code and stand as text"
    return (Issue.of("TERM001", message, source=facts.document.name),)


CODED = plan.STATES | {FactKind.STUDY, FactKind.PROCEDURE, FactKind.MEDICATION}

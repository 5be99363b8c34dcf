"""What every builder needs to know: the facts, the options, and the ids of all resources beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from converter.fhir import ids, plan
from converter.model import Fact, Facts

Resource = dict[str, Any]
Element = dict[str, Any]

SINGLE = ("Bundle", "Composition", "Patient", "Encounter", "DocumentReference", "Provenance")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a bundle is built; the defaults are what ``convert`` writes."""

    bundle_type: Literal["document", "transaction", "collection"] = "document"
    source_text: bool = True
    """False leaves the text out: hash and origin only, for texts that may not be passed on."""
    evidence: Literal["full", "names", "none"] = "full"
    reviewed: bool = False
    """A person has checked the facts: statuses become final."""
    admission_date: str = ""
    """ISO date; turns times relative to admission into dates."""
    timestamp: str = ""
    """ISO instant of Bundle.timestamp where the text has no date of publication."""
    source_date_epoch: str = ""
    """Seconds since 1970, the last resort before 1970 itself."""
    over_90: bool = False
    """Write ages over 89 as >=90."""
    base: str = ids.BASE
    version: str = ""
    """Of this software, for the Device; empty leaves it out."""


@dataclass(frozen=True, slots=True)
class Context:
    """Facts, options and ids; builders read it and change nothing."""

    facts: Facts
    options: BuildOptions
    timestamp: str
    source: str
    identity: str
    planned: Mapping[tuple[int, str], str]
    """(index of the fact, resource type) -> id."""
    singles: Mapping[str, str]
    """Resource type -> id, of resources of which a patient's bundle has one."""
    read: Mapping[int, tuple[int, ...]]
    """Index of a study or test -> the facts read from it, in reading order."""
    tags: tuple[Element, Element]
    """meta of resources about the publication, and of those about the patient."""

    @staticmethod
    def of(facts: Facts, options: BuildOptions, timestamp: str) -> Context:
        """Plan all ids, so that builders can refer to resources in any order."""
        facts = replace(facts, items=tuple(plan.settled(fact) for fact in facts.items))
        identity = ids.source_identity(facts.document, facts.publication)
        patient = f"{identity}#{facts.ordinal}"
        planned = {place: ids.make(patient, *key) for place, key in plan.keys(facts.items).items()}
        singles = {kind: ids.make(patient, kind) for kind in SINGLE}
        singles["Device"] = ids.make("casefhir", "Device")
        source = ids.source_uri(facts.document, facts.publication)
        return Context(
            facts,
            options,
            timestamp,
            source,
            identity,
            MappingProxyType(planned),
            MappingProxyType(singles),
            MappingProxyType(_read(facts.items)),
            _metas(source, options.base),
        )

    def single(self, kind: str) -> str:
        """Give the id of a resource of which a patient's bundle has one."""
        return self.singles[kind]

    def shared(self, kind: str, *key: str) -> str:
        """Give the id of a resource that all patients of a source share: an author, an institution."""
        return ids.make(self.identity, kind, *key)

    def reference(self, kind: str) -> Element:
        """Refer to a single resource: Patient, Encounter, DocumentReference."""
        return {"reference": f"urn:uuid:{self.single(kind)}"}

    def to(self, index: int, kind: str) -> Element | None:
        """Refer to what a fact became, if it became a resource of this type."""
        found = self.planned.get((index, kind))
        return {"reference": f"urn:uuid:{found}"} if found else None

    def study(self, fact: Fact) -> Fact | None:
        """Give the study or test that a fact was read from."""
        if fact.study is None or not 0 <= fact.study < len(self.facts.items):
            return None
        return self.facts.items[fact.study]

    def read_from(self, index: int) -> tuple[int, ...]:
        """Give the facts read from a study or test, in reading order."""
        return self.read.get(index, ())


KEPT = (0, False)
"""Values that are false and yet say something; a Decimal zero equals 0."""


def _read(items: tuple[Fact, ...]) -> dict[int, tuple[int, ...]]:
    read: dict[int, tuple[int, ...]] = {}
    for index, fact in enumerate(items):
        if fact.study is not None and fact.study != index:
            read[fact.study] = (*read.get(fact.study, ()), index)
    return read


def pack(**elements: Any) -> dict[str, Any]:
    """Leave out what is empty: FHIR knows no null, no empty array, object or string."""
    return {key: value for key, value in elements.items() if value or value in KEPT}


def resource(ctx: Context, kind: str, uid: str, **elements: Any) -> Resource:
    """Make a resource with its id, meta and identifier.

    meta says where it comes from, that its data were mapped from another form and that a machine
    extracted them. ``extension`` comes before the identifier, as R4 orders elements.
    """
    extension = elements.pop("extension", None)
    more = elements.pop("identifier", ())
    urn = {"system": ids.URI, "value": f"urn:uuid:{uid}"}
    return pack(
        resourceType=kind,
        id=uid,
        meta=meta(ctx, kind),
        language=elements.pop("language", None),
        extension=extension,
        identifier=None if kind in UNIDENTIFIED else urn if kind in ONE_IDENTIFIER else [urn, *more],
        **elements,
    )


UNIDENTIFIED = frozenset({"Provenance"})
ONE_IDENTIFIER = frozenset({"Composition"})
PLAIN = frozenset(
    {"Device", "Practitioner", "PractitionerRole", "Organization", "DocumentReference", "Provenance"}
)
"""Resources that say nothing clinical of the patient."""

MAPPED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "MAPPED",
    "display": "mapped",
}
TRANSLATED = {**MAPPED, "code": "TRSLT", "display": "translated"}


def meta(ctx: Context, kind: str) -> Element:
    """Say where a resource comes from and how it was made."""
    return ctx.tags[0 if kind in PLAIN else 1]


def _metas(source: str, base: str) -> tuple[Element, Element]:
    code = "machine-extracted"
    tag = {"system": ids.own(base, "tags"), "code": code, "display": code}
    return {"source": source, "tag": [tag]}, {"source": source, "security": [MAPPED], "tag": [tag]}


def status(ctx: Context) -> str:
    """Say how far a report is: preliminary until a person has seen it."""
    return "final" if ctx.options.reviewed else "preliminary"

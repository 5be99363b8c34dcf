"""Which resources a fact becomes, and the keys of their ids.

What is only feared, planned or another person's never becomes the patient's condition or finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from converter.fhir import ids, services
from converter.model import Assertion, Fact, FactKind, Words

NOT_THE_PATIENTS = frozenset({Assertion.HYPOTHETICAL, Assertion.OTHER})
NOT_YET = frozenset({Assertion.PLANNED, Assertion.NOT_DONE})
DENIED = frozenset({Assertion.ABSENT, Assertion.NOT_DONE})

Place = tuple[int, str]
Key = tuple[str, ...]


NEGATIVE = re.compile(r"\bnegative\b|음성", re.IGNORECASE)
NORMAL = re.compile(r"\b(normal|unremarkable)\b|정상", re.IGNORECASE)


def settled(fact: Fact) -> Fact:
    """Read a denied test by its words: "was negative" is a result, "was not performed" is none."""
    words = fact.certainty
    tested = fact.kind in (FactKind.STUDY, FactKind.TEST) and fact.assertion is Assertion.ABSENT
    if not tested or words is None or fact.value is not None:
        return fact
    code = "negative" if NEGATIVE.search(words.text) else "normal" if NORMAL.search(words.text) else ""
    if not code:
        return fact
    value = Words(words.text, code, words.spans)
    return replace(fact, assertion=Assertion.PRESENT, value=value, certainty=None)


def targets(fact: Fact) -> tuple[str, ...]:
    """Name the resource types that a fact becomes; none where another resource takes it up."""
    if fact.assertion in NOT_THE_PATIENTS:
        return ()
    if fact.assertion is Assertion.FAMILY or fact.kind is FactKind.RELATIVE:
        return ("FamilyMemberHistory",) if fact.kind in FAMILIAL else ()
    if fact.kind in (FactKind.STUDY, FactKind.TEST, FactKind.PROCEDURE):
        return _acts(fact)
    if fact.kind in STATES:
        return _states(fact)
    if fact.kind is FactKind.OUTCOME and (is_death(fact) or is_discharge(fact)):
        return ()
    return PLAIN.get(fact.kind, ())


FAMILIAL = frozenset({FactKind.RELATIVE, FactKind.CONDITION, FactKind.FINDING})
STATES = frozenset({FactKind.CONDITION, FactKind.FINDING, FactKind.MEASUREMENT, FactKind.ORGANISM})

PLAIN: dict[FactKind, tuple[str, ...]] = {
    FactKind.AGE: ("Observation",),
    FactKind.MEDICATION: ("MedicationStatement",),
    FactKind.IMMUNIZATION: ("Immunization",),
    FactKind.ALLERGY: ("AllergyIntolerance",),
    FactKind.SOCIAL: ("Observation",),
    FactKind.OUTCOME: ("Observation",),
    FactKind.PLAN: ("ServiceRequest",),
    FactKind.FIGURE: ("Media",),
}


def _acts(fact: Fact) -> tuple[str, ...]:
    """Studies, tests and procedures: planned, refused or done."""
    if fact.assertion is Assertion.PLANNED:
        return ("ServiceRequest",)
    if fact.assertion in DENIED or fact.kind is FactKind.PROCEDURE:
        return ("Procedure",)
    result = ("Observation",) if fact.value is not None or fact.interpretation else ()
    if fact.kind is FactKind.STUDY:
        return ("ImagingStudy", "DiagnosticReport", *result)
    if services.is_done_to_the_patient(fact):
        return ("Procedure", "DiagnosticReport", *result)
    return ("DiagnosticReport", *result)


def _states(fact: Fact) -> tuple[str, ...]:
    """Say what holds of the patient: a condition, a finding, a value, an organism."""
    if fact.kind is FactKind.MEASUREMENT:
        return () if fact.assertion is Assertion.PLANNED else ("Observation",)
    if fact.assertion in NOT_YET:
        return ()
    if fact.kind is FactKind.CONDITION:
        return ("Condition",)
    if fact.kind is FactKind.ORGANISM and fact.study is None:
        return ("Observation", "DiagnosticReport")
    return ("Observation",)


def is_death(fact: Fact) -> bool:
    """Tell whether an outcome is the patient's death."""
    return fact.concept is not None and fact.concept.id == "death"


def is_discharge(fact: Fact) -> bool:
    """Tell whether an outcome is the discharge that ends the encounter."""
    return fact.concept is not None and fact.concept.id == "discharge"


def keys(items: Sequence[Fact]) -> dict[Place, Key]:
    """Give the key of each resource's id; facts that share a resource share its key."""
    places = [(i, kind) for i, fact in enumerate(items) for kind in targets(fact)]
    owners = {place: _owner(items, place) for place in places}
    owned = [place for place in places if owners[place] == place]
    numbered = ids.numbered(_key(items[i], kind) for i, kind in owned)
    found = dict(zip(owned, numbered, strict=True))
    result = {place: found[owners[place]] for place in places}
    return result | _specimens(items)


def _key(fact: Fact, kind: str) -> Key:
    if kind == "FamilyMemberHistory":
        return (kind, relative(fact))
    return (kind, fact.kind.value, ids.folded(fact.name))


def _owner(items: Sequence[Fact], place: Place) -> Place:
    """Find the first fact of a resource that several facts share: one relative, one resource."""
    index, kind = place
    if kind != "FamilyMemberHistory":
        return place
    first = next(i for i in family(items) if relative(items[i]) == relative(items[index]))
    return (first, kind)


def family(items: Sequence[Fact]) -> tuple[int, ...]:
    """Give the facts that tell of relatives."""
    return tuple(i for i, fact in enumerate(items) if targets(fact) == ("FamilyMemberHistory",))


def relative(fact: Fact) -> str:
    """Name the relative that a fact tells of."""
    return fact.person.id if fact.person else "family"


def specimen_key(fact: Fact) -> Key | None:
    """Name the specimen that a result was read from, so that results of one culture share it."""
    if fact.specimen is None or "Observation" not in targets(fact):
        return None
    return ("Specimen", fact.specimen.id, "" if fact.study is None else str(fact.study))


def _specimens(items: Sequence[Fact]) -> dict[Place, Key]:
    """Number the specimens of one kind in reading order, study by study."""
    wanted = {(i, "Specimen"): key for i, fact in enumerate(items) if (key := specimen_key(fact))}
    distinct = list(dict.fromkeys(wanted.values()))
    numbered = dict(zip(distinct, ids.numbered(key[:2] for key in distinct), strict=True))
    return {place: numbered[key] for place, key in wanted.items()}

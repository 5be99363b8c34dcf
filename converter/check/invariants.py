"""FHIR's invariants of elements and resources, each a key, its words and a test.

Those of bundles stand in bundles.py, ref-1 in references.py, txt-1 and txt-2 in narrative.py, ele-1 in the
walk itself. https://hl7.org/fhir/R4/conformance-rules.html#constraints
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from converter.check.definitions import resource_types
from converter.check.tree import Found, Resource, Tree, path
from converter.issues import Issue, Severity

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
TIME_UNITS = frozenset({"s", "min", "h", "d", "wk", "mo", "a", "ms", "us", "ns", "ps"})
ENDED = frozenset({"inactive", "resolved", "remission"})
MEALS = frozenset({"C", "CM", "CD", "CV"})
NUMERIC = (int, float)
QUANTITIES = ("Quantity", "Age", "Count", "Distance", "Duration")


@dataclass(frozen=True, slots=True)
class Rule:
    """One invariant."""

    key: str
    words: str
    types: tuple[str, ...]
    """Data types, element paths or resource types that it constrains."""
    holds: Callable[[Json], bool]
    best_practice: bool = False


def check(tree: Tree) -> Iterator[Issue]:
    """Test every invariant on every element that it constrains."""
    for rule in RULES:
        for name in rule.types:
            found = tree.of_type(name) if name in resource_types() else tree.each(name)
            for one in found:
                if not rule.holds(one.value):
                    yield _issue(rule, one)
    for resource in tree.resources:
        yield from _contained(resource, tree)


def _issue(rule: Rule, found: Found) -> Issue:
    issue = Issue.of("BND007", f"{rule.key}: {rule.words}", path=path(found.place))
    return replace(issue, severity=Severity.WARNING) if rule.best_practice else issue


def _contained(resource: Resource, tree: Tree) -> Iterator[Issue]:
    """Test dom-2 to dom-5 on a contained resource."""
    if resource.container < 0:
        return
    value, where = resource.value, path(resource.place)
    if tree.resources[resource.container].container >= 0 or "contained" in value:
        yield Issue.of("BND007", "dom-2: a contained resource may not contain another", path=where)
    meta = value.get("meta", {})
    if isinstance(meta, dict) and ("versionId" in meta or "lastUpdated" in meta):
        yield Issue.of("BND007", "dom-4: a contained resource has no versionId or lastUpdated", path=where)
    if isinstance(meta, dict) and "security" in meta:
        yield Issue.of("BND007", "dom-5: a contained resource has no security label", path=where)
    container = tree.resources[resource.container].value
    ordinal = next(i for i, other in enumerate(tree.resources) if other is resource)
    back = any(bound.owner == ordinal and bound.value.get("reference") == "#" for bound in tree.references)
    if not back and not _mentions(container, f"#{value.get('id')}"):
        yield Issue.of("BND007", "dom-3: a contained resource must be referred to", path=where)


def _mentions(value: Any, aim: str) -> bool:
    """Tell whether a reference, canonical or uri anywhere inside is the aim."""
    if isinstance(value, str):
        return value == aim
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_mentions(one, aim) for one in inner)


def _any(value: Json, *keys: str) -> bool:
    return any(key in value or f"_{key}" in value for key in keys)


def _choice(value: Json, name: str) -> bool:
    return any(key.startswith((name, f"_{name}")) for key in value)


def _coded(value: Any, *codes: str) -> bool:
    """Tell whether a concept (or one of several) has one of the codes."""
    concepts = value if isinstance(value, list) else [value]
    codings = [concept.get("coding") for concept in concepts if isinstance(concept, dict)]
    return any(
        isinstance(coding, dict) and coding.get("code") in codes
        for listed in codings
        for coding in (listed if isinstance(listed, list) else ())
    )


def _range(value: Json) -> bool:
    low, high = value.get("low"), value.get("high")
    if not (isinstance(low, dict) and isinstance(high, dict)) or low.get("code") != high.get("code"):
        return True
    below, above = low.get("value"), high.get("value")
    return below is None or above is None or not _number(below) or not _number(above) or below <= above


def _number(value: Any) -> bool:
    return hasattr(value, "is_finite") or isinstance(value, NUMERIC)


def _period(value: Json) -> bool:
    start, end = value.get("start"), value.get("end")
    if not (isinstance(start, str) and isinstance(end, str)):
        return True
    shorter = min(len(start), len(end), len("2000-01-01T00:00:00"))
    return start[:shorter] <= end[:shorter]


def _same_code(value: Json) -> bool:
    """Tell whether no component of an observation with a value has the observation's own code."""
    if not _choice(value, "value") or not isinstance(value.get("code"), dict):
        return True
    own = _codings(value["code"])
    components = value.get("component")
    parts = components if isinstance(components, list) else ()
    return not any(
        one in own for part in parts if isinstance(part, dict) for one in _codings(part.get("code"))
    )


def _codings(concept: Any) -> list[Any]:
    coding = concept.get("coding") if isinstance(concept, dict) else None
    return coding if isinstance(coding, list) else []


def _listed(value: Json) -> bool:
    problem = _coded(value.get("category"), "problem-list-item")
    wrong = _coded(value.get("verificationStatus"), "entered-in-error")
    return "clinicalStatus" in value or wrong or not problem


def _time(value: Json) -> bool:
    return ("code" in value or "value" not in value) and str(value.get("code", "a")) in TIME_UNITS


def _words(value: Any) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()


def _not_negative(value: Any) -> bool:
    return not _number(value) or value >= 0


def _age(value: Json) -> bool:
    return _time(value) and (not _number(value.get("value")) or value["value"] > 0)


RULES: tuple[Rule, ...] = (
    Rule("ext-1", "an extension has a value or extensions, not both", ("Extension",),
         lambda v: ("extension" in v) != _choice(v, "value")),
    Rule("qty-3", "a code for the unit needs its system", QUANTITIES,
         lambda v: not _any(v, "code") or _any(v, "system")),
    Rule("age-1", "an age is more than 0 and has a unit of time in UCUM", ("Age",), _age),
    Rule("drt-1", "a duration needs a unit of time in UCUM", ("Duration",), _time),
    Rule("rat-1", "numerator and denominator stand together", ("Ratio",),
         lambda v: ("numerator" in v) == ("denominator" in v) and ("numerator" in v or "extension" in v)),
    Rule("rng-2", "low must not be above high", ("Range",), _range),
    Rule("range", "low must not be above high", ("Observation.referenceRange",), _range),
    Rule("per-1", "start must not be after end", ("Period",), _period),
    Rule("att-1", "an attachment with data needs a contentType", ("Attachment",),
         lambda v: not _any(v, "data") or _any(v, "contentType")),
    Rule("cpt-2", "a contact value needs its system", ("ContactPoint",),
         lambda v: not _any(v, "value") or _any(v, "system")),
    Rule("tim-1", "a duration needs its unit", ("Timing.repeat",),
         lambda v: "duration" not in v or "durationUnit" in v),
    Rule("tim-2", "a period needs its unit", ("Timing.repeat",),
         lambda v: "period" not in v or "periodUnit" in v),
    Rule("tim-6", "a highest period needs a period", ("Timing.repeat",),
         lambda v: "periodMax" not in v or "period" in v),
    Rule("tim-4", "a duration is not negative", ("Timing.repeat",),
         lambda v: _not_negative(v.get("duration"))),
    Rule("tim-5", "a period is not negative", ("Timing.repeat",),
         lambda v: _not_negative(v.get("period"))),
    Rule("tim-7", "a highest duration needs a duration", ("Timing.repeat",),
         lambda v: "durationMax" not in v or "duration" in v),
    Rule("tim-8", "a highest count needs a count", ("Timing.repeat",),
         lambda v: "countMax" not in v or "count" in v),
    Rule("tim-9", "an offset needs an event other than a meal", ("Timing.repeat",),
         lambda v: "offset" not in v or ("when" in v and not MEALS.intersection(_words(v["when"])))),
    Rule("tim-10", "a time of day and an event exclude each other", ("Timing.repeat",),
         lambda v: "timeOfDay" not in v or "when" not in v),
    Rule("urn", "an identifier of urn:ietf:rfc:3986 has a full URI as its value", ("Identifier",),
         lambda v: v.get("system") != "urn:ietf:rfc:3986" or ":" in str(v.get("value", ":"))),
    Rule("pat-1", "a contact has a name, telecom, address or organization", ("Patient.contact",),
         lambda v: _any(v, "name", "telecom", "address", "organization")),
    Rule("obs-3", "a reference range has low, high or text", ("Observation.referenceRange",),
         lambda v: _any(v, "low", "high", "text")),
    Rule("obs-6", "a reason for absence stands only where there is no value", ("Observation",),
         lambda v: "dataAbsentReason" not in v or not _choice(v, "value")),
    Rule("obs-7", "no value where a component has the observation's own code", ("Observation",), _same_code),
    Rule("con-3", "a problem of the list should have a clinicalStatus", ("Condition",), _listed, True),
    Rule("con-4", "a condition that has abated is inactive, resolved or in remission", ("Condition",),
         lambda v: not _choice(v, "abatement") or _coded(v.get("clinicalStatus"), *ENDED)),
    Rule("con-5", "a condition entered in error has no clinicalStatus", ("Condition",),
         lambda v: not _coded(v.get("verificationStatus"), "entered-in-error") or "clinicalStatus" not in v),
    Rule("con-1", "a stage has a summary or an assessment", ("Condition.stage",),
         lambda v: _any(v, "summary", "assessment")),
    Rule("con-2", "evidence has a code or a detail", ("Condition.evidence",),
         lambda v: _any(v, "code", "detail")),
    Rule("ait-1", "an allergy not entered in error has a clinicalStatus", ("AllergyIntolerance",),
         lambda v: _coded(v.get("verificationStatus"), "entered-in-error") or "clinicalStatus" in v),
    Rule("ait-2", "an allergy entered in error has no clinicalStatus", ("AllergyIntolerance",),
         lambda v: not _coded(v.get("verificationStatus"), "entered-in-error") or "clinicalStatus" not in v),
    Rule("fhs-1", "age or birth, not both", ("FamilyMemberHistory",),
         lambda v: not (_choice(v, "age") and _choice(v, "born"))),
    Rule("fhs-2", "an estimate needs the age", ("FamilyMemberHistory",),
         lambda v: "estimatedAge" not in v or any(key.startswith("age") for key in v)),
    Rule("org-1", "an organization has an identifier or a name", ("Organization",),
         lambda v: _any(v, "identifier", "name")),
    Rule("cmp-1", "a section has a text, entries or sections", ("Composition.section",),
         lambda v: _any(v, "text", "entry", "section")),
    Rule("cmp-2", "a reason for emptiness stands only where there are no entries", ("Composition.section",),
         lambda v: "emptyReason" not in v or "entry" not in v),
)  # fmt: skip

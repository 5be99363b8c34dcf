"""What we would have stand there against what stands there: one transaction.

What is there already as it should be is not sent: not every server notices that an update changes nothing.
What is new goes as a conditional update on our identifier, so that two senders make one resource; what is
there goes as an update of the version that was read (If-Match), so that nobody's change is lost unseen. The
body of a conditional update bears no id: servers differ in what they make of one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from converter.deliver.errors import RefusedError
from converter.deliver.prepare import ABOUT, Choice, Own, Resource, references, urns
from converter.fhir import codes

Action = Literal["create", "update", "retract", "unchanged", "kept"]


@dataclass(frozen=True, slots=True)
class Stood:
    """A resource as it stands on the server, references relative to its base."""

    resource: Resource

    @property
    def place(self) -> str:
        """Give ``Type/id``."""
        return f"{self.resource['resourceType']}/{self.resource['id']}"

    @property
    def version(self) -> str:
        """Give the version, empty where the server keeps none."""
        return str((self.resource.get("meta") or {}).get("versionId", ""))


@dataclass(frozen=True, slots=True)
class Sent:
    """What the outbox remembers of a resource that it sent."""

    urn: str
    place: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one resource."""

    action: Action
    urn: str
    kind: str
    place: str = ""
    version: str = ""
    digest: str = ""
    body: Resource | None = None
    query: str = ""
    dangling: bool = False
    """What stands there refers to a urn: the server rewrote not all references of the transaction."""

    @property
    def url(self) -> str:
        """Give the url of the request."""
        return self.place or f"{self.kind}?{self.query}"


def steps(
    owns: Sequence[Own],
    stood: Mapping[str, Stood],
    sent: Mapping[str, Sent],
    vanished: Sequence[Stood],
    choice: Choice,
) -> tuple[Step, ...]:
    """Say for every resource what is to be done; RefusedError where that would undo somebody's work."""
    _not_moved(owns, stood, choice)
    places = {urn: there.place for urn, there in stood.items()}
    made = [_step(own, stood.get(own.urn), sent.get(own.urn), places, choice) for own in owns]
    return (*made, *(_retraction(there) for there in vanished))


def _step(
    own: Own, there: Stood | None, sent: Sent | None, places: Mapping[str, str], choice: Choice
) -> Step:
    body = placed(own.body, places)
    if there is None:
        return Step("create", own.urn, own.kind, digest=own.digest, body=body, query=own.query)
    known = Step("unchanged", own.urn, own.kind, there.place, there.version, own.digest)
    ours = sent is not None and sent.place == there.place and sent.digest == own.digest
    if (ours and sent is not None and sent.version == there.version) or same(body, there.resource):
        return known
    foreign = sent is not None and sent.place == there.place and sent.version != there.version
    if foreign and not choice.overwrite:
        if ours:
            return Step("kept", own.urn, own.kind, there.place, sent.version if sent else "", own.digest)
        raise RefusedError(
            f"{there.place} was changed on the server after we sent it, and the new extraction differs too;"
            " --overwrite writes over that change"
        )
    dangling = any(target in places for target in references(there.resource))
    made = Step("update", own.urn, own.kind, there.place, there.version, own.digest, body)
    return replace(made, dangling=dangling)


def _not_moved(owns: Sequence[Own], stood: Mapping[str, Stood], choice: Choice) -> None:
    """Refuse to take a report's facts from one Patient to another unless that is what is wanted."""
    for own in owns:
        there = stood.get(own.urn)
        if own.kind != "DocumentReference" or there is None or choice.move:
            continue
        other = there.resource.get("subject", {}).get("reference", "")
        wanted = own.body.get("subject", {}).get("reference", "")
        patient = stood.get(wanted)
        place = patient.place if patient else wanted
        if other and other != place:
            raise RefusedError(f"this report's facts stand there with {other}; --move takes them from there")


def placed(value: Any, places: Mapping[str, str]) -> Any:
    """Refer to what stands there by its place; what is new keeps its urn until it has one."""
    if isinstance(value, list):
        return [placed(item, places) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: placed(item, places) for name, item in value.items()}
    target = value.get("reference")
    return {**made, "reference": places[target]} if isinstance(target, str) and target in places else made


TAG = re.compile(r"<[^>]*>")


def same(ours: Resource, theirs: Resource) -> bool:
    """Compare contents; servers add to meta, and write XHTML and order in their own way."""
    return _content(ours) == _content(theirs) and _labels(ours) <= _labels(theirs)


def _content(resource: Resource) -> Any:
    kept = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return _plain(kept)


def _plain(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if name == "div" and isinstance(value, str):
        return " ".join(html.unescape(TAG.sub(" ", value)).split())
    return value


def _labels(resource: Resource) -> set[tuple[str, ...]]:
    meta = resource.get("meta") or {}
    labels = {
        (n, str(c.get("system")), str(c.get("code"))) for n in ("tag", "security") for c in meta.get(n, ())
    }
    source = str(meta.get("source", "")).partition("#")[0]  # HAPI appends the request's id
    return labels | ({("source", source)} if source else set())


STATUS = frozenset(
    {
        "Composition", "DiagnosticReport", "DocumentReference", "Encounter", "FamilyMemberHistory",
        "ImagingStudy", "Immunization", "Media", "MedicationStatement", "Observation", "Procedure",
        "ServiceRequest", "Specimen",
    }
)  # fmt: skip
VERIFICATION = {
    "AllergyIntolerance": f"{codes.TERMINOLOGY}allergyintolerance-verification",
    "Condition": f"{codes.TERMINOLOGY}condition-ver-status",
}
WRONG = "entered-in-error"


def retractable(there: Stood) -> bool:
    """Tell whether a resource is ours, states something, and has not been taken back yet."""
    made = there.resource
    kind = made["resourceType"]
    if kind in ABOUT or not urns(made):
        return False
    if kind == "Patient":
        return made.get("active") is not False
    if kind in STATUS:
        return made.get("status") != WRONG
    marks = (made.get("verificationStatus") or {}).get("coding") or ()
    return kind in VERIFICATION and WRONG not in [mark.get("code") for mark in marks]


def retracted(made: Resource) -> Resource:
    """Mark a resource as entered in error, its content kept; a Patient, who has no such mark, as not in use.

    con-5 and ait-2: no clinical status then. The narrative goes: it would still tell the fact as true.
    """
    kind = made["resourceType"]
    if kind == "Patient":
        return {**made, "active": False}
    if kind in STATUS:
        left = {name: value for name, value in made.items() if name not in ("text", "_status")}
        return {**left, "status": WRONG}
    left = {name: value for name, value in made.items() if name not in ("text", "clinicalStatus")}
    mark = {"system": VERIFICATION[kind], "code": WRONG, "display": "Entered in Error"}
    return {**left, "verificationStatus": {"coding": [mark]}}


def _retraction(there: Stood) -> Step:
    made = there.resource
    return Step(
        "retract", urns(made)[0], made["resourceType"], there.place, there.version, "", retracted(made)
    )


def transaction(plan: Sequence[Step], base: str) -> Resource | None:
    """Make the one transaction of a plan; None where nothing is to be done."""
    entries = [_entry(step, base) for step in plan if step.body is not None]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries} if entries else None


def _entry(step: Step, base: str) -> Resource:
    assert step.body is not None
    request = {"method": "PUT", "url": step.url}
    if not step.place:
        return {"fullUrl": step.urn, "resource": step.body, "request": request}
    match = {"ifMatch": f'W/"{step.version}"'} if step.version else {}
    body = {**step.body, "id": step.place.partition("/")[2]}
    return {"fullUrl": f"{base}/{step.place}", "resource": body, "request": {**request, **match}}

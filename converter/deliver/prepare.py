"""Bundle -> the resources that we would have stand on a server, each with the query that finds it there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from converter.deliver.errors import RefusedError
from converter.fhir import evidence, ids
from converter.fhir.json import dumps

Resource = dict[str, Any]

AUTHORS = frozenset({"Practitioner", "PractitionerRole", "Organization"})
ABOUT = AUTHORS | {"Device"}
"""Types that state nothing of the patient and that several bundles share."""
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SOURCE_HASH = "nih:sha-256;"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the caller says about where the facts belong."""

    patient: str = ""
    """``Patient/ID`` that the server has; ours is then left out."""
    encounter: str = ""
    authors: bool = False
    overwrite: bool = False
    """Write also over what somebody else changed there since."""
    move: bool = False
    """Take facts that stand with another Patient over to this one."""


@dataclass(frozen=True, slots=True)
class Own:
    """One resource of ours, its references still urn:uuid."""

    urn: str
    body: Resource
    """Without id: the server gives its own."""
    tagged: bool = False
    """Found there by a tag: its type has no identifier, or the server does not search by it."""

    @property
    def kind(self) -> str:
        """Give the resource type."""
        return str(self.body["resourceType"])

    @property
    def query(self) -> str:
        """Give the search that finds it, and nothing else, on a server."""
        return f"{self.parameter}={ids.URI}|{self.urn}"

    @property
    def parameter(self) -> str:
        """Name the search parameter that holds our identity."""
        return "_tag" if self.tagged else "identifier"

    @property
    def digest(self) -> str:
        """Hash the content, to know later whether the same was sent."""
        return hashlib.sha256(dumps(self.body).encode("utf-8", "backslashreplace")).hexdigest()


def key(bundle: Any) -> str:
    """Give the bundle's own urn; the same for every extraction of one source and patient."""
    value = (bundle.get("identifier") or {}).get("value", "") if isinstance(bundle, dict) else ""
    if not URN.fullmatch(str(value)):
        raise RefusedError("no bundle of casefhir: Bundle.identifier is no urn:uuid")
    return str(value)


UNIDENTIFIED = frozenset({"Provenance"})
"""R4 gives it no identifier."""


def prepare(bundle: Mapping[str, Any], choice: Choice, tagged: Set[str] = UNIDENTIFIED) -> tuple[Own, ...]:
    """Give every resource that shall stand there, those that others stand in for left out."""
    entries = [_entry(entry, index) for index, entry in enumerate(bundle.get("entry") or ())]
    if not entries:
        raise RefusedError("an empty bundle")
    twice = {urn for urn, _ in entries if [u for u, _ in entries].count(urn) > 1}
    if twice:
        raise RefusedError(f"two entries are both {min(twice)}; a server would drop one of them silently")
    given = {"Patient": choice.patient, "Encounter": choice.encounter}
    others = {urn: given[made["resourceType"]] for urn, made in entries if given.get(made["resourceType"])}
    authors = frozenset() if choice.authors else AUTHORS
    gone = {urn for urn, made in entries if made["resourceType"] in authors}
    kept = [(urn, made) for urn, made in entries if urn not in others and urn not in gone]
    left = gone | others.keys()
    made = tuple(
        Own(urn, _body(_tagged(r, urn) if (by := r["resourceType"] in tagged) else r, others, left), by)
        for urn, r in kept
    )
    _closed(made)
    return made


def _entry(entry: Any, index: int) -> tuple[str, Resource]:
    """Give an entry's urn and resource; refuse what a server could not find again."""
    made = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(made, dict) or not isinstance(made.get("resourceType"), str):
        raise RefusedError(f"Bundle.entry[{index}]: no resource")
    urn = entry.get("fullUrl", "")
    named = made.get("identifier", [])
    values = [n.get("value") for n in (named if isinstance(named, list) else [named])]
    if not URN.fullmatch(str(urn)) or (made["resourceType"] != "Provenance" and urn not in values):
        raise RefusedError(
            f"Bundle.entry[{index}]: {made['resourceType']} without a urn:uuid that is fullUrl and"
            " identifier; sent twice it would stand there twice"
        )
    return urn, made


def _tagged(resource: Resource, urn: str) -> Resource:
    meta = dict(resource.get("meta") or {})
    return {**resource, "meta": {**meta, "tag": [*meta.get("tag", ()), {"system": ids.URI, "code": urn}]}}


def _body(resource: Resource, others: Mapping[str, str], gone: Set[str]) -> Resource:
    """Make what is sent of a resource: no id, and references that lead somewhere there."""
    meta = dict(resource.get("meta") or {})
    if resource["resourceType"] == "Device":
        meta.pop("source", None)  # every bundle's Device is the same one, whatever it was made from
    if resource["resourceType"] == "Provenance":
        resource = {**resource, "target": _targets(resource, gone)}
    body = {name: value for name, value in resource.items() if name != "id"} | {"meta": meta}
    if resource["resourceType"] in AUTHORS:  # the bundles of a report's patients share them, not the evidence
        body["extension"] = [e for e in body.get("extension", ()) if e.get("url") != evidence.URL]
    linked = _linked(body, others, gone)
    assert isinstance(linked, dict)
    return linked


def _targets(provenance: Resource, gone: Set[str]) -> list[Any]:
    """Leave out what this software did not make: the server's own Patient and Encounter."""
    return [target for target in provenance.get("target", ()) if target.get("reference") not in gone]


def _linked(value: Any, others: Mapping[str, str], gone: Set[str]) -> Any:
    """Redirect references; take out those to what is left out, with what is nothing without them."""
    if isinstance(value, list):
        made = [_linked(item, others, gone) for item in value]
        return [item for item in made if item is not None] or None
    if not isinstance(value, dict):
        return value
    target = value.get("reference")
    if isinstance(target, str) and target in others:
        return {**value, "reference": others[target]}
    if isinstance(target, str) and target in gone:
        return None
    if any(
        isinstance(value.get(name), dict) and value[name].get("reference") in gone - others.keys()
        for name in WHOLE
    ):
        return None
    linked = {name: _linked(item, others, gone) for name, item in value.items()}
    return {name: item for name, item in linked.items() if item is not None}


WHOLE = ("who", "what", "valueReference")
"""Elements that their parent must have."""


def references(value: Any) -> list[str]:
    """List the references in a resource, in order."""
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return [*own, *(found for item in value.values() for found in references(item))]


def _closed(made: tuple[Own, ...]) -> None:
    """Refuse references that lead nowhere: a server would keep them for ever."""
    known = {own.urn for own in made}
    for own in made:
        for target in references(own.body):
            if target.startswith("urn:") and target not in known:
                raise RefusedError(f"{own.kind} {own.urn} refers to {target}, which is not in the bundle")


def is_published_case(bundle: Mapping[str, Any]) -> bool:
    """Tell whether nobody is meant: a Patient without a name and without a birth date."""
    found = [e.get("resource") or {} for e in bundle.get("entry") or () if isinstance(e, dict)]
    return not any(
        r.get("resourceType") == "Patient" and (r.get("name") or r.get("birthDate")) for r in found
    )


def source_hash(bundle: Mapping[str, Any]) -> str:
    """Give the hash of the text that a bundle was made from; the bundles of its several patients share it."""
    for entry in bundle.get("entry") or ():
        for named in _identifiers((entry or {}).get("resource") or {}):
            if str(named.get("value", "")).startswith(SOURCE_HASH):
                return str(named["value"])
    return ""


def _identifiers(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    named = resource.get("identifier", [])
    return [n for n in (named if isinstance(named, list) else [named]) if isinstance(n, dict)]


def urns(resource: Mapping[str, Any]) -> list[str]:
    """Read our identity off a resource of a server."""
    tags = (resource.get("meta") or {}).get("tag") or ()
    named = [(n.get("system"), n.get("value")) for n in _identifiers(resource)]
    tagged = [(t.get("system"), t.get("code")) for t in tags]
    return [str(v) for system, v in (*named, *tagged) if system == ids.URI and URN.fullmatch(str(v))]

"""Profiles that a bundle claims: where every must-have is truly there; else an Issue names what is missing.

mappings/fhir/profiles.toml says what each profile must have. A published case lacks the patient's name and
birth date; the user may give them as a Patient resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from converter.issues import ConverterError, Issue
from converter.mappings import load_toml
from converter.model import Bundle

Json = dict[str, Any]
GIVEN = ("identifier", "name", "telecom", "birthDate", "address")
"""What the user's Patient adds; the rest is the report's."""
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile's row."""

    id: str
    url: str
    type: str
    needs: tuple[str, ...]
    when: str = ""
    unless: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()


def guides() -> tuple[str, ...]:
    """Name the guides whose profiles can be claimed."""
    return tuple(load_toml("fhir/profiles.toml"))


@cache
def _profiles(guide: str) -> tuple[Profile, ...]:
    table = load_toml("fhir/profiles.toml")[guide]
    lists = ("needs", "unless", "each", "refers")
    return tuple(
        Profile(
            id=row["id"],
            url=table["base"] + row["id"],
            type=row["type"],
            when=row.get("when", ""),
            **{key: tuple(row.get(key, ())) for key in lists},
        )
        for row in table["profile"]
    )


def with_patient(bundle: Bundle, patient: Mapping[str, Any]) -> tuple[Bundle, tuple[Issue, ...]]:
    """Put the user's name, birth date, identifiers, telecom and address into the bundle's Patient."""
    if patient.get("resourceType") != "Patient":
        raise ConverterError("--patient: give a file with one Patient resource in JSON")
    issues: list[Issue] = []
    entries = []
    for number, entry in enumerate(bundle.get("entry", ())):
        resource = entry.get("resource", {})
        if resource.get("resourceType") != "Patient":
            entries.append(entry)
            continue
        said, given = resource.get("gender"), patient.get("gender")
        if said and given and said != given:
            words = "the report and the --patient file state different sexes"
            issues.append(Issue.of("SEX002", words, path=f"Bundle.entry[{number}].resource.gender"))
        entries.append({**entry, "resource": _joined(resource, patient)})
    return {**bundle, "entry": entries}, tuple(issues)


def _joined(resource: Json, patient: Mapping[str, Any]) -> Json:
    added = {key: patient[key] for key in GIVEN if key in patient}
    if "identifier" in added:
        added["identifier"] = [*resource.get("identifier", ()), *added["identifier"]]
    if "gender" in patient and "gender" not in resource:
        added["gender"] = patient["gender"]
    kept = {key: value for key, value in resource.items() if key.removeprefix("_") not in added}
    return {**kept, **added}


def claim(bundle: Bundle, names: Sequence[str]) -> tuple[Bundle, tuple[Issue, ...]]:
    """Set meta.profile where a profile of the guides holds; say once a profile what the others lack."""
    claims: dict[int, list[str]] = defaultdict(list)
    issues: list[Issue] = []
    for guide in names:
        found, lacking = _held(bundle, _profiles(guide))
        for number, profile in found.items():
            claims[number].append(profile.url)
        for profile, places in lacking.items():
            missing = ", ".join(dict.fromkeys(part for parts in places.values() for part in parts))
            words = f"{profile.id} is not claimed for {len(places)} {profile.type}: {missing}"
            issues.append(Issue.of("PROF001", words, path=f"Bundle.entry[{min(places)}].resource"))
    entries = [
        {**entry, "resource": _claiming(entry["resource"], claims[number])} if claims[number] else entry
        for number, entry in enumerate(bundle.get("entry", ()))
    ]
    return {**bundle, "entry": entries}, tuple(issues)


def _claiming(resource: Json, urls: list[str]) -> Json:
    meta = resource.get("meta", {})
    every = dict.fromkeys((*meta.get("profile", ()), *urls))
    return {**resource, "meta": {"profile": list(every), **{k: v for k, v in meta.items() if k != "profile"}}}


def _held(
    bundle: Bundle, profiles: Sequence[Profile]
) -> tuple[dict[int, Profile], dict[Profile, dict[int, list[str]]]]:
    """Give the entries for which a profile holds, and what those for which it does not are missing.

    A profile may want its references to hold profiles too, so what does not hold takes others with it.
    """
    resources = {number: entry.get("resource", {}) for number, entry in enumerate(bundle.get("entry", ()))}
    urls = {str(entry.get("fullUrl")): number for number, entry in enumerate(bundle.get("entry", ()))}
    names = {f"{one.get('resourceType')}/{one.get('id')}": number for number, one in resources.items()}
    held: dict[int, Profile] = {}
    lacking: dict[Profile, dict[int, list[str]]] = defaultdict(dict)
    for number, resource in resources.items():
        for profile in profiles:
            if profile.type == resource.get("resourceType") and _applies(profile, resource):
                missing = list(_missing(profile, resource))
                if missing:
                    lacking[profile][number] = missing
                else:
                    held[number] = profile
    places = {**names, **urls}
    while wrong := {n: list(_unheld(p, resources[n], places, held)) for n, p in held.items()}:
        wrong = {number: paths for number, paths in wrong.items() if paths}
        if not wrong:
            break
        for number, paths in wrong.items():
            lacking[held.pop(number)][number] = [f"{path} that claims one too" for path in paths]
    return held, lacking


def _applies(profile: Profile, resource: Json) -> bool:
    return not profile.when or _has(resource, profile.when)


def _missing(profile: Profile, resource: Json) -> Iterator[str]:
    for need in profile.needs:
        there = any(_has(resource, one) for one in need.split("|"))
        if not there and not (need in profile.unless and _excused(resource, need)):
            yield need
    for need in profile.each:
        parent, _, name = need.rpartition(".")
        if any(name not in one for one in _values(resource, parent) if isinstance(one, dict)):
            yield need


def _unheld(
    profile: Profile, resource: Json, places: Mapping[str, int], held: Mapping[int, Profile]
) -> Iterator[str]:
    for path in profile.refers:
        for reference in _values(resource, f"{path}.reference"):
            if places.get(str(reference)) not in held:
                yield path


def _has(resource: Json, need: str) -> bool:
    """Tell whether an element stands, with the value after "=" if one is wanted.

    >>> _has({"name": [{"text": "A"}]}, "name.text"), _has({"code": [{"code": "x"}]}, "code.code=y")
    (True, False)
    """
    path, _, wanted = need.partition("=")
    values = list(_values(resource, path))
    return wanted in values if wanted else bool(values)


def _values(here: Any, path: str) -> Iterator[Any]:
    """Give what stands at a path, lists walked through; [x] is any type of a choice."""
    if isinstance(here, list):
        for one in here:
            yield from _values(one, path)
        return
    name, _, rest = path.partition(".")
    if not isinstance(here, dict):
        return
    stem = name.removesuffix("[x]")
    keys = [key for key in here if key == name or (stem != name and key.startswith(stem))]
    for key in keys:
        if rest:
            yield from _values(here[key], rest)
        else:
            yield from here[key] if isinstance(here[key], list) else [here[key]]


def _excused(resource: Json, need: str) -> bool:
    """Tell whether a data-absent-reason stands where a choice of primitives would."""
    stem = f"_{need.removesuffix('[x]')}"
    return any(
        one.get("url") == ABSENT
        for key, value in resource.items()
        if key.startswith(stem) and isinstance(value, dict)
        for one in value.get("extension", ())
    )

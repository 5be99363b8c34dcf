"""What the report is and what it does not say."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from converter.fhir.ids import ARCS
from converter.phrases import label, labels
from converter.summary.people import outcomes
from converter.summary.source import EMPTY, Element, Source, code, english, kind, text, translated
from converter.summary.wording import commas, quoted
from converter.text import HANGUL

EVENTS = ("received", "revised", "accepted", "published")
DOI, PMID = "https://doi.org", "https://pubmed.ncbi.nlm.nih.gov"


def missing(source: Source, language: str) -> tuple[str, ...]:
    """Name what the bundle has nothing of."""
    return tuple(
        labels(language)[f"missing.{name}"] for name, is_absent in ABSENT.items() if is_absent(source)
    )


def _no(*kinds: str) -> Callable[[Source], bool]:
    return lambda source: not any(source.all(kind) for kind in kinds)


def _no_results(source: Source) -> bool:
    return not any(_category(one) == "laboratory" for one in source.all("Observation"))


def _category(observation: Element) -> str:
    return code((observation.get("category") or [EMPTY])[0])


def _no_age(source: Source) -> bool:
    return not any(code(one.get("code")) == "30525-0" for one in source.all("Observation"))


def _no_histology(source: Source) -> bool:
    pathology = {"SP", "PAT", "CP"}
    return not any(
        code(one) in pathology
        for report in source.all("DiagnosticReport")
        for one in report.get("category", ())
    )


def _no_size(source: Source) -> bool:
    return not any(_is_length(one) for one in source.all("Observation"))


def _is_length(observation: Element) -> bool:
    parts = [observation, *observation.get("component", ())]
    units = {str(part.get("valueQuantity", EMPTY).get("code", "")) for part in parts}
    units |= {str(part.get("valueRange", EMPTY).get("high", EMPTY).get("code", "")) for part in parts}
    name = english(observation.get("code"))
    return bool(units & {"mm", "cm"}) or any(f" {unit}" in name for unit in ("mm", "cm"))


def _no_dates(source: Source) -> bool:
    reports = source.all("DiagnosticReport")
    return bool(reports) and not any(
        "effectiveDateTime" in one or "_effectiveDateTime" in one or "effectivePeriod" in one
        for one in reports
    )


def _no_follow_up(source: Source) -> bool:
    said = [
        english(one.get("code")) for one in (*source.all("DiagnosticReport"), *source.all("ServiceRequest"))
    ]
    said += [str(one.get("description", "")) for one in source.all("ImagingStudy")]
    later = any("after-" in str(one.get("_effectiveDateTime", "")) for one in source.all("DiagnosticReport"))
    timed = any(
        "follow" in str(one.get("_effectiveDateTime", "")).casefold()
        for one in source.all("DiagnosticReport")
    )
    return not (later or timed or any("follow" in words.casefold() for words in said))


def _no_outcome(source: Source) -> bool:
    patient = source.one("Patient")
    if patient.get("deceasedBoolean") or "deceasedDateTime" in patient:
        return False
    if source.one("Encounter").get("hospitalization", EMPTY).get("dischargeDisposition"):
        return False
    return not outcomes(source)


ABSENT: dict[str, Callable[[Source], bool]] = {
    "age": _no_age,
    "sex": lambda source: not source.one("Patient").get("gender"),
    "size": _no_size,
    "time": _no_dates,
    "biopsy": _no_histology,
    "laboratory": _no_results,
    "treatment": lambda source: (
        not any(
            not one.get("report") for kind in ("MedicationStatement", "Procedure") for one in source.all(kind)
        )
    ),
    "follow_up": _no_follow_up,
    "outcome": _no_outcome,
}


def publication(source: Source, language: str) -> tuple[str, ...]:
    """Say who wrote it, where it stands, under which licence, and its dates."""
    reference = source.one("DocumentReference")
    lines = list(_authors(source, language))
    known = {one.get("system"): str(one.get("value", "")) for one in reference.get("identifier", ())}
    own = _own(reference)
    lines += [label(language, "summary_source.journal", what=words) for words in own.get("journal", [])]
    lines += [label(language, "source.doi", doi=known[DOI])] if known.get(DOI) else []
    lines += [label(language, "summary_source.pmid", what=known[PMID])] if known.get(PMID) else []
    lines += [label(language, "source.licence", licence=words) for words in own.get("licence", [])]
    lines.append(
        commas((_event(event, date, language) for event in EVENTS for date in own.get(event, [])), language)
    )
    terms = commas(own.get("index-term", []), language)
    lines += [label(language, "summary_source.terms", list=terms)] if terms else []
    lines += [_remark(words, language) for words in own.get("remark", [])]
    if DOI not in known:
        lines.append(_file(str(reference.get("meta", EMPTY).get("source", "")), language))
    return tuple(line for line in lines if line)


def _remark(words: str, language: str) -> str:
    """Say a note of the page on itself."""
    if "legacy" in words.casefold():
        return labels(language)["source.legacy"].rstrip(".")
    return words if bool(HANGUL.search(words)) == (language == "ko") else quoted(words, language)


def _file(source: str, language: str) -> str:
    """Name the file that was read, where nothing better names the report."""
    name = unquote(source.removeprefix("urn:file:"))
    return label(language, "summary_source.file", name=name) if source.startswith("urn:file:") else ""


def _event(event: str, date: str, language: str) -> str:
    """Say a date of the publication."""
    section = "source" if f"source.{event}" in labels(language) else "summary_source"
    return label(language, f"{section}.{event}", date=date)


def _own(reference: Element) -> dict[str, list[str]]:
    """Read our extensions of the publication, by name."""
    found: dict[str, list[str]] = {}
    for one in reference.get("extension", ()):
        name = _name(str(one.get("url", "")))
        if "valueString" in one:
            found.setdefault(name, []).append(str(one["valueString"]))
        parts = {part.get("url"): part for part in one.get("extension", ())}
        if {"event", "date"} <= parts.keys():
            event = str(parts["event"].get("valueCode", ""))
            found.setdefault(event, []).append(str(parts["date"].get("valueDate", "")))
    return found


def _name(url: str) -> str:
    """Name an extension of ours by its arc or path.

    >>> _name("https://fhir.hospital.test/casefhir-licence")
    'licence'
    """
    if url.startswith("urn:oid:"):
        return next((name for name, arc in ARCS.items() if url.endswith(f".{arc}")), "")
    return url.rsplit("/", 1)[-1].removeprefix("casefhir-")


def _authors(source: Source, language: str) -> list[str]:
    """Name the authors and their institutions; contributors of a page apart."""
    writers: list[str] = []
    contributors: list[str] = []
    places: list[str] = []
    for role in source.follow_all(source.one("DocumentReference").get("author")):
        person = source.follow(role.get("practitioner")) or role
        name = person_name(person, language)
        if not name:
            continue
        part = english((role.get("code") or [EMPTY])[0]).casefold()
        shown = (
            label(language, "summary_source.corresponding", name=name) if "corresponding" in part else name
        )
        (writers if kind(role) == "PractitionerRole" and "contributor" not in part else contributors).append(
            shown
        )
        places.append(_place(source, role, language))
    lines = [label(language, "source.authors", names=commas(writers, language))] if writers else []
    lines += (
        [label(language, "source.contributor", name=commas(contributors, language))] if contributors else []
    )
    where = labels(language)["summary.semicolon"].join(place for place in dict.fromkeys(places) if place)
    return [*lines, label(language, "summary_source.affiliations", list=where)] if where else lines


def person_name(person: Element, language: str) -> str:
    """Give a person's name in the script of the language, where there is one."""
    names = [str(one.get("text", "")) for one in person.get("name", ()) if isinstance(one, dict)]
    fitting = [name for name in names if bool(HANGUL.search(name)) == (language == "ko")]
    return next(iter(fitting or names), "")


def _place(source: Source, role: Element, language: str) -> str:
    organization = source.follow(role.get("organization"))
    name = translated(organization, "name") if language == "ko" else ""
    special = next((text(one, language).text for one in role.get("specialty", ())), "")
    return " ".join(part for part in (name or str(organization.get("name", "")), special) if part)

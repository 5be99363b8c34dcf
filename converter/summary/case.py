"""Bundle -> Case: what a summary says, in the order a radiologist wants."""

from __future__ import annotations

from collections.abc import Iterable

from converter.model import Bundle
from converter.phrases import labels
from converter.summary import about, people
from converter.summary.model import Case
from converter.summary.results import category, cultures, findings, table, told_elsewhere
from converter.summary.source import EMPTY, Element, Source, said, translated
from converter.summary.statements import statement
from converter.summary.studies import figure, reports, services, study


def case(bundle: Bundle, language: str) -> Case:
    """Make the summary of a bundle in one language."""
    source = Source.of(bundle)
    listed = reports(source)
    studies = tuple(study(source, report, language) for report in listed)
    told = told_elsewhere(source, listed)
    ended = frozenset(id(one) for one in people.outcomes(source))
    dated = any(one.time for one in studies)
    counted = [statement(one, language) for one in _counted(source)]
    title, other = _titles(source, language)
    return Case(
        language=language,
        title=title,
        other_title=other,
        patient=people.patient(source, language),
        conclusion=people.conclusion(source, language),
        studies=studies,
        studies_dated=dated,
        studies_title=labels(language)[_heading(listed, dated)],
        findings=findings(source, told | ended, language),
        laboratory=table(source, told, "laboratory", language),
        vital_signs=table(source, told, "vital-signs", language),
        cultures=cultures(source, language),
        treatments=people.treatments(source, language),
        course=people.course(source, language),
        plan=people.plan(source, language),
        background=people.background(source, language),
        figures=tuple(figure(one, language) for one in source.all("Media")),
        missing=about.missing(source, language),
        source=about.publication(source, language),
        notice=labels(language)["document.notice"],
        untranslated=sum(not one.complete for one in counted),
        counted=len(counted),
    )


def _heading(studies: Iterable[Element], dated: bool) -> str:
    """Choose the heading of the studies: imaging alone, or other tests as well."""
    imaging = all("IMG" in services(report) for report in studies)
    if imaging:
        return "heading.imaging_by_time" if dated else "heading.imaging_undated"
    return "summary.studies_by_time" if dated else "summary.studies_by_text"


def _counted(source: Source) -> list[Element]:
    """List what the share of untranslated findings is taken of: findings, results and conditions."""
    seen = [one for one in source.all("Observation") if category(one) != "social-history"]
    return [*seen, *source.all("Condition")]


def _titles(source: Source, language: str) -> tuple[str, str]:
    """Give the title in the language, and in the other."""
    composition = source.one("Composition")
    reference = source.one("DocumentReference")
    attachment = (reference.get("content") or [EMPTY])[0].get("attachment", EMPTY)
    element = composition if composition.get("title") else attachment
    printed, korean = str(element.get("title", "")), translated(element, "title")
    untitled = labels(language)["document.untitled"]
    if language == "ko":
        return (korean, printed) if korean and korean != printed else (printed or untitled, "")
    return said(element, "title", "en").text or untitled, korean if korean != printed else ""

"""Bundle -> Case: what a summary says, in the order a radiologist wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from statistics import median_low

from converter.model import Bundle
from converter.phrases import labels
from converter.summary import about, people, values
from converter.summary.model import Case, Figure, Results, Row, Said, Study
from converter.summary.source import EMPTY, Element, Source, code, place, said, spans, text, translated
from converter.summary.statements import Statement, sentences, statement
from converter.summary.times import dated, key, when
from converter.summary.wording import commas

RESULTS = {"laboratory", "vital-signs"}


def case(bundle: Bundle, language: str) -> Case:
    """Make the summary of a bundle in one language."""
    source = Source.of(bundle)
    reports = _reports(source)
    studies = tuple(_study(source, report, language) for report in reports)
    told = _findings(source)
    untold = sum(not statement(one, language).complete for one in told)
    laboratory, vital = (_results(source, name, language) for name in ("laboratory", "vital-signs"))
    title, other = _titles(source, language)
    return Case(
        language=language,
        title=title,
        other_title=other,
        patient=people.patient(source, language),
        conclusion=people.conclusion(source, language),
        studies=studies,
        studies_dated=any(study.time for study in studies),
        laboratory=laboratory,
        vital_signs=vital,
        cultures=_cultures(source, language),
        treatments=people.treatments(source, language),
        course=people.course(source, language),
        plan=people.plan(source, language),
        background=people.background(source, language),
        figures=_figures(source, language),
        missing=about.missing(source, language),
        source=about.publication(source, language),
        notice=labels(language)["document.notice"],
        untranslated=untold,
        findings=len(told),
    )


def _titles(source: Source, language: str) -> tuple[str, str]:
    composition = source.one("Composition")
    reference = source.one("DocumentReference")
    attachment = (reference.get("content") or [EMPTY])[0].get("attachment", EMPTY)
    element = composition if composition.get("title") else attachment
    printed, korean = str(element.get("title", "")), translated(element, "title")
    if language == "ko":
        return (korean, printed) if korean and korean != printed else (printed, "")
    own = said(element, "title", "en")
    return own.text, korean if korean != printed else ""


def category(observation: Element) -> str:
    """Give an Observation's category."""
    return code((observation.get("category") or [EMPTY])[0])


def is_culture(report: Element) -> bool:
    """Tell a microbiology report from others."""
    return any(code(one) == "MB" for one in report.get("category", ()))


def is_laboratory(report: Element) -> bool:
    """Tell a report on a specimen whose results stand in the table."""
    return any(code(one) in ("LAB", "URN", "SR") for one in report.get("category", ()))


def _findings(source: Source) -> list[Element]:
    """List what the share of untranslated findings is taken of."""
    seen = [one for one in source.all("Observation") if category(one) not in ("social-history",)]
    return [*seen, *source.all("Condition")]


def _reports(source: Source) -> list[Element]:
    """Order studies by time; one without a time follows what stands before it in the report."""
    wanted = [one for one in source.all("DiagnosticReport") if not is_culture(one) and not is_laboratory(one)]
    reading = sorted(wanted, key=lambda one: _place(source, one))
    keys: list[Decimal] = []
    dates = [dated(one) for one in reading]
    if any(dates) and not any(key(one) for one in reading):
        return _by_date(reading, dates)
    last = Decimal(-100_000)
    for one in reading:
        found = key(one)
        last = last if found is None else found
        keys.append(last)
    return [one for _, one in sorted(zip(keys, reading, strict=True), key=lambda pair: pair[0])]


def _by_date(reading: Sequence[Element], dates: Sequence[str]) -> list[Element]:
    last, keys = "", []
    for date in dates:
        last = date or last
        keys.append(last)
    return [one for _, one in sorted(zip(keys, reading, strict=True), key=lambda pair: pair[0])]


def _place(source: Source, report: Element) -> int:
    """Tell where a report is mostly told: the middle of its results, else its own first mention."""
    results = source.follow_all(report.get("result"))
    offsets = sorted(offset for one in results for offset, _ in spans(one))
    return median_low(offsets) if offsets else place(report)


def _study(source: Source, report: Element, language: str) -> Study:
    shown = [
        one for one in source.follow_all(report.get("result")) if category(one) not in RESULTS or _worded(one)
    ]
    concluded = [c for c in source.all("Condition") if any(source.follow(d) is report for d in _details(c))]
    told = sorted([*shown, *concluded], key=place)
    imaging = next(iter(source.follow_all(report.get("imagingStudy"))), EMPTY)
    parts = _detail(imaging, language)
    figures = [str(one.get("comment", "")) for one in report.get("media", ())]
    said_of = sentences((statement(one, language) for one in told), language)
    return Study(
        name=study_name(report, language).text,
        time=when(report, language),
        detail=commas(parts, language),
        statements=said_of or _conclusion(report, language),
        figures=commas(dict.fromkeys(figures), language),
    )


def _worded(observation: Element) -> bool:
    return "valueQuantity" not in observation


def _conclusion(report: Element, language: str) -> tuple[str, ...]:
    """Give the author's own sentences where nothing was read from them."""
    found = said(report, "conclusion", language)
    return (found.text,) if found.text else ()


def _details(condition: Element) -> list[Element]:
    return [detail for evidence in condition.get("evidence", ()) for detail in evidence.get("detail", ())]


def study_name(report: Element, language: str) -> Said:
    """Name a study the way its readers do: 흉부 CT, not 흉부 컴퓨터단층촬영."""
    name = text(report.get("code"), language)
    shown = name.text
    for coding, reading in _readings(language):
        shown = shown.replace(coding, reading)
    return Said(shown, name.complete)


@cache
def _readings(language: str) -> tuple[tuple[str, str], ...]:
    """Read what readers say in place of a coding name."""
    pairs = (
        text.partition("|") for key, text in labels(language).items() if key.startswith("summary_reading.")
    )
    return tuple((coding, reading) for coding, _, reading in pairs if coding)


def _detail(imaging: Element, language: str) -> list[str]:
    """Give what the study's description says beyond its name: planes, sequences, place."""
    described = said(imaging, "description", language) if imaging else Said("")
    return [part for part in described.text.split("; ")[1:] if part] if described.complete else []


def _results(source: Source, wanted: str, language: str) -> Results:
    """Make the table of results of a category; the time most share stands above it."""
    found = [one for one in source.all("Observation") if category(one) == wanted and _tabular(one)]
    rows = [values.row(one, language) for one in found]
    times = Counter(row.time for row in rows)
    shared, count = min(times.items(), key=lambda pair: (-pair[1], pair[0])) if times else ("", 0)
    common = shared if count > 1 or len(rows) == 1 else ""
    bare = labels(language)["time_word.none"]
    kept = [
        _retimed(row, "" if row.time == common else (row.time or (bare if common else ""))) for row in rows
    ]
    return Results(tuple(dict.fromkeys(kept)), common, any(row.time for row in kept))


def _retimed(row: Row, time: str) -> Row:
    return Row(row.name, row.value, row.reference, row.flag, time)


def _tabular(observation: Element) -> bool:
    if (
        "specimen" in observation
        and "valueQuantity" not in observation
        and "interpretation" not in observation
    ):
        return False
    has_value = any(name.startswith("value") for name in observation) or "component" in observation
    return has_value or "interpretation" in observation


def _cultures(source: Source, language: str) -> tuple[str, ...]:
    found: list[Statement] = []
    for report in source.all("DiagnosticReport"):
        if is_culture(report):
            found += [statement(one, language) for one in source.follow_all(report.get("result"))]
    return sentences(_merged(found, language), language)


def _merged(found: Iterable[Statement], language: str) -> list[Statement]:
    """Put organisms of one culture into one statement."""
    by_method: dict[str, list[Statement]] = {}
    others: list[Statement] = []
    for one in dict.fromkeys(found):
        if one.manner == "organism":
            by_method.setdefault(one.value.text, []).append(one)
        else:
            others.append(one)
    made = [
        Statement("organism", Said(commas((one.what.text for one in run), language)), run[0].value)
        for run in by_method.values()
    ]
    return [*made, *others]


def _figures(source: Source, language: str) -> tuple[Figure, ...]:
    made = []
    for media in source.all("Media"):
        content = media.get("content", EMPTY)
        label = next((str(note.get("text", "")) for note in media.get("note", ())), "")
        caption = said(content, "title", language)
        made.append(Figure(label or caption.text, caption.text if label else ""))
    return tuple(made)

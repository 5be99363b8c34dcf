"""Studies and tests in order of time, each with what it showed, did not show and measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from statistics import median_low
from typing import TypeVar

from converter.phrases import labels
from converter.summary.model import Figure, Said, Study
from converter.summary.source import EMPTY, Element, Source, code, lowered, place, said, spans, text
from converter.summary.statements import sentences, statement
from converter.summary.times import dated, key, when
from converter.summary.wording import capital, commas, detailed, word

ON_SPECIMENS = frozenset({"MB", "LAB", "URN", "SR"})
"""Services whose results stand in the tables and under microbiology, not among the studies."""
Key = TypeVar("Key", str, Decimal)
START = Decimal(-100_000)


def reports(source: Source) -> list[Element]:
    """Order the reports of studies by time; one without a time follows what stands before it."""
    wanted = [one for one in source.all("DiagnosticReport") if not ON_SPECIMENS & set(services(one))]
    reading = sorted(wanted, key=lambda one: _place(source, one))
    keys = [key(one) for one in reading]
    if not any(found is not None for found in keys):
        return _ordered(reading, [dated(one) or None for one in reading], "")
    return _ordered(reading, keys, START)


def _ordered(reading: Sequence[Element], keys: Sequence[Key | None], first: Key) -> list[Element]:
    """Sort by key; where there is none, by the key before."""
    last, filled = first, []
    for found in keys:
        last = last if found is None else found
        filled.append(last)
    return [one for _, one in sorted(zip(filled, reading, strict=True), key=lambda pair: pair[0])]


def _place(source: Source, report: Element) -> int:
    """Tell where a report is mostly told: the middle of its results, else its own first mention."""
    offsets = sorted(offset for one in results(source, report) for offset, _ in spans(one))
    return median_low(offsets) if offsets else place(report)


def services(report: Element) -> list[str]:
    """Name the diagnostic services of a report."""
    return [code(one) for one in report.get("category", ())]


def results(source: Source, report: Element) -> tuple[Element, ...]:
    """Give the Observations that were read from a report."""
    return source.follow_all(report.get("result"))


def study(source: Source, report: Element, language: str) -> Study:
    """Tell one study."""
    concluded = [
        one for one in source.all("Condition") if any(source.follow(d) is report for d in _details(one))
    ]
    told = sorted([*results(source, report), *concluded], key=place)
    imaging = next(iter(source.follow_all(report.get("imagingStudy"))), EMPTY)
    figures = [str(one.get("comment", "")) for one in report.get("media", ())]
    found = sentences((statement(one, language) for one in told), language)
    return Study(
        name=name(report, imaging, language),
        time=when(report, language),
        statements=found or _conclusion(report, language),
        figures=commas(dict.fromkeys(figures), language),
    )


def _conclusion(report: Element, language: str) -> tuple[str, ...]:
    """Give the author's own sentences where nothing was read from them."""
    found = said(report, "conclusion", language)
    return (found.text,) if found.text else ()


def _details(condition: Element) -> Iterable[Element]:
    return [detail for evidence in condition.get("evidence", ()) for detail in evidence.get("detail", ())]


def name(report: Element, imaging: Element, language: str) -> str:
    """Name a study the way its readers do, with planes, sequences and place: 흉부 CT(외부 병원)."""
    code = report.get("code") or (imaging.get("procedureCode") or [EMPTY])[0]
    shown = capital(reading(text(code, language)).text)
    described = said(imaging, "description", language) if imaging else Said("")
    parts = described.text.split("; ")[1:] if described.complete else []
    more = commas(
        (word(language, "summary_plane", part.casefold(), lowered(part)) for part in parts), language
    )
    if not more:
        return shown
    if shown.endswith(")"):
        return f"{shown[:-1]}{labels(language)['document.list_separator']}{more})"
    return detailed(shown, more, language)


def figure(media: Element, language: str) -> Figure:
    """Give a figure's label and caption; of title and note the shorter is the label."""
    note = next((str(one.get("text", "")) for one in media.get("note", ())), "")
    content = media.get("content", EMPTY)
    caption = said(content, "title", language).text
    title = str(content.get("title", ""))
    if note and len(note) > len(title):
        return Figure(title, said({"text": note}, "text", language).text)
    return Figure(note or caption, caption if note else "")


def reading(found: Said) -> Said:
    """Say what readers say in place of a coding name: CT, not 컴퓨터단층촬영."""
    shown = found.text
    for coding, read in _readings():
        shown = shown.replace(coding, read)
    return Said(shown, found.complete)


@cache
def _readings() -> tuple[tuple[str, str], ...]:
    pairs = (text.partition("|") for key, text in labels("ko").items() if key.startswith("summary_reading."))
    return tuple((coding, read) for coding, _, read in pairs if coding)

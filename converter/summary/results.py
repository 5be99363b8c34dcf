"""Tables of laboratory results and vital signs, cultures, and findings that belong to no study."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from converter.phrases import labels
from converter.summary import values
from converter.summary.model import Results, Row, Said
from converter.summary.source import EMPTY, Element, Source, code, place
from converter.summary.statements import Statement, sentences, statement
from converter.summary.studies import results, services
from converter.summary.times import when
from converter.summary.wording import commas, timed

IN_TABLES = frozenset({"laboratory", "vital-signs"})


def category(observation: Element) -> str:
    """Give an Observation's category."""
    return code((observation.get("category") or [EMPTY])[0])


def told_elsewhere(source: Source, studies: Iterable[Element]) -> frozenset[int]:
    """Identify what is told with a study, with a culture, or among the complaints."""
    listed = [one for report in studies for one in results(source, report)]
    grown = [one for report in _cultures(source) for one in results(source, report)]
    complaints = source.follow_all(source.one("Encounter").get("reasonReference"))
    return frozenset(id(one) for one in (*listed, *grown, *complaints))


def table(source: Source, told: frozenset[int], wanted: str, language: str) -> Results:
    """Make the table of a category."""
    chosen = [one for one in source.all("Observation") if category(one) == wanted and id(one) not in told]
    rows = tuple(dict.fromkeys(values.row(one, language) for one in chosen if _tabular(one)))
    return _timed_once(rows, language)


def _tabular(observation: Element) -> bool:
    has_value = any(name.startswith("value") for name in observation) or "component" in observation
    return has_value or "interpretation" in observation


def _timed_once(rows: tuple[Row, ...], language: str) -> Results:
    """Put a time that most rows share above the table, and the others' behind their names."""
    times = Counter(row.time for row in rows if row.time)
    if not times:
        return Results(rows)
    shared, count = min(times.items(), key=lambda pair: (-pair[1], pair[0]))
    if 2 * count < sum(times.values()) or (count == 1 and len(rows) > 1):
        return Results(rows, timed=True)
    unknown = labels(language)["time_word.none"]
    kept = (_named(row, "" if row.time == shared else row.time or unknown, language) for row in rows)
    return Results(tuple(kept), shared)


def _named(row: Row, time: str, language: str) -> Row:
    return replace(row, name=timed(row.name, time, language), time="")


def _cultures(source: Source) -> list[Element]:
    return [one for one in source.all("DiagnosticReport") if "MB" in services(one)]


def cultures(source: Source, language: str) -> tuple[str, ...]:
    """Say what grew, one sentence a culture."""
    found = [statement(one, language) for report in _cultures(source) for one in results(source, report)]
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
    return [*made, *(replace(one, manner="not-grown") if one.manner == "absent" else one for one in others)]


def findings(source: Source, told: frozenset[int], language: str) -> tuple[str, ...]:
    """Say the symptoms and signs that no study showed, those of one time together."""
    chosen = [one for one in source.all("Observation") if id(one) not in told and _is_finding(one)]
    ordered = sorted(chosen, key=place)
    made: list[str] = []
    for time, group in groupby(ordered, key=lambda one: when(one, language)):
        run = sentences((statement(one, language) for one in group), language)
        made.append(f"{time}: {' '.join(run)}" if time else " ".join(run))
    return tuple(made)


def _is_finding(observation: Element) -> bool:
    wanted = category(observation)
    return wanted != "social-history" and not (wanted in IN_TABLES and _tabular(observation))

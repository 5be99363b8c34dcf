"""Tables of results: one measurement a cell, its test, unit and range from the row, its time from the column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from converter.extractors.cells import (
    NO_UNIT,
    Unit,
    named,
    range_of,
    reading,
    table_words,
    time_of,
    title_of,
    unit_in,
    unit_of,
    worded_time,
)
from converter.extractors.grid import Cell, Grid, Row, grids
from converter.extractors.measurements import coded, interpret
from converter.mappings import Observable
from converter.model import (
    PATIENT_SECTIONS,
    Document,
    Fact,
    FactKind,
    Mention,
    Quantity,
    Range,
    Section,
    SectionKind,
    Span,
    Time,
)
from converter.sections.labels import labels, number_of
from converter.text import MAX_NAME, fold

BLOOD = re.compile(r"blood|serum|plasma|laborator|혈액|혈청|검사실")
DIGIT = re.compile(r"[<>≤≥~±+-]?\s*[.\d]")
STATISTIC = re.compile(
    r"\bp[- ]?values?\b|^\W*p\W*$|\b95 ?% ?ci\b|confidence interval|\bmean\b.*\bsd\b|±|\bodds ratio|^\(?n ?\(%\)|\bn ?= ?\d"
)
"""In a heading these make a table one of a study of many."""
OWN = re.compile(r"\b(?:our|present|this|index) (?:case|patient)\b|본 증례|본 환자")


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds: name, unit, reference, flag, value, or nothing that is read."""

    role: str
    head: str = ""
    time: Time | None = None
    number: int = 0
    """The patient that it is of, as printed; 0 where the table has one."""
    unit: Unit = NO_UNIT


@dataclass(frozen=True, slots=True)
class Table:
    """A table of results, a test a row."""

    rows: tuple[Row, ...]
    tests: tuple[Observable | None, ...]
    """The test of each row, where our tables know it."""
    columns: tuple[Column, ...]
    heading: tuple[Row, ...]


def tabled(
    document: Document, sections: Sequence[Section], number: int = 0
) -> tuple[tuple[Mention, ...], tuple[Section, ...]]:
    """Read the tables of results; give their mentions, and the sections without the lines that were read.

    ``number`` is that of the patient meant in a report of several: a column with another's is not read.
    """
    out: list[Mention] = []
    taken: list[Span] = []
    for grid in grids(document.text) if "|" in document.text or "\t" in document.text else ():
        found = table_of(document, grid)
        home = _home(sections, found.rows) if found else -1
        if found is None or home < 0:
            continue
        wanted = _wanted(found, sections[home], number)
        out += _mentions(document, home, found, wanted, len(out))
        taken += dict.fromkeys(_lines(document.text, (*found.heading, *_results(found))))
    return tuple(out), tuple(_without(section, taken) for section in sections)


def _home(sections: Sequence[Section], rows: Sequence[Row]) -> int:
    """Give the section in which the table stands: the one with its first rows, the patient's before others'."""
    for wanted in (PATIENT_SECTIONS, frozenset({SectionKind.OTHERS})):
        for row in rows:
            at = next((cell.span.start for cell in row if cell), -1)
            for index, section in enumerate(sections):
                if section.kind in wanted and any(s.start <= at < s.end for s in section.spans):
                    return index
    return -1


def _wanted(table: Table, section: Section, number: int) -> tuple[Column, ...]:
    """Leave the columns of this patient: one with a number only if it is this one's."""
    numbered = {c.number for c in table.columns if c.number}
    own = [c for c in table.columns if OWN.search(fold(c.head))]

    def keeps(column: Column) -> bool:
        if column.role != "value":
            return True
        if numbered and number:
            return column.number == number
        if own:
            return column in own
        return section.kind in PATIENT_SECTIONS and len(numbered) < 2

    return tuple(c if keeps(c) else Column("") for c in table.columns)


def table_of(document: Document, grid: Grid, heads: int = -1) -> Table | None:
    """Tell a table of results, tests as rows or as columns; None for any other."""
    tests = tuple(_tests(grid))
    rows = [k for k, test in enumerate(tests) if test]
    across = [sum(1 for cell in row[1:] if named(cell)) for row in grid.rows]
    best = max(range(len(across)), key=lambda k: (across[k], -k))
    if across[best] > max(len(rows), 1):
        turned = Grid(grid.rows[best:], grid.before).turned()
        return table_of(document, turned, 1) if any(named(row[0]) for row in turned.rows) else None
    if not rows:
        return None
    begin = next((k for k in range(rows[0]) if _holds_values(document, grid.rows[k])), rows[0])
    begin = begin if heads < 0 else heads
    head, body = _split_heads(grid.rows[:begin]), grid.rows[begin:]
    columns = tuple(_column(document, k, head, body) for k in range(len(body[0])))
    if any(STATISTIC.search(fold(cell.text)) for row in head for cell in row):
        columns = tuple(Column("") for _ in columns)  # a study's table is nobody's
    told = not columns[0].role or any(c.role in ("reference", "unit") or c.time or c.number for c in columns)
    if len(rows) < 2 and not told:
        return None
    return Table(body, tests[begin:], columns, head)


def _holds_values(document: Document, row: Row) -> bool:
    """Tell a row of results from a heading, whose figures are days and dates."""
    return any(DIGIT.match(cell.text) and time_of(document, cell) is None for cell in row[1:])


def _tests(grid: Grid) -> Iterator[Observable | None]:
    """Give the test of each row; below a line "Urine" it is one of urine."""
    specimen = "" if BLOOD.search(fold(grid.before)) else _specimen(grid.before)
    for row in grid.rows:
        if not any(row[1:]):
            specimen = _specimen(row[0].text)
        yield named(row[0], specimen)


def _split_heads(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Give the one or two lines of the heading; a heading over several columns is printed once."""
    heads = [row for row in rows if sum(map(bool, row)) > 1 or (len(row) > 1 and any(row[1:]))][-2:]
    if len(heads) < 2:
        return tuple(heads)
    upper: list[Cell] = []
    for cell, below in zip(*heads, strict=True):
        upper.append(cell if cell or not below or not upper else upper[-1])
    return tuple(upper), heads[1]


def _column(document: Document, index: int, head: Sequence[Row], body: Sequence[Row]) -> Column:
    cells = [row[index] for row in head if row[index]]
    text = " ".join(dict.fromkeys(cell.text for cell in cells))
    key = fold(re.sub(r"\([^()]*\)", "", text)).strip(" :*.")
    if index == 0:
        return Column("name", text)
    known = next((role for role in ("reference", "unit", "flag", "name") if key in table_words()[role]), "")
    if not known and key.split(" ")[0] in ("reference", "normal", "ref", "ref.", "정상", "참고"):
        known = "reference"
    if known == "name" or key in table_words()["others"] or _of_another(key):
        return Column("", text)
    filled = [row[index] for row in body if row[index]]
    role = known or _by_content(document, filled, bool(text))
    time = next(filter(None, (time_of(document, cell) for cell in reversed(cells))), None)
    if time is None and cells and key not in table_words()["plain"]:
        time = worded_time(document, cells[-1])
    said = labels(text)
    of = said[0].numbers[0] if len(said) == 1 and len(said[0].numbers) == 1 else 0
    time = None if of and time and time.low is None and not time.date else time
    if not of and fold(head[0][0].text if head else "").strip(" :") in table_words()["patient"]:
        of = number_of(text)
    return Column(role, text, time, of, unit_in(text))


def _of_another(key: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", key) for word in table_words()["others"])


def _by_content(document: Document, cells: Sequence[Cell], headed: bool) -> str:
    """Tell a column's role by what it holds: all units, or all ranges in a column without a heading."""
    if cells and all(unit_of(cell)[1] for cell in cells):
        return "unit"
    if not headed and len(cells) > 1 and all(range_of(document, cell, NO_UNIT) for cell in cells):
        return "reference"
    return "value"


def _mentions(
    document: Document, home: int, table: Table, columns: Sequence[Column], first: int
) -> Iterator[Mention]:
    """Make a measurement of each cell of the columns that hold values."""
    values = [k for k, c in enumerate(columns) if c.role == "value"]
    count = first
    for row, test in zip(table.rows, table.tests, strict=True):
        if test is None and not _plain_name(row[0]):
            continue
        rest = _Row(title_of(row[0]), test, _unit(row, columns), _cell(row, columns, "reference"))
        for k in values:
            fact = _fact(document, rest, row[k], columns[k], len(values) > 1)
            if fact:
                count += 1
                yield Mention(fact, home, FAR + count, 0, len(row[0].text))


FAR = 1_000_000
"""Sentence numbers of cells, behind those of all prose."""
NAME = re.compile(r"[^\W\d_][\w\s()/.,%+-]{1,40}")


@dataclass(frozen=True, slots=True)
class _Row:
    """What a row says of all its cells."""

    name: Cell
    test: Observable | None
    unit: Unit
    reference: Cell | None


def _plain_name(cell: Cell) -> bool:
    """Tell what can be the name of a test that our tables do not know: a few words, no sentence."""
    return NAME.fullmatch(cell.text) is not None and len(cell.text.split()) < 6


def _specimen(heading: str) -> str:
    key = fold(heading)
    return next((word for word in sorted(table_words()["specimen"]) if word in key), "")


def _cell(row: Row, columns: Sequence[Column], role: str) -> Cell | None:
    return next((cell for cell, c in zip(row, columns, strict=True) if c.role == role and cell), None)


def _unit(row: Row, columns: Sequence[Column]) -> Unit:
    """Give the unit of a row: its unit column's, else the one beside its name."""
    cell = _cell(row, columns, "unit")
    found = unit_of(cell) if cell else NO_UNIT
    return found if found[1] else unit_in(row[0].text)


def _fact(document: Document, row: _Row, cell: Cell, column: Column, several: bool) -> Fact | None:
    """Make the measurement of one cell; None where it holds no value that can be read."""
    unit = row.unit if row.unit[1] else column.unit
    found = reading(document, cell, unit, row.test)
    if found is None or (row.test is None and not isinstance(found.value, (Quantity, Range))):
        return None
    numbers = [found.value] if isinstance(found.value, Quantity) else []
    reference = found.reference or range_of(document, row.reference, unit)
    exact = column.time is not None and (column.time.low is not None or bool(column.time.date))
    return Fact(
        kind=FactKind.MEASUREMENT,
        name=row.name.text[:MAX_NAME],
        evidence=(Span(row.name.span.start, min(row.name.span.end, row.name.span.start + MAX_NAME)),),
        concept=coded(row.test, next((q.ucum for q in numbers), "")) if row.test else None,
        value=None if found.components else found.value,
        components=found.components,
        reference=reference,
        category=row.test.category if row.test else "laboratory",
        interpretation=found.flag or interpret(found.value, reference, ""),
        time=column.time if exact or several else None,
    )


def _results(table: Table) -> Iterator[Row]:
    """Give the rows of results; one of words under a name that is no test is left to be read as prose."""
    for row, test in zip(table.rows, table.tests, strict=True):
        if test or any(re.search(r"\d", cell.text) for cell in row[1:]):
            yield row


def _lines(text: str, rows: Sequence[Row]) -> Iterator[Span]:
    """Give the whole lines that cells stand in."""
    for cell in (cell for row in rows for cell in row if cell):
        start = text.rfind("\n", 0, cell.span.start) + 1
        end = text.find("\n", cell.span.end)
        yield Span(start, end if end >= 0 else len(text))


def _runs(lines: Sequence[Span]) -> list[Span]:
    """Join lines that follow each other: a table is cut out at once."""
    out: list[Span] = []
    for line in sorted(set(lines), key=lambda s: (s.start, s.end)):
        if out and line.start <= out[-1].end + 1:
            out[-1] = Span(out[-1].start, max(out[-1].end, line.end))
        else:
            out.append(line)
    return out


def _without(section: Section, taken: Sequence[Span]) -> Section:
    """Cut lines out of a section's spans; one with nothing left keeps its place, empty."""
    spans = section.spans
    for cut in _runs(taken):
        if any(s.start < cut.end and cut.start < s.end for s in spans):
            spans = tuple(
                part
                for s in spans
                for part in (Span(s.start, min(s.end, cut.start)), Span(max(s.start, cut.end), s.end))
                if part.start < part.end
            )
    return section if spans is section.spans else replace(section, spans=spans)

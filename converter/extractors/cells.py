"""What one cell of a table says: a test's name, a unit, a value, a reference range or a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from converter.extractors.annotate import Annotated
from converter.extractors.context import context
from converter.extractors.grid import Cell
from converter.extractors.lexicon import lexicon
from converter.extractors.measurements import PRESSURES, reference_of, value_of
from converter.extractors.numerals import unit_at
from converter.extractors.quantities import Amount, amounts
from converter.extractors.timeline import times
from converter.extractors.timeline import unit_of as unit_of_time
from converter.extractors.worded import CODES, INTERPRETATION, WORD_VALUE
from converter.mappings import Observable, load_toml, observables
from converter.model import (
    Component,
    Document,
    Range,
    Ratio,
    Section,
    SectionKind,
    Span,
    Time,
    Value,
    Words,
)
from converter.text import Sentence, View, fold, view_of

Unit = tuple[str, str]
"""As printed, and in UCUM."""
NO_UNIT: Unit = ("", "")
BRACKET = re.compile(r"\s*[(\[,:].*$")
FLAGS = (
    (re.compile(r"[↑▲⬆]|\(H\)|\bH\b|\bhigh\b"), "H"),
    (re.compile(r"[↓▼⬇]|\(L\)|\bL\b|\blow\b"), "L"),
)
PLUS = re.compile(r"[1-4]\+")
AROUND = re.compile(r"(?:[\s↑↓▲▼⬆⬇*†‡§¶#()\[\],;+-]|\b[HLhl]\b|\bhigh\b|\blow\b|[a-d]$)*")
"""What may stand round a value: flags and marks of footnotes."""


@cache
def table_words() -> Mapping[str, frozenset[str]]:
    """Give the words of mappings/sections.toml for the parts of a table."""
    return {key: frozenset(value) for key, value in load_toml("sections.toml")["table"].items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a cell."""

    value: Value
    components: tuple[Component, ...] = ()
    reference: Range | None = None
    flag: str = ""


def annotated(document: Document, cell: Cell) -> Annotated:
    """Take a cell for a sentence of its own."""
    view = view_of(document.text, (cell.span,))
    sentence = Sentence(view, 0, len(view.text), 0, 0, view.text, fold(view.text))
    section = Section(SectionKind.CASE, (cell.span,))
    return Annotated(sentence, section, (), (), amounts(sentence), (), context(sentence), {})


def named(cell: Cell, specimen: str = "") -> Observable | None:
    """Give the test that a cell names as a whole: "Serum creatinine (mg/dL)"; of urine under "Urine".

    >>> from converter.model import Span
    >>> found = [named(Cell(x, Span(0, 0))) for x in ("Serum creatinine (mg/dL)", "Creatinine rose again")]
    >>> [row.concept.id if row else "" for row in found]
    ['creatinine', '']
    """
    text = BRACKET.sub("", cell.text) or cell.text
    if specimen:
        return _test(f"{specimen} {text}")
    return _test(text) or _test(cell.text)


def _test(text: str) -> Observable | None:
    folded = fold(text)
    hits = [h for h in lexicon("observations").find(text, folded) if h.entry.role == "name"]
    if not hits:
        return None
    hit = max(hits, key=lambda h: h.end - h.start)
    rest = re.findall(r"[^\W\d_]+", folded[: hit.start] + " " + folded[hit.end :])
    alike = {h.start for h in hits if h.concept == hit.concept}
    beside = table_words()["beside"]
    if any(word not in beside for word in rest) and len(alike) < 2:
        return None
    return hit.entry.origin if isinstance(hit.entry.origin, Observable) else None


def title_of(cell: Cell) -> Cell:
    """Give a test's name without the unit beside it: "Sodium" of "Sodium (mmol/L)".

    >>> from converter.model import Span
    >>> [title_of(Cell(x, Span(0, len(x)))).text for x in ("Sodium (mmol/L)", "Creatine kinase (CK)")]
    ['Sodium', 'Creatine kinase (CK)']
    """
    cuts = [m.start() for m in re.finditer(r"\s*[(\[,:]", cell.text) if unit_in(cell.text[m.start() :])[1]]
    if not cuts or not cuts[0] or len(cell.text) != cell.span.length:
        return cell
    return Cell(cell.text[: cuts[0]], Span(cell.span.start, cell.span.start + cuts[0]))


def unit_in(text: str) -> Unit:
    """Give the unit that a heading or name bears: "WBC (/μL)", "Hemoglobin, g/dL".

    >>> unit_in("Hemoglobin, g/dL"), unit_in("Sodium")
    (('g/dL', 'g/dL'), ('', ''))
    """
    for m in re.finditer(r"[(\[,:]\s*(?:in )?", text):
        found = unit_at(text, m.end())
        closing = text[found[2] :].lstrip() if found else "x"
        if found and (not closing or closing[0] in ")],;"):
            return found[0], found[1]
    return NO_UNIT


def unit_of(cell: Cell) -> Unit:
    """Give the unit that a cell is."""
    return unit_in(f"({cell.text})")


def reading(document: Document, cell: Cell, unit: Unit, test: Observable | None) -> Reading | None:
    """Read a value: a number with its flag and range, words ("negative"), or None where there is none."""
    if fold(cell.text).strip() in table_words()["missing"]:
        return None
    an = annotated(document, cell)
    if not an.amounts or PLUS.match(an.folded):
        return _worded(an)
    first, *rest = (_with_unit(a, unit) for a in an.amounts)
    before = an.folded[: first.start]
    inner = [a for a in rest if an.text[: a.start].rstrip().endswith(("(", "["))]
    after = (
        an.text[first.end :] if not inner else an.text[first.end : inner[0].start] + an.text[inner[0].end :]
    )
    if len(inner) != len(rest) or len(inner) > 1:
        return None
    if not AROUND.fullmatch(before):
        return _worded(an)
    if not AROUND.fullmatch(after):
        return None
    reference = reference_of(an, inner[0]) if inner and _is_range(inner[0]) else None
    flag = next((sign for pattern, sign in FLAGS if pattern.search(before + " " + after)), "")
    if first.form == "size" or len(first.numbers) > 2:
        return None
    value = value_of(an, first)
    if first.form == "slash" and isinstance(value, Ratio):
        parts = _pressures(value, test)
        return Reading(value, parts, reference, flag) if parts else None
    return Reading(value, (), reference, flag)


def _is_range(amount: Amount) -> bool:
    return amount.form == "range" or bool(amount.numbers[0].comparator)


def _with_unit(amount: Amount, unit: Unit) -> Amount:
    """Give an amount without a unit that of its row or column."""
    if amount.ucum or any(n.unit for n in amount.numbers):
        return amount
    return replace(amount, numbers=tuple(replace(n, unit=unit[0], ucum=unit[1]) for n in amount.numbers))


def _pressures(value: Ratio, test: Observable | None) -> tuple[Component, ...]:
    if test is None or test.concept.id not in PRESSURES:
        return ()
    by = {row.concept.id: row.concept for row in observables()}
    return (
        Component("Systolic blood pressure", value.numerator, by.get("systolic-pressure")),
        Component("Diastolic blood pressure", value.denominator, by.get("diastolic-pressure")),
    )


def _worded(an: Annotated) -> Reading | None:
    """Read "negative", "3+", "(-)", "positive (1:80)"."""
    m = WORD_VALUE.compiled.match(an.folded)
    if m and len(an.folded) < 30:
        kind = m.lastgroup or ""
        words = Words(m.group(), CODES[kind], an.sentence.spans(*m.span()))
        return Reading(words, flag=INTERPRETATION.get(kind, ""))
    sign = re.fullmatch(r"\s*\(?([+]{1,4}|[-±])\)?\s*", an.folded)
    if sign and an.folded.strip() != "-":
        code, flag = {"-": ("negative", "NEG"), "+": ("positive", "POS")}.get(sign.group(1), ("", ""))
        return Reading(Words(an.text.strip(), code, an.sentence.spans(0, len(an.text))), flag=flag)
    return None


def range_of(document: Document, cell: Cell | None, unit: Unit) -> Range | None:
    """Read a reference range; the words alone where they give several, for men and women."""
    if not cell or fold(cell.text).strip() in table_words()["missing"]:
        return None
    an = annotated(document, cell)
    found = [_with_unit(a, unit) for a in an.amounts if _is_range(a)]
    if len(found) == 1 and len(an.amounts) == 1:
        return reference_of(an, found[0])
    spans = an.sentence.spans(0, len(an.text))
    return Range(None, None, an.text, spans) if found else None


SHORT_DAY = re.compile(r"d\s?#?(\d{1,3})")
COUNTED = re.compile(r"(week|wk|month|mo|year|yr)s?\.?\s*#?(\d{1,2})")


def time_of(document: Document, cell: Cell) -> Time | None:
    """Read the time that a column's heading states: a day, a date, an event; None where it states none."""
    view = view_of(document.text, (cell.span,))
    spans = view.spans(0, len(view.text))
    short = SHORT_DAY.fullmatch(fold(view.text))
    shown = f"day {short.group(1)}" if short else view.text
    for lead in ("", "on ", "at "):
        text = lead + shown
        padded = View(text, (spans[0].start,) * len(text))
        for when in times(Sentence(padded, 0, len(text), 0, 0, text, fold(text))):
            if when.time.low is not None or when.time.date:
                return replace(when.time, text=view.text, spans=spans)
    counted = COUNTED.fullmatch(fold(view.text))
    if counted:
        n = Decimal(counted.group(2))
        return Time(view.text, "", "after", n, n, unit_of_time(counted.group(1)), spans=spans)
    return None


def worded_time(document: Document, cell: Cell) -> Time:
    """Keep a heading's words as a time: "before dialysis"."""
    view = view_of(document.text, (cell.span,))
    return Time(view.text, spans=view.spans(0, len(view.text)))

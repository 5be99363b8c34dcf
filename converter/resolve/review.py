"""What the facts leave open or contradict: said as Issues, never mended in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from converter.issues import Issue
from converter.mappings import Observable, observables
from converter.model import Assertion, Fact, FactKind, Quantity, Section, SectionKind, Span
from converter.resolve.identity import exact, sites_agree, times_agree


def review(facts: Sequence[Fact], sections: Sequence[Section]) -> tuple[Issue, ...]:
    """Give the issues of a patient's facts."""
    figures = [span for s in sections if s.kind is SectionKind.FIGURE for span in s.spans]
    return (
        *_patient(facts),
        *_times(facts),
        *_results(facts),
        *_values(facts, figures),
        *_presence(facts),
    )


def _patient(facts: Sequence[Fact]) -> Iterator[Issue]:
    kinds = {f.kind for f in facts}
    if FactKind.AGE not in kinds:
        yield Issue.of("AGE001")
    if FactKind.SEX not in kinds:
        yield Issue.of("SEX001")


def _times(facts: Sequence[Fact]) -> Iterator[Issue]:
    """Report relative times without the admission that they count from, and times that stay words."""
    times = list(dict.fromkeys(f.time for f in facts if f.time is not None))
    counted = [t for t in times if t.anchor == "admission" and t.low and not t.date]
    arrived = any(f.kind is FactKind.ADMISSION or f.presenting for f in facts)
    if counted and not arrived:
        yield Issue.of("DOC006", span=next(iter(counted[0].spans), None))
    worded = [t for t in times if not t.date and not (t.anchor and exact(t)) and t.relation != "at"]
    if worded:
        message = f"{len(worded)} of {len(times)} times have no anchor or no length and are kept as words"
        yield Issue.of("TIME001", message, next(iter(worded[0].spans), None))


@cache
def _rows() -> Mapping[str, Observable]:
    return {row.concept.id: row for row in observables()}


def _results(facts: Sequence[Fact]) -> Iterator[Issue]:
    """Judge each result against what its test can be: kept as printed whatever the verdict."""
    for fact in facts:
        row = _rows().get(fact.concept.id) if fact.concept else None
        if fact.kind is not FactKind.MEASUREMENT or not isinstance(fact.value, Quantity):
            continue
        code, span = _verdict(fact.value, row), fact.evidence[0]
        if code:
            yield Issue.of(code, span=span)
        if row and fact.name.lower() in {slip.lower() for slip in row.slips}:
            yield Issue.of("UNIT004", f"read as {row.concept.en.lower()}: unit and range fit it", span)


def _verdict(value: Quantity, row: Observable | None) -> str:
    if value.unit and not value.ucum:
        return "UNIT001"
    if row is None:
        return ""
    if not value.ucum:
        bare = any(unit in ("", "1", "[pH]") or unit.startswith("{") for unit in row.units)
        return "UNIT002" if row.units and not bare else ""
    limits = row.plausible.get(value.ucum)
    strange = row.units and value.ucum not in row.units
    return "UNIT003" if strange or (limits and not limits[0] <= value.value <= limits[1]) else ""


def _inside(spans: Sequence[Span], regions: Sequence[Span]) -> bool:
    return all(any(r.start <= s.start < r.end for r in regions) for s in spans)


def _values(facts: Sequence[Fact], figures: Sequence[Span]) -> Iterator[Issue]:
    """Report a caption whose value is not the text's, for one test, place and study."""
    told = [
        f for f in facts if f.kind is FactKind.MEASUREMENT and f.concept and isinstance(f.value, Quantity)
    ]
    captions = [f for f in told if _inside(f.evidence, figures)]
    for fact in captions:
        rivals = [
            o
            for o in told
            if o not in captions
            and o.concept == fact.concept
            and o.study == fact.study
            and o.study is not None
        ]
        alike = [o for o in rivals if sites_agree(o.sites, fact.sites) and times_agree(o.time, fact.time)]
        if alike and all(_differ(o, fact) for o in alike):
            yield Issue.of("VAL001", "text and caption give different values", fact.evidence[0])


def _differ(a: Fact, b: Fact) -> bool:
    x, y = a.value, b.value
    return isinstance(x, Quantity) and isinstance(y, Quantity) and x.ucum == y.ucum and x.value != y.value


def _presence(facts: Sequence[Fact]) -> Iterator[Issue]:
    held: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind not in (FactKind.FINDING, FactKind.CONDITION) or fact.concept is None:
            continue
        other = held.setdefault(fact.concept.id, fact)
        clash = {other.assertion, fact.assertion} == {Assertion.PRESENT, Assertion.ABSENT}
        alike = other.study == fact.study and times_agree(other.time, fact.time) and not exact(fact.time)
        if clash and alike and sites_agree(other.sites, fact.sites):
            yield Issue.of("ASR001", span=fact.evidence[0])

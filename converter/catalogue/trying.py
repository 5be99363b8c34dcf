"""Show what each table, the tagger, the units and the context read in a sentence, and the facts of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from converter.catalogue.listing import system_name
from converter.extractors.annotate import Annotated, annotate
from converter.extractors.gather import extract
from converter.extractors.lexicon import Match, rows_found
from converter.extractors.quantities import Amount
from converter.issues import Issue
from converter.mappings import Observable
from converter.model import (
    Code,
    Concept,
    Document,
    Fact,
    Publication,
    Quantity,
    Range,
    Ratio,
    Section,
    SectionKind,
    Span,
    Time,
    Value,
    Words,
)
from converter.readers.reader import composed, digest
from converter.resolve import resolve
from converter.text import HANGUL

IMAGING = ("sequences", "planes", "tracers", "contrasts", "outside")
Plain = dict[str, Any]
NO_CODES: Mapping[str, Code] = MappingProxyType({})
OF_A_REPORT = ("AGE001", "SEX001")
"""Issues that a sentence alone cannot help."""
SEEN = ("by", "id", "type", "cue", "governs", "time", "value", "unit", "range")
FACT = (
    "kind", "id", "assertion", "certainty", "value", "components", "reference", "interpretation", "sites",
    "time", "study",
)  # fmt: skip


def tried(text: str) -> Plain:
    """Read a text as the case of a report; offsets are those of the text, composed to NFC."""
    whole = composed(text)
    document = Document("-", whole, digest(whole.encode()))
    korean = 5 * len(HANGUL.findall(whole)) > len(whole)
    section = Section(SectionKind.CASE, (Span(0, len(whole)),), language="ko" if korean else "en")
    seen = annotate(document, (section,), frozenset({SectionKind.CASE}))
    facts, issues = resolve(document, (section,), Publication(), extract(document, (section,)))
    return {
        "text": whole,
        "seen": [item for an in seen for item in _seen(whole, an)],
        "facts": [_fact(whole, fact, facts.items) for fact in facts.items],
        "issues": [_issue(issue) for issue in issues if issue.code not in OF_A_REPORT],
    }


def _place(whole: str, spans: Sequence[Span]) -> Plain:
    if not spans:
        return {}
    return {"start": spans[0].start, "end": spans[-1].end, "words": whole[spans[0].start : spans[-1].end]}


def _kept(**values: Any) -> Plain:
    return {key: value for key, value in values.items() if value not in ("", None, [], {}, ())}


def _concept(concept: Concept, by_unit: Mapping[str, Code] = NO_CODES) -> Plain:
    """Give a concept with its codes; a test's name alone, without a unit, has those of all units."""
    known = dict.fromkeys([*by_unit.values(), *concept.codes])
    codes = [_kept(system=c.system, version=c.version, code=c.code, display=c.display) for c in known]
    named = _kept(id=concept.id, en=concept.en, ko=concept.reading or concept.ko, codes=codes)
    return {**named, "verified": bool(codes)}


def _seen(whole: str, an: Annotated) -> list[Plain]:
    """Give everything read off one sentence, in order of place."""

    def at(start: int, end: int) -> Plain:
        return _place(whole, an.sentence.spans(start, end))

    named = [(name, m) for name, found in an.found.items() for m in found]
    named += [(key, m) for key in IMAGING for m in rows_found(key, an.text, an.folded)]
    items = [{**at(m.start, m.end), "by": name, **_concept(m.concept, _by_unit(m))} for name, m in named]
    items += [{**at(t.start, t.end), "by": "tagger", "type": t.type} for t in an.tags]
    items += [{**at(a.start, a.end), "by": "units", **_amount(a)} for a in an.amounts]
    items += [{**at(w.start, w.end), "by": "times", **_time(w.time)} for w in an.times]
    items += [
        {**at(c.start, c.end), "by": "context", "cue": c.kind, "governs": c.direction}
        for c in an.context.cues
    ]
    return sorted(items, key=lambda i: (i["start"], i["end"], i["by"]))


def _by_unit(match: Match) -> Mapping[str, Code]:
    origin = match.entry.origin
    return origin.loinc if isinstance(origin, Observable) else NO_CODES


def _amount(amount: Amount) -> Plain:
    printed = [f"{number.comparator}{number.printed}" for number in amount.numbers]
    return _kept(value=printed, form=amount.form, unit=amount.ucum, range=amount.reference or None)


def _time(time: Time) -> Plain:
    low, high = (str(limit) if limit is not None else "" for limit in (time.low, time.high))
    return _kept(
        time=time.text,
        anchor=time.anchor,
        relation=time.relation,
        low=low,
        high=high,
        unit=time.unit,
        date=time.date,
    )


def _quantity(quantity: Quantity | None) -> str:
    if quantity is None:
        return ""
    return f"{quantity.comparator}{quantity.value} {quantity.ucum or quantity.unit}".rstrip()


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return _quantity(value)
    if isinstance(value, Range):
        return value.text or f"{_quantity(value.low)}..{_quantity(value.high)}"
    if isinstance(value, Ratio):
        return f"{_quantity(value.numerator)} : {_quantity(value.denominator)}"
    assert isinstance(value, Words)
    return value.text


def _fact(whole: str, fact: Fact, items: Sequence[Fact]) -> Plain:
    told = _kept(
        kind=fact.kind.value,
        name=fact.name,
        assertion=fact.assertion.value,
        certainty=fact.certainty.text if fact.certainty else "",
        value=_value(fact.value),
        components={part.name: _value(part.value) for part in fact.components},
        reference=_value(fact.reference),
        interpretation=fact.interpretation,
        sites=[{"words": s.text, **(_concept(s.concept) if s.concept else {})} for s in fact.sites],
        time=_time(fact.time) if fact.time else {},
        study=items[fact.study].name if fact.study is not None else "",
    )
    concept = _concept(fact.concept) if fact.concept else {"verified": False}
    return {**_place(whole, fact.evidence[:1]), **told, **concept}


def _issue(issue: Issue) -> Plain:
    place = {"start": issue.span.start, "end": issue.span.end} if issue.span else {}
    return {**place, "code": issue.code, "severity": issue.severity.value, "message": issue.message}


def as_json(text: str) -> str:
    """Write what was read as JSON."""
    return json.dumps(tried(text), ensure_ascii=False, indent=1) + "\n"


def as_text(text: str) -> str:
    """Write what was read for a person: a line a thing seen, then a line a fact."""
    read = tried(text)
    lines = ["seen:", *(f"  {_said(item, SEEN)}" for item in read["seen"])]
    lines += ["facts:", *(f"  {_said(item, FACT)}" for item in read["facts"])]
    if read["issues"]:
        lines += ["issues:", *(f"  {i['severity']} {i['code']} {i['message']}" for i in read["issues"])]
    return "\n".join(lines) + "\n"


def _said(item: Plain, keys: Sequence[str]) -> str:
    place = f"{item['start']}-{item['end']} " if "start" in item else ""
    told = [f"{key} {_flat(item[key])}" for key in keys if key in item]
    codes = ", ".join(f"{system_name(c['system'])} {c['code']}" for c in item.get("codes", ()))
    code = [codes or "text only"] if "verified" in item else []
    return f"{place}{item.get('words', '')!r}: {'; '.join([*told, *code])}"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return value.get("time", "") or ", ".join(f"{key} {_flat(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(
            str(part.get("id") or part["words"]) if isinstance(part, dict) else str(part) for part in value
        )
    return str(value)

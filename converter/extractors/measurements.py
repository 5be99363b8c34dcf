"""Bind numbers and words to what they are values of: one record a result."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from converter.extractors import korean, korean_results, relations
from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import Name, fits
from converter.extractors.candidates import tag_of
from converter.extractors.legible import legible
from converter.extractors.numerals import Number
from converter.extractors.patient import gestation
from converter.extractors.phrase import noun_phrase, sites
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.quantities import LENGTHS, Amount, is_time
from converter.extractors.respective import respective, restated
from converter.mappings import Observable, observables
from converter.model import (
    Code,
    Component,
    Concept,
    FactKind,
    Mention,
    Phrase,
    Quantity,
    Range,
    Ratio,
    Value,
)
from converter.text import clean, hangul

STATISTIC = re.compile(
    r"\b(average|averaged|mean|median|peak|maximum|maximal|minimum|minimal|nadir)\b|평균|최고"
)
HIGH = re.compile(
    r"\b(?:elevated|increased|raised|high|elevation|higher|prolonged|above)\b|증가(?!증)|상승|높"
)
LOW = re.compile(r"\b(?:decreased|reduced|low|lower|depressed|diminished|below)\b|감소(?!증)|저하(?!증)|낮")
NORMAL = re.compile(r"\b(?:normal|within normal|unremarkable|preserved)\b|정상")
APPROXIMATE = re.compile(r"about|approximately|approx|around|nearly|roughly|~|약")


def quantity(an: Annotated, number: Number) -> Quantity:
    """Turn a printed number into a quantity with its place."""
    return Quantity(
        number.value, number.unit, number.ucum, number.comparator, an.sentence.spans(number.start, number.end)
    )


def value_of(an: Annotated, amount: Amount) -> Value:
    """Turn an amount into a FHIR-like value: quantity, range or ratio."""
    numbers = [quantity(an, n) for n in amount.numbers]
    spans = an.sentence.spans(amount.start, amount.end)
    if amount.form == "range" and len(numbers) == 2:
        return Range(numbers[0], numbers[1], an.text[amount.start : amount.end], spans)
    if an.folded[amount.end - 1] == "s" and not amount.ucum:  # "in the 90s"
        return Range(numbers[0], None, an.text[amount.start : amount.end], spans)
    if amount.form in ("ratio", "slash") and len(numbers) == 2:
        return Ratio(numbers[0], numbers[1], spans)
    return numbers[0]


def reference_of(an: Annotated, amount: Amount) -> Range:
    """Turn an amount said to be normal into a reference range; "<5" has a high limit only."""
    text = an.text[amount.start : amount.end]
    spans = an.sentence.spans(amount.start, amount.end)
    numbers = [replace(quantity(an, n), comparator="") for n in amount.numbers]
    first = amount.numbers[0]
    if len(numbers) > 1:
        return Range(numbers[0], numbers[1], text, spans)
    if first.comparator.startswith(">"):
        return Range(numbers[0], None, text, spans)
    return Range(None, numbers[0], text, spans)


def interpret(value: Value, reference: Range | None, words: str) -> str:
    """Give H, L or N from the reference range, else from the words beside the name."""
    if reference and isinstance(value, Quantity):
        low, high = reference.low, reference.high
        if high and value.value > high.value:
            return "H"
        if low and value.value < low.value:
            return "L"
        if low or high:
            return "N"
    if HIGH.search(words):
        return "H"
    if LOW.search(words):
        return "L"
    return "N" if NORMAL.search(words) else ""


ADJECTIVES = re.compile(
    r"\b(?:(?P<h>elevated|increased|raised|high)|(?P<l>decreased|reduced|low)|(?P<n>normal))\b"
)
CLAUSE = re.compile(
    r"[.;:]|\b(?:was|were|is|are|showed|revealed|but|while|whereas|although|however|then|who|which|with)\b"
)


LISTED = re.compile(r",|\band\b")


def _listed(an: Annotated, name: Name) -> str:
    """Give the flag that an adjective before a list gives all its items: "elevated A (1), B (2) and C (3)"."""
    before = re.sub(r"\([^()]*\)", " ", an.folded[: name.start])
    hits = list(ADJECTIVES.finditer(before))
    if not hits or CLAUSE.search(before[hits[-1].end() :]) or not LISTED.search(before[hits[-1].end() :]):
        return ""
    return {"h": "H", "l": "L", "n": "N"}[hits[-1].lastgroup or "n"]


def coded(row: Observable, code: str) -> Concept:
    """Give the observable's concept with the LOINC code that fits the unit, if one is verified."""
    loinc = row.loinc.get(code) or (None if code in row.units else row.loinc.get(""))
    codes: tuple[Code, ...] = (loinc,) if loinc else row.concept.codes
    return replace(row.concept, codes=codes)


def slip(name: Name, amount: Amount) -> bool:
    """Tell an author's slip: the misprint counts as the test only when the value is plausible for it."""
    if not name.row:
        return False
    limits = name.row.plausible.get(amount.ucum)
    return bool(limits and limits[0] <= amount.numbers[0].value <= limits[1])


def _statistic(an: Annotated, name: Name, amount: Amount) -> Phrase | None:
    for s, e in ((name.end, amount.start), (max(0, name.start - 12), name.start)):
        hits = list(STATISTIC.finditer(an.folded, s, e)) if e > s else []
        if hits:
            return phrase(an, *hits[-1].span())
    if amount.about:
        m = APPROXIMATE.search(an.folded, max(0, amount.start - 16), amount.start)
        if m:
            return phrase(an, *m.span())
    return None


def _reference(an: Annotated, amount: Amount, following: Sequence[Amount]) -> Range | None:
    for other in following:
        gap = an.folded[amount.end : other.start]
        if other.reference and len(gap) < 60 and ";" not in gap:
            return reference_of(an, other)
        if not other.reference:
            break
    return None


def _measure(an: Annotated, name: Name, amount: Amount, reference: Range | None) -> Mention:
    value = value_of(an, amount)
    clause = max(
        an.folded.rfind(",", 0, name.start),
        an.folded.rfind(";", 0, name.start),
        an.folded.rfind(")", 0, name.start),
        korean.clause(an.folded, name.start)[0],
    )
    beside = an.folded[max(clause, name.start - 28) : name.start] + " " + an.folded[name.end : amount.start]
    if hangul(an.folded[amount.end : amount.end + 3]):  # the verb comes last: "0.5 mIU/L로 감소"
        beside += an.folded[amount.end : amount.end + 14]
    sign = {"high": "H", "low": "L"}.get(name.role, "")
    if not sign and name.tag not in PROBLEM_TAGS:
        sign = interpret(value, reference, beside) or _listed(an, name)
    row = name.row
    full = noun_phrase(an, name.start, name.end)
    category = "exam" if name.tag in PROBLEM_TAGS else row.category if row else ""
    parts = _components(an, amount, name)
    made = mention(
        an, FactKind.MEASUREMENT, name.start, name.end, name=_title(an, name, amount), concept=_concept(name, amount),
        value=None if parts else value, components=parts, reference=reference, statistic=_statistic(an, name, amount), category=category,
        interpretation=sign, sites=full.sites if name.tag in PROBLEM_TAGS or (row and row.category in ("imaging", "exam")) else (),
        time=nearest_time(an, name.start, amount.end),
    )  # fmt: skip
    if row and row.category == "imaging" and not made.fact.sites:
        nearby = (
            sites(an, name.end, amount.start)
            or sites(an, max(0, name.start - 25), name.start)
            or sites(an, amount.end, min(len(an.text), amount.end + 45))
        )
        made = replace(made, fact=replace(made.fact, sites=nearby))
    return made


def _concept(name: Name, amount: Amount) -> Concept | None:
    """Give the test that a value is of; a rank among others is none of its values."""
    if name.row is None:
        return _size(name, amount)
    ranked = amount.ucum == "{percentile}" and amount.ucum not in name.row.units
    return None if ranked else coded(name.row, amount.ucum)


def _title(an: Annotated, name: Name, amount: Amount) -> str:
    text = clean(an.text[name.start : name.end])
    if amount.ucum == "{percentile}" and name.row and amount.ucum not in name.row.units:
        return f"{text} percentile"
    size = "크기" if hangul(text) else "size"
    return f"{text} {size}" if name.tag in PROBLEM_TAGS and amount.ucum in LENGTHS else text


def _size(name: Name, amount: Amount) -> Concept | None:
    if name.tag not in PROBLEM_TAGS or amount.ucum not in LENGTHS:
        return None
    row = next((o for o in observables() if o.concept.id in ("lesion-size", "tumor-size", "size")), None)
    return coded(row, amount.ucum) if row else None


def _components(an: Annotated, amount: Amount, name: Name) -> tuple[Component, ...]:
    numbers = [quantity(an, n) for n in amount.numbers]
    if amount.form == "size" and len(numbers) > 1:
        return tuple(Component(f"Dimension {i}", n) for i, n in enumerate(numbers, 1))
    if amount.form == "slash" and len(numbers) == 2 and name.row and name.row.concept.id in PRESSURES:
        by = {o.concept.id: o for o in observables()}
        labels = (
            ("systolic-pressure", "Systolic blood pressure"),
            ("diastolic-pressure", "Diastolic blood pressure"),
        )
        return tuple(
            Component(label, n, coded(by[i], "mm[Hg]") if i in by else None)
            for (i, label), n in zip(labels, numbers, strict=True)
        )
    return ()


PRESSURES = ("blood-pressure", "systolic-pressure", "mean-arterial-pressure")


def _spread(all_names: Sequence[Name], an: Annotated, amount: Amount, name: Name) -> list[Name]:
    """Give the names that share a slash: "AST/ALT 1,240/988"."""
    group = [name]
    for other in reversed([n for n in all_names if n.end <= name.start]):
        if re.fullmatch(r"\s*/\s*|\s+and\s+", an.folded[other.end : group[0].start]):
            group.insert(0, other)
        else:
            break
    return group if len(group) == len(amount.numbers) else []


ONWARD = re.compile(
    r"\s*(?:(?:on|at|by|in|after|before|during) [^,;()]{1,30})?\s*,?\s*(?:(?:and )?then )?(?:to|->|→)\s*(?:a \w+ of )?"
)
"""Between two values of one trend: "1.0 on day 1 to 4.2"."""


FURTHER = re.compile(
    r"\s*(?:(?:on|in|at|after|by|during|before|for|of) [^,;()]{1,40}?|bilaterally )?,?\s*(?:and|but|then|to|,)\s"
)
"""Behind a value: its place or time, and another value of the same."""


def _same(
    an: Annotated,
    all_names: Sequence[Name],
    here: Amount,
    owners: Sequence[Name | None],
    after: Amount,
    name: Name | None,
) -> bool:
    """Tell a value that shares its owner with the one before: said in another unit, or of another place or time."""
    owner = owners[-1]
    if owner is None:
        return False
    trend = len(owners) > 1 and owners[-2] is owner
    start = max(here.end, owner.end)
    between = [n for n in all_names if n.start >= start and n.end <= after.start]
    gap = an.folded[start : after.start]
    alike = (here.ucum, here.form) == (after.ucum, after.form)
    back = name is None or name.end <= (here.start if trend else owner.start)
    if (
        alike
        and back
        and not between
        and len(gap) < 60
        and FURTHER.match(gap)
        and "Lab_value" in (tag_of(an, here), tag_of(an, after))
    ):
        return True  # "3/5 in the left arm, 4/5 in the right", "8.3 after a week and 7.8 after four"
    onward = name is None and here.ucum == after.ucum and ONWARD.fullmatch(an.folded[here.end : after.start])
    return restated(an, here, after) or bool(onward and not between)


def _bound(an: Annotated, all_names: Sequence[Name], amounts: Sequence[Amount]) -> list[Name | None]:
    """Give each result's name: by the learnt weights, in Korean by the rules alone."""
    if not hangul(an.folded):
        given: list[Name | None] = []
        last: Amount | None = None
        for choice in relations.choices(an, all_names, amounts):
            name = choice.best(relations.weights())
            if last and _same(an, all_names, last, given, choice.amount, name):
                name = given[-1]
            given.append(name)
            last = choice.amount
        return given
    out: list[Name | None] = []
    free_from = 0  # a value may reuse the last name ("1.2 on day 1 and 4.8 on day 3") but none before it
    for amount in amounts:
        if not amount.reference:
            out.append(korean_results.bind(an, all_names, amount, free_from))
            free_from = out[-1].start if out[-1] else free_from
    return out


def _doubt(an: Annotated, amount: Amount, code: str) -> list[Mention]:
    """Tell of a value that no name got, where it is plainly a result: nothing is lost silently."""
    result = any(overlaps(amount.start, amount.end, t.start, t.end) for t in an.tagged("Lab_value"))
    result = result and amount.ucum not in (*LENGTHS, "{pack}.a", "")  # habits() tells of pack-years
    if code == "VAL003" and not result:
        return []
    return [replace(mention(an, FactKind.MEASUREMENT, amount.start, amount.end), doubt=code)]


def measurements(an: Annotated) -> tuple[Mention, ...]:
    """Give every result of a sentence with its value, range, flag and statistic."""
    out: list[Mention] = list(_gestations(an))
    if not an.amounts:
        return tuple(out)
    all_names, amounts = legible(an)
    results = [a for a in amounts if not a.reference]
    paired, lost = respective(an, all_names, results)
    for amount, chosen in zip(results, _bound(an, all_names, amounts), strict=True):
        name = paired.get(amount, chosen)
        if is_time(amount) and not (name and name.row and fits(name.row, amount)):
            continue
        if name is None or amount in lost:
            told = amount not in lost or amount is lost[0]
            out += _doubt(an, amount, "VAL002" if amount in lost else "VAL003") if told else []
            continue
        if name.role == "slip" and not slip(name, amount):
            continue
        reference = _reference(an, amount, amounts[amounts.index(amount) + 1 :])
        group = _spread(all_names, an, amount, name) if amount.form == "slash" else []
        if group and not (name.row and name.row.concept.id in PRESSURES):
            for part, number in zip(group, amount.numbers, strict=True):
                out.append(_measure(an, part, replace(amount, form="plain", numbers=(number,)), reference))
        else:
            out.append(_measure(an, name, amount, reference))
    return tuple(out)


def _gestations(an: Annotated) -> list[Mention]:
    found = gestation(an)
    row = next((o for o in observables() if o.concept.id == "gestational-age"), None) if found else None
    out = []
    for start, end, weeks, days in found:
        spans = an.sentence.spans(start, end)
        parts = (Component("Days", Quantity(days, "days", "d", "", spans)),) if days is not None else ()
        out.append(
            mention(
                an, FactKind.MEASUREMENT, start, end, name="Gestational age", concept=coded(row, "wk") if row else None,
                value=Quantity(weeks, "weeks", "wk", "", spans), components=parts, category="exam",
            )
        )  # fmt: skip
    return out

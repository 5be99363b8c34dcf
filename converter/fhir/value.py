"""Values as value[x], reference ranges, interpretations: exactly as printed, each with its own words."""

from __future__ import annotations

from typing import Any

from converter.fhir import evidence
from converter.fhir.codes import INTERPRETATION, INTERPRETATION_OF_WORDS, UCUM, WORDS, Term
from converter.fhir.context import Context, Element, pack
from converter.fhir.text import label, original, primitive, said, term
from converter.model import Fact, FactKind, Phrase, Quantity, Range, Ratio, Value, Words


def quantity(value: Quantity, extensions: list[Element] | None = None, simple: bool = False) -> Element:
    """Make a Quantity; a simple one, as in ranges, has no comparator."""
    return pack(
        extension=extensions,
        value=value.value,
        comparator="" if simple else value.comparator,
        unit=value.unit or value.ucum,
        system=UCUM if value.ucum else "",
        code=value.ucum,
    )


def choice(ctx: Context, value: Value, name: str = "value") -> dict[str, Any]:
    """Make value[x] of a value: Quantity, Range, Ratio, a coded word or a string."""
    spans = evidence.element(ctx, evidence.of_value(value))
    if isinstance(value, Quantity):
        return {f"{name}Quantity": quantity(value, spans)}
    if isinstance(value, Range):
        return _range(value, name, spans)
    if isinstance(value, Ratio):
        parts = {"numerator": quantity(value.numerator), "denominator": quantity(value.denominator)}
        return {f"{name}Ratio": pack(extension=spans, **parts)}
    return _words(value, name, spans)


def _range(value: Range, name: str, spans: list[Element]) -> dict[str, Any]:
    """Make a Range; limits out of order are words."""
    low, high = value.low, value.high
    if low is None or high is None:
        return _open(value, name, spans)
    if low.ucum == high.ucum and low.value > high.value:
        words = value.text or f"{low.value}-{high.value} {high.unit}".strip()
        return primitive(f"{name}String", words, spans)
    limits = {"low": quantity(low, simple=True), "high": quantity(high, simple=True)}
    return {f"{name}Range": pack(extension=spans, **limits)}


def _open(value: Range, name: str, spans: list[Element]) -> dict[str, Any]:
    """Make a value with one limit: a Quantity where a comparator says which, else half a Range."""
    one = value.low or value.high
    if one is None:
        return primitive(f"{name}String", value.text, spans)
    if one.comparator:
        return {f"{name}Quantity": quantity(one, spans)}
    side = "low" if value.low else "high"
    return {f"{name}Range": pack(extension=spans, **{side: quantity(one)})}


def _words(value: Words, name: str, spans: list[Element]) -> dict[str, Any]:
    known = WORDS.get(value.code)
    if known is None:
        return primitive(f"{name}String", value.text, spans)
    return {f"{name}CodeableConcept": term(known, spans, value.text)}


def is_remark(fact: Fact) -> bool:
    """Tell whether a finding's value is words about it ("no change") that no code of ours holds."""
    found = fact.value
    return fact.kind is FactKind.FINDING and isinstance(found, Words) and found.code not in WORDS


def reference_range(ctx: Context, limits: Range | None) -> list[Element]:
    """Make referenceRange of the normal range that the report gives; one limit may be missing."""
    if limits is None or (limits.low is None and limits.high is None and not limits.text):
        return []
    low, high = limits.low, limits.high
    crossed = low is not None and high is not None and low.ucum == high.ucum and low.value > high.value
    made = pack(
        extension=evidence.element(ctx, evidence.of_value(limits)),
        low=quantity(low, simple=True) if low and not crossed else None,
        high=quantity(high, simple=True) if high and not crossed else None,
        text=limits.text or (f"{low.value}-{high.value}" if crossed and low and high else ""),
    )
    return [made]


def interpretation(ctx: Context, fact: Fact) -> list[Element]:
    """Make interpretation: H or L where text or range says so; degree and newness as the text has them."""
    code = fact.interpretation
    if not code and isinstance(fact.value, Words):
        code = INTERPRETATION_OF_WORDS.get(fact.value.code, "")
    known = INTERPRETATION.get(code or _against_range(fact))
    words = fact.interpretation_words
    return [term(known, phrase_spans(ctx, words), words.text if words else "")] if known else []


def _against_range(fact: Fact) -> str:
    """Compare a value with the reference range beside it; a comparator that leaves it open says nothing."""
    found, limits = fact.value, fact.reference
    if not isinstance(found, Quantity) or limits is None:
        return ""
    low, high = limits.low, limits.high
    if low is not None and high is not None and low.value > high.value:
        return ""
    if any(limit is not None and limit.ucum not in ("", found.ucum) for limit in (low, high)):
        return ""
    above, below = found.comparator in (">", ">="), found.comparator in ("<", "<=")
    if high is not None and not below and found.value >= high.value and (above or found.value > high.value):
        return "H"
    if low is not None and not above and found.value <= low.value and (below or found.value < low.value):
        return "L"
    inside = (low is None or found.value >= low.value) and (high is None or found.value <= high.value)
    return "N" if inside and not found.comparator else ""


def phrase_spans(ctx: Context, phrase: Phrase | None) -> list[Element]:
    """Point an element at a phrase."""
    return evidence.element(ctx, phrase.spans) if phrase else []


def notes(ctx: Context, fact: Fact) -> list[Element]:
    """Make notes of the sentences that go with a fact as they stand; none where the text is left out."""
    if not ctx.options.source_text:
        return []
    return [{**pack(extension=phrase_spans(ctx, note)), "text": note.text} for note in fact.notes]


def words_of(ctx: Context, phrase: Phrase, known: Term | None, coded: bool = True) -> Element:
    """Make a CodeableConcept of the author's words, with a known term's Korean and code."""
    spans = phrase_spans(ctx, phrase)
    if known is None:
        return said(phrase, spans)
    if coded:
        return term(known, spans, phrase.text)
    return {**pack(extension=[original(phrase.text), *spans]), **label(known.en, known.ko)}

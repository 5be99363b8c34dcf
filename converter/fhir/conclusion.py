"""What a study showed, in one English and one Korean line, composed of its findings and values."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from converter.fhir import codes, evidence, plan, text, words
from converter.fhir.context import Context
from converter.model import Assertion, Fact, FactKind, Quantity, Range, Value, Words

SENTENCE = {
    Assertion.ABSENT: ("No {}", "없음"),
    Assertion.RESOLVED: ("{} resolved", "소실"),
    Assertion.POSSIBLE: ("Possible {}", "가능성 있음"),
    Assertion.PROBABLE: ("Probable {}", "가능성 높음"),
    Assertion.DIFFERENTIAL: ("{} as a differential diagnosis", "감별 필요"),
}
SHOWN = ("{}", "보임")
TOLD = frozenset({FactKind.FINDING, FactKind.CONDITION, FactKind.ORGANISM, FactKind.MEASUREMENT})


def conclusion(ctx: Context, fact: Fact, read: list[Fact]) -> dict[str, Any]:
    """Say what the study showed, in both languages; the author's own sentences are kept beside it.

    Without a finding of its own the report's conclusion is the author's sentences.
    """
    notes = fact.notes if ctx.options.source_text else ()
    said = " ".join(note.text for note in notes)
    spans = [note.spans for note in notes]
    told = [fact, *read] if fact.kind is FactKind.ORGANISM or fact.value is not None else read
    phrases = list(dict.fromkeys(found for finding in told if (found := sentence(finding))))
    if not phrases:
        return text.primitive("conclusion", said, evidence.element(ctx, *spans)) if said else {}
    english = ". ".join(phrase.english[:1].upper() + phrase.english[1:] for phrase in phrases) + "."
    korean = ", ".join(_joined(phrases)) + "."
    kept = [text.original(said)] if said else []
    values = [evidence.of_value(finding.value) for finding in told]
    words = evidence.element(ctx, *spans, *values)
    return text.primitive("conclusion", english, [text.translation(korean), *kept, *words])


class Sentence(NamedTuple):
    """One finding or value in both languages; the Korean's end apart, as like ends are said once."""

    english: str
    korean: str
    end: str


def _joined(phrases: list[Sentence]) -> list[str]:
    """Say a common end once: 종괴, 조영증강 보임."""
    groups = [(end, list(group)) for end, group in groupby(phrases, key=lambda phrase: phrase.end)]
    return [f"{', '.join(phrase.korean for phrase in group)} {end}" for end, group in groups]


def sentence(finding: Fact) -> Sentence | None:
    """Say one finding or value in both languages; a name that has no Korean stands in quotation marks."""
    english = text.names(finding)[0]
    shown = text.clause(finding) or f'"{english}"'
    if finding.value is not None and finding.assertion not in plan.DENIED:
        said = printed(finding.value)
        return Sentence(f"{english}: {said[0]}", shown, said[1]) if said else None
    if finding.kind not in TOLD or (finding.kind is FactKind.MEASUREMENT and not finding.interpretation):
        return None
    if finding.kind is FactKind.MEASUREMENT:
        known = codes.INTERPRETATION.get(finding.interpretation)
        return Sentence(f"{english}: {known.en.lower()}", shown, known.ko) if known else None
    frame = SENTENCE.get(finding.assertion, SHOWN)
    return Sentence(frame[0].format(english), shown, frame[1])


def printed(value: Value) -> tuple[str, str] | None:
    """Write a value as it is printed, in both languages."""
    if isinstance(value, Words):
        known = codes.WORDS.get(value.code) or codes.REMARKS.get(value.code)
        korean = words.said(value.text) or text.composed(value.text) or f'"{value.text}"'
        return (known.en.lower(), known.ko) if known else (value.text, korean)
    if isinstance(value, Quantity):
        said = _amount(value)
    elif isinstance(value, Range):
        if value.low is None or value.high is None:
            return None
        said = f"{value.low.value}-{_amount(value.high)}"
    else:
        said = f"{_amount(value.numerator)}:{_amount(value.denominator)}"
    return said, said


def _amount(value: Quantity) -> str:
    glue = "" if value.unit in ("%", "°C", "℃") else " "
    return f"{value.comparator}{value.value:f}{glue}{value.unit or value.ucum}".strip()

"""Values, codes and the words they were read from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from converter.model.source import Span


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a code system, with that system's own name for it."""

    system: str
    code: str
    display: str = ""
    version: str = ""
    """Of the code system, where a user's own release gave the code."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A row of our tables: a permanent id, names for readers, and verified codes."""

    id: str
    kind: str
    """disease, symptom, sign, finding, site, organism, drug, procedure, laboratory, imaging ..."""
    en: str
    ko: str = ""
    reading: str = ""
    """What a Korean radiologist says, where it differs from the coding name ``ko``."""
    codes: tuple[Code, ...] = ()


class Assertion(StrEnum):
    """Whether the text says that the fact holds, for this patient, now."""

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    DIFFERENTIAL = "differential"
    PLANNED = "planned"
    HISTORICAL = "historical"
    RESOLVED = "resolved"
    HYPOTHETICAL = "hypothetical"
    NOT_DONE = "not-done"
    FAMILY = "family"
    OTHER = "other-person"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value as printed."""

    value: Decimal
    unit: str = ""
    """The unit as printed."""
    ucum: str = ""
    """Its UCUM code; empty where no unit is printed or none is known."""
    comparator: str = ""
    """One of < <= >= > or empty."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Two limits, either of which may be missing; a value ("2-3 cm") or a reference range ("<5")."""

    low: Quantity | None
    high: Quantity | None
    text: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A titre or ratio, "1:320"."""

    numerator: Quantity
    denominator: Quantity
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A value said in words: "negative", "3+", "normal", "trace"."""

    text: str
    code: str = ""
    """positive, negative, normal, abnormal, elevated, decreased, trace ... or empty."""
    spans: tuple[Span, ...] = ()


Value = Quantity | Range | Ratio | Words


@dataclass(frozen=True, slots=True)
class Site:
    """Where in the body."""

    text: str
    concept: Concept | None = None
    laterality: str = ""
    """left, right, bilateral or empty."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Time:
    """When, as the report has it: relative to an anchor, or an absolute date, or words alone.

    "the sixth day of hospitalization" is anchor admission, relation after, low 5, high 6, unit d.
    """

    text: str
    anchor: str = ""
    """admission, surgery, birth, discharge, onset, treatment, diagnosis, transplantation or empty."""
    relation: str = ""
    """before, after, at or empty (words only)."""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    """UCUM: h, d, wk, mo, a."""
    date: str = ""
    """ISO 8601 date, year-month or year, where the report prints one."""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the text with where they stand: severity, certainty, a modifier."""

    text: str
    spans: tuple[Span, ...] = ()

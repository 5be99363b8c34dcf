"""What a summary says, in one language, before any layout."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """Words in the summary's language, or the report's own in quotation marks."""

    text: str
    complete: bool = True
    """False where the words stand in the other language."""


@dataclass(frozen=True, slots=True)
class Row:
    """One result: test, value as printed, reference range, flag, time."""

    name: str
    value: str
    reference: str = ""
    flag: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """A table of results; a time that most of them share stands above it."""

    rows: tuple[Row, ...] = ()
    time: str = ""
    timed: bool = False
    """Whether some row has a time of its own."""


@dataclass(frozen=True, slots=True)
class Study:
    """An imaging study or test with what it showed and did not show."""

    name: str
    time: str
    statements: tuple[str, ...]
    figures: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's label and caption."""

    label: str
    caption: str


@dataclass(frozen=True, slots=True)
class Case:
    """The whole summary of one patient in one language."""

    language: str
    title: str
    other_title: str
    patient: tuple[str, ...]
    conclusion: tuple[str, ...]
    studies: tuple[Study, ...]
    studies_dated: bool
    """Whether any study has a time; without one the order is the report's own."""
    studies_title: str
    findings: tuple[str, ...]
    """Symptoms and signs that no study showed."""
    laboratory: Results
    vital_signs: Results
    cultures: tuple[str, ...]
    treatments: tuple[str, ...]
    course: tuple[str, ...]
    plan: tuple[str, ...]
    background: tuple[str, ...]
    figures: tuple[Figure, ...]
    missing: tuple[str, ...]
    source: tuple[str, ...]
    notice: str
    untranslated: int = 0
    counted: int = 0
    """How many findings ``untranslated`` is counted among."""

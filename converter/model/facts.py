"""What the report says of the patient."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from converter.model.publication import Publication
from converter.model.source import Document, Section, Span
from converter.model.values import Assertion, Code, Concept, Phrase, Range, Site, Time, Value

Bundle = dict[str, Any]
"""A FHIR R4 Bundle as JSON-like data whose numbers are Decimals."""


@dataclass(frozen=True, slots=True)
class Imaging:
    """What is known of an imaging study besides its name, site and time."""

    modality: Code
    contrast: str = ""
    """with, without, both or empty."""
    planes: tuple[str, ...] = ()
    sequences: tuple[Concept, ...] = ()
    tracer: Concept | None = None
    outside: bool = False
    """Done in another hospital."""
    follow_up: bool = False
    attributes: tuple[Phrase, ...] = ()
    """The words of contrast, plane, sequence and place."""


@dataclass(frozen=True, slots=True)
class Dosage:
    """How a drug was given."""

    text: str = ""
    dose: Value | None = None
    route: Concept | None = None
    frequency: Phrase | None = None
    duration: Phrase | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a result that has several: systolic pressure, a second dimension."""

    name: str
    value: Value
    concept: Concept | None = None


class FactKind(StrEnum):
    """What a fact is about; each kind has one builder in converter/fhir."""

    AGE = "age"
    SEX = "sex"
    CONDITION = "condition"
    FINDING = "finding"
    MEASUREMENT = "measurement"
    ORGANISM = "organism"
    STUDY = "study"
    TEST = "test"
    PROCEDURE = "procedure"
    MEDICATION = "medication"
    IMMUNIZATION = "immunization"
    ALLERGY = "allergy"
    RELATIVE = "relative"
    SOCIAL = "social"
    OUTCOME = "outcome"
    PLAN = "plan"
    ADMISSION = "admission"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing the report says of the patient, with every place where it says so."""

    kind: FactKind
    name: str
    """The printed name, cleaned (one line, no markup): a noun phrase in the report's own words."""
    evidence: tuple[Span, ...]
    """The words that NAME the fact, at most 80 characters each; one span a mention (two where cut)."""
    concept: Concept | None = None
    assertion: Assertion = Assertion.PRESENT
    certainty: Phrase | None = None
    """The author's own words of certainty or denial: "almost certain", "no evidence of"."""
    category: str = ""
    """laboratory, vital-signs, imaging, exam, procedure, social-history, survey."""
    value: Value | None = None
    components: tuple[Component, ...] = ()
    reference: Range | None = None
    statistic: Phrase | None = None
    """The words of a statistic that the value is: "average"."""
    interpretation: str = ""
    """HL7 v3 ObservationInterpretation: H L N A POS NEG, or empty."""
    interpretation_words: Phrase | None = None
    sites: tuple[Site, ...] = ()
    severity: Phrase | None = None
    time: Time | None = None
    study: int | None = None
    """Index into Facts.items of the study or test that this was read from or that a figure shows."""
    specimen: Concept | None = None
    specimen_words: Phrase | None = None
    method: Phrase | None = None
    imaging: Imaging | None = None
    dosage: Dosage | None = None
    person: Concept | None = None
    """The relative (kind RELATIVE), e.g. mother."""
    caption: Phrase | None = None
    """A figure's caption."""
    presenting: bool = False
    """The chief complaint."""
    principal: bool = False
    """The report's principal diagnosis."""
    new: bool = False
    """Said to have newly appeared."""
    notes: tuple[Phrase, ...] = ()
    """Sentences of the report that go with the fact as they stand: a study's impression."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one patient, in reading order, with the document and publication they stand in."""

    document: Document
    publication: Publication
    items: tuple[Fact, ...]
    sections: tuple[Section, ...] = ()
    ordinal: int = 1
    """1 for the first patient of the document, 2 for the second ..."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that speaks of something: the fact as its own sentence has it, and where it stands.

    Resolve merges the mentions of one fact, gives each its study and time, and reports conflicts.
    """

    fact: Fact
    section: int
    """Index into the document's sections."""
    sentence: int
    """Ordinal of the sentence over all sections."""
    start: int
    end: int
    """Place of the naming words in the sentence's cleaned text."""
    shown_by: int = -1
    """Index of the mention (a study or test) that the sentence says showed this; -1 if it says none."""
    again: bool = False
    """Points back at something said before ("the same finding", "these findings")."""
    doubt: str = ""
    """Code of the issue that the place gives instead of a fact."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One language's rendering of a bundle."""

    language: str
    markdown: str
    html: str
    untranslated: int = 0
    findings: int = 0

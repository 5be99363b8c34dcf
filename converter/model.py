"""The frozen types that the stages hand to one another.

    Document -> Sections -> Mentions -> Facts -> Bundle -> Summary

Imports nothing of ours. Offsets are Unicode characters of ``Document.text``, which is never edited;
measured numbers are Decimals made of the printed characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

Bundle = dict[str, Any]
"""A FHIR R4 Bundle as JSON-like data whose numbers are Decimals."""


class Span(NamedTuple):
    """Half-open range of characters of a document's text.

    >>> Span(2, 5).length
    3
    """

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of characters covered."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Document:
    """One source text as its reader built it: composed to NFC once, never edited afterwards."""

    name: str
    """File name without its folder, or "-" for standard input."""
    text: str
    sha256: str
    """Hex digest of the source's bytes."""
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    hints: tuple[Hint, ...] = ()
    """What a structured format says of its parts (JATS, HTML); empty for plain text."""
    fields: tuple[tuple[str, str], ...] = ()
    """Metadata that a structured format states outside the text: (name, value)."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A structured reader's word that a span is a title, a caption, a reference list and the like."""

    kind: SectionKind
    span: Span
    label: str = ""
    path: str = ""
    """XPath or like of the block in the source."""


class SectionKind(StrEnum):
    """What a part of the page is. Only the first group makes facts of the patient."""

    TITLE = "title"
    CASE = "case"
    PATIENT_DATA = "patient-data"
    FINDINGS = "findings"
    DIAGNOSIS = "diagnosis"
    DIFFERENTIAL = "differential"
    FIGURE = "figure"
    ABSTRACT = "abstract"
    METADATA = "metadata"
    INTRODUCTION = "introduction"
    DISCUSSION = "discussion"
    REFERENCES = "references"
    FURNITURE = "furniture"


PATIENT_SECTIONS = frozenset(
    {
        SectionKind.TITLE,
        SectionKind.CASE,
        SectionKind.PATIENT_DATA,
        SectionKind.FINDINGS,
        SectionKind.DIAGNOSIS,
        SectionKind.DIFFERENTIAL,
        SectionKind.FIGURE,
        SectionKind.ABSTRACT,
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; several spans where a caption or page furniture cuts it in two."""

    kind: SectionKind
    spans: tuple[Span, ...]
    label: str = ""
    """A figure's label as printed ("Fig. 1A"), else the heading's words."""
    language: str = "en"
    part: int = 0
    """Position of the section on the page, from 0."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a code system, with that system's own name for it."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A row of our tables: a permanent id, names for readers, and verified codes."""

    id: str
    kind: str
    """disease, symptom, sign, finding, site, organism, drug, procedure, laboratory, vital-signs, imaging ..."""
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
class Author:
    """A person who wrote or contributed the report; never the patient."""

    name: str
    spans: tuple[Span, ...]
    name_ko: str = ""
    orcid: str = ""
    affiliations: tuple[int, ...] = ()
    """Indexes into Publication.affiliations."""
    corresponding: bool = False
    contributor: bool = False
    degrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A department and its institution."""

    name: str
    spans: tuple[Span, ...]
    name_ko: str = ""
    department: str = ""
    department_ko: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What the page says of itself: facts of the publication, never clinical ones."""

    title: Phrase | None = None
    title_ko: Phrase | None = None
    authors: tuple[Author, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    abstract: Phrase | None = None
    abstract_ko: Phrase | None = None
    keywords: tuple[Phrase, ...] = ()
    doi: str = ""
    pmid: str = ""
    journal: str = ""
    licence: str = ""
    """The licence's URL where printed, else its words."""
    received: str = ""
    revised: str = ""
    accepted: str = ""
    published: str = ""
    """ISO 8601 dates."""
    certainty: Phrase | None = None
    """A case page's own line of diagnostic certainty ("Diagnosis almost certain")."""
    remarks: tuple[Phrase, ...] = ()
    """Notes on the page about itself, e.g. that it is a legacy case."""


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


@dataclass(frozen=True, slots=True)
class Summary:
    """One language's rendering of a bundle."""

    language: str
    markdown: str
    html: str
    untranslated: int = 0
    findings: int = 0

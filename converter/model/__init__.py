"""The frozen types that the stages hand to one another.

    Document -> Sections -> Mentions -> Facts -> Bundle -> Summary

Imports nothing of ours. Offsets are Unicode characters of ``Document.text``, which is never edited;
measured numbers are Decimals made of the printed characters.
"""

from __future__ import annotations

from converter.model.facts import Bundle, Component, Dosage, Fact, FactKind, Facts, Imaging, Mention, Summary
from converter.model.publication import Affiliation, Author, Publication
from converter.model.source import PATIENT_SECTIONS, Document, Hint, Place, Section, SectionKind, Span
from converter.model.values import (
    Assertion,
    Code,
    Concept,
    Phrase,
    Quantity,
    Range,
    Ratio,
    Site,
    Time,
    Value,
    Words,
)

__all__ = [
    "PATIENT_SECTIONS",
    "Affiliation",
    "Assertion",
    "Author",
    "Bundle",
    "Code",
    "Component",
    "Concept",
    "Document",
    "Dosage",
    "Fact",
    "FactKind",
    "Facts",
    "Hint",
    "Imaging",
    "Mention",
    "Phrase",
    "Place",
    "Publication",
    "Quantity",
    "Range",
    "Ratio",
    "Section",
    "SectionKind",
    "Site",
    "Span",
    "Summary",
    "Time",
    "Value",
    "Words",
]

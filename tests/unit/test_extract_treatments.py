"""Drugs and procedures of a sentence. All sentences are written for this project."""

from __future__ import annotations

import pytest

from converter.extractors.annotate import Annotated, annotate
from converter.extractors.problems import problems
from converter.extractors.procedures import procedures
from converter.extractors.treatments import medications
from converter.model import PATIENT_SECTIONS, FactKind, Section, SectionKind, Span
from converter.readers import read


def annotated(text: str) -> Annotated:
    d, _ = read(text.encode(), "report.txt")
    whole = Section(SectionKind.CASE, (Span(0, len(d.text)),))
    return annotate(d, (whole,), PATIENT_SECTIONS)[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("She was treated with ceftriaxone and metronidazole.", ["ceftriaxone", "metronidazole"]),
        ("The isolate was resistant to clindamycin and susceptible to vancomycin.", []),
        ("The isolate was sensitive to penicillin, and penicillin was given.", ["penicillin"]),
        ("Serum epinephrine was normal.", []),
        ("Epinephrine 1 mg was injected.", ["Epinephrine"]),
        ("He had steroid-induced diabetes.", ["steroid"]),
        ("We suspected drug-induced hepatitis.", []),
        ("She took the aromatase inhibitor letrozole.", ["letrozole"]),
        ("An intravenous loop diuretic was given.", ["loop diuretic"]),
        ("She was treated with carnitine, vitamin A and folate.", ["carnitine", "vitamin A", "folate"]),
        ("She was transfused with fresh frozen plasma (FFP).", ["fresh frozen plasma", "FFP"]),
        ("4 g of fibrinogen concentrate was given before surgery.", ["fibrinogen concentrate"]),
        ("This medication was stopped, and all other drugs too.", []),
        ("He had growth hormone (GH) deficiency.", []),
        ("Levels of free thyroxine (FT4) were low.", []),
        ("Endomyocardial biopsy (EMB) was done.", []),
        (
            "Sodium bicarbonate and tromethamine (THAM) were infused.",
            ["Sodium bicarbonate", "tromethamine", "THAM"],
        ),
        ("He was given an infusion of 15% glucose.", ["glucose"]),
        ("CT was done after intravenous contrast.", []),
        ("Intravenous diuretics were started.", ["diuretics"]),
        ("The magnesium sulfate was stopped.", ["magnesium sulfate"]),
        ("Enoxaparin was given as prophylaxis.", ["Enoxaparin"]),
        ("She drank alcohol daily.", []),
    ],
)
def test_drugs(text: str, wanted: list[str]) -> None:
    found = [m.fact.name for m in medications(annotated(text)) if m.fact.kind is FactKind.MEDICATION]
    assert found == wanted


def test_vaccination_is_an_immunization() -> None:
    an = annotated("She had been vaccinated against influenza.")
    assert FactKind.IMMUNIZATION in {m.fact.kind for m in (*procedures(an), *medications(an))}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A cholecystectomy was performed.", ["cholecystectomy"]),
        ("Examination of the resected specimen showed no tumour.", []),
        ("Cultures of the biopsy tissue were negative.", []),
        ("A prophylactic mastectomy was performed.", ["mastectomy"]),
        ("He went into cardiac arrest.", []),
        ("Two embolizations were done.", ["embolizations"]),
    ],
)
def test_procedures(text: str, wanted: list[str]) -> None:
    found = [m.fact.name for m in procedures(annotated(text)) if m.fact.kind is FactKind.PROCEDURE]
    assert found == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The patient's mother noticed a rash.", "present"),
        ("His mother had asthma.", "family"),
        ("He was referred for evaluation of a chronic cough.", "present"),
    ],
)
def test_whose(text: str, wanted: str) -> None:
    assert [m.fact.assertion.value for m in problems(annotated(text))][:1] == [wanted]

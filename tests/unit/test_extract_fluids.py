"""Results of fluids other than blood. All sentences are written for this project."""

from __future__ import annotations

import pytest

from converter.extractors.annotate import annotate
from converter.extractors.measurements import measurements
from converter.model import PATIENT_SECTIONS, Section, SectionKind, Span
from converter.readers import read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Cerebrospinal fluid analysis showed a glucose of 35 mg/dL and a serum glucose of 90 mg/dL.", ["csf-glucose", "glucose"]),
        ("Lumbar puncture yielded 2 leukocytes/µL.", ["csf-wbc"]),
        ("The serum glucose was 90 mg/dL; lumbar puncture was done.", ["glucose"]),
        ("Glucose was 90 mg/dL.", ["glucose"]),
    ],
)  # fmt: skip
def test_a_test_is_of_its_fluid(text: str, wanted: list[str]) -> None:
    d, _ = read(text.encode(), "report.txt")
    whole = Section(SectionKind.CASE, (Span(0, len(d.text)),))
    found = [m.fact for an in annotate(d, (whole,), PATIENT_SECTIONS) for m in measurements(an)]
    assert [f.concept.id for f in found if f.concept] == wanted

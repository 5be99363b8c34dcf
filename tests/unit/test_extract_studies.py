"""Imaging studies of a sentence. All sentences are written for this project."""

from __future__ import annotations

import re

import pytest

from converter.extractors.annotate import Annotated, annotate
from converter.extractors.studies import studies
from converter.model import PATIENT_SECTIONS, Section, SectionKind, Span
from converter.readers import read


def annotated(text: str) -> tuple[Annotated, ...]:
    d, _ = read(text.encode(), "report.txt")
    language = "ko" if re.search("[가-힣]", text) else "en"
    whole = Section(SectionKind.CASE, (Span(0, len(d.text)),), language=language)
    return annotate(d, (whole,), PATIENT_SECTIONS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Chest CT showed a nodule.", ["CT Chest"]),
        ("A contrast-enhanced abdominal CT scan was performed.", ["CT abdominal with"]),
        ("MRI of the brain revealed a mass.", ["MR brain"]),
        ("Brain magnetic resonance imaging with gadolinium was normal.", ["MR Brain with"]),
        ("Chest radiography was unremarkable.", ["DX Chest"]),
        ("Ultrasound of the left kidney showed hydronephrosis.", ["US left kidney"]),
        ("Transthoracic echocardiography revealed an effusion.", ["US Heart"]),
        ("A follow-up CT was planned.", ["CT planned follow-up"]),
        ("CT angiography of the aorta was done.", ["CT aorta with"]),
        ("Non-contrast head CT was negative.", ["CT head without"]),
        ("A bone scan was done.", ["NM bone"]),
        ("Coronary angiography showed no stenosis.", ["XA Coronary"]),
        ("Mammography found a mass.", ["MG Breast"]),
        ("Echocardiography (TTE) was normal.", ["US Heart"]),
        ("CT and MRI were done.", ["CT", "MR"]),
        ("A CT-guided biopsy was taken in the cardiac catheterisation laboratory.", []),
        ("The node had a low echo and the echocardiographic findings were confirmed.", []),
        ("Doppler ultrasound was performed.", ["US"]),
        ("An MRI was performed because a metastasis could have been missed.", ["MR"]),
        ("Radiographs of the right knee were normal.", ["DX right knee"]),
        ("흉부 CT에서 결절이 관찰되었다.", ["CT 흉부"]),
        ("복부 초음파에서 담석이 보였다.", ["US 복부"]),
        ("The family was given a letter.", []),
        ("Upper endoscopy was done.", []),
        ("An ECG showed atrial fibrillation.", []),
        ("MRI could not be performed because of a pacemaker.", ["MR not-done"]),
        pytest.param("An outside CT had shown gallstones.", ["CT outside"], marks=pytest.mark.xfail(reason="'outside' alone is not read")),
        ("Axial and coronal CT of the pelvis was obtained.", ["CT pelvis"]),
        ("뇌 MRI를 시행하였다.", ["MR 뇌"]),
    ],
)  # fmt: skip
def test_studies(text: str, wanted: list[str]) -> None:
    found = []
    for an in annotated(text):
        for fact in (m.fact for m in studies(an)):
            assert fact.imaging
            parts = [fact.imaging.modality.code, *(s.text for s in fact.sites[:1]), fact.imaging.contrast]
            parts += [fact.assertion.value] * (fact.assertion != "present")
            parts += ["outside"] * fact.imaging.outside + ["follow-up"] * fact.imaging.follow_up
            found.append(" ".join(p for p in parts if p))
    assert found == wanted

"""Numbers with comparator, unit and form. All sentences are written for this project."""

from __future__ import annotations

import pytest

from converter.extractors.quantities import amounts
from converter.model import Span
from converter.text import sentences, view_of


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Leukocytes were 12 000 cells/mm3 with 75% neutrophils.", ["12000 /uL", "75 %"]),
        ("Prolactin was greater than 200 000 mIU/L.", [">200000 m[IU]/L"]),
        ("It rose to 22 050nmol/L.", ["22050 nmol/L"]),
        ("Platelets were 150 000/uL.", ["150000 /uL"]),
        ("The load was 1 234 567 copies/mL.", ["1234567 {copies}/mL"]),
        ("In 2019 120 patients were seen.", ["2019", "120"]),
        ("Two 100 mg tablets and 2 100 mg capsules.", ["100 mg", "2", "100 mg"]),
        ("The 8:00 am cortisol was 0.93 ug/dL.", ["0.93 ug/dL"]),
        (
            "Cortisol came back as 2.6 ug/dL (normal at 07:30, 6.1-19.8 ug/dL).",
            ["2.6 ug/dL", "(6.1-19.8) ug/dL"],
        ),
        ("He slept at 21:30 and woke at 6:15.", []),
        ("ANA was positive at 1:160 and 1:40.", ["1:160", "1:40"]),
        ("The pH was 7.00.", ["7.00"]),
        ("IGF-1 was high (normal 4-11 ng/mL; 10-28 nmol/L).", ["(4-11) ng/mL", "(10-28) nmol/L"]),
        ("Haemoglobin rose from 7.2 to 9.8 g/dL.", ["7.2 g/dL", "9.8 g/dL"]),
        ("They were 120 and 88 U/L, respectively.", ["120 U/L", "88 U/L"]),
        ("It was 5.10 mg/dL (normal range: 0.6-1.1).", ["5.10 mg/dL", "(0.6-1.1)"]),
        ("The mass was 3.2 x 2.8 cm.", ["3.2x2.8 cm"]),
        ("The value lay between 3 and 4 mg/dL.", ["3-4 mg/dL"]),
        ("It fell to <5 ng/mL.", ["<5 ng/mL"]),
        ("The count was 32,322/µL.", ["32322 /uL"]),
        ("Blood pressure was 150/95 mmHg.", ["150/95 mm[Hg]"]),
        ("체온은 38.5℃였다.", ["38.5 Cel"]),
        ("수치가 5 mg/dL 이상이었다.", [">=5 mg/dL"]),
        ("Prolactin was high—512 µg/L (N<25).", ["512 ug/L", "(<25)"]),
        ("Clotting took 212s and the rate rose to the 110s.", ["212 s", "110"]),
        ("He was in his 60s.", []),
        ("Weight was on the 9th percentile at the 3rd visit.", ["9 {percentile}"]),
        ("Height and weight were on the 2nd and 25th centiles.", ["2 {percentile}", "25 {percentile}"]),
        ("INR was kept in the range of 2-3.", ["2-3"]),
        ("The value was 80 (cut-off point: 60).", ["80", "(60)"]),
        ("Calcium was normal (2.3 mmol/L).", ["2.3 mmol/L"]),
        ("Calcium was normal (2.1-2.6).", ["(2.1-2.6)"]),
        ("The scan showed 4 of 15 nodes.", ["4:15"]),
        ("They were 540 and 552 μ.", ["540", "552 um"]),
        ("The fluid held 5 leukocytes/µL.", ["5 /uL"]),
        ("The smear had 1–2 schistocytes/HPF.", ["1-2 /[HPF]"]),
        ("Glucose was 6,2 mmol/L (normal 3,9-5,6mmol/L).", ["6.2 mmol/L", "(3.9-5.6) mmol/L"]),
        ("At 9 a.m. he ate.", []),
        ("25-hydroxycholecalciferol and 18F-FDG", []),
        ("They were 4.2×109/litre and 3.1 × 106 IU/mL.", ["4.2 10*9/L", "3.1 10*6.[IU]/mL"]),
        ("Creatinine rose from 0.9 on day 1 to 3.8 mg/dL.", ["0.9 mg/dL", "3.8 mg/dL"]),
        ("Seen in Fig. 1 and on the 6th visit.", []),
    ],
)
def test_amounts(text: str, wanted: list[str]) -> None:
    marks = {"range": "-", "size": "x", "slash": "/", "ratio": ":"}
    found = []
    for amount in amounts(sentences(view_of(text, (Span(0, len(text)),)), 0, 0)[0]):
        printed = marks.get(amount.form, " ").join(f"{n.comparator}{n.value}" for n in amount.numbers)
        printed = f"({printed})" if amount.reference else printed
        found.append(f"{printed} {amount.ucum}".strip())
    assert found == wanted

"""Results bound to their names. All sentences are written for this project."""

from __future__ import annotations

import re

import pytest

from converter.extractors.annotate import Annotated, annotate
from converter.extractors.measurements import measurements
from converter.model import PATIENT_SECTIONS, Quantity, Range, Ratio, Section, SectionKind, Span, Value
from converter.pipeline import convert_bytes
from converter.readers import read


def annotated(text: str) -> tuple[Annotated, ...]:
    d, _ = read(text.encode(), "report.txt")
    language = "ko" if re.search("[가-힣]", text) else "en"
    whole = Section(SectionKind.CASE, (Span(0, len(d.text)),), language=language)
    return annotate(d, (whole,), PATIENT_SECTIONS)


def shown(value: Value | None) -> str:
    if isinstance(value, Quantity):
        return f"{value.comparator}{value.value} {value.ucum}".strip()
    if isinstance(value, Range):
        return f"{shown(value.low)}..{shown(value.high)}"
    if isinstance(value, Ratio):
        return f"{shown(value.numerator)}:{shown(value.denominator)}"
    return ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sodium was 128 mmol/L (normal 135-145).", ["sodium 128 mmol/L (135..145) L"]),
        ("C-reactive protein was 12.40 mg/dL (reference range 0-0.5 mg/dL).", ["crp 12.40 mg/dL (0 mg/dL..0.5 mg/dL) H"]),
        ("Her blood pressure was 150/95 mmHg.", ["blood-pressure 150 mm[Hg]|95 mm[Hg]"]),
        ("Potassium 5.9 mmol/L and chloride 101 mmol/L were found.", ["potassium 5.9 mmol/L", "chloride 101 mmol/L"]),
        ("AST and ALT were 120 and 88 U/L, respectively.", ["ast 120 U/L", "alt 88 U/L"]),
        ("AST/ALT 240/198 U/L.", ["ast 240 U/L", "alt 198 U/L"]),
        ("The mass measured 3.2 x 2.8 cm.", ["lesion-size 3.2 cm|2.8 cm"]),
        ("Troponin I was over 1000 pg/mL.", ["troponin-i >1000 pg/mL"]),
        ("Ferritin was <5 ng/mL.", ["ferritin <5 ng/mL"]),
        ("The white blood cell count was 32,322/µL.", ["leukocytes 32322 /uL"]),
        ("Ejection fraction was 35%.", ["lvef 35 %"]),
        ("Body temperature was 39.2°C.", ["body-temperature 39.2 Cel"]),
        ("The heart rate was 112 beats/min and the respiratory rate was 26/min.", ["heart-rate 112 /min", "respiratory-rate 26 /min"]),
        ("Her 8:00 am cortisol was 2.1 µg/dL.", ["morning-cortisol 2.1 ug/dL"]),
        ("The average creatinine was 5.10 mg/dL (normal range: 0.6-1.1).", ["creatinine 5.10 mg/dL (0.6..1.1) H"]),
        ("The pH was 7.21 and lactate 6.8 mmol/L.", ["blood-ph 7.21", "lactate 6.8 mmol/L"]),
        ("Calcium was 14.1 mg/dL, phosphate 2.0 mg/dL, and albumin 3.1 g/dL.", ["calcium 14.1 mg/dL", "phosphate 2.0 mg/dL", "albumin 3.1 g/dL"]),
        ("CA 19-9 was 840 U/mL.", ["ca-19-9 840 U/mL"]),
        ("Prolactin was greater than 200 000 mIU/L.", ["prolactin >200000 m[IU]/L"]),
        ("D-dimer was 3.4 mg/L (normal <0.5 mg/L).", ["d-dimer 3.4 mg/L (..0.5 mg/L) H"]),
        ("Bilirubin was between 3 and 4 mg/dL.", ["bilirubin-total 3 mg/dL..4 mg/dL"]),
        ("She took 500 mg of amoxicillin for 7 days.", []),
        ("Fig. 3 shows the mass.", []),
        ("혈압은 150/90 mmHg, 맥박은 110회/분이었다.", ["blood-pressure 150 mm[Hg]|90 mm[Hg]", "heart-rate 110 /min"]),
        ("백혈구 15,200/µL, 혈색소 9.8 g/dL였다.", ["leukocytes 15200 /uL", "hemoglobin 9.8 g/dL"]),
        ("체온은 38.5℃였다.", ["body-temperature 38.5 Cel"]),
        ("Hemoglobin rose from 7.2 to 9.8 g/dL.", ["hemoglobin 7.2 g/dL", "hemoglobin 9.8 g/dL"]),
        ("Creatinine rose from 1.0 mg/dL on day 1 to 4.2 mg/dL on day 4.", ["creatinine 1.0 mg/dL", "creatinine 4.2 mg/dL"]),
        ("Creatinine rose from 1.0 on day 1 to 4.2 mg/dL on day 4.", ["creatinine 1.0 mg/dL", "creatinine 4.2 mg/dL"]),
        ("CRP 수치는 12.4 mg/dL로 상승하였다.", ["crp 12.4 mg/dL H"]),
    ],
)  # fmt: skip
def test_results(text: str, wanted: list[str]) -> None:
    found = []
    for an in annotated(text):
        for fact in (m.fact for m in measurements(an)):
            value = "|".join(shown(c.value) for c in fact.components) or shown(fact.value)
            reference = f" ({shown(fact.reference)})" if fact.reference else ""
            name = fact.concept.id if fact.concept else fact.name
            found.append(f"{name} {value}{reference} {fact.interpretation}".strip())
    assert found == wanted


def bound(text: str) -> list[str]:
    out = []
    for an in annotated(text):
        for m in measurements(an):
            fact = m.fact
            value = m.doubt or "|".join(shown(c.value) for c in fact.components) or shown(fact.value)
            reference = f" ({shown(fact.reference)})" if fact.reference else ""
            out.append(f"{fact.concept.id if fact.concept else fact.name} {value}{reference}")
    return out


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # two lists
        ("Glucose and urea were 5.2 and 7.1 mmol/L, respectively.", ["glucose 5.2 mmol/L", "urea 7.1 mmol/L"]),
        ("Total and direct bilirubin levels were 5.1 mg/dL (87 µmol/L) and 3.2 mg/dL (55 µmol/L), respectively.",
         ["bilirubin-total 5.1 mg/dL", "bilirubin-total 87 umol/L", "bilirubin-direct 3.2 mg/dL", "bilirubin-direct 55 umol/L"]),
        ("Growth hormone and cortisol during hypoglycaemia were 28.1 mU/L (normal >20) and 420 nmol/L (normal >500), respectively.",
         ["growth-hormone 28.1 mU/L (20 ..)", "cortisol 420 nmol/L (500 ..)"]),
        ("Calcium, phosphate and albumin were 2.1 and 0.8 mmol/L, respectively.", ["2.1 VAL002"]),
        # what a unit tells
        ("CSF held a leukocyte count of 310/µL with 72% neutrophils and 11% lymphocytes.",
         ["csf-wbc 310 /uL", "csf-neutrophils 72 %", "csf-lymphocytes 11 %"]),
        ("The leukocyte count was 18,000/mm3, including 14,200/mm3 neutrophils.", ["leukocytes 18000 /uL", "neutrophils 14200 /uL"]),
        ("Laboratory tests showed WBC 6.4, ESR 8 mm/hr.", ["leukocytes 6.4", "esr 8 mm/h"]),
        ("Blood pressure and heart rate normalized (118/70 mmHg, 72 bpm).", ["blood-pressure 118 mm[Hg]|70 mm[Hg]", "heart-rate 72 /min"]),
        # what stands between
        ("The CT value of the mass was 51 HU.", ["hounsfield 51 [hnsf'U]"]),
        ("Coronary angiography showed 80% stenosis of the left main artery.", ["stenosis-percentage 80 %"]),
        ("ANA was positive at a titre of 1:640.", ["ana 1 :640 "]),
        ("Her CP score was 6, MELD score was 9, and Rotterdam score was 0.2.", ["CP score 6", "meld 9", "Rotterdam score 0.2"]),
        # reference limits
        ("Haemoglobin was 7.8 g/dL (12-16) and platelets were 45,000/µL (150-400).",
         ["hemoglobin 7.8 g/dL (12 g/dL..16 g/dL)", "platelets 45000 /uL"]),
        ("GGT was 85 U/L (<40).", ["ggt 85 U/L (..40 U/L)"]),
        # forms
        ("Systolic pressure stayed in the 90s.", ["systolic-pressure 90.."]),
        ("Birth weight was 2.8 kg (25th percentile).", ["birth-weight 2.8 kg", "Birth weight percentile 25 {percentile}"]),
        ("Apgar scores were 4 and 7 at 1 and 5 minutes.", ["apgar 4", "apgar 7"]),
        ("The mass measured 3.2 x 2.8 x 2.0 cm.", ["lesion-size 3.2 cm|2.8 cm|2.0 cm"]),
        # a list's item, what is counted, the same of another place or time
        ("The MELD score was 9, and ABCD-X PI score was 5.4.", ["meld 9", "ABCD-X PI score 5.4"]),
        ("PEEP was 8 cmH2O, Qri trigger 0.3 µV.", ["peep 8 cm[H2O]", "Qri trigger 0.3 uV"]),
        ("Right vision was 0.6.", ["Right vision 0.6"]),
        ("Levels of lactate and pyruvate were 1.7 and 0.11 mmol/L.", ["lactate 1.7 mmol/L", "pyruvate 0.11 mmol/L"]),
        ("CSF showed 20 leukocytes/µL (70% lymphocytes, 6% monocytes).", ["csf-wbc 20 /uL", "csf-lymphocytes 70 %", "monocytes 6 %"]),
        ("He had 4/5 strength in the right hand, 1/5 in the right foot, and 3/5 in the left foot.",
         ["strength 4:5", "strength 1:5", "strength 3:5"]),
        ("The XQI decreased from 12.1 to 9.4 after 4 weeks and 6.6 after 30 weeks.", ["XQI 12.1", "XQI 9.4", "XQI 6.6"]),
        ("There were 3 lesions in the liver.", ["lesions 3"]),
        # another test, another sort of unit
        ("The serum alanine aminotransferase was 288 U/L.", ["alt 288 U/L"]),
        ("Lactate deshydrogenase was 355 U/L.", ["Lactate deshydrogenase 355 U/L"]),
        ("The temperature was 38 °C for 60 s.", ["body-temperature 38 Cel", "60 s VAL003"]),
        ("A murmur of 3/6 was heard; blood pressure was 130/80 mmHg.", ["murmur 3:6", "blood-pressure 130 mm[Hg]|80 mm[Hg]"]),
        ("The right ventricle diameter was 48 mm.", ["right ventricle diameter 48 mm"]),
        ("PET showed uptake of 18F fluorodeoxyglucose in the liver (SUVmax 7.7).", ["suvmax 7.7"]),
        ("Over six months she lost 11 kg in weight, had become tired.", ["body-weight 11 kg"]),
        ("She weighed 52 kg.", ["body-weight 52 kg"]),
        ("At birth he weighed 2950 g (9th centile).", ["body-weight 2950 g", "he weighed percentile 9 {percentile}"]),
        # limits
        ("Serum lipase was 310 U/L [reference 10–50 U/L].", ["lipase 310 U/L (10 U/L..50 U/L)"]),
        ("The red-cell distribution width was 21% (12–15.5).", ["rdw 21 % (12 %..15.5 %)"]),
        # no results
        ("Visual acuity was 20/40 behind −2.50 + 0.75 × 90° glasses.", ["visual-acuity 20:40"]),
        ("Tumor was positive for cytokeratin (CK) 20.", []),
        ("Strength was 4+/5 in the right leg.", []),
        ("The karyotype was 48,XX,+8[5/30].", []),
        ("Low cortisol was discovered at 16.", []),
        ("Hypercholesterolaemia, 30 pack-years of smoking and diabetes.", []),
        ("She received an infusion of 4 g of fibrinogen concentrate.", []),
        ("She received 500 mg of ceftriaxone and 20 mg prednisone daily.", []),
        ("MRI showed disc protrusions at C3-4 and C5-6.", []),
        ("According to the guidelines,13 she was treated at 9 a.m.", []),
    ],
)  # fmt: skip
def test_binding(text: str, wanted: list[str]) -> None:
    assert [w.replace(" ", "") for w in bound(text)] == [w.replace(" ", "") for w in wanted]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Calcium, phosphate and albumin were 2.1 and 0.8 mmol/L, respectively.", {"VAL002"}),
        ("Calcium and phosphate were 2.1 and 0.8 mmol/L, respectively.", set()),
        ("Calcium was 2.1 mmol/L.", set()),
    ],
)
def test_values_without_a_name_are_reported(text: str, codes: set[str]) -> None:
    report = f"A 40-year-old woman had fever, cough and chest pain. {text}"
    found = {i.code for i in convert_bytes(report.encode(), "report.txt").issues}
    assert found & {"VAL002", "VAL003"} == codes

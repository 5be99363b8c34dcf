"""Coded words of FHIR and of the systems it binds, each with its labels in both languages.

Every code here stands with this meaning in R4's own definitions, or in SNOMED GPS 2019 (CC BY 4.0) or
LOINC's Top 2000; Korean labels are ours.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from converter.model import Assertion

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


class Term(NamedTuple):
    """A code with its system's name and our labels; system and code are empty where none is verified."""

    system: str
    code: str
    display: str
    en: str
    ko: str


def coding(system: str, code: str, display: str = "", version: str = "") -> dict[str, Any]:
    """Make a Coding, its elements in R4's order."""
    made = {"system": system, "version": version, "code": code, "display": display}
    return {key: value for key, value in made.items() if value}


def concept(system: str, code: str, display: str = "") -> dict[str, Any]:
    """Make a CodeableConcept that needs no label of ours: a status, a category."""
    return {"coding": [coding(system, code, display)]}


PRESENT = Term(SNOMED, "52101004", "Present (qualifier value)", "Present", "있음")
ABSENT = Term(SNOMED, "2667000", "Absent (qualifier value)", "Absent", "없음")
SUSPECTED = (SNOMED, "415684004", "Suspected (qualifier value)")

PRESENCE: dict[Assertion, Term] = {
    Assertion.PRESENT: PRESENT,
    Assertion.ABSENT: ABSENT,
    Assertion.NOT_DONE: ABSENT,
    Assertion.RESOLVED: ABSENT._replace(en="Resolved", ko="소실"),
    Assertion.HISTORICAL: PRESENT._replace(en="Present in the past", ko="과거에 있음"),
    Assertion.PROBABLE: Term(*SUSPECTED, "Probable", "가능성 높음"),
    Assertion.POSSIBLE: Term(*SUSPECTED, "Possible", "가능성 있음"),
    Assertion.DIFFERENTIAL: Term(*SUSPECTED, "Differential diagnosis", "감별 대상"),
}

WORDS: dict[str, Term] = {
    "positive": Term(SNOMED, "10828004", "Positive (qualifier value)", "Positive", "양성"),
    "negative": Term(SNOMED, "260385009", "Negative (qualifier value)", "Negative", "음성"),
    "normal": Term(SNOMED, "17621005", "Normal (qualifier value)", "Normal", "정상"),
    "abnormal": Term(SNOMED, "263654008", "Abnormal (qualifier value)", "Abnormal", "비정상"),
    "elevated": Term(SNOMED, "75540009", "High (qualifier value)", "High", "높음"),
    "high": Term(SNOMED, "75540009", "High (qualifier value)", "High", "높음"),
    "decreased": Term(SNOMED, "62482003", "Low (qualifier value)", "Low", "낮음"),
    "low": Term(SNOMED, "62482003", "Low (qualifier value)", "Low", "낮음"),
    "trace": Term(SNOMED, "260405006", "Trace (qualifier value)", "Trace", "미량"),
    "not-detected": Term(
        SNOMED, "260415000", "Not detected (qualifier value)", "Not detected", "검출되지 않음"
    ),
    "reactive": Term(SNOMED, "11214006", "Reactive (qualifier value)", "Reactive", "반응성"),
    "present": PRESENT,
    "absent": ABSENT,
}
"""Values said in words, by Words.code."""

INTERPRETATION: dict[str, Term] = {
    code: Term(f"{TERMINOLOGY}v3-ObservationInterpretation", code, display, display, ko)
    for code, display, ko in (
        ("H", "High", "높음"),
        ("L", "Low", "낮음"),
        ("HH", "Critical high", "매우 높음"),
        ("LL", "Critical low", "매우 낮음"),
        ("N", "Normal", "정상"),
        ("A", "Abnormal", "비정상"),
        ("POS", "Positive", "양성"),
        ("NEG", "Negative", "음성"),
    )
}

INTERPRETATION_OF_WORDS = {
    "positive": "POS",
    "negative": "NEG",
    "normal": "N",
    "abnormal": "A",
    "elevated": "H",
    "high": "H",
    "decreased": "L",
    "low": "L",
}

OBSERVATION_CATEGORY = {
    "laboratory": "Laboratory",
    "vital-signs": "Vital Signs",
    "imaging": "Imaging",
    "exam": "Exam",
    "procedure": "Procedure",
    "social-history": "Social History",
    "survey": "Survey",
    "therapy": "Therapy",
    "activity": "Activity",
}

AVERAGE = Term(f"{TERMINOLOGY}observation-statistics", "average", "Average", "Average", "평균")
STATISTICS = {
    "average": AVERAGE,
    "mean": AVERAGE,
    "평균": AVERAGE,
    "median": Term(AVERAGE.system, "median", "Median", "Median", "중앙값"),
    "maximum": Term(AVERAGE.system, "maximum", "Maximum", "Maximum", "최고"),
    "peak": Term(AVERAGE.system, "maximum", "Maximum", "Maximum", "최고"),
    "최고": Term(AVERAGE.system, "maximum", "Maximum", "Maximum", "최고"),
    "minimum": Term(AVERAGE.system, "minimum", "Minimum", "Minimum", "최저"),
    "nadir": Term(AVERAGE.system, "minimum", "Minimum", "Minimum", "최저"),
    "최저": Term(AVERAGE.system, "minimum", "Minimum", "Minimum", "최저"),
}

SEVERITY = {
    "mild": Term(SNOMED, "255604002", "Mild (qualifier value)", "mild", "경도"),
    "moderate": Term(
        SNOMED, "6736007", "Moderate (severity modifier) (qualifier value)", "moderate", "중등도"
    ),
    "severe": Term(SNOMED, "24484000", "Severe (severity modifier) (qualifier value)", "severe", "고도"),
    "경도": Term(SNOMED, "255604002", "Mild (qualifier value)", "mild", "경도"),
    "경증": Term(SNOMED, "255604002", "Mild (qualifier value)", "mild", "경증"),
    "중등도": Term(SNOMED, "6736007", "Moderate (severity modifier) (qualifier value)", "moderate", "중등도"),
    "고도": Term(SNOMED, "24484000", "Severe (severity modifier) (qualifier value)", "severe", "고도"),
    "중증": Term(SNOMED, "24484000", "Severe (severity modifier) (qualifier value)", "severe", "중증"),
    "심한": Term(SNOMED, "24484000", "Severe (severity modifier) (qualifier value)", "severe", "심한"),
}

REMARKS = {
    "unchanged": Term("", "", "", "Unchanged", "변화 없음"),
}
"""Words of a finding that are no value of it, by Words.code."""
NEW = Term("", "", "", "New", "새로 나타남")
AGE = Term(LOINC, "30525-0", "Age", "Age", "나이")
BLOOD_PRESSURE = "85354-9"
PRESSURES = (
    (
        ("systolic", "수축기"),
        Term(LOINC, "8480-6", "Systolic blood pressure", "Systolic pressure", "수축기 혈압"),
    ),
    (
        ("diastolic", "이완기"),
        Term(LOINC, "8462-4", "Diastolic blood pressure", "Diastolic pressure", "이완기 혈압"),
    ),
)
NO_KNOWN_ALLERGY = Term(
    SNOMED, "716186003", "No known allergy (situation)", "No known allergy", "알려진 알레르기 없음"
)
DISCHARGED_HOME = Term(f"{TERMINOLOGY}discharge-disposition", "home", "Home", "Discharged home", "자택 퇴원")
FAMILY_MEMBER = Term(f"{TERMINOLOGY}v3-RoleCode", "FAMMEMB", "family member", "Family member", "가족")
CASE_REPORT = Term("", "", "", "Case report", "증례 보고")
CULTURE = Term("", "", "", "Culture", "배양")
OUTSIDE = Term("", "", "", "Outside hospital", "외부 병원")
LATERALITY = {"left": "좌측", "right": "우측", "bilateral": "양측"}
CONTRAST = {
    "with": ("with contrast", "조영증강"),
    "without": ("without contrast", "비조영"),
    "both": ("without and with contrast", "조영 전후"),
}

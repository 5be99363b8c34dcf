"""Which diagnostic service made a report: HL7 v2-0074 and, for radiology and cardiology, LOINC's parts."""

from __future__ import annotations

import re
from functools import lru_cache

from converter.fhir import codes
from converter.model import Fact, FactKind

Service = tuple[str, str, str]

V2 = f"{codes.TERMINOLOGY}v2-0074"
IMAGING = (V2, "IMG", "Diagnostic Imaging")
RADIOLOGY = (codes.LOINC, "LP29684-5", "Radiology")
CARDIOLOGY = (codes.LOINC, "LP29708-2", "Cardiology")
PHYSICIAN = (V2, "PHY", "Physician (Hx. Dx, admission note, etc.)")
MICROBIOLOGY = (V2, "MB", "Microbiology")

SERVICES: tuple[tuple[tuple[str, ...], Service], ...] = (
    (
        ("electrocardiog", "ecg", "ekg", "holter", "심전도"),
        (V2, "EC", "Electrocardiac (e.g., EKG,  EEC, Holter)"),
    ),
    (
        ("electroenceph", "electromyo", "nerve conduction", "evoked", "eeg", "emg", "뇌파", "근전도"),
        (V2, "EN", "Electroneuro (EEG, EMG,EP,PSG)"),
    ),
    (("cathet", "심도자"), (V2, "CTH", "Cardiac Catheterization")),
    (("culture", "gram stain", "배양"), MICROBIOLOGY),
    (("cytolog", "aspirat", "세포검사"), (V2, "CP", "Cytopathology")),
    (
        ("autops", "histo", "immunohisto", "immunofluor", "stain", "hematoxylin", "부검"),
        (V2, "PAT", "Pathology (gross & histopath, not surgical)"),
    ),
    (("biops", "patholog", "생검", "조직"), (V2, "SP", "Surgical Pathology")),
    (
        ("genetic", "sequenc", "exome", "karyotyp", "in situ hybrid", "microarray", "유전자"),
        (V2, "GE", "Genetics"),
    ),
    (("spirometr", "pulmonary function", "폐기능"), (V2, "PF", "Pulmonary Function")),
    (("urinalys", "소변검사"), (V2, "URN", "Urinalysis")),
    (("serolog", "혈청검사"), (V2, "SR", "Serology")),
    (("blood gas", "혈액가스"), (V2, "BG", "Blood Gases")),
    (("blood count", "blood smear", "coagulation", "혈구"), (V2, "HM", "Hematology")),
    (("tox", "drug screen"), (V2, "TX", "Toxicology")),
    (("audiom", "hearing", "청력"), (V2, "AU", "Audiology")),
    (("function test", "enzyme", "chemistry", "electrophoresis", "marker"), (V2, "CH", "Chemistry")),
    (("polymerase", "pcr", "release assay", "immuno", "antibod"), (V2, "IMM", "Immunology")),
    (("examination", "auscultation", "visit", "checkup", "진찰"), PHYSICIAN),
    (("laborator", "blood test", "blood culture", "혈액검사"), (V2, "LAB", "Laboratory")),
)
"""Diagnostic service by words of the test's name."""
OTHER = (V2, "OTH", "Other")
CARDIAC = frozenset({"EC", "CTH"})
ON_SPECIMENS = frozenset({"MB", "CP", "PAT", "SP", "GE", "URN", "SR", "LAB", "BG", "HM", "CH", "IMM", "TX"})


def categories(fact: Fact) -> tuple[Service, ...]:
    """Name the diagnostic services of a report."""
    if fact.kind is FactKind.STUDY:
        return (IMAGING, RADIOLOGY)
    if fact.kind is FactKind.ORGANISM:
        return (MICROBIOLOGY,)
    return _of_test(f"{fact.name} {fact.concept.en if fact.concept else ''}".casefold())


INVASIVE = re.compile(
    r"biops|(?<!micro)scopy|lavage|punctur|aspirat|cathet|centesis|angiogra|생검|내시경|천자|세척|도자",
    re.IGNORECASE,
)


def is_done_to_the_patient(test: Fact) -> bool:
    """Tell whether a test is an act upon the patient: a biopsy is, its histology and an ECG are not."""
    return bool(INVASIVE.search(f"{test.name} {test.concept.en if test.concept else ''}"))


def is_laboratory(test: Fact) -> bool:
    """Tell whether a test was done on a specimen, not on the patient."""
    return categories(test)[0][1] in ON_SPECIMENS


@lru_cache(maxsize=1024)
def _of_test(words: str) -> tuple[Service, ...]:
    found = next((service for names, service in SERVICES if any(n in words for n in names)), OTHER)
    return (found, CARDIOLOGY) if found[1] in CARDIAC else (found,)

"""Sections: which words of a page are the patient's. All documents here are written for this project."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from converter.issues import Issue
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind
from converter.readers import read
from converter.sections import split
from converter.text import view_of

SHARED = Path(__file__).parents[3] / "shared"

PAGE = """Duplicated gallbladder

Case contributed by Jane Q Example
Diagnosis probable


Recurrent pain under the right ribs for half a year.

Patient Data

Age: 34 years
Gender: Male

Note: This case has been tagged as "legacy" as it is old.

Ultrasound shows two separate gallbladder lumina with stones in the medial one.

CT confirms both cystic ducts.

Case Discussion

Duplication of the gallbladder is found in 1 of 4000 people 1. It may be missed at surgery. Our patient had both organs removed.

How to use cases

You can use our cases to teach.

Unable to process the form. Check for errors and try again.
"""

ARTICLE = """A Wandering Spleen That Came to Rest: A Case Report

떠돌이비장의 고정: 증례 보고

Ann B. Writer, MD¹, Carl D. Other, MD², Dong Min Han, PhD¹*

Departments of ¹Radiology and ²Surgery, Riverbank University Hospital, Newtown, Korea

ORCID iDs

Ann B. Writer <https://orcid.org/0000-0002-1825-0097>

Wandering spleen is a rare condition. We report a 23-year-old woman whose spleen was found in the pelvis.

Index terms Spleen; Torsion

INTRODUCTION

Wandering spleen is caused by lax ligaments (1). Infarction may follow torsion. We observed a case in which the
organ had moved into the

Received March 3, 2020
Revised April 1, 2020
Accepted May 5, 2020

*Corresponding author

Dong Min Han, PhD
Department of Radiology,
Riverbank University Hospital

Tel 82-2-000-0000

This is an Open Access article distributed under the terms of a licence.

pelvis without any torsion.

CASE REPORT

A 23-year-old woman came with a mass in the lower abdomen. Contrast-enhanced CT showed the spleen in the
pelvis (Fig. 1A) with a long ped-

Fig. 1. A 23-year-old woman with wandering spleen.
A. Axial CT shows the empty left upper quadrant.
B, C. Coronal images show the pelvic spleen and its long pedicle.
LUQ = left upper quadrant, CT = computed tomography

icle that was not twisted. She underwent splenopexy.

DISCUSSION

Wandering spleen makes up 0.2% of splenectomies. In our case, the pedicle measured 14 cm. Kim et al. reported
a patient with infarction, unlike our patient.

Funding

None

REFERENCES

1. Example A, Sample B. Torsion of the spleen. J Invented Surg 2001;1:2-3
2. Case report of a spleen. Ann Nowhere 1999;2:4-5

떠돌이비장의 고정: 증례 보고

안작가¹ · 공저자² · 한동민¹

떠돌이비장은 드문 질환이다. 저자들은 골반에서 발견된 비장의 증례를 보고하고자 한다.

강변대학교 의과대학 강변대학교병원 ¹영상의학과, ²외과
"""

KOREAN = """봉독 치료 후 호전된 손목 통증 환자 증례보고
A Case of Wrist Pain Treated with Bee Venom
Abstract
Objectives
This study reports a 48-year-old woman with wrist pain.
Results
The visual analogue scale fell from 8 to 2.
Conclusion
Bee venom may be useful for wrist pain.
I. 서 론
손목 통증은 흔한 증상이다. 원인은 다양하다고 알려져 있다.
II. 증 례
1. 환 자
48세 여자 환자
2. 주 소
우측 손목 통증
3. 경과
치료 4주 후 통증은 VAS 2로 감소하였다.
III. 고 찰
봉독은 항염 효과가 있다. 본 증례에서는 4주 후 통증이 감소하였다.
IV. 결 론
봉독은 고려해 볼 만하다.
참고문헌
1. Gil Dong. J Nowhere. 2001;1:2.
"""

DUMP = (
    "A Case of Invented Fever Warning:  The NCBI web site requires JavaScript to function. Search database PMC "
    "Nowhere Med J . 2009 Jun; 1(2): 3-4.  A Case of Invented Fever  Ann Writer and Carl Other  Department of Medicine, "
    "Riverbank University, Newtown.  Abstract A 30-year-old man had fever for nine days. To the best of our knowledge, "
    "this is the first report. Keywords:  Fever, Invention INTRODUCTION Fever is common in travellers. It can be caused by "
    "many agents. 1 , 2  CASE REPORT A 30-year-old man was admitted with fever of 39.5℃. His spleen was enlarged ( Fig. 1 ). "
    "He was given doxycycline and recovered in three days.  Open in a separate window   Fig. 1  Ultrasound showed an "
    "enlarged spleen. DISCUSSION Fever after travel has many causes. Our patient had no rash. Dengue was found in 12% of "
    "travellers in one series. References  1.  Example A. A fever: Case Report.  J Invent.  2001; 1 :2-3. [PubMed]  2.  "
    "Sample B. Another one. J Invent. 2002; 2 :3. [PubMed]  Articles from  Nowhere Medical Journal  are provided here."
)

BARE = """A 61-year-old man was brought in with chest pain.
An electrocardiogram showed ST elevation.
Troponin T was 2.1 ng/mL.
He underwent stenting of the right coronary artery and went home on day 4.
"""

TEACHING = """Sigmoid volvulus

History

80 year old man with abdominal distension.

Findings

•  Coffee bean sign
•  No free air

Differential Diagnosis

•  Caecal volvulus
•  Ileus

Diagnosis

Sigmoid volvulus

Diagnosis By

Surgery

Discussion

Volvulus is a twist of the bowel.

Findings: the coffee bean sign is seen in 60% of patients.
"""


def parts(text: str) -> tuple[Document, tuple[Section, ...], tuple[Issue, ...]]:
    document = read(text.encode(), "a.txt")[0]
    return document, *split(document)


def kind_of(text: str, words: str) -> SectionKind | None:
    """Find the kind of the section that holds some words."""
    document, sections, _ = parts(text)
    at = document.text.index(words)
    inside = [s for s in sections if any(span.start <= at < span.end for span in s.spans)]
    assert len(inside) <= 1
    return inside[0].kind if inside else None


def words_of(text: str, kind: SectionKind, label: str) -> str:
    document, sections, _ = parts(text)
    found = [s for s in sections if s.kind is kind and s.label == label]
    return "\n".join(view_of(document.text, s.spans).text for s in found)


K = SectionKind


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        (PAGE, "Duplicated gallbladder", K.TITLE),
        (PAGE, "Case contributed by", K.METADATA),
        (PAGE, "Diagnosis probable", K.METADATA),
        (PAGE, "Recurrent pain", K.CASE),
        (PAGE, "34 years", K.PATIENT_DATA),
        (PAGE, "This case has been tagged", K.METADATA),
        (PAGE, "Ultrasound shows", K.FINDINGS),
        (PAGE, "CT confirms", K.FINDINGS),
        (PAGE, "1 of 4000", K.DISCUSSION),
        (PAGE, "Our patient had both", K.CASE),
        (PAGE, "You can use our cases", K.FURNITURE),
        (PAGE, "Check for errors", K.FURNITURE),
        (ARTICLE, "A Wandering Spleen", K.TITLE),
        (ARTICLE, "떠돌이비장의", K.TITLE),
        (ARTICLE, "Carl D. Other", K.METADATA),
        (ARTICLE, "Riverbank University", K.METADATA),
        (ARTICLE, "orcid.org", K.METADATA),
        (ARTICLE, "is a rare condition", K.INTRODUCTION),
        (ARTICLE, "We report a 23-year-old", K.ABSTRACT),
        (ARTICLE, "Spleen; Torsion", K.METADATA),
        (ARTICLE, "lax ligaments", K.INTRODUCTION),
        (ARTICLE, "We observed a case", K.CASE),
        (ARTICLE, "Accepted May", K.METADATA),
        (ARTICLE, "Dong Min Han, PhD\nDepartment", K.METADATA),
        (ARTICLE, "Open Access", K.METADATA),
        (ARTICLE, "pelvis without any torsion", K.CASE),
        (ARTICLE, "came with a mass", K.CASE),
        (ARTICLE, "Axial CT shows", K.FIGURE),
        (ARTICLE, "LUQ = left", K.METADATA),
        (ARTICLE, "icle that was", K.CASE),
        (ARTICLE, "0.2% of splenectomies", K.DISCUSSION),
        (ARTICLE, "In our case, the pedicle", K.CASE),
        (ARTICLE, "unlike our patient", K.DISCUSSION),
        (ARTICLE, "None", K.FURNITURE),
        (ARTICLE, "Example A, Sample B", K.REFERENCES),
        (ARTICLE, "안작가", K.METADATA),
        (ARTICLE, "떠돌이비장은 드문", K.INTRODUCTION),
        (ARTICLE, "저자들은 골반에서", K.ABSTRACT),
        (ARTICLE, "강변대학교 의과대학", K.METADATA),
        (KOREAN, "봉독 치료 후", K.TITLE),
        (KOREAN, "A Case of Wrist", K.TITLE),
        (KOREAN, "48-year-old", K.ABSTRACT),
        (KOREAN, "scale fell", K.ABSTRACT),
        (KOREAN, "may be useful", K.DISCUSSION),
        (KOREAN, "흔한 증상", K.INTRODUCTION),
        (KOREAN, "48세 여자", K.CASE),
        (KOREAN, "우측 손목", K.CASE),
        (KOREAN, "VAS 2로", K.CASE),
        (KOREAN, "항염 효과", K.DISCUSSION),
        (KOREAN, "본 증례에서는", K.CASE),
        (KOREAN, "고려해 볼", K.DISCUSSION),
        (KOREAN, "Gil Dong", K.REFERENCES),
        (DUMP, "A Case of Invented", K.TITLE),
        (DUMP, "Search database", K.METADATA),
        (DUMP, "Ann Writer", K.METADATA),
        (DUMP, "fever for nine days", K.ABSTRACT),
        (DUMP, "first report", K.DISCUSSION),
        (DUMP, "Fever, Invention", K.METADATA),
        (DUMP, "common in travellers", K.INTRODUCTION),
        (DUMP, "was admitted with fever", K.CASE),
        (DUMP, "Ultrasound showed", K.FIGURE),
        (DUMP, "many causes", K.DISCUSSION),
        (DUMP, "Our patient had no rash", K.CASE),
        (DUMP, "Dengue was found", K.DISCUSSION),
        (DUMP, "J Invent.  2001", K.REFERENCES),
        (DUMP, "Articles from", K.FURNITURE),
        (BARE, "61-year-old", K.CASE),
        (BARE, "day 4", K.CASE),
        (TEACHING, "80 year old", K.CASE),
        (TEACHING, "Coffee bean", K.FINDINGS),
        (TEACHING, "Caecal", K.DIFFERENTIAL),
        (TEACHING, "Surgery", K.CASE),
        (TEACHING, "60% of patients", K.DISCUSSION),
    ],
)
def test_words_stand_in_their_part(text: str, words: str, kind: SectionKind) -> None:
    assert kind_of(text, words) is kind


ABSTRACT = """A Stone in the Ear

Abstract

Otoliths are tiny stones of the inner ear. Large ones cause giddiness, and imaging makes them hard to see.
A 44-year-old man had giddiness for two days. CT showed a stone of 3 mm. It was removed. Early imaging is crucial
in giddiness. To our knowledge, no other case is known.

Introduction

Stones are rare.

Case report

A 44-year-old man had giddiness. The stone was taken out and weighed by the
patient.
He went home.

Discussion

The reasons for stones are many. As reported by others, they grow in each
case.
They hurt. In this patient, the stone measured 3 mm. This case highlights the importance of imaging.
History
Stones were known in 1850.
"""


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("tiny stones", K.INTRODUCTION),
        ("makes them hard", K.INTRODUCTION),
        ("giddiness for two days", K.ABSTRACT),
        ("a stone of 3 mm", K.ABSTRACT),
        ("It was removed", K.ABSTRACT),
        ("Early imaging", K.DISCUSSION),
        ("no other case", K.DISCUSSION),
        ("He went home", K.CASE),
        ("They hurt", K.DISCUSSION),
        ("measured 3 mm", K.CASE),
        ("This case highlights", K.DISCUSSION),
        ("known in 1850", K.DISCUSSION),
    ],
)
def test_general_remarks_are_no_facts_of_the_patient(words: str, kind: SectionKind) -> None:
    assert kind_of(ABSTRACT, words) is kind


def test_the_patient_of_another_author_is_not_ours() -> None:
    text = (
        "CASE REPORT\nA 40-year-old man had a blue toe.\nDISCUSSION\nKim et al. reported a woman with a blue toe. The patient was "
        "treated with heparin. She lost the toe. The patient had lupus. Emboli are common. Smoking matters. Statins help. "
        "Cold is harmful. The patient was treated with warmth. In our patient, the toe healed.\n"
    )
    assert (
        words_of(text, K.CASE, "discussion")
        == "The patient was treated with warmth. In our patient, the toe healed."
    )


def test_a_korean_tail_follows_the_back_matter() -> None:
    text = ARTICLE[: ARTICLE.index("REFERENCES")] + ARTICLE[ARTICLE.rindex("떠돌이비장의") :]
    assert kind_of(text, "저자들은 골반에서") is K.ABSTRACT
    assert kind_of(text, "안작가") is K.METADATA


def test_a_wrapped_title_is_one_title() -> None:
    text = "A Stone in the Ear That Nobody\nSaw: A Case Report\n\nAnn Writer, MD\n\nIntroduction\n\nRare.\n\nCase report\n\nA 4-year-old boy had one.\n"
    assert words_of(text, K.TITLE, "") == "A Stone in the Ear That Nobody\nSaw: A Case Report"


def test_a_sentence_cut_by_a_caption_is_one_sentence() -> None:
    assert "with a long pedicle that was not twisted." in words_of(ARTICLE, K.CASE, "CASE REPORT")


def test_a_sentence_cut_by_metadata_is_one_sentence() -> None:
    assert "moved into the pelvis without any torsion." in words_of(ARTICLE, K.CASE, "introduction")


def test_captions_are_cut_into_their_parts() -> None:
    labels = [s.label for s in parts(ARTICLE)[1] if s.kind is K.FIGURE]
    assert labels == ["Fig. 1", "Fig. 1A", "Fig. 1B, C"]


@pytest.mark.parametrize(
    ("caption", "labels"),
    [
        ("Figure 2. (A) Axial and (B) coronal CT. The mass is large.", ["Figure 2"]),
        ("Figure 2. (A) Axial CT shows a mass. (B) It enhances.", ["Figure 2A", "Figure 2B"]),
        ("Figure 2. A mass. A. Axial CT. B. Coronal CT.", ["Figure 2", "Figure 2A", "Figure 2B"]),
        ("Figure 3: Chest radiograph on day 2.", ["Figure 3"]),
        ("그림 1. 흉부 CT에서 결절이 보인다.", ["그림 1"]),
        ("Fig. 4 Vitamin D. Levels over time", ["Fig. 4"]),
    ],
)
def test_caption_labels(caption: str, labels: list[str]) -> None:
    text = f"CASE REPORT\n\nA 40-year-old man had a mass.\n\n{caption}\n\nHe recovered.\n"
    assert [s.label for s in parts(text)[1] if s.kind is K.FIGURE] == labels


def test_a_sentence_about_a_figure_is_no_caption() -> None:
    text = "CASE REPORT\n\nA 40-year-old man had a mass.\n\nFigure 1 shows the mass. It was removed.\n"
    assert kind_of(text, "It was removed") is K.CASE


def test_sections_do_not_overlap_and_are_numbered() -> None:
    for text in (PAGE, ARTICLE, KOREAN, DUMP, BARE, TEACHING):
        _, sections, _ = parts(text)
        spans = sorted(span for s in sections for span in s.spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        assert [s.part for s in sections] == list(range(len(sections)))


def test_languages_are_told_by_script() -> None:
    assert {s.language for s in parts(KOREAN)[1] if s.kind in (K.CASE, K.REFERENCES)} == {"ko", "en"}
    assert [s.language for s in parts(ARTICLE)[1] if s.kind is K.TITLE] == ["en", "ko", "ko"]


def codes(text: str) -> set[str]:
    return {issue.code for issue in parts(text)[2]}


@pytest.mark.parametrize("text", [PAGE, ARTICLE, KOREAN, DUMP, BARE, TEACHING])
def test_case_reports_are_not_refused(text: str) -> None:
    assert not codes(text) & {"DOC004", "DOC005", "DOC007"}


def test_other_languages_are_refused() -> None:
    spanish = (
        "Paciente varón de cuarenta años que acude por dolor torácico y disnea desde hace tres días. " * 8
    )
    assert "DOC004" in codes(spanish)
    assert "DOC004" in codes("患者は四十歳の男性で、胸痛と発熱を主訴に来院した。" * 10)


def test_a_study_of_many_is_no_case() -> None:
    study = (
        "Vitamin D and falls\n\nIntroduction\n\nFalls are common in old age.\n\nMethods\n\n"
        + "We enrolled 240 participants in a randomized trial with a control group. " * 12
        + "\n\nResults\n\n"
        + "Falls were fewer in the treated group (odds ratio 0.7, 95% confidence interval 0.5-0.9). " * 12
        + "\n\nDiscussion\n\nThe cohort was small.\n"
    )
    assert "DOC005" in codes(study)


def test_an_animal_is_no_patient() -> None:
    vet = (
        "Splenic torsion in a Great Dane dog\n\nIntroduction\n\nTorsion is rare in dogs.\n\nCase presentation\n\n"
        "A 6-year-old male dog was presented with vomiting. The dog was operated on. The dog recovered.\n"
    )
    assert "DOC005" in codes(vet)


def test_a_text_cut_short_is_reported() -> None:
    assert "DOC007" in codes("CASE REPORT\n\nA 40-year-old man had a mass. He was taken to the operating")


def test_a_text_without_headings_is_reported() -> None:
    assert "SEC001" in codes(BARE)
    assert "SEC001" not in codes(ARTICLE)


PIECES = [
    line for text in (PAGE, ARTICLE, KOREAN, DUMP, BARE, TEACHING, ABSTRACT) for line in text.split("\n")
]


def test_headings_inside_a_long_line_are_told_by_their_form() -> None:
    text = (
        "A Blue Toe  Abstract Blue toes are rare. A 40-year-old man had one.1 Introduction Blue toes are seldom seen [1].2 "
        "Case Presentation A 40-year-old man had a blue toe. He asked for a discussion with his family. A Case Report form was "
        "filled in. The Discussion took an hour. "
        + "He was seen again every week and had no pain. "
        * 12
        + "3. Discussion and "
        "Conclusions Emboli are common. Funding None. References 1. Example A. 2001."
    )
    assert kind_of(text, "seldom seen") is K.INTRODUCTION
    assert kind_of(text, "He asked") is kind_of(text, "filled in") is kind_of(text, "took an hour") is K.CASE
    assert kind_of(text, "Emboli are") is K.DISCUSSION
    assert kind_of(text, "None.") is K.FURNITURE
    assert kind_of(text, "Example A") is K.REFERENCES


@settings(max_examples=150, deadline=None)
@given(strategies.lists(strategies.sampled_from(PIECES) | strategies.text(max_size=30), max_size=30))
def test_any_text_is_cut_without_overlap(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    sections, _ = split(Document("a", text, ""))
    spans = sorted(span for s in sections for span in s.spans)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


PATIENT_REGIONS = {"case", "figure", "abstract"}


@pytest.mark.skipif(not (SHARED / "gold").exists(), reason="needs ../shared/gold")
@pytest.mark.parametrize("name", ["seed_000", "seed_003", "p19", "k03", "r03", "m28154287"])
def test_patient_part_agrees_with_the_gold_regions(name: str) -> None:
    text = (SHARED / "gold" / "texts" / f"{name}.txt").read_bytes().decode()
    with (SHARED / "gold" / "facts" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
    truth = [header.get("default_region", "case")] * len(text)
    for region in reversed(header["regions"]):
        start = text.find(region["from"])
        end = len(text) if region["to"] is None else text.find(region["to"], start) + len(region["to"])
        truth[start:end] = [region["type"]] * (end - start)
    document, sections, _ = parts(text)
    assert document.text == text
    good = total = 0
    for section in sections:
        # Titles are the publication's words and the patient's; sentences of a discussion that speak of
        # the patient are the patient's though the region is not.
        if section.kind is K.TITLE or section.label in ("discussion", "introduction", "abstract"):
            continue
        for span in section.spans:
            wanted = [kind in PATIENT_REGIONS for kind in truth[span.start : span.end]]
            good += wanted.count(section.kind in PATIENT_SECTIONS)
            total += len(wanted)
    assert good >= 0.95 * total


KICKED = """CASE REPORT

A Lodged Fishbone of the Tongue

혀에 박힌 생선 가시

Ann Writer¹, Bo Other²

¹Riverbank Hospital, Newtown
²Hillside Clinic, Oldtown

Abstract

A 40-year-old man had a fishbone.

Introduction

Fishbones are common.

CASE REPORT

A 40-year-old man had swallowed a fishbone. CT showed it in the tongue.
"""


@pytest.mark.parametrize(
    "text",
    [
        KICKED,
        KICKED.replace("CASE REPORT\n\nA L", "증례 보고\n\nA L"),
        KICKED.replace("CASE REPORT\n\nA L", "Case Report | Surgery\nA L"),
        KICKED.replace("CASE REPORT\n\nA L", "Open Access\nCase Report\n\nA L"),
        KICKED.replace("CASE REPORT\n\nA L", "A L").replace("생선 가시\n", "생선 가시\n\nCASE REPORT\n"),
    ],
)
def test_the_kind_of_article_above_the_title_opens_no_case(text: str) -> None:
    assert kind_of(text, "A Lodged") is kind_of(text, "혀에 박힌") is K.TITLE
    assert kind_of(text, "Ann Writer") is K.METADATA
    assert kind_of(text, "had a fishbone") is K.ABSTRACT
    assert kind_of(text, "had swallowed") is K.CASE


@pytest.mark.parametrize(
    "text",
    [
        "CASE REPORT\n\nA 40-year-old man had a fishbone. CT showed it.\n\nDISCUSSION\n\nIt is rare.\n",
        "CASE REPORT\nA 40-year-old man had\na fishbone. CT showed it.\nDISCUSSION\nIt is rare.\n",
        "Case report\n\n40 year old man with a fishbone\n\nCT showed it.\n\nDiscussion\n\nIt is rare.\n",
    ],
)
def test_a_case_heading_above_the_story_is_one(text: str) -> None:
    assert kind_of(text, "man") is kind_of(text, "CT showed") is K.CASE
    assert kind_of(text, "It is rare") is K.DISCUSSION


RUN_IN = """A Lodged Fishbone of the Tongue

Ann Writer, Bo Other

Introduction. Fishbones are common in 3% of eaters.

Case. A 40-year-old man had swallowed a fishbone. CT showed it in the tongue.

{more}Comment. Fishbones are seldom found by CT.

References. 1. Example A. A fishbone. J Nowhere 2001;1:2.
"""


@pytest.mark.parametrize(
    "text",
    [
        RUN_IN.format(more=""),
        RUN_IN.format(more="").replace("\n\n", "\n"),
        RUN_IN.format(more="").replace("Case.", "Case presentation:").replace("tion.", "tion:"),
        RUN_IN.format(more="").replace("Case.", "CASE REPORT.").replace("Comment.", "Discussion:"),
        RUN_IN.format(more="").replace("Introduction.", "1. Background.").replace("Case.", "2. Case 1."),
        RUN_IN.format(more="He left on day 2.\n\n"),
    ],
)
def test_headings_that_run_into_their_text(text: str) -> None:
    assert kind_of(text, "Fishbones are common") is K.INTRODUCTION
    assert kind_of(text, "CT showed") is K.CASE
    assert kind_of(text, "Fishbones are seldom") is K.DISCUSSION
    assert kind_of(text, "Example A") is K.REFERENCES


def test_a_sentence_that_ends_early_is_no_heading() -> None:
    text = "CASE REPORT\n\nA 40-year-old man had gout.\n\nSurgery. Rest. Salt. He had all.\n\nIn this case. He left.\n"
    assert kind_of(text, "He had all") is kind_of(text, "He left") is K.CASE


COURSE = """A Lodged Fishbone

Case contributed by Jane Q Example

Presentation

Pain of the tongue.

Patient Data

Age: 34 years
Gender: Male

CT shows a fishbone in the tongue.

Case Discussion

{discussion}
"""


@pytest.mark.parametrize(
    ("discussion", "told"),
    [
        (
            "The patient was febrile on arrival (39.2 °C). He was given ceftriaxone 2 g. The abscess was drained.\n\n"
            "Fishbones are found in 3% of eaters. They may be missed.",
            "The patient was febrile on arrival (39.2 °C). He was given ceftriaxone 2 g. The abscess was drained.",
        ),
        (
            "Fishbones are found in 3% of eaters.\n\nThe patient went to surgery. A bone of 2 cm was removed.",
            "The patient went to surgery. A bone of 2 cm was removed.",
        ),
        (
            "The patient had surgery. She is well. Fishbones may be missed.",
            "The patient had surgery. She is well.",
        ),
        ("The patient should be kept upright. Fishbones were found in 3% of patients.", ""),
        ("Virchow described a patient with a fishbone. He was seen in 1861. The bone was removed.", ""),
        ("Fishbones were first imaged by CT. The patient may be symptomless.", ""),
        ("The patient develops pain. It is worse at night.", ""),
    ],
)
def test_the_course_told_in_the_discussion_of_a_case_page(discussion: str, told: str) -> None:
    assert words_of(COURSE.format(discussion=discussion), K.CASE, "course") == told


def test_running_headers_are_no_words_of_a_caption() -> None:
    caption = "Fig. 1. A man with a fishbone.\nA. Axial CT shows the bone in the\n{header}\ntongue.\nB. Coronal CT shows pus.\n"
    headers = (
        "Page 3 of 6",
        "- 3 -",
        "J Nowhere Radiol 2020;81(2):123-129",
        "Writer et al. Lodged fishbone 4",
    )
    for header in headers:
        body = "\n\nWriter et al. Lodged fishbone 3\n\nHe left on day 2.\n\nWriter et al. Lodged fishbone 5\n"
        text = RUN_IN.format(more=caption.format(header=header) + body)
        assert words_of(text, K.FIGURE, "Fig. 1A") == "Axial CT shows the bone in the tongue."
        assert kind_of(text, header) is K.FURNITURE
        assert kind_of(text, "He left") is K.CASE


@pytest.mark.parametrize(
    "between",
    [
        "-\n\nFig. 1. Axial CT shows the bone\n\n",
        "-\nFig. 1. Axial CT shows the bone.\n",
        "-\nPage 3 of 6\n",
        "-\n\nFig. 1. Axial CT.\n\nPage 3 of 6\n\n",
        "\u2010\n\nFig. 1. Axial CT.\n\n",
        "\u00ad\n\nFig. 1. Axial CT.\n\n",
        "\u2010\n",
        "- \n\nTable 1. Blood\nHb 12 13\nCRP 3 4\n\n",
    ],
)
def test_a_word_cut_by_a_hyphen_and_a_caption_is_one_word(between: str) -> None:
    case = "CT showed an abscess of the tongue with marked rim en{}hancement. He was given ceftriaxone."
    text = RUN_IN.replace("CT showed it in the tongue.", case.format(between)).format(more="")
    assert "rim enhancement. He was" in words_of(text, K.CASE, "Case")


STUDIES = """A Lodged Fishbone

Patient Data

Age: 34 years

{heading}

A bone of 2 cm lies in the tongue.

Case Discussion

Fishbones are found in 3% of eaters.
"""


@pytest.mark.parametrize(
    "heading", ["CT (axial, unenhanced)", "MRI tongue", "CT findings", "MRI 소견", "Ultrasound"]
)
def test_a_study_above_its_findings_is_read_with_them(heading: str) -> None:
    document, sections, _ = parts(STUDIES.format(heading=heading))
    found = [s for s in sections if s.kind is K.FINDINGS]
    assert [view_of(document.text, s.spans).text for s in found] == [
        f"{heading}\nA bone of 2 cm lies in the tongue."
    ]

"""What a page says of itself. All pages here are invented."""

import pytest

from converter.extractors.publication import publication
from converter.model import Author, Document, Publication
from converter.readers import read
from converter.sections import split

ARTICLE = """A Wandering Spleen That Came to Rest: A Case Report

떠돌이비장의 고정: 증례 보고

Ann B. Writer, MD¹ , Carl D. van Other, MD, PhD^{2*} ,
Dong-Min Han, MD¹

Departments of ¹Radiology and ²Surgery, Riverbank University Hospital, Riverbank University College of Medicine, Newtown, Korea

ORCID iDs

Ann B. Writer  <https://orcid.org/0000-0002-1825-0097>
Carl D. van Other  <https://orcid.org/0000-0001-5109-3700>

Wandering spleen is a rare condition. We report a 23-year-old woman whose spleen was found in the pelvis.

Index terms Spleen; Computed Tomography, X-Ray; Torsion

INTRODUCTION

Wandering spleen is caused by lax ligaments (1).

Received March 3, 2020
Revised April 21, 2020
Accepted May 5, 2020

*Corresponding author

Carl D. van Other, MD
Department of Surgery,
Riverbank University Hospital

This is an Open Access article under the terms of the Creative Commons licence (<https://creativecommons.org/licenses/by/4.0/>).

CASE REPORT

A 23-year-old woman came with a mass.

Supplementary Materials

Available at <https://doi.org/10.12345/example.2020.0001>.

REFERENCES

1. Example A. Torsion. J Invented Surg 2001;1:2-3. doi:10.9999/other

떠돌이비장의 고정: 증례 보고

안작가¹ · 공저자^{2*} · 한동민¹

떠돌이비장은 드문 질환이다. 저자들은 골반에서 발견된 비장의 증례를 보고하고자 한다.

강변대학교 의과대학 강변대학교병원 ¹영상의학과, ²외과
"""

LISTED = """A Rare Cyst of the Knee

Ann Writer¹, Bo Other^{1,2}, and Cy Third³

¹Department of Orthopaedics, Riverbank Hospital, Newtown, Norway
²Institute of Anatomy, University of Newtown, Norway
³Hillside Clinic, Oldtown, Norway

Correspondence: Cy Third, Hillside Clinic, Oldtown. E-mail: third@example.org

Received: 2 February 2021; Accepted: 14 March 2021; Published online: 1 April 2021

Abstract

A 50-year-old man had a cyst.

Keywords: knee, cyst

Introduction

Cysts are common.

Case presentation

A 50-year-old man had a cyst of the knee.
"""

KOREAN = """무릎 낭종 증례보고
김가나1, 이다라2*
1강변대학교병원 정형외과, 2언덕의원
투고일: 2020.3.5, 수정일: 2020년 4월 6일, 게재확정일: 2020-05-07
서론
낭종은 흔하다.
증례
50세 남자 환자가 무릎 통증으로 내원하였다.
"""


def of(text: str) -> Publication:
    document: Document = read(text.encode(), "a.txt")[0]
    found, _ = publication(document, split(document)[0])
    for author in found.authors:
        for span in author.spans:
            assert document.text[span.start : span.end]
    return found


def named(text: str) -> dict[str, Author]:
    return {author.name: author for author in of(text).authors}


def test_titles_in_both_languages() -> None:
    found = of(ARTICLE)
    assert found.title is not None
    assert found.title_ko is not None
    assert found.title.text == "A Wandering Spleen That Came to Rest: A Case Report"
    assert found.title_ko.text == "떠돌이비장의 고정: 증례 보고"


def test_authors_lose_marks_and_degrees() -> None:
    found = of(ARTICLE).authors
    assert [a.name for a in found] == ["Ann B. Writer", "Carl D. van Other", "Dong-Min Han"]
    assert [a.name_ko for a in found] == ["안작가", "공저자", "한동민"]
    assert [a.orcid for a in found] == ["0000-0002-1825-0097", "0000-0001-5109-3700", ""]
    assert [a.corresponding for a in found] == [False, True, False]
    assert [a.affiliations for a in found] == [(0,), (1,), (0,)]
    assert found[1].degrees == ("MD", "PHD")


def test_affiliations_share_an_institution() -> None:
    found = of(ARTICLE).affiliations
    assert [(a.department, a.department_ko) for a in found] == [
        ("Radiology", "영상의학과"),
        ("Surgery", "외과"),
    ]
    assert {a.name_ko for a in found} == {"강변대학교 의과대학 강변대학교병원"}
    assert found[0].name == "Riverbank University Hospital, Riverbank University College of Medicine"


def test_numbers_dates_and_licence() -> None:
    found = of(ARTICLE)
    assert found.doi == "10.12345/example.2020.0001"
    assert (found.received, found.revised, found.accepted) == ("2020-03-03", "2020-04-21", "2020-05-05")
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert [k.text for k in found.keywords] == ["Spleen", "Computed Tomography, X-Ray", "Torsion"]


def test_abstracts_are_whole() -> None:
    found = of(ARTICLE)
    assert found.abstract is not None
    assert found.abstract_ko is not None
    assert found.abstract.text.startswith("Wandering spleen is a rare")
    assert found.abstract.text.endswith("found in the pelvis.")
    assert found.abstract_ko.text.endswith("보고하고자 한다.")


def test_listed_affiliations_bind_by_their_numbers() -> None:
    found = of(LISTED)
    assert [a.name for a in found.authors] == ["Ann Writer", "Bo Other", "Cy Third"]
    assert [a.affiliations for a in found.authors] == [(0,), (0, 1), (2,)]
    assert [a.name for a in found.affiliations] == [
        "Riverbank Hospital",
        "Institute of Anatomy, University of Newtown",
        "Hillside Clinic",
    ]
    assert found.authors[2].corresponding
    assert (found.received, found.accepted, found.published) == ("2021-02-02", "2021-03-14", "2021-04-01")
    assert [k.text for k in found.keywords] == ["knee", "cyst"]


def test_a_korean_page_gives_korean_names() -> None:
    found = of(KOREAN)
    assert [a.name_ko for a in found.authors] == ["김가나", "이다라"]
    assert (found.received, found.revised, found.accepted) == ("2020-03-05", "2020-04-06", "2020-05-07")


def test_a_contributor_is_no_author_of_an_article() -> None:
    page = "Odd bone\n\nCase contributed by Dr Jane Q. Example\nDiagnosis certain\n\nPain.\n\nPatient Data\n\nAge: 3 years\n"
    found = of(page)
    assert [(a.name, a.contributor) for a in found.authors] == [("Jane Q. Example", True)]
    assert found.certainty is not None
    assert found.certainty.text == "Diagnosis certain"


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Received: 12 Jan 2019", "2019-01-12"),
        ("Received 2005 Jan 6; Accepted 2005 Apr 12", "2005-01-06"),
        ("Received 2020-7-5", "2020-07-05"),
        ("Received May 2011", "2011-05"),
        ("Received 5th June 2012", "2012-06-05"),
    ],
)
def test_dates_are_read_as_exactly_as_printed(line: str, date: str) -> None:
    text = f"A Case\n\nAnn Writer, Bo Other\n\n{line}\n\nIntroduction\n\nIt is rare.\n\nCase report\n\nA 40-year-old man fell.\n"
    assert of(text).received == date


FORM = """A Blue Toe in Winter: A Case Report

{names}

Introduction

Blue toes are rare.

Case report

A 40-year-old man had a blue toe.
"""


@pytest.mark.parametrize(
    ("names", "authors", "affiliations"),
    [
        (
            "Ann B. Writer1,2*, Bo Other1, Cy de la Third3\n1Department of Surgery, Riverbank Hospital, Newtown\n2Hillside Institute, Oldtown\n3University of Newtown, Newtown",
            [("Ann B. Writer", (0, 1)), ("Bo Other", (0,)), ("Cy de la Third", (2,))],
            ["Riverbank Hospital", "Hillside Institute", "University of Newtown"],
        ),
        (
            "Writer AB, Other C\nRiverbank Hospital, Newtown",
            [("Writer AB", (0,)), ("Other C", (0,))],
            ["Riverbank Hospital"],
        ),
        (
            "Ann Writer (1), Bo Other (2)\n(1) Riverbank Hospital, Newtown; (2) Hillside Clinic, Oldtown",
            [("Ann Writer", (0,)), ("Bo Other", (1,))],
            ["Riverbank Hospital", "Hillside Clinic"],
        ),
        (
            "A. B. Writer1 · C. Other2\n1 Department of Surgery, Riverbank Hospital\n2 Hillside Clinic",
            [("A. B. Writer", (0,)), ("C. Other", (1,))],
            ["Riverbank Hospital", "Hillside Clinic"],
        ),
    ],
)
def test_forms_of_names(
    names: str, authors: list[tuple[str, tuple[int, ...]]], affiliations: list[str]
) -> None:
    found = of(FORM.format(names=names))
    assert [(a.name, a.affiliations) for a in found.authors] == authors
    assert [a.name for a in found.affiliations] == affiliations


@pytest.mark.parametrize(
    ("names", "authors", "affiliations"),
    [
        (
            "김가나¹, 이다라²\n¹강변대학교병원 영상의학과\n²언덕대학교 의과대학 내과학교실",
            ["김가나", "이다라"],
            [("강변대학교병원", "영상의학과"), ("언덕대학교 의과대학", "내과학교실")],
        ),
        (
            "김 가 나, 이 다 라\n강변대학교 의과대학 내과학교실",
            ["김가나", "이다라"],
            [("강변대학교 의과대학", "내과학교실")],
        ),
        (
            "Ga-Na Kim, Da Ra Lee\nDepartment of Radiology, Riverbank University Hospital\n김가나, 이다라\n강변대학교병원 영상의학과",
            ["김가나", "이다라"],
            [("강변대학교병원", "영상의학과")],
        ),
    ],
)
def test_forms_of_korean_names(names: str, authors: list[str], affiliations: list[tuple[str, str]]) -> None:
    found = of(FORM.format(names=names))
    assert [a.name_ko for a in found.authors] == authors
    assert [(a.name_ko, a.department_ko) for a in found.affiliations] == affiliations


def test_a_page_header_names_the_journal() -> None:
    found = of(FORM.format(names="Ann Writer, Bo Other\n\nJ Nowhere Radiol 2020;81(2):123-129"))
    assert found.journal == "J Nowhere Radiol"


KICKED = """CASE REPORT

A Lodged Fishbone of the Tongue

혀에 박힌 생선 가시

Ann Writer¹, Bo Other²*, Ga-Na Kim²

¹Department of Radiology and ²Department of Medicine, Riverbank Hospital, Newtown, Korea

Received: 2021-11-23; revised: 2022-02-14

ORCID
Ann Writer (0000-0002-1825-0097)
Bo Other (0000-0001-5109-3700)

*Address for correspondence: Ga-Na Kim, MD, Medicine, Riverbank Hospital, Newtown.

ABSTRACT

A 40-year-old man had a fishbone.

CASE REPORT

A 40-year-old man had a fishbone.

REFERENCES

1. Example A. 2001;1:2.

혀에 박힌 생선 가시

안작가¹ · 보타인² · 김가나²

가시는 흔하다. 40세 남자가 왔다.

색인 단어: 가시; 혀

강변대학교병원 ¹영상의학과, ²내과
"""


def test_a_page_with_a_kicker_and_two_departments_of_one_house() -> None:
    found = of(KICKED)
    assert found.title is not None
    assert found.title.text == "A Lodged Fishbone of the Tongue"
    assert [(a.name, a.name_ko, a.orcid, a.affiliations, a.corresponding) for a in found.authors] == [
        ("Ann Writer", "안작가", "0000-0002-1825-0097", (0,), False),
        ("Bo Other", "보타인", "0000-0001-5109-3700", (1,), False),
        ("Ga-Na Kim", "김가나", "", (1,), True),
    ]
    assert [(a.name, a.department, a.name_ko, a.department_ko) for a in found.affiliations] == [
        ("Riverbank Hospital", "Radiology", "강변대학교병원", "영상의학과"),
        ("Riverbank Hospital", "Medicine", "강변대학교병원", "내과"),
    ]
    assert [k.text for k in found.keywords] == ["가시", "혀"]


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ("By Ann Writer and Bo Other\nCorrespondence: Bo Other, third@example.org", ["", "Bo Other"]),
        ("Ann Writer, Bo Other. Correspondence: Bo Other, Newtown", ["", "Bo Other"]),
        ("Ann Writer, MD; Bo Other, PhD (Corresponding author: Ann Writer)", ["Ann Writer", ""]),
        ("Ann Writer, MD\nCorrespondence: Ann Writer, Hillside Clinic", ["Ann Writer"]),
    ],
)
def test_names_beside_an_address(names: str, authors: list[str]) -> None:
    found = of(FORM.format(names=names))
    assert [a.name for a in found.authors] == ["Ann Writer", "Bo Other"][: len(authors)]
    assert [a.name if a.corresponding else "" for a in found.authors] == authors


def test_an_affiliation_closes_with_its_department_or_begins_with_it() -> None:
    found = of(
        FORM.format(
            names="Ann Writer 1, Bo Other 2\n1 Fever Unit, Riverbank Hospital; 2 Germ Laboratory, Hillside Clinic"
        )
    )
    assert [(a.name, a.department) for a in found.affiliations] == [
        ("Riverbank Hospital", "Fever Unit"),
        ("Hillside Clinic", "Germ Laboratory"),
    ]
    short = of(FORM.format(names="김가나¹, 이다라²\n¹강변병원 외과\n²언덕병원 내과"))
    assert [(a.name_ko, a.department_ko) for a in short.affiliations] == [
        ("강변병원", "외과"),
        ("언덕병원", "내과"),
    ]

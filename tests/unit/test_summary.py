"""Whole summaries and narratives of a report written for this test."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from lxml import etree

from converter.check import check
from converter.fhir.json import dumps
from converter.issues import MappingError
from converter.model import Bundle, Summary
from converter.pipeline import convert_bytes
from converter.summary import narrate, render
from converter.summary.render import markdown
from converter.summary.source import lowered

REPORT = """A Lung Nodule Found by Chance: A Case Report

CASE REPORT

A 62-year-old woman with a history of hypertension was admitted with cough and fever.
Chest CT performed two days before admission showed a nodule in the right lower lobe without pleural effusion.
Laboratory tests on admission revealed C-reactive protein 11.80 mg/dL (normal range, 0-0.5) and
white blood cells 15,400/uL. Blood culture grew Escherichia coli.
On the fifth day of hospitalization, follow-up chest CT showed no change of the nodule.
She was treated with ceftriaxone 2 g daily. She recovered and was discharged.
"""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return convert_bytes(REPORT.encode(), "nodule.txt").bundle


@pytest.fixture(scope="module")
def korean(bundle: Bundle) -> Summary:
    return render(bundle, "ko")


@pytest.fixture(scope="module")
def english(bundle: Bundle) -> Summary:
    return render(bundle, "en")


def test_summary_names_patient_and_sex(english: Summary, korean: Summary) -> None:
    assert "62-year-old female" in english.markdown
    assert "62세 여자" in korean.markdown


def test_studies_stand_in_order_of_time(korean: Summary) -> None:
    assert korean.markdown.index("입원 2일 전") < korean.markdown.index("입원 5일째")


def test_numbers_stand_as_printed(english: Summary, korean: Summary) -> None:
    for summary in (english, korean):
        assert "11.80 mg/dL" in summary.markdown
        assert "11.80 mg/dL" in summary.html


def test_headings_are_in_the_language(english: Summary, korean: Summary) -> None:
    assert "**Patient:**" in english.markdown
    assert "**환자:**" in korean.markdown
    assert "Patient" not in korean.markdown.replace("A Case Report", "")


def test_summary_says_that_nobody_reviewed_it(english: Summary, korean: Summary) -> None:
    assert "no person has reviewed it" in english.markdown
    assert "사람이 검토하지 않았음" in korean.markdown


def test_summary_names_what_the_report_does_not_say(english: Summary) -> None:
    assert "Not stated in the source" in english.markdown


def test_counts_are_of_findings(korean: Summary) -> None:
    assert 0 <= korean.untranslated <= korean.findings
    assert korean.findings > 3


def test_same_bundle_gives_the_same_summary(bundle: Bundle, korean: Summary) -> None:
    assert render(bundle, "ko") == korean


def test_summary_is_the_same_from_a_file(bundle: Bundle, korean: Summary) -> None:
    again = json.loads(dumps(bundle), parse_float=Decimal)
    assert render(again, "ko") == korean


def test_html_is_well_formed_and_without_script(korean: Summary) -> None:
    assert "<script" not in korean.html
    root = etree.fromstring(korean.html.encode(), etree.HTMLParser())
    assert root.get("lang") == "ko"
    assert root.findall(".//table")


def test_unknown_language_is_an_error(bundle: Bundle) -> None:
    with pytest.raises(MappingError):
        render(bundle, "xx")


def test_empty_bundle_renders() -> None:
    made = render({"resourceType": "Bundle", "type": "document"}, "ko")
    assert made.markdown.startswith("# ")


def test_every_clinical_resource_has_a_narrative(bundle: Bundle) -> None:
    kinds = {"Composition", "Patient", "Observation", "Condition", "DiagnosticReport", "ImagingStudy"}
    told = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] in kinds]
    assert {one["resourceType"] for one in told} == kinds
    for one in told:
        assert one["text"]["status"] == "generated"
        root = etree.fromstring(one["text"]["div"].encode())
        assert root.tag == "{http://www.w3.org/1999/xhtml}div"
        assert root.get("lang") == root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


def test_sections_have_narratives(bundle: Bundle) -> None:
    composition = bundle["entry"][0]["resource"]
    assert all("text" in one for one in composition["section"] if "entry" in one)


def test_narratives_pass_the_check(bundle: Bundle) -> None:
    assert not [one for one in check(bundle) if one.code == "BND008"]


def test_narrate_leaves_its_argument_alone(bundle: Bundle) -> None:
    bare = {**bundle, "entry": [{**one, "resource": {**one["resource"]}} for one in bundle["entry"]]}
    for one in bare["entry"]:
        one["resource"].pop("text", None)
    before = dumps(bare)
    narrate(bare)
    assert dumps(bare) == before
    assert narrate(narrate(bare)) == narrate(bare)


def test_markup_in_the_report_is_escaped_everywhere() -> None:
    nasty = REPORT.replace("A Lung Nodule", "<b onclick=x>A *Lung* | `Nodule`</b>")
    result = convert_bytes(nasty.encode(), "nasty.txt")
    for summary in result.summaries:
        assert "<b onclick" not in summary.html
        assert "<b onclick" not in summary.markdown.replace("\\<", "")
    assert "<b onclick" not in "".join(
        one["resource"].get("text", {}).get("div", "") for one in result.bundle["entry"]
    )


@pytest.mark.parametrize(
    ("plain", "escaped"),
    [
        ("<5 mg/dL", "\\<5 mg/dL"),
        ("a | b", "a \\| b"),
        ("*not bold*", "\\*not bold\\*"),
        ("# no heading", "\\# no heading"),
        ("1. no list", "\\1. no list"),
        ("two\nlines", "two lines"),
        ("file_name.txt", "file_name.txt"),
        ("R&D &amp; so", "R&D \\&amp; so"),
    ],
)
def test_markdown_is_escaped(plain: str, escaped: str) -> None:
    assert markdown(plain) == escaped


@pytest.mark.parametrize(
    ("printed", "shown"), [("Pleural effusion", "pleural effusion"), ("CT of chest", "CT of chest"), ("", "")]
)
def test_everyday_words_are_written_small(printed: str, shown: str) -> None:
    assert lowered(printed) == shown


def test_build_and_summary_share_no_state() -> None:
    first = convert_bytes(REPORT.encode(), "a.txt")
    second = convert_bytes(REPORT.encode(), "a.txt")
    assert first.summaries == second.summaries


def test_foreign_bundle_is_told_as_far_as_it_goes() -> None:
    finding = {
        "resourceType": "Observation",
        "id": "a",
        "status": "final",
        "code": {"text": "pleural effusion"},
        "category": [{"coding": [{"code": "exam"}]}],
        "valueBoolean": True,
    }
    odd = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": finding}, {"fullUrl": "urn:x"}],
    }
    assert "흉수 있음" in render(narrate(odd), "ko").markdown

"""Each report format: valid in its own terms, in a stable order, and every issue in it."""

from __future__ import annotations

import json
import random
import re
from xml.etree import ElementTree

import pytest

from converter.issues import ISSUE_CODES, ConverterError, Issue
from converter.model import Span
from converter.report import formats, write

ISSUES = (
    Issue.of("BND003", path="Bundle.entry[10].resource.subject", source="out/a, b.json"),
    Issue.of("BND003", path="Bundle.entry[2].resource.subject", source="out/a, b.json"),
    Issue.of("FID005", path="Bundle.entry[0].resource.title", source="out/a, b.json"),
    Issue.of("UNIT001", "100% unknown:\nunit <x> & \"y\"", span=Span(3, 9), source="report.txt"),
    Issue.of("TIME002", source="report.txt"),
    Issue.of("DOC001"),
)  # fmt: skip


def test_formats_are_found_by_name() -> None:
    assert {"text", "json", "operationoutcome", "sarif", "junit", "github"} <= set(formats())


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ConverterError, match="no report format"):
        write("_report", ISSUES)


@pytest.mark.parametrize("name", formats())
def test_order_depends_on_the_issues_only(name: str) -> None:
    shuffled = list(ISSUES)
    random.Random(7).shuffle(shuffled)
    assert write(name, shuffled) == write(name, ISSUES)


@pytest.mark.parametrize("name", formats())
def test_every_issue_is_there(name: str) -> None:
    text = write(name, ISSUES)
    assert all(issue.code in text for issue in ISSUES)


@pytest.mark.parametrize("name", formats())
def test_no_issues_is_fine_too(name: str) -> None:
    assert isinstance(write(name, (), checked=["a.json"]), str)


def test_text_says_place_severity_code_and_mend() -> None:
    lines = write("text", ISSUES[:2]).splitlines()
    fix = ISSUE_CODES["BND003"].fix
    assert lines[0] == (
        f"out/a, b.json:Bundle.entry[2].resource.subject: error BND003 reference not resolved ({fix})"
    )
    assert lines[-1] == "2 error"
    assert write("text", ()) == "no issues\n"


def test_text_shows_characters_of_the_source() -> None:
    assert write("text", ISSUES[3:4]).startswith("report.txt:3-9: warning UNIT001")


def test_json_leaves_out_what_an_issue_does_not_have() -> None:
    first = json.loads(write("json", ISSUES))[0]
    assert first == {
        "code": "DOC001",
        "severity": "fatal",
        "message": "empty document",
        "hint": ISSUE_CODES["DOC001"].fix,
    }


@pytest.mark.parametrize("issues", [ISSUES, ()])
def test_operationoutcome_is_fhir(issues: tuple[Issue, ...]) -> None:
    resources = pytest.importorskip("fhir.resources.R4B")
    text = write("operationoutcome", issues)
    resources.get_fhir_model_class("OperationOutcome").model_validate_json(text)
    assert len(json.loads(text)["issue"]) == max(len(issues), 1)


def test_operationoutcome_passes_our_own_check() -> None:
    check = pytest.importorskip("converter.check").check
    assert check(json.loads(write("operationoutcome", ISSUES)), structure=False) == ()


def test_every_issue_code_has_a_fhir_issue_type() -> None:
    check = pytest.importorskip("converter.check").check
    every = [Issue.of(code) for code in ISSUE_CODES]
    assert check(json.loads(write("operationoutcome", every)), structure=False) == ()


def test_sarif_points_at_rules_and_places() -> None:
    run = json.loads(write("sarif", ISSUES, checked=["good.json"], version="1.2.3"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    region = next(r for r in run["results"] if r["ruleId"] == "UNIT001")["locations"][0]["physicalLocation"]
    assert region == {"artifactLocation": {"uri": "report.txt"}, "region": {"charOffset": 3, "charLength": 6}}
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert uris == ["good.json", "out/a%2C%20b.json", "report.txt"]


def test_junit_counts_errors_as_failures() -> None:
    root = ElementTree.fromstring(write("junit", ISSUES, checked=["good.json"]))
    suites = {suite.get("name"): suite for suite in root}
    assert (suites["out/a, b.json"].get("tests"), suites["out/a, b.json"].get("failures")) == ("3", "2")
    assert (suites["good.json"].get("tests"), suites["good.json"].get("failures")) == ("1", "0")
    assert len(root.findall(".//failure")) == 3


def test_junit_survives_control_characters() -> None:
    ElementTree.fromstring(write("junit", [Issue.of("DOC001", "a\x00b<", source='"q"&.json')]))


def test_github_escapes_what_ends_a_command() -> None:
    lines = write("github", ISSUES).splitlines()
    assert len(lines) == len(ISSUES)
    assert all(re.match(r"::(error|warning|notice) [^\n]*::", line) for line in lines)
    assert '::warning file=report.txt,title=UNIT001::3-9: 100%25 unknown:%0Aunit <x> & "y"' in lines
    assert any("file=out/a%2C b.json," in line for line in lines)

"""Each report format: valid in its own terms, in a stable order, and every issue in it."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from converter.issues import ISSUE_CODES, ConverterError, Issue
from converter.model import Span
from converter.report import (
    Held,
    fingerprints,
    formats,
    hold,
    order,
    read_baseline,
    read_suppressions,
    write,
    write_baseline,
)

ISSUES = (
    Issue.of("BND003", path="Bundle.entry[10].resource.subject", source="out/a, b.json"),
    Issue.of("BND003", path="Bundle.entry[2].resource.subject", source="out/a, b.json"),
    Issue.of("FID005", path="Bundle.entry[0].resource.title", source="out/a, b.json"),
    Issue.of("UNIT001", "100% unknown:\nunit <x> & \"y\"", span=Span(3, 9), source="report.txt"),
    Issue.of("TIME002", source="report.txt"),
    Issue.of("DOC001"),
)  # fmt: skip
STATUS = replace(
    Issue.of("BND006", path="Bundle.entry[3].resource.status", source="a.json"),
    line=12, column=5, element="Observation/crp.status",
)  # fmt: skip
SCHEMA = Path(__file__).resolve().parents[1] / "data" / "sarif-2.1.0-rtm.5.json"
"""SARIF's own schema, as @microsoft/jest-sarif (npm, MIT) ships it."""


def test_formats_are_found_by_name() -> None:
    assert set(formats()) == {"text", "json", "operationoutcome", "sarif", "junit", "github", "html"}


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
    address = {"uri": "report.txt", "uriBaseId": "%SRCROOT%"}
    assert region == {"artifactLocation": address, "region": {"charOffset": 3, "charLength": 6}}
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


@pytest.mark.parametrize("issues", [ISSUES, (STATUS,), ()])
def test_sarif_is_valid_by_its_schema(issues: tuple[Issue, ...]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))
    held = {issue: Held("known") for issue in issues[:1]} | {issue: Held() for issue in issues[1:2]}
    log = json.loads(write("sarif", issues, checked=["/abs/a b.json", "-"], version="1", held=held))
    assert [error.message for error in validator.iter_errors(log)] == []


def test_sarif_names_line_column_and_element() -> None:
    result = json.loads(write("sarif", [STATUS]))["runs"][0]["results"][0]
    location = result["locations"][0]
    assert location["physicalLocation"]["region"] == {"startLine": 12, "startColumn": 5}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == STATUS.path
    assert set(result["partialFingerprints"]) == {"casefhir/v1", "primaryLocationLineHash"}


def test_sarif_keeps_to_githubs_limit_worst_first() -> None:
    warnings = [Issue.of("UNIT001", f"{n}", source="a.txt") for n in range(25_001)]
    run = json.loads(write("sarif", [*warnings, STATUS]))["runs"][0]
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "BND006"
    assert "2 results" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_of_standard_input_has_no_address() -> None:
    run = json.loads(write("sarif", [replace(STATUS, source="-")], checked=["-"]))["runs"][0]
    assert run["artifacts"] == []
    assert "physicalLocation" not in run["results"][0]["locations"][0]


def test_fingerprint_outlives_new_lines_and_entries() -> None:
    moved = replace(STATUS, line=99, path="Bundle.entry[7].resource.status")
    (one,), (other,) = fingerprints([STATUS]).values(), fingerprints([moved]).values()
    assert one == other
    assert (
        fingerprints([replace(STATUS, element="Observation/ck.status")])[
            replace(STATUS, element="Observation/ck.status")
        ]
        != one
    )


def test_alike_issues_have_marks_of_their_own() -> None:
    alike = [STATUS, replace(STATUS, line=13)]
    assert len(set(fingerprints(alike).values())) == 2
    held, _ = hold(alike, read_baseline(write_baseline([STATUS]), "b"), (), "")
    assert list(held) == [STATUS]


def test_baseline_holds_old_issues_only() -> None:
    baseline = read_baseline(write_baseline(order(ISSUES)), "b.json")
    held, unused = hold(order((*ISSUES, STATUS)), baseline, (), "")
    assert (set(held), unused) == (set(ISSUES), ())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"baseline": 2, "issues": []}', '{"baseline": 1}'])
def test_wrong_baseline_is_refused(text: str) -> None:
    with pytest.raises(ConverterError, match=r"b\.json: "):
        read_baseline(text, "b.json")


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ('code = "BND006"', True),
        ('code = "BND*"\nfile = "*.json"', True),
        ('code = "BND006"\npath = "Bundle.entry.resource.status"', True),
        ('code = "BND006"\npath = "Bundle.entry[3].resource.status"', True),
        ('code = "BND006"\npath = "Bundle.entry[*].resource.*"', True),
        ('code = "BND006"\npath = "Bundle.entry[4].resource.status"', False),
        ('code = "BND006"\nfile = "b.json"', False),
        ('code = "BND005"', False),
    ],
)
def test_suppression_holds_what_it_names(row: str, held: bool) -> None:
    rows = read_suppressions(f'\n[[suppress]]\n{row}\nreason = "known"\n', "s.toml")
    found, unused = hold([STATUS], frozenset(), rows, "s.toml")
    assert found == ({STATUS: Held("known")} if held else {})
    assert [(issue.code, issue.source, issue.line) for issue in unused] == (
        [] if held else [("SUP001", "s.toml", 2)]
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[suppress]]\ncode = "BND006"', "s.toml:1: give a reason"),
        ('\n[[suppress]]\ncode = "BND006"\nreason = " "', "s.toml:2: give a reason"),
        ('[[suppress]]\nreason = "x"', "give the code"),
        ('[[suppress]]\ncode = "A"\nreason = "x"\nuntil = "y"', "unknown until"),
        ('[[suppress]]\ncode = 5\nreason = "x"', "are text"),
        ('[suppress]\ncode = "A"', "a \\[\\[suppress\\]\\] table"),
        ("[[", "not TOML"),
    ],
)
def test_wrong_suppressions_are_refused(text: str, words: str) -> None:
    with pytest.raises(ConverterError, match=words):
        read_suppressions(text, "s.toml")


def test_accepted_issues_are_shown_as_accepted() -> None:
    held = {STATUS: Held("known to be <so>")}
    assert write("text", [STATUS], held=held) == "no issues, 1 suppressed\n"
    assert write("text", [STATUS], held={STATUS: Held()}) == "no issues, 1 in the baseline\n"
    assert write("github", [STATUS], held=held) == ""
    assert json.loads(write("json", [STATUS], held=held))[0]["accepted"] == "suppressed"
    suite = ElementTree.fromstring(write("junit", [STATUS], held=held))[0]
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    sarif = json.loads(write("sarif", [STATUS], held=held))["runs"][0]["results"][0]
    assert sarif["suppressions"] == [{"kind": "external", "justification": "known to be <so>"}]
    assert "known to be &lt;so&gt;" in write("html", [STATUS], held=held)


def test_page_needs_nothing_else_and_escapes_all() -> None:
    page = write("html", [*ISSUES, STATUS], checked=["<b>.json"])
    assert "<b>.json" not in page
    assert "<x>" not in page
    assert re.findall(r"<script|src=|https?://|url\(|@import", page) == []
    assert "default-src 'none'" in page

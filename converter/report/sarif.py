"""SARIF 2.1.0, which code hosts show beside a file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
GitHub takes 25,000 results a run and shows 5,000, hence the worst first:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from converter.issues import ISSUE_CODES, ORDER, Issue, Severity
from converter.report._held import fingerprints
from converter.report._report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LIMIT = 25_000
LEVELS = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
}


def render(report: Report) -> str:
    """Write one run with the rules that it needs."""
    worst = sorted(report.issues, key=lambda issue: (issue in report.held, -ORDER.index(issue.severity)))
    shown = worst[:LIMIT]
    codes = sorted({issue.code for issue in shown})
    driver: dict[str, Any] = {"name": "casefhir", "rules": [_rule(code) for code in codes]}
    if report.version:
        driver["version"] = report.version
    marks = fingerprints(report.issues)
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(len(worst) - len(shown))],
        "artifacts": [{"location": _address(file)} for file in report.files if _is_file(file)],
        "results": [_result(issue, codes.index(issue.code), marks[issue], report) for issue in shown],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _invocation(left_out: int) -> dict[str, Any]:
    """Say that the run ended well, and what the limit left out."""
    if not left_out:
        return {"executionSuccessful": True}
    words = f"{left_out} results are left out: code hosts take {LIMIT} a run; the worst are here"
    note = {"level": "warning", "message": {"text": words}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [note]}


def _is_file(name: str) -> bool:
    return name not in ("", "-")


def _address(name: str) -> dict[str, Any]:
    """Give a file's URI, relative to the checkout's root where it is relative here."""
    path = PurePath(name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}


def _rule(code: str) -> dict[str, Any]:
    known = ISSUE_CODES.get(code)
    if known is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.cause},
        "help": {"text": known.fix},
        "defaultConfiguration": {"level": LEVELS[known.severity]},
    }


def _result(issue: Issue, rule: int, mark: str, report: Report) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": issue.code,
        "ruleIndex": rule,
        "level": LEVELS[issue.severity],
        "message": {"text": issue.message},
        "partialFingerprints": {"casefhir/v1": mark, "primaryLocationLineHash": mark},
    }
    location: dict[str, Any] = {}
    if _is_file(issue.source):
        location["physicalLocation"] = {"artifactLocation": _address(issue.source), **_region(issue)}
    if issue.path:
        name = issue.path.rpartition(".")[2]
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": issue.path, "kind": "element"}]
    if location:
        result["locations"] = [location]
    held = report.held.get(issue)
    if held is not None and held.reason:
        result["suppressions"] = [{"kind": "external", "justification": held.reason}]
    elif held is not None:
        result["baselineState"] = "unchanged"
    return result


def _region(issue: Issue) -> dict[str, Any]:
    if issue.line:
        return {"region": {"startLine": issue.line, "startColumn": issue.column}}
    if issue.span is not None and not issue.path:
        return {"region": {"charOffset": issue.span.start, "charLength": issue.span.length}}
    return {}

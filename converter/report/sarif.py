"""SARIF 2.1.0, which code hosts show beside a file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from converter.issues import ISSUE_CODES, Issue, Severity
from converter.report._report import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "note",
}


def render(report: Report) -> str:
    """Write one run with the rules that it needs."""
    codes = sorted({issue.code for issue in report.issues})
    driver: dict[str, Any] = {"name": "casefhir", "rules": [_rule(code) for code in codes]}
    if report.version:
        driver["version"] = report.version
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": quote(file)}} for file in report.files if file],
        "results": [_result(issue, codes.index(issue.code)) for issue in report.issues],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


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


def _result(issue: Issue, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": issue.code,
        "ruleIndex": rule,
        "level": LEVELS[issue.severity],
        "message": {"text": issue.message},
    }
    location: dict[str, Any] = {}
    if issue.source:
        location["physicalLocation"] = {"artifactLocation": {"uri": quote(issue.source)}}
        if issue.span is not None and not issue.path:
            region = {"charOffset": issue.span.start, "charLength": issue.span.length}
            location["physicalLocation"]["region"] = region
    if issue.path:
        location["logicalLocations"] = [{"fullyQualifiedName": issue.path, "kind": "element"}]
    if location:
        result["locations"] = [location]
    return result

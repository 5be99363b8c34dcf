"""A FHIR R4 OperationOutcome, as servers answer: https://hl7.org/fhir/R4/operationoutcome.html"""

from __future__ import annotations

import json
from typing import Any

from converter.issues import ISSUE_CODES, Issue
from converter.report._report import Report, place

FINE = {"severity": "information", "code": "informational", "details": {"text": "no issues"}}


def outcome(report: Report) -> dict[str, Any]:
    """Make the resource; it must have an issue, so the absence of issues is one too."""
    return {"resourceType": "OperationOutcome", "issue": [_one(issue) for issue in report.open] or [FINE]}


def render(report: Report) -> str:
    """Write the resource."""
    return json.dumps(outcome(report), ensure_ascii=False, indent=2) + "\n"


def _one(issue: Issue) -> dict[str, Any]:
    known = ISSUE_CODES.get(issue.code)
    one: dict[str, Any] = {
        "severity": issue.severity.value,
        "code": known.kind if known is not None else "processing",
        "details": {"text": f"{issue.code}: {issue.message}"},
    }
    at = f"{issue.line}:{issue.column}" if issue.line else "" if issue.path else place(issue)
    where = ":".join(part for part in (issue.source, at) if part)
    diagnostics = "; ".join(part for part in (where, issue.hint) if part)
    if diagnostics:
        one["diagnostics"] = diagnostics
    if issue.path:
        one["expression"] = [issue.path]
    return one

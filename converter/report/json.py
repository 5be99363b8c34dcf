"""JSON for programs: an array of issues."""

from __future__ import annotations

import json
from typing import Any

from converter.issues import Issue
from converter.report._report import Report


def render(report: Report) -> str:
    """Write the issues as a JSON array; places that an issue does not have are left out."""
    return json.dumps([_one(issue, report) for issue in report.issues], ensure_ascii=False, indent=2) + "\n"


def _one(issue: Issue, report: Report) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "code": issue.code,
        "severity": issue.severity.value,
        "message": issue.message,
        "source": issue.source,
        "path": issue.path,
        "line": issue.line or None,
        "column": issue.column or None,
        "start": issue.span.start if issue.span is not None else None,
        "end": issue.span.end if issue.span is not None else None,
        "hint": issue.hint,
    }
    if issue in report.held:
        reason = report.held[issue].reason
        fields |= {"accepted": "suppressed" if reason else "baseline", "reason": reason}
    return {key: value for key, value in fields.items() if value not in ("", None)}

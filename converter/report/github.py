"""Workflow commands of GitHub Actions, which it shows as annotations."""

from __future__ import annotations

from converter.issues import Issue, Severity
from converter.report._report import Report, place

COMMANDS = {
    Severity.FATAL: "error",
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
}


def render(report: Report) -> str:
    """Write a command an issue."""
    return "".join(f"{_command(issue)}\n" for issue in report.open)


def _command(issue: Issue) -> str:
    properties = {"file": issue.source, "line": issue.line, "col": issue.column, "title": issue.code}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    words = f"{place(issue)}: {issue.message}" if place(issue) else issue.message
    return f"::{COMMANDS[issue.severity]} {listed}::{_data(words)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

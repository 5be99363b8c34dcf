"""Lines for people: ``file:line:column: severity CODE place: message (hint)``, as editors link."""

from __future__ import annotations

from collections import Counter

from converter.issues import ORDER, Issue
from converter.report._report import Report, place


def render(report: Report) -> str:
    """Write a line an issue and a line of counts."""
    lines = [_line(issue) for issue in report.open]
    counts = Counter(issue.severity for issue in report.open)
    said = [f"{counts[severity]} {severity}" for severity in reversed(ORDER) if counts[severity]]
    accepted = Counter("suppressed" if held.reason else "in the baseline" for held in report.held.values())
    more = [f"{count} {how}" for how, count in sorted(accepted.items())]
    return "\n".join([*lines, ", ".join([*(said or ["no issues"]), *more])]) + "\n"


def _line(issue: Issue) -> str:
    at = f"{issue.line}:{issue.column}" if issue.line else place(issue)
    where = ":".join(part for part in (issue.source, at) if part)
    what = f"{place(issue)}: {issue.message}" if issue.line and place(issue) else issue.message
    hint = f" ({issue.hint})" if issue.hint else ""
    return f"{where}{': ' if where else ''}{issue.severity} {issue.code} {what}{hint}"

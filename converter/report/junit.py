"""JUnit XML, which CI systems show as tests: a suite a file, a test an issue; errors are failures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from converter.issues import Issue
from converter.report._held import Held
from converter.report._report import BAD, Report, place

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def render(report: Report) -> str:
    """Write a suite a file; a file without issues is one test that passes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="casefhir">']
    for file in report.files:
        lines += _suite(file, report.of(file), report)
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(file: str, issues: tuple[Issue, ...], report: Report) -> Iterator[str]:
    failures = sum(issue.severity in BAD and issue not in report.held for issue in issues)
    skipped = sum(issue in report.held for issue in issues)
    name = _attribute(file or "-")
    counts = f'tests="{max(len(issues), 1)}" failures="{failures}" errors="0" skipped="{skipped}"'
    yield f"  <testsuite name={name} {counts}>"
    if not issues:
        yield f'    <testcase classname={name} name="no issues"/>'
    for issue in issues:
        yield from _case(issue, name, report.held.get(issue))
    yield "  </testsuite>"


def _case(issue: Issue, name: str, held: Held | None) -> Iterator[str]:
    where = place(issue)
    title = _attribute(f"{issue.code} {where}".strip())
    words = f"{issue.severity} {issue.code} {issue.message}"
    yield f"    <testcase classname={name} name={title}>"
    if held is not None:
        yield f"      <skipped message={_attribute(held.reason or 'in the baseline')}/>"
    elif issue.severity in BAD:
        line = f"line {issue.line}, column {issue.column}" if issue.line else ""
        body = _clean("\n".join(part for part in (line, where, issue.hint) if part))
        attributes = f"type={_attribute(issue.code)} message={_attribute(words)}"
        yield f"      <failure {attributes}>{escape(body)}</failure>"
    else:
        yield f"      <system-out>{escape(_clean(words))}</system-out>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    """Leave out characters that XML 1.0 cannot hold."""
    return FORBIDDEN.sub("", text)

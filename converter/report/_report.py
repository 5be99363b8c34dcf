"""What every format renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from converter.issues import Issue, Severity
from converter.report._held import Held

BAD = (Severity.ERROR, Severity.FATAL)


@dataclass(frozen=True, slots=True)
class Report:
    """Issues in their order, and the files that were looked at."""

    issues: tuple[Issue, ...]
    files: tuple[str, ...] = ()
    version: str = ""
    held: Mapping[Issue, Held] = field(default_factory=dict)

    def of(self, file: str) -> tuple[Issue, ...]:
        """Give one file's issues."""
        return tuple(issue for issue in self.issues if issue.source == file)

    @property
    def open(self) -> tuple[Issue, ...]:
        """Give the issues that nobody accepted."""
        return tuple(issue for issue in self.issues if issue not in self.held)


def place(issue: Issue) -> str:
    """Say where in its file an issue is: a FHIRPath, or characters of the source from 0."""
    if issue.path:
        return issue.path
    return f"{issue.span.start}-{issue.span.end}" if issue.span is not None else ""

"""What every format renders."""

from __future__ import annotations

from dataclasses import dataclass

from converter.issues import Issue, Severity

BAD = (Severity.ERROR, Severity.FATAL)


@dataclass(frozen=True, slots=True)
class Report:
    """Issues in their order, and the files that were looked at."""

    issues: tuple[Issue, ...]
    files: tuple[str, ...] = ()
    version: str = ""

    def of(self, file: str) -> tuple[Issue, ...]:
        """Give one file's issues."""
        return tuple(issue for issue in self.issues if issue.source == file)


def place(issue: Issue) -> str:
    """Say where in its file an issue is: a FHIRPath, or characters of the source from 0."""
    if issue.path:
        return issue.path
    return f"{issue.span.start}-{issue.span.end}" if issue.span is not None else ""

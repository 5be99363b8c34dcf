"""Issues -> text for people, programs and CI: one module a format, found by its name.

A module of this folder is a format: it has ``render(report: Report) -> str``. No format shows a patient's
words, because issues hold none.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Mapping
from importlib import import_module

from converter.issues import ConverterError, Issue
from converter.report._held import (
    Held,
    Suppression,
    fingerprints,
    hold,
    read_baseline,
    read_suppressions,
    write_baseline,
)
from converter.report._report import Report

__all__ = [
    "Held",
    "Report",
    "Suppression",
    "fingerprints",
    "formats",
    "hold",
    "order",
    "read_baseline",
    "read_suppressions",
    "write",
    "write_baseline",
]


def formats() -> tuple[str, ...]:
    """Name the formats.

    >>> "sarif" in formats()
    True
    """
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def write(
    format: str,
    issues: Iterable[Issue],
    *,
    checked: Iterable[str] = (),
    version: str = "",
    held: Mapping[Issue, Held] | None = None,
) -> str:
    """Write issues in a format, in an order that depends on nothing but the issues.

    ``checked`` names all files looked at, so that those without issues are seen too; ``version`` is this
    program's; ``held`` are the issues that were accepted.
    """
    if format not in formats():
        raise ConverterError(f"no report format {format!r}; there are {', '.join(formats())}")
    ordered = order(issues)
    files = dict.fromkeys([*checked, *(issue.source for issue in ordered)])
    report = Report(ordered, tuple(files), version, held or {})
    rendered: str = import_module(f"converter.report.{format}").render(report)
    return rendered


def order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Give issues once each, by file and place."""
    return tuple(sorted(dict.fromkeys(issues), key=_order))


def _order(issue: Issue) -> tuple[object, ...]:
    start = issue.span.start if issue.span is not None else -1
    steps = tuple(
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", issue.path)
    )
    return issue.source, issue.line, issue.column, start, steps, issue.code, issue.message

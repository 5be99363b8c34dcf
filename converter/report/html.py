"""One page that needs nothing else: no script, no address, no words of a patient."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from converter.issues import ISSUE_CODES, ORDER
from converter.mappings import data_path
from converter.report._report import Report, place

WORDS: Mapping[str, str] = {
    "title": "casefhir check", "files": "files", "none": "no issues",
    "accepted": "accepted", "baseline": "in the baseline", "reason": "accepted because",
    "severity": "Severity", "code": "Code", "line": "Line", "place": "Place", "message": "What",
    "codes": "Codes", "count": "Count", "cause": "Cause", "mend": "Mend",
}  # fmt: skip


def render(report: Report) -> str:
    """Write the page: counts, then a table a file, then the codes with their causes."""
    environment = Environment(
        loader=FileSystemLoader(str(data_path("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style()
    counts = Counter(issue.severity for issue in report.open)
    codes = Counter(issue.code for issue in report.issues)
    return environment.get_template("report.html").render(
        words=WORDS,
        style=Markup(style),  # noqa: S704 (our own file)
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        counts=[(severity, counts[severity]) for severity in reversed(ORDER) if counts[severity]],
        files=[(file, report.of(file)) for file in report.files],
        codes=[(code, count, ISSUE_CODES.get(code)) for code, count in sorted(codes.items())],
        held=report.held,
        version=report.version,
        place=place,
    )


@cache
def _style() -> str:
    return data_path("templates/report.css").read_text("utf-8")

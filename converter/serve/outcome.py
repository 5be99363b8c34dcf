"""OperationOutcomes, the answer to every error: https://hl7.org/fhir/R4/operationoutcome.html"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from converter.fhir.json import dumps
from converter.issues import Issue
from converter.report import order
from converter.report._report import Report
from converter.report.operationoutcome import outcome

FHIR = "application/fhir+json"
KINDS = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported",
    406: "not-supported", 408: "timeout", 413: "too-long", 415: "not-supported", 422: "processing",
    429: "throttled", 500: "exception", 503: "transient", 504: "timeout",
}  # fmt: skip
"""FHIR IssueType of each status, https://hl7.org/fhir/R4/valueset-issue-type.html"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    body: bytes
    media: str = FHIR
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    log: str = ""
    """What the log says besides: codes and places in our code, never words of a report."""


class RefusalError(Exception):
    """A request that is not served, and why; raised before or in a worker."""

    def __init__(self, status: int, text: str, place: str = "", **headers: str) -> None:
        super().__init__(status, text, place)
        self.status = status
        self.text = text
        self.place = place
        """FHIRPath into the body."""
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refused(refusal: RefusalError) -> Answer:
    """Say why a request is not served."""
    issue: dict[str, Any] = {
        "severity": "error",
        "code": KINDS.get(refusal.status, "processing"),
        "details": {"text": refusal.text},
    }
    if refusal.place:
        issue["expression"] = [refusal.place]
    made = {"resourceType": "OperationOutcome", "issue": [issue]}
    return Answer(refusal.status, dumps(made).encode(), headers=refusal.headers)


def told(status: int, issues: Iterable[Issue], **headers: str) -> Answer:
    """Tell Issues."""
    found = order(issues)
    codes = " ".join(sorted({issue.code for issue in found})) if status >= 400 else ""
    return Answer(
        status, dumps(outcome(Report(found))).encode("utf-8", "replace"), headers=headers, log=codes
    )

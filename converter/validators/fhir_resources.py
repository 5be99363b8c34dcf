"""fhir.resources' typed classes (R4B, which is R4 in structure for nearly all types)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from converter.check import structure
from converter.issues import Severity
from converter.validators._finding import Finding, Settings, ValidatorMissingError


def run(files: Sequence[Path], settings: Settings) -> Iterator[Finding]:
    """Validate each file."""
    if settings.packages:
        raise ValidatorMissingError("--validator fhir.resources knows no packages; use hl7 or pyrofile")
    for file in files:
        for issue in structure.check(json.loads(file.read_bytes())):
            words = issue.message.removeprefix("fhir.resources: ")
            yield Finding(str(file), Severity.ERROR, issue.path, words)

"""fhirkit-rs, a validator in Rust: fast, and of structure only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from converter.issues import Severity
from converter.validators._finding import Finding, Settings, ValidatorMissingError


def run(files: Sequence[Path], settings: Settings) -> Iterator[Finding]:
    """Validate each file."""
    if settings.packages:
        raise ValidatorMissingError(
            "--validator fhirkit knows no packages; use hl7 or pyrofile for --package"
        )
    try:
        import fhirkit  # noqa: PLC0415 (an extra)
    except ImportError as error:
        words = "--validator fhirkit: not installed; pip install 'casefhir[validators]'"
        raise ValidatorMissingError(words) from error
    for file in files:
        for issue in fhirkit.validate(file.read_bytes()):
            severity = Severity(str(issue.severity).lower())
            yield Finding(str(file), severity, str(issue.path), str(issue.message))

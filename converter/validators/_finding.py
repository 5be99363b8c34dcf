"""What a validator is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from converter.issues import ConverterError, Severity


class ValidatorMissingError(ConverterError):
    """A validator, package or terminology server that was asked for is not at hand."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user points at."""

    packages: tuple[Path, ...] = ()
    """FHIR packages: .tgz files or unpacked folders."""
    jar: Path | None = None
    """HL7's validator_cli.jar; without it HAPI's classes are taken from Maven's repository."""
    terminology: str = ""
    """Address of a terminology server."""
    fetch: bool = False
    """Let Maven fetch what its repository lacks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a validator says of a file."""

    file: str
    severity: Severity
    path: str
    message: str
    id: str = ""

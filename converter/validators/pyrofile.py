"""pyrofile, a validator in Python; it knows of R4 what the packages tell it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from converter.issues import Severity
from converter.validators._finding import Finding, Settings, ValidatorMissingError


def run(files: Sequence[Path], settings: Settings) -> Iterator[Finding]:
    """Validate each file; the packages are read once."""
    try:
        from pyrofile_validator import Validator  # noqa: PLC0415 (an extra)
        from pyrofile_validator.config import ValidatorConfig  # noqa: PLC0415
    except ImportError as error:
        words = "--validator pyrofile: not installed; pip install 'casefhir[validators]'"
        raise ValidatorMissingError(words) from error
    with redirect_stdout(io.StringIO()):  # fhirpathpy traces there
        validator = Validator(ValidatorConfig(local_package_paths=[str(path) for path in settings.packages]))
    for file in files:
        resource = json.loads(file.read_bytes())
        with redirect_stdout(io.StringIO()):
            report = validator.validate_resource(resource, file.name)
        places = _places(resource)
        for issue in report.issues:
            path = _path(issue.path or "", issue.resource_type or "", issue.resource_id or "", places)
            yield Finding(str(file), Severity(issue.severity.value), path, issue.message, issue.code)


def _places(resource: dict[str, Any]) -> Mapping[tuple[str, str], str]:
    """Give the path of each entry's resource by type and id."""
    found: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(resource.get("entry") or ()):
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(inner, dict):
            key = (str(inner.get("resourceType")), str(inner.get("id", "")))
            found.setdefault(key, f"Bundle.entry[{number}].resource")
    return found


def _path(path: str, kind: str, ident: str, places: Mapping[tuple[str, str], str]) -> str:
    """Write a path from the bundle on; pyrofile gives it from the resource on."""
    entry = places.get((kind, ident))
    plain = path.replace("._", ".")
    if entry and (plain == kind or plain.startswith(f"{kind}.")):
        return entry + plain[len(kind) :]
    return plain

"""Validators that others keep, behind one interface: resources in, findings out, one run for all files.

A module of this folder with ``run`` is a validator. One that cannot run raises ValidatorMissingError: what
nobody looked at is never green. Nothing is fetched unless the settings say so.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from converter.fhir.json import dumps
from converter.issues import ORDER, Issue, Severity
from converter.mappings import load_toml
from converter.validators._finding import Finding, Settings, ValidatorMissingError
from converter.validators._packages import resolve
from converter.validators._words import without_values

__all__ = ["VALIDATORS", "Finding", "Settings", "ValidatorMissingError", "findings", "issues", "resolve"]

VALIDATORS: Mapping[str, str] = {
    "hl7": "EXT001",
    "pyrofile": "EXT002",
    "fhirkit": "EXT003",
    "fhir.resources": "EXT004",
}
"""Each validator's name and the code of its issues."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a validator says of right resources, and why that is no defect."""

    validator: str
    id: str
    message: re.Pattern[str]
    severity: Severity
    why: str


@cache
def alarms() -> tuple[Alarm, ...]:
    """Give the known false alarms."""
    return tuple(
        Alarm(
            row["validator"],
            row.get("id", ""),
            re.compile(row.get("message", "")),
            Severity(row.get("severity", "warning")),
            row["why"],
        )
        for row in load_toml("fhir/known-alarms.toml")["alarm"]
    )


def known(validator: str, finding: Finding) -> str:
    """Say why a finding is no defect; empty where it may be one."""
    rank = ORDER.index(finding.severity)
    return next(
        (
            alarm.why
            for alarm in alarms()
            if alarm.validator == validator
            and alarm.id in finding.id
            and rank <= ORDER.index(alarm.severity)
            and alarm.message.search(finding.message)
        ),
        "",
    )


def findings(validator: str, resources: Sequence[Any], settings: Settings) -> tuple[tuple[Finding, ...], ...]:
    """Ask one validator about all resources at once; give what it says of each."""
    module = import_module(f"converter.validators.{validator.replace('.', '_')}")
    with tempfile.TemporaryDirectory(prefix="casefhir-") as folder:
        files = [Path(folder) / f"{number}.json" for number in range(len(resources))]
        for file, resource in zip(files, resources, strict=True):
            file.write_text(dumps(resource), "utf-8")
        said: dict[str, list[Finding]] = {str(file): [] for file in files}
        for finding in module.run(files, settings) if files else ():
            said[finding.file].append(finding)
        return tuple(tuple(said[str(file)]) for file in files)


def issues(validator: str, found: Sequence[Finding]) -> Mapping[Issue, str]:
    """Make issues of findings, each with why it is no defect; "" for those that may be one."""
    return {_issue(validator, finding): known(validator, finding) for finding in found}


def _issue(validator: str, finding: Finding) -> Issue:
    mark = f" [{finding.id}]" if finding.id else ""
    message = f"{validator}: {without_values(finding.message)}{mark}"
    issue = Issue.of(VALIDATORS[validator], message, path=finding.path)
    return replace(issue, severity=finding.severity)

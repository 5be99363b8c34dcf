"""No false alarm on the official examples of R4B that ship in the fhirstarter wheel (PyPI, MIT).

The wheel is kept in the user's cache; without it and without PyPI the tests are skipped.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter.check import check
from converter.issues import Severity

VERSION = "4.2.0"
EXAMPLES = "fhirstarter/fhir_specification/sequences/R4B/examples.zip"
TRUE = {("devicemetric.json", "DeviceMetric.parent")}
"""R4 allows a Device there and the example refers to a DeviceDefinition: no false alarm."""


def wheel() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casefhir"
    name = home / f"fhirstarter-{VERSION}-py3-none-any.whl"
    pip = shutil.which("pip3") or shutil.which("pip")
    if not name.exists() and pip:
        command = [pip, "download", "--quiet", "--no-deps", "--dest", str(home), f"fhirstarter=={VERSION}"]
        subprocess.run(command, capture_output=True, check=False, timeout=120)
    if not name.exists():
        pytest.skip("the fhirstarter wheel is neither in the cache nor to be had from PyPI")
    return name


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, Any]]:
    def read() -> Iterator[tuple[str, Any]]:
        with zipfile.ZipFile(wheel()) as outer, zipfile.ZipFile(io.BytesIO(outer.read(EXAMPLES))) as inner:
            for name in inner.namelist():
                if name.endswith(".json"):
                    content = json.loads(inner.read(name), parse_float=Decimal)
                    yield from ((name, one["value"]) for one in content.values() if "value" in one)

    return list(read())


def test_there_are_examples_of_nearly_every_type(examples: list[tuple[str, Any]]) -> None:
    assert len({resource["resourceType"] for _, resource in examples}) > 120


def test_no_official_example_has_an_error(examples: list[tuple[str, Any]]) -> None:
    bad = (Severity.ERROR, Severity.FATAL)
    found = [
        (name, issue.code, issue.path)
        for name, resource in examples
        for issue in check(resource, structure=False)
        if issue.severity in bad
    ]
    assert found == []


def test_no_official_example_has_a_warning_but_the_true_one(examples: list[tuple[str, Any]]) -> None:
    found = {(name, issue.path) for name, resource in examples for issue in check(resource, structure=False)}
    assert found == TRUE

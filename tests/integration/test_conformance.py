"""What judges that we did not write say: HL7's Java validator, fhirkit, fhir.resources.

The Java judge needs java, mvn and (the first time) Maven Central; where it is missing its tests are skipped.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from converter.fhir.profiles import claim, with_patient

ROOT = Path(__file__).resolve().parent.parent.parent
HANDWRITTEN = ROOT.parent / "shared" / "gold" / "handwritten"


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


conformance = load("conformance", ROOT / "tools" / "conformance.py")
good = load("check_sample", ROOT / "tests" / "unit" / "test_check_sample.py")


def write(bundle: dict[str, Any], path: Path) -> Path:
    class Numbers(json.JSONEncoder):
        def default(self, o: Any) -> Any:
            return float(o) if isinstance(o, Decimal) else super().default(o)

    path.write_text(json.dumps(bundle, cls=Numbers), "utf-8")
    return path


BROKEN = {
    "status": {"status": "done"},
    "type": {"subject": good.ref("pneumonia")},
    "unit": {"valueQuantity": {"value": 1, "system": good.UCUM, "code": "mgg/dL"}},
    "extension": {"extension": [{"url": "https://elsewhere.test/x", "valueString": "x"}]},
}


def goldens() -> list[Path]:
    """Find all bundles in the project, and the two written by hand where they are at hand."""
    found = [*ROOT.glob("tests/cases/*/bundle*.json"), *ROOT.glob("examples/**/*.json")]
    return sorted(conformance.resources([*found, *HANDWRITTEN.glob("*.json")]))


@pytest.fixture(scope="module")
def hl7(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Ask HL7's validator about everything in one run of the JVM; give what it says by file."""
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("java and mvn are not installed")
    folder = tmp_path_factory.mktemp("bundles")
    files = [write(good.sample(), folder / "good.json"), *goldens()]
    for name, elements in BROKEN.items():
        bundle = good.sample()
        next(e["resource"] for e in bundle["entry"] if e["fullUrl"] == good.urn("crp")).update(elements)
        files.append(write(bundle, folder / f"{name}.json"))
    found: dict[str, list[Any]] = {str(path): [] for path in files}
    try:
        for verdict in conformance.verdicts("hl7", files):
            found[verdict.file].append(verdict)
    except conformance.ValidatorMissingError as missing:
        pytest.skip(str(missing))
    return {Path(file).name if Path(file).parent == folder else file: said for file, said in found.items()}


@pytest.mark.slow
def test_hl7_expects_nothing_else_of_the_sample(hl7: dict[str, list[Any]]) -> None:
    assert [verdict for verdict in hl7["good.json"] if not verdict.expected] == []


@pytest.mark.slow
@pytest.mark.parametrize("golden", goldens(), ids=str)
def test_hl7_finds_no_error_in_goldens(hl7: dict[str, list[Any]], golden: Path) -> None:
    assert [verdict for verdict in hl7[str(golden)] if verdict.severity in conformance.BAD] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_hl7_finds_errors_where_they_are(hl7: dict[str, list[Any]], name: str) -> None:
    assert [verdict for verdict in hl7[f"{name}.json"] if verdict.severity in conformance.BAD]


@pytest.mark.parametrize("judge", ["fhirkit", "fhir.resources"])
def test_python_judges_pass_sample_and_goldens(judge: str, tmp_path: Path) -> None:
    sample = write(good.sample(), tmp_path / "good.json")
    assert conformance.main([str(sample), *map(str, goldens()), "--judge", judge, "--strict"]) == 0


def test_folder_without_resources_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    assert conformance.main([str(tmp_path)]) == 1


KR_CORE = ROOT.parent / "shared" / "packages" / "hl7.fhir.kr.core"


@pytest.mark.slow
def test_claims_of_kr_core_hold_by_hl7s_validator(tmp_path: Path) -> None:
    if not KR_CORE.exists():
        pytest.skip("KR Core's resources are not at hand")
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("java and mvn are not installed")
    patient = {"resourceType": "Patient", "name": [{"text": "Kim Example"}], "birthDate": "1977-01-02"}
    bundle, _ = with_patient(good.sample(), patient)
    bundle["entry"][2]["resource"]["identifier"] = [
        {"system": "urn:ietf:rfc:3986", "value": good.urn("patient")}
    ]
    claiming, _ = claim(bundle, ["kr-core"])
    claims = [url for e in claiming["entry"] for url in e["resource"]["meta"].get("profile", ())]
    assert any(url.endswith("krcore-patient") for url in claims)
    file = write(claiming, tmp_path / "claims.json")
    try:
        said = list(conformance.verdicts("hl7", [file], (KR_CORE,)))
    except conformance.ValidatorMissingError as missing:
        pytest.skip(str(missing))
    assert [verdict for verdict in said if verdict.severity in conformance.BAD] == []

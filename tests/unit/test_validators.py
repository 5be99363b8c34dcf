"""Other validators behind one interface: what is missing is exit 2, what they say has no patient's words."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from converter.cli import main
from converter.issues import Severity
from converter.validators import (
    Finding,
    Settings,
    ValidatorMissingError,
    alarms,
    findings,
    issues,
    resolve,
)
from converter.validators._packages import definitions
from converter.validators._words import without_values

PATIENT = {"resourceType": "Patient", "gender": "x"}


def package(path: Path, manifest: dict[str, Any] | None, **files: Any) -> Path:
    """Write a FHIR package as a .tgz."""
    content = {"package.json": manifest} if manifest is not None else {}
    with tarfile.open(path, "w:gz") as archive:
        for name, value in {**content, **{f"{key}.json": one for key, one in files.items()}}.items():
            data = json.dumps(value).encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Not a valid date ('홍길동')", "Not a valid date (…)"),
        ('The name "O\'Brien" is wrong', "The name … is wrong".replace("…", '"…"')),
        ("Can't find 'Kim' in it", "Can't find '…' in it"),
        ("Unknown element 'Patient.name[0].given'", "Unknown element 'Patient.name[0].given'"),
        ("value '12.5' is bad", "value '…' is bad"),
        ("Unknown code 'http://loinc.org#1988-5'", "Unknown code 'http://loinc.org'"),
        ("urn:oid:2.25.1#secret is not known", "urn:oid:2.25.1 is not known"),
        ("not in ValueSet _r4b_status_94040603032464", "not in ValueSet _r4b_status"),
    ],
)
def test_messages_show_no_value(said: str, shown: str) -> None:
    assert without_values(said) == shown


def test_known_false_alarm_keeps_its_reason() -> None:
    alarm = Finding("a", Severity.WARNING, "Bundle.entry[0].resource", "Constraint failed: dom-6", "#dom-6")
    other = Finding("a", Severity.ERROR, "Bundle.entry[0].resource", "Constraint failed: dom-6", "#dom-6")
    assert [bool(why) for why in issues("hl7", [alarm]).values()] == [True]
    assert list(issues("hl7", [other]).values()) == [""]


def test_every_known_alarm_says_why() -> None:
    assert alarms()
    assert all(alarm.why.strip() for alarm in alarms())


@pytest.mark.parametrize("name", ["fhirkit", "fhir.resources"])
def test_validators_name_the_place(name: str) -> None:
    good, bad = {"resourceType": "Patient"}, {"resourceType": "Patient", "colour": "red"}
    none, some = findings(name, [good, bad], Settings())
    assert none == ()
    assert {finding.path for finding in some} == {"Patient.colour"}


def test_pyrofile_answers() -> None:
    pytest.importorskip("pyrofile_validator")
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {**PATIENT, "id": "a"}}]}
    (said,) = findings("pyrofile", [bundle], Settings())
    assert "Bundle.entry[0].resource.gender" in {finding.path for finding in said}


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (None, "no package.json"),
        ({"name": "x", "fhirVersions": ["5.0.0"]}, "not R4"),
        ({"name": "x", "dependencies": {"hl7.fhir.uv.ips": "1.1.0"}}, "hl7.fhir.uv.ips#1.1.0: not in "),
    ],
)
def test_wrong_or_incomplete_package_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: dict[str, Any] | None, words: str
) -> None:
    monkeypatch.setenv("FHIR_PACKAGE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ValidatorMissingError, match=words):
        resolve([str(package(tmp_path / "x.tgz", manifest))])


def test_package_comes_with_what_it_depends_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FHIR_PACKAGE_CACHE", str(tmp_path / "cache"))
    other = tmp_path / "cache" / "b#1.0.0" / "package"
    other.mkdir(parents=True)
    (other / "package.json").write_text('{"name": "b", "fhirVersions": ["4.0.1"]}')
    (other / "ValueSet-v.json").write_text('{"resourceType": "ValueSet"}')
    needs = {"hl7.fhir.r4.core": "4.0.1", "b": "1.0.0"}
    profile = {"resourceType": "StructureDefinition"}
    first = package(tmp_path / "a.tgz", {"name": "a", "dependencies": needs}, p=profile, q={"x": 1})
    found = resolve([str(first), "b#1.0.0"])
    assert found == (other, first)
    files = list(definitions(found, tmp_path))
    assert [json.loads(file.read_text())["resourceType"] for file in files] == [
        "ValueSet",
        "StructureDefinition",
    ]


@pytest.fixture
def resource(tmp_path: Path) -> str:
    (tmp_path / "p.json").write_text('{"resourceType": "Patient"}')
    return str(tmp_path / "p.json")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--validator", "nobody"], "there are hl7"),
        (["--validator", "hl7", "--validator-jar", "/nowhere.jar"], "no such file"),
        (["--validator", "hl7", "--package", "nowhere.tgz"], "no such file"),
        (["--validator", "hl7", "--package", "nobody.knows#1.0.0"], "not in "),
        (["--validator", "hl7", "--terminology-server", "http://127.0.0.1:9/r4"], "no answer"),
        (["--validator", "hl7", "--terminology-server", "file:///etc"], "http or https"),
        (["--validator", "fhirkit", "--package", "."], "knows no packages"),
        (["--package", "x.tgz"], "need --validator"),
    ],
)
def test_what_is_missing_is_never_green(
    resource: str, args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["check", resource, *args])
    except SystemExit as end:
        code = int(str(end.code))
    said = capsys.readouterr().err
    assert (code, words in said) == (2, True), said


def test_java_that_is_missing_is_said(resource: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["check", resource, "--validator", "hl7"]) == 2


FAKE = """#!{python}
import json, sys
arguments = sys.argv[1:]
files = [a for a in arguments if a.endswith(".json") and arguments[arguments.index(a) - 1] != "-output"]
def outcome(file):
    issue = {{"severity": "error", "code": "invalid", "expression": ["Patient.gender"],
             "details": {{"text": "The value provided ('x') is wrong"}},
             "extension": [{{"url": "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id", "valueCode": "X_1"}}]}}
    return {{"resourceType": "OperationOutcome", "issue": [issue],
            "extension": [{{"url": "http://hl7.org/fhir/StructureDefinition/operationoutcome-file", "valueString": file}}]}}
answers = [outcome(file) for file in files][:{answers}]
answer = answers[0] if len(files) == 1 else {{"resourceType": "Bundle", "entry": [{{"resource": a}} for a in answers]}}
assert "-no-http-access" in arguments and arguments[arguments.index("-tx") + 1] == "n/a"
if answers:
    open(arguments[arguments.index("-output") + 1], "w").write(json.dumps(answer))
"""


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for java")
@pytest.mark.parametrize(("answers", "complete"), [(2, True), (1, False), (0, False)])
def test_jar_is_asked_once_and_must_answer_for_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: int, complete: bool
) -> None:
    java = tmp_path / "java"
    java.write_text(FAKE.format(python=sys.executable, answers=answers))
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    jar = tmp_path / "validator_cli.jar"
    jar.write_bytes(b"")
    if not complete:
        with pytest.raises(ValidatorMissingError, match=r"no answer|left out"):
            findings("hl7", [PATIENT, PATIENT], Settings(jar=jar))
        return
    first, second = findings("hl7", [PATIENT, PATIENT], Settings(jar=jar))
    assert [(one.path, one.id) for one in (*first, *second)] == [("Patient.gender", "X_1")] * 2

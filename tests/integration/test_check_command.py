"""`casefhir check` as CI calls it: exit codes, reports, baseline, suppressions, comparison."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = '{"resourceType": "Patient", "gender": "male"}'
BAD = '{"resourceType": "Patient",\n "gender": "x"}'
FHIR_XML = '<Patient xmlns="http://hl7.org/fhir"><gender value="x"/></Patient>'


def check(*args: str, cwd: Path, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "converter.cli", "check", *args], cwd=cwd, input=data, capture_output=True, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "good.json").write_text(GOOD)
    (tmp_path / "in" / "deep" / "bad.json").write_text(BAD)
    (tmp_path / "in" / "deep" / "bad.xml").write_text(FHIR_XML)
    (tmp_path / "in" / "bulk.ndjson").write_text(f"{GOOD}\n{GOOD}\n")
    (tmp_path / "in" / "package.json").write_text('{"name": "x"}')
    return tmp_path


def test_folder_is_searched_and_other_json_passed_over(folder: Path) -> None:
    done = check("in", "--report", "junit=-", cwd=folder)
    assert done.returncode == 1
    names = ["in/bulk.ndjson", "in/deep/bad.json", "in/deep/bad.xml", "in/good.json"]
    assert [name for name in names if f'testsuite name="{name}"' not in done.stdout.decode()] == []
    assert b"package" not in done.stdout


def test_issue_names_file_line_and_column(folder: Path) -> None:
    done = check("in/deep/bad.json", cwd=folder)
    assert done.stderr.decode().startswith("in/deep/bad.json:2:2: error BND006 Patient.gender: ")


def test_absolute_names_below_here_are_made_relative(folder: Path) -> None:
    done = check(str(folder / "in" / "deep" / "bad.json"), "--report", "sarif=-", cwd=folder)
    run = json.loads(done.stdout)["runs"][0]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "in/deep/bad.json", "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("in/good.json",), 0),
        (("in/deep",), 1),
        (("in/deep", "--fail-on", "never"), 0),
        (("in/package.json",), 1),
        (("in/package.json", "--skip-other"), 0),
        (("in/package.json", "in/good.json", "--skip-other"), 0),
        (("nowhere",), 2),
        ((), 2),
        (("in", "--baseline", "nowhere.json"), 2),
        (("in", "--suppress", "in/package.json"), 2),
        (("in/good.json", "--compare", "in/good.json", "in/good.json"), 2),
        (("--compare", "in/good.json", "in/good.json"), 0),
        (("--compare", "in/good.json", "in/deep/bad.json"), 1),
        (("--compare", "in/bulk.ndjson", "in/good.json"), 2),
        (("--compare", "in/good.json", "in/good.json", "--report", "sarif=-"), 2),
    ],
)
def test_exit_code(folder: Path, args: tuple[str, ...], code: int) -> None:
    done = check(*args, cwd=folder)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


def test_folder_without_fhir_is_no_success(tmp_path: Path) -> None:
    assert check(".", cwd=tmp_path).returncode == 2


def test_standard_input_in_any_format(tmp_path: Path) -> None:
    assert check("-", cwd=tmp_path, data=GOOD.encode()).returncode == 0
    for bad in (BAD, FHIR_XML, f"{GOOD}\n{BAD.replace(chr(10), '')}"):
        assert check("-", cwd=tmp_path, data=bad.encode()).returncode == 1


def test_old_findings_do_not_fail(folder: Path) -> None:
    assert check("in", "--write-baseline", "base.json", cwd=folder).returncode == 0
    (folder / "in" / "deep" / "bad.json").write_text("\n\n" + BAD)
    assert check("in", "--baseline", "base.json", cwd=folder).returncode == 0
    (folder / "in" / "good.json").write_text(BAD)
    done = check("in", "--baseline", "base.json", cwd=folder)
    assert done.returncode == 1
    assert b"in/good.json:2:2" in done.stderr
    assert b"in/deep/bad.json" not in done.stderr
    assert b"2 in the baseline" in done.stderr


def test_suppressions_need_reasons_and_use(folder: Path) -> None:
    rows = '[[suppress]]\ncode = "BND006"\nfile = "in/deep/*"\nreason = "known"\n'
    (folder / "s.toml").write_text(rows)
    assert check("in", "--suppress", "s.toml", cwd=folder).returncode == 0
    (folder / "s.toml").write_text(f'{rows}\n[[suppress]]\ncode = "FID001"\nreason = "gone"\n')
    done = check("in", "--suppress", "s.toml", cwd=folder)
    assert done.returncode == 0
    assert b"s.toml:6:1: warning SUP001" in done.stderr
    (folder / "s.toml").write_text('[[suppress]]\ncode = "BND006"\n')
    done = check("in", "--suppress", "s.toml", cwd=folder)
    assert done.returncode == 2
    assert b"give a reason" in done.stderr


def test_source_stands_in_for_a_text_that_was_left_out(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text(
        "A 40-year-old man was admitted with fever.\nSodium was 131 mmol/L. Pneumonia was diagnosed.\n"
    )
    subprocess.run(
        [sys.executable, "-m", "converter.cli", "convert", "report.txt", "-o", "out", "--source-text", "omit"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    bundle = tmp_path / "out" / "report.json"
    bundle.write_text(bundle.read_text().replace('"value":131', '"value":132'))
    assert check("out/report.json", cwd=tmp_path).returncode == 0
    done = check("out/report.json", "--source", "report.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert b"FID002" in done.stderr

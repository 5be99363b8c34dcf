"""The command line as scripts use it: outputs, exit codes, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

REPORT = (
    "CASE REPORT\n\nA 62-year-old woman presented with fever and cough. Chest CT on the second day of hospitalization "
    "showed a small left pleural effusion without consolidation. C-reactive protein was 11.8 mg/dL (normal range: "
    "0-0.5 mg/dL). Blood culture grew Escherichia coli. She was treated with ceftriaxone and was discharged.\n"
)


def run(*args: str, cwd: Path, data: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "converter.cli", *args], cwd=cwd, input=data, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **env},
    )  # fmt: skip


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf-8")
    return path


def test_convert_writes_four_files(report: Path) -> None:
    done = run("convert", "report.txt", "-o", "out", cwd=report.parent)
    assert done.returncode == 0, done.stderr
    made = sorted(p.name for p in (report.parent / "out").iterdir())
    assert made == ["report.html", "report.json", "report.summary.en.md", "report.summary.ko.md"]
    assert b"11.8" in (report.parent / "out" / "report.json").read_bytes()


def test_standard_input_gives_the_bundle_on_standard_output(report: Path) -> None:
    done = run("convert", "-", cwd=report.parent, data=REPORT.encode())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["type"] == "document"


@pytest.mark.parametrize("kind", ["document", "transaction", "collection"])
def test_bundle_types_pass_the_check(report: Path, kind: str) -> None:
    assert run("convert", "report.txt", "-o", "out", "--bundle", kind, cwd=report.parent).returncode == 0
    done = run("check", "out/report.json", cwd=report.parent)
    assert done.returncode == 0, done.stderr
    assert json.loads((report.parent / "out" / "report.json").read_text("utf-8"))["type"] == kind


def test_admission_date_makes_times_absolute(report: Path) -> None:
    assert (
        run(
            "convert", "report.txt", "-o", "out", "--admission-date", "2024-03-09", cwd=report.parent
        ).returncode
        == 0
    )
    assert "2024-03-10" in (report.parent / "out" / "report.json").read_text("utf-8")


def test_time_zone_and_hash_seed_change_nothing(report: Path) -> None:
    one = run("convert", "-", cwd=report.parent, data=REPORT.encode(), TZ="Asia/Seoul", PYTHONHASHSEED="1")
    two = run("convert", "-", cwd=report.parent, data=REPORT.encode(), TZ="America/Lima", PYTHONHASHSEED="77")
    assert one.stdout == two.stdout


def test_render_and_show_and_explain(report: Path) -> None:
    assert run("convert", "report.txt", "-o", "out", cwd=report.parent).returncode == 0
    korean = run("render", "out/report.json", "--lang", "ko", cwd=report.parent)
    assert korean.returncode == 0
    assert "62세 여자" in korean.stdout.decode()
    shown = run("show", "report.txt", "-o", "page.html", cwd=report.parent)
    assert shown.returncode == 0, shown.stderr
    assert (report.parent / "page.html").read_text("utf-8").startswith("<!")
    assert b"mend" in run("explain", "UNIT003", cwd=report.parent).stdout


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", b"DOC001"),
        (bytes(range(256)) * 40, b"DOC00"),
        (
            ("Une patiente a été admise pour de la fièvre et une toux dans notre service. " * 20).encode(),
            b"DOC004",
        ),
        (b"%PDF-1.4 truncated", b"DOC008"),
        (
            (
                "Methods: We enrolled 120 participants in a randomized trial. Results were analysed. " * 40
            ).encode(),
            b"DOC005",
        ),
    ],
    ids=["empty", "binary", "french", "truncated", "no-case"],
)
def test_bad_input_is_refused_with_its_reason(tmp_path: Path, data: bytes, code: bytes) -> None:
    (tmp_path / "bad.txt").write_bytes(data)
    done = run("convert", "bad.txt", "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert code in done.stderr
    assert b"bad.txt" in done.stderr
    assert b"Traceback" not in done.stderr
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_one_bad_document_does_not_end_the_batch(report: Path) -> None:
    (report.parent / "bad.txt").write_bytes(b"")
    done = run("convert", "bad.txt", "report.txt", "-o", "out", cwd=report.parent)
    assert done.returncode == 1
    assert (report.parent / "out" / "report.json").exists()


def test_too_large_is_refused(report: Path) -> None:
    report.write_bytes(REPORT.encode() * 5000)
    done = run("convert", "report.txt", "-o", "out", "--max-size", "1", cwd=report.parent)
    assert done.returncode == 1
    assert b"DOC003" in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("convert", "nowhere.txt", "-o", "out"),
        ("convert", "report.txt"),
        ("check", "nowhere.json"),
        ("explain", "XYZ999"),
        ("frobnicate",),
    ],
    ids=["missing", "no-output", "missing-bundle", "unknown-code", "unknown-command"],
)
def test_wrong_usage_exits_two(report: Path, args: tuple[str, ...]) -> None:
    done = run(*args, cwd=report.parent)
    assert done.returncode == 2
    assert done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["text", "json", "operationoutcome", "sarif", "junit", "github"])
def test_report_formats_are_written(report: Path, form: str) -> None:
    done = run("convert", "report.txt", "-o", "out", "--report", f"{form}=issues.out", cwd=report.parent)
    assert done.returncode == 0, done.stderr
    assert (report.parent / "issues.out").read_bytes()


def test_three_lines_of_python(report: Path) -> None:
    code = "from converter import convert\nresult = convert('report.txt')\nprint(result.json()[:30])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=report.parent, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('{"resourceType":"Bundle"')


def test_a_bundle_without_its_evidence_fails_the_check(report: Path) -> None:
    assert run("convert", "report.txt", "-o", "out", "--evidence", "none", cwd=report.parent).returncode in (
        0,
        1,
    )
    assert run("convert", "report.txt", "-o", "out", cwd=report.parent).returncode == 0
    path = report.parent / "out" / "report.json"
    path.write_text(path.read_text("utf-8").replace('"value":11.8', '"value":12.8'), "utf-8")
    done = run("check", "out/report.json", cwd=report.parent)
    assert done.returncode == 1
    assert b"FID002" in done.stderr

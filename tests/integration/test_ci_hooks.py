"""The pre-commit hook and the GitHub action, run as their tools run them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = '{"resourceType": "Patient", "gender": "male"}\n'
BAD = '{"resourceType": "Patient",\n "gender": "x"}\n'


def hook_tool() -> str:
    """Find prek or pre-commit, in the environment of the tests or on the path."""
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = shutil.which("prek", path=beside) or shutil.which("pre-commit", path=beside)
    if found is None:
        pytest.skip("neither prek nor pre-commit is installed")
    return found


def git(*args: str, cwd: Path) -> str:
    done = subprocess.run(["git", *args], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository with a good resource, a JSON that is none, and this checkout's hook."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git, or this is no checkout")
    folder = tmp_path / "repository"
    folder.mkdir()
    git("init", "-q", cwd=folder)
    (folder / "good.json").write_text(GOOD)
    (folder / "package.json").write_text('{"name": "x"}\n')
    revision = git("rev-parse", "HEAD", cwd=ROOT)
    config = f"repos:\n- repo: {ROOT}\n  rev: {revision}\n  hooks: [{{id: casefhir-check}}]\n"
    (folder / ".pre-commit-config.yaml").write_text(config)
    git("add", "-A", cwd=folder)
    return folder


@pytest.mark.slow
def test_hook_passes_good_files_and_names_bad_ones(repository: Path, tmp_path: Path) -> None:
    tool = hook_tool()
    home = {"PREK_HOME": str(tmp_path / "home"), "PRE_COMMIT_HOME": str(tmp_path / "home")}

    def run() -> subprocess.CompletedProcess[str]:
        command = [tool, "run", "--all-files"]
        return subprocess.run(
            command, cwd=repository, env=os.environ | home, capture_output=True, text=True, check=False
        )

    first = run()
    if re.search("(?i)network|resolve|connection|dns|timed out", first.stdout + first.stderr):
        pytest.skip("the hook's environment could not be installed: no network")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Passed" in first.stdout
    (repository / "bad.json").write_text(BAD)
    git("add", "-A", cwd=repository)
    second = run()
    assert second.returncode == 1
    assert "bad.json:2:2: error BND006" in second.stdout


def action_script() -> str:
    """Take the action's own shell script out of action.yml."""
    text = (ROOT / "action.yml").read_text("utf-8")
    return textwrap.dedent(text.partition("      run: |\n")[2])


@pytest.mark.parametrize(
    ("paths", "more", "code", "says"),
    [
        ("good.json", "", 0, ""),
        ("good.json\nwith blank.json\n", "", 1, "::error file=with blank.json,line=2,col=2,title=BND006::"),
        ("with blank.json", "--fail-on\nnever", 0, "::error"),
        ("nowhere.json", "", 2, ""),
    ],
)
def test_action_annotates_and_hands_on_the_exit_code(
    tmp_path: Path, paths: str, more: str, code: int, says: str
) -> None:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    program = Path(sys.executable).parent / "casefhir"
    if not program.exists():
        pytest.skip("casefhir is not installed as a program")
    (tmp_path / "casefhir-venv" / "bin").mkdir(parents=True)
    (tmp_path / "casefhir-venv" / "bin" / "casefhir").symlink_to(program)
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "with blank.json").write_text(BAD)
    inputs = {"ACTION": str(ROOT), "PATHS": paths, "FAIL_ON": "error", "MORE": more, "SARIF": "out.sarif"}
    inputs |= {"BASELINE": "", "SUPPRESS": "", "PAGE": "", "RUNNER_TEMP": str(tmp_path)}
    inputs["GITHUB_OUTPUT"] = str(tmp_path / "output")
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", action_script()],
        cwd=tmp_path, env=os.environ | inputs, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert says in done.stdout
    assert (tmp_path / "output").read_text() == f"exit-code={code}\n"
    assert (tmp_path / "out.sarif").exists() == (code != 2)

"""Build the wheel and try it in an empty environment, in an empty folder: what a user gets."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 60_000_000
"""Bytes that an installation may take beside fhir.resources and what that needs."""
BESIDE = (
    "fhir",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "annotated_types",
    "typing_inspection",
    "fhir_core",
    "pip",
    "setuptools",
)


def uv() -> str:
    """Find uv, on the path or where the Makefile put it."""
    return shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")


def run(*command: str, cwd: Path) -> str:
    """Run a command; stop with its output where it fails."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:], sep="\n", file=sys.stderr)
        raise SystemExit(f"wheel: {' '.join(command)} failed with {done.returncode}")
    return done.stdout


def size(site: Path) -> int:
    """Bytes of an environment's packages, without fhir.resources and its own needs."""
    kept = [p for p in site.iterdir() if not p.name.replace("-", "_").lower().startswith(BESIDE)]
    files = [f for p in kept for f in ([p] if p.is_file() else p.rglob("*")) if f.is_file()]
    return sum(f.stat().st_size for f in files if f.suffix != ".pyc")


def main() -> int:
    """Build, install, convert an example, check the result, measure the size."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(uv(), "build", "--quiet", "--wheel", "--out-dir", str(work / "dist"), cwd=ROOT)
        wheel = next((work / "dist").glob("*.whl"))
        run(uv(), "venv", "--quiet", "--python", sys.executable, str(work / "env"), cwd=work)
        python = work / "env" / "bin" / "python"
        run(uv(), "pip", "install", "--quiet", "--python", str(python), str(wheel), cwd=work)
        example = sorted((ROOT / "examples").glob("*.txt"))[0]
        shutil.copy(example, work / "report.txt")
        casefhir = str(work / "env" / "bin" / "casefhir")
        run(casefhir, "convert", "report.txt", "-o", "out", cwd=work)
        run(casefhir, "check", "out/report.json", cwd=work)
        wanted = ["report.html", "report.json", "report.summary.en.md", "report.summary.ko.md"]
        made = sorted(p.name for p in (work / "out").iterdir())
        if made != wanted:
            raise SystemExit(f"wheel: wrote {made}, {wanted} wanted")
        site = next((work / "env" / "lib").glob("python*/site-packages"))
        used = size(site)
        print(
            f"wheel: {wheel.stat().st_size / 1e6:.1f} MB, installed {used / 1e6:.1f} MB beside fhir.resources"
        )
        return 0 if used < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())

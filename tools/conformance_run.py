"""Convert the examples, the golden cases' sources and the seeds, and ask the independent judges of all."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from converter.pipeline import convert_bytes

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def main() -> int:
    """Exit as tools/conformance.py does."""
    sources = sorted((ROOT / "examples").glob("*.txt")) + sorted(
        (ROOT / "tests" / "cases").glob("*/source.*")
    )
    sources += sorted((SHARED / "seeds").glob("*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(sources):
            name = path.parent.name if path.stem == "source" else path.stem
            result = convert_bytes(path.read_bytes(), path.name)
            (Path(folder) / f"{number:02d}-{name}.json").write_text(result.json(), "utf-8")
        command = [sys.executable, str(ROOT / "tools" / "conformance.py"), folder]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

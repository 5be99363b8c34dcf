"""Measure which judges notice which defects: the sample bundle of the tests, broken in one place each.

    python tools/conformance_defects.py

Prints a line a defect (E error, w warning that is not expected, - nothing), then the table that stands in
docs/conformance.md.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "unit"), str(ROOT)]

import conformance  # noqa: E402
import test_check  # noqa: E402


class Numbers(json.JSONEncoder):
    """Writes Decimals as numbers; their digits do not matter to these judges."""

    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


def write(folder: Path) -> list[Path]:
    """Write each broken bundle."""
    files = []
    for number, (_, change, *_rest) in enumerate(test_check.DEFECTS):
        bundle = test_check.good.sample()
        change(bundle)
        files.append(folder / f"{number:03}.json")
        files[-1].write_text(json.dumps(bundle, cls=Numbers), "utf-8")
    return files


def marks(judge: str, files: list[Path]) -> list[str]:
    """Give what a judge makes of each file."""
    found: dict[str, str] = {}
    for verdict in conformance.JUDGES[judge](files):
        if verdict.severity in conformance.BAD:
            found[verdict.file] = "E"
        elif verdict.severity == "warning" and not verdict.expected:
            found.setdefault(verdict.file, "w")
    return [found.get(str(path), "-") for path in files]


def main() -> int:
    """Ask all judges about all defects."""
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder))
        said = {judge: marks(judge, files) for judge in conformance.JUDGES}
    table: dict[str, list[int]] = defaultdict(lambda: [0] * (1 + len(said)))
    for number, (name, _, code, _place) in enumerate(test_check.DEFECTS):
        row = [marked[number] for marked in said.values()]
        print(code, f"{name:40}", *row)
        table[code] = [a + b for a, b in zip(table[code], (1, *(m == "E" for m in row)), strict=True)]
    print("| code | defects |", " | ".join(said), "|")
    for code, counts in sorted(table.items()):
        print(f"| {code} |", " | ".join(map(str, counts)), "|")
    return 0


if __name__ == "__main__":
    sys.exit(main())

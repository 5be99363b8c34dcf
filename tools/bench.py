"""Measure speed: warm conversion, start-up, documents a second; as figures and as ratios to a bare loop.

The bare loop is what the machine does without us (a fixed count of additions), so that ratios compare
across machines. docs/performance.md keeps them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from converter.pipeline import Options, convert_bytes

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def best(action: Callable[[], object], rounds: int = 7) -> float:
    """Median processor seconds of an action, after one warm-up."""
    action()
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def bare() -> int:
    """A million additions."""
    total = 0
    for i in range(1_000_000):
        total += i
    return total


def main() -> int:
    """Print the figures."""
    unit = best(bare)
    print(f"bare loop (1e6 additions)        {unit * 1e3:8.1f} ms")
    path = SHARED / "seeds" / "003_a1de3a5e3bf7a0c8.txt"
    path = path if path.exists() else sorted((ROOT / "examples").glob("*.txt"))[0]
    data = path.read_bytes()
    whole = best(lambda: convert_bytes(data, path.name))
    print(f"convert {path.stem[:20]:22s}   {whole * 1e3:8.1f} ms  {whole / unit:6.2f} x bare")
    facts = best(lambda: convert_bytes(data, path.name, Options(languages=())))
    print(f"  without summaries              {facts * 1e3:8.1f} ms  {facts / unit:6.2f} x bare")
    if (SHARED / "maccrobat").is_dir():
        docs = [p.read_bytes() for p in sorted((SHARED / "maccrobat").glob("*.txt"))[:40]]
        many = best(lambda: [convert_bytes(d, "x", Options(languages=())) for d in docs], 3)
        print(f"maccrobat reports                {len(docs) / many:8.1f} documents/s/core")
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "converter.cli", "--help"], check=True, capture_output=True)
    print(f"casefhir --help                  {(time.perf_counter() - start) * 1e3:8.1f} ms (limit 200)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

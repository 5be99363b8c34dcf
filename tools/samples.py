"""Convert every report of ../shared and say what was refused, what failed, and what the judges refuse.

    python tools/samples.py [--unlabelled 1000] [--java 50] [--only NAME]

Every bundle goes through our check, fhir.resources and fhirkit-rs; --java draws some by a fixed seed for HL7's
validator. Exit 1 at a crash, a refusal of a case, an issue of error or above, or an invalid bundle.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from converter.issues import ORDER, Severity, SourceError
from converter.pipeline import Options, convert_bytes

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SETS = ("seeds", "gold/texts", "samples/fulltext", "medpix", "maccrobat")
SEED = 4


def sources(unlabelled: int) -> Iterator[tuple[str, str, bytes]]:
    """Give set, name and bytes of every report."""
    for name in SETS:
        for path in sorted((SHARED / name).glob("*.txt")):
            yield name, path.name, path.read_bytes()
    lines = (SHARED / "unlabelled" / "case_reports.jsonl").read_text("utf-8").splitlines()
    drawn = sorted(random.Random(SEED).sample(range(len(lines)), min(unlabelled, len(lines))))
    for number in drawn:
        row = json.loads(lines[number])
        yield "unlabelled", f"{Path(row['id']).stem}.txt", row["text"].encode()


def convert_all(unlabelled: int, only: str, out: Path) -> tuple[list[str], Counter[str], float]:
    """Write the bundles; give what is wrong, counts, and the longest time."""
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    longest = 0.0
    for group, name, data in sources(unlabelled):
        if only not in f"{group}/{name}":
            continue
        counts[f"{group} read"] += 1
        start = time.process_time()
        try:
            result = convert_bytes(data, name, Options(validate=False))
        except SourceError as error:
            wrong.append(f"{group}/{name}: refused: {error.issue.code} {error.issue.message}")
            continue
        except Exception:  # a crash is what is looked for
            wrong.append(f"{group}/{name}: crash: {traceback.format_exc().splitlines()[-1]}")
            continue
        longest = max(longest, time.process_time() - start)
        for ordinal, one in enumerate((result, *getattr(result, "others", ())), 1):
            (out / f"{group.replace('/', '-')}-{Path(name).stem}.{ordinal}.json").write_text(
                one.json(), "utf-8"
            )
            counts["bundles"] += 1
            for issue in one.issues:
                if ORDER.index(issue.severity) >= ORDER.index(Severity.ERROR):
                    wrong.append(f"{group}/{name}: {issue.severity.value} {issue.code} {issue.path}")
    return wrong, counts, longest


def not_cases() -> Iterator[str]:
    """Convert the JATS samples: one is a case report, the others must be refused."""
    for path in sorted((SHARED / "samples" / "jats").glob("*.xml")):
        try:
            convert_bytes(path.read_bytes(), path.name, Options(languages=()))
        except SourceError as error:
            print(f"{path.name}: {error.issue.code} {error.issue.message}")
            if path.name == "PMC7500000.xml":
                yield f"{path.name}: a case report is refused"
        else:
            print(f"{path.name}: converted")
            if path.name != "PMC7500000.xml":
                yield f"{path.name}: no case report, and converted"


def judged(files: list[Path], *judges: str) -> bool:
    """Ask judges of tools/conformance.py about files, some hundreds at a time, until one fails."""
    asked = [word for judge in judges for word in ("--judge", judge)]
    command = [sys.executable, str(ROOT / "tools" / "conformance.py"), *asked]
    parts = [files[i : i + 300] for i in range(0, len(files), 300)]
    return not any(subprocess.run([*command, *map(str, part)], check=False).returncode for part in parts)


def main() -> int:
    """Print what is wrong and the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--unlabelled", type=int, default=1000, metavar="N")
    parser.add_argument("--java", type=int, default=0, metavar="N")
    parser.add_argument("--only", default="", metavar="WORD", help="only names that contain this")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("samples: skipped, ../shared is not here")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        wrong, counts, longest = convert_all(options.unlabelled, options.only, Path(folder))
        wrong += not_cases()
        print(*wrong, sep="\n")
        print(*(f"{name}: {count}" for name, count in counts.items()), f"longest: {longest:.1f} s", sep="\n")
        files = sorted(Path(folder).glob("*.json"))
        passed = judged(files, "fhir.resources", "fhirkit")
        if options.java:
            drawn = random.Random(SEED).sample(files, min(options.java, len(files)))
            passed = judged(sorted(drawn), "hl7") and passed
    return int(bool(wrong) or not passed)


if __name__ == "__main__":
    sys.exit(main())

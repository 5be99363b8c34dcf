"""Ask judges that we did not write whether bundles are FHIR R4.

    python tools/conformance.py DIR_OR_FILE... [--judge hl7] [--judge fhirkit] [--strict]

The judges are those of `casefhir check --validator` (converter/validators); hl7 is HL7's Java validator in HAPI's
packaging, which Maven fetches once. What they say of right bundles stands with its reason in
mappings/fhir/known-alarms.toml.

Exit: 0 no errors, 1 errors (with --strict: or warnings nobody expected), 2 a judge is not at hand.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from converter.fhir.json import loads  # noqa: E402
from converter.validators import Settings, ValidatorMissingError, findings, known  # noqa: E402

JUDGES = ("hl7", "fhirkit", "fhir.resources")
"""Those asked unless others are; pyrofile takes minutes."""
ALL = (*JUDGES, "pyrofile")
BAD = ("fatal", "error")
LINES_A_KIND = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that a judge says of a file."""

    judge: str
    file: str
    severity: str
    location: str
    message: str
    id: str = ""
    expected: str = ""
    """Why we know and accept it; empty for what nobody expected."""


def resources(paths: list[Path]) -> list[Path]:
    """List the JSON files that hold a FHIR resource, folders searched all the way down."""
    found: list[Path] = []
    for path in paths:
        candidates = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        found += [file for file in candidates if _holds_resource(file)]
    return found


def _holds_resource(file: Path) -> bool:
    try:
        content = json.loads(file.read_bytes())
    except ValueError:
        return False
    return isinstance(content, dict) and "resourceType" in content


def verdicts(judge: str, files: list[Path], packages: tuple[Path, ...] = ()) -> Iterator[Verdict]:
    """Give what a judge says of each file."""
    said = findings(
        judge, [loads(file.read_text("utf-8-sig")) for file in files], Settings(packages, fetch=True)
    )
    for file, found in zip(files, said, strict=True):
        for one in found:
            yield Verdict(
                judge, str(file), one.severity.value, one.path, one.message, one.id, known(judge, one)
            )


def report(said: list[Verdict], asked: list[str], files: list[Path], verbose: bool) -> None:
    """Print what matters, once a kind and file, then one line a judge with its counts."""
    seen: Counter[tuple[str, ...]] = Counter()
    for verdict in said:
        if verbose or (verdict.severity in (*BAD, "warning") and not verdict.expected):
            kind = (verdict.judge, verdict.file, verdict.severity, verdict.id)
            seen[kind] += 1
            if seen[kind] <= LINES_A_KIND:
                mark = f" [{verdict.id}]" if verdict.id else ""
                print(f"{': '.join(kind[:3])}: {verdict.location}: {verdict.message}{mark}")
    for kind, count in seen.items():
        if count > LINES_A_KIND:
            print(f"{': '.join(kind)}: {count - LINES_A_KIND} more")
    for judge in asked:
        counts = Counter(
            verdict.severity + (" (expected)" if verdict.expected else "")
            for verdict in said
            if verdict.judge == judge
        )
        says = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        print(f"{judge}: {says or 'nothing'}")
    print(f"{len(files)} files")


def main(arguments: list[str] | None = None) -> int:
    """Run the judges asked for over the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--judge", action="append", choices=sorted(ALL), default=[])
    parser.add_argument("--strict", action="store_true", help="warnings nobody expected fail too")
    parser.add_argument("--verbose", action="store_true", help="print expected warnings and information too")
    options = parser.parse_args(arguments)
    files = resources(options.paths)
    if not files:
        print("no FHIR resource found", file=sys.stderr)
        return 1
    asked = options.judge or list(JUDGES)
    try:
        said = [verdict for judge in asked for verdict in verdicts(judge, files)]
    except ValidatorMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    report(said, asked, files, options.verbose)
    failing = (*BAD, "warning") if options.strict else BAD
    return int(any(verdict.severity in failing and not verdict.expected for verdict in said))


if __name__ == "__main__":
    sys.exit(main())

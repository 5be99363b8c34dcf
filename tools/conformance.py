"""Ask judges that we did not write whether bundles are FHIR R4.

    python tools/conformance.py DIR_OR_FILE... [--judge hl7] [--judge fhirkit] [--strict]

hl7 is HL7's Java validator (HAPI FHIR's packaging of it, from Maven Central) with R4's own definitions
and those in mappings/fhir; fhirkit and fhir.resources are Python packages. All files go through one run
of the JVM. What the hl7 judge warns of and we know why stands in conformance/expected.toml.

Exit: 0 no errors, 1 errors (with --strict: or warnings nobody expected), 2 a judge is not at hand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent / "conformance"
DEFINITIONS = HERE.parent.parent / "mappings" / "fhir"
BAD = ("fatal", "error")
LINES_A_KIND = 5


class JudgeMissingError(Exception):
    """A judge that was asked for cannot run here."""


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


def hl7(files: list[Path]) -> Iterator[Verdict]:
    """Run HL7's Java validator once over all files."""
    expected = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))["warning"]
    definitions = sorted(str(path) for path in DEFINITIONS.glob("*.json"))
    command = ["java", "-Xss4m", "-cp", _classpath(), "casefhir.Conformance", *definitions]
    lines = "".join(f"{file}\n" for file in files)
    run = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    checked = {answer["file"] for answer in answers if answer["severity"] == "checked"}
    if run.returncode or checked != {str(file) for file in files}:
        raise JudgeMissingError(f"the Java validator stopped early:\n{run.stderr[-2000:]}")
    for answer in answers:
        if answer["severity"] != "checked":
            yield Verdict("hl7", expected=_why(answer, expected), **answer)


def _why(answer: dict[str, str], expected: list[dict[str, str]]) -> str:
    if answer["severity"] in BAD:
        return ""
    return next(
        (
            row["why"]
            for row in expected
            if row["id"] in answer["id"] and re.search(row.get("message", ""), answer["message"])
        ),
        "",
    )


def _classpath() -> str:
    """Compile once into the user's cache; a changed pom or source makes a new folder."""
    for tool in ("java", "mvn"):
        if not shutil.which(tool):
            raise JudgeMissingError(f"{tool} is not installed")
    sources = [HERE / "pom.xml", *sorted(HERE.rglob("*.java"))]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = home / "casefhir" / "conformance" / key
    listing = cache / "classpath.txt"
    if not (listing.exists() and all(map(os.path.exists, listing.read_text().split(os.pathsep)))):
        build = subprocess.run(
            [
                *("mvn", "-q", "-B", "-f", str(HERE), f"-Doutput={cache}"),
                *("compile", "dependency:build-classpath"),
                *("-Dmdep.includeScope=runtime", f"-Dmdep.outputFile={listing}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if build.returncode:
            raise JudgeMissingError(f"Maven could not build the validator:\n{build.stdout[-2000:]}")
    return f"{cache / 'classes'}{os.pathsep}{listing.read_text()}"


def fhirkit(files: list[Path]) -> Iterator[Verdict]:
    """Ask fhirkit-rs, a validator written in Rust."""
    try:
        import fhirkit as library
    except ImportError as error:
        raise JudgeMissingError("fhirkit-rs is not installed") from error
    for file in files:
        for issue in library.validate(file.read_bytes()):
            yield Verdict("fhirkit", str(file), issue.severity, issue.path, issue.message)


def fhir_resources(files: list[Path]) -> Iterator[Verdict]:
    """Ask fhir.resources, whose R4B classes are R4's for what is used here."""
    try:
        from fhir.resources.R4B import get_fhir_model_class
        from pydantic import ValidationError
    except ImportError as error:
        raise JudgeMissingError("fhir.resources is not installed") from error
    for file in files:
        content = file.read_bytes()
        model = get_fhir_model_class(json.loads(content)["resourceType"])
        try:
            model.model_validate_json(content)
        except ValidationError as refusal:
            for problem in refusal.errors(include_url=False, include_input=False):
                place = ".".join(map(str, problem["loc"]))
                yield Verdict("fhir.resources", str(file), "error", place, problem["msg"])


JUDGES: dict[str, Callable[[list[Path]], Iterator[Verdict]]] = {
    "hl7": hl7,
    "fhirkit": fhirkit,
    "fhir.resources": fhir_resources,
}


def report(verdicts: list[Verdict], asked: list[str], files: list[Path], verbose: bool) -> None:
    """Print what matters, once a kind and file, then one line a judge with its counts."""
    seen: Counter[tuple[str, ...]] = Counter()
    for verdict in verdicts:
        if verbose or verdict.severity in BAD or (verdict.severity == "warning" and not verdict.expected):
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
            for verdict in verdicts
            if verdict.judge == judge
        )
        says = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        print(f"{judge}: {says or 'nothing'}")
    print(f"{len(files)} files")


def main(arguments: list[str] | None = None) -> int:
    """Run the judges asked for over the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--judge", action="append", choices=sorted(JUDGES), default=[])
    parser.add_argument("--strict", action="store_true", help="warnings nobody expected fail too")
    parser.add_argument("--verbose", action="store_true", help="print expected warnings and information too")
    options = parser.parse_args(arguments)
    files = resources(options.paths)
    if not files:
        print("no FHIR resource found", file=sys.stderr)
        return 1
    asked = options.judge or list(JUDGES)
    try:
        verdicts = [verdict for judge in asked for verdict in JUDGES[judge](files)]
    except JudgeMissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    report(verdicts, asked, files, options.verbose)
    failing = (*BAD, "warning") if options.strict else BAD
    return int(any(verdict.severity in failing and not verdict.expected for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())

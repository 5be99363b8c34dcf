"""`casefhir check`: resources and bundles, for CI."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from converter.cli.common import accepted, die, finish, read_file, report_options, report_targets
from converter.issues import Issue


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    check = commands.add_parser(
        "check",
        help="check bundles and resources: structure, references, codes, units, fidelity to the source",
        description="Check FHIR R4 in JSON, NDJSON or XML, ours and others'. Folders are searched all the way down; "
        "what holds no FHIR resource is passed over there.",
    )
    check.add_argument("files", nargs="*", metavar="PATH", help="file or folder; - reads standard input")
    check.add_argument(
        "--source", metavar="FILE", help="the report that the bundle was made of, where its text is left out"
    )
    check.add_argument(
        "--skip-other", action="store_true", help="pass over files named here that hold no FHIR resource"
    )
    check.add_argument(
        "--compare",
        nargs=2,
        metavar=("OLD", "NEW"),
        help="which facts came, went and changed between two bundles; exit 1 where any did (--report text or json)",
    )
    report_options(check)


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    report_targets(args.report)
    if bool(args.files) == bool(args.compare):
        die("check: give PATHs to check, or --compare OLD NEW")
    if args.compare:
        return _compare(args)
    from converter.check.files import check_file

    accepted(args)
    source = _source(args.source) if args.source else None
    issues: list[Issue] = []
    checked: list[str] = []
    for name, data in files(args.files, args.skip_other):
        checked.append(name)
        issues += check_file(data, name, source=source)
    return finish(args, issues, refused=False, checked=checked)


def _source(name: str) -> str:
    """Read a report as the converter reads it: evidence counts the characters of that text."""
    from converter.readers import read

    return read(read_file(name), Path(name).name)[0].text


def files(paths: list[str], skip_other: bool) -> Iterator[tuple[str, bytes]]:
    """Give each file that holds FHIR, or seems to; end with exit code 2 where there is none."""
    from converter.check.files import SUFFIXES, holds_fhir

    any_there = False
    for path in paths:
        folder = path != "-" and Path(path).is_dir()
        if path != "-" and not Path(path).exists():
            die(f"{path}: no such file or folder")
        inside = (p for p in sorted(Path(path).rglob("*")) if p.suffix.lower() in SUFFIXES and p.is_file())
        for name in map(str, inside) if folder else (path,):
            data = read_file(name)
            if (folder or skip_other) and not holds_fhir(data):
                continue
            any_there = True
            yield _from_here(name), data
    if not any_there and not skip_other:
        die(f"{', '.join(paths)}: no FHIR resource in it")


def _from_here(name: str) -> str:
    """Name a file by its path from here where it lies under it: reports and baselines travel."""
    path = Path(name)
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_absolute() and path.is_relative_to(here) else name


def _compare(args: argparse.Namespace) -> int:
    from converter.batch import write_all
    from converter.check.compare import as_json, as_text, compare

    old, new = (_only(name) for name in args.compare)
    changes = compare(old, new)
    writers = {"text": as_text, "json": as_json}
    targets = report_targets(args.report) or [("text", "-")]
    if unknown := {form for form, _ in targets} - set(writers):
        die(f"--compare reports as text or json, not {', '.join(sorted(unknown))}")
    texts = [(path, writers[form](changes)) for form, path in targets]
    write_all({Path(path): text for path, text in texts if path != "-"})
    sys.stdout.write("".join(text for path, text in texts if path == "-"))
    return 1 if changes and args.fail_on != "never" else 0


def _only(name: str) -> Any:
    """Read the one resource of a file."""
    from converter.check.files import records

    found = list(records(read_file(name), name))
    if len(found) != 1 or not found[0].read or not isinstance(found[0].value, dict):
        die(f"{name}: give a file with one bundle or resource in JSON or XML")
    return found[0].value

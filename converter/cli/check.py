"""`casefhir check`: resources and bundles, for CI."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from converter.cli.common import die, finish, read_file, report_options, report_targets
from converter.issues import Issue


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    check = commands.add_parser(
        "check",
        help="check bundles and resources: structure, references, codes, units, fidelity to the source",
        description="Check FHIR R4 in JSON, NDJSON or XML, ours and others'. Folders are searched all the way down; "
        "what holds no FHIR resource is passed over there.",
    )
    check.add_argument("files", nargs="+", metavar="PATH", help="file or folder; - reads standard input")
    check.add_argument(
        "--source", metavar="FILE", help="the report that the bundle was made of, where its text is left out"
    )
    check.add_argument(
        "--skip-other", action="store_true", help="pass over files named here that hold no FHIR resource"
    )
    report_options(check)


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    report_targets(args.report)
    source = _source(args.source) if args.source else None
    issues: list[Issue] = []
    for name, data in files(args.files, args.skip_other):
        from converter.check.files import check_file

        issues += check_file(data, name, source=source)
    return finish(args, tuple(issues), refused=False)


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
            yield name, data
    if not any_there and not skip_other:
        die(f"{', '.join(paths)}: no FHIR resource in it")

"""`casefhir check`: resources and bundles, for CI."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converter.cli.common import accepted, die, finish, read_file, report_options, report_targets
from converter.issues import Issue

if TYPE_CHECKING:
    from converter.check.files import Record


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
    _validator_options(check)
    report_options(check)


def _validator_options(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "--validator",
        action="append",
        default=[],
        metavar="NAME",
        help="also ask another validator: hl7, pyrofile, fhirkit, fhir.resources; one that is missing ends with exit 2",
    )
    check.add_argument(
        "--validator-jar",
        default=os.environ.get("CASEFHIR_VALIDATOR_JAR", ""),
        metavar="FILE",
        help="HL7's validator_cli.jar (or CASEFHIR_VALIDATOR_JAR); without it HAPI's classes from Maven's repository",
    )
    check.add_argument(
        "--fetch-validator", action="store_true", help="let Maven, or the jar, fetch what it lacks"
    )
    check.add_argument(
        "--package",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="FHIR package for hl7 and pyrofile: FILE.tgz, a folder, or name#version in ~/.fhir/packages; never fetched",
    )
    check.add_argument(
        "--terminology-server", default="", metavar="URL", help="terminology server for hl7 with its own jar"
    )


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    report_targets(args.report)
    if bool(args.files) == bool(args.compare):
        die("check: give PATHs to check, or --compare OLD NEW")
    if args.compare:
        return _compare(args)
    from converter.check.files import judge, records

    accepted(args)
    ask = _validators(args)
    source = _source(args.source) if args.source else None
    issues: list[Issue] = []
    checked: list[str] = []
    kept: list[tuple[str, Record]] = []
    for name, data in files(args.files, args.skip_other):
        checked.append(name)
        for record in records(data, name):
            issues += judge(record, name, source)
            if args.validator and record.read and isinstance(record.value, dict):
                kept.append((name, record))
    others = ask(kept)
    alarms = {issue: f"known false alarm: {why}" for issue, why in others.items() if why}
    return finish(args, [*issues, *others], refused=False, checked=checked, alarms=alarms)


def _validators(args: argparse.Namespace) -> Callable[[list[tuple[str, Record]]], dict[Issue, str]]:
    """Prepare the other validators; what is missing ends the run before anything is looked at."""
    if not args.validator:
        if args.package or args.terminology_server:
            die("--package and --terminology-server need --validator hl7 or pyrofile")
        return lambda _: {}
    from converter.validators import VALIDATORS, Settings, findings, resolve
    from converter.validators import issues as issues_of

    if unknown := set(args.validator) - set(VALIDATORS):
        die(f"--validator {', '.join(sorted(unknown))}: there are {', '.join(VALIDATORS)}")
    jar = Path(args.validator_jar) if args.validator_jar else None
    settings = Settings(resolve(args.package), jar, args.terminology_server, args.fetch_validator)

    def ask(kept: list[tuple[str, Record]]) -> dict[Issue, str]:
        """Give what they say, each issue with why it is a known false alarm, if it is one."""
        out: dict[Issue, str] = {}
        for validator in dict.fromkeys(args.validator):
            said = findings(validator, [record.value for _, record in kept], settings)
            for (name, record), found in zip(kept, said, strict=True):
                told = issues_of(validator, found)
                named = [replace(issue, source=name) for issue in told]
                out |= zip(record.locate(named) if named else (), told.values(), strict=True)
        return out

    return ask


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
    from converter.check.compare import as_json, as_text, compare
    from converter.writing import write_all

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

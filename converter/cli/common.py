"""What the commands share: messages, inputs, reports of issues."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from converter.issues import Issue, Severity, reaches

SEVERITIES = [s.value for s in Severity] + ["never"]


def die(message: str) -> NoReturn:
    """End with a message and exit code 2: wrong usage, or nothing to read or write."""
    print(f"casefhir: {message}", file=sys.stderr)
    raise SystemExit(2)


def inputs(names: Sequence[str]) -> list[str]:
    """Expand folders and check that every name is there before anything is converted."""
    out: list[str] = []
    for name in names:
        if name == "-":
            out.append(name)
            continue
        path = Path(name)
        if path.is_dir():
            out += [str(p) for p in sorted(path.iterdir()) if p.is_file() and not p.name.startswith(".")]
        elif path.exists():
            out.append(name)
        else:
            die(f"{name}: no such file")
    if not out:
        die(f"{', '.join(names)}: no file in it")
    return out


def file_bytes(name: str, limit: int = -1) -> bytes:
    """Read a file, no further than the byte that makes it too large: a pipe may never end."""
    if name == "-":
        return sys.stdin.buffer.read(limit)
    with open(name, "rb") as file:
        return file.read(limit)


def read_file(name: str) -> bytes:
    """Read a whole file, or end with exit code 2."""
    try:
        return file_bytes(name)
    except OSError as error:
        die(f"{name}: {error.strerror}")


def json_of(name: str) -> Any:
    """Read JSON, numbers as printed, or end with exit code 2."""
    from converter.fhir.json import loads

    try:
        return loads(read_file(name).decode("utf-8-sig"))
    except ValueError as error:
        die(f"{name}: not JSON: {error}")
    except RecursionError:
        die(f"{name}: nested too deeply")


def own_rows_option(p: argparse.ArgumentParser) -> None:
    """Declare --mappings."""
    p.add_argument(
        "--mappings", default="", metavar="DIR", help="your own rows over ours: files as in mappings/"
    )


def own_rows(args: argparse.Namespace, checked: bool = True) -> None:
    """Choose the user's own rows for this process, before any table is read."""
    if args.mappings:
        from converter.catalogue import use_own_rows
        from converter.mappings import use

        (use_own_rows if checked else use)(args.mappings)


def report_options(p: argparse.ArgumentParser) -> None:
    """Declare --report and --fail-on."""
    p.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write the issues: text, json, operationoutcome, sarif, junit, github (else text on standard error)",
    )
    p.add_argument(
        "--fail-on",
        default="error",
        choices=SEVERITIES,
        help="exit 1 at issues of this severity or above (default error)",
    )


def report_targets(options: Sequence[str]) -> list[tuple[str, str]]:
    """Give the format and path of each --report, or end with exit code 2."""
    from converter.report import formats

    out = []
    for option in options:
        form, _, path = option.partition("=")
        if form not in formats() or not path:
            die(f"--report {option}: give FORMAT=FILE with FORMAT one of {', '.join(formats())}")
        out.append((form, path))
    return out


def finish(args: argparse.Namespace, issues: tuple[Issue, ...], refused: bool) -> int:
    """Write the reports and give the exit code."""
    from converter.batch import write_all
    from converter.report import write

    write_all({Path(path): write(form, issues) for form, path in report_targets(args.report)})
    if not args.report and issues:
        print(write("text", issues).rstrip("\n"), file=sys.stderr)
    failed = args.fail_on != "never" and reaches(issues, Severity(args.fail_on))
    return 1 if refused or failed else 0

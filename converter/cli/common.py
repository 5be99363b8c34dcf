"""What the commands share: messages, inputs, reports of issues."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from converter.issues import Issue, Severity, reaches

if TYPE_CHECKING:
    from converter.report import Suppression

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


def knowledge_options(p: argparse.ArgumentParser) -> None:
    """Declare --mappings and --terms."""
    own_rows_option(p)
    p.add_argument("--terms", action="store_true", help="code names without a code by your loaded terms")
    p.add_argument("--cache", default="", metavar="DIR", help="folder of loaded terms for --terms")


def loaded_terms(args: argparse.Namespace) -> str:
    """Give the folder of loaded terms if they are asked for, or end with exit code 2."""
    if args.cache and not args.terms:
        die(f"--cache {args.cache}: say --terms as well to code by the terms in it")
    if not args.terms:
        return ""
    from converter.terms import loaded

    folder = terms_folder(args)
    if not loaded(folder):
        die(f"{folder}: no terms loaded; `casefhir terms load FILE` loads some")
    return str(folder)


def terms_folder(args: argparse.Namespace) -> Path:
    """Give the folder of loaded terms."""
    from converter.terms import cache_folder

    return Path(args.cache) if args.cache else cache_folder()


def report_options(p: argparse.ArgumentParser) -> None:
    """Declare --report and --fail-on."""
    p.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write the issues: text, json, operationoutcome, sarif, junit, github, html; - as FILE is standard output "
        "(without --report: text on standard error)",
    )
    p.add_argument(
        "--fail-on",
        default="error",
        choices=SEVERITIES,
        help="exit 1 at issues of this severity or above (default error)",
    )
    p.add_argument("--baseline", metavar="FILE", help="issues of this file, written earlier, fail nothing")
    p.add_argument("--write-baseline", metavar="FILE", help="write today's issues as a baseline and exit 0")
    p.add_argument(
        "--suppress",
        metavar="FILE",
        help="[[suppress]] tables: code, file, path and the reason, which must be given",
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


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which issues fail nothing: those of a baseline, and those suppressed for a reason."""

    baseline: frozenset[str] = frozenset()
    suppressions: tuple[Suppression, ...] = ()


def accepted(args: argparse.Namespace) -> Accepted:
    """Read --baseline and --suppress before anything is done, so that a wrong one ends the run at once."""
    from converter.report import read_baseline, read_suppressions

    text = {
        name: read_file(name).decode("utf-8-sig", "replace")
        for name in (args.baseline, args.suppress)
        if name
    }
    return Accepted(
        read_baseline(text[args.baseline], args.baseline) if args.baseline else frozenset(),
        read_suppressions(text[args.suppress], args.suppress) if args.suppress else (),
    )


def finish(
    args: argparse.Namespace,
    issues: Sequence[Issue],
    refused: bool,
    checked: Sequence[str] = (),
    alarms: Mapping[Issue, str] | None = None,
) -> int:
    """Write the reports and give the exit code.

    ``checked`` names the files that were looked at, ``alarms`` are false ones with the reason.
    """
    from converter import __version__
    from converter.report import Held, hold, order, write, write_baseline
    from converter.writing import write_all

    known = accepted(args)
    held, unused = hold(order(issues), known.baseline, known.suppressions, args.suppress or "")
    held |= {issue: Held(why) for issue, why in (alarms or {}).items()}
    every = (*issues, *unused)
    if args.write_baseline:
        write_all({Path(args.write_baseline): write_baseline(order(issues))})
    texts = [
        (path, write(form, every, checked=checked, version=__version__, held=held))
        for form, path in report_targets(args.report)
    ]
    write_all({Path(path): text for path, text in texts if path != "-"})
    for path, text in texts:
        if path == "-":
            sys.stdout.write(text)
    if not args.report and every:
        print(write("text", every, held=held).rstrip("\n"), file=sys.stderr)
    still = tuple(issue for issue in every if issue not in held)
    failed = args.fail_on != "never" and reaches(still, Severity(args.fail_on)) and not args.write_baseline
    return 1 if refused or failed else 0

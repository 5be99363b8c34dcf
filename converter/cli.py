"""The command line.

Exit 0 fine; 1 Issues at or above --fail-on, or a document refused; 2 wrong usage or nothing to read or write.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from converter import __version__
from converter.issues import ISSUE_CODES, ConverterError, Issue, Severity, reaches

EPILOG = """\
examples:
  casefhir convert report.txt -o out            bundle, both summaries and the page with the evidence
  casefhir convert - < report.txt | jq .        bundle to standard output
  casefhir convert *.txt -o out --report sarif=issues.sarif --fail-on warning
  casefhir check out/*.json                     structure, references, codes, units, fidelity
  casefhir explain UNIT003                      cause and mend of an issue

exit: 0 fine; 1 issues at or above --fail-on, or a document refused; 2 wrong usage or nothing to read or write
"""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
"""https://hl7.org/fhir/R4/datatypes.html#instant"""
SEVERITIES = [s.value for s in Severity] + ["never"]


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="casefhir", description="Turn narrative case reports (English, Korean) into FHIR R4 bundles and summaries.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"casefhir {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _convert_parser(commands)
    show = commands.add_parser("show", help="write and name the page that shows a report beside its facts")
    show.add_argument("file", metavar="FILE", help="report, or - for standard input")
    show.add_argument(
        "-o",
        "--output",
        metavar="HTML",
        help="where to write (default STEM.html here; - for standard output)",
    )
    render = commands.add_parser("render", help="summary of a bundle, as Markdown or HTML")
    render.add_argument("file", metavar="BUNDLE")
    render.add_argument("--lang", default="en", choices=("en", "ko"))
    render.add_argument("--format", default="markdown", choices=("markdown", "html"))
    check = commands.add_parser(
        "check", help="check bundles: structure, references, codes, units, fidelity to the source"
    )
    check.add_argument("files", nargs="+", metavar="BUNDLE")
    _report_options(check)
    explain = commands.add_parser(
        "explain", help="cause and mend of an issue code; without a code, all of them"
    )
    explain.add_argument("code", nargs="?", metavar="CODE")
    return top


def _convert_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    p = commands.add_parser(
        "convert", help="reports to bundles and summaries",
        description="Write STEM.json, STEM.summary.en.md, STEM.summary.ko.md and STEM.html for each report, each whole or not at all.",
    )  # fmt: skip
    p.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="report; - reads standard input and writes the bundle to standard output",
    )
    p.add_argument("-o", "--output", metavar="DIR", help="folder to write to (made if missing)")
    p.add_argument(
        "--bundle",
        default="document",
        choices=("document", "transaction", "collection"),
        help="type of bundle",
    )
    p.add_argument(
        "--lang", default="en,ko", metavar="LANGS", help="summaries to write, comma separated (default en,ko)"
    )
    p.add_argument(
        "--admission-date",
        default="",
        metavar="DATE",
        help="ISO date of admission: relative times become absolute",
    )
    p.add_argument(
        "--timestamp",
        default="",
        metavar="INSTANT",
        help="Bundle.timestamp where the text has no date of publication",
    )
    _output_options(p)
    _report_options(p)


def _output_options(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--evidence", default="full", choices=("full", "names", "none"), help="how much evidence to write"
    )
    p.add_argument(
        "--source-text", default="keep", choices=("keep", "omit"), help="omit: keep hash and origin only"
    )
    p.add_argument(
        "--reviewed", action="store_true", help="a person has reviewed the facts: statuses become final"
    )
    p.add_argument("--over-90", action="store_true", help="write ages over 89 as >=90")
    p.add_argument("--pretty", action="store_true", help="indent the JSON for reading")
    p.add_argument("--max-size", type=int, default=20, metavar="MB", help="refuse larger files (default 20)")
    p.add_argument("--force", action="store_true", help="convert even what does not look like a case report")
    p.add_argument(
        "--no-validate", action="store_true", help="skip the structural gate of fhir.resources (faster)"
    )
    p.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _report_options(p: argparse.ArgumentParser) -> None:
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


def _die(message: str) -> NoReturn:
    print(f"casefhir: {message}", file=sys.stderr)
    raise SystemExit(2)


def _inputs(names: Sequence[str]) -> list[str]:
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
            _die(f"{name}: no such file")
    if not out:
        _die(f"{', '.join(names)}: no file in it")
    return out


def _bytes(name: str, limit: int = -1) -> bytes:
    """Read a file, no further than the byte that makes it too large: a pipe may never end."""
    if name == "-":
        return sys.stdin.buffer.read(limit)
    with open(name, "rb") as file:
        return file.read(limit)


def _read(name: str) -> bytes:
    try:
        return _bytes(name)
    except OSError as error:
        _die(f"{name}: {error.strerror}")


def _reports(options: Sequence[str]) -> list[tuple[str, str]]:
    from converter.report import formats

    out = []
    for option in options:
        form, _, path = option.partition("=")
        if form not in formats() or not path:
            _die(f"--report {option}: give FORMAT=FILE with FORMAT one of {', '.join(formats())}")
        out.append((form, path))
    return out


def _finish(args: argparse.Namespace, issues: tuple[Issue, ...], refused: bool) -> int:
    from converter.batch import write_all
    from converter.report import write

    write_all({Path(path): write(form, issues) for form, path in _reports(args.report)})
    if not args.report and issues:
        print(write("text", issues).rstrip("\n"), file=sys.stderr)
    failed = args.fail_on != "never" and reaches(issues, Severity(args.fail_on))
    return 1 if refused or failed else 0


def _convert(args: argparse.Namespace) -> int:
    from converter.batch import Job, convert_files
    from converter.fhir import BuildOptions
    from converter.pipeline import Options

    languages = tuple(x.strip() for x in args.lang.split(",") if x.strip())
    if unknown := set(languages) - {"en", "ko"}:
        _die(f"--lang {', '.join(sorted(unknown))}: only en and ko are known")
    _reports(args.report)
    names = _inputs(args.files)
    if names != ["-"] and not args.output:
        _die("give -o DIR (or - as the only FILE to write the bundle to standard output)")
    if args.max_size < 1:
        _die(f"--max-size {args.max_size}: give whole megabytes, 1 or more")
    options = Options(
        BuildOptions(
            bundle_type=args.bundle, source_text=args.source_text == "keep", evidence=args.evidence, reviewed=args.reviewed,
            admission_date=_date(args.admission_date), timestamp=_instant(args.timestamp), over_90=args.over_90,
            source_date_epoch=_epoch(os.environ.get("SOURCE_DATE_EPOCH", "")),
        ),
        languages, args.max_size * 1_000_000, args.force, not args.no_validate,
    )  # fmt: skip
    job = Job(
        names,
        Path(args.output) if args.output else None,
        options,
        args.pretty,
        progress=not args.quiet and sys.stderr.isatty(),
    )
    issues, refused = convert_files(job, lambda name: _bytes(name, options.max_size + 1))
    return _finish(args, issues, refused)


def _date(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        _die(f"--admission-date {text}: give an ISO date such as 2024-03-09")


def _instant(text: str) -> str:
    from datetime import datetime

    try:
        given = datetime.fromisoformat(text) if text else None
    except ValueError:
        given = None
    if text and (given is None or given.tzinfo is None or not INSTANT.fullmatch(text)):
        _die(f"--timestamp {text}: give a date, time and zone such as 2024-03-09T12:00:00Z")
    return text


def _epoch(text: str) -> str:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if text else ""
    except (ValueError, OverflowError, OSError):
        _die(f"SOURCE_DATE_EPOCH={text}: give whole seconds since 1970")


def _show(args: argparse.Namespace) -> int:
    from converter.batch import write_all
    from converter.pipeline import convert_bytes

    result = convert_bytes(_read(args.file), Path(args.file).name)
    if args.output == "-":
        sys.stdout.write(result.html())
        return 0
    path = Path(args.output or f"{Path(args.file).stem if args.file != '-' else 'report'}.html")
    write_all({path: result.html()})
    print(path)
    return 0


def _bundle(name: str) -> Any:
    from converter.fhir.json import loads

    try:
        return loads(_read(name).decode("utf-8-sig"))
    except ValueError as error:
        _die(f"{name}: not JSON: {error}")
    except RecursionError:
        _die(f"{name}: nested too deeply")


def _render(args: argparse.Namespace) -> int:
    from converter.check import check
    from converter.summary import render

    bundle = _bundle(args.file)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        _die(f"{args.file}: not a FHIR Bundle")
    try:
        summary = render(bundle, args.lang)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        wrong = next((i for i in check(bundle, structure=False) if i.code == "BND002"), None)
        if wrong is None:
            raise
        _die(f"{args.file}: not FHIR R4: {wrong.path}: {wrong.message}")
    sys.stdout.write(summary.markdown if args.format == "markdown" else summary.html)
    return 0


def _check(args: argparse.Namespace) -> int:
    from converter.check import check

    _reports(args.report)
    issues: list[Issue] = []
    for name in _inputs(args.files):
        found = check(_bundle(name), name=name)
        issues += found
    return _finish(args, tuple(issues), refused=False)


def _explain(args: argparse.Namespace) -> int:
    codes = sorted(ISSUE_CODES) if args.code is None else [args.code.upper()]
    for code in codes:
        if code not in ISSUE_CODES:
            _die(f"{code}: no such issue code; `casefhir explain` lists them all")
        known = ISSUE_CODES[code]
        print(f"{code} ({known.severity.value}): {known.title}\n  cause: {known.cause}\n  mend:  {known.fix}")
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "convert": _convert, "show": _show, "render": _render, "check": _check, "explain": _explain,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    args = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return COMMANDS[args.command](args)
    except ConverterError as error:
        issue = getattr(error, "issue", None)
        place = f"{args.file}: {issue.code} " if issue and hasattr(args, "file") else ""
        print(f"casefhir: {place}{error}", file=sys.stderr)
        return 1 if issue else 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"casefhir: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())

"""The command line.

Exit 0 fine; 1 Issues at or above --fail-on, or a document refused; 2 wrong usage or nothing to read or write.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from types import ModuleType

from converter import __version__
from converter.cli import check, convert, explain, export, mappings, push, render, serve, show, terms
from converter.issues import ConverterError

EPILOG = """\
examples:
  casefhir convert report.txt -o out            bundle, both summaries and the page with the evidence
  casefhir convert - < report.txt | jq .        bundle to standard output
  casefhir convert *.txt -o out --report sarif=issues.sarif --fail-on warning
  casefhir check out/*.json                     structure, references, codes, units, fidelity
  casefhir explain UNIT003                      cause and mend of an issue

exit: 0 fine; 1 issues at or above --fail-on, or a document refused; 2 wrong usage or nothing to read or write
"""
COMMANDS: Mapping[str, ModuleType] = {
    "convert": convert, "show": show, "render": render, "check": check, "push": push, "export": export, "serve": serve,
    "explain": explain, "mappings": mappings, "terms": terms,
}  # fmt: skip
"""Each module declares its options with ``add`` and does its work with ``run``; the order is that of --help."""


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="casefhir", description="Turn narrative case reports (English, Korean) into FHIR R4 bundles and summaries.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    top.add_argument("--version", action="version", version=f"casefhir {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code."""
    args = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code: int = COMMANDS[args.command].run(args)
        return code
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

"""`casefhir explain`: cause and mend of an issue."""

from __future__ import annotations

import argparse

from converter.cli.common import die
from converter.issues import ISSUE_CODES


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    explain = commands.add_parser(
        "explain", help="cause and mend of an issue code; without a code, all of them"
    )
    explain.add_argument("code", nargs="?", metavar="CODE")


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    codes = sorted(ISSUE_CODES) if args.code is None else [args.code.upper()]
    for code in codes:
        if code not in ISSUE_CODES:
            die(f"{code}: no such issue code; `casefhir explain` lists them all")
        known = ISSUE_CODES[code]
        print(f"{code} ({known.severity.value}): {known.title}\n  cause: {known.cause}\n  mend:  {known.fix}")
    return 0

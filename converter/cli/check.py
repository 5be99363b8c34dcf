"""`casefhir check`: bundles, for CI."""

from __future__ import annotations

import argparse

from converter.cli.common import finish, inputs, json_of, report_options, report_targets
from converter.issues import Issue


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    check = commands.add_parser(
        "check", help="check bundles: structure, references, codes, units, fidelity to the source"
    )
    check.add_argument("files", nargs="+", metavar="BUNDLE")
    report_options(check)


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    from converter.check import check

    report_targets(args.report)
    issues: list[Issue] = []
    for name in inputs(args.files):
        found = check(json_of(name), name=name)
        issues += found
    return finish(args, tuple(issues), refused=False)

"""`casefhir render`: the summary of a bundle."""

from __future__ import annotations

import argparse
import sys

from converter.cli.common import die, json_of


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    render = commands.add_parser("render", help="summary of a bundle, as Markdown or HTML")
    render.add_argument("file", metavar="BUNDLE")
    render.add_argument("--lang", default="en", choices=("en", "ko"))
    render.add_argument("--format", default="markdown", choices=("markdown", "html"))


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    from converter.check import check
    from converter.summary import render

    bundle = json_of(args.file)
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        die(f"{args.file}: not a FHIR Bundle")
    try:
        summary = render(bundle, args.lang)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        wrong = next((i for i in check(bundle, structure=False) if i.code == "BND002"), None)
        if wrong is None:
            raise
        die(f"{args.file}: not FHIR R4: {wrong.path}: {wrong.message}")
    sys.stdout.write(summary.markdown if args.format == "markdown" else summary.html)
    return 0

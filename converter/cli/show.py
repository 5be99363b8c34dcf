"""`casefhir show`: the page that shows a report beside its facts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from converter.cli.common import die, knowledge_options, loaded_terms, read_file


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    show = commands.add_parser("show", help="write and name the page that shows a report beside its facts")
    show.add_argument("file", metavar="FILE", help="report, or - for standard input")
    show.add_argument(
        "-o",
        "--output",
        metavar="HTML",
        help="where to write (default STEM.html here; - for standard output)",
    )
    knowledge_options(show)


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    from converter.pipeline import Options, convert_bytes
    from converter.writing import write_all

    options = Options(mappings=args.mappings, terms=loaded_terms(args))
    result = convert_bytes(read_file(args.file), Path(args.file).name, options)
    if args.output == "-":
        if result.others:
            die(
                f"{args.file} tells of {len(result.patients)} patients: give -o HTML to write a page for each"
            )
        sys.stdout.write(result.html())
        return 0
    path = Path(args.output or f"{Path(args.file).stem if args.file != '-' else 'report'}.html")
    pages = {path: result.html()}
    pages |= {path.with_stem(f"{path.stem}.p{one.facts.ordinal}"): one.html() for one in result.others}
    write_all(pages)
    print("\n".join(str(page) for page in pages))
    return 0

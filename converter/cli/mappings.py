"""`casefhir mappings`: the tables of knowledge, listed, tried, checked and exported."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from converter.cli.common import (
    die,
    finish,
    own_rows,
    own_rows_option,
    report_options,
    report_targets,
    terms_folder,
)

TABLES_SHOWN = "problems, anatomy, organisms, procedures, drugs, observations, modalities, units ..."


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its own commands."""
    top = commands.add_parser("mappings", help="the tables of knowledge: list, try, check, export")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    rows = verbs.add_parser("list", help="rows of a table; without one, how many rows each table has")
    rows.add_argument("table", nargs="?", metavar="TABLE", help=TABLES_SHOWN)
    rows.add_argument(
        "--lang", default="en", choices=("en", "ko"), help="language of the names in text (default en)"
    )
    rows.add_argument("--format", default="text", choices=("text", "json", "csv"))
    trying = verbs.add_parser("try", help="what the tables, the tagger, units and context read in a text")
    trying.add_argument("text", metavar="TEXT", help="a sentence of a report, or - for standard input")
    trying.add_argument("--format", default="text", choices=("text", "json"))
    checking = verbs.add_parser(
        "check", help="every row: form, ids, names, languages, codes, units, its own examples",
        description="Check our rows, or with --mappings those of your folder over ours. Exit 1 where something is wrong.",
    )  # fmt: skip
    checking.add_argument(
        "--terms", action="append", default=[], metavar="FILE",
        help="table of codes to verify codes by: columns system, code, display, with tabs between",
    )  # fmt: skip
    checking.add_argument(
        "--loaded", action="store_true", help="verify codes by the loaded terms too (casefhir terms load)"
    )
    checking.add_argument("--cache", default="", metavar="DIR", help="folder of loaded terms for --loaded")
    report_options(checking)
    export = verbs.add_parser(
        "export", help="CodeSystem, ConceptMap and ValueSet resources of the tables",
        description="Write one file a resource into --output, or one collection Bundle to standard output.",
    )  # fmt: skip
    export.add_argument("-o", "--output", metavar="DIR", help="folder to write to (made if missing)")
    export.add_argument("--pretty", action="store_true", help="indent the JSON for reading")
    for verb in (rows, trying, checking, export):
        own_rows_option(verb)


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    own_rows(args, checked=args.verb != "check")
    return {"list": _list, "try": _try, "check": _check, "export": _export}[args.verb](args)


def _list(args: argparse.Namespace) -> int:
    from converter.catalogue import ALL_TABLES, current
    from converter.catalogue.listing import listed, overview

    if args.table is None:
        text = overview(current(), args.format) if args.format == "text" else listed(current(), args.format)
    elif args.table in ALL_TABLES:
        text = listed(current(args.table), args.format, args.lang)
    else:
        die(f"{args.table}: no such table; there are {', '.join(ALL_TABLES)}")
    sys.stdout.write(text)
    return 0


def _try(args: argparse.Namespace) -> int:
    from converter.catalogue.trying import as_json, as_text

    text = sys.stdin.read() if args.text == "-" else args.text
    sys.stdout.write(as_json(text) if args.format == "json" else as_text(text))
    return 0


def _check(args: argparse.Namespace) -> int:
    from converter.catalogue import check_tables, sources
    from converter.terms import Store

    report_targets(args.report)
    store = Store(terms_folder(args)) if args.loaded else None
    issues = check_tables(bool(args.mappings), sources([Path(name) for name in args.terms], store))
    if not issues:
        print("mappings: fine")
    return finish(args, issues, refused=False)


def _export(args: argparse.Namespace) -> int:
    from converter import __version__
    from converter.catalogue import current
    from converter.catalogue.export import collection, resources
    from converter.fhir.json import dumps
    from converter.writing import write_all

    made = list(resources(current(), __version__))
    if not args.output:
        sys.stdout.write(dumps(collection(made), args.pretty).rstrip("\n") + "\n")
        return 0
    folder = Path(args.output)
    files = {
        folder / f"{one['resourceType']}-{one['id']}.json": dumps(one, args.pretty).rstrip("\n") + "\n"
        for one in made
    }
    write_all(files)
    print(f"{folder}: {len(files)} resources")
    return 0

"""`casefhir terms`: a user's own LOINC, SNOMED CT, HPO, ICD-10-CM or KCD, for `convert --terms`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from converter.cli.common import die, terms_folder


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its own commands."""
    top = commands.add_parser("terms", help="load your own LOINC, SNOMED CT, HPO, ICD-10-CM or KCD")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    load = verbs.add_parser(
        "load", help="read official files into the cache, in place of an older release",
        description="Files: LoincTable/Loinc.csv; the SNOMED CT RF2 zip, or its Snapshot concept and description files; "
        "hp.obo; icd10cm-order-YEAR.txt; a KCD table (CSV or TSV with a header). Each system is written whole or not at all.",
    )  # fmt: skip
    load.add_argument("files", nargs="+", metavar="FILE", help="official file of a code system")
    load.add_argument(
        "--version",
        default="",
        metavar="TEXT",
        help="version to write into codings (default: the file's own)",
    )
    load.add_argument("--quiet", action="store_true", help="no progress on standard error")
    listing = verbs.add_parser("list", help="what is loaded: system, version, codes, names, source")
    listing.add_argument("--format", default="text", choices=("text", "json"))
    removal = verbs.add_parser("remove", help="take a code system out of the cache")
    removal.add_argument(
        "name", metavar="NAME", help="as `casefhir terms list` names it: loinc, snomed, hpo ..."
    )
    for verb in (load, listing, removal):
        verb.add_argument(
            "--cache",
            default="",
            metavar="DIR",
            help="folder of loaded terms (default: the user's cache folder)",
        )


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    return {"load": _load, "list": _list, "remove": _remove}[args.verb](args)


def _load(args: argparse.Namespace) -> int:
    from converter.terms import load, releases

    paths = [Path(name) for name in args.files]
    for path in paths:
        if not path.is_file():
            die(f"{path}: no such file")
    shown = not args.quiet and sys.stderr.isatty()
    for release in releases(paths, args.version):
        if not release.version:
            die(f"{release.source}: no version in it; give --version")
        done = load(release, terms_folder(args), _progress if shown else lambda _: None)
        if shown:
            _progress("")
        print(f"{done.slug}: {done.title} {done.version}, {done.codes:,} codes, {done.names:,} names")
    return 0


def _progress(told: str) -> None:
    print(f"\r{told:60s}", end="" if told else "\r", file=sys.stderr, flush=True)


def _list(args: argparse.Namespace) -> int:
    from converter.terms import loaded

    there = loaded(terms_folder(args))
    if args.format == "json":
        import json
        from dataclasses import asdict

        print(json.dumps([asdict(one) for one in there], ensure_ascii=False, indent=1))
    elif not there:
        print(
            f"casefhir: nothing loaded in {terms_folder(args)}; `casefhir terms load FILE` loads",
            file=sys.stderr,
        )
    else:
        for one in there:
            print(
                f"{one.slug}\t{one.title} {one.version}\t{one.codes:,} codes, {one.names:,} names\t{one.source}"
            )
    return 0


def _remove(args: argparse.Namespace) -> int:
    from converter.terms import remove

    gone = remove(terms_folder(args), args.name)
    print(f"{gone.slug}: {gone.title} {gone.version} removed")
    return 0

"""`casefhir export`: bundles as Bulk Data NDJSON."""

from __future__ import annotations

import argparse
from pathlib import Path

from converter.cli.common import die, json_of


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    export = commands.add_parser(
        "export",
        help="write bundles as NDJSON, one file a resource type, with a manifest",
        description="Write the resources of bundles as a FHIR Bulk Data export would give them: TYPE.ndjson files and a "
        "manifest.json. All files are written, or none.",
    )
    export.add_argument(
        "files", nargs="+", metavar="BUNDLE", help="file, folder of .json files, or - for standard input"
    )
    export.add_argument("-o", "--output", required=True, metavar="DIR", help="folder to write to")
    export.add_argument(
        "--timestamp", default="", metavar="INSTANT", help="transactionTime (default: the bundles' latest)"
    )
    export.add_argument("--request", default="", metavar="URL", help="request that the manifest names")


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    from converter.cli.push import files
    from converter.deliver.export import MANIFEST, export
    from converter.writing import write_all

    folder = Path(args.output)
    made = export({name: json_of(name) for name in files(args.files)}, args.timestamp, args.request)
    old = {path.name for path in folder.glob("*.ndjson")} if folder.is_dir() else set()
    if stale := sorted(old - made.keys()):
        die(
            f"{folder}: {', '.join(stale)} of an earlier export would stay beside the new files; give an empty folder"
        )
    write_all(
        {folder / name: text for name, text in made.items() if name != MANIFEST}
        | {folder / MANIFEST: made[MANIFEST]}
    )
    return 0

"""`casefhir convert`: reports to bundles and summaries."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

from converter.cli.common import (
    die,
    file_bytes,
    finish,
    inputs,
    json_of,
    knowledge_options,
    loaded_terms,
    own_rows,
    report_options,
    report_targets,
)

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
"""https://hl7.org/fhir/R4/datatypes.html#instant"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    p = commands.add_parser(
        "convert", help="reports to bundles and summaries",
        description="Write STEM.json, STEM.summary.en.md, STEM.summary.ko.md and STEM.html for each report, each whole or not at all; for a second patient STEM.p2.json and so on.",
    )  # fmt: skip
    p.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="report, folder, ZIP or TAR archive of reports, or JSON Lines with a field text (and id); - reads standard input and writes the bundle to standard output, one line a patient",
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
    knowledge_options(p)
    report_options(p)


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
    p.add_argument(
        "--profile", action="append", default=[], metavar="GUIDE",
        help="claim the profiles of ips or kr-core where every must-have is there, and say what is missing elsewhere",
    )  # fmt: skip
    p.add_argument(
        "--patient", default="", metavar="FILE",
        help="FHIR Patient in JSON: its name, birth date, identifiers, telecom and address, which a published case lacks",
    )  # fmt: skip
    p.add_argument("--over-90", action="store_true", help="write ages over 89 as >=90")
    p.add_argument("--pretty", action="store_true", help="indent the JSON for reading")
    p.add_argument("--max-size", type=int, default=20, metavar="MB", help="refuse larger files (default 20)")
    p.add_argument("--force", action="store_true", help="convert even what does not look like a case report")
    p.add_argument(
        "--no-validate", action="store_true", help="skip the structural gate of fhir.resources (faster)"
    )
    p.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes (default 1); the results are the same"
    )
    p.add_argument("--quiet", action="store_true", help="no progress on standard error")


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    from converter.batch import Job, convert_files
    from converter.fhir import BuildOptions
    from converter.pipeline import Options

    languages = tuple(x.strip() for x in args.lang.split(",") if x.strip())
    if unknown := set(languages) - {"en", "ko"}:
        die(f"--lang {', '.join(sorted(unknown))}: only en and ko are known")
    report_targets(args.report)
    names = inputs(args.files)
    if names != ["-"] and not args.output:
        die("give -o DIR (or - as the only FILE to write the bundle to standard output)")
    if args.jobs < 1:
        die(f"--jobs {args.jobs}: give 1 or more processes")
    if args.max_size < 1:
        die(f"--max-size {args.max_size}: give whole megabytes, 1 or more")
    own_rows(args)
    options = Options(
        BuildOptions(
            bundle_type=args.bundle, source_text=args.source_text == "keep", evidence=args.evidence, reviewed=args.reviewed,
            admission_date=_date(args.admission_date), timestamp=_instant(args.timestamp), over_90=args.over_90,
            source_date_epoch=_epoch(os.environ.get("SOURCE_DATE_EPOCH", "")),
        ),
        languages, args.max_size * 1_000_000, args.force, not args.no_validate, args.mappings, loaded_terms(args), _guides(args.profile), _patient(args.patient),
    )  # fmt: skip
    job = Job(
        names,
        Path(args.output) if args.output else None,
        options,
        args.pretty,
        progress=not args.quiet and sys.stderr.isatty(),
        processes=args.jobs,
    )
    issues, refused = convert_files(job, lambda name: _bytes(name, options.max_size))
    return finish(args, issues, refused)


def _bytes(name: str, most: int) -> bytes:
    """Read a file, further than one report may be long where it holds several."""
    from converter.batch import SEVERAL
    from converter.readers.containers import holds_several

    data = file_bytes(name, most + 1)
    if len(data) > most and name != "-" and holds_several(data):
        return file_bytes(name, SEVERAL * most + 1)
    return data


def _guides(names: list[str]) -> tuple[str, ...]:
    from converter.fhir.profiles import guides

    if unknown := set(names) - set(guides()):
        die(f"--profile {', '.join(sorted(unknown))}: there are {', '.join(guides())}")
    return tuple(dict.fromkeys(names))


def _patient(name: str) -> Any:
    if not name:
        return None
    resource = json_of(name)
    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
        die(f"--patient {name}: give a file with one Patient resource in JSON")
    return resource


def _date(text: str) -> str:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        die(f"--admission-date {text}: give an ISO date such as 2024-03-09")


def _instant(text: str) -> str:
    from datetime import datetime

    try:
        given = datetime.fromisoformat(text) if text else None
    except ValueError:
        given = None
    if text and (given is None or given.tzinfo is None or not INSTANT.fullmatch(text)):
        die(f"--timestamp {text}: give a date, time and zone such as 2024-03-09T12:00:00Z")
    return text


def _epoch(text: str) -> str:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(int(text), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if text else ""
    except (ValueError, OverflowError, OSError):
        die(f"SOURCE_DATE_EPOCH={text}: give whole seconds since 1970")

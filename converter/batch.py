"""Many files: each written whole or not at all; one bad document never ends the batch."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.issues import Issue, Severity, SourceError
from converter.pipeline import Options, Result, convert_bytes


@dataclass(frozen=True, slots=True)
class Job:
    """What to convert and where to."""

    names: Sequence[str]
    folder: Path | None
    """None writes the bundle to standard output."""
    options: Options
    pretty: bool = False
    progress: bool = False


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def outputs(result: Result, stem: str, pretty: bool) -> dict[str, str]:
    """Give every file of a result by name."""
    files = {f"{stem}.json": result.json(pretty) + "\n"}
    files |= {f"{stem}.summary.{s.language}.md": s.markdown for s in result.summaries}
    files[f"{stem}.html"] = result.html()
    return files


def _one(job: Job, name: str, read: Callable[[str], bytes]) -> tuple[Issue, ...]:
    try:
        result = convert_bytes(read(name), "-" if name == "-" else Path(name).name, job.options)
    except SourceError as error:
        return (replace(error.issue, source=name),)
    if job.folder is None:
        sys.stdout.write(result.json(job.pretty) + "\n")
    else:
        stem = "report" if name == "-" else Path(name).stem
        for file, text in outputs(result, stem, job.pretty).items():
            write_whole(job.folder / file, text)
    return tuple(replace(issue, source=name) for issue in result.issues)


def _unique(job: Job) -> Sequence[str]:
    """Refuse to let two inputs overwrite each other's results."""
    seen: dict[str, str] = {}
    for name in job.names:
        stem = Path(name).stem
        if stem in seen and seen[stem] != name:
            raise SystemExit(
                f"casefhir: {seen[stem]} and {name} would both write {stem}.json; convert them into two folders"
            )
        seen[stem] = name
    return job.names


def convert_files(job: Job, read: Callable[[str], bytes]) -> tuple[tuple[Issue, ...], bool]:
    """Convert all files of a job; give their issues and whether any document was refused."""
    issues: list[Issue] = []
    refused = False
    names = _unique(job)
    for number, name in enumerate(names, 1):
        if job.progress:
            print(f"\r{number}/{len(names)} {Path(name).name[:60]:60s}", end="", file=sys.stderr, flush=True)
        found = _one(job, name, read)
        refused = refused or any(i.severity is Severity.FATAL for i in found)
        issues += found
    if job.progress:
        print(f"\r{' ' * 75}\r", end="", file=sys.stderr)
    return tuple(issues), refused

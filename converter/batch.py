"""Many files: each written whole or not at all; one bad document never ends the batch."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from converter.issues import ConverterError, Issue, Severity, SourceError
from converter.pipeline import Options, Result, convert_bytes

NTH = re.compile(r"\.p\d+$")
"""What the stem of a further patient's files ends in."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to convert and where to."""

    names: Sequence[str]
    folder: Path | None
    """None writes the bundle to standard output."""
    options: Options
    pretty: bool = False
    progress: bool = False


def write_all(files: Mapping[Path, str]) -> None:
    """Write files so that all are there whole or none is new; a pipe or device takes the text itself."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, text in files.items():
            data = text.encode("utf-8", "backslashreplace")
            if path.exists() and not path.is_file():
                path.write_bytes(data)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((_temporary(path, data), path))
        for temporary, path in waiting:
            temporary.replace(path)
    except BaseException:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path, data: bytes) -> Path:
    """Write beside the path, for its owner's umask to say who may read it: reports are patients' data."""
    temporary = path.with_name(f".{path.name[:60]}.{os.getpid()}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
    except OSError as error:
        if not isinstance(error, FileExistsError):
            temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return temporary


def outputs(result: Result, stem: str, pretty: bool) -> dict[str, str]:
    """Give every file of a result by name; a second patient's are STEM.p2.json and so on."""
    files: dict[str, str] = {}
    for ordinal, one in enumerate(result.patients, 1):
        own = stem if ordinal == 1 else f"{stem}.p{ordinal}"
        files[f"{own}.json"] = one.json(pretty) + "\n"
        files |= {f"{own}.summary.{s.language}.md": s.markdown for s in one.summaries}
        files[f"{own}.html"] = one.html()
    return files


def _one(job: Job, name: str, read: Callable[[str], bytes]) -> tuple[Issue, ...]:
    try:
        result = convert_bytes(read(name), "-" if name == "-" else Path(name).name, job.options)
    except SourceError as error:
        return (replace(error.issue, source=name),)
    except OSError as error:
        return (Issue.of("DOC008", f"cannot be read: {error.strerror}", source=name),)
    if job.folder is None:
        sys.stdout.writelines(one.json(job.pretty) + "\n" for one in result.patients)
    else:
        files = outputs(result, _stem(name), job.pretty)
        write_all({job.folder / file: text for file, text in files.items()})
    return tuple(replace(issue, source=name) for one in result.patients for issue in one.issues)


def _stem(name: str) -> str:
    return "report" if name == "-" else Path(name).stem


def _unique(job: Job) -> Sequence[str]:
    """Give each input once; refuse to let two of them overwrite each other's results."""
    names = tuple(dict.fromkeys(job.names))
    seen: dict[str, str] = {}
    for name in names if job.folder else ():
        stem = _stem(name).casefold()
        other = seen.get(stem) or seen.get(NTH.sub("", stem))
        if other:
            raise ConverterError(
                f"{other} and {name} would both write {_stem(name)}.json; convert them into two folders"
            )
        seen[stem] = name
    return names


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

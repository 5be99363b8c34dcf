"""Many reports: files, archives, JSON Lines; each is written whole or not at all, none ends the batch."""

from __future__ import annotations

import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from converter.issues import ConverterError, Issue, Severity, SourceError
from converter.pipeline import Options, Result, convert_bytes
from converter.readers.containers import members
from converter.writing import write_all

NTH = re.compile(r"\.p\d+$")
"""What the stem of a further patient's files ends in."""
SEVERAL = 25
"""A file of several reports may be so many times --max-size."""
WAITING = 4
"""Reports read ahead for each process."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to convert and where to."""

    names: Sequence[str]
    folder: Path | None
    """None writes the bundle to standard output."""
    options: Options
    pretty: bool = False
    progress: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """One report: a file, a member of an archive, a line; or the issue that says why there is none."""

    name: str
    stem: str
    data: bytes = b""
    issue: Issue | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one source."""

    issues: tuple[Issue, ...]
    output: str = ""
    """What goes to standard output."""


def outputs(result: Result, stem: str, pretty: bool) -> dict[str, str]:
    """Give every file of a result by name; a second patient's are STEM.p2.json and so on."""
    files: dict[str, str] = {}
    for one in result.patients:
        own = stem if one is result else f"{stem}.p{one.facts.ordinal}"
        files[f"{own}.json"] = one.json(pretty) + "\n"
        files |= {f"{own}.summary.{s.language}.md": s.markdown for s in one.summaries}
        files[f"{own}.html"] = one.html()
    return files


def _one(job: Job, source: Source) -> Done:
    """Convert one source and write its files."""
    name = source.name
    if source.issue:
        return Done((replace(source.issue, source=name),))
    try:
        result = convert_bytes(source.data, "-" if name == "-" else Path(name).name, job.options)
    except SourceError as error:
        return Done((replace(error.issue, source=name),))
    issues = tuple(replace(issue, source=name) for one in result.patients for issue in one.issues)
    if job.folder is None:
        return Done(issues, "".join(one.json(job.pretty) + "\n" for one in result.patients))
    files = outputs(result, source.stem, job.pretty)
    write_all({job.folder / file: text for file, text in files.items()})
    return Done(issues)


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


def _sources(job: Job, names: Sequence[str], read: Callable[[str], bytes]) -> Iterator[Source]:
    """Give every report of every input, each with a stem of its own."""
    taken = {_stem(name).casefold() for name in names}
    for number, name in enumerate(names, 1):
        if job.progress:
            _show(number, len(names), name)
        try:
            data = read(name)
            several = members(data, name, job.options.max_size)
            if several is None:
                yield Source(name, _stem(name), data)
                continue
            if len(data) > SEVERAL * job.options.max_size:
                raise SourceError(Issue.of("DOC003", source=name))
            for member in several:
                if job.progress:
                    _show(number, len(names), member.name)
                stem = _free(member.stem, _stem(name), taken)
                taken.add(stem.casefold())
                yield Source(member.name, stem, member.data, member.issue)
        except SourceError as error:
            yield Source(name, _stem(name), issue=error.issue)
        except OSError as error:
            yield Source(name, _stem(name), issue=Issue.of("DOC008", f"cannot be read: {error.strerror}"))


def _free(stem: str, of: str, taken: set[str]) -> str:
    """Name a member's results; after its file too where another report has the name."""
    if stem.casefold() not in taken and NTH.sub("", stem.casefold()) not in taken:
        return stem
    long = f"{of}.{stem}"
    return next(
        s
        for n in range(1, len(taken) + 3)
        if (s := long if n == 1 else f"{long}.{n}").casefold() not in taken
    )


def _show(number: int, total: int, name: str) -> None:
    """Draw the progress bar."""
    bar = "#" * (20 * number // total)
    print(f"\r[{bar:20}] {number}/{total} {Path(name).name[:40]:40}", end="", file=sys.stderr, flush=True)


def _converted(job: Job, sources: Iterator[Source]) -> Iterator[Done]:
    """Convert in order, in several processes where asked; the results do not depend on how many."""
    if job.processes == 1:
        yield from (_one(job, source) for source in sources)
        return
    waiting: deque[Future[Done]] = deque()
    with ProcessPoolExecutor(job.processes) as pool:
        try:
            for source in sources:
                waiting.append(pool.submit(_one, job, source))
                if len(waiting) >= WAITING * job.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise ConverterError(
                "a process ended unexpectedly; convert with --jobs 1 to find the file"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def convert_files(job: Job, read: Callable[[str], bytes]) -> tuple[tuple[Issue, ...], bool]:
    """Convert all reports of a job; give their issues and whether any document was refused."""
    issues: list[Issue] = []
    for done in _converted(job, _sources(job, _unique(job), read)):
        sys.stdout.write(done.output)
        issues += done.issues
    if job.progress:
        print(f"\r{' ' * 75}\r", end="", file=sys.stderr)
    return tuple(issues), any(i.severity is Severity.FATAL for i in issues)

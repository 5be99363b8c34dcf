"""Issues that were accepted: a baseline of old ones, and suppressions with their reasons.

Both are files of the user's. An accepted issue is still reported, as accepted, and fails nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from converter.issues import ConverterError, Issue

KEYS = {"code", "file", "path", "reason"}
TABLE = re.compile(r"^[ \t]*\[\[\s*suppress\s*\]\]", re.MULTILINE)
INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Held:
    """Why an issue fails nothing: it is in the baseline (no reason), or suppressed for a reason."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A row of the suppressions: which issues, and why they are right as they are."""

    reason: str
    code: str
    file: str
    path: str
    line: int

    def holds(self, issue: Issue) -> bool:
        """Tell whether an issue is meant; a path without indices means any."""
        path = issue.path if "[" in self.path else INDEX.sub("", issue.path)
        return (
            fnmatchcase(issue.code, self.code)
            and fnmatchcase(issue.source, self.file)
            and _like(self.path, path)
        )


def _like(pattern: str, path: str) -> bool:
    """Compare with * for any stretch; brackets mean themselves.

    >>> _like("Bundle.entry[*].resource", "Bundle.entry[12].resource")
    True
    """
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path, re.DOTALL) is not None


def fingerprints(issues: Iterable[Issue]) -> dict[Issue, str]:
    """Give each issue a mark that outlives new lines, new entries and other files; it shows nothing.

    The nth of several alike has the nth mark.
    """
    seen: Counter[str] = Counter()
    found: dict[Issue, str] = {}
    for issue in issues:
        place = issue.element or issue.path
        if not place and issue.span is not None:
            place = f"{issue.span.start}-{issue.span.end}"
        own = "\n".join((issue.code, issue.source, place, issue.message))
        seen[own] += 1
        found[issue] = hashlib.sha256(f"{own}\n{seen[own]}".encode()).hexdigest()[:32]
    return found


def write_baseline(issues: Iterable[Issue]) -> str:
    """Write the issues of today, for later runs to look past them."""
    rows = [
        {"fingerprint": mark, "code": issue.code, "file": issue.source, "path": issue.path}
        for issue, mark in fingerprints(issues).items()
    ]
    return json.dumps({"baseline": 1, "issues": rows}, ensure_ascii=False, indent=1) + "\n"


def read_baseline(text: str, name: str) -> frozenset[str]:
    """Give the fingerprints of a baseline."""
    try:
        content = json.loads(text)
        if content["baseline"] != 1:
            raise ConverterError(
                f"{name}: a baseline of form {content['baseline']}; this program knows form 1"
            )
        return frozenset(str(row["fingerprint"]) for row in content["issues"])
    except (ValueError, LookupError, TypeError) as error:
        raise ConverterError(f"{name}: not a baseline; write one with --write-baseline {name}") from error


def read_suppressions(text: str, name: str) -> tuple[Suppression, ...]:
    """Read [[suppress]] tables: code, file, path (each may hold *) and a reason, which must be there."""
    try:
        rows = tomllib.loads(text).get("suppress", [])
    except tomllib.TOMLDecodeError as error:
        raise ConverterError(f"{name}: not TOML: {error}") from error
    lines = [text.count("\n", 0, match.start()) + 1 for match in TABLE.finditer(text)]
    if not isinstance(rows, list) or len(lines) != len(rows):
        raise ConverterError(f"{name}: write each suppression as a [[suppress]] table of its own")
    return tuple(_suppression(row, f"{name}:{line}", line) for row, line in zip(rows, lines, strict=True))


def _suppression(row: Mapping[str, object], where: str, line: int) -> Suppression:
    if unknown := sorted(set(row) - KEYS):
        raise ConverterError(f"{where}: unknown {', '.join(unknown)}; there are {', '.join(sorted(KEYS))}")
    texts = {key: value for key, value in row.items() if isinstance(value, str)}
    if len(texts) != len(row):
        raise ConverterError(f"{where}: code, file, path and reason are text")
    if not texts.get("reason", "").strip():
        raise ConverterError(f"{where}: give a reason: why is this issue right as it is?")
    if "code" not in texts:
        raise ConverterError(f"{where}: give the code that is suppressed")
    return Suppression(
        texts["reason"].strip(), texts["code"], texts.get("file", "*"), texts.get("path", "*"), line
    )


def hold(
    issues: Iterable[Issue], baseline: frozenset[str], suppressions: Iterable[Suppression], name: str
) -> tuple[dict[Issue, Held], tuple[Issue, ...]]:
    """Give the issues that are held, and one for each suppression that holds none; ``name`` is its file's."""
    marks = fingerprints(issues)
    held = {issue: Held() for issue, mark in marks.items() if mark in baseline}
    unused = []
    for row in suppressions:
        meant = [issue for issue in marks if row.holds(issue)]
        held |= {issue: Held(row.reason) for issue in meant}
        if not meant:
            unused.append(replace(Issue.of("SUP001", source=name), line=row.line, column=1))
    return held, tuple(unused)

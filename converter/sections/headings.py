"""Tell headings from text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from converter.model import SectionKind
from converter.sections.cues import HANGUL, Cues, Known, heading_key

NUMBER = re.compile(
    r"^[\s#*_>■●▶◆○□▪•【\[<]*"
    r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+|(?:\d{1,2}(?:\.\d{1,2})*|[IVXⅠⅡⅢⅣⅤⅥ]{1,4}|[A-Z])[.)]\s*)?"
)
TAIL = re.compile(r"[\s*_:.;】\]>]+$")
RUN_IN = re.compile(r"^([^:.\n]{3,60}?)\s*[*_]*(?::|：)[*_]*\s+(?=\S)|^\*\*([^*\n]{3,60})\*\*[.:]?\s+(?=\S)")
STOPPED = re.compile(r"^([^:.\n]{4,40})\.[*_]*\s+(?=[A-Z0-9\"“(\[가-힣])")
"""A heading that a full stop parts from its text: "Introduction. Gout is common."."""
JOIN = re.compile(r"\s+(?:and|&)\s+|\s*[/,]\s*|\s+및\s+")
MAX = 75
"""Longest line taken for a heading, in characters."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, the words as printed, and where the text begins that follows on the same line."""

    kind: SectionKind
    role: str
    label: str
    key: str
    rest: int
    """Offset within the line; its length where the heading stands alone."""
    kept: bool = False
    """The heading is read with its text."""


def heading(line: str, cues: Cues) -> Heading | None:
    """Recognise a heading that stands alone or runs into its text ("Background: ...").

    >>> from converter.sections.cues import load_cues
    >>> heading("2.  Case Presentation", load_cues()).kind.value
    'case'
    >>> heading("Discussion of the plan took an hour.", load_cues()) is None
    True
    """
    number = NUMBER.match(line)
    start = number.end() if number else 0
    if len(line) <= MAX + start:
        alone = TAIL.sub("", line[start:])
        found = known(alone, cues)
        if found:
            return Heading(found.kind, found.role, alone, heading_key(alone), len(line), found.kept)
    run = RUN_IN.match(line[start:])
    if run:
        label = (run.group(1) or run.group(2)).strip(" *_")
        found = known(label, cues)
        if found:
            return Heading(found.kind, found.role, label, heading_key(label), start + run.end(), found.kept)
    return _stopped(line, start, cues)


def _stopped(line: str, start: int, cues: Cues) -> Heading | None:
    """Recognise "Introduction. ..."; only headings of the page's great parts, as sentences end so too."""
    run = STOPPED.match(line[start:])
    if not run or (not run.group(1)[0].isupper() and not HANGUL.match(run.group(1))):
        return None
    label = run.group(1).strip(" *_")
    found = known(label, cues)
    if not found or found.role not in ("strong", "methods", "results", "metadata"):
        return None
    return Heading(found.kind, found.role, label, heading_key(label), start + run.end(), found.kept)


def known(label: str, cues: Cues) -> Known | None:
    """Look a heading up: as a whole, as a numbered case, or by its first part ("Discussion and ...")."""
    key = heading_key(label)
    if key in cues.headings:
        return cues.headings[key]
    if cues.numbered_case.match(key) or re.match(r"증례\d{1,2}$", key):
        return Known(SectionKind.CASE, "strong", False)
    parts = [heading_key(part) for part in JOIN.split(label.strip()) if part]
    if ":" not in label and 2 <= len(parts) <= 4 and all(_short(part, cues) for part in parts):
        kinds = [cues.headings[part] for part in parts if part in cues.headings]
        if parts[0] in cues.headings and len(kinds) * 2 >= len(parts) and kinds[0].role != "strong":
            return kinds[0]
        if len(kinds) == len(parts):
            return kinds[0]
    return None


def _short(part: str, cues: Cues) -> bool:
    """Tell a part of a compound heading: known, or a few words without a figure."""
    return part in cues.headings or (len(part.split()) <= 3 and len(part) < 30 and not re.search(r"\d", part))

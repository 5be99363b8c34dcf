"""Read the annotated reports for the tagger: sentences, flat spans, folds. Standard library only."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from converter.extractors.tagger import spans

FOLDS = 5
FOLDED = {
    "Area": "Distance",
    "Color": "Detailed_description",
    "Height": "Lab_value",
    "Mass": "Lab_value",
    "Occupation": "Personal_background",
    "Qualitative_concept": "Detailed_description",
    "Quantitative_concept": "Detailed_description",
    "Shape": "Detailed_description",
    "Texture": "Detailed_description",
    "Time": "Date",
    "Weight": "Lab_value",
}
"""Rare types and the frequent one that they are learnt as."""
LEFT_OUT = frozenset({"Biological_attribute", "Other_entity", "Other_event"})
OUTER = frozenset({"Family_history", "History"})
"""Long types that hold others: they give way to what stands inside them."""

Spans = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its flat, sorted spans."""

    text: str
    spans: Spans

    def words(self) -> list[str]:
        """List the words."""
        return [self.text[a:b] for a, b in spans(self.text)]

    def tags(self) -> list[str]:
        """Give each word B-type, I-type or O. A word that a span only half covers belongs to it."""
        tags = []
        last = None
        for a, b in spans(self.text):
            inside = next((one for one in self.spans if one[0] < b and a < one[1]), None)
            tags.append("O" if inside is None else ("I-" if inside is last else "B-") + inside[2])
            last = inside
        return tags


@dataclass(frozen=True, slots=True)
class Report:
    """One annotated report: a sentence a line."""

    id: str
    sentences: tuple[Sentence, ...]


def fold_of(report: str) -> int:
    """Assign a report to one of the five folds by its id alone.

    >>> fold_of("28154287")
    3
    """
    return int(hashlib.sha256(report.encode()).hexdigest(), 16) % FOLDS


def flatten(found: list[tuple[int, int, str]]) -> Spans:
    """Keep spans that do not overlap: inner ones before history, otherwise the longest."""
    order = sorted(found, key=lambda one: (one[2] in OUTER, one[0] - one[1], one))
    kept: list[tuple[int, int, str]] = []
    for start, end, kind in order:
        if all(end <= a or b <= start for a, b, _ in kept):
            kept.append((start, end, kind))
    return tuple(sorted(kept))


def annotations(path: Path) -> list[tuple[int, int, str]]:
    """Read the text-bound lines of a BRAT file; of a span in pieces the longest piece."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("T"):
            continue
        kind, _, places = line.split("\t")[1].partition(" ")
        pieces = [tuple(map(int, piece.split())) for piece in places.split(";")]
        start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
        if kind not in LEFT_OUT:
            found.append((start, end, FOLDED.get(kind, kind)))
    return found


def read_reports(folder: Path) -> list[Report]:
    """Read all annotated reports of a folder, sorted by id."""
    reports = []
    for path in sorted(folder.glob("*.ann")):
        with path.with_suffix(".txt").open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        flat = flatten(annotations(path))
        sentences, at = [], 0
        for line in text.split("\n"):
            end = at + len(line)
            own = tuple((a - at, b - at, kind) for a, b, kind in flat if at <= a and b <= end)
            sentences.append(Sentence(line, own))
            at = end + 1
        reports.append(Report(path.stem, tuple(sentences)))
    return reports


SPLIT = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!Dr\.)(?<!vs\.)(?<!Fig\.)(?<!no\.)\s+(?=[A-Z0-9])|\n+")


def unlabelled(shared: Path, limit: int) -> list[tuple[str, list[tuple[int, str]]]]:
    """Read unannotated reports in the order of their ids' hashes, up to so many words.

    Returns each report's id and its sentences with their offsets; a sentence read before, a very
    short one and a very long one are passed over.
    """
    with (shared / "unlabelled" / "case_reports.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows.sort(key=lambda row: hashlib.sha256(row["id"].encode()).hexdigest())
    reports: list[tuple[str, list[tuple[int, str]]]] = []
    seen: set[str] = set()
    words = 0
    for row in rows:
        sentences, at = [], 0
        for piece in SPLIT.split(row["text"]):
            at = row["text"].index(piece, at)
            text = piece.strip()
            size = len(spans(text))
            if 2 <= size <= 90 and text not in seen:
                seen.add(text)
                words += size
                sentences.append((row["text"].index(text, at), text))
            at += len(piece)
        reports.append((row["id"], sentences))
        if words > limit:
            break
    return reports


def read_labels(path: Path, shared: Path) -> list[Sentence]:
    """Read the teacher's spans of the unannotated reports.

    The file holds offsets and types alone; the words are in the reports. One line a report: its id,
    then start, length and the type's number of each span; the first line names the types.
    """
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        head, *lines = stream.read().splitlines()
    limit, *types = head.split("\t")
    labels = {}
    for line in lines:
        report, _, rest = line.partition("\t")
        numbers = list(map(int, rest.split()))
        labels[report] = [(a, a + n, types[t]) for a, n, t in zip(*[iter(numbers)] * 3, strict=True)]
    sentences = []
    for report, pieces in unlabelled(shared, int(limit)):
        for at, text in pieces:
            end = at + len(text)
            own = tuple((a - at, b - at, kind) for a, b, kind in labels[report] if at <= a and b <= end)
            sentences.append(Sentence(text, own))
    return sentences


def write_labels(path: Path, limit: int, labels: dict[str, list[tuple[int, int, str]]]) -> None:
    """Write the teacher's spans as ``read_labels`` reads them."""
    types = sorted({kind for found in labels.values() for _, _, kind in found})
    lines = ["\t".join([str(limit), *types])]
    for report, found in labels.items():
        parts = [f"{a} {b - a} {types.index(kind)}" for a, b, kind in sorted(found)]
        lines.append(f"{report}\t{' '.join(parts)}")
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))

"""Train the weights that bind a number to its name: a choice among the names of its sentence.

    .venv/bin/python tools/train_relations.py --folds FOLDS --out mappings/models
    .venv/bin/python tools/train_relations.py --folds FOLDS --cross-validate

The numbers, names and tags are those that the program itself finds; FOLDS holds the taggers that
tools/train_tagger.py --cross-validate wrote, so that each report is tagged by one that has not seen it.
What is right comes from MACCROBAT's relations. Deterministic: twice the same bytes.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from converter.extractors import annotate
from converter.extractors.legible import legible
from converter.extractors.relations import Choice, choices
from converter.extractors.tagger import load_tagger
from converter.model import PATIENT_SECTIONS
from converter.readers import read
from converter.sections import split
from tools.tagger_data import FOLDS, fold_of

VALUES = frozenset({"Lab_value", "Distance", "Area", "Volume", "Mass", "Weight", "Height"})
OPEN = frozenset(
    {"Detailed_description", "Severity", "Quantitative_concept", "Qualitative_concept", "Biological_attribute",
     "Sign_symptom", "Disease_disorder", "History", "Family_history", "Other_event", "Other_entity", "Personal_background"}
)  # fmt: skip
"""Numbers in these are neither plainly results nor plainly none."""
ROUNDS, RATE, DECAY, SCALE, LEAST, SEEN = 20, 0.1, 0.01, 100, 4, 2


@dataclass(frozen=True, slots=True)
class Example:
    """A number's options and which of them are right."""

    features: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]


def relations(
    path: Path,
) -> tuple[list[tuple[int, int, str, str]], dict[str, list[str]], dict[str, tuple[int, int]]]:
    """Read a BRAT file: entities (start, end, type, id), what each modifies, each id's place."""
    entities, events, arrows = [], {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        ident, _, rest = line.partition("\t")
        if ident[:1] == "T":
            kind, _, places = rest.split("\t")[0].partition(" ")
            ends = [int(n) for piece in places.split(";") for n in piece.split()]
            entities.append((ends[0], ends[-1], kind, ident))
        elif ident[:1] == "E":
            events[ident] = rest.split()[0].partition(":")[2]
        elif ident[:1] == "R":
            kind, first, second = rest.split()[:3]
            arrows.append((kind, first.partition(":")[2], second.partition(":")[2]))
    targets: dict[str, list[str]] = {}
    for kind, first, second in arrows:
        if kind in ("MODIFY", "SUB_PROCEDURE"):
            targets.setdefault(events.get(first, first), []).append(events.get(second, second))
    return entities, targets, {ident: (a, b) for a, b, _, ident in entities}


def examples(report: Path) -> Iterator[Example]:
    """Give the choices of one report with what its annotators chose."""
    entities, targets, places = relations(report.with_suffix(".ann"))
    document, _ = read(report.read_bytes(), report.name)
    sections, _ = split(document)
    for an in annotate.annotate(document, sections, PATIENT_SECTIONS):
        names, amounts = legible(an)
        for choice in choices(an, names, amounts):
            right = _right(an, choice, entities, targets, places)
            if right and any(right) and len(right) > 1:
                yield Example(choice.features, right)


def _place(an: annotate.Annotated, start: int, end: int) -> tuple[int, int]:
    spans = an.sentence.spans(start, end)
    return spans[0].start, spans[-1].end


def _right(
    an: annotate.Annotated, choice: Choice, entities: Sequence[tuple[int, int, str, str]],
    targets: dict[str, list[str]], places: dict[str, tuple[int, int]],
) -> tuple[bool, ...]:  # fmt: skip
    start, end = _place(an, choice.amount.numbers[0].start, choice.amount.numbers[-1].end)
    held = [(kind, ident) for a, b, kind, ident in entities if a < end and start < b]
    values = [ident for kind, ident in held if kind in VALUES]
    if not values and not any(targets.get(i) for k, i in held if k in OPEN):
        return () if any(k in OPEN for k, _ in held) else tuple(n is None for n in choice.options)
    aims = [places[t] for i in values or [i for _, i in held] for t in targets.get(i, ()) if t in places]
    spots = [_place(an, n.start, n.end) if n else (0, 0) for n in choice.options]
    found = tuple(any(s < b and a < e for a, b in aims) and e > 0 for s, e in spots)
    if any(found) or not values:
        return found
    return tuple(n is not None for n in choice.options)


def chances(features: Sequence[Sequence[str]], table: dict[str, float]) -> list[float]:
    """Give each option's probability."""
    totals = [sum(table.get(f, 0.0) for f in own) for own in features]
    top = max(totals)
    parts = [math.exp(t - top) for t in totals]
    whole = sum(parts)
    return [p / whole for p in parts]


def train(data: Sequence[Example]) -> dict[str, int]:
    """Fit a conditional logistic model by steps of their own length for each feature (AdaGrad)."""
    seen = Counter(f for e in data for f in {f for own in e.features for f in own})
    data = [
        Example(tuple(tuple(f for f in own if seen[f] >= SEEN) for own in e.features), e.right) for e in data
    ]
    table: dict[str, float] = {}
    squares: dict[str, float] = {}
    for _ in range(ROUNDS):
        for example in data:
            _step(example, table, squares)
    rounded = {f: round(w * SCALE) for f, w in sorted(table.items())}
    return {f: w for f, w in rounded.items() if abs(w) >= LEAST}


def _step(example: Example, table: dict[str, float], squares: dict[str, float]) -> None:
    given = chances(example.features, table)
    held = sum(p for p, right in zip(given, example.right, strict=True) if right)
    for own, p, right in zip(example.features, given, example.right, strict=True):
        slope = p - (p / held if right and held > 0 else 0.0)
        if abs(slope) < 1e-4:
            continue
        for f in own:
            here = slope + DECAY * table.get(f, 0.0)
            squares[f] = squares.get(f, 1e-6) + here * here
            table[f] = table.get(f, 0.0) - RATE * here / math.sqrt(squares[f])


def right_share(data: Sequence[Example], table: dict[str, int]) -> tuple[int, int]:
    """Count the examples whose best option is right."""
    held = {f: w / SCALE for f, w in table.items()}
    good = 0
    for e in data:
        given = chances(e.features, held)
        good += e.right[given.index(max(given))]
    return good, len(data)


def write(table: dict[str, int], out: Path) -> None:
    """Write a feature and its weight a line."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "relations.tsv").write_text("".join(f"{f}\t{w}\n" for f, w in table.items()), "utf-8")


def main() -> None:
    """Train on all reports, or on each fold's complement."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--folds", type=Path, required=True, help="folder of fold0 to fold4")
    parser.add_argument("--out", type=Path, default=Path("mappings/models"))
    parser.add_argument("--exclude", nargs="*", default=(), metavar="ID")
    parser.add_argument("--cross-validate", action="store_true", help="write FOLDS/foldN/relations.tsv")
    given = parser.parse_args()
    by_fold: list[list[Example]] = []
    for fold in range(FOLDS):
        trained = load_tagger(given.folds / f"fold{fold}")
        annotate.tagger = lambda trained=trained: trained  # type: ignore[assignment]
        reports = [p for p in sorted((given.shared / "maccrobat").glob("*.txt")) if fold_of(p.stem) == fold]
        by_fold.append([e for p in reports if p.stem not in given.exclude for e in examples(p)])
    if not given.cross_validate:
        return write(train([e for own in by_fold for e in own]), given.out)
    for fold, held in enumerate(by_fold):
        table = train([e for other in range(FOLDS) if other != fold for e in by_fold[other]])
        write(table, given.folds / f"fold{fold}")
        print(f"fold {fold}: %d of %d right, {len(table)} weights" % right_share(held, table))
    return None


if __name__ == "__main__":
    main()

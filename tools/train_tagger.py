"""Train the tagger of mappings/models from the annotated reports, and cross-validate it.

    uv run tools/train_tagger.py --shared ../shared --out mappings/models
    uv run tools/train_tagger.py --cross-validate --out /tmp/folds
    uv run tools/train_tagger.py --exclude 28154287 --out /tmp/without

Deterministic: twice the same bytes. A fold is a fifth of the reports, by the hash of their id.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["python-crfsuite==0.9.12"]
# ///
from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tagger_data import FOLDS, Report, Sentence, fold_of, read_reports
from tagger_score import score, show

from converter.extractors.tagger import attributes, load_tagger, read_clusters

SCALE = 1000
OPTIONS = {"c1": 0.1, "c2": 0.3, "max_iterations": 80, "feature.possible_transitions": True}


def train(sentences: Sequence[Sentence], clusters: Path, out: Path, options: dict[str, float]) -> None:
    """Train a model on sentences and write it, with its clusters beside it, to a folder."""
    known = read_clusters(clusters)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs")
    trainer.set_params(options)
    for sentence in sentences:
        words = sentence.words()
        if words:
            trainer.append(attributes(words, known), sentence.tags())
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(f"{folder}/model")
        tagger = pycrfsuite.Tagger()
        tagger.open(f"{folder}/model")
        text = export(tagger)
    out.mkdir(parents=True, exist_ok=True)
    (out / "tagger.tsv.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    if clusters.resolve() != (out / "clusters.tsv.gz").resolve():
        shutil.copyfile(clusters, out / "clusters.tsv.gz")


def export(tagger: pycrfsuite.Tagger) -> str:
    """Write a CRFsuite model as lines of whole thousandths, which ``load_tagger`` reads."""
    info = tagger.info()
    types = sorted({tag[2:] for tag in tagger.labels()} - {""})
    opening = ["O", *(f"B-{kind}" for kind in types)]
    tags = [*opening, *(f"I-{kind}" for kind in types)]
    number = {tag: at for at, tag in enumerate(tags)}
    whole = {key: round(weight * SCALE) for key, weight in info.transitions.items()}
    lines = ["\t".join(types)]
    lines += ["\t".join(str(whole.get((a, b), 0)) for b in opening) for a in tags]
    lines += ["\t".join(str(whole.get((f"{a}-{kind}", f"I-{kind}"), 0)) for kind in types) for a in "BI"]
    rows: dict[str, list[tuple[int, int]]] = {}
    for (name, tag), weight in info.state_features.items():
        if round(weight * SCALE):
            rows.setdefault(name, []).append((number[tag], round(weight * SCALE)))
    lines += [f"{name}\t{' '.join(f'{t}:{w}' for t, w in sorted(rows[name]))}" for name in sorted(rows)]
    return "\n".join(lines) + "\n"


def sentences_of(reports: Sequence[Report]) -> list[Sentence]:
    """List the sentences of reports."""
    return [sentence for report in reports for sentence in report.sentences]


def main() -> None:
    """Train once, or once a fold and score what each model says of the reports it has not seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--clusters", type=Path, default=Path("mappings/models/clusters.tsv.gz"))
    parser.add_argument("--out", type=Path, default=Path("mappings/models"))
    parser.add_argument("--exclude", nargs="*", default=(), metavar="ID")
    parser.add_argument("--exclude-fold", type=int, choices=range(FOLDS))
    parser.add_argument(
        "--cross-validate", action="store_true", help="write OUT/fold0 to fold4 and score them"
    )
    options = parser.parse_args()
    reports = read_reports(options.shared / "maccrobat")
    if not options.cross_validate:
        kept = [r for r in reports if r.id not in options.exclude and fold_of(r.id) != options.exclude_fold]
        train(sentences_of(kept), options.clusters, options.out, OPTIONS)
        return
    total: Counter[str] = Counter()
    for fold in range(FOLDS):
        began = time.monotonic()
        out = options.out / f"fold{fold}"
        train(sentences_of([r for r in reports if fold_of(r.id) != fold]), options.clusters, out, OPTIONS)
        tagger = load_tagger(out)
        held = sentences_of([r for r in reports if fold_of(r.id) == fold])
        total += score(held, tagger.tag_all(sentence.text for sentence in held))
        print(f"fold {fold}: {time.monotonic() - began:.0f} s", flush=True)
    print(show(total))


if __name__ == "__main__":
    main()

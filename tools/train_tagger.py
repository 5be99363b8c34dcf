"""Train the tagger of mappings/models: the annotated reports, and the teacher's labels of others.

    uv run tools/train_tagger.py --shared ../shared --out mappings/models
    uv run tools/train_tagger.py --exclude 28154287 --out /tmp/without
    uv run tools/train_tagger.py --cross-validate --labels LABELS --out /tmp/folds

Deterministic: twice the same bytes. A fold is a fifth of the reports, by the hash of their id. LABELS
is the folder that tools/tagger_teacher.py wrote: the teacher of a fold has not seen the fold.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["python-crfsuite==0.9.12"]
# ///
from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tagger_data import FOLDS, Report, Sentence, fold_of, read_labels, read_reports
from tagger_score import score, show

from converter.extractors.tagger import attributes, load_tagger, read_clusters

SCALE = 20
"""How many units a weight of 1 is written as; the perceptron's weights are wide."""
LEAST = 10
"""Units below which a weight is left out: a quarter less to read, no span lost."""
GOLD = 3
"""How often an annotated sentence counts, against once for one that the teacher labelled."""
PERCEPTRON = {"max_iterations": 8, "feature.minfreq": GOLD}
"""What only the teacher's labels show must show itself as often as an annotated sentence counts."""


def train(gold: Sequence[Sentence], labelled: Sequence[Sentence], clusters: Path, out: Path) -> None:
    """Train a model on sentences and write it, with its clusters beside it, to a folder.

    The averaged perceptron is ten times faster than a conditional random field and, given the
    teacher's labels, better.
    """
    known = read_clusters(clusters)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("averaged-perceptron")
    trainer.set_params(PERCEPTRON)
    for sentences, times in ((labelled, 1), (gold, GOLD)):
        for sentence in sentences:
            words = sentence.words()
            if words:
                items, tags = pycrfsuite.ItemSequence(attributes(words, known)), sentence.tags()
                for _ in range(times):
                    trainer.append(items, tags)
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
    """Write a CRFsuite model as lines of whole numbers, which ``load_tagger`` reads."""
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
        if abs(round(weight * SCALE)) >= LEAST:
            rows.setdefault(name, []).append((number[tag], round(weight * SCALE)))
    names = sorted(rows)
    lines += names
    lines += [" ".join(f"{tag}:{weight}" for tag, weight in sorted(rows[name])) for name in names]
    return "\n".join(lines) + "\n"


def sentences_of(reports: Sequence[Report]) -> list[Sentence]:
    """List the sentences of reports."""
    return [sentence for report in reports for sentence in report.sentences]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    here = Path(__file__).resolve().parent
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--clusters", type=Path, default=Path("mappings/models/clusters.tsv.gz"))
    parser.add_argument("--labels", type=Path, default=here / "tagger_labels.tsv.gz")
    parser.add_argument("--out", type=Path, default=Path("mappings/models"))
    parser.add_argument("--exclude", nargs="*", default=(), metavar="ID")
    parser.add_argument("--exclude-fold", type=int, choices=range(FOLDS))
    parser.add_argument("--cross-validate", action="store_true", help="write OUT/fold0 to fold4, score them")
    return parser.parse_args()


def main() -> None:
    """Train once, or once a fold in a process of its own and score the reports that it has not seen."""
    options = arguments()
    reports = read_reports(options.shared / "maccrobat")
    if not options.cross_validate:
        labelled = read_labels(options.labels, options.shared)
        kept = [r for r in reports if r.id not in options.exclude and fold_of(r.id) != options.exclude_fold]
        train(sentences_of(kept), labelled, options.clusters, options.out)
        return
    total: Counter[str] = Counter()
    for fold in range(FOLDS):
        out = options.out / f"fold{fold}"
        command = [sys.executable, __file__, "--exclude-fold", str(fold), "--out", str(out)]
        command += ["--shared", str(options.shared), "--clusters", str(options.clusters)]
        command += ["--labels", str(options.labels / f"fold{fold}.tsv.gz")]
        subprocess.run(command, check=True)
        held = sentences_of([r for r in reports if fold_of(r.id) == fold])
        total += score(held, load_tagger(out).tag_all(sentence.text for sentence in held))
        print(f"fold {fold} done", flush=True)
    print(show(total))


if __name__ == "__main__":
    main()

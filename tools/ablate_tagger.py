"""Compare reading with and without the tagger, by 5-fold cross-validation over maccrobat.

    .venv/bin/python tools/ablate_tagger.py --folds FOLDS

FOLDS is as tools/ablate_binding.py wants it. Without the tagger, the tables and the rules are left.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from converter.extractors import annotate, relations
from converter.extractors.tagger import load_tagger
from converter.issues import SourceError
from converter.pipeline import Options, convert_bytes
from tools.tagger_data import FOLDS, fold_of

KEPT = ("problem", "negated", "negated-all", "value", "pair", "medication", "procedure", "imaging")


class Silent:
    """Tags nothing."""

    def tag_all(self, texts: Iterable[str]) -> list[tuple[()]]:
        """Give no tag for each sentence."""
        return [() for _ in texts]


def main() -> None:
    """Print a row of figures for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--folds", type=Path, required=True)
    given = parser.parse_args()
    reports = sorted((given.shared / "maccrobat").glob("*.txt"))
    for title, silent in (("tables and rules", True), ("tables, rules and tagger", False)):
        with tempfile.TemporaryDirectory() as out:
            for fold in range(FOLDS):
                folder = given.folds / f"fold{fold}"
                model = Silent() if silent else load_tagger(folder)
                weights = relations.load_weights(folder)
                annotate.tagger = lambda model=model: model  # type: ignore[assignment,misc]
                relations.weights = lambda weights=weights: weights  # type: ignore[assignment,misc]
                for path in (p for p in reports if fold_of(p.stem) == fold):
                    try:
                        result = convert_bytes(path.read_bytes(), path.name, Options(languages=()))
                    except SourceError:
                        continue
                    (Path(out) / f"{path.stem}.json").write_text(result.json(), "utf-8")
            score = Path(out) / "score"
            exam = [sys.executable, str(given.shared / "gold" / "brat_exam.py"), out]
            exam += ["--brat", str(given.shared / "maccrobat"), "--json", str(score)]
            subprocess.run(exam, check=True, capture_output=True)
            found = json.loads(score.read_text("utf-8"))
        figures = " ".join(f"{key} {found[key]['f1']:.3f}" for key in KEPT)
        print(f"{title:26} {figures} macro {found['macro_f1']:.3f}", flush=True)


if __name__ == "__main__":
    main()

"""Compare ways to bind a number to its name, by 5-fold cross-validation over maccrobat.

    .venv/bin/python tools/ablate_binding.py --folds FOLDS

FOLDS holds fold0 to fold4, each with a tagger (tools/train_tagger.py --cross-validate) and the weights of
the relations (tools/train_relations.py --cross-validate) that have not seen the fold. All else is the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from converter.extractors import annotate, measurements, relations
from converter.extractors.annotate import Annotated
from converter.extractors.binding import Name, bind
from converter.extractors.quantities import Amount
from converter.extractors.tagger import load_tagger
from converter.issues import SourceError
from converter.pipeline import Options, convert_bytes
from tools.tagger_data import FOLDS, fold_of

Way = Callable[[Annotated, Sequence[Name], Sequence[Amount]], list[Name | None]]


def nearest(_an: Annotated, names: Sequence[Name], amounts: Sequence[Amount]) -> list[Name | None]:
    """Bind each result to the nearest name on its left, whatever stands between."""
    results = [a for a in amounts if not a.reference]
    return [next((n for n in reversed(names) if n.end <= a.start), None) for a in results]


def ruled(an: Annotated, names: Sequence[Name], amounts: Sequence[Amount]) -> list[Name | None]:
    """Bind by the rules of binding.py alone."""
    return [bind(an, names, a, 0) for a in amounts if not a.reference]


def main() -> None:
    """Print a row of figures a way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--folds", type=Path, required=True)
    given = parser.parse_args()
    ways: dict[str, Way] = {
        "nearest name on the left": nearest,
        "rules": ruled,
        "rules and learnt weights": measurements._bound,
    }
    reports = sorted((given.shared / "maccrobat").glob("*.txt"))
    for title, way in ways.items():
        measurements._bound = way
        with tempfile.TemporaryDirectory() as out:
            for fold in range(FOLDS):
                tagger = load_tagger(given.folds / f"fold{fold}")
                table = relations.load_weights(given.folds / f"fold{fold}")
                annotate.tagger = lambda tagger=tagger: tagger  # type: ignore[assignment]
                relations.weights = lambda table=table: table  # type: ignore[assignment]
                for report in (r for r in reports if fold_of(r.stem) == fold):
                    try:
                        result = convert_bytes(
                            report.read_bytes(), report.name, Options(languages=(), force=True)
                        )
                    except SourceError:
                        continue
                    (Path(out) / f"{report.stem}.json").write_text(result.json(), "utf-8")
            print(title, *_figures(given.shared, out), sep=" | ", flush=True)


def _figures(shared: Path, out: str) -> list[str]:
    report = f"{out}/score"
    command = [
        sys.executable,
        str(shared / "gold" / "brat_exam.py"),
        out,
        "--brat",
        str(shared / "maccrobat"),
        "--json",
        report,
    ]
    subprocess.run(command, check=True, capture_output=True)
    rows = json.loads(Path(report).read_text("utf-8"))
    return [f"{rows[kind][key]:.3f}" for kind in ("value", "pair") for key in ("recall", "precision", "f1")]


if __name__ == "__main__":
    main()

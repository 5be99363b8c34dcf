"""Score the program on ../shared and hold the floors of tests/scores.toml: scores may rise, not fall.

    python tools/scores.py [--all] [--update]

Without --all the quick sets run (the gold reports and the twins); --all adds maccrobat (5-fold, with the
models of --folds) and medpix. Skips with a reason where ../shared is absent.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
FLOORS = ROOT / "tests" / "scores.toml"
ALIASES = {"000_38d9246759383464": "seed_000", "003_a1de3a5e3bf7a0c8": "seed_003"}
GENERAL = ("r03", "k03", "p19", "m28154287")


def convert(paths: list[Path], out: Path, model: Path | None = None) -> int:
    """Convert files to bundles named after their documents; give how many were refused."""
    env = dict(os.environ, CASEFHIR_MODEL=str(model) if model else "")
    script = "import sys; from tools.scores import _worker; sys.exit(_worker(sys.argv[1:]))"
    command = [sys.executable, "-c", script, str(out), *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        raise SystemExit(2)
    return int(done.stdout.strip().rsplit(" ", 1)[-1] or 0)


def _worker(argv: list[str]) -> int:
    from converter.extractors import annotate, relations
    from converter.extractors.tagger import load_tagger
    from converter.issues import SourceError
    from converter.pipeline import Options, convert_bytes

    if model := os.environ.get("CASEFHIR_MODEL"):
        trained = load_tagger(Path(model))
        annotate.tagger = lambda: trained  # type: ignore[assignment]
        bound = relations.load_weights(Path(model))
        relations.weights = lambda: bound  # type: ignore[assignment]
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    refused = 0
    for name in argv[1:]:
        path = Path(name)
        try:
            result = convert_bytes(path.read_bytes(), path.name, Options(languages=()))
        except SourceError:
            refused += 1
            continue
        (out / f"{ALIASES.get(path.stem, path.stem)}.json").write_text(result.json(), "utf-8")
    print("refused", refused)
    return 0


def gold(out: Path, docs: tuple[str, ...], facts: Path = SHARED / "gold" / "facts") -> dict[str, float]:
    """Run score.py; give micro figures over some documents."""
    report = out / "score.json"
    command = [sys.executable, str(SHARED / "gold" / "score.py"), str(out), "--docs", ",".join(docs)]
    command += ["--gold", str(facts), "--texts", str(SHARED / "gold"), "--json", str(report)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    rep = json.loads(report.read_text("utf-8"))
    report.unlink()
    docs_ = rep["docs"].values()

    def total(key: str) -> int:
        return sum(d[key] for d in docs_)

    tp, wrong, foreign, extra = (total(k) for k in ("tp_elements", "wrong", "foreign", "extra"))
    right = sum(v[0] for v in rep["attributes"].values())
    asked = sum(v[1] for v in rep["attributes"].values())
    return {
        "recall": total("hit") / total("core"),
        "strict": tp / (tp + wrong + foreign + extra),
        "lenient": tp / (tp + wrong + foreign),
        "attributes": right / asked if asked else 1.0,
        "foreign": float(foreign),
    }


def brat(folds: Path) -> dict[str, float]:
    """Score maccrobat by 5-fold cross-validation: each report with a model that has not seen it."""
    sys.path.insert(0, str(ROOT / "tools"))
    from tagger_data import fold_of

    docs = sorted((SHARED / "maccrobat").glob("*.txt"))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for fold in range(5):
            convert([d for d in docs if fold_of(d.stem) == fold], out, folds / f"fold{fold}")
        report = out / "brat.json"
        exam = [
            sys.executable,
            str(SHARED / "gold" / "brat_exam.py"),
            str(out),
            "--brat",
            str(SHARED / "maccrobat"),
        ]
        subprocess.run([*exam, "--json", str(report)], check=True, capture_output=True, text=True)
        rep = json.loads(report.read_text("utf-8"))
    return {
        k: v["f1"] if isinstance(v, dict) else v
        for k, v in rep.items()
        if isinstance(v, dict) or k == "macro_f1"
    }


def medpix() -> dict[str, float]:
    """Score the medpix pages."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        convert(sorted((SHARED / "medpix").glob("*.txt")), out)
        exam = [
            sys.executable,
            str(SHARED / "gold" / "medpix_exam.py"),
            str(out),
            "--gold",
            str(SHARED / "medpix" / "gold.jsonl"),
        ]
        done = subprocess.run(exam, check=True, capture_output=True, text=True, cwd=SHARED / "gold")
    rep = json.loads(done.stdout.split("\n", 1)[0])
    return {k: float(rep[k]) for k in ("age", "sex", "modality", "diagnosis", "leak_rate")}


def twins() -> dict[str, float]:
    """Score the seeds' twins: the same facts, told in other words on pages whose parts lie elsewhere.

    A twin holds no title of the original: {meta01} and the like are filled in from the gold here.
    """
    with tempfile.TemporaryDirectory() as folder:
        bundles, facts = Path(folder) / "bundles", Path(folder) / "facts"
        facts.mkdir()
        for name in ("seed_000", "seed_003"):
            header, *rows = (SHARED / "gold" / "facts" / f"{name}.jsonl").read_text("utf-8").splitlines()
            text = Path(folder) / f"{name}_twin.txt"
            told = (ROOT / "tests" / "twins" / text.name).read_text("utf-8")
            for fact in map(json.loads, rows):
                told = told.replace(f"{{{fact['id'].split('.')[1]}}}", str(fact.get("value", "")))
            text.write_text(told, "utf-8")
            convert([text], bundles)
            (bundles / f"{text.stem}.json").rename(bundles / f"{name}.json")
            head = {**json.loads(header), "text": str(text), "regions": []}
            (facts / f"{name}.jsonl").write_text("\n".join([json.dumps(head), *rows]), "utf-8")
        if keep := os.environ.get("KEEP_TWINS"):
            import shutil

            shutil.copytree(folder, keep, dirs_exist_ok=True)
        return gold(bundles, ("seed_000", "seed_003"), facts)


def korean() -> dict[str, float]:
    """Score the Korean reports that are not for tuning against their English twins (tools/measure_twins.py)."""
    sys.path.insert(0, str(ROOT))
    from tools.measure_twins import mean, measure

    scores = mean(measure("even"))
    return {"recall": scores.ko, "f1": scores.f1, "study_and_time": scores.full}


def english() -> dict[str, float]:
    """Give the share of Korean findings left in English (tools/measure_korean.py)."""
    sys.path.insert(0, str(ROOT))
    from tools.measure_korean import left_in_english

    return left_in_english(SHARED)


def figures(everything: bool, folds: Path) -> dict[str, dict[str, float]]:
    """Measure all sets."""
    out: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        bundles = Path(folder)
        texts = [
            SHARED / "gold" / "texts" / f"{d}.txt" for d in ("seed_000", "seed_003", "r03", "k03", "p19")
        ]
        convert(texts, bundles)
        unseen = folds / "m28154287"
        convert([SHARED / "gold" / "texts" / "m28154287.txt"], bundles, unseen if unseen.is_dir() else None)
        out["seeds"] = gold(bundles, ("seed_000", "seed_003"))
        out["general"] = gold(bundles, GENERAL)
    out["twins"] = twins()
    out["korean"] = korean()
    out["left_in_english"] = english()
    if everything:
        out["medpix"] = medpix()
        if (folds / "fold0").is_dir():
            out["maccrobat"] = brat(folds)
    return out


LOWER_IS_BETTER = {"leak_rate", "foreign", "maccrobat_gold", "maccrobat_read", "medpix_read"}


def _compare(found: dict[str, dict[str, float]], floors: dict[str, dict[str, float]]) -> list[str]:
    fallen = []
    for name, row in found.items():
        print(f"{name:10s} " + "  ".join(f"{k} {v:.3f}" for k, v in row.items()))
        for key, value in row.items():
            floor = floors.get(name, {}).get(key)
            if floor is not None and (
                value > floor + 5e-4 if key in LOWER_IS_BETTER else value < floor - 5e-4
            ):
                fallen.append(f"{name}.{key}: {value:.3f}, floor {floor:.3f}")
    return fallen


def main() -> int:
    """Print the scores; exit 1 where one fell below its floor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="maccrobat and medpix too (minutes)")
    parser.add_argument("--folds", type=Path, default=Path("/tmp/folds"), help="models of the folds")
    parser.add_argument("--update", action="store_true", help="raise the floors to what was measured")
    args = parser.parse_args()
    if not SHARED.is_dir():
        print("scores: skipped, ../shared is not here")
        return 0
    floors = tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    found = figures(args.all, args.folds)
    fallen = _compare(found, floors)
    if args.update:
        for name, row in found.items():
            floors[name] = {
                **floors.get(name, {}),
                **{
                    k: round(v - 0.0005 if k not in LOWER_IS_BETTER else v + 0.0005, 3)
                    for k, v in row.items()
                },
            }
        lines = ["# Floors of tools/scores.py: scores may rise, not fall. Written by `--update`.", ""]
        for name, row in floors.items():
            lines += [
                f"[{name}]",
                *(f"{re.sub(r'[^A-Za-z0-9_-]', '_', k)} = {v:.3f}" for k, v in row.items()),
                "",
            ]
        FLOORS.write_text("\n".join(lines), "utf-8")
    print("\n".join(f"FELL {f}" for f in fallen) or "scores: at or above every floor")
    return 1 if fallen and not args.update else 0


if __name__ == "__main__":
    sys.exit(main())

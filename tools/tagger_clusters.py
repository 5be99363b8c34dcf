"""Make mappings/models/clusters.tsv.gz: classes of words from unlabelled case reports.

    uv run tools/tagger_clusters.py --shared ../shared --out mappings/models

Reads texts only, never an annotation. fastText skip-gram vectors (one thread, fixed seed), then
spherical k-means at several grains; and what kinds of concepts have the word in their names: SNOMED (Global
Patient Set), LOINC, Mondo, Disease Ontology and the project's own tables. Twice the same bytes.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["floret==0.10.5", "numpy>=2"]
# ///
from __future__ import annotations

import argparse
import collections
import gzip
import json
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import floret
import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from converter.extractors.tagger import TOKEN, fold

GRAINS = (48, 192, 768)
LEAST = 3
"""Words rarer than this get no class."""


def texts(shared: Path) -> Iterator[str]:
    """Read every text that may teach what words resemble one another."""
    for line in (shared / "unlabelled" / "case_reports.jsonl").open(encoding="utf-8"):
        yield json.loads(line)["text"]
    for path in sorted((shared / "maccrobat").glob("*.txt")):
        yield path.read_text(encoding="utf-8")
    for path in sorted((shared / "samples" / "fulltext").glob("*.txt")):
        yield path.read_text(encoding="utf-8")


KINDS = {
    "body structure": "site", "cell": "site", "cell structure": "site", "disorder": "disease",
    "finding": "finding", "morphologic abnormality": "morphology", "observable entity": "test",
    "organism": "organism", "product": "drug", "medicinal product": "drug", "procedure": "procedure",
    "regime/therapy": "procedure", "qualifier value": "qualifier", "substance": "drug",
    "physical object": "object", "clinical drug": "drug",
    "person": "person", "occupation": "person", "event": "event",
}  # fmt: skip
SOURCES = {"DOID": "disease", "MONDO": "disease", "Top2000US": "test"}
TABLES = {"anatomy": "site", "drugs": "drug", "organisms": "organism"}
ROWS = {
    "disease": "disease", "injury": "disease", "symptom": "finding", "sign": "finding", "finding": "finding",
    "state": "finding", "therapeutic": "treatment", "diagnostic": "study",
}  # fmt: skip
"""What a row of the problems' and procedures' tables is, by its kind."""


def names(shared: Path) -> Iterator[tuple[str, list[str]]]:
    """Read the concept names of the tables: the kind and the folded words."""
    for line in (shared / "terms" / "codes.tsv").open(encoding="utf-8"):
        _, _, display, source = line.rstrip("\n").split("\t")[:4]
        name, _, tag = display.rpartition(" (")
        kind = KINDS.get(tag.rstrip(")")) if source == "GPS2019" else SOURCES.get(source)
        if source != "GPS2019":
            name = re.sub(r"^[A-Z]+:\S+ | \(\d{4}_\d\d_\d\d\)$|\[.*", "", display)
        if kind:
            yield kind, [fold(word) for word in TOKEN.findall(name) if word.isalnum()]


def own_names() -> Iterator[tuple[str, list[str]]]:
    """Read the names of the project's own tables, which hold far more drugs than SNOMED's patient set."""
    tables = Path(__file__).resolve().parents[1] / "mappings"
    for path in sorted((tables / "vocabulary").glob("*.tsv")):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            cells = dict(zip(head.split("\t"), line.split("\t"), strict=False))
            told = ROWS.get(cells["kind"]) if path.stem.startswith(("problems", "procedures")) else None
            if kind := TABLES.get(path.stem, told):
                yield from (
                    (kind, letters(name)) for name in (cells["en"], *cells["names"].split("|")) if name
                )
    for path in sorted((tables / "observations").glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("observation", ()):
            yield from (("test", letters(name)) for name in (table["en"], *table.get("names", ())))


def letters(name: str) -> list[str]:
    """List a name's folded words, without numbers and signs."""
    return [fold(word) for word in TOKEN.findall(name) if word[0].isalpha()]


def meanings(shared: Path) -> dict[str, tuple[str, str]]:
    """Say of each word in what kind of names it mostly stands, and what kind it names alone or last.

    A kind counts by its share of that kind's words, for there are ten diseases to a drug.
    """
    anywhere: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    last: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    sizes: collections.Counter[str] = collections.Counter()
    for kind, words in sorted(
        {(kind, tuple(words)) for kind, words in chain(names(shared), own_names()) if words}
    ):
        sizes[kind] += len(words)
        for word in words:
            anywhere[word][kind] += 1
        last[words[-1]][kind] += 3 if len(words) == 1 else 1
    return {
        word: (main_kind(anywhere[word], sizes), main_kind(last[word], sizes, ">"))
        for word in sorted(anywhere)
    }


def main_kind(counts: collections.Counter[str], sizes: collections.Counter[str], mark: str = "") -> str:
    """Name the most typical kind and whether it is nearly the only one."""
    shares = {kind: times / sizes[kind] for kind, times in counts.items()}
    if not shares:
        return ""
    kind, share = min(shares.items(), key=lambda one: (-one[1], one[0]))
    share /= sum(shares[kind] for kind in sorted(shares))
    return mark + kind + ("!" if share > 0.8 else "" if share > 0.5 else "?")


def kmeans(vectors: numpy.ndarray, grain: int, rounds: int = 25) -> numpy.ndarray:
    """Group unit vectors by direction, starting from the most frequent words' spread."""
    chooser = numpy.random.default_rng(7)
    centres = vectors[chooser.choice(len(vectors), grain, replace=False)]
    for _ in range(rounds):
        labels = (vectors @ centres.T).argmax(1)
        sums = numpy.zeros_like(centres)
        numpy.add.at(sums, labels, vectors)
        norms = numpy.linalg.norm(sums, axis=1, keepdims=True)
        centres = numpy.where(norms > 0, sums / numpy.maximum(norms, 1e-9), centres)
    return (vectors @ centres.T).argmax(1)


def main() -> None:
    """Train vectors, group them, write the classes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("mappings/models"))
    parser.add_argument("--vectors", type=Path, help="also keep the vectors, for the teacher")
    options = parser.parse_args()
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as corpus:
        for text in texts(options.shared):
            words = [fold(word) for word in TOKEN.findall(text)]
            counts.update(words)
            corpus.write(" ".join(words) + "\n")
        corpus.flush()
        model = floret.train_unsupervised(
            corpus.name, model="skipgram", dim=100, epoch=8, minCount=LEAST, minn=3, maxn=6,
            ws=4, neg=8, lr=0.05, bucket=200000, thread=1, verbose=0,
        )  # fmt: skip
    words = sorted(word for word, count in counts.items() if count >= LEAST)
    vectors = numpy.array([model.get_word_vector(word) for word in words], dtype=numpy.float32)
    vectors /= numpy.maximum(numpy.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    grains = [kmeans(vectors, grain) for grain in GRAINS]
    known = {word: tuple(str(labels[at]) for labels in grains) for at, word in enumerate(words)}
    kinds = meanings(options.shared)
    lines = [
        "\t".join([word, *known.get(word, ("",) * len(GRAINS)), *kinds.get(word, ("", ""))])
        for word in sorted({*known, *kinds})
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0)
    (options.out / "clusters.tsv.gz").write_bytes(packed)
    if options.vectors:
        model.save_model(str(options.vectors))
    print(len(words), "words", len(packed), "bytes")


if __name__ == "__main__":
    main()

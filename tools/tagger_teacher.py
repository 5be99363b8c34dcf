"""Label the unannotated reports for tools/train_tagger.py with a slow, stronger teacher.

    uv run tools/tagger_clusters.py --shared ../shared --vectors /tmp/vectors.bin
    uv run tools/tagger_teacher.py --encoder DIR --vectors /tmp/vectors.bin --out OUT

The teacher of a fold is a BiLSTM over two frozen inputs, the hidden layers of a small pretrained
encoder (all-MiniLM-L6-v2, Apache-2.0; DIR holds its model.safetensors, config.json, tokenizer.json) and
the fastText vectors, and over the kinds of concept names that bear a word (clusters.tsv.gz). It has
not seen the fold's reports. OUT/foldK.tsv.gz are the labels of one teacher, for
cross-validation; OUT/all.tsv.gz those of the five together, kept as tools/tagger_labels.tsv.gz.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.6", "transformers>=5", "tokenizers>=0.22", "floret==0.10.5", "numpy>=2"]
# ///
from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import floret
import numpy
import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModel

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tagger_data import FOLDS, Report, Sentence, fold_of, read_reports, unlabelled, write_labels

from converter.extractors.tagger import fold, read_clusters, shape, spans

LAYERS = (3, 5, 6)
WIDTH = 384 * len(LAYERS)
EPOCHS = 9
BATCH = 16
LIMIT = 1_100_000
"""Words to label: all that there are."""

Example = tuple[list[str], list[str]]
"""The words and tags of a sentence."""


class Inputs:
    """What stands for a word: the encoder's layers, the fastText vector, the shape, the kinds of names."""

    def __init__(self, encoder: Path, vectors: Path, clusters: Path) -> None:
        self.encoder = AutoModel.from_pretrained(encoder).eval()
        self.tokens = Tokenizer.from_file(str(encoder / "tokenizer.json"))
        self.tokens.no_truncation()
        self.tokens.no_padding()
        self.vectors = floret.load_model(str(vectors))
        self.shapes: dict[str, int] = {}
        self.classes = {word: names.split("\t")[-2:] for word, names in read_clusters(clusters).items()}
        seen = sorted({kind for kinds in self.classes.values() for kind in kinds})
        self.kinds = {kind: at for at, kind in enumerate(seen)}

    def layers(self, words: Sequence[str]) -> torch.Tensor:
        """Read up to 150 words in their context; the first piece of a word stands for it."""
        ids, first = [101], []
        for word in words:
            first.append(len(ids))
            ids += self.tokens.encode(word, add_special_tokens=False).ids[:3] or [100]
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            out = self.encoder(input_ids=torch.tensor([[*ids, 102]]), output_hidden_states=True)
        return torch.cat([out.hidden_states[layer][0, first].float() for layer in LAYERS], -1)

    def __call__(self, sentences: Sequence[Example]) -> tuple[torch.Tensor, ...]:
        """Describe the words of a few neighbouring sentences."""
        words = [word for own, _ in sentences for word in own]
        rows = numpy.array([self.vectors.get_word_vector(fold(word)) for word in words])
        rows = 3 * rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        drawn = [self.shapes.setdefault(shape(w)[:5], min(len(self.shapes) + 1, 199)) for w in words]
        kinds = [[self.kinds[kind] for kind in self.classes.get(fold(word), ("", ""))] for word in words]
        vectors = torch.from_numpy(rows.astype(numpy.float32))
        return self.layers(words), vectors, torch.tensor(drawn), torch.tensor(kinds)


class Teacher(torch.nn.Module):
    """Score the tags of every word from the words before and after."""

    def __init__(self, tags: int) -> None:
        super().__init__()
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.layers = torch.nn.Linear(WIDTH, 256)
        self.vectors = torch.nn.Linear(100, 100)
        self.shapes = torch.nn.Embedding(200, 16)
        self.kinds = torch.nn.Embedding(100, 12)
        self.lstm = torch.nn.LSTM(396, 200, bidirectional=True, batch_first=True)
        self.drop = torch.nn.Dropout(0.4)
        self.out = torch.nn.Linear(680, tags)

    def forward(self, layers: torch.Tensor, vectors: torch.Tensor, *marks: torch.Tensor) -> torch.Tensor:
        """Return unnormalised log-probabilities: batch x words x tags."""
        kinds = self.kinds(marks[1]).flatten(-2)
        seen = functional.gelu(self.layers(self.drop(self.norm(layers))))
        joined = self.drop(torch.cat([seen, self.vectors(vectors), self.shapes(marks[0]), kinds], -1))
        return self.out(self.drop(torch.cat([self.lstm(joined)[0], seen, kinds], -1)))


def blocks(reports: Sequence[Sequence[Example]], size: int = 100) -> list[list[Example]]:
    """Join neighbouring sentences of a report up to so many words."""
    out: list[list[Example]] = []
    for report in reports:
        words = size
        for example in report:
            if words + len(example[0]) > size:
                out.append([])
                words = 0
            out[-1].append(example)
            words += len(example[0])
    return out


def pad(rows: Sequence[torch.Tensor], value: int = 0) -> torch.Tensor:
    """Stack rows of unequal length."""
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=value)


def fit(reports: Sequence[Report], tags: list[str], inputs: Inputs, seed: int = 1) -> Teacher:
    """Train the teacher of a fold."""
    torch.manual_seed(seed)
    shuffler = random.Random(seed)
    examples = [[(s.words(), s.tags()) for s in report.sentences if s.words()] for report in reports]
    data = []
    for block in blocks(examples, 60):
        marks = torch.tensor([tags.index(tag) for _, own in block for tag in own])
        data.append((*inputs(block), marks))
    teacher = Teacher(len(tags))
    steps = EPOCHS * -(-len(data) // BATCH)
    optimiser = torch.optim.AdamW(teacher.parameters(), lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + 1, pct_start=0.1)
    for _ in range(EPOCHS):
        order = sorted(data, key=lambda one: len(one[3]) + shuffler.random() * 40)
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        shuffler.shuffle(batches)
        for batch in batches:
            *shown, marks = zip(*batch, strict=True)
            scores = teacher(*map(pad, shown))
            loss = functional.cross_entropy(
                scores.flatten(0, 1), pad(marks, -100).flatten(), ignore_index=-100, label_smoothing=0.05
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return teacher.eval()


def decode(chances: numpy.ndarray, allowed: numpy.ndarray) -> list[int]:
    """Find the most probable sequence that opens a span before it goes on."""
    scores = numpy.log(chances.astype(numpy.float32) + 1e-9)
    barred = numpy.where(allowed, 0.0, -1e4)
    total = scores[0] + barred[0]
    back = []
    for row in scores[1:]:
        ways = total[:, None] + barred
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    path = [int(total.argmax())]
    for step in reversed(back):
        path.append(int(step[path[-1]]))
    return path[::-1]


def chances_of(
    teachers: Sequence[Teacher], inputs: Inputs, reports: list[list[Example]]
) -> list[list[numpy.ndarray]]:
    """Give each teacher's probabilities, a matrix a sentence; what stands for a word is made once."""
    out: list[list[numpy.ndarray]] = [[] for _ in teachers]
    for block in blocks(reports):
        shown = [one[None] for one in inputs(block)]
        for teacher, own in zip(teachers, out, strict=True):
            with torch.no_grad():
                rows = torch.softmax(teacher(*shown)[0], -1).numpy().astype(numpy.float16)
            for words, _ in block:
                own.append(rows[: len(words)])
                rows = rows[len(words) :]
    return out


def main() -> None:
    """Train a teacher a fold, label with each and with all."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("encoder", "vectors", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--clusters", type=Path, default=Path("mappings/models/clusters.tsv.gz"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    reports = read_reports(options.shared / "maccrobat")
    types = sorted({kind for report in reports for one in report.sentences for _, _, kind in one.spans})
    tags = ["O", *(f"B-{kind}" for kind in types), *(f"I-{kind}" for kind in types)]
    pool = unlabelled(options.shared, LIMIT)
    places = [(report, at, text) for report, pieces in pool for at, text in pieces]
    examples = [[(Sentence(text, ()).words(), []) for _, text in pieces] for _, pieces in pool]
    inputs = Inputs(options.encoder, options.vectors, options.clusters)
    teachers = [fit([r for r in reports if fold_of(r.id) != k], tags, inputs) for k in range(FOLDS)]
    each = chances_of(teachers, inputs, examples)
    options.out.mkdir(parents=True, exist_ok=True)
    for number, chances in enumerate(each):
        save(options.out / f"fold{number}.tsv.gz", chances, tags, places)
    mean = [sum(one.astype(numpy.float32) for one in own) / FOLDS for own in zip(*each, strict=True)]
    save(options.out / "all.tsv.gz", mean, tags, places)


def save(
    path: Path, chances: list[numpy.ndarray], tags: list[str], places: list[tuple[str, int, str]]
) -> None:
    """Decode every sentence and write the spans as offsets into the reports."""
    allowed = numpy.array([[b[0] != "I" or a[2:] == b[2:] for b in tags] for a in tags])
    labels: dict[str, list[tuple[int, int, str]]] = {report: [] for report, _, _ in places}
    for rows, (report, at, text) in zip(chances, places, strict=True):
        for (start, end), number in zip(spans(text), decode(rows, allowed), strict=True):
            tag, own = tags[number], labels[report]
            if tag[0] == "B":
                own.append((at + start, at + end, tag[2:]))
            elif tag[0] == "I":
                own[-1] = (own[-1][0], at + end, tag[2:])
    write_labels(path, LIMIT, labels)


if __name__ == "__main__":
    main()

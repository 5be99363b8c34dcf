"""The tagger: offsets, determinism, exactness of the decoding, and what it finds in plain sentences."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from converter.extractors import tagger
from converter.extractors.tagger import Tagged, Tagger, attributes, load_tagger, pack, spans

MODEL = Path(__file__).resolve().parents[2] / "mappings" / "models"


@pytest.fixture(scope="module")
def model() -> Tagger:
    return load_tagger(MODEL)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("", []),
        ("HbA1c 7.2%", ["HbA1c", "7.2", "%"]),
        ("a 45-year-old man", ["a", "45", "-", "year", "-", "old", "man"]),
        ("10mg (1,200 IU)", ["10", "mg", "(", "1,200", "IU", ")"]),
        ("15 μg/mL\u2009at 38 °C", ["15", "μg", "/", "mL", "at", "38", "°", "C"]),
    ],
)
def test_words_are_cut_where_the_training_cut_them(sentence: str, words: list[str]) -> None:
    assert [sentence[a:b] for a, b in spans(sentence)] == words


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("She was treated with oral warfarin 5 mg daily.", ("Medication", "warfarin")),
        ("A 61-year-old woman was admitted.", ("Age", "61-year-old")),
        ("A 61-year-old woman was admitted.", ("Sex", "woman")),
        ("He complained of fever and cough.", ("Sign_symptom", "fever")),
        ("Chest radiography showed a pleural effusion.", ("Diagnostic_procedure", "radiography")),
        ("The haemoglobin was 9.1 g/dL.", ("Lab_value", "9.1 g/dL")),
    ],
)
def test_plain_sentences_are_tagged(model: Tagger, sentence: str, wanted: tuple[str, str]) -> None:
    assert wanted in [(one.type, sentence[one.start : one.end]) for one in model.tag(sentence)]


@pytest.mark.parametrize(
    "sentence", ["", " ", "\n", ".", "열과 기침이 있었다.", "x" * 5000, "mass " * 4000, "\x02 \x02"]
)
def test_any_text_gives_sorted_spans_that_do_not_cross(model: Tagger, sentence: str) -> None:
    found = model.tag(sentence)
    for one, other in itertools.pairwise(found):
        assert one.end <= other.start
    assert all(0 <= one.start < one.end <= len(sentence) for one in found)


def test_what_was_read_before_changes_nothing() -> None:
    sentences = [
        "Blood culture grew nothing.",
        "An MRI of the brain was normal.",
        "Blood culture grew nothing.",
    ]
    first, again = load_tagger(MODEL), load_tagger(MODEL)
    again.tag_all(reversed(sentences))
    assert first.tag_all(sentences) == again.tag_all(sentences)
    assert first.tag(sentences[0]) == first.tag(sentences[2])


def test_spans_are_values() -> None:
    assert Tagged("Sex", 0, 3) == Tagged("Sex", 0, 3)


def small() -> Tagger:
    """Two types, moves of every sign, and weights that quarrel with them."""
    moves = ((0, 40, -30), (-20, -50, 25), (10, 5, -60), (30, -10, 0), (-45, 15, 20))
    weights = {
        "0w=a": "1:30 4:45",
        "0w=b": "2:25 3:60",
        "0w=c": "0:20 4:70",
        "-w=a|b": "3:-35 0:15",
        "1w=c": "2:50",
    }
    return Tagger(("X", "Y"), moves, ((35, -15), (10, 20)), weights, {})


def plain_best(model: Tagger, words: list[str]) -> int:
    """Score every sequence of tags one by one, from the attributes that the training sees."""
    rows = []
    for names in attributes(words, {}):
        row = [0] * 5
        for part in " ".join(model.weights[name] for name in names if name in model.weights).split():
            tag, weight = part.split(":")
            row[int(tag)] += int(weight)
        rows.append(row)
    best = -(10**9)
    for path in itertools.product(range(5), repeat=len(words)):
        total = rows[0][path[0]] - (10**6 if path[0] > 2 else 0)
        for at, (one, two) in enumerate(itertools.pairwise(path), 1):
            if two <= 2:
                step = model.moves[one][two]
            elif one in (two - 2, two):
                step = model.stay[0 if one == two - 2 else 1][two - 3]
            else:
                step = -(10**6)
            total += step + rows[at][two]
        best = max(best, total)
    return best


@pytest.mark.parametrize("words", [list(p) for p in itertools.product("abcd", repeat=4)])
def test_the_path_is_the_best_of_all(words: list[str]) -> None:
    model = small()
    scores = model._scores(words)
    path = model._path(scores)
    total = 0
    for at, (state, score) in enumerate(zip(path, scores, strict=True)):
        lane = ((score + pack([tagger.LEVEL] * 5)) >> (tagger.LANE * state)) & ((1 << tagger.LANE) - 1)
        total += lane - tagger.LEVEL
        if at and state <= 2:
            total += model.moves[path[at - 1]][state]
        elif at:
            assert path[at - 1] in (state, state - 2)
            total += model.stay[0 if path[at - 1] == state - 2 else 1][state - 3]
    assert total == plain_best(model, words)

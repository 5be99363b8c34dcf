"""Korean phrasing: particles, finding phrases, times, sentences; and the labels of every language.

``labels(language)["section.key"]`` gives a template, ``label(language, key, **values)`` fills it.
"""

from converter.phrases.grammar import Composed, compose
from converter.phrases.labels import fill, label, labels, languages
from converter.phrases.particles import particle
from converter.phrases.sentences import CHANGES, certainty_word, finding_sentence
from converter.phrases.times import (
    age_phrase,
    amount,
    duration_phrase,
    gestation_phrase,
    grouped,
    time_phrase,
)

__all__ = [
    "CHANGES",
    "Composed",
    "age_phrase",
    "amount",
    "certainty_word",
    "compose",
    "duration_phrase",
    "fill",
    "finding_sentence",
    "gestation_phrase",
    "grouped",
    "label",
    "labels",
    "languages",
    "particle",
    "time_phrase",
]

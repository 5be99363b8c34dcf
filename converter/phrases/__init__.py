"""Korean phrasing: particles, finding phrases, times, sentences and the labels of both languages."""

from converter.phrases.grammar import Composed, compose
from converter.phrases.particles import particle

__all__ = ["Composed", "compose", "particle"]

"""Assertion: whether words hold for the patient, by cues and their scope within clause and list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from converter.mappings import load_toml
from converter.model import Assertion, Phrase
from converter.text import Sentence

HANGUL = re.compile(r"[가-힣]")
STRENGTH = (
    "unchanged", "not-done", "absent", "resolved", "hypothetical", "differential", "possible", "probable", "planned", "historical",
)  # fmt: skip
REACH = 140
"""Characters that a cue reaches at most: a long list still counts, a paragraph does not."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue found in a sentence."""

    kind: str
    direction: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What the cues around a place say: kinds in order of strength, with the author's words."""

    kinds: tuple[tuple[str, Phrase], ...] = ()

    def words(self, kind: str) -> Phrase | None:
        """The words of a cue kind, if it holds."""
        return next((phrase for k, phrase in self.kinds if k == kind), None)

    def has(self, kind: str) -> bool:
        """Tell whether a cue kind holds."""
        return any(k == kind for k, _ in self.kinds)


def _alternation(phrases: Iterable[str]) -> str:
    parts = []
    for phrase in sorted(set(phrases), key=lambda p: (-len(p), p)):
        body = re.escape(phrase.lower()).replace(r"\ ", r"\s*" if HANGUL.search(phrase) else r"\s+")
        parts.append(body if HANGUL.search(phrase) else rf"(?<![\w-]){body}(?![\w-])")
    return "|".join(parts)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    out = []
    for raw in load_toml("context.toml")["cue"]:
        out.append((raw["kind"], raw.get("direction", "both"), re.compile(_alternation(raw["phrases"]))))
    return tuple(out)


@cache
def _terminators() -> re.Pattern[str]:
    raw = load_toml("context.toml")["terminators"]
    return re.compile(
        f"{_alternation(raw['en'])}|;|:(?=\\s)|, (?:with|and (?:he|she|it|the)|it|this|there|he|she|the patient|his|her)\\b|{'|'.join(raw['ko'])}"
    )


@dataclass(frozen=True, slots=True)
class Context:
    """The cues and clause ends of one sentence."""

    sentence: Sentence
    cues: tuple[Cue, ...]
    stops: tuple[tuple[int, int], ...]

    def at(self, start: int, end: int) -> Reading:
        """Read the cues that govern a place."""
        found: dict[str, Phrase] = {}
        for cue in self.cues:
            if cue.kind not in found and self._governs(cue, start, end):
                text = self.sentence.text[cue.start : cue.end]
                found[cue.kind] = Phrase(text, self.sentence.spans(cue.start, cue.end))
        return Reading(tuple((k, found[k]) for k in STRENGTH if k in found))

    def _governs(self, cue: Cue, start: int, end: int) -> bool:
        if cue.direction == "before":
            return cue.end <= start and start - cue.end <= REACH and not self._stopped(cue.end, start)
        return (
            cue.start >= end
            and cue.start - end <= REACH
            and not self._stopped(end, cue.start)
            and not self._new_subject(end, cue.start)
        )

    def _stopped(self, start: int, end: int) -> bool:
        return any(s >= start and e <= end for s, e in self.stops)

    def _new_subject(self, start: int, end: int) -> bool:
        """Tell whether another noun phrase with a verb, or a closed parenthesis, stands between."""
        between = self.sentence.folded[start:end]
        if HANGUL.search(between):
            return (
                bool(re.search(r"(?:[이가은는]|에서) [가-힣 ]{2,}(?:[이가은는]) ", between))
                or len(between) > 25
            )
        return (
            bool(
                re.search(
                    r"\b(?:is|was|were|are|had|has|have|of|on|in|with) .{3,}\b(?:is|was|were|are|had|has|have)\b|\b(?:was|were|is|had|showed) ",
                    between,
                )
            )
            or len(between) > 70
        )


def context(sentence: Sentence) -> Context:
    """Find a sentence's cues; a pseudo-cue blots out what stands inside it."""
    folded = sentence.folded
    blots: list[tuple[int, int]] = []
    cues: list[Cue] = []
    for kind, direction, pattern in _patterns():
        for m in pattern.finditer(folded):
            if kind == "pseudo":
                blots.append(m.span())
            elif kind == "unchanged":
                blots.append(m.span())
                cues.append(Cue(kind, direction, m.start(), m.end()))
            elif (
                not any(s <= m.start() and m.end() <= e and (m.end() - m.start()) < (e - s) for s, e in blots)
                or kind == "possible"
            ):
                cues.append(Cue(kind, direction, m.start(), m.end()))
    stops = tuple(m.span() for m in _terminators().finditer(folded))
    cues.sort(key=lambda c: (STRENGTH.index(c.kind), c.start))
    return Context(sentence, tuple(cues), stops)


PLAIN = {
    "absent": Assertion.ABSENT,
    "resolved": Assertion.RESOLVED,
    "hypothetical": Assertion.HYPOTHETICAL,
    "differential": Assertion.DIFFERENTIAL,
    "possible": Assertion.POSSIBLE,
    "probable": Assertion.PROBABLE,
    "historical": Assertion.HISTORICAL,
    "planned": Assertion.PLANNED,
    "not-done": Assertion.NOT_DONE,
}


def assertion(reading: Reading, kinds: Iterable[str]) -> tuple[Assertion, Phrase | None]:
    """Give the strongest assertion among the kinds that can apply, with its words."""
    wanted = set(kinds)
    for kind, words in reading.kinds:
        if kind in wanted:
            return PLAIN[kind], words
    return Assertion.PRESENT, None

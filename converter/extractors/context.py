"""Assertion: whether words hold for the patient, by cues and their scope within clause and list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import ahocorasick_rs

from converter.extractors import korean
from converter.mappings import load_toml
from converter.model import Assertion, Phrase
from converter.text import Sentence, hangul

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


@cache
def _cue_phrases() -> tuple[ahocorasick_rs.AhoCorasick, tuple[tuple[str, str, str], ...]]:
    """Give one automaton over all cues and clause ends: (phrase, kind, direction) by pattern index."""
    raw = load_toml("context.toml")
    rows = [(p.lower(), c["kind"], c.get("direction", "both")) for c in raw["cue"] for p in c["phrases"]]
    rows += [(p.lower(), "stop", "") for p in raw["terminators"]["en"] + raw["terminators"]["ko"]]
    rows = sorted(set(rows))
    return ahocorasick_rs.AhoCorasick([r[0] for r in rows]), tuple(rows)


AND = r" (?:\w+ ){1,4}?and\b"
STOPS = re.compile(
    r";|:(?=\s)|, (?:with|and (?:he|she|it|the)|it|this|there|he|she|the patient|his|her|an?|consistent with|compatible with|suggesting)\b"
    rf"|w(?<=\bw)(?:as|ere){AND}|i(?<=\bi)s{AND}|a(?<=\ba)re{AND}"
)
"""Each begins with a sign of its own: most places are passed over at once."""


def _found(folded: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Find cues by kind and direction: whole words (Hangul: anywhere), the longest first, without overlap."""
    automaton, rows = _cue_phrases()
    hits: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
        phrase, kind, direction = rows[index]
        if hangul(phrase) or not (phrase[0].isalnum() and _bounded(folded, start, end)):
            hits.setdefault((kind, direction), []).append((start, end))
    return {key: _leftmost(spans) for key, spans in hits.items()}


def _bounded(folded: str, start: int, end: int) -> bool:
    return _wordy(folded, start - 1) or _wordy(folded, end)


def _wordy(folded: str, at: int) -> bool:
    return 0 <= at < len(folded) and (folded[at].isalnum() or folded[at] in "-_")


def _leftmost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not out or start >= out[-1][1]:
            out.append((start, end))
    return out


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
                s, e = korean.whole(self.sentence.text, cue.start, cue.end)
                found[cue.kind] = Phrase(self.sentence.text[s:e], self.sentence.spans(s, e))
        return Reading(tuple((k, found[k]) for k in STRENGTH if k in found))

    def _governs(self, cue: Cue, start: int, end: int) -> bool:
        if hangul(self.sentence.folded, cue.start, cue.end):
            return self._governs_korean(cue, start, end)
        if cue.direction == "before":
            if (
                self.sentence.folded[cue.start : cue.end] in NARROW
                and "," in self.sentence.folded[cue.end : start]
            ):
                return False
            if cue.kind in ("absent", "resolved") and LASTS.search(self.sentence.folded, cue.end, start):
                return False
            if cue.kind == "hypothetical" and EXAMPLES.search(self.sentence.folded, cue.end, start):
                return False
            return cue.end <= start and start - cue.end <= REACH and not self._stopped(cue.end, start)
        return (
            cue.start >= end
            and cue.start - end <= REACH
            and not self._stopped(end, cue.start)
            and not self._new_subject(end, cue.start)
        )

    def _governs_korean(self, cue: Cue, start: int, end: int) -> bool:
        folded = self.sentence.folded
        if cue.direction == "before":
            return cue.end <= start and korean.opens(folded, cue.start, cue.end, start)
        near = end <= cue.start <= end + REACH
        return near and korean.governs(folded, end, cue.start, cue.end, cue.kind)

    def _stopped(self, start: int, end: int) -> bool:
        return any(s >= start and e <= end for s, e in self.stops)

    def _new_subject(self, start: int, end: int) -> bool:
        """Tell whether another noun phrase with a verb, or a closed parenthesis, stands between."""
        between = self.sentence.folded[start:end]
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
    found = _found(sentence.folded)
    stops = tuple(found.pop(("stop", ""), [])) + tuple(m.span() for m in STOPS.finditer(sentence.folded))
    blots = [span for (kind, _), spans in found.items() if kind in ("pseudo", "unchanged") for span in spans]
    longest = [span for (kind, _), spans in found.items() if kind == "differential" for span in spans]
    cues = [
        Cue(kind, direction, start, end)
        for (kind, direction), spans in found.items()
        if kind != "pseudo"
        for start, end in spans
        if kind in ("unchanged", "possible") or not _blotted(start, end, blots)
        if not (kind == "absent" and _blotted(start, end, longest))
        if kind in ("unchanged", "possible") or not _inside_korean(sentence.folded, start, blots)
        if not (kind == "historical" and LASTING.search(sentence.folded[:start]))
    ]
    if hangul(sentence.folded):
        cues += [Cue("historical", "before", *span) for span in korean.ago(sentence.folded)]
    cues.sort(key=lambda c: (STRENGTH.index(c.kind), c.start, c.end))
    return Context(sentence, tuple(cues), stops)


NARROW = frozenset({"not", "absent", "never"})
"""Cues that govern what follows up to a comma: "could not walk, dysarthria" denies no dysarthria."""
LASTS = re.compile(
    r"\b(?:exacerbation|worsening|progression|recurrence|relapse|aggravation|deterioration|(?:change|increase|grading) (?:of|in).*|cause|etiology|aetiology|source|reason) (?:of|for) (?:the |her |his )?$"
)
"""No "exacerbation of" a disease leaves the disease where it was."""
EXAMPLES = re.compile(r"\b(?:such as|including|namely)\b|:")
"""After "risk factors for stroke", these open the list of what the patient has."""
LASTING = re.compile(r"\b(?:hour|day|week|month|year)s?[ -](?:long )?$")
"""Before "history of": how long a present complaint has lasted ("a five-week history of cough")."""


def _blotted(start: int, end: int, blots: list[tuple[int, int]]) -> bool:
    return any(s <= start and end <= e and end - start < e - s for s, e in blots)


def _inside_korean(folded: str, start: int, blots: list[tuple[int, int]]) -> bool:
    """Korean endings run on behind a pseudo-cue: "배제할 수 없었다"."""
    return any(s < start < e and hangul(folded, s, e) for s, e in blots)


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

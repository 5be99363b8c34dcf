"""Find spans of problems, procedures, drugs, values and dates with the trained linear model.

The model is a linear-chain CRF whose features each look at one word of the window or at two
neighbouring words. So the score of a tag is a sum of vectors that depend on one word (or one pair)
and its distance alone: they are made once a word and kept. A vector is ONE Python integer with a
lane of 32 bits a tag, so that adding two of them is a single addition, exact and the same on every
machine. Weights are whole numbers of small units, hence no float.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import add, sub
from pathlib import Path
from struct import Struct

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]\w*|\S")
DIGIT = re.compile(r"\d")
PAIR = -1
"""The reach of what two neighbours show together."""
EDGE = "\x02"
"""The word that stands beyond both ends of a sentence."""

REACH = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
LANE = 32
FULL, LONE = (1 << LANE) - 1, 1 << (LANE - 1)
"""All bits of the first lane, and its highest."""
LEVEL = 1 << 29
"""Where the best tag's lane stands after every token, so that no lane falls below 0 or reaches 2**31."""
FEW = 3
"""So many tags that outside leaves are looked at, not the best one sought first."""
HOPELESS = 1 << 24
"""Taken from the tags that go on with a type, at a sentence's first token."""

KEPT = 20_000
"""So many words' vectors are kept (50 MB), and four times as many pairs', before all are made anew."""

Clusters = dict[str, str]
"""A word's class at each grain, tabs between."""
Known = tuple[str, str, tuple[str, ...]]
"""A word in lower case with its digits blotted out, its shape, its classes."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A span of one sentence and the MACCROBAT type that the model gives it."""

    type: str
    start: int
    end: int


def spans(sentence: str) -> list[tuple[int, int]]:
    """List where the words, numbers and signs of a sentence stand.

    >>> spans("CRP 5.1 mg/dL")
    [(0, 3), (4, 7), (8, 10), (10, 11), (11, 13)]
    """
    return [match.span() for match in TOKEN.finditer(sentence)]


def fold(word: str) -> str:
    """Lower a word and blot out its digits, so that 37.2 and 38.9 are one.

    >>> fold("CD34")
    'cd00'
    """
    return DIGIT.sub("0", word.lower())


def shape(word: str) -> str:
    """Draw a word's letters and digits, repeats written once.

    >>> shape("HbA1c"), shape("mg"), shape("12.5")
    ('XxX0x', 'x', '0.0')
    """
    drawn: list[str] = []
    for char in word:
        kind = "X" if char.isupper() else "x" if char.isalpha() else "0" if char.isdigit() else char
        if not drawn or drawn[-1] != kind:
            drawn.append(kind)
    return "".join(drawn)


def known(word: str, clusters: Clusters) -> Known:
    """Look up what a word shares with others: its letters in lower case, its shape, its classes."""
    folded = fold(word)
    return folded, shape(word), tuple(clusters[folded].split("\t")) if folded in clusters else ()


def atoms(word: str, facts: Known) -> list[tuple[str, int]]:
    """List what a word shows, and at how many words' distance the model still looks at it."""
    folded, drawn, names = facts
    classes = [f"c{level}={name}" for level, name in enumerate(names) if name]
    lengths = [n for n in (2, 3, 4, 5) if len(folded) > n]
    return [
        (f"w={folded}", 3),
        (f"x={word}", 0),
        (f"h={drawn}", 2),
        (f"n={min(len(folded), 8)}", 0),
        *zip(classes, (4, 3, *[2] * len(classes)), strict=False),
        *((f"p={folded[:n]}", 0) for n in lengths),
        *((f"s={folded[-n:]}", 1 if n == 3 else 0) for n in lengths),
    ]


def word_attributes(word: str, facts: Known) -> dict[int, list[str]]:
    """List the attributes that a word gives to the tag of the token at each distance."""
    seen = atoms(word, facts)
    return {d: [f"{d}{atom}" for atom, reach in seen if abs(d) <= reach] for d in REACH}


def pair_attributes(left: Known, right: Known) -> list[str]:
    """List the attributes that two neighbours give to the tags of both."""
    both = [f"w={left[0]}|{right[0]}", f"h={left[1]}|{right[1]}"]
    classes = zip(left[2], right[2], strict=False)
    return both + [f"c{level}={x}|{y}" for level, (x, y) in enumerate(classes) if x and y]


def attributes(words: Sequence[str], clusters: Clusters) -> list[list[str]]:
    """List every token's attributes as the training sees them: the sum that ``Tagger`` adds up."""
    padded = [EDGE] * REACH[-1] + list(words) + [EDGE] * REACH[-1]
    facts = [known(word, clusters) for word in padded]
    single = [word_attributes(word, own) for word, own in zip(padded, facts, strict=True)]
    rows = []
    for at in range(REACH[-1], REACH[-1] + len(words)):
        row = [name for d in REACH for name in single[at + d][d]]
        row += [f"+{name}" for name in pair_attributes(facts[at], facts[at + 1])]
        row += [f"-{name}" for name in pair_attributes(facts[at - 1], facts[at])]
        rows.append(row)
    return rows


def pack(values: Iterable[int], lane: int = 0) -> int:
    """Put whole numbers side by side into one, the first into the given lane."""
    return sum(value << (LANE * at) for at, value in enumerate(values, lane))


def larger(a: int, b: int, tops: int) -> int:
    """Take the larger number of each lane; ``tops`` has the highest bit of every lane.

    >>> tops = pack([1 << 31] * 3)
    >>> larger(pack([5, 1, 7]), pack([2, 9, 7]), tops) == pack([5, 9, 7])
    True
    """
    kept = ((a | tops) - b) & tops
    return b ^ ((a ^ b) & (kept - (kept >> (LANE - 1))))


def _lane(lanes: int, at: int) -> int:
    return lanes >> (LANE * at) & FULL


@dataclass(slots=True)
class Tagger:
    """The trained model, and the vectors of the words that it has met so far.

    Its tags are numbered: 0 outside, then one that opens each type, then one that goes on with it.
    """

    types: tuple[str, ...]
    moves: tuple[tuple[int, ...], ...]
    """From every tag (row) to outside and to the tags that open."""
    stay: tuple[tuple[int, ...], tuple[int, ...]]
    """To the tag that goes on with a type: from the one that opens it, from itself."""
    weights: dict[str, str]
    """Attribute to "tag:weight tag:weight" as the model's file has it; read when first needed."""
    clusters: Clusters
    _start: int = 0
    """What a sentence begins with: the tags that go on are hopeless."""
    _reach: tuple[int, ...] = ()
    """How far behind a tag (row) another may be and still lead to a better path, as lanes; highest bits set."""
    _packed: tuple[int, ...] = ()
    """The moves as lanes; so are those to the tags that go on."""
    _goes_on: tuple[int, int] = (0, 0)
    _masks: tuple[int, int, int, int] = (0, 0, 0, 0)
    """A 1 in every lane and in outside's and the opening tags'; all bits of the opening and of the others."""
    _atoms: dict[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    _facts: dict[str, Known] = field(default_factory=dict)
    _words: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Work out once what follows from the moves."""
        self._packed = tuple(pack(row) for row in self.moves)
        size = len(self.types)
        every, whole = [1] * (2 * size + 1), [(1 << LANE) - 1] * size
        self._masks = (pack(every), pack(every[: size + 1]), pack(whole, 1), pack(whole, size + 1))
        self._start = LEVEL * self._masks[0] - pack([HOPELESS] * size, size + 1)
        tops = self._masks[0] << (LANE - 1)
        gaps = (pack(max(map(sub, other, best)) for other in self.moves) for best in self.moves)
        self._reach = tuple(tops + gap for gap in gaps)
        self._goes_on = (pack(self.stay[0], size + 1), pack(self.stay[1], size + 1))

    def tag(self, sentence: str) -> tuple[Tagged, ...]:
        """Find the spans of a sentence: in order, none across another."""
        places = spans(sentence)
        if not places:
            return ()
        path = self._path(self._scores([sentence[a:b] for a, b in places]))
        return tuple(self._merge(places, path))

    def tag_all(self, sentences: Iterable[str]) -> list[tuple[Tagged, ...]]:
        """Find the spans of each sentence of a document."""
        return [self.tag(sentence) for sentence in sentences]

    def _vector(self, name: str) -> int:
        """Read an attribute's line of the model; most of what a text shows has none."""
        total, line = 0, self.weights.get(name)
        if line is not None:
            numbers = line.replace(":", " ").split(" ")
            for tag, weight in zip(numbers[::2], numbers[1::2], strict=True):
                total += int(weight) << (LANE * int(tag))
        return total

    def _atom(self, atom: str, reach: int) -> tuple[int, ...]:
        """Give what an atom adds to the tokens around it, from left to right; a pair's, to its own two."""
        vectors = self._atoms.get((atom, reach))
        if vectors is None:
            signs = "+-" if reach == PAIR else range(reach, -reach - 1, -1)
            vectors = tuple(self._vector(f"{sign}{atom}") for sign in signs)
            if any(vectors):  # the rest is without number
                if len(self._atoms) >= 4 * KEPT:
                    self._atoms.clear()
                self._atoms[atom, reach] = vectors
        return vectors

    def _known(self, word: str) -> Known:
        facts = self._facts.get(word)
        if facts is None:
            if len(self._facts) >= KEPT:
                self._facts.clear()
            facts = self._facts[word] = known(word, self.clusters)
        return facts

    def _word(self, word: str) -> tuple[int, ...]:
        vectors = self._words.get(word)
        if vectors is None:
            if len(self._words) >= KEPT:
                self._words.clear()
            sums = [0] * len(REACH)
            for atom, reach in atoms(word, self._known(word)):
                for at, vector in enumerate(self._atom(atom, reach), REACH[-1] - reach):
                    sums[at] += vector
            vectors = self._words[word] = tuple(sums)
        return vectors

    def _pair(self, left: str, right: str) -> tuple[int, ...]:
        vectors = self._pairs.get((left, right))
        if vectors is None:
            if len(self._pairs) >= 4 * KEPT:
                self._pairs.clear()
            shown = pair_attributes(self._known(left), self._known(right))
            both = [self._atom(name, PAIR) for name in shown]
            vectors = self._pairs[left, right] = tuple(map(sum, zip(*both, strict=True)))
        return vectors

    def _scores(self, words: list[str]) -> list[int]:
        """Add up each token's vectors."""
        known, paired, edges, count = self._words, self._pairs, [EDGE] * REACH[-1], len(words)
        around = [known.get(word) or self._word(word) for word in (*edges, *words, *edges)]
        pairs = [paired.get(pair) or self._pair(*pair) for pair in pairwise((EDGE, *words, EDGE))]
        left, right = zip(*pairs, strict=True)
        total: Iterable[int] = map(add, right[:-1], left[1:])
        for at, column in enumerate(reversed(tuple(zip(*around, strict=True)))):
            total = map(add, total, column[at : at + count])
        return list(total)

    def _path(self, scores: list[int]) -> list[int]:
        """Find the best sequence of tags (Viterbi); exact, although hopeless tags are passed over.

        A tag is hopeless where another leads to a better path whatever comes next: outside, which
        mostly leaves few or none, else the best one.
        """
        size = len(self.types)
        lanes = Struct(f"<{2 * size + 1}I")
        ones, opening, open_lanes, gone_lanes = self._masks
        begun, gone = self._goes_on
        tops, reach, packed, alone = ones << (LANE - 1), self._reach, self._packed, (0,)
        total = scores[0] + self._start
        steps: list[tuple[Sequence[int], int]] = []
        for own in scores[1:]:
            alive: Sequence[int] = alone
            peak = total & FULL
            hopeful = (total + reach[0] - peak * ones) & tops
            if hopeful == LONE:
                opened = peak * opening + packed[0]
            else:
                if hopeful.bit_count() > FEW:
                    totals = lanes.unpack(total.to_bytes(lanes.size, "little"))
                    peak = max(totals)
                    hopeful = (total + reach[totals.index(peak)] - peak * ones) & tops
                alive, opened = [], 0
                while hopeful:
                    state = hopeful.bit_length() // LANE - 1
                    hopeful ^= LONE << (LANE * state)
                    alive.append(state)
                    after = _lane(total, state) * opening + packed[state]
                    opened = larger(after, opened, tops) if opened else after
            steps.append((alive, total))
            on = ((total & open_lanes) << (LANE * size)) + begun
            total = opened + larger(on, (total & gone_lanes) + gone, tops)
            total += own - (peak - LEVEL) * ones
        totals = lanes.unpack(total.to_bytes(lanes.size, "little"))
        return self._trace(steps, totals.index(max(totals)))

    def _trace(self, steps: list[tuple[Sequence[int], int]], state: int) -> list[int]:
        """Walk the best path back from its last tag."""
        size = len(self.types) + 1
        path = [state]
        for alive, total in reversed(steps):
            if state < size:
                state = (
                    alive[0]
                    if len(alive) == 1
                    else -max((_lane(total, one) + self.moves[one][state], -one) for one in alive)[1]
                )
            else:
                kind, opened = state - size, state - size + 1
                if _lane(total, opened) + self.stay[0][kind] >= _lane(total, state) + self.stay[1][kind]:
                    state = opened
            path.append(state)
        path.reverse()
        return path

    def _merge(self, places: list[tuple[int, int]], path: list[int]) -> Iterator[Tagged]:
        """Join a token that opens a type and those that go on with it to one span."""
        kind, start, end, size = 0, 0, 0, len(self.types)
        for (a, b), state in zip(places, path, strict=True):
            if state > size:
                end = b
                continue
            if kind:
                yield Tagged(self.types[kind - 1], start, end)
            kind, start, end = state, a, b
        if kind:
            yield Tagged(self.types[kind - 1], start, end)


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode("utf-8").rstrip("\n").split("\n")


def read_clusters(path: Path) -> Clusters:
    """Read the words' classes: a word, then its class at each grain, tabs between."""
    return {word: names for word, _, names in (line.partition("\t") for line in _lines(path))}


def load_tagger(path: Path) -> Tagger:
    """Read a model: ``tagger.tsv.gz`` and ``clusters.tsv.gz`` in the folder ``path``.

    Its first line names the types; then one line a tag with its moves to outside and to the opening
    tags; then two lines of moves to the tags that go on; then one line an attribute, and in the same
    order one line of weights an attribute.
    """
    lines = _lines(path / "tagger.tsv.gz")
    types = tuple(lines[0].split("\t"))
    rows = [tuple(map(int, line.split("\t"))) for line in lines[1 : 2 * len(types) + 4]]
    rest = lines[2 * len(types) + 4 :]
    weights = dict(zip(rest[: len(rest) // 2], rest[len(rest) // 2 :], strict=True))
    clusters = read_clusters(path / "clusters.tsv.gz")
    return Tagger(types, tuple(rows[:-2]), (rows[-2], rows[-1]), weights, clusters)

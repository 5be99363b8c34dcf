"""Find the names of our concepts in a sentence.

English names match by their words, folded over plural, British spelling and hyphens; abbreviations of
up to three letters, and those in capitals, match as written. Korean names match inside words, because
particles stick to them and blanks go missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import ahocorasick_rs

from converter.extractors.korean import whole_word
from converter.mappings import Modality, Observable, Row, imaging, loading, observables, table
from converter.model import Concept
from converter.text import HANGUL, fold, hangul

WORD = re.compile(r"[a-zß-öø-ž]+(?:'s)?|\d+(?:\.\d+)?|[α-ω]")
BRITISH = (
    ("haem", "hem"), ("aemi", "emi"), ("oedem", "edem"), ("oesoph", "esoph"), ("leuco", "leuko"), ("tumour", "tumor"),
    ("paed", "ped"), ("diarrhoea", "diarrhea"), ("rrhoea", "rrhea"), ("pnoea", "pnea"), ("ischaem", "ischem"),
    ("anaesth", "anesth"), ("faec", "fec"), ("foet", "fet"), ("colour", "color"), ("labour", "labor"), ("fibre", "fiber"),
    ("centre", "center"), ("caesar", "cesar"), ("gynaec", "gynec"), ("orthopaed", "orthoped"), ("sulph", "sulf"),
    ("oestr", "estr"), ("coeliac", "celiac"), ("caec", "cec"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"),
    ("haemat", "hemat"), ("dyspnoe", "dyspne"), ("behaviour", "behavior"), ("grey", "gray"), ("aetiolog", "etiolog"),
)  # fmt: skip
GREEK = re.compile(r".{3}(?:stases|ectases|iases|oses|eses|yses)$|^crises$")
"""Plurals in -es of words in -is: metastases, diagnoses, crises; not diseases, kinases, bruises."""
SINGULAR = re.compile(r"(?:ss|us|is|as|os)$")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Fold one lower-case word over plural and British spelling.

    >>> stem("tumours"), stem("metastases"), stem("diseases"), stem("abscesses"), stem("biopsies")
    ('tumor', 'metastasis', 'disease', 'abscess', 'biopsy')
    """
    word = word.removesuffix("'s")
    if not word.isascii():  # "Sjögren" is printed "Sjogren" as often
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if len(word) > 4:
        for british, american in BRITISH:
            if british in word:
                word = word.replace(british, american)
    if len(word) < 4:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if GREEK.search(word) and word not in ("purposes", "overdoses"):
        return word[:-2] + "is"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not SINGULAR.search(word):
        return word[:-1]
    return word


PREFIX = re.compile(r"\b(?:non|un|pre|post|anti|de|pseudo|sub|inter|intra|micro|macro|hyper|hypo)-$")
"""Before a hyphen these make another word: "non-enhanced CT" is no "enhanced CT"."""
STOPWORDS = frozenset(["of", "the", "a", "an", "in", "on", "at", "with", "and", "to", "by", "for"])


class Token(NamedTuple):
    """A word of a sentence, with its stem."""

    stem: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def tokens(folded: str) -> tuple[Token, ...]:
    """Cut folded text into words and numbers."""
    return tuple([Token(stem(m[0]), *m.span()) for m in WORD.finditer(folded)])


class Entry(NamedTuple):
    """What a name stands for."""

    table: str
    concept: Concept
    name: str
    exact: bool
    """An abbreviation that must stand as written."""
    origin: Row | Observable | Modality
    role: str = "name"
    """name, high, low or slip (observables)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a sentence."""

    start: int
    end: int
    entry: Entry

    @property
    def concept(self) -> Concept:
        """The concept that the name stands for."""
        return self.entry.concept


HOLDING = str.maketrans(dict.fromkeys(" -/'()+."))
"""Signs that may stand between the words of any name."""
FEW_LETTERS = re.compile(r"[^A-Za-z]*(?:[A-Za-z][^A-Za-z]*){1,6}")


def is_exact(name: str) -> bool:
    """Tell an abbreviation, which counts only as it is written."""
    if not FEW_LETTERS.fullmatch(name):
        return False
    letters = re.sub(r"[^A-Za-z]", "", name)
    return len(letters) <= 3 or letters.isupper()


Words = tuple[str, ...]
"""The stems of a name."""
Scanner = tuple[ahocorasick_rs.AhoCorasick, tuple[Entry, ...]]
"""An automaton over one table's Korean names, and what each of them stands for."""


ONE_SYLLABLE = "간뇌폐목코귀눈혀손발"
"""Places with names of one syllable, which stand alone before a particle or a study."""


class Node(NamedTuple):
    """What names end with some words, and the words that go on from there."""

    entries: list[Entry]
    after: dict[str, Node]


class Lexicon:
    """Names of one or several tables, looked up by their words in one scan."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._names: dict[Words, list[Entry]] = {}
        self._korean: dict[str, dict[str, Entry]] = {}
        for entry in entries:
            if not entry.name.isascii() and hangul(entry.name):
                key = entry.name.replace(" ", "")
                if len(key) > 1 or (entry.table == "anatomy" and key in ONE_SYLLABLE):
                    self._korean.setdefault(entry.table, {}).setdefault(key, entry)
            elif words := tuple(map(stem, WORD.findall(fold(entry.name)))):
                self._names.setdefault(words, []).append(entry)

    @classmethod
    def joined(cls, parts: Iterable[Lexicon]) -> Lexicon:
        """Join lexicons of different tables to one."""
        whole = cls(())
        for part in parts:
            for words, entries in part._names.items():
                whole._names.setdefault(words, []).extend(entries)
            whole._korean.update(part._korean)
        return whole

    @cached_property
    def _tree(self) -> Node:
        """Give the names as a tree of words, with what stands at the end of each."""
        root = Node([], {})
        for words, entries in self._names.items():
            node = root
            for word in words:
                node = node.after.setdefault(word, Node([], {}))
            node.entries.extend(entries)
        return root

    @cached_property
    def _scanners(self) -> Mapping[str, Scanner]:
        return {
            table: (ahocorasick_rs.AhoCorasick(list(names)), tuple(names.values()))
            for table, names in self._korean.items()
        }

    @cached_property
    def _sorted(self) -> Mapping[Words, Entry]:
        """Give the first entry of the names that have the same words, in whatever order."""
        out: dict[Words, Entry] = {}
        for words, entries in self._names.items():
            out.setdefault(tuple(sorted(w for w in words if w not in STOPWORDS)), entries[0])
        return out

    def find(self, text: str, folded: str, words: Sequence[Token] | None = None) -> tuple[Match, ...]:
        """Find names, longest first, in order of place; those of one table do not overlap."""
        found = [match for matches in self.find_all(text, folded, words).values() for match in matches]
        return tuple(sorted(found, key=lambda m: m.start))

    def find_all(
        self, text: str, folded: str, words: Sequence[Token] | None = None
    ) -> Mapping[str, Sequence[Match]]:
        """Find names by table, longest first, without overlap, in order of place."""
        out: dict[str, list[Match]] = {}
        free: dict[str, int] = {}
        words = tokens(folded) if words is None else words
        for i, n, entries in self._runs([w[0] for w in words]):
            start, end = words[i].start, words[i + n - 1].end
            signs = _between(folded, words[i : i + n]) if n > 1 else ""
            if signs is None or _inside_a_word(folded, start, end):
                continue
            for entry in entries:
                starred = entry.name.endswith("*") and folded[end : end + 1] != "*"  # T2* is not T2
                taken = (
                    starred or free.get(entry.table, 0) > i or any(sign not in entry.name for sign in signs)
                )
                if not taken and (not entry.exact or _as_written(text[start:end], entry.name)):
                    out.setdefault(entry.table, []).append(Match(start, end, entry))
                    free[entry.table] = i + n
        if hangul(text):
            _add_korean(text, out, list(self._find_korean(text)))
        return out

    def _runs(self, stems: Sequence[str]) -> Iterator[tuple[int, int, Sequence[Entry]]]:
        """Give where names of how many words begin, the longest first."""
        first = self._tree.after
        if first.keys().isdisjoint(stems):
            return
        for i in [i for i, word in enumerate(stems) if word in first]:
            node: Node | None = first[stems[i]]
            found, end = [], i
            while node is not None:
                if node.entries:
                    found.append((i, end - i + 1, node.entries))
                end += 1
                node = node.after.get(stems[end]) if end < len(stems) else None
            yield from reversed(found)

    def _find_korean(self, text: str) -> Iterable[Match]:
        kept = [i for i, char in enumerate(text) if char != " "]
        squeezed = "".join(text[i] for i in kept)
        for automaton, entries in self._scanners.values():
            hits = [
                (kept[start], -kept[end - 1] - 1, index)
                for index, start, end in automaton.find_matches_as_indexes(squeezed, overlapping=True)
            ]
            at = 0
            for start, end, index in sorted(hits):
                if start >= at and whole_word(text, start, -end, entries[index].name):
                    yield Match(start, -end, entries[index])
                    at = -end

    def look_up(self, phrase: str) -> Entry | None:
        """Give the entry whose words are the phrase's, in any order.

        A phrase that has words beyond a name does not match it: its head may be another thing.
        """
        if hangul(phrase):
            return None
        words = tuple(sorted(t.stem for t in tokens(fold(phrase)) if t.stem not in STOPWORDS))
        entry = self._sorted.get(words)
        if entry and entry.exact and entry.name not in phrase:
            return None
        return entry


def _add_korean(text: str, out: dict[str, list[Match]], found: Sequence[Match]) -> None:
    """Add Korean names to the others: of two in one place the longer, of any table where one ends a longer word."""
    for match in found:
        if HANGUL.match(text[match.start - 1 : match.start]) and any(
            f.start < match.start and match.end <= f.end for f in found
        ):
            continue  # 티록신 in 레보티록신
        others = out.setdefault(match.entry.table, [])
        others[:] = [o for o in others if o.end <= match.start or match.end <= o.start]
        others.append(match)
    for matches in out.values():
        matches.sort(key=lambda m: m.start)


def _letter(folded: str, at: int, digits: bool) -> bool:
    """Tell a letter (or digit) that makes a name part of a longer word; Hangul beside it is a particle."""
    char = folded[at : at + 1] if at >= 0 else ""
    return (char.isalpha() or (digits and char.isdigit())) and not HANGUL.match(char)


def _between(folded: str, words: Sequence[Token]) -> str | None:
    """Give the signs between words that must be the name's own (T2*-weighted); None where they do not hang together."""
    signs = ""
    for a, b in pairwise(words):
        gap = folded[a.end : b.start]
        if gap != " ":
            signs += gap.translate(HOLDING)
            if len(gap) > 3 or signs.strip(",:*"):
                return None
    return signs


def _inside_a_word(folded: str, start: int, end: int) -> bool:
    return (
        _letter(folded, end, digits=True)
        or _letter(folded, start - 1, digits=False)
        or (
            start > 0 and folded[start - 1] in "-\n" and bool(PREFIX.search(folded, max(0, start - 9), start))
        )
    )


def _as_written(printed: str, name: str) -> bool:
    bare = re.sub(r"[^A-Za-z0-9]", "", printed)
    wanted = re.sub(r"[^A-Za-z0-9]", "", name)
    return bare in (wanted, wanted + "s")


def _row_entries(name: str) -> Iterable[Entry]:
    for row in table(name):
        for printed in (*row.names, *row.names_ko):
            short_word = printed == row.concept.en and printed.istitle() and printed.isalpha()
            yield Entry(name, row.concept, printed, is_exact(printed) and not short_word, row)


def _observable_entries() -> Iterable[Entry]:
    for row in observables():
        for role, names in (
            ("name", (*row.names, *row.names_ko)),
            ("high", row.high),
            ("low", row.low),
            ("slip", row.slips),
        ):
            for printed in names:
                yield Entry("observations", row.concept, printed, is_exact(printed), row, role)


def _modality_entries() -> Iterable[Entry]:
    for row in imaging().modalities:
        for printed in (*row.names, *row.names_ko):
            yield Entry("imaging", row.concept, printed, is_exact(printed), row)


@cache
def lexicon(name: str) -> Lexicon:
    """Give the lexicon of one vocabulary, of "observations" or of "imaging"; built once."""
    if name == "observations":
        return Lexicon(_observable_entries())
    if name == "imaging":
        return Lexicon(_modality_entries())
    return Lexicon(_row_entries(name))


VOCABULARIES = ("problems", "anatomy", "organisms", "procedures", "drugs", "observations", "imaging")


@cache
@loading()
def vocabularies() -> Lexicon:
    """Give one lexicon of what a sentence is read for, so that it is scanned once."""
    return Lexicon.joined(map(lexicon, VOCABULARIES))


@cache
def rows_lexicon(key: str) -> Lexicon:
    """Give the lexicon of a part of imaging.toml: sequences, planes, tracers, contrasts or outside."""
    terms = imaging()
    parts: Mapping[str, tuple[Row, ...]] = {
        "sequences": terms.sequences,
        "planes": terms.planes,
        "tracers": terms.tracers,
        "contrasts": terms.contrasts,
        "outside": (terms.outside,),
    }
    return Lexicon(
        Entry(key, row.concept, name, is_exact(name), row)
        for row in parts[key]
        for name in (*row.names, *row.names_ko)
    )


@lru_cache(maxsize=4096)
def rows_found(key: str, text: str, folded: str) -> tuple[Match, ...]:
    """Find a sentence's names of a part of imaging.toml; asked often for one sentence, looked up once."""
    return rows_lexicon(key).find(text, folded)

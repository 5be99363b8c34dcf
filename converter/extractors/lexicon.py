"""Find the names of our concepts in a sentence.

English names match by their words, folded over plural, British spelling and hyphens; abbreviations of
up to three letters, and those in capitals, match as written. Korean names match inside words, because
particles stick to them and blanks go missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import ahocorasick_rs

from converter.extractors.korean import whole_word
from converter.mappings import Modality, Observable, Row, imaging, observables, table
from converter.model import Concept
from converter.text import fold

WORD = re.compile(r"[a-zß-öø-ž]+(?:'s)?|\d+(?:\.\d+)?|[α-ω]")
HANGUL = re.compile(r"[가-힣]")
BRITISH = (
    ("haem", "hem"), ("aemi", "emi"), ("oedem", "edem"), ("oesoph", "esoph"), ("leuco", "leuko"), ("tumour", "tumor"),
    ("paed", "ped"), ("diarrhoea", "diarrhea"), ("rrhoea", "rrhea"), ("pnoea", "pnea"), ("ischaem", "ischem"),
    ("anaesth", "anesth"), ("faec", "fec"), ("foet", "fet"), ("colour", "color"), ("labour", "labor"), ("fibre", "fiber"),
    ("centre", "center"), ("caesar", "cesar"), ("gynaec", "gynec"), ("orthopaed", "orthoped"), ("sulph", "sulf"),
    ("oestr", "estr"), ("coeliac", "celiac"), ("caec", "cec"), ("isation", "ization"), ("ised", "ized"), ("ising", "izing"),
    ("haemat", "hemat"), ("dyspnoe", "dyspne"), ("behaviour", "behavior"), ("grey", "gray"), ("aetiolog", "etiolog"),
)  # fmt: skip
SINGULAR = re.compile(r"(?:ss|us|is|as|os)$")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Fold one lower-case word over plural and British spelling.

    >>> stem("tumours"), stem("metastases"), stem("abscesses"), stem("biopsies")
    ('tumor', 'metastasis', 'abscess', 'biopsy')
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
    if word.endswith(("ases", "oses", "eses", "yses", "ises")) and len(word) > 6:
        return word[:-2] + "is"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not SINGULAR.search(word):
        return word[:-1]
    return word


PREFIX = re.compile(r"\b(?:non|un|pre|post|anti|de|pseudo|sub|inter|intra|micro|macro|hyper|hypo)-$")
"""Before a hyphen these make another word: "non-enhanced CT" is no "enhanced CT"."""
STOPWORDS = frozenset(["of", "the", "a", "an", "in", "on", "at", "with", "and", "to", "by", "for"])


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence, with its stem."""

    stem: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def tokens(folded: str) -> tuple[Token, ...]:
    """Cut folded text into words and numbers."""
    return tuple(Token(stem(m.group()), m.start(), m.end()) for m in WORD.finditer(folded))


@dataclass(frozen=True, slots=True)
class Entry:
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


def is_exact(name: str) -> bool:
    """Tell an abbreviation, which counts only as it is written."""
    letters = re.sub(r"[^A-Za-z]", "", name)
    return bool(letters) and (len(letters) <= 3 or (letters.isupper() and len(letters) <= 6))


class Lexicon:
    """Names of several tables, looked up by their first word."""

    __slots__ = ("_automaton", "_first", "_korean", "_sorted")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._first: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        self._sorted: dict[tuple[str, ...], Entry] = {}
        korean: dict[str, Entry] = {}
        for entry in entries:
            if HANGUL.search(entry.name):
                key = entry.name.replace(" ", "")
                if len(key) > 1:
                    korean.setdefault(key, entry)
                continue
            words = tuple(t.stem for t in tokens(fold(entry.name)))
            if not words:
                continue
            self._first.setdefault(words[0], []).append((words, entry))
            key_words = tuple(sorted(w for w in words if w not in STOPWORDS))
            self._sorted.setdefault(key_words, entry)
        for rows in self._first.values():
            rows.sort(key=lambda r: -len(r[0]))
        self._korean = tuple(korean.items())
        self._automaton = ahocorasick_rs.AhoCorasick(
            [k for k, _ in self._korean], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )

    def find(self, text: str, folded: str, words: tuple[Token, ...] | None = None) -> tuple[Match, ...]:
        """Find names, longest first, without overlap, in order of place."""
        words = tokens(folded) if words is None else words
        out: list[Match] = []
        i = 0
        first = self._first
        while i < len(words):
            if words[i].stem not in first:
                i += 1
                continue
            hit = self._at(text, folded, words, i)
            if hit:
                out.append(hit[0])
                i += hit[1]
            else:
                i += 1
        if HANGUL.search(text):
            out.extend(self._find_korean(text))
            out.sort(key=lambda m: m.start)
        return tuple(out)

    def _at(self, text: str, folded: str, words: tuple[Token, ...], i: int) -> tuple[Match, int] | None:
        for key, entry in self._first.get(words[i].stem, ()):
            n = len(key)
            if n > len(words) - i or any(words[i + k].stem != key[k] for k in range(1, n)):
                continue
            start, end = words[i].start, words[i + n - 1].end
            if n > 1 and not _tight(folded, words[i : i + n], entry.name):
                continue
            if entry.exact and not _as_written(text[start:end], entry.name):
                continue
            if (
                _letter(folded, end, digits=True)
                or _letter(folded, start - 1, digits=False)
                or PREFIX.search(folded[:start])
            ):
                continue
            return Match(start, end, entry), n
        return None

    def _find_korean(self, text: str) -> list[Match]:
        kept = [i for i, char in enumerate(text) if char != " "]
        squeezed = "".join(text[i] for i in kept)
        out: list[Match] = []
        for index, start, end in self._automaton.find_matches_as_indexes(squeezed):
            first, last = kept[start], kept[end - 1] + 1
            if len(squeezed[start:end]) == 2 and first and HANGUL.match(text[first - 1]):
                continue  # a two-syllable name inside a longer word is usually another word
            if not whole_word(text, first, last):
                continue
            out.append(Match(first, last, self._korean[index][1]))
        return out

    def look_up(self, phrase: str) -> Entry | None:
        """Give the entry whose words are the phrase's, in any order.

        A phrase that has words beyond a name does not match it: its head may be another thing.
        """
        words = tuple(sorted(t.stem for t in tokens(fold(phrase)) if t.stem not in STOPWORDS))
        entry = self._sorted.get(words)
        if entry and entry.exact and entry.name not in phrase:
            return None
        return entry


def _letter(folded: str, at: int, digits: bool) -> bool:
    """Tell a letter (or digit) that makes a name part of a longer word; Hangul beside it is a particle."""
    char = folded[at : at + 1] if at >= 0 else ""
    return (char.isalpha() or (digits and char.isdigit())) and not HANGUL.match(char)


def _tight(folded: str, words: tuple[Token, ...], name: str) -> bool:
    """Tell whether the words of a name stand together; signs between may be the name's own (T2*-weighted)."""
    passed = " -/'()+." + "".join(sign for sign in ",:*" if sign in name)
    return all(
        folded[a.end : b.start].strip(passed) == "" and b.start - a.end < 4 for a, b in pairwise(words)
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

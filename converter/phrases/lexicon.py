"""The tables of mappings/phrases, and the concepts' readings, as look-ups by English words.

Roles of an entry, as its column ``role`` says:

====  ==================================================================================================
n     finding or thing; may head a phrase
q     measured quantity or process (perfusion, size, increase); "increased" becomes a noun after it
f     focus, area, pattern: what stands behind its "of" comes in front of it
s     site: a noun of anatomy
r     adjective of a site (pulmonary): a site that cannot head a phrase
l     side or position (left, bilateral), which belongs to a site
m     modifier; ``form`` is how it stands before a further verbal modifier, where that is irregular
v     modifier of state; ``form`` is its noun (dilated: 확장)
a     adverb; ``form`` is the modifier it becomes before a noun (mildly: 경도의)
p     preposition of place: ``~`` stands for its noun phrase, with a particle's two forms behind it
w     relation (with, due to, suggesting): the same
g     of
c     and, or
k     count (two)
d     a word that is dropped (the, seen)
x     negation (no, without)
====  ==================================================================================================
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from converter.mappings import data_path, loading, observables, table

ARTICLES = frozenset(("a", "an", "the"))
LONGEST = 7
"""Words of the longest key."""
COLUMNS = ["en", "ko", "role", "form"]
ROLES = frozenset("nqfsrlmvapwgckdx")
_CONCEPT_ROLES = (
    ("anatomy", "s"),
    ("problems", "n"),
    ("procedures", "n"),
    ("organisms", "n"),
    ("drugs", "n"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """How one English expression stands in Korean."""

    ko: str
    role: str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Readings:
    """How units, symbols and Latin words sound in Korean."""

    units: Mapping[str, str]
    symbols: Mapping[str, str]
    words: Mapping[str, str]


@cache
def readings() -> Readings:
    """Read mappings/phrases/readings.tsv."""
    kinds: dict[str, dict[str, str]] = {"unit": {}, "symbol": {}, "word": {}}
    for row in _rows(data_path("mappings/phrases/readings.tsv")):
        kinds[row["kind"]][row["written"]] = row["reading"]
    return Readings(kinds["unit"], kinds["symbol"], kinds["word"])


@cache
@loading()
def lexicon() -> Mapping[tuple[str, ...], tuple[Entry, ...]]:
    """Give the entries of every expression by its folded words, one a role; phrase tables before concepts."""
    entries: dict[tuple[str, ...], tuple[Entry, ...]] = {}
    for path in sorted(data_path("mappings/phrases").glob("*.tsv")):
        if path.stem == "readings":
            continue
        for row in _rows(path):
            entry = Entry(row["ko"], row["role"], row["form"] or "")
            for name in row["en"].split("|"):
                key = fold(name)
                known = entries.get(key, ())
                if all(other.role != entry.role for other in known):
                    entries[key] = (*known, entry)
    own = {key[0]: {entry.role for entry in found} for key, found in entries.items() if len(key) == 1}
    for name, preferred, entry in _concept_names():
        key = fold(name)
        if key and len(key) <= LONGEST and key not in entries and _trusted(key, fold(preferred), own):
            entries[key] = (entry,)
    return entries


def _trusted(key: tuple[str, ...], preferred: tuple[str, ...], own: Mapping[str, set[str]]) -> bool:
    """Refuse loose synonyms: what the phrase tables can put together, and what says more than the name."""
    if key[0] in ("bilateral", "both", "multiple"):
        return False
    if len(key) == 1 or key == preferred:
        return True
    more = [word for word in key if word not in preferred and own.get(word, set()) & set("mvlk")]
    return not more and not all(word in own for word in key)


def lookup(key: tuple[str, ...]) -> tuple[Entry, ...]:
    """Give the entries of a key as it is, else in lower case (headings are printed in capitals)."""
    known = lexicon()
    found = known.get(key)
    if found is None and any(word.isupper() for word in key):
        found = known.get(tuple(word.lower() for word in key))
    return found or ()


@cache
def reaches() -> Mapping[str, int]:
    """Give the length of the longest key that begins with a word, so that look-ups end early."""
    longest: dict[str, int] = {}
    for key in lexicon():
        first = key[0].lower()
        longest[first] = max(longest.get(first, 1), len(key))
    return longest


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _concept_names() -> Iterator[tuple[str, str, Entry]]:
    """Yield the concepts' English names, each with the preferred name and the word that radiologists say."""
    for name, role in _CONCEPT_ROLES:
        for row in table(name):
            korean = row.concept.reading or row.concept.ko
            if korean:
                entry = Entry(korean, role)
                yield from ((english, row.concept.en, entry) for english in row.names)
    for observable in observables():
        entry = Entry(observable.concept.reading or observable.concept.ko, "q")
        names = (english for english in observable.names if len(english) > 2)
        yield from ((english, observable.concept.en, entry) for english in names)


_WORD = re.compile(r"[A-Za-z\u00C0-\u024F0-9\uE000-\uF8FFµμα-ω%+²³]+(?:['’][A-Za-z\u00C0-\u024F]+)?|[,()/&]")
_BRITISH = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=[a-z])aem", "em"),
        (r"^haem", "hem"),
        (r"haem", "hem"),
        (r"^anaem", "anem"),
        (r"oedem", "edem"),
        (r"oesoph", "esoph"),
        (r"^paed", "ped"),
        (r"^foet", "fet"),
        (r"rrhoea", "rrhea"),
        (r"umour", "umor"),
        (r"^colour", "color"),
        (r"centre$", "center"),
        (r"^fibre", "fiber"),
        (r"^calibre", "caliber"),
        (r"^grey$", "gray"),
        (r"^ischaem", "ischem"),
        (r"aetiolog", "etiolog"),
        (r"^caec", "cec"),
        (r"coeliac", "celiac"),
        (r"leuc", "leuk"),
        (r"isation", "ization"),
        (r"ised$", "ized"),
        (r"sulph", "sulf"),
        (r"gynaec", "gynec"),
        (r"dyspnoea", "dyspnea"),
    )
)
"""British spellings and what they become."""
_BRITISH_HINT = re.compile("ae|oe|our|tre$|bre$|grey|leuc|isation|ised$|ulph")
_KEEP_S = (
    *("ss", "us", "is", "os", "pancreas", "gas", "psoas", "atlas", "bias", "alias"),
    *("biceps", "triceps", "quadriceps", "diabetes", "ascites", "herpes", "pons"),
)
"""Endings of words whose s is no plural."""


@cache
def _irregular() -> Mapping[str, str]:
    """Read mappings/phrases/plurals.csv: plurals that no rule makes singular."""
    with data_path("mappings/phrases/plurals.csv").open(encoding="utf-8", newline="") as file:
        return {row["plural"]: row["singular"] for row in csv.DictReader(file)}


@cache
def fold_word(word: str) -> str:
    """Fold one word: American spelling, singular, lower case; abbreviations keep their capitals.

    >>> fold_word("Oedema"), fold_word("foci"), fold_word("LV"), fold_word("biopsies")
    ('edema', 'focus', 'LV', 'biopsy')
    """
    plural = re.fullmatch(r"([A-Z]{2,6})s", word)
    if plural or (len(word) > 1 and word.isupper() and len(word) <= 6):
        return plural.group(1) if plural else word
    low = word.lower().replace("’", "'")
    if not low.isascii():
        low = "".join(char for char in unicodedata.normalize("NFD", low) if not unicodedata.combining(char))
    if _BRITISH_HINT.search(low):
        for pattern, replacement in _BRITISH:
            low = pattern.sub(replacement, low)
    return _singular(low)


def _singular(word: str) -> str:
    """Give the singular of a lower-case plural by its ending."""
    if word in _irregular():
        return _irregular()[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


@cache
def fold(name: str) -> tuple[str, ...]:
    """Fold an expression to the words it is looked up by.

    >>> fold("Ring-enhancing lesions")
    ('ring', 'enhancing', 'lesion')
    """
    return tuple([fold_word(word) for word in words(name) if word.lower() not in ARTICLES])


def words(text: str) -> list[str]:
    """Cut a text into words and the few marks that matter; hyphens separate."""
    return _WORD.findall(text)

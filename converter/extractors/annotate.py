"""Everything that is read off one sentence before anything is decided about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from converter.extractors.context import Context, context
from converter.extractors.lexicon import VOCABULARIES, Entry, Match, Token, tokens, vocabularies
from converter.extractors.quantities import Amount, amounts
from converter.extractors.tagger import Tagged, Tagger, load_tagger
from converter.extractors.timeline import When, times
from converter.mappings import data_path, loading
from converter.model import Document, Section, SectionKind
from converter.text import HANGUL, Sentence, fold, sentences, view_of

PROBLEM_TAGS = frozenset({"Sign_symptom", "Disease_disorder"})
MODIFIER_TAGS = frozenset(
    {
        "Detailed_description",
        "Severity",
        "Biological_structure",
        "Texture",
        "Shape",
        "Color",
        "Qualitative_concept",
        "Distance",
        "Area",
    }
)
DEFINED = re.compile(r"\(\s*([A-Z][A-Za-z0-9-]{1,9}?)s?\s*(?:[;,][^)]*)?\)")


@dataclass(frozen=True)
class Annotated:
    """A sentence with its tags, names, numbers, times and cues."""

    sentence: Sentence
    section: Section
    words: tuple[Token, ...]
    tags: tuple[Tagged, ...]
    amounts: tuple[Amount, ...]
    times: tuple[When, ...]
    context: Context
    found: Mapping[str, tuple[Match, ...]]

    @property
    def text(self) -> str:
        """Cleaned text of the sentence."""
        return self.sentence.text

    @property
    def folded(self) -> str:
        """Folded text of the sentence."""
        return self.sentence.folded

    def matches(self, name: str) -> tuple[Match, ...]:
        """Names of one vocabulary in the sentence."""
        return self.found.get(name, ())

    @cached_property
    def _by_type(self) -> Mapping[str, tuple[Tagged, ...]]:
        out: dict[str, tuple[Tagged, ...]] = {}
        for tag in self.tags:
            out[tag.type] = (*out.get(tag.type, ()), tag)
        return out

    def tagged(self, *types: str) -> tuple[Tagged, ...]:
        """Tags of some types."""
        if len(types) == 1:
            return self._by_type.get(types[0], ())
        if self._by_type.keys().isdisjoint(types):
            return ()
        return tuple([t for t in self.tags if t.type in types])


@cache
@loading()
def tagger() -> Tagger:
    """Give the shipped tagger, loaded once."""
    return load_tagger(data_path("mappings/models"))


def abbreviations(text: str) -> dict[str, Entry]:
    """Read the abbreviations that the report itself defines: "systemic lupus erythematosus (SLE)".

    >>> sorted(abbreviations("He had chronic zzz failure (CZF)."))
    []
    """
    out: dict[str, Entry] = {}
    for short, before in _definitions(text):
        found = vocabularies().find_all(before, fold(before))
        ends = [
            hits[-1]
            for hits in (found[name] for name in VOCABULARIES if name in found)
            if hits[-1].end == len(before) and not hits[-1].entry.exact and _spells(short, before)
        ]
        if ends:
            out.setdefault(short, min(ends, key=lambda m: m.start).entry._replace(name=short, exact=True))
    return out


def _definitions(text: str) -> Iterator[tuple[str, str]]:
    """Give each abbreviation in parentheses with the text before it."""
    for m in DEFINED.finditer(text):
        yield m.group(1), text[max(0, m.start() - 90) : m.start()].rstrip()


def redefined(text: str) -> dict[str, str]:
    """Give the abbreviations that the report spells out, with their words: the CK of "cytokeratin (CK)"."""
    out: dict[str, str] = {}
    for short, before in _definitions(text):
        letters = [c.lower() for c in short if c.isalpha()]
        words = re.findall(r"[A-Za-z-]+", before)[-(len(letters) + 1) :]
        for at, word in enumerate(words):
            said = " ".join(words[at:]).lower()
            if (
                letters
                and word[0].lower() == letters[0]
                and _holds(said, letters)
                and len(letters) < len(said) / 3
            ):
                out.setdefault(short, said)
                break
    return out


def _holds(said: str, letters: Sequence[str]) -> bool:
    """Tell whether letters stand in this order in the words."""
    rest = iter(said)
    return all(letter in rest for letter in letters)


def _means_other(match: Match, said: str) -> bool:
    """Tell a table's abbreviation that this report uses for something else: no word of its names is there."""
    entry = match.entry
    names = (entry.concept.en, *entry.origin.names)
    known = {w[:4] for name in names for w in re.findall(r"[a-z]{4,}", fold(name))}
    return bool(known) and not known & {w[:4] for w in re.findall(r"[a-z]{4,}", said)}


def _is_redefined(text: str, match: Match, spelt: Mapping[str, str]) -> bool:
    """Tell an abbreviation of ours to which the report gives a meaning of its own."""
    said = spelt.get(text[match.start : match.end]) if match.entry.exact else None
    return said is not None and _means_other(match, said)


def _spells(short: str, before: str) -> bool:
    letters = [c.lower() for c in short if c.isalpha()]
    words = [w[0].lower() for w in re.findall(r"[A-Za-z]+", before)]
    return bool(letters) and letters[0] in words[-(len(letters) + 3) :]


def _defined(text: str, short: Mapping[str, Entry]) -> dict[str, list[Match]]:
    """Find the report's own abbreviations, by table."""
    out: dict[str, list[Match]] = {}
    for word, entry in short.items():
        if word in text:
            found = re.finditer(rf"(?<![\w]){re.escape(word)}s?(?![\w])", text)
            out.setdefault(entry.table, []).extend(Match(*m.span(), entry) for m in found)
    return out


def _names(
    sentence: Sentence, words: tuple[Token, ...], short: Mapping[str, Entry], spelt: Mapping[str, str]
) -> dict[str, tuple[Match, ...]]:
    found = vocabularies().find_all(sentence.text, sentence.folded, words)
    defined = _defined(sentence.text, short)
    names: dict[str, tuple[Match, ...]] = {}
    for name in VOCABULARIES:
        hits, extra = found.get(name, ()), defined.get(name)
        if spelt:
            hits = [h for h in hits if not _is_redefined(sentence.text, h, spelt)]
        if extra:
            hits = [h for h in hits if all(h.end <= x.start or h.start >= x.end for x in extra)]
            hits = sorted([*hits, *extra], key=lambda m: m.start)
        if hits:
            names[name] = tuple(hits)
    return names


def _korean(text: str) -> bool:
    return 5 * len(HANGUL.findall(text)) > len(text)


def annotate(
    document: Document, sections: Sequence[Section], wanted: frozenset[SectionKind]
) -> tuple[Annotated, ...]:
    """Annotate the sentences of the wanted sections, in order of the page."""
    short, spelt = abbreviations(document.text), redefined(document.text)
    pieces: list[tuple[Section, Sentence]] = []
    for index, section in enumerate(sections):
        if section.kind in wanted:
            view = view_of(document.text, section.spans)
            pieces += [(section, s) for s in sentences(view, index, len(pieces))]
    tags = tagger().tag_all(
        [s.text if section.language == "en" and not _korean(s.text) else "" for section, s in pieces]
    )
    out = []
    for (section, sentence), tagged in zip(pieces, tags, strict=True):
        words = tokens(sentence.folded)
        out.append(
            Annotated(
                sentence, section, words, tuple(tagged), amounts(sentence), times(sentence), context(sentence),
                _names(sentence, words, short, spelt),
            )
        )  # fmt: skip
    return tuple(out)

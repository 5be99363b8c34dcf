"""The words of mappings/sections.toml as typed, compiled tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick_rs

from converter.issues import MappingError
from converter.mappings import load_toml
from converter.model import SectionKind
from converter.rare import Rare, Sieve

HANGUL = re.compile("[\uac00-\ud7a3]+")
LATIN = re.compile("[A-Za-zÀ-ɏ]+")
KEYS = frozenset(
    {"heading", "abstract", "number", "caption", "furniture", "metadata", "affiliation"}
    | {"own", "general", "person", "study", "table"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """What a heading opens, and how strongly."""

    kind: SectionKind
    role: str
    inline: bool
    kept: bool = False
    """The heading's words belong to the text: they name the study whose findings follow."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases to look for in folded text, all at once: a hundred times as fast as an alternation."""

    probes: tuple[str, ...]
    open: bool
    """The last word may go on: "highlight" is found in "highlights"."""
    automaton: ahocorasick_rs.AhoCorasick

    def found(self, text: str) -> bool:
        """Tell whether a phrase stands in a text, at the borders of words."""
        hits = self.automaton.find_matches_as_indexes(text, overlapping=True)
        return any(self._bordered(text, self.probes[index], start, end) for index, start, end in hits)

    def _bordered(self, text: str, probe: str, start: int, end: int) -> bool:
        if start and probe[0].isascii() and text[start - 1].isalpha():
            return False
        return self.open or not probe[-1].isascii() or not text[end : end + 1].isalnum()

    def count(self, text: str) -> int:
        """Count phrases, borders aside."""
        return sum(text.count(probe) for probe in self.probes)


@dataclass(frozen=True, slots=True, eq=False)
class Cues:
    """Everything that sections.toml says, ready to be matched against folded text."""

    headings: Mapping[str, Known]
    kept_in_abstract: frozenset[str]
    numbered_case: re.Pattern[str]
    caption: re.Pattern[str]
    table: re.Pattern[str]
    caption_general: Phrases
    furniture: re.Pattern[str]
    inline: re.Pattern[str]
    inline_furniture: re.Pattern[str]
    metadata: re.Pattern[str]
    dated: re.Pattern[str]
    numbered: re.Pattern[str]
    certainty: re.Pattern[str]
    remark: re.Pattern[str]
    kickers: frozenset[str]
    """Labels of the kind of article, as headings are compared."""
    keywords: re.Pattern[str]
    corresponding: re.Pattern[str]
    contributor: re.Pattern[str]
    licence: Phrases
    affiliation: Phrases
    degree: re.Pattern[str]
    own: Phrases
    announcing: Phrases
    own_patient: Rare
    unless: Phrases
    general: Phrases
    person: re.Pattern[str]
    animal: Phrases
    study: Phrases
    case: Phrases


def words(phrases: Iterable[str]) -> str:
    """Give an alternation of phrases, longest first; Latin ones end and begin at word borders.

    >>> re.findall(words(["a case", "증례"]), "a case, a cases, 증례를")
    ['a case', '증례']
    """
    parts = []
    for phrase in sorted(set(phrases), key=lambda p: (-len(p), p)):
        if HANGUL.fullmatch(phrase):  # "색인단어" is printed "색인 단어" as well
            escaped = r"\s?".join(phrase)
        else:
            escaped = r"\s+".join(re.escape(word) for word in phrase.split())
        before = r"(?<!\w)" if re.match(r"[a-z0-9]", phrase) else ""
        after = r"(?!\w)" if re.search(r"[a-z]$", phrase) else ""
        parts.append(before + escaped + after)
    return "(?:" + "|".join(parts) + ")"


def _any(phrases: Iterable[str], prefix: bool = False) -> re.Pattern[str]:
    return re.compile((r"\W*" if prefix else "") + words(phrases))


def _phrases(phrases: Iterable[str], going_on: bool) -> Phrases:
    probes = tuple(dict.fromkeys(phrases))
    return Phrases(probes, going_on, ahocorasick_rs.AhoCorasick(probes))


def exact(phrases: Iterable[str]) -> Phrases:
    """Match phrases at word borders."""
    return _phrases(phrases, False)


def begun(phrases: Iterable[str]) -> Phrases:
    """Match phrases whose last word may go on ("highlight" in "highlights")."""
    return _phrases(phrases, True)


def amount(script: re.Pattern[str], text: str) -> int:
    """Count the letters of a script."""
    if script is not LATIN and text.isascii():
        return 0
    return sum(map(len, script.findall(text)))


def heading_key(text: str) -> str:
    """Fold a heading for comparison; Korean ones are printed with blanks between their syllables.

    >>> heading_key("증   례"), heading_key("Case  Report")
    ('증례', 'case report')
    """
    folded = " ".join(text.lower().replace("’", "'").split())
    return folded.replace(" ", "") if HANGUL.search(folded) and not LATIN.search(folded) else folded


def _headings(rows: Iterable[Mapping[str, Any]]) -> dict[str, Known]:
    out: dict[str, Known] = {}
    for row in rows:
        if set(row) - {"kind", "role", "inline", "kept", "en", "ko"}:
            raise MappingError(f"mappings/sections.toml: unknown key in heading {row.get('kind')}")
        known = Known(
            SectionKind(row["kind"]),
            row["role"],
            bool(row.get("inline", False)),
            bool(row.get("kept", False)),
        )
        for phrase in (*row["en"], *row["ko"]):
            if heading_key(phrase) in out:
                raise MappingError(f"mappings/sections.toml: heading {phrase!r} stands twice")
            out[heading_key(phrase)] = known
    return out


def _titled(name: str) -> str:
    """Write a heading as titles are: "Discussion and Conclusions"."""
    return " ".join(w if w in ("and", "of", "the", "for", "to") else w.capitalize() for w in name.split())


def _inline(headings: Mapping[str, Known]) -> re.Pattern[str]:
    names = [key for key, known in headings.items() if known.inline and not HANGUL.search(key)]
    forms = [
        form for name in names for form in (name.upper(), name.capitalize(), name.title(), _titled(name))
    ]
    phrases = sorted(set(forms), key=lambda p: (-len(p), p))
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(p) for p in phrases) + r")(?!\w)")


def _numbered_case(table: Mapping[str, Any]) -> re.Pattern[str]:
    """Match a heading that is but a patient's number, folded: "case 2", "patient a", "second case"."""
    case, between = ("|".join(map(re.escape, table[key])) for key in ("case", "between"))
    said = "|".join(r"\s?".join(w) if HANGUL.match(w) else w for words in table["words"] for w in words)
    number = rf"(?:\d{{1,2}}|[ivx]{{1,4}}|[a-h]|{said})"
    return re.compile(
        rf"(?:제\s?)?(?:(?:{case})\s*(?:(?:{between})\s*)?{number}"
        rf"|(?:the )?{number}\s*(?:{case})(?:\s(?:{between}))?)$"
    )


def _degree(degrees: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, degrees)) + r")(?![\w.])")


def _own_patient(verbs: list[str]) -> Rare:
    said = r"\bthe patient(?:'s [\w-]+(?: [\w-]+)?)?,? " + words(verbs)
    return Sieve().rare(said + r"|\b(?:this|our) \d{1,3}[- ]?(?:years?|months?|weeks?|days?)\b")


@cache
def load_cues() -> Cues:
    """Read and compile mappings/sections.toml once."""
    data = load_toml("sections.toml")
    if set(data) - KEYS:
        raise MappingError(f"mappings/sections.toml: unknown tables {sorted(set(data) - KEYS)}")
    headings = _headings(data["heading"])
    caption, meta, own, person = data["caption"], data["metadata"], data["own"], data["person"]
    people = "|".join(sorted(person["en"], key=len, reverse=True))
    return Cues(
        headings=headings,
        kept_in_abstract=frozenset(data["abstract"]["case"]),
        numbered_case=_numbered_case(data["number"]),
        caption=_any(caption["figure"]),
        table=_any(caption["table"]),
        caption_general=begun(caption["general"]),
        furniture=_any(data["furniture"]["starts"], prefix=True),
        inline=_inline(headings),
        inline_furniture=_any(data["furniture"]["inline"]),
        metadata=_any(meta["starts"], prefix=True),
        dated=_any(meta["dated"], prefix=True),
        numbered=_any(meta["numbered"], prefix=True),
        certainty=_any(meta["certainty"], prefix=True),
        remark=_any(meta["remark"], prefix=True),
        kickers=frozenset(heading_key(k) for k in meta["kickers"]),
        keywords=_any(meta["keywords"], prefix=True),
        corresponding=_any(meta["corresponding"]),
        contributor=_any(meta["contributor"], prefix=True),
        licence=begun(meta["licence"]),
        affiliation=exact(data["affiliation"]["words"]),
        degree=_degree(data["affiliation"]["degrees"]),
        own=exact((*own["en"], *own["ko"])),
        announcing=exact(own["announcing"]),
        own_patient=_own_patient(own["verbs"]),
        unless=begun(own["unless"]),
        general=begun((*data["general"]["en"], *data["general"]["ko"])),
        person=re.compile(rf"\b(?:{people})s?\b|" + "|".join(map(re.escape, person["ko"]))),
        animal=exact(person["animals"]),
        study=begun((*data["study"]["en"], *data["study"]["ko"])),
        case=begun(data["study"]["case"]),
    )

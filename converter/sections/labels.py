"""Words that say which of several patients is meant: "Case 2", "the second patient", "증례 1"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from converter.mappings import load_toml
from converter.rare import Rare, Sieve
from converter.sections.cues import HANGUL, Phrases, begun, exact, words
from converter.sections.remarks import AGE

UNIT = r"(?:years?|yrs?|y/?o|months?|mo|weeks?|wks?|days?|hours?|times|세|개월|주|일|명|례|예|년|건)"
DIGITS = rf"\d{{1,2}}(?![\d%/]|[.,]\d|\s*-?\s*{UNIT}(?![a-z]))"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
JOINED = re.compile(r"\s*(?:,|\band\b|&|와|및)\s*")
ELSE = re.compile(
    r"['’]s (?:\w+ ){0,4}?(?:mother|father|brother|sister|son|daughter|wife|husband|parents?|uncle|aunt"
    r"|cousin|family)\b"
    r"|\s+(?:and|or|to) (?:case|patient|the)\b"
)
"""Behind a label these make somebody else, or several, the subject."""
RUN = re.compile(r"(\d+)\s*(?:-|–|to)\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Label:
    """A place that names one or more of the patients by number."""

    start: int
    end: int
    numbers: tuple[int, ...]
    """Empty for "another" and "the other": the next one, or the one not meant so far."""


@dataclass(frozen=True, slots=True)
class Several:
    """The words of mappings/sections.toml for one of several patients, compiled."""

    numbers: Mapping[str, int]
    naming: Phrases
    """Words of which every label has one."""
    counted: re.Pattern[str]
    ordinal: re.Pattern[str]
    lead: re.Pattern[str]
    literature: re.Pattern[str]
    plural: Phrases
    announced: Rare
    elsewhere: Phrases


@cache
def load_several() -> Several:
    """Read and compile the words once."""
    data = load_toml("sections.toml")
    table, people = data["number"], data["person"]["en"]
    cases = "|".join(n for n in table["case"] if not HANGUL.match(n))
    plural = (*(f"{m} {p}" for m in table["many"] for p in table["people"]), *table["plural"])
    numbers = {word: i for i, same in enumerate(table["words"], 1) for word in same}
    return Several(
        numbers,
        begun((*table["case"], *_ordinals(table))),
        _counted_pattern(table, cases),
        _ordinal_pattern(table, cases, people),
        re.compile(
            r"[\W\d_]*(?:[IVX]{1,4}\.\s*)?(?:" + "|".join(table["lead"]) + r")?[,\s]*(?:the |our |an? )?\s*",
            re.IGNORECASE,
        ),
        re.compile(r"\s*(?:report )?" + words(table["literature"])),
        exact(plural),
        Sieve().rare(_announced_pattern(table)),
        exact(table["elsewhere"]),
    )


def _counted_pattern(table: Mapping[str, Any], cases: str) -> re.Pattern[str]:
    """Match "Case 1", "patients 2 and 3", "Patient B", "증례 2", "1번 환자"; letters are capitals."""
    korean = "|".join(n for n in table["case"] if HANGUL.match(n))
    between = "|".join(map(re.escape, table["between"]))
    english = [w for same in table["words"] for w in same if w.isalpha() and w.isascii()][::2]
    one = rf"(?:{DIGITS}|(?i:{'|'.join(english)})\b|(?:VIII|VII|VI|IV|IX|III|II|I|V|X)\b(?!\s+[a-z]+ed\b))"
    many = rf"{one}(?:\s*(?:,|,?\s*\band\b|&|-|–|\bto\b|와|및)\s*{DIGITS})*"
    return re.compile(
        rf"(?<![\w-])(?i:{cases})s?\s*(?:(?i:{between})\s*)?(?P<n>{many})"
        rf"|(?<![\w-])(?i:{cases})\s(?P<letter>[B-H]|A(?!\s+\d))(?!\w)"
        rf"|(?:제\s?)?(?:{korean})\s?(?P<ko>{DIGITS}|[IVX]{{1,3}}|[A-H](?![A-Za-z]))"
        rf"|(?<!\d)(?P<before>\d{{1,2}})\s?번(?:째)?\s?(?:{korean})"
    )


def _ordinals(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the English words for the second and the like."""
    return (*(same[k] for same in table["words"] for k in (1, 2)), "other", "another")


def _ordinal_pattern(table: Mapping[str, Any], cases: str, people: list[str]) -> re.Pattern[str]:
    """Match "the second patient", "a third 34-year-old woman", "두 번째 환자"."""
    korean = "|".join(r"\s?".join(w) for same in table["words"] for w in same if HANGUL.match(w))
    cases_ko = "|".join(n for n in table["case"] if HANGUL.match(n))
    person = "|".join(sorted({*people, "sibling", "brother", "sister", "one"} - set(cases.split("|"))))
    return re.compile(
        rf"\b(?i:(?P<o>{'|'.join(_ordinals(table))}))\b(?P<gap>(?:\s+[\w-]+){{0,4}}?)\s+(?i:(?P<case>{cases})|(?P<who>{person}))\b(?!-)(?:\s(?i:report|presentation)\b)?"
        rf"|(?P<k>{korean})\s?(?:{cases_ko})"
    )


def _announced_pattern(table: Mapping[str, Any]) -> str:
    """Match "we report two cases", "two affected members", "case series of", "두 증례를 보고"."""
    verbs, counts, kin = ("|".join(table[key]) for key in ("announcing", "counts", "affected"))
    people = "|".join(sorted({*table["people"], "family members", "members", "individuals", "children"}))
    several = rf"(?:{counts}) (?:[\w-]+ ){{0,4}}?(?:{people})"
    return (
        rf"\b(?:{verbs})\b(?: (?!of\b.*\bof\b)[\w-]+){{0,6}}? {several}\b|\bcase series (?:of|involving)\b"
        rf"|(?:^|\bfamily (?:\w+ )?with )(?:{counts}) (?:[\w-]+ ){{0,2}}?(?:{kin})\b"
        rf"|^(?:report of |a report on )?(?:{counts}) (?:[\w-]+ ){{0,3}}?(?:cases|case reports|patients)\b"
        r"|(?:두|세|네|2|3|4)\s?(?:예|례|증례)(?:를|의|에)[^.]{0,20}보고"
    )


def announces(folded: str) -> bool:
    """Tell a title or sentence that announces several patients of the report's own.

    >>> announces("we report two cases of gout"), announces("only two cases have been reported")
    (True, False)
    """
    several = load_several()
    return several.announced.search(folded) is not None and not several.elsewhere.found(folded)


def number_of(printed: str) -> int:
    """Give the number that digits, a letter, a Roman numeral or a word stands for; 0 for none.

    >>> [number_of(x) for x in ("02", "B", "III", "two", "second", "I", "두 번째")]
    [2, 2, 3, 2, 2, 1, 2]
    """
    word = "".join(printed.split()).rstrip(".")
    if word.isdigit():
        return int(word)
    if word in ROMAN:
        return ROMAN.index(word) + 1
    if len(word) == 1 and "A" <= word <= "H":
        return ord(word) - ord("A") + 1
    return load_several().numbers.get(word.lower(), 0)


@lru_cache(maxsize=64)
def labels(text: str) -> tuple[Label, ...]:
    """Give every place of a text that names patients by number, in order.

    >>> [x.numbers for x in labels("Unlike case 1, patients 2 and 3 had fever; the first case of it.")]
    [(1,), (2, 3)]
    """
    out: list[Label] = []
    if not load_several().naming.found(text.lower()):
        return ()
    for label in sorted((*_counted(text), *_ordinal(text)), key=lambda x: (x.start, -x.end)):
        if not out or label.start >= out[-1].end:
            out.append(label)
    return tuple(out)


def _counted(text: str) -> Iterator[Label]:
    for m in load_several().counted.finditer(text):
        printed = next(filter(None, m.groups()))
        run = RUN.fullmatch(printed)
        numbers = (
            tuple(range(int(run.group(1)), int(run.group(2)) + 1))
            if run
            else tuple(number_of(p) for p in JOINED.split(printed) if p)
        )
        if all(numbers) and numbers:
            yield Label(m.start(), m.end(), numbers)


def _ordinal(text: str) -> Iterator[Label]:
    several = load_several()
    for m in several.ordinal.finditer(text):
        if several.literature.match(text.lower(), m.end()):
            continue
        number = number_of(m.group("o") or m.group("k"))
        sure = m.group("k") or (m.group("case") and number and len(m.group("gap").split()) < 2)
        if sure or AGE.search(text[m.start() : m.end() + 60].lower()):
            yield Label(m.start(), m.end(), (number,) if number else ())


def opening(text: str) -> Label | None:
    """Give the label that a sentence, line or clause begins with.

    >>> opening("2.1. Case 2: fever").numbers, opening("As in case 2, he had fever")
    ((2,), None)
    """
    first = next(iter(labels(text)), None)
    if first is None or len(first.numbers) > 1 or ELSE.match(text[first.end :]):
        return None
    return first if load_several().lead.fullmatch(text[: first.start]) else None


def bracketed(text: str) -> Label | None:
    """Give the label in brackets behind a person: "A 75-year-old woman (case 2) was admitted"."""
    found = [x for x in labels(text) if text[x.start - 1 : x.start] in ("(", "[") and len(x.numbers) == 1]
    return found[0] if len(found) == 1 and AGE.search(text.lower()) else None


def of_all(folded: str) -> bool:
    """Tell a sentence on several of the patients at once: "both patients", "두 환자"."""
    return load_several().plural.found(folded)

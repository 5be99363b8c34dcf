"""CodeableConcepts and strings in both languages.

Text is English; its Korean stands in the translation extension, and the printed words, where they differ
from the text, in originalText. The author's own Korean wins over ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from converter.fhir import words
from converter.fhir.codes import LATERALITY, Term, coding
from converter.fhir.context import Element, pack
from converter.model import Code, Concept, Fact, FactKind, Phrase, Site
from converter.phrases import compose
from converter.text import HANGUL

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ORIGINAL = "http://hl7.org/fhir/StructureDefinition/originalText"
ABSENT_REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

WORD = re.compile(r"\w+")
ABBREVIATION = re.compile(r"\b[A-Z]{2,}")

PHRASES = frozenset(
    {
        FactKind.CONDITION,
        FactKind.FINDING,
        FactKind.PROCEDURE,
        FactKind.STUDY,
        FactKind.TEST,
        FactKind.OUTCOME,
        FactKind.PLAN,
        FactKind.SOCIAL,
        FactKind.RELATIVE,
    }
)
"""Kinds whose printed name may say more than the concept it is coded with."""


def translation(korean: str) -> Element:
    """Make the extension that gives a string's Korean."""
    return {
        "url": TRANSLATION,
        "extension": [{"url": "lang", "valueCode": "ko"}, {"url": "content", "valueString": korean}],
    }


def original(words: str) -> Element:
    """Make the extension that keeps the printed words."""
    return {"url": ORIGINAL, "valueString": words}


def kept(printed: str, text: str) -> list[Element]:
    """Keep the printed words where they are not the text, upper and lower case aside."""
    return [original(printed)] if printed and printed.casefold() != text.casefold() else []


def absent(reason: str) -> Element:
    """Make the extension that says why a value is missing: masked or unknown."""
    return {"url": ABSENT_REASON, "valueCode": reason}


def primitive(name: str, value: Any, extensions: Sequence[Element] = ()) -> dict[str, Any]:
    """Make a primitive element with its extensions beside it; either may be missing."""
    made = {} if value is None or value == "" else {name: value}
    return {**made, f"_{name}": {"extension": list(extensions)}} if extensions else made


def label(english: str, korean: str = "", more: Sequence[Element] = ()) -> dict[str, Any]:
    """Make ``text`` with its Korean."""
    same = korean in ("", english)
    return primitive("text", english, [*([] if same else [translation(korean)]), *more])


def term(known: Term, extensions: Sequence[Element] = (), words: str = "") -> Element:
    """Make a CodeableConcept of a term of ours, with the words it was read from."""
    return {
        **pack(
            extension=[*kept(words, known.en), *extensions],
            coding=[coding(*known[:3])] if known.code else None,
        ),
        **label(known.en, known.ko),
    }


def codings(known: Iterable[Code]) -> list[Element]:
    """Make the codings of a concept's verified codes."""
    return [coding(code.system, code.code, code.display, code.version) for code in known]


def of_concept(
    concept: Concept | None,
    printed: str = "",
    extensions: Sequence[Element] = (),
    phrase: bool = False,
) -> Element:
    """Make a CodeableConcept of a concept and its printed name, either of which may be missing.

    With ``phrase`` a printed name of more words than the concept's is kept as the text.
    """
    english, korean = labels(concept, printed, phrase)
    return {
        **pack(
            extension=[*kept(printed, english), *extensions],
            coding=codings(concept.codes) if concept else None,
        ),
        **label(english, korean),
    }


def of_fact(fact: Fact, extensions: Sequence[Element] = ()) -> Element:
    """Make the CodeableConcept that names a fact."""
    return of_concept(fact.concept, fact.name, extensions, fact.kind in PHRASES)


def labels(concept: Concept | None, printed: str, phrase: bool = False) -> tuple[str, str]:
    """Choose the English text and its Korean; the Korean is empty where it cannot be said.

    A phrase keeps the author's words ("renal failure", not "kidney failure"), but no bare abbreviation.
    """
    if HANGUL.search(printed):
        return (concept.en, printed) if concept else (printed, printed)
    if concept is None or not concept.ko:  # not in our tables, though the user's own terms may code it
        return printed, composed(printed)
    if phrase and _says_more(printed, concept.en):
        return printed, composed(printed)
    korean = concept.reading or concept.ko
    named = not phrase or not printed or ABBREVIATION.search(printed)
    return (concept.en if named or printed.casefold() == concept.en.casefold() else printed), korean


def names(fact: Fact) -> tuple[str, str]:
    """Give a fact's labels, English and Korean."""
    return labels(fact.concept, fact.name, fact.kind in PHRASES)


def is_composed(fact: Fact) -> bool:
    """Tell whether the program composed Korean of a fact: of its name, a site, a caption."""
    phrase = fact.kind in PHRASES
    named = [(fact.concept, fact.name, phrase), *((site.concept, site.text, True) for site in fact.sites)]
    if fact.caption:
        named.append((None, fact.caption.text, False))
    return any(_is_free(*words) and composed(words[1]) for words in named)


def _is_free(concept: Concept | None, printed: str, phrase: bool) -> bool:
    """Tell whether the Korean of a printed name, and not of a concept, is what is shown."""
    if HANGUL.search(printed):
        return False
    return concept is None or not concept.ko or (phrase and _says_more(printed, concept.en))


def _says_more(printed: str, english: str) -> bool:
    return len(WORD.findall(printed)) > len(WORD.findall(english))


@lru_cache(maxsize=4096)
def composed(phrase: str) -> str:
    """Compose a phrase's Korean by the grammar of findings; empty where some word of it is unknown."""
    found = compose(phrase)
    return found.text if found.complete else ""


def clause(fact: Fact) -> str:
    """Give a fact's Korean as a clause takes it, its site before it; the plain name where it has none."""
    korean = names(fact)[1]
    if not korean or korean != composed(fact.name):
        return korean
    return compose(fact.name).clause


def said(phrase: Phrase, extensions: Sequence[Element] = ()) -> Element:
    """Make a CodeableConcept of the author's own words, as of certainty or refusal."""
    korean = words.said(phrase.text) or composed(phrase.text)
    return {**pack(extension=list(extensions)), **label(phrase.text, korean)}


def site_labels(site: Site) -> tuple[str, str]:
    """Give a site's labels: the noun for a mere adjective (renal: kidney), else the words that say more."""
    more = site.concept is not None and _says_more(site.text, site.concept.en)
    return labels(site.concept, site.text, phrase=more)


def uncapped(words: str) -> str:
    """Write the first letter small, but for an abbreviation.

    >>> uncapped("Lung"), uncapped("LV apex")
    ('lung', 'LV apex')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def of_site(site: Site, extensions: Sequence[Element] = ()) -> Element:
    """Make a body site; the side stands in the text, as R4's body sites have no element for it."""
    english, korean = site_labels(site)
    side = site.laterality
    if side and not re.search(rf"\b{side}|\bboth\b", english, re.IGNORECASE):
        english = f"{side} {uncapped(english)}"
    ko_side = LATERALITY.get(side, "")
    if korean and ko_side and not re.search("좌|우|양측|왼|오른|양쪽", korean):
        korean = f"{ko_side} {korean}"
    return {
        **pack(
            extension=[*kept(site.text, english), *extensions],
            coding=codings(site.concept.codes) if site.concept else None,
        ),
        **label(english, korean),
    }

"""Say whether a document is a case report in a language that is read here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.issues import Issue
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind
from converter.sections.cues import HANGUL, LATIN, Cues, amount
from converter.sections.remarks import AGE, PERSON, PRONOUN, announced
from converter.text import fold, sentence_ranges

WORD = re.compile(r"[^\W\d_]+")
ENGLISH = frozenset({"the", "of", "and", "with", "was", "is", "were", "for", "by", "this", "from"})
FOREIGN = frozenset(
    {
        "de",
        "la",
        "el",
        "los",
        "las",
        "que",
        "con",
        "por",
        "una",
        "del",
        "der",
        "und",
        "mit",
        "den",
        "ein",
        "eine",
        "im",
    }
    | {
        "le",
        "les",
        "et",
        "des",
        "du",
        "est",
        "une",
        "dans",
        "il",
        "di",
        "che",
        "per",
        "em",
        "uma",
        "do",
        "da",
        "com",
    }
    | {
        "het",
        "een",
        "van",
        "och",
        "att",
        "som",
        "og",
        "av",
        "nie",
        "na",
        "się",
        "jest",
        "ve",
        "bir",
        "yang",
        "dan",
    }
)
"""Frequent words of other languages in Latin script."""
OTHER = re.compile("[\u0370-\u10ff\u1200-\u1dff\u3040-\u30ff\u3400-\u9fff]+")
"""Letters of scripts that are neither Latin nor Hangul."""

ENOUGH = 40
"""Words below which a text is too short to judge its language or its kind."""
LONG = 250
OTHER_ARTICLES = frozenset(
    {
        "correction",
        "retraction",
        "editorial",
        "review-article",
        "systematic-review",
        "meeting-report",
        "book-review",
    }
    | {"obituary", "announcement", "news", "addendum", "expression-of-concern"}
)
"""JATS article types that tell of no patient."""
TEACHING = frozenset({SectionKind.PATIENT_DATA, SectionKind.FINDINGS, SectionKind.DIAGNOSIS})
"""Parts of a teaching case's page, which tells of one patient even where it gives no age."""
ANIMAL_AGE = 60
"""Characters after an age in which the animal is looked for."""


def admit(document: Document, sections: tuple[Section, ...], cues: Cues) -> Iterator[Issue]:
    """Give the fatal issues DOC004 (language) and DOC005 (no case), by cautious rules."""
    folded = fold(document.text)
    words = WORD.findall(folded)
    if not _language(document.text, words):
        yield Issue.of("DOC004", source=document.name)
    elif _veterinary(document, sections, cues):
        yield Issue.of("DOC005", "the patient is an animal", source=document.name)
    elif len(words) >= LONG and not _case(document, sections, folded, cues):
        yield Issue.of("DOC005", source=document.name)


def _language(text: str, words: list[str]) -> bool:
    hangul, latin, other = (amount(script, text) for script in (HANGUL, LATIN, OTHER))
    if hangul + latin < other:
        return False
    if hangul * 10 > hangul + latin or len(words) < ENOUGH:
        return True
    foreign = sum(1 for w in words if w in FOREIGN)
    return foreign * 100 < 8 * len(words) or foreign < 2 * sum(1 for w in words if w in ENGLISH)


def _patient_text(document: Document, sections: tuple[Section, ...]) -> str:
    kinds = PATIENT_SECTIONS - {SectionKind.FIGURE, SectionKind.TITLE}
    parts = [document.text[s.start : s.end] for x in sections if x.kind in kinds for s in x.spans]
    return fold("\n".join(parts))


def _title(document: Document, sections: tuple[Section, ...]) -> str:
    return fold(
        " ".join(
            document.text[s.start : s.end] for x in sections if x.kind is SectionKind.TITLE for s in x.spans
        )
    )


def _veterinary(document: Document, sections: tuple[Section, ...], cues: Cues) -> bool:
    """Tell a patient that is an animal: its kind follows the first ages or stands in the title."""
    body = _patient_text(document, sections)
    ages = [body[m.start() : m.end() + ANIMAL_AGE] for m in AGE.finditer(body)][:3]
    animals = sum(1 for a in ages if cues.animal.found(a) and not _human(a, cues))
    humans = sum(1 for a in ages if _human(a, cues))
    titled = cues.animal.found(_title(document, sections))
    named = cues.animal.count(body) >= 3
    return (animals > humans and (titled or named)) or (titled and named and not humans)


def _human(words: str, cues: Cues) -> bool:
    """Tell a person; "female" and "patient" are said of animals too."""
    found = {m.group() for m in cues.person.finditer(words)} - {"male", "female", "patient"}
    return bool(found)


def _case(document: Document, sections: tuple[Section, ...], folded: str, cues: Cues) -> bool:
    """Weigh the signs of one patient's story against those of a study of many."""
    kind = dict(document.fields).get("article-type", "")
    if kind in OTHER_ARTICLES:
        return False
    if any(s.kind in TEACHING for s in sections) or kind == "case-report":
        return True
    body = _patient_text(document, sections)
    titled = cues.case.found(_title(document, sections))
    ages = [
        m
        for m in AGE.finditer(body)
        if cues.person.search(body[max(0, m.start() - 40) : m.end() + ANIMAL_AGE])
    ]
    story = len(PRONOUN.findall(body)) + 4 * len(ages) + 2 * len(PERSON.findall(body))
    story += 3 * sum(1 for s, e in sentence_ranges(folded) if announced(folded[s:e], cues))
    words = max(1, len(WORD.findall(folded)))
    study = cues.study.count(folded)
    named = titled or cues.case.found(folded[:3000])
    if named and (words < 2 * LONG or story * 1000 >= (1 if titled else 3) * words):
        return True
    if not ages and story < 3:
        return False
    return story * 1000 >= 2 * words and (study * 2 <= story or story * 1000 >= 12 * words)

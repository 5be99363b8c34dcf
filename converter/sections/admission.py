"""Say whether a document is a case report in a language that is read here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from converter.issues import Issue
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind
from converter.sections.cues import HANGUL, LATIN, Cues, amount, load_cues
from converter.sections.remarks import AGE, PERSON, PRONOUN, RESULT, announced
from converter.sections.signs import (
    AGED,
    FEW,
    GROUP,
    HUMAN,
    KEPT,
    MANY,
    NOTICE,
    ONE,
    OTHER_ARTICLES,
    OUR_FEW,
    READER,
    REPORTED,
    SURVEY,
    WORDED,
)
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
"""Words below which a text is too short to judge its language."""
LONG = 250
"""Words from which the story's share of a text is weighed; a shorter one has too few words for shares."""
EMPTY = 12
"""Words of case, abstract, figures, introduction and discussion below which a page is all front."""
TEACHING = frozenset({SectionKind.PATIENT_DATA, SectionKind.FINDINGS, SectionKind.DIAGNOSIS})
"""Parts of a teaching case's page, which tells of one patient even where it gives no age."""
TOLD = frozenset(
    {SectionKind.CASE, SectionKind.ABSTRACT, SectionKind.INTRODUCTION, SectionKind.DISCUSSION}
    | {SectionKind.FIGURE}
    | TEACHING
)
ANIMAL_AGE = 60
"""Characters after an age in which the animal is looked for."""


def admit(document: Document, sections: tuple[Section, ...], cues: Cues) -> Iterator[Issue]:
    """Give the fatal issues DOC004 (language) and DOC005 (no case, with the reason), by cautious rules."""
    whole = fold(document.text)
    folded = "\n".join(line for line in whole.split("\n") if " | " not in line)  # a table tells no story
    words = WORD.findall(whole)
    if not _language(document.text, words):
        yield Issue.of("DOC004", source=document.name)
        return
    told = len(words) if folded == whole else len(WORD.findall(folded))
    if reason := _refused(document, sections, folded, told, cues):
        yield Issue.of("DOC005", f"not a case report: {reason}", source=document.name)


def _refused(document: Document, sections: tuple[Section, ...], folded: str, words: int, cues: Cues) -> str:
    """Give the reason why a text is no case report of a human being; empty where it may be one."""
    kind = dict(document.fields).get("article-type", "")
    title = _title(document, sections) or folded.strip().split("\n", 1)[0][:300]
    if kind in OTHER_ARTICLES:
        return OTHER_ARTICLES[kind]
    if NOTICE.match(title.strip()) or NOTICE.match(folded.strip()):
        return "a correction or retraction of another article"
    if _veterinary(document, sections, cues):
        return "the patient is an animal"
    if kind == "case-report" or any(s.kind in TEACHING for s in sections):
        return "" if _amount(document, sections) else "nothing but a front page"
    body = _patient_text(document, sections)
    marked = document.hints or document.fields
    if marked and _amount(document, sections) < EMPTY and not _story(body, cues):
        return "nothing but a front page"
    if words >= LONG:
        return "" if _case(document, sections, folded, words, cues) else _why(title, folded, cues)
    story = _story(body, cues)
    study = _study(title, folded, cues)
    named = cues.case.found(title) or REPORTED.search(folded) is not None
    return _why(title, folded, cues) if study >= 2 and story < study and not named else ""


def _why(title: str, folded: str, cues: Cues) -> str:
    if SURVEY.search(title) and not re.search(r"\b(?:study|trial)\b", title):
        return "a review, a guideline or the like"
    if cues.study.count(folded) + len(MANY.findall(folded)) >= 2:
        return "a study of many patients"
    return "no patient is told of"


def _amount(document: Document, sections: tuple[Section, ...]) -> int:
    """Count the words outside titles, names, references and furniture."""
    parts = (document.text[s.start : s.end] for x in sections if x.kind in TOLD for s in x.spans)
    return sum(len(WORD.findall(part)) for part in parts)


def _study(title: str, folded: str, cues: Cues) -> int:
    """Weigh the signs of a study, a review or a guideline."""
    return cues.study.count(folded) + min(3, len(MANY.findall(folded))) + 2 * bool(SURVEY.search(title))


@lru_cache(maxsize=8)
def _people(body: str) -> int:
    """Weigh the words for one patient, ages in numbers aside."""
    worded = [m for m in AGED.finditer(body) if WORDED.search(body, max(0, m.start() - 30), m.start())]
    brought_in = len(worded) + len(ONE.findall(body))
    return len(PRONOUN.findall(body)) + 2 * len(PERSON.findall(body)) + 4 * brought_in


@lru_cache(maxsize=8)
def _ages(body: str) -> tuple[re.Match[str], ...]:
    return tuple(AGE.finditer(body))


@lru_cache(maxsize=8)
def _story(body: str, cues: Cues) -> int:
    """Weigh the signs of one patient's story, or a few patients'."""
    found = _people(body) + 4 * sum(1 for m in _ages(body) if _single(body, m, cues))
    few = min(2, len(FEW.findall(body)) + len(OUR_FEW.findall(body)))
    return found + 2 * few + 3 * sum(1 for s, e in sentence_ranges(body) if announced(body[s:e], cues))


def _single(body: str, age: re.Match[str], cues: Cues) -> bool:
    """Tell one human being's age from the mean or the limit of a group's."""
    near = body[max(0, age.start() - 40) : age.end() + ANIMAL_AGE]
    return cues.person.search(near) is not None and GROUP.search(near) is None


def tells(document: Document, sections: tuple[Section, ...], aged: bool, clinical: int) -> bool:
    """Tell whether a text with an age or sex, or so many clinical facts, tells of a patient."""
    if any(s.kind in TEACHING for s in sections):
        return aged or clinical > 0
    body = _patient_text(document, sections)
    if _people(body) or _story(body, load_cues()):
        return aged or clinical > 0
    if len(READER.findall(body)) > 1:
        return False
    return aged or (clinical >= 3 and RESULT.search(body) is not None)


def _language(text: str, words: list[str]) -> bool:
    hangul, other = amount(HANGUL, text), amount(OTHER, text)
    latin = amount(LATIN, text) if hangul or other else len(words)
    if hangul + latin < other:
        return False
    if hangul * 10 > hangul + latin or len(words) < ENOUGH:
        return True
    foreign = sum(map(FOREIGN.__contains__, words))
    return foreign * 100 < 8 * len(words) or foreign < 2 * sum(map(ENGLISH.__contains__, words))


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
    """Tell a patient that is an animal: its kind follows the first ages, stands in the title or often.

    Owners' bites and barns are told of people too: what is said of a human being weighs against it.
    """
    body, title = _patient_text(document, sections), _title(document, sections)
    ages = [body[m.start() : m.end() + ANIMAL_AGE] for m in _ages(body)[:3]]
    animals = sum(1 for a in ages if (cues.animal.found(a) or KEPT.search(a)) and not _human(a, cues))
    humans = sum(1 for a in ages if _human(a, cues))
    titled = cues.animal.found(title) or KEPT.search(title) is not None
    named = min(3, cues.animal.count(body)) + min(4, 2 * len(KEPT.findall(body)))
    signs = 3 * animals + 2 * titled + named
    if signs < 4 or not (titled or animals > humans or named >= 3):
        return False
    return signs > 2 * (3 * humans + len(HUMAN.findall(body)))


def _human(words: str, cues: Cues) -> bool:
    """Tell a person; "female" and "patient" are said of animals too."""
    found = {m.group() for m in cues.person.finditer(words)} - {"male", "female", "patient"}
    return bool(found)


def _case(document: Document, sections: tuple[Section, ...], folded: str, words: int, cues: Cues) -> bool:
    """Weigh the signs of one patient's story against those of a study of many."""
    body = _patient_text(document, sections)
    titled = cues.case.found(_title(document, sections))
    ages = [m for m in _ages(body) if cues.person.search(body[max(0, m.start() - 40) : m.end() + ANIMAL_AGE])]
    study = cues.study.count(folded)
    named = titled or cues.case.found(folded[:3000]) or REPORTED.search(folded[:3000]) is not None

    def enough(story: int) -> bool:
        if named and (words < 2 * LONG or story * 1000 >= (1 if titled else 3) * words):
            return True
        if not ages and story < 3:
            return False
        return story * 1000 >= 2 * words and (study * 2 <= story or story * 1000 >= 12 * words)

    story = _people(body) + 4 * len(ages)  # mostly enough already
    return enough(story) or enough(
        story + 3 * sum(1 for s, e in sentence_ranges(folded) if announced(folded[s:e], cues))
    )

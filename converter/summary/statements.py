"""Findings as short sentences: what was shown, what was not, what was measured, in the report's register."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from converter.fhir import codes
from converter.model import Assertion
from converter.phrases import certainty_word, compose, label, labels
from converter.summary import values
from converter.summary.model import Said
from converter.summary.source import EMPTY, Element, code, english, kind, original, text
from converter.summary.wording import detailed, listed, sentence

PRESENCE = {
    codes.PRESENCE[assertion].en: manner
    for assertion, manner in (
        (Assertion.PRESENT, "present"),
        (Assertion.ABSENT, "absent"),
        (Assertion.RESOLVED, "resolved"),
        (Assertion.HISTORICAL, "past"),
        (Assertion.PROBABLE, "probable"),
        (Assertion.POSSIBLE, "possible"),
        (Assertion.DIFFERENTIAL, "differential"),
    )
}
TRUTH: dict[object, str] = {True: "present", False: "absent"}
VERIFICATION = {
    "provisional": "probable",
    "unconfirmed": "possible",
    "differential": "differential",
    "refuted": "absent",
}
CHANGED = tuple(
    (re.compile(cues, re.IGNORECASE), change)
    for cues, change in (
        (r"^new(?:ly)?\b|새로", "new"),
        (r"no (?:\w+ )?change|unchanged|not? changed|stable|same as before|변화 ?없", "unchanged"),
        (r"improv|호전", "improved"),
        (r"worse|progress|aggravat|악화", "worse"),
        (r"recur|재발", "recurrent"),
    )
)
"""Words of a result that say how it changed."""
SEEN = frozenset({"imaging", "procedure"})
ALONE = frozenset({"value", "word", "organism"})
"""Manners whose statements stand alone; the others make lists: A, B and C."""
NEITHER = frozenset({"absent", "not-grown"})
"""Manners whose lists are of what is neither there nor there."""
FRAMES = {
    "present": "summary.there",
    "held": "finding.present",
    "recovered": "summary.recovered",
    "seen": "finding.present_full",
    "past": "finding.historical",
    "not-done": "finding.not_done",
    "not-grown": "summary.not_grown",
    "value": "finding.measured",
    "word": "summary.word",
}
"""Label of each manner whose label is not finding.MANNER."""


NOTHING = Said("")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing found, before it is put into a sentence with its neighbours."""

    manner: str
    what: Said
    value: Said = NOTHING
    flag: str = ""

    @property
    def complete(self) -> bool:
        """Tell whether every word stands in the language."""
        return self.what.complete and self.value.complete


def statement(resource: Element, language: str) -> Statement:
    """State an Observation or a Condition."""
    if kind(resource) == "Condition":
        name = _severe(clause(resource, language), resource.get("severity"), language)
        return Statement(_manner_of_condition(resource), name)
    concept = resource.get("valueCodeableConcept")
    grown = "specimen" in resource or "배양" in english(resource.get("method"))
    if grown and concept is not None and english(concept) not in PRESENCE:
        return Statement("organism", text(concept, language), _culture(resource, language))
    manner = PRESENCE.get(english(concept)) if concept else TRUTH.get(resource.get("valueBoolean"))
    if resource.get("dataAbsentReason"):
        manner = "not-done" if code(resource["dataAbsentReason"]) == "not-performed" else "present"
    concept = concept or EMPTY
    if (change := _change(_words(concept) or str(resource.get("valueString", "")))) and manner is None:
        return Statement(change, text(resource.get("code"), language))
    if manner is None:
        return _measured(resource, language)
    if manner == "probable" and believed(_words(concept)):
        return Statement("authors_view", text(resource.get("code"), language))
    return _qualified(_seen(resource, manner), resource, language)


def _qualified(manner: str, resource: Element, language: str) -> Statement:
    """Add what the report remarks of a finding: that it is new, unchanged, severe."""
    what = clause(resource, language)
    for remark in resource.get("interpretation", ()):
        if remark.get("coding"):
            continue
        change = _change(_words(remark))
        if change and manner in ("present", "seen"):
            manner, what = change, text(resource.get("code"), language) if change != "new" else what
        elif english(remark).casefold() in codes.SEVERITY:
            what = _severe(what, remark, language)
        elif not change:
            what = Said(detailed(what.text, text(remark, language).text, language), what.complete)
    return Statement(manner, what)


def _severe(what: Said, severity: Element | None, language: str) -> Said:
    """Put a severity before a name that does not say it."""
    degree = text(severity, language)
    if not degree.text or degree.text.casefold() in what.text.casefold():
        return what
    said = label(language, "finding.with_severity", severity=degree.text, finding=what.text)
    return Said(said, what.complete and degree.complete)


def believed(words: str) -> bool:
    """Tell the authors' own opinion from what a study suggests.

    >>> believed("We believe"), believed("suggestive of")
    (True, False)
    """
    table = labels("en")
    return certainty_word(words, "en") in (table["certainty.believed"], table["certainty.speculated"])


def _words(concept: Element) -> str:
    return original(concept) or english(concept)


def _change(words: str) -> str:
    """Tell a change since an earlier study by the report's own words."""
    return next((change for cues, change in CHANGED if cues.search(words)), "") if words else ""


def _culture(resource: Element, language: str) -> Said:
    method = resource.get("method")
    return text(method, language) if method else text(resource.get("code"), language)


def _manner_of_condition(condition: Element) -> str:
    status = condition.get("verificationStatus", EMPTY)
    told = VERIFICATION.get(code(status))
    if told == "probable" and believed(english(status)):
        return "authors_view"
    state = {"resolved": "recovered", "inactive": "past"}.get(code(condition.get("clinicalStatus")))
    return told or state or "held"


def _seen(resource: Element, manner: str) -> str:
    """Tell a finding that is seen on a study from one that is there."""
    if manner != "present":
        return manner
    return "seen" if code((resource.get("category") or [EMPTY])[0]) in SEEN else manner


def _measured(resource: Element, language: str) -> Statement:
    found = values.value(resource, language)
    flag = values.flag(resource, language)
    name = text(resource.get("code"), language)
    if not found.text and flag:
        found = Said(flag)
    if not found.text:
        return Statement("held", name)
    worded = "valueCodeableConcept" in resource or "valueString" in resource
    arrow = "" if worded or flag == found.text else flag
    return Statement("word" if worded else "value", name, found, arrow)


def clause(resource: Element, language: str) -> Said:
    """Name a finding as a clause takes it: its place with 에."""
    name = text(resource.get("code"), language)
    if language != "ko" or not name.complete:
        return name
    printed = english(resource.get("code"))
    made = compose(printed) if printed else None
    return Said(made.clause or name.text) if made and made.complete and made.text == name.text else name


def sentences(statements: Iterable[Statement], language: str) -> tuple[str, ...]:
    """Write statements as sentences; neighbours of one manner share one."""
    made: list[str] = []
    predicates = tuple(labels(language)["summary.predicates"].split("|"))
    told = [_finished(one, predicates) for one in distinct(statements)]
    for manner, group in groupby(told, key=lambda one: one.manner):
        run = list(group)
        parts = (
            [_alone(one, language) for one in run] if manner in ALONE else [_shared(run, manner, language)]
        )
        made += [sentence(part) for part in parts if part]
    return tuple(made)


def _finished(one: Statement, predicates: tuple[str, ...]) -> Statement:
    """Leave a phrase that already ends in a predicate (압통 있음) without a second one."""
    ends = one.what.text.endswith(predicates) and one.manner in ("present", "seen")
    return replace(one, manner="held") if ends else one


def distinct(statements: Iterable[Statement]) -> list[Statement]:
    """Leave out what is said twice, and a bare noun that a longer phrase of the same manner says again.

    "Mass" beside "mass of the left atrium" is the same mass named shortly.
    """
    told = list(dict.fromkeys(statements))
    return [one for one in told if not any(_is_within(one, other) for other in told)]


def _is_within(one: Statement, other: Statement) -> bool:
    """Tell whether a one-word phrase is a word of a longer one."""
    short, long = one.what.text, other.what.text
    alike = one.manner == other.manner and one.manner not in ALONE
    return alike and short != long and " " not in short and short in long.split()


def _shared(run: Sequence[Statement], manner: str, language: str) -> str:
    joint = "summary.list_or" if manner in NEITHER else "document.and"
    words = listed([one.what.text for one in run], language, joint)
    return label(language, _frame(manner, language), finding=words, clause=words)


def _frame(manner: str, language: str) -> str:
    own = FRAMES.get(manner, f"finding.{manner}")
    return own if own in labels(language) else "finding.present_full"


def _alone(one: Statement, language: str) -> str:
    if one.manner == "organism":
        return label(language, "organism.grown", organism=one.what.text, specimen=one.value.text)
    made = label(language, _frame(one.manner, language), name=one.what.text, value=one.value.text)
    return label(language, "summary.flagged", what=made, flag=one.flag) if one.flag else made

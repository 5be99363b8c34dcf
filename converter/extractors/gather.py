"""Run the extractors over the annotated sentences and link what was found to the study that showed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from converter.extractors import korean
from converter.extractors.annotate import Annotated, annotate
from converter.extractors.course import admissions, habits, outcomes, plans, relatives
from converter.extractors.cultures import cultures
from converter.extractors.headlines import SHOWN, diagnoses, figures
from converter.extractors.lexicon import rows_found
from converter.extractors.measurements import measurements
from converter.extractors.normality import normal
from converter.extractors.patient import age, sex
from converter.extractors.place import overlaps, phrase
from converter.extractors.problems import COMPLAINT, problems
from converter.extractors.procedures import procedures
from converter.extractors.sieve import rare
from converter.extractors.studies import studies
from converter.extractors.tables import tabled
from converter.extractors.treatments import medications
from converter.extractors.worded import words
from converter.model import (
    PATIENT_SECTIONS,
    Assertion,
    Document,
    FactKind,
    Mention,
    Quantity,
    Section,
    SectionKind,
    Time,
    Words,
)
from converter.text import hangul

REPORTED = re.compile(
    r"\b(?:show\w*|reveal\w*|demonstrat\w*|depict\w*|disclos\w*|confirm\w*|detect\w*|display\w*|indicat\w*|exhibit\w*|suggest\w*|identif\w*|not\w*|was|were|found|present\w*|with|consistent|and)\b|:|보|관찰|확인"
)
ON_STUDY = re.compile(
    r"\b(?:on|in|by|at|using|via|during|with|from)\s+(?:the |a |an |his |her |covered |initial |subsequent |follow-?up |repeat |axial |coronal |sagittal |\w+-?enhanced |\w+ ){0,4}$|에서\s*$"
)
ELSEWHERE = rare(
    r"\b(?:laborator\w+|blood tests?|white blood|physical examination|on examination|was (?:treated|started|given|administered|discharged|transferred|admitted)|received|underwent|surgery|operation|medical history|family history|complain\w*|auscultation|serum|microscop\w*|histolog\w*|patholog\w*|biops\w+|immunohisto\w*)\b|검사실|수술|치료"
)
SCENIC = frozenset({FactKind.FINDING, FactKind.MEASUREMENT, FactKind.ORGANISM, FactKind.TEST})
SCENE = 5
"""Sentences for which an opening time holds."""
CULTURED = re.compile(r"cultur|배양", re.IGNORECASE)
DESCRIBING = frozenset({SectionKind.FINDINGS, SectionKind.FIGURE})
"""Sections that describe a study from end to end."""
WORTH = 6
"""Sentences that a study's description may run on outside a findings section."""


def _plain(an: Annotated) -> list[Mention]:
    """Mentions of one sentence, each place taken once, links not yet set."""
    results = list(measurements(an))
    named = problems(an)
    results += [w for w in words(an, results) if not any(_says_more(p, w) for p in named)]
    done = list(studies(an))
    given = list(medications(an))
    given = [g for g in given if g.fact.dosage or not any(_is_value_of(g, r) for r in results)]
    results = [r for r in results if r.fact.concept or not any(_is_dose_of(g, r) for g in given)]
    grown = list(cultures(an))
    views = rows_found("sequences", an.text, an.folded) if named else ()
    found = [p for p in named if not any(overlaps(p.start, p.end, v.start, v.end) for v in views)]
    found = [p for p in found if not _named_by(p, [*results, *grown, *done, *given])]
    ended = outcomes(an)
    found = [p for p in found if not _named_by(p, ended)]
    kept = [
        p
        for p in found
        if p.fact.assertion not in (Assertion.FAMILY, Assertion.OTHER, Assertion.HYPOTHETICAL)
    ]
    fine = [n for n in normal(an, tuple(kept)) if not _named_by(n, [*results, *done])]
    operated = [
        p
        for p in procedures(an)
        if not (grown and p.fact.kind is FactKind.TEST and CULTURED.search(p.fact.name))
    ]
    operated = [p for p in operated if not _named_by(p, [*done, *results, *grown, *ended])]
    operated = [p for p in operated if not any(g.start <= p.start and p.end <= g.end for g in given)]
    rest = [*admissions(an), *ended, *plans(an), *relatives(an, tuple(found)), *habits(an)]
    return [*done, *results, *grown, *kept, *fine, *given, *operated, *rest]


def _is_dose_of(given: Mention, result: Mention) -> bool:
    """Tell a drug with its dose from a test with its value."""
    return given.fact.dosage is not None and overlaps(given.start, given.end, result.start, result.end)


def _is_value_of(given: Mention, result: Mention) -> bool:
    """Tell a hormone or drug whose level is told from one that was given."""
    value = result.fact.value
    return isinstance(value, Quantity) and overlaps(given.start, given.end, result.start, result.end)


def _says_more(problem: Mention, result: Mention) -> bool:
    """A table's problem that holds a test's name and its word ("low blood pressure") is more than both."""
    longer = problem.end - problem.start > result.end - result.start
    return (
        problem.fact.concept is not None
        and longer
        and overlaps(problem.start, problem.end, result.start, result.end)
    )


def _named_by(item: Mention, others: Sequence[Mention]) -> bool:
    return any(overlaps(item.start, item.end, o.start, o.end) and _owns(o, item) for o in others)


def _owns(owner: Mention, item: Mention) -> bool:
    """A lesion keeps its own mention beside its size; a test's name or a state bound to a value does not."""
    if owner.fact.kind is FactKind.MEASUREMENT and (
        owner.fact.name.endswith((" size", " 크기"))
        or (item.fact.concept and isinstance(owner.fact.value, Quantity))
    ):
        return False
    return not (
        owner.fact.kind is FactKind.ORGANISM
        and item.fact.kind is FactKind.CONDITION
        and item.end - item.start > owner.end - owner.start + 3
    )


def _study_of(an: Annotated, item: Mention, done: Sequence[tuple[int, Mention]]) -> int:
    """Give the study of the same sentence that showed a finding, -1 if none did."""
    before = [(i, s) for i, s in done if s.end <= item.start]
    after = [(i, s) for i, s in done if s.start >= item.end]
    for i, s in after:
        between = an.folded[item.end : s.start]
        if (
            ON_STUDY.search(between)
            and "," not in between.rstrip()[-8:]
            and not (before and REPORTED.search(an.folded[before[-1][1].end : item.start]))
        ):
            return i
    if before and REPORTED.search(an.folded[before[-1][1].end : item.start]):
        return before[-1][0]
    if after and ON_STUDY.search(an.folded[: after[0][1].start]):
        return after[0][0]
    return before[-1][0] if before else -1


def _elsewhere(an: Annotated, held: Mention) -> list[Mention]:
    """Read "..., which was not seen on STUDY": the same finding, denied for that other study."""
    m = re.search(
        r",? (?:which|that) (?:was|were|had) not (?:been )?(?:seen|present|noted|visible|observed|evident|detected|found|identified)\b",
        an.folded,
    )
    if not m or held.end > m.start() or held.fact.kind not in SHOWN:
        return []
    not_seen = an.folded.index("not", m.start())
    words_ = phrase(an, not_seen, m.end())
    copy = replace(
        held.fact,
        assertion=Assertion.ABSENT,
        kind=FactKind.FINDING,
        certainty=words_,
        new=False,
        value=None,
        category="imaging",
        time=None,
    )
    return [replace(held, fact=copy)]


OTHER_SUBJECT = re.compile(
    r"(?:his|her|the (?:patient|infant|baby|child|boy|girl|newborn|neonate)'s|the (?:index |living |organ |kidney |liver )?) ?"
    r"(?:mother|father|wife|husband|brother|sister|donor|twin|son|daughter|grandmother|grandfather|aunt|uncle|parents)\b(?! (?:and|noticed|reported|noted|brought|denied|stated|said|described))"
)
TURN = rare(
    r"\b(?:the|our) (?:patient|infant|baby|child|newborn|neonate|recipient|boy|girl)\b(?!'s)|\bdelivered\b|\bgave birth\b|\bwas born\b|\bgestation\b"
)


def _new_paragraph(an: Annotated) -> bool:
    """Tell a sentence that opens a paragraph after one of several sentences; a line a sentence makes none."""
    text, start = an.sentence.view.text, an.sentence.start
    if text[start - 1 : start] != "\n":
        return False
    last = text.rfind("\n", 0, start - 1) + 1
    return len(re.findall(r"[.!?] ", text[last:start])) > 1


ANAPHORA = rare(
    r"\b(?:not|no longer) (?:show|reveal|demonstrate|depict|have)\w* (?:any of )?(?:these|this|such|the same) (?:finding|lesion|abnormalit|change)\w*|\b(?:these|this|such) (?:finding|lesion|abnormalit|change)\w* (?:was|were|is|are) not (?:seen|present|noted|visible|observed)"
)


class _Reader:
    """Walks the sentences in order; keeps the study whose description is being read."""

    def __init__(self, sex_of_patient: str, newborn: bool = False) -> None:
        self._newborn = newborn
        self.out: list[Mention] = []
        self._sex = sex_of_patient
        self._study = -1
        self._section = -1
        self._left = 0
        self._previous: list[int] = []
        self._when: Time | None = None
        self._another = False
        self._when_left = 0

    def read(self, an: Annotated) -> None:
        if self._of_another(an):
            self.out += [m for m in _plain(an) if m.fact.kind is FactKind.RELATIVE]
            return
        self._turn_page(an)
        items = [self._timed(m) for m in _plain(an)]
        self._keep_time(an)
        first = len(self.out)
        done = [(first + k, m) for k, m in enumerate(items) if m.fact.kind in (FactKind.STUDY,)]
        tests = [
            (first + k, m)
            for k, m in enumerate(items)
            if m.fact.kind is FactKind.TEST and m.fact.assertion is Assertion.PRESENT
        ]
        if not done and self._study >= 0 and an.section.kind not in DESCRIBING:
            away = tests or ELSEWHERE.search(an.folded) or COMPLAINT.search(an.folded)
            self._study = -1 if away else self._study
        shown: list[int] = []
        made = [d for d in done if d[1].fact.assertion in (Assertion.PRESENT, Assertion.PLANNED)]
        for k, item in enumerate(items):
            study = self._shown_by(an, item, made, tests)
            if item.fact.kind in SHOWN and item.fact.kind is not FactKind.MEASUREMENT and study >= 0:
                shown.append(first + k)
            self.out.append(item if study == item.shown_by else replace(item, shown_by=study))
        self._relative_clause(an, items, done)
        self._anaphora(an, done)
        self._keep_study(an, made)
        self._previous = shown or self._previous

    def _turn_page(self, an: Annotated) -> None:
        if an.sentence.section != self._section:
            self._section, self._study, self._left = an.sentence.section, -1, WORTH
            self._when, self._another = None, False
        elif _new_paragraph(an):
            self._when = None

    def _keep_study(self, an: Annotated, made: list[tuple[int, Mention]]) -> None:
        """The last study named is read on, for some sentences or, in a findings section, to its end."""
        if made:
            self._study, self._left = made[-1][0], WORTH
        elif self._study >= 0:
            self._add_sequences(an)
        self._left -= 1
        if self._left <= 0 and an.section.kind not in DESCRIBING:
            self._study = -1

    def _add_sequences(self, an: Annotated) -> None:
        """A sentence on the study being read may name one of its sequences."""
        study = self.out[self._study]
        found = rows_found("sequences", an.text, an.folded)
        if found and study.fact.imaging:
            seen = dict.fromkeys([*study.fact.imaging.sequences, *(f.concept for f in found)])
            imaging = replace(study.fact.imaging, sequences=tuple(seen))
            self.out[self._study] = replace(study, fact=replace(study.fact, imaging=imaging))

    def _of_another(self, an: Annotated) -> bool:
        """Tell a sentence whose subject is a relative or donor: nothing in it is the patient's."""
        subject = OTHER_SUBJECT.match(an.folded) or self._mother(an)
        pronoun = re.match(r"(?:(?P<female>she|her)|(?P<male>he|his))\b", an.folded)
        # "She" after the mother is the mother only where the patient is no woman
        again = self._another and pronoun is not None and pronoun.lastgroup != self._sex
        turned = TURN.search(an.folded) is not None
        self._another = (bool(subject) or again) and not turned
        return self._another

    def _mother(self, an: Annotated) -> re.Match[str] | None:
        """Tell a Korean sentence about the mother in a newborn's report; elsewhere 산모 is the patient."""
        return korean.OTHER.match(an.folded) if self._newborn else None

    def _keep_time(self, an: Annotated) -> None:
        """A sentence that opens with a time sets the scene for those that follow and name none."""
        self._when_left -= 1
        opening = next((w for w in an.times if not w.history and w.start < 4), None)
        if opening or self._when_left <= 0 or COMPLAINT.search(an.folded):
            exact = opening is not None and (opening.time.low is not None or bool(opening.time.date))
            if opening and hangul(an.folded) and opening.time.relation == "before":
                exact = False  # "2주 전부터 기침이 있었다" is told of the cough alone
            self._when = opening.time if opening and exact else None
            self._when_left = SCENE

    def _timed(self, m: Mention) -> Mention:
        if (
            self._when is None
            or m.fact.time is not None
            or m.fact.kind not in SCENIC
            or m.fact.assertion is Assertion.HISTORICAL
        ):
            return m
        return replace(m, fact=replace(m.fact, time=self._when))

    def _shown_by(
        self, an: Annotated, item: Mention, done: list[tuple[int, Mention]], tests: list[tuple[int, Mention]]
    ) -> int:
        fact = item.fact
        if fact.kind not in SHOWN or fact.category in ("laboratory", "vital-signs", "survey"):
            return -1
        if fact.kind is FactKind.CONDITION:
            return -1
        if done:
            return _study_of(an, item, done)
        if tests:
            before = [i for i, t in tests if t.end <= item.start]
            return (
                before[-1]
                if before
                and REPORTED.search(
                    an.folded[self.out[before[-1]].end if before[-1] < len(self.out) else 0 : item.start]
                )
                else -1
            )
        return self._study

    def _relative_clause(self, an: Annotated, items: list[Mention], done: list[tuple[int, Mention]]) -> None:
        later = [d for d in done if an.folded.find("not ", 0, d[1].start) > 0]
        if len(done) < 1 or not later:
            return
        for item in items:
            if item.fact.assertion is Assertion.PRESENT:
                for copy in _elsewhere(an, item):
                    if (copy.end < later[-1][1].start and item.fact.kind is FactKind.FINDING) or (
                        copy.fact.kind is FactKind.FINDING and item.fact.kind is FactKind.CONDITION
                    ):
                        self.out.append(replace(copy, shown_by=later[-1][0]))

    def _anaphora(self, an: Annotated, done: list[tuple[int, Mention]]) -> None:
        """Read "does not show these findings": what was just described, denied for this study."""
        m = ANAPHORA.search(an.folded) if done else None
        if not m:
            return
        for index in self._previous:
            old = self.out[index]
            fact = replace(
                old.fact,
                kind=FactKind.FINDING,
                assertion=Assertion.ABSENT,
                certainty=phrase(an, *m.span()),
                evidence=an.sentence.spans(*m.span()),
                new=False,
                value=None,
                time=None,
                sites=old.fact.sites,
            )
            self.out.append(
                Mention(fact, an.sentence.section, an.sentence.ordinal, m.start(), m.end(), done[-1][0])
            )


def extract(document: Document, sections: Sequence[Section], number: int = 0) -> tuple[Mention, ...]:
    """Read all mentions out of the patient's sections, in reading order, those of tables last.

    ``Mention.shown_by`` is an index into the returned tuple; ``number`` says which patient of a report of
    several is meant, for tables with a column a patient.
    """
    results, sections = tabled(document, sections, number)
    annotated = annotate(document, sections, PATIENT_SECTIONS)
    sexes = sex(annotated)
    newborn = any(korean.NEWBORN.search(an.folded) for an in annotated[:8])
    reader = _Reader(next((m.fact.value.code for m in sexes if isinstance(m.fact.value, Words)), ""), newborn)
    for an in annotated:
        reader.read(an)
    found = diagnoses(annotated, reader.out)
    found += figures(sections, annotated, found)
    return (*found, *age(annotated), *sexes, *results)

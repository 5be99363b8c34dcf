"""Repeats of one fact become one fact with several places."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from converter.extractors.lexicon import tokens
from converter.model import Assertion, Document, Fact, FactKind, Mention, Phrase, Section, Span, Value, Words
from converter.resolve.identity import (
    Group,
    exact,
    head_words,
    identity,
    printed,
    repeats_the_case,
    sites_agree,
    times_agree,
)
from converter.text import fold

T = TypeVar("T")
POSITIVE = frozenset({Assertion.PRESENT, Assertion.PROBABLE, Assertion.POSSIBLE, Assertion.RESOLVED})
RANK = (
    Assertion.PRESENT,
    Assertion.RESOLVED,
    Assertion.PROBABLE,
    Assertion.POSSIBLE,
    Assertion.DIFFERENTIAL,
    Assertion.HISTORICAL,
    Assertion.PLANNED,
    Assertion.NOT_DONE,
    Assertion.ABSENT,
    Assertion.HYPOTHETICAL,
    Assertion.FAMILY,
    Assertion.OTHER,
)


def _spans(group: Group) -> tuple[Span, ...]:
    return tuple(
        dict.fromkeys(
            s
            for _, m in sorted(group.mentions, key=lambda im: im[1].fact.evidence[0].start)
            for s in m.fact.evidence
        )
    )


def _first(group: Group, pick: Callable[[Fact], T | None]) -> T | None:
    return next((v for _, m in group.mentions if (v := pick(m.fact))), None)


def _value(group: Group) -> Value | None:
    """Give the first mention's value with every place where it is printed."""
    told = [m.fact.value for _, m in group.mentions if m.fact.value]
    if len(told) < 2 or any(type(v) is not type(told[0]) for v in told):
        return told[0] if told else None
    return replace(told[0], spans=tuple(dict.fromkeys(s for v in told for s in v.spans)))


def _assertion(group: Group) -> tuple[Assertion, Phrase | None]:
    """The strongest statement counts: what is said plainly once is not made doubtful by a repeat."""
    best = min((m for _, m in group.mentions), key=lambda m: RANK.index(m.fact.assertion))
    if (
        best.fact.assertion is Assertion.PRESENT
        and group.mentions[-1][1].fact.assertion is Assertion.RESOLVED
    ):
        best = group.mentions[-1][1]
    return best.fact.assertion, best.fact.certainty


def merge(group: Group, study: int | None) -> Fact:
    """Make one fact of a group: the first mention's words, completed by what later ones add."""
    if len(group.mentions) == 1:
        return _alone(group.first.fact, study)
    asserted, certainty = _assertion(group)
    timed = _first(group, lambda f: f.time if exact(f.time) else None)
    principal = next((m.fact.name for _, m in group.mentions if m.fact.principal), "")
    return replace(
        group.first.fact,
        name=principal or group.first.fact.name,
        evidence=_spans(group),
        assertion=asserted,
        certainty=certainty or group.first.fact.certainty,
        concept=_first(group, lambda f: f.concept),
        value=_value(group),
        components=_first(group, lambda f: f.components) or (),
        reference=_first(group, lambda f: f.reference),
        statistic=_first(group, lambda f: f.statistic),
        interpretation=_first(group, lambda f: f.interpretation) or "",
        sites=_first(group, lambda f: f.sites) or (),
        severity=_first(group, lambda f: f.severity),
        time=timed or _first(group, lambda f: f.time),
        dosage=_first(group, lambda f: f.dosage),
        specimen=_first(group, lambda f: f.specimen),
        specimen_words=_first(group, lambda f: f.specimen_words),
        presenting=any(m.fact.presenting for _, m in group.mentions),
        principal=any(m.fact.principal for _, m in group.mentions),
        new=any(m.fact.new for _, m in group.mentions),
        study=study,
    )


def _alone(fact: Fact, study: int | None) -> Fact:
    """Make the fact that one mention alone tells of; nothing is copied where nothing changes."""
    evidence = tuple(dict.fromkeys(fact.evidence))
    same = study == fact.study and evidence == fact.evidence
    return fact if same else replace(fact, evidence=evidence, study=study)


def _class(fact: Fact) -> str:
    if fact.assertion in POSITIVE:
        return "held"
    return fact.assertion.value


def _joins(group: Group, m: Mention, studies: tuple[int | None, int | None], late: bool) -> bool:
    """Tell whether a mention repeats a group's fact; ``studies`` are the mention's and the group's."""
    study, here = studies
    a, b = group.first.fact, m.fact
    if a.kind is not b.kind or _class(a) != _class(b) or a.kind is FactKind.FIGURE:
        return False
    if a.kind is FactKind.MEASUREMENT or a.kind is FactKind.SOCIAL:
        same = printed(a) == printed(b) and identity(a) == identity(b)
        return same and (times_agree(a.time, b.time) or not isinstance(a.value, Words))
    if a.kind in (FactKind.FINDING, FactKind.TEST):
        if study != here and not (late and study is None):
            return False
        if isinstance(a.value, Words) != isinstance(b.value, Words):
            return False
        return times_agree(a.time, b.time) and (_alike(a, b) or (study is not None and _same_core(a, b)))
    if a.kind in (FactKind.PROCEDURE, FactKind.MEDICATION, FactKind.PLAN, FactKind.OUTCOME):
        return identity(a) == identity(b) and (times_agree(a.time, b.time) or a.kind is FactKind.OUTCOME)
    if a.kind is FactKind.ORGANISM:
        return identity(a) == identity(b)
    return _alike(a, b)


SITE_WORDS = re.compile(r"\s(?:of|in|along|at|on|within|involving|over|around|from|to)\s")


def _same_core(a: Fact, b: Fact) -> bool:
    """Tell one study's finding named twice: the words before its site are the same or fewer."""
    x, y = (head_words(SITE_WORDS.split(f.name)[0]) - {"new", "newly", "noted", "same"} for f in (a, b))
    return bool(x and y) and (x <= y or y <= x) and min(len(x), len(y)) > 1 and sites_agree(a.sites, b.sites)


def _alike(a: Fact, b: Fact) -> bool:
    """Tell one problem's names: the same concept and place, the same words, or a shorter name for it."""
    x, y = head_words(a.name), head_words(b.name)
    if a.concept and b.concept and a.concept.id == b.concept.id:
        # "might be metastatic calcification" is more than the calcification that is there
        doubtful = [w for w, f in ((x, a), (y, b)) if f.assertion in (Assertion.POSSIBLE, Assertion.PROBABLE)]
        more = len(doubtful) == 1 and not doubtful[0] <= (x if doubtful[0] is y else y)
        return sites_agree(a.sites, b.sites) and not more
    if x == y:
        return True
    return (
        bool(y)
        and y < x
        and (a.concept is None or b.concept is None)
        and tokens(fold(a.name))[-1:] == tokens(fold(b.name))[-1:]
        and len(y) > 1
    )


def _keys(fact: Fact) -> list[str]:
    """Give the words by which facts that may join are found: what ``_joins`` asks of their kind."""
    if fact.kind in (FactKind.MEASUREMENT, FactKind.SOCIAL):
        return [f"{identity(fact)} = {printed(fact)}"]
    if fact.kind in NAMED:
        return [identity(fact)]
    return ([fact.concept.id] if fact.concept else []) + sorted(head_words(fact.name))


NAMED = frozenset(
    {FactKind.PROCEDURE, FactKind.MEDICATION, FactKind.PLAN, FactKind.OUTCOME, FactKind.ORGANISM}
)


def group_facts(
    mentions: Sequence[tuple[int, Mention]],
    studies: dict[int, int | None],
    sections: Sequence[Section],
    general: frozenset[int] = frozenset(),
) -> list[Group]:
    """Gather the repeats of every fact that is no study.

    A ``general`` mention (the discussion summing up) confirms what the case says and adds nothing.
    """
    groups: list[Group] = []
    index_of: dict[tuple[FactKind, str], list[int]] = {}
    late = {i: repeats_the_case(sections[m.section]) and not m.fact.principal for i, m in mentions}
    for index, m in sorted(mentions, key=lambda im: (late[im[0]], im[0])):
        keys = [(m.fact.kind, word) for word in _keys(m.fact)]
        near = sorted({k for key in keys for k in index_of.get(key, ())})
        here = [(k, (studies[index], studies[groups[k].mentions[0][0]])) for k in near]
        hit = next((k for k, pair in here if _joins(groups[k], m, pair, late[index])), None)
        recalled = m.again and m.fact.assertion in (Assertion.POSSIBLE, Assertion.PROBABLE)
        if hit is None and (index in general or recalled):
            continue
        if hit is None:
            groups.append(Group(((index, m),)))
            hit = len(groups) - 1
        else:
            groups[hit] = Group((*groups[hit].mentions, (index, m)))
        for key in keys:
            index_of.setdefault(key, [])
            if hit not in index_of[key]:
                index_of[key].append(hit)
    return groups


OWN = re.compile(
    r"\b(?:our|this|the present) (?:case|patient)(?:'s)?\b|본 증례|저자들의 증례|본 환자", re.IGNORECASE
)


def general_mentions(
    document: Document, sections: Sequence[Section], mentions: Sequence[tuple[int, Mention]]
) -> frozenset[int]:
    """Give the mentions in introduction or discussion whose sentence names no patient of the authors' own."""
    out = set()
    for index, m in mentions:
        if sections[m.section].label in ("discussion", "introduction"):
            at = m.fact.evidence[0].start
            start = max(document.text.rfind(". ", 0, at), document.text.rfind("\n", 0, at)) + 1
            ends = [e for e in (document.text.find(". ", at), document.text.find("\n", at)) if e >= 0]
            said = document.text[start : min(ends, default=len(document.text))]
            if not OWN.search(
                re.sub(r"\([^()]*\)", " ", said)
            ):  # an aside on the patient leaves its sentence general
                out.add(index)
    return frozenset(out)

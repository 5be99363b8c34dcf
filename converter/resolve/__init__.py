"""Mentions -> Facts: merge the repeats of one fact, give each its study and time, report conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from converter.issues import Issue
from converter.model import (
    Assertion,
    Document,
    Fact,
    FactKind,
    Facts,
    Mention,
    Publication,
    Section,
)
from converter.resolve.identity import Group, exact
from converter.resolve.merging import general_mentions, group_facts, merge
from converter.resolve.persons import disagreements
from converter.resolve.review import review
from converter.resolve.studies import group_studies

__all__ = ["resolve"]


def resolve(
    document: Document, sections: tuple[Section, ...], publication: Publication, mentions: Sequence[Mention]
) -> tuple[Facts, tuple[Issue, ...]]:
    """Merge mentions into the patient's facts, in reading order."""
    numbered = [(i, m) for i, m in enumerate(mentions) if not m.doubt]
    doubts = tuple(Issue.of(m.doubt, span=m.fact.evidence[0]) for m in mentions if m.doubt)
    general = general_mentions(document, sections, numbered)
    studies = [im for im in numbered if im[1].fact.kind is FactKind.STUDY and im[0] not in general]
    study_groups, unsure = group_studies(studies, sections)
    tests = [im for im in numbered if im[1].fact.kind is FactKind.TEST]
    none: dict[int, int | None] = {i: None for i, _ in numbered}
    test_groups = group_facts(tests, none, sections, general)
    hosts = study_groups + test_groups
    host_of = {i: k for k, g in enumerate(hosts) for i, _ in g.mentions if i not in unsure}
    shown = {i: host_of.get(m.shown_by) if m.shown_by >= 0 else None for i, m in numbered}
    rest = [im for im in numbered if im[1].fact.kind not in (FactKind.STUDY, FactKind.TEST)]
    groups = group_facts(rest, shown, sections, general)
    ordered = sorted(
        hosts + groups,
        key=lambda g: (
            g.first.fact.kind is not FactKind.AGE,
            g.first.fact.kind is not FactKind.SEX,
            min(i for i, _ in g.mentions),
        ),
    )
    place = {id(g): k for k, g in enumerate(ordered)}
    host_place = {k: place[id(g)] for k, g in enumerate(hosts)}
    facts: list[Fact] = []
    for g in ordered:
        host = next((shown[i] for i, _ in g.mentions if shown[i] is not None), None)
        facts.append(_finish(merge(g, host_place[host] if host is not None else None), g))
    done = tuple(_with_study_time(f, facts) for f in facts)
    issues = (*(*doubts, *review(done, sections)), *disagreements(document, sections, done))
    return Facts(document, publication, done, sections), issues


def _finish(fact: Fact, group: Group) -> Fact:
    if fact.kind is not FactKind.STUDY or fact.imaging is None:
        return fact
    parts = [m.fact.imaging for _, m in group.mentions if m.fact.imaging]
    return replace(
        fact,
        assertion=Assertion.PRESENT
        if any(m.fact.assertion is Assertion.PRESENT for _, m in group.mentions)
        else fact.assertion,
        imaging=replace(
            fact.imaging,
            contrast=next((p.contrast for p in parts if p.contrast), ""),
            planes=tuple(dict.fromkeys(x for p in parts for x in p.planes)),
            sequences=tuple(dict.fromkeys(x for p in parts for x in p.sequences)),
            tracer=next((p.tracer for p in parts if p.tracer), None),
            outside=any(p.outside for p in parts),
            follow_up=any(p.follow_up for p in parts),
            attributes=tuple(dict.fromkeys(x for p in parts for x in p.attributes)),
        ),
    )


def _with_study_time(fact: Fact, facts: Sequence[Fact]) -> Fact:
    """A finding bears its study's time and category where it states none of its own."""
    if fact.study is None:
        unsorted = fact.kind is FactKind.MEASUREMENT and not fact.category
        return replace(fact, category="laboratory") if unsorted else fact
    host = facts[fact.study]
    category = "imaging" if host.kind is FactKind.STUDY and fact.category in ("", "exam") else fact.category
    time = (
        fact.time if exact(fact.time) or host.time is None or fact.kind is FactKind.CONDITION else host.time
    )
    same = category == fact.category and time is fact.time
    return fact if same else replace(fact, category=category, time=time)

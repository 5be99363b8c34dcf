"""Mentions -> Facts: merge the repeats of one fact, give each its study and time, report conflicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from converter.extractors.lexicon import STOPWORDS, tokens
from converter.issues import Issue
from converter.model import (
    Assertion,
    Document,
    Fact,
    FactKind,
    Facts,
    Mention,
    Phrase,
    Publication,
    Quantity,
    Range,
    Ratio,
    Section,
    SectionKind,
    Site,
    Span,
    Time,
    Words,
)
from converter.text import fold

T = TypeVar("T")
LATE = frozenset({SectionKind.ABSTRACT, SectionKind.TITLE, SectionKind.METADATA})
"""Sections that repeat the case: their mentions join what the case says and seldom add to it."""
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


@dataclass(frozen=True, slots=True)
class Group:
    """Mentions taken for one fact, in reading order."""

    mentions: tuple[tuple[int, Mention], ...]

    @property
    def first(self) -> Mention:
        """The mention that comes first."""
        return self.mentions[0][1]


def head_words(name: str) -> frozenset[str]:
    """Words of a name that tell facts apart, folded over plural and spelling.

    >>> sorted(head_words("the calcified masses of the valve"))
    ['calcified', 'mass', 'valve']
    """
    return frozenset(t.stem for t in tokens(fold(name)) if t.stem not in STOPWORDS)


def printed(fact: Fact) -> str:
    """Key of a value as printed: number and unit, or words."""
    value = fact.value
    if isinstance(value, Quantity):
        return f"{value.comparator}{value.value.normalize():f} {value.ucum}"
    if isinstance(value, Range):
        return f"{value.low.value if value.low else ''}..{value.high.value if value.high else ''}"
    if isinstance(value, Ratio):
        return f"{value.numerator.value}:{value.denominator.value}"
    if isinstance(value, Words):
        return value.code or value.text.lower()
    return "/".join(
        f"{c.value.value.normalize():f}" for c in fact.components if isinstance(c.value, Quantity)
    )


def identity(fact: Fact) -> str:
    """Key of what a fact is about: its concept, else its name's words."""
    if fact.concept:
        return fact.concept.id
    return " ".join(sorted(head_words(fact.name)))


def _times_agree(a: Time | None, b: Time | None) -> bool:
    if a is None or b is None or not (a.low is not None or a.date) or not (b.low is not None or b.date):
        return True
    return (a.anchor, a.relation, a.low, a.high, a.unit, a.date) == (
        b.anchor,
        b.relation,
        b.low,
        b.high,
        b.unit,
        b.date,
    )


def _exact(time: Time | None) -> bool:
    return time is not None and (time.low is not None or bool(time.date))


def _sites_agree(a: Sequence[Site], b: Sequence[Site]) -> bool:
    if not a or not b:
        return True
    if a[0].concept and b[0].concept:
        return a[0].concept.id == b[0].concept.id
    return bool(head_words(a[0].text) & head_words(b[0].text))


# ---------------------------------------------------------------- studies


def _same_study(a: Mention, b: Mention) -> bool:
    """Tell whether two mentions can be one study: modality, site, time, place and occasion agree."""
    x, y = a.fact.imaging, b.fact.imaging
    if x is None or y is None or x.modality.code != y.modality.code:
        return False
    if (
        x.outside != y.outside
        and _exact(a.fact.time)
        and _exact(b.fact.time)
        and not _times_agree(a.fact.time, b.fact.time)
    ):
        return False
    if (
        (x.follow_up or y.follow_up)
        and x.follow_up != y.follow_up
        and not (_exact(a.fact.time) and _exact(b.fact.time))
    ):
        return False
    return _sites_agree(a.fact.sites, b.fact.sites) and _times_agree(a.fact.time, b.fact.time)


def _closeness(group: Group, m: Mention) -> tuple[int, int, int]:
    """Rank candidate studies: same exact time, then same site, then the latest one read."""
    g = group.mentions
    timed = any(
        _exact(x.fact.time) and _exact(m.fact.time) and _times_agree(x.fact.time, m.fact.time) for _, x in g
    )
    placed = any(x.fact.sites and m.fact.sites and _sites_agree(x.fact.sites, m.fact.sites) for _, x in g)
    return (int(timed), int(placed), g[-1][1].sentence)


def group_studies(mentions: Sequence[tuple[int, Mention]], sections: Sequence[Section]) -> list[Group]:
    """Gather the mentions of one study; summaries of the case join studies and rarely add one."""
    groups: list[Group] = []
    ordered = sorted(
        mentions,
        key=lambda im: (
            sections[im[1].section].kind in LATE
            or sections[im[1].section].label in ("discussion", "introduction"),
            im[0],
        ),
    )
    for index, m in ordered:
        late = sections[m.section].kind in LATE or sections[m.section].label in ("discussion", "introduction")
        fits = [k for k, g in enumerate(groups) if all(_same_study(x, m) for _, x in g.mentions)]
        if not fits and late:
            fits = [
                k
                for k, g in enumerate(groups)
                if g.first.fact.imaging
                and m.fact.imaging
                and g.first.fact.imaging.modality.code == m.fact.imaging.modality.code
            ]
        if fits:
            k = max(fits, key=lambda i: _closeness(groups[i], m))
            groups[k] = Group((*groups[k].mentions, (index, m)))
        elif m.fact.assertion not in (Assertion.HYPOTHETICAL, Assertion.NOT_DONE):
            groups.append(Group(((index, m),)))
    return groups


# ---------------------------------------------------------------- merging


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
    asserted, certainty = _assertion(group)
    exact = _first(group, lambda f: f.time if _exact(f.time) else None)
    return replace(
        group.first.fact,
        evidence=_spans(group),
        assertion=asserted,
        certainty=certainty or group.first.fact.certainty,
        concept=_first(group, lambda f: f.concept),
        value=next((m.fact.value for _, m in group.mentions if m.fact.value), None),
        components=_first(group, lambda f: f.components) or (),
        reference=_first(group, lambda f: f.reference),
        statistic=_first(group, lambda f: f.statistic),
        interpretation=_first(group, lambda f: f.interpretation) or "",
        sites=_first(group, lambda f: f.sites) or (),
        severity=_first(group, lambda f: f.severity),
        time=exact or _first(group, lambda f: f.time),
        dosage=_first(group, lambda f: f.dosage),
        specimen=_first(group, lambda f: f.specimen),
        specimen_words=_first(group, lambda f: f.specimen_words),
        presenting=any(m.fact.presenting for _, m in group.mentions),
        principal=any(m.fact.principal for _, m in group.mentions),
        new=any(m.fact.new for _, m in group.mentions),
        study=study,
    )


def _class(fact: Fact) -> str:
    if fact.assertion in POSITIVE:
        return "held"
    return fact.assertion.value


def _joins(group: Group, m: Mention, study: int | None, studies: dict[int, int | None]) -> bool:
    """Tell whether a mention repeats a group's fact."""
    a, b = group.first.fact, m.fact
    if a.kind is not b.kind or _class(a) != _class(b):
        return False
    if a.kind is FactKind.MEASUREMENT or a.kind is FactKind.SOCIAL:
        same = printed(a) == printed(b) and identity(a) == identity(b)
        return same and (_times_agree(a.time, b.time) or not isinstance(a.value, Words))
    if a.kind in (FactKind.FINDING, FactKind.TEST):
        here = studies[group.mentions[0][0]]
        if study != here and not (study is None or here is None):
            return False
        if isinstance(a.value, Words) != isinstance(b.value, Words):
            return False
        return _times_agree(a.time, b.time) and _alike(a, b)
    if a.kind in (FactKind.PROCEDURE, FactKind.MEDICATION, FactKind.PLAN, FactKind.OUTCOME):
        return identity(a) == identity(b) and (_times_agree(a.time, b.time) or a.kind is FactKind.OUTCOME)
    if a.kind is FactKind.ORGANISM:
        return identity(a) == identity(b)
    return _alike(a, b)


def _alike(a: Fact, b: Fact) -> bool:
    """Tell one problem's names: the same concept and place, the same words, or a shorter name for it."""
    if a.concept and b.concept and a.concept.id == b.concept.id:
        return _sites_agree(a.sites, b.sites)
    x, y = head_words(a.name), head_words(b.name)
    if x == y:
        return True
    return (
        bool(y)
        and y < x
        and (a.concept is None or b.concept is None)
        and tokens(fold(a.name))[-1:] == tokens(fold(b.name))[-1:]
        and len(y) > 1
    )


def group_facts(
    mentions: Sequence[tuple[int, Mention]], studies: dict[int, int | None], sections: Sequence[Section]
) -> list[Group]:
    """Gather the repeats of every fact that is no study."""
    groups: list[Group] = []
    index_of: dict[tuple[FactKind, str], list[int]] = {}
    ordered = sorted(
        mentions, key=lambda im: (sections[im[1].section].kind in LATE and not im[1].fact.principal, im[0])
    )
    for index, m in ordered:
        keys = [
            (m.fact.kind, w)
            for w in ([m.fact.concept.id] if m.fact.concept else []) + sorted(head_words(m.fact.name))
        ]
        near = sorted({k for key in keys for k in index_of.get(key, ())})
        hit = next((k for k in near if _joins(groups[k], m, studies[index], studies)), None)
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


# ---------------------------------------------------------------- the stage


def _conflicts(groups: Iterable[Group], facts: Sequence[Fact]) -> list[Issue]:
    issues = []
    ages = [f for f in facts if f.kind is FactKind.AGE]
    if not ages:
        issues.append(Issue.of("AGE001"))
    if not any(f.kind is FactKind.SEX for f in facts):
        issues.append(Issue.of("SEX001"))
    for f in facts:
        if (
            f.kind is FactKind.MEASUREMENT
            and isinstance(f.value, Quantity)
            and f.value.unit
            and not f.value.ucum
        ):
            issues.append(Issue.of("UNIT001", span=f.evidence[0]))
        if f.kind is FactKind.TEST and f.assertion is Assertion.PRESENT:
            continue
    held: dict[str, Fact] = {}
    for f in facts:
        if f.kind in (FactKind.FINDING, FactKind.CONDITION) and f.concept:
            other = held.get(f.concept.id)
            clash = other and {other.assertion, f.assertion} == {Assertion.PRESENT, Assertion.ABSENT}
            if (
                other
                and clash
                and other.study == f.study
                and _times_agree(other.time, f.time)
                and not _exact(f.time)
                and _sites_agree(other.sites, f.sites)
            ):
                issues.append(Issue.of("ASR001", span=f.evidence[0]))
            held.setdefault(f.concept.id, f)
    _ = groups
    return issues


def resolve(
    document: Document, sections: tuple[Section, ...], publication: Publication, mentions: Sequence[Mention]
) -> tuple[Facts, tuple[Issue, ...]]:
    """Merge mentions into the patient's facts, in reading order."""
    numbered = list(enumerate(mentions))
    study_groups = group_studies([im for im in numbered if im[1].fact.kind is FactKind.STUDY], sections)
    tests = [im for im in numbered if im[1].fact.kind is FactKind.TEST]
    none: dict[int, int | None] = {i: None for i, _ in numbered}
    test_groups = group_facts(tests, none, sections)
    hosts = study_groups + test_groups
    host_of = {i: k for k, g in enumerate(hosts) for i, _ in g.mentions}
    shown = {i: host_of.get(m.shown_by) if m.shown_by >= 0 else None for i, m in numbered}
    rest = [im for im in numbered if im[1].fact.kind not in (FactKind.STUDY, FactKind.TEST)]
    groups = group_facts(rest, shown, sections)
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
    issues = _conflicts(groups, done)
    return Facts(document, publication, done, sections), tuple(issues)


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
        return (
            replace(fact, category=fact.category or "laboratory")
            if fact.kind is FactKind.MEASUREMENT
            else fact
        )
    host = facts[fact.study]
    category = "imaging" if host.kind is FactKind.STUDY and fact.category in ("", "exam") else fact.category
    time = (
        fact.time if _exact(fact.time) or host.time is None or fact.kind is FactKind.CONDITION else host.time
    )
    return replace(fact, category=category, time=time)

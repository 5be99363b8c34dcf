"""Mentions -> Facts: merge the repeats of one fact, give each its study and time, report conflicts."""

from __future__ import annotations

import re
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
    x, y = a[0].concept, b[0].concept
    if x and y:
        # a part agrees with its whole: a Doppler study of the mitral inflow is of the heart
        whole = {x.id, y.id} & {x.kind.split(";")[0], y.kind.split(";")[0]}
        return x.id == y.id or bool(whole and x.kind.split(";")[0] == y.kind.split(";")[0])
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


def _repeats_the_case(section: Section) -> bool:
    return section.kind in LATE or section.label in ("discussion", "introduction")


def group_studies(
    mentions: Sequence[tuple[int, Mention]], sections: Sequence[Section]
) -> tuple[list[Group], frozenset[int]]:
    """Gather the mentions of one study; also give the mentions that could mean several of them.

    Abstract and discussion repeat the case: their mentions join its studies and rarely add one.
    """
    groups: list[Group] = []
    unsure: set[int] = set()
    for index, m in sorted(mentions, key=lambda im: (_repeats_the_case(sections[im[1].section]), im[0])):
        late = _repeats_the_case(sections[m.section])
        fits = [k for k, g in enumerate(groups) if all(_same_study(x, m) for _, x in g.mentions)]
        if late and groups:
            same = [k for k, g in enumerate(groups) if _modality(g.first) == _modality(m)]
            fits = fits or same
            if len(same) > 1:
                unsure.add(index)
        if fits:
            k = max(fits, key=lambda i: _closeness(groups[i], m))
            said = replace(m, fact=replace(m.fact, time=None)) if late else m
            groups[k] = Group((*groups[k].mentions, (index, said)))
        elif m.fact.assertion not in (Assertion.HYPOTHETICAL, Assertion.NOT_DONE):
            groups.append(Group(((index, m),)))
    return groups, frozenset(unsure)


def _modality(m: Mention) -> str:
    return m.fact.imaging.modality.code if m.fact.imaging else ""


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
    principal = next((m.fact.name for _, m in group.mentions if m.fact.principal), "")
    return replace(
        group.first.fact,
        name=principal or group.first.fact.name,
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


def _joins(group: Group, m: Mention, studies: tuple[int | None, int | None], late: bool) -> bool:
    """Tell whether a mention repeats a group's fact; ``studies`` are the mention's and the group's."""
    study, here = studies
    a, b = group.first.fact, m.fact
    if a.kind is not b.kind or _class(a) != _class(b) or a.kind is FactKind.FIGURE:
        return False
    if a.kind is FactKind.MEASUREMENT or a.kind is FactKind.SOCIAL:
        same = printed(a) == printed(b) and identity(a) == identity(b)
        return same and (_times_agree(a.time, b.time) or not isinstance(a.value, Words))
    if a.kind in (FactKind.FINDING, FactKind.TEST):
        if study != here and not (late and study is None):
            return False
        if isinstance(a.value, Words) != isinstance(b.value, Words):
            return False
        return _times_agree(a.time, b.time) and (_alike(a, b) or (study is not None and _same_core(a, b)))
    if a.kind in (FactKind.PROCEDURE, FactKind.MEDICATION, FactKind.PLAN, FactKind.OUTCOME):
        return identity(a) == identity(b) and (_times_agree(a.time, b.time) or a.kind is FactKind.OUTCOME)
    if a.kind is FactKind.ORGANISM:
        return identity(a) == identity(b)
    return _alike(a, b)


SITE_WORDS = re.compile(r"\s(?:of|in|along|at|on|within|involving|over|around|from|to)\s")


def _same_core(a: Fact, b: Fact) -> bool:
    """Tell one study's finding named twice: the words before its site are the same or fewer."""
    x, y = (head_words(SITE_WORDS.split(f.name)[0]) - {"new", "newly", "noted", "same"} for f in (a, b))
    return bool(x and y) and (x <= y or y <= x) and min(len(x), len(y)) > 1 and _sites_agree(a.sites, b.sites)


def _alike(a: Fact, b: Fact) -> bool:
    """Tell one problem's names: the same concept and place, the same words, or a shorter name for it."""
    x, y = head_words(a.name), head_words(b.name)
    if a.concept and b.concept and a.concept.id == b.concept.id:
        # "might be metastatic calcification" is more than the calcification that is there
        doubtful = [w for w, f in ((x, a), (y, b)) if f.assertion in (Assertion.POSSIBLE, Assertion.PROBABLE)]
        more = len(doubtful) == 1 and not doubtful[0] <= (x if doubtful[0] is y else y)
        return _sites_agree(a.sites, b.sites) and not more
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
    late = {i: _repeats_the_case(sections[m.section]) and not m.fact.principal for i, m in mentions}
    for index, m in sorted(mentions, key=lambda im: (late[im[0]], im[0])):
        words = [m.fact.concept.id] if m.fact.concept else []
        keys = [(m.fact.kind, w) for w in words + sorted(head_words(m.fact.name))]
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


def _general(
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
            if not OWN.search(re.sub(r"\([^()]*\)", " ", said)):  # an aside on the patient leaves its sentence general
                out.add(index)
    return frozenset(out)


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
    general = _general(document, sections, numbered)
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

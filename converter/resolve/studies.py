"""Which mentions are one imaging study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from converter.model import Assertion, Mention, Section
from converter.resolve.identity import Group, exact, repeats_the_case, sites_agree, times_agree


def same_study(a: Mention, b: Mention) -> bool:
    """Tell whether two mentions can be one study: modality, site, time, place and occasion agree."""
    x, y = a.fact.imaging, b.fact.imaging
    if x is None or y is None or x.modality.code != y.modality.code:
        return False
    if (a.fact.assertion is Assertion.NOT_DONE) != (b.fact.assertion is Assertion.NOT_DONE):
        return False
    if (
        x.outside != y.outside
        and exact(a.fact.time)
        and exact(b.fact.time)
        and not times_agree(a.fact.time, b.fact.time)
    ):
        return False
    if (
        (x.follow_up or y.follow_up)
        and x.follow_up != y.follow_up
        and not (exact(a.fact.time) and exact(b.fact.time))
    ):
        return False
    return sites_agree(a.fact.sites, b.fact.sites) and times_agree(a.fact.time, b.fact.time)


def _closeness(group: Group, m: Mention) -> tuple[int, int, int]:
    """Rank candidate studies: same exact time, then same site, then the latest one read."""
    g = group.mentions
    timed = any(
        exact(x.fact.time) and exact(m.fact.time) and times_agree(x.fact.time, m.fact.time) for _, x in g
    )
    placed = any(x.fact.sites and m.fact.sites and sites_agree(x.fact.sites, m.fact.sites) for _, x in g)
    return (int(timed), int(placed), g[-1][1].sentence)


def group_studies(
    mentions: Sequence[tuple[int, Mention]], sections: Sequence[Section]
) -> tuple[list[Group], frozenset[int]]:
    """Gather the mentions of one study; also give the mentions that could mean several of them.

    Abstract and discussion repeat the case: their mentions join its studies and rarely add one.
    """
    groups: list[Group] = []
    unsure: set[int] = set()
    for index, m in sorted(mentions, key=lambda im: (repeats_the_case(sections[im[1].section]), im[0])):
        late = repeats_the_case(sections[m.section])
        fits = [k for k, g in enumerate(groups) if all(same_study(x, m) for _, x in g.mentions)]
        if late and groups:
            same = [k for k, g in enumerate(groups) if _modality(g.first) == _modality(m)]
            fits = fits or same
            if len(same) > 1:
                unsure.add(index)
        if fits:
            k = max(fits, key=lambda i: _closeness(groups[i], m))
            said = replace(m, fact=replace(m.fact, time=None)) if late else m
            groups[k] = Group((*groups[k].mentions, (index, said)))
        elif m.fact.assertion is not Assertion.HYPOTHETICAL and not (
            late and m.fact.assertion is Assertion.NOT_DONE
        ):
            groups.append(Group(((index, m),)))
    return groups, frozenset(unsure)


def _modality(m: Mention) -> str:
    return m.fact.imaging.modality.code if m.fact.imaging else ""

"""Which mentions are one imaging study."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class _Study:
    """A study that grows: its mentions, and those of them that differ in what ``same_study`` compares."""

    mentions: list[tuple[int, Mention]]
    distinct: dict[Hashable, Mention]

    def add(self, index: int, m: Mention) -> None:
        self.mentions.append((index, m))
        self.distinct.setdefault(_compared(m), m)

    def takes(self, m: Mention) -> bool:
        """Tell whether a mention can be of this study."""
        return all(same_study(x, m) for x in self.distinct.values())

    def closeness(self, m: Mention) -> tuple[int, int, int]:
        """Rank candidate studies: same exact time, then same site, then the latest one read."""
        facts = [x.fact for x in self.distinct.values()]
        timed = any(exact(f.time) and exact(m.fact.time) and times_agree(f.time, m.fact.time) for f in facts)
        placed = any(f.sites and m.fact.sites and sites_agree(f.sites, m.fact.sites) for f in facts)
        return (int(timed), int(placed), self.mentions[-1][1].sentence)


def _compared(m: Mention) -> Hashable:
    """Give all that ``same_study`` and ``closeness`` compare of a mention: reports repeat themselves."""
    fact, imaging = m.fact, m.fact.imaging
    occasion = (imaging.outside, imaging.follow_up) if imaging else ()
    time = replace(fact.time, text="", spans=()) if fact.time else None
    site = replace(fact.sites[0], laterality="", spans=()) if fact.sites else None
    return (_modality(m), fact.assertion is Assertion.NOT_DONE, occasion, time, site)


def group_studies(
    mentions: Sequence[tuple[int, Mention]], sections: Sequence[Section]
) -> tuple[list[Group], frozenset[int]]:
    """Gather the mentions of one study; also give the mentions that could mean several of them.

    Abstract and discussion repeat the case: their mentions join its studies and rarely add one.
    """
    studies: list[_Study] = []
    unsure: set[int] = set()
    for index, m in sorted(mentions, key=lambda im: (repeats_the_case(sections[im[1].section]), im[0])):
        late = repeats_the_case(sections[m.section])
        fits = [study for study in studies if study.takes(m)]
        if late and studies:
            same = [study for study in studies if _modality(study.mentions[0][1]) == _modality(m)]
            fits = fits or same
            if len(same) > 1:
                unsure.add(index)
        if fits:
            said = replace(m, fact=replace(m.fact, time=None)) if late else m
            max(fits, key=lambda study: study.closeness(m)).add(index, said)
        elif m.fact.assertion is not Assertion.HYPOTHETICAL and not (
            late and m.fact.assertion is Assertion.NOT_DONE
        ):
            studies.append(_Study([], {}))
            studies[-1].add(index, m)
    return [Group(tuple(study.mentions)) for study in studies], frozenset(unsure)


def _modality(m: Mention) -> str:
    return m.fact.imaging.modality.code if m.fact.imaging else ""

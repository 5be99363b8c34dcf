"""The names near a number that may be its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import DIRECT, Name, fits, rejects, stated
from converter.extractors.place import overlaps
from converter.extractors.quantities import LENGTHS, Amount, is_time

BEFORE, AFTER = 6, 3
"""How many names before and behind a number may be its own."""


def fit(name: Name, amount: Amount) -> str:
    if name.row is None:
        return "unknown"
    if not amount.ucum:
        return "bare" if fits(name.row, amount) else "lacking"
    if amount.ucum in name.row.units:
        return "unit"
    return "rejected" if rejects(name.row, amount) else "open" if not name.row.units else "other"


def tag_of(an: Annotated, amount: Amount) -> str:
    """Type that the tagger gives the number itself."""
    at = amount.numbers[0]
    hits = [t.type for t in an.tags if overlaps(t.start, t.end, at.start, at.end)]
    return "Lab_value" if "Lab_value" in hits else hits[0] if hits else ""


def options(an: Annotated, names: Sequence[Name], amount: Amount) -> list[Name]:
    """Give the names near a number that may be its own, in reading order."""
    known = list(names)
    if amount.ucum in LENGTHS or amount.form in ("size", "ratio") or amount.ucum == "deg":
        known += [
            Name(t.start, t.end, None, tag=t.type)
            for t in an.tagged("Biological_structure")
            if not any(overlaps(t.start, t.end, n.start, n.end) for n in names)
        ]
    if amount.ucum == "Cel":  # a disease has no temperature
        known = [n for n in known if n.row or n.tag not in PROBLEM_TAGS]
    if is_time(amount):
        known = [n for n in known if n.row and fits(n.row, amount)]
    before = sorted((n for n in known if n.end <= amount.start), key=lambda n: n.start)[-BEFORE:]
    after = sorted((n for n in known if n.start >= amount.end), key=lambda n: n.start)[:AFTER]
    said = [n for n in (stated(an, amount), *_unknown(an, amount)) if n]
    said = [n for n in said if not any(overlaps(n.start, n.end, k.start, k.end) for k in known)][:1]
    found = sorted([*before, *said, *after], key=lambda n: n.start)
    counted = [n for n in after[:1] if _counted(an, n, amount)]
    return counted or _nearest(an, _fitting(found, amount), amount)


def _nearest(an: Annotated, found: list[Name], amount: Amount) -> list[Name]:
    """Leave out names with other numbers behind them where a nearer one stands right before the number."""
    before = [n for n in found if n.end <= amount.start and n.tag not in PROBLEM_TAGS and n.tag != "subject"]
    if not before or not DIRECT.fullmatch(an.folded[before[-1].end : amount.start]):
        return found
    past = [a.start for a in an.amounts if a.end <= before[-1].start and not a.reference]
    return [n for n in found if not any(n.end <= at for at in past)]


def _counted(an: Annotated, name: Name, amount: Amount) -> bool:
    """Tell a test right behind a number in its unit that no other number follows: "including 9,100/µL neutrophils"."""
    joined = re.fullmatch(r"\s+(?:of )?", an.folded[amount.end : name.start])
    if joined is None or OWNED.match(an.folded[name.end :]):
        return False
    bare = amount.form == "plain" and not amount.ucum and not amount.numbers[0].comparator
    return fit(name, amount) == "unit" or (bare and joined.group() == " " and name.tag in PROBLEM_TAGS)


def certain(an: Annotated, found: Sequence[Name], amount: Amount) -> bool:
    """Tell that a test stands right before a number in its unit, or that the tagger takes for a value."""
    before = [n for n in found if n.end <= amount.start]
    if not before or not before[-1].row or not DIRECT.fullmatch(an.folded[before[-1].end : amount.start]):
        return False
    fitting = fit(before[-1], amount)
    return fitting == "unit" or (fitting == "bare" and tag_of(an, amount) == "Lab_value")


def _fitting(found: list[Name], amount: Amount) -> list[Name]:
    """Leave out tests that never have the number's unit where another of the names has it."""
    if not any(fit(n, amount) == "unit" for n in found):
        return found
    return [n for n in found if fit(n, amount) not in ("other", "rejected")]


OWNED = re.compile(r"s?\s*(?:[(:=]|was|were|of)?\s*[<>]?\d")
"""Behind a name: a number of its own."""
SUBJECT = re.compile(
    r"(?<![a-z])(?P<name>(?:[a-z][\w'/+-]*+\s++){0,4}[a-z][\w'/+-]*+)\s*(?:was|were|is|are|of|at|:|=|,|to be|\()?\s*(?:only |about |at |up to |approximately )?[(\[]?\s*$"
)
LEAD = re.compile(
    r".*\b(?:the|a|an|his|her|its|with|and|in|on|at|had|has|was|were|is|are|be|showed|revealed|demonstrated|by|to|for|from|that|which|whose|but|or|as|both|using|than)\s+"
)
NO_NAME = re.compile(
    r"(?:^|\s)(?:the|a|an|and|or|of|in|on|at|with|had|has|was|were|is|are|only|also|normal|left|right|measur\w+|level|levels|value|values|about|\w+ed|\w+ing|than|to|by|from|for|be|been|he|she|it|this|that|which)$"
)
OBJECT = re.compile(r"\s(?P<name>[a-z][a-z-]{3,}(?: [a-z-]{4,})?)")


def _unknown(an: Annotated, amount: Amount) -> Iterator[Name]:
    """Give the words before a laboratory value, or right behind it, where nothing knows a name."""
    if tag_of(an, amount) != "Lab_value":
        return
    at = max(0, amount.start - 70)
    m = SUBJECT.search(an.folded[at : amount.start])
    if m:
        lead = LEAD.match(m["name"])
        start, end = at + m.start() + (lead.end() if lead else 0), at + m.end("name")
        printed = any(overlaps(start, end, a.start, a.end) for a in an.amounts)
        if start < end and not printed and not NO_NAME.search(an.folded[start:end]):
            yield Name(start, end, None, tag="subject")
    inside = any(t.start <= amount.start and amount.end < t.end for t in an.tagged("Lab_value"))
    m = OBJECT.match(an.folded, amount.end)
    if m and inside:
        yield Name(m.start("name"), m.start("name") + len(m["name"].split()[0]), None, tag="object")

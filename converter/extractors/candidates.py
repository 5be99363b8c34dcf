"""The names near a number that may be its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import BARE, DIRECT, Name, fits, rejects, stated
from converter.extractors.place import overlaps
from converter.extractors.quantities import LENGTHS, Amount, is_time
from converter.mappings import Observable

BEFORE, AFTER = 6, 3
"""How many names before and behind a number may be its own."""


def fit(name: Name, amount: Amount) -> str:
    if name.row is None:
        return "unknown"
    if not amount.ucum:
        if not _is_plausible(name.row, amount):
            return "rejected"
        return "bare" if fits(name.row, amount) else "lacking"
    if amount.ucum in name.row.units:
        return "unit"
    return "rejected" if rejects(name.row, amount) else "open" if not name.row.units else "other"


def _is_plausible(row: Observable, amount: Amount) -> bool:
    """Tell whether a test could have a number in one of its units: a murmur of 3/6 is no blood pressure."""
    value = amount.numbers[0].value
    return not row.plausible or any(low <= value <= high for low, high in row.plausible.values())


def tag_of(an: Annotated, amount: Amount) -> str:
    """Type that the tagger gives the number itself."""
    at = amount.numbers[0]
    hits = [t.type for t in an.tags if overlaps(t.start, t.end, at.start, at.end)]
    return "Lab_value" if "Lab_value" in hits else hits[0] if hits else ""


def options(an: Annotated, names: Sequence[Name], amount: Amount) -> list[Name]:
    """Give the names near a number that may be its own, in reading order."""
    known = _known(an, names, amount)
    if amount.ucum == "{pack}.a":
        return [n for n in known if n.row and amount.ucum in n.row.units]
    before = sorted((n for n in known if n.end <= amount.start), key=lambda n: n.start)[-BEFORE:]
    after = sorted((n for n in known if n.start >= amount.end), key=lambda n: n.start)[:AFTER]
    if amount.ucum not in LENGTHS and amount.form != "slash":  # "11 kg in weight, had become tired"
        after = [n for n in after if n.tag not in PROBLEM_TAGS or "," not in an.folded[amount.end : n.start]]
    said = [n for n in (stated(an, amount), *_unknown(an, amount)) if n]
    said = [n for n in said if not any(overlaps(n.start, n.end, k.start, k.end) for k in known)][:1]
    whole = [n for n in (*after[:1], *said) if counted(an, n, amount)]
    if whole:
        return whole[:1]
    found = sorted([*before, *said, *after], key=lambda n: n.start)
    if said and said[0].tag == "measure":  # "tricuspid insufficiency with a maximum gradient of 30 mmHg"
        found = [n for n in found if n.tag not in (*PROBLEM_TAGS, "Biological_structure")]
    found = _fitting(an, _of_item(an, found, amount), amount)
    return _unowned(an, _nearest(an, found, amount), amount)


def _known(an: Annotated, names: Sequence[Name], amount: Amount) -> list[Name]:
    """Give the names that could have such a number at all, with the places where it may be a size or a share."""
    places: list[tuple[int, int]] = []
    if amount.form == "ratio":
        places = [(m.start, m.end) for m in an.matches("anatomy")]
    elif amount.ucum in LENGTHS or amount.form == "size" or amount.ucum == "deg":
        places = [(t.start, t.end) for t in an.tagged("Biological_structure")]
    known = list(names) + [
        Name(s, e, None, tag="Biological_structure")
        for s, e in places
        if not any(overlaps(s, e, n.start, n.end) for n in names)
    ]
    if places:
        known = [n for n in known if not _is_state(an, n, known)]
    if amount.ucum == "Cel":  # a disease has no temperature
        known = [n for n in known if n.row or n.tag not in PROBLEM_TAGS]
    if is_time(amount):
        known = [n for n in known if n.row and fits(n.row, amount)]
    return known


ITEM = re.compile(
    r"(?:^|[,(;]|\band\b|\bwith\b)\s*(?:and |the |an? |his |her |its |with )*(?P<name>(?!and\b|or\b)[a-z][\w'/+-]*(?: (?!and\b|or\b|in\b|on\b|to\b|from\b|by\b|for\b|after\b|at\b|was\b|were\b|is\b|of\b)[\w'/+-]+){0,4})"
    r"(?: ?\([^()]*\))?(?: (?:score|index|levels?|values?|counts?))?\s*(?:was|were|is|of|:|=)?\s*[<>≤≥~]?\s*$"
)
"""A list's item up to its number: ", trigger 0.5 uV", "; total protein was 6 g/dL", "(ratio 15"."""
STATE = re.compile(r"(?:dilated|enlarged|thickened|distended|widened|narrowed|shortened|prominent|normal)")


def _is_state(an: Annotated, name: Name, known: Sequence[Name]) -> bool:
    """Tell what is said of a structure named before: "the duct was dilated (9 mm)" tells the duct's size."""
    return STATE.fullmatch(an.folded[name.start : name.end]) is not None and any(
        n.tag == "Biological_structure"
        and re.fullmatch(r" (?:was|were|is|are|appeared) (?:not |\w+ly )?", an.folded[n.end : name.start])
        for n in known
        if n.end <= name.start
    )


SCORE = re.compile(r"\b(?:scores?|index|ratio|scale)$")


def _of_item(an: Annotated, found: list[Name], amount: Amount) -> list[Name]:
    """Keep the names that stand in the number's own item of a list, where there is one and the number a unit."""
    m = ITEM.search(an.folded, max(0, amount.start - 70), amount.start)
    known = any(fit(n, amount) == "unit" for n in found)
    if m is None or known or amount.form == "size" or not (amount.ucum or SCORE.search(m["name"])):
        return found
    own = [n for n in found if n.end <= amount.start and overlaps(n.start, n.end, *m.span("name"))]
    own = [
        n
        for n in own
        if n.tag not in PROBLEM_TAGS
        and fit(n, amount) not in ("other", "rejected")
        and not (
            n.tag == "Diagnostic_procedure" and amount.ucum in LENGTHS
        )  # the study, not what it measured
    ]
    return own or found


def _unowned(an: Annotated, found: list[Name], amount: Amount) -> list[Name]:
    """Leave out tests behind a number that have a value in their own unit right behind them."""
    owners = [(n, a) for n in found if n.row and n.start >= amount.end for a in an.amounts if a.start > n.end]
    taken = [
        n
        for n, a in owners
        if a.ucum
        and fit(n, a) == "unit"
        and fit(n, amount) != "unit"
        and DIRECT.fullmatch(an.folded[n.end : a.start])
    ]
    return [n for n in found if n not in taken]


def _nearest(an: Annotated, found: list[Name], amount: Amount) -> list[Name]:
    """Leave out names with other numbers behind them where a nearer one stands right before the number."""
    before = [
        n
        for n in found
        if n.end <= amount.start
        and n.tag not in PROBLEM_TAGS
        and (n.tag != "subject" or JOINED.fullmatch(an.folded[n.end : amount.start]))
    ]
    if not before or not DIRECT.fullmatch(an.folded[before[-1].end : amount.start]):
        return found
    past = [a.start for a in an.amounts if a.end <= before[-1].start and not (a.reference or is_time(a))]
    return [n for n in found if not any(n.end <= at for at in past)]


SCORED = re.compile(r"\bscored? (?:of )?$")
ON_SCALE = re.compile(r" (?:points? )?(?:on|in|for) (?:the )?")


def settled(an: Annotated, name: Name, ruled: Name, amount: Amount) -> bool:
    """Tell a name that leaves no room for the one that the rules would choose."""
    return counted(an, name, amount) or _is_state(an, ruled, [name])


def counted(an: Annotated, name: Name, amount: Amount) -> bool:
    """Tell what a number counts: the test right behind it, or the noun that the tagger takes with it for a value.

    "including 9,100/µL neutrophils", "4% monocytes", "3/5 strength"; no other number follows.
    """
    gap = an.folded[amount.end : name.start]
    joined = re.fullmatch(r"\s+(?:of )?", gap)
    if name.row and SCORED.search(an.folded[: amount.start]) and ON_SCALE.fullmatch(gap):
        return True
    own = next((a for a in an.amounts if a.start >= name.end), None)
    if joined is None or (own and OWNED.match(an.folded[name.end :]) and fit(name, own) != "other"):
        return False
    bare = amount.form == "plain" and not amount.ucum and not amount.numbers[0].comparator
    if fit(name, amount) == "unit" or (bare and joined.group() == " " and name.tag in PROBLEM_TAGS):
        return True
    whole = any(t.start <= amount.start and t.end == name.end for t in an.tagged("Lab_value"))
    share = (amount.ucum == "%" and name.tag == "Diagnostic_procedure") or (
        amount.form == "ratio" and name.tag == "Biological_structure"
    )
    return (whole and (name.tag == "object" or (bare and name.row is not None))) or (
        share and joined.group() == " "
    )


FAR = Name(0, 0, None)
"""A name out of any list's item."""


def certain(an: Annotated, found: Sequence[Name], amount: Amount) -> bool:
    """Tell that a test stands right before a number in its unit, or that the tagger takes for a value."""
    before = [n for n in found if n.end <= amount.start]
    valued = tag_of(an, amount) == "Lab_value"
    if (
        valued
        and found
        and (_of_item(an, [*found, FAR], amount) == found or any(counted(an, n, amount) for n in found))
    ):
        return True
    if not before or not before[-1].row or not DIRECT.fullmatch(an.folded[before[-1].end : amount.start]):
        return False
    name = before[-1]
    if any(
        fit(name, a) == "unit" and re.fullmatch(r"\s+(?:of )?", an.folded[a.end : name.start])
        for a in an.amounts
    ):  # "79% lymphocytes, 4% monocytes"
        return False
    fitting = fit(name, amount)
    return fitting == "unit" or (
        fitting == "bare" and (valued or (name.row is not None and _unitless(name.row)))
    )


def _unitless(row: Observable) -> bool:
    """Tell a test whose values have no unit: an index, a score, a ratio."""
    return bool(row.units) and all(u in ("", "1", "[pH]") or u.startswith("{") for u in row.units)


def _fitting(an: Annotated, found: list[Name], amount: Amount) -> list[Name]:
    """Leave out tests that never have the number's unit where another of the names has it."""
    fits_best = any(fit(n, amount) == "unit" for n in found)
    return [
        n
        for n in found
        if fit(n, amount) not in (("other", "rejected") if fits_best else ("rejected",))
        or (
            fit(n, amount) == "other"
            and n.end <= amount.start
            and JOINED.fullmatch(an.folded[n.end : amount.start])
        )
    ]


JOINED = re.compile(r"\s+(?:(?:was|were|is|of) |[:=] ?)?")
"""Between a test and the number that is its value, whatever its unit."""


OWNED = re.compile(r"s?\s*(?:[(:=]|was|were|of)?\s*[<>]?\d")
"""Behind a name: a number of its own."""
SUBJECT = re.compile(
    r"(?<![a-z])(?P<name>(?:[a-z][\w'/+-]*+\s++){0,4}(?!(?:was|were|is|are|of|at)\b)[a-z][\w'/+-]*+)\s*(?:was|were|is|are|of|at|:|=|,|to be|\()?\s*(?:only |about |at |up to |approximately )?[(\[]?\s*$"
)
LEAD = re.compile(
    r".*\b(?:the|a|an|his|her|its|with|and|in|on|at|had|has|was|were|is|are|be|showed|revealed|demonstrated|by|to|for|from|that|which|whose|but|or|as|both|using|than)\s+"
)
NO_NAME = re.compile(
    r"(?:^|\s)(?:the|a|an|and|or|of|in|on|at|with|had|has|was|were|is|are|only|also|normal|left|right|measur\w+|level|levels|value|values|about|\w+ed|\w+ing|than|to|by|from|for|be|been|he|she|it|this|that|which)$"
)
CLAUSE = re.compile(
    r"\b(?:he|she|it|they|we|patient|over|during|within|since|lost|gained|received|weigh\w*|hours?|days?|weeks?|months?|years?)\b"
)
"""Words of a clause, which is no name."""
OBJECT = re.compile(
    r"\s(?P<name>(?:[a-z-]{4,} )?(?!types|kinds|groups)(?:[a-z][a-z-]{2,}s|strength|power))\b"
)
"""Right behind a number: the noun that it counts or grades."""


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
        place = any(
            (t.start, t.end) == (start, end)
            and any(overlaps(t.start, t.end, a.start, a.end) for a in an.matches("anatomy"))
            for t in an.tagged("Biological_structure")
        )
        named = an.folded[start:end]
        clause = CLAUSE.search(named)
        if start < end and not (printed or place or clause or BARE.search(named) or NO_NAME.search(named)):
            yield Name(start, end, None, tag="subject")
    inside = any(t.start <= amount.start and amount.end < t.end for t in an.tagged("Lab_value"))
    m = OBJECT.match(an.folded, amount.end)
    if m and inside:
        yield Name(*m.span("name"), None, tag="object")

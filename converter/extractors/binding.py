"""Which name a number belongs to: by links, parentheses, apposition and the sort of its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.fluids import of_fluid
from converter.extractors.lexicon import Match
from converter.extractors.phrase import noun_phrase
from converter.extractors.place import overlaps
from converter.extractors.quantities import LENGTHS, TIME_UNITS, Amount, is_time
from converter.extractors.sieve import rare
from converter.mappings import Observable
from converter.model import Concept
from converter.text import MAX_NAME

LINK = re.compile(
    r"^[\s:=,(\[\]]*(?:(?:level|levels|value|values|count|counts|titer|titre|concentration|score|scores|reading|rate|ratio|result|results|index|measurement|activity|time|fraction)s?\b)?[\s:=,(]*"
    r"(?:(?:was|were|is|are|of|at|as|to|with|showed|showing|found|measured|measuring|measures|measure|which|being|by|had|reached|rose|fell|increased|decreased|increase|decrease|elevation|rise|reduction|drop|fall|elevated|raised|reduced|low|high|normal|up|down|from|about|approximately|only|also|still|remained|improved|dropped|declined|estimated|calculated|"
    r"preserved|markedly|slightly|mildly|significantly|on|the|a|an|its|peak|average|mean|averaged|maximum|initial|baseline|serum|admission|her|his|and|in|which|range|per|revealed|noted|recorded|=)\b[\s:=,(]*)*$"
)


DIRECT = re.compile(
    r"[\s:=,(\[]*(?:(?:levels?|values?|counts?|scores?|titers?|ratio)\b)?[\s:=,(]*(?:(?:was|were|is|of|at)\b\s*)?"
    r"(?:(?:(?:had |has )?(?:\w+ly )?(?:reduced|decreased|increased|elevated|raised|dropped|fell|fallen|rose|risen|declined|improved)\s+)?to\s+)?(?:(?:about|approximately|only)\s*)?"
)
"""Between a name and the number that plainly is its value."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a value may belong to."""

    start: int
    end: int
    concept: Concept | None
    row: Observable | None = None
    role: str = "name"
    tag: str = ""


def names(an: Annotated, results: Sequence[Amount] | None = None) -> list[Name]:
    """Give everything in the sentence that a number could be a value of, in order.

    Where results are given, an ambiguous symbol (K, Ca, P) beside none of them is no test.
    """
    out = [
        _named(an, m, m.entry.origin)
        for m in an.matches("observations")
        if isinstance(m.entry.origin, Observable)
        and not _excluded(an, m.start, m.end, m.entry.origin)
        and (results is None or not _doubtful(an, m, m.entry.origin, results))
        and not _part(an, m, m.entry.origin)
        and not _headed(an, m)
    ]
    for t in an.tagged("Diagnostic_procedure"):
        if not any(overlaps(t.start, t.end, n.start, n.end) for n in out) and not (
            BARE.search(an.folded[t.start : t.end]) or EYE.fullmatch(an.text[t.start : t.end])
        ):
            noun = OF_MEASURE.match(an.folded, t.end)  # "blood" + "level"
            out.append(Name(t.start, noun.end() if noun else t.end, None, tag=t.type))
    for t in an.tagged(*PROBLEM_TAGS):
        if not any(overlaps(t.start, t.end, n.start, n.end) for n in out) and not EYE.fullmatch(
            an.text[t.start : t.end]
        ):
            out.append(Name(t.start, t.end, None, tag=t.type))
    for m in an.matches("problems"):
        if not any(overlaps(m.start, m.end, n.start, n.end) for n in out):
            out.append(Name(m.start, m.end, None, tag="Sign_symptom"))
    return _apposed(an, sorted(out, key=lambda n: n.start))


def _named(an: Annotated, m: Match, row: Observable) -> Name:
    """Give a table's test, or that of the fluid which the sentence speaks of; without a row where none has it."""
    meant = of_fluid(an, m.start, m.end, row)
    if meant is row:
        return Name(m.start, m.end, m.concept, row, m.entry.role)
    if meant is None or m.entry.role != "name":
        return Name(m.start, m.end, None, tag="Diagnostic_procedure")
    return Name(m.start, m.end, meant.concept, meant)


BRACKET = re.compile(r"\s*[\[(]+\s*")


def _apposed(an: Annotated, found: list[Name]) -> list[Name]:
    """Take a name and the abbreviation behind it in parentheses for one: "free thyroxine (FT4)"."""
    out: list[Name] = []
    for name in found:
        last = out[-1] if out else None
        between = an.folded[last.end : name.start] if last else ""
        if (
            (
                last
                and BRACKET.fullmatch(between)
                and name.end - last.start <= MAX_NAME
                and re.match(r"\s*(?:levels?)?\s*[\]),:;]", an.folded[name.end :])
            )
            and name.tag not in PROBLEM_TAGS
            and last.tag not in PROBLEM_TAGS
        ):
            keep = last if last.row else name
            out[-1] = replace(
                keep, start=last.start, end=name.end + (an.text[name.end : name.end + 1] in (")", "]"))
            )
            continue
        out.append(name)
    return out


EYE = re.compile(r"[RL]E|O[SDU]")
"""Short for an eye: where something was measured, not what."""


SIZES = frozenset({"lesion-size", "tumor-size", "size"})


def _part(an: Annotated, m: Match, row: Observable) -> bool:
    """Tell a noun of size in a longer name: a "right ventricle diameter" is the size of no lesion."""
    if row.concept.id not in SIZES:
        return False
    longer = any(t.start + 5 < m.start and m.end <= t.end for t in an.tagged("Diagnostic_procedure"))
    return longer or any(t.end == m.start - 1 for t in an.tagged("Biological_structure"))


OF_MEASURE = re.compile(r" (?:levels?|concentrations?|scores?|counts?|values?|titers?|titres?|index|ratio)\b")
OTHER_TEST = re.compile(
    r"[ -](?:\w+ )*(?:\w{3,}ases?|electrophoresis|clearance|excretion|secretion|receptors?|channels?|genes?|mutations?|rearrangements?|velocity|tolerance|uptake|binding|transporters?)\b"
)
"""Behind a test's name: a noun that makes it another test."""
ENZYME = re.compile(r" \w*(?:ferase|genase|oxidase|lase|tase|kinase|ductase|thase)s?\b")


def _headed(an: Annotated, m: Match) -> bool:
    """Tell a test's name that another noun follows: "lactate" is no test in "lactate deshydrogenase"."""
    return ENZYME.match(an.folded, m.end) is not None or any(
        t.start <= m.start and m.end < t.end and OTHER_TEST.match(an.folded[m.end : t.end])
        for t in an.tagged("Diagnostic_procedure")
    )


def _doubtful(an: Annotated, m: Match, row: Observable, results: Sequence[Amount]) -> bool:
    """Tell an ambiguous symbol that no value of its sort follows closely or stands right before."""
    if an.text[m.start : m.end] not in row.ambiguous:
        return False
    reach = 25 if m.end - m.start < 3 else 60
    behind = any(0 <= a.start - m.end <= reach and fits(row, a) for a in results)
    ahead = any(0 < m.start - a.end <= 5 and a.ucum and a.ucum in row.units for a in results)
    return not behind and not ahead


def _excluded(an: Annotated, start: int, end: int, row: Observable) -> bool:
    window = an.folded[max(0, start - 30) : end + 30]
    return any(e.lower() in window for e in row.excluded)


def fits(row: Observable | None, amount: Amount) -> bool:
    """Tell whether a test can have a value in these units."""
    if row is None:
        return True
    code = amount.ucum
    if not code:
        return (
            not row.units
            or any(u in ("", "1", "[pH]", "{score}", "{ratio}", "{INR}") for u in row.units)
            or row.category != "imaging"
        )
    return not row.units or code in row.units or (code == "%" and "%" in row.units)


SORTS = {
    **dict.fromkeys(LENGTHS, "length"),
    **dict.fromkeys(TIME_UNITS, "time"),
    **dict.fromkeys(("s", "ms", "us"), "instant"),
    **dict.fromkeys(("Cel", "[degF]"), "temperature"),
    **dict.fromkeys(("mm[Hg]", "kPa", "cm[H2O]"), "pressure"),
    **dict.fromkeys(("/min", "W", "deg", "{pack}.a", "kg", "uV", "mV"), "own"),
}
"""Units that no test has beside units of another sort."""


def rejects(row: Observable | None, amount: Amount) -> bool:
    """Tell a unit of another sort altogether (a length for a serum test)."""
    code = amount.ucum
    if row is None or not code or code in row.units or not row.units:
        return False
    sort = SORTS.get(code, "")
    theirs = {SORTS.get(u, "") for u in row.units if u}
    return sort not in theirs if sort else bool(theirs) and "" not in theirs and code != "%"


def bind(an: Annotated, all_names: Sequence[Name], amount: Amount, free_from: int) -> Name | None:
    """Give the name a value belongs to: before it and linked, before its parenthesis, or just behind it."""
    before = [n for n in all_names if n.end <= amount.start and n.start >= free_from]
    follower = next((n for n in all_names if n.start >= amount.end), None)
    if (
        follower
        and (follower.row or (amount.ucum == "%" and follower.tag == "Diagnostic_procedure"))
        and re.fullmatch(r"\s+(?:of )?", an.folded[amount.end : follower.start])
        and not rejects(follower.row, amount)
    ) and (
        not before or re.search(r"[,(;]|\b(?:and|with|including)\b", an.folded[before[-1].end : amount.start])
    ):
        return follower
    for name in reversed(before):
        reach = noun_phrase(an, name.start, name.end).end if name.tag in PROBLEM_TAGS else name.end
        between = an.folded[min(reach, amount.start) : amount.start]
        if rejects(name.row, amount) or ";" in between or len(between) > 90:
            break
        sized = amount.ucum in LENGTHS or amount.form == "size"
        beside = re.fullmatch(r"\s*\(\s*(?:about |approximately |up to )?", between) or LINK.match(between)
        if name.tag in PROBLEM_TAGS and not sized and not beside:
            continue
        if LINK.match(_without_numbers(between)):
            return name
    after = next((n for n in all_names if n.start >= amount.end), None)
    if (
        after
        and not rejects(after.row, amount)
        and (after.row or amount.ucum in LENGTHS or after.start - amount.end < 3)
    ):
        gap = an.folded[amount.end : after.start]
        if (
            re.fullmatch(r"[\s-]*(?:of |in )?(?:(?:\w+[\s-]+){0,3})?", gap)
            and len(gap) < 40
            and not re.search(r"\b(?:and|with|was|were|,)\b", gap)
        ):
            return after
    return stated(an, amount) or next((n for n in reversed(before) if _near(an, n, amount)), None)


MEASURE_NOUN = (
    r"(?:gradient|pressure|rate|level|count|volume|diameter|thickness|length|width|depth|area|fraction|index|time|velocity|concentration|titer|titre|score|ratio|"
    r"flow|saturation|weight|height|temperature|output|density|distance|angle|size|value|capacity|resistance|percentage|clearance|activity|excess|gap|dimension|uptake|power|energy|tone|acuity)s?"
)
WORDED = rare(
    rf"((?:(?<![a-z])(?:[a-z][a-z-]*+\s++){{1,3}})?{MEASURE_NOUN})\s*(?:\([^()]*\)\s*)?(?:of|was|were|is|are|at|=|:|to|as)?\s*(?:about |approximately |only |up to )?[(\[]?\s*$"
)
BARE = re.compile(
    r"^(?:(?:same|first|second|this|that|present) time|level|value|count|activity|concentration|percentage|time|rate|score|area|volume|size|titer|titre)s?$"
)
"""Nouns of measure that name nothing by themselves."""
FUNCTION_WORD = re.compile(
    r"^(?:(?:the|a|an|his|her|its|with|and|of|in|on|at|had|has|was|were|is|showed|revealed|demonstrated|by|to|for|from|that|which|whose|but|or|as|both|using|had|serum's)\s+)+"
)


def stated(an: Annotated, amount: Amount) -> Name | None:
    """Take the noun of measure before a number for its name where no table or tag knows one."""
    m = WORDED.search(an.folded, 0, amount.start) if amount.ucum and not is_time(amount) else None
    if m is None:
        return None
    words_ = m.group(1)
    while True:
        lead = FUNCTION_WORD.match(words_)
        cut = re.search(
            r"\b(?:the|a|an|with|and|of|showed|revealed|was|were|had|by|to|for|from)\s+(?=\S)", words_
        )
        at = lead.end() if lead else cut.end() if cut else 0
        if not at:
            break
        words_ = words_[at:]
    start = m.end(1) - len(words_)
    return Name(start, m.end(1), None, tag="measure") if words_ and not BARE.search(words_) else None


def _near(an: Annotated, name: Name, amount: Amount) -> bool:
    """Tell a name of the same clause that could have this value though no known link joins them."""
    between = an.folded[name.end : amount.start]
    if not amount.ucum or ";" in between or len(between) > 80 or is_time(amount):
        return False
    # a length is no result of the study that it was measured on
    return (
        fits(name.row, amount)
        if name.row
        else name.tag == "Diagnostic_procedure" and amount.ucum not in LENGTHS
    )


def _without_numbers(between: str) -> str:
    return re.sub(
        r"\([^()]*\)", " ", re.sub(r"\d[\d.,]*\s*(?:%|[a-z]+/[a-z]+)?\s*(?:to|and|-|/)?\s*", " ", between)
    )

"""Sizes, levels, grades, percentages and parentheses: what is printed in figures is set aside and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of a phrase with its Korean."""

    ko: str
    role: str
    form: str = ""
    en: str = ""


_N = r"\d+(?:[.,]\d+)?"
_UNIT = r"(?:cm|mm|μm|inch(?:es)?)\b"
_ABOUT = {
    **dict.fromkeys(("approximately", "about", "around", "roughly", "circa", "~"), "약 "),
    **dict.fromkeys(("up to", "maximum", "maximal"), "최대 "),
    **{"nearly": "거의 ", "at least": "최소 ", "<": "<", ">": ">"},
}
_ABOUT_RE = "|".join(re.escape(word) for word in _ABOUT)
_SIZE = re.compile(
    rf"(?:\b(?:measuring|measured|sized?|with a (?:size|diameter) of|of)\s+)?(?P<about>(?:{_ABOUT_RE})\s*)?"
    rf"(?P<size>{_N}(?:\s?-?\s?{_UNIT})?(?:\s*(?:[x×X*/]|by)\s*{_N}(?:\s?-?\s?{_UNIT})?){{0,2}}"
    rf"(?:\s?(?:-|–|to)\s?{_N})?)(?P<end>(?<=m)|(?<=inch)|(?<=inches)|\s?-?\s?(?P<unit>{_UNIT}))"
    rf"(?:[\s-]?(?P<kind>in (?:maximum |maximal |the )?(?:diameter|length|size|thickness|width|height|depth)|"
    rf"diameter|(?:long|thick|wide|deep|high)(?![-–]|\s(?:grade|density|signal|attenuation|intensity|flow|stand|"
    rf"vein|venous|based|segment|bone|axis|wall))|sized?|"
    rf"in (?:greatest|largest|maximum|maximal) (?:dimension|diameter|axis)))?(?!\w)",
    re.I,
)
_KINDS = {
    **{"diameter": "직경 {} ", "dimension": "최대 직경 {} ", "axis": "장경 {} "},
    **dict.fromkeys(("length", "long"), "길이 {}의"),
    **dict.fromkeys(("thickness", "thick"), "두께 {}의"),
    **dict.fromkeys(("width", "wide"), "폭 {}의"),
    **dict.fromkeys(("height", "high"), "높이 {}의"),
    **dict.fromkeys(("depth", "deep"), "깊이 {}의"),
}
"""How a size is worded by the dimension it is given for."""
_OF_SIZE = re.compile(
    rf"(?:\b(?:with|in)\s+)?(?:\ban?\s+)?\b(?P<most>(?:maximum|maximal|greatest|largest|mean|average)\s+)?"
    rf"(?P<kind>diameter|thickness|length|width|height|depth|size)s?(?:\s+of|,|:)?\s+(?P<about>(?:{_ABOUT_RE})\s*)?"
    rf"(?P<size>{_N}(?:\s?{_UNIT})?(?:\s*(?:[x×X*/]|by)\s*{_N}(?:\s?{_UNIT})?){{0,2}}(?:\s?(?:-|–|to)\s?{_N})?)"
    rf"(?P<end>(?<=m)|\s?-?\s?(?P<unit>{_UNIT}))(?!\w)",
    re.I,
)
_LITERALS = (
    (
        re.compile(
            r"\b(?:[CTLS]\d{1,2})(?:\s?[-–/]\s?[CTLS]?\d{1,2})+\b|\b[CL]\d\b|\b(?:T[3-9]|T1[0-2]|S[1-5])\b"
        ),
        "s",
        "{0}",
    ),
    (re.compile(r"\b(?:histological |histologic |tumor )?grade\s+([IVX]+|\d)\b(?!\+)", re.I), "m", "{1}등급"),
    (re.compile(r"\bstage\s+([IVX]+[A-D]?|\d[A-Da-d]?)\b", re.I), "m", "{1}기"),
    (re.compile(r"\btype\s+([IVX]+|\d|[A-D])\b", re.I), "m", "{1}형"),
    (re.compile(r"\b(?:grade )?(\d\+)(?!\w)"), "m", "{1}"),
    (re.compile(r"\b(?:pT|cT|ypT)\d\w*"), "m", "{0}"),
)
_FIGURES = re.compile(r"\d|\b(?:grade|stage|type)\b", re.I)
"""What every literal holds."""
_PERCENT = re.compile(
    rf"(?P<about>(?:{_ABOUT_RE})\s*)?(?P<number>{_N}(?:\s?(?:-|–|to)\s?{_N})?\s?%)(?P<of>(?=\s+of\b))?", re.I
)
_NAMED_NUMBER = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z ]+?)(?:\s*[,:=]\s*|\s+of\s+|\s+)(?P<number>[\d.]+\s?[a-zA-Z%/]{0,6})"
)
_PARENTHESIS = re.compile(r"\s*[(\[]([^()\[\]]*)(?:[)\]]|$)")
_NO_MATTER = re.compile(
    r"[A-Z][A-Za-z0-9-]{1,7}s?|\s*(?:[Ff]ig|[Tt]able)(?:ure|s)?\b.*|.*\b[Aa]rrow.*|\s*|[A-Z]|as above"
)
_NUMERIC = re.compile(r"[\d.,–\-/×xX*%<>~≥≤± ]*\d[\d.,–\-/×xX*%<>~≥≤± ]*(?:[A-Za-zμ%/°℃²³0-9]{0,9})|HU\s*=.*")
_PRIVATE = 0xE000


def asides(phrase: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Split parentheses off a phrase: numbers are kept as printed, words are to be composed.

    >>> asides("weight loss (10 kg)")
    ('weight loss', ('10 kg',), ())
    """
    found = [match.group(1).strip() for match in _PARENTHESIS.finditer(phrase)]
    plain = " ".join(_PARENTHESIS.sub(" ", phrase).replace(")", " ").split()).strip(" ,")
    kept = [text for text in found if not _NO_MATTER.fullmatch(text)]
    numbers = tuple(text for text in kept if _NUMERIC.fullmatch(text))
    return plain, numbers, tuple(text for text in kept if text not in numbers)


def set_aside(text: str) -> tuple[str, dict[str, Item]]:
    """Replace sizes, levels, grades and percentages by private characters that stand for their items."""
    found: dict[str, Item] = {}
    if not _FIGURES.search(text):
        return text, found

    def keep(item: Item) -> str:
        key = chr(_PRIVATE + len(found))
        found[key] = item
        return f" {key} "

    text = _PERCENT.sub(lambda match: keep(_percent(match)), text)
    text = _OF_SIZE.sub(lambda match: keep(_size(match)), text)
    text = _SIZE.sub(lambda match: keep(_size(match)), text)
    for pattern, role, form in _LITERALS:

        def literal(match: re.Match[str], role: str = role, form: str = form) -> str:
            return keep(Item(form.format(match.group().strip(), *match.groups()), role, en=match.group()))

        text = pattern.sub(literal, text)
    return text, found


def _percent(match: re.Match[str]) -> Item:
    """Keep a percentage; before "of" it is a part of what follows: 높이 50%."""
    about = _ABOUT.get((match["about"] or "").strip().lower(), "")
    return Item(about + match["number"], "f" if match["of"] is not None else "m", en=match.group())


def named_number(text: str) -> tuple[str, str]:
    """Split "maximal diameter, 12 mm" to name and number; without a number the name is the whole text.

    >>> named_number("standardized uptake value, 6.5")
    ('standardized uptake value', '6.5')
    """
    found = _NAMED_NUMBER.fullmatch(text)
    return (found["name"], found["number"]) if found else (text, "")


def _size(match: re.Match[str]) -> Item:
    """Word a printed size: 2 cm 크기의, 직경 3 cm의, 두께 5 mm의."""
    about = _ABOUT.get((match.group("about") or "").strip().lower(), "")
    printed = re.sub(r"(?<=\d)\s?-\s?(?=[a-zμ])", " ", match.group("size").strip(), flags=re.I)
    printed = re.sub(r"\s*(?:[x×X*/]|\bby\b)\s*", " × ", printed)
    printed = re.sub(r"\s?\bto\b\s?", "–", printed)
    unit = match.group("unit")
    number = about + (f"{printed} {unit}" if unit else printed)
    number = re.sub(r"(?<=\d)(?=[cmμ]m?\b)", " ", number)
    number = re.sub(r"(?<=[\dm]) (?=[-–])|(?<=[-–]) ", "", number)
    most = (
        "최대 "
        if match.groupdict().get("most", "") and match["most"].lower().startswith(("max", "g", "l"))
        else ""
    )
    kind = (match.group("kind") or "size").lower().split()[-1]
    form = _KINDS.get(kind, "{} 크기의")
    return Item(
        most + (form.format(number)).strip() + ("의" if form.endswith(" ") else ""), "m", en=match.group()
    )

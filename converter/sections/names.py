"""Tell lines of names and addresses from running text."""

from __future__ import annotations

import re

from converter.sections.cues import HANGUL, Cues
from converter.sections.lines import Line

VERB = re.compile(
    r"\b(?:is|are|was|were|has|had|have|presented?|showed|revealed|underwent|admitted|describes?|reports?|suggests?)\b"
    r"|(?:다|음|함|됨)[.]"
)
NAME = re.compile(r"[A-Z][\w'’.-]*|[a-z]{1,3}|[가-힣]{2,4}\d*")
SPACED = re.compile(r"(?:[가-힣](?: [가-힣]){1,3}[\d*¹²³⁴⁵⁶⁷⁸⁹]*(?:\s*[,·]\s*|$)){2,}")
"""Korean names printed with blanks between their syllables."""
MARKS = re.compile(r"\^\{[^}]*\}|[\d*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰^{},;·&()#|]|\band\b")
"""What stands between and after names: numbers of affiliations, asterisks, commas."""

KOREAN_PROSE = 15
"""Characters over which a line with a verb is running text: Hangul writes a syllable in one."""


def is_prose(line: Line) -> bool:
    """Tell running text from names, addresses and keys: long, or closed by a full stop and with a verb."""
    if len(line.text) > 350:
        return bool(VERB.search(line.folded))
    least = KOREAN_PROSE if HANGUL.search(line.text) else 40
    return len(line.text) > least and bool(VERB.search(line.folded))


def is_affiliation(line: Line, cues: Cues) -> bool:
    """Tell a line that names a department, hospital or university."""
    return len(line.text) < 900 and cues.affiliation.found(line.folded)


def is_authors(line: Line, cues: Cues) -> bool:
    """Tell a line of names: several capitalised words, nothing that a sentence has."""
    if len(line.text) > 900 or (VERB.search(line.folded) and not cues.degree.search(line.folded)):
        return False
    if SPACED.fullmatch(line.text):
        return True
    marks = MARKS.sub(" ", line.text)
    tokens = marks.split()
    if not tokens or len(tokens) < 2:
        return False
    names = [t for t in tokens if NAME.fullmatch(t)]
    parted = re.search(r"[,·;]|\band\b|\d$", line.text) is not None
    korean = all(re.fullmatch(r"[가-힣]{2,4}", t) for t in tokens)
    if korean:
        return parted and len(tokens) <= 20 and "·" in line.text + "·" * (line.text.count(",") > 0)
    latin = [t for t in names if t[0].isupper()]
    named = len(names) == len(tokens) and len(latin) * 4 >= len(tokens) * 3
    return named and bool(cues.degree.search(line.folded) or parted)

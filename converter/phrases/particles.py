"""Korean particles after any word: Hangul, Latin words, abbreviations, digits and units.

The form follows the last sounded syllable of the word before any parenthesis. Three answers are enough: the
syllable ends in a vowel, in ㄹ (which counts as a vowel before 로), or in another consonant.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from converter.phrases.lexicon import readings


class Ending(Enum):
    """How the last sounded syllable ends."""

    VOWEL = "vowel"
    RIEUL = "ㄹ"
    CONSONANT = "consonant"


_PARENTHESIS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")
_TAIL = " \t\"'”’».,;:!?*_~)]}>」』"
_DIGITS = dict(zip("0123456789", "영일이삼사오육칠팔구", strict=True))
_LETTERS = {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
_POWERS = ((8, "억"), (4, "만"), (3, "천"), (2, "백"), (1, "십"))
_NUMBER = re.compile(r"(\d[\d,]*)(\.\d+)?$")
_UNIT = re.compile(r"(?:^|(?<=[\d\s/·.]))([A-Za-zµμ°℃%]+)(?:(?<=m)[23²³])?$")
_VOWELS = "aeiouy"
_VOWEL_FORMS = frozenset(
    {"가", "는", "를", "와", "로", "나", "야", "라", "며", "고", "랑", "여", "로서", "로써", "로부터"}
)


def particle(word: str, pair: str) -> str:
    """Attach the fitting particle of a pair to a word.

    >>> particle("T1", "이/가"), particle("심첨(apex)", "을/를"), particle("59%", "으로/로")
    ('T1이', '심첨(apex)을', '59%로')
    """
    first, second = pair.split("/")
    if first in _VOWEL_FORMS and second not in _VOWEL_FORMS:
        first, second = second, first
    ending = ending_of(word)
    vowel = ending is Ending.VOWEL or (ending is Ending.RIEUL and first == "으" + second)
    return word + (second if vowel else first)


def ending_of(word: str) -> Ending:
    """Tell how the last sounded syllable of a word ends."""
    text = word.strip()
    while (shorter := _PARENTHESIS.sub("", text)) != text and shorter.strip():
        text = shorter
    text = text.rstrip(_TAIL).replace("₂", "2")
    if not text:
        return Ending.VOWEL
    last = text[-1]
    if "가" <= last <= "힣":
        return _hangul(last)
    known = _known_reading(text)
    if known:
        return _hangul(known[-1])
    if last.isdigit() and last.isascii():
        return _hangul(_number_reading(text)[-1])
    return _latin(unicodedata.normalize("NFKC", text))


def _hangul(syllable: str) -> Ending:
    """Read the final consonant off a composed syllable."""
    final = (ord(syllable) - 0xAC00) % 28
    if final == 0:
        return Ending.VOWEL
    return Ending.RIEUL if final == 8 else Ending.CONSONANT


def _known_reading(text: str) -> str:
    """Look the last word or unit up: units only after a number, a space or a slash."""
    table = readings()
    unit = _UNIT.search(text)
    if (
        unit
        and unit.group(1).replace("µ", "μ") in table.units
        and (unit.start() > 0 or len(unit.group(1)) > 1)
    ):
        return table.units[unit.group(1).replace("µ", "μ")]
    last = re.split(r"[\s/]", text)[-1]
    for key in (last, last.rsplit("-", 1)[-1], last.rsplit("–", 1)[-1]):
        if key in table.words:
            return table.words[key]
        if not key.isupper() and key.lower() in table.words:
            return table.words[key.lower()]
    return table.symbols.get(text[-1], "")


def _number_reading(text: str) -> str:
    """Read the last digit of a number as Korean says it: 20 is 이십, 1000 is 천, 5.10 is 오 점 일 영."""
    found = _NUMBER.search(text)
    assert found is not None
    whole = found.group(1).replace(",", "")
    last = text[-1]
    if found.group(2) or last != "0" or whole.strip("0") == "" or whole.startswith("0"):
        return _DIGITS[last]
    zeros = len(whole) - len(whole.rstrip("0"))
    return next(name for power, name in _POWERS if zeros >= power)


def _latin(text: str) -> Ending:
    """Tell the ending of a Latin word or abbreviation by letter names or by the rules of reading."""
    found = re.search(r"[A-Za-z0-9'’]+$", text)
    if found is None:
        return Ending.VOWEL
    token = re.sub(r"['’]s?$", "", found.group()) or "s"
    letters = re.sub(r"[^A-Za-z]", "", token)
    spelled = token[1:] != token[1:].lower() or len(letters) == 1 or bool(re.search(r"\d", token))
    if spelled and not (len(letters) > 2 and re.search(r"[A-Z]s$", token)):
        return _hangul(_LETTERS[token[-1].lower()]) if token[-1].lower() in _LETTERS else Ending.VOWEL
    if spelled:
        return Ending.VOWEL
    binomial = re.search(
        r"(?:^|\s)(?:[A-Z]\.|[A-Z][a-z]+(?:us|um|a|is|es|ia|er|yces|ter|on|ella|as))\s+[a-z]+$", text
    )
    return _word_ending(token.lower(), sounded_e=binomial is not None)


def _word_ending(word: str, sounded_e: bool) -> Ending:
    """Apply the rules by which Korean writes the end of a foreign word."""
    if not re.search(r"[aeiouy]", word):
        return _hangul(_LETTERS[word[-1]]) if word[-1] in _LETTERS else Ending.VOWEL
    if word.endswith("e") and not sounded_e and len(word) > 3 and word[-2] not in _VOWELS:
        if word[-2] in "nm":
            return Ending.CONSONANT
        return Ending.RIEUL if word[-2] == "l" else Ending.VOWEL
    last = word[-1]
    if last == "l":
        return Ending.RIEUL
    closed = word.endswith(("gn", "ng", "ck")) or last in "nm" or (last in "ptkc" and _short_vowel(word[:-1]))
    return Ending.CONSONANT if closed else Ending.VOWEL


def _short_vowel(stem: str) -> bool:
    """Tell whether a stem ends in one short vowel, after which p, t, k and c close the syllable."""
    return stem[-1:] in tuple(_VOWELS) and (len(stem) < 2 or stem[-2] not in _VOWELS)

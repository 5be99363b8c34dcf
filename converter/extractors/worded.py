"""Results said in words: "troponin was elevated", "ANA: negative", "raised D-dimer"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.extractors import korean_results
from converter.extractors.annotate import Annotated
from converter.extractors.binding import Name, names
from converter.extractors.measurements import coded
from converter.extractors.place import mention, nearest_time, overlaps
from converter.extractors.sieve import rare
from converter.model import FactKind, Mention, Words
from converter.text import hangul

WORD_VALUE = rare(
    r"(?P<pos>\bpositive\b|양성)|(?P<neg>\bnegative\b|음성)|(?P<high>\b(?:elevated|increased|raised|high|prolonged)\b|상승|증가)|(?P<low>\b(?:decreased|reduced|low|lowered|depressed|diminished)\b|저하|감소)"
    r"|(?P<normal>\b(?:normal|within normal limits|unremarkable)\b|정상(?!적으로|적인|화))|(?P<trace>\btrace\b)|(?P<plus>\b[1-4]\+|(?<!\w)\+{1,4}(?!\w))"
)
CODES = {
    "pos": "positive",
    "neg": "negative",
    "high": "elevated",
    "low": "decreased",
    "normal": "normal",
    "trace": "trace",
    "plus": "",
}
INTERPRETATION = {"pos": "POS", "neg": "NEG", "high": "H", "low": "L", "normal": "N"}


def words(an: Annotated, taken: Sequence[Mention]) -> tuple[Mention, ...]:
    """Give results said in words: "troponin was elevated", "ANA: negative", "raised D-dimer"."""
    out = []
    for name in names(an) if WORD_VALUE.may_match(an.folded) else ():
        if (
            name.row is None
            or name.role not in ("name", "high")
            or any(overlaps(name.start, name.end, m.start, m.end) for m in taken)
        ):
            continue
        if an.text[name.start : name.end] in name.row.ambiguous:
            continue
        hit = _word_near(an, name) or _word_last(an, name)
        if hit is None:
            continue
        kind = hit.lastgroup or ""
        if name.role == "high" and kind != "plus":
            continue
        value = Words(hit.group(), CODES[kind], an.sentence.spans(*hit.span()))
        out.append(
            mention(
                an, FactKind.MEASUREMENT, name.start, name.end, concept=coded(name.row, ""), value=value, category=name.row.category,
                interpretation=INTERPRETATION.get(kind, ""), time=nearest_time(an, name.start, name.end),
            )
        )  # fmt: skip
    return tuple(out)


def _word_last(an: Annotated, name: Name) -> re.Match[str] | None:
    if not hangul(an.folded, name.end):
        return None
    return korean_results.word_after(an, name, names(an), WORD_VALUE.compiled)


def _word_near(an: Annotated, name: Name) -> re.Match[str] | None:
    after = an.folded[name.end : name.end + 45]
    cut = re.search(r"[;.]|, (?!and )", after)
    stop = name.end + (cut.start() if cut else len(after))
    m = WORD_VALUE.search(an.folded, name.end, stop)
    if m and re.fullmatch(
        r"\s*(?:levels?|values?|tests?|counts?|result|titers?|serology|antibod\w+|antigen)?\s*(?::|=|\(|was|were|is|are|remained|also|slightly|mildly|markedly|significantly|within|to be|both|\s)*",
        an.folded[name.end : m.start()],
    ):
        return m
    start = max(0, name.start - 30)
    hits = list(WORD_VALUE.finditer(an.folded, start, name.start))
    if hits and re.fullmatch(
        r"\s*(?:levels? of |serum |plasma |for |in |total |urine )*", an.folded[hits[-1].end() : name.start]
    ):
        return hits[-1]
    return None

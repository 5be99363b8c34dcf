"""The fluid that a result is of: the glucose of a lumbar puncture is no blood glucose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.extractors.annotate import Annotated
from converter.extractors.lexicon import lexicon
from converter.extractors.sieve import rare
from converter.mappings import Observable

FLUIDS = (
    ("csf", "CSF", rare(r"\b(?:cerebrospinal fluid|csf|lumbar puncture|spinal (?:tap|fluid))\b|뇌척수액|요추 ?천자")),
    ("pleural-fluid", "pleural fluid", rare(r"\b(?:pleural fluid|thora(?:co)?centesis|pleurocentesis)\b|흉수 ?검사|흉강 ?천자")),
    ("ascitic-fluid", "ascitic fluid", rare(r"\b(?:ascitic fluid|ascites fluid|peritoneal fluid|paracentesis)\b|복수 ?검사|복수 ?천자")),
    ("synovial-fluid", "synovial fluid", rare(r"\b(?:synovial fluid|joint fluid|joint aspirat\w+|arthrocentesis)\b|관절액|관절 ?천자")),
)  # fmt: skip
"""Specimen as the tables call it, how names of its tests begin, and the words that bring it in."""
BLOOD = frozenset({"blood", "serum", "plasma", ""})
OF_BLOOD = re.compile(r"\b(?:serum|blood|plasma|peripheral|capillary|venous|arterial)\b|혈청|혈액|혈장")


def of_fluid(an: Annotated, start: int, stop: int, row: Observable) -> Observable | None:
    """Give the test that a name means where its sentence speaks of a fluid; None where no table has it.

    A test of blood stays one before any fluid is named, and where blood is named after it.
    """
    if row.specimen not in BLOOD or row.category != "laboratory":
        return row
    found = [
        (m.end(), key, prefix) for key, prefix, words in FLUIDS for m in words.finditer(an.folded, 0, start)
    ]
    if not found:
        return row
    end, key, prefix = max(found)
    if OF_BLOOD.search(an.folded, end, stop) or ";" in an.folded[end:start]:
        return row
    return next(_tests(row, key, prefix), None)


def _tests(row: Observable, key: str, prefix: str) -> Iterator[Observable]:
    for name in (*row.names, row.concept.en):
        entry = lexicon("observations").look_up(f"{prefix} {name}")
        if entry and isinstance(entry.origin, Observable) and entry.origin.specimen == key:
            yield entry.origin

"""The words of mappings/treatments.toml: what stands among treatments and is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from converter.issues import MappingError
from converter.mappings import load_toml

PROCEDURE = ("general", "said", "care", "device", "person", "after", "which")
DRUG = ("kinds", "words", "words_ko")
COUNTED = r"q\d+h|\W*\w?\W*|[\d.,]+|days? .*"
"""A rhythm, a letter, a number, or a time: beside a drug, never one."""


@dataclass(frozen=True, slots=True)
class TreatmentWords:
    """The lists of the file, ready to be asked; the keys are explained there."""

    general: frozenset[str]
    said: frozenset[str]
    care: frozenset[str]
    device: frozenset[str]
    which: frozenset[str]
    person: tuple[str, ...]
    after: re.Pattern[str]
    no_drug_kinds: frozenset[str]
    no_drug: re.Pattern[str]
    no_drug_ko: tuple[str, ...]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w+") for word in sorted(set(words)))


@cache
def treatment_words() -> TreatmentWords:
    """Read mappings/treatments.toml once; MappingError where it holds a key that nothing reads."""
    data = load_toml("treatments.toml")
    done, drug = data["procedure"], data["drug"]
    if unknown := sorted({*done} - {*PROCEDURE} | {*drug} - {*DRUG}):
        raise MappingError(f"mappings/treatments.toml: unknown key {', '.join(unknown)}")
    return TreatmentWords(
        general=frozenset(done["general"]),
        said=frozenset(done["said"]),
        care=frozenset(done["care"]),
        device=frozenset(done["device"]),
        which=frozenset(done["which"]),
        person=tuple(done["person"]),
        after=re.compile(rf"[- ](?:{_any(done['after'])})\b"),
        no_drug_kinds=frozenset(drug["kinds"]),
        no_drug=re.compile(rf"{COUNTED}|{_any(drug['words'])}"),
        no_drug_ko=tuple(drug["words_ko"]),
    )

"""Any facts at all: the bundle is linked, whole, the same twice, and its numbers survive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from test_fhir import CREATININE, CT, CULTURE, DCM, DOCUMENT, EFFUSION, MOTHER, PUBLICATION, walk

from converter.check import check
from converter.fhir import BuildOptions, build
from converter.fhir import json as fhir_json
from converter.model import (
    Assertion,
    Code,
    Concept,
    Dosage,
    Fact,
    FactKind,
    Facts,
    Imaging,
    Phrase,
    Publication,
    Quantity,
    Range,
    Ratio,
    Site,
    Span,
    Time,
    Words,
)

WORDS = some.sampled_from(
    ["cyst", "no", "폐렴", "mild", "left renal mass", "was negative", "3+", "E. coli", "new"]
)
LENGTH = some.integers(1, 40)
SPANS = some.lists(some.builds(lambda a, n: Span(a, a + n), some.integers(0, 200), LENGTH), max_size=2).map(
    tuple
)
NAMED = some.lists(some.builds(lambda a: Span(a, a + 4), some.integers(0, 200)), min_size=1, max_size=2).map(
    tuple
)
NUMBERS = some.decimals(0, 10000, places=2)
PHRASES = some.none() | some.builds(Phrase, WORDS, SPANS)
CONCEPTS = some.none() | some.sampled_from(
    [
        CREATININE,
        CT,
        CULTURE,
        EFFUSION,
        Concept("death", "outcome", "Death", "사망"),
        Concept("bare", "sign", "Bare"),
    ]
)
QUANTITIES = some.builds(
    Quantity,
    NUMBERS,
    some.sampled_from(["", "mg"]),
    some.sampled_from(["", "mg"]),
    some.sampled_from(["", "<"]),
    SPANS,
)
RANGES = some.builds(Range, some.none() | QUANTITIES, some.none() | QUANTITIES, some.just("2-3"), SPANS)
SAID = some.builds(
    Words, WORDS, some.sampled_from(["", "normal", "negative", "unchanged", "elevated"]), SPANS
)
VALUES = some.none() | QUANTITIES | RANGES | SAID | some.builds(Ratio, QUANTITIES, QUANTITIES, SPANS)
TIMES = some.none() | some.builds(
    Time,
    WORDS,
    some.sampled_from(["", "admission", "surgery", "birth", "discharge", "onset", "transplantation"]),
    some.sampled_from(["", "before", "after", "at"]),
    some.none() | NUMBERS,
    some.none() | NUMBERS,
    some.sampled_from(["", "h", "d", "wk", "mo", "a"]),
    some.sampled_from(["", "2020-02", "2020-02-29"]),
    SPANS,
)
FACTS = some.builds(
    Fact,
    kind=some.sampled_from(FactKind),
    name=WORDS,
    evidence=NAMED,
    concept=CONCEPTS,
    assertion=some.sampled_from(Assertion),
    certainty=PHRASES,
    category=some.sampled_from(["", "laboratory", "vital-signs", "imaging"]),
    value=VALUES,
    reference=some.none() | RANGES,
    statistic=PHRASES,
    interpretation=some.sampled_from(["", "H", "L"]),
    sites=some.lists(
        some.builds(Site, WORDS, CONCEPTS, some.sampled_from(["", "left"]), SPANS), max_size=2
    ).map(tuple),
    severity=PHRASES,
    time=TIMES,
    study=some.none() | some.integers(0, 5),
    specimen=some.none() | some.just(CULTURE),
    imaging=some.none() | some.just(Imaging(Code(DCM, "CT", "Computed Tomography"), "without", ("Axial",))),
    dosage=some.none() | some.builds(Dosage, WORDS, VALUES, some.none(), PHRASES, PHRASES, SPANS),
    person=some.none() | some.just(MOTHER),
    caption=PHRASES,
    presenting=some.booleans(),
    principal=some.booleans(),
    new=some.booleans(),
    notes=some.lists(some.builds(Phrase, WORDS, SPANS), max_size=1).map(tuple),
)
CASES = some.builds(
    Facts,
    some.just(DOCUMENT),
    some.sampled_from([PUBLICATION, Publication()]),
    some.lists(FACTS, min_size=1, max_size=6).map(tuple),
)
OPTIONS = some.builds(
    BuildOptions,
    bundle_type=some.sampled_from(["document", "transaction", "collection"]),
    evidence=some.sampled_from(["full", "names"]),
    admission_date=some.sampled_from(["", "2020-02-29"]),
    over_90=some.booleans(),
)
UNFAITHFUL = {"FID002", "FID003", "FID004", "FID005", "BND012"}
"""What made-up spans break, and names without translation."""


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(CASES, OPTIONS)
def test_any_facts_make_a_sound_bundle(facts: Facts, options: BuildOptions) -> None:
    bundle = build(facts, options)[0]
    issues = check(bundle, structure=False)
    assert [(i.code, i.path, i.message) for i in issues if i.code not in UNFAITHFUL] == []
    text = fhir_json.dumps(bundle)
    assert fhir_json.dumps(build(facts, options)[0]) == text
    assert fhir_json.dumps(fhir_json.loads(text)) == text
    assert not [value for value in walk(bundle) if isinstance(value, float) or _is_empty(value)]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


@given(some.decimals(allow_nan=False, allow_infinity=False))
def test_any_decimal_survives(number: Decimal) -> None:
    assert fhir_json.loads(fhir_json.dumps({"v": number}))["v"] == number

"""JSON of a bundle: Decimals as printed, elements in FHIR's order."""

from __future__ import annotations

import json as standard_json
from decimal import Decimal

import pytest
from test_fhir import made

from converter.fhir import json as fhir_json


def test_decimals_are_written_as_printed() -> None:
    text = fhir_json.dumps(made())
    assert '"value":5.10,' in text
    assert fhir_json.dumps(fhir_json.loads(text)) == text


def test_json_pretty_is_the_same_data() -> None:
    bundle = made()
    assert fhir_json.loads(fhir_json.dumps(bundle, pretty=True)) == fhir_json.loads(fhir_json.dumps(bundle))


@pytest.mark.parametrize("value", ["0.0", "5.10", "1E+3", "-3.50", "100000"])
def test_decimal_survives(value: str) -> None:
    assert fhir_json.loads(fhir_json.dumps({"v": Decimal(value)}))["v"] == Decimal(value)


def test_json_refuses_what_is_no_number() -> None:
    for value in (Decimal("NaN"), float("nan"), {1, 2}):
        with pytest.raises((TypeError, ValueError)):
            fhir_json.dumps({"value": value})


def test_text_added_later_stands_before_extensions() -> None:
    written = fhir_json.dumps(
        {"resourceType": "Basic", "id": "a", "extension": [1], "code": {}, "text": {"a": 1}}
    )
    assert list(standard_json.loads(written)) == ["resourceType", "id", "text", "extension", "code"]

"""UCUM's grammar, and numbers as they are printed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from converter.check.numbers import printed, stands
from converter.check.ucum import valid

GOOD = [
    "mg/dL", "g/L", "mmol/L", "umol/L", "meq/L", "m[IU]/mL", "[IU]/L", "U/L", "k[IU]/L",
    "ug/mL", "pg/mL", "ng/dL", "fL", "%", "10*3/uL", "10*9/L", "10*12/L", "/uL",
    "/[HPF]", "/[LPF]", "mm[Hg]", "cm[H2O]", "Cel", "[degF]", "/min", "{beats}/min", "mL/min/{1.73_m2}",
    "mL/min/(173.10*-2.m2)", "kg/m2", "kg", "m", "cm", "mm", "um", "m2", "L",
    "mL", "dL", "a", "mo", "wk", "d", "h", "min", "s",
    "ms", "a_j", "Gy", "cGy", "mGy", "Bq", "MBq", "mCi", "kHz",
    "MHz", "[hnsf'U]", "{score}", "{INR}", "1", "ug/kg/min", "mg/kg/d", "L/min", "mm/h",
    "[pH]", "mosm/kg", "kPa", "Pa", "J", "kcal", "[in_i]", "[lb_av]", "[CFU]/mL",
    "%{vol}", "{copies}/mL", "g%", "mg/g{creat}", "[arb'U]/mL", "[ppm]", "10*6", "10^6/L", "[iU]",
    "mol", "kat", "ukat/L", "nmol/mL/h", "deg", "rad", "cm2", "cm3", "m/s2",
    "B[10.nV]", "ng{FEU}/mL", "K/uL",
]  # fmt: skip
"""K/uL is UCUM, though no count: kelvin per microlitre."""
BAD = [
    "mmHg", "mEq/L", "IU/L", "HU", "MG/DL", "mcg", "cc", "ºC", "°C",
    "years", "mg//dL", "mg/", "(mg", "mg)", "{open", "mg{a}{b}", "mg{가}", "x10",
    "5%", "mgg/dL", "/", ".", "mg..dL", "sec", "hr", "hrs", "kcm",
    "kmm[Hgg]", "gm", "pg/mL/", "{a", "b}",
]  # fmt: skip


@pytest.mark.parametrize("unit", GOOD)
def test_ucum_is_accepted(unit: str) -> None:
    assert valid(unit)


@pytest.mark.parametrize("unit", [*BAD, "", " ", "mg dL", "mg /dL"])
def test_what_is_not_ucum_is_refused(unit: str) -> None:
    assert not valid(unit)


@pytest.mark.parametrize("unit", sorted({*GOOD, *BAD}))
def test_agrees_with_ucumvert(unit: str) -> None:
    parser = pytest.importorskip("ucumvert").get_ucum_parser()
    try:
        parser.parse(unit)
    except Exception:
        accepted = False
    else:
        accepted = True
    assert valid(unit) == accepted


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("5.10 mg/dL", {"5.10"}),
        ("32,322/uL", {"32322"}),
        ("1,234,567.8", {"1234567.8"}),
        ("0.6-1.1", {"0.6", "1.1"}),
        ("120/80", {"120", "80"}),
        (".5 mg", {"0.5"}),
        ("5,1 mmol/L", {"5.1"}),
        ("12·5", {"12.5"}),
        ("z-score of -2.5", {"-2.5"}),
        ("−3 D", {"-3"}),
        ("(–70 dB)", {"-70"}),
        ("5–10 mg", {"5", "10"}),
        ("2-3 cm", {"2", "3"}),
        ("1:320", {"1", "320"}),
        ("59%로", {"59"}),
        ("１２ｍｇ", {"12"}),
        ("12 500 cells", {"12500", "12", "500"}),
        ("39+2 weeks", {"39", "2"}),
        ("no number", set()),
    ],
)
def test_printed_numbers(text: str, numbers: set[str]) -> None:
    assert printed(text) == numbers


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (Decimal("5.10"), "5.10", True),
        (Decimal("5.1"), "5.10", False),
        (Decimal("5.10"), "5.1", False),
        (5.1, "5.10", True),
        (6, "six", True),
        (6, "sixteen", False),
        (16, "sixteen", True),
        (21, "twenty-one-year-old", True),
        (2, "twice daily", True),
        (3, "t.i.d.", True),
        (6, "여섯 번", True),
        (25, "스물다섯 살", True),
        (7, "여섯 번", False),
        (51, "15", False),
        (5, "51", False),
        (Decimal("-2.5"), "of -2.5", True),
        (Decimal("2.5"), "of -2.5", False),
    ],
)
def test_number_stands_in_words(number: int | float | Decimal, text: str, expected: bool) -> None:
    assert stands(number, text, printed(text)) is expected

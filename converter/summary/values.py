"""Values as printed: comparator, number, unit, statistic, reference range, flag."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from converter.phrases import age_phrase, grouped, labels
from converter.summary.model import Row, Said
from converter.summary.source import EMPTY, Element, code, english, original, text
from converter.summary.times import when
from converter.summary.wording import commas, quoted
from converter.summary.wording import word as known
from converter.text import HANGUL

AGE = "30525-0"
"""LOINC's code of a patient's age."""
SIGNS = {"<": "<", "<=": "≤", ">=": "≥", ">": ">"}
COUNTED = ("회", "번", "박")
"""Korean counts whose minute stands before the number: "분당 112회"."""
TIGHT = ("%", "°C", "℃", "°")
"""Units that stand next to their number."""
_MICRO = re.compile(r"\bu(?=[LgmM](?:ol)?\b)")
_POWER = re.compile(r"\b10\*(-?\d+)")
_UP = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def number(value: Any) -> str:
    """Write a number as it is printed; integers of five figures and more get their separator.

    >>> number(Decimal("5.10")), number(32322)
    ('5.10', '32,322')
    """
    return grouped(format(value, "f") if isinstance(value, Decimal) else str(value))


def unit(quantity: Element) -> str:
    """Write a unit: the printed one, its micro and powers as readers write them."""
    printed = str(quantity.get("unit") or quantity.get("code") or "")
    if printed in COUNTED:
        printed = f"{printed}/분"
    return _POWER.sub(lambda m: "10" + m[1].translate(_UP), _MICRO.sub("μ", printed))


def amount(quantity: Element) -> str:
    """Write a quantity."""
    measure = unit(quantity)
    tight = not measure or measure in TIGHT or measure.startswith("/")
    sign = SIGNS.get(str(quantity.get("comparator", "")), "")
    return f"{sign}{number(quantity.get('value', ''))}" + ("" if tight else " ") + measure


def interval(low: Element, high: Element) -> str:
    """Write a range; the unit once where both limits share it."""
    if low and high:
        same = unit(low) == unit(high)
        return f"{number(low.get('value', '')) if same else amount(low)}–{amount(high)}"
    if low:
        return f"≥{amount(low)}"
    return f"≤{amount(high)}" if high else ""


def value(resource: Element, language: str) -> Said:
    """Write value[x] in a language, with its statistic."""
    written = _plain(resource, language)
    statistic = known(language, "word", code(resource.get("method")))
    return Said(f"{statistic} {written.text}", written.complete) if statistic and written.text else written


def _plain(resource: Element, language: str) -> Said:
    if code(resource.get("code")) == AGE:
        return Said(age(resource, language))
    if "valueQuantity" in resource:
        return Said(amount(resource["valueQuantity"]))
    if "valueRange" in resource:
        return Said(
            interval(resource["valueRange"].get("low", EMPTY), resource["valueRange"].get("high", EMPTY))
        )
    if "valueRatio" in resource:
        ratio = resource["valueRatio"]
        return Said(f"{amount(ratio.get('numerator', EMPTY))}:{amount(ratio.get('denominator', EMPTY))}")
    if "valueCodeableConcept" in resource:
        return word(resource["valueCodeableConcept"], language)
    if "valueString" in resource:
        return _string(str(resource["valueString"]), language)
    return _parts(resource, language)


def age(observation: Element, language: str) -> str:
    """Write an age: 55세, 55 years."""
    quantity = observation.get("valueQuantity", EMPTY)
    unit_code = str(quantity.get("code", ""))
    if f"age.{unit_code}" not in labels(language):
        return amount(quantity) if quantity else str(observation.get("valueString", ""))
    figure = f"{SIGNS.get(str(quantity.get('comparator', '')), '')}{number(quantity.get('value', ''))}"
    return age_phrase(figure, unit_code, language)


def _parts(resource: Element, language: str) -> Said:
    """Write components; a blood pressure as 120/80 mmHg."""
    parts = [part for part in resource.get("component", ()) if "valueQuantity" in part]
    codes = [code(part.get("code")) for part in parts]
    if codes == ["8480-6", "8462-4"]:
        return Said(f"{number(parts[0]['valueQuantity'].get('value'))}/{amount(parts[1]['valueQuantity'])}")
    if len(parts) > 1 and all(english(part.get("code")).startswith("Dimension") for part in parts):
        figures = " × ".join(number(part["valueQuantity"].get("value", "")) for part in parts)
        return Said(f"{figures} {unit(parts[-1]['valueQuantity'])}".rstrip())
    named = [
        (text(part.get("code"), language), _plain(part, language)) for part in resource.get("component", ())
    ]
    joined = commas((f"{name.text} {found.text}" for name, found in named), language)
    return Said(joined, all(name.complete and found.complete for name, found in named))


def word(concept: Element, language: str) -> Said:
    """Say a coded word, by the report's own word where the language has one for it."""
    printed = original(concept) or english(concept)
    own = said_word(printed, language) or said_word(english(concept), language)
    if own:
        return Said(own)
    found = text(concept, language)
    return (
        Said(printed if printed and not HANGUL.search(printed) else found.text) if language == "en" else found
    )


def _string(printed: str, language: str) -> Said:
    own = said_word(printed, language)
    if own or language == "en" or not re.search(r"[A-Za-z]{3,}", printed):
        return Said(own or printed)
    return Said(quoted(printed, language), False)


def said_word(printed: str, language: str) -> str:
    """Say a word of a result (preserved, elevated) that the language has a label for."""
    key = printed.casefold()
    return known(language, "summary_value", key) or known(language, "word", key)


def reference(resource: Element) -> str:
    """Write the reference range; its unit is left out where the value has the same."""
    ranges = resource.get("referenceRange", ())
    if not ranges:
        return ""
    first = ranges[0]
    low, high = first.get("low", EMPTY), first.get("high", EMPTY)
    own = str(resource.get("valueQuantity", EMPTY).get("code", ""))
    if own and all(side.get("code", own) == own for side in (low, high) if side):
        low, high = _bare(low), _bare(high)
    return interval(low, high) or str(first.get("text", ""))


def _bare(limit: Element) -> Element:
    return {key: limit[key] for key in ("value", "comparator") if key in limit}


def flag(resource: Element, language: str) -> str:
    """Give the arrow of an interpretation."""
    codes = [code(one) for one in resource.get("interpretation", ())]
    return next((arrow for one in codes if one != "N" and (arrow := known(language, "flag", one))), "")


def row(resource: Element, language: str) -> Row:
    """Make the table row of a result."""
    name, found = text(resource.get("code"), language), value(resource, language)
    return Row(name.text, found.text, reference(resource), flag(resource, language), when(resource, language))

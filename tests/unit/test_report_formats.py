"""The same report in every format gives the same facts."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import combinations

import pytest
from report_formats import FORMATS, TITLE

from converter.pipeline import Options, Result, convert_bytes

FactKey = tuple[str, str, str, str, str]


@cache
def converted(form: str) -> Result:
    return convert_bytes(FORMATS[form](), f"report.{form}", Options(languages=()))


@cache
def facts(form: str) -> Counter[FactKey]:
    def value(fact: object) -> str:
        found = getattr(fact, "value", None)
        return str(getattr(found, "value", None) or getattr(found, "text", None) or "")

    return Counter(
        (f.kind.value, f.name.casefold(), f.concept.id if f.concept else "", f.assertion.value, value(f))
        for f in converted(form).facts.items
    )


@pytest.mark.parametrize(("one", "other"), list(combinations(FORMATS, 2)))
def test_two_formats_give_the_same_facts(one: str, other: str) -> None:
    shared = (facts(one) & facts(other)).total()
    f1 = 2 * shared / (facts(one).total() + facts(other).total())
    assert facts(one).total() >= 40
    assert f1 >= 0.97, ((facts(one) - facts(other)), (facts(other) - facts(one)))


@pytest.mark.parametrize("form", FORMATS)
def test_the_title_is_found(form: str) -> None:
    document, sections = converted(form).document, converted(form).sections
    titles = [document.text[s.spans[0].start : s.spans[-1].end] for s in sections if s.kind == "title"]
    assert any(TITLE in title for title in titles)


@pytest.mark.parametrize("form", FORMATS)
def test_no_number_is_run_together(form: str) -> None:
    assert "10^9/L" in converted(form).document.text
    assert "109/L" not in converted(form).document.text


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ("xml", "body/sec[2]/p[2]"),
        ("html", "main/article[1]/p[5]"),
        ("pdf", "page[1]/block[5]"),
        ("docx", "body/p[5]"),
        ("rtf", "paragraph[5]"),
        ("txt", ""),
    ],
)
def test_every_block_says_where_it_stands(form: str, place: str) -> None:
    document = converted(form).document
    at = document.text.index("58-year-old")
    assert document.place(at) == place
    spans = [p.span for p in document.places]
    assert all(document.place(s.start) and document.place(s.end - 1) for s in spans)
    assert all(document.text[s.start : s.end].strip() for s in spans)

"""Readers: bytes -> Document, or a refusal that says why."""

import codecs

import pytest

from converter.issues import SourceError
from converter.readers import read, readers

KOREAN = "증례 보고\n\n56세 여자가 흉통으로 내원하였다. 체온은 36.6℃였다.\n"


def code(data: bytes, **options: object) -> str:
    with pytest.raises(SourceError) as caught:
        read(data, "x", **options)  # type: ignore[arg-type]
    return caught.value.issue.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp949", "utf-8-sig", "utf-16"])
def test_korean_text_is_read_in_every_encoding(encoding: str) -> None:
    document, issues = read(KOREAN.encode(encoding), "a.txt")
    assert document.text == KOREAN
    assert issues == ()


def test_plain_text_equals_the_file_character_by_character() -> None:
    text = "Título\n\n  A 40-year-old man\thad 3 × 4 cm (“mass”).\n\n\n"
    assert read(text.encode(), "a.txt")[0].text == text


def test_line_ends_are_unified_and_jamo_composed() -> None:
    assert read("a\r\nb\rc \u1112\u1161\u11ab".encode(), "a.txt")[0].text == "a\nb\nc 한"


MARKDOWN = """---
doi: 10.12345/odd.3
---
Case report
===========

*E. coli* grew to 10^5^/mL; the mass was <3 cm \\*large\\*.
It was [shown](a.png) on **CT**.<!-- ask -->

| Test | Day 1 |
|------|------:|
| CRP  | 8.4   |
"""


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_markdown_is_read_without_its_marks(name: str) -> None:
    document, _ = read(MARKDOWN.encode(), name)
    assert document.media_type == "text/markdown"
    assert document.text == (
        "Case report\n\nE. coli grew to 10^5/mL; the mass was <3 cm *large*. It was shown on CT.\n\nTest | Day 1\nCRP | 8.4\n"
    )
    assert document.fields == (("doi", "10.12345/odd.3"),)


def test_a_text_with_a_number_sign_is_no_markdown() -> None:
    text = "#1 Fever\n* no chills\n\n| pain"
    assert read(text.encode(), "a.txt")[0].text == text


def test_a_byte_order_mark_is_no_text() -> None:
    assert read(codecs.BOM_UTF8 + b"Fever.", "a.txt")[0].text == "Fever."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "DOC001"),
        (b" \n\t ", "DOC001"),
        (codecs.BOM_UTF8, "DOC001"),
        (bytes(range(256)) * 8, "DOC002"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "DOC002"),
        ("Température 38°C, µg, fièvre élevée".encode("cp1252"), "DOC002"),
        (b"%PDF-1.7 ...", "DOC008"),
        ("한글 텍스트가 중간에 잘렸다".encode()[:-1], "DOC008"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_too_large_is_refused() -> None:
    assert code(b"a" * 11, max_size=10) == "DOC003"


def test_readers_are_found_by_themselves() -> None:
    assert "text" in [reader.name for reader in readers()]

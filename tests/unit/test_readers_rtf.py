"""RTF: what striprtf gives and what is added to it. All texts are invented."""

import pytest

from converter.issues import SourceError
from converter.readers import read


def rtf(body: str) -> str:
    return read(
        (r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times;}}" + body + "}").encode("latin-1"), "a.rtf"
    )[0].text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"Fever.\par Chills.", "Fever.\n\nChills.\n"),
        (r"10{\super 9}/L", "10^9/L\n"),
        (r"10\super\b 9\nosupersub /L", "10^9/L\n"),
        (r"It is rare.{\super 3,4} He was well.", "It is rare.[3,4] He was well.\n"),
        (r"\'e9lev\'e9 \u54620?\u44544? \u181?g", "élevé 한글 µg\n"),
        (r"\trowd\intbl Sodium\cell 140\cell\row\trowd\intbl CRP\cell 8.4\cell\row Well.", "Sodium | 140\nCRP | 8.4\n\nWell.\n"),
        (r"{\header Nowhere J}{\info{\title T}}{\*\generator Word}{\pict 89504e}Pain.", "Pain.\n"),
        (r"{\field{\*\fldinst{ HYPERLINK " + '"http://a.test"' + r"}}{\fldrslt{the scan}}} was normal.", "the scan was normal.\n"),
    ],
)  # fmt: skip
def test_rich_text(body: str, text: str) -> None:
    assert rtf(body) == text


def test_korean_code_page() -> None:
    hexed = "".join(f"\\'{b:02x}" for b in "51세 남자".encode("cp949"))
    assert read((r"{\rtf1\ansi\ansicpg949 " + hexed + "}").encode(), "a.rtf")[0].text == "51세 남자\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rb"{\rtf1\ansi }", "DOC001"),
        (rb"{\rtf1\ansicpg949 \'ff\'ff x}", "DOC008"),
        (rb"{\rtf1 \u99999999 ?}", "DOC008"),
    ],
)
def test_damaged_rich_text_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(data, "a.rtf")
    assert caught.value.issue.code == code

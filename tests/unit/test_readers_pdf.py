"""PDF: two columns, hyphens, running heads, captions, tables, Korean; and what is refused. All texts are invented."""

import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from converter.issues import SourceError
from converter.model import Document, SectionKind
from converter.readers import read
from converter.sections import split

WIDTH, HEIGHT = A4
pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))


def made(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """Draw a document."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, **options)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def column(
    canvas: Canvas, lines: str, x: float, y: float, font: str = "Times-Roman", size: float = 10
) -> float:
    """Draw lines under each other; give where the next would stand. A blank line leaves half a line."""
    for line in lines.split("\n"):
        canvas.setFont(font, size)
        canvas.drawString(x, y, line)
        y -= 1.2 * size if line else 0.6 * size
    return y


LEFT = """A 45-year-old man came with pain in the left
flank for three days and a fever of 39.2 degrees.
He had a history of gout and took allopurinol for
it. On admission his blood pressure was lower
than usual, and he was pale. Computed tomo-
graphy showed a wedge-shaped lesion of the
spleen without a rim. There was no free fluid in
the pelvis, and the liver was normal. His follow-
up was planned in the out-patient clinic of a 45-
bed hospital, where his doctor, who had known
him for years, cared for him until the splenic"""
RIGHT = """infarct had healed. Blood cultures grew
nothing, and echocardiography showed no
vegetation on any valve. He was treated with
heparin and was discharged on day 9. At his
follow-up visit he was well.

Three months later a second computed tomo-
gram showed a small scar. He did not come back
to the clinic, but wrote that he was well and had
gone back to his work as a carpenter, which he
had done for the last twenty years."""


def two_columns(canvas: Canvas) -> None:
    for page in (1, 2):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, HEIGHT - 30, "Nowhere Med J 2020;3:12-13")
        canvas.drawCentredString(WIDTH / 2, 25, str(11 + page))
        y = HEIGHT - 80
        if page == 1:
            canvas.drawString(60, 50, "https://doi.org/10.12345/odd.9")
            y = column(canvas, "An Infarct of the Spleen", 60, y, "Helvetica-Bold", 18) - 12
            y = column(canvas, "Case report", 60, y, "Helvetica-Bold", 11) - 6
            column(canvas, RIGHT, 310, y + 20)
            column(canvas, LEFT, 60, y)
        else:
            column(canvas, "Discussion", 60, y, "Helvetica-Bold", 11)
            column(canvas, "Infarcts of the spleen are rare in young men.", 60, y - 20)
        canvas.showPage()


def paper() -> Document:
    return read(made(two_columns, encrypt=None), "a.pdf")[0]


def test_columns_are_read_one_after_the_other() -> None:
    text = paper().text
    assert (
        text.index("wedge-shaped")
        < text.index("out-patient")
        < text.index("vegetation")
        < text.index("carpenter")
    )


def test_a_sentence_goes_on_in_the_next_column() -> None:
    assert "until the splenic infarct had healed. Blood cultures grew nothing" in paper().text


@pytest.mark.parametrize(
    "words", ["Computed tomography showed", "second computed tomogram", "follow-up was", "45-bed hospital"]
)
def test_hyphens_at_line_ends(words: str) -> None:
    assert words in paper().text


def test_running_heads_and_page_numbers_are_dropped() -> None:
    text = paper().text
    assert "Nowhere Med J" not in text
    assert not any(line.strip() in ("12", "13") for line in text.splitlines())


def test_the_title_is_known_by_its_letters_and_the_doi_from_the_margin() -> None:
    document = paper()
    title = next(h for h in document.hints if h.kind is SectionKind.TITLE)
    assert document.text[title.span.start : title.span.end] == "An Infarct of the Spleen"
    assert document.fields == (("doi", "10.12345/odd.9"),)
    assert title.path == "page[1]/block[1]"


def test_sections_of_a_pdf() -> None:
    document = paper()
    kinds = {s.kind for s in split(document)[0]}
    assert {SectionKind.TITLE, SectionKind.CASE, SectionKind.DISCUSSION} <= kinds


def with_table(canvas: Canvas) -> None:
    y = column(canvas, LEFT, 60, HEIGHT - 80)
    y = column(canvas, "Table 1. Laboratory results", 60, y - 12, size=9)
    for row in (("Test", "Day 1", "Day 6"), ("Sodium (mmol/L)", "128", "141"), ("Lactate", "", "1.9"), ("dehydrogenase", "", ""), ("CRP (mg/dL)", "8.4", "0.3")):  # fmt: skip
        for place, cell in enumerate(row):
            canvas.drawString(60 + 110 * place, y, cell)
        y -= 12
    column(canvas, RIGHT, 60, y - 14)
    canvas.showPage()


def test_a_table_is_written_row_by_row_under_its_caption() -> None:
    text = read(made(with_table), "a.pdf")[0].text
    assert "Table 1. Laboratory results\nTest | Day 1 | Day 6\nSodium (mmol/L) | 128 | 141\nLactate" in text
    assert "CRP (mg/dL) | 8.4 | 0.3" in text


def test_captions_and_tables_do_not_cut_a_sentence() -> None:
    text = read(made(with_table), "a.pdf")[0].text
    assert "until the splenic infarct had healed." in text


def raised_numbers(canvas: Canvas) -> None:
    words = canvas.beginText(60, HEIGHT - 80)
    words.setFont("Times-Roman", 10)
    words.textOut("A 30-year-old woman had a platelet count of 90 × 10")
    for number, after in (("9", "/L and a spleen of 14 cm."), ("3,4", " She was well.")):
        words.setFont("Times-Roman", 6)
        words.setRise(4)
        words.textOut(number)
        words.setFont("Times-Roman", 10)
        words.setRise(0)
        words.textOut(after)
    canvas.drawText(words)
    canvas.showPage()


def test_raised_numbers_stay_apart() -> None:
    text = read(made(raised_numbers), "a.pdf")[0].text
    assert (
        text.strip()
        == "A 30-year-old woman had a platelet count of 90 × 10^9/L and a spleen of 14 cm.[3,4] She was well."
    )


KOREAN = """51세 남자 환자가 3일간 지속된 왼쪽 옆구리 통
증을 주소로 내원하였다. 백혈구는 12,300/μL였고
흉부 CT에서 흉수는 보이지 않았다. 환자는 헤파린
을 투여받고 입원 9일째 퇴원하였다."""


def test_korean_lines_are_joined_within_their_words() -> None:
    data = made(lambda c: (column(c, KOREAN, 60, HEIGHT - 80, "HYSMyeongJo-Medium", 10), c.showPage())[0])
    text = read(data, "a.pdf")[0].text
    assert "옆구리 통증을 주소로 내원하였다. 백혈구는 12,300/μL였고 흉부 CT에서" in text
    assert "헤파린을 투여받고" in text


def picture(canvas: Canvas) -> None:
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.showPage()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made(picture), "DOC010"),
        (made(two_columns, encrypt=StandardEncryption("secret")), "DOC011"),
        (made(two_columns)[:400], "DOC008"),
        (b"%PDF-1.7 " + bytes(500), "DOC008"),
    ],
    ids=["scan", "password", "cut", "zeros"],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(data, "a.pdf")
    assert caught.value.issue.code == code


def test_a_pdf_that_only_its_owner_may_change_is_read() -> None:
    data = made(two_columns, encrypt=StandardEncryption("", "owner"))
    assert "wedge-shaped" in read(data, "a.pdf")[0].text


def wide_table(canvas: Canvas) -> None:
    y = column(canvas, LEFT, 60, HEIGHT - 80)
    column(canvas, RIGHT, 310, HEIGHT - 80)
    column(canvas, "Table 2. The course", 60, y - 10, size=9)
    rows = (("Test", "Day 1", "Day 2", "Day 3", "Range"), ("Sodium", "128", "133", "141", "135-145"), ("Lactate", "4.1", "2.0", "1.1", "0.5-2.2"), ("Glucose", "88", "91", "99", "70-100"))  # fmt: skip
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            canvas.drawString(60 + 105 * place, y - 26 - 12 * number, cell)
    column(canvas, LEFT.replace("45-year-old", "46-year-old"), 60, y - 100)
    column(canvas, RIGHT, 310, y - 100)
    canvas.showPage()


def test_a_table_over_both_columns_parts_what_is_above_from_what_is_below() -> None:
    text = read(made(wide_table), "a.pdf")[0].text
    table = "Table 2. The course\nTest | Day 1 | Day 2 | Day 3 | Range\nSodium | 128 | 133 | 141 | 135-145\n"
    assert text.index("carpenter") < text.index(table) < text.index("46-year-old")

"""Tables of results: one measurement a cell, with value, unit, range and time; no cell is another test's."""

import io
import zipfile

import pytest

from converter.extractors.grid import grids
from converter.model import Fact, FactKind, Quantity, Range, Words
from converter.pipeline import Result, convert_bytes

STORY = "A 45-year-old man was admitted with fever and fatigue. He had gout."


def told(table: str, name: str = "report.txt") -> Result:
    return convert_bytes(f"Case Report\n\n{STORY}\n\n{table}\n\nHe was discharged.\n".encode(), name)


def row(fact: Fact) -> tuple[str, str, str, str, str]:
    """Give concept, value with comparator, UCUM unit, range and time of a measurement."""
    value, ref = fact.value, fact.reference
    said = ucum = ""
    if isinstance(value, Quantity):
        said, ucum = value.comparator + str(value.value), value.ucum
    elif isinstance(value, (Words, Range)):
        said = value.text
    limits = [str(q.value) if q else "" for q in (ref.low, ref.high)] if ref else []
    return (
        fact.concept.id if fact.concept else fact.name,
        said,
        ucum,
        "..".join(limits),
        fact.time.text if fact.time else "",
    )


def results(result: Result) -> list[tuple[str, str, str, str, str]]:
    return [row(f) for f in result.facts.items if f.kind is FactKind.MEASUREMENT]


GRID = [
    ["Test", "Unit", "Admission", "Day 3", "Reference range"],
    ["WBC", "×10^9/L", "12.3 (H)", "", "4.0-10.0"],
    ["Hemoglobin", "g/dL", "9.8", "10.1", "13.0–17.0"],
    ["C-reactive protein", "mg/L", "145.2", "<0.5", "<5"],
    ["ANA", "", "negative", "-", ""],
]
READ = [
    ("leukocytes", "12.3", "10*9/L", "4.0..10.0", "Admission"),
    ("hemoglobin", "9.8", "g/dL", "13.0..17.0", "Admission"),
    ("hemoglobin", "10.1", "g/dL", "13.0..17.0", "Day 3"),
    ("crp", "145.2", "mg/L", "..5", "Admission"),
    ("crp", "<0.5", "mg/L", "..5", "Day 3"),
    ("ana", "negative", "", "", "Admission"),
]


def as_html(grid: list[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in grid)
    return f"<html><body><h1>Fever</h1><h2>Case report</h2><p>{STORY}</p><table>{body}</table></body></html>".replace(
        "<0.5", "&lt;0.5"
    ).replace("<5", "&lt;5")


def as_jats(grid: list[list[str]]) -> str:
    page = as_html(grid)
    table = page[page.index("<table>") : page.index("</table>") + 8]
    return (
        "<article article-type='case-report'><front><article-meta><title-group><article-title>Fever</article-title>"
        "</title-group></article-meta></front><body><sec><title>Case report</title>"
        f"<p>{STORY}</p><table-wrap><label>Table 1</label><caption><p>Results.</p></caption>{table}</table-wrap>"
        "</sec></body></article>"
    )


def as_docx(grid: list[list[str]]) -> bytes:
    def paragraph(text: str) -> str:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        return f"<w:p><w:r><w:t>{escaped}</w:t></w:r></w:p>"

    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in line) + "</w:tr>" for line in grid
    )
    names = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f"{paragraph('Case Report')}{paragraph(STORY)}<w:tbl>{rows}</w:tbl>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{names}"><w:body>{body}</w:body></w:document>'
        )
    return out.getvalue()


FORMS = {
    "bars": told("\n".join(" | ".join(line) for line in GRID)),
    "tabs": told("\n".join("\t".join(line) for line in GRID)),
    "markdown": told(
        "\n".join("| " + " | ".join(line) + " |" for line in [*GRID[:1], ["---"] * 5, *GRID[1:]])
    ),
    "captioned": told("Table 1. Results\n" + "\n".join(" | ".join(line) for line in GRID)),
    "turned": told("\n".join(" | ".join(line) for line in zip(*GRID, strict=True))),
    "html": convert_bytes(as_html(GRID).encode(), "a.html"),
    "jats": convert_bytes(as_jats(GRID).encode(), "a.xml"),
    "docx": convert_bytes(as_docx(GRID), "a.docx"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_table_reads_alike_in_every_form(form: str) -> None:
    assert sorted(results(FORMS[form])) == sorted(READ)


@pytest.mark.parametrize("form", FORMS)
def test_evidence_of_a_cell_is_its_own_words(form: str) -> None:
    result = FORMS[form]
    for fact in result.facts.items:
        if fact.kind is FactKind.MEASUREMENT:
            assert [result.document.text[a:b] for a, b in fact.evidence] == [fact.name]
            if isinstance(fact.value, Quantity):
                printed = "".join(result.document.text[a:b] for a, b in fact.value.spans)
                assert str(fact.value.value) in printed


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (  # units beside the names, an empty first heading
            " | Day 1 | Day 3\nSodium (mmol/L) | 128 | \nPotassium, mmol/L |  | 3.1",
            [("sodium", "128", "mmol/L", "", "Day 1"), ("potassium", "3.1", "mmol/L", "", "Day 3")],
        ),
        (  # no heading at all
            "Sodium | 128 mmol/L | 135-145\nPotassium | 5.9 mmol/L | 3.5-5.1",
            [("sodium", "128", "mmol/L", "135..145", ""), ("potassium", "5.9", "mmol/L", "3.5..5.1", "")],
        ),
        (  # rows under the heading of a specimen are not of blood
            "Test | Result\nSodium | 128 mmol/L\nUrine\nProtein | 3+",
            [("sodium", "128", "mmol/L", "", ""), ("urine-protein", "3+", "", "", "")],
        ),
        (  # Korean
            "검사 | 입원 3일째 | 정상범위\n백혈구 (/μL) | 8,900 | 4,000-10,000\n혈색소 (g/dL) | | 13-17",
            [("leukocytes", "8900", "/uL", "4000..10000", "입원 3일째")],
        ),
        (  # headings over two lines
            "Test | Value |  | Reference\n | Day 1 | Day 2 | \nSodium (mmol/L) | 128 | 131 | 135-145",
            [
                ("sodium", "128", "mmol/L", "135..145", "Day 1"),
                ("sodium", "131", "mmol/L", "135..145", "Day 2"),
            ],
        ),
        (  # words of time that name no day
            "Test | Before dialysis | After dialysis\nPotassium (mmol/L) | 6.9 | 4.2\nSodium (mmol/L) | 128 | 131",
            [
                ("potassium", "6.9", "mmol/L", "", "Before dialysis"),
                ("potassium", "4.2", "mmol/L", "", "After dialysis"),
                ("sodium", "128", "mmol/L", "", "Before dialysis"),
                ("sodium", "131", "mmol/L", "", "After dialysis"),
            ],
        ),
        (  # ranges for men and women stay words
            "Test | Result | Normal range\nHemoglobin (g/dL) | 9.8 | M 13-17, F 12-16\nSodium (mmol/L) | 128 | 135-145",
            [("hemoglobin", "9.8", "g/dL", "..", ""), ("sodium", "128", "mmol/L", "135..145", "")],
        ),
        (  # other people's columns
            "Test | Patient | Mother | Control\nSodium (mmol/L) | 128 | 140 | 141\nPotassium (mmol/L) | 5.9 | 4.0 | 4.1",
            [("sodium", "128", "mmol/L", "", ""), ("potassium", "5.9", "mmol/L", "", "")],
        ),
        (  # a table of the literature, the own case among others
            "Test | Case 1 | Case 2 | Our case\nSodium (mmol/L) | 128 | 140 | 120",
            [("sodium", "120", "mmol/L", "", "")],
        ),
        ("Test | Case 1 | Case 2\nSodium (mmol/L) | 128 | 140\nPotassium (mmol/L) | 5 | 4", []),
        (  # a test of another name before those that are known is no heading
            "Test | Day 1 | Day 3\nZonulin X | 12 | 14\nSodium (mmol/L) | 128 | 131",
            [
                ("Zonulin X", "12", "", "", "Day 1"),
                ("Zonulin X", "14", "", "", "Day 3"),
                ("sodium", "128", "mmol/L", "", "Day 1"),
                ("sodium", "131", "mmol/L", "", "Day 3"),
            ],
        ),
        ("Variable | Group A (n = 20) | p-value\nSodium (mmol/L) | 128 | 0.01\nPotassium | 4 | 0.5", []),
        ("Test | Result\nSodium (mmol/L) | 128 to 140 to 131\nPotassium (mmol/L) | see text", []),
    ],
)
def test_tables_of_other_shapes(table: str, expected: list[tuple[str, str, str, str, str]]) -> None:
    assert sorted(results(told(table))) == sorted(expected)


def test_cells_that_cover_others_keep_the_columns() -> None:
    page = (
        f"<html><body><h1>Fever</h1><h2>Case report</h2><p>{STORY}</p><table><tr><th rowspan='2'>Test</th>"
        "<th colspan='2'>Value</th><th rowspan='2'>Reference</th></tr><tr><th>Day 1</th><th>Day 2</th></tr>"
        "<tr><td colspan='4'>Blood</td></tr>"
        "<tr><td>Sodium (mmol/L)</td><td>128</td><td>131</td><td>135-145</td></tr></table></body></html>"
    )
    assert results(convert_bytes(page.encode(), "a.html")) == [
        ("sodium", "128", "mmol/L", "135..145", "Day 1"),
        ("sodium", "131", "mmol/L", "135..145", "Day 2"),
    ]


def test_columns_of_patients_go_to_the_right_patient() -> None:
    text = (
        f"Case 1\n{STORY}\n\nCase 2\nA 61-year-old woman was admitted with headache. She had asthma.\n\n"
        "Table 1. Results of both\nTest | Case 1 | Case 2 | Reference\nSodium (mmol/L) | 128 | 131 | 135-145\n"
        "Potassium (mmol/L) |  | 5.9 | 3.5-5.1\n\nDiscussion\nBoth did well.\n"
    )
    one, two = convert_bytes(text.encode(), "a.txt").patients
    assert results(one) == [("sodium", "128", "mmol/L", "135..145", "")]
    assert results(two) == [
        ("sodium", "131", "mmol/L", "135..145", ""),
        ("potassium", "5.9", "mmol/L", "3.5..5.1", ""),
    ]


def test_rows_of_patients_go_to_the_right_patient() -> None:
    text = (
        f"Case 1\n{STORY}\n\nCase 2\nA 61-year-old woman was admitted with headache. She had asthma.\n\n"
        "Patient | Sodium (mmol/L) | Potassium (mmol/L)\n1 | 128 | 3.9\n2 | 131 | \n"
    )
    one, two = convert_bytes(text.encode(), "a.txt").patients
    assert results(one) == [("sodium", "128", "mmol/L", "", ""), ("potassium", "3.9", "mmol/L", "", "")]
    assert results(two) == [("sodium", "131", "mmol/L", "", "")]


def test_a_table_that_holds_no_results_is_read_as_before() -> None:
    found = told("Feature | Finding\nFever | yes\nChest X-ray | cardiomegaly")
    assert any(f.name == "cardiomegaly" for f in found.facts.items)


def test_ten_thousand_lines_are_not_a_table_of_a_report() -> None:
    text = STORY + "\n\n" + "\n".join(f"Sodium | {n} mmol/L" for n in range(10_000))
    assert list(grids(text)) == []

"""HTML and JATS: markup -> text with hints. All pages here are invented."""

import io
import zipfile

import pytest

from converter.extractors.publication import publication
from converter.issues import SourceError
from converter.model import Document, SectionKind
from converter.readers import read
from converter.sections import split

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Odd spleen | Nowhere Journal</title>
<meta name="citation_title" content="An Odd Spleen">
<meta name="citation_doi" content="10.12345/odd.1">
<meta name="citation_journal_title" content="Nowhere Med J">
<meta name="citation_publication_date" content="2019/04/02">
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
<script>var x = "fever";</script><style>p { color: red }</style></head>
<body><nav><a href="/">Home</a> <a href="/x">Sepsis</a></nav>
<div class="cookie-banner">We use cookies</div>
<article><header><h1>An Odd Spleen: a case report</h1></header>
<h2>Introduction</h2><p>An odd spleen is rare.<sup><a href="#r1">1</a></sup></p>
<h2>Case report</h2>
<p>A 30-year-old man had a platelet count of 90 × 10<sup>9</sup>/L and
a BMI of 22 kg/m<sup>2</sup>.<br>He was well.</p>
<table><caption>Table 1. Results</caption><tr><th>Test</th><th>Value</th></tr><tr><td>Sodium</td><td>140 mmol/L</td></tr></table>
<figure><img src="a.png"><figcaption>Figure 1. CT of the <i>odd</i> spleen.</figcaption></figure>
<h2>Discussion</h2><p>Torsion is seen in 10% of patients.</p>
<section class="ref-list"><h2>References</h2><ol><li>Example A. Spleens. 2001.</li></ol></section>
</article><footer>Contact us</footer></body></html>
"""

JATS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2 20190208//EN" "JATS.dtd">
<article article-type="case-report" xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title-group>
<journal-title>Nowhere Med J</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="doi">10.12345/odd.2</article-id><article-id pub-id-type="pmid">123456</article-id>
<title-group><article-title>An Odd Liver</article-title>
<trans-title-group><trans-title>이상한 간</trans-title></trans-title-group></title-group>
<contrib-group><contrib contrib-type="author" corresp="yes"><contrib-id contrib-id-type="orcid">https://orcid.org/0000-0002-1825-0097</contrib-id>
<name><surname>Writer</surname><given-names>Ann B.</given-names></name><xref ref-type="aff" rid="a1"><sup>1</sup></xref></contrib>
<contrib contrib-type="author"><name><surname>Other</surname><given-names>Carl</given-names></name><xref ref-type="aff" rid="a2">2</xref></contrib>
<aff id="a1"><label>1</label>Department of Medicine, Riverbank Hospital, Newtown</aff><aff id="a2"><label>2</label>Hillside Clinic, 12 Main Street, Oldtown</aff></contrib-group>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2020</year></pub-date>
<history><date date-type="received"><day>1</day><month>12</month><year>2019</year></date><date date-type="accepted"><month>1</month><year>2020</year></date></history>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>Open access.</license-p></license></permissions>
<abstract><sec><title>Background</title><p>An odd liver is rare.</p></sec><sec><title>Case</title><p>A 60-year-old woman had one.</p></sec></abstract>
<trans-abstract xml:lang="ko"><p>60세 여자 환자의 증례를 보고한다.</p></trans-abstract>
<kwd-group><kwd>liver</kwd><kwd>odd</kwd></kwd-group></article-meta></front>
<body><sec sec-type="intro"><title>Introduction</title><p>It occurs in 3% of autopsies<sup><xref ref-type="bibr" rid="r1">1</xref></sup>.</p></sec>
<sec sec-type="cases"><title>What happened</title><p>A 60-year-old woman came with <italic>E. coli</italic> sepsis
<fig id="f1"><label>Fig. 1</label><caption><p>CT of the liver.</p></caption></fig>and a count of 12 &#215; 10<sup>9</sup>/L (Fig. 1).</p>
<table-wrap><label>Table 1</label><caption><title>Tests</title></caption><table><tr><td>ALT</td><td>90 U/L</td></tr></table></table-wrap></sec>
<sec sec-type="discussion"><title>Discussion</title><p>Others died.</p></sec></body>
<back><ack><p>We thank the nurses.</p></ack><ref-list><ref id="r1"><mixed-citation>Example A. Livers. 2001.</mixed-citation></ref></ref-list></back></article>
"""

K = SectionKind


def kind_of(document: Document, words: str) -> SectionKind | None:
    at = document.text.index(words)
    found = [s for s in split(document)[0] if any(x.start <= at < x.end for x in s.spans)]
    return found[0].kind if found else None


def page(text: str = PAGE) -> Document:
    return read(text.encode(), "page")[0]


def test_html_keeps_the_article_and_drops_the_page() -> None:
    text = page().text
    assert text.startswith("An Odd Spleen: a case report\n\nIntroduction\n\n")
    assert not any(word in text for word in ("Sepsis", "cookies", "fever", "Contact", "color"))


def test_superscripts_stay_apart() -> None:
    text = page().text
    assert "is rare.[1]" in text
    assert "90 × 10^9/L and a BMI of 22 kg/m^2.\nHe was well." in text


def test_html_tables_and_captions() -> None:
    text = page().text
    assert "Table 1. Results\nTest | Value\nSodium | 140 mmol/L" in text
    assert "\n\nFigure 1. CT of the odd spleen.\n\n" in text


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("An Odd Spleen", K.TITLE),
        ("is rare.[1]", K.INTRODUCTION),
        ("A 30-year-old", K.CASE),
        ("Sodium", K.FIGURE),
        ("CT of the odd", K.FIGURE),
        ("Torsion is", K.DISCUSSION),
        ("Example A.", K.REFERENCES),
    ],
)
def test_html_sections(words: str, kind: SectionKind) -> None:
    assert kind_of(page(), words) is kind


def test_html_metadata() -> None:
    document = page()
    found, _ = publication(document, split(document)[0])
    assert (found.doi, found.journal, found.published) == ("10.12345/odd.1", "Nowhere Med J", "2019-04-02")
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_html_in_a_korean_encoding() -> None:
    text = '<html><head><meta charset="euc-kr"><title>증례</title></head><body><p>56세 여자가 내원하였다.</p></body></html>'
    document = read(text.encode("cp949"), "a.html")[0]
    assert document.text == "증례\n\n56세 여자가 내원하였다.\n"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("An Odd Liver", K.TITLE),
        ("이상한 간", K.TITLE),
        ("Ann B. Writer", K.METADATA),
        ("An odd liver is rare", K.INTRODUCTION),
        ("A 60-year-old woman had one", K.ABSTRACT),
        ("60세 여자", K.ABSTRACT),
        ("It occurs in 3%", K.INTRODUCTION),
        ("A 60-year-old woman came", K.CASE),
        ("CT of the liver", K.FIGURE),
        ("ALT | 90 U/L", K.FIGURE),
        ("Others died", K.DISCUSSION),
        ("We thank", K.FURNITURE),
        ("Example A. Livers", K.REFERENCES),
    ],
)
def test_jats_sections(words: str, kind: SectionKind) -> None:
    assert kind_of(page(JATS), words) is kind


def test_jats_in_an_envelope_with_namespaces() -> None:
    inner = JATS[JATS.index("<article ") :].replace(
        "<article ", '<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/" ', 1
    )
    wrapped = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record><metadata>{inner}</metadata></record></GetRecord></OAI-PMH>'
    assert page(wrapped).text == page(JATS).text


def test_jats_publication() -> None:
    document = page(JATS)
    found, _ = publication(document, split(document)[0])
    assert [(a.name, a.orcid, a.affiliations, a.corresponding) for a in found.authors] == [
        ("Ann B. Writer", "0000-0002-1825-0097", (0,), True),
        ("Carl Other", "", (1,), False),
    ]
    assert [a.name for a in found.affiliations] == ["Riverbank Hospital", "Hillside Clinic"]
    assert (found.doi, found.pmid, found.journal) == ("10.12345/odd.2", "123456", "Nowhere Med J")
    assert (found.received, found.accepted, found.published) == ("2019-12-01", "2020-01", "2020-02-03")
    assert found.title_ko is not None
    assert found.title_ko.text == "이상한 간"
    assert found.abstract_ko is not None
    assert [k.text for k in found.keywords] == ["liver", "odd"]


def test_a_figure_does_not_cut_its_sentence() -> None:
    assert "came with E. coli sepsis and a count of 12 × 10^9/L (Fig. 1)." in page(JATS).text


def test_entities_are_not_expanded() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a SYSTEM "file:///etc/passwd">]><article article-type="case-report"><front><article-meta><title-group><article-title>x&a;y</article-title></title-group></article-meta></front></article>'
    assert "root:" not in page(bomb).text


@pytest.mark.parametrize(
    "text", [JATS[:900], "<?xml version='1.0'?><svg/>", "<html><body><nav>x</nav></body></html>"]
)
def test_damaged_or_foreign_markup_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text.encode(), "x")
    assert caught.value.issue.code in ("DOC008", "DOC001")


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(body: str) -> bytes:
    """Pack a minimal Word document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    return buffer.getvalue()


def run(text: str, high: bool = False) -> str:
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>' if high else ""
    return f'<w:r>{raised}<w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(content: str, style: str = "") -> str:
    kept = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{kept}{content}</w:p>"


def test_word_documents_are_read() -> None:
    cell = "<w:tc>{}</w:tc>"
    table = (
        "<w:tbl><w:tr>"
        + cell.format(styled(run("Sodium")))
        + cell.format(styled(run("140 mmol/L")))
        + "</w:tr></w:tbl>"
    )
    body = (
        styled(run("An Odd Foot"), "Title")
        + styled(run("Case report"), "Heading1")
        + styled(
            run("A 30-year-old man had 90 × 10")
            + run("9", True)
            + run("/L platelets.")
            + "<w:del>"
            + run("gone")
            + "</w:del>"
        )
        + table
        + styled(run("Discussion"), "Heading1")
        + styled(run("Odd feet are rare."))
    )
    document, _ = read(word(body), "a.docx")
    assert document.text == (
        "An Odd Foot\n\nCase report\n\nA 30-year-old man had 90 × 10^9/L platelets.\n\nSodium | 140 mmol/L\n\nDiscussion\n\nOdd feet are rare.\n"
    )
    assert kind_of(document, "An Odd") is K.TITLE
    assert kind_of(document, "Sodium") is K.CASE
    assert kind_of(document, "Odd feet") is K.DISCUSSION


@pytest.mark.parametrize(
    "data",
    [word("")[:60], word(styled(run("x")))[:-30], b"PK\x03\x04" + bytes(100)],
    ids=["cut-early", "cut-late", "zeros"],
)
def test_damaged_word_documents_are_refused(data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(data, "a.docx")
    assert caught.value.issue.code == "DOC008"

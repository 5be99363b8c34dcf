"""The content tells the format: lying names, marks, encodings, envelopes, bombs. All pages here are invented."""

import codecs
import time

import pytest
from report_formats import FORMATS, html, jats, txt

from converter.issues import SourceError
from converter.readers import read
from converter.readers.containers import members

MEDIA = {
    "txt": "text/plain", "md": "text/markdown", "html": "text/html", "xml": "application/xml", "pdf": "application/pdf",
    "rtf": "application/rtf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "name", ["report", "report.txt", "report.pdf", "report.html", "report.docx", "REPORT.XML"]
)
def test_names_do_not_matter(form: str, name: str) -> None:
    assert read(FORMATS[form](), name)[0].media_type == MEDIA[form]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("form", ["html", "txt"])
def test_marks_and_wide_characters(form: str, encoding: str) -> None:
    text = FORMATS[form]().decode().replace('<meta charset="utf-8">', "")
    document = read(text.encode(encoding), "x")[0]
    assert document.media_type == MEDIA[form]
    assert document.text == read(FORMATS[form](), "x")[0].text


def test_xml_in_utf_16_and_in_a_korean_encoding() -> None:
    wide = '<?xml version="1.0" encoding="utf-16"?>' + jats().decode()
    assert read(codecs.BOM_UTF16_LE + wide.encode("utf-16-le"), "x")[0].text == read(jats(), "x")[0].text
    korean = jats().decode().replace("A Fishhook", "낚시바늘")
    data = f'<?xml version="1.0" encoding="euc-kr"?>{korean.replace("×", "x").replace("°", "")}'.encode(
        "euc-kr"
    )
    assert read(data, "x")[0].text.startswith("낚시바늘 in the Portal Vein")


BODY = jats().decode()
ENVELOPES = {
    "namespace": BODY.replace("<article ", '<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/" ', 1),
    "prefix": BODY.replace("<", "<j:")
    .replace("<j:/", "</j:")
    .replace("<j:article ", '<j:article xmlns:j="urn:j" ', 1),
    "old NLM": '<!DOCTYPE article PUBLIC "-//NLM//DTD Journal Publishing DTD v2.3 20070202//EN" "journalpublishing.dtd">'
    + BODY,
    "OAI-PMH": f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2020</responseDate><GetRecord><record><metadata>{BODY}</metadata></record></GetRecord></OAI-PMH>',
    "set": f"<pmc-articleset><Reply Id='1'/>{BODY}</pmc-articleset>",
    "unknown": f"<?xml version='1.0'?>\n<results count='1'><result>{BODY}</result></results>",
    "blank before": "\n\n" + BODY,
}


@pytest.mark.parametrize("kind", ENVELOPES)
def test_journal_xml_in_any_envelope(kind: str) -> None:
    assert read(ENVELOPES[kind].encode(), "x")[0].text == read(jats(), "x")[0].text


def test_a_set_of_articles_is_several_reports() -> None:
    other = BODY.replace("2021.07", "2021.08").replace("58-year-old man", "61-year-old woman")
    several = members(f"<pmc-articleset>{BODY}{other}</pmc-articleset>".encode(), "set.xml", 10**6)
    assert several is not None
    found = list(several)
    assert [m.stem for m in found] == ["nmj.2021.07", "nmj.2021.08"]
    assert "61-year-old woman" in read(found[1].data, "x")[0].text
    assert members(jats(), "one.xml", 10**6) is None


FRAGMENTS = {
    "saved": "<!-- saved from url=(0021)http://nowhere.test/ -->\n" + html().decode(),
    "article": "<article><h1>An odd foot</h1><p>A 40-year-old man fell.</p></article>",
    "paragraphs": "<p>A 40-year-old man fell.</p>\n<p>He was well.</p>",
    "xhtml": '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>He fell.</p></body></html>',
}


@pytest.mark.parametrize("kind", FRAGMENTS)
def test_pages_and_parts_of_pages(kind: str) -> None:
    document = read(FRAGMENTS[kind].encode(), "x")[0]
    assert document.media_type == "text/html"
    assert "<" not in document.text


LINKED = """<html><head><title>x</title><meta property="og:title" content="An odd foot">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": ["ScholarlyArticle"], "datePublished": "2020-05-01",
"identifier": {"@type": "PropertyValue", "value": "https://doi.org/10.12345/foot.1"}, "license": "https://creativecommons.org/licenses/by/4.0/",
"isPartOf": {"@type": "Periodical", "name": "Nowhere Med J"}}]}</script><script type="application/ld+json">{broken</script></head>
<body><main><p>A 40-year-old man fell.</p></main></body></html>"""


def test_linked_data_and_open_graph() -> None:
    document = read(LINKED.encode(), "x")[0]
    assert dict(document.fields) == {
        "doi": "10.12345/foot.1", "published": "2020-05-01", "licence": "https://creativecommons.org/licenses/by/4.0/", "journal": "Nowhere Med J",
    }  # fmt: skip
    assert document.text.startswith("An odd foot\n")


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
BOMBS = {
    "laughs": f'<!DOCTYPE article [<!ENTITY l0 "ha">{LAUGHS}]>' + BODY.replace("fever", "&l9;", 1),
    "in an attribute": f'<!DOCTYPE article [<!ENTITY l0 "ha">{LAUGHS}]>'
    + BODY.replace("<article ", '<article id="&l9;" ', 1),
    "quadratic": f'<!DOCTYPE article [<!ENTITY l0 "{"a" * 50_000}">]>'
    + BODY.replace("fever", "&l0;" * 5_000, 1),
    "file": '<!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY.replace("fever", "&x;", 1),
    "parameter": '<!DOCTYPE article [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>' + BODY,
    "external": '<!DOCTYPE article SYSTEM "http://127.0.0.1:9/x.dtd">' + BODY,
    "deep": BODY.replace("<body>", "<body>" + "<sec>" * 5_000, 1),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_read_without_their_charge_or_refused(kind: str) -> None:
    start = time.process_time()
    try:
        text = read(BOMBS[kind].encode(), "x")[0].text
    except SourceError as error:
        assert error.issue.code == "DOC008"
    else:
        assert "root:" not in text
        assert len(text) < 200_000
    assert time.process_time() - start < 2


def test_office_documents_that_are_not_read_are_named() -> None:
    with pytest.raises(SourceError, match="not supported"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc")


def test_a_table_of_ten_thousand_lines() -> None:
    rows = "".join(f"<tr><td>Sodium {i}</td><td>{120 + i % 30} mmol/L</td></tr>" for i in range(10_000))
    start = time.process_time()
    text = read(f"<html><body><p>A 40-year-old man.</p><table>{rows}</table></body></html>".encode(), "x")[
        0
    ].text
    assert text.count("\n") > 10_000
    assert time.process_time() - start < 5


def test_plain_text_is_text_whatever_it_is_called() -> None:
    assert read(txt(), "x.pdf")[0].text == txt().decode()

"""Word documents (Office Open XML): paragraphs, headings by style, tables row by row.

ECMA-376, part 1, clause 17. Only the main part is read; macros, links and pictures are left alone.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from converter.model import Document, SectionKind
from converter.readers.blocks import Block, assemble, covers, raised, squeezed, table_lines
from converter.readers.reader import Reader, Reading, digest, refusal

MAIN = "word/document.xml"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What zipfile raises at damaged archives."""
MAX_XML = 60_000_000
"""Bytes of unpacked XML; more is no report but a zip bomb."""

TITLE_STYLE = re.compile(r"title$|^제목$", re.IGNORECASE)
CAPTION_STYLE = re.compile(r"caption|캡션", re.IGNORECASE)
Element = etree._Element


def sniff(data: bytes) -> bool:
    """Claim a zip archive that holds a Word document's main part."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        return MAIN in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except BROKEN:
        return b"word/" in data[:4000]


def read(data: bytes, name: str) -> Reading:
    """Read the main part's paragraphs and tables in order."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        if archive.getinfo(MAIN).file_size > MAX_XML:
            raise refusal("DOC003", name)
        content = archive.read(MAIN)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        root = etree.fromstring(content, parser)
    except (*BROKEN, KeyError, etree.XMLSyntaxError) as error:
        raise refusal("DOC008", name, "damaged Word document") from error
    body = next((e for e in root if _tag(e) == "body"), root)
    made = assemble(_blocks(body, "body"))
    if not made.text:
        raise refusal("DOC001", name)
    return Document(name, made.text, digest(data), MEDIA_TYPE, "utf-8", made.hints, places=made.places), ()


MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
READER = Reader("docx", (MEDIA_TYPE,), (".docx",), sniff, read)


def _tag(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _value(element: Element, name: str) -> str:
    """Give the value of a property element somewhere within ("pStyle" -> "Heading1")."""
    found = next((e for e in element.iter() if _tag(e) == name), None)
    if found is None:
        return ""
    return next((str(v) for k, v in found.items() if str(k).endswith("}val")), "")


def _blocks(parent: Element, path: str) -> Iterator[Block]:
    for index, child in enumerate(parent, 1):
        tag, place = _tag(child), f"{path}/{_tag(child)}[{index}]"
        if tag == "p":
            yield _paragraph(child, place)
        elif tag == "tbl":
            yield Block("\n".join(_rows(child)), path=place)
        elif tag in ("sdt", "sdtContent", "ins"):
            yield from _blocks(child, place)


def _paragraph(element: Element, path: str) -> Block:
    style = _value(element, "pStyle")
    text = "\n".join(squeezed(line) for line in _text(element).split("\n"))
    if TITLE_STYLE.search(style):
        return Block(text, SectionKind.TITLE, path=path)
    if CAPTION_STYLE.search(style):
        return Block(text, path=path)
    numbered = any(_tag(e) == "numPr" for e in element.iter()) and "heading" not in style.lower()
    return Block(f"• {text}" if numbered and text else text, path=path)


def _text(element: Element) -> str:
    """Give a paragraph's words; deleted ones are gone, superscripts stay apart."""
    parts: list[str] = []
    for run in element.iter():
        if _tag(run) != "r" or any(_tag(e) == "del" for e in run.iterancestors()):
            continue
        words = "".join(_piece(e) for e in run)
        high = _value(run, "vertAlign") == "superscript"
        parts.append(raised(words, "".join(parts[-2:]), False) if high else words)
    return "".join(parts)


def _piece(element: Element) -> str:
    tag = _tag(element)
    if tag == "t":
        return element.text or ""
    return {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}.get(tag, "")


def _rows(table: Element) -> Iterator[str]:
    """Write a table's rows; cells merged downwards are there in Word's own XML, and empty."""
    yield from table_lines(
        [
            (
                squeezed(" ".join(_text(p) for p in cell.iter() if _tag(p) == "p")),
                covers(_value(cell, "gridSpan")),
                1,
            )
            for cell in row
            if _tag(cell) == "tc"
        ]
        for row in table.iter()
        if _tag(row) == "tr"
    )

"""PDF by pdfium: columns in reading order, paragraphs whole, running heads left out.

ISO 32000-1. Only the text layer is read: a scan without one is refused, since no image is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pypdfium2 as pdfium

from converter.model import Document, SectionKind
from converter.readers.blocks import Block, assemble
from converter.readers.pdf_blocks import HYPHEN, Part, breaks_words, flow, parts, spacing, unbroken
from converter.readers.pdf_columns import Column, columns, without_running
from converter.readers.pdf_lines import strips
from converter.readers.reader import Reader, Reading, digest, refusal

MAX_PAGES = 300
"""A case report has three to twenty; a whole volume is no report."""
MAX_CHARS = 5_000_000
LEAST = 25
"""Characters a page on the average below which the pages are pictures with a stamp."""
PASSWORD = 4
"""FPDF_ERR_PASSWORD."""
DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;)\]]")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def sniff(data: bytes) -> bool:
    """Claim what begins with a PDF's mark, if need be after a few bytes that a server left."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if start.startswith((b"{", b"<", b"PK")):
        return False
    return start.startswith(b"%PDF-") or (b"%PDF-" in start and b"startxref" in data[-1024:])


def read(data: bytes, name: str) -> Reading:
    """Read the text layer of every page."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD or "password" in str(error).lower():
            raise refusal("DOC011", name) from error
        raise refusal("DOC008", name, "damaged PDF") from error
    try:
        pages = list(_pages(document, name))
        stated = document.get_metadata_dict(skip_empty=True)
    except pdfium.PdfiumError as error:
        raise refusal("DOC008", name, "damaged PDF: a page cannot be read") from error
    finally:
        document.close()
    written = sum(len(s.text) for page, _ in pages for s in page)
    if written < LEAST * len(pages):
        raise refusal("DOC010", name)
    made = assemble(_blocks(pages))
    fields = tuple(_fields(stated, pages))
    return Document(
        name, made.text, digest(data), "application/pdf", "utf-8", made.hints, fields, made.places
    ), ()


READER = Reader("pdf", ("application/pdf", "application/x-pdf"), (".pdf",), sniff, read)


def _pages(document: pdfium.PdfDocument, name: str) -> Iterator[tuple[Column, float]]:
    """Give each page's lines and its height."""
    if not len(document):
        raise refusal("DOC008", name, "damaged PDF: it has no pages")
    if len(document) > MAX_PAGES:
        raise refusal("DOC003", name, f"over {MAX_PAGES} pages")
    total = 0
    for index in range(len(document)):
        page = document[index]
        words = page.get_textpage()
        total += words.count_chars()
        if total > MAX_CHARS:
            raise refusal("DOC003", name, f"over {MAX_CHARS} characters")
        yield strips(words), page.get_height()
        words.close()
        page.close()


def _blocks(pages: Sequence[tuple[Column, float]]) -> Iterator[Block]:
    parted = without_running(pages)
    ordered = [(number, c) for number, (body, _) in enumerate(parted, 1) for c in columns(body)]
    spaced = spacing(c for _, c in ordered)
    found = [part for number, column in ordered for part in parts(column, number, spaced)]
    title = _title(found)
    whole = "\n".join(part.text for part in found)
    known = frozenset(WORD.findall(whole.lower())) if HYPHEN.search(whole) else frozenset()
    within = breaks_words(found)
    margins = [s.text for _, aside in parted[:1] for s in aside]
    yield Block("\n".join(margins), SectionKind.METADATA, path="page[1]/margin")
    for index, part in enumerate(flow(found), 1):
        text = part.text if part.table else unbroken(part.text, known, within)
        kind = SectionKind.TITLE if part in title else None
        yield Block(text, kind, path=f"page[{part.page}]/block[{index}]")


def _title(found: Sequence[Part]) -> list[Part]:
    """Find the title: the largest letters of the first page, larger than what most words have."""
    first = [p for p in found if p.page == 1 and not p.table and len(p.text) > 8]
    if len(first) < 2:
        return []
    largest = max(p.size for p in first)
    body = max(first, key=lambda p: len(p.text)).size
    title = [p for p in first if p.size > 0.97 * largest]
    return title if largest > 1.15 * body and sum(len(p.text) for p in title) < 400 else []


def _fields(stated: dict[str, str], pages: Sequence[tuple[Column, float]]) -> Iterator[tuple[str, str]]:
    """Give the DOI of the metadata, else the first of the first page (margins included)."""
    first = "\n".join(s.text for s in pages[0][0])
    for text in (" ".join(stated.get(k, "") for k in ("doi", "Subject", "Title", "Keywords")), first):
        if m := DOI.search(text):
            yield "doi", m.group()
            return

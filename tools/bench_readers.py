"""Measure the readers against their libraries' own bare rate: parse and take all text, no structure.

    python tools/bench_readers.py

A ratio of 0.5 says that reading takes twice the time of lxml's parse and itertext, or of pypdfium2's extraction.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

import pypdfium2 as pdfium
from lxml import etree
from lxml import html as lxml_html

from converter.readers import read

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT / "tests" / "unit"))


def seconds(action: Callable[[], object], rounds: int = 9) -> float:
    """Give the least processor seconds of some rounds: what else the machine does only adds."""
    action()
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return min(taken)


def bare_jats(data: bytes) -> int:
    """Parse XML and take its text."""
    return len("".join(etree.fromstring(data).itertext()))


def bare_html(data: bytes) -> int:
    """Parse HTML and take its text."""
    return len("".join(lxml_html.document_fromstring(data).itertext()))


def bare_pdf(data: bytes) -> int:
    """Take the text of all pages, as pypdfium2 gives it."""
    document = pdfium.PdfDocument(data)
    return sum(len(document[i].get_textpage().get_text_range()) for i in range(len(document)))


def sources() -> list[tuple[str, Callable[[bytes], int], list[bytes]]]:
    """Give a long article of our own in each format, and JATS samples where they are at hand."""
    import report_formats as formats

    report = formats.REPORT
    formats.REPORT = (*report[:2], *report[2:-2] * 6, *report[-2:])
    try:
        made = [
            ("JATS", bare_jats, [formats.jats()]),
            ("HTML", bare_html, [formats.html()]),
            ("PDF", bare_pdf, [formats.pdf()]),
        ]
    finally:
        formats.REPORT = report
    if not SHARED.is_dir():
        return made
    texts = [p.read_text("utf-8") for p in sorted((SHARED / "samples" / "fulltext").glob("*.txt"))[:20]]
    jats = [p.read_bytes() for p in sorted((SHARED / "samples" / "jats").glob("*.xml"))]
    return [
        *made,
        ("JATS samples", bare_jats, jats),
        ("HTML samples", bare_html, [page(text) for text in texts]),
        ("PDF samples", bare_pdf, [printed(text) for text in texts]),
    ]


def page(text: str) -> bytes:
    """Make a page of a text's lines."""
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<html><head><meta charset='utf-8'></head><body><main>{lines}</main></body></html>".encode()


def printed(text: str) -> bytes:
    """Print a text's lines in two columns."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    style = ParagraphStyle("body", fontName="Times-Roman", fontSize=9, leading=11, alignment=4, spaceAfter=5)
    buffer = io.BytesIO()
    document = BaseDocTemplate(buffer, invariant=True)
    frames = [Frame(50, 60, 240, 720), Frame(305, 60, 240, 720)]
    document.addPageTemplates(PageTemplate(frames=frames))
    document.build([Paragraph(escape(line), style) for line in text.split("\n") if line.strip()])
    return buffer.getvalue()


def main() -> int:
    """Print a line for each format."""
    for name, bare, many in sources():
        own = seconds(lambda many=many: [read(data, "x") for data in many])  # type: ignore[misc]
        theirs = seconds(lambda many=many, bare=bare: [bare(data) for data in many])  # type: ignore[misc]
        size = sum(map(len, many)) / 1000
        print(
            f"{name:14s} {size:7.0f} KB   bare {theirs * 1e3:7.1f} ms   read {own * 1e3:7.1f} ms   {theirs / own:5.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Plain text and Markdown in UTF-8, UTF-16 or CP949, with or without a byte order mark."""

from __future__ import annotations

import codecs
import re

from converter.model import Document
from converter.readers import markdown
from converter.readers.encoding import CONTROL, FEW, decode
from converter.readers.reader import Reader, Reading, composed, digest, refusal

MARKED = re.compile(rb"\s*<(?:\?xml|!doctype|html\b|article\b|OAI-PMH\b|pmc-articleset\b)", re.IGNORECASE)
FOREIGN = (b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\xd0\xcf\x11\xe0")
"""First bytes of formats that hold some text but are none."""


def sniff(data: bytes) -> bool:
    """Claim bytes that decode and do not begin as HTML or XML do; damaged UTF-8 is claimed to be refused."""
    if data.startswith(FOREIGN):
        return False
    return not MARKED.match(data.removeprefix(codecs.BOM_UTF8)) and (bool(decode(data)[1]) or _damaged(data))


def _damaged(data: bytes) -> bool:
    """Tell text with a few broken bytes (a download cut short) from bytes that were never text."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return 0 < broken <= max(3, len(text) // 1000) and len(CONTROL.findall(text)) <= FEW * len(text)


def read(data: bytes, name: str) -> Reading:
    """Read plain text: decoded, line ends unified, composed; nothing else is touched."""
    text, encoding = decode(data)
    if not encoding or (not text and data):
        raise refusal("DOC008", name, "damaged text: some bytes are not of its encoding")
    if CONTROL.search(text) and len(CONTROL.findall(text)) > FEW * len(text):
        raise refusal("DOC002", name)
    if not text.strip():
        raise refusal("DOC001", name)
    if markdown.marked_up(text, name.lower().endswith((".md", ".markdown"))):
        document = markdown.document(data, name, composed(text), encoding)
        if document is None or not document.text:
            raise refusal("DOC001", name)
        return document, ()
    return Document(name, composed(text), digest(data), "text/plain", encoding), ()


READER = Reader("text", ("text/plain", "text/markdown"), (".txt", ".text", ".md", ".markdown"), sniff, read)

"""Markdown by markdown-it and the reader of HTML: headings, tables, emphasis, raised numbers.

https://spec.commonmark.org/ with tables. It has no READER of its own, since any text is Markdown: the reader
of text hands over what is marked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt

from converter.model import Document
from converter.readers.blocks import assemble
from converter.readers.html import blocks_of, parsed
from converter.readers.metadata import FIELDS
from converter.readers.reader import digest

FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
ENTRY = re.compile(r"^([A-Za-z_.]+)\s*:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE)
RAISED = re.compile(r"\^([−–+-]?\d[\d,–-]{0,12})\^")
"""Pandoc's mark for a superscript."""
HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)
RULE = re.compile(r"^\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?[ \t]*)?$", re.MULTILINE)
KNOWN = {"doi": "doi", "pmid": "pmid", "journal": "journal", "date": "published", "license": "licence"}


def marked_up(text: str, named: bool) -> bool:
    """Tell Markdown: by its name, or where headings and tables leave no doubt.

    >>> marked_up("# Case\\n\\nFever.\\n\\n## Discussion\\n\\nRare.", False), marked_up("#1 fever", False)
    (True, False)
    """
    return named or len(HEADING.findall(text)) > 1 or RULE.search(text) is not None


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def document(data: bytes, name: str, text: str, encoding: str) -> Document | None:
    """Build the Document; None where nothing but marks is in the text."""
    front = FRONT.match(text)
    body = RAISED.sub(r"<sup>\1</sup>", text[front.end() :] if front else text)
    root = parsed(f"<body>{_parser().render(body)}</body>")
    if root is None:
        return None
    made = assemble(blocks_of(root))
    fields = tuple(_fields(front.group(1))) if front else ()
    return Document(name, made.text, digest(data), "text/markdown", encoding, made.hints, fields, made.places)


def _fields(front: str) -> Iterator[tuple[str, str]]:
    """Read the plain entries of a front matter; lists and nested ones are left out."""
    for key, value in ENTRY.findall(front):
        field = KNOWN.get(key.lower()) or FIELDS.get(key.lower(), "")
        if field and value:
            yield field, value

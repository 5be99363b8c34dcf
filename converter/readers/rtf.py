"""RTF by striprtf: paragraphs, table rows, raised numbers; pictures, headers and field codes are left out.

Rich Text Format Specification 1.9.1. striprtf drops raised type, so that 10^9 would become 109: it is
marked before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from striprtf.striprtf import rtf_to_text

from converter.model import Document
from converter.readers.blocks import Block, assemble, raised, squeezed
from converter.readers.reader import Reader, Reading, digest, refusal

HIGH, LOW = "\ue000", "\ue001"
SUPER = re.compile(r"\\super(?![a-z0-9])((?:\\[a-z]{1,32}-?\d{0,10})*) ?([^\\{}\r\n]{1,40})")
MARKED = re.compile(f"{HIGH}([^{HIGH}{LOW}]*){LOW}")


def sniff(data: bytes) -> bool:
    """Claim what begins as RTF does."""
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"{\\rtf"


def read(data: bytes, name: str) -> Reading:
    """Read the body's paragraphs and tables."""
    source = data.decode("latin-1").strip("\xef\xbb\xbf \t\r\n\0")
    source = source.replace(
        "\\fldinst", "\\*\\instruction"
    )  # what a field is made of; its result stands beside it
    try:
        text: str = rtf_to_text(SUPER.sub(_mark, source))  # type: ignore[no-untyped-call]
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise refusal("DOC008", name, "damaged RTF") from error
    made = assemble(_blocks(text))
    if not made.text:
        raise refusal("DOC001", name)
    return Document(
        name, made.text, digest(data), "application/rtf", "ascii", made.hints, places=made.places
    ), ()


READER = Reader("rtf", ("application/rtf", "text/rtf"), (".rtf",), sniff, read)


def _mark(m: re.Match[str]) -> str:
    """Enclose raised words; a blank ends the control words before them and is no blank of the text."""
    return f"{m.group(1)}{' ' * bool(m.group(1))}{HIGH}{m.group(2)}{LOW}"


def _blocks(text: str) -> Iterator[Block]:
    """Make a block of each paragraph, and of each run of table rows, which end in the mark of a cell."""
    lines = [line for line in (squeezed(_marked(line)) for line in text.split("\n")) if line]
    numbered = enumerate(lines, 1)
    for table, run in groupby(numbered, lambda line: line[1].endswith("|")):
        rows = list(run)
        if table:
            text = "\n".join(" | ".join(c.strip() for c in row[:-1].split("|")) for _, row in rows)
            yield Block(text, path=f"paragraph[{rows[0][0]}]")
        else:
            yield from (Block(line, path=f"paragraph[{number}]") for number, line in rows)


def _marked(line: str) -> str:
    """Write raised numbers apart."""
    out, at = "", 0
    for m in MARKED.finditer(line):
        out += line[at : m.start()]
        out += raised(m.group(1).strip(), out, False)
        at = m.end()
    return (out + line[at:]).replace("\u00ad", "").translate({ord(HIGH): "", ord(LOW): ""})

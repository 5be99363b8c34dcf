"""Build a document's text out of the blocks of a structured format, with a hint for each that has a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from converter.model import Hint, SectionKind, Span
from converter.readers.reader import composed

SPACE = re.compile(r"[ \t\r\f\v\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, caption or table of a source."""

    text: str
    kind: SectionKind | None = None
    """What the format says it is; None where only its words can tell."""
    label: str = ""
    path: str = ""


def squeezed(text: str) -> str:
    """Make one line of a paragraph: in markup a line end is a blank."""
    return SPACE.sub(" ", text).strip()


def assemble(blocks: Iterable[Block]) -> tuple[str, tuple[Hint, ...]]:
    r"""Put blocks into one text, a blank line between, and say where each block of a known kind stands.

    >>> assemble([Block("A"), Block("B", SectionKind.TITLE)])[0]
    'A\n\nB\n'
    """
    parts: list[str] = []
    hints: list[Hint] = []
    at = 0
    for block in blocks:
        text = composed(block.text).strip()
        if text:
            if block.kind:
                hints.append(Hint(block.kind, Span(at, at + len(text)), block.label, block.path))
            parts.append(text)
            at += len(text) + 2
    return "\n\n".join(parts) + ("\n" if parts else ""), tuple(hints)

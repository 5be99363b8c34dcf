"""What a reader of one source format is; each module of this package may export one as ``READER``."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from converter.issues import Issue, SourceError
from converter.model import Document

Reading = tuple[Document, tuple[Issue, ...]]


@dataclass(frozen=True, slots=True)
class Reader:
    """One source format: how its bytes are known, and how they become a Document."""

    name: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    """Tell from the content alone whether the bytes are of this format."""
    read: Callable[[bytes, str], Reading]
    """Build the Document from (bytes, file name); raise SourceError where they are damaged."""


def composed(text: str) -> str:
    r"""Unify line ends and compose to NFC: the one edit a text ever gets.

    >>> composed("a\r\nb\rc\u1100\u1161")
    'a\nb\nc가'
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def digest(data: bytes) -> str:
    """Give the sha256 of a source's bytes."""
    return hashlib.sha256(data).hexdigest()


def refusal(code: str, name: str, message: str = "") -> SourceError:
    """Make the error that refuses a source, with its issue."""
    return SourceError(Issue.of(code, message, source=name))

"""Bytes to characters: UTF-8, UTF-16 or CP949, with or without a byte order mark."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\ufffe\uffff]")
EXPECTED = re.compile(
    "[\t\n\r\f -~\u00a0-\u024f\u0370-\u03ff\u2000-\u22ff\u3000-\u303f\u3130-\u318f\uac00-\ud7a3]"
)
"""Characters of English and Korean reports; bytes read in a wrong encoding give others."""

CONTROLS = bytes(i for i in range(128) if CONTROL.match(chr(i)))
FEW = 0.02
"""Share of unexpected or control characters beyond which bytes are not taken for text."""


def decode(data: bytes) -> tuple[str, str]:
    """Decode to (text, encoding); empty encoding where the bytes are no text in a known one.

    >>> decode("간경변".encode("cp949"))
    ('간경변', 'cp949')
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), encoding
    for encoding in _candidates(data):
        text = _strict(data, encoding)
        plain = encoding == "utf-8" and len(data) - len(data.translate(None, CONTROLS)) <= FEW * len(text)
        if text and (plain or _plausible(text, encoding)):
            return text, encoding
    return "", ""


def _candidates(data: bytes) -> Iterator[str]:
    """Name the encodings worth trying: NUL bytes stand in no text but UTF-16."""
    if b"\0" not in data[:4096]:
        yield "utf-8"
        yield "cp949"
    if len(data) % 2 == 0:
        little = data[1:4096:2].count(0) >= data[0:4096:2].count(0)
        yield "utf-16-le" if little else "utf-16-be"
        yield "utf-16-be" if little else "utf-16-le"


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _plausible(text: str, encoding: str) -> bool:
    if len(CONTROL.findall(text)) > FEW * len(text):
        return False
    if encoding == "utf-8":
        return True
    strange = len(text) - len(EXPECTED.findall(text))
    if strange > FEW * len(text):
        return False
    if encoding != "cp949":
        return True
    # A Western 8-bit text often decodes as CP949, into rare syllables that KS X 1001 does not list.
    hangul = [c for c in text if "\uac00" <= c <= "\ud7a3"]
    rare = sum(1 for c in hangul if not _listed(c))
    return bool(hangul) and rare <= max(FEW * len(hangul), 1 if len(hangul) > 10 else 0)


def _listed(char: str) -> bool:
    try:
        return bool(char.encode("euc_kr"))
    except UnicodeEncodeError:
        return False


def head(data: bytes, size: int = 20_000) -> bytes:
    """Give the first bytes as UTF-8 without mark and blanks: what a format is known by.

    >>> head("\ufeff <html>".encode("utf-16-le"))
    b'<html>'
    """
    start = data[:size]
    for mark, encoding in (*BOMS[1:], (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if start.startswith(mark):
            start = start.decode(encoding, "ignore").encode("utf-8", "ignore")
            break
    return start.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\f")

"""Bytes -> Document: one module a source format, found by itself, chosen by content and never by name."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from converter.issues import ConverterError
from converter.readers.reader import Reader, Reading, refusal

__all__ = ["Reader", "read", "readers"]

MAX_SIZE = 20_000_000
"""Bytes; a case report with its figures as text is a thousandth of it."""

UNSUPPORTED = (
    (b"PK\x03\x04", "this kind of ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "OLE (DOC, HWP)"),
)
"""Formats that people try, by their first bytes: worth an answer that names them."""


@cache
def readers() -> tuple[Reader, ...]:
    """Find every module of this package that exports ``READER``, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    found = tuple(module.READER for module in modules if isinstance(getattr(module, "READER", None), Reader))
    claimed = [media for reader in found for media in reader.media_types]
    if len(claimed) != len(set(claimed)):
        raise ConverterError("two readers claim one media type")
    return found


def read(data: bytes, name: str, *, max_size: int = MAX_SIZE, media_type: str = "") -> Reading:
    """Read a source into a Document; raise SourceError where it is empty, binary, too large or damaged.

    The content decides which reader is used, since names and declared types lie; a given media type
    only chooses where it names a reader that claims the content too. Text is what nobody else claims.

    >>> read("Fever for 3 days.".encode(), "a.txt")[0].text
    'Fever for 3 days.'
    """
    if len(data) > max_size:
        raise refusal("DOC003", name)
    if not data.strip(b" \t\r\n\f\v\0\xef\xbb\xbf\xfe\xff"):
        raise refusal("DOC001", name)
    return _choose(data, name, media_type.split(";", maxsplit=1)[0].strip().lower()).read(data, name)


def _choose(data: bytes, name: str, media_type: str) -> Reader:
    plain, others = (
        [r for r in readers() if r.name == "text"],
        [r for r in readers() if r.name != "text"],
    )
    claims = [reader for reader in others if reader.sniff(data)] or [r for r in plain if r.sniff(data)]
    named = [reader for reader in claims if media_type in reader.media_types]
    if named:
        return named[0]
    if claims:
        return claims[0]
    known = next((known for magic, known in UNSUPPORTED if data.startswith(magic)), "")
    if known:
        raise refusal("DOC008", name, f"{known} is not supported")
    raise refusal("DOC008" if data.lstrip()[:1] == b"<" else "DOC002", name)

"""Turn narrative case reports (English, Korean) into FHIR R4 bundles that point at their words.

from converter import convert
result = convert("report.txt")
print(result.json())
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from converter.check import check
    from converter.issues import Issue
    from converter.pipeline import Options, Result
    from converter.summary import render

__version__ = "0.1.0"
__all__ = ["Issue", "Options", "Result", "__version__", "check", "convert", "read", "render"]

_HOMES = {
    "Issue": "converter.issues",
    "Options": "converter.pipeline",
    "Result": "converter.pipeline",
    "check": "converter.check",
    "read": "converter.readers",
    "render": "converter.summary",
}


def convert(source: str | Path | bytes, options: Options | None = None, *, name: str = "-") -> Result:
    """Convert one report: a path, or the bytes of a file.

    Raises ``converter.issues.SourceError`` where the source cannot be read or is no case report; its
    ``issue`` says why. See ``Options`` for what can be chosen and ``Result`` for what comes back.
    """
    from converter.pipeline import convert_bytes  # noqa: PLC0415 (keeps `casefhir --help` fast)

    if isinstance(source, bytes):
        return convert_bytes(source, name, options)
    path = Path(source)
    return convert_bytes(path.read_bytes(), path.name, options)


def __getattr__(attribute: str) -> Any:
    """Import the public names when they are first used."""
    if attribute in _HOMES:
        return getattr(import_module(_HOMES[attribute]), attribute)
    raise AttributeError(f"module 'converter' has no attribute {attribute!r}")

"""How the edges write files: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def write_all(files: Mapping[Path, str]) -> None:
    """Write files so that all are there whole or none is new; a pipe or device takes the text itself."""
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, text in files.items():
            data = text.encode("utf-8", "backslashreplace")
            if path.exists() and not path.is_file():
                path.write_bytes(data)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting.append((_temporary(path, data), path))
        for temporary, path in waiting:
            temporary.replace(path)
    except BaseException:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
        raise


def _temporary(path: Path, data: bytes) -> Path:
    """Write beside the path, for its owner's umask to say who may read it: reports are patients' data."""
    temporary = path.with_name(f".{path.name[:60]}.{os.getpid()}")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
    except OSError as error:
        if not isinstance(error, FileExistsError):
            temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error
    return temporary

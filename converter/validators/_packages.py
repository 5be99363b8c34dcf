"""FHIR packages: a .tgz, an unpacked folder, or name#version in the user's cache; nothing is fetched.

https://confluence.hl7.org/display/FHIR/FHIR+Package+Cache
"""

from __future__ import annotations

import json
import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from converter.validators._finding import ValidatorMissingError

CORE = ("hl7.fhir.r4.core", "hl7.fhir.r4.expansions")
"""What the validators bring along."""
KINDS = frozenset({"StructureDefinition", "ValueSet", "CodeSystem"})
TIMEOUT = 20


def resolve(names: Sequence[str]) -> tuple[Path, ...]:
    """Find packages and what they depend on, dependencies first."""
    found: dict[str, Path] = {}
    for name in names:
        _resolve(_place(name), name, found)
    return tuple(found.values())


def _cache() -> Path:
    return Path(os.environ.get("FHIR_PACKAGE_CACHE") or Path.home() / ".fhir" / "packages")


def _place(name: str) -> Path:
    path = Path(name)
    if "#" not in name or path.exists():
        if not path.exists():
            raise ValidatorMissingError(
                f"--package {name}: no such file; give FILE.tgz, a folder or name#version"
            )
        return path
    cached = _cache() / name / "package"
    if not cached.is_dir():
        raise ValidatorMissingError(f"--package {name}: not in {_cache()}; put it there or give its .tgz")
    return cached


def _resolve(path: Path, name: str, found: dict[str, Path]) -> None:
    manifest = _manifest(path, name)
    key = str(manifest.get("name", path))
    if key in found or key in CORE:
        return
    versions = manifest.get("fhirVersions", ["4.0.1"])
    if not any(str(version).startswith("4.") for version in versions):
        raise ValidatorMissingError(f"--package {name}: it is for FHIR {', '.join(versions)}, not R4")
    for other, version in manifest.get("dependencies", {}).items():
        if other not in CORE and other not in found:
            _resolve(_place(f"{other}#{version}"), f"{other}#{version}", found)
    found[key] = path


def _manifest(path: Path, name: str) -> dict[str, Any]:
    """Read package.json; a folder of resources may lack it."""
    if path.is_dir():
        file = path / "package.json"
        inner = path / "package" / "package.json"
        text = next((one.read_text("utf-8") for one in (file, inner) if one.exists()), "{}")
    else:
        text = next((text for member, text in _members(path, name) if member == "package.json"), "")
    try:
        manifest = json.loads(text)
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise ValidatorMissingError(f"--package {name}: not a FHIR package (no package.json)")
    return manifest


def _members(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Read the JSON files of a package's own folder; nothing is written to disk from names in the archive."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                folder, _, file = member.name.rpartition("/")
                if member.isfile() and folder == "package" and file.endswith(".json"):
                    content = archive.extractfile(member)
                    yield file, content.read().decode("utf-8-sig") if content else ""
    except (tarfile.TarError, OSError, EOFError, UnicodeDecodeError) as error:
        raise ValidatorMissingError(f"--package {name}: not a readable .tgz: {error}") from error


def definitions(packages: Sequence[Path], folder: Path) -> Iterator[Path]:
    """Give the files of profiles, value sets and code systems, out of a .tgz by way of the folder."""
    for number, package in enumerate(packages):
        if package.is_dir():
            inner = package / "package" if (package / "package" / "package.json").exists() else package
            yield from (
                file for file in sorted(inner.glob("*.json")) if _kind(file.read_text("utf-8-sig")) in KINDS
            )
            continue
        for count, (_, text) in enumerate(_members(package, str(package))):
            if _kind(text) in KINDS:
                file = folder / f"{number}-{count}.json"
                file.write_text(text, "utf-8")
                yield file


def _kind(text: str) -> str:
    try:
        content = json.loads(text)
    except ValueError:
        return ""
    return str(content.get("resourceType", "")) if isinstance(content, dict) else ""


def reachable(address: str) -> None:
    """Ask a terminology server for its metadata; one that does not answer is an error, never silence."""
    if not address.startswith(("http://", "https://")):
        raise ValidatorMissingError(f"--terminology-server {address}: give an http or https address")
    try:
        with urlopen(f"{address.rstrip('/')}/metadata", timeout=TIMEOUT) as answer:  # noqa: S310 (checked above)
            answer.read(1)
    except (URLError, OSError, ValueError) as error:
        raise ValidatorMissingError(f"--terminology-server {address}: no answer: {error}") from error

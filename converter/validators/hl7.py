"""HL7's Java validator, one JVM for all files: its own validator_cli.jar, or HAPI's classes from Maven.

Which of the two passed matters (docs/conformance.md): the jar judges more strictly.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from converter.issues import Severity
from converter.mappings import data_path
from converter.validators._finding import Finding, Settings, ValidatorMissingError
from converter.validators._packages import definitions, reachable

HERE = Path(__file__).resolve().parent
FILE = "http://hl7.org/fhir/StructureDefinition/operationoutcome-file"
MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"
NOISE = re.compile(r"/\*.*?\*/|(?<=\.resource)\.ofType\(\w+\)")


def run(files: Sequence[Path], settings: Settings) -> Iterator[Finding]:
    """Validate all files in one run of the JVM."""
    if shutil.which("java") is None:
        raise ValidatorMissingError("--validator hl7: java is not installed; Java 17 or later is needed")
    if settings.terminology:
        reachable(settings.terminology)
    yield from _jar(files, settings, settings.jar) if settings.jar else _hapi(files, settings)


def _path(location: str) -> str:
    """Write a location as our paths are.

    >>> _path("Bundle.entry[2].resource.ofType(Patient)/*Patient/a*/.name[0]")
    'Bundle.entry[2].resource.name[0]'
    """
    return NOISE.sub("", NOISE.sub("", location))


def _severity(name: str) -> Severity:
    return Severity(name) if name in tuple(Severity) else Severity.INFORMATION


def _hapi(files: Sequence[Path], settings: Settings) -> Iterator[Finding]:
    if settings.terminology:
        raise ValidatorMissingError("--terminology-server needs HL7's own jar: --validator-jar FILE")
    classpath = _classpath(settings.fetch)
    with tempfile.TemporaryDirectory(prefix="casefhir-") as folder:
        own = sorted(str(path) for path in data_path("mappings/fhir").glob("StructureDefinition-*.json"))
        listed = [*own, *map(str, definitions(settings.packages, Path(folder)))]
        arguments = Path(folder) / "definitions.txt"
        arguments.write_text("".join(f"{name}\n" for name in listed), "utf-8")
        command = ["java", "-Xss4m", "-cp", classpath, "casefhir.Conformance", str(arguments)]
        lines = "".join(f"{file}\n" for file in files)
        done = subprocess.run(  # noqa: S603 (java from the path, arguments of ours)
            command, input=lines, capture_output=True, text=True, encoding="utf-8", check=False
        )
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    checked = {answer["file"] for answer in answers if answer["severity"] == "checked"}
    if done.returncode or checked != {str(file) for file in files}:
        raise ValidatorMissingError(f"--validator hl7 stopped early: {_last(done.stderr)}")
    for answer in answers:
        if answer["severity"] != "checked":
            ident = "" if answer["id"] == "null" else answer["id"]
            location = _path(answer["location"])
            yield Finding(answer["file"], _severity(answer["severity"]), location, answer["message"], ident)


def _last(text: str) -> str:
    """Give the first line of a failure that says something, without the stack under it."""
    lines = [
        line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("\tat", "SLF4J"))
    ]
    return next(
        (line for line in lines if "Exception" in line or "Error" in line), lines[-1] if lines else "no words"
    )


def _classpath(fetch: bool) -> str:
    """Compile once into the user's cache; a changed pom or source makes a new folder."""
    sources = [HERE / "pom.xml", HERE / "Conformance.java"]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = home / "casefhir" / "validator" / key
    listing = cache / "classpath.txt"
    if not (listing.exists() and all(map(os.path.exists, listing.read_text().split(os.pathsep)))):
        _build(cache, listing, fetch)
    return f"{cache / 'classes'}{os.pathsep}{listing.read_text()}"


def _build(cache: Path, listing: Path, fetch: bool) -> None:
    if shutil.which("mvn") is None:
        raise ValidatorMissingError("--validator hl7: Maven is not installed; or give --validator-jar FILE")
    command = [
        *("mvn", "-q", "-B", *(() if fetch else ("-o",)), "-f", str(HERE / "pom.xml")),
        *(f"-Doutput={cache}", f"-Dsources={HERE}", "compile", "dependency:build-classpath"),
        *("-Dmdep.includeScope=runtime", f"-Dmdep.outputFile={listing}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        listing.unlink(missing_ok=True)
        how = "" if fetch else "; let Maven fetch it once: --fetch-validator"
        raise ValidatorMissingError(f"--validator hl7: Maven's repository lacks HAPI's validator{how}")


def _jar(files: Sequence[Path], settings: Settings, jar: Path) -> Iterator[Finding]:
    """Run HL7's own command line; offline, it finds its packages in ~/.fhir/packages."""
    if not jar.is_file():
        raise ValidatorMissingError(f"--validator-jar {jar}: no such file")
    with tempfile.TemporaryDirectory(prefix="casefhir-") as folder:
        outcome = Path(folder) / "outcome.json"
        command = ["java", "-jar", str(jar), *map(str, files), "-version", "4.0.1", "-output", str(outcome)]
        command += ["-tx", settings.terminology or "n/a", "-locale", "en"]
        command += [] if settings.fetch or settings.terminology else ["-no-http-access"]
        for package in (data_path("mappings/fhir"), *settings.packages):
            command += ["-ig", str(package)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if not outcome.exists():
            words = _last(done.stderr or done.stdout)
            raise ValidatorMissingError(f"--validator-jar {jar}: no answer (exit {done.returncode}): {words}")
        answer = json.loads(outcome.read_text("utf-8"))
    several = [entry["resource"] for entry in answer.get("entry", ())] or [answer]
    seen: set[str] = set()
    for one in several:
        file = str(files[0]) if len(files) == 1 else _extension(one, FILE)
        seen.add(file)
        yield from (_told(issue, file) for issue in one.get("issue", ()))
    if missing := {str(file) for file in files} - seen:
        raise ValidatorMissingError(
            f"--validator-jar {jar}: it left out {len(missing)} of {len(files)} files"
        )


def _told(issue: dict[str, Any], file: str) -> Finding:
    places = issue.get("expression") or issue.get("location") or [""]
    words = str(issue.get("details", {}).get("text") or issue.get("diagnostics", ""))
    severity = _severity(str(issue.get("severity")))
    return Finding(file, severity, _path(str(places[0])), words, _extension(issue, MESSAGE_ID))


def _extension(value: dict[str, Any], url: str) -> str:
    found = (one for one in value.get("extension", ()) if one.get("url") == url)
    return next((str(text) for one in found for key, text in one.items() if key.startswith("value")), "")

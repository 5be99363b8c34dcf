"""The official files of code systems -> releases: LOINC, SNOMED CT RF2, HPO, ICD-10-CM, KCD.

https://loinc.org/kb/users-guide/ (Loinc.csv), https://confluence.ihtsdotools.org/display/DOCRELFMT (RF2),
https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html, https://www.cms.gov/medicare/coding-billing/icd-10-codes
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Literal

from converter.terms import rf2
from converter.terms.files import Source, sources
from converter.terms.release import Release, Term, TermsError, reading

KNOWN = (
    "Loinc.csv of LOINC, the RF2 snapshot of SNOMED CT (concept and description files, or the zip), "
    "hp.obo of HPO, the order file of ICD-10-CM, or a table of KCD"
)


def releases(paths: Sequence[Path], version: str = "") -> Iterator[Release]:
    """Tell what each file is by its first line and give its release; a version given overrules the file's."""
    found: dict[str, list[Source]] = {}
    for path in paths:
        known = [(kind, source) for source in sources(path) if (kind := _kind(source))]
        if not known:
            raise TermsError(f"{path}: no file of terms that is known; give {KNOWN}")
        for kind, source in known:
            found.setdefault(kind, []).append(source)
    for kind, files in found.items():
        if len(files) > 1 and kind != "rf2":
            raise TermsError(f"{files[0].name} and {files[1].name} are of one system; load one of them")
        with reading(", ".join(file.name for file in files)):
            release = rf2.release(files, version) if kind == "rf2" else READERS[kind](files[0], version)
        yield release


def _kind(source: Source) -> str:
    """Name the format by the first line; "" where it is none."""
    first = source.first
    if re.match(r'"?LOINC_NUM"?,', first):
        return "loinc"
    if first in (rf2.CONCEPT, rf2.DESCRIPTION):
        return "rf2"
    if first.startswith("format-version:"):
        return "hpo"
    if ORDER.match(first):
        return "icd-10-cm"
    return "kcd" if _kcd_columns(first) else ""


def _rows(source: Source, delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    with source.open() as lines:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
        rows = csv.DictReader(lines, delimiter=delimiter, quoting=quoting, restkey="")
        for row in rows:
            if None in row.values() or "" in row:
                raise TermsError(
                    f"{source.name}:{rows.line_num}: not as many columns as the header; get the file again"
                )
            yield rows.line_num, row


LOINC_COLUMNS = ("LOINC_NUM", "LONG_COMMON_NAME", "SHORTNAME", "STATUS", "VersionLastChanged")


def _loinc(source: Source, version: str) -> Release:
    header = next(csv.reader([source.first]))
    if missing := [name for name in LOINC_COLUMNS if name not in header]:
        raise TermsError(
            f"{source.name}:1: no column {', '.join(missing)}; load LoincTable/Loinc.csv of a release"
        )
    if not version:
        numbers = [row["VersionLastChanged"] for _, row in _rows(source)]
        version = max(numbers, key=_numbered, default="")

    def terms() -> Iterator[Term]:
        for _, row in _rows(source):
            if row["STATUS"] == "ACTIVE":
                yield Term(
                    row["LOINC_NUM"],
                    row["LONG_COMMON_NAME"],
                    (row["LONG_COMMON_NAME"], row["SHORTNAME"], row.get("DisplayName", "")),
                )

    return Release("loinc", "LOINC", "http://loinc.org", version, source.name, terms())


def _numbered(version: str) -> tuple[int, ...]:
    """Order versions by their numbers: 2.9 before 2.78."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


SYNONYM = re.compile(r'synonym: "(?P<name>(?:[^"\\]|\\.)*)" EXACT\b')


def _hpo(source: Source, version: str) -> Release:
    with source.open() as lines:
        for line in lines:
            if line.startswith("[Term]"):
                break
            if not version and (found := re.match(r"data-version: (?:.*/)?(\d{4}-\d\d-\d\d|\S+)", line)):
                version = found[1]

    def terms() -> Iterator[Term]:
        with source.open() as lines:
            for stanza in _stanzas(lines):
                term = _hpo_term(stanza)
                if term:
                    yield term

    return Release(
        "hpo",
        "Human Phenotype Ontology",
        "http://human-phenotype-ontology.org",
        version,
        source.name,
        terms(),
    )


def _stanzas(lines: IO[str]) -> Iterator[list[str]]:
    stanza: list[str] = []
    for line in lines:
        if line.startswith("["):
            yield stanza
            stanza = []
        stanza.append(line.rstrip("\r\n"))
    yield stanza


def _hpo_term(stanza: Sequence[str]) -> Term | None:
    if not stanza or stanza[0] != "[Term]" or "is_obsolete: true" in stanza:
        return None
    code = next((line[4:].strip() for line in stanza if line.startswith("id: HP:")), "")
    name = next((line[6:].strip() for line in stanza if line.startswith("name: ")), "")
    synonyms = tuple(m["name"].replace('\\"', '"') for line in stanza if (m := SYNONYM.match(line)))
    return Term(code, name, (name, *synonyms)) if code and name else None


ORDER = re.compile(r"\d{5} (?P<code>[A-Z]\d[0-9A-Z]{1,5}) *(?P<billable>[01]) (?P<short>.{60}) (?P<long>.+)")
"""Order number, code, whether it is billable, short and long title in fixed columns."""


def _icd(source: Source, version: str) -> Release:
    year = re.search(r"(20\d\d)", source.name)

    def terms() -> Iterator[Term]:
        with source.open() as lines:
            for number, line in enumerate(lines, 1):
                found = ORDER.match(line.rstrip("\r\n"))
                if found is None and line.strip():
                    raise TermsError(f"{source.name}:{number}: no line of an ICD-10-CM order file")
                if found:
                    code = found["code"]
                    dotted = f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
                    yield Term(dotted, found["long"].strip(), (found["long"], found["short"]))

    system = "http://hl7.org/fhir/sid/icd-10-cm"
    return Release(
        "icd-10-cm", "ICD-10-CM", system, version or (year[1] if year else ""), source.name, terms()
    )


KCD_COLUMNS = {
    "code": (
        "kcd", "kcd-8", "kcd8", "code", "코드", "기호", "질병분류기호", "상병기호", "분류기호", "상병코드",
        "질병코드",
    ),
    "en": ("en", "english", "영문", "영문명", "영문명칭", "영문상병명", "영문표제"),
    "ko": ("ko", "korean", "한글", "한글명", "한글명칭", "한글상병명", "국문명", "한글표제"),
}  # fmt: skip


def _delimiter(first: str) -> str:
    return "\t" if "\t" in first else ","


def _kcd_columns(first: str) -> dict[str, str]:
    """Find the columns of code, English and Korean name in a header; empty where one is missing."""
    header = next(csv.reader([first], delimiter=_delimiter(first)), [])
    plain = {re.sub(r"[\s()]", "", name).casefold(): name for name in header}
    found = {
        key: next((plain[name] for name in names if name in plain), "") for key, names in KCD_COLUMNS.items()
    }
    return found if all(found.values()) else {}


def _kcd(source: Source, version: str) -> Release:
    columns = _kcd_columns(source.first)

    def terms() -> Iterator[Term]:
        for _, row in _rows(source, _delimiter(source.first)):
            code = row[columns["code"]].strip().rstrip("†*")
            if code:
                yield Term(code, row[columns["en"]].strip(), (row[columns["en"]], row[columns["ko"]]))

    system = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8"
    return Release("kcd", "KCD", system, version or "8", source.name, terms())


READERS: dict[str, Callable[[Source, str], Release]] = {
    "loinc": _loinc,
    "hpo": _hpo,
    "icd-10-cm": _icd,
    "kcd": _kcd,
}

"""The check of the mappings: ours pass, and each kind of mistake is named with its file, line and mend."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from converter.catalogue import check_tables, current, sources
from converter.catalogue.checking import name_key
from converter.catalogue.codes import malformed
from converter.catalogue.examples import misread
from converter.mappings import COLUMNS
from converter.model import Code

ROOT = Path(__file__).resolve().parents[2]
CODES = (ROOT.parent / "shared" / "terms" / "codes.tsv", ROOT / "tests" / "codes.tsv")
SNOMED = "http://snomed.info/sct"
HEADER = "\t".join(COLUMNS)


def casefhir(*words: str) -> tuple[int, str, str]:
    """Run the command in a process of its own: one folder of own rows a process."""
    done = subprocess.run(
        [sys.executable, "-m", "converter.cli", *words], capture_output=True, cwd=ROOT, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def own(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        kind, _, rest = name.partition("_")
        path = folder / (
            f"{kind}/{rest}.tsv"
            if kind == "vocabulary"
            else f"{kind}/{rest}.toml"
            if rest
            else f"{kind}.toml"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def row(**cells: str) -> str:
    return "\t".join(cells.get(column, "") for column in COLUMNS)


GOOD = {
    "id": "glimmer-disease", "en": "Glimmer disease", "ko": "반짝병", "names": "glimmering disease", "kind": "disease",
    "example": "Glimmer disease was suspected.",
}  # fmt: skip


def test_our_own_rows_pass() -> None:
    assert check_tables(sources=sources(CODES if CODES[0].exists() else ())) == ()


def test_every_table_is_listed() -> None:
    counts = {row.table for row in current()}
    assert {"problems", "observations", "modalities", "units", "cues"} <= counts


@pytest.mark.parametrize(
    ("system", "code", "right"),
    [
        (SNOMED, "19943007", True),
        (SNOMED, "19943008", False),
        (SNOMED, "999", False),
        ("http://loinc.org", "2160-0", True),
        ("http://loinc.org", "2160-1", False),
        ("http://loinc.org", "LP29684-5", True),
        ("http://radlex.org", "RID1301", True),
        ("http://radlex.org", "1301", False),
        ("http://human-phenotype-ontology.org", "HP:0000001", True),
        ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9", True),
        ("http://hl7.org/fhir/sid/icd-10-cm", "11.9", False),
        ("http://www.whocc.no/atc", "J01CA04", True),
        ("snomed", "19943007", False),
        (SNOMED, "", False),
        ("https://codes.hospital.test/local", "anything goes", True),
    ],
)
def test_form_of_codes(system: str, code: str, right: bool) -> None:
    assert (malformed(Code(system, code)) == "") is right


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Tumours of the lung", "tumor of the lung", True),
        ("CT", "ct", False),
        ("뇌 경색", "뇌경색", True),
        ("T2-weighted", "T2*-weighted", False),
        ("Behçet disease", "Behcet diseases", True),
    ],
)
def test_names_collide_as_they_are_looked_up(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same


def test_a_row_is_read_in_its_example_or_said_not_to_be() -> None:
    entry = next(row for row in current("problems") if row.id == "sepsis")
    assert list(misread(entry)) == []
    assert len(list(misread(type(entry)("problems", "gout", "f", 1, examples=entry.examples)))) == 1


BAD = {
    "MAP002": row(**{**GOOD, "id": "Glimmer Disease"}),
    "MAP004": row(**{**GOOD, "id": "glimmer-two", "names": "gouty arthritis"}),
    "MAP005": row(**{**GOOD, "id": "glimmer-three", "en": "Third glimmer", "names": "", "ko": "third", "example": "Third glimmer."}),
    "MAP006": row(**{**GOOD, "id": "glimmer-four", "en": "Fourth glimmer", "names": "", "ko": "넷째반짝", "system": SNOMED,
                     "code": "19943008", "display": "Cirrhosis", "example": "Fourth glimmer."}),
    "MAP009": row(**{**GOOD, "id": "glimmer-five", "en": "Fifth glimmer", "names": "", "ko": "다섯째반짝", "example": "Nothing."}),
    "MAP010": row(**{**GOOD, "id": "glimmer-six", "en": "Sixth glimmer", "names": "", "ko": "여섯째반짝", "kind": "illness",
                     "example": "Sixth glimmer."}),
}  # fmt: skip
OBSERVATION = """
[[observation]]
id = "glimmer-level"
en = "Glimmer level"
ko = "반짝수치"
names = ["glimmer level"]
category = "laboratory"
units = ["mg/dL", "furlongs"]
plausible = { "mg/dL" = ["9", "1"] }
examples = ["the glimmer level was 3 mg/dL"]
"""


def test_each_mistake_in_own_rows_is_named_with_file_line_and_mend(tmp_path: Path) -> None:
    folder = own(
        tmp_path, vocabulary_problems="\n".join([HEADER, *BAD.values()]) + "\n", observations_mine=OBSERVATION
    )
    code, _, said = casefhir("mappings", "check", "--mappings", str(folder))
    lines = said.splitlines()
    assert code == 1
    for line, wanted in enumerate(BAD, 2):
        assert any(
            re.match(rf".*problems\.tsv:{line}(?::\d+)?: error {wanted} .*\(.+\)$", told) for told in lines
        ), wanted
    assert any("mine.toml:2:" in told and "MAP008" in told and "furlongs" in told for told in lines)
    assert any("mine.toml:2:" in told and "MAP010" in told and "plausible" in told for told in lines)
    assert not any("mappings/vocabulary/" in told.split(": ")[0] for told in lines)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"vocabulary_problems": "id\ten\n"}, r"problems\.tsv:1: .*header"),
        ({"vocabulary_problems": f"{HEADER}\nx\ty\n"}, r"problems\.tsv:2: .*11 wanted"),
        ({"vocabulary_diseases": f"{HEADER}\n"}, r"diseases\.tsv.*must begin with one of problems"),
        ({"observations_mine": OBSERVATION + "color = 1\n"}, r"mine\.toml:2: .*unknown key color"),
        ({"observations_mine": OBSERVATION.replace('ko = "반짝수치"\n', "")}, r"mine\.toml:2: .*ko missing"),
        ({"observations_mine": '[[observation]]\nid = "x\n'}, r"mine\.toml:2: "),
        ({"units": "unit = [\n  { ucum = 3 },\n]\n"}, r"units\.toml:2: .*names missing"),
        ({"units": "unit = 3\n"}, r"units\.toml:.* wanted"),
        (
            {"sections": '[[heading]]\nkind = "case"\nen = ["our patient"]\nko = []\n'},
            r"sections\.toml:.*'role' is missing",
        ),
        ({"sections": '[[headings]]\nkind = "case"\n'}, r"sections\.toml:.*unknown table headings"),
        ({"context": '[[cue]]\nkind = "absent"\n'}, r"context\.toml:1: .*phrases missing"),
        (
            {"imaging": '[[modality]]\nid = "x"\nen = "X"\nko = "엑스"\nnames = ["X"]\n'},
            r"imaging\.toml:1: .*dicom missing",
        ),
        ({"other": "a = 1\n"}, r"other\.toml is no file of mappings"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, files: dict[str, str], told: str) -> None:
    folder = own(tmp_path, **files)
    code, out, said = casefhir("mappings", "list", "--mappings", str(folder))
    assert (code, out) == (2, "")
    assert re.search(told, said), said
    assert "Traceback" not in said

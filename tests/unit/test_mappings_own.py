"""A user's own rows over ours, the lists and `mappings try`, on the command line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from converter import mappings
from converter.catalogue.trying import tried
from converter.issues import ConverterError
from converter.mappings.files import merged
from converter.pipeline import Options, convert_bytes

ROOT = Path(__file__).resolve().parents[2]
HEADER = "\t".join(mappings.COLUMNS)
REPORT = "CASE REPORT\nA 50-year-old man was admitted. He was diagnosed with glimmer disease. The glimmer level was 3 flops.\n"


def casefhir(*words: str, text: str = "") -> tuple[int, str, str]:
    """Run the command in a process of its own: one folder of own rows a process."""
    done = subprocess.run(
        [sys.executable, "-m", "converter.cli", *words],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "vocabulary").mkdir(parents=True)
    (folder / "observations").mkdir()
    (folder / "vocabulary" / "problems-mine.tsv").write_text(
        f"{HEADER}\n"
        "glimmer-disease\tGlimmer disease\t반짝병\t\t\t\thttp://snomed.info/sct\t19943007\tCirrhosis\tdisease\tGlimmer disease was seen.\n"
        "gout\tGout, our way\t우리통풍\t\tgout|gouty\t\t\t\t\tdisease\tGout was seen.\n",
        "utf-8",
    )
    (folder / "observations" / "mine.toml").write_text(
        '[[observation]]\nid = "glimmer-level"\nen = "Glimmer level"\nko = "반짝수치"\nnames = ["glimmer level"]\n'
        'category = "laboratory"\nunits = ["{flop}"]\nexamples = ["the glimmer level was 3 flops"]\n',
        "utf-8",
    )
    (folder / "units.toml").write_text(
        'unit = [\n  { ucum = "{flop}", names = ["flop", "flops"] },\n]\n', "utf-8"
    )
    return folder


def test_own_rows_are_read_and_replace_ours(own: Path) -> None:
    code, out, said = casefhir("convert", "-", "--mappings", str(own), text=REPORT)
    assert code == 0, said
    resources = [entry["resource"] for entry in json.loads(out)["entry"]]
    texts = {r["code"]["text"]: r for r in resources if r["resourceType"] in ("Condition", "Observation")}
    assert texts["Glimmer disease"]["code"]["coding"][0]["code"] == "19943007"
    level = texts["Glimmer level"]["valueQuantity"]
    assert (level["value"], level["code"]) == (3, "{flop}")


def test_without_the_folder_nothing_of_it_is_known() -> None:
    result = convert_bytes(REPORT.encode(), "r.txt")
    assert "19943007" not in result.json()


def test_a_row_with_our_id_takes_the_place_of_ours(own: Path) -> None:
    code, out, _ = casefhir("mappings", "list", "problems", "--format", "json", "--mappings", str(own))
    rows = {row["id"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["gout"]["en"] == "Gout, our way"
    assert rows["gout"]["file"].endswith("problems-mine.tsv")
    assert rows["sepsis"]["file"] == "mappings/vocabulary/problems.tsv" or rows["sepsis"]["file"].startswith(
        "mappings/"
    )


def test_the_page_shows_own_rows_too(own: Path, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text(REPORT, "utf-8")
    code, out, said = casefhir("show", str(tmp_path / "r.txt"), "-o", "-", "--mappings", str(own))
    assert code == 0, said
    assert "반짝병" in out


def test_a_second_folder_in_one_process_is_refused(tmp_path: Path) -> None:
    convert_bytes(REPORT.encode(), "r.txt")
    (tmp_path / "units.toml").write_text('unit = [\n  { ucum = "{flop}", names = ["flop"] },\n]\n', "utf-8")
    with pytest.raises(ConverterError, match="another process"):
        convert_bytes(REPORT.encode(), "r.txt", Options(mappings=str(tmp_path)))


@pytest.mark.parametrize("verb", [("convert", "-"), ("mappings", "list"), ("show", "-", "-o", "-")])
def test_a_folder_that_is_none_ends_with_usage(verb: tuple[str, ...]) -> None:
    code, out, said = casefhir(*verb, "--mappings", "/nowhere", text=REPORT)
    assert (code, out) == (2, "")
    assert "/nowhere: no such folder" in said


def test_tables_are_laid_over_each_other_by_key() -> None:
    ours = {"unit": [{"ucum": "g", "names": ["g"]}, {"ucum": "L", "names": ["L"]}], "en": ["a"], "one": 1}
    theirs = {
        "unit": [{"ucum": "g", "names": ["gram"]}, {"ucum": "m", "names": ["m"]}],
        "en": ["b"],
        "one": 2,
    }
    assert merged(ours, theirs) == {
        "unit": [
            {"ucum": "g", "names": ["gram"]},
            {"ucum": "L", "names": ["L"]},
            {"ucum": "m", "names": ["m"]},
        ],
        "en": ["a", "b"],
        "one": 2,
    }


def test_the_list_counts_each_table() -> None:
    code, out, _ = casefhir("mappings", "list")
    assert code == 0
    counts = {line.split()[0]: int(line.split()[1]) for line in out.splitlines()[1:]}
    assert counts["problems"] == len(mappings.table("problems"))
    assert counts["observations"] == len(mappings.observables())


def test_a_table_is_listed_in_either_language_and_as_csv() -> None:
    korean = casefhir("mappings", "list", "routes", "--lang", "ko")[1]
    assert "경구" in next(line for line in korean.splitlines() if line.startswith("oral\t"))
    rows = list(csv.DictReader(io.StringIO(casefhir("mappings", "list", "routes", "--format", "csv")[1])))
    assert {"oral", "intravenous"} <= {row["id"] for row in rows}
    assert casefhir("mappings", "list", "nothing")[0] == 2


def test_what_is_read_in_a_sentence_is_shown() -> None:
    read = tried("There was no pleural effusion, and the CRP was 12.5 mg/dL.")
    by = {(item["by"], item["words"]) for item in read["seen"]}
    assert {
        ("problems", "pleural effusion"),
        ("observations", "CRP"),
        ("units", "12.5 mg/dL"),
        ("context", "no"),
    } <= by
    facts = {fact["name"]: fact for fact in read["facts"]}
    assert facts["pleural effusion"]["assertion"] == "absent"
    assert facts["CRP"]["value"] == "12.5 mg/dL"
    assert facts["CRP"]["codes"][0]["code"] == "1988-5"
    for item in (*read["seen"], *read["facts"]):
        assert read["text"][item["start"] : item["end"]] == item["words"]


def test_what_is_read_is_told_as_text_and_json() -> None:
    code, out, _ = casefhir("mappings", "try", "CRP was 12.5 mg/dL.")
    assert code == 0
    assert "'CRP'" in out
    assert "1988-5" in out
    assert (
        json.loads(casefhir("mappings", "try", "-", "--format", "json", text="열이 났다.")[1])["text"]
        == "열이 났다."
    )

"""Batches: one report a file, a line or a member; whole or not at all; the same with one process and with two."""

import json
from pathlib import Path

import pytest
from report_formats import html, jats, txt
from test_readers_containers import zipped

from converter.batch import Job, convert_files
from converter.issues import ConverterError
from converter.pipeline import Options
from converter.writing import write_all

OPTIONS = Options(languages=("en",))


def converted(
    inputs: dict[str, bytes], folder: Path, processes: int = 1
) -> tuple[dict[str, bytes], list[str]]:
    job = Job(list(inputs), folder, OPTIONS, processes=processes)
    issues, _ = convert_files(job, lambda name: inputs[name])
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}, [
        f"{i.code} {i.source}" for i in issues
    ]


INPUTS = {
    "one.txt": txt(),
    "set.zip": zipped({"PMC1/a.nxml": jats(), "one.html": html()}),
    "rows.jsonl": b"\n".join(json.dumps({"id": i, "text": txt().decode()}).encode() for i in ("r1", "r2"))
    + b'\n{"id": "r3"}',
    "broken.pdf": b"%PDF-1.4 nothing",
}


def test_every_report_has_its_files(tmp_path: Path) -> None:
    files, issues = converted(INPUTS, tmp_path)
    assert [n for n in files if n.endswith(".json")] == [
        "a.json",
        "one.json",
        "r1.json",
        "r2.json",
        "set.one.json",
    ]
    assert "DOC008 broken.pdf" in issues
    assert "DOC008 rows.jsonl:3" in issues


def test_two_processes_write_the_same(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    one.mkdir()
    two.mkdir()
    assert converted(INPUTS, one) == converted(INPUTS, two, processes=2)


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConverterError, match="both write"):
        converted({"a/x.txt": txt(), "b/x.txt": txt()}, tmp_path)
    assert not list(tmp_path.iterdir())


def test_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_all({tmp_path / "a": "x", tmp_path / "b": "y"})
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_progress_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert_files(Job(["one.txt"], tmp_path, OPTIONS, progress=True), lambda name: txt())
    assert "[####################] 1/1 one.txt" in capsys.readouterr().err

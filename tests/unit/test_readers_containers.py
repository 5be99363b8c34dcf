"""Archives and JSON Lines: which members are reports, what they are called, what is refused."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest
from report_formats import docx, jats, txt

from converter.issues import SourceError
from converter.readers.containers import Member, choose, holds_several, members


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


PMC = {
    "PMC1/main.nxml": jats(),
    "PMC1/main.pdf": b"%PDF-",
    "PMC1/f1.jpg": b"\xff\xd8",
    "PMC1/supplement.docx": docx(),
    "PMC2/main.nxml": jats(),
    "__MACOSX/PMC1/._main.nxml": b"x",
    "notes/one.txt": txt(),
    "notes/old.zip": zipped({"a.txt": txt()}),
}


def found(data: bytes, name: str = "x.bin", limit: int = 1_000_000) -> list[Member]:
    several = members(data, name, limit)
    assert several is not None
    return list(several)


@pytest.mark.parametrize("pack", [zipped, tarred, lambda f: tarred(f, "w")], ids=["zip", "tar.gz", "tar"])
def test_the_articles_of_an_archive_are_chosen(pack) -> None:  # type: ignore[no-untyped-def]
    reports = found(pack(PMC))
    assert [(m.name, m.stem) for m in reports if not m.issue] == [
        ("x.bin/PMC1/main.nxml", "PMC1.main"),
        ("x.bin/PMC2/main.nxml", "PMC2.main"),
        ("x.bin/notes/one.txt", "one"),
    ]
    assert [(m.issue.code, m.issue.source) for m in reports if m.issue] == [("DOC013", "x.bin/notes/old.zip")]
    assert reports[1].data == jats()


def test_names_are_never_twice_and_never_leave_the_folder() -> None:
    stems = choose(["a/x.txt", "a/X.pdf", "b/a.x.txt", "../../etc/passwd.txt", "b/x.html"]).values()
    assert len({s.casefold() for s in stems}) == 5
    assert not any("/" in s or s.startswith(".") for s in stems)


def test_a_word_document_is_one_report() -> None:
    assert members(docx(), "a.docx", 10**6) is None
    assert members(txt(), "a.txt", 10**6) is None


LINES = [
    {"id": "PMC7.txt", "text": "Fever."},
    {"text": "발열."},
    {"id": 12, "text": "Cough."},
    {"id": "PMC7.txt", "text": "Pain."},
    {"id": "x"},
]


def test_json_lines() -> None:
    data = "\ufeff" + "\n\n".join(json.dumps(row, ensure_ascii=False) for row in LINES) + "\n{broken\n"
    assert holds_several(data.encode())
    got = [
        (m.stem, m.name, m.data.decode(), m.issue.code if m.issue else "")
        for m in found(data.encode(), "r.jsonl")
    ]
    assert got == [
        ("PMC7", "r.jsonl:1", "Fever.", ""),
        ("r.3", "r.jsonl:3", "발열.", ""),
        ("12", "r.jsonl:5", "Cough.", ""),
        ("r.7", "r.jsonl:7", "Pain.", ""),
        ("x", "r.jsonl:9", "", "DOC008"),
        ("r.10", "r.jsonl:10", "", "DOC008"),
    ]


@pytest.mark.parametrize(
    "text", ['{\n "resourceType": "Bundle"\n}', '{"a": 1}', "{\\rtf1 x}", "[1]", "{" * 5000]
)
def test_what_is_no_json_lines(text: str) -> None:
    assert members(text.encode(), "x", 10**6) is None


BOMB = zipped({"a.txt": bytes(60_000_000)})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, "DOC012"),
        (tarred({"a.txt": bytes(60_000_000)}), "DOC012"),
        (gzip.compress(b"x" * 60_000_000), "DOC008"),
        (zipped({f"{i}.jpg": b"" for i in range(20_001)}), "DOC012"),
        (zipped({"a.txt": txt()})[:-40], "DOC008"),
        (tarred({"a.txt": txt()})[:200], "DOC008"),
        (gzip.compress(txt()), "DOC008"),
        (zipped({"a.jpg": b"x"}), "DOC001"),
    ],
    ids=["zip-bomb", "tar-bomb", "gzip-bomb", "many", "cut-zip", "cut-tar", "gzip", "no-report"],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        found(data)
    assert caught.value.issue.code == code


def test_a_large_or_damaged_member_does_not_stop_the_others() -> None:
    data = zipped({"a.txt": b"a" * 2000, "b.txt": b"Fever."})
    assert [(m.stem, m.issue.code if m.issue else "") for m in found(data, limit=1000)] == [
        ("a", "DOC003"),
        ("b", ""),
    ]
    spoilt = data.replace(b"Fever", b"Fevre") if b"Fever" in data else data[:80] + b"\xff" + data[81:]
    assert any(m.issue and m.issue.code == "DOC008" for m in found(spoilt))

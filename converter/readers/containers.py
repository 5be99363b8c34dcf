"""Files that hold several reports: JSON Lines, sets of articles in XML, ZIP and TAR archives.

Members are chosen by form: an article's XML before its PDF. Archives inside archives are not opened, and what
unpacks to more than a limit is refused: https://en.wikipedia.org/wiki/Zip_bomb
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from lxml import etree

from converter.issues import Issue, SourceError
from converter.readers import docx, jats
from converter.readers.reader import refusal

PREFERRED = (
    ".nxml",
    ".xml",
    ".html",
    ".htm",
    ".xhtml",
    ".docx",
    ".pdf",
    ".rtf",
    ".md",
    ".markdown",
    ".txt",
    ".text",
)
ARTICLE = (".nxml", ".xml")
NESTED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
MAX_MEMBERS = 20_000
MAX_RATIO = 250
"""Unpacked bytes for one packed; text packs to a tenth, a bomb to a thousandth."""
MAX_TOTAL = 1_000_000_000
"""Unpacked bytes of a whole archive."""
ARTICLE_TAG = re.compile(rb"<(?:\w+:)?article[\s>]")
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
"""Entries of ZIP archives that are one document (or a program)."""
UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class Member:
    """One report of several in a file, or the issue that says why one is not there."""

    name: str
    """Its place in the file: a path in an archive, the number of a line."""
    stem: str
    """What its results are named after."""
    data: bytes = b""
    issue: Issue | None = None


def members(data: bytes, name: str, max_size: int) -> Iterator[Member] | None:
    """Give the reports that a file holds; None where it is one report itself. SourceError at a bomb.

    >>> [(m.stem, m.data) for m in members(b'{"id": "a", "text": "Fever."}', "x.jsonl", 100)]
    [('a', b'Fever.')]
    """
    if data.startswith(ZIP):
        return _zipped(data, name, max_size)
    if data.startswith(GZIP) or data[257:262] == b"ustar":
        return _tarred(data, name, max_size)
    if _json_lines(data):
        return _lines(data, name, max_size)
    return _articles(data, name) if _several_articles(data) else None


def holds_several(data: bytes) -> bool:
    """Tell by its first bytes a file that may hold several reports."""
    packed = data.startswith((ZIP, GZIP)) or data[257:262] == b"ustar"
    return packed or _json_lines(data) or _several_articles(data)


def _several_articles(data: bytes) -> bool:
    """Tell a set of articles in one XML file, as PubMed Central's services send it."""
    return jats.sniff(data) and len(ARTICLE_TAG.findall(data)) > 1


def _articles(data: bytes, name: str) -> Iterator[Member]:
    """Give each article of a set; the first identifier that it states is its name."""
    for number, article in enumerate(jats.articles(data, name), 1):
        numbers = (named(e.text) for e in article.iter("{*}article-id") if e.text and e.text.strip())
        stem = next(numbers, "") or f"{PurePosixPath(name).stem}.{number}"
        yield Member(f"{name}/{number}", stem, etree.tostring(article, encoding="utf-8", with_tail=False))


def _json_lines(data: bytes) -> bool:
    """Tell JSON Lines by the first line: an object with a text."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    first = start[: start.find(b"\n")] if b"\n" in start else start
    if first[:1] != b"{" or first.rstrip()[-1:] != b"}":
        return False
    return isinstance(_row(first), dict) and b'"text"' in first


def _row(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _lines(data: bytes, name: str, max_size: int) -> Iterator[Member]:
    stem = PurePosixPath(name).stem
    used: Counter[str] = Counter()
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        place = f"{name}:{number}"
        if not line.strip():
            continue
        row = _row(line)
        text = row.get("text") if isinstance(row, dict) else None
        own = named(row["id"]) if isinstance(row, dict) and isinstance(row.get("id"), str | int) else ""
        used[own.casefold()] += 1
        chosen = own if own and used[own.casefold()] == 1 else f"{stem}.{number}"
        if not isinstance(text, str):
            wrong = "the line is no JSON object with a field text"
            yield Member(place, chosen, issue=Issue.of("DOC008", wrong, source=place))
        elif len(text) > max_size:
            yield Member(place, chosen, issue=Issue.of("DOC003", source=place))
        else:
            yield Member(place, chosen, text.encode("utf-8", "replace"))


def named(value: object) -> str:
    """Make a file's stem of an identifier.

    >>> named("../PMC1 (a).json"), named(17)
    ('PMC1_a', '17')
    """
    path = PurePosixPath(str(value).replace("\\", "/"))
    text = path.stem if path.suffix.lower() in (*PREFERRED, ".json") else path.name
    return UNSAFE.sub("_", text).strip("._-")[:100]


def _zipped(data: bytes, name: str, max_size: int) -> Iterator[Member] | None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [e for e in archive.infolist() if not e.is_dir()]
    except docx.BROKEN as error:
        if b"word/" in data[:4000] or b"[Content_Types].xml" in data[:4000]:
            return None
        raise refusal("DOC008", name, "damaged ZIP archive") from error
    if any(e.filename in OFFICE or e.filename.startswith("word/") for e in entries):
        return None
    _bounded(name, len(entries), sum(e.file_size for e in entries), len(data))
    chosen = choose([e.filename for e in entries])
    by_name = {e.filename: e for e in entries}

    def unpack() -> Iterator[Member]:
        yield from _left_out(name, by_name, chosen)
        for path, stem in chosen.items():
            yield _unzipped(archive, by_name[path], f"{name}/{path}", stem, max_size)

    return unpack()


def _unzipped(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: str, stem: str, limit: int) -> Member:
    if entry.flag_bits & 1:
        return Member(place, stem, issue=Issue.of("DOC011", source=place))
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except docx.BROKEN:
        return Member(place, stem, issue=Issue.of("DOC008", "damaged member of an archive", source=place))
    return _sized(Member(place, stem, data), limit)


def _sized(member: Member, limit: int) -> Member:
    if len(member.data) > limit:
        return Member(member.name, member.stem, issue=Issue.of("DOC003", source=member.name))
    return member


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a limit: a bomb ends where it begins to grow."""

    def __init__(self, stream: io.BufferedIOBase, name: str, limit: int) -> None:
        self._stream, self._name, self._left = stream, name, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise refusal("DOC012", self._name)
        buffer[: len(data)] = data
        return len(data)


def _tarred(data: bytes, name: str, max_size: int) -> Iterator[Member] | None:
    """Go through the archive once: what is wanted is kept, within the limits."""
    packed: io.BufferedIOBase = io.BytesIO(data)
    if data.startswith(GZIP):
        packed = gzip.GzipFile(fileobj=packed)
    stream = _Bounded(packed, name, min(MAX_TOTAL, MAX_RATIO * len(data) + 10_000_000))
    found: dict[str, bytes] = {}
    kept = 0
    try:
        with tarfile.open(fileobj=io.BufferedReader(stream), mode="r|") as archive:
            for number, entry in enumerate(archive):
                _bounded(name, number, kept, len(data))
                if entry.isfile():
                    file = archive.extractfile(entry)
                    wanted = PurePosixPath(entry.name).suffix.lower() in PREFERRED
                    found[entry.name] = file.read(max_size + 1) if file and wanted else b""
                    kept += len(found[entry.name])
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
        raise refusal("DOC008", name, "damaged archive, or compressed by gzip without an archive") from error
    chosen = choose(list(found))

    def unpack() -> Iterator[Member]:
        yield from _left_out(name, found, chosen)
        for path, stem in chosen.items():
            yield _sized(Member(f"{name}/{path}", stem, found[path]), max_size)

    return unpack()


def _bounded(name: str, count: int, unpacked: int, packed: int) -> None:
    if count > MAX_MEMBERS or unpacked > min(MAX_TOTAL, MAX_RATIO * packed + 10_000_000):
        raise refusal("DOC012", name)


def _left_out(name: str, all_paths: Mapping[str, object], chosen: Mapping[str, str]) -> Iterator[Member]:
    """Say what was not opened, and that nothing was found."""
    for path in all_paths:
        if path.lower().endswith(NESTED):
            yield Member(f"{name}/{path}", "", issue=Issue.of("DOC013", source=f"{name}/{path}"))
    if not chosen:
        raise SourceError(Issue.of("DOC001", "no report in the archive", source=name))


def choose(paths: Sequence[str]) -> dict[str, str]:
    """Choose the reports among an archive's members, each with a name of its own.

    In a folder with an article's XML the other files are its figures, its print and its supplements.

    >>> choose(["PMC1/a.nxml", "PMC1/a.pdf", "PMC1/s1.docx", "PMC2/b.pdf", "PMC2/f.jpg"])
    {'PMC1/a.nxml': 'a', 'PMC2/b.pdf': 'b'}
    """
    wanted = [p for p in sorted(paths) if _suffix(p) in PREFERRED and not _hidden(p)]
    articles = {_folder(p) for p in wanted if _suffix(p) == ".nxml"}
    best: dict[tuple[str, str], str] = {}
    for path in sorted(wanted, key=lambda p: (PREFERRED.index(_suffix(p)), p)):
        if _suffix(path) == ".nxml" or _folder(path) not in articles:
            best.setdefault((_folder(path), PurePosixPath(path).stem), path)
    kept = sorted(best.values())
    stems = Counter(named(p).casefold() for p in kept)
    out: dict[str, str] = {}
    for number, path in enumerate(kept, 1):
        stem = named(path)
        long = named(f"{PurePosixPath(path).parent.name}.{stem}.txt") if stems[stem.casefold()] > 1 else stem
        taken = {s.casefold() for s in out.values()}
        out[path] = long if long and long.casefold() not in taken else f"{long or 'member'}.{number}"
    return out


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _hidden(path: str) -> bool:
    """Leave out what a system adds: __MACOSX, .DS_Store."""
    return any(re.match(r"\.[^.]|__MACOSX", part) for part in PurePosixPath(path).parts)

"""Feed damaged reports of every format to the readers: no traceback, no hang, bounded memory.

    python tools/fuzz.py [--count 20000] [--start 0] [--only N]

Input N is the same on every machine: a report of tests/unit/report_formats.py (or an archive of some), changed by a
generator seeded with N. Every fiftieth is converted whole. Work is done in child processes, since a library in C may
crash or hang where no exception tells of it; --only N runs one input here and shows what happens.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from converter.issues import SourceError
from converter.pipeline import Options, convert_bytes
from converter.readers import read
from converter.readers.containers import members

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "unit"))

SECONDS = 2.0
"""Processor time that reading 100 KB may take."""
MEMORY = 1_500_000_000
"""Bytes of address space beyond what the process has when it starts."""
PART = 500
"""Inputs a child process takes."""
WHOLE = 50
"""Every so manieth input is converted, not only read."""
TOKENS = (
    *(b"<", b">", b"&#x0;", b"&lol;", b"]]>", b"<![CDATA[", b"<!--", b"<table><tr><td>", b"</p>", b"<sup>", b"\xef\xbb\xbf"),
    *(b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>', b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b"xmlns='"),
    *(b"{\\rtf1", b"{", b"}", b"\\u-1?", b"\\u99999?", b"\\'", b"\\super ", b"\\row", b"\\bin9999 ", b"\\uc9", b"\\ansicpg0"),
    *(b"obj", b"endobj", b"stream\n", b"/Kids [1 0 R]", b"/Length 99999999", b"xref", b"9999999999", b"-1", b"Tj", b"BT"),
    *(b"| a | b |\n|---|---|\n", b"# ", b"```\n", b"[a](", b"> " * 50, b"* " * 50, b"![", b"~~~", b"\x00", b"\xff\xfe", b"\xed\xa0\x80"),
    *(b'{"text": "', b'"}\n', b"\\ud800", b"[" * 200, b"PK\x03\x04", b"PK\x01\x02", b"%PDF-1.7\n", "환자는".encode(), b"\x0c", b"\r"),
)  # fmt: skip


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Give sound sources, by name."""
    from report_formats import FORMATS

    found = [(form, make()) for form, make in FORMATS.items()]
    text = dict(found)["txt"].decode()
    found += [
        ("utf-16", text.encode("utf-16")),
        ("cp949", "51세 남자가 발열로 내원하였다. 흉부 CT에서 흉수는 없었다.\n".encode("cp949") * 20),
    ]
    found.append(("jsonl", b"\n".join(json.dumps({"id": i, "text": text}).encode() for i in range(3))))
    found += [("zip", packed(dict(found))), ("tar", tarred(dict(found)))]
    return tuple(found)


def packed(files: dict[str, bytes]) -> bytes:
    """Make a ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"folder/report.{name}"), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """Make a TAR archive, compressed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(f"folder/report.{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def cut(data: bytearray, rng: random.Random) -> None:
    """Take a piece out."""
    at = rng.randrange(len(data))
    del data[at : at + rng.randrange(1, 200)]


def doubled(data: bytearray, rng: random.Random) -> None:
    """Repeat a piece, up to 100 KB."""
    at = rng.randrange(len(data))
    piece = data[at : at + rng.randrange(1, 300)]
    data[at:at] = piece * min(rng.choice((1, 2, 50, 2000)), max(1, 100_000 // len(piece)))


def flipped(data: bytearray, rng: random.Random) -> None:
    """Change some bytes."""
    for _ in range(rng.choice((1, 3, 30))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def inserted(data: bytearray, rng: random.Random) -> None:
    """Put words of some format in."""
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(data) + 1)
        data[at:at] = rng.choice(TOKENS)


def shortened(data: bytearray, rng: random.Random) -> None:
    """Cut the end off, as a broken download does."""
    del data[rng.randrange(len(data)) :]


def spliced(data: bytearray, rng: random.Random) -> None:
    """Go on with another format."""
    other = rng.choice(seeds())[1]
    at = rng.randrange(len(data))
    data[at:] = other[rng.randrange(len(other)) :]


CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    cut,
    doubled,
    flipped,
    inserted,
    shortened,
    spliced,
)


def changed(data: bytes, rng: random.Random) -> bytes:
    """Change bytes in one to four ways, to at most 100 KB."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        if out:
            rng.choice(CHANGES)(out, rng)
    return bytes(out[:100_000])


def inside(data: bytes, rng: random.Random) -> bytes:
    """Change a member of an archive and pack it again: its checksum would refuse it before it is read."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, changed(old.read(info), rng))
    return out.getvalue()


def made(number: int) -> tuple[str, bytes]:
    """Give the name and bytes of one input."""
    rng = random.Random(number)
    form, data = seeds()[number % len(seeds())]
    data = inside(data, rng) if form in ("docx", "zip") and rng.random() < 0.7 else changed(data, rng)
    return f"report.{rng.choice((form, form, 'txt', 'bin', 'xml'))}", data


def tried(number: int) -> float:
    """Read one input; give the processor seconds. Anything but a SourceError is an error of ours."""
    name, data = made(number)
    start = time.process_time()
    try:
        several = members(data, name, 200_000)
        for member in several or ():
            if member.data:
                _read(member.data, member.name, number)
        if several is None:
            _read(data, name, number)
    except SourceError:
        pass
    return time.process_time() - start


def _read(data: bytes, name: str, number: int) -> None:
    try:
        if number % WHOLE:
            read(data, name)
        else:
            convert_bytes(data, name, Options(languages=("en",), force=True))
    except SourceError:
        pass


def child(start: int, end: int) -> None:
    """Run inputs, telling each before it begins; the clock kills what hangs."""
    seeds()
    convert_bytes(seeds()[0][1], "warm", Options(languages=("en",)))
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    for number in range(start, end):
        print(number, end=" ", flush=True)
        signal.setitimer(signal.ITIMER_PROF, 60)
        print(f"{tried(number):.3f}", flush=True)


def run(start: int, end: int) -> tuple[list[str], float]:
    """Run inputs in a child process after another; give what went wrong, and the longest time."""
    wrong: list[str] = []
    longest = 0.0
    while start < end:
        until = min(end, start + PART)
        code = "import sys; from tools.fuzz import child; child(int(sys.argv[1]), int(sys.argv[2]))"
        command = [sys.executable, "-c", code, str(start), str(until)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        lines = [line.split() for line in done.stdout.splitlines() if line]
        for number, seconds in (line for line in lines if len(line) == 2):
            limit = SECONDS * (1 if int(number) % WHOLE else 5)
            longest = max(longest, float(seconds) if int(number) % WHOLE else 0.0)
            if float(seconds) > limit:
                wrong.append(f"input {number}: {seconds} s")
        start = until
        if done.returncode:
            last = int(lines[-1][0]) if lines else start
            wrong.append(f"input {last}: exit {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
            start = last + 1
        print(f"{start} of {end}, {len(wrong)} wrong", file=sys.stderr, flush=True)
    return wrong, longest


def main() -> int:
    """Print what went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    if options.only is not None:
        name, data = made(options.only)
        print(f"{name}: {len(data)} bytes, {tried(options.only):.3f} s")
        return 0
    wrong, longest = run(options.start, options.start + options.count)
    print(*wrong, sep="\n")
    print(f"{options.count} inputs, {len(wrong)} wrong; the longest reading took {longest:.2f} s")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())

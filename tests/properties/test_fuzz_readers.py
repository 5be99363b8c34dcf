"""Damaged reports of every format: refused or read, in time. The long run: `make fuzz`."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.issues import SourceError
from converter.readers import read, readers
from converter.readers.containers import members


def _load() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "tools" / "fuzz.py"
    spec = importlib.util.spec_from_file_location("fuzz", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


fuzz = _load()
PARTS = st.lists(
    st.one_of(st.sampled_from(fuzz.TOKENS), st.binary(max_size=30), st.text(max_size=30).map(str.encode)),
    max_size=40,
).map(b"".join)
HEADS = st.sampled_from(
    [
        b"",
        b"<html><body>",
        b"<article><front>",
        b"{\\rtf1 ",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"# A\n\n# B\n\n",
        b'{"text": "',
        b"\x1f\x8b",
    ]
)


@pytest.mark.parametrize("part", range(6))
def test_damaged_reports_are_read_or_refused_in_time(part: int) -> None:
    for number in range(200 * part + 1, 200 * part + 200):
        if number % fuzz.WHOLE:
            assert fuzz.tried(number) < fuzz.SECONDS, f"python tools/fuzz.py --only {number}"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(HEADS, PARTS)
def test_any_mixture_of_marks_is_read_or_refused(head: bytes, body: bytes) -> None:
    data = head + body
    try:
        for member in members(data, "x", 10**6) or ():
            assert member.issue or member.data is not None
        document, _ = read(data, "x")
    except SourceError as error:
        assert error.issue.code.startswith("DOC")
        return
    assert document.text.strip()
    for hint in document.hints:
        assert 0 <= hint.span.start < hint.span.end <= len(document.text)


def test_every_reader_is_among_the_seeds() -> None:
    claimed = {r.name for _, data in fuzz.seeds() for r in readers() if r.sniff(data)}
    assert claimed == {r.name for r in readers()}


LARGE = {
    "text": b"A word. " * 12_500,
    "one line": b"a" * 100_000,
    "tags": b"<html><body>" + b"<div>" * 20_000,
    "table": b"<html><body><table>"
    + b"<tr><td>Sodium</td><td>140 mmol/L</td></tr>" * 10_000
    + b"</table></body></html>",
    "jats": b"<article><front/><body><sec>" + b"<p>x<sup>2</sup></p>" * 5_000 + b"</sec></body></article>",
    "jats deep": b"<article><front/><body>" + b"<sec>" * 10_000,
    "rtf": b"{\\rtf1 " + b"{\\b x}" * 15_000 + b"}",
    "rtf fields": b"{\\rtf1 " + b"{\\field{\\*\\fldinst{ HYPERLINK" * 3_000,
    "markdown": b"# A\n\n# B\n\n" + b"> " * 20_000 + b"[" * 30_000 + b"*a " * 10_000,
    "markdown table": b"| a | b |\n|---|---|\n" + b"| Sodium | 140 |\n" * 10_000,
    "hyphens": b"%PDF-1.4\n" + b"-\n" * 50_000,
    "brackets": b'{"text": "' + b"[" * 90_000 + b'"}',
}


@pytest.mark.parametrize("kind", LARGE)
def test_large_and_strange_sources_take_less_than_two_seconds(kind: str) -> None:
    start = time.process_time()
    try:
        for member in members(LARGE[kind], "x", 10**6) or ():
            read(member.data, "x")
        read(LARGE[kind], "x")
    except SourceError:
        pass
    assert time.process_time() - start < 2 * max(1.0, len(LARGE[kind]) / 100_000)

"""The outbox: a sender killed at any moment loses nothing and doubles nothing.

CASEFHIR_KILLS=200 kills it that often (ten minutes); CI makes a few.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("httpx", reason="the extra push is not installed")
import httpx  # noqa: F401 (before the forks: they start at once)

import converter.deliver.connection
import converter.deliver.push  # noqa: F401
from converter.cli import main
from converter.deliver.prepare import urns

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("CASEFHIR_KILLS", "6"))
NAMES = [str(ROOT / "tests" / "cases" / "two-hernias" / name) for name in ("bundle.json", "bundle.p2.json")]


@pytest.fixture
def port() -> Iterator[int]:
    """Start the small server as a process of its own: it must outlive every sender."""
    script = ROOT / "tests" / "unit" / "deliver_server.py"
    server = subprocess.Popen([sys.executable, str(script), "0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield int(server.stdout.readline())
    server.kill()
    server.wait()


def told(port: int, what: str) -> dict[str, list[dict[str, Any]]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/fhir/{what}") as answer:
        return json.load(answer)


def command(port: int, outbox: Path, names: list[str]) -> list[str]:
    to = ["--to", f"http://127.0.0.1:{port}/fhir", "--outbox", str(outbox), "--allow-fictional", "--yes"]
    return ["push", *names, *to]


def run(argv: list[str]) -> None:
    """Run the program as a forked child does: quietly, its exit code the process's."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    os._exit(main(argv))


def forked(argv: list[str]) -> Any:
    process = multiprocessing.get_context("fork").Process(target=run, args=(argv,))
    process.start()
    return process


@pytest.mark.slow
def test_killed_at_any_moment_every_bundle_arrives_once(port: int, tmp_path: Path) -> None:
    """Each round: sent, killed at a random moment, then whatever waits is sent, bundles not named again."""
    chance = random.Random(5)
    began = time.monotonic()
    first = forked(command(port, tmp_path / "warm.sqlite", NAMES))
    first.join()
    whole = time.monotonic() - began
    assert first.exitcode == 0
    moments = Counter[str]()
    for number in range(KILLS):
        told(port, "forget")
        outbox = tmp_path / f"{number}.sqlite"
        sender = forked(command(port, outbox, NAMES))
        time.sleep(chance.uniform(0, 1.1 * whole))
        sender.kill()
        sender.join()
        moments[moment(port, outbox)] += 1
        again = forked(command(port, outbox, [] if queued(outbox) or told(port, "dump") else NAMES))
        again.join()
        assert again.exitcode == 0
        assert not queued(outbox)
        _once(port)
    print(f"\n{KILLS} kills: {dict(moments)}")


def queued(outbox: Path) -> int:
    """Count what waits, as somebody who looks at the file sees it."""
    if not outbox.exists():
        return 0
    db = sqlite3.connect(outbox)
    try:
        return int(db.execute("SELECT count(*) FROM queue").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        db.close()


def moment(port: int, outbox: Path) -> str:
    """Say at which moment the sender died."""
    left, there = queued(outbox), len(told(port, "dump"))
    if not left:
        return "all delivered" if there else "nothing queued yet"
    return f"{left} of {len(NAMES)} waiting, {'some' if there else 'nothing'} there"


def _once(port: int) -> None:
    """Look whether every resource stands there, once, with references that lead somewhere."""
    entries = [e for name in NAMES for e in json.loads(Path(name).read_text("utf-8"))["entry"]]
    authors = ("Practitioner", "PractitionerRole", "Organization")
    wanted = {e["fullUrl"] for e in entries if e["resource"]["resourceType"] not in authors}
    there = [versions[-1] for versions in told(port, "dump").values()]
    assert sorted(urn for made in there for urn in urns(made)) == sorted(wanted)
    assert '"reference": "urn:' not in json.dumps(there)


def test_one_sender_at_a_time_and_a_killed_one_frees_the_outbox(port: int, tmp_path: Path) -> None:
    outbox = tmp_path / "o.sqlite"
    code = (
        "import sys, time; from pathlib import Path; from converter.deliver.outbox import opened\n"
        "with opened(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(outbox)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    push = [sys.executable, "-m", "converter.cli", *command(port, outbox, [])]
    one = subprocess.run(push, capture_output=True, text=True, cwd=ROOT, check=False)
    assert one.returncode == 2
    assert "another casefhir push" in one.stderr
    holder.kill()
    holder.wait()
    two = subprocess.run(push, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (two.returncode, two.stdout) == (0, "nothing waits\n")

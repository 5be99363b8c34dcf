"""Ask a running `casefhir serve` for 1,000 answers, 16 at a time, good, bad and huge; tell statuses and memory.

casefhir serve --port 8124 & python tools/serve_load.py http://127.0.0.1:8124 $!
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

AMOUNT, AT_ONCE = 1000, 16
EXAMPLES = sorted((Path(__file__).resolve().parents[1] / "examples").glob("*.txt"))
GOOD = [path.read_bytes() for path in EXAMPLES]
HUGE = b"The patient had fever. " * 1_000_000
BAD = (
    b"",
    b"\x89PNG\0",
    b"Bake the bread for an hour.",
    b"<html><p>nothing",
    b"%PDF-1.7 broken",
    b"PK\x03\x04",
    b"{}",
)


def body(number: int) -> bytes:
    """Give 16 in 20 good ones, 3 bad and 1 over the limit."""
    kind = number % 20
    return HUGE if kind == 19 else BAD[number % len(BAD)] if kind >= 16 else GOOD[number % len(GOOD)]


def memory(process: int) -> int:
    """Give the resident megabytes of a process and its children."""
    own = Path(f"/proc/{process}")
    kept = next(int(line.split()[1]) for line in (own / "status").read_text().splitlines() if "VmRSS" in line)
    children = (own / "task" / str(process) / "children").read_text().split()
    return kept // 1024 + sum(memory(int(child)) for child in children)


async def main(base: str, process: int) -> None:
    """Ask and tell."""
    statuses: Counter[int | str] = Counter()
    waiting = asyncio.Queue[int]()
    for number in range(AMOUNT):
        waiting.put_nowait(number)
    spent: list[float] = []

    async def ask(web: httpx.AsyncClient) -> None:
        while not waiting.empty():
            number = waiting.get_nowait()
            began = time.monotonic()
            try:
                answer = await web.post(
                    f"{base}/$convert", content=body(number), headers={"Content-Type": "text/plain"}
                )
                statuses[answer.status_code] += 1
            except httpx.HTTPError as error:
                statuses[type(error).__name__] += 1
            spent.append(time.monotonic() - began)
            if number % 200 == 0:
                print(f"{number}: {memory(process)} MB", flush=True)

    began = time.monotonic()
    async with httpx.AsyncClient(timeout=120) as web:
        await asyncio.gather(*(ask(web) for _ in range(AT_ONCE)))
    spent.sort()
    print(
        dict(statuses),
        f"{time.monotonic() - began:.0f} s",
        f"median {spent[len(spent) // 2]:.2f} s",
        f"longest {spent[-1]:.2f} s",
    )
    print(f"after: {memory(process)} MB")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

"""The service as a process of its own: limits, workers that end, stopping; and its page in a real browser."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

httpx = pytest.importorskip("httpx")
pytest.importorskip("uvicorn", reason="serve is an extra: pip install 'casefhir[serve]'")

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
REPORT = """A Splenic Cyst Found by Chance: A Case Report

CASE REPORT

A 47-year-old man was admitted with abdominal pain.
Abdominal CT showed a cystic lesion in the spleen without ascites.
C-reactive protein was 3.20 mg/dL. He was discharged.
"""
TWO = (
    "Case 1\nA 40-year-old woman was admitted with fever. Chest CT showed pneumonia. She was discharged.\n\n"
    "Case 2\nA 62-year-old man presented with cough. Chest CT showed a nodule. He died.\n"
)
LONG = "\n".join(
    f"On day {n} a {n}-mm nodule was seen on CT of segment {n}; sodium was {n}.10 mmol/L."
    for n in range(20000)
)
TEXT = {"Content-Type": "text/plain"}
TOKEN = "a-token-of-enough-characters"


@dataclass(frozen=True)
class Served:
    url: str
    process: subprocess.Popen[str]
    lines: list[str]
    """Its log so far."""

    def convert(self, report: str, **headers: str) -> Any:
        return httpx.post(
            f"{self.url}$convert", content=report.encode(), headers={**TEXT, **headers}, timeout=120
        )


@contextmanager
def served(*options: str, token: str = "") -> Iterator[Served]:
    command = [sys.executable, "-m", "converter.cli", "serve", "--port", "0", *options]
    environment = {**os.environ, "CASEFHIR_TOKEN": token}
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    lines: list[str] = []
    assert process.stderr
    try:
        for line in process.stderr:
            lines.append(line)
            if found := re.search(r"listening at (\S+)", line):
                break
        else:
            pytest.fail("".join(lines))
        reader = threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True)
        reader.start()
        httpx.get(f"{found[1]}healthz", timeout=120)
        yield Served(found[1], process, lines)
    finally:
        process.terminate()
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            process.kill()
        process.stderr.close()


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    with served("--workers", "1") as made:
        yield made


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_report_is_converted_in_a_worker(service: Served) -> None:
    answer = service.convert(REPORT)
    assert answer.status_code == 200
    assert answer.json()["resourceType"] == "Bundle"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_worker_that_dies_is_replaced(service: Served) -> None:
    for worker in children(service.process.pid):
        os.kill(worker, signal.SIGKILL)
    assert service.convert(REPORT).status_code in (200, 503)
    assert service.convert(REPORT).status_code == 200


def test_what_is_no_http_is_refused_in_fhir(service: Served) -> None:
    host, port = re.findall(r"//(.+):(\d+)/", service.url)[0]
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        wire.sendall(b"GARBAGE Smithson\r\n\r\n")
        answer = b"".join(iter(lambda: wire.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["resourceType"] == "OperationOutcome"
    assert b"Smithson" not in answer


def test_conversion_over_its_time_is_ended() -> None:
    with served("--workers", "1", "--timeout", "1", "--max-size", "5") as one:
        answer = one.convert(LONG)
        assert answer.status_code == 504
        assert answer.json()["issue"][0]["code"] == "timeout"
        assert "nodule" not in "".join(one.lines)


def test_more_than_there_are_places_for_is_put_off() -> None:
    with served("--workers", "1", "--queue", "1", "--timeout", "3", "--per-client", "99") as one:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: one.convert(LONG), range(6)))
        assert {answer.status_code for answer in answers} <= {200, 503, 504}
        assert any(answer.status_code == 503 and answer.headers["retry-after"] for answer in answers)


def test_sigterm_lets_what_is_under_way_finish() -> None:
    with served("--workers", "1") as one, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(one.convert, REPORT * 50)
        time.sleep(0.3)
        one.process.send_signal(signal.SIGTERM)
        assert answer.result(120).status_code in (200, 422)
        assert one.process.wait(60) == 0


def test_taken_port_ends_with_exit_code_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "converter.cli", "serve", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def guarded() -> Iterator[Served]:
    with served("--workers", "1", token=TOKEN) as made:
        yield made


def _opened(url: str) -> Iterator[Page]:
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright here (pip install playwright)"
    )
    if not BROWSER:
        pytest.skip("no Chromium here (apt-get install chromium)")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 760})
        page.set_default_timeout(60_000)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        yield page
        browser.close()
        assert [one for one in asked if not one.startswith((url, "about:", "blob:", "data:"))] == []
        assert [one for one in said if "Content Security Policy" in one] == []


@pytest.fixture
def page(service: Served) -> Iterator[Page]:
    yield from _opened(service.url)


@pytest.fixture
def locked(guarded: Served) -> Iterator[Page]:
    yield from _opened(guarded.url)


def convert(page: Page, report: str) -> Any:
    page.fill("#text", report)
    page.click("#convert")
    return page.frame_locator("#result")


def test_pasted_report_is_shown_beside_its_facts(page: Page) -> None:
    shown = convert(page, REPORT)
    fact = shown.locator("#report .fact", has_text="3.20").first
    fact.click()
    assert "3.20" in shown.locator(".w.picked").last.inner_text()
    shown.locator("#tab-summary-ko").click()
    assert shown.locator("#summary-ko").is_visible()
    shown.locator("#tab-summary-en").click()
    assert "3.20" in shown.locator("#summary-en").inner_text()
    if folder := os.environ.get("CASEFHIR_SCREENSHOTS"):
        shown.locator("#tab-report").click()
        page.screenshot(path=f"{folder}/shown.png")


def test_bundle_is_downloaded(page: Page, service: Served) -> None:
    convert(page, REPORT).locator("#report .fact").first.wait_for()
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.path().read_bytes() == service.convert(REPORT).content


def test_chosen_file_is_converted(page: Page, tmp_path: Path) -> None:
    (tmp_path / "cyst.txt").write_text(REPORT)
    page.set_input_files("#file", tmp_path / "cyst.txt")
    page.frame_locator("#result").locator("#report .fact").first.wait_for()


def test_dropped_file_is_converted(page: Page) -> None:
    page.evaluate(
        """(text) => { const data = new DataTransfer(); data.items.add(new File([text], "cyst.txt"));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })); }""",
        REPORT,
    )
    page.frame_locator("#result").locator("#report .fact").first.wait_for()


def test_each_patient_can_be_looked_at(page: Page) -> None:
    shown = convert(page, TWO)
    shown.locator("#report .fact", has_text="neumonia").first.wait_for()
    page.click("#patients button:nth-child(2)")
    shown.locator("#report .fact", has_text="nodule").first.wait_for()
    assert page.get_attribute("#patients button:nth-child(2)", "aria-pressed") == "true"


def test_refused_report_says_why_and_can_be_mended(page: Page) -> None:
    page.fill("#text", "Bake the bread for an hour.")
    page.click("#convert")
    page.wait_for_selector("#error li")
    assert "DOC005" in page.inner_text("#error")
    if folder := os.environ.get("CASEFHIR_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/refused.png")
    convert(page, REPORT).locator("#report .fact").first.wait_for()


def test_another_report_starts_afresh(page: Page) -> None:
    convert(page, REPORT).locator("#report .fact").first.wait_for()
    page.click("#again")
    assert page.is_visible("#text")
    assert not page.is_visible("#result")


def test_page_speaks_korean(page: Page) -> None:
    page.click("[data-choose=ko]")
    assert page.inner_text("#convert") == "변환"
    assert page.get_attribute("html", "lang") == "ko"


def test_script_of_a_report_does_not_run(page: Page) -> None:
    shown = convert(
        page, REPORT + '<script>document.body.textContent = "broken"</script><img src=x onerror=alert(1)>'
    )
    shown.locator("#report .fact").first.wait_for()
    assert "broken" not in shown.locator("h1").inner_text()


def test_token_is_asked_for_and_taken(locked: Page) -> None:
    locked.fill("#text", REPORT)
    locked.click("#convert")
    locked.wait_for_selector("#error li")
    locked.fill("#token", TOKEN)
    locked.click("#convert")
    locked.frame_locator("#result").locator("#report .fact").first.wait_for()


def statuses(answers: Sequence[Any]) -> set[int]:
    return {answer.status_code for answer in answers}


def test_mixed_requests_get_no_error_of_the_server(service: Served) -> None:
    bodies = [REPORT, "Bake the bread.", "", "\x89PNG\0", "%PDF-1.7 broken", REPORT] * 5
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(service.convert, bodies))
    assert statuses(answers) <= {200, 400, 422}
    assert not [line for line in service.lines if "splenic" in line.lower() or "bread" in line]

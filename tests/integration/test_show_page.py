"""The page in a real browser: headless Chromium drives it and prints what became of it."""

from __future__ import annotations

import html as escapes
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from converter.pipeline import convert_bytes

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium here (apt-get install chromium)")

REPORT = """A Splenic Cyst Found by Chance: A Case Report

CASE REPORT

A 47-year-old man was admitted with abdominal pain.
Abdominal CT showed a cystic lesion in the spleen without ascites.
C-reactive protein was 3.20 mg/dL. He was discharged.
"""

Drive = Callable[[str], str]


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Drive:
    """Give a function that runs a script in the opened page and returns what it wrote.

    The page's policy lets no foreign script run, so the copy that is driven goes without it; a test of its
    own opens the page as it is.
    """
    folder = tmp_path_factory.mktemp("page")
    page = convert_bytes(REPORT.encode(), "cyst.txt").html()
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)

    def run(script: str) -> str:
        driver = f"<script>document.body.dataset.found = String((() => {{ {script} }})());</script></body>"
        file = folder / "driven.html"
        file.write_text(open_page.replace("</body>", driver), "utf-8")
        found = re.search(r'data-found="([^"]*)"', dump(file))
        assert found is not None
        return escapes.unescape(found[1])

    return run


def dump(file: Path) -> str:
    """Open a file from disk and give the document as it stands afterwards."""
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000"]
    command += [f"--user-data-dir={file.parent / 'profile'}", "--dump-dom", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, encoding="utf-8")
    return done.stdout


FACT = (
    "const fact = [...document.querySelectorAll('#report .fact')]"
    ".find((one) => one.textContent.includes('3.20'));"
)
LIT = "return [...document.querySelectorAll('.w.{}')].map((one) => one.textContent).join('|');"


def test_page_runs_under_its_own_policy(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(convert_bytes(REPORT.encode(), "cyst.txt").html(), "utf-8")
    document = dump(file)
    assert 'data-ready="yes"' in document
    assert re.search(r'<section id="issues"[^>]*\bhidden', document)


def test_hovering_a_fact_lights_its_words(drive: Drive) -> None:
    words = drive(FACT + "fact.dispatchEvent(new MouseEvent('mouseenter'));" + LIT.format("lit"))
    assert "3.20 mg/dL" in words
    assert "C-reactive protein" in words


def test_focus_lights_words_too(drive: Drive) -> None:
    assert "3.20" in drive(FACT + "fact.focus(); fact.dispatchEvent(new Event('focus'));" + LIT.format("lit"))


def test_leaving_a_fact_puts_the_light_out(drive: Drive) -> None:
    enter = (
        "fact.dispatchEvent(new MouseEvent('mouseenter')); fact.dispatchEvent(new MouseEvent('mouseleave'));"
    )
    assert drive(FACT + enter + LIT.format("lit")) == ""


def test_clicking_words_selects_their_facts(drive: Drive) -> None:
    find = "[...document.querySelectorAll('.w')].find((one) => one.textContent.includes('ascites')).click();"
    picked = "return [...document.querySelectorAll('.fact.picked')].map((one) => one.textContent).join('|');"
    assert "scites" in drive(find + picked)


def test_arrow_keys_walk_and_enter_jumps(drive: Drive) -> None:
    press = (
        "const press = (key) => document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));"
    )
    start = "const facts = [...document.querySelectorAll('#report .fact')]; facts[0].focus();"
    walk = "press('ArrowDown'); press('ArrowDown'); press('ArrowUp'); press('Enter');"
    found = drive(
        press + start + walk + "return facts.indexOf(document.activeElement) + ':' + facts[1].className;"
    )
    assert found.startswith("1:")
    assert "picked" in found


def test_escape_lets_go(drive: Drive) -> None:
    escape = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));"
    assert drive(FACT + "fact.click();" + escape + LIT.format("picked")) == ""


def test_tabs_show_one_panel_at_a_time(drive: Drive) -> None:
    click = "document.getElementById('tab-summary-ko').click();"
    shown = (
        "return [...document.querySelectorAll('.panel')]"
        ".filter((one) => one.offsetHeight).map((one) => one.id).join('|');"
    )
    assert drive(click + shown) == "summary-ko"


def test_finding_narrows_the_list(drive: Drive) -> None:
    find = (
        "const box = document.querySelector('.find input');"
        "box.value = 'C-REACTIVE'; box.dispatchEvent(new Event('input'));"
    )
    count = "return [...document.querySelectorAll('#report .fact')].filter((one) => !one.hidden).length;"
    assert int(drive(find + count)) >= 1
    assert int(drive(find + count)) < int(drive("return document.querySelectorAll('#report .fact').length;"))


def test_language_switch_changes_the_facts(drive: Drive) -> None:
    switch = "document.querySelector('button[data-language=ko]').click();"
    shown = "return document.querySelector('.tabs [role=tab]').innerText;"
    assert drive(switch + shown) == "원문과 사실"


def test_space_shows_the_resource(drive: Drive) -> None:
    press = "fact.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}));"
    assert '"Observation"' in drive(
        FACT + press + "return document.querySelector('dialog[open] pre').textContent;"
    )

"""The page: escaped, self-contained, its facts tied to their words."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest
from lxml import html

from converter.fhir import BuildOptions
from converter.issues import Issue
from converter.mappings import data_path
from converter.model import Span
from converter.pipeline import Options, Result, convert_bytes
from converter.show import show
from converter.show.facts import facts_of

REPORT = """A Splenic Cyst Found by Chance: A Case Report

CASE REPORT

A 47-year-old man was admitted with abdominal pain.
Abdominal CT showed a cystic lesion in the spleen without ascites.
C-reactive protein was 3.20 mg/dL. He was discharged.
"""


@pytest.fixture(scope="module")
def result() -> Result:
    return convert_bytes(REPORT.encode(), "cyst.txt")


@pytest.fixture(scope="module")
def page(result: Result) -> str:
    return result.html()


@pytest.fixture(scope="module")
def tree(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def test_text_stands_whole_on_the_page(tree: html.HtmlElement) -> None:
    assert tree.xpath("//article//pre")[0].text_content().strip() == REPORT.strip()


def test_every_place_of_a_fact_is_marked(result: Result, tree: html.HtmlElement) -> None:
    marked: dict[str, str] = {}
    for word in tree.xpath("//span[@data-f]"):
        for name in word.get("data-f").split():
            marked[name] = marked.get(name, "") + word.text_content()
    for fact in facts_of(result.bundle):
        for start, end in fact.names:
            assert REPORT[start:end] in marked[fact.id] or len(fact.names) > 1


def test_every_fact_has_words_in_both_languages(tree: html.HtmlElement) -> None:
    facts = tree.xpath("//li[contains(@class, 'fact')]")
    assert len(facts) > 5
    for fact in facts:
        assert all(span.text_content().strip() for span in fact.xpath(".//span[@class='say']/span"))


def test_findings_stand_behind_their_study(result: Result) -> None:
    facts = facts_of(result.bundle)
    heads = {fact.id: n for n, fact in enumerate(facts)}
    children = [(n, fact) for n, fact in enumerate(facts) if fact.parent]
    assert children
    assert all(
        heads[fact.parent] < n and fact.group == facts[heads[fact.parent]].group for n, fact in children
    )


def test_denied_finding_is_marked_denied(tree: html.HtmlElement) -> None:
    denied = [one.text_content() for one in tree.xpath("//li[contains(@class, 'denied')]")]
    assert any("ascites" in words for words in denied)


def test_policy_allows_only_the_page_s_own_script_and_style(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    rules = policy[1].replace("&#39;", "'")
    assert "default-src 'none'" in rules
    for element in ("script", "style"):
        body = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in rules
    assert "unsafe-inline" not in rules


def test_page_fetches_nothing(tree: html.HtmlElement) -> None:
    assert not tree.xpath("//@src | //link | //iframe | //img")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")


def test_script_data_is_json_without_markup(page: str, result: Result) -> None:
    body = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert body is not None
    assert not set("<>&") & set(body[1])
    assert set(json.loads(body[1])) == {fact.id for fact in facts_of(result.bundle)}


def test_hostile_text_is_shown_not_run() -> None:
    hostile = REPORT.replace(
        "abdominal pain", "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    )
    page = convert_bytes(hostile.encode(), "<b>.txt").html()
    assert "<script>alert" not in page
    assert "<img" not in page


def test_issue_points_at_its_words(result: Result) -> None:
    start = REPORT.index("3.20")
    issue = Issue.of("SEC001", "look here", Span(start, start + 4))
    tree = html.document_fromstring(show(result.bundle, result.summaries, (issue,)))
    words = [one.text_content() for one in tree.xpath("//span[@data-f]") if "i0" in one.get("data-f").split()]
    assert "".join(words) == "3.20"
    assert "3.20" in tree.xpath("//tr[@data-f='i0']")[0].text_content()


def test_bundle_without_text_still_makes_a_page() -> None:
    bare = convert_bytes(REPORT.encode(), "cyst.txt", Options(build=BuildOptions(source_text=False)))
    page = bare.html()
    assert "made without the report" in page
    assert "cystic lesion in the spleen without ascites" not in page


def test_same_report_makes_the_same_page(page: str) -> None:
    assert convert_bytes(REPORT.encode(), "cyst.txt").html() == page


def test_characters_beyond_the_basic_plane_do_not_shift_marks() -> None:
    text = REPORT.replace("abdominal pain.", "abdominal pain (𝛼𝛽😀).")
    result = convert_bytes(text.encode(), "cyst.txt")
    tree = html.document_fromstring(result.html())
    words = [one.text_content() for one in tree.xpath("//span[@data-f]")]
    assert any(one.startswith("ascites") for one in words)
    assert any(one.startswith("3.20") for one in words)


@pytest.mark.parametrize("name", ["show.html", "summary.html", "summary.md", "narrative.html"])
def test_templates_hold_no_words_of_any_language(name: str) -> None:
    layout = data_path(f"templates/{name}").read_text("utf-8")
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<[^>]*>", " ", layout, flags=re.DOTALL)
    assert not re.findall(r"[A-Za-z가-힣]{2,}", bare)


def test_script_holds_no_words_of_any_language() -> None:
    script = data_path("templates/show.js").read_text("utf-8")
    assert not re.search("[가-힣]", script)
    assert ".innerHTML" not in script

"""One self-contained HTML page: the report's text beside its facts, both summaries, the issues.

Everything is escaped by the template; the text is cut at the borders of evidence, so that a script of a few
lines can light up the words of a fact. No network, no inline handlers; the policy allows this page's own
script and style by their hashes alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from converter.issues import Issue
from converter.mappings import data_path
from converter.model import Bundle, Summary
from converter.phrases import labels
from converter.show.facts import GROUPS, Element, Fact, facts_of, translated

__all__ = ["LANGUAGES", "hashes", "show"]

LANGUAGES = ("en", "ko")
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_UNSAFE = "<>&\u2028\u2029"
EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text between two borders, with the facts that stand on it."""

    text: str
    facts: str
    """Ids, separated by spaces."""
    named: bool


def show(bundle: Bundle, summaries: tuple[Summary, ...], issues: tuple[Issue, ...]) -> str:
    """Write the page."""
    found = (entry.get("resource", {}) for entry in bundle.get("entry", ()))
    resources = [one for one in found if "resourceType" in one]
    source = _text(resources)
    facts = facts_of(bundle)
    script, style = _file("show.js"), _file("show.css")
    return _template().render(
        title=_title(resources),
        pieces=_pieces(source, facts, issues),
        groups=[(name, [fact for fact in facts if fact.group == name]) for name in GROUPS],
        count=len(facts),
        summaries=[(one.language, _main(one.html)) for one in summaries],
        issues=list(enumerate(issues)),
        excerpts=[source[i.span.start : i.span.end][:EXCERPT] if i.span else "" for i in issues],
        ui={language: labels(language) for language in LANGUAGES},
        data=_json({fact.id: fact.resource for fact in facts}),
        script=Markup(script),  # noqa: S704 (our own file)
        style=Markup(style),  # noqa: S704
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(str(data_path("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return environment.get_template("show.html")


@cache
def _file(name: str) -> str:
    return data_path(f"templates/{name}").read_text("utf-8")


def hashes() -> tuple[str, str]:
    """Give the hashes of the page's script and style, for a policy around it."""
    return _hash(_file("show.js")), _hash(_file("show.css"))


@cache
def _hash(text: str) -> str:
    """Give the source expression of Content-Security-Policy for an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: Any) -> Markup:
    """Write JSON that cannot end its script element."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    for char in _UNSAFE:
        written = written.replace(char, f"\\u{ord(char):04x}")
    return Markup(written)  # noqa: S704 (no character of markup is left)


def _main(html: str) -> Markup:
    """Take the main part of a summary's page, which its own template escaped."""
    start, end = html.find("<main"), html.rfind("</main>")
    inner = html[html.find(">", start) + 1 : end] if 0 <= start < end else ""
    return Markup(inner.replace("<h1>", "<h2>").replace("</h1>", "</h2>"))  # noqa: S704


def _text(resources: Iterable[Element]) -> str:
    """Read the report's text from the DocumentReference's attachment."""
    for resource in resources:
        for content in resource.get("content", ()) if resource["resourceType"] == "DocumentReference" else ():
            data = content.get("attachment", {}).get("data")
            if data:
                return base64.b64decode(data).decode("utf-8", "replace")
    return ""


def _title(resources: Iterable[Element]) -> tuple[str, str]:
    """Give the title as printed and its Korean."""
    first = next((one for one in resources if one.get("title")), {})
    return str(first.get("title", "")), translated(first, "title")


Mark = tuple[int, int, str, bool]
"""Start, end, id of the fact, whether the words name it."""


def _pieces(text: str, facts: Iterable[Fact], issues: Sequence[Issue]) -> list[Piece]:
    """Cut the text at the borders of all evidence."""
    marks = [mark for mark in _marks(facts, issues) if 0 <= mark[0] < mark[1] <= len(text)]
    borders = sorted({0, len(text), *(place for mark in marks for place in mark[:2])})
    starts: dict[int, list[Mark]] = {}
    for mark in marks:
        starts.setdefault(mark[0], []).append(mark)
    made: list[Piece] = []
    here: list[Mark] = []
    for start, end in pairwise(borders):
        here = [mark for mark in here if mark[1] > start] + starts.get(start, [])
        words = text[start:end] if here else _GAP.sub("\n\n", text[start:end])
        ids = " ".join(dict.fromkeys(mark[2] for mark in here))
        made.append(Piece(words if start else words.lstrip(), ids, any(mark[3] for mark in here)))
    return made


def _marks(facts: Iterable[Fact], issues: Sequence[Issue]) -> list[Mark]:
    """List where facts and issues stand."""
    made: list[Mark] = []
    for fact in facts:
        made += [(start, end, fact.id, True) for start, end in fact.names]
        made += [(start, end, fact.id, False) for start, end in fact.parts]
    spans = ((number, issue.span) for number, issue in enumerate(issues))
    return [*made, *((span.start, span.end, f"i{number}", False) for number, span in spans if span)]

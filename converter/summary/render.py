"""Summary models -> Markdown, HTML and narratives, through templates/ (compiled once)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from converter.mappings import data_path
from converter.phrases import label, labels
from converter.summary.model import Case

_SPECIAL = re.compile(r"([\\`*_\[\]<|~])|&(?=#?\w+;)")
_LEADING = re.compile(r"^(\s*)([-+#>]|\d+[.)])(?=\s|$)")


def markdown(text: str) -> str:
    """Escape what Markdown would read as markup; one line.

    >>> markdown("a*b <i>| # c")
    'a\\\\*b \\\\<i>\\\\| # c'
    """
    line = " ".join(str(text).split())
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], line)
    return _LEADING.sub(lambda match: match[1] + "\\" + match[2], escaped)


@cache
def _environment() -> Environment:
    """Make the environment; HTML and XHTML are escaped by themselves, Markdown by its filter."""
    folder = data_path("templates")
    made = Environment(
        loader=FileSystemLoader(str(folder)),
        autoescape=lambda name: bool(name) and not str(name).endswith(".md"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=False,
    )
    made.filters["md"] = markdown
    return made


@cache
def template(name: str) -> Template:
    """Compile a template once."""
    return _environment().get_template(name)


def write(name: str, case: Case) -> str:
    """Write a case through a template."""
    return template(name).render(case=case, note=_note(case), **words(case.language))


def _note(case: Case) -> str:
    """Say how many findings stand untranslated, if any."""
    if not case.untranslated:
        return ""
    return label(case.language, "summary.untranslated", n=str(case.untranslated), of=str(case.findings))


def words(language: str) -> Mapping[str, Any]:
    """Give a template its words."""
    return {"language": language, "label": labels(language)}

"""Summary models -> Markdown, HTML and narratives, through templates/ (compiled once)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from converter.mappings import data_path
from converter.phrases import label, labels
from converter.summary.model import Case

_SPECIAL = re.compile(r"[\\`*\[\]<|~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_BLANK = re.compile(r"\n\s*\n(?:\s*\n)*")
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
        autoescape=lambda name: not str(name).endswith(".md"),  # noqa: S701 (Markdown has a filter of its own)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=False,
    )
    made.filters["md"] = markdown
    return made


@cache
def macro(name: str, part: str) -> Callable[..., str]:
    """Give a macro of a template: a part that is written often, without a context of its own each time."""
    write_part = getattr(template(name).module, part)
    return lambda *values: str(write_part(*values))


@cache
def template(name: str) -> Template:
    """Compile a template once."""
    return _environment().get_template(name)


def write(name: str, case: Case) -> str:
    """Write a case through a template."""
    written = template(name).render(case=case, note=_note(case), label=labels(case.language))
    return _BLANK.sub("\n\n", written).strip() + "\n"


def _note(case: Case) -> str:
    """Say how many findings stand untranslated, if any."""
    if not case.untranslated:
        return ""
    return label(case.language, "summary.untranslated", n=str(case.untranslated), of=str(case.counted))

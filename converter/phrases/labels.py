"""The labels and phrases of mappings/languages/*.toml, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from converter.issues import MappingError
from converter.mappings import data_path, load_toml
from converter.phrases.particles import particle

_SLOT = re.compile(r"\{(\w+)(?:\|([^{}]+))?\}")


@cache
def languages() -> tuple[str, ...]:
    """Give the languages that summaries can be written in: one TOML file each."""
    return tuple(sorted(path.stem for path in data_path("mappings/languages").glob("*.toml")))


@cache
def labels(language: str) -> Mapping[str, str]:
    """Give every label of a language by "section.key".

    >>> labels("ko")["heading.conclusion"], labels("en")["heading.conclusion"]
    ('결론', 'Conclusion')
    """
    if language not in languages():
        raise MappingError(f"no mappings/languages/{language}.toml; known are {', '.join(languages())}")
    tables = load_toml(f"languages/{language}.toml")
    flat = {f"{section}.{key}": str(text) for section, table in tables.items() for key, text in table.items()}
    return MappingProxyType(flat)


def fill(template: str, **values: str) -> str:
    """Fill a template's placeholders; ``{name|이/가}`` takes the particle that fits.

    >>> fill("{finding|이/가} 보임", finding="결절")
    '결절이 보임'
    """
    start, slots = _cut(template)
    made = [start]
    for name, pair, rest in slots:
        value = values[name]
        made += (particle(value, pair) if pair else value, rest)
    return "".join(made)


@cache
def _cut(template: str) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """Cut a template at its placeholders: what stands before them; name, particles and what follows each."""
    start, *rest = _SLOT.split(template)
    return start, tuple(zip(rest[::3], rest[1::3], rest[2::3], strict=True))


def label(language: str, key: str, **values: str) -> str:
    """Give one label, filled.

    >>> label("ko", "finding.new", clause="양측에 소량의 흉수")
    '양측에 소량의 흉수가 새로 나타남'
    """
    return fill(labels(language)[key], **values)

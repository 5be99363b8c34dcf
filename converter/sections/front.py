"""Read what stands before the first heading, and a second front in another language after the references."""

from __future__ import annotations

import re
from dataclasses import replace

from converter.model import SectionKind
from converter.sections.cues import HANGUL, LATIN, Cues, amount
from converter.sections.lines import Line
from converter.sections.names import VERB, is_affiliation, is_authors, is_prose
from converter.sections.page import END, Here, Page, Settled, State

REFERENCE = re.compile(r"\[?\d{1,3}[.\])]|.*\b(?:19|20)\d\d\s*[;:.]")
BACK = (SectionKind.REFERENCES, SectionKind.FURNITURE)


def front(state: State, here: Here) -> Settled:
    """Read what stands before the first heading: titles, authors, affiliations, abstract."""
    line = here.line
    if not state.front:
        return None
    if not state.titles:
        if _title(line, here.index, here.page):
            return replace(state, titles=1, titled=True), SectionKind.TITLE, "", 1
        return replace(state, titles=1), *_prose_part(state, here.page)
    return _names_or_prose(state, line, here.page, here.cues)


def tail(state: State, here: Here) -> Settled:
    """Leave the references where a Korean title, names and abstract follow an English paper."""
    line = here.line
    if state.kind not in BACK or here.page.korean:
        return None
    korean = amount(HANGUL, line.text) > amount(LATIN, line.text)
    if not state.tail:
        if not (korean and state.region and not REFERENCE.match(line.text)):
            return None
        second = replace(state, tail=True, region=here.index + 1, titles=2, aside=None)
        if _title_form(line) and not is_authors(line, here.cues):
            return second, SectionKind.TITLE, "", here.index + 1
        return _names_or_prose(second, line, here.page, here.cues)
    return _names_or_prose(state, line, here.page, here.cues)


def _names_or_prose(state: State, line: Line, page: Page, cues: Cues) -> Settled:
    other = (amount(HANGUL, line.text) > amount(LATIN, line.text)) != (
        amount(HANGUL, state.previous) > amount(LATIN, state.previous)
    )
    wrapped = page.spaced and state.titled and line.paragraph == state.paragraph and _title_form(line)
    if wrapped and not other and not is_authors(line, cues) and not is_affiliation(line, cues):
        return state, SectionKind.TITLE, "", state.titles
    state = replace(state, titled=False)
    if (
        state.titles == 1
        and other
        and len(line.text) > 8
        and _title_form(line)
        and not is_authors(line, cues)
    ):
        return replace(state, titles=2, titled=True), SectionKind.TITLE, "", 2
    if not page.article and not state.tail:
        return None
    if is_authors(line, cues) or (is_affiliation(line, cues) and not is_prose(line)):
        return replace(state, aside=None), SectionKind.METADATA, "", -3_000_000
    if is_prose(line) or line.paragraph == state.paragraph:
        return replace(state, aside=None), *_prose_part(state, page)
    return state, SectionKind.METADATA, "", -3_000_000


def _prose_part(state: State, page: Page) -> tuple[SectionKind, str, int]:
    if page.article or state.tail:
        return SectionKind.ABSTRACT, "abstract", 4 + state.region
    return SectionKind.CASE, "", state.region


def _title(line: Line, index: int, page: Page) -> bool:
    paragraph = [other for other in page.lines[index : index + 8] if other.paragraph == line.paragraph]
    alone = len(paragraph) == 1
    if page.spaced and not alone and END.search(paragraph[-1].text) and any(is_prose(x) for x in paragraph):
        return False
    headed = index + 1 < len(page.lines) and page.headings[index + 1] is not None
    if alone and line.text.endswith(".") and (headed or (page.article and not VERB.search(line.folded))):
        return len(line.text) <= 250
    follows = len(page.lines) > 1 and (alone or not END.search(line.text))
    return follows and _title_form(line)


def _title_form(line: Line) -> bool:
    stopped = END.search(line.text) and not (line.text.endswith("?") and len(line.text) < 200)
    return len(line.text) <= 320 and not stopped and not line.text.endswith((",", ":", ";"))

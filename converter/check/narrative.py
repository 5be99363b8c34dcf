"""Narratives: well-formed XHTML of FHIR's kind, read without entities and without the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lxml import etree

from converter.check.tree import Found, Tree, path
from converter.issues import Issue
from converter.mappings import load_toml

SCHEME = re.compile(r"[^/?#]*:")
BLANKS = re.compile(r"[\x00-\x20]+")
XHTML = "{http://www.w3.org/1999/xhtml}"
LANGUAGE = r'(?: xml:lang="[\w-]+" lang="[\w-]+"| lang="[\w-]+" xml:lang="[\w-]+")?'
WORDS = r"(?:[^<>&\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]++|&(?:amp|lt|gt|quot|#34|#39);)*+"
USUAL = re.compile(
    rf'<div xmlns="http://www\.w3\.org/1999/xhtml"{LANGUAGE}>'
    rf"(?:<p{LANGUAGE}>(?=[^<\s]){WORDS}</p>|<ul{LANGUAGE}>(?:<li>(?=[^<\s]){WORDS}</li>)++</ul>)++</div>"
)
"""Narratives of the shape that we write, paragraphs and lists: right as they stand, without a parser."""


def check(tree: Tree) -> Iterator[Issue]:
    """Check every narrative."""
    for found in tree.each("Narrative"):
        div = found.value.get("div")
        if isinstance(div, str) and div.strip():
            for words in () if USUAL.fullmatch(div) else _wrong(div):
                yield Issue.of("BND008", words, path=f"{path(found.place)}.div")
            yield from _languages(found, div)


@cache
def _allowed() -> tuple[frozenset[str], frozenset[str], tuple[str, ...]]:
    table = load_toml("fhir/narrative.toml")
    names = frozenset(XHTML + name for name in table["elements"])
    return names, frozenset(table["attributes"]), tuple(table["links"])


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _wrong(div: str) -> Iterator[str]:
    if "<!" in div.replace("<!--", ""):
        yield "a narrative may not have a document type, entities or CDATA"
        return
    try:
        root = etree.fromstring(div.encode(), _parser())
    except etree.XMLSyntaxError:
        yield "txt-1: not well-formed XML"
        return
    if root.tag != f"{XHTML}div":
        yield "the narrative must be a div in the namespace http://www.w3.org/1999/xhtml"
        return
    names, attributes, links = _allowed()
    for element in root.iter():
        if not isinstance(element.tag, str):
            if isinstance(element, etree._Comment):
                continue
            yield "txt-1: processing instructions and entities are not allowed"
        elif element.tag not in names:
            yield "txt-1: an element that FHIR does not allow in narratives"
        elif not attributes.issuperset(map(str, element.attrib)):
            yield "txt-1: an attribute that FHIR does not allow in narratives"
        for name in ("href", "src"):
            target = element.get(name)
            if target is not None and _scheme(target) and not target.strip().lower().startswith(links):
                yield f"txt-1: this kind of {name} is not allowed in narratives"
    if not "".join(str(text) for text in root.itertext()).strip() and root.find(f".//{XHTML}img") is None:
        yield "txt-2: a narrative must have something to read"


def _scheme(target: str) -> bool:
    """Tell an address with a scheme, as a browser reads it, from one relative to the narrative's place."""
    return SCHEME.match(BLANKS.sub("", target)) is not None


def _languages(found: Found, div: str) -> Iterator[Issue]:
    """Ask for lang and xml:lang, both and equal, where the resource states its language."""
    outer = found.place[0]
    while outer is not None and "resourceType" not in outer[3]:
        outer = outer[0]
    head = div.partition(">")[0]
    if outer is not None and outer[3].get("language") and not (' lang="' in head and ' xml:lang="' in head):
        words = "the resource states a language, the narrative wants lang and xml:lang"
        yield Issue.of("BND008", words, path=f"{path(found.place)}.div")

"""JATS XML of PubMed Central and publishers, also inside OAI-PMH and article sets.

https://jats.nlm.nih.gov/archiving/ Entities are never expanded and nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from converter.model import Document, SectionKind
from converter.readers.blocks import Block, assemble, covers, raised, squeezed, table_lines
from converter.readers.encoding import head
from converter.readers.reader import Reader, Reading, digest, refusal

ROOT = re.compile(rb"<(?:\w+:)?(?:article|pmc-articleset|OAI-PMH)[\s>]")
SKIPPED = frozenset(
    {
        "tex-math",
        "object-id",
        "institution-id",
        "graphic",
        "inline-graphic",
        "media",
        "supplementary-material",
    }
    | {"label", "alt-text", "long-desc", "xref-group", "email", "fn-group"}
)
APART = frozenset(
    {"fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "list", "disp-quote", "def-list"}
)
"""Blocks that stand in a paragraph and are written after it, so that its sentence stays whole."""

RICH = SKIPPED | APART | {"sup", "break"}
MARK = "rich"
"""Set on what holds one of these, while a file is read."""

SECTIONS = {
    "intro": SectionKind.INTRODUCTION,
    "cases": SectionKind.CASE,
    "case": SectionKind.CASE,
    "case-report": SectionKind.CASE,
    "discussion": SectionKind.DISCUSSION,
    "conclusions": SectionKind.DISCUSSION,
    "COI-statement": SectionKind.FURNITURE,
    "supplementary-material": SectionKind.FURNITURE,
    "data-availability": SectionKind.FURNITURE,
}
DATES = {"received": "received", "rev-recd": "revised", "revised": "revised", "accepted": "accepted"}
EVENT = {"received": "Received", "rev-recd": "Revised", "revised": "Revised", "accepted": "Accepted"}
Element = etree._Element


def sniff(data: bytes) -> bool:
    """Claim XML whose root is an article, or an envelope that holds one."""
    start = head(data)
    if not start.startswith(b"<") or re.match(rb"<!doctype html|<html", start, re.IGNORECASE):
        return False
    marks = (b"JATS", b"//NLM//DTD", b"<front", b":front", b"article-type", b"OAI-PMH")
    return ROOT.search(start) is not None and any(mark in start for mark in marks)


def articles(data: bytes, name: str) -> list[Element]:
    """Parse a file and give its articles; responses and translations stand inside theirs."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        raise refusal("DOC008", name, f"damaged XML at line {error.lineno}") from error
    found = list(root.iter("{*}article"))
    if not found:
        raise refusal("DOC008", name, "no article in the XML")
    return found


def read(data: bytes, name: str) -> Reading:
    """Read the first article: its metadata into fields and lines, its body into blocks."""
    article = articles(data, name)[0]
    _mark(article)
    made = assemble(_article(article))
    if not made.text:
        raise refusal("DOC001", name)
    fields = tuple(_fields(article))
    return Document(
        name, made.text, digest(data), "application/xml", "utf-8", made.hints, fields, made.places
    ), ()


READER = Reader(
    "jats", ("application/xml", "text/xml", "application/jats+xml"), (".xml", ".nxml"), sniff, read
)


def _mark(article: Element) -> None:
    """Mark the elements with more in them than running words: of all others lxml takes the text at once."""
    for element in (*article.iter(*map(_any, RICH)), *article.iter(etree.Entity)):
        for holder in (element, *element.iterancestors()):
            if holder.get(MARK) or not isinstance(holder.tag, str):
                if holder is not element:
                    break
                continue
            holder.set(MARK, "1")


def _any(name: str) -> str:
    return f"{{*}}{name}"


def _tag(element: Element) -> str:
    tag = element.tag
    return (tag if tag[0] != "{" else tag.rsplit("}", 1)[-1]) if isinstance(tag, str) else ""


def _children(element: Element, *names: str) -> Iterator[Element]:
    return element.iterchildren(*map(_any, names))


def _all(element: Element, *names: str) -> Iterator[Element]:
    return element.iter(*map(_any, names))


def _first(element: Element, *names: str) -> Element | None:
    return next(_all(element, *names), None)


def _text(element: Element | None, skip: frozenset[str] = SKIPPED) -> str:
    """Give an element's words in one line; blocks that stand apart are left out."""
    if element is None:
        return ""
    if element.get(MARK) is None:
        return squeezed(_plain(element))
    return squeezed("".join(_words(element, skip)))


def _plain(element: Element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""  # type: ignore[arg-type]


def _words(element: Element, skip: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    before = element.text or ""
    for child in element:
        tag = _tag(child)
        if isinstance(child, etree._Entity):
            yield html5.get(child.name + ";", child.text or "")
        elif tag == "break":
            yield " "
        elif tag == "sup":
            linked = _first(child, "xref") is not None
            yield raised(squeezed("".join(_words(child, skip))), before, linked)
        elif tag and child.get(MARK) is None:
            yield _plain(child)
        elif tag and tag not in skip and tag not in APART:
            yield from _words(child, skip)
        before = child.tail or ""
        yield before


def _article(article: Element) -> Iterator[Block]:
    """Give the blocks of an article in the order of the printed page."""
    meta = _first(article, "article-meta", "front-stub")
    if meta is not None:
        yield from _front(meta)
    for part in _children(article, "body"):
        yield from _body(part)
    for part in _children(article, "floats-group"):
        yield from _blocks(part, "floats-group")
    for part in _children(article, "back"):
        yield from _back(part)


def _front(meta: Element) -> Iterator[Block]:
    group = _first(meta, "title-group")
    if group is not None:
        yield Block(_text(_first(group, "article-title")), SectionKind.TITLE, path="article-title")
        for title in _all(group, "trans-title"):
            yield Block(_text(title), SectionKind.TITLE, path="trans-title")
    meta_kind = SectionKind.METADATA
    yield Block(", ".join(_authors(meta)), meta_kind, path="contrib-group")
    yield Block("\n".join(_affiliations(meta)), meta_kind, path="aff")
    yield Block("\n".join(_orcids(meta)), meta_kind, path="contrib-id")
    yield Block("\n".join(_history(meta)), meta_kind, path="history")
    for note in _all(meta, "corresp"):
        yield Block(_text(note, frozenset({"label"})), meta_kind, path="corresp")
    for licence in _all(meta, "license", "license-p", "copyright-statement"):
        if _first(licence, "license-p") in (None, licence):
            yield Block(_text(licence), meta_kind, path="license")
    for abstract in _children(meta, "abstract", "trans-abstract"):
        if abstract.get("abstract-type") not in ("graphical", "teaser", "toc", "key-points"):
            yield from _abstract(abstract)
    for words in _children(meta, "kwd-group"):
        found = "; ".join(_text(word) for word in _all(words, "kwd"))
        yield Block(f"Keywords: {found}" if found else "", meta_kind, "keywords", "kwd-group")


def _abstract(abstract: Element) -> Iterator[Block]:
    kind = SectionKind.ABSTRACT
    yield Block("Abstract", kind, path=_tag(abstract))
    for block in _blocks(abstract, _tag(abstract)):
        if block.text.lower() not in ("abstract", "summary"):
            yield Block(block.text, block.kind or kind, block.label, block.path)


def _authors(meta: Element) -> Iterator[str]:
    for contributor in _contributors(meta):
        name = _first(contributor, "name", "string-name")
        if name is not None:
            given, family = _text(_first(name, "given-names")), _text(_first(name, "surname"))
            marks = ",".join(_marks(contributor))
            starred = "*" if contributor.get("corresp") == "yes" else ""
            yield f"{given} {family}".strip() + (f"^{{{marks}{starred}}}" if marks or starred else "")


def _contributors(meta: Element) -> Iterator[Element]:
    for group in _children(meta, "contrib-group"):
        yield from (c for c in _all(group, "contrib") if c.get("contrib-type", "author") == "author")


def _marks(contributor: Element) -> list[str]:
    marks = [_text(x, frozenset()) for x in _all(contributor, "xref") if x.get("ref-type") == "aff"]
    return [m for mark in marks for m in re.findall(r"\d+", mark)]


def _affiliations(meta: Element) -> Iterator[str]:
    for address in _all(meta, "aff"):
        mark = _text(_first(address, "label"), frozenset())
        words = _text(address)
        yield f"^{{{mark}}}{words}" if mark.isdigit() else words


def _orcids(meta: Element) -> Iterator[str]:
    for contributor in _contributors(meta):
        name = _first(contributor, "name", "string-name")
        for number in _all(contributor, "contrib-id"):
            if number.get("contrib-id-type") == "orcid" and name is not None:
                given, family = _text(_first(name, "given-names")), _text(_first(name, "surname"))
                yield f"{given} {family}".strip() + f" {_text(number)}"


def _history(meta: Element) -> Iterator[str]:
    for date in _all(meta, "date"):
        event = EVENT.get(date.get("date-type", ""))
        if event and _iso(date):
            yield f"{event} {_iso(date)}"


def _iso(date: Element) -> str:
    year, month, day = (_text(_first(date, part)) for part in ("year", "month", "day"))
    if not re.fullmatch(r"\d{4}", year):
        return ""
    whole = month.isdigit() and day.isdigit()
    return (
        f"{year}-{int(month):02d}-{int(day):02d}"
        if whole
        else (f"{year}-{int(month):02d}" if month.isdigit() else year)
    )


def _fields(article: Element) -> Iterator[tuple[str, str]]:
    """Give what the format states of the publication outside the text."""
    yield "article-type", article.get("article-type", "")
    meta = _first(article, "article-meta", "front-stub")
    journal = _text(_first(article, "journal-title"))
    if journal:
        yield "journal", journal
    if meta is None:
        return
    for number in _children(meta, "article-id"):
        if number.get("pub-id-type") in ("doi", "pmid"):
            yield number.get("pub-id-type", ""), _text(number)
    for licence in _all(meta, "license", "license-p", "ext-link", "license_ref"):
        links = [str(v) for k, v in licence.items() if str(k).endswith("href")] + [_text(licence)]
        link = next((v for v in links if re.match(r"https?://creativecommons\.org/\S+$", v)), "")
        if link:
            yield "licence", link
            break
    for date in _all(meta, "date"):
        event = DATES.get(date.get("date-type", ""))
        if event and _iso(date):
            yield event, _iso(date)
    printed = sorted(filter(None, (_iso(d) for d in _children(meta, "pub-date"))), key=lambda d: (-len(d), d))
    if printed:
        yield "published", printed[0]


def _body(body: Element) -> Iterator[Block]:
    yield from _blocks(body, "body")


def _back(back: Element) -> Iterator[Block]:
    for part in back:
        kind = SectionKind.REFERENCES if _tag(part) == "ref-list" else SectionKind.FURNITURE
        if kind is SectionKind.REFERENCES:
            entries = (_text(entry, frozenset()) for entry in _all(part, "ref"))
            yield Block("References", path="ref-list/title")
            yield Block("\n".join(entries), kind, path="ref-list")
        else:
            for block in _blocks(part, _tag(part)):
                yield Block(block.text, kind, path=block.path)


def _blocks(parent: Element, path: str) -> Iterator[Block]:
    """Give the blocks inside a section, in order; a section's type is a hint for all of it."""
    for index, child in enumerate(parent, 1):
        tag, place = _tag(child), f"{path}/{_tag(child)}[{index}]"
        if tag == "sec":
            kind = SECTIONS.get(child.get("sec-type", ""))
            for block in _blocks(child, place):
                yield Block(block.text, block.kind or kind, block.label, block.path)
        elif tag == "title":
            yield Block(_text(child), path=f"{path}/title")
        elif tag in ("p", "disp-formula"):
            yield Block(_text(child), path=place)
            for apart in child.iter():
                if _tag(apart) in APART and not _inside(apart, child):
                    yield from _apart(apart, place)
        elif tag in APART:
            yield from _apart(child, place)
        elif tag in ("ref-list", "ack", "notes", "fn-group", "glossary", "app", "app-group"):
            yield from (Block(b.text, SectionKind.FURNITURE, path=b.path) for b in _blocks(child, place))


def _inside(element: Element, top: Element) -> bool:
    """Tell a block within another block that stands apart, which is written with it."""
    parent = element.getparent()
    while parent is not None and parent is not top:
        if _tag(parent) in APART:
            return True
        parent = parent.getparent()
    return False


def _apart(element: Element, path: str) -> Iterator[Block]:
    tag = _tag(element)
    if tag in ("fig-group", "table-wrap-group", "boxed-text"):
        yield from _blocks(element, path)
    elif tag == "list":
        yield Block("\n".join("• " + _text(item) for item in _children(element, "list-item")), path=path)
    elif tag == "def-list":
        yield Block("\n".join(_text(item) for item in _children(element, "def-item")), path=path)
    elif tag == "disp-quote":
        yield from _blocks(element, path)
    else:
        yield Block("\n".join(_captioned(element)), path=f"{path}/{tag}")


def _captioned(element: Element) -> Iterator[str]:
    """Write a figure or table as its printed page does: label, caption, and rows "name | cell | cell"."""
    label = _text(_first(element, "label"), frozenset()).rstrip(".:")
    caption = _first(element, "caption")
    words = " ".join(filter(None, (_text(p) for p in caption))) if caption is not None else ""
    if label or words:
        yield f"{label}. {words}".strip() if label else words
    yield from table_lines(
        [
            (_text(cell), covers(cell.get("colspan")), covers(cell.get("rowspan")))
            for cell in _children(row, "td", "th")
        ]
        for row in _all(element, "tr")
    )
    for note in _all(element, "table-wrap-foot"):
        yield _text(note)

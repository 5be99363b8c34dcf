"""HTML pages: the article's own words without navigation and scripts; metadata out of the head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from converter.model import Document, SectionKind
from converter.readers.blocks import Block, assemble, covers, raised, squeezed, table_lines
from converter.readers.encoding import decode, head
from converter.readers.metadata import fields
from converter.readers.reader import Reader, Reading, digest, refusal

START = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(!doctype\s+html|html|head|body|main|div|section|article|h1|p|table|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
JATS = re.compile(rb"<(?:\w+:)?(?:front|article-meta|front-stub)\b|article-type=|//DTD JATS|//NLM//DTD")
"""What tells the article of a journal's XML from the element of HTML."""
CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
DROPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "nav",
        "header",
        "footer",
        "aside",
        "form",
        "button",
        "svg",
        "iframe",
        "template",
    }
    | {"select", "input", "textarea", "dialog", "object", "canvas", "audio", "video", "math", "head"}
)
ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert", "menu"}
)
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|cookies?|sidebar|share|social|advert|ads|banner|related|popup|modal|toolbar"
    r"|skip-link|footer|newsletter|comments)(?:$|[\s_-])",
    re.IGNORECASE,
)
REFERENCES = re.compile(
    r"(?:^|[\s_-])(?:references?|ref-list|bibliography|citations?)(?:$|[\s_-])", re.IGNORECASE
)
BREAK = "\u2028"
"""Stands for <br> until the lines are made."""

BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "dl",
        "li",
        "dd",
        "dt",
    }
    | {
        "table",
        "figure",
        "figcaption",
        "blockquote",
        "pre",
        "center",
        "fieldset",
        "details",
        "summary",
        "hr",
        "address",
    }
)
Element = etree._Element


def sniff(data: bytes) -> bool:
    """Claim what begins as an HTML page does."""
    start = head(data)
    found = START.match(start)
    return found is not None and not (found.group(1).lower() == b"article" and JATS.search(start))


def read(data: bytes, name: str) -> Reading:
    """Read a page: title, headings, paragraphs, lists, captions and tables of its main part."""
    text = _decoded(data, name)
    root = parsed(text)
    if root is None:
        raise refusal("DOC001", name)
    main = _main(root)
    blocks = list(_blocks(main, _tag(main)))
    title = _title(root, blocks)
    made = assemble([*title, *blocks])
    if not made.text:
        raise refusal("DOC001", name)
    return Document(
        name, made.text, digest(data), "text/html", "utf-8", made.hints, tuple(fields(root)), made.places
    ), ()


def parsed(text: str) -> Element | None:
    """Parse a page and mark what is left out, what holds blocks and what is more than running words.

    What is not marked is plain: lxml takes its text at once.
    """
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root: Element | None = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None:
        return None
    for element in (
        *root.iter(*DROPPED),
        *_found(root, "//*[@class or @id or @role or @hidden or @aria-hidden]"),
    ):
        if _dropped(element):
            element.set(OUT, "")
            _mark(element, RICH)
    for element in root.iter("br", "sup"):
        _mark(element, RICH)
    for element in root.iter(*BLOCKS):
        _mark(element, HOLDS)
    return root


def _found(root: Element, path: str) -> list[Element]:
    return cast("list[Element]", root.xpath(path))


def _mark(element: Element, mark: str) -> None:
    """Mark an element and all that hold it."""
    holder: Element | None = element
    while holder is not None and holder.get(mark) is None:
        holder.set(mark, "")
        holder = holder.getparent()


OUT, RICH, HOLDS = "reader-out", "reader-rich", "reader-holds"
"""Attributes that a page's elements bear while it is read."""
READER = Reader("html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), sniff, read)


def _decoded(data: bytes, name: str) -> str:
    """Decode by mark, trial or declaration; an XML declaration would stop the parser and goes."""
    declared = CHARSET.search(data[:4000])
    text, encoding = decode(data)
    if not encoding and declared:
        try:
            text = data.decode(declared.group(1).decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            text = ""
    if not text:
        raise refusal("DOC008", name, "the page's encoding cannot be read")
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _tag(element: Element) -> str:
    return element.tag if isinstance(element.tag, str) else ""


def _named(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _plain(element: Element) -> str:
    return "".join(element.itertext()) if len(element) else element.text or ""  # type: ignore[arg-type]


def _main(root: Element) -> Element:
    """Find the article itself: marked as main, else the longest article, else the body."""
    marked = next(root.iter("main"), None)
    if marked is not None:
        return marked
    if roles := _found(root, "(//*[@role='main'])[1]"):
        return roles[0]
    articles = list(root.iter("article"))
    if articles:
        return max(articles, key=lambda e: len(_plain(e)))
    return next(root.iter("body"), root)


def _dropped(element: Element) -> bool:
    tag = _tag(element)
    if tag in ("h1", "main", "article", "body"):
        return False
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    page = tag in ("div", "ul", "section", "ol", "p", "span", "a") and FURNITURE.search(_named(element))
    header = tag == "header" and next(element.iter("h1"), None) is not None
    return bool((tag in DROPPED and not header) or element.get("role") in ROLES or hidden or page)


def _title(root: Element, blocks: list[Block]) -> Iterator[Block]:
    """Give the title where no heading of the page has it."""
    if any(block.kind is SectionKind.TITLE for block in blocks):
        return
    names = ("citation_title", "dc.title", "og:title")
    metas = {
        (e.get("name") or e.get("property") or "").lower(): e.get("content", "") for e in root.iter("meta")
    }
    stated = [metas.get(name, "") for name in names]
    pages = [squeezed(_plain(e)) for e in root.iter("title")]
    found = next(filter(None, (*stated, *pages)), "")
    if found and not (blocks and blocks[0].text == found):
        yield Block(found, SectionKind.TITLE, path="title")


def _blocks(element: Element, path: str) -> Iterator[Block]:
    """Give the blocks of an element in order; words outside any block make a paragraph of their own."""
    loose = [element.text or ""]
    for index, child in enumerate(element, 1):
        tag = _tag(child)
        if not tag or child.get(OUT) is not None:
            loose.append(" ")
        elif tag == "br":
            loose.append(BREAK)
        elif child.get(HOLDS) is not None:
            yield from _loose(loose, path)
            loose = []
            yield from _block(child, tag, f"{path}/{tag}[{index}]")
        else:
            loose.append(_inline(child))
        loose.append(child.tail or "")
    yield from _loose(loose, path)


def _loose(words: list[str], path: str, kind: SectionKind | None = None) -> Iterator[Block]:
    text = "".join(words)
    if BREAK in text:
        text = "\n".join(line for part in text.split(BREAK) if (line := squeezed(part)))
    else:
        text = squeezed(text)
    if text:
        yield Block(text, kind, path=path)


def blocks_of(root: Element) -> list[Block]:
    """Give the blocks of a whole page's body, for formats that are turned into HTML."""
    body = next(root.iter("body"), root)
    return list(_blocks(body, "body"))


def _block(element: Element, tag: str, path: str) -> Iterator[Block]:
    if tag == "table":
        yield Block("\n".join(_rows(element)), path=path)
    elif tag in ("figcaption", "caption"):
        yield Block(_flat(element), path=path)
    elif tag in ("ul", "ol", "dl") and next(element.iter("table", "figure", "h2", "h3"), None) is None:
        items = (_flat(e) for e in element.iterchildren("li", "dt", "dd") if e.get(OUT) is None)
        kind = SectionKind.REFERENCES if _in_references(element) else None
        mark = "" if kind or tag == "dl" else "• "
        yield Block("\n".join(mark + item for item in items if item), kind, path=path)
    elif tag == "h1":
        yield Block(_flat(element), SectionKind.TITLE, path=path)
    elif tag in ("p", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "address", "summary", "pre"):
        inner = any(e.get(HOLDS) is not None for e in element)
        yield from _blocks(element, path) if inner else _line(element, path)
    else:
        yield from _blocks(element, path)


def _line(element: Element, path: str) -> Iterator[Block]:
    cited = _in_references(element) and _tag(element) in ("p", "li")
    return _loose([_inline(element)], path, SectionKind.REFERENCES if cited else None)


def _in_references(element: Element) -> bool:
    """Tell an element of the list of references by the names of what holds it."""
    above = [element, *element.iterancestors()][:4]
    return any(REFERENCES.search(_named(e)) for e in above)


def _inline(element: Element) -> str:
    """Give an element's words; superscripts stay apart, a <br> ends a line."""
    if element.get(RICH) is None and not any(e.get(HOLDS) is not None for e in element):
        return _plain(element)
    parts = [element.text or ""]
    for child in element:
        tag = _tag(child)
        if tag == "br":
            parts.append(BREAK)
        elif tag == "sup":
            linked = next(child.iter("a"), None) is not None
            parts.append(raised(squeezed(_plain(child)), "".join(parts[-2:]), linked))
        elif tag and child.get(OUT) is None:
            parts.append(" " * (tag in BLOCKS) + _inline(child) + " " * (tag in BLOCKS))
        parts.append(child.tail or "")
    return "".join(parts)


def _flat(element: Element) -> str:
    return squeezed(_inline(element).replace(BREAK, " "))


def _rows(table: Element) -> Iterator[str]:
    yield from map(_flat, table.iter("caption"))
    yield from table_lines(
        [
            (_flat(cell), covers(cell.get("colspan")), covers(cell.get("rowspan")))
            for cell in row.iterchildren("td", "th")
        ]
        for row in table.iter("tr")
    )

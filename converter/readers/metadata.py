"""What the head of an HTML page states of its publication: citation tags, Dublin Core, Open Graph, JSON-LD.

https://scholar.google.com/intl/en/scholar/inclusion.html https://ogp.me https://schema.org/ScholarlyArticle
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml import etree

from converter.readers.blocks import squeezed

FIELDS = {
    "citation_doi": "doi",
    "prism.doi": "doi",
    "dc.identifier": "doi",
    "citation_pmid": "pmid",
    "citation_journal_title": "journal",
    "prism.publicationname": "journal",
    "citation_publication_date": "published",
    "citation_online_date": "published",
    "citation_date": "published",
    "dc.date": "published",
    "article:published_time": "published",
    "dc.rights": "licence",
}
ARTICLES = (
    "Article",
    "ScholarlyArticle",
    "MedicalScholarlyArticle",
    "NewsArticle",
    "BlogPosting",
    "MedicalWebPage",
    "WebPage",
)
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>?#]+")
DATE = re.compile(r"((?:19|20)\d\d)[-/](\d{1,2})(?:[-/](\d{1,2}))?|((?:19|20)\d\d)$")
Element = etree._Element
Field = tuple[str, str]


def fields(root: Element) -> Iterator[Field]:
    """Give the fields that a page states, the first of each kind first."""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        yield from _kept(FIELDS.get(name, ""), meta.get("content", ""))
    for link in root.iter("link", "a"):
        if "license" in (link.get("rel") or "").lower().split():
            yield from _kept("licence", link.get("href", ""))
    for script in root.iter("script"):
        if (script.get("type") or "").lower().split(";")[0] == "application/ld+json":
            yield from _linked(script.text or "")


def _kept(field: str, value: str) -> Iterator[Field]:
    value = squeezed(value)
    if field == "published":
        value = iso(value)
    elif field == "doi":
        value = m.group().rstrip(".,;)") if (m := DOI.search(value)) else ""
    elif field == "licence":
        value = value if value.startswith(("http://", "https://")) else ""
    if field and value:
        yield field, value


def iso(value: str) -> str:
    """Give a date as ISO writes it, as far as it goes; empty where it is none.

    >>> iso("2019/4/2"), iso("2019-04-02T08:00:00Z"), iso("2019"), iso("soon")
    ('2019-04-02', '2019-04-02', '2019', '')
    """
    m = DATE.match(value)
    if not m:
        return ""
    year, month, day = m.group(1) or m.group(4), m.group(2), m.group(3)
    return "-".join([year, *(f"{int(part):02d}" for part in (month, day) if part)])


def _linked(script: str) -> Iterator[Field]:
    """Read an article's JSON-LD; what is no JSON, or nested beyond use, says nothing."""
    try:
        data = json.loads(script)
    except (ValueError, RecursionError):
        return
    for item in _items(data):
        if not any(kind in ARTICLES for kind in _words(item.get("@type"))):
            continue
        for key in ("identifier", "sameAs", "@id", "url"):
            for value in _words(item.get(key)):
                yield from _kept("doi", value)
        yield from (f for v in _words(item.get("datePublished")) for f in _kept("published", v))
        yield from (f for v in _words(item.get("license")) for f in _kept("licence", v))
        whole = item.get("isPartOf")
        yield from (f for v in _words(whole) if isinstance(whole, dict) for f in _kept("journal", v))


def _items(data: object) -> Iterator[dict[str, object]]:
    found = data if isinstance(data, list) else [data]
    for item in found[:50]:
        if isinstance(item, dict):
            graph = item.get("@graph")
            yield item
            yield from (i for i in graph[:50] if isinstance(i, dict)) if isinstance(graph, list) else ()


def _words(value: object) -> Iterator[str]:
    """Give the strings of a value: itself, its name or value, or those of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (v for k in ("value", "name", "@id") if isinstance(v := value.get(k), str))
    elif isinstance(value, list):
        yield from (v for item in value[:20] if not isinstance(item, list) for v in _words(item))

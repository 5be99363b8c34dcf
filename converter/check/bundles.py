"""Bundles: their form (bdl-1 to bdl-12), duplicates, and what a document's Composition reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from converter.check.tree import Tree, path
from converter.issues import Issue, Severity

Json = dict[str, Any]
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
REQUESTS = frozenset({"transaction", "batch", "history"})
RESPONSES = frozenset({"transaction-response", "batch-response", "history"})


def check(bundle: Json, tree: Tree) -> Iterator[Issue]:
    """Check a Bundle's own form; nothing for any other resource."""
    if bundle.get("resourceType") != "Bundle":
        return
    kind = bundle.get("type")
    entries = [entry for entry in _list(bundle.get("entry")) if isinstance(entry, dict)]
    if "total" in bundle and kind not in ("searchset", "history"):
        yield Issue.of("BND007", "bdl-1: total stands only in searches and histories", path="Bundle.total")
    for index, entry in enumerate(entries):
        yield from _entry(entry, str(kind), f"Bundle.entry[{index}]")
    yield from _duplicates(tree, kind == "history")
    if kind == "message" and _type(entries) != "MessageHeader":
        yield Issue.of("BND007", "bdl-12: a message begins with its MessageHeader", path="Bundle.entry[0]")
    if kind == "document":
        yield from _document(bundle, entries)
        yield from _unreached(tree)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _type(entries: list[Json]) -> str:
    first = entries[0].get("resource") if entries else None
    return str(first.get("resourceType")) if isinstance(first, dict) else ""


def _entry(entry: Json, kind: str, where: str) -> Iterator[Issue]:
    if "search" in entry and kind != "searchset":
        yield Issue.of("BND007", "bdl-2: search stands only in searches", path=where)
    if ("request" in entry) != (kind in REQUESTS):
        yield Issue.of("BND007", "bdl-3: request belongs to transactions, batches and histories", path=where)
    if ("response" in entry) != (kind in RESPONSES):
        yield Issue.of("BND007", "bdl-4: response belongs to responses and histories", path=where)
    if not any(key in entry for key in ("resource", "request", "response")):
        yield Issue.of("BND007", "bdl-5: an entry has a resource, a request or a response", path=where)
    url = entry.get("fullUrl")
    if isinstance(url, str) and "/_history/" in url:
        yield Issue.of("BND007", "bdl-8: fullUrl names no version", path=f"{where}.fullUrl")
    yield from _address(entry, f"{where}.fullUrl")
    if kind == "document" and "fullUrl" not in entry and "resource" in entry:
        yield Issue.of("BND013", "an entry of a document needs its fullUrl", path=where)


def _address(entry: Json, where: str) -> Iterator[Issue]:
    """Ask for an absolute fullUrl, and for one that ends as the resource's own type and id do."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(url, str) or not url.strip():
        return
    if not ABSOLUTE.match(url):
        yield Issue.of("BND007", "fullUrl must be absolute", path=where)
    ident = resource.get("id") if isinstance(resource, dict) else None
    if url.startswith(("http://", "https://")) and isinstance(ident, str) and not url.endswith(f"/{ident}"):
        yield Issue.of("BND007", "fullUrl and the resource's id must agree", path=where)


def _duplicates(tree: Tree, history: bool) -> Iterator[Issue]:
    urls: set[tuple[str, str]] = set()
    names: set[tuple[str, str]] = set()
    for resource in tree.resources:
        if resource.container >= 0 or resource.type == "Bundle" or history:
            continue
        meta = resource.value.get("meta")
        version = str(meta.get("versionId", "")) if isinstance(meta, dict) else ""
        url = (resource.full_url, version)
        name = (resource.type, str(resource.value.get("id", "")))
        if resource.full_url and url in urls:
            yield Issue.of("BND005", path=path(resource.place).removesuffix(".resource") + ".fullUrl")
        elif name[1] and name in names:
            yield Issue.of("BND005", "two entries hold the same resource", path=f"{path(resource.place)}.id")
        urls.add(url)
        names.add(name)


def _document(bundle: Json, entries: list[Json]) -> Iterator[Issue]:
    identifier = bundle.get("identifier")
    if not (isinstance(identifier, dict) and "system" in identifier and "value" in identifier):
        yield Issue.of("BND013", "bdl-9: a document needs an identifier with system and value", path="Bundle")
    if "timestamp" not in bundle:
        yield Issue.of("BND013", "bdl-10: a document needs a timestamp", path="Bundle")
    if _type(entries) != "Composition":
        yield Issue.of("BND013", "bdl-11: a document begins with its Composition", path="Bundle.entry[0]")


def _unreached(tree: Tree) -> Iterator[Issue]:
    """Warn of entries that no chain of references from the Composition reaches; Provenance is exempt.

    https://hl7.org/fhir/R4/documents.html#bundle
    """
    top = {
        name: ordinal
        for ordinal, resource in enumerate(tree.resources)
        if resource.container < 0 and resource.type != "Bundle"
        for name in (resource.full_url, f"{resource.type}/{resource.value.get('id')}")
    }
    onwards: dict[int, set[int]] = {}
    links = [(bound.owner, bound.value.get("reference")) for bound in tree.references]
    links += [(found.owner, found.value.reference) for found in tree.spans]
    for owner, reference in links:
        container = tree.resources[owner].container
        target = top.get(str(reference))
        if target is not None:
            onwards.setdefault(owner if container < 0 else container, set()).add(target)
    reached: set[int] = set()
    waiting = [i for i, resource in enumerate(tree.resources) if resource.type == "Composition"][:1]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting += sorted(onwards.get(here, ()))
    for ordinal in sorted(set(top.values()) - reached) if reached else ():
        resource = tree.resources[ordinal]
        if resource.type != "Provenance":
            words = "the Composition does not lead to this entry"
            issue = Issue.of("BND013", words, path=path(resource.place))
            yield replace(issue, severity=Severity.WARNING)

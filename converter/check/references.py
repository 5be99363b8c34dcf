"""References: they resolve inside the bundle and point at types that R4 allows there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from converter.check.tree import Bound, Tree, path
from converter.issues import Issue, Severity

LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")


def check(tree: Tree, ours: bool) -> Iterator[Issue]:
    """Resolve every reference; in a bundle that is ``ours`` none may lead out of it."""
    index = _index(tree)
    must = _closed(tree) if ours or _is_document(tree) else _whole(tree)
    for bound in tree.references:
        yield from _one(bound, tree, index, must)
    missing: set[str] = set()
    for found in tree.spans:
        reference = found.value.reference
        known = reference in index or reference in missing or not reference
        if not known and must(reference):
            missing.add(reference)
            words = "the text that the evidence points at is not in the bundle"
            yield Issue.of("BND003", words, path=path(found.place))


def _index(tree: Tree) -> Mapping[str, int]:
    """Give the ordinal of a resource by its fullUrl and by type/id."""
    found: dict[str, int] = {}
    for ordinal, resource in enumerate(tree.resources):
        if resource.container >= 0:
            continue
        if resource.full_url:
            found.setdefault(resource.full_url, ordinal)
        ident = resource.value.get("id")
        if isinstance(ident, str):
            found.setdefault(f"{resource.type}/{ident}", ordinal)
    return found


def _one(bound: Bound, tree: Tree, index: Mapping[str, int], must: Callable[[str], bool]) -> Iterator[Issue]:
    value, place, owner, element = bound
    reference = value.get("reference")
    if not isinstance(reference, str):
        if not any(key in value for key in ("identifier", "display", "extension")):
            yield Issue.of("BND003", "a reference must say what it refers to", path=path(place))
        return
    kind = value.get("type") if isinstance(value.get("type"), str) else ""
    ordinal = _contained(reference, tree, owner) if reference[:1] == "#" else index.get(reference)
    if ordinal is None and reference[:1] != "#":
        match = LITERAL.fullmatch(reference)
        if match:
            ordinal = index.get(f"{match[1]}/{match[2]}")
    if ordinal is not None:
        actual = tree.resources[ordinal].type
        if kind and kind != actual:
            yield Issue.of("BND004", f"Reference.type says {kind}, the target is {actual}", path=path(place))
    elif must(reference):
        words = "ref-1: nothing is contained under this id" if reference[:1] == "#" else ""
        yield Issue.of("BND003", words, path=path(place))
        return
    else:
        actual = kind or _type_of_url(reference)
    if element.targets and actual and actual not in element.targets:
        allowed = ", ".join(sorted(element.targets))
        issue = Issue.of("BND004", f"{actual} stands where R4 allows {allowed}", path=path(place))
        alone = ordinal is None and tree.resources[0].type != "Bundle"
        yield replace(issue, severity=Severity.WARNING) if alone else issue


def _contained(reference: str, tree: Tree, owner: int) -> int | None:
    """Find a contained resource by #id; "#" alone is the container itself."""
    if owner < 0:
        return None
    container = tree.resources[owner].container
    root = owner if container < 0 else container
    if reference == "#":
        return root
    for ordinal in range(root + 1, len(tree.resources)):
        resource = tree.resources[ordinal]
        if resource.container != root:
            return None
        if resource.value.get("id") == reference[1:]:
            return ordinal
    return None


def _is_document(tree: Tree) -> bool:
    root = tree.resources[0]
    return root.type == "Bundle" and root.value.get("type") == "document"


def _closed(tree: Tree) -> Callable[[str], bool]:
    """Tell which references can only mean something in a bundle that stands for itself.

    Absolute http addresses point elsewhere, and a search ("Patient?identifier=...") is a transaction's way
    to say which resource of the server is meant. A resource alone has nothing around it.
    """
    if tree.resources[0].type != "Bundle":
        return _whole(tree)
    return lambda reference: "?" not in reference and not reference.startswith(("http://", "https://"))


def _whole(tree: Tree) -> Callable[[str], bool]:
    """Tell which references can mean nothing outside: #id, and in a bundle those made for it alone."""
    inside = ("#", "urn:") if tree.resources[0].type == "Bundle" else ("#",)
    return lambda reference: reference.startswith(inside)


def _type_of_url(reference: str) -> str:
    """Read the type off a reference to a server.

    >>> _type_of_url("https://fhir.test/r4/Patient/1")
    'Patient'
    """
    if "?" in reference:
        return reference.partition("?")[0]
    parts = urlsplit(reference).path.split("/_history/")[0].split("/")
    found = LITERAL.fullmatch("/".join(parts[-2:]))
    return found[1] if found else ""

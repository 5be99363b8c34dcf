"""Bundle -> Issues: is it FHIR R4, and does it say what its source says?

One walk over the JSON (tree.py) sorts the elements; then each module looks at its own concern. All of it
works on plain data, so that it judges foreign bundles too, and without fhir.resources unless asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from converter.check import bindings, bundles, fidelity, invariants, narrative, references
from converter.check import structure as gate
from converter.check.definitions import r4b_types, resource_fields
from converter.check.tree import Tree, walk
from converter.issues import Issue
from converter.model import Bundle, Span

__all__ = ["check"]


def check(
    bundle: Bundle,
    *,
    source: str | None = None,
    name: str = "",
    structure: bool = True,
    patient: Iterable[Span] | None = None,
) -> tuple[Issue, ...]:
    """Check a Bundle (or any single resource) against R4 and against the text it was read from.

    Read the JSON with Decimals (``parse_float=Decimal``), else 5.10 cannot be told from 5.1. ``source`` is
    the text for bundles that leave it out; ``name`` the file's, for the issues; ``structure`` False leaves
    fhir.resources out, which is slow, except where R4B changed a type; ``patient`` the spans of the patient's
    own part of the text, if known.
    """
    if not isinstance(bundle, dict) or not isinstance(bundle.get("resourceType"), str):
        return (Issue.of("BND001", source=name),)
    try:
        tree = walk(bundle)
    except RecursionError:
        return (Issue.of("BND002", "nested too deeply to be looked at", source=name),)
    found = list(tree.issues)
    if structure or any(resource.type in r4b_types() for resource in tree.resources):
        found += _structural(bundle, tree)
    found += _judgements(bundle, tree, source, patient)
    return tuple(replace(issue, source=name) if name else issue for issue in dict.fromkeys(found))


def _structural(bundle: Bundle, tree: Tree) -> Iterator[Issue]:
    """Add what fhir.resources finds at places where the walk found nothing."""
    known = {issue.path.split(".ofType")[0] for issue in tree.issues}
    for issue in gate.check(bundle):
        if not any(issue.path.startswith(place) for place in known):
            yield issue


def _judgements(
    bundle: dict[str, Any], tree: Tree, source: str | None, patient: Iterable[Span] | None
) -> Iterator[Issue]:
    if resource_fields(bundle["resourceType"]) is None:
        return
    yield from bundles.check(bundle, tree)
    ours = fidelity.applies(tree)
    yield from references.check(tree, ours)
    yield from bindings.check(tree, ours)
    yield from narrative.check(tree)
    yield from invariants.check(tree)
    yield from fidelity.check(tree, source, patient)

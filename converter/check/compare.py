"""Two bundles of one report -> which facts came, went and changed.

Ids of ours stay the same when an extraction gets better, so resources pair by type and id; those of others by
their identifiers, then by their codes in order. Where a fact was read, how it is narrated and when it was
stored make no change.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from converter.check.evidence import DERIVATION, TRANSLATION
from converter.check.numbers import as_written

Json = dict[str, Any]
NO_FACTS = frozenset({"Composition", "Provenance", "OperationOutcome"})
MARKS = {"came": "+", "went": "-", "changed": "~"}
LONGEST = 80
NOT_COMPARED = frozenset({"id", "meta", "text", "resourceType"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that differs; "" where it is not there."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one fact."""

    kind: str
    """came, went or changed"""
    type: str
    id: str
    name: str
    value: str = ""
    """Of a fact that came or went."""
    differences: tuple[Difference, ...] = ()


def compare(old: Json, new: Json) -> tuple[Change, ...]:
    """Compare two bundles (or resources): what went, what changed, what came, each in its bundle's order."""
    before, after = _facts(old), _facts(new)
    pairs = _pairs(before, after)
    aliases = {name: before[there].name for there, here in pairs.items() for name in after[here].names}
    aliases |= {name: fact.name for fact in before for name in fact.names}
    changes = [_change("went", fact) for number, fact in enumerate(before) if number not in pairs]
    for there, here in sorted(pairs.items()):
        found = tuple(_differences(before[there].value, after[here].value, aliases))
        if found:
            changes.append(_change("changed", after[here], found))
    known = set(pairs.values())
    changes += [_change("came", fact) for number, fact in enumerate(after) if number not in known]
    return tuple(changes)


@dataclass(frozen=True, slots=True)
class _Fact:
    value: Json
    type: str
    id: str
    names: tuple[str, ...]
    """What references may call it."""

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""


def _facts(bundle: Json) -> tuple[_Fact, ...]:
    entries = bundle.get("entry")
    found = []
    for entry in entries if isinstance(entries, list) else [{"resource": bundle}]:
        value = entry.get("resource") if isinstance(entry, dict) else None
        kind = str(value.get("resourceType")) if isinstance(value, dict) else ""
        if isinstance(value, dict) and kind not in NO_FACTS:
            ident = str(value.get("id", ""))
            names = (f"{kind}/{ident}" if ident else "", str(entry.get("fullUrl", "")))
            found.append(_Fact(value, kind, ident, tuple(name for name in names if name)))
    return tuple(found)


def _pairs(before: tuple[_Fact, ...], after: tuple[_Fact, ...]) -> Mapping[int, int]:
    """Pair facts by id, then identifier, then code; what is alike pairs in order."""
    pairs: dict[int, int] = {}
    for key in (_by_id, _by_identifier, _by_code):
        waiting: dict[Hashable, list[int]] = {}
        taken = set(pairs.values())
        for number, fact in enumerate(after):
            if number not in taken and (mark := key(fact)) is not None:
                waiting.setdefault(mark, []).append(number)
        for number, fact in enumerate(before):
            if number not in pairs and (same := waiting.get(key(fact))):
                pairs[number] = same.pop(0)
    return pairs


def _by_id(fact: _Fact) -> Hashable:
    return (fact.type, fact.id) if fact.id else None


def _by_identifier(fact: _Fact) -> Hashable:
    listed = fact.value.get("identifier")
    first = listed[0] if isinstance(listed, list) and listed else listed
    if not isinstance(first, dict) or "value" not in first:
        return None
    return fact.type, str(first.get("system")), str(first["value"])


def _by_code(fact: _Fact) -> Hashable:
    return fact.type, _label(fact.value).casefold()


def _label(value: Json) -> str:
    """Name a fact by its code, drug, title or relationship."""
    for key in ("code", "medicationCodeableConcept", "vaccineCode", "relationship", "type", "specialty"):
        concept = value.get(key)
        first = concept[0] if isinstance(concept, list) and concept else concept
        if isinstance(first, dict):
            coding = first.get("coding")
            code = coding[0] if isinstance(coding, list) and coding and isinstance(coding[0], dict) else {}
            words = first.get("text") or code.get("display") or code.get("code")
            if words:
                return str(words)
    return next(
        (str(value[key]) for key in ("title", "description", "name") if isinstance(value.get(key), str)), ""
    )


def _change(kind: str, fact: _Fact, differences: tuple[Difference, ...] = ()) -> Change:
    value = "" if differences else _value(fact.value)
    return Change(kind, fact.type, fact.id, _label(fact.value), value, differences)


def _value(value: Json) -> str:
    """Say a result or a state in a word or two."""
    quantity = value.get("valueQuantity")
    if isinstance(quantity, dict):
        parts = (quantity.get(key) for key in ("comparator", "value", "unit"))
        return " ".join(_written(part) for part in parts if part is not None)
    for key in ("valueString", "valueInteger"):
        if key in value:
            return _written(value[key])
    concept = value.get("valueCodeableConcept", value.get("verificationStatus"))
    return _label({"code": concept}) if isinstance(concept, dict) else ""


def _differences(old: Json, new: Json, aliases: Mapping[str, str]) -> Iterator[Difference]:
    before = dict(_leaves(old, "", aliases))
    after = dict(_leaves(new, "", aliases))
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield Difference(path, before.get(path, ""), after.get(path, ""))


def _leaves(value: Any, path: str, aliases: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give every primitive with its path; references by the name that their target has in the old bundle."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path or key not in NOT_COMPARED:
                yield from _leaves(inner, f"{path}.{key}" if path else key, aliases)
    elif isinstance(value, list):
        kept = [one for one in value if not _is_evidence(one)]
        for number, inner in enumerate(kept):
            yield from _leaves(inner, f"{path}[{number}]", aliases)
    elif path.endswith(".reference") and isinstance(value, str):
        yield path, aliases.get(value, value)
    else:
        yield path, _written(value)


def _is_evidence(value: Any) -> bool:
    return isinstance(value, dict) and value.get("url") in (DERIVATION, TRANSLATION)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return as_written(value) if isinstance(value, int | float | Decimal) else str(value)


def as_text(changes: tuple[Change, ...]) -> str:
    """Write a line a fact and, under it, a line an element that differs."""
    lines = []
    for change in changes:
        words = (MARKS[change.kind], change.type, change.name or change.id, change.value)
        lines.append(" ".join(word for word in words if word))
        lines += [f"    {d.path}: {_short(d.old)} -> {_short(d.new)}" for d in change.differences]
    counts = Counter(change.kind for change in changes)
    said = ", ".join(f"{counts[kind]} {kind}" for kind in MARKS if counts[kind])
    return "\n".join([*lines, said or "no fact differs"]) + "\n"


def _short(value: str) -> str:
    return "(none)" if not value else value if len(value) <= LONGEST else f"{value[:LONGEST]}..."


def as_json(changes: tuple[Change, ...]) -> str:
    """Write the changes for programs."""
    return json.dumps([asdict(change) for change in changes], ensure_ascii=False, indent=2) + "\n"

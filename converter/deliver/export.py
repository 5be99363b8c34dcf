"""Bundles -> NDJSON files, one a resource type, with the manifest of a Bulk Data export.

https://hl7.org/fhir/uv/bulkdata/export.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from converter.deliver.prepare import ABOUT
from converter.fhir.json import dumps
from converter.issues import ConverterError

Resource = dict[str, Any]
MANIFEST = "manifest.json"


def export(bundles: Mapping[str, Any], timestamp: str = "", request: str = "") -> dict[str, str]:
    """Give every file by name; the same bundles give the same bytes.

    References become ``Type/id``: outside its bundle a urn:uuid leads nowhere. A resource that several
    bundles share (an author, the software) is written once.
    """
    found: dict[str, dict[str, str]] = {}
    instants = []
    for name, bundle in bundles.items():
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
            raise ConverterError(f"{name}: no FHIR Bundle")
        instants.append(str(bundle.get("timestamp", "")))
        for kind, uid, line in _lines(name, bundle):
            known = found.setdefault(kind, {}).setdefault(uid, line)
            if known != line and kind not in ABOUT:
                raise ConverterError(
                    f"{name}: {kind}/{uid} differs from an earlier bundle's; export one extraction of it"
                )
    files = {
        f"{kind}.ndjson": "".join(f"{line}\n" for line in lines.values())
        for kind, lines in sorted(found.items())
    }
    when = timestamp or max(filter(None, instants), default="")
    if not when:
        raise ConverterError("no bundle has a timestamp; --timestamp gives the transactionTime")
    return {**files, MANIFEST: dumps(_manifest(found, when, request), pretty=True)}


def _lines(name: str, bundle: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    entries = [
        e for e in bundle.get("entry") or () if isinstance(e, dict) and isinstance(e.get("resource"), dict)
    ]
    places = {}
    for entry in entries:
        made = entry["resource"]
        if not made.get("resourceType") or not made.get("id"):
            raise ConverterError(f"{name}: a resource without type or id")
        places[entry.get("fullUrl")] = f"{made['resourceType']}/{made['id']}"
    made_of = [(e["resource"], _placed(e["resource"], places)) for e in entries]
    return [(str(r["resourceType"]), str(r["id"]), dumps(placed)) for r, placed in made_of]


def _placed(value: Any, places: Mapping[Any, str]) -> Any:
    if isinstance(value, list):
        return [_placed(item, places) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _placed(item, places) for name, item in value.items()}
    target = value.get("reference")
    return {**made, "reference": places[target]} if isinstance(target, str) and target in places else made


def _manifest(found: Mapping[str, Mapping[str, str]], when: str, request: str) -> Resource:
    output: Sequence[Resource] = [
        {"type": kind, "url": f"{kind}.ndjson", "count": len(lines)} for kind, lines in sorted(found.items())
    ]
    return {
        "transactionTime": when,
        "request": request or "casefhir export",
        "requiresAccessToken": False,
        "output": output,
        "error": [],
    }

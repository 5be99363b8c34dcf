"""A small FHIR server for the tests: conditional updates, transactions, versions, and the traps that real ones set.

As a function it serves httpx.MockTransport, as a program real sockets:
``python tests/unit/deliver_server.py PORT`` (0 for any; prints the one it took).
"""

from __future__ import annotations

import copy
import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Resource = dict[str, Any]
IDENTIFIED = [
    "AllergyIntolerance",
    "Composition",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "ImagingStudy",
    "Immunization",
    "Media",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "ServiceRequest",
    "Specimen",
]


class ServerError(Exception):
    def __init__(self, status: int, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.status = status


class SmallServer:
    """What stands on the server, and what it shall do wrong."""

    def __init__(self, base: str = "https://ehr.test/fhir") -> None:
        self.base = base
        self.versions: dict[tuple[str, str], list[Resource]] = {}
        self.requests: list[tuple[str, str]] = []
        self.faults: list[Callable[[str, str], Any]] = []
        """Each is asked once, in order: an answer (status, body, headers), an Exception to raise, or None to pass."""
        self.unidentified: set[str] = set()
        self.lock = threading.Lock()
        self.number = 0

    def put(self, resource: Resource) -> str:
        return self._write(copy.deepcopy(resource), resource.get("id"))

    def now(self) -> dict[str, Resource]:
        return {f"{kind}/{uid}": versions[-1] for (kind, uid), versions in self.versions.items()}

    def of(self, kind: str) -> list[Resource]:
        return [made for place, made in self.now().items() if place.startswith(f"{kind}/")]

    def answer(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        with self.lock:
            self.requests.append((method, url))
            fault = self.faults[0](method, url) if self.faults else None
            if fault is not None:
                self.faults.pop(0)
                if isinstance(fault, Exception):
                    raise fault
                return fault
            try:
                return self._do(method, url.removeprefix(self.base).lstrip("/"), body, headers)
            except ServerError as error:
                issue = {"severity": "error", "code": "processing", "diagnostics": str(error)}
                return error.status, {"resourceType": "OperationOutcome", "issue": [issue]}, {}

    def _do(
        self, method: str, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(url)
        path = [p for p in parts.path.split("/") if p]
        if method == "GET" and path == ["metadata"]:
            return 200, self._capability(), {}
        if method == "GET" and len(path) == 1:
            found = self._search(path[0], dict(parse_qsl(parts.query)))
            entries = [{"resource": made, "search": {"mode": "match"}} for made in found]
            return 200, {"resourceType": "Bundle", "type": "searchset", "entry": entries}, {}
        if method == "GET" and len(path) == 2:
            versions = self.versions.get((path[0], path[1]))
            return (200, versions[-1], {}) if versions else (404, None, {})
        if method == "POST" and not path:
            return 200, self._transaction(json.loads(body)), {}
        raise ServerError(400, f"{method} {parts.path}")

    def _capability(self) -> Resource:
        kinds = [
            {"type": kind, "searchParam": [{"name": "_tag" if kind in self.unidentified else "identifier"}]}
            for kind in [*IDENTIFIED, "Provenance"]
        ]
        return {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{"resource": kinds}]}

    def _search(self, kind: str, query: dict[str, str]) -> list[Resource]:
        wanted = {
            tuple(v.split("|")) for n in ("identifier", "_tag") for v in query.get(n, "").split(",") if v
        }
        if kind in self.unidentified and "identifier" in query:
            raise ServerError(400, "unknown parameter identifier")
        read = _tags if "_tag" in query else _identifiers
        return [made for made in self.of(kind) if wanted & read(made)]

    def _transaction(self, bundle: Resource) -> Resource:
        kept = copy.deepcopy(self.versions)
        try:
            return self._all(bundle["entry"])
        except ServerError:
            self.versions = kept
            raise

    def _all(self, entries: list[Resource]) -> Resource:
        places: dict[str, str] = {}
        targets = []
        seen: set[str] = set()
        for entry in entries:
            url = entry["request"]["url"]
            dropped = url in seen  # as HAPI does: the second of two equal conditional updates is passed over
            seen.add(url)
            uid = self._target(url, entry["request"].get("ifMatch"), entry["resource"])
            targets.append(None if dropped else uid)
            places[entry["fullUrl"]] = f"{url.partition('?')[0].partition('/')[0]}/{uid}"
        responses = []
        for entry, uid in zip(entries, targets, strict=True):
            if uid is not None:
                place = self._write(_linked(entry["resource"], places), uid)
                version = self.now()[place]["meta"]["versionId"]
                response = {
                    "status": "200 OK",
                    "location": f"{place}/_history/{version}",
                    "etag": f'W/"{version}"',
                }
            else:
                response = {"status": "200 OK", "location": f"{places[entry['fullUrl']]}/_history/1"}
            responses.append({"response": response})
        return {"resourceType": "Bundle", "type": "transaction-response", "entry": responses}

    def _target(self, url: str, match: str | None, body: Resource) -> str:
        kind, _, query = url.partition("?")
        if not query:
            kind, _, uid = url.partition("/")
            current = self.versions.get((kind, uid))
            if match and (not current or match != f'W/"{current[-1]["meta"]["versionId"]}"'):
                raise ServerError(412, f"{url} is another version")
            return uid
        found = self._search(kind, dict(parse_qsl(query)))
        if len(found) > 1:
            raise ServerError(412, f"{url} matches {len(found)}")
        if "id" in body:  # as some do: the body's id wins, and the resource stands there twice
            return str(body["id"])
        if found:
            return str(found[0]["id"])
        self.number += 1
        return f"n{self.number}"

    def _write(self, resource: Resource, uid: str | None) -> str:
        self.number += 1
        kind, uid = resource["resourceType"], uid or f"n{self.number}"
        versions = self.versions.setdefault((kind, uid), [])
        meta = {**resource.get("meta", {}), "versionId": str(len(versions) + 1)}
        versions.append({**resource, "id": uid, "meta": meta})
        return f"{kind}/{uid}"


def _identifiers(made: Resource) -> set[tuple[str, ...]]:
    named = made.get("identifier", [])
    return {(n.get("system", ""), n["value"]) for n in (named if isinstance(named, list) else [named])}


def _tags(made: Resource) -> set[tuple[str, ...]]:
    return {(t["system"], t["code"]) for t in made.get("meta", {}).get("tag", ())}


def _linked(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_linked(item, places) for item in value]
    if not isinstance(value, dict):
        return value
    made = {  # as HAPI does: nothing is rewritten in the extensions of primitives
        name: item if name.startswith("_") else _linked(item, places) for name, item in value.items()
    }
    if isinstance(made.get("reference"), str):
        made["reference"] = places.get(made["reference"], made["reference"])
        if made["reference"].startswith("urn:"):
            raise ServerError(400, f"{made['reference']} leads nowhere")
    return made


def serve(port: int) -> None:
    small = SmallServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path in ("/fhir/dump", "/fhir/forget"):
                told = {f"{k}/{i}": versions for (k, i), versions in small.versions.items()}
                if self.path == "/fhir/forget":
                    small.versions.clear()
                status, said, headers = 200, told, {}
            else:
                status, said, headers = small.answer(
                    self.command, self.path.removeprefix("/fhir"), body, dict(self.headers)
                )
            data = json.dumps(said).encode() if said is not None else b""
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/fhir+json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *args: Any) -> None:
            """Say nothing of senders that were killed."""

    server = Quiet(("127.0.0.1", port), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))

"""What the service says of itself: its CapabilityStatement and its OpenAPI description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from converter import __version__
from converter.fhir.ids import BASE
from converter.serve.media import HTML, JSON, RAW, XML, formats, report_types
from converter.serve.outcome import FHIR
from converter.serve.parameters import TEXTS, TYPES
from converter.serve.settings import Settings

CHANGED = "2026-11-22"
"""Day of the last change to the statement, which FHIR asks for."""
CONVERT = f"{BASE}.30.1"
VALIDATE = "http://hl7.org/fhir/OperationDefinition/Resource-validate"
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
SAID = {
    400: "Cannot be read as a request", 401: "Token missing or wrong", 403: "A page of another origin asked",
    406: "No such format to answer in", 408: "The body took too long", 413: "Body too large",
    415: "No such format of reports", 422: "Read, but not to be converted (no case report, damaged file)",
    429: "Too many requests of one client at once", 503: "All workers busy; try again",
    504: "Took too long, and was ended",
}  # fmt: skip


def capabilities() -> dict[str, Any]:
    """Make the CapabilityStatement: https://hl7.org/fhir/R4/capabilitystatement.html"""
    operations = [{"name": "convert", "definition": CONVERT}, {"name": "validate", "definition": VALIDATE}]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED,
        "kind": "instance",
        "software": {"name": "casefhir", "version": __version__},
        "implementation": {"description": "Case reports to FHIR; nothing is stored"},
        "fhirVersion": "4.0.1",
        "format": list(JSON[:2]),
        "rest": [{"mode": "server", "operation": operations}],
    }


def openapi(settings: Settings) -> dict[str, Any]:
    """Describe the interface: https://spec.openapis.org/oas/v3.1.0"""
    text = {"type": "string"}
    report = _under({}, *report_types(), RAW) | _under(text, "text/plain")
    report |= _under({"$ref": "#/components/schemas/Parameters"}, *JSON[:2])
    resources = _under(_resource(), *JSON[:2]) | _under({}, *XML)
    bundle = _under(_resource("Bundle", "OperationOutcome"), *JSON[:2]) | _under(text, HTML)
    outcome = _under({"$ref": "#/components/schemas/OperationOutcome"}, *JSON[:2])
    licence = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "casefhir", "version": __version__, "license": licence},
        "paths": {
            "/$convert": {"post": _operation("convert", report, bundle, _options(), settings)},
            "/$validate": {"post": _operation("validate", resources, outcome, [], settings)},
            "/metadata": {"get": _fixed("metadata", _under(_resource("CapabilityStatement"), FHIR))},
            "/healthz": {"get": _fixed("healthz", _under(text, "text/plain"))},
            "/openapi.json": {"get": _fixed("openapi", _under({"type": "object"}, "application/json"))},
        },
        "components": {
            "schemas": {"Parameters": _parameters(), "OperationOutcome": _outcome()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _under(schema: dict[str, Any], *media: str) -> dict[str, Any]:
    """Put a schema under media types."""
    return {name: {"schema": schema} for name in media}


def _operation(
    name: str, content: dict[str, Any], good: dict[str, Any], options: list[Any], settings: Settings
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": name,
        "requestBody": {"required": True, "content": content},
        "parameters": [*options, _format(good)],
        "responses": {"200": {"description": "Done", "content": good}, **_errors(SAID)},
    }
    return {**made, "security": [{"token": []}]} if settings.token else made


def _fixed(name: str, content: dict[str, Any]) -> dict[str, Any]:
    said = {"200": {"description": "Always the same", "content": content}}
    return {
        "operationId": name,
        "parameters": [_format(content)] if FHIR in content else [],
        "responses": {**said, **_errors((400, 406))},
    }


def _errors(statuses: Iterable[int]) -> dict[str, Any]:
    content = _under({"$ref": "#/components/schemas/OperationOutcome"}, FHIR)
    return {str(one): {"description": SAID[one], "content": content} for one in statuses}


def _resource(*kinds: str) -> dict[str, Any]:
    """Describe a resource, of certain types or of any."""
    kind = {"type": "string", **({"enum": list(kinds)} if kinds else {})}
    return {"type": "object", "required": ["resourceType"], "properties": {"resourceType": kind}}


def _options() -> list[dict[str, Any]]:
    return [
        _query("type", {"enum": list(TYPES)}),
        _query("source-text", {"enum": list(TEXTS)}),
        _query("admission-date", {"type": "string", "format": "date"}),
        _query("patient", {"type": "integer", "minimum": 1, "maximum": 999}),
    ]


def _format(content: Iterable[str]) -> dict[str, Any]:
    return _query("_format", {"enum": formats(*content)})


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _parameters() -> dict[str, Any]:
    data = {"type": "string", "contentEncoding": "base64", "pattern": BASE64}
    media = {"type": "string", "enum": [*report_types(), RAW]}
    attachment = {
        "type": "object",
        "required": ["data"],
        "properties": {"contentType": media, "data": data, "title": {"type": "string"}},
    }
    report = {
        "type": "object",
        "required": ["name", "valueAttachment"],
        "properties": {"name": {"const": "report"}, "valueAttachment": attachment},
    }
    return {
        "type": "object",
        "required": ["resourceType", "parameter"],
        "properties": {
            "resourceType": {"const": "Parameters"},
            "parameter": {"type": "array", "items": report, "minItems": 1, "maxItems": 1},
        },
    }


def _outcome() -> dict[str, Any]:
    issue = {
        "type": "object",
        "required": ["severity", "code"],
        "properties": {"severity": {"type": "string"}},
    }
    return {
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {"type": "array", "items": issue},
        },
    }

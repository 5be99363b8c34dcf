"""A request -> what is asked: the report and its options, from the query and from FHIR Parameters.

https://hl7.org/fhir/R4/parameters.html, https://hl7.org/fhir/R4/datatypes.html#Attachment
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from converter.fhir.json import loads
from converter.serve.media import JSON, RAW, bare, report_types
from converter.serve.outcome import RefusalError

BundleType = Literal["document", "transaction", "collection"]
TYPES: tuple[BundleType, ...] = get_args(BundleType)
TEXTS = ("keep", "omit")
VALUES = {
    "type": "valueCode",
    "source-text": "valueCode",
    "admission-date": "valueDate",
    "patient": "valuePositiveInt",
}
"""Options of $convert, in the query and as parameters alike, with the type of each as a parameter."""
SLASHES = re.compile(r".*[/\\]", re.DOTALL)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One conversion."""

    data: bytes
    name: str = "report"
    type: BundleType = "document"
    source_text: bool = True
    admission_date: str = ""
    patient: int = 0
    """Number of the patient that is asked for; 0 for all."""


def asked(body: bytes, media: str, query: Mapping[str, str]) -> Asked:
    """Read what is asked; a Parameters resource's own options go before those of the query."""
    if media not in JSON:
        return _asked(body, "report", query)
    parameters = _parameters(body)
    data, name = _report(parameters)
    given = {
        str(one["name"]): _value(one, n)
        for n, one in enumerate(parameters)
        if isinstance(one, dict) and one.get("name") != "report"
    }
    return _asked(data, name, {**query, **given})


def resource(value: Any) -> Any:
    """Give the resource that a Parameters holds for $validate; None where the value itself is meant.

    https://hl7.org/fhir/R4/resource-operation-validate.html
    """
    if not isinstance(value, dict) or value.get("resourceType") != "Parameters":
        return None
    parameters = value.get("parameter")
    for one in parameters if isinstance(parameters, list) else ():
        if isinstance(one, dict) and one.get("name") == "resource" and isinstance(one.get("resource"), dict):
            return one["resource"]
    return None


def _parameters(body: bytes) -> list[Any]:
    try:
        value = loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RefusalError(400, "the body is not JSON in UTF-8") from None
    if not isinstance(value, dict) or value.get("resourceType") != "Parameters":
        raise RefusalError(400, "send a Parameters resource, or the report itself with its own Content-Type")
    parameters = value.get("parameter")
    if not isinstance(parameters, list) or not parameters:
        raise RefusalError(400, "no parameters; give one named report", "Parameters.parameter")
    for number, one in enumerate(parameters):
        known = isinstance(one, dict) and one.get("name") in ("report", *VALUES)
        if not known:
            raise RefusalError(
                400, f"parameters are report, {', '.join(VALUES)}", f"Parameters.parameter[{number}]"
            )
    return parameters


def _report(parameters: list[Any]) -> tuple[bytes, str]:
    """Give the report's bytes and name."""
    found = [(n, one) for n, one in enumerate(parameters) if one["name"] == "report"]
    if len(found) != 1:
        raise RefusalError(400, "give one parameter named report", "Parameters.parameter")
    number, report = found[0]
    place = f"Parameters.parameter[{number}].value"
    if isinstance(report.get("valueString"), str):
        return report["valueString"].encode("utf-8", "replace"), "report"
    attachment = report.get("valueAttachment")
    if not isinstance(attachment, dict) or not isinstance(attachment.get("data"), str):
        raise RefusalError(
            400, "give valueAttachment with data (an url is not fetched), or valueString", place
        )
    media = attachment.get("contentType", RAW)
    if not isinstance(media, str) or bare(media) not in (*report_types(), RAW):
        raise RefusalError(415, f"reports are {', '.join(report_types())}", f"{place}.contentType")
    title = attachment.get("title", "")
    if not isinstance(title, str):
        raise RefusalError(400, "title is a string", f"{place}.title")
    try:
        data = base64.b64decode("".join(attachment["data"].split()), validate=True)
    except (binascii.Error, ValueError):
        raise RefusalError(400, "data is not base64", f"{place}.data") from None
    return data, SLASHES.sub("", title)[:LONGEST] or "report"


def _value(parameter: Mapping[str, Any], number: int) -> str:
    """Give an option's value as the query would have it."""
    kind = VALUES[parameter["name"]]
    value = parameter.get(kind)
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise RefusalError(400, f"{parameter['name']} takes {kind}", f"Parameters.parameter[{number}]")


def _asked(data: bytes, name: str, given: Mapping[str, str]) -> Asked:
    kind = next((one for one in TYPES if one == given.get("type", "document")), None)
    text = given.get("source-text", "keep")
    if kind is None:
        raise RefusalError(400, f"type is one of {', '.join(TYPES)}")
    if text not in TEXTS:
        raise RefusalError(400, f"source-text is one of {', '.join(TEXTS)}")
    admitted, patient = given.get("admission-date", ""), given.get("patient", "0")
    try:
        admission = date.fromisoformat(admitted).isoformat() if admitted else ""
    except ValueError:
        raise RefusalError(400, "admission-date is a date such as 2024-03-09") from None
    if not re.fullmatch(r"[0-9]{1,3}", patient) or ("patient" in given and not int(patient)):
        raise RefusalError(400, "patient is a number from 1 on")
    return Asked(data, name, kind, text == "keep", admission, int(patient))

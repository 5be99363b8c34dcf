"""More defects, chosen by what other validators look for: the check must name the defect and its place."""

from __future__ import annotations

import importlib.util
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from converter.check import narrative


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


base = load("test_check")
good, put, drop, inside, div, find = base.good, base.put, base.drop, base.inside, base.div, base.find
Change = base.Change

MORE: list[tuple[str, Change, str, str]] = [
    # primitives
    ("id longer than 64", put("crp", id="a" * 65), "BND002", ".id"),
    ("uri with a blank", lambda b: b["identifier"].update(system="urn:a b"), "BND002", "identifier.system"),
    ("positiveInt of 0", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(frequency=0), "BND002", "frequency"),
    ("integer out of range", put("dialysis", valueInteger=2**31), "BND002", "value"),
    ("fraction for an integer", put("dialysis", valueInteger=Decimal("6.0")), "BND002", "value"),
    ("boolean as a number", put("patient", active=1), "BND002", "active"),
    ("year 0000", put("patient", birthDate="0000"), "BND010", "birthDate"),
    ("hour 24", lambda b: b.update(timestamp="2024-02-29T24:00:00Z"), "BND010", "timestamp"),
    ("zone without colon", lambda b: b.update(timestamp="2024-02-29T10:00:00+0900"), "BND010", "timestamp"),
    ("date with slashes", put("composition", date="2024/02/29"), "BND010", "date"),
    ("base64 that is none", lambda b: find(b, "text")["content"][0]["attachment"].update(data="???"), "BND002", "data"),
    ("control character", inside("crp", "code", text="a\u0001b"), "BND002", "code.text"),
    ("language that is none", put("composition", language="english, US"), "BND006", "language"),
    ("media type that is none", lambda b: find(b, "text")["content"][0]["attachment"].update(contentType="text"), "BND006", "contentType"),
    ("identifier that is no URI", put("crp", identifier=[{"system": "urn:ietf:rfc:3986", "value": "7"}]), "BND007", "identifier[0]"),
    ("oid that is none", lambda b: b["identifier"].update(system="urn:oid:1.x"), "BND002", "identifier.system"),
    ("system that is relative", inside("crp", "category", 0, "coding", 0, system="observation-category"), "BND002", "coding[0].system"),
    ("unit of a coding", inside("crp", "code", "coding", 0, system=good.UCUM, code="mmHg"), "BND011", "coding[0].code"),
    # structure
    ("value of a type R4 does not allow", lambda b: (find(b, "crp").pop("valueQuantity"), find(b, "crp").update(valueDecimal=5)), "BND002", "valueDecimal"),
    ("extension without url", lambda b: find(b, "patient")["extension"].append({"valueCode": "x"}), "BND002", "extension[1]"),
    ("extension url that is relative", lambda b: find(b, "patient")["extension"].append({"url": "mine", "valueCode": "x"}), "BND002", "extension[1]"),
    ("modifierExtension nobody knows", put("crp", modifierExtension=[{"url": "http://hl7.org/fhir/StructureDefinition/none", "valueCode": "x"}]), "BND002", "modifierExtension[0]"),
    ("null in a list", lambda b: find(b, "crp")["category"].append(None), "BND002", "category[1]"),
    ("resource of no known type", lambda b: b["entry"][5]["resource"].update(resourceType="Observations"), "BND002", "entry[5]"),
    ("type in small letters", lambda b: b["entry"][5]["resource"].update(resourceType="observation"), "BND002", "entry[5]"),
    ("element in snake_case", put("crp", reference_range=[{}]), "BND002", "reference_range"),
    ("narrative without div", lambda b: find(b, "composition")["text"].pop("div"), "BND002", "text"),
    ("narrative without status", lambda b: find(b, "composition")["text"].pop("status"), "BND002", "text"),
    ("contained without id", put("crp", contained=[{"resourceType": "Practitioner"}]), "BND007", "contained[0]"),
    ("dom-4", base.contained({"resourceType": "Practitioner", "id": "p", "meta": {"versionId": "1"}}, reference="#p"), "BND007", "contained[0]"),
    ("dom-5", base.contained({"resourceType": "Practitioner", "id": "p", "meta": {"security": [{"code": "R"}]}}, reference="#p"), "BND007", "contained[0]"),
    ("no author", drop("composition", "author"), "BND002", "author"),
    ("no title", drop("composition", "title", "_title"), "BND002", "title"),
    ("no status of a report", drop("report", "status"), "BND002", ".status"),
    ("no class of an encounter", drop("stay", "class"), "BND002", ".class"),
    ("no subject of a condition", drop("pneumonia", "subject"), "BND002", ".subject"),
    ("no relationship", drop("mother", "relationship"), "BND002", ".relationship"),
    ("no target of a provenance", drop("provenance", "target"), "BND002", ".target"),
    ("no agent of a provenance", drop("provenance", "agent"), "BND002", ".agent"),
    # codes
    ("role of an entity", lambda b: find(b, "provenance")["entity"][0].update(role="origin"), "BND006", ".role"),
    ("status of an encounter", put("stay", status="done"), "BND006", ".status"),
    ("status of a report", put("report", status="done"), "BND006", ".status"),
    ("status of a study", put("study", status="done"), "BND006", ".status"),
    ("unit of time", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(periodUnit="day"), "BND006", "periodUnit"),
    ("verification status", put("pneumonia", verificationStatus=good.hl7("condition-ver-status", "sure")), "BND006", "verificationStatus"),
    ("bundle type", lambda b: b.update(type="doc"), "BND006", "Bundle.type"),
    ("identifier use", lambda b: b["identifier"].update(use="main"), "BND006", "identifier.use"),
    ("name use", put("author", name=[{"text": "x", "use": "pen"}]), "BND006", "name[0].use"),
    ("contact system", put("author", telecom=[{"system": "icq", "value": "1"}]), "BND006", "telecom[0].system"),
    ("request method", lambda b: (b.update(type="transaction"), [e.update(request={"method": "SEND", "url": "x"}) for e in b["entry"]]), "BND006", "request.method"),
    ("interpretation of no system", put("crp", interpretation=[good.hl7("v3-ObservationInterpretation", "ZZ")]), "BND006", "interpretation"),
    ("unit code is empty", inside("crp", "valueQuantity", code=""), "BND009", "code"),
    ("unit with an unknown prefix", inside("crp", "valueQuantity", code="Xg/dL"), "BND011", "code"),
    ("unit with an open bracket", inside("crp", "valueQuantity", code="mm[Hg"), "BND011", "code"),
    # invariants
    ("att-1", lambda b: find(b, "text")["content"][0]["attachment"].pop("contentType"), "BND007", "attachment"),
    ("age-1", inside("mother", "condition", 0, "onsetAge", code="mg"), "BND007", "onset"),
    ("cpt-2", put("author", telecom=[{"value": "1"}]), "BND007", "telecom[0]"),
    ("tim-2", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].pop("periodUnit"), "BND007", "repeat"),
    ("tim-1", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(duration=2), "BND007", "repeat"),
    ("tim-4", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(duration=-2, durationUnit="d"), "BND007", "repeat"),
    ("tim-5", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(period=-1), "BND007", "repeat"),
    ("tim-9", lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(offset=5), "BND007", "repeat"),
    ("sqr", put("crp", valueQuantity={"value": 5, "code": "mg/dL", "unit": "mg/dL"}), "BND007", "Quantity"),
    ("obs-7", put("crp", component=[{"code": find(good.sample(), "crp")["code"], "valueInteger": 5}]), "BND007", ""),
    ("org-1", lambda b: b["entry"].append({"fullUrl": good.urn("org"), "resource": {"resourceType": "Organization", "id": good.urn("org")[9:], "active": True}}), "BND007", "entry"),
    ("pat-1", put("patient", contact=[{"gender": "female"}]), "BND007", "contact[0]"),
    ("cmp-2", lambda b: find(b, "composition")["section"][0].update(emptyReason={"text": "x", "_text": good.ko("엑스")}), "BND007", "section[0]"),
    ("con-1", put("pneumonia", stage=[{"type": {"text": "x", "_text": good.ko("엑스")}}]), "BND007", "stage[0]"),
    ("con-2", put("pneumonia", evidence=[{"id": "a"}]), "BND007", "evidence[0]"),
    ("fhs-2", put("mother", estimatedAge=True), "BND007", ""),
    ("ait-2", put("latex", verificationStatus=good.hl7("allergyintolerance-verification", "entered-in-error")), "BND007", ""),
    ("img-1", put("study", series=[{"uid": "urn:oid:1.2", "modality": {"code": "CT"}, "instance": [{"uid": "1.2"}]}]), "BND002", "sopClass"),
    ("bdl-2", lambda b: b["entry"][0].update(search={"mode": "match"}), "BND007", "entry[0]"),
    ("bdl-4", lambda b: b["entry"][0].update(response={"status": "200"}), "BND007", "entry[0]"),
    ("bdl-5", lambda b: b["entry"].append({"link": [{"relation": "x", "url": "http://x.test"}]}), "BND007", "entry"),
    ("bdl-8", lambda b: b["entry"][-1].update(fullUrl="http://x.test/Provenance/1/_history/2"), "BND007", "fullUrl"),
    ("fullUrl of another id", lambda b: b["entry"][-1].update(fullUrl="http://x.test/Provenance/other"), "BND007", "fullUrl"),
    ("fullUrl that is relative", lambda b: b["entry"][-1].update(fullUrl="Provenance/1"), "BND007", "fullUrl"),
    # narratives
    ("element that XHTML lacks", div(f"<div {good.XHTML}><blink>x</blink></div>"), "BND008", "div"),
    ("form in a narrative", div(f'<div {good.XHTML}><form action="x"><input/></form></div>'), "BND008", "div"),
    ("frame in a narrative", div(f'<div {good.XHTML}><iframe src="http://x.test"></iframe></div>'), "BND008", "div"),
    ("entity that XML lacks", div(f"<div {good.XHTML}>a&nbsp;b</div>"), "BND008", "div"),
    ("processing instruction", div(f"<div {good.XHTML}><?php x ?>x</div>"), "BND008", "div"),
    ("text around the div", div(f"x<div {good.XHTML}>x</div>"), "BND008", "div"),
    # references
    ("reference with a blank", put("crp", encounter={"reference": "Encounter/a b"}), "BND003", "encounter"),
    ("reference of no known type", put("crp", encounter={"reference": "Stay/1"}), "BND003", "encounter"),
    ("Reference.type of no known type", put("crp", encounter={**good.ref("stay"), "type": "Stay"}), "BND004", "encounter"),
    ("result that is no observation", put("report", result=[good.ref("pneumonia")]), "BND004", "result[0]"),
    ("author that cannot be one", put("composition", author=[good.ref("crp")]), "BND004", "author[0]"),
    ("study that is none", put("report", imagingStudy=[good.ref("nodule")]), "BND004", "imagingStudy[0]"),
    # displays and languages
    ("display of another status", put("pneumonia", clinicalStatus={"coding": [{"system": f"{good.TERMINOLOGY}/condition-clinical", "code": "resolved", "display": "Active"}]}), "BND012", "display"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "place"), [row[1:] for row in MORE], ids=[row[0] for row in MORE])
def test_defect_is_named(change: Change, code: str, place: str) -> None:
    issues = base.broken(change)
    assert [issue for issue in issues if issue.code == code and place in issue.path], issues


@pytest.mark.parametrize(
    "inner",
    ["<p>a</p>", "<p>&lt;3 mm &amp; more</p><p>나</p>", "<ul><li>a</li><li>b</li></ul>", "<p></p>", "<p> </p>", "<ul></ul>",
     "<p>a</p>b", "<p>a&nbsp;b</p>", "<p>a<b></p>", "<p>a]]></p>", "<p>\x01</p>", "<p>a</ul>", "<p x='1'>a</p>", "<p>a</p"],
)  # fmt: skip
def test_usual_narratives_are_right_by_the_parser_too(inner: str) -> None:
    written = f"<div {good.XHTML}>{inner}</div>"
    usual = narrative.USUAL.fullmatch(written) is not None
    assert usual <= (not list(narrative._wrong(written)))
    assert usual == (
        inner in ("<p>a</p>", "<p>&lt;3 mm &amp; more</p><p>나</p>", "<ul><li>a</li><li>b</li></ul>")
    )

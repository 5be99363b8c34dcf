"""The good bundle broken in one place each: the check must name the defect and its place."""

from __future__ import annotations

import base64
import importlib.util
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter.check import check
from converter.issues import Issue, Severity
from converter.model import Span

HERE = Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("check_sample", HERE / "test_check_sample.py")
assert SPEC is not None
assert SPEC.loader is not None
good = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(good)

Json = dict[str, Any]
Change = Callable[[Json], Any]


def find(bundle: Json, name: str) -> Json:
    """Give a resource of the sample by the name it was made with."""
    found: Json = next(e["resource"] for e in bundle["entry"] if e["fullUrl"] == good.urn(name))
    return found


def broken(change: Change, **options: Any) -> tuple[Issue, ...]:
    bundle = good.sample()
    change(bundle)
    return check(bundle, structure=False, **options)


def put(key: str, /, **elements: Any) -> Change:
    """Set elements of a resource."""
    return lambda bundle: find(bundle, key).update(elements)


def drop(name: str, *keys: str) -> Change:
    """Take elements out of a resource."""
    return lambda bundle: [find(bundle, name).pop(key) for key in keys]


def inside(key: str, /, *steps: str | int, **elements: Any) -> Change:
    """Set elements somewhere inside a resource."""

    def change(bundle: Json) -> None:
        here: Any = find(bundle, key)
        for step in steps:
            here = here[step]
        here.update(elements)

    return change


def div(body: str) -> Change:
    return put("composition", text={"status": "generated", "div": body})


def contained(resource: Json, **reference: str) -> Change:
    more = {"performer": [reference]} if reference else {}
    return put("crp", contained=[resource], **more)


def swap(name: str, old: str, new: str) -> Change:
    """Move the evidence of a resource to other words."""
    assert old in good.TEXT
    return put(name, extension=good.seen(new))


def cut_span(name: str, offset: int, length: int) -> Change:
    return put(name, extension=[good.span(offset, length)])


MERGED = {"system": f"{good.TERMINOLOGY}/condition-clinical", "code": "gone"}
WRONG_PERSON = good.ref("pneumonia")
UNKNOWN_URN = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}
FOREIGN = "http://hl7.org/fhir/StructureDefinition/no-such-extension"
REPORT = "conclusion"

DEFECTS: list[tuple[str, Change, str, str]] = [
    # structure
    ("unknown element", put("crp", colour="red"), "BND002", "colour"),
    (
        "unknown nested element",
        inside("pressure", "component", 0, colour="red"),
        "BND002",
        "component[0].colour",
    ),
    ("missing required element", drop("crp", "code"), "BND002", ".code"),
    (
        "missing nested element",
        lambda b: find(b, "pressure")["component"][0].pop("code"),
        "BND002",
        "component[0].code",
    ),
    ("list for a single element", put("crp", code=[good.concept("x", "엑스")]), "BND002", ".code"),
    ("single element for a list", put("crp", category={"text": "x"}), "BND002", ".category"),
    ("number for a string", inside("crp", "valueQuantity", unit=5), "BND002", ".unit"),
    ("string for a number", inside("crp", "valueQuantity", value="5.10"), "BND002", ".value"),
    ("string for a boolean", put("patient", active="true"), "BND002", ".active"),
    ("object expected", put("crp", code="CRP"), "BND002", ".code"),
    ("two types of one choice", put("crp", valueString="5.10"), "BND002", "value"),
    (
        "resource without type",
        lambda b: b["entry"][0]["resource"].pop("resourceType"),
        "BND002",
        "entry[0].resource",
    ),
    ("bad id", put("crp", id="a b"), "BND002", ".id"),
    ("bad code form", inside("crp", "valueQuantity", code="mg /dL "), "BND002", ".code"),
    (
        "extension HL7 does not have",
        inside("crp", "valueQuantity", extension=[{"url": FOREIGN, "valueCode": "x"}]),
        "BND002",
        "extension[0]",
    ),
    (
        "extension value of the wrong type",
        put(
            "patient",
            _birthDate={
                "extension": [{"url": good.absent("x")["extension"][0]["url"], "valueString": "masked"}]
            },
        ),
        "BND002",
        "birthDate",
    ),
    ("list of nothing but null", put("author", name=[None]), "BND002", "name[0]"),
    # references
    ("dangling reference", put("crp", encounter=UNKNOWN_URN), "BND003", ".encounter"),
    (
        "dangling relative reference",
        put("crp", subject={"reference": "Patient/nobody"}),
        "BND003",
        ".subject",
    ),
    ("nothing contained", put("crp", subject={"reference": "#p"}), "BND003", ".subject"),
    ("empty reference", put("crp", subject={"type": "Patient"}), "BND003", ".subject"),
    (
        "evidence of a text that is not there",
        lambda b: find(b, "crp")["extension"][0]["extension"][0].update(valueReference=UNKNOWN_URN),
        "BND003",
        "extension[0]",
    ),
    ("wrong type by urn", put("crp", subject=WRONG_PERSON), "BND004", ".subject"),
    (
        "wrong type by name",
        put("crp", subject={"reference": f"Condition/{good.urn('pneumonia')[9:]}"}),
        "BND004",
        ".subject",
    ),
    (
        "wrong type by address",
        put("crp", subject={"reference": "https://fhir.test/r4/Condition/1"}),
        "BND004",
        ".subject",
    ),
    (
        "type contradicts target",
        put("crp", subject={**good.ref("patient"), "type": "Group"}),
        "BND004",
        ".subject",
    ),
    # duplicates
    ("entry twice", lambda b: b["entry"].append(b["entry"][5]), "BND005", "fullUrl"),
    (
        "id twice",
        lambda b: b["entry"].append({"fullUrl": good.urn("other"), "resource": find(b, "crp")}),
        "BND005",
        ".id",
    ),
    # required codes
    ("status of no such kind", put("crp", status="done"), "BND006", ".status"),
    ("gender", put("patient", gender="f"), "BND006", ".gender"),
    ("required concept", put("pneumonia", clinicalStatus={"coding": [MERGED]}), "BND006", ".clinicalStatus"),
    (
        "required concept as text",
        put("pneumonia", clinicalStatus=good.concept("active", "활동")),
        "BND006",
        ".clinicalStatus",
    ),
    ("comparator", inside("crp", "valueQuantity", comparator="~"), "BND006", ".comparator"),
    ("data absent reason", put("patient", _birthDate=good.absent("secret")), "BND006", "birthDate"),
    (
        "data absent reason as concept",
        lambda b: (
            find(b, "urine").pop("valueString"),
            find(b, "urine").update(dataAbsentReason=good.hl7("data-absent-reason", "secret")),
        ),
        "BND006",
        "dataAbsentReason",
    ),
    (
        "no such category",
        put("crp", category=[good.hl7("observation-category", "lab")]),
        "BND006",
        "category",
    ),
    (
        "relationship in time",
        lambda b: find(b, "crp")["_effectiveDateTime"]["extension"][1]["extension"][2].update(
            valueCode="later"
        ),
        "BND006",
        "effective",
    ),
    ("narrative status", lambda b: find(b, "composition")["text"].update(status="good"), "BND006", ".status"),
    # invariants
    (
        "obs-3",
        put(
            "crp",
            referenceRange=[
                {"extension": good.seen("0.0-0.5"), "type": {"text": "x", "_text": good.ko("엑스")}}
            ],
        ),
        "BND007",
        "referenceRange",
    ),
    ("obs-6", put("crp", dataAbsentReason=good.hl7("data-absent-reason", "unknown")), "BND007", ""),
    ("con-4", put("pneumonia", clinicalStatus=good.hl7("condition-clinical", "active")), "BND007", ""),
    (
        "con-5",
        put("pneumonia", verificationStatus=good.hl7("condition-ver-status", "entered-in-error")),
        "BND007",
        "",
    ),
    (
        "con-3",
        lambda b: (
            drop("pneumonia", "clinicalStatus", "abatementString")(b),
            put("pneumonia", category=[good.hl7("condition-category", "problem-list-item")])(b),
        ),
        "BND007",
        "",
    ),
    ("ait-1", drop("latex", "clinicalStatus"), "BND007", ""),
    (
        "dom-2",
        contained(
            {
                "resourceType": "Practitioner",
                "id": "p",
                "contained": [{"resourceType": "Practitioner", "id": "q"}],
            },
            reference="#p",
        ),
        "BND007",
        "contained[0]",
    ),
    ("dom-3", contained({"resourceType": "Practitioner", "id": "p"}), "BND007", "contained[0]"),
    ("qty-3", lambda b: find(b, "crp")["valueQuantity"].pop("system"), "BND007", "Quantity"),
    (
        "rng-2",
        lambda b: find(b, "crp")["referenceRange"][0].update(
            low=good.quantity("0.5", "mg/dL", "mg/dL"), high=good.quantity("0.0", "mg/dL", "mg/dL")
        ),
        "BND007",
        "referenceRange",
    ),
    ("rat-1", lambda b: find(b, "titre")["valueRatio"].pop("denominator"), "BND007", "Ratio"),
    ("per-1", put("stay", period={"start": "2024-03-02", "end": "2024-03-01"}), "BND007", ".period"),
    ("ext-1", lambda b: find(b, "patient")["extension"].append({"url": "urn:x:y"}), "BND007", "extension[1]"),
    ("bdl-1", lambda b: b.update(total=3), "BND007", "total"),
    (
        "bdl-3",
        lambda b: b["entry"][0].update(request={"method": "POST", "url": "Composition"}),
        "BND007",
        "entry[0]",
    ),
    (
        "cmp-1",
        put("composition", section=[{"title": "x", "_title": good.ko("엑스")}]),
        "BND007",
        "section[0]",
    ),
    ("fhs-1", put("mother", ageString="x", bornString="y"), "BND007", ""),
    # narratives
    ("script", div(f"<div {good.XHTML}><script>x</script></div>"), "BND008", "div"),
    ("not well-formed", div(f"<div {good.XHTML}><p>x</div>"), "BND008", "div"),
    ("not XHTML", div("<div>x</div>"), "BND008", "div"),
    ("event handler", div(f'<div {good.XHTML}><p onclick="x">x</p></div>'), "BND008", "div"),
    ("script in a link", div(f'<div {good.XHTML}><a href="javascript:x">x</a></div>'), "BND008", "div"),
    ("entity", div(f'<!DOCTYPE div [<!ENTITY a "b">]><div {good.XHTML}>&a;</div>'), "BND008", "div"),
    ("nothing to read", div(f"<div {good.XHTML}> </div>"), "BND008", "div"),
    ("language not said", div('<div xmlns="http://www.w3.org/1999/xhtml">x</div>'), "BND008", "div"),
    # empties
    ("empty list", put("crp", note=[]), "BND009", "note"),
    ("empty object", put("crp", method={}), "BND009", "method"),
    ("empty string", put("patient", name=[{"text": ""}]), "BND009", "name[0].text"),
    ("blank string", put("patient", name=[{"text": " "}]), "BND009", "name[0].text"),
    ("null", put("patient", gender=None), "BND009", "gender"),
    # dates
    ("day that is not", put("patient", birthDate="2023-02-29"), "BND010", "birthDate"),
    ("month that is not", put("composition", date="2024-13"), "BND010", "date"),
    ("time without zone", put("stay", period={"start": "2024-01-01T10:00:00"}), "BND010", "period"),
    ("instant without time", lambda b: b.update(timestamp="2024-01-01"), "BND010", "timestamp"),
    ("date in words", put("composition", date="29 Feb 2024"), "BND010", "date"),
    # units and displays
    ("unit as printed", inside("pressure", "component", 0, "valueQuantity", code="mmHg"), "BND011", "code"),
    ("unit in capitals", inside("platelets", "valueQuantity", code="K/UL"), "BND011", "code"),
    (
        "display of another code",
        inside("crp", "category", 0, "coding", 0, display="Imaging"),
        "BND012",
        "display",
    ),
    (
        "display of another relative",
        inside("mother", "relationship", "coding", 0, display="father"),
        "BND012",
        "display",
    ),
    # documents
    ("bdl-9", lambda b: b.pop("identifier"), "BND013", "Bundle"),
    ("bdl-9 system", lambda b: b["identifier"].pop("system"), "BND013", "Bundle"),
    ("bdl-10", lambda b: b.pop("timestamp"), "BND013", "Bundle"),
    ("bdl-11", lambda b: b["entry"].append(b["entry"].pop(0)), "BND013", "entry[0]"),
    ("entry without fullUrl", lambda b: b["entry"][-1].pop("fullUrl"), "BND013", "entry"),
    ("out of reach", lambda b: find(b, "composition")["section"][0]["entry"].pop(), "BND013", "entry"),
    # fidelity
    ("no evidence", drop("crp", "extension"), "FID001", ""),
    ("no evidence of a drug", drop("drug", "extension"), "FID001", ""),
    ("a zero lost", inside("crp", "valueQuantity", value=Decimal("5.1")), "FID002", "value"),
    ("a digit changed", inside("platelets", "valueQuantity", value=32323), "FID002", "value"),
    ("a place lost", inside("crp", "valueQuantity", value=Decimal("51.0")), "FID002", "value"),
    ("age of somebody else", inside("age", "valueQuantity", value=60), "FID002", "value"),
    (
        "reference range",
        lambda b: find(b, "crp")["referenceRange"][0]["high"].update(value=Decimal("0.8")),
        "FID002",
        "referenceRange",
    ),
    ("component", inside("pressure", "component", 1, "valueQuantity", value=90), "FID002", "component[1]"),
    ("titre", inside("titre", "valueRatio", "denominator", value=640), "FID002", "denominator"),
    (
        "dose",
        lambda b: find(b, "drug")["dosage"][0]["doseAndRate"][0]["doseQuantity"].update(value=4),
        "FID002",
        "dose",
    ),
    (
        "frequency",
        lambda b: find(b, "drug")["dosage"][0]["timing"]["repeat"].update(frequency=3),
        "FID002",
        "frequency",
    ),
    ("number in words", put("urine", valueString="4+"), "FID002", "valueString"),
    ("count from a Korean word", put("dialysis", valueInteger=7), "FID002", "value"),
    (
        "onset of a relative",
        lambda b: find(b, "mother")["condition"][0]["onsetAge"].update(value=61),
        "FID002",
        "onset",
    ),
    (
        "time without its words",
        lambda b: find(b, "crp")["_effectiveDateTime"]["extension"].pop(2),
        "FID002",
        "effective",
    ),
    (
        "words that are not there",
        lambda b: find(b, "crp")["_effectiveDateTime"]["extension"][2].update(valueString="On the tenth day"),
        "FID002",
        "effective",
    ),
    ("span past the end", cut_span("crp", len(good.TEXT) - 3, 10), "FID004", "extension[0]"),
    ("span before the start", cut_span("crp", -1, 10), "FID004", "extension[0]"),
    ("span of nothing", cut_span("crp", 5, 0), "FID004", "extension[0]"),
    ("finding without Korean", drop("report", "_conclusion"), "FID005", REPORT),
    ("name without Korean", inside("crp", "code", _text=good.absent("unknown")), "FID005", "code.text"),
    (
        "text altered",
        lambda b: find(b, "text")["content"][0]["attachment"].update(
            data=base64.b64encode(good.TEXT.replace("5.10", "6.10").encode()).decode()
        ),
        "FID006",
        "hash",
    ),
    ("size", lambda b: find(b, "text")["content"][0]["attachment"].update(size=5), "FID006", "size"),
]


@pytest.mark.parametrize(
    ("change", "code", "place"), [row[1:] for row in DEFECTS], ids=[row[0] for row in DEFECTS]
)
def test_defect_is_named(change: Change, code: str, place: str) -> None:
    issues = broken(change)
    assert [issue for issue in issues if issue.code == code and place in issue.path], issues


@pytest.mark.parametrize("text", ["", "x" * 300])
def test_messages_hold_no_text_of_the_bundle(text: str) -> None:
    secret = "Gildong" + text
    bundle = json.loads(json.dumps(good.sample(), default=float).replace("C-reactive protein", secret))
    bundle["entry"][-2]["resource"][secret] = secret
    find(bundle, "crp")["status"] = secret
    find(bundle, "crp")["valueQuantity"]["code"] = secret
    issues = check(bundle)
    assert issues
    assert not [issue for issue in issues if secret in issue.message or secret in issue.hint]


def test_not_a_resource_is_fatal() -> None:
    assert [issue.severity for issue in check({"a": 1}, structure=False)] == [Severity.FATAL]


def test_single_resource_is_checked() -> None:
    issues = check({"resourceType": "Observation", "status": "final"}, structure=False)
    assert [(issue.code, issue.path) for issue in issues] == [("BND002", "Observation.code")]


def test_name_of_file_is_kept() -> None:
    assert {issue.source for issue in check({}, name="a.json")} == {"a.json"}


def test_evidence_outside_the_patients_part() -> None:
    start = good.TEXT.index("Another patient")
    issues = broken(cut_span("pneumonia", start, 15), patient=[Span(*good.PATIENT_PART)])
    assert [(issue.code, issue.span) for issue in issues] == [("FID003", Span(start, start + 15))]


def test_patients_part_alone_is_fine() -> None:
    assert broken(lambda b: None, patient=[Span(*good.PATIENT_PART)]) == ()


def test_source_text_stands_in_for_omitted_data() -> None:
    def omit(bundle: Json) -> None:
        find(bundle, "text")["content"][0]["attachment"].pop("data")
        find(bundle, "platelets")["valueQuantity"]["value"] = 1

    assert broken(omit) == ()
    assert [issue.code for issue in broken(omit, source=good.TEXT)] == ["FID002"]
    assert "FID006" in {issue.code for issue in broken(omit, source=good.TEXT + ".")}


def test_evidence_of_a_primitive_stands_beside_it() -> None:
    def change(bundle: Json) -> None:
        put("urine", extension=good.seen("Urine protein"), _valueString={"extension": good.seen("3+")})(
            bundle
        )
        put("dialysis", extension=good.seen("투석"), _valueInteger={"extension": good.seen("여섯 번")})(
            bundle
        )

    assert broken(change) == ()


def without_evidence(value: Any, keep: bool) -> None:
    """Take evidence out; keep that of resources if asked."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        without_evidence(inner, keep)
    if isinstance(value, dict) and "extension" in value and not (keep and "resourceType" in value):
        value["extension"] = [one for one in value["extension"] if one["url"] != good.DERIVATION]
        if not value["extension"]:
            value.pop("extension")


def test_bundle_without_any_evidence_is_said_once() -> None:
    issues = [i for i in broken(lambda b: without_evidence(b, keep=False)) if i.code.startswith("FID")]
    assert [(issue.code, issue.severity) for issue in issues] == [("FID001", Severity.WARNING)]


def test_evidence_of_names_only_compares_with_the_whole_text() -> None:
    def change(bundle: Json) -> None:
        without_evidence(bundle, keep=True)
        inside("platelets", "valueQuantity", value=32324)(bundle)

    assert broken(lambda b: without_evidence(b, keep=True)) == ()
    assert [issue.code for issue in broken(change)] == ["FID002"]


@pytest.mark.parametrize(
    ("code", "display", "severities"),
    [
        ("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma", []),
        ("1988-5", "Creatinine [Mass/volume] in Serum or Plasma", [Severity.ERROR]),
        ("1988-5", "Something else", [Severity.WARNING]),
        ("0-0", "Creatinine [Mass/volume] in Serum or Plasma", [Severity.WARNING]),
        ("0-0", "Something else", []),
    ],
)
def test_display_is_judged_by_our_tables(code: str, display: str, severities: list[Severity]) -> None:
    issues = broken(inside("crp", "code", "coding", 0, code=code, display=display))
    assert [(issue.code, issue.severity) for issue in issues] == [("BND012", one) for one in severities]


def test_foreign_bundle_owes_no_evidence() -> None:
    def foreign(bundle: Json) -> None:
        for entry in bundle["entry"]:
            entry["resource"].pop("meta")
        drop("crp", "extension")(bundle)
        inside("crp", "valueQuantity", value=7)(bundle)

    assert broken(foreign) == ()


def test_transaction_wants_requests() -> None:
    issues = broken(lambda b: b.update(type="transaction"))
    assert {(issue.code, issue.message[:5]) for issue in issues} == {("BND007", "bdl-3")}


def test_unknown_extension_of_others_is_not_judged() -> None:
    extra = {"url": "https://elsewhere.test/x", "valueString": "y"}
    assert broken(lambda b: find(b, "crp")["valueQuantity"]["extension"].append(extra)) == ()


def test_structure_gate_finds_what_it_finds_once() -> None:
    bundle = good.sample()
    put("crp", colour="red")(bundle)
    assert len(check(bundle, structure=True)) == 1


def test_issues_are_the_same_twice() -> None:
    def damage(bundle: Json) -> None:
        drop("crp", "extension", "code")(bundle)
        put("pneumonia", subject=UNKNOWN_URN)(bundle)

    assert broken(damage) == broken(damage)

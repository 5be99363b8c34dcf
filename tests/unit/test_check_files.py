"""Files of resources in JSON, NDJSON and XML: each issue names its line and column."""

from __future__ import annotations

import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from converter.check import places, xml
from converter.check.files import check_file, records
from converter.fhir.json import dumps, loads

SPEC = importlib.util.spec_from_file_location("sample", Path(__file__).with_name("test_check_sample.py"))
assert SPEC is not None
assert SPEC.loader is not None
good = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(good)


def found(data: str | bytes, name: str = "") -> list[tuple[str, int, int]]:
    raw = data.encode() if isinstance(data, str) else data
    return [(issue.code, issue.line, issue.column) for issue in check_file(raw, name)]


def patient(body: str) -> str:
    return f'<Patient xmlns="http://hl7.org/fhir">{body}</Patient>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"resourceType": "Patient"}', []),
        ('{"resourceType": "Patient",\n  "gender": "x"}', [("BND006", 2, 3)]),
        (
            '{"resourceType": "Patient",\r\n "name": [{}, {"text": ""}]}',
            [("BND009", 2, 11), ("BND009", 2, 16)],
        ),
        ('\ufeff{"resourceType": "Patient",\n"gender": "x"}', [("BND006", 2, 1)]),
        ('{"resourceType": "Patient", "gender": "male",\n "gender": "male"}', [("BND002", 2, 2)]),
        ('{"resourceType": "Patient",\n "gender" "male"}', [("BND001", 2, 11)]),
        ('{"resourceType": "Patient", "x": NaN}', [("BND001", 1, 1)]),
        ("null", [("BND001", 1, 1)]),
        ("[]", [("BND001", 1, 1)]),
        ("", [("BND001", 1, 1)]),
        ("[" * 100_000, [("BND001", 1, 1)]),
    ],
)
def test_json_issue_has_line_and_column(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(text) == expected


def test_bytes_that_are_no_utf8_have_a_place() -> None:
    assert found(b'{"resourceType":\n "P\xff"}') == [("BND001", 2, 4)]


def test_missing_element_stands_where_its_parent_does() -> None:
    text = '{"resourceType": "Observation", "status": "final",\n "component": [\n  {"valueString": "x"}]}'
    assert found(text) == [("BND002", 3, 3), ("BND002", 1, 1)]


def test_choice_and_extension_of_a_primitive_are_found() -> None:
    text = (
        '{"resourceType": "Patient",\n"birthDate": "2023-02-30",\n"_birthDate":\n{"extension": [\n'
        '{"url": "urn:x:y"}]},\n"deceasedBoolean": "x"}'
    )
    assert found(text) == [("BND010", 2, 1), ("BND002", 6, 1), ("BND007", 5, 1)]


def test_primitive_and_its_extension_do_not_move_each_other() -> None:
    text = '{"_a": {"b": [7]}, "a": 1}'
    assert places.locate(text, ["X.a", "X.a.b[0]"]) == {"X.a": 19, "X.a.b[0]": 14}


@pytest.mark.parametrize("name", ["a.ndjson", ""])
def test_ndjson_counts_lines_of_the_file(name: str) -> None:
    line = '{"resourceType": "Patient", "gender": "male"}'
    bad = '{"resourceType": "Patient", "gender": "x"}'
    assert found(f"{line}\n\n{bad}\n{{\n{bad}\n", name) == [
        ("BND006", 3, 29),
        ("BND001", 4, 2),
        ("BND006", 5, 29),
    ]


def test_xml_is_the_same_resource() -> None:
    text = patient(
        '<id value="a"/><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>ab<b>c</b> 한</p></div></text>"
        '<extension url="urn:x:y"><valueDecimal value="5.10"/></extension><active value="true"/>'
        '<name><given value="A"/><given><extension url="urn:x:z"><valueInteger value="4"/></extension></given>'
        '</name><birthDate id="d" value="2000-01"/><multipleBirthInteger value="2"/>'
    )
    assert xml.parse(text.encode()).value == {  # type: ignore[union-attr]
        "resourceType": "Patient",
        "id": "a",
        "text": {
            "status": "generated",
            "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>ab<b>c</b> 한</p></div>',
        },
        "extension": [{"url": "urn:x:y", "valueDecimal": Decimal("5.10")}],
        "active": True,
        "name": [
            {
                "given": ["A", None],
                "_given": [None, {"extension": [{"url": "urn:x:z", "valueInteger": 4}]}],
            }
        ],
        "birthDate": "2000-01",
        "_birthDate": {"id": "d"},
        "multipleBirthInteger": 2,
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<active value="true"/>', []),
        ('\n <gender value="x"/>', [("BND006", 2, 2)]),
        ('\n <active value="yes"/>', [("BND002", 2, 2)]),
        ('\n<!-- 한 --><colour value="x"/>', [("BND002", 2, 11)]),
        ("\n<colour><hue/></colour>", [("BND002", 2, 1)]),
        ('<gender value="male"/>\n<active value="true"/>', [("BND002", 2, 1)]),
        ('<gender value="male"/>\n<gender value="male"/>', [("BND002", 1, 38)]),
        ("\nwords", [("BND002", 1, 1)]),
        ('<contained>\n<Patient><id value="p"/></Patient></contained>', [("BND007", 2, 1)]),
        ('<birthDate value="2000-02-30"/>', [("BND010", 1, 38)]),
    ],
)
def test_xml_issue_has_line_and_column(body: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(patient(body), "a.xml") == expected


@pytest.mark.parametrize(
    "text",
    [
        "<Patient/>",
        "<Patient",
        '<!DOCTYPE Patient [<!ENTITY a "b">]>' + patient('<gender value="&a;"/>'),
        '<!DOCTYPE Patient SYSTEM "http://127.0.0.1/x">' + patient(""),
    ],
)
def test_xml_of_another_kind_is_no_resource(text: str) -> None:
    assert [code for code, *_ in found(text)] == ["BND001"]


def test_our_bundle_survives_xml() -> None:
    """fhir.resources writes the XML, so that it is not ours; it writes 5.10 as 5.1."""
    model = pytest.importorskip("fhir.resources.R4B").get_fhir_model_class("Bundle")
    bundle = loads(dumps(good.sample()))
    written = model.model_validate_json(dumps(bundle)).model_dump_xml()
    data = written.encode() if isinstance(written, str) else written
    (record,) = records(data)
    assert plain(record.value) == plain(bundle)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if key != "div"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, str):
        return value.replace("+00:00", "Z")
    return float(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("pretty", [False, True])
def test_every_place_of_a_bundle_can_be_found(pretty: bool) -> None:
    text = dumps(good.sample(), pretty)
    value = json.loads(text)
    seen = 0

    def look(here: Any, path: str) -> None:
        nonlocal seen
        for key, inner in here.items() if isinstance(here, dict) else enumerate(here):
            if isinstance(here, dict) and key.startswith("_"):
                continue
            there = f"{path}.{key}" if isinstance(here, dict) else f"{path}[{key}]"
            start = places.locate(text, [there])[there]
            tail = text[start:]
            assert (
                tail.startswith(f'"{key}"')
                if isinstance(here, dict)
                else json.loads(json.dumps(json.JSONDecoder().raw_decode(text, start)[0])) == inner
            )
            seen += 1
            if isinstance(inner, dict | list) and seen < 400:
                look(inner, there)

    look(value, "Bundle")
    assert seen > 300


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"resourceType": "Account", "status": "x"}', ["BND006"]),
        ('{"resourceType": "Account", "status": "active", "colour": "red"}', ["BND002"]),
        ('{"resourceType": "Account", "status": "active", "subject": [{"reference": "#a"}]}', ["BND003"]),
        ('{"resourceType": "Citation", "status": "active"}', []),
        ('{"resourceType": "Citation", "status": "active", "colour": "red"}', ["BND002"]),
        ('{"resourceType": "Pacient"}', ["BND002"]),
    ],
)
def test_every_type_of_r4_is_known_and_r4bs_go_to_its_classes(text: str, codes: list[str]) -> None:
    assert [code for code, *_ in found(text)] == codes


def test_resource_alone_may_refer_to_others_a_document_may_not() -> None:
    alone = '{"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient/1"}}'
    assert found(alone) == []
    entry = f'{{"fullUrl": "http://x.test/Observation/1", "resource": {alone}}}'
    assert found(f'{{"resourceType": "Bundle", "type": "collection", "entry": [{entry}]}}') == []
    codes = [
        code for code, *_ in found(f'{{"resourceType": "Bundle", "type": "document", "entry": [{entry}]}}')
    ]
    assert "BND003" in codes

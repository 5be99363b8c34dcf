"""The service without a network: intake, limits, answers, what the log says."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="serve is an extra: pip install 'casefhir[serve]'")

from starlette.testclient import TestClient

from converter.check import check
from converter.cli import _parser
from converter.cli.serve import run
from converter.issues import Issue, SourceError
from converter.serve import Settings, app, work
from converter.serve.desk import Desk
from converter.serve.media import chosen
from converter.serve.outcome import Answer, RefusalError
from converter.serve.parameters import asked
from converter.serve.work import Order

REPORT = "A 47-year-old man was admitted with fever. Abdominal CT showed a splenic cyst. C-reactive protein was 3.20 mg/dL."
TWO = (
    "Case 1\nA 40-year-old woman was admitted with fever. Chest CT showed pneumonia. She was discharged.\n\n"
    "Case 2\nA 62-year-old man presented with cough. Chest CT showed a nodule. He died.\n"
)
TOKEN = "a-token-of-enough-characters"
TEXT = {"Content-Type": "text/plain"}


class Here(Desk):
    """Works in this process instead of one of its own."""

    async def warm(self) -> None:
        """Start nothing."""

    async def serve(self, order: Order) -> Answer:
        return work.work(order, self._settings)


def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(app, "Desk", Here)
    monkeypatch.setattr(work, "_confine", lambda memory: None)
    return TestClient(app.application(settings), base_url="http://127.0.0.1:8080")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    settings = Settings(max_size=100_000, hosts=frozenset({"127.0.0.1", "localhost"}))
    with client(settings, monkeypatch) as made:
        yield made


def parameters(report: bytes, **more: Any) -> dict[str, Any]:
    attachment = {"contentType": "text/plain", "data": base64.b64encode(report).decode()} | more
    return {"resourceType": "Parameters", "parameter": [{"name": "report", "valueAttachment": attachment}]}


def outcome(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/fhir+json"
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    assert check(told) == ()
    return str(told["issue"][0]["code"])


def test_text_becomes_a_bundle(web: TestClient) -> None:
    answer = web.post("/$convert", content=REPORT, headers=TEXT)
    assert answer.status_code == 200
    assert answer.json()["type"] == "document"
    assert "3.20" in answer.text


def test_same_report_gives_same_bytes_in_every_envelope(web: TestClient) -> None:
    plain = web.post("/$convert", content=REPORT, headers=TEXT)
    raw = web.post("/$convert", content=REPORT.encode(), headers={"Content-Type": "application/octet-stream"})
    wrapped = web.post("/$convert", json=parameters(REPORT.encode()))
    assert plain.content == raw.content == wrapped.content


def test_options_stand_in_query_and_parameters_alike(web: TestClient) -> None:
    asking = parameters(REPORT.encode())
    asking["parameter"].append({"name": "type", "valueCode": "transaction"})
    wrapped = web.post("/$convert", json=asking)
    plain = web.post("/$convert?type=transaction", content=REPORT, headers=TEXT)
    assert wrapped.json()["type"] == "transaction"
    assert wrapped.content == plain.content


def test_source_text_is_left_out_when_asked(web: TestClient) -> None:
    answer = web.post("/$convert?source-text=omit", content=REPORT, headers=TEXT)
    assert base64.b64encode(REPORT.encode()).decode()[:40] not in answer.text


def test_several_patients_come_together_and_one_by_one(web: TestClient) -> None:
    both = web.post("/$convert", content=TWO, headers=TEXT)
    assert both.headers["x-patients"] == "2"
    assert [e["resource"]["resourceType"] for e in both.json()["entry"]] == ["Bundle", "Bundle"]
    second = web.post("/$convert?patient=2", content=TWO, headers=TEXT)
    assert second.json() == both.json()["entry"][1]["resource"]
    assert web.post("/$convert?patient=3", content=TWO, headers=TEXT).status_code == 422


def test_page_is_given_where_html_is_liked_best(web: TestClient) -> None:
    answer = web.post("/$convert", content=REPORT, headers={**TEXT, "Accept": "text/html"})
    assert answer.headers["content-type"].startswith("text/html")
    assert web.post("/$convert?_format=html", content=REPORT, headers=TEXT).content == answer.content


def test_issues_alone_are_given_where_preferred(web: TestClient) -> None:
    answer = web.post("/$convert", content=REPORT, headers={**TEXT, "Prefer": "return=OperationOutcome"})
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_validate_says_what_check_says(web: TestClient) -> None:
    wrong = {"resourceType": "Patient", "gender": "unknowable"}
    answer = web.post("/$validate", json=wrong)
    assert answer.status_code == 200
    assert any("gender" in one["expression"][0] for one in answer.json()["issue"])
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": wrong}]}
    codes = [
        [one["details"]["text"] for one in told.json()["issue"]]
        for told in (answer, web.post("/$validate", json=wrapped))
    ]
    assert codes[0] == codes[1]


def test_validate_finds_nothing_in_what_convert_made(web: TestClient) -> None:
    made = web.post("/$convert", content=REPORT, headers=TEXT)
    told = web.post("/$validate", content=made.content, headers={"Content-Type": "application/fhir+json"})
    assert {one["severity"] for one in told.json()["issue"]} <= {"information", "warning"}


def test_validate_takes_xml(web: TestClient) -> None:
    xml = '<Patient xmlns="http://hl7.org/fhir"><gender value="male"/></Patient>'
    answer = web.post("/$validate", content=xml, headers={"Content-Type": "application/fhir+xml"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/$convert", "", TEXT, 400),
        ("/$convert?patient=0", REPORT, TEXT, 400),
        ("/$convert?typ=document", REPORT, TEXT, 400),
        ("/$convert?type=document&type=document", REPORT, TEXT, 400),
        ("/$convert?admission-date=yesterday", REPORT, TEXT, 400),
        ("/$convert", "{", {"Content-Type": "application/fhir+json"}, 400),
        ("/$convert", "[" * 50_000, {"Content-Type": "application/fhir+json"}, 400),
        ("/$convert", '{"resourceType":"Patient"}', {"Content-Type": "application/json"}, 400),
        ("/$convert", REPORT, {**TEXT, "Origin": "http://elsewhere.invalid"}, 403),
        ("/$convert", REPORT, {**TEXT, "Host": "elsewhere.invalid"}, 400),
        ("/$convert", REPORT, {**TEXT, "Accept": "image/png"}, 406),
        ("/$convert?_format=ttl", REPORT, TEXT, 406),
        ("/$convert", "x" * 100_001, TEXT, 413),
        ("/$convert", "x" * 500_000, TEXT, 413),
        ("/$convert", REPORT, {"Content-Type": "image/png"}, 415),
        ("/$convert", REPORT, {**TEXT, "Content-Encoding": "gzip"}, 415),
        ("/$convert", "Bake the bread for an hour.", TEXT, 422),
        ("/$convert", b"\x89PNG\r\n\x1a\n\0\0", {"Content-Type": "application/octet-stream"}, 422),
        ("/$validate", "", {"Content-Type": "application/fhir+json"}, 400),
        ("/$validate", "{", {"Content-Type": "application/fhir+json"}, 400),
        ("/$validate", '{"a": 1}', {"Content-Type": "application/fhir+json"}, 422),
        ("/$validate", REPORT, TEXT, 415),
        ("/nowhere", REPORT, TEXT, 404),
        ("/metadata", REPORT, TEXT, 405),
    ],
)  # fmt: skip
def test_error_is_an_outcome(
    web: TestClient, path: str, body: str, headers: dict[str, str], status: int
) -> None:
    answer = web.post(path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert outcome(answer)


@pytest.mark.parametrize(
    "value",
    [
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": []},
        {"resourceType": "Parameters", "parameter": [{"name": "report"}]},
        {"resourceType": "Parameters", "parameter": ["report"]},
        {"resourceType": "Parameters", "parameter": [{"name": ["report"]}]},
        {"resourceType": "Parameters", "parameter": [{"name": "report", "valueAttachment": {"url": "http://a.invalid"}}]},
        parameters(b"a", data="!"),
        parameters(b"a", data="\u00e9"),
        parameters(b"a", title=1),
        {**parameters(b"a"), "parameter": parameters(b"a")["parameter"] * 2},
        {**parameters(b"a"), "parameter": [*parameters(b"a")["parameter"], {"name": "patient", "valuePositiveInt": True}]},
    ],
)  # fmt: skip
def test_parameters_that_say_no_report_are_refused(value: Any) -> None:
    with pytest.raises(RefusalError) as caught:
        asked(json.dumps(value).encode(), "application/fhir+json", {})
    assert caught.value.status == 400


def test_attachment_of_another_kind_is_refused() -> None:
    value = parameters(b"a", contentType="image/png")
    with pytest.raises(RefusalError) as caught:
        asked(json.dumps(value).encode(), "application/fhir+json", {})
    assert caught.value.status == 415


def test_title_names_the_source_without_its_folder() -> None:
    value = parameters(b"a", title="../../etc/a.txt")
    assert asked(json.dumps(value).encode(), "application/fhir+json", {}).name == "a.txt"


@pytest.mark.parametrize("path", ["/metadata", "/healthz", "/openapi.json", "/", "/serve.js", "/serve.css"])
def test_fixed_answers_are_there_without_a_token(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(Settings(token=TOKEN), monkeypatch) as web:
        answer = web.get(path)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert web.head(path).content == b""


def test_statement_of_capabilities_is_fhir(web: TestClient) -> None:
    assert check(web.get("/metadata").json()) == ()


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer \u00e9"]
)
def test_wrong_token_is_refused_unread(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(Settings(token=TOKEN), monkeypatch) as web:
        headers = {**TEXT, **({"Authorization": given.encode()} if given else {})}
        answer = web.post("/$convert", content=REPORT, headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert outcome(answer) == "login"


def test_right_token_lets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with client(Settings(token=TOKEN), monkeypatch) as web:
        headers = {**TEXT, "Authorization": f"bearer {TOKEN}"}
        assert web.post("/$convert", content=REPORT, headers=headers).status_code == 200


def test_log_holds_no_word_of_report_path_or_query(web: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        web.post("/$convert?secret=Smithson", content="Smithson baked bread.", headers=TEXT)
        web.post("/$convert", content="Smithson baked bread.", headers=TEXT)
        web.get("/Smithson")
    ours = [one for one in caplog.records if one.name.startswith(("converter", "uvicorn"))]
    assert len(ours) == 3
    assert "Smithson" not in "".join(one.getMessage() for one in ours)
    assert "DOC005" in ours[1].getMessage()


def test_unexpected_error_shows_no_words(
    web: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Smithson")

    monkeypatch.setattr(work, "convert_bytes", broken)
    with caplog.at_level(logging.DEBUG):
        answer = web.post("/$convert", content=REPORT, headers=TEXT)
    assert answer.status_code == 500
    assert outcome(answer) == "exception"
    assert "Smithson" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


def test_too_many_of_one_client_are_put_off() -> None:
    desk = Desk(Settings(workers=1, queue=1, per_client=1))
    with desk.place("a"):
        with pytest.raises(RefusalError) as caught, desk.place("a"):
            pass
        assert caught.value.status == 429
        with desk.place("b"), pytest.raises(RefusalError) as caught, desk.place("c"):
            pass
        assert caught.value.status == 503
        assert caught.value.headers["Retry-After"]
    with desk.place("a"):
        pass


@pytest.mark.parametrize(
    ("code", "status"), [("DOC001", 400), ("DOC003", 413), ("DOC005", 422), ("DOC011", 422)]
)
def test_refused_report_has_a_status_of_its_own(
    code: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> None:
        raise SourceError(Issue.of(code))

    monkeypatch.setattr(work, "convert_bytes", refusing)
    monkeypatch.setattr(work, "_confine", lambda memory: None)
    assert work.work(Order("convert", b"a", "text/plain", {}), Settings()).status == status


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "a/b"), ("*/*", "a/b"), ("c/*", "c/d"), ("a/b;q=0.1, c/d", "c/d"), ("a/b;q=0, */*", "c/d"),
        ("x/y", ""), ("a/b;q=0", ""), ("nonsense", ""), ("a/b;q=high", ""),
    ],
)  # fmt: skip
def test_answer_is_what_the_client_likes_best(accept: str, expected: str) -> None:
    assert chosen(accept, ("a/b", "c/d")) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "token"),
        (["--host", "::"], "token"),
        (["--workers", "0"], "--workers"),
        (["--cert", "a.pem"], "--cert and --key"),
        (["--token-file", "/nowhere/token"], "/nowhere/token"),
        (["--host", "no.such.host.invalid"], "token"),
        (["--port", "99999"], "99999"),
    ],
)
def test_wrong_usage_ends_with_exit_code_2(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASEFHIR_TOKEN", raising=False)
    with pytest.raises(SystemExit) as caught:
        run(_parser().parse_args(["serve", *options]))
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_short_token_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "token").write_text("secret\n")
    with pytest.raises(SystemExit):
        run(_parser().parse_args(["serve", "--token-file", str(tmp_path / "token")]))
    assert "secret" not in capsys.readouterr().err


def test_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(SystemExit) as caught:
        run(_parser().parse_args(["serve"]))
    assert caught.value.code == 2
    assert "casefhir[serve]" in capsys.readouterr().err

"""The way to a server: TLS of one's own authority, a certificate of ours, tokens, what is refused before anything goes."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from deliver_server import SmallServer

from converter.cli import main
from converter.deliver import smart
from converter.deliver.connection import base_of, bearer_of
from converter.deliver.outbox import Token, opened
from converter.issues import ConverterError

BUNDLE = str(Path(__file__).parents[1] / "cases" / "two-hernias" / "bundle.json")
PEM = serialization.Encoding.PEM


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def pem(key: Any) -> bytes:
    return key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def certificate(name: str, key: Any, issuer: Any, by: Any, ca: bool) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    local = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(local, critical=False)
        .sign(by, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, a server's and a client's certificate."""
    folder = tmp_path_factory.mktemp("tls")
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate("authority", root_key, None, root_key, ca=True)
    (folder / "ca.pem").write_bytes(root.public_bytes(PEM))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificate(name, key, root, root_key, ca=False)
        (folder / f"{name}.pem").write_bytes(made.public_bytes(PEM))
        (folder / f"{name}.key").write_bytes(pem(key))
    return folder


@pytest.fixture
def secure(files: Path) -> Iterator[tuple[str, SmallServer, list[str]]]:
    """A server that wants our certificate; with what it was told of who we are."""
    small, told = SmallServer(""), []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            told.append(self.headers.get("Authorization", ""))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said, _ = small.answer(self.command, self.path.removeprefix("/fhir"), body, {})
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "server.pem", files / "server.key")
    context.load_verify_locations(files / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}/fhir", small, told
    server.shutdown()
    server.server_close()


def push(base: str, tmp_path: Path, *more: str) -> int:
    outbox = str(tmp_path / "o.sqlite")
    try:
        return main(
            ["push", BUNDLE, "--to", base, "--outbox", outbox, "--allow-fictional", "--tries", "0", *more]
        )
    except SystemExit as ended:
        return int(ended.code or 0)


def certificates(files: Path) -> list[str]:
    return [
        "--ca",
        str(files / "ca.pem"),
        "--cert",
        str(files / "client.pem"),
        "--cert-key",
        str(files / "client.key"),
    ]


def test_mutual_tls_under_an_authority_of_ones_own(secure, files, tmp_path, capsys, monkeypatch):
    base, small, told = secure
    monkeypatch.setenv("EHR_TOKEN", "s3cret-token")
    ours = ["--cert", str(files / "client.pem"), "--cert-key", str(files / "client.key")]
    ca = ["--ca", str(files / "ca.pem")]
    assert push(base, tmp_path, "--yes", *ours) == 2
    assert "--ca" in capsys.readouterr().err
    assert push(base, tmp_path, "--yes", *ca) == 2
    assert not small.now()
    assert push(base, tmp_path, "--yes", *ca, *ours, "--token-env", "EHR_TOKEN") == 0
    assert small.of("Patient")
    assert set(told) == {"Bearer s3cret-token"}
    said = capsys.readouterr()
    assert "s3cret" not in said.out + said.err


def test_without_yes_nothing_is_sent_and_no_outbox_is_made(secure, files, tmp_path, capsys):
    base, small, _ = secure
    ours = certificates(files)
    assert push(base, tmp_path, *ours) == 0
    assert "would send" in capsys.readouterr().out
    assert not small.now()
    assert {method for method, _ in small.requests} == {"GET"}
    assert not list(tmp_path.glob("o.sqlite*"))


def test_report_json_names_places_and_versions(secure, files, tmp_path, capsys):
    base, _, _ = secure
    ours = certificates(files)
    assert push(base, tmp_path, *ours, "--yes", "--report", "json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["status"] == "sent"
    assert all(step["place"] and step["version"] for step in told["resources"])


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["push", BUNDLE, "--to", "https://ehr.test/fhir"], "published case"),
        (["push", BUNDLE], "--to"),
        (["push", BUNDLE, "--to", "http://ehr.test/fhir"], "https"),
        (["push", BUNDLE, "--to", "https://me:pw@ehr.test/fhir"], "no name or password"),
        (["push", BUNDLE, "--to", "ehr.test"], "https://HOST/PATH"),
        (["push", BUNDLE, "--to", "https://ehr.test", "--encounter", "Encounter/1"], "--patient"),
        (["push", BUNDLE, "--to", "https://ehr.test", "--patient", "123"], "Patient/ID"),
        (["push", BUNDLE, "--to", "https://ehr.test", "--client-id", "a"], "belong together"),
        (["push", BUNDLE, "--to", "https://ehr.test", "--token-env", "NOT_SET_HERE"], "no token"),
        (["push", BUNDLE, BUNDLE.replace("bundle.json", "bundle.p2.json"), "--to", "https://e.test", "--patient", "Patient/1"], "another patient"),
        (["push", "none.json", "--to", "https://ehr.test"], "no such file"),
    ],
)  # fmt: skip
def test_wrong_use_is_exit_2_before_anything_goes(argv, why, capsys, tmp_path):
    code = 0
    try:
        code = main([*argv, "--outbox", str(tmp_path / "o.sqlite")])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == 2
    assert why in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_missing_extra_is_named(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(SystemExit) as ended:
        main(["push", BUNDLE, "--to", "https://ehr.test"])
    assert ended.value.code == 2
    assert "casefhir[push]" in capsys.readouterr().err


def test_a_server_that_is_not_there_leaves_the_bundle_waiting(tmp_path, capsys):
    assert push("http://127.0.0.1:9/fhir", tmp_path, "--yes") == 2
    assert "wait in the outbox" in capsys.readouterr().err
    with opened(tmp_path / "o.sqlite") as box:
        assert len(list(box.waiting("http://127.0.0.1:9/fhir"))) == 1


@pytest.mark.parametrize(("kind", "algorithm"), [("rsa", "RS384"), ("ec", "ES384")])
def test_an_assertion_is_signed_as_smart_wants_it(kind, algorithm):
    private = (
        rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    )
    key = smart.load_key(pem(private), "key.pem")
    made = smart.assertion(
        smart.Client("me", key, jwks_url="https://me.test/jwks"), "https://as.test/token", int(time.time())
    )
    header = jwt.get_unverified_header(made)
    assert (header["alg"], header["kid"], header["jku"]) == (algorithm, key.id, "https://me.test/jwks")
    claims = jwt.decode(made, jwt.PyJWK(key.public).key, [algorithm], audience="https://as.test/token")
    assert claims["iss"] == claims["sub"] == "me"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    assert "d" not in key.public


def test_keys_that_smart_does_not_take_are_refused():
    for private in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())):
        with pytest.raises(ConverterError, match="P-384"):
            smart.load_key(pem(private), "key.pem")
    with pytest.raises(ConverterError, match="no private key"):
        smart.load_key(b'{"keys": [{"kty": "RSA"}]}', "jwks.json")


def test_the_thumbprint_is_that_of_rfc_7638():
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn"
        "1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert (
        smart.thumbprint({"kty": "RSA", "n": modulus, "e": "AQAB"})
        == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )


@pytest.mark.parametrize(
    ("told", "scope"),
    [
        ({"capabilities": ["permission-v2"]}, smart.V2),
        ({"capabilities": ["permission-v1", "permission-v2"]}, smart.V2),
        ({"capabilities": ["permission-v1"]}, smart.V1),
        ({"scopes_supported": ["system/*.read"]}, smart.V1),
        ({"scopes_supported": ["system/*.rs", "system/*.read"]}, smart.V2),
        ({}, smart.V2),
    ],
)
def test_scopes_are_asked_for_in_the_servers_version(told, scope):
    assert smart.scope_for(told) == scope


def test_a_token_is_kept_until_shortly_before_its_end(tmp_path):
    with opened(tmp_path / "o.sqlite") as box:
        box.keep_token("a", Token("t", "s", 1000))
    with opened(tmp_path / "o.sqlite") as box:
        assert box.token("a", 900) == Token("t", "s", 1000)
        assert box.token("a", 980) is None


def test_a_refusal_of_the_token_endpoint_is_told():
    def answer(request: httpx.Request) -> httpx.Response:
        if "well-known" in request.url.path:
            return httpx.Response(200, json={"token_endpoint": "https://as.test/token"})
        return httpx.Response(400, json={"error": "invalid_scope", "error_description": "not yours"})

    client = smart.Client("me", smart.load_key(pem(ec.generate_private_key(ec.SECP384R1())), "k"))
    with pytest.raises(ConverterError, match="invalid_scope: not yours"):
        smart.token(httpx.Client(transport=httpx.MockTransport(answer)), client, "https://ehr.test/fhir")


def test_a_token_is_never_asked_for_in_the_open():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"token_endpoint": "http://as.test/token"})

    client = smart.Client("me", smart.load_key(pem(ec.generate_private_key(ec.SECP384R1())), "k"))
    with pytest.raises(ConverterError, match="https only"):
        smart.token(httpx.Client(transport=httpx.MockTransport(answer)), client, "https://ehr.test/fhir")


def test_base_and_bearer(tmp_path):
    assert base_of("https://ehr.test/fhir/", False) == "https://ehr.test/fhir"
    (tmp_path / "token").write_text("abc\n")
    assert bearer_of("", str(tmp_path / "token")) == "abc"

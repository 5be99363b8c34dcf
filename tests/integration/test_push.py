"""push against two independent servers: sekmet-fhir (PyPI, SQLite) and HAPI FHIR's JPA server (Maven, H2).

HAPI takes a minute to start: it runs where CASEFHIR_HAPI=1 asks for it, java and mvn are there and its jars stand
in Maven's repository (CASEFHIR_HAPI=fetch lets Maven fetch them once; a URL names one that runs).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the extra push is not installed")
jwt = pytest.importorskip("jwt", reason="the extra push is not installed")

from converter.cli import main  # noqa: E402
from converter.deliver.prepare import references, urns  # noqa: E402

ROOT = Path(__file__).parents[2]
HAPI = Path(__file__).parent / "hapi"
AUTHORS = ("Practitioner", "PractitionerRole", "Organization")
BUNDLES = sorted((ROOT / "tests" / "cases").glob("*/bundle*.json"))
FEW = [
    path for path in BUNDLES if path.parent.name in ("cardiac-amyloidosis", "two-hernias", "korean-takotsubo")
]


@dataclass(frozen=True)
class Running:
    name: str
    base: str

    def all(self, kind: str) -> list[dict[str, Any]]:
        url, found = f"{self.base}/{kind}?_count=200", []
        while url:
            said = httpx.get(url, headers={"Cache-Control": "no-cache"}, timeout=60).json()
            found += [e["resource"] for e in said.get("entry", ()) if e["resource"]["resourceType"] == kind]
            url = next((link["url"] for link in said.get("link", ()) if link["relation"] == "next"), "")
        return found


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait(process: subprocess.Popen[Any], base: str, seconds: int) -> None:
    for _ in range(seconds * 2):
        if process.poll() is not None:
            pytest.skip(f"the server at {base} ended with {process.returncode}")
        try:
            if httpx.get(f"{base}/metadata", timeout=30).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    process.kill()
    pytest.skip(f"the server at {base} did not start in {seconds} s")


def sekmet(folder: Path, more: dict[str, Any] | None = None) -> Iterator[Running]:
    program = Path(sys.executable).parent / "sekmet"
    if not program.exists():
        pytest.skip("sekmet-fhir is not installed")
    port = free_port()
    settings = {
        "base_url": f"http://127.0.0.1:{port}/fhir", "host": "127.0.0.1", "port": port, "data_dir": str(folder / "data"),
        "own_private_key_path": str(folder / "own.pem"), "simulator": {"enabled": False}, **(more or {}),
    }  # fmt: skip
    (folder / "settings.yaml").write_text(json.dumps(settings), "utf-8")
    command = [str(program), "serve", "-c", str(folder / "settings.yaml")]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait(process, settings["base_url"], 60)
        yield Running("sekmet", settings["base_url"])
    finally:
        process.kill()
        process.wait()


def hapi(folder: Path) -> Iterator[Running]:
    wanted = os.environ.get("CASEFHIR_HAPI", "")
    if not wanted:
        pytest.skip("HAPI takes a minute to start; CASEFHIR_HAPI=1 runs it")
    if wanted.startswith("http"):
        yield Running("HAPI", wanted)
        return
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("java or mvn is missing")
    offline = [] if wanted == "fetch" else ["-o"]
    classes, path = folder / "target", folder / "classpath"
    build = ["mvn", "-q", "-B", *offline, "-f", str(HAPI / "pom.xml"), f"-Doutput={classes}", "compile"]
    built = subprocess.run(
        [*build, "dependency:build-classpath", f"-Dmdep.outputFile={path}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        pytest.skip("HAPI's jars are not in Maven's repository; CASEFHIR_HAPI=fetch fetches them")
    port = free_port()
    command = [
        "java",
        "-Xmx1500m",
        "-cp",
        f"{classes / 'classes'}:{path.read_text()}",
        "HapiServer",
        str(port),
    ]
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait(process, f"http://127.0.0.1:{port}/fhir", 400)
        yield Running("HAPI", f"http://127.0.0.1:{port}/fhir")
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=[sekmet, hapi], ids=["sekmet", "hapi"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from request.param(tmp_path_factory.mktemp("server"))


def push(server: Running, outbox: Path, *more: str) -> int:
    return main(["push", *more, "--to", server.base, "--outbox", str(outbox), "--yes"])


def wanted(paths: list[Path]) -> dict[str, Any]:
    entries = [e for path in paths for e in json.loads(path.read_text("utf-8"))["entry"]]
    return {e["fullUrl"]: e["resource"] for e in entries if e["resource"]["resourceType"] not in AUTHORS}


def read_back(server: Running, sent: dict[str, Any]) -> dict[str, Any]:
    kinds = {made["resourceType"] for made in sent.values()}
    found = [made for kind in sorted(kinds) for made in server.all(kind)]
    listed = [urn for made in found for urn in set(urns(made)) & sent.keys()]
    assert sorted(listed) == sorted(sent), "each stands there once"
    return {urn: made for made in found for urn in urns(made) if urn in sent}


@pytest.mark.slow
def test_push_again_changed_and_read_back(
    server: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counts, versions and contents: new, again, again without memory, a better extraction."""
    paths = BUNDLES if server.name == "sekmet" else FEW
    sent = wanted(paths)
    assert push(server, tmp_path / "o.sqlite", "--allow-fictional", *map(str, paths)) == 0
    first = read_back(server, sent)
    places = {f"{made['resourceType']}/{made['id']}" for made in first.values()}
    for urn, made in first.items():
        assert set(references(made)) <= places
        assert quantities(made) == quantities(sent[urn])
    for outbox in ("o.sqlite", "other.sqlite"):
        assert push(server, tmp_path / outbox, "--allow-fictional", *map(str, paths)) == 0
    assert versions(read_back(server, sent)) == versions(first)

    better, gone, altered = better_extraction(json.loads(FEW[0].read_text("utf-8")))
    (tmp_path / "better.json").write_text(json.dumps(better), "utf-8")
    capsys.readouterr()
    assert push(server, tmp_path / "o.sqlite", "--allow-fictional", str(tmp_path / "better.json")) == 0
    assert "1 entered in error" in capsys.readouterr().out
    last = read_back(server, sent)
    assert last[gone]["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert last[altered]["status"] == "final"
    changed = {urn for urn, made in last.items() if versions(last)[urn] != versions(first)[urn]}
    kinds = {last[urn]["resourceType"] for urn in changed - {gone, altered}}
    assert {gone, altered} <= changed
    assert kinds <= {"Composition", "Provenance", "Encounter"}, "only what listed the vanished fact"


def versions(found: dict[str, Any]) -> dict[str, str]:
    return {urn: made["meta"]["versionId"] for urn, made in found.items()}


def quantities(value: Any) -> list[float]:
    """List every measured value in order."""
    if isinstance(value, list):
        return [q for item in value for q in quantities(item)]
    if not isinstance(value, dict):
        return []
    own = [float(value["value"])] if isinstance(value.get("value"), (int, float)) else []
    return own + [q for name in sorted(value) for q in quantities(value[name])]


def better_extraction(made: Any) -> tuple[Any, str, str]:
    """Leave one Condition out and confirm one Observation."""
    gone = [e["fullUrl"] for e in made["entry"] if e["resource"]["resourceType"] == "Condition"][-1]
    altered = next(e for e in made["entry"] if e["resource"]["resourceType"] == "Observation")
    altered["resource"]["status"] = "final"
    made["entry"] = [e for e in made["entry"] if e["fullUrl"] != gone]

    def cut(value: Any) -> Any:
        if isinstance(value, list):
            return [kept for item in value if (kept := cut(item)) not in (None, {}, [])]
        if not isinstance(value, dict):
            return value
        if value.get("reference") == gone:
            return None
        return {name: kept for name, item in value.items() if (kept := cut(item)) not in (None, {}, [])}

    return cut(made), gone, altered["fullUrl"]


@pytest.mark.slow
def test_attached_to_a_patient_who_is_there(server: Running, tmp_path: Path) -> None:
    patient = httpx.post(
        f"{server.base}/Patient",
        json={"resourceType": "Patient", "name": [{"text": "Test Person"}]},
        timeout=60,
    )
    place = "/".join(patient.headers["Location"].split("/_history")[0].split("/")[-2:])
    path = ROOT / "tests" / "cases" / "renal-angiomyolipoma-page" / "bundle.json"
    made = json.loads(path.read_text("utf-8"))
    text = json.dumps(made)
    for entry in made["entry"]:  # a report of its own: the other test's facts belong to nobody
        old = entry["fullUrl"].removeprefix("urn:uuid:")
        text = text.replace(old, f"{'0' * 8}{old[8:]}")
    own = tmp_path / "own.json"
    own.write_text(text.replace(made["identifier"]["value"][9:17], "0" * 8), "utf-8")
    assert push(server, tmp_path / "o.sqlite", "--patient", place, str(own)) == 0
    facts = [o for o in server.all("Observation") if any("urn:uuid:00000000" in urn for urn in urns(o))]
    assert facts
    assert {o["subject"]["reference"] for o in facts} == {place}


@pytest.mark.parametrize(
    ("kind", "scopes"),
    [("rsa", "system/*.cruds"), ("ec", "system/*.read system/*.write")],
)
def test_smart_backend_services(
    tmp_path: Path, kind: str, scopes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Discovery, a signed assertion (RS384, ES384) with its key id, a token that the next run still uses."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415

    private = (
        rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = tmp_path / "key.pem"
    key.write_bytes(pem)
    assert main(["push", "--key", str(key), "--print-jwks"]) == 0
    jwks = json.loads(capsys.readouterr().out)
    assert "d" not in jwks["keys"][0]
    client = {"client_id": "casefhir", "jwks": jwks, "scopes": scopes}
    auth = {"server_auth": {"types": ["smart"], "smart_clients": [client]}}
    for server in sekmet(tmp_path, auth):
        bundle = str(FEW[-1])
        who = ["--client-id", "casefhir", "--key", str(key), "--allow-fictional", bundle]
        asked = ["--scope", scopes] if kind == "ec" else []
        assert push(server, tmp_path / "o.sqlite", *who, *asked) == 0
        assert push(server, tmp_path / "o.sqlite", *who, *asked) == 0
        assert "unchanged" in capsys.readouterr().out
        log = (tmp_path / "log").read_text("utf-8")
        assert log.count("POST /auth/token") == 1
        with pytest.raises(SystemExit) as ended:
            push(server, tmp_path / "nobody.sqlite", "--allow-fictional", bundle)
        assert ended.value.code == 2
        assert "401" in capsys.readouterr().err

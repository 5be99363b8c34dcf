"""The way to a server: TLS, proxy, who we are. Nothing secret is taken from the command line's words."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from converter.deliver import smart
from converter.deliver.outbox import Outbox
from converter.deliver.server import LOOPBACK, Server
from converter.issues import ConverterError


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached."""

    base: str
    bearer: str = ""
    """A token that somebody else fetched."""
    client: smart.Client | None = None
    """SMART Backend Services."""
    ca: str = ""
    """File of an authority that the system does not know."""
    certificate: str = ""
    """Our own, for mutual TLS; with its key in the same file or in ``certificate_key``."""
    certificate_key: str = ""
    proxy: str = ""
    """"" takes HTTPS_PROXY and NO_PROXY."""
    timeout: float = 60.0
    agent: str = "casefhir"


def base_of(url: str, allow_http: bool) -> str:
    """Give the base of a server as it is remembered; refuse to send patients' data in the open."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise ConverterError(f"--to {url}: {error}") from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ConverterError(f"--to {url}: give the base URL of a FHIR server, https://HOST/PATH")
    if parts.username or parts.password:
        raise ConverterError(
            "--to: no name or password in the URL; they would stand in lists of processes and logs"
        )
    if parts.scheme == "http" and host not in LOOPBACK and not allow_http:
        raise ConverterError(
            f"--to {url}: patients' data go over https; --allow-http where the network itself is safe"
        )
    return url.rstrip("/")


@contextmanager
def connected(way: Way, outbox: Outbox) -> Iterator[Server]:
    """Open the way; the connection is kept for all bundles of a run."""
    with httpx.Client(
        verify=_tls(way),
        proxy=way.proxy or None,
        timeout=httpx.Timeout(way.timeout, connect=min(way.timeout, 15.0)),
        headers={"User-Agent": way.agent},
    ) as http:
        yield Server(way.base, http, lambda fresh: _authorization(way, http, outbox, fresh))


def _tls(way: Way) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if way.ca:
            context.load_verify_locations(way.ca)
        if way.certificate:
            secret = os.environ.get("CASEFHIR_CERT_PASSWORD", "")
            context.load_cert_chain(way.certificate, way.certificate_key or None, lambda: secret)
    except (OSError, ssl.SSLError, ValueError) as error:
        name = way.certificate or way.ca
        raise ConverterError(f"{name}: no certificate and key in PEM that can be used: {error}") from error
    return context


def _authorization(way: Way, http: httpx.Client, outbox: Outbox, fresh: bool) -> str:
    """Give the header; a token of an earlier run where it is still good."""
    if way.bearer:
        return f"Bearer {way.bearer}"
    if way.client is None:
        return ""
    name = " ".join((way.base, way.client.id, way.client.key.id, way.client.scope))
    if fresh:
        outbox.keep_token(name, None)
    token = outbox.token(name, int(time.time()))
    if token is None:
        token = smart.token(http, way.client, way.base)
        outbox.keep_token(name, token)
    return f"Bearer {token.value}"


def bearer_of(variable: str, file: str) -> str:
    """Read a token from an environment variable or a file."""
    if not variable and not file:
        return ""
    if file:
        try:
            value = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConverterError(f"{file}: {error}") from error
    else:
        value = os.environ.get(variable, "").strip()
    if not value or not value.isascii() or any(c.isspace() for c in value):
        raise ConverterError(f"{file or variable}: no token in it")
    return value

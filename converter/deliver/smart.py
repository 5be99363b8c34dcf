"""SMART Backend Services: a signed word of who we are, for a token.

https://hl7.org/fhir/smart-app-launch/backend-services.html and client-confidential-asymmetric.html
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode

from converter.deliver.errors import BusyError, DeniedError
from converter.deliver.outbox import Token
from converter.deliver.server import LOOPBACK, TRY_AGAIN, seconds
from converter.issues import ConverterError

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE = 240
"""Seconds that an assertion is good for; SMART allows five minutes."""
V1, V2 = "system/*.read system/*.write", "system/*.crus"
"""What is asked for: read, search, create, update; nothing is ever deleted."""


@dataclass(frozen=True, slots=True)
class Key:
    """The private key of a client."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    id: str

    @property
    def algorithm(self) -> str:
        """Give SMART's algorithm for the kind of key."""
        return "RS384" if isinstance(self.private, rsa.RSAPrivateKey) else "ES384"

    @property
    def public(self) -> dict[str, Any]:
        """Give the public key as a JWK, for the server to know us by."""
        jwk = _jwk(self.private)
        return {**jwk, "kid": self.id, "use": "sig", "alg": self.algorithm, "key_ops": ["verify"]}


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the authorization server."""

    id: str
    key: Key
    scope: str = ""
    """"" asks for what the server's version of scopes calls read, search, create and update."""
    token_url: str = ""
    """"" looks in the server's .well-known/smart-configuration."""
    jwks_url: str = ""
    """Where our public keys stand (jku), if the server was told so."""


def load_key(data: bytes, name: str, password: str = "", key_id: str = "") -> Key:
    """Read a private key: PEM, JWK, or the first private one of a JWKS."""
    found = ""
    try:
        if data.lstrip().startswith(b"{"):
            told = json.loads(data)
            jwk = next(k for k in told.get("keys", [told]) if "d" in k and key_id in ("", k.get("kid")))
            found = str(jwk.get("kid", ""))
            reader = RSAAlgorithm if jwk.get("kty") == "RSA" else ECAlgorithm
            private: Any = reader.from_jwk(jwk)
        else:
            private = serialization.load_pem_private_key(data, password.encode() or None)
    except StopIteration:
        raise ConverterError(f"{name}: no private key{f' {key_id}' if key_id else ''} in it") from None
    except (ValueError, TypeError, KeyError, jwt.PyJWTError) as error:
        raise ConverterError(f"{name}: no private key in PEM or JWK that can be read: {error}") from error
    curve = isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, ec.SECP384R1)
    if not curve and not (isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048):
        raise ConverterError(
            f"{name}: SMART signs with RSA of 2048 bits or more (RS384) or with P-384 (ES384)"
        )
    return Key(private, key_id or found or thumbprint(_jwk(private)))


def _jwk(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        made = RSAAlgorithm.to_jwk(public, as_dict=True)
    else:
        made = ECAlgorithm.to_jwk(public, as_dict=True)
    return {name: made[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in made}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Name a key by its content (RFC 7638)."""
    wanted = {name: jwk[name] for name in sorted(jwk) if name in ("kty", "crv", "x", "y", "n", "e")}
    digest = hashes.Hash(hashes.SHA256())
    digest.update(json.dumps(wanted, separators=(",", ":")).encode())
    return base64url_encode(digest.finalize()).decode()


def assertion(client: Client, audience: str, now: int) -> str:
    """Sign who we are; good once, for a few minutes."""
    claims = {
        "iss": client.id, "sub": client.id, "aud": audience, "iat": now, "exp": now + LIFE,
        "jti": secrets.token_urlsafe(24),
    }  # fmt: skip
    headers = {"kid": client.key.id, "typ": "JWT"} | ({"jku": client.jwks_url} if client.jwks_url else {})
    return jwt.encode(claims, client.key.private, client.key.algorithm, headers)


def discover(http: httpx.Client, base: str) -> Mapping[str, Any]:
    """Read the server's .well-known/smart-configuration."""
    url = f"{base}/.well-known/smart-configuration"
    answer = _asked(lambda: http.get(url, headers={"Accept": "application/json"}), url)
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not found.get("token_endpoint"):
        raise ConverterError(f"{url}: {answer.status_code}, no token_endpoint; --token-url names it")
    return found


def scope_for(told: Mapping[str, Any]) -> str:
    """Ask in the version of scopes that the server knows; v2 where it says nothing."""
    capabilities = told.get("capabilities") or ()
    v1_only = "permission-v1" in capabilities and "permission-v2" not in capabilities
    supported = [str(s) for s in told.get("scopes_supported") or ()]
    silent = not any(c in capabilities for c in ("permission-v1", "permission-v2"))
    v1_named = any(s.startswith("system/") and s.endswith((".read", ".write", ".*")) for s in supported)
    v2_named = any(s.startswith("system/") and not s.endswith((".read", ".write", ".*")) for s in supported)
    return V1 if v1_only or (silent and v1_named and not v2_named) else V2


def token(http: httpx.Client, client: Client, base: str) -> Token:
    """Fetch an access token."""
    told = discover(http, base) if not (client.token_url and client.scope) else {}
    url = client.token_url or str(told["token_endpoint"])
    _safe(url)
    algorithms = told.get("token_endpoint_auth_signing_alg_values_supported")
    if algorithms and client.key.algorithm not in algorithms:
        raise ConverterError(
            f"{url} takes {', '.join(map(str, algorithms))}, our key signs {client.key.algorithm}"
        )
    now = int(time.time())
    form = {
        "grant_type": "client_credentials",
        "scope": client.scope or scope_for(told),
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion(client, url, now),
    }
    answer = _asked(lambda: http.post(url, data=form, headers={"Accept": "application/json"}), url)
    return _token(answer, url, form["scope"], now)


def _token(answer: httpx.Response, url: str, scope: str, now: int) -> Token:
    try:
        said = answer.json()
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    if answer.status_code != 200 or not said.get("access_token"):
        why = ": ".join(str(said[name]) for name in ("error", "error_description") if said.get(name))
        raise DeniedError(f"{url}: no token ({answer.status_code}{' ' if why else ''}{why})")
    if str(said.get("token_type", "")).lower() != "bearer":
        raise DeniedError(f"{url}: a token of type {said.get('token_type')}, not bearer")
    try:
        life = int(said.get("expires_in", 0))
    except (TypeError, ValueError):
        life = 0
    return Token(str(said["access_token"]), str(said.get("scope") or scope), now + life)


def _asked(ask: Any, url: str) -> httpx.Response:
    try:
        answer: httpx.Response = ask()
    except httpx.TransportError as error:
        raise BusyError(f"{url}: {error or type(error).__name__}") from error
    if answer.status_code in TRY_AGAIN:
        after = seconds(answer.headers.get("Retry-After", ""), time.time())
        raise BusyError(f"{url}: {answer.status_code} {answer.reason_phrase}", after)
    return answer


def _safe(url: str) -> None:
    """Refuse to say who we are in the open."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ConverterError(f"{url}: a token is asked for over https only")

"""A FHIR server over HTTPS: requests, and what their answers mean.

https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from converter.deliver.errors import BusyError, DeniedError, RefusedError
from converter.deliver.planning import Stood, retractable
from converter.deliver.prepare import UNIDENTIFIED, Own, Resource, urns
from converter.fhir import ids
from converter.fhir.json import dumps, loads
from converter.issues import ConverterError

JSON = "application/fhir+json"
HEADERS = {"Accept": JSON, "Cache-Control": "no-cache", "Prefer": "handling=strict"}
"""HAPI answers a repeated search out of a cache unless told not to; a lenient server passes over a parameter
that it does not know, and gives everything."""
AT_ONCE = 30
"""Identifiers in one search, for urls under 3,000 characters."""
TRY_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
CONFLICT = frozenset({409, 412})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Server:
    """Where bundles go."""

    base: str
    http: httpx.Client
    authorization: Callable[[bool], str]
    """Gives the Authorization header, "" for none; True asks for a fresh token."""

    def ask(
        self, method: str, url: str, body: Any = None, params: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request; give status and body, those of 404 and 410 too."""
        answer = self._once(method, url, body, params, fresh=False)
        if answer.status_code == 401 and self.authorization(False):
            answer = self._once(method, url, body, params, fresh=True)
        status, said = answer.status_code, _body(answer)
        if answer.is_success or status in (404, 410):
            return status, said
        told = f"{method} {_shown(url)}: {status} {answer.reason_phrase}".strip()
        if status in (401, 403):
            raise DeniedError(told, said)
        if status in TRY_AGAIN | CONFLICT:
            after = seconds(answer.headers.get("Retry-After", ""), time.time())
            raise BusyError(told, after, said, unsure=status not in CONFLICT | {429})
        raise RefusedError(told, said)

    def _once(
        self, method: str, url: str, body: Any, params: Mapping[str, str] | None, fresh: bool
    ) -> httpx.Response:
        bearer = self.authorization(fresh)
        headers = {**HEADERS, **({"Authorization": bearer} if bearer else {})}
        data = None
        if body is not None:
            headers |= {"Content-Type": f"{JSON}; charset=utf-8", "Prefer": "return=minimal"}
            data = dumps(body).encode("utf-8", "backslashreplace")
        whole = url if urlsplit(url).scheme else f"{self.base}/{url}".rstrip("/")
        try:
            return self.http.request(method, whole, content=data, params=params, headers=headers)
        except (httpx.ProxyError, httpx.UnsupportedProtocol, httpx.DecodingError) as error:
            raise ConverterError(f"{self.base}: {error}") from error
        except httpx.TransportError as error:
            if "CERTIFICATE" in str(error).upper() or "SSL" in str(error).upper():
                raise ConverterError(f"{self.base}: {error}; --ca FILE names your own authority") from error
            raise BusyError(f"{method} {_shown(url)}: {error or type(error).__name__}") from error

    def greet(self) -> frozenset[str]:
        """Read what the server says of itself; give the types that it does search by identifier.

        Nothing is sent to a server that does not speak R4.
        """
        status, said = self.ask("GET", "metadata")
        if status != 200 or not isinstance(said, dict) or said.get("resourceType") != "CapabilityStatement":
            raise ConverterError(
                f"{self.base}/metadata: no CapabilityStatement; is this the base of a FHIR server?"
            )
        version = str(said.get("fhirVersion", ""))
        if not version.startswith("4.0"):
            raise ConverterError(f"{self.base} speaks FHIR {version or '?'}; these bundles are R4 (4.0.1)")
        rest = said.get("rest") or [{}]
        listed = [one for one in rest[0].get("resource") or () if isinstance(one, dict)]
        return frozenset(str(one.get("type")) for one in listed if _by_identifier(one)) - UNIDENTIFIED

    def read(self, place: str) -> Stood | None:
        """Read ``Type/id``; None where nothing stands there, or no longer."""
        status, said = self.ask("GET", place)
        there = status == 200 and isinstance(said, dict) and "id" in said
        return Stood(_relative(said, self.base)) if there else None

    def find(self, kind: str, name: str, value: str) -> list[Stood]:
        """Search a type by one parameter; give every match."""
        found: list[Stood] = []
        url, params = kind, {name: value, "_count": "200"}
        while url:
            status, said = self.ask("GET", url, params=params or None)
            if status != 200 or not isinstance(said, dict) or said.get("resourceType") != "Bundle":
                raise RefusedError(f"GET {kind}?{name}: {status}, no Bundle", said)
            for entry in said.get("entry") or ():
                made = entry.get("resource") or {}
                if made.get("resourceType") == kind and "id" in made:
                    found.append(Stood(_relative(made, self.base)))
            links = {link.get("relation"): link.get("url", "") for link in said.get("link") or ()}
            url, params = self._next(links.get("next", "")), {}
        return found

    def _next(self, url: str) -> str:
        """Follow a page's link to this server only: the token goes with it."""
        if not url:
            return ""
        whole = urljoin(f"{self.base}/", url)
        if urlsplit(whole)[:2] != urlsplit(self.base)[:2]:
            raise RefusedError(f"{self.base}: its next page is at another server, {urlsplit(whole).netloc}")
        return whole


def _by_identifier(listed: Mapping[str, Any]) -> bool:
    names = [one.get("name") for one in listed.get("searchParam") or ()]
    return "identifier" in names or not names


def standing(server: Server, owns: Sequence[Own]) -> dict[str, Stood]:
    """Find what stands there of ours, by urn."""
    found: dict[str, Stood] = {}
    for kind, parameter in dict.fromkeys((own.kind, own.parameter) for own in owns):
        wanted = [own.urn for own in owns if own.kind == kind]
        for first in range(0, len(wanted), AT_ONCE):
            some = wanted[first : first + AT_ONCE]
            value = ",".join(f"{ids.URI}|{urn}" for urn in some)
            for there in server.find(kind, parameter, value):
                for urn in set(urns(there.resource)) & set(some):
                    if urn in found and found[urn].place != there.place:
                        raise RefusedError(
                            f"{found[urn].place} and {there.place} are both {urn} there; one must go first"
                        )
                    found[urn] = there
    return found


def vanished(server: Server, listed: Iterable[str], stood: Mapping[str, Stood]) -> list[Stood]:
    """Read what was sent of a bundle and is in it no more: by the server's Provenance, and by our memory."""
    now = {there.place for there in stood.values()}
    targets = [
        str(target.get("reference", ""))
        for there in stood.values()
        if there.resource["resourceType"] == "Provenance"
        for target in there.resource.get("target") or ()
    ]
    places = dict.fromkeys(place for place in (*targets, *listed) if place and place not in now)
    found = [server.read(place) for place in places if place.count("/") == 1]
    return [there for there in found if there is not None and retractable(there)]


def _relative(value: Any, base: str) -> Any:
    """Make references to this server relative and versionless."""
    if isinstance(value, list):
        return [_relative(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    made: Resource = {name: _relative(item, base) for name, item in value.items()}
    target = value.get("reference")
    if isinstance(target, str):
        made["reference"] = target.removeprefix(f"{base}/").partition("/_history/")[0]
    return made


def _body(answer: httpx.Response) -> Any:
    """Read JSON with its numbers as printed; of anything else its beginning."""
    try:
        return loads(answer.content.decode("utf-8-sig")) if answer.content else None
    except (ValueError, RecursionError):
        return answer.text[:500]


def _shown(url: str) -> str:
    """Name a request without its query."""
    return urlsplit(url).path or "transaction"


def seconds(after: str, now: float) -> float:
    """Read Retry-After: seconds, or an HTTP date.

    >>> seconds("120", 0), seconds("Thu, 01 Jan 1970 00:01:00 GMT", 0), seconds("soon", 0)
    (120.0, 60.0, 0.0)
    """
    if after.strip().isdecimal():
        return float(after)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(after).timestamp() - now)
    except (ValueError, TypeError):
        return 0.0


def waits(tries: int, first: float = 0.5, longest: float = 60.0) -> Iterator[float]:
    """Give the pauses between tries: each twice the one before."""
    for number in range(tries):
        yield min(longest, first * 2**number)

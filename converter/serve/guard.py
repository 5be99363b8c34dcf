"""Around every request: security headers, one line of log without its words, no traceback, right hosts alone.

A plain ASGI middleware: https://www.starlette.dev/middleware/#pure-asgi-middleware
"""

from __future__ import annotations

import hmac
import logging
import time
import traceback
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from converter.serve.outcome import Answer, RefusalError, refused
from converter.serve.settings import Settings

LOG = logging.getLogger("converter.serve")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}


def response(answer: Answer) -> Response:
    """Make the HTTP response."""
    return Response(answer.body, answer.status, dict(answer.headers), answer.media)


class Guard:
    """What is the same for every request."""

    def __init__(self, app: ASGIApp, settings: Settings, paths: frozenset[str]) -> None:
        self._app = app
        self._settings = settings
        self._paths = paths
        """Paths that the log may name: any other may hold anything."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, size, started = time.monotonic(), 0, 0, False

        async def guarded(message: Message) -> None:
            nonlocal status, size, started
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in {**HEADERS, **(HSTS if self._settings.tls else {})}.items():
                    headers.setdefault(name, value)
            size += len(message.get("body", b""))
            await send(message)

        try:
            if self._is_ours(scope):
                await self._app(scope, receive, guarded)
            else:
                answer = refused(RefusalError(400, "the Host header does not name this service"))
                await response(answer)(scope, receive, guarded)
        except Exception as error:
            LOG.error("unexpected %s", _place(error))
            if not started:
                answer = refused(RefusalError(500, f"unexpected {type(error).__name__}"))
                await response(answer)(scope, receive, guarded)
        finally:
            path = scope["path"] if scope["path"] in self._paths else "-"
            codes = scope.get("state", {}).get("codes", "")
            spent = round((time.monotonic() - began) * 1000)
            LOG.info("%s %s %d %d bytes %d ms %s", _method(scope), path, status, size, spent, codes)

    def _is_ours(self, scope: Scope) -> bool:
        """Refuse other names: a stranger's page may point its own at loopback (DNS rebinding)."""
        host = Request(scope).headers.get("host", "")
        return not self._settings.hosts or _name(host) in self._settings.hosts


def authorise(request: Request, settings: Settings) -> None:
    """Ask for the token; where none is set, for a page of our own rather than a stranger's."""
    if settings.token:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), settings.token.encode())
        if kind.lower() != "bearer" or not same:
            raise RefusalError(401, "send Authorization: Bearer and the token", WWW_Authenticate="Bearer")
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise RefusalError(403, "pages of other origins may not ask")


def _name(host: str) -> str:
    """Take the port off.

    >>> _name("[::1]:8080"), _name("LocalHost:80"), _name("a:b:c")
    ('::1', 'localhost', '')
    """
    try:
        return urlsplit(f"//{host}").hostname or "" if host.startswith("[") or host.count(":") < 2 else ""
    except ValueError:
        return ""


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "OPTIONS") else "-"


def _place(error: BaseException) -> str:
    """Say what and where, never with what words."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno}" if frames else "error"

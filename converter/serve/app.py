"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from anyio import fail_after
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from converter.fhir.json import dumps
from converter.serve import about, page
from converter.serve.desk import Desk
from converter.serve.guard import Guard, authorise, response
from converter.serve.media import HTML, JSON, RAW, XML, accepted, bare, chosen, report_types
from converter.serve.outcome import FHIR, Answer, RefusalError, refused
from converter.serve.parameters import VALUES
from converter.serve.settings import Settings
from converter.serve.work import Order

Endpoint = Callable[[Request], Awaitable[Response]]
DRAINED = 4
"""A body may be so many times the limit and still be read to its end, so that its sender hears the answer."""


def application(settings: Settings) -> Starlette:
    """Make the application of one service."""
    made = {
        "/healthz": _fixed(b"ok\n", "text/plain; charset=utf-8"),
        "/metadata": _fixed(dumps(about.capabilities()).encode(), FHIR, *JSON),
        "/openapi.json": _fixed(dumps(about.openapi(settings)).encode(), "application/json"),
        "/": _fixed(page.html(bool(settings.token)).encode(), page.MEDIA, HTML, csp=page.policy()),
        "/serve.js": _fixed(page.file("serve.js"), "text/javascript; charset=utf-8"),
        "/serve.css": _fixed(page.file("serve.css"), "text/css; charset=utf-8"),
    }
    desk: list[Desk] = []
    work = {
        "/$convert": partial(_operation, settings, desk, "convert"),
        "/$validate": partial(_operation, settings, desk, "validate"),
    }

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        desk.append(Desk(settings))
        await desk[0].warm()
        yield

    routes = [Route(path, endpoint, methods=["GET"]) for path, endpoint in made.items()]
    routes += [Route(path, endpoint, methods=["POST"]) for path, endpoint in work.items()]
    app = Starlette(
        routes=routes,
        lifespan=running,
        middleware=[Middleware(Guard, settings=settings, paths=frozenset({*made, *work}))],
        exception_handlers={RefusalError: _refused, HTTPException: _http},
    )
    app.router.redirect_slashes = False
    return app


def _fixed(body: bytes, media: str, *given: str, csp: str = "") -> Endpoint:
    """Answer with what never changes."""
    offers = given or (bare(media),)

    async def endpoint(request: Request) -> Response:
        known = accepted(request.query_params.get("_format"), request.headers.get("accept", ""))
        if not chosen(known, offers):
            raise RefusalError(406, f"there is {', '.join(offers)}")
        return response(Answer(200, body, media, {"Content-Security-Policy": csp} if csp else {}))

    return endpoint


async def _operation(settings: Settings, desk: Sequence[Desk], name: str, request: Request) -> Response:
    """Take an operation's request in; everything that can be refused unread is."""
    authorise(request, settings)
    query = _query(request, name)
    offers = (*JSON[:2], HTML) if name == "convert" else JSON[:2]
    answer = chosen(accepted(query.pop("_format", None), request.headers.get("accept", "")), offers)
    if not answer:
        raise RefusalError(406, f"there is {', '.join(offers)}")
    media = _media(request, name)
    client = request.client.host if request.client else ""
    with desk[0].place(client):
        body = await _body(request, settings)
        prefers = request.headers.get("prefer", "").replace(" ", "").lower()
        order = Order(name, body, media, query, answer, "return=operationoutcome" in prefers)
        made = await desk[0].serve(order)
    request.state.codes = made.log
    return response(made)


def _query(request: Request, name: str) -> dict[str, str]:
    known = {"_format", *(VALUES if name == "convert" else ())}
    pairs = request.query_params.multi_items()
    if unknown := {key for key, _ in pairs} - known:
        raise RefusalError(
            400, f"{len(unknown)} parameter(s) not known; there are {', '.join(sorted(known))}"
        )
    if len({key for key, _ in pairs}) < len(pairs):
        raise RefusalError(400, "a parameter is given twice")
    return dict(pairs)


def _media(request: Request, name: str) -> str:
    known = (*JSON, *report_types(), RAW) if name == "convert" else (*JSON, *XML)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise RefusalError(
            415, "send the body as it is, without Content-Encoding", Accept_Encoding="identity"
        )
    media = bare(request.headers.get("content-type", RAW if name == "convert" else FHIR))
    if media not in known:
        raise RefusalError(415, f"send {', '.join(known)}", Accept=", ".join(known))
    return media


async def _body(request: Request, settings: Settings) -> bytes:
    """Read a body, no further than the limits."""
    limit, parts, size = settings.max_size, list[bytes](), 0
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > DRAINED * limit:
        raise RefusalError(413, f"over {limit} bytes", Connection="close")
    try:
        with fail_after(settings.body_seconds):
            async for part in request.stream():
                size += len(part)
                if size <= limit:
                    parts.append(part)
                elif size > DRAINED * limit:
                    break
    except TimeoutError:
        raise RefusalError(408, f"no body in {settings.body_seconds} seconds", Connection="close") from None
    except ClientDisconnect:
        raise RefusalError(400, "the body broke off") from None
    if size > limit:
        raise RefusalError(413, f"over {limit} bytes", Connection="close")
    return b"".join(parts)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusalError)
    return response(refused(error))


async def _http(_: Request, error: Exception) -> Response:
    """Say 404 and 405 in FHIR."""
    assert isinstance(error, HTTPException)
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return response(refused(RefusalError(error.status_code, error.detail, **headers)))

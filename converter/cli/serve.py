"""`casefhir serve`: a small FHIR service."""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING, NoReturn

from converter.cli.common import die, knowledge_options, loaded_terms, own_rows, read_file

if TYPE_CHECKING:
    from converter.serve import Settings

SHORTEST = 16
TOKEN = "CASEFHIR_TOKEN"  # noqa: S105 (the variable's name)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    p = commands.add_parser(
        "serve", help="a small FHIR service and web page: POST /$convert, POST /$validate",
        description="Serve conversions over HTTP, by default to this machine alone. Elsewhere a token is asked for, "
        f"in the environment's {TOKEN} or in --token-file. docs/serve.md tells of the interface, docs/security.md of its limits.",
    )  # fmt: skip
    p.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen at (default 127.0.0.1)"
    )
    p.add_argument("--port", type=int, default=8080, metavar="N", help="port (default 8080; 0 for any)")
    p.add_argument(
        "--token-file", default="", metavar="FILE", help=f"file with the token, instead of {TOKEN}"
    )
    p.add_argument("--cert", default="", metavar="FILE", help="certificate chain in PEM: serves HTTPS")
    p.add_argument("--key", default="", metavar="FILE", help="its private key")
    for name, (default, metavar, told) in LIMITS.items():
        p.add_argument(
            f"--{name}", type=int, default=default, metavar=metavar, help=f"{told} (default {default})"
        )
    p.add_argument("--quiet", action="store_true", help="no line of log a request")
    knowledge_options(p)


LIMITS = {
    "max-size": (20, "MB", "refuse larger bodies"),
    "timeout": (60, "S", "end a conversion after so many seconds"),
    "body-timeout": (30, "S", "seconds for a client to send its body"),
    "workers": (2, "N", "processes that convert"),
    "queue": (16, "N", "requests that may wait for one"),
    "per-client": (16, "N", "requests of one address at once"),
    "memory": (2000, "MB", "address space of a worker"),
}


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    settings = _settings(args)
    try:
        import uvicorn

        from converter.serve.app import application
        from converter.serve.wire import Wire
    except ImportError as error:
        die(f"serve needs {error.name}: pip install 'casefhir[serve]'")
    import logging

    form = logging.Formatter("%(asctime)s %(levelname)s %(message)s")
    handler = logging.StreamHandler()
    handler.setFormatter(form)
    logging.getLogger().addHandler(handler)
    logging.getLogger("converter.serve").setLevel(logging.WARNING if args.quiet else logging.INFO)
    own_rows(args)
    listening = _listen(args)
    config = uvicorn.Config(
        application(settings), http=Wire, ws="none", loop="asyncio", lifespan="on", log_config=None,
        access_log=False, server_header=False, proxy_headers=False, timeout_keep_alive=10, backlog=128,
        limit_concurrency=None, timeout_graceful_shutdown=settings.seconds + 5,
        ssl_certfile=args.cert or None, ssl_keyfile=args.key or None,
    )  # fmt: skip
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _stop)  # what uvicorn raises again once it has stopped
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(
        f"casefhir: listening at {'https' if settings.tls else 'http'}://{shown}:{port}/",
        file=sys.stderr,
        flush=True,
    )
    uvicorn.Server(config).run(sockets=[listening])
    return 0


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


def _settings(args: argparse.Namespace) -> Settings:
    from converter.serve import Settings

    for name in LIMITS:
        least = 0 if name == "queue" else 1
        if getattr(args, name.replace("-", "_")) < least:
            die(f"--{name}: give a whole number, {least} or more")
    if not 0 <= args.port <= 65535:
        die(f"--port {args.port}: give 0 to 65535")
    if bool(args.cert) != bool(args.key):
        die("give --cert and --key together")
    token, local = _token(args), _is_loopback(args.host)
    if not token and not local:
        die(f"--host {args.host} is open to others: give a token in {TOKEN} or --token-file")
    if not local and not args.cert:
        print(
            "casefhir: without --cert everything goes unencrypted; put a proxy with TLS before it",
            file=sys.stderr,
        )
    hosts = frozenset() if token else frozenset({"localhost", "127.0.0.1", "::1", args.host.lower()})
    return Settings(
        token=token, max_size=args.max_size * 1_000_000, seconds=args.timeout, body_seconds=args.body_timeout,
        workers=args.workers, queue=args.queue, per_client=args.per_client, memory=args.memory * 1_000_000,
        hosts=hosts, tls=bool(args.cert), mappings=args.mappings, terms=loaded_terms(args),
    )  # fmt: skip


def _token(args: argparse.Namespace) -> str:
    """Read the token; never from the command line, which every user of the machine may read."""
    place = args.token_file or TOKEN
    text = (
        read_file(args.token_file).decode("utf-8", "replace")
        if args.token_file
        else os.environ.get(TOKEN, "")
    )
    token = text.strip()
    if token and (len(token) < SHORTEST or not token.isascii() or not token.isprintable() or " " in token):
        die(f"{place}: a token is {SHORTEST} or more ASCII characters without blanks")
    if args.token_file and not token:
        die(f"{place}: no token in it")
    return token


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listen(args: argparse.Namespace) -> socket.socket:
    """Take the port before anything is loaded, so that a taken one ends the run at once."""
    try:
        family, _, _, _, address = socket.getaddrinfo(args.host, args.port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        die(f"{args.host}:{args.port}: {reason}")

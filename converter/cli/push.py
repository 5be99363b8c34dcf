"""`casefhir push`: bundles to a FHIR server."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from converter.cli.common import die, json_of, read_file

if TYPE_CHECKING:
    from converter.deliver.connection import Way
    from converter.deliver.outbox import Outbox, Parcel
    from converter.deliver.prepare import Choice
    from converter.deliver.push import Delivery


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    push = commands.add_parser(
        "push",
        help="send bundles to a FHIR server; sent twice they change nothing",
        description="Show what would be sent to a FHIR R4 server; --yes sends it, one transaction a bundle. What is there "
        "already is left as it is, what a better extraction tells otherwise is updated, what it finds no more is marked "
        "entered-in-error. Without BUNDLE: what still waits in the outbox.",
    )
    push.add_argument(
        "files", nargs="*", metavar="BUNDLE", help="file, folder of .json files, or - for standard input"
    )
    push.add_argument("--to", metavar="URL", help="base of the server, https://HOST/fhir")
    push.add_argument(
        "--yes", action="store_true", help="send; without it nothing leaves this machine but questions"
    )
    push.add_argument("--patient", default="", metavar="REF", help="Patient/ID there that the facts are of")
    push.add_argument("--encounter", default="", metavar="REF", help="Encounter/ID there, of that Patient")
    push.add_argument(
        "--allow-fictional",
        action="store_true",
        help="create a Patient for a published case: servers for tests only",
    )
    push.add_argument(
        "--with-authors", action="store_true", help="send the report's authors and their institutions too"
    )
    push.add_argument(
        "--overwrite", action="store_true", help="write over what somebody changed there after we sent it"
    )
    push.add_argument("--move", action="store_true", help="take facts sent earlier over to this Patient")
    push.add_argument("--report", default="text", choices=("text", "json"), help="how results are printed")
    _way_options(push)


def _way_options(push: argparse.ArgumentParser) -> None:
    way = push.add_argument_group("the way there")
    for name, (metavar, told) in WORDS_OF_THE_WAY.items():
        way.add_argument(name, default="", metavar=metavar, help=told)
    way.add_argument(
        "--print-jwks", action="store_true", help="print the public key of --key as a JWKS, to register it"
    )
    way.add_argument("--allow-http", action="store_true", help="without TLS to a host other than this one")
    way.add_argument(
        "--timeout", type=float, default=60, metavar="S", help="seconds for an answer (default 60)"
    )
    way.add_argument(
        "--tries", type=int, default=6, metavar="N", help="tries again after the first (default 6)"
    )
    way.add_argument(
        "--max-wait",
        type=float,
        default=300,
        metavar="S",
        help="longest Retry-After to sit out (default 300)",
    )


WORDS_OF_THE_WAY = {
    "--token-env": ("NAME", "environment variable that holds a bearer token"),
    "--token-file": ("FILE", "file that holds a bearer token"),
    "--client-id": ("ID", "SMART Backend Services: who we are registered as"),
    "--key": ("FILE", "private key of that client, PEM or JWK (RSA, P-384)"),
    "--key-id": ("KID", "its key id (default: the JWK's, else its thumbprint)"),
    "--jwks-url": ("URL", "where our public keys stand (jku)"),
    "--scope": ("SCOPE", "scopes to ask for (default: system/*.crus, or what v1 calls it)"),
    "--token-url": ("URL", "token endpoint (default: SMART discovery)"),
    "--ca": ("FILE", "certificate of your own authority, PEM"),
    "--cert": ("FILE", "our certificate for mutual TLS, PEM"),
    "--cert-key": ("FILE", "its key (default: in the same file)"),
    "--proxy": ("URL", "proxy (default: HTTPS_PROXY)"),
    "--outbox": ("FILE", "what waits and what was sent (default: in ~/.local/state/casefhir)"),
}


def run(args: argparse.Namespace) -> int:
    """Do the work and give the exit code."""
    try:
        import httpx  # noqa: F401
        import jwt  # noqa: F401
    except ModuleNotFoundError as error:
        die(f"push: {error.name} is missing; pip install 'casefhir[push]'")
    if args.print_jwks:
        return _print_jwks(args)
    if not args.to:
        die("push: --to URL names the server")
    from converter.deliver.connection import connected
    from converter.deliver.errors import BusyError, DeniedError
    from converter.deliver.outbox import folder, opened

    way = _way(args)
    path = Path(args.outbox) if args.outbox else folder() / "outbox.sqlite"
    parcels = _bundles(args, _choice(args, way))
    with opened(path if args.yes or path.exists() else None) as outbox, connected(way, outbox) as server:
        try:
            if args.yes:
                outbox.put(server.base, [(p.bundle, p.name, p.choice, p.body) for p in parcels])
            return _results(args, _sent(args, outbox, server, parcels))
        except (BusyError, DeniedError) as error:
            for line in _outcome(error.outcome):
                print(f"  {line}", file=sys.stderr)
            waits = "; the bundles wait in the outbox" if args.yes else ""
            die(f"{error}{waits}")


def _sent(
    args: argparse.Namespace, outbox: Outbox, server: Any, parcels: Sequence[Parcel]
) -> Iterator[Delivery]:
    from converter.deliver.push import Patience, Route, patiently, push

    patience = Patience(max(args.tries, 0), args.max_wait)
    route = Route(server, outbox, patiently(patience, server.greet), args.yes, patience)
    return push(route, parcels if parcels and not args.yes else outbox.waiting(server.base))


def _way(args: argparse.Namespace) -> Way:
    from converter import __version__
    from converter.deliver import smart
    from converter.deliver.connection import Way, base_of, bearer_of

    ways = [name for name in ("token_env", "token_file", "client_id") if getattr(args, name)]
    if len(ways) > 1:
        die("--token-env, --token-file and --client-id are three ways to say who we are; give one")
    if bool(args.client_id) != bool(args.key):
        die("--client-id ID and --key FILE belong together")
    client = None
    if args.client_id:
        client = smart.Client(args.client_id, _key(args), args.scope, args.token_url, args.jwks_url)
    return Way(
        base_of(args.to, args.allow_http),
        bearer_of(args.token_env, args.token_file),
        client,
        args.ca,
        args.cert,
        args.cert_key,
        args.proxy,
        args.timeout,
        f"casefhir/{__version__}",
    )


def _key(args: argparse.Namespace) -> Any:
    from converter.deliver import smart

    password = os.environ.get("CASEFHIR_KEY_PASSWORD", "")
    return smart.load_key(read_file(args.key), args.key, password, args.key_id)


def _print_jwks(args: argparse.Namespace) -> int:
    if not args.key:
        die("--print-jwks: --key FILE names the key")
    print(json.dumps({"keys": [_key(args).public]}, indent=2))
    return 0


def _choice(args: argparse.Namespace, way: Way) -> Choice:
    """Read where the facts belong."""
    from converter.deliver.prepare import Choice

    given = {}
    for kind, said in (("Patient", args.patient), ("Encounter", args.encounter)):
        place = said.removeprefix(f"{way.base}/")
        if said and (
            place.count("/") != 1 or not place.startswith(f"{kind}/") or not place.partition("/")[2]
        ):
            die(f"--{kind.lower()} {said}: give {kind}/ID as it stands on {way.base}")
        given[kind] = place
    if args.encounter and not args.patient:
        die("--encounter: name its Patient too, with --patient")
    return Choice(given["Patient"], given["Encounter"], args.with_authors, args.overwrite, args.move)


def _bundles(args: argparse.Namespace, choice: Choice) -> list[Parcel]:
    """Read the bundles and make sure, before anything is sent, that each may go."""
    from converter.deliver.errors import RefusedError
    from converter.deliver.outbox import Parcel
    from converter.deliver.prepare import is_published_case, key, prepare, source_hash

    found = []
    texts: dict[str, str] = {}
    for name in files(args.files):
        body = json_of(name)
        try:
            parcel = Parcel(0, key(body), name, choice, body)
            prepare(body, choice)
        except RefusedError as error:
            die(f"{name}: {error}")
        if is_published_case(body) and not choice.patient and not args.allow_fictional:
            die(
                f"{name}: a published case: its Patient has no name and no birth date. --patient REF attaches the facts"
                " to a Patient who is there; --allow-fictional creates one, on a server for tests"
            )
        text = source_hash(body)
        if choice.patient and text and texts.setdefault(text, parcel.bundle) != parcel.bundle:
            die(f"{name}: another patient of the same report; both cannot be {choice.patient}")
        found.append(parcel)
    return found


def files(names: Sequence[str]) -> Iterator[str]:
    """Give the files named, and the .json files of folders."""
    for name in names:
        path = Path(name)
        if name != "-" and path.is_dir():
            inside = [
                str(p) for p in sorted(path.glob("*.json")) if p.is_file() and not p.name.startswith(".")
            ]
            yield from inside or die(f"{name}: no .json file in it")
        elif name == "-" or path.exists():
            yield name
        else:
            die(f"{name}: no such file")


def _results(args: argparse.Namespace, deliveries: Iterator[Delivery]) -> int:
    """Print what became of each bundle as it becomes known."""
    done = []
    for delivery in deliveries:
        done.append(delivery)
        if args.report == "text":
            print("\n".join(_lines(delivery, not args.yes)), flush=True)
    if args.report == "json":
        print(json.dumps([_told(one) for one in done], indent=2, ensure_ascii=False, default=str))
    elif not done:
        print("nothing waits")
    return 1 if any(one.status in ("refused", "waiting") for one in done) else 0


def _lines(delivery: Delivery, whole: bool) -> Iterator[str]:
    counts = ", ".join(f"{count} {WORDS[action]}" for action, count in delivery.counts.items())
    yield f"{delivery.name}: {delivery.status}: " + (delivery.message or counts or "nothing")
    for line in _outcome(delivery.outcome):
        yield f"  {line}"
    for step in delivery.plan if whole else ():
        if step.body is not None or step.action == "kept":
            yield f"  {step.action:8} {step.url}"


WORDS = {
    "create": "new",
    "update": "changed",
    "retract": "entered in error",
    "unchanged": "unchanged",
    "kept": "left as changed there",
}


def _outcome(outcome: Any) -> Iterator[str]:
    """Show a server's OperationOutcome whole."""
    if outcome is None:
        return
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        yield str(outcome)
        return
    for issue in outcome.get("issue") or ():
        details = issue.get("details") or {}
        said = [
            details.get("text"),
            *(c.get("code") for c in details.get("coding") or ()),
            issue.get("diagnostics"),
        ]
        where = ", ".join(map(str, issue.get("expression") or issue.get("location") or ()))
        text = "; ".join(str(s) for s in said if s)
        yield f"{issue.get('severity', '?')} {issue.get('code', '?')}: {text}{f' ({where})' if where else ''}"


def _told(one: Delivery) -> dict[str, Any]:
    steps = [
        {"action": s.action, "type": s.kind, "urn": s.urn, "place": s.place, "version": s.version}
        for s in one.plan
    ]
    return {
        "file": one.name, "bundle": one.bundle, "status": one.status, "message": one.message, "counts": one.counts,
        "outcome": one.outcome, "resources": steps,
    }  # fmt: skip

"""The queue sent off: look, plan, send, remember; one transaction a bundle."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from converter.deliver.errors import BusyError, DeniedError, RefusedError
from converter.deliver.outbox import Outbox, Parcel
from converter.deliver.planning import Step, steps, transaction
from converter.deliver.prepare import ABOUT, Choice, Resource, prepare
from converter.deliver.server import Server, standing, vanished, waits

T = TypeVar("T")
Status = Literal["sent", "unchanged", "would send", "refused", "waiting"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one bundle."""

    name: str
    bundle: str
    status: Status
    plan: tuple[Step, ...] = ()
    message: str = ""
    outcome: Any = None
    """The server's OperationOutcome, whole."""

    @property
    def counts(self) -> dict[str, int]:
        """Count the steps by action."""
        return dict(Counter(step.action for step in self.plan))


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try."""

    tries: int = 6
    longest: float = 300.0
    """Seconds; a server that asks for more is left for another run."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Route:
    """A server, and the types that it searches by identifier; the others are found by a tag."""

    server: Server
    outbox: Outbox
    identified: frozenset[str]
    send: bool = False
    """False only says what would be done."""
    patience: Patience = field(default_factory=Patience)


def plan_of(route: Route, parcel: Parcel) -> tuple[Step, ...]:
    """Look at the server and say what is to be done."""
    server, outbox = route.server, route.outbox
    kinds = {entry["resource"]["resourceType"] for entry in parcel.body["entry"]}
    owns = prepare(parcel.body, parcel.choice, kinds - route.identified)
    _fits(server, parcel.choice)
    stood = standing(server, owns)
    sent = outbox.sent(server.base, parcel.bundle, [own.urn for own in owns if own.kind in ABOUT])
    now = {own.urn for own in owns}
    gone = vanished(server, [one.place for urn, one in sent.items() if urn not in now], stood)
    choice = replace(parcel.choice, overwrite=True) if outbox.begun(parcel) else parcel.choice
    return steps(owns, stood, sent, gone, choice)


def _fits(server: Server, choice: Choice) -> None:
    """Make sure that the named Patient and Encounter are there, and belong together."""
    for place in filter(None, (choice.patient, choice.encounter)):
        there = server.read(place)
        if there is None:
            raise RefusedError(f"{place} does not stand on {server.base}")
        subject = there.resource.get("subject", {}).get("reference", "")
        if place == choice.encounter and subject != choice.patient:
            raise RefusedError(
                f"{choice.encounter} belongs to {subject or 'nobody'}, not to {choice.patient}"
            )


def push(route: Route, parcels: Iterable[Parcel]) -> Iterator[Delivery]:
    """Send every bundle, in order; without ``send`` say what would be done."""
    for parcel in parcels:
        yield _deliver(route, parcel)


def _deliver(route: Route, parcel: Parcel) -> Delivery:
    """Try one bundle until it is there, refused, or patience ends."""
    told = Delivery(parcel.name, parcel.bundle, "waiting")
    try:
        return patiently(route.patience, lambda: _attempt(route, parcel))
    except RefusedError as error:
        if route.send:
            route.outbox.drop(parcel)
        return replace(told, status="refused", message=str(error), outcome=error.outcome)
    except BusyError as error:
        return replace(told, message=str(error), outcome=error.outcome)


def patiently(patience: Patience, ask: Callable[[], T]) -> T:
    """Ask again while the server is busy, pausing at least as long as it says."""
    pauses = waits(patience.tries)
    while True:
        try:
            return ask()
        except BusyError as error:
            pause = next(pauses, None)
            if pause is None or error.after > patience.longest:
                raise
            patience.sleep(max(pause, error.after))


def _attempt(route: Route, parcel: Parcel) -> Delivery:
    plan = plan_of(route, parcel)
    body = transaction(plan, route.server.base)
    status: Status = "unchanged" if body is None else "would send"
    if route.send and body is not None:
        plan, status = _completed(route, parcel, _send(route, parcel, plan, body)), "sent"
    if route.send:
        route.outbox.arrived(route.server.base, parcel, plan)
    return Delivery(parcel.name, parcel.bundle, status, plan)


def _send(route: Route, parcel: Parcel, plan: tuple[Step, ...], body: Resource) -> tuple[Step, ...]:
    route.outbox.begin(parcel)
    try:
        _, said = route.server.ask("POST", "", body)
    except (BusyError, DeniedError) as error:
        if not getattr(error, "unsure", False):
            route.outbox.begin(parcel, may_be_there=False)
        raise
    return answered(plan, said)


def _completed(route: Route, parcel: Parcel, plan: tuple[Step, ...]) -> tuple[Step, ...]:
    """Look again: everything must stand there, and refer to what stands there.

    HAPI rewrites no urn in the extensions of primitive elements (_effectiveDateTime); those go once more.
    """
    again = plan_of(route, parcel)
    lost = [step for step in again if step.action in ("create", "retract")]
    if lost:
        raise BusyError(f"the server said that all is there, and {len(lost)} of {len(plan)} are not")
    dangling = [step for step in again if step.dangling]
    body = transaction(dangling, route.server.base)
    if body is None:
        return plan
    made = {step.urn: step.version for step in _send(route, parcel, tuple(dangling), body)}
    return tuple(replace(step, version=made.get(step.urn, step.version)) for step in plan)


def answered(plan: Sequence[Step], said: Any) -> tuple[Step, ...]:
    """Read from the answer where each resource stands now; a server that left one out is asked again."""
    entries = said.get("entry") or [] if isinstance(said, dict) else []
    responses = [entry.get("response") or {} for entry in entries if isinstance(entry, dict)]
    wanted = [step for step in plan if step.body is not None]
    failed = [r for r in responses if not str(r.get("status", "")).startswith("2")]
    places = [_place(r) for r in responses]
    if (
        len(responses) != len(wanted)
        or failed
        or len(set(filter(None, places))) != len(list(filter(None, places)))
    ):
        outcome = next((r.get("outcome") for r in failed if r.get("outcome")), None)
        raise BusyError(
            f"of {len(wanted)} entries {len(set(places))} were answered with a place of their own", 0, outcome
        )
    made = dict(zip([step.urn for step in wanted], zip(responses, places, strict=True), strict=True))
    return tuple(_now(step, *made[step.urn]) if step.body is not None else step for step in plan)


def _now(step: Step, response: Mapping[str, Any], place: str) -> Step:
    history = str(response.get("location", "")).partition("/_history/")[2]
    etag = str(response.get("etag", "")).removeprefix("W/").strip('"')
    return replace(step, place=place or step.place, version=etag or history)


def _place(response: Mapping[str, Any]) -> str:
    """Read ``Type/id`` off a location, relative or absolute."""
    parts = str(response.get("location", "")).partition("/_history/")[0].rstrip("/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else ""

"""What goes to a server: prepared, compared with what stands there, sent once in effect."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from deliver_server import SmallServer

from converter.deliver.errors import RefusedError
from converter.deliver.outbox import Outbox, opened
from converter.deliver.planning import retracted
from converter.deliver.prepare import Choice, is_published_case, key, prepare, references
from converter.deliver.push import Delivery, Patience, Route, patiently, push
from converter.deliver.server import Server, seconds, waits
from converter.fhir.json import loads

CASES = Path(__file__).parents[1] / "cases"


def bundle(name: str = "cardiac-amyloidosis") -> Any:
    return loads((CASES / name / "bundle.json").read_text("utf-8"))


def transport(small: SmallServer) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        status, said, headers = small.answer(
            request.method, str(request.url), request.content, dict(request.headers)
        )
        return httpx.Response(status, json=said, headers=headers)

    return httpx.MockTransport(answer)


@pytest.fixture
def small() -> SmallServer:
    return SmallServer()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with opened(tmp_path / "outbox.sqlite") as box:
        yield box


class Sleeps(list[float]):
    def __call__(self, time: float) -> None:
        self.append(time)


def send(
    small: SmallServer,
    outbox: Outbox,
    made: Any,
    choice: Choice | None = None,
    sleep: Callable[[float], None] | None = None,
) -> Delivery:
    server = Server(small.base, httpx.Client(transport=transport(small)), lambda fresh: "")
    outbox.put(server.base, [(key(made), "a.json", choice or Choice(), made)])
    route = Route(
        server, outbox, server.greet(), True, Patience(3, 300, sleep if sleep is not None else Sleeps())
    )
    (told,) = push(route, outbox.waiting(server.base))
    return told


def changed(made: Any, kind: str, change: Callable[[Any], None], which: int = 0) -> Any:
    made = copy.deepcopy(made)
    change([e["resource"] for e in made["entry"] if e["resource"]["resourceType"] == kind][which])
    return made


def without(made: Any, kind: str) -> tuple[Any, str]:
    """Take one resource out of a bundle with every reference to it."""
    made = copy.deepcopy(made)
    listed = [e for e in made["entry"] if e["resource"]["resourceType"] == kind]
    urn = listed[-1]["fullUrl"]
    made["entry"] = [e for e in made["entry"] if e["fullUrl"] != urn]
    return _cut(made, urn), urn


def _cut(value: Any, urn: str) -> Any:
    if isinstance(value, list):
        return [
            _cut(item, urn) for item in value if not (isinstance(item, dict) and item.get("reference") == urn)
        ]
    if isinstance(value, dict):
        return {
            name: _cut(item, urn)
            for name, item in value.items()
            if not (isinstance(item, dict) and item.get("reference") == urn)
        }
    return value


def test_every_resource_arrives_once_and_its_references_lead_somewhere(small, outbox):
    made = bundle()
    told = send(small, outbox, made)
    assert told.status == "sent"
    there = small.now()
    authors = [
        e
        for e in made["entry"]
        if e["resource"]["resourceType"] in ("Practitioner", "PractitionerRole", "Organization")
    ]
    assert len(there) == len(made["entry"]) - len(authors)
    for one in there.values():
        assert set(references(one)) <= there.keys()
    assert not list(outbox.waiting(small.base))


def test_authors_go_only_when_asked(small, outbox):
    send(small, outbox, bundle(), Choice(authors=True))
    assert len(small.now()) == len(bundle()["entry"])


def test_patients_of_one_report_share_its_authors_without_changing_them(small, outbox):
    both = [bundle("two-hernias"), loads((CASES / "two-hernias" / "bundle.p2.json").read_text("utf-8"))]
    for made in both:
        send(small, outbox, made, Choice(authors=True))
    for made in both:
        assert send(small, outbox, made, Choice(authors=True)).status == "unchanged"


def test_sent_twice_changes_nothing_with_or_without_memory(small, outbox):
    send(small, outbox, bundle())
    before = small.now()
    assert send(small, outbox, bundle()).status == "unchanged"
    with opened(None) as forgetful:
        assert send(small, forgetful, bundle()).status == "unchanged"
    assert small.now() == before
    assert all(len(versions) <= 2 for versions in small.versions.values())


def test_a_better_extraction_updates_and_takes_back_what_it_finds_no_more(small, outbox):
    send(small, outbox, bundle())
    better, urn = without(bundle(), "Condition")
    better = changed(better, "Observation", lambda o: o.update(status="final"))
    told = send(small, outbox, better)
    assert told.counts["retract"] == 1
    (gone,) = [c for c in small.of("Condition") if c["identifier"][0]["value"] == urn]
    assert gone["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in gone
    assert "text" not in gone
    assert gone["code"]
    assert [o["status"] for o in small.of("Observation")].count("final") == 1
    assert send(small, outbox, better).status == "unchanged"


def test_vanished_facts_are_found_by_the_servers_provenance_too(small, outbox):
    send(small, outbox, bundle())
    better, _ = without(bundle(), "Condition")
    with opened(None) as forgetful:
        assert send(small, forgetful, better).counts["retract"] == 1


def test_a_fact_found_again_stands_again(small, outbox):
    send(small, outbox, bundle())
    send(small, outbox, without(bundle(), "Condition")[0])
    told = send(small, outbox, bundle())
    assert told.counts["update"] >= 1
    marks = [c["verificationStatus"]["coding"][0]["code"] for c in small.of("Condition")]
    assert "entered-in-error" not in marks


def test_types_that_are_not_searched_by_identifier_are_found_by_a_tag(small, outbox):
    small.unidentified = {"Composition", "Media"}
    send(small, outbox, bundle())
    assert len(small.of("Composition")) == 1
    with opened(None) as forgetful:
        assert send(small, forgetful, bundle()).status == "unchanged"


def test_facts_are_attached_to_the_servers_patient_and_encounter(small, outbox):
    small.put({"resourceType": "Patient", "id": "p1"})
    small.put({"resourceType": "Encounter", "id": "e1", "subject": {"reference": "Patient/p1"}})
    told = send(small, outbox, bundle(), Choice("Patient/p1", "Encounter/e1"))
    assert told.status == "sent"
    assert len(small.of("Patient")) == len(small.of("Encounter")) == 1
    assert len(small.versions[("Patient", "p1")]) == 1
    assert {o["subject"]["reference"] for o in small.of("Observation")} == {"Patient/p1"}
    assert {o["encounter"]["reference"] for o in small.of("Observation")} == {"Encounter/e1"}
    (provenance,) = small.of("Provenance")
    targets = {t["reference"] for t in provenance["target"]}
    assert not targets & {"Patient/p1", "Encounter/e1"}


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        (Choice("Patient/none"), "does not stand"),
        (Choice("Patient/p1", "Encounter/e2"), "belongs to Patient/p2"),
    ],
)
def test_a_patient_who_is_not_there_or_anothers_encounter_is_refused(small, outbox, choice, why):
    small.put({"resourceType": "Patient", "id": "p1"})
    small.put({"resourceType": "Encounter", "id": "e2", "subject": {"reference": "Patient/p2"}})
    told = send(small, outbox, bundle(), choice)
    assert (told.status, why in told.message) == ("refused", True)
    assert len(small.now()) == 2


def test_facts_move_to_another_patient_only_when_told(small, outbox):
    for uid in ("p1", "p2"):
        small.put({"resourceType": "Patient", "id": uid})
    send(small, outbox, bundle(), Choice("Patient/p1"))
    told = send(small, outbox, bundle(), Choice("Patient/p2"))
    assert told.status == "refused"
    assert "--move" in told.message
    told = send(small, outbox, bundle(), Choice("Patient/p2", move=True))
    assert told.status == "sent"
    assert {o["subject"]["reference"] for o in small.of("Observation")} == {"Patient/p2"}


def test_own_patient_and_encounter_are_taken_back_when_another_is_named_later(small, outbox):
    send(small, outbox, bundle())
    small.put({"resourceType": "Patient", "id": "p1"})
    send(small, outbox, bundle(), Choice("Patient/p1", move=True))
    assert sorted(p.get("active", True) for p in small.of("Patient")) == [False, True]


def test_a_change_made_on_the_server_is_left_alone(small, outbox):
    send(small, outbox, bundle())
    edited = {**small.of("Observation")[0], "status": "amended"}
    small.put(edited)
    told = send(small, outbox, bundle())
    assert told.counts["kept"] == 1
    assert "amended" in [o["status"] for o in small.of("Observation")]


def test_a_change_on_both_sides_is_refused_unless_told_to_overwrite(small, outbox):
    send(small, outbox, bundle())
    small.put({**small.of("Observation")[0], "status": "amended"})
    better = changed(bundle(), "Observation", lambda o: o.update(status="final"))
    told = send(small, outbox, better)
    assert told.status == "refused"
    assert "--overwrite" in told.message
    assert send(small, outbox, better, Choice(overwrite=True)).status == "sent"
    assert "amended" not in [o["status"] for o in small.of("Observation")]


def test_no_body_of_a_conditional_update_bears_an_id(small, outbox):
    """Some servers would let it win, and the resource would stand there twice."""
    assert all("id" not in own.body for own in prepare(bundle(), Choice()))


def test_two_entries_of_one_name_are_refused():
    made = bundle()
    made["entry"].append(made["entry"][3])
    with pytest.raises(RefusedError, match="silently"):
        prepare(made, Choice())


def test_a_resource_without_our_identifier_is_refused():
    made = changed(bundle(), "Observation", lambda o: o.pop("identifier"))
    with pytest.raises(RefusedError, match="twice"):
        prepare(made, Choice())


def test_resources_that_stand_there_twice_stop_the_bundle(small, outbox):
    send(small, outbox, bundle())
    small.put({**small.of("Condition")[0], "id": "copy"})
    told = send(small, outbox, bundle())
    assert told.status == "refused"
    assert "Condition/copy" in told.message


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["7", "Thu, 01 Jan 2099 00:00:00 GMT", ""])
def test_a_busy_server_is_asked_again_when_it_says(small, outbox, status, after):
    outcome = {"resourceType": "OperationOutcome", "issue": []}
    small.faults = [lambda m, u: (status, outcome, {"Retry-After": after}) if m == "POST" else None]
    sleeps = Sleeps()
    told = send(small, outbox, bundle(), sleep=sleeps)
    if "2099" in after:
        assert told.status == "waiting"
        assert not small.now()
        assert len(list(outbox.waiting(small.base))) == 1
    else:
        assert told.status == "sent"
        assert sleeps == [7.0 if after else 0.5]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_connection_doubles_nothing(small, outbox, when):
    real = small._do

    def lose(method: str, url: str) -> Any:
        if method != "POST":
            return None
        if when == "after":
            pending.append(url)
            return None
        return httpx.ReadTimeout("lost")

    pending: list[str] = []

    def do(method: str, url: str, body: bytes, headers: Any) -> Any:
        answer = real(method, url, body, headers)
        if method == "POST" and pending:
            pending.clear()
            small.faults.clear()
            raise httpx.RemoteProtocolError("lost after it was done")
        return answer

    small._do = do
    small.faults = [lose]
    told = send(small, outbox, bundle())
    assert told.status == "sent"
    assert (
        len(small.now())
        == len({str(made["identifier"]) for made in small.now().values() if "identifier" in made}) + 1
    )


def test_the_first_question_is_asked_again_too(small):
    small.faults = [lambda m, u: (503, None, {"Retry-After": "2"})]
    server = Server(small.base, httpx.Client(transport=transport(small)), lambda fresh: "")
    sleeps = Sleeps()
    assert "Observation" in patiently(Patience(3, 300, sleeps), server.greet)
    assert sleeps == [2.0]


@pytest.mark.parametrize("status", [409, 412])
def test_a_conflict_is_looked_at_again(small, outbox, status):
    small.faults = [
        lambda m, u: (status, {"resourceType": "OperationOutcome", "issue": []}, {}) if m == "POST" else None
    ]
    assert send(small, outbox, bundle()).status == "sent"
    assert [m for m, _ in small.requests].count("POST") == 3


def test_a_refusal_is_told_whole_and_not_tried_again(small, outbox):
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "invariant", "diagnostics": "x"}],
    }
    small.faults = [lambda m, u: (422, outcome, {}) if m == "POST" else None]
    told = send(small, outbox, bundle())
    assert (told.status, told.outcome) == ("refused", outcome)
    assert not list(outbox.waiting(small.base))


def test_a_server_that_drops_an_entry_is_asked_again(small, outbox):
    short = {"resourceType": "Bundle", "type": "transaction-response", "entry": []}
    small.faults = [lambda m, u: (200, short, {}) if m == "POST" else None]
    assert send(small, outbox, bundle()).status == "sent"


def test_a_newer_extraction_takes_the_place_of_one_that_waits(small, outbox):
    made = bundle()
    newer = changed(made, "Observation", lambda o: o.update(status="final"))
    for one in (made, newer):
        outbox.put(small.base, [(key(one), "a.json", Choice(), one)])
    (waiting,) = outbox.waiting(small.base)
    assert json.dumps(waiting.body, default=str) == json.dumps(newer, default=str)


def test_only_one_sender_uses_an_outbox(tmp_path):
    with (
        opened(tmp_path / "o.sqlite"),
        pytest.raises(Exception, match="another casefhir push"),
        opened(tmp_path / "o.sqlite"),
    ):
        pass


def test_the_outbox_is_its_owners_alone(tmp_path):
    with opened(tmp_path / "o.sqlite"):
        assert (tmp_path / "o.sqlite").stat().st_mode & 0o077 == 0


def test_a_published_case_is_one_without_name_and_birth_date():
    assert is_published_case(bundle())
    assert not is_published_case(changed(bundle(), "Patient", lambda p: p.update(name=[{"text": "A"}])))


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ({"resourceType": "Observation", "status": "final"}, {"status": "entered-in-error"}),
        ({"resourceType": "Patient"}, {"active": False}),
    ],
)
def test_taken_back_as_the_type_knows_it(made, status):
    assert retracted(made) == {**made, **status}


def test_pauses_double():
    assert list(waits(4)) == [0.5, 1.0, 2.0, 4.0]
    assert seconds("3", 0) == 3.0

"""What a worker process does: a request's body -> an Answer. It may be ended at any moment."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from converter.check.files import judge, records
from converter.fhir import BuildOptions
from converter.fhir.json import dumps
from converter.issues import Issue, SourceError
from converter.model import Bundle
from converter.pipeline import Options, Result, convert_bytes
from converter.serve.media import HTML
from converter.serve.outcome import FHIR, Answer, RefusalError, refused, told
from converter.serve.parameters import Asked, asked, resource
from converter.serve.settings import Settings

STATUS = {"DOC001": 400, "DOC003": 413, "DOC012": 413}
"""Of a report that is refused; any other code is 422."""
SAMPLE = b"A 40-year-old woman was admitted with fever. Chest CT showed pneumonia. She was discharged."


@dataclass(frozen=True, slots=True)
class Order:
    """A request as the listening process took it in."""

    operation: str
    body: bytes
    media: str
    query: Mapping[str, str]
    answer: str = FHIR
    """Media type."""
    issues_alone: bool = False
    """Prefer: return=OperationOutcome."""


def work(order: Order, settings: Settings) -> Answer:
    """Serve a request; what goes wrong is an Answer too, so that no traceback leaves the worker."""
    _confine(settings.memory)
    try:
        return _validate(order) if order.operation == "validate" else _convert(order, settings)
    except SourceError as error:
        return told(STATUS.get(error.issue.code, 422), [error.issue])
    except RefusalError as refusal:
        return refused(refusal)
    except MemoryError:
        return refused(RefusalError(503, "this needs more memory than a worker has"))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        answer = refused(RefusalError(500, f"unexpected {type(error).__name__}; nothing was converted"))
        return replace(answer, log=f"{type(error).__name__} {last.filename}:{last.lineno}")


def warm(settings: Settings) -> None:
    """Read the tables, so that the first request need not wait for them."""
    answer = work(Order("convert", SAMPLE, "text/plain", {}), settings)
    if answer.status == 200:
        work(Order("validate", answer.body, FHIR, {}), settings)


def _convert(order: Order, settings: Settings) -> Answer:
    wanted = asked(order.body, order.media, order.query)
    result = convert_bytes(wanted.data, wanted.name, _options(wanted, settings))
    patients = result.patients
    if wanted.patient > len(patients):
        raise RefusalError(422, f"the report tells of {len(patients)} patient(s), not of {wanted.patient}")
    count = {"X-Patients": str(len(patients))}
    if order.answer == HTML:
        page = patients[max(wanted.patient, 1) - 1].html()
        return Answer(200, page.encode("utf-8", "replace"), f"{HTML}; charset=utf-8", count)
    some = patients[wanted.patient - 1 : wanted.patient] if wanted.patient else patients
    if order.issues_alone:
        return told(200, (issue for one in some for issue in one.issues), **count)
    bundle = some[0].bundle if len(some) == 1 else _together(some)
    return Answer(200, dumps(bundle).encode("utf-8", "replace"), headers=count)


def _options(wanted: Asked, settings: Settings) -> Options:
    build = BuildOptions(
        bundle_type=wanted.type, source_text=wanted.source_text, admission_date=wanted.admission_date
    )
    return Options(build, max_size=settings.max_size, mappings=settings.mappings, terms=settings.terms)


def _together(results: tuple[Result, ...]) -> Bundle:
    """Put the bundles of several patients into one; each stays whole."""
    entries = [{"fullUrl": f"urn:uuid:{one.bundle['id']}", "resource": one.bundle} for one in results]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _validate(order: Order) -> Answer:
    found: list[Issue] = []
    for record in records(order.body):
        if not record.read:
            return told(400, record.issues)
        inner = resource(record.value)
        if inner is None:
            found += judge(record, "", None, structure=True)
        else:
            again = next(records(dumps(inner).encode("utf-8", "replace")))
            found += [replace(one, line=0, column=0) for one in judge(again, "", None, structure=True)]
    if not order.body.strip():
        raise RefusalError(400, "the body is empty")
    return told(422 if any(issue.code == "BND001" for issue in found) else 200, found)


@cache
def _confine(memory: int) -> None:
    """Limit this process's memory, once; where the system knows no such limit, there is none."""
    if sys.platform == "win32":
        return
    import resource as limits  # noqa: PLC0415 (Unix alone has it)
    import signal  # noqa: PLC0415

    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the listening process stops us
    hard = limits.getrlimit(limits.RLIMIT_AS)[1]
    limits.setrlimit(limits.RLIMIT_AS, (memory if hard < 0 else min(memory, hard), hard))
    limits.setrlimit(limits.RLIMIT_CORE, (0, 0))  # a core would hold a patient's words

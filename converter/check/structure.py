"""The structural gate: fhir.resources' typed classes. Slow to import (seconds), hence only on demand.

R4B's classes are R4's for the resources used here. What they let through is what the other checks are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converter.issues import Issue


def check(resource: dict[str, Any]) -> Iterator[Issue]:
    """Validate a resource against fhir.resources."""
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415  takes seconds
    from pydantic import ValidationError  # noqa: PLC0415

    kind = str(resource.get("resourceType"))
    try:
        model = get_fhir_model_class(kind)
    except (KeyError, LookupError, ValueError):
        yield Issue.of("BND002", "R4 has no resource of this type", path=kind if kind.isalnum() else "")
        return
    try:
        model.model_validate(resource)
    except (KeyError, TypeError):  # how it says that a resource inside has no type that it knows
        yield Issue.of("BND002", "fhir.resources: a resource of no known type", path=kind)
    except ValidationError as refusal:
        for problem in refusal.errors(include_url=False, include_input=False, include_context=False):
            yield Issue.of("BND002", _words(problem["type"]), path=_path(kind, problem["loc"]))


def _path(kind: str, location: tuple[int | str, ...]) -> str:
    """Write a FHIRPath from the steps that pydantic gives.

    >>> _path("Bundle", ("entry", 2, "resource"))
    'Bundle.entry[2].resource'
    """
    return kind + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


def _words(problem: str) -> str:
    """Say what is wrong without the value, which might be a patient's."""
    return f"fhir.resources: {problem.replace('_', ' ').replace('.', ' ')}"

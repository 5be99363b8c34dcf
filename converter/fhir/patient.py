"""The patient: sex, death, and a birth date that is masked. https://hl7.org/fhir/R4/patient.html"""

from __future__ import annotations

from typing import Any

from converter.fhir import evidence, plan, time
from converter.fhir.context import Context, Resource, resource
from converter.fhir.text import absent, original, primitive
from converter.model import Assertion, Fact, FactKind, Words

SEXES = {
    "male": ("male", "man", "boy", "gentleman", "m", "남자", "남성", "남아", "남"),
    "female": ("female", "woman", "girl", "lady", "f", "여자", "여성", "여아", "여"),
}
GENDER = {word: sex for sex, words in SEXES.items() for word in words}


def patient(ctx: Context) -> Resource:
    """Build the Patient; what names the patient in the text is the age and the sex."""
    who = [f for f in ctx.facts.items if f.kind in (FactKind.AGE, FactKind.SEX) and _is_the_patients(f)]
    return resource(
        ctx,
        "Patient",
        ctx.single("Patient"),
        extension=evidence.naming(ctx, *(fact.evidence for fact in who)),
        **_gender(ctx),
        **primitive("birthDate", None, [absent("masked")]),
        **_deceased(ctx),
    )


def _is_the_patients(fact: Fact) -> bool:
    return fact.assertion not in {*plan.NOT_THE_PATIENTS, Assertion.FAMILY}


def gender_of(fact: Fact) -> str:
    """Read male or female off a fact of sex: its concept, its coded value, its word.

    >>> from converter.model import Fact, FactKind
    >>> gender_of(Fact(kind=FactKind.SEX, name="woman", evidence=()))
    'female'
    """
    said = [fact.concept.id if fact.concept else "", fact.value.code if isinstance(fact.value, Words) else ""]
    words = [*said, fact.name.casefold(), *fact.name.casefold().split()]
    return next((GENDER[word] for word in words if word in GENDER), "")


def _gender(ctx: Context) -> dict[str, Any]:
    for fact in ctx.facts.items:
        if fact.kind is FactKind.SEX and _is_the_patients(fact) and gender_of(fact):
            return primitive("gender", gender_of(fact), evidence.element(ctx, fact.evidence))
    return {}


def _deceased(ctx: Context) -> dict[str, Any]:
    """Say that the patient died; the date only where one is known, else the relative time beside it."""
    deaths = [
        (i, fact)
        for i, fact in enumerate(ctx.facts.items)
        if fact.kind is FactKind.OUTCOME and plan.is_death(fact) and fact.assertion is Assertion.PRESENT
    ]
    if not deaths:
        return {}
    index, fact = deaths[0]
    words = evidence.naming(ctx, fact.evidence)
    when = fact.time
    if when is None:
        return primitive("deceasedBoolean", True, words)
    dates = time.absolute(when, ctx.options.admission_date)
    kept = [original(when.text)] if when.text else []
    if dates is not None and dates[0] == dates[1]:
        return primitive("deceasedDateTime", dates[0], [*kept, *words])
    return primitive("deceasedBoolean", True, [*time.relative(ctx, when, index), *kept, *words])

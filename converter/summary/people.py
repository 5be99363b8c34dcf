"""The patient: who came with what, the conclusion, treatment, course, plan and history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from converter.fhir.composition import TITLES
from converter.phrases import amount, certainty_word, label, labels
from converter.summary import values
from converter.summary.model import Said
from converter.summary.moments import say
from converter.summary.source import (
    EMPTY,
    Element,
    Source,
    beside,
    code,
    english,
    kind,
    original,
    place,
    said,
    text,
)
from converter.summary.statements import believed, clause, sentences, statement
from converter.summary.times import relative, when
from converter.summary.wording import capital, listed, quoted, sentence, texts, timed, word
from converter.text import HANGUL

HELD = frozenset({"held", "present", "seen", "new"})
COURSE = TITLES["course"][0]
"""The section of the Composition that lists outcomes."""


def patient(source: Source, language: str) -> tuple[str, ...]:
    """Say who the patient is, what brought them, what they had before."""
    past = [one for one in source.all("Condition") if _state(one) == "inactive"]
    history = listed(_named(past, language), language)
    had = label(language, "summary_conclusion.past", list=history) if history else ""
    return tuple(sentence(part) for part in (_who(source, language), came(source, language), had) if part)


def _who(source: Source, language: str) -> str:
    sex = word(language, "sex", str(source.one("Patient").get("gender", "")))
    found = next((one for one in source.all("Observation") if code(one.get("code")) == values.AGE), EMPTY)
    return " ".join(label(language, "summary.who", age=_age(found, language), sex=sex).split())


def _age(observation: Element, language: str) -> str:
    quantity = observation.get("valueQuantity", EMPTY)
    if not quantity:
        return values.age(observation, language) if observation else ""
    figure = f"{quantity.get('comparator', '')}{values.number(quantity.get('value', ''))}"
    key = f"summary_age.{quantity.get('code', '')}"
    return label(language, key, n=figure) if key in labels(language) else figure


def came(source: Source, language: str) -> str:
    """Say with what the patient came, and where to."""
    encounter = source.one("Encounter")
    reasons = [
        one for one in source.follow_all(encounter.get("reasonReference")) if not is_principal(source, one)
    ]
    complaints = [clause(one, language).text for one in reasons if statement(one, language).manner in HELD]
    emergency = code(encounter.get("hospitalization", EMPTY).get("admitSource")) == "emd"
    admitted = encounter.get("class", EMPTY).get("code") == "IMP"
    ways = (("presenting", bool(complaints)), ("emergency", emergency), ("admitted", admitted))
    name = "_".join(way for way, holds in ways if holds)
    return label(language, f"summary_came.{name}", list=listed(complaints, language)) if name else ""


def is_dead(source: Source) -> bool:
    """Tell whether the patient died."""
    found = source.one("Patient")
    return bool(found.get("deceasedBoolean")) or "deceasedDateTime" in found


def is_principal(source: Source, resource: Element) -> bool:
    """Tell whether a resource is a principal diagnosis."""
    stated = source.one("Encounter").get("diagnosis", ())
    return any(source.follow(one.get("condition")) is resource for one in stated)


def _state(condition: Element) -> str:
    return code(condition.get("clinicalStatus"))


def _named(conditions: Iterable[Element], language: str) -> list[str]:
    return list(dict.fromkeys(text(one.get("code"), language).text for one in conditions))


def conclusion(source: Source, language: str) -> tuple[str, ...]:
    """Say the principal diagnosis with its certainty, then the others by how sure the authors are."""
    conditions = sorted(source.all("Condition"), key=place)
    first = [one for one in conditions if is_principal(source, one)]
    reasons = source.follow_all(source.one("Encounter").get("reasonReference"))
    rest = [one for one in conditions if one not in first and not any(one is reason for reason in reasons)]
    made = list(dict.fromkeys(_principal(one, language) for one in _distinct(first)))
    groups = _groups(rest)
    over = _named([*first, *groups.get("resolved", [])], language)
    for group, chosen in groups.items():
        told = _named(first, language) if group == "resolved" else over
        names = [name for name in _named(chosen, language) if name not in told]
        key = "first" if group == "with" and not first else group
        if names:
            made.append(label(language, f"summary_conclusion.{key}", list=listed(names, language)))
    return texts(sentence(part) for part in made)


def _distinct(conditions: Sequence[Element]) -> list[Element]:
    """Leave out a principal diagnosis that another says with more words, or that is a title."""
    kept: dict[str, Element] = {}
    for one in conditions:
        kept.setdefault(english(one.get("code")).casefold(), one)
    names = list(kept)
    return [kept[name] for name in names if not any(name != other and name in other for other in names)]


def _principal(condition: Element, language: str) -> str:
    name = text(condition.get("code"), language).text
    words = condition.get("verificationStatus", EMPTY)
    if not english(words):
        return name
    return label(language, "summary_conclusion.certainty", what=name, how=certainty(words, language))


def certainty(words: Element, language: str) -> str:
    """Say the author's words of certainty."""
    printed = english(words)
    said_so = certainty_word(printed, language)
    if said_so != quoted(printed, language):
        return said_so
    if HANGUL.search(printed):
        return printed if language == "ko" else said_so
    found = text(words, language)
    return found.text if found.complete else said_so


def _groups(conditions: Sequence[Element]) -> dict[str, list[Element]]:
    """Group what is not principal: held, suspected, possible, alternatives, excluded, resolved."""
    groups: dict[str, list[Element]] = {
        name: []
        for name in ("with", "resolved", "provisional", "opinion", "unconfirmed", "differential", "refuted")
    }
    for one in conditions:
        status = code(one.get("verificationStatus"))
        state = _state(one)
        if status == "provisional" and believed(english(one.get("verificationStatus"))):
            groups["opinion"].append(one)
        elif status in groups:
            groups[status].append(one)
        elif state == "resolved":
            groups["resolved"].append(one)
        elif state != "inactive":
            groups["with"].append(one)
    return {name: found for name, found in groups.items() if found}


def treatments(source: Source, language: str) -> tuple[str, ...]:
    """Say what was given and done, in reading order."""
    wanted = [one for name in ("MedicationStatement", "Procedure") for one in source.all(name)]
    chosen = [one for one in wanted if not one.get("report")]
    return texts(capital(treatment(one, language).text) for one in sorted(chosen, key=place))


def treatment(resource: Element, language: str) -> Said:
    """Say one drug or procedure with dose, time and state."""
    name = text(resource.get("medicationCodeableConcept") or resource.get("code"), language)
    status = str(resource.get("status", ""))
    dose = _dose(resource, language) if kind(resource) == "MedicationStatement" else ""
    made = label(language, "summary.dosed", what=name.text, dose=dose) if dose else name.text
    state = f"summary_state.{status.replace('-', '_')}"
    made = label(language, state, what=made) if state in labels(language) else made
    reason = resource.get("statusReason")
    why = reason[0] if isinstance(reason, list) and reason else reason
    words = text(why, language).text if isinstance(why, dict) else ""
    if words and words not in made and status in ("not-done", "not-taken"):
        made = label(language, "summary.because", what=made, reason=words)
    return Said(timed(made, when(resource, language), language), name.complete)


def _dose(resource: Element, language: str) -> str:
    """Say a dosage: dose, route, how often, how long."""
    parts: list[str] = []
    for dosage in resource.get("dosage", ()):
        for one in dosage.get("doseAndRate", ()):
            dose = one.get("doseQuantity")
            limits = one.get("doseRange", EMPTY)
            parts.append(
                values.amount(dose)
                if dose
                else values.interval(limits.get("low", EMPTY), limits.get("high", EMPTY))
            )
        parts.append(text(dosage.get("route"), language).text)
        timing = dosage.get("timing", EMPTY)
        parts.append(text(timing.get("code"), language).text)
        parts.append(_length(timing.get("repeat", EMPTY).get("boundsDuration"), language))
    return " ".join(texts(part.strip(" .,;") for part in parts))


def _length(duration: Element | None, language: str) -> str:
    if not duration:
        return ""
    length = amount(values.number(duration.get("value", "")), str(duration.get("code", "")), language)
    return label(language, "time_word.duration", amount=length)


def course(source: Source, language: str) -> tuple[str, ...]:
    """Say how it went: outcomes, findings that came later, discharge, death."""
    told = [_timed(one, language) for one in outcomes(source)]
    left = source.one("Encounter").get("hospitalization", EMPTY).get("dischargeDisposition")
    if left:
        told.append(_left(source, text(left, language).text, language))
    if is_dead(source):
        told.append(_death(source, language))
    return texts(sentence(part) for part in told)


def _left(source: Source, how: str, language: str) -> str:
    """Say the discharge with its time."""
    stands = beside(source.one("Encounter").get("period", EMPTY), "end")
    printed = original(stands)
    return timed(how, say(printed, relative(stands), language) if printed else "", language)


def outcomes(source: Source) -> list[Element]:
    """Give the outcomes: Observations that the Composition lists under the course."""
    sections = source.one("Composition").get("section", ())
    entries = [entry for one in sections if one.get("title") == COURSE for entry in one.get("entry", ())]
    return sorted((one for one in source.follow_all(entries) if kind(one) == "Observation"), key=place)


def _timed(observation: Element, language: str) -> str:
    found = statement(observation, language)
    plain = replace(found, manner="held") if found.manner == "present" else found
    told = sentences([plain], language)
    return timed(told[0].rstrip(".") if told else "", when(observation, language), language)


def _death(source: Source, language: str) -> str:
    stands = beside(source.one("Patient"), "deceasedBoolean")
    printed = original(stands)
    time = say(printed, relative(stands), language) if printed else ""
    return timed(labels(language)["summary.death"], time, language)


def plan(source: Source, language: str) -> tuple[str, ...]:
    """Say what is planned."""
    asked = sorted(source.all("ServiceRequest"), key=place)
    return texts(timed(text(one.get("code"), language).text, when(one, language), language) for one in asked)


def background(source: Source, language: str) -> tuple[str, ...]:
    """Say family and social history, allergies and vaccinations."""
    made = [relative_of(one, language) for one in source.all("FamilyMemberHistory")]
    social = [one for one in source.all("Observation") if _is_social(one)]
    made += [part for one in social for part in sentences([statement(one, language)], language)]
    made += [allergy(one, language) for one in source.all("AllergyIntolerance")]
    made += [immunization(one, language) for one in source.all("Immunization")]
    return texts(made)


def _is_social(observation: Element) -> bool:
    category = code((observation.get("category") or [EMPTY])[0])
    return category == "social-history" and code(observation.get("code")) != values.AGE


def relative_of(history: Element, language: str) -> str:
    """Say what a relative has."""
    who = text(history.get("relationship"), language).text
    has = [text(one.get("code"), language).text for one in history.get("condition", ())]
    has += [said(note, "text", language).text for note in history.get("note", ())]
    if not has:
        return label(language, "summary.relative", person=who)
    return label(language, "patient.family_history", person=who, conditions=listed(has, language))


def allergy(resource: Element, language: str) -> str:
    """Say an allergy, or that there is none."""
    if code(resource.get("code")) == "716186003":
        return labels(language)["summary.no_known_allergy"]
    return label(language, "summary.allergy", what=text(resource.get("code"), language).text)


def immunization(resource: Element, language: str) -> str:
    """Say a vaccination given or not given."""
    name = "immunized" if resource.get("status") == "completed" else "not_immunized"
    return label(language, f"summary.{name}", what=text(resource.get("vaccineCode"), language).text)

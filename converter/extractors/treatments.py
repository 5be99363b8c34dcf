"""Drugs with how they were given, and procedures done, planned or refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.lexicon import Match, lexicon
from converter.extractors.measurements import value_of
from converter.extractors.phrase import sites
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.quantities import Amount
from converter.model import Assertion, Concept, Dosage, FactKind, Mention, Words
from converter.text import MAX_NAME

KINDS = ("not-done", "absent", "hypothetical", "planned", "historical")
ALLERGY = re.compile(
    r"\ballerg(?:y|ic|ies) (?:to|against)\b|\bhypersensitiv\w+ to\b|\banaphyla\w+ (?:to|after)\b|알레르기|알러지"
)
VACCINE = re.compile(r"\b(?:vaccin\w+|immuni[sz]\w+)\b|예방접종|백신")
FREQUENCY = re.compile(
    r"\b(?:once|twice|three times|four times|thrice)(?: a| per|[ -])?\s?(?:daily|day|week|weekly|month|monthly)\b|\b(?:daily|weekly|monthly|nightly|every (?:other )?(?:\d+|\w+) ?(?:hours?|hrs?|days?|weeks?|months?)|"
    r"q\.?\d{1,2} ?h(?:ours?)?|q\.?d|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|per day|a day|/day|every (?:day|week|month)|as needed|prn|at bedtime|\d+ times (?:daily|a day|per day|a week))\b\.?|하루 ?\d+ ?[회번]|매일"
)
DURATION = re.compile(
    r"\bfor (?:a total of |about |approximately |at least |another |the next |an additional )?(?:\d+|[a-z]+)(?:\s*(?:-|to)\s*\d+)?[ -](?:days?|weeks?|months?|years?|hours?|cycles?)\b|\b\d+[- ](?:day|week|month)s? course\b|\d+ ?(?:일|주|개월)간"
)
DOSE = re.compile(
    r"(?:mg|g|ug|mcg|mL|ml|U|\[IU\]|IU|meq|mmol|mg/kg|ug/kg|mg/m2|%|\[drp\]|mCi|Gy|cGy|kg|d|h|min)"
)
PERSON = re.compile(r"(?:ologist|surgeon|physician|doctor|nurse|patient)s?$")
RESULT = re.compile(r"negative|unremarkable|normal|음성", re.IGNORECASE)
"""Words that deny a finding of a test, not the test."""
SURGERY_NOUN = re.compile(r"\b\w+(?:ectomy|otomy|ostomy|plasty|pexy|desis|lysis|centesis)\b")


def _particular(name: str) -> bool:
    """Tell the name of one procedure from words of treatment in general ("surgery", "injection")."""
    return " " in name.strip() or bool(SURGERY_NOUN.search(name))


CARE = frozenset(
    {
        "follow-up", "follow up", "intensive care", "icu", "screening", "palpation", "examination", "exposure", "fasting",
        "observation", "monitoring", "on examination", "physical examination", "physical exam", "auscultation", "percussion",
        "inspection", "laboratory tests", "laboratory test", "laboratory findings", "blood tests", "blood test", "lab tests",
        "clinical examination", "neurological examination", "neurologic examination", "laboratory examination", "hospital admission",
        "history taking", "hospitalization", "admission", "discharge", "vital signs", "investigation", "work-up", "workup",
    }
)  # fmt: skip
"""Care and contact in general: nothing that was done to the patient."""
IGNORED = frozenset({"treatment", "treated", "therapy", "management", "procedure", "managed", "operation"})


def _drugs(an: Annotated) -> list[tuple[int, int, Concept | None]]:
    matches: Sequence[Match] = an.matches("drugs")
    out: list[tuple[int, int, Concept | None]] = []
    for t in an.tagged("Medication"):
        hits = [m for m in matches if overlaps(m.start, m.end, t.start, t.end)]
        out.append((t.start, t.end, hits[-1].concept if hits else None))
    for m in matches:
        clash = any(overlaps(m.start, m.end, s, e) for s, e, _ in out) or any(
            overlaps(m.start, m.end, t.start, t.end)
            for t in an.tags
            if t.type not in ("Detailed_description", "Coreference", "History")
        )
        if not clash and not any(
            overlaps(m.start, m.end, o.start, o.end) for o in an.matches("observations")
        ):
            out.append((m.start, m.end, m.concept))
    return sorted(out, key=lambda d: d[0])


def _dosage(an: Annotated, end: int, stop: int) -> Dosage | None:
    piece_end = min(stop, end + 110)
    dose = next(
        (a for a in an.amounts if end <= a.start < piece_end and _is_dose(a) and a.start - end < 45), None
    )
    route = next(iter(lexicon("routes").find(an.text[end:piece_end], an.folded[end:piece_end])), None)
    frequency = FREQUENCY.search(an.folded, end, piece_end)
    duration = DURATION.search(an.folded, end, piece_end)
    places = [(a.start, a.end) for a in (dose,) if a] + [m.span() for m in (frequency, duration) if m]
    if route:
        places.append((end + route.start, end + route.end))
    if not places:
        return None
    first, last = min(s for s, _ in places), max(e for _, e in places)
    return Dosage(
        an.text[first:last], value_of(an, dose) if dose else None, route.concept if route else None,
        phrase(an, *frequency.span()) if frequency else None, phrase(an, *duration.span()) if duration else None, an.sentence.spans(first, last),
    )  # fmt: skip


def _is_dose(amount: Amount) -> bool:
    return (
        bool(amount.ucum)
        and bool(DOSE.match(amount.ucum))
        and amount.ucum not in ("mg/dL", "g/dL", "d", "h", "min", "%")
    )


def medications(an: Annotated) -> tuple[Mention, ...]:
    """Give drugs with dose, route, frequency and duration; allergies and vaccines apart."""
    found = _drugs(an)
    out = []
    for i, (start, end, concept) in enumerate(found):
        if end - start > MAX_NAME:
            continue
        before = an.folded[max(0, start - 45) : start]
        kind = FactKind.MEDICATION
        if ALLERGY.search(before):
            kind = FactKind.ALLERGY
        elif (
            VACCINE.search(an.folded[start : end + 15]) and concept is not None and "vaccine" in concept.kind
        ):
            kind = FactKind.IMMUNIZATION
        asserted, words = assertion(an.context.at(start, end), KINDS)
        if asserted is Assertion.ABSENT:
            asserted = Assertion.NOT_DONE
        stop = found[i + 1][0] if i + 1 < len(found) else len(an.text)
        out.append(
            mention(
                an, kind, start, end, concept=concept, assertion=asserted, certainty=words, dosage=_dosage(an, end, stop),
                time=nearest_time(an, start, end),
            )
        )  # fmt: skip
    return tuple(out)


def procedures(an: Annotated) -> tuple[Mention, ...]:
    """Give procedures done to the patient; those planned, refused or not done say so."""
    matches = an.matches("procedures")
    found: list[tuple[int, int, Concept | None]] = []
    for t in an.tagged("Therapeutic_procedure"):
        hits = [m for m in matches if overlaps(m.start, m.end, t.start, t.end)]
        if (an.folded[t.start : t.end] not in IGNORED or hits) and not PERSON.search(
            an.folded[t.start : t.end]
        ):
            found.append((t.start, t.end, hits[-1].concept if hits else None))
    for m in matches:
        if any(overlaps(m.start, m.end, s, e) for s, e, _ in found) or an.folded[m.start : m.end] in CARE:
            continue
        if any(
            overlaps(m.start, m.end, t.start, t.end)
            for t in an.tagged("Medication", "Family_history", "Sign_symptom", "Disease_disorder")
        ):
            continue
        if any(overlaps(m.start, m.end, i.start, i.end) for i in an.matches("imaging")):
            continue
        if (
            an.section.language != "en"
            or m.concept.kind == "diagnostic"
            or _particular(an.folded[m.start : m.end])
        ):
            found.append((m.start, m.end, m.concept))
    return tuple(
        _procedure(an, s, e, c) for s, e, c in sorted(found, key=lambda f: f[0]) if e - s <= MAX_NAME
    )


def _procedure(an: Annotated, start: int, end: int, concept: Concept | None) -> Mention:
    asserted, words = assertion(an.context.at(start, end), KINDS)
    if asserted is Assertion.ABSENT:
        asserted = Assertion.NOT_DONE
    diagnostic = concept is not None and concept.kind == "diagnostic"
    value = None
    if diagnostic and words and asserted is Assertion.NOT_DONE and RESULT.search(words.text):
        value, asserted = Words(words.text, "negative", words.spans), Assertion.PRESENT
    kind = FactKind.TEST if diagnostic else FactKind.PROCEDURE
    near = sites(an, max(0, start - 30), min(len(an.text), end + 40))
    return mention(
        an, kind, start, end, concept=concept, assertion=asserted, certainty=words, category="procedure", sites=near[:1], value=value,
        interpretation="NEG" if value else "",
        time=nearest_time(an, start, end),
    )  # fmt: skip

"""Drugs, and how they were given; allergies and vaccines apart."""

from __future__ import annotations

import re

from converter.extractors import korean_phrase
from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.lexicon import Match, lexicon
from converter.extractors.measurements import value_of
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.quantities import Amount
from converter.extractors.sieve import rare
from converter.extractors.tagger import Tagged
from converter.extractors.treatment_words import treatment_words
from converter.model import Assertion, Concept, Dosage, FactKind, Mention, Phrase
from converter.text import MAX_NAME, hangul

KINDS = ("not-done", "absent", "hypothetical", "planned", "historical")
AIM = re.compile(r"prophyla|prevent|avoid")
"""Given to prevent something is given."""
ALLERGY = re.compile(
    r"\ballerg(?:y|ic|ies) (?:to|against)\b|\bhypersensitiv\w+ to\b|\banaphyla\w+ (?:to|after)\b|알레르기|알러지"
)
TAKING = re.compile(r"[^.]{0,25}?(?:복용|투여|사용|투약)(?:하고 있| ?중)")
"""Behind a drug in a history: it is still taken."""
ALLERGIC = re.compile(r"\s*(?:에\s*(?:대한\s*)?)?(?:알레르기|알러지|과민)")
VACCINE = re.compile(r"\b(?:vaccin\w+|immuni[sz]\w+)\b|예방접종|백신")
FREQUENCY = re.compile(
    r"\b(?:once|twice|three times|four times|thrice)(?: a| per|[ -])?\s?(?:daily|day|week|weekly|month|monthly)\b|\b(?:daily|weekly|monthly|nightly|every (?:other )?(?:\d+|\w+) ?(?:hours?|hrs?|days?|weeks?|months?)|"
    r"q\.?\d{1,2} ?h(?:ours?)?|q\.?d|b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|per day|a day|/day|every (?:day|week|month)|as needed|prn|at bedtime|\d+ times (?:daily|a day|per day|a week))\b\.?|(?:하루|1일) ?(?:에 ?)?(?:\d+|한|두|세|네) ?[회번차](?:례)?|매일|매주|격일|\d+시간(?:마다| ?간격)|\d+[일주] ?간격"
)
DURATION = rare(
    r"\bfor (?:a total of |about |approximately |at least |another |the next |an additional )?(?:\d+|[a-z]+)(?:\s*(?:-|to)\s*\d+)?[ -](?:days?|weeks?|months?|years?|hours?|cycles?)\b|\b\d+[- ](?:day|week|month)s? course\b|\d+ ?(?:일|주|개월|년) ?(?:간(?!격)|동안)"
)
DOSE = re.compile(
    r"(?:mg|g|ug|mcg|mL|ml|U|\[IU\]|IU|meq|mmol|mg/kg|ug/kg|mg/m2|%|\[drp\]|mCi|Gy|cGy|kg|d|h|min)"
)
GIVEN = re.compile(
    r"\b(?:administ\w+|given|gave|receiv\w+|treat\w+|medicated|therapy|infus\w+|inject\w+|start\w+|initiat\w+|prescri\w+|supplement\w*|replacement|dos(?:e|es|ing|age)|"
    r"maintained|managed|instill\w+|corrected|resuscitat\w+|induced with|regimen|course|addition of|discontinu\w+|withdr[ae]w\w*|transfus\w+|taking|took|continued?|switched|transitioned)\b|투여|투약|복용|주사|정주|처방|주입|보충|점적|중단"
)
TESTED = rare(
    r"\b(?:resistan(?:t|ce)|susceptib\w+|sensitiv\w+|intermediate)\b(?! (?:organism|bacteri|strain|staph))|\bmics?\b|\be-?tests?\b|antibiogram"
)
"""Before a drug: what a germ was tested against, not what the patient was given."""
ANTIMICROBIAL = frozenset({"antibiotic", "antifungal", "antituberculosis", "antiviral", "antimalarial"})
PART = re.compile(
    r"^(?:-(?:related|associated)|[ -](?:resistan\w+|susceptib\w+|sensitiv\w+|avid|naive|refractory|toxicit\w+|allerg\w+|hypersens\w+|overdose|abuse|compliance|receptors?|profiles?|deficien\w+|test(?:s|ing)?|concentrations?|secretion|stimulation|(?:\w+ )?levels?|values?|administration (?:date|time)|trial|college|department))\b"
    r"|^ ?(?:내성|감수성|부작용|농도|의존|중독|과량|관련|유발|저항성|민감)"
)
"""After a drug's name: the name is part of another thing."""
PARENTHESIS = re.compile(r"^(?: \([^()]*\)|\))")
OTHER_HEAD = re.compile(
    r"\b(?:resistance|deficiency|toxicity|secretion|trials?|allergy|weight|manifestations?)$"
)
"""Nouns that make a drug's name a part of something else."""
SAID_AGAIN = re.compile(r"\b(?:this|these|that|those|such|other|existing|potential|only) $")
"""Before "medication" or "drugs": nothing new is named."""
LISTING = re.compile(r"^(?: list| history| regimen|s? (?:included?|consisted|were as)|:)")


RECEIVED = re.compile(
    r"\b(?:administered|(?:was|were) given|infusions? of|treated with|transfusions? of(?: [\w ]{3,30} and)?|rehydrat\w+ (?:with|using)(?: \w+ and)?|prescribed|supplemented with|received) (?:(?:intravenous|oral|iv|\d\S*|of|a|an) ){0,2}$"
)
ADMINISTERED = re.compile(
    r"^(?: \([^()]*\))? (?:was|were) (?:subsequently |then |also |orally |intravenously )?(?:administered|given|prescribed|infused|supplemented|injected)\b"
)
"""Beside a tag of a test, these make it what was given."""
Named = tuple[int, int, Concept | None]


def _drugs(an: Annotated) -> list[Named]:
    out: list[Named] = []
    for t in an.tagged("Medication"):
        hits = [m for m in an.matches("drugs") if overlaps(m.start, m.end, t.start, t.end)]
        whole = next(
            (
                m
                for m in hits
                if m.start <= t.start and t.end <= m.end and "," not in an.text[m.start : m.end]
            ),
            t,
        )  # "loop" of "loop diuretic"
        out.append((whole.start, whole.end, hits[-1].concept if hits else None))
    out += [(t.start, t.end, None) for t in an.tagged("Diagnostic_procedure") if _is_received(an, t)]
    out += [
        (m.start, m.end, None)
        for m in an.matches("observations")
        if any(
            t.start <= m.start and m.end == t.end for t in an.tagged("Lab_value")
        )  # "an infusion of 15% glucose"
        and re.search(r"\binfusions? of (?:\d\S*) $", an.folded[: m.start])
    ]
    out += [
        (m.start, m.end, m.concept)
        for m in an.matches("drugs")
        if not any(overlaps(m.start, m.end, s, e) for s, e, _ in out) and not _is_something_else(an, m)
    ]
    if hangul(an.text):
        out += [(start, end, None) for start, end in korean_phrase.given(an)]
    return [d for d in side_by_side(an, sorted(out, key=lambda d: d[0])) if _is_drug(an, *d)]


def side_by_side(an: Annotated, found: list[Named]) -> list[Named]:
    """Join two names with but a blank between, one of which no table knows: "loop" + "diuretics"."""
    out: list[Named] = []
    for start, end, concept in found:
        known = concept is not None and out and out[-1][2] is not None
        if known and an.text[out[-1][1] : start] == " " and CLASS.search(an.folded[: out[-1][1]]):
            out[-1] = (start, end, concept)
            continue
        if out and not known and an.text[out[-1][1] : start] == " " and end - out[-1][0] <= MAX_NAME:
            out[-1] = (out[-1][0], end, concept or out[-1][2])
        else:
            out.append((start, end, concept))
    return out


def _is_something_else(an: Annotated, match: Match) -> bool:
    """Tell a table's drug that is measured here, or that the tagger takes for a problem or a place in time."""
    tags = {t.type for t in an.tags if overlaps(match.start, match.end, t.start, t.end)}
    if tags & {
        "Sign_symptom",
        "Disease_disorder",
        "Family_history",
        "Clinical_event",
        "Nonbiological_location",
    }:
        return not is_treatment(an, match.start, match.end)
    if any(p.start <= match.start and match.end < p.end for p in an.matches("procedures")) and hangul(
        an.text, match.start, match.end
    ):
        return True  # "스테로이드 치료"
    measured = any(o.start <= match.start and match.end <= o.end for o in an.matches("observations"))
    own = match.concept.kind in ENDOGENOUS or "-" in (
        an.text[match.start - 1 : match.start],
        an.text[match.end : match.end + 1],
    )
    tested = "Diagnostic_procedure" in tags and (own or ASSAYED.search(an.folded))
    doubtful = measured or match.entry.exact or tested or bool(tags & {"Biological_structure", "Lab_value"})
    return doubtful and not _is_given(an, match.start, match.end)


ENDOGENOUS = frozenset({"vitamin", "metabolic", "electrolyte", "nutrition", "digestive", "gastrointestinal"})
"""Kinds of drugs that a body holds by itself."""
ASSAYED = re.compile(
    r"\b(?:levels?|concentrations?|resistan\w+|sensitiv\w+|susceptib\w+|mics?|assay|antibod\w+|stain\w*|immuno\w+|screen\w*|tests?|toxicology|expression)\b"
)
"""Words of testing: what the tagger takes for a test beside them may be one, drug or not."""


def _is_received(an: Annotated, tag: Tagged) -> bool:
    """Tell what no table knows, tagged as a test, from a test: it was given."""
    known = (*an.matches("drugs"), *an.matches("procedures"), *an.matches("imaging"))
    if any(overlaps(m.start, m.end, tag.start, tag.end) for m in known):
        return False
    return bool(RECEIVED.search(an.folded[: tag.start]) or ADMINISTERED.match(an.folded[tag.end :]))


THERAPY = re.compile(
    r"^(?: \([^()]*\))? (?:therapy|treatment|replacement|supplementation|administration|injections?|infusions?)\b"
)
TREATED = rare(
    r"\b(?:treated (?:\w+ ){0,4}with|transfusions? of|units? of|initiation of|administration of|started on|(?:months?|weeks?|days?) (?:of|after)) $"
)


def is_treatment(an: Annotated, start: int, end: int) -> bool:
    """Tell a table's drug with its treatment beside it, whatever the tagger takes it for."""
    return bool(THERAPY.match(an.folded[end:]) or TREATED.search(an.folded, 0, start))


def _is_given(an: Annotated, start: int, end: int) -> bool:
    """Tell a drug beside words of giving, a dose, or another drug."""
    around = an.folded[max(0, start - 60) : start], an.folded[end : end + 45]
    if GIVEN.search(around[0]) or GIVEN.search(around[1]):
        return True
    if any(
        _is_dose(a)
        and not _is_compared(an, a)
        and (-1 <= a.start - end < 4 or an.folded[a.end : start] in (" ", " of "))
        for a in an.amounts
    ):
        return True
    drugs = an.tagged("Medication", "Dosage")
    return any(-3 <= t.start - end < 6 or -3 <= start - t.end < 6 for t in drugs) or _is_listed(
        an, start, end
    )


def _is_listed(an: Annotated, start: int, end: int) -> bool:
    """Tell a table's drug beside another that the tagger takes for one, in a list or in parentheses."""
    for m in an.matches("drugs"):
        gap = an.folded[end : m.start] if m.start >= end else an.folded[m.end : start]
        beside = m.start >= end or m.end <= start
        if (
            beside
            and BESIDE.fullmatch(gap)
            and any(
                -3 <= t.start - m.end < 6
                or -3 <= m.start - t.end < 6
                or overlaps(t.start, t.end, m.start, m.end)
                for t in an.tagged("Medication", "Dosage")
            )
        ):
            return True
    return False


BESIDE = re.compile(r",? and | or |, |/| \(?")


MEDICAL = re.compile(
    r"therap|treatment|vaccin|immuni[sz]|ana?esthe|analges|sedat|saline|solution|supplement|replacement|steroid|(?:cillin|mycin|azole|statin|pril|olol|mab|nib|platin|taxel|rubicin|parin|vir|oxacin|cycline|dipine|sartan|zepam|caine)s?\b"
)
"""Names that say by themselves that they treat: by their noun, or by a drug's stem (WHO's INN stems)."""
CLASS = re.compile(
    r"(?:inhibitor|blocker|agent|modulator|antagonist|agonist|steroid|analogue?|antibiotic|diuretic)$"
)
"""A class, behind which its drug may stand: "the aromatase inhibitor letrozole"."""


ABBREVIATION = re.compile(r"[A-Z]{2,4}")


def _is_told(an: Annotated, start: int, end: int) -> bool:
    """Tell a word that only the tagger takes for a drug from its slips: giving is told of in the sentence.

    An abbreviation may stand for anything, so giving is told of beside it.
    """
    short = ABBREVIATION.fullmatch(an.text, start, end)
    return _is_given(an, start, end) or (short is None and bool(GIVEN.search(an.folded)))


def _is_drug(an: Annotated, start: int, end: int, concept: Concept | None) -> bool:
    kind = concept.kind if concept else ""
    words, before, after = an.folded[start:end], an.folded[:start], an.folded[end:]
    if not concept and not (MEDICAL.search(words) or hangul(words) or _is_told(an, start, end)):
        return False
    if kind in treatment_words().no_drug_kinds or (
        not concept and treatment_words().no_drug.fullmatch(words)
    ):
        return False
    hanging = PARENTHESIS.sub("", after)
    if (
        PART.match(after)
        or PART.match(hanging)
        or OTHER_HEAD.search(words)
        or re.search(r"\bfig(?:ure)?s?\.? ?$", before)
        or re.search(r"[- ]induced\b", words)
    ):
        return False
    if kind == "medication" and (
        SAID_AGAIN.search(before) or LISTING.match(after) or after.startswith("-") or hangul(words)
    ):
        return False
    tested = list(TESTED.finditer(an.folded, 0, start)) if kind in ANTIMICROBIAL else []
    if tested and not (GIVEN.search(before, tested[-1].end()) or GIVEN.search(after[:25])):
        return False
    measured = any(o.start <= start and end <= o.end for o in an.matches("observations"))
    return not measured or _is_given(an, start, end)


def _dosage(an: Annotated, end: int, stop: int) -> Dosage | None:
    piece_end = min(stop, end + 110)
    dose = next(
        (
            a
            for a in an.amounts
            if end <= a.start < piece_end and a.start - end < 45 and _is_dose(a) and not _is_compared(an, a)
        ),
        None,
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


def _is_compared(an: Annotated, amount: Amount) -> bool:
    """Tell a level from a dose: its reference range stands right behind it."""
    return any(a.reference and 0 <= a.start - amount.end < 25 for a in an.amounts)


def _is_dose(amount: Amount) -> bool:
    return (
        bool(amount.ucum)
        and bool(DOSE.match(amount.ucum))
        and amount.ucum not in ("mg/dL", "g/dL", "d", "h", "min", "%")
        and "24.h" not in amount.ucum
    )


def aimed(asserted: Assertion, words: Phrase | None) -> bool:
    """Tell what was given or done to prevent something: done all the same."""
    return asserted is Assertion.HYPOTHETICAL and words is not None and bool(AIM.search(words.text.lower()))


def medications(an: Annotated) -> tuple[Mention, ...]:
    """Give drugs with dose, route, frequency and duration; allergies and vaccines apart."""
    found = _drugs(an)
    out = []
    for i, (start, end, concept) in enumerate(found):
        if end - start > MAX_NAME:
            continue
        before = an.folded[max(0, start - 45) : start]
        kind = FactKind.MEDICATION
        if ALLERGY.search(before) or ALLERGIC.match(an.folded, end):
            kind = FactKind.ALLERGY
        elif VACCINE.fullmatch(an.folded, start, end) or (
            VACCINE.search(an.folded[start : end + 15]) and concept is not None and "vaccine" in concept.kind
        ):
            kind = FactKind.IMMUNIZATION
        asserted, words = assertion(an.context.at(start, end), KINDS)
        if asserted is Assertion.ABSENT:
            asserted = Assertion.NOT_DONE
        elif aimed(asserted, words) or (asserted is Assertion.HISTORICAL and TAKING.match(an.folded, end)):
            asserted, words = Assertion.PRESENT, None
        stop = found[i + 1][0] if i + 1 < len(found) else len(an.text)
        out.append(
            mention(
                an, kind, start, end, concept=concept, assertion=asserted, certainty=words, dosage=_dosage(an, end, stop),
                time=nearest_time(an, start, end),
            )
        )  # fmt: skip
    return tuple(out)

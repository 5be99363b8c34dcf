"""Reports: one for each imaging study, test or culture, with what was read from it.

https://hl7.org/fhir/R4/diagnosticreport.html
"""

from __future__ import annotations

from typing import Any

from converter.fhir import codes, evidence, plan, text, time
from converter.fhir.context import Context, Element, Resource, resource, status
from converter.fhir.imaging_study import code_of
from converter.model import Assertion, Fact, FactKind

V2 = f"{codes.TERMINOLOGY}v2-0074"
IMAGING = (V2, "IMG", "Diagnostic Imaging")
RADIOLOGY = (codes.LOINC, "LP29684-5", "Radiology")
CARDIOLOGY = (codes.LOINC, "LP29708-2", "Cardiology")
MICROBIOLOGY = (V2, "MB", "Microbiology")

SERVICES: tuple[tuple[tuple[str, ...], tuple[str, str, str]], ...] = (
    (
        ("electrocardiog", "ecg", "ekg", "holter", "심전도"),
        (V2, "EC", "Electrocardiac (e.g., EKG,  EEC, Holter)"),
    ),
    (
        ("electroenceph", "electromyo", "eeg", "emg", "뇌파", "근전도"),
        (V2, "EN", "Electroneuro (EEG, EMG,EP,PSG)"),
    ),
    (("cathet", "심도자"), (V2, "CTH", "Cardiac Catheterization")),
    (("culture", "gram stain", "배양"), MICROBIOLOGY),
    (("cytolog", "aspirat", "세포검사"), (V2, "CP", "Cytopathology")),
    (
        ("autops", "histolog", "immunohisto", "부검"),
        (V2, "PAT", "Pathology (gross & histopath, not surgical)"),
    ),
    (("biops", "patholog", "생검", "조직"), (V2, "SP", "Surgical Pathology")),
    (("genetic", "sequenc", "exome", "karyotyp", "유전자"), (V2, "GE", "Genetics")),
    (("spirometr", "pulmonary function", "폐기능"), (V2, "PF", "Pulmonary Function")),
    (("urinalys", "소변검사"), (V2, "URN", "Urinalysis")),
    (("serolog", "혈청검사"), (V2, "SR", "Serology")),
    (("laborator", "blood test", "blood count", "혈액검사"), (V2, "LAB", "Laboratory")),
)
"""Diagnostic service by words of the test's name."""
OTHER = (V2, "OTH", "Other")
CARDIAC = frozenset({"EC", "CTH"})

CONCLUDED = frozenset({Assertion.PRESENT, Assertion.PROBABLE, Assertion.POSSIBLE})

SENTENCE = {
    Assertion.ABSENT: ("No {}", "{} 없음"),
    Assertion.RESOLVED: ("{} resolved", "{} 소실"),
    Assertion.POSSIBLE: ("Possible {}", "{} 가능성 있음"),
    Assertion.PROBABLE: ("Probable {}", "{} 가능성 높음"),
    Assertion.DIFFERENTIAL: ("{} as a differential diagnosis", "{} 감별 필요"),
}
NORMAL = ("{}: normal", "{} 정상")
PLAIN = ("{}", "{} 보임")


def diagnostic_report(ctx: Context, index: int) -> Resource:
    """Build the report of a study, a test or a culture."""
    fact = ctx.facts.items[index]
    read = [i for i in ctx.read_from(index) if ctx.facts.items[i].kind is not FactKind.FIGURE]
    own = [index] if fact.kind is FactKind.ORGANISM else []
    results = [found for i in [*own, *read] if (found := ctx.to(i, "Observation"))]
    specimens = [found for i in [*own, *read, index] if (found := ctx.to(i, "Specimen"))]
    study = ctx.to(index, "ImagingStudy")
    return resource(
        ctx,
        "DiagnosticReport",
        ctx.planned[(index, "DiagnosticReport")],
        extension=evidence.naming(ctx, fact.evidence),
        status=status(ctx),
        category=[codes.concept(*category) for category in categories(fact)],
        code=_code(ctx, fact),
        subject=ctx.reference("Patient"),
        encounter=ctx.reference("Encounter"),
        **time.made(ctx, fact.time, time.EFFECTIVE, index),
        specimen=[dict(pair) for pair in dict.fromkeys(tuple(s.items()) for s in specimens)],
        result=results,
        imagingStudy=[study] if study else None,
        media=_media(ctx, index),
        **_conclusion(ctx, fact, [ctx.facts.items[i] for i in read]),
        conclusionCode=[text.of_fact(ctx.facts.items[i]) for i in read if _concludes(ctx.facts.items[i])],
    )


def categories(fact: Fact) -> tuple[tuple[str, str, str], ...]:
    """Name the diagnostic services of a report."""
    if fact.kind is FactKind.STUDY:
        return (IMAGING, RADIOLOGY)
    if fact.kind is FactKind.ORGANISM:
        return (MICROBIOLOGY,)
    words = f"{fact.name} {fact.concept.en if fact.concept else ''}".casefold()
    found = next((service for names, service in SERVICES if any(n in words for n in names)), OTHER)
    return (found, CARDIOLOGY) if found[1] in CARDIAC else (found,)


def _code(ctx: Context, fact: Fact) -> Element:
    if fact.kind is FactKind.ORGANISM:
        return text.term(codes.CULTURE)
    return code_of(ctx, fact) if fact.kind is FactKind.STUDY else text.of_fact(fact)


def _concludes(fact: Fact) -> bool:
    return fact.kind is FactKind.CONDITION and fact.assertion in CONCLUDED


def _media(ctx: Context, index: int) -> list[Element]:
    """Link the figures that show the study."""
    figures = [i for i in ctx.read_from(index) if ctx.facts.items[i].kind is FactKind.FIGURE]
    links = [(ctx.facts.items[i].name, ctx.to(i, "Media")) for i in figures]
    return [{"comment": name, "link": link} for name, link in links if link]


def _conclusion(ctx: Context, fact: Fact, read: list[Fact]) -> dict[str, Any]:
    """Say what the study showed, in both languages; the author's own sentences are kept beside it.

    Without a finding of its own the report's conclusion is the author's sentences.
    """
    said = " ".join(note.text for note in fact.notes)
    spans = evidence.element(ctx, *(note.spans for note in fact.notes))
    phrases = [sentence(finding) for finding in read if finding.kind in SHOWN]
    if not phrases:
        return text.primitive("conclusion", said, spans) if said else {}
    english = ". ".join(_capital(phrase[0]) for phrase in phrases) + "."
    korean = ", ".join(phrase[1] for phrase in phrases) + "."
    kept = [text.original(said)] if said else []
    return text.primitive("conclusion", english, [text.translation(korean), *kept, *spans])


SHOWN = frozenset({FactKind.FINDING, FactKind.CONDITION, FactKind.ORGANISM})


def sentence(finding: Fact) -> tuple[str, str]:
    """Say one finding in both languages; a name that has no Korean stands in quotation marks."""
    english, korean = text.names(finding)
    frame = SENTENCE.get(finding.assertion, PLAIN)
    if finding.assertion not in plan.DENIED and getattr(finding.value, "code", "") == "normal":
        frame = NORMAL
    shown = korean or f'"{english}"'
    return frame[0].format(english), frame[1].format(shown)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

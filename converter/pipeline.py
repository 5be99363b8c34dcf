"""The stages in order: read, split, extract, resolve, build, check, render. Read this first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from converter import terms
from converter.catalogue import use_own_rows
from converter.check import check
from converter.extractors.gather import extract
from converter.extractors.publication import publication
from converter.fhir import BuildOptions, build
from converter.fhir.json import dumps
from converter.fhir.profiles import claim, with_patient
from converter.issues import Issue, Severity, SourceError
from converter.model import PATIENT_SECTIONS, Bundle, Document, FactKind, Facts, Publication, Section, Summary
from converter.readers import MAX_SIZE, read
from converter.resolve import resolve
from converter.sections import split
from converter.sections.admission import tells
from converter.sections.patients import Share, share
from converter.show import show
from converter.summary import narrate, render

if TYPE_CHECKING:
    from fhir.resources.R4B.bundle import Bundle as BundleModel


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may choose."""

    build: BuildOptions = field(default_factory=BuildOptions)
    languages: tuple[str, ...] = ("en", "ko")
    max_size: int = MAX_SIZE
    """Bytes."""
    force: bool = False
    """Convert even what does not look like a case report."""
    validate: bool = False
    """Run the structural gate (fhir.resources) on the bundle; slow, and on in the command line and in CI."""
    mappings: str = ""
    """Folder of your own rows over ours; one for a process, chosen before its first report."""
    terms: str = ""
    """Folder of loaded terms (``casefhir terms load``) that code names without a code; "" for none."""
    profiles: tuple[str, ...] = ()
    """Guides (ips, kr-core) whose profiles are claimed where they hold."""
    patient: Mapping[str, Any] | None = None
    """A Patient with the name and birth date that a published case lacks; for the report's first patient."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report, or of one patient of a report of several."""

    document: Document
    sections: tuple[Section, ...]
    facts: Facts
    bundle: Bundle
    summaries: tuple[Summary, ...]
    issues: tuple[Issue, ...]
    others: tuple[Result, ...] = ()
    """The further patients of the report, each with a bundle of its own; empty for one patient."""

    @property
    def patients(self) -> tuple[Result, ...]:
        """Give the results of all patients, this one first."""
        return (self, *self.others)

    def json(self, pretty: bool = False) -> str:
        """Write the bundle, its Decimals as printed."""
        return dumps(self.bundle, pretty)

    def html(self) -> str:
        """Write the page that shows the report beside its facts."""
        return show(self.bundle, self.summaries, self.issues)

    def summary(self, language: str) -> Summary:
        """Give the summary of one language; KeyError where it was not asked for."""
        return {s.language: s for s in self.summaries}[language]

    def model(self) -> BundleModel:
        """Give the bundle as fhir.resources' typed model."""
        from fhir.resources.R4B.bundle import Bundle as Model  # noqa: PLC0415 (half a second to import)

        return Model.model_validate_json(self.json())


def convert_bytes(data: bytes, name: str, options: Options | None = None) -> Result:
    """Convert one source; SourceError where it cannot be read or is no case report.

    A report of several patients gives the first one's result, the others' in ``Result.others``.
    """
    chosen = options or Options()
    use_own_rows(chosen.mappings)
    document, read_issues = read(data, name, max_size=chosen.max_size)
    sections, split_issues = split(document)
    _admit(split_issues, chosen.force)
    about, about_issues = publication(document, sections)
    shares, share_issues = share(document, sections)
    told = [_facts(document, one, about, chosen) for one in shares]
    if not chosen.force and not any(_tells_of_a_patient(facts) for facts, _ in told):
        mixed = any(issue.code == "PAT001" for issue in share_issues)
        message = "several patients who cannot be told apart" if mixed else ""
        raise SourceError(Issue.of("DOC005", message, source=name))
    told = [(replace(facts, ordinal=n), issues) for n, (facts, issues) in enumerate(told, 1)]
    told = [one for one in told if one[0].items] or told[:1]
    general = (*read_issues, *split_issues, *about_issues, *share_issues)
    results = [
        _result(facts, (*(general if not k else ()), *issues), chosen)
        for k, (facts, issues) in enumerate(told)
    ]
    return replace(results[0], others=tuple(results[1:]))


def _facts(
    document: Document, patient: Share, about: Publication, options: Options
) -> tuple[Facts, tuple[Issue, ...]]:
    """Read one patient's facts out of this patient's sections."""
    facts, issues = resolve(
        document, patient.sections, about, extract(document, patient.sections, patient.number)
    )
    return (terms.coded(facts, terms.opened(options.terms)) if options.terms else facts), issues


def _result(facts: Facts, issues: tuple[Issue, ...], options: Options) -> Result:
    """Build, check and render one patient's facts; issues about the text come before those of the bundle."""
    document, name = facts.document, facts.document.name
    bundle, build_issues = build(facts, options.build)
    if options.patient is not None and facts.ordinal == 1:
        bundle, patient_issues = with_patient(bundle, options.patient)
        build_issues += patient_issues
    if options.profiles:
        bundle, profile_issues = claim(bundle, options.profiles)
        build_issues += profile_issues
    bundle = narrate(bundle)
    said = facts.publication.certainty
    own = [span for s in facts.sections if s.kind in PATIENT_SECTIONS for span in s.spans]
    own += said.spans if said else ()  # a case page's line of certainty stands among its metadata
    left_out = None if options.build.source_text else document.text
    found = check(bundle, source=left_out, name=name, structure=options.validate, patient=own)
    summaries = tuple(render(bundle, language) for language in options.languages)
    named = tuple(replace(i, source=i.source or name) for i in (*issues, *build_issues, *found))
    return Result(document, facts.sections, facts, bundle, summaries, named)


def _tells_of_a_patient(facts: Facts) -> bool:
    """Weigh what was found: without an age, a sex or a story a text needs clinical facts told in the past."""
    kinds = [f.kind for f in facts.items]
    clinical = sum(1 for k in kinds if k in CLINICAL)
    aged = bool({FactKind.AGE, FactKind.SEX} & set(kinds))
    return tells(facts.document, facts.sections, aged, clinical)


CLINICAL = frozenset(
    {
        FactKind.CONDITION,
        FactKind.FINDING,
        FactKind.MEASUREMENT,
        FactKind.STUDY,
        FactKind.PROCEDURE,
        FactKind.MEDICATION,
    }
)


def _admit(issues: tuple[Issue, ...], force: bool) -> None:
    fatal = next((i for i in issues if i.severity is Severity.FATAL), None)
    if fatal and not force:
        raise SourceError(fatal)

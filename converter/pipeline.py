"""The stages in order: read, split, extract, resolve, build, check, render. Read this first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from converter.check import check
from converter.extractors.gather import extract
from converter.extractors.publication import publication
from converter.fhir import BuildOptions, build
from converter.fhir.json import dumps
from converter.issues import Issue, Severity, SourceError
from converter.model import Bundle, Document, FactKind, Facts, Section, Summary
from converter.readers import MAX_SIZE, read
from converter.resolve import resolve
from converter.sections import split
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


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one report."""

    document: Document
    sections: tuple[Section, ...]
    facts: Facts
    bundle: Bundle
    summaries: tuple[Summary, ...]
    issues: tuple[Issue, ...]

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
    """Convert one source; SourceError where it cannot be read or is no case report."""
    chosen = options or Options()
    document, read_issues = read(data, name, max_size=chosen.max_size)
    sections, split_issues = split(document)
    _admit(split_issues, chosen.force)
    about, about_issues = publication(document, sections)
    facts, fact_issues = resolve(document, sections, about, extract(document, sections))
    if not chosen.force and not _tells_of_a_patient(facts):
        raise SourceError(Issue.of("DOC005", source=name))
    bundle, build_issues = build(facts, chosen.build)
    bundle = narrate(bundle)
    found = check(bundle, structure=chosen.validate, name=name)
    summaries = tuple(render(bundle, language) for language in chosen.languages)
    issues = (*read_issues, *split_issues, *about_issues, *fact_issues, *build_issues, *found)
    named = tuple(replace(i, source=i.source or name) for i in issues)
    return Result(document, sections, facts, bundle, summaries, named)


def _tells_of_a_patient(facts: Facts) -> bool:
    """A text with neither age nor sex and hardly a finding is no case report, however short."""
    kinds = [f.kind for f in facts.items]
    clinical = sum(1 for k in kinds if k in CLINICAL)
    return bool({FactKind.AGE, FactKind.SEX} & set(kinds)) or clinical >= 3


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

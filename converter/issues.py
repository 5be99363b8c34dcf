"""Issues (values: what is wrong with a text or its facts) and the ConverterError tree (raised).

An Issue carries a permanent code out of ISSUE_CODES; a code's number is never reused. Nothing here
ever holds a patient's words: messages name what and where, spans point into the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from converter.model import Span


class Severity(StrEnum):
    """FHIR IssueSeverity, https://hl7.org/fhir/R4/valueset-issue-severity.html"""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


ORDER = (Severity.INFORMATION, Severity.WARNING, Severity.ERROR, Severity.FATAL)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Cause and mend of one issue code, for ``casefhir explain`` and the page of codes."""

    severity: Severity
    title: str
    cause: str
    fix: str
    kind: str = "processing"
    """FHIR IssueType, https://hl7.org/fhir/R4/valueset-issue-type.html"""


_E, _W, _I, _F = Severity.ERROR, Severity.WARNING, Severity.INFORMATION, Severity.FATAL

# fmt: off
ISSUE_CODES: dict[str, Explanation] = {
    # --- documents
    "DOC001": Explanation(_F, "empty document", "The file holds no text.", "Check that the export that wrote it finished.", "invalid"),
    "DOC002": Explanation(_F, "not text", "The bytes are no text in UTF-8, UTF-16 or CP949.", "Convert the file to UTF-8 text, or pass a supported format.", "invalid"),
    "DOC003": Explanation(_F, "too large", "The file is over --max-size.", "Raise --max-size if the file is really one report.", "too-long"),
    "DOC004": Explanation(_F, "language not supported", "The text is neither English nor Korean.", "Translate the report, or pass its English or Korean version.", "not-supported"),
    "DOC005": Explanation(_F, "not a case report", "Nothing on the page speaks of one patient.", "If it is a case report, pass --force; else leave it out.", "not-supported"),
    "DOC006": Explanation(_W, "no admission or presentation found", "Relative times have no anchor.", "Give --admission-date, or take relative times as words.", "incomplete"),
    "DOC007": Explanation(_W, "document may be truncated", "The text ends inside a sentence or inside the case.", "Fetch the document again and compare its end.", "incomplete"),
    "DOC008": Explanation(_F, "unreadable source", "The file is damaged, or its format is not supported.", "Open it in its own program and save it again as text, HTML, JATS XML or DOCX.", "invalid"),
    "DOC009": Explanation(_W, "several patients", "The report tells of more than one patient.", "Check which person each fact belongs to.", "processing"),
    "DOC010": Explanation(_F, "no text layer", "The PDF holds pictures of its pages (a scan) and no text.", "Run it through text recognition (OCR) and convert the result.", "not-supported"),
    "DOC011": Explanation(_F, "encrypted", "The file can only be opened with a password.", "Save a copy without a password.", "security"),
    "DOC012": Explanation(_F, "archive unpacks to too much", "The archive holds too many files, or far more than its size lets expect (a zip bomb).", "Unpack it yourself and convert the reports in it.", "too-costly"),
    "DOC013": Explanation(_W, "archive inside an archive", "An archive holds another one, which was not opened.", "Unpack it and convert it apart.", "not-supported"),
    # --- sections
    "SEC001": Explanation(_W, "no case section found", "No heading marks the patient's own part, so all text outside known headings was read as the case.", "Check the facts' places, or add headings.", "incomplete"),
    # --- patient
    "AGE001": Explanation(_W, "age not found", "No age of the patient stands in the case.", "Nothing to mend if the report gives none.", "not-found"),
    "AGE002": Explanation(_W, "ages disagree", "The report states two different ages for one patient.", "Read both places; the first in the case is kept.", "conflict"),
    "SEX001": Explanation(_W, "sex not found", "Neither a word for the sex nor a pronoun of the patient was found.", "Nothing to mend if the report gives none.", "not-found"),
    "SEX002": Explanation(_W, "sexes disagree", "The report states two different sexes for one patient.", "Read both places; the first in the case is kept.", "conflict"),
    "PAT001": Explanation(_W, "patients cannot be told apart", "The report announces several patients and tells of them together.", "Read the text: only what is said of the first, before another comes in, was kept.", "incomplete"),
    # --- values and units
    "UNIT001": Explanation(_W, "unit not known", "The printed unit has no UCUM code in mappings/units.toml.", "Add an alias to mappings/units.toml if it is a unit.", "code-invalid"),
    "UNIT002": Explanation(_W, "number without a unit", "A result is printed without a unit; none was assumed.", "Nothing to mend in the program: the source lacks it.", "incomplete"),
    "UNIT003": Explanation(_W, "implausible unit", "The unit does not fit the test, or the value lies outside what is possible in it.", "Check the source; the value is kept as printed.", "value"),
    "UNIT004": Explanation(_W, "author's slip mended", "The printed name does not fit unit and range, another one does.", "Check the source; the printed word is kept as originalText.", "value"),
    "VAL001": Explanation(_W, "values disagree", "Text and caption (or two places) give different values for one fact.", "Read both places; both are kept.", "conflict"),
    "VAL002": Explanation(_W, "respectively cannot be paired", "The counts of names and values differ, so no value was given.", "Read the sentence; enter the values by hand.", "processing"),
    "VAL003": Explanation(_W, "value without a name", "A number with a unit belongs to no name that is known.", "Nothing is lost silently: read the place.", "processing"),
    # --- assertion, time
    "ASR001": Explanation(_W, "presence disagrees", "One fact is stated present and absent without a difference of time or study.", "Read both places; both are kept.", "conflict"),
    "TIME001": Explanation(_I, "time kept as words", "A time has no anchor or no length that could be read.", "Nothing to mend; the words are kept.", "informational"),
    "TIME002": Explanation(_I, "no publication date", "Bundle.timestamp needs a value and the text has no date of publication.", "Give --timestamp or SOURCE_DATE_EPOCH.", "informational"),
    # --- terminology
    "TERM001": Explanation(_I, "text only", "No verified code is known for a name.", "Add a row to mappings/vocabulary with a code that a source table holds, or load terms of your own (casefhir terms load) and convert with --terms.", "code-invalid"),
    # --- bundle checks: structure
    "BND001": Explanation(_F, "not a bundle", "The file holds no FHIR resource.", "Pass a Bundle or resource in JSON.", "invalid"),
    "BND002": Explanation(_E, "structure", "An element is unknown, missing, of the wrong type or of the wrong cardinality.", "See the path and FHIR R4's definition of the element.", "structure"),
    "BND003": Explanation(_E, "reference not resolved", "A reference points at nothing in the bundle.", "Add the resource or mend the reference.", "not-found"),
    "BND004": Explanation(_E, "reference to the wrong type", "A reference points at a type that the element does not allow.", "Point it at an allowed type.", "invalid"),
    "BND005": Explanation(_E, "duplicate fullUrl", "Two entries share one fullUrl (bdl-7).", "Give each resource its own.", "duplicate"),
    "BND006": Explanation(_E, "required code", "A code is not in the value set that R4 requires for the element.", "Use a code of the value set.", "code-invalid"),
    "BND007": Explanation(_E, "invariant", "A FHIR invariant does not hold.", "See the invariant's own words in the message.", "invariant"),
    "BND008": Explanation(_E, "narrative", "A narrative is not well-formed XHTML of the allowed kind.", "Use only FHIR's subset of XHTML, without script.", "structure"),
    "BND009": Explanation(_E, "empty", "An array, object or string is empty.", "Leave the element out.", "structure"),
    "BND010": Explanation(_E, "impossible date", "A date or time is no date of the calendar, or not of FHIR's form.", "Mend the date.", "value"),
    "BND011": Explanation(_E, "UCUM", "A unit code is not UCUM.", "Use a UCUM code, https://ucum.org/ucum", "code-invalid"),
    "BND012": Explanation(_E, "display", "A display does not belong to its code.", "Use the code system's own name, or none.", "code-invalid"),
    "BND013": Explanation(_E, "document form", "A document bundle lacks its Composition, identifier or timestamp (bdl-9, 10, 11).", "Put a Composition first, add identifier and timestamp.", "invariant"),
    # --- bundle checks: fidelity
    "FID001": Explanation(_E, "no evidence", "A clinical resource of a machine-extracted bundle has no derivation-reference.", "Add the evidence or remove the resource.", "required"),
    "FID002": Explanation(_E, "number not in its evidence", "A number does not stand, digit for digit, in the words it is said to be read from.", "Mend the value or its evidence.", "value"),
    "FID003": Explanation(_E, "evidence outside the patient's part", "A span lies in the introduction, discussion, references or page furniture.", "Remove the fact or mend the span.", "business-rule"),
    "FID004": Explanation(_E, "evidence outside the text", "An offset or length lies outside the attachment's text.", "Mend the span.", "value"),
    "FID005": Explanation(_W, "phrase without translation", "A display or phrase stands in one language only.", "Add the translation to the mapping.", "incomplete"),
    "FID006": Explanation(_E, "source text altered", "The attachment's text does not match its hash.", "Convert the source again.", "conflict"),
    # --- what other validators say, and what was accepted
    "EXT001": Explanation(_E, "HL7's Java validator", "HL7's validator (--validator hl7) finds the resource or bundle wrong.", "See its message id in FHIR's validator, or docs/conformance.md for its known false alarms.", "invalid"),
    "EXT002": Explanation(_E, "pyrofile", "The validator pyrofile (--validator pyrofile) finds the resource or bundle wrong.", "See its rule in pyrofile's catalogue, or docs/conformance.md for its known false alarms.", "invalid"),
    "EXT003": Explanation(_E, "fhirkit", "The validator fhirkit-rs (--validator fhirkit) finds the resource or bundle wrong.", "See the message and FHIR R4's definition of the element.", "structure"),
    "EXT004": Explanation(_E, "fhir.resources", "The classes of fhir.resources (--validator fhir.resources) refuse the resource or bundle.", "See the message and FHIR R4's definition of the element.", "structure"),
    "PROF001": Explanation(_W, "profile not claimed", "A profile that --profile asks for needs an element that is not there.", "Give what is missing (--patient FILE for name and birth date), or do without the profile.", "required"),
    "SUP001": Explanation(_W, "suppression without use", "A row of the --suppress file matches no issue any more.", "Take the row out.", "informational"),
    # --- rows of mappings/, ours or a user's own (casefhir mappings check)
    "MAP001": Explanation(_E, "row that cannot be read", "A file of the mappings has another header, a key too many or too few, or a value of another form.", "Write the row as docs/extending.md shows it.", "structure"),
    "MAP002": Explanation(_E, "id that cannot stand", "A row's id is not kebab-case, or two rows of a table have it.", "Give the row an id of its own in small letters, digits and hyphens.", "duplicate"),
    "MAP003": Explanation(_E, "id that is gone", "An id that was given out once names no row any more; ids are permanent.", "Put the row back, or name the row that took its place in the third column of mappings/ids.tsv.", "not-found"),
    "MAP004": Explanation(_E, "name of two rows", "A name leads to two rows of a table, so one of them is never read.", "Leave the name to one row; to change a row of ours, repeat it under its own id.", "duplicate"),
    "MAP005": Explanation(_E, "row without both languages", "A row lacks its English or Korean name, or has one in the other's column.", "Write en and ko; a Korean name has two syllables or more.", "incomplete"),
    "MAP006": Explanation(_E, "malformed code", "A code has not the form that its system gives its codes, or stands without system or display.", "Copy system, code and display from the system's own table, or leave all three empty.", "code-invalid"),
    "MAP007": Explanation(_E, "unverified code", "The table of the code system that was asked does not hold the code with that display.", "Take code and display as the system has them, or leave the code empty: a wrong code is worse than none.", "code-invalid"),
    "MAP008": Explanation(_E, "unit that cannot be read", "A unit is no UCUM code, or no row of units.toml says how it is printed.", "Write the UCUM code and add it to units.toml.", "code-invalid"),
    "MAP009": Explanation(_E, "example read otherwise", "An example of a row is not read as that row, or a counterexample is.", "Add the name that the example prints, or take the name that another row needs out of it.", "processing"),
    "MAP010": Explanation(_E, "value that a key does not allow", "A category, kind, direction or limit is none of those that the program knows.", "Take one of those that the message lists.", "value"),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about a document or bundle."""

    code: str
    message: str
    severity: Severity
    span: Span | None = None
    path: str = ""
    """FHIRPath of the element, for issues of bundles."""
    source: str = ""
    """File name."""
    hint: str = ""
    line: int = 0
    """In the file, from 1; 0 where it is not known."""
    column: int = 0
    """In the line, in characters, from 1."""
    element: str = ""
    """The path from the resource that holds it ("Observation/abc.status"), which outlives new entries."""

    @staticmethod
    def of(code: str, message: str = "", span: Span | None = None, path: str = "", source: str = "") -> Issue:
        """Make an issue with its code's own severity and mend.

        >>> Issue.of("DOC001").severity.value
        'fatal'
        """
        known = ISSUE_CODES[code]
        return Issue(code, message or known.title, known.severity, span, path, source, known.fix)


def reaches(issues: tuple[Issue, ...], threshold: Severity) -> bool:
    """Tell whether any issue is at or above the threshold."""
    return any(ORDER.index(issue.severity) >= ORDER.index(threshold) for issue in issues)


class ConverterError(Exception):
    """Something wrong with our data, the call or the world; caught only at the edges."""


class MappingError(ConverterError):
    """A file in mappings/ does not hold what it must."""


class SourceError(ConverterError):
    """A source that cannot be read as a document; carries the Issue that says why."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue

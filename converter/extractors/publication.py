"""Read what a page says of itself: title, authors, dates, licence; never a clinical fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from converter.extractors.publication_people import people
from converter.issues import Issue
from converter.model import Document, Phrase, Publication, Section, SectionKind, Span
from converter.sections.cues import Cues, load_cues
from converter.sections.lines import Line
from converter.text import clean, fold, view_of

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\]\[>\"'”,;)]+")
PMID = re.compile(r"\bPMID\s*:?\s*(\d{4,9})\b")
LICENCE = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/[a-z-]+/\d\.\d(?:/[a-z]{2}\b)?/?"
)
LICENCE_WORDS = re.compile(
    r"\bCC[ -]BY(?:[ -](?:NC|SA|ND))*(?:[ -]\d\.\d)?\b|\bCC0\b"
    r"|Creative Commons[ \w-]*?Licen[sc]e(?:\s*\d\.\d)?",
    re.IGNORECASE,
)
JOURNAL = re.compile(
    r"(?:^|\s{2}|(?<=PMC\d{7}\s))([A-Z][A-Za-z&]*(?:[ .]+[A-Z(][A-Za-z&]*){0,7})\s*[.,]?\s*"
    r"(?:19|20)\d\d\s*(?:[A-Z][a-z]{2}[\s\d]*)?;\s*\d+\s*(?:\(|:)",
    re.MULTILINE,
)
PROVIDED = re.compile(r"Articles from\s+(\S.*?)\s+are provided")
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
DATES = (
    re.compile(rf"{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{MONTH},?\s+(?P<year>(?:19|20)\d\d)"),
    re.compile(rf"(?P<year>(?:19|20)\d\d)[ ,]+{MONTH}(?:\s+(?P<day>\d{{1,2}})\b(?![\d:]))?"),
    re.compile(
        r"(?P<year>(?:19|20)\d\d)\s*[-./년]\s*(?P<month>\d{1,2})\s*(?:[-./월]\s*(?P<day>\d{1,2})\s*일?)?"
    ),
    re.compile(rf"{MONTH},?\s+(?P<year>(?:19|20)\d\d)"),
)
EVENTS = {
    "received": r"received|접수(?:일)?|투고(?:일)?",
    "revised": r"revised|revision received|수정(?:일)?|심사(?:일)?",
    "accepted": r"accepted|채택(?:일)?|승인(?:일)?|게재\s*(?:확정|승인)(?:일)?",
    "published": r"published(?:\s+online)?|available online|epub|게재일|발행(?:일)?",
}
FIELD_DATES = ("received", "revised", "accepted", "published")
NEAR = 24
"""Characters between an event's word and its date."""


def publication(document: Document, sections: Sequence[Section]) -> tuple[Publication, tuple[Issue, ...]]:
    """Build the Publication of a page from its sections and from the fields that its format states."""
    cues = load_cues()
    fields = dict(reversed(document.fields))
    lines = tuple(_lines(document.text, [s for s in sections if _kind(s, SectionKind.METADATA)]))
    named = tuple(line for line in lines if line.paragraph >= 0)
    authors, affiliations = people(named, cues)
    about = "\n".join(line.text for line in lines)
    back = _text(document, [s for s in sections if s.kind is SectionKind.FURNITURE])
    dates = {event: fields.get(event, "") or _date(about, event) for event in FIELD_DATES}
    found = Publication(
        title=_title(document, sections, "en"),
        title_ko=_title(document, sections, "ko"),
        authors=authors,
        affiliations=affiliations,
        abstract=_abstract(document, sections, "en"),
        abstract_ko=_abstract(document, sections, "ko"),
        keywords=tuple(_keywords(document, sections, cues)),
        doi=fields.get("doi", "") or _doi(about, back),
        pmid=fields.get("pmid", "") or _first(PMID, about, 1),
        journal=fields.get("journal", "") or _journal(about, back),
        licence=fields.get("licence", "") or _licence(about, back),
        certainty=next(iter(_phrases(document, sections, "certainty")), None),
        remarks=tuple(_phrases(document, sections, "remark")),
        **dates,
    )
    return found, ()


def _kind(section: Section, kind: SectionKind) -> bool:
    return section.kind is kind and section.label not in ("certainty", "remark", "abbreviations", "keywords")


def _lines(text: str, sections: Sequence[Section]) -> Iterator[Line]:
    """Give the metadata's lines with their places; a paragraph ends at a blank line or at a section's end."""
    paragraph = 0
    for section in sections:
        for span in section.spans:
            at, fresh = span.start, True
            for raw in text[span.start : span.end].split("\n"):
                piece = raw.strip()
                if piece:
                    left = at + len(raw) - len(raw.lstrip())
                    yield Line(Span(left, left + len(piece)), piece, fold(piece), paragraph, False, fresh)
                    fresh = False
                else:
                    paragraph, fresh = paragraph + 1, True
                at += len(raw) + 1
            paragraph += 1


def _text(document: Document, sections: Sequence[Section]) -> str:
    return "\n".join(document.text[s.start : s.end] for section in sections for s in section.spans)


def _phrase(document: Document, spans: tuple[Span, ...]) -> Phrase:
    return Phrase(clean(view_of(document.text, spans).text), spans)


def _title(document: Document, sections: Sequence[Section], language: str) -> Phrase | None:
    found = [s for s in sections if s.kind is SectionKind.TITLE and s.language == language]
    return _phrase(document, found[0].spans) if found else None


def _phrases(document: Document, sections: Sequence[Section], label: str) -> Iterator[Phrase]:
    for section in sections:
        if section.kind is SectionKind.METADATA and section.label == label:
            yield _phrase(document, section.spans)


def _abstract(document: Document, sections: Sequence[Section], language: str) -> Phrase | None:
    """Put an abstract together again, whose general remarks stand in sections of their own."""
    parts = [s for s in sections if s.kind is SectionKind.ABSTRACT or s.label == "abstract"]
    spans = sorted(span for s in parts if s.language == language for span in s.spans)
    if not spans:
        return None
    joined = [spans[0]]
    for span in spans[1:]:
        if document.text[joined[-1].end : span.start].strip():
            joined.append(span)
        else:
            joined[-1] = Span(joined[-1].start, span.end)
    return _phrase(document, tuple(joined))


def _keywords(document: Document, sections: Sequence[Section], cues: Cues) -> Iterator[Phrase]:
    seen: set[str] = set()
    for section in sections:
        if section.kind is not SectionKind.METADATA or section.label != "keywords":
            continue
        for span in section.spans:
            text = document.text[span.start : span.end]
            head = cues.keywords.match(fold(text))
            at = head.end() if head else 0
            for start, end in _items(text, at):
                name = clean(text[start:end])
                if name and len(name) < 90 and name.lower() not in seen:
                    seen.add(name.lower())
                    yield Phrase(name, (Span(span.start + start, span.start + end),))


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Cut a list of keywords at semicolons, else at middle dots, else at commas or lines."""
    rest = text[at:]
    parting = next((mark for mark in (";", "·", "•", ",", "\n") if mark in rest.strip()), "\n")
    for part in rest.split(parting):
        left = len(part) - len(part.lstrip(" :.\n\t–—-"))
        right = len(part.rstrip(" .\n\t"))
        if left < right:
            yield at + left, at + right
        at += len(part) + 1


def _doi(about: str, back: str) -> str:
    """Take the first DOI of the metadata, else of the back matter; never one of the references."""
    for text in (about, back):
        m = DOI.search(text)
        if m:
            return m.group().rstrip(".:")
    return ""


def _first(pattern: re.Pattern[str], text: str, group: int) -> str:
    m = pattern.search(text)
    return m.group(group) if m else ""


def _journal(about: str, back: str) -> str:
    provided = _first(PROVIDED, back, 1) or _first(PROVIDED, about, 1)
    return clean(provided or _first(JOURNAL, about, 1) or _first(JOURNAL, back, 1)).rstrip(" .,")


def _licence(about: str, back: str) -> str:
    for text in (about, back):
        found = _first(LICENCE, text, 0) or clean(_first(LICENCE_WORDS, text, 0))
        if found:
            return found
    return ""


def _date(text: str, event: str) -> str:
    """Give the ISO date that follows an event's word ("Received November 23, 2021")."""
    low = fold(text)
    for m in re.finditer(rf"(?<!\w)(?:{EVENTS[event]})", low):
        near = low[m.end() : m.end() + NEAR + 30]
        found = [d for pattern in DATES if (d := pattern.search(near)) and d.start() <= NEAR]
        if found:
            return _iso(min(found, key=lambda d: (d.start(), -d.end())))
    return ""


def _iso(m: re.Match[str]) -> str:
    """Write a date in ISO 8601, as exactly as printed; a month over 12 leaves the year.

    >>> _iso(DATES[0].search("may 3, 2020"))
    '2020-05-03'
    """
    parts = m.groupdict()
    month = MONTHS.get(parts["month"] or "") or int(parts["month"] or 0)
    day = int(parts.get("day") or 0)
    if not 1 <= month <= 12:
        return parts["year"]
    return f"{parts['year']}-{month:02d}" + (f"-{day:02d}" if 1 <= day <= 31 else "")

"""Fidelity: what no validator looks at, whether a bundle says what its source says.

Every clinical resource points at words; the words are in the text, in the patient's part; every number stands
in them digit for digit. Applies to bundles that bear the tag machine-extracted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from converter.check.evidence import RELATIVE, Evidence, languages, original, parts
from converter.check.numbers import printed, stands
from converter.check.tree import Found, Tree, enclosing, path
from converter.issues import Issue, Severity
from converter.model import Span
from converter.text import HANGUL

TAG = "machine-extracted"
CLINICAL = frozenset(
    {
        "AllergyIntolerance",
        "Condition",
        "DiagnosticReport",
        "Encounter",
        "FamilyMemberHistory",
        "ImagingStudy",
        "Immunization",
        "Media",
        "MedicationAdministration",
        "MedicationStatement",
        "Observation",
        "Procedure",
        "ServiceRequest",
        "Specimen",
    }
)
STATED = frozenset({"reasonCode", "reasonReference", "diagnosis", "hospitalization", "location"})
"""What an Encounter says of the patient; without any of it, it is but the anchor of relative times."""
COUNTED = frozenset({".sequence", ".rank", ".size", ".position", ".number"})
"""Ordinals and sizes, which are ours and not the report's."""
PHRASES = (
    ("CodeableConcept", "text"),
    ("Composition.section", "title"),
)
RESOURCE_PHRASES = (("Composition", "title"), ("DiagnosticReport", "conclusion"))
SPOKEN = (
    ("Observation", "valueString"),
    ("Observation.component", "valueString"),
    ("Observation.referenceRange", "text"),
    ("Dosage", "text"),
)
"""Words that may hold numbers of the report."""


def applies(tree: Tree) -> bool:
    """Tell whether a bundle says of itself that a machine read it out of a text."""
    for found in tree.each("Meta"):
        tags = found.value.get("tag")
        for tag in tags if isinstance(tags, list) else ():
            if isinstance(tag, dict) and tag.get("code") == TAG:
                return True
    return False


def check(tree: Tree, source: str | None, patient: Iterable[Span] | None) -> Iterator[Issue]:
    """Compare the bundle with the text in its DocumentReferences; with ``source`` where that is left out."""
    yield from _hashes(tree, source)
    if not applies(tree):
        return
    texts = _texts(tree, source)
    reader = _Reader(tree, texts)
    yield from _evidence(tree)
    yield from _spans(tree, reader, tuple(patient) if patient is not None else None)
    yield from _numbers(tree, reader)
    yield from _relative(tree, reader)
    yield from _phrases(tree)


def _data(attachment: Mapping[str, Any]) -> bytes | None:
    data = attachment.get("data")
    if not isinstance(data, str):
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _hashes(tree: Tree, source: str | None) -> Iterator[Issue]:
    for found in tree.each("Attachment"):
        data, wanted = _data(found.value), found.value.get("hash")
        if data is None and source is not None and tree.resources[found.owner].type == "DocumentReference":
            data = source.encode()
        if data is None:
            continue
        digest = hashlib.sha1(data, usedforsecurity=False).digest()
        if isinstance(wanted, str) and wanted != base64.b64encode(digest).decode():
            yield Issue.of("FID006", path=f"{path(found.place)}.hash")
        size = found.value.get("size")
        if isinstance(size, int) and size != len(data):
            words = "the attachment's size is not that of its data"
            yield Issue.of("FID006", words, path=f"{path(found.place)}.size")


def _texts(tree: Tree, source: str | None) -> dict[str, tuple[str | None, ...]]:
    """Give the texts of each DocumentReference's attachments by reference; None where it has none."""
    texts: dict[str, tuple[str | None, ...]] = {}
    for resource in tree.resources:
        if resource.type == "DocumentReference":
            content = resource.value.get("content")
            contents = tuple(_text(one, source) for one in content) if isinstance(content, list) else ()
            for name in (resource.full_url, f"DocumentReference/{resource.value.get('id')}"):
                texts[name] = contents
    return texts


def _text(content: Any, source: str | None) -> str | None:
    attachment = content.get("attachment") if isinstance(content, dict) else None
    if not isinstance(attachment, dict):
        return None
    data = _data(attachment)
    if data is None:
        return source
    if not str(attachment.get("contentType", "text/plain")).startswith("text/"):
        return source
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


class _Reader:
    """Looks words up in the attachments, each span once."""

    __slots__ = ("_known", "texts", "tree", "whole")

    def __init__(self, tree: Tree, texts: Mapping[str, tuple[str | None, ...]]) -> None:
        self.tree = tree
        self.texts = texts
        self._known: dict[Evidence, tuple[str, frozenset[str]] | None] = {}
        self.whole: tuple[tuple[str, frozenset[str]], ...] = ()
        """The whole texts, for bundles whose evidence is of names only: numbers can be anywhere in them."""
        if not any(_of_element(found) for found in tree.spans):
            known = dict.fromkeys(text for several in texts.values() for text in several if text is not None)
            self.whole = tuple((text, printed(text)) for text in known)

    def document(self, evidence: Evidence) -> str | None:
        """Give the text that a piece of evidence points into; None where it is not at hand."""
        contents, index = self.texts.get(evidence.reference, ()), _content(evidence.path)
        return contents[index] if index < len(contents) else None

    def words(self, evidence: Evidence) -> tuple[str, frozenset[str]] | None:
        """Give the words of a span and the numbers in them."""
        if evidence not in self._known:
            text = self.document(evidence)
            if text is None:
                self._known[evidence] = None
            else:
                start = max(evidence.offset, 0)
                cut = text[start : start + max(evidence.length, 0)]
                self._known[evidence] = (cut, printed(cut))
        return self._known[evidence]

    def around(self, found: Found) -> Iterator[tuple[str, frozenset[str]] | None]:
        """Give the words of all evidence on an element, on those around it, and on its resource."""
        for value in (_twin(found), *enclosing(found.place)):
            for evidence in self.tree.evidence.get(id(value), ()):
                yield self.words(evidence)
        yield from self.whole
        container = self.tree.resources[found.owner].container
        if container >= 0:
            for evidence in self.tree.evidence.get(id(self.tree.resources[container].value), ()):
                yield self.words(evidence)


@lru_cache(maxsize=16)
def _content(place: str) -> int:
    """Read which content of its DocumentReference a piece of evidence points into."""
    found = re.search(r"content\[(\d+)\]", place)
    return int(found[1]) if found else 0


def _of_element(found: Found) -> bool:
    """Tell whether evidence stands on an element and not on a resource."""
    bearer = found.place[0][3] if found.place[0] is not None else None
    return isinstance(bearer, dict) and "resourceType" not in bearer


def _twin(found: Found) -> Any:
    """Give the object with a primitive's extensions, which stands beside it under _name."""
    parent = found.place[0][3] if found.place[0] is not None else None
    if not isinstance(parent, dict) or isinstance(found.value, dict):
        return None
    return next((parent[key] for key in parent if key[0] == "_" and parent.get(key[1:]) == found.value), None)


def _clinical(tree: Tree, owner: int) -> bool:
    resource = tree.resources[owner]
    if resource.container >= 0:
        resource = tree.resources[resource.container]
    return resource.type in CLINICAL


def _evidence(tree: Tree) -> Iterator[Issue]:
    if not tree.spans and any(resource.type in CLINICAL for resource in tree.resources):
        words = "the bundle was written without evidence, so nothing can be compared with its source"
        yield replace(Issue.of("FID001", words, path="Bundle"), severity=Severity.WARNING)
        return
    for resource in tree.resources:
        silent = resource.type == "Encounter" and not STATED & set(resource.value)
        if resource.type not in CLINICAL or resource.container >= 0 or silent:
            continue
        if not tree.evidence.get(id(resource.value)):
            yield Issue.of("FID001", path=path(resource.place))


def _spans(tree: Tree, reader: _Reader, patient: tuple[Span, ...] | None) -> Iterator[Issue]:
    for found in tree.spans:
        evidence: Evidence = found.value
        start, end = evidence.offset, evidence.offset + evidence.length
        text = reader.document(evidence)
        if start < 0 or evidence.length <= 0 or (text is not None and end > len(text)):
            yield Issue.of("FID004", path=path(found.place))
        elif (
            patient is not None
            and _clinical(tree, found.owner)
            and not any(start < part.end and part.start < end for part in patient)
        ):
            yield Issue.of("FID003", span=Span(start, end), path=path(found.place))


def _numbers(tree: Tree, reader: _Reader) -> Iterator[Issue]:
    for found in tree.numbers:
        if _clinical(tree, found.owner) and not _ours(found):
            yield from _number(found, reader)
    for kind, key in SPOKEN:
        for found in tree.of_type(kind) if kind == "Observation" else tree.each(kind):
            words = found.value.get(key)
            if isinstance(words, str) and _clinical(tree, found.owner):
                place = (found.place, f".{key}", -1, words)
                yield from _spoken(Found(words, place, found.owner), reader)


def _spoken(found: Found, reader: _Reader) -> Iterator[Issue]:
    """Compare the numbers in a value that is words: "3+", "1:320", "<2"."""
    known = tuple(reader.around(found))
    if known and None not in known:
        numerals = frozenset().union(*(words[1] for words in known if words))
        plain = {numeral.lstrip("-") for numeral in numerals}
        if any(numeral.lstrip("-") not in plain for numeral in printed(found.value)):
            message = "a number in these words is not in their evidence"
            yield Issue.of("FID002", message, path=path(found.place))


def _number(found: Found, reader: _Reader) -> Iterator[Issue]:
    known = tuple(reader.around(found))
    if known and None not in known and not any(words and stands(found.value, *words) for words in known):
        yield Issue.of("FID002", path=path(found.place))


def _ours(found: Found) -> bool:
    """Tell whether a number is no figure of the report: times computed from words, ordinals, unit amounts."""
    place = found.place
    if place[1] in COUNTED:
        return True
    if found.value == 1 and place[0] is not None and place[0][1] in (".repeat", ".denominator"):
        return True
    return _capped(found) or any(
        isinstance(value, dict) and value.get("url") == RELATIVE for value in enclosing(place)
    )


def _capped(found: Found) -> bool:
    """Tell whether a number is the 90 that stands for any age over 89, as privacy rules ask."""
    quantity = found.place[0][3] if found.place[0] is not None else None
    capped = isinstance(quantity, dict) and quantity.get("comparator") == ">=" and quantity.get("code") == "a"
    return bool(capped and found.value == 90)


def _relative(tree: Tree, reader: _Reader) -> Iterator[Issue]:
    """Compare the words kept beside a relative time with the text."""
    whole = dict.fromkeys(text for several in reader.texts.values() for text in several if text is not None)
    texts = tuple(_squeeze(text) for text in whole)
    if not texts:
        return
    for found in tree.each("Extension"):
        if found.value.get("url") != RELATIVE or not _clinical(tree, found.owner) or found.place[0] is None:
            continue
        words = original(found.place[0][3])
        if words is None:
            if _offset(found.value):
                message = "a relative time without the words that it was read from (originalText)"
                yield Issue.of("FID002", message, path=path(found.place))
        elif not all(any(part in text for text in texts) for part in _parts(words)):
            yield Issue.of("FID002", "originalText does not stand in the source", path=path(found.place))


def _parts(words: str) -> list[str]:
    """Split words that were taken from several places."""
    return [_squeeze(part) for part in re.split(r"…|\.\.\.", words)]


def _offset(extension: Mapping[str, Any]) -> bool:
    """Tell whether a relative time has a length other than 0."""
    for part in parts(extension):
        if part.get("url") == "offset":
            duration = part.get("valueDuration")
            return not (isinstance(duration, dict) and duration.get("value") == 0)
    return False


def _squeeze(text: str) -> str:
    """Leave out blanks and hyphens, which line breaks put into words and take out of them."""
    return re.sub(r"[\s\-\u00ad]+", "", text).casefold()


def _phrases(tree: Tree) -> Iterator[Issue]:
    for kind, key in PHRASES:
        for found in tree.each(kind):
            yield from _phrase(found, key)
    for kind, key in RESOURCE_PHRASES:
        for found in tree.of_type(kind):
            yield from _phrase(found, key)


def _phrase(found: Found, key: str) -> Iterator[Issue]:
    text = found.value.get(key)
    if not isinstance(text, str) or not any(char.isalpha() for char in text):
        return
    other = "en" if HANGUL.search(text) else "ko"
    if other not in languages(found.value.get(f"_{key}")):
        yield Issue.of("FID005", path=f"{path(found.place)}.{key}")

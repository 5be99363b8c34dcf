"""Identity: our base URI, the source's identity, and uuid5 of what a fact is called.

The key of an id is the resource type, the fact's kind, its printed name, folded, and its ordinal among
equals in reading order: never the code, the status or the offset, so that a better extraction of the same
source updates a server's resources instead of duplicating them.
"""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

from converter.model import Document, Publication

BASE = "urn:oid:2.25.289178562199284966961783718499538603929"
"""Our own URIs' root: the OID of a UUID made once for this project (ITU-T X.667)."""

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, BASE)

ARCS = {
    "tags": "1",
    "publication-event": "2",
    "index-term": "3",
    "licence": "4",
    "journal": "5",
    "remark": "6",
    "body-site": "7",
    "code-system": "20",
    "concept-map": "21",
    "value-set": "22",
}
"""Arc below the base for each URI of ours; a number is never reused."""

URI = "urn:ietf:rfc:3986"


def own(base: str, name: str) -> str:
    """Make the URI of something of ours: an arc under an OID base, a path under a canonical base.

    >>> own("https://fhir.hospital.test", "tags")
    'https://fhir.hospital.test/casefhir-tags'
    """
    if base.startswith("urn:oid:"):
        return f"{base}.{ARCS[name]}"
    return f"{base.rstrip('/')}/casefhir-{name}"


def folded(name: str) -> str:
    """Fold a printed name to what counts as the same name.

    >>> folded("Mitral  Regurgitation")
    'mitral regurgitation'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def source_identity(document: Document, publication: Publication) -> str:
    """Name the source: its DOI, else the hash of its bytes."""
    return f"doi:{publication.doi.casefold()}" if publication.doi else f"sha256:{document.sha256}"


def source_uri(document: Document, publication: Publication) -> str:
    """Say where the text comes from, for meta.source: DOI, else file name, else hash (RFC 6920)."""
    if publication.doi:
        return f"https://doi.org/{quote(publication.doi, safe='/;().:_-')}"
    if document.name and document.name != "-":
        return f"urn:file:{quote(document.name, safe='._-')}"
    return f"nih:sha-256;{document.sha256}"


def make(source: str, *key: str) -> str:
    """Make the uuid5 of a source and a key."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join((source, *key))))


def numbered(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Append to each key its ordinal among equals, in order.

    >>> numbered([("a",), ("b",), ("a",)])
    [('a', '1'), ('b', '1'), ('a', '2')]
    """
    seen: Counter[tuple[str, ...]] = Counter()
    out = []
    for key in keys:
        seen[key] += 1
        out.append((*key, str(seen[key])))
    return out


def text_hash(text: str) -> bytes:
    """Hash a text as Attachment.hash wants it: SHA-1 of its UTF-8 bytes (identity, not security)."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).digest()

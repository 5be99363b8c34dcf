"""A user's own LOINC, SNOMED CT, HPO, ICD-10-CM or KCD: official files -> a cache -> codes for bare names."""

from converter.terms.coding import coded
from converter.terms.formats import KNOWN, releases
from converter.terms.release import Release, Term, TermsError
from converter.terms.store import Loaded, Store, cache_folder, load, loaded, opened, remove

__all__ = [
    "KNOWN",
    "Loaded",
    "Release",
    "Store",
    "Term",
    "TermsError",
    "cache_folder",
    "coded",
    "load",
    "loaded",
    "opened",
    "releases",
    "remove",
]

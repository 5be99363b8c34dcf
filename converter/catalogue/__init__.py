"""The tables as a catalogue: listed, tried on a sentence, checked, exported as FHIR terminology resources."""

from converter.catalogue.checking import check_tables, use_own_rows
from converter.catalogue.codes import Sources, sources
from converter.catalogue.entries import ALL_TABLES, Entry, current, entries

__all__ = ["ALL_TABLES", "Entry", "Sources", "check_tables", "current", "entries", "sources", "use_own_rows"]

"""One sieve for the patterns that every sentence is read with; most find nothing in most sentences."""

from __future__ import annotations

from converter.rare import Sieve

SIEVE = Sieve()
rare = SIEVE.rare

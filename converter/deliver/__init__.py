"""Bundles on their way out: transactions to a FHIR server (``push``), NDJSON files (``export``).

What goes is decided in three steps, each a function of the one before: ``prepare`` (bundle -> what we would
have stand), ``standing`` (what does stand), ``planning`` (the difference, as one transaction). ``push`` does
them for every bundle that waits in the ``outbox``.
"""

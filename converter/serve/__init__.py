"""A small FHIR service: reports in, bundles out; bundles in, OperationOutcomes out.

Two kinds of processes. The one that listens (``app``, ``intake``, ``desk``) handles HTTP and never looks into
a body; what does (``work``) runs in a worker process that may be ended at any moment. Nothing is kept: no
report, no result, no log of their words.
"""

from converter.serve.settings import Settings

__all__ = ["Settings"]

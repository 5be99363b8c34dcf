"""One self-contained HTML page that shows the report beside its facts."""

from __future__ import annotations

from converter.issues import Issue
from converter.model import Bundle, Summary


def show(bundle: Bundle, summaries: tuple[Summary, ...], issues: tuple[Issue, ...]) -> str:
    """Write the page."""
    return summaries[0].html if summaries else ""

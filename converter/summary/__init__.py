"""Bundle -> summaries and narratives, in English and Korean, through templates/.

A frozen model (``summary.model.Case``) is built of the bundle alone, so that any bundle of ours, also one
read back from a file, can be told again.
"""

from __future__ import annotations

from converter.model import Bundle, Summary
from converter.summary.case import case
from converter.summary.narratives import narrate
from converter.summary.render import write

__all__ = ["narrate", "render"]


def render(bundle: Bundle, language: str) -> Summary:
    """Render a bundle's summary in a language that mappings/languages holds."""
    made = case(bundle, language)
    return Summary(
        language=language,
        markdown=write("summary.md", made),
        html=write("summary.html", made),
        untranslated=made.untranslated,
        findings=made.counted,
    )

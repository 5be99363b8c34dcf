"""The page at /: layout from templates/, words from mappings/languages/, nothing fetched from elsewhere."""

from __future__ import annotations

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from converter.mappings import data_path
from converter.phrases import labels
from converter.serve.media import HTML
from converter.show import LANGUAGES, hashes

MEDIA = f"{HTML}; charset=utf-8"


def html(token: bool) -> str:
    """Write the page, with a field for the token where one is asked for."""
    environment = Environment(
        loader=FileSystemLoader(str(data_path("templates"))),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {language: labels(language) for language in LANGUAGES}
    return environment.get_template("serve.html").render(ui=words, token=token)


def policy() -> str:
    """Give the Content-Security-Policy: own files, and in the frame the scripts and styles of ``show``.

    The frame holds a page as ``srcdoc``, which is under the policy of the page that holds it as well.
    """
    script, style = hashes()
    return (
        f"default-src 'none'; script-src 'self' '{script}'; style-src 'self' '{style}'; connect-src 'self'; "
        "img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def file(name: str) -> bytes:
    """Read a file of the page."""
    return data_path(f"templates/{name}").read_bytes()

"""Write docs/issue-codes.md out of converter.issues.ISSUE_CODES: one table, one truth.

    python tools/issue_codes.py [--check]

With --check nothing is written; exit 1 where the page is not current.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from converter.issues import ISSUE_CODES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "issue-codes.md"

GROUPS = {
    "DOC": "The document",
    "SEC": "Its parts",
    "AGE": "The patient's age",
    "SEX": "The patient's sex",
    "UNIT": "Units",
    "VAL": "Values",
    "ASR": "Present or absent",
    "TIME": "Time",
    "TERM": "Codes of terminologies",
    "BND": "The bundle: is it FHIR R4?",
    "FID": "Fidelity: does the bundle say what its source says?",
    "EXT": "What other validators say",
    "PROF": "Profiles asked for",
    "SUP": "Issues that were accepted",
}

HEAD = """\
# Issue codes

Made by `tools/issue_codes.py` from `converter/issues.py`; do not edit by hand.
`casefhir explain CODE` prints the same. A code is permanent: its number is never used for anything else.

| severity | means |
|---|---|
| fatal | the document is refused, nothing is written for it |
| error | the bundle is wrong; by default `--fail-on error` makes the command exit 1 |
| warning | read this place before you rely on it |
| information | good to know |
"""


def _group(code: str) -> str:
    return code.rstrip("0123456789")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def page() -> str:
    """Give the page's text, codes in the order of their table."""
    out = [HEAD]
    for group, codes in groupby(ISSUE_CODES, _group):
        out.append(f"## {GROUPS.get(group, group)}\n")
        out.append("| code | severity | what | cause | what to do |\n|---|---|---|---|---|")
        for code in codes:
            known = ISSUE_CODES[code]
            cells = (code, known.severity.value, known.title, known.cause, known.fix)
            out.append(f"| {' | '.join(map(_cell, cells))} |")
        out.append("")
    return "\n".join(out)


def main() -> int:
    """Write the page, or say whether it is current."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), "utf-8")
        return 0
    current = PAGE.exists() and PAGE.read_text("utf-8") == page()
    print("issue codes: fine" if current else "docs/issue-codes.md is old: run tools/issue_codes.py")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())

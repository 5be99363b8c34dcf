"""Record the ids of all rows in mappings/ids.tsv, where none is ever taken out: ids are permanent.

Run before a release. ``casefhir mappings check`` fails for an id that is recorded and names no row any more,
unless its third column names the row that took its place.
"""

from __future__ import annotations

from pathlib import Path

from converter.catalogue.entries import entries

PATH = Path(__file__).resolve().parents[1] / "mappings" / "ids.tsv"
COUNTED = ("units", "cues")
"""Tables whose rows have no id of ours."""


def main() -> None:
    """Add new ids to the file, in order of table and id."""
    known = {tuple(line.split("\t")[:2]): line for line in PATH.read_text("utf-8").splitlines() if line}
    for row in entries()[0]:
        if row.table not in COUNTED:
            known.setdefault((row.table, row.id), f"{row.table}\t{row.id}")
    PATH.write_text("".join(f"{known[key]}\n" for key in sorted(known)), "utf-8")
    print(f"{PATH}: {len(known)} ids")


if __name__ == "__main__":
    main()

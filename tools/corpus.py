"""Show which facts the working tree adds, loses and alters over ../shared, against HEAD."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SETS = ("seeds", "gold/texts", "maccrobat", "medpix")
SCRIPT = """
import json, sys
from pathlib import Path
from converter.extractors.gather import extract
from converter.extractors.publication import publication
from converter.issues import SourceError
from converter.readers import read
from converter.resolve import resolve
from converter.sections import split
for name in sys.argv[1:]:
    p = Path(name)
    try:
        d, _ = read(p.read_bytes(), p.name)
    except SourceError:
        continue
    s, _ = split(d)
    pub, _ = publication(d, s)
    f, _ = resolve(d, s, pub, extract(d, s))
    for x in f.items:
        v = getattr(x.value, "value", None) or getattr(x.value, "text", None)
        print(json.dumps([p.stem, x.kind, x.name, [x.concept.id if x.concept else "", x.assertion, str(v)]]))
"""


def facts(tree: Path, files: list[str]) -> Counter[tuple[str, str]]:
    """Give the facts that a tree's program reads."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *files], cwd=tree, capture_output=True, text=True, check=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return Counter(
        (json.dumps(r[:3], ensure_ascii=False), json.dumps(r[3], ensure_ascii=False)) for r in rows
    )


def main() -> int:
    """Print the difference; exit 0 always."""
    if not SHARED.is_dir():
        print("corpus: skipped, ../shared is not here")
        return 0
    files = [str(p) for s in SETS for p in sorted((SHARED / s).glob("*.txt"))]
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "head"
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", str(old), "HEAD"], cwd=ROOT, check=True
        )
        try:
            before, after = facts(old, files), facts(ROOT, files)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    lost, came = before - after, after - before
    altered = {k for k, _ in lost} & {k for k, _ in came}
    for name, rows in (("lost", lost), ("added", came)):
        for key, value in sorted(rows):
            print(f"{'altered' if key in altered else name}: {key} {value}")
    print(
        f"{len(before)} facts before, {len(after)} after; {len(lost)} lost, {len(came)} added, {len(altered)} of them altered"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

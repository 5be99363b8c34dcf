"""Measure which judges notice which defects: the sample bundle of the tests, broken in one place each.

    python tools/conformance_defects.py [--judge NAME]... [--write]

A judge notices a defect where it says something of the broken bundle, as error or warning, that it does not say of the
good one and that is no known false alarm. --write puts the table into docs/conformance.md. Takes minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from converter.check import check  # noqa: E402
from converter.issues import Issue, Severity  # noqa: E402
from converter.validators import Settings, findings, known  # noqa: E402
from converter.validators._words import without_values  # noqa: E402

JUDGES = {
    "casefhir": "casefhir",
    "hl7": "HL7 Java",
    "pyrofile": "pyrofile",
    "fhirkit": "fhirkit",
    "fhir.resources": "fhir.resources",
}
MARKS = {Severity.FATAL: "E", Severity.ERROR: "E", Severity.WARNING: "w"}
PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- defects: written by tools/conformance_defects.py -->\n", "<!-- end of defects -->\n"


def load(name: str) -> ModuleType:
    """Load a module of the tests by its file."""
    path = ROOT / "tests" / "unit" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def plain(value: Any) -> Any:
    """Give the value as JSON holds it, for judges that know no Decimal."""
    return json.loads(
        json.dumps(value, default=lambda one: float(one) if isinstance(one, Decimal) else str(one))
    )


def said(judge: str, bundles: list[Any]) -> list[Counter[tuple[str, Severity]]]:
    """Give what a judge says of each bundle, without places and without known false alarms."""
    if judge == "casefhir":
        told: list[tuple[Issue, ...]] = [check(bundle, structure=False) for bundle in bundles]
        return [Counter((issue.code + issue.path, issue.severity) for issue in issues) for issues in told]
    # every field by its own words: values differ from run to run, places from bundle to bundle
    return [
        Counter(
            (f"{one.id} {re.sub(r'[0-9]+', '0', without_values(one.message))}", one.severity)
            for one in found
            if not known(judge, one)
        )
        for found in findings(judge, bundles, Settings(fetch=True))
    ]


def mark(good: Counter[tuple[str, Severity]], broken: Counter[tuple[str, Severity]]) -> str:
    """Give E or w for what is said of the broken bundle only, - for nothing."""
    new = {severity for _, severity in broken - good}
    return next((letter for severity, letter in MARKS.items() if severity in new), "-")


def table(defects: list[tuple[str, str]], marks: dict[str, list[str]]) -> list[str]:
    """Write a row a defect and the sums."""
    judges = list(marks)
    out = ["| defect | code | " + " | ".join(JUDGES[judge] for judge in judges) + " |"]
    out.append("|---|---|" + "---|" * len(judges))
    for number, (name, code) in enumerate(defects):
        out.append(f"| {name} | {code} | " + " | ".join(marks[judge][number] for judge in judges) + " |")
    counts = [str(sum(one != "-" for one in marks[judge])) for judge in judges]
    out.append(
        f"| **noticed, of {len(defects)}** | | " + " | ".join(f"**{count}**" for count in counts) + " |"
    )
    return out


def sums(defects: list[tuple[str, str]], marks: dict[str, list[str]]) -> str:
    """Say what share of what any judge notices is noticed by ours."""
    others = [judge for judge in marks if judge != "casefhir"]
    seen = [n for n in range(len(defects)) if any(marks[judge][n] != "-" for judge in others)]
    ours = [n for n in seen if marks["casefhir"][n] != "-"]
    fidelity = [n for n, (_, code) in enumerate(defects) if code.startswith("FID")]
    kept = sum(marks["casefhir"][n] != "-" for n in fidelity)
    return (
        f"{len(defects)} defects. Ours notices {len(ours)} of the {len(seen)} that any of the others notices "
        f"({100 * len(ours) / max(len(seen), 1):.1f} %), and {kept} of the {len(fidelity)} of fidelity."
    )


def main() -> int:
    """Ask all judges about all defects."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--judge", action="append", choices=[j for j in JUDGES if j != "casefhir"], default=[]
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="keep the judges' answers here, and take others from it"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    base, more = load("test_check"), load("test_check_more")
    listed = [*base.DEFECTS, *more.MORE]
    bundles = [base.good.sample() for _ in range(len(listed) + 1)]
    for bundle, (_, change, *_rest) in zip(bundles[1:], listed, strict=True):
        change(bundle)
    names = [name for name, *_ in listed]
    kept = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    known_before = [judge for judge in kept if set(names) <= set(kept[judge])]
    asked = options.judge or [judge for judge in JUDGES if judge not in (*known_before, "casefhir")]
    for judge in ("casefhir", *asked):
        good, *broken = said(judge, bundles if judge == "casefhir" else [plain(one) for one in bundles])
        kept[judge] = dict(zip(names, (mark(good, one) for one in broken), strict=True))
        print(judge, Counter(kept[judge].values()), f"good: {sum(good.values())}", file=sys.stderr)
        if options.keep:
            options.keep.write_text(json.dumps(kept))
    marks = {judge: [kept[judge][name] for name in names] for judge in JUDGES if judge in kept}
    defects = [(name, code) for name, _, code, _ in listed]
    text = "\n".join([sums(defects, marks), "", *table(defects, marks)]) + "\n"
    print(text)
    if options.write:
        page = PAGE.read_text("utf-8")
        before, _, rest = page.partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

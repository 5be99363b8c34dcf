"""Measure whether a Korean report yields the facts of its English twin.

    python tools/measure_twins.py [--half odd|even|all] [--misses NAME]

tests/korean/NN-name/ holds one report twice, ko.txt and en.txt, and facts.tsv: what either must yield, written
before the program read them. Reports with odd numbers are for tuning; of the even ones only figures are looked
at, never misses. Printed for each report:

    recall   share of facts.tsv read with kind, value and assertion right, in Korean and in English
    f1       facts of the Korean against the facts of the English report, all of both counted: the same thing
             (by facts.tsv, by concept, or by our Korean for the English words), value and assertion
    full     the same, study and time having to agree as well
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from converter.extractors.gather import extract  # noqa: E402
from converter.extractors.publication import publication  # noqa: E402
from converter.model import Component, Fact, FactKind, Quantity, Range, Ratio, Words  # noqa: E402
from converter.phrases import compose  # noqa: E402
from converter.readers import read  # noqa: E402
from converter.resolve import resolve  # noqa: E402
from converter.sections import split  # noqa: E402

REPORTS = ROOT / "tests" / "korean"
GROUPS = {
    **dict.fromkeys(("condition", "finding"), "problem"),
    **dict.fromkeys(("procedure",), "procedure"),
    **dict.fromkeys(("study", "test"), "study"),
}
DOUBT = dict.fromkeys(("possible", "probable", "differential"), "possible")


@dataclass(frozen=True)
class Row:
    """A line of facts.tsv."""

    kinds: tuple[str, ...]
    en: tuple[str, ...]
    ko: tuple[str, ...]
    value: str
    assertions: tuple[str, ...]
    study: str
    time: str


@dataclass(frozen=True)
class Read:
    """What the program read, told in a way that the two languages share."""

    fact: Fact
    kind: str
    name: str
    concept: str
    value: str
    assertion: str
    study: str
    time: str


def rows_of(folder: Path) -> list[Row]:
    """Read the facts that an author meant."""
    with (folder / "facts.tsv").open(encoding="utf-8") as file:
        return [
            Row(
                tuple(line["kind"].split("|")), tuple(line["en"].split("|")), tuple(line["ko"].split("|")),
                line["value"], tuple(DOUBT.get(a, a) for a in line["assertion"].split("|") if a), line["study"], line["time"],
            )
            for line in csv.DictReader(file, delimiter="\t")
        ]  # fmt: skip


def printed(value: object, parts: Sequence[Component] = ()) -> str:
    """Give a value without its words: numbers as printed, else the code of a word."""
    if parts:
        join = "/" if any(p.concept for p in parts) else "x"
        return join.join(printed(p.value) for p in parts)
    if isinstance(value, Quantity):
        return format(value.value, "f")
    if isinstance(value, Range):
        return f"{printed(value.low)}-{printed(value.high)}"
    if isinstance(value, Ratio):
        return f"{printed(value.numerator)}:{printed(value.denominator)}"
    return (value.code or value.text) if isinstance(value, Words) else ""


def facts_of(path: Path) -> list[Read]:
    """Read a report as far as its facts."""
    document, _ = read(path.read_bytes(), path.name)
    sections, _ = split(document)
    about, _ = publication(document, sections)
    facts, _ = resolve(document, sections, about, extract(document, sections))
    out = []
    for fact in facts.items:
        if fact.kind in (FactKind.FIGURE, FactKind.PLAN, FactKind.ADMISSION):
            continue
        shown = facts.items[fact.study] if fact.study is not None else None
        own = fact if fact.imaging else shown
        when = fact.time
        length = f"{format(when.high or when.low or 0, 'f')} {when.unit}" if when and when.unit else ""
        out.append(
            Read(
                fact, GROUPS.get(fact.kind.value, fact.kind.value), squeeze(fact.name), fact.concept.id if fact.concept else "",
                printed(fact.value, fact.components), DOUBT.get(fact.assertion.value, fact.assertion.value),
                own.imaging.modality.code if own and own.imaging else "", length,
            )
        )  # fmt: skip
    return out


def squeeze(name: str) -> str:
    """Fold a name for comparison."""
    return re.sub(r"[\s-]+", "", name.lower())


def named(read_: Read, words: Sequence[str]) -> bool:
    """Tell whether a fact's printed name and an author's words are of one thing."""
    for word in map(squeeze, words):
        if word and (word in read_.name or (len(read_.name) > 1 and read_.name in word)):
            return True
    return not any(words)


def hits(row: Row, words: Sequence[str], found: Sequence[Read]) -> Iterator[int]:
    """Yield the facts that could be a row's, the right ones first."""
    fit = [i for i, r in enumerate(found) if _kind(row, r) and named(r, words) and _value(row, r)]
    yield from sorted(
        fit,
        key=lambda i: (
            not _asserted(row, found[i]),
            row.time != found[i].time,
            bool(row.study) and row.study != found[i].study,
        ),
    )


def _kind(row: Row, r: Read) -> bool:
    return r.kind in row.kinds or (r.kind == "study" and row.kinds == ("procedure",))


def _value(row: Row, r: Read) -> bool:
    if not row.value or r.kind == "medication":
        return True
    return r.value.replace(",", "") == row.value


def _asserted(row: Row, r: Read) -> bool:
    return not row.assertions or r.assertion in row.assertions


def assign(rows: Sequence[Row], language: str, found: Sequence[Read]) -> dict[int, int]:
    """Give each row its fact, one to one, rows with the fewest choices first: row -> fact."""
    choices = {i: list(hits(r, r.ko if language == "ko" else r.en, found)) for i, r in enumerate(rows)}
    given: dict[int, int] = {}
    for exact in (3, 2, 1, 0):
        for i, options in sorted(choices.items(), key=lambda c: len(c[1])):
            free = [o for o in options if o not in given.values()]
            best = next((o for o in free if _right(rows[i], found[o]) >= exact), None)
            if i not in given and best is not None:
                given[i] = best
    return given


def _right(row: Row, r: Read) -> int:
    if not _asserted(row, r):
        return 0
    return 1 + (row.time == r.time) + (not row.study or row.study == r.study)


@cache
def korean(name: str) -> str:
    """Give our Korean of an English name, folded."""
    return squeeze(compose(name).text)


@dataclass(frozen=True)
class Scores:
    """How one report fared."""

    ko: float
    en: float
    f1: float
    full: float


def pairs(
    ko: Sequence[Read], en: Sequence[Read], ko_row: dict[int, int], en_row: dict[int, int]
) -> list[tuple[int, int]]:
    """Pair facts of both languages that tell of one thing, the closest first."""
    rated = []
    for i, a in enumerate(ko):
        for j, b in enumerate(en):
            row = ko_row.get(i), en_row.get(j)
            same = row[0] is not None and row[0] == row[1]
            if a.kind == b.kind and (same or _alike(a, b)):
                rated.append((-(4 * same + _agree(a, b) + (a.time == b.time) + (a.study == b.study)), i, j))
    out: list[tuple[int, int]] = []
    for _, i, j in sorted(rated):
        if all(i != p and j != q for p, q in out):
            out.append((i, j))
    return out


def _alike(a: Read, b: Read) -> bool:
    if a.kind in ("age", "sex") or (a.kind == "study" and a.study and a.study == b.study):
        return True
    return (a.concept == b.concept) if a.concept or b.concept else a.name in (b.name, korean(b.fact.name))


def _agree(a: Read, b: Read) -> int:
    return 2 * (a.value == b.value) + 2 * (a.assertion == b.assertion)


def score(folder: Path, misses: bool) -> Scores:
    """Score one report; print what is not read and what is read besides, where asked."""
    rows = rows_of(folder)
    ko, en = facts_of(folder / "ko.txt"), facts_of(folder / "en.txt")
    given = {"ko": assign(rows, "ko", ko), "en": assign(rows, "en", en)}
    right = {
        lang: {i for i, o in g.items() if _asserted(rows[i], (ko if lang == "ko" else en)[o])}
        for lang, g in given.items()
    }
    made = pairs(ko, en, {o: i for i, o in given["ko"].items()}, {o: i for i, o in given["en"].items()})
    same = [(i, j) for i, j in made if _agree(ko[i], en[j]) == 4]
    full = [(i, j) for i, j in same if (ko[i].study, ko[i].time) == (en[j].study, en[j].time)]
    if misses:
        _tell(rows, ko, en, given, right, made, same, full)
    both = (len(ko) + len(en)) / 2
    return Scores(
        len(right["ko"]) / len(rows), len(right["en"]) / len(rows), len(same) / both, len(full) / both
    )


def _tell(rows, ko, en, given, right, made, same, full) -> None:  # type: ignore[no-untyped-def]
    for lang, found in (("ko", ko), ("en", en)):
        for i, row in enumerate(rows):
            if i not in right[lang]:
                got = found[given[lang][i]].assertion if i in given[lang] else "-"
                print(
                    f"   {lang} misses {'|'.join(row.kinds)} {row.ko if lang == 'ko' else row.en} {row.value} {row.assertions} got {got}"
                )
        print()
    for i in set(range(len(ko))) - {p for p, _ in made}:
        print("   ko only ", _line(ko[i]))
    for j in set(range(len(en))) - {q for _, q in made}:
        print("   en only ", _line(en[j]))
    for i, j in made:
        if (i, j) not in full:
            print("   differ  " if (i, j) not in same else "   st/time ", _line(ko[i]), "<>", _line(en[j]))


def _line(r: Read) -> str:
    return f"{r.kind} {r.fact.name!r} [{r.concept}] {r.value} {r.assertion} {r.study} {r.time}"


def measure(half: str) -> dict[str, Scores]:
    """Score the reports of a half: odd for tuning, even for judging."""
    folders = sorted(p.parent for p in REPORTS.glob("*/facts.tsv"))
    wanted = {"odd": (1,), "even": (0,), "all": (0, 1)}[half]
    return {f.name: score(f, False) for f in folders if int(f.name[:2]) % 2 in wanted}


def mean(scores: dict[str, Scores]) -> Scores:
    """Average over reports."""
    n = len(scores)
    return Scores(*(sum(getattr(s, k) for s in scores.values()) / n for k in ("ko", "en", "f1", "full")))


def main() -> int:
    """Print the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--half", choices=("odd", "even", "all"), default="all")
    parser.add_argument("--misses", metavar="NAME", help="show what a tuning report (odd number) misses")
    options = parser.parse_args()
    if options.misses:
        folder = next(REPORTS.glob(f"{options.misses}*"))
        if int(folder.name[:2]) % 2 == 0:
            parser.error("even numbers are not for tuning: their misses are not looked at")
        print(score(folder, True))
        return 0
    for half in ("odd", "even"):
        if options.half in (half, "all"):
            scores = measure(half)
            for name, s in {**scores, f"mean ({half})": mean(scores)}.items():
                print(f"{name:32s} recall ko {s.ko:.3f} en {s.en:.3f}   f1 {s.f1:.3f}   full {s.full:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

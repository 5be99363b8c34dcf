"""Which name a number is the value of, by learnt weights: a choice among the sentence's names and none.

The weights come from MACCROBAT's relations (tools/train_relations.py); each is a whole number. What the
rules of binding.py would choose is one of the features, so that the model starts from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, repeat
from pathlib import Path

from converter.extractors.annotate import PROBLEM_TAGS, Annotated
from converter.extractors.binding import Name, bind
from converter.extractors.candidates import OWNED, certain, fit, options, settled, tag_of
from converter.extractors.quantities import LENGTHS, TIME_UNITS, Amount
from converter.mappings import data_path

TOKEN = re.compile(r"[a-z]+(?:'s)?|\d[\d.,]*|[^\sa-z\d]")
KEPT = frozenset(
    """
    a about above after also an and approximately are as at average because before being below between
    but by confirmed corrected count counts decrease decreased demonstrated diameter documented down
    drop dropped during elevated estimated fell for found from had has have her high his in including
    increase increased initial is it its level levels low maximum measured measures measuring normal of
    on only or over patient peak per range ratio reached reduced remained respectively revealed rise
    rising rose score showed showing size than that the then to until up value values was were when
    which while who with within without
    """.split()  # noqa: SIM905 (a list of words reads best as words)
)
"""Words that tell how a name and a number stand to each other; all others are one to the model."""

LEANING = 150
"""Taken from none's weight where the tagger takes the number for a value: a lost result is worse than a loose name."""

Weights = Mapping[str, int]


@cache
def weights() -> Weights:
    """Give the shipped weights, loaded once."""
    return load_weights(data_path("mappings/models"))


def load_weights(folder: Path) -> Weights:
    """Read ``relations.tsv``: a feature and its weight a line."""
    lines = (folder / "relations.tsv").read_text("utf-8").splitlines()
    return {name: int(weight) for name, _, weight in (line.rpartition("\t") for line in lines)}


@dataclass(frozen=True, slots=True)
class Choice:
    """A number and the names that it may belong to, None among them, with their features."""

    amount: Amount
    options: tuple[Name | None, ...]
    features: tuple[tuple[str, ...], ...]
    certain: bool = False
    """None is no choice here: a test in its unit stands right before the number."""

    def best(self, table: Weights) -> Name | None:
        """Give the option that weighs most; the first of equals."""
        totals = [sum(map(table.get, own, repeat(0))) for own in self.features]
        first = 1 if self.certain else 0
        totals[0] -= LEANING if "none t=Lab_value" in self.features[0] else 0
        return self.options[totals.index(max(totals[first:]), first)]


ASIDE = re.compile(r"\([^()]*\)")


def _tokens(text: str) -> list[str]:
    out = []
    for word in TOKEN.findall(ASIDE.sub("@", text) if "(" in text else text):
        known = word in KEPT or not word[0].isalnum()
        out.append("#" if word[0].isdigit() else word if known else "w")
    return out


def _sort(name: Name) -> str:
    """Sort of a name: a table's category, or the tagger's type."""
    return name.row.category if name.row else name.tag


def _unit_class(amount: Amount) -> str:
    if amount.form in ("ratio", "slash", "size"):
        return amount.form
    code = amount.ucum
    if code in LENGTHS:
        return "length"
    if code in TIME_UNITS:
        return "time"
    return (
        code
        if code in ("", "%", "deg", "mm[Hg]", "kg", "g", "mg", "mL", "Cel", "/min", "s", "U")
        else "other"
    )


def _count(number: int) -> str:
    return str(number) if number < 3 else "3" if number < 5 else "5"


def choices(an: Annotated, names: Sequence[Name], amounts: Sequence[Amount]) -> Iterator[Choice]:
    """Give each result's choice; ``amounts`` hold the reference ranges too, which are passed over."""
    results = [a for a in amounts if not a.reference]
    for at, amount in enumerate(results):
        found = options(an, names, amount)
        ruled = bind(an, names, amount, 0)
        unfit = amount.ucum == "{pack}.a"  # of smoking, which habits() tells of
        if (
            ruled
            and ruled not in found
            and not unfit
            and not any(settled(an, n, ruled, amount) for n in found)
        ):
            found = sorted([*found, ruled], key=lambda n: n.start)
        shared = _common(an, amount)
        beside = _beside(an, found, amount)
        own = [
            (
                *_features(an, found, results, at, name, shared),
                *_rivals(beside, name),
                f"rule {name == ruled}",
            )
            for name in found
        ]
        none = tuple(
            f"none {f}"
            for f in [
                *shared,
                *_around(an, amount),
                f"beside={beside[0]}|{beside[2]}",
                f"ruled {ruled is not None}",
            ]
        )
        yield Choice(amount, (None, *found), (none, *own), certain(an, found, amount))


def _beside(
    an: Annotated, found: Sequence[Name], amount: Amount
) -> tuple[str, Name | None, str, Name | None]:
    """Give the nearest name before a number and the one right behind it, each with what joins them."""
    before = next((n for n in reversed(found) if n.end <= amount.start), None)
    after = next((n for n in found if n.start >= amount.end), None)
    left = _tokens(an.folded[before.end : amount.start]) if before else ["far"] * 4
    right = _tokens(an.folded[amount.end : after.start]) if after else ["far"] * 4
    owned = after is not None and OWNED.match(an.folded[after.end :])
    return (
        " ".join(left) if len(left) < 3 else "far", before,
        "far" if len(right) > 1 else f"{' '.join(right)} {'owned' if owned else 'free'}", after,
    )  # fmt: skip


def _rivals(beside: tuple[str, Name | None, str, Name | None], name: Name) -> list[str]:
    left, before, right, after = beside
    place = "left" if name is before else "right" if name is after else "off"
    sorts = [_sort(n) if n else "" for n in (before, after)]
    return [
        f"{place} {left}|{right}", f"{place} {left}|{sorts[0]}", f"{place} {right}|{sorts[1]}",
        f"{place} {sorts[0]}|{sorts[1]}|{left == 'far'}|{right == 'far'}",
    ]  # fmt: skip


def _common(an: Annotated, amount: Amount) -> list[str]:
    kind, tag = _unit_class(amount), tag_of(an, amount)
    return ["", f"u={kind}", f"t={tag}", f"u={kind} t={tag}"]


def _around(an: Annotated, amount: Amount) -> list[str]:
    before = TOKEN.findall(an.folded[max(0, amount.start - 40) : amount.start])
    after = TOKEN.findall(an.folded[amount.end : amount.end + 40])
    near = [*["^"] * 2, *before][-2:], [*after, "$", "$"][:2]
    return [
        f"p={near[0][1]}", f"n={near[1][0]}", f"pp={near[0][0]} {near[0][1]}", f"nn={near[1][0]} {near[1][1]}",
        f"pn={near[0][1]} {near[1][0]}", f"form={amount.form}", f"deep={amount.depth > 0}",
    ]  # fmt: skip


def _features(
    an: Annotated,
    found: Sequence[Name],
    results: Sequence[Amount],
    at: int,
    name: Name,
    shared: Sequence[str],
) -> list[str]:
    amount = results[at]
    left = name.end <= amount.start
    start, end = (name.end, amount.start) if left else (amount.end, name.start)
    gap = _tokens(an.folded[start:end])
    side = "<" if left else ">"
    sort, fitting = _sort(name), fit(name, amount)
    broad = "row" if name.row else "problem" if name.tag in PROBLEM_TAGS else name.tag
    passed = sum(1 for n in found if n is not name and start <= n.start and n.end <= end)
    numbers = [r for r in results if start <= r.start and r.end <= end]
    words = an.folded[name.start : name.end].split()
    lead = _tokens(an.folded[max(0, name.start - 30) : name.start])[-1:] or ["^"]
    out = [
        f"side={side}", f"sort={sort}", f"fit={fitting}", f"{side} {broad} names={_count(passed)}",
        f"{side} numbers={_count(len(numbers))}", f"{side} names={_count(passed)} numbers={_count(len(numbers))}",
        f"{side} far={min(len(gap), 12) if len(gap) < 5 else (len(gap) + 2) // 3 * 3 if len(gap) < 20 else 20}",
        f"{side} first={' '.join(gap[:2])}", f"{side} last={' '.join(gap[-2:])}", f"fit={fitting} {side} names={_count(passed)}",
        f"fit={fitting} {shared[1]}", f"sort={sort} {shared[3]}", f"head={words[-1]}", f"end={words[-1][-4:]}",
        f"head={words[-1]} {side}", f"{side} lead={lead[0]}", f"{side} lead={lead[0]} {broad}",
    ]  # fmt: skip
    if len(gap) < 5:
        out += [f"{side} gap={' '.join(gap)}", f"{side} {broad} gap={' '.join(gap)}"]
    out += [f"{side} has={t}" for t in dict.fromkeys(gap)]
    out += _attached(an, found, name)
    if left and numbers:
        last = _tokens(an.folded[numbers[-1].end : amount.start])
        out += [
            f"since={' '.join(last[:3])}",
            f"since-last={' '.join(last[-2:])}",
            f"since-names={_count(sum(1 for n in found if n.start >= numbers[-1].end and n.end <= amount.start))}",
        ]
    out += _owned(an, results, amount, name, side)
    return out


ATTACHED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:\w+ed )?(?P<by>by|in|of|on|for|from|using|with|at|to|via)\s+(?:the |a |an |his |her )?(?:\w+ )?"
)


def _attached(an: Annotated, found: Sequence[Name], name: Name) -> list[str]:
    """Tell a name that a preposition hangs on the one before it, and one on which another hangs."""
    out = []
    for head, other in pairwise(found):
        if name in (head, other):
            m = ATTACHED.fullmatch(an.folded[head.end : other.start]) if other.start > head.end else None
            if m:
                role = "head" if name is head else "object"
                out += [
                    f"{role} {m['by']}",
                    f"{role} {head.row is None} {_sort(head)} {_sort(other)}",
                    f"{role} {m['by']} {other.row is None}",
                ]
    return out


def _owned(an: Annotated, results: Sequence[Amount], amount: Amount, name: Name, side: str) -> list[str]:
    """Tell by what stands between that another number has a better claim to the name."""
    out = []
    behind = next((r for r in results if r.start >= name.end), None)
    ahead = next((r for r in reversed(results) if r.end <= name.start), None)
    for label, other, gap in (
        ("behind", behind, an.folded[name.end : behind.start] if behind else ""),
        ("ahead", ahead, an.folded[ahead.end : name.start] if ahead else ""),
    ):
        words = _tokens(gap)
        if other is None or len(words) > 3:
            continue
        whose = "mine" if other is amount else "other"
        out += [
            f"{side} {label} {whose}",
            f"{side} {label} {whose} {' '.join(words)}",
            f"{side} {label} {whose} {fit(name, other)}",
        ]
    return out

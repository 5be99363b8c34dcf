"""Score the tagger's spans: exact, and overlapping by at least a fifth of the joint length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tagger_data import Sentence

from converter.extractors.tagger import Tagged

IMAGING = re.compile(
    r"\b(ct|cta|cect|hrct|mri|mra|mrcp|cmr|magnetic resonance|comput\w+ tomograph|tomograph|x-?ray|"
    r"radiograph|ultraso|sonogra|echocardiogra|tte|tee|doppler|pet|positron|spect|scintigra|angiogra|mammogra)",
    re.I,
)
PROBLEM = frozenset({"Disease_disorder", "Sign_symptom"})
NEUTRAL = {
    "problem": {
        "History", "Outcome", "Coreference", "Diagnostic_procedure", "Family_history", "Clinical_event",
    },
    "Medication": {"Therapeutic_procedure", "Coreference", "History"},
    "Therapeutic_procedure": {
        "Diagnostic_procedure", "Clinical_event", "Medication", "Coreference", "History", "Date",
    },
    "imaging": {"Diagnostic_procedure", "Coreference"},
}  # fmt: skip
"""Types on which a span of the group is neither right nor wrong, as in the project's examination."""

Span = tuple[int, int, str]


def overlaps(a: Span, b: Span) -> bool:
    """Say whether two spans share a fifth of the length that they cover together."""
    return min(a[1], b[1]) - max(a[0], b[0]) >= 0.2 * (max(a[1], b[1]) - min(a[0], b[0])) > 0


def score(sentences: Sequence[Sentence], tagged: Sequence[Sequence[Tagged]]) -> Counter[str]:
    """Count gold, found, predicted and true spans, by type and by the groups that users see."""
    count: Counter[str] = Counter()
    for sentence, said in zip(sentences, tagged, strict=True):
        gold = list(sentence.spans)
        mine = [(one.start, one.end, one.type) for one in said]
        for kind in {one[2] for one in gold + mine}:
            g, m = [o for o in gold if o[2] == kind], [o for o in mine if o[2] == kind]
            count[f"{kind}.exact"] += len(set(g) & set(m))
            tally(count, kind, g, m, [])
        for group in ("problem", "Medication", "Therapeutic_procedure", "imaging", "value"):
            g, m = members(group, gold, sentence.text), members(group, mine, sentence.text)
            near = [o for o in gold if o[2] in NEUTRAL.get(group, ())]
            tally(count, f"exam {group}", g, m, near)
            count[f"exam {group}.exact"] += len({o[:2] for o in g} & {o[:2] for o in m})
    return count


def members(group: str, found: list[Span], text: str) -> list[Span]:
    """Pick the spans of a group."""
    if group == "problem":
        return [one for one in found if one[2] in PROBLEM]
    if group == "imaging":
        return [o for o in found if o[2] == "Diagnostic_procedure" and IMAGING.search(text[o[0] : o[1]])]
    if group == "value":
        return [o for o in found if o[2] == "Lab_value" and re.search(r"\d", text[o[0] : o[1]])]
    return [one for one in found if one[2] == group]


def tally(count: Counter[str], key: str, gold: list[Span], mine: list[Span], near: list[Span]) -> None:
    """Add one sentence's overlapping matches."""
    for one in gold:
        count[f"{key}.gold"] += 1
        count[f"{key}.found"] += any(overlaps(one, other) for other in mine)
    for one in mine:
        true = any(overlaps(one, other) for other in gold)
        if true or not any(one[0] < b and a < one[1] for a, b, _ in near):
            count[f"{key}.pred"] += 1
            count[f"{key}.true"] += true
        count[f"{key}.said"] += 1


def f1(right: int, gold: int, said: int) -> float:
    """Harmonic mean of precision and recall from counts."""
    return 2 * right / (gold + said) if gold + said else 0.0


def row(count: Counter[str], key: str) -> tuple[int, float, float, float, float]:
    """Give gold spans, exact F1, and overlapping recall, precision and F1."""
    g, f, p, t = (count[f"{key}.{part}"] for part in ("gold", "found", "pred", "true"))
    recall, precision = f / g if g else 0.0, t / p if p else 0.0
    both = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    return g, f1(count[f"{key}.exact"], g, count[f"{key}.said"]), recall, precision, both


def show(count: Counter[str]) -> str:
    """Lay the scores out as a Markdown table."""
    keys = sorted({key.rpartition(".")[0] for key in count})
    types = [key for key in keys if not key.startswith("exam")]
    for part in ("gold", "exact", "found", "pred", "true", "said"):
        count[f"all types.{part}"] = sum(count[f"{key}.{part}"] for key in types)
    lines = ["| type | gold | exact F1 | recall | precision | overlapping F1 |", "|---|---|---|---|---|---|"]
    for key in ["all types", *(k for k in keys if k.startswith("exam")), *types]:
        g, exact, recall, precision, both = row(count, key)
        lines.append(f"| {key} | {g} | {exact:.3f} | {recall:.3f} | {precision:.3f} | {both:.3f} |")
    return "\n".join(lines)

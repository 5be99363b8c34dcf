"""Measure which share of finding phrases `compose` leaves in English.

    python tools/measure_korean.py --maccrobat DIR --medpix DIR --half odd [--misses] [--hits]

A phrase of MACCROBAT is the gold span of a sign or disease in a sentence that names an imaging study, extended
with the spans that modify it in the same clause. A phrase of MedPix is a noun phrase of a Findings section. Lexicon
work looks at even numbers only; odd numbers are the measure. The texts stay outside of the project.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from converter.phrases import compose

IMAGING = re.compile(
    r"\b(?:CT|MRI|MRA|MRCP|PET|X-?rays?|radiograph\w*|tomograph\w*|echocardiogra\w+|ultraso\w+|sonogra\w+|angiogra\w+|"
    r"scans?|magnetic resonance|scintigra\w+|mammogra\w+|urogra\w+|imaging|Doppler|TTE|TEE)\b"
)
HEADS = {"Sign_symptom", "Disease_disorder"}
PARTS = {
    "Detailed_description",
    "Biological_structure",
    "Severity",
    "Distance",
    "Shape",
    "Texture",
    "Area",
    "Volume",
    "Lab_value",
    "Color",
    "Quantitative_concept",
    "Qualitative_concept",
    "Mass",
}
FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|had|have|showed|shows|revealed|reveals|demonstrated|demonstrates|which|that|"
    r"did|does|seen|noted|found|observed|identified|detected|measured|confirmed|developed|appeared|indicated)\b|[;:\n]|\.\s",
    re.I,
)
LEAD = re.compile(
    r"^(?:there (?:is|are|was|were)|demonstrat\w+|show\w*|reveal\w*|suggested|with|also|again|and|but|now|then)\s+",
    re.I,
)
VERBS = re.compile(
    r"\b(?:there (?:is|are|was|were|has been|have been)|is|are|was|were|demonstrat\w+|shows?|showed|shown|showing|reveal\w*|"
    r"seen|noted|identified|visualized|present|presents|appears?|appearing|found|observed|has|have|had|which|that|"
    r"not|may|can|could|likely|represents?|measures?|confirms?|images?|views?)\b",
    re.I,
)


NO_PHRASE = re.compile(
    r"^(?:on|in|at|of|by|to|for|from|within|through\w*|after|before|following|although|because|if|when|while|during|due|"
    r"secondary|consistent|compatible|representing|filled|centered|obtained|performed|seen|\w+ly\b|be|than|more|only|as)\b|"
    r"\b(?:it|this|these|they|we|you|them|patient\w*|would|will|should|did|does|do|cannot|must|remains?|persists?|suggests?|"
    r"indicates?|abuts?|contains?|extends|causes|arises|involves|expands|maintain|became|becomes|enhances|provides?|correlates|"
    r"results|occurred|occurs|looking|note|notice|figures?|images?|study|studies|views?|film|films|axial|sagittal|coronal|"
    r"reconstruct\w+|sequences?|hospital|history|diagnosis|consider\w*|useful|identification|treat\w+|excluded)\b",
    re.I,
)
"""What marks a piece of a sentence that is no noun phrase of a finding."""


def spans_of(path: Path) -> Iterator[str]:
    """Yield the finding phrases of one BRAT document."""
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    entities: dict[str, tuple[str, int, int]] = {}
    trigger: dict[str, str] = {}
    modifiers: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if line.startswith("T"):
            kind, *places = fields[1].replace(";", " ").split()
            numbers = [int(place) for place in places]
            entities[fields[0]] = (kind, min(numbers), max(numbers))
        elif line.startswith("E"):
            trigger[fields[0]] = fields[1].split()[0].split(":")[1]
        elif line.startswith("R") and fields[1].startswith("MODIFY"):
            first, second = (part.split(":")[1] for part in fields[1].split()[1:3])
            modifiers.setdefault(second, []).append(first)
    targets: dict[str, list[str]] = {}
    for target, ones in modifiers.items():
        targets.setdefault(trigger.get(target, target), []).extend(trigger.get(one, one) for one in ones)
    for key, (kind, start, end) in entities.items():
        if kind in HEADS and IMAGING.search(sentence_around(text, start, end)):
            yield phrase_around(
                text, start, end, [entities[one] for one in targets.get(key, []) if one in entities]
            )


def sentence_around(text: str, start: int, end: int) -> str:
    """Cut out the sentence that holds a span."""
    left = max((match.end() for match in re.finditer(r"\.\s+|\n", text[:start])), default=0)
    right = re.search(r"\.\s|\n", text[end:])
    return text[left : end + (right.start() if right else len(text))]


def phrase_around(text: str, start: int, end: int, parts: list[tuple[str, int, int]]) -> str:
    """Extend a head by its modifiers, nearest first, as long as no finite verb stands between."""
    for kind, low, high in sorted(parts, key=lambda part: abs(part[1] - start)):
        if kind not in PARTS:
            continue
        wide = text[min(start, low) : max(end, high)]
        if len(wide) < 140 and not FINITE.search(wide):
            start, end = min(start, low), max(end, high)
    return " ".join(text[start:end].split())


def medpix_phrases(path: Path) -> Iterator[str]:
    """Yield noun phrases of a Findings section."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"\nFindings\n(.*?)\n(?:Differential Diagnosis|Diagnosis|Discussion)\n", text, re.S)
    for fragment in re.split(r"[;:\n•]|\.(?:\s|$)", found.group(1) if found else ""):
        pieces = VERBS.split(fragment)
        for piece in pieces:
            words = LEAD.sub("", piece.strip(" ,.-"))
            words = re.sub(r"^\W+|[,\s]+(?:and|with|in|of|the|a|on|as|to)?$", "", words).strip()
            words = re.sub(r"\s*\([^()]*$", "", words)
            if 2 <= len(words.split()) <= 14 and not NO_PHRASE.search(words) and not IMAGING.search(words):
                yield words


def main() -> int:
    """Print the share left in English, per source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maccrobat", type=Path)
    parser.add_argument("--medpix", type=Path)
    parser.add_argument("--half", choices=("even", "odd"), default="odd")
    parser.add_argument(
        "--misses", action="store_true", help="print phrases left in English (even half only)"
    )
    parser.add_argument(
        "--hits", action="store_true", help="print phrases with their Korean (even half only)"
    )
    options = parser.parse_args()
    parity = 0 if options.half == "even" else 1
    total_left = total = 0
    for name, folder, pattern, read in (
        ("maccrobat", options.maccrobat, "*.ann", spans_of),
        ("medpix", options.medpix, "MPX*.txt", medpix_phrases),
    ):
        if folder is None:
            continue
        files = [
            path for path in sorted(folder.glob(pattern)) if int(re.sub(r"\D", "", path.stem)) % 2 == parity
        ]
        phrases = sorted({phrase for path in files for phrase in read(path)})
        began = time.perf_counter()
        composed = [(phrase, compose(phrase)) for phrase in phrases]
        spent = time.perf_counter() - began
        left = [phrase for phrase, result in composed if not result.complete]
        share = len(left) / max(1, len(phrases))
        print(
            f"{name} {options.half}: {len(phrases)} phrases, {len(left)} left in English, share {share:.3f}, "
            f"{1000 * spent / max(1, len(phrases)):.3f} ms a phrase"
        )
        total_left, total = total_left + len(left), total + len(phrases)
        if options.half == "even":
            if options.misses:
                print("\n".join(f"  - {phrase}" for phrase in left))
            if options.hits:
                print(
                    "\n".join(
                        f"  + {phrase} => {result.text}" for phrase, result in composed if result.complete
                    )
                )
    print(f"all: {total_left}/{total} = {total_left / max(1, total):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure which share of finding phrases `compose` leaves in English.

    python tools/measure_korean.py --maccrobat DIR --medpix DIR --half odd [--misses] [--hits]

Three sets of phrases: gold spans of signs and diseases in MACCROBAT's sentences that name an imaging study,
extended with the spans that modify them in the same clause; noun phrases of MedPix's Findings sections; the
names of findings and conditions that this program itself reads from either. Lexicon work looks at even
numbers only; odd numbers are the measure: their phrases are never printed. The texts stay outside of the
project.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from converter.extractors.gather import extract
from converter.extractors.publication import publication
from converter.issues import ConverterError
from converter.model import FactKind
from converter.phrases import compose
from converter.readers import read
from converter.resolve import resolve
from converter.sections import split

IMAGING = re.compile(
    r"\b(?:CT|MRI|MRA|MRCP|PET|X-?rays?|radiograph\w*|tomograph\w*|echocardiogra\w+|ultraso\w+|sonogra\w+|"
    r"angiogra\w+|scans?|magnetic resonance|scintigra\w+|mammogra\w+|urogra\w+|imaging|Doppler|TTE|TEE)\b"
)
HEADS = {"Sign_symptom", "Disease_disorder"}
PARTS = frozenset(
    (
        *("Detailed_description", "Biological_structure", "Severity", "Distance", "Shape", "Texture", "Area"),
        *("Volume", "Lab_value", "Color", "Quantitative_concept", "Qualitative_concept", "Mass"),
    )
)
FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|had|have|showed|shows|revealed|reveals|demonstrated|demonstrates|"
    r"which|that|"
    r"did|does|seen|noted|found|observed|identified|detected|measured|confirmed|developed|appeared|indicated)\b"
    r"|[;:\n]|\.\s",
    re.I,
)
LEAD = re.compile(
    r"^(?:there (?:is|are|was|were)|demonstrat\w+|show\w*|reveal\w*|suggested|with|also|again|and|but|now|"
    r"then)\s+",
    re.I,
)
VERBS = re.compile(
    r"\b(?:there (?:is|are|was|were|has been|have been)|is|are|was|were|demonstrat\w+|shows?|showed|shown|"
    r"showing|"
    r"reveal\w*|seen|noted|identified|visualized|present|presents|appears?|appearing|found|observed|has|have|had|"
    r"which|that|not|may|can|could|likely|represents?|measures?|confirms?|images?|views?)\b",
    re.I,
)
NO_PHRASE = re.compile(
    r"^(?:on|in|at|of|by|to|for|from|within|through\w*|after|before|following|although|because|if|when|while|"
    r"during|due|secondary|consistent|compatible|representing|filled|centered|obtained|performed|seen|\w+ly\b|be|than|more|"
    r"only|as)\b|"
    r"\b(?:it|this|these|they|we|you|them|patient\w*|would|will|should|did|does|do|cannot|must|remains?|"
    r"persists?|"
    r"suggests?|indicates?|abuts?|contains?|extends|causes|arises|involves|expands|maintain|became|becomes|enhances|"
    r"provides?|correlates|results|occurred|occurs|looking|note|notice|figures?|images?|study|studies|views?|films?|"
    r"axial|sagittal|coronal|reconstruct\w+|sequences?|hospital|history|diagnosis|consider\w*|useful|"
    r"identification|treat\w+|excluded)\b",
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
            parts = [entities[one] for one in targets.get(key, []) if one in entities]
            yield phrase_around(text, start, end, parts)


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
        for piece in VERBS.split(fragment):
            words = LEAD.sub("", piece.strip(" ,.-"))
            words = re.sub(r"^\W+|[,\s]+(?:and|with|in|of|the|a|on|as|to)?$", "", words).strip()
            words = re.sub(r"\s*\([^()]*$", "", words)
            if 2 <= len(words.split()) <= 14 and not NO_PHRASE.search(words) and not IMAGING.search(words):
                yield words


def fact_names(path: Path) -> Iterator[str]:
    """Yield the names of findings and conditions that the program reads from a document."""
    try:
        document, _ = read(path.read_bytes(), path.name)
    except ConverterError:
        return
    sections, _ = split(document)
    about, _ = publication(document, sections)
    facts, _ = resolve(document, sections, about, extract(document, sections))
    yield from (item.name for item in facts.items if item.kind in (FactKind.FINDING, FactKind.CONDITION))


def report(name: str, phrases: Iterable[str], misses: bool, hits: bool) -> None:
    """Compose every phrase once and print the share left in English."""
    composed = []
    began = time.process_time()
    for phrase in sorted(set(phrases)):
        composed.append((phrase, compose(phrase)))
    spent = time.process_time() - began
    left = [phrase for phrase, result in composed if not result.complete]
    count = max(1, len(composed))
    print(
        f"{name}: {len(composed)} phrases, {len(left)} left in English, share {len(left) / count:.3f}, ",
        end="",
    )
    print(f"{1000 * spent / count:.3f} ms a phrase")
    if misses:
        print("\n".join(f"  - {phrase}" for phrase in left))
    if hits:
        print("\n".join(f"  + {phrase} => {result.text}" for phrase, result in composed if result.complete))


def number(path: Path) -> int:
    """Give the number in a document's name."""
    return int(re.sub(r"\D", "", path.stem))


def left_in_english(shared: Path) -> dict[str, float]:
    """Give the share of phrases left in English over documents that lexicon work has not looked at.

    Gold spans of all odd numbers; what the program itself reads from every fourth document, to bound the time.
    """
    sets: tuple[tuple[str, str, str, int, Callable[[Path], Iterator[str]]], ...] = (
        ("maccrobat_gold", "maccrobat", "*.ann", 2, spans_of),
        ("maccrobat_read", "maccrobat", "*.txt", 4, fact_names),
        ("medpix_read", "medpix", "MPX*.txt", 4, fact_names),
    )
    out = {}
    for name, folder, pattern, step, source in sets:
        files = [p for p in sorted((shared / folder).glob(pattern)) if number(p) % step == 1]
        phrases = sorted({phrase for path in files for phrase in source(path)})
        left = sum(not compose(phrase).complete for phrase in phrases)
        out[name] = left / max(1, len(phrases))
    return out


def main() -> int:
    """Print the share left in English, per set of phrases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maccrobat", type=Path, required=True)
    parser.add_argument("--medpix", type=Path, required=True)
    parser.add_argument("--half", choices=("even", "odd"), default="odd")
    parser.add_argument("--facts", action="store_true", help="also read the documents with the whole program")
    parser.add_argument(
        "--misses", action="store_true", help="print phrases left in English (even half only)"
    )
    parser.add_argument(
        "--hits", action="store_true", help="print phrases with their Korean (even half only)"
    )
    options = parser.parse_args()
    even = options.half == "even"
    compose("nodule")  # loads the tables, which is not to be timed
    sets = [("maccrobat gold", options.maccrobat, "*.ann", spans_of)]
    sets += [("medpix noun phrases", options.medpix, "MPX*.txt", medpix_phrases)]
    if options.facts:
        sets += [("maccrobat facts", options.maccrobat, "*.txt", fact_names)]
        sets += [("medpix facts", options.medpix, "MPX*.txt", fact_names)]
    for name, folder, pattern, source in sets:
        files = [path for path in sorted(folder.glob(pattern)) if number(path) % 2 != even]
        phrases = [phrase for path in files for phrase in source(path)]
        report(f"{name} ({options.half})", phrases, even and options.misses, even and options.hits)
    return 0


if __name__ == "__main__":
    sys.exit(main())

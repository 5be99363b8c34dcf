"""Imaging studies: modality, site, contrast, plane, sequence, place and time of each mention."""

from __future__ import annotations

import re
from dataclasses import replace

from converter.extractors.annotate import Annotated
from converter.extractors.context import assertion
from converter.extractors.lexicon import Match, rows_found, rows_lexicon
from converter.extractors.phrase import side_of
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.sieve import rare
from converter.mappings import Modality, concepts
from converter.model import Assertion, Concept, FactKind, Imaging, Mention, Phrase, SectionKind, Site, Span
from converter.text import clean

FOLLOW_UP = rare(
    r"\b(?:follow-?up|repeat(?:ed)?|control|subsequent|second|another|later|interval|surveillance|re-?evaluation)\b|추적"
)
SITE_AFTER = re.compile(
    r"^\s*(?:scan(?:s|ning)?|imaging|images?|stud(?:y|ies)|films?|examination|exam)?\s*(?:of|over|from)\s+(?:the |his |her |both |patient's )*",
    re.IGNORECASE,
)
TAIL = re.compile(r"^\s*(?:scan(?:s|ning)?|imaging|images?|films?)\b", re.IGNORECASE)
DONE = rare(
    r"\b(?:(?:was|were|been) (?:\w+ )?(?:performed|done|obtained|carried out|made|taken|repeated|acquired|conducted)|underwent|showed|revealed|demonstrated|disclosed|we (?:performed|obtained))\b"
)
AID = re.compile(
    r"^[ -]?(?:guid(?:ed|ance)|derived|based|assisted|laborator\w+|suite|room|machine|criteria)\b"
)
"""After a modality: it guided, or houses, what was done."""
TRAIT = re.compile(r"\b(?:low|high|hypo|mixed|internal|of the|poor|strong|weak|\w+-) ?$")
"""Before "echo": a brightness. Before an abbreviation: the rest of a substance's name ("99mTc-OCT")."""
DESCRIBED = re.compile(
    r"^ (?:exam\w*|stud(?:y|ies)|evaluations?|assessments?|imaging|images?|follow-?up|views?|scans?|re-?evaluation|survey|screening)\b"
)
"""After an adjective ("echocardiographic"): it names the study, not its findings."""
CONTRAST_WORDS = re.compile(
    r"(?:(?:iv |i\.v\. |intravenous |oral )?(?:contrast|contrast[ -]enhanced|enhanced|non[ -]?contrast(?:[ -]enhanced)?|non-?enhanced|unenhanced|plain) )?"
    r"(?P<core>.+?)(?: with(?:out)? (?:intravenous |iv |oral )?contrast.*)?"
    r"$"
)
GUIDING = re.compile(r"\s*(?:유도|투시)")
"""Behind a modality: "초음파 유도하 배농술" is no study."""
GENERAL = rare(r"\b(?:can|may|should|could(?! not)|is (?:the|a) (?:modality|method|gold)|are useful)\b")


def _places(an: Annotated, match: Match) -> list[tuple[int, int, Concept | None]]:
    """Give the body sites beside a modality's name; a plane's name ("coronal") is none."""
    planes = {m.start for m in rows_found("planes", an.text, an.folded)}
    found: list[tuple[int, int, Concept | None]] = [
        (m.start, m.end, m.concept) for m in an.matches("anatomy")
    ]
    found += [(t.start, t.end, None) for t in an.tagged("Biological_structure")]
    return [f for f in found if not overlaps(f[0], f[1], match.start, match.end) and f[0] not in planes]


def _named_site(an: Annotated, start: int, end: int, concept: Concept | None) -> Site:
    text = clean(an.text[start:end])
    return Site(text, concept, side_of(text), an.sentence.spans(start, end))


def _site(an: Annotated, match: Match, modality: Modality) -> tuple[Site, int] | None:
    """Give the study's own site and where the naming words start."""
    places = _places(an, match)
    for s, e, concept in places:
        if e <= match.start and re.fullmatch(r"[\s-]{1,2}", an.text[e : match.start]):
            return _named_site(an, s, e, concept), s
    after = SITE_AFTER.match(an.text[match.end :])
    at = match.end + after.end() if after else len(an.text)
    for s, e, concept in places:
        sided = s > at and an.text[at:s].strip().lower() in ("left", "right", "both")
        if s == at or sided:
            return _named_site(an, at, e, concept), match.start
    for m in an.matches("anatomy"):
        if match.start <= m.start and m.end <= match.end:
            return _named_site(an, m.start, m.end, m.concept), match.start
    if modality.site:
        concept = concepts("anatomy").get(modality.site)
        return Site(concept.en if concept else modality.site, concept), match.start
    return None


def _words(an: Annotated, key: str, start: int, end: int) -> list[tuple[Concept, Phrase]]:
    hits = rows_lexicon(key).find(an.text[start:end], an.folded[start:end])
    return [(h.concept, phrase(an, start + h.start, start + h.end)) for h in hits]


def _window(an: Annotated, matches: list[Match], i: int) -> tuple[int, int]:
    """Range of the sentence whose words describe this study: up to its neighbours' names."""
    left = matches[i - 1].end if i else 0
    right = matches[i + 1].start if i + 1 < len(matches) else len(an.text)
    return left, right


def _contrast(modality: Modality, words: list[tuple[Concept, Phrase]]) -> str:
    kinds = {concept.id for concept, _ in words}
    if {"with", "without"} <= kinds or "both" in kinds:
        return "both"
    return next((k for k in ("without", "with") if k in kinds), modality.contrast)


def _detail(an: Annotated, modality: Modality, start: int, end: int) -> Imaging:
    contrast = _words(an, "contrasts", start, end)
    planes = _words(an, "planes", start, end)
    sequences = _words(an, "sequences", start, end)
    tracers = _words(an, "tracers", start, end)
    outside = _words(an, "outside", start, end)
    kind = _contrast(modality, contrast)
    if not kind and any(
        c.id in ("late-gadolinium-enhancement", "lge", "delayed-enhancement") for c, _ in sequences
    ):
        kind = "with"
    follow = FOLLOW_UP.search(an.folded, start, end)
    return Imaging(
        modality.dicom, kind, tuple(dict.fromkeys(c.en for c, _ in planes)), tuple(dict.fromkeys(c for c, _ in sequences)),
        tracers[0][0] if tracers else None, bool(outside), bool(follow),
        tuple(p for group in (contrast, planes, sequences, outside) for _, p in group),
    )  # fmt: skip


def studies(an: Annotated) -> tuple[Mention, ...]:
    """Give the imaging studies that a sentence speaks of as done (or planned, or refused)."""
    matches = _modalities(an)
    out: list[Mention] = []
    for i, match in enumerate(matches):
        modality = match.entry.origin
        assert isinstance(modality, Modality)
        if out and _same_study(an, matches[i - 1], match):
            fact = out[-1].fact
            out[-1] = replace(
                out[-1],
                fact=replace(fact, evidence=(*fact.evidence, *an.sentence.spans(match.start, match.end))),
            )
            continue
        left, right = _window(an, matches, i)
        found = _site(an, match, modality)
        site, start = found if found else (None, match.start)
        tail = TAIL.match(an.text[match.end :])
        end = match.end + (tail.end() if tail else 0)
        asserted, words = assertion(
            an.context.at(match.start, match.end), ("not-done", "planned", "hypothetical")
        )
        if asserted is Assertion.HYPOTHETICAL or (
            GENERAL.search(an.folded)
            and not DONE.search(an.folded)
            and an.section.kind is not SectionKind.FINDINGS
        ):
            asserted = Assertion.HYPOTHETICAL if asserted is not Assertion.PLANNED else asserted
        concept = match.concept
        made = (
            mention(
                an, FactKind.STUDY, start, end, name=_name(an, start, end), concept=concept, assertion=asserted, certainty=words,
                category="imaging", sites=(site,) if site else (), time=nearest_time(an, start, end), imaging=_detail(an, modality, left, right),
            )
        )  # fmt: skip
        out.append(replace(made, fact=replace(made.fact, evidence=_naming(an, match, end))))
    return tuple(out)


def _naming(an: Annotated, match: Match, end: int) -> tuple[Span, ...]:
    """Give the words that name the kind of study: its place and contrast are told, and evidenced, apart."""
    found = CONTRAST_WORDS.match(an.folded[match.start : end])
    if found and found.group("core"):
        return an.sentence.spans(match.start + found.start("core"), match.start + found.end("core"))
    return an.sentence.spans(match.start, end)


def _modalities(an: Annotated) -> list[Match]:
    """Give the names of modalities that are neither drugs nor part of a sequence's name ("gradient echo")."""
    if not an.matches("imaging"):
        return []
    drugs = an.tagged("Medication", "Dosage")
    sequences = rows_found("sequences", an.text, an.folded)
    return _joined(
        an,
        [
            m
            for m in an.matches("imaging")
            if isinstance(m.entry.origin, Modality)
            and not any(overlaps(m.start, m.end, t.start, t.end) for t in drugs)
            and not GUIDING.match(an.text, m.end)
            and _is_study(an, m)
            and not any(
                s.start <= m.start and m.end <= s.end and s.end - s.start > m.end - m.start for s in sequences
            )
        ],
    )


def _joined(an: Annotated, matches: list[Match]) -> list[Match]:
    """Take two names of one modality side by side for one study: "Doppler" + "US"."""
    out: list[Match] = []
    for match in matches:
        if out and an.text[out[-1].end : match.start] in (" ", "-") and _same_study(an, out[-1], match):
            last = out[-1]
            entry = last.entry if match.concept.id in GENERIC else match.entry
            out[-1] = Match(last.start, match.end, entry)
        else:
            out.append(match)
    return out


GENERIC = frozenset({"ultrasound", "echocardiography", "angiography"})


def _is_study(an: Annotated, match: Match) -> bool:
    """Tell a study from what a modality guided, from a brightness and from findings of its kind."""
    words, after = an.folded[match.start : match.end], an.folded[match.end :]
    if AID.match(after):
        return False
    if words == "echo" and TRAIT.search(an.folded[: match.start]):
        return False
    if words.endswith("graphic"):
        return bool(DESCRIBED.match(after))
    return not (match.entry.exact and re.search(r"\d\w*-$", an.folded[: match.start]))


def _same_study(an: Annotated, before: Match, match: Match) -> bool:
    """Tell an abbreviation or apposition of the study just named: "echocardiography (TTE)"."""
    between = an.folded[before.end : match.start]
    same = (
        isinstance(before.entry.origin, Modality)
        and isinstance(match.entry.origin, Modality)
        and before.entry.origin.dicom == match.entry.origin.dicom
    )
    return same and bool(re.fullmatch(r"[\s(\[,/-]*", between))


def _name(an: Annotated, start: int, end: int) -> str:
    return clean(an.text[start:end]).strip(" ,.;:()")

"""Problems and findings: what the tagger or a table names, grown to its noun phrase and asserted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from converter.extractors import korean, korean_phrase
from converter.extractors.annotate import MODIFIER_TAGS, PROBLEM_TAGS, Annotated
from converter.extractors.context import assertion
from converter.extractors.korean import KIN
from converter.extractors.lexicon import Match, lexicon, rows_found
from converter.extractors.phrase import ADJECTIVE, NounPhrase, noun_phrase, sites
from converter.extractors.place import mention, nearest_time, overlaps, phrase
from converter.extractors.procedures import done_to
from converter.extractors.sieve import rare
from converter.extractors.tagger import Tagged
from converter.extractors.treatments import is_treatment
from converter.model import Assertion, Concept, FactKind, Mention, SectionKind, Words
from converter.text import MAX_NAME, clean, hangul

KINDS = ("absent", "resolved", "hypothetical", "differential", "possible", "probable", "historical")
RELATIVES = rare(
    r"\b(?:(?:his|her|the (?:patient|infant|child|baby)'s|maternal|paternal|whose) )?(?:mother|father|brother|sister|siblings?|parents?|uncle|aunt|"
    r"cousin|grandmother|grandfather|daughter|wife|husband|family history|family members?|relatives|donor|index case)\b|가족력|가족\s?(?:중|내|들)|어머니|아버지|부친|모친|형제|누나|언니|할머니|할아버지|아내|남편|공여자|"
    + KIN
)
BESIDE = re.compile(
    r"\b(?:by|after|when|while|to|told|accompanied by|(?:he|she|the (?:patient|boy|girl|child)) and)(?: both)? $"
)
"""Before a relative: somebody beside the patient, whose illness is not told of."""
TELLS = re.compile(
    r" (?:had |has )?(?:also )?(?:first )?(?:noticed|noted|reported|observed|brought|denied|stated|said|described|told|complained|expired|discovered|found|refused|declined|consented)\b"
)
EXAM = rare(
    r"\b(?:physical exam\w*|on exam\w*|examination|auscultation|palpation|inspection|percussion|neurologic(?:al)? exam\w*|fundoscop\w*|appearance)\b|신체 ?검[사진]|이학적|진찰|청진"
)
COMPLAINT = rare(
    r"\b(?:present(?:ed|ing|s)? (?:to [\w\s,']{2,60}? )?(?:with|for|because of|due to)|complain(?:ed|ing|s|ts?)(?: of)?|chief complaints?|admitted (?:to [\w\s,']{2,60}? )?(?:with|for|because of|due to|following|after)|"
    r"referred (?:to [\w\s,']{2,60}? )?(?:with|for|because of|due to)|consulted [\w\s]{0,30}for|brought [\w\s,']{2,60}? (?:with|for|because of)|evaluat\w+ (?:for|of)|hospitali[sz]ed (?:with|for|because of|due to)|developed)\b"
    r"|주소로|주소|호소|내원"
)
DEFINITE = rare(
    r"\b(?:diagnos(?:is|ed|es|tic)|known|underlying|history of|suffer\w*|due to|caused by)\b|진단"
)
AGAIN = rare(
    r"\b(?:the same|this|these|that|those|the previously|previously (?:noted|seen|described)|the above)\b[\w\s-]{0,25}$"
)
NEW = re.compile(r"\b(?:a new|new|newly|new-onset|newly noted)\b|새로")
OF_THE = rare(r"\b(?:of|in|within|along|around) (?:the|this|that|its) (?:\w+ )?$")
DENIED = rare(
    r"\b(?:no|without|not show|not reveal|not demonstrate)(?: any| significant| definite| obvious| clear| radiological| radiographic| imaging| clinical)* "
    r"(?:evidence|signs?|features?|suggestion|indication|finding) (?:of|for) (?:an? |any |the )?(?P<np>[a-z][\w-]*(?: [a-z][\w-]*){0,5})"
)
BODILY = re.compile(
    r"(?:function|contractility|motion|movements?|perfusion|sensation|strength|tone|reflexes|rhythm|gait|vision|hearing|speech|appetite|sleep)"
)
"""What a body does, with nothing said against it: no finding."""
DURING = rare(r"\bduring (?:the )?(?:\w+ )?$")
"""What happens the while ("during ventricular contraction") is no finding unless a table knows it as one."""
WORDLESS = re.compile(r"\W*|[\d.,/ ]+")
ADJECTIVAL = re.compile(r"(?:ic|al|ed|ous|ive|ile|oid|ar|ing)$")


def _candidates(an: Annotated) -> Iterator[tuple[int, int, str]]:
    for tag in _joined(an.tagged(*PROBLEM_TAGS), an.text):
        if WORDLESS.fullmatch(an.text[tag.start : tag.end]) or _is_place(an, tag.start, tag.end):
            continue
        drugs = [m for m in an.matches("drugs") if m.start <= tag.start and tag.end <= m.end]
        if any(is_treatment(an, m.start, m.end) for m in drugs):
            continue
        if not ELLIPTIC.match(an.folded[tag.start : tag.end + 40]):
            yield tag.start, _with_noun(an, tag.start, tag.end), tag.type
    for match in an.matches("problems"):
        clash = any(_clashes(an, match, t) for t in an.tags)
        if korean_phrase.qualifies(an, match):
            continue
        if not clash and not _adjective_of_next(an, match.start, match.end) and not _points_back(an, match):
            yield match.start, match.end, "table"
    if hangul(an.text):
        yield from ((start, end, "clause") for start, end in korean_phrase.findings(an))


def _clashes(an: Annotated, match: Match, tag: Tagged) -> bool:
    """Tell a tag that takes a table's name for itself; a disease taken for a test stays a disease."""
    if tag.type in QUALIFYING_TAGS or not overlaps(match.start, match.end, tag.start, tag.end):
        return False
    whole = match.start <= tag.start and tag.end <= match.end
    tests = (*an.matches("observations"), *an.matches("procedures"), *an.matches("imaging"))
    known = any(overlaps(match.start, match.end, t.start, t.end) for t in tests)
    return not (tag.type == "Diagnostic_procedure" and whole and not known)


ELLIPTIC = re.compile(r"[a-z-]+(?:ic|al|ous|ive) (?:and|or) [a-z-]+(?:ic|al|ed|ous|ive) [a-z]")
"""An adjective whose noun stands behind the next one: "metastatic and dystrophic calcification"."""
IMAGE_WORD = re.compile(r"(?:.* )?(?:images?|views?|scans?|slices?|sections?|films?)")


def _joined(tags: Sequence[Tagged], text: str) -> list[Tagged]:
    """Take problem tags with but a blank between for one noun phrase: "calcified mass" + "lesion"."""
    out: list[Tagged] = []
    for tag in tags:
        if out and text[out[-1].end : tag.start] == " " and tag.end - out[-1].start <= MAX_NAME:
            out[-1] = replace(out[-1], end=tag.end)
        else:
            out.append(tag)
    return out


QUALIFYING_TAGS = frozenset(
    {"Detailed_description", "History", "Lab_value", "Biological_structure", "Severity", "Texture"}
)


def _is_place(an: Annotated, start: int, end: int) -> bool:
    """Tell a tagged "problem" that is but a body site, a view or a sequence."""
    if IMAGE_WORD.fullmatch(an.folded[start:end]) or an.folded[start:end] in (
        "yesterday",
        "today",
        "patient",
        "history",
    ):
        return True
    covered = any(m.start <= start and end <= m.end for m in an.matches("anatomy")) or any(
        m.start <= start and end <= m.end for m in rows_found("planes", an.text, an.folded)
    )
    return covered and not any(overlaps(m.start, m.end, start, end) for m in an.matches("problems"))


def _with_noun(an: Annotated, start: int, end: int) -> int:
    """Take the noun along that a tag ending in an adjective left out: "calcific deposition"."""
    if not _adjective_of_next(an, an.folded.rfind(" ", start, end) + 1 or start, end):
        return end
    after = re.match(r"[ -][a-z-]+", an.folded[end:])
    return end + after.end() if after else end


GENERIC = frozenset(
    {
        "tumor",
        "tumour",
        "lesion",
        "lesions",
        "mass",
        "masses",
        "nodule",
        "nodules",
        "symptoms",
        "tumors",
        "cyst",
        "disease",
    }
)
DEFINITE_BEFORE = re.compile(
    r"\b(?:the|this|these|those|that|his|her|its|their)\s+(?:(?:first|second|third|same|main|whole|entire|initial|previous|excised|resected)\s+)?$"
)
MATTER = re.compile(r"^[- ](?:cells?|tissues?|markers?|specimens?|bed|margins?|nests?|emboli|samples?)\b")
"""After a general word: what a tumor is made of or told by, not another tumor."""


def _is_definite(an: Annotated, start: int) -> bool:
    """Tell whether "the", "this" and the like stand before a place."""
    return DEFINITE_BEFORE.search(an.folded, max(0, start - 40), start) is not None


def _points_back(an: Annotated, match: Match) -> bool:
    """Tell "the tumor", "these lesions": words that point at what was said before and say nothing new."""
    if an.folded[match.start : match.end] not in GENERIC:
        return False
    if MATTER.match(an.folded[match.end :]):
        return True
    if not _is_definite(an, match.start):
        return False
    return not noun_phrase(an, match.start, match.end).sites


def _adjective_of_next(an: Annotated, start: int, end: int) -> bool:
    """Tell "calcific" of "calcific deposition": a table's adjective whose noun follows."""
    word = an.folded[start:end]
    if " " in word or not ADJECTIVAL.search(word):
        return False
    after = re.match(r"[ -]([a-z-]+)", an.folded[end:])
    return bool(after) and after.group(1) not in STOPWORDS_AFTER  # type: ignore[union-attr]


STOPWORDS_AFTER = frozenset(
    "in on at and with was were is are to but or of by for from as after before during on since the a an he she who which that had has have did does may would could without then when while she".split()  # noqa: SIM905 (a list of words reads best as words)
)


def concept_of(an: Annotated, start: int, end: int, full: NounPhrase) -> Concept | None:
    """Give the concept of a head: its whole phrase by any word order, the head itself, or its last words."""
    for s, e in ((full.start, full.end), (start, full.end), (full.start, end)):
        if e - s <= MAX_NAME and (entry := lexicon("problems").look_up(an.text[s:e])):
            return entry.concept
    hits = [m for m in an.matches("problems") if overlaps(m.start, m.end, start, end)]
    hits = [m for m in hits if m.end >= end - 1 or m.end - m.start > (end - start) // 2]
    if hits:
        return max(hits, key=lambda m: (m.end - m.start, m.start)).concept
    entry = lexicon("problems").look_up(an.text[start:end])
    return entry.concept if entry else None


def _family(an: Annotated, start: int) -> re.Match[str] | None:
    """Give the relative who is the subject of a place's clause."""
    if not RELATIVES.may_match(an.folded):
        return None
    clause = max(
        an.folded.rfind(";", 0, start),
        an.folded.rfind(", but ", 0, start),
        an.folded.rfind(" and the patient ", 0, start),
    )
    hits = [
        m
        for m in RELATIVES.finditer(an.folded, max(clause, 0), start)
        if korean.same_subject(an.folded, m.end(), start)
        if not (BESIDE.search(an.folded[: m.start()]) or TELLS.match(an.folded[m.end() :]))
    ]
    if not hits or re.search(
        r"\b(?:the patient|he|she|our patient) (?:was|had|is|presented|developed)\b",
        an.folded[hits[-1].end() : start],
    ):
        return None
    return hits[-1]


def _complained(an: Annotated, start: int, end: int) -> bool:
    if hangul(an.text):
        return korean_phrase.complained(an, end)
    return bool(COMPLAINT.search(an.folded, 0, start))


def _kind(
    an: Annotated, concept: Concept | None, tag: str, start: int, end: int, asserted: Assertion
) -> tuple[FactKind, str]:
    """Tell a disease or complaint of the patient (Condition) from what was found (Observation)."""
    disease = (concept.kind in ("disease", "injury")) if concept else tag == "Disease_disorder"
    symptom = concept is not None and concept.kind == "symptom"
    if asserted is Assertion.ABSENT and not (disease and DEFINITE.search(an.folded)):
        return FactKind.FINDING, "exam"
    if disease or asserted in (Assertion.HISTORICAL, Assertion.RESOLVED):
        return FactKind.CONDITION, ""
    if EXAM.search(an.folded, 0, start):
        return FactKind.FINDING, "exam"
    if symptom or (_complained(an, start, end) and an.section.kind is not SectionKind.FINDINGS):
        return FactKind.CONDITION, ""
    return FactKind.FINDING, "exam"


def _name(an: Annotated, start: int, end: int, full: NounPhrase) -> str:
    for s, e in ((full.start, full.end), (full.start, end), (start, full.end), (start, end)):
        if e - s <= MAX_NAME * 2:
            return clean(an.text[s:e]).strip(" ,.;:")
    return clean(an.text[start:end])


def problems(an: Annotated) -> tuple[Mention, ...]:
    """Give the problems and findings of a sentence, each with its assertion, site and time."""
    out: list[Mention] = []
    taken: list[tuple[int, int]] = []
    blocked = (
        (*an.tagged("Family_history", "Medication"), *done_to(an)) if an.section.language == "en" else ()
    )
    for start, end, tag in sorted(_candidates(an), key=lambda c: (c[2] == "table", c[0])):
        if any(overlaps(start, end, b.start, b.end) for b in blocked) or end - start > MAX_NAME:
            continue
        if DURING.search(an.folded, 0, start) and not any(
            overlaps(m.start, m.end, start, end) for m in an.matches("problems")
        ):
            continue
        if tag == "table" and any(overlaps(start, end, s, e) for s, e in taken):
            continue
        inside = any(s <= start and end <= e for s, e in taken)
        if inside and an.folded[start:end] in GENERIC and OF_THE.search(an.folded, 0, start):
            continue  # "blooming of the entire mass" is one finding, of a mass that is known
        full = noun_phrase(an, start, end)
        if _is_mentioned_again(an, start, end, tag, full):
            continue
        if tag != "table" and BODILY.fullmatch(an.folded[full.start : full.end]):
            continue
        out.append(_problem(an, start, end, tag, full))
        taken.append((full.start, full.end))
    out += _denied(an, out)
    out.sort(key=lambda m: m.start)
    return tuple(m for m, after in zip_longest(out, out[1:]) if not (after and _qualifies(an, m, after)))


def _is_mentioned_again(an: Annotated, start: int, end: int, tag: str, full: NounPhrase) -> bool:
    """Tell "the tumor", or "the" with what no table knows: words that point back and find nothing new."""
    if not _is_definite(an, start) and not _is_definite(an, full.start):
        return False
    if an.folded[start:end] in GENERIC:
        return tag == "table"
    return concept_of(an, start, end, full) is None


def _denied(an: Annotated, found: Sequence[Mention]) -> list[Mention]:
    """Read "no evidence of X" where neither tag nor table knows X: what is denied is named by the words."""
    out = []
    for m in DENIED.finditer(an.folded):
        start, end = m.span("np")
        cut = re.search(
            r"\s(?:on|in|at|by|was|were|is|are|and|or|with|but|to|from|during|after)\b", an.folded[start:end]
        )
        end = start + cut.start() if cut else end
        if not any(overlaps(start, end, f.start, f.end) for f in found) and end - start > 3:
            words = phrase(an, m.start(), start)
            out.append(
                mention(an, FactKind.FINDING, start, end, assertion=Assertion.ABSENT, certainty=words, category="exam", sites=sites(an, start, end))
            )  # fmt: skip
    return out


def _qualifies(an: Annotated, m: Mention, after: Mention) -> bool:
    """Tell an adjective of the next problem ("metastatic calcification") from a problem of its own."""
    between = an.folded[m.end : after.start]
    if (
        not ADJECTIVAL.search(an.folded[m.start : m.end])
        or len(between) > 30
        or re.search(r"[,;.()]|\band\b|\bor\b", between)
    ):
        return False
    words_ = between.split()
    covered = [t for t in an.tagged(*MODIFIER_TAGS) if m.end <= t.start and t.end <= after.start]
    return all(
        ADJECTIVE.fullmatch(w) or any(w in an.folded[t.start : t.end] for t in covered) for w in words_
    )


def _problem(an: Annotated, start: int, end: int, tag: str, full: NounPhrase) -> Mention:
    concept = concept_of(an, start, end, full)
    reading = an.context.at(start, end)
    asserted, words = assertion(reading, KINDS)
    relative = _family(an, start)
    if relative and asserted is not Assertion.ABSENT:
        asserted = Assertion.OTHER if relative.group().split()[-1] in ("donor", "case") else Assertion.FAMILY
    if an.section.kind is SectionKind.DIFFERENTIAL and asserted is not Assertion.ABSENT:
        asserted = Assertion.DIFFERENTIAL
    kind, category = _kind(an, concept, tag, start, end, asserted)
    value = None
    if unchanged := reading.words("unchanged"):
        value, kind, asserted = (
            Words(unchanged.text, "unchanged", unchanged.spans),
            FactKind.FINDING,
            Assertion.PRESENT,
        )
        category = category or "exam"
    before = an.folded[max(0, full.start - 30) : start]
    made = mention(
        an, kind, start, end, name=_name(an, start, end, full), concept=concept, assertion=asserted, certainty=words,
        category=category, value=value, sites=full.sites, severity=full.severity,
        time=nearest_time(an, start, end, history=True), new=bool(NEW.search(before)),
        presenting=bool(kind is FactKind.CONDITION and _complained(an, start, end) and asserted is Assertion.PRESENT),
    )  # fmt: skip
    return replace(made, again=True) if AGAIN.search(an.folded, 0, full.start) else made

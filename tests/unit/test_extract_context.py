"""Assertion: annotated lines. All sentences are written for this project."""

from __future__ import annotations

import re

import pytest

from converter.extractors.context import PLAIN, assertion, context
from converter.model import Span
from converter.text import sentences, view_of

KINDS = tuple(kind for kind in PLAIN if kind not in ("not-done", "planned"))
"""What can be said of a problem."""
MARKED = re.compile(r"<problem (?P<kind>[a-z-]+)>(?P<words>[^<]+)</problem>")


@pytest.mark.parametrize(
    "line",
    [
        "There was no <problem absent>pericardial effusion</problem>.",
        "The scan showed a <problem present>pericardial effusion</problem>.",
        "She denied <problem absent>chest pain</problem> and <problem absent>palpitations</problem>.",
        "There was no fever, but <problem present>cough</problem> persisted.",
        "CT could not exclude a <problem possible>small fracture</problem>.",
        "No change of the <problem present>pulmonary nodule</problem> was seen.",
        "Blood tests were negative for <problem absent>hepatitis B</problem>.",
        "The picture suggested <problem probable>sarcoidosis</problem>.",
        "A possible <problem possible>abscess</problem> was seen.",
        "He had a history of <problem historical>asthma</problem>.",
        "The <problem resolved>pleural effusion</problem> had resolved.",
        "Without <problem absent>fever</problem> or <problem absent>chills</problem>, he went home.",
        "The differential diagnosis included <problem differential>lymphoma</problem> and <problem differential>tuberculosis</problem>.",
        "Not only <problem present>anaemia</problem> but also <problem present>thrombocytopenia</problem> was found.",
        "<problem absent>Pneumothorax</problem> was not seen.",
        "<problem absent>Malignancy</problem> was ruled out.",
        "No evidence of <problem absent>metastasis</problem> was found.",
        "The patient was free of <problem absent>pain</problem>.",
        "There was neither <problem absent>oedema</problem> nor <problem absent>ascites</problem>.",
        "A <problem possible>pulmonary embolism</problem> was suspected.",
        "There was no increase of the <problem present>effusion</problem>.",
        "She had <problem present>fever</problem> without <problem absent>rash</problem>.",
        "No <problem absent>ascites</problem>; <problem present>splenomegaly</problem> was noted.",
        "<problem absent>흉수</problem>는 관찰되지 않았다.",
        "<problem present>흉수</problem>가 관찰되었다.",
        "<problem possible>폐렴</problem>이 의심되었다.",
        "<problem absent>전이</problem>의 증거는 없었다.",
        "The <problem resolved>rash</problem> disappeared after a week.",
        "If <problem hypothetical>bleeding</problem> occurs, stop the drug.",
        "A man with no past medical history presents with <problem present>aphasia</problem>.",
        "There was absence of flow and jaundice, a tight <problem present>stenosis</problem> and a clot.",
        "MRI showed no breach of the capsule, consistent with <problem probable>early carcinoma</problem>.",
        "He could not walk, <problem present>dysarthria</problem> followed.",
        "There was no exacerbation of <problem present>heart failure</problem>.",
        "The study failed to identify any <problem absent>bleeding source</problem>.",
        "This was not associated with <problem absent>weight loss</problem> or <problem absent>jaundice</problem>.",
        "The <problem present>effusion</problem> on the left (not shown) grew.",
        "A biopsy was done to exclude <problem differential>myocarditis</problem>.",
        "The tablets did not relieve his <problem present>dyspnoea</problem>.",
        "No murmurs were heard and <problem present>crackles</problem> were heard below.",
        "<problem resolved>The anaemia</problem> was corrected.",
        "He had risk factors for stroke such as <problem present>hypertension</problem>.",
    ],
)  # fmt: skip
def test_assertions(line: str) -> None:
    text = MARKED.sub(lambda m: m["words"], line)
    reading = context(sentences(view_of(text, (Span(0, len(text)),)), 0, 0)[0])
    for m in MARKED.finditer(line):
        start = text.index(m["words"])
        found, words = assertion(reading.at(start, start + len(m["words"])), KINDS)
        assert found.value == m["kind"], m["words"]
        assert words is None or words.text in text

"""Short sentences about findings, in one register: 보임, 없음, 새로 나타남, 이전과 같음."""

from __future__ import annotations

from converter.model import Assertion
from converter.phrases.grammar import Composed
from converter.phrases.labels import label, labels

CHANGES = ("new", "unchanged", "increased", "decreased", "improved", "worse", "resolved", "recurrent")
_DENIALS = (" 없음", " 음성")
_ASSERTIONS = {
    Assertion.PRESENT: "present",
    Assertion.ABSENT: "absent",
    Assertion.POSSIBLE: "possible",
    Assertion.PROBABLE: "probable",
    Assertion.DIFFERENTIAL: "differential",
    Assertion.PLANNED: "planned",
    Assertion.HISTORICAL: "historical",
    Assertion.RESOLVED: "resolved",
    Assertion.HYPOTHETICAL: "hypothetical",
    Assertion.NOT_DONE: "not_done",
    Assertion.FAMILY: "family",
    Assertion.OTHER: "other_person",
}


def finding_sentence(
    finding: Composed | str,
    language: str = "ko",
    assertion: Assertion = Assertion.PRESENT,
    change: str = "",
    full: bool = False,
) -> str:
    """Say a finding with its assertion and its change.

    ``change`` is one of CHANGES or empty; ``full`` asks for a sentence where a bare phrase would do.

    >>> from converter.phrases import compose
    >>> finding_sentence(compose("pericardial effusion"), assertion=Assertion.ABSENT)
    '심낭삼출 없음'
    >>> finding_sentence(compose("nodule in the right lower lobe"), change="new")
    '우하엽에 결절이 새로 나타남'
    """
    text, clause = (finding, finding) if isinstance(finding, str) else (finding.text, finding.clause)
    if text.endswith(_DENIALS) and language == "ko":
        return text
    key = f"finding.{_ASSERTIONS[assertion]}"
    if change and assertion is Assertion.PRESENT:
        key = f"finding.{change}"
    if full and f"{key}_full" in labels(language):
        key += "_full"
    return label(language, key, finding=text, clause=clause)


def certainty_word(words: str, language: str) -> str:
    """Put the author's words of certainty into a language, or quote them.

    >>> certainty_word("almost certain", "ko"), certainty_word("speculated", "ko")
    ('거의 확실', '저자들의 추정')
    """
    folded = words.lower().strip(" .,")
    for known, key in CERTAINTY:
        if known in folded:
            return labels(language)[f"certainty.{key}"]
    return label(language, "document.quoted", words=words)


CERTAINTY = (
    ("almost certain", "almost_certain"),
    ("most likely", "most_likely"),
    ("most probabl", "most_likely"),
    ("unlikely", "unlikely"),
    ("uncertain", "uncertain"),
    ("not certain", "uncertain"),
    ("confirmed", "confirmed"),
    ("proven", "confirmed"),
    ("certain", "certain"),
    ("improbabl", "unlikely"),
    ("probabl", "probable"),
    ("likely", "likely"),
    ("suspicious", "suspected"),
    ("suspect", "suspected"),
    ("suspicion", "suspected"),
    ("suggest", "suggestive"),
    ("consistent", "consistent"),
    ("compatible", "consistent"),
    ("in keeping", "consistent"),
    ("speculat", "speculated"),
    ("believ", "believed"),
    ("presum", "presumed"),
    ("assum", "presumed"),
    ("consider", "presumed"),
    ("possib", "possible"),
    ("might", "possible"),
    ("may ", "possible"),
    ("could", "possible"),
    ("ruled out", "excluded"),
    ("exclud", "excluded"),
    ("not applicable", "not_applicable"),
    ("배제할 수 없", "possible"),
    ("배제하기", "possible"),
    ("가능성이 높", "likely"),
    ("가능성", "possible"),
    ("의심", "suspected"),
    ("의증", "suspected"),
    ("시사", "suggestive"),
    ("합당", "consistent"),
    ("부합", "consistent"),
    ("일치", "consistent"),
    ("확진", "confirmed"),
    ("추정", "presumed"),
    ("고려", "presumed"),
    ("생각", "presumed"),
)
"""Parts of the words of certainty in English and Korean, the longer and negative ones first."""

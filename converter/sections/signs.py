"""Words that tell a report of a patient from what is none: notices, reviews, studies, animals."""

from __future__ import annotations

import re

from converter.rare import Sieve, opening

SIEVE = Sieve()

OTHER_ARTICLES = {
    "correction": "a correction",
    "addendum": "a correction",
    "retraction": "a retraction",
    "expression-of-concern": "a retraction",
    "editorial": "an editorial",
    "review-article": "a review",
    "systematic-review": "a review",
    "book-review": "a review",
    "meeting-report": "a meeting's report",
    "obituary": "an obituary",
    "announcement": "news",
    "news": "news",
}
"""JATS article types that tell of no patient."""
NOTICE = re.compile(
    r"\W{0,4}(?:(?:author|publisher|editorial)(?:'s|s'|’s)? )?"
    r"(?:correction|corrigend(?:um|a)|errat(?:um|a)|addendum|retraction|retracted(?: article)?|withdrawn"
    r"|withdrawal|expression of concern|정오표|정정)"
    r"\b(?: notice| note| to| of| for)?\s*(?:[:.\-–—\n]|$|the |a )"
)
"""How the title of a notice about another article begins."""
SURVEY = SIEVE.rare(
    r"\b(?:meta-?analys[ie]s|(?:systematic|scoping|narrative|literature|umbrella|mini-?|clinical) ?reviews?"
    r"|(?:a|an|this) (?:[\w-]+ ){0,2}reviews? (?:of|article|summari[sz]es|discusses|focuses|aims)"
    r"|guidelines?|consensus|recommendations? (?:for|of|on)|position (?:paper|statement)|(?:study )?protocol"
    r"|editorial|an update\b|an overview|(?:randomi[sz]ed|controlled|clinical) (?:\w+ )?trial"
    r"|(?:cohort|cross-sectional|prospective|retrospective|case-control) (?:\w+ )?(?:study|analysis))\b"
    r"|종설|고찰하고자|진료지침|메타분석|체계적 문헌고찰"
)
"""Reviews, guidelines and studies by their own names."""
MANY = SIEVE.rare(
    r"\b(?:[1-9]\d{2,}|[1-9],\d{3}|[2-9]\d|1[1-9]) (?:[\w-]+ ){0,3}"
    r"(?:patients|participants|women|men|children|subjects|adults|individuals|respondents|infants|cases"
    r"|studies|trials)\b|(?:환자|대상자|남자|여자)\D{0,6}[1-9]\d+ ?명|[1-9]\d+ ?명의 ?환자"
)
"""More people than a report of cases tells of."""
FEW = re.compile(
    opening("two", "three", "four", "five", "six", *"23456") + r" (?:[\w-]+ ){0,3}"
    r"(?:patients|cases|brothers|sisters|siblings|twins|infants|neonates|children|boys|girls|women|men"
    r"|cousins|family members)\b"
)
OUR_FEW = SIEVE.rare(r"\b(?:all|both)(?: of)? our patients\b|(?:두|세|네) (?:환자|증례|자매|형제)|[2-6] ?예")
"""As many people as a series of cases has."""
AGED = re.compile(r"(?:year|month|week|day)s?[- ]old")
WORDED = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w+)?)[- ]$"
)
"""Before AGED, an age in words."""
ONE = SIEVE.rare(
    r"\b(?:mrs?|ms|miss)\.? [a-z][\w.]*|\b(?:baby|newborn) (?:boy|girl)\b"
    r"|\b\d{1,3}[- ]year[- ]old (?:men|women)\b"
)
"""One patient brought in by words that the other signs do not know."""
REPORTED = SIEVE.rare(
    r"\b(?:we|authors?|(?:this|the present) (?:report|paper|article)) (?:here )?(?:report|present|describe)s?"
    r"(?: here)? (?:[\w-]+ ){0,5}(?:cases?|patients?)\b|\bthe present case\b|\bour case\b"
)
"""How a report of a case says that it is one."""
GROUP = re.compile(
    r"\b(?:mean|median|average|range[ds]?|older|younger|over|under|patients|participants|women|men|children"
    r"|adults|subjects|individuals|respondents)\b|or (?:older|more|over)|[≥≤<>±]"
    r"|평균|중앙값|이상|이하|미만"
)
"""Words beside an age that is not one patient's."""
HUMAN = re.compile(
    opening(
        *(rf"{who}\b" for who in ("man", "woman", "men", "women", "boy", "girl", "he", "she", "gentleman")),
        *(rf"{who}\b" for who in ("lady", "husband", "wife", "mother", "father", "mrs?")),
        *("환자", "환아", "세 [남여]"),
    )
)
"""Words for people alone; animals are patients and females too."""
KEPT = SIEVE.rare(
    r"\b(?:spayed|neutered|castrated|intact (?:male|female)|gelding|mare|stallion|heifer"
    r"|veterinary (?:clinic|hospital|teaching|medical)|referring veterinarian"
    r"|(?:the|its|his|her) owners? (?:reported|noticed|noted|elected|declined|decided|opted|complained)"
    r"|euthan\w+|mixed-?breed|great dane|bird|african grey)\b|동물병원|안락사|중성화"
)
"""What is said of animals that are treated."""
READER = SIEVE.rare(r"\b(?:you|your|yourself)\b")
"""Who is spoken to in leaflets and on pages that ask for something."""

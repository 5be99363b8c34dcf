"""Any text: no crash, spans equal the text, references resolve, evidence present, two runs equal."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.check import check
from converter.issues import SourceError
from converter.model import Document, Span
from converter.pipeline import Options, convert_bytes
from converter.text import clean, view_of

WORDS = st.sampled_from(
    [
        "A",
        "45-year-old",
        "man",
        "woman",
        "presented",
        "with",
        "fever,",
        "cough",
        "and",
        "chest",
        "pain",
        ".",
        "no",
        "denied",
        "without",
        "CT",
        "MRI",
        "of",
        "the",
        "liver",
        "showed",
        "revealed",
        "a",
        "3",
        "x",
        "4",
        "cm",
        "mass",
        "small",
        "bilateral",
        "pleural",
        "effusion",
        "not",
        "seen",
        "WBC",
        "12,300/uL",
        "hemoglobin",
        "9.1",
        "g/dL",
        "(normal",
        "range:",
        "0.6-1.1",
        "mg/dL)",
        "creatinine",
        "5.10",
        "mg/dL",
        "on",
        "the",
        "sixth",
        "day",
        "of",
        "hospitalization",
        "one",
        "day",
        "before",
        "admission",
        "his",
        "mother",
        "had",
        "diabetes",
        "Fig.",
        "1A.",
        "aspirin",
        "100",
        "mg",
        "daily",
        "underwent",
        "appendectomy",
        "E.",
        "coli",
        "blood",
        "culture",
        "51세",
        "남자",
        "환자가",
        "발열로",
        "내원하였다.",
        "흉부",
        "CT에서",
        "흉수는",
        "보이지",
        "않았다.",
        "입원",
        "6일째",
        "BP",
        "90/60",
        "mmHg",
        ">1000",
        "pg/mL",
        "CASE",
        "REPORT",
        "DISCUSSION",
        "\n\n",
        "*",
        "(",
        ")",
        ";",
        ":",
        "–",
        "µ",
        "³",
    ]
)
PROSE = st.lists(WORDS, min_size=5, max_size=120).map(" ".join)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FAST = Options(languages=("en", "ko"), force=True)


@SLOW
@given(PROSE)
def test_prose_converts_to_a_bundle_that_the_check_passes(text: str) -> None:
    try:
        result = convert_bytes(text.encode(), "any.txt", FAST)
    except SourceError:
        return
    bad = [i for i in check(result.bundle, structure=False) if i.severity.value in ("error", "fatal")]
    assert not bad, bad
    for fact in result.facts.items:
        assert fact.evidence
        assert all(0 <= s.start < s.end <= len(result.document.text) for s in fact.evidence)


@SLOW
@given(PROSE)
def test_two_runs_give_the_same_bytes(text: str) -> None:
    try:
        one, two = (convert_bytes(text.encode(), "any.txt", FAST) for _ in range(2))
    except SourceError:
        return
    assert one.json() == two.json()
    assert one.html() == two.html()


@SLOW
@given(st.binary(max_size=400))
def test_any_bytes_convert_or_are_refused(data: bytes) -> None:
    try:
        convert_bytes(data, "any.bin", FAST)
    except SourceError as error:
        assert error.issue.code.startswith("DOC")


@given(st.text(max_size=300))
def test_view_maps_back_to_the_document(text: str) -> None:
    document = Document("x", text, "")
    view = view_of(document.text, (Span(0, len(text)),))
    assert len(view.text) == len(view.offsets)
    for i, char in enumerate(view.text):
        if not char.isspace() and char != "-":
            assert document.text[view.offsets[i]] == char


@given(st.text(max_size=60))
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)

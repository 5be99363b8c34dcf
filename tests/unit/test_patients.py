"""Several patients in one report: each sentence with the right person, or with nobody."""

import json

import pytest

from converter.cli import main
from converter.issues import SourceError
from converter.model import PATIENT_SECTIONS, Document, Section, SectionKind
from converter.pipeline import Result, convert_bytes
from converter.sections import split
from converter.sections.labels import labels, opening
from converter.sections.patients import share

MAN = "A 61-year-old man was admitted with fever and chills. He had gout. Chest CT showed a nodule."
WOMAN = "A 35-year-old woman presented with headache. She had asthma. Brain MRI showed an abscess."
GIRL = "A 9-year-old girl was admitted with a rash. She had eczema. Ultrasonography showed ascites."


def shared_out(text: str) -> list[str]:
    """Give the words of each patient; one string where the report has one patient."""
    document = Document("a", text, "")
    sections = split(document)[0]
    out = []
    for one in share(document, sections)[0]:
        own = [s for s in one.sections if s.kind in PATIENT_SECTIONS and s.kind is not SectionKind.FIGURE]
        out.append(" ".join(text[a:b] for s in own for a, b in s.spans))
    return out


def told(text: str) -> Result:
    return convert_bytes(text.encode(), "report.txt")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Case 1\n", "Case 2\n"),
        ("Case 1: ", "Case 2: "),
        ("CASE 1.\n", "CASE 2.\n"),
        ("Case I\n", "Case II\n"),
        ("Case A\n", "Case B\n"),
        ("Patient 1\n", "Patient 2\n"),
        ("Patient A: ", "Patient B: "),
        ("Case No. 1\n", "Case No. 2\n"),
        ("Case #1 - ", "Case #2 - "),
        ("Case presentation 1\n", "Case presentation 2\n"),
        ("Case report one\n", "Case report two\n"),
        ("First case\n", "Second case\n"),
        ("2.1. Case 1\n", "2.2. Case 2\n"),
        ("## Case 1\n", "## Case 2\n"),
        ("**Case 1.** ", "**Case 2.** "),
        ("Case 1\nHistory\n", "Case 2\nHistory\n"),
        ("Case 1: fever and a nodule\n", "Case 2: headache and an abscess\n"),
        ("증례 1\n", "증례 2\n"),
        ("첫 번째 증례\n", "두 번째 증례\n"),
        ("", ""),
        ("", "Another patient, "),
    ],
)
def test_numbered_cases_are_two_patients(first: str, second: str) -> None:
    other = WOMAN[0].lower() + WOMAN[1:] if second.endswith(", ") else WOMAN
    text = f"Two unusual fevers\n\nCase Report\n\n{first}{MAN}\n\n{second}{other}\n\nDiscussion\n\nBoth did well.\n"
    one, two = shared_out(text)
    assert "nodule" in one
    assert "gout" in one
    assert "asthma" not in one
    assert "abscess" in two
    assert "asthma" in two
    assert "gout" not in two


def test_korean_numbered_cases_are_two_patients() -> None:
    text = (
        "증례\n\n증례 1\n45세 남자가 발열로 내원하였다. 흉부 CT에서 결절이 관찰되었다.\n\n"
        "증례 2\n32세 여자가 두통으로 내원하였다. 뇌 MRI에서 농양이 관찰되었다.\n\n고찰\n두 증례 모두 호전되었다.\n"
    )
    one, two = shared_out(text)
    assert "결절" in one
    assert "농양" not in one
    assert "농양" in two
    assert "결절" not in two


def test_ordinals_in_running_text_are_two_patients() -> None:
    text = (
        "The first patient was a 61-year-old man with gout. He had a nodule. The second patient was a 35-year-old woman "
        "with asthma. She had an abscess. Both patients recovered. Her cough was gone."
    )
    one, two = shared_out(text)
    assert "nodule" in one
    assert "abscess" in two
    assert "recovered" not in one + two
    assert "cough" not in one + two


def test_two_patients_in_one_sentence_are_parted() -> None:
    one, two = shared_out(
        "Case 1 was a 61-year-old man with gout, and case 2 was a 35-year-old woman with asthma."
    )
    assert "gout" in one
    assert "asthma" not in one
    assert "asthma" in two
    assert "gout" not in two


def test_second_patient_after_an_unnumbered_first() -> None:
    text = f"Case Report\n\n{MAN}\n\nThe second patient was a 43-year-old man who had a stroke. He smoked.\n"
    one, two = shared_out(text)
    assert "nodule" in one
    assert "stroke" not in one
    assert "smoked" in two


def test_shared_text_belongs_to_the_patient_it_names_or_to_nobody() -> None:
    text = (
        f"Fever in two patients\n\nAbstract\nWe report two cases. In case 2, meningitis was found. There was a cough.\n\n"
        f"Case 1\n{MAN}\n\nCase 2\n{WOMAN}\n\nDiscussion\nIn our case 1, sepsis was found. Our patients had anemia.\n"
    )
    one, two = shared_out(text)
    assert "meningitis" in two
    assert "meningitis" not in one
    assert "sepsis" not in two
    assert "cough" not in one + two
    assert "anemia" not in one + two


@pytest.mark.parametrize(
    "text",
    [
        f"Case Report\n\nCase 1\n{MAN}\n",
        f"Case Report\n\n{MAN}\n\nA 62-year-old man with gout may have fever, unlike case 2 of an earlier report.\n",
        f"Case Report\n\n{MAN} A kidney from a 40-year-old donor was given. His 35-year-old wife had a cold.\n",
        f"Case Report\n\n{MAN}\n\nDiscussion\n\nCase 1 of Smith was a 30-year-old woman. Case 2 was a 40-year-old man.\n",
        f"Abstract\n\n{MAN}\n\nCase Report\n\n{MAN.replace('61', '62')}\n",
        f"Case Report\n\n{MAN} She was the first patient of the ward. The second examination showed a cyst.\n",
    ],
)
def test_one_patient_stays_one(text: str) -> None:
    assert len(shared_out(text)) == 1


@pytest.mark.parametrize(
    "story",
    [
        "Three siblings had ataxia. The oldest, a 12-year-old boy, had gout. His 9-year-old sister had asthma.",
        "A 12-year-old boy had gout. His sister, aged 9, had asthma. The youngest, a 4-year-old boy, had eczema.",
        "A 12-year-old boy and his 9-year-old sister had ataxia. He had gout. She had asthma.",
    ],
)
def test_a_family_told_together_is_not_made_one_patient(story: str) -> None:
    text = f"Ataxia in a family with three affected members\n\nCase Report\n\n{story} CT showed ascites.\n"
    document = Document("a", text, "")
    shares, issues = share(document, split(document)[0])
    assert [i.code for i in issues] == ["PAT001"]
    assert len(shares) == 1
    words = shared_out(text)[0]
    assert not any(word in words for word in ("asthma", "eczema", "ascites", "9-year"))


def test_what_is_told_of_several_only_is_refused() -> None:
    text = (
        "We report two siblings with ataxia, aged 18 and 15 years. Both had gout. CT showed a cyst in both."
    )
    with pytest.raises(SourceError) as error:
        told(text)
    assert error.value.issue.code == "DOC005"
    assert "told apart" in error.value.issue.message


def test_patients_told_in_captions_alone_are_parted() -> None:
    text = (
        "Gout\n\nHistory\nTwo patients with the same complaint are presented.\n\nFindings\n"
        "Fig. 1. Patient A. CT of the foot shows an erosion.\n\nFig. 2. Patient B. MRI of the knee shows an effusion.\n"
    )
    document = Document("a", text, "")
    shares, _ = share(document, split(document)[0])
    figures = [[s.label for s in one.sections if s.kind is SectionKind.FIGURE] for one in shares]
    assert figures == [["Fig. 1"], ["Fig. 2"]]


@pytest.mark.parametrize(
    "sentence",
    [
        "He had two healthy sisters.",
        "His two siblings were well.",
        "Only two cases have been reported in the literature.",
        "She was the second of four siblings.",
        "Two biopsies were taken.",
        "Previously, we reported two cases of gout.",
    ],
)
def test_a_sentence_on_others_does_not_make_a_report_one_of_several(sentence: str) -> None:
    document = Document("a", f"Case Report\n\n{MAN} {sentence}\n", "")
    shares, issues = share(document, split(document)[0])
    assert not issues
    assert shares[0].number == 0


def test_figures_go_to_the_patient_they_name_or_that_cites_them() -> None:
    text = (
        f"Case 1\n{MAN} (Fig. 1)\n\nCase 2\n{WOMAN}\n\nDiscussion\nBoth did well.\n\n"
        "Fig. 1. Axial CT with the nodule.\n\nFig. 2. Case 2. Axial MRI.\n\nFig. 3. The instrument used in both.\n"
    )
    document = Document("a", text, "")
    shares, issues = share(document, split(document)[0])

    def figures(sections: tuple[Section, ...]) -> list[str]:
        return [s.label for s in sections if s.kind is SectionKind.FIGURE]

    assert [figures(one.sections) for one in shares] == [["Fig. 1"], ["Fig. 2"]]
    assert [i.code for i in issues] == ["DOC009"]


def test_each_patient_has_ids_of_its_own_that_stay() -> None:
    text = f"Case 1\n{MAN}\n\nCase 2\n{WOMAN}\n\nCase 3\n{GIRL}\n"
    results = told(text).patients
    patients = [r.bundle["entry"][1]["resource"] for r in results]
    assert [p["resourceType"] for p in patients] == ["Patient"] * 3
    assert len({p["identifier"][0]["value"] for p in patients}) == 3
    assert [r.json() for r in results] == [r.json() for r in told(text).patients]


def test_no_fact_of_one_patient_is_evidenced_in_anothers_part() -> None:
    text = f"Case 1\n{MAN}\n\nCase 2\n{WOMAN}\n\nCase 3\n{GIRL}\n"
    starts = [text.index(part) for part in ("Case 1", "Case 2", "Case 3")] + [len(text)]
    results = told(text).patients
    assert len(results) == 3
    for ordinal, result in enumerate(results):
        spans = [span for fact in result.facts.items for span in fact.evidence]
        assert len(spans) > 4
        assert all(starts[ordinal] <= s.start and s.end <= starts[ordinal + 1] for s in spans)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Unlike case 1, he had fever", [(1,)]),
        ("cases 1-3", [(1, 2, 3)]),
        ("patients 2 and 3", [(2, 3)]),
        ("Patient 42 years old", []),
        ("a patient 3 months after surgery", []),
        ("Case 12-year-old girl", []),
        ("환자 2명", []),
        ("Patient A 45-year-old man", []),
        ("the first case of it", []),
        ("the second case reported", []),
        ("case 1.5", []),
    ],
)
def test_labels_are_patients_numbers_only(text: str, numbers: list[tuple[int, ...]]) -> None:
    assert [label.numbers for label in labels(text)] == numbers


def test_a_relative_named_by_a_label_is_not_the_patient() -> None:
    assert opening("Patient 1's mother had diabetes.") is None
    assert opening("Patient 1's scan was normal.") is not None


def test_command_line_writes_a_bundle_a_patient(tmp_path, capsys, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    source = tmp_path / "series.txt"
    source.write_text(f"Case 1\n{MAN}\n\nCase 2\n{WOMAN}\n", "utf-8")
    out = tmp_path / "out"
    assert main(["convert", str(source), "-o", str(out), "--quiet"]) == 0
    assert {p.name for p in out.glob("*.json")} == {"series.json", "series.p2.json"}
    assert {p.name for p in out.glob("*.md")} >= {"series.p2.summary.en.md", "series.p2.summary.ko.md"}
    with source.open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("In", (), {"buffer": file})())
        assert main(["convert", "-", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["resourceType"] for line in lines] == ["Bundle", "Bundle"]


def test_mother_and_child_who_are_both_treated_are_two_patients() -> None:
    text = (
        "Case Report\n\nA 28-year-old woman, gravida 2, was admitted at 31 weeks of gestation with fever. Blood cultures grew "
        "Listeria. She received ampicillin. She underwent emergency cesarean section and delivered a male infant weighing "
        "1,600 g. The infant was intubated. Cranial ultrasonography showed ventriculitis. He was treated with gentamicin. "
        "The mother developed endometritis and received clindamycin. The infant was discharged on day 40.\n"
    )
    mother, child = shared_out(text)
    assert all(word in mother for word in ("ampicillin", "cesarean", "endometritis", "clindamycin"))
    assert all(word in child for word in ("1,600 g", "ventriculitis", "gentamicin", "day 40"))
    assert "infant" not in mother
    assert "ampicillin" not in child


@pytest.mark.parametrize(
    "text",
    [
        "A male infant was born at 39 weeks of gestation to a 28-year-old woman. The mother had received ampicillin for "
        "fever. The infant was intubated. He was treated with gentamicin. Cranial ultrasonography showed ventriculitis.",
        "A 28-year-old woman was admitted at 31 weeks of gestation with fever. She received ampicillin. She underwent "
        "cesarean section and delivered a healthy male infant. She was discharged.",
        "A 28-year-old woman was admitted with fever. She received ampicillin. CT showed ascites. She recovered.",
    ],
)
def test_a_mother_or_child_who_is_only_mentioned_is_no_patient(text: str) -> None:
    assert len(shared_out(f"Case Report\n\n{text}\n")) == 1


@pytest.mark.parametrize(
    ("one", "two"), [("Mother", "Newborn"), ("Donor:", "Recipient:"), ("산모", "신생아")]
)
def test_headings_of_two_people_part_them(one: str, two: str) -> None:
    text = f"Case Report\n\n{one}\n{WOMAN}\n\n{two}\n{MAN}\n\nDiscussion\n\nBoth did well.\n"
    first, second = shared_out(text)
    assert "asthma" in first
    assert "gout" in second


def test_a_healthy_child_is_left_out_of_the_mothers_bundle() -> None:
    text = (
        "Fever in pregnancy\n\nAbstract\nA 28-year-old woman had fever.\n\nCase Report\n\nA 28-year-old woman was admitted at "
        "31 weeks of gestation with fever. She received ampicillin. CT showed ascites (Fig. 1). She delivered a healthy male "
        "infant weighing 2,900 grams. She was discharged.\n\nFig. 1. CT with ascites.\n"
    )
    document = Document("a", text, "")
    shares, issues = share(document, split(document)[0])
    assert not issues
    kinds = [s.kind for s in shares[0].sections]
    assert SectionKind.TITLE in kinds
    assert SectionKind.FIGURE in kinds
    assert "2,900" not in shared_out(text)[0]
    assert "discharged" in shared_out(text)[0]

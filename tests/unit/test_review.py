"""What the facts leave open or contradict is an Issue."""

import pytest

from converter.pipeline import convert_bytes


def codes(text: str) -> list[str]:
    return [issue.code for issue in convert_bytes(text.encode(), "report.txt").issues]


MAN = "A 61-year-old man was admitted with fever. He had gout. Chest CT showed a nodule."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Abstract\nA 62-year-old man had fever.\n\nCase Report\n{MAN}\n", ["AGE002"]),
        (f"Abstract\nA 61-year-old woman had fever.\n\nCase Report\n{MAN}\n", ["SEX002"]),
        (f"Abstract\nA 26-year-old woman had fever.\n\nCase Report\n{MAN}\n", ["AGE002", "SEX002"]),
        (f"Abstract\nA 61-year-old man had fever.\n\nCase Report\n{MAN}\n", []),
        (f"Case Report\n{MAN} His 30-year-old son had a cough.\n", []),
        (f"Case Report\n{MAN} A kidney from a 40-year-old woman was given.\n", []),
        (f"Case Report\n{MAN}\n\nDiscussion\nSmith et al. reported a 20-year-old woman with gout.\n", []),
        (
            "초록\n62세 남자가 발열로 내원하였다.\n\n증례\n61세 남자가 발열로 내원하였다. 통풍이 있었다.\n",
            ["AGE002"],
        ),
    ],
)
def test_two_ages_or_sexes_of_one_patient_are_reported(text: str, expected: list[str]) -> None:
    assert [code for code in codes(text) if code in ("AGE002", "SEX002")] == expected


def test_relative_times_without_an_admission_are_reported() -> None:
    assert "DOC006" in codes(
        "Case Report\nA 61-year-old man, fever for three days. CT showed a nodule on hospital day 3.\n"
    )
    assert "DOC006" not in codes(f"Case Report\n{MAN} CT on hospital day 3 showed a cyst.\n")


def test_times_that_stay_words_are_counted() -> None:
    found = convert_bytes(f"Case Report\n{MAN} At follow-up, CT showed a cyst.\n".encode(), "a.txt").issues
    told = [issue for issue in found if issue.code == "TIME001"]
    assert len(told) == 1
    assert told[0].severity.value == "information"
    assert told[0].message.startswith("1 of ")

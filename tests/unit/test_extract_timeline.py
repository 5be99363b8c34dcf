"""Times: sentence -> anchor, relation, length, date. All sentences are written for this project."""

from __future__ import annotations

import pytest

from converter.extractors.timeline import times
from converter.model import Span
from converter.text import sentences, view_of


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("The effusion was gone on the third day of hospitalization.", "on the third day of hospitalization", "admission after 2-3 d"),
        ("On hospital day 12 she developed a rash.", "On hospital day 12", "admission after 11-12 d"),
        ("On postoperative day 4 the drain was removed.", "On postoperative day 4", "surgery after 4-4 d"),
        ("On the second postoperative day he walked.", "On the second postoperative day", "surgery after 2-2 d"),
        ("By POD 7 the wound was dry.", "By POD 7", "surgery after 7-7 d"),
        ("Two weeks before admission he had noticed swelling.", "Two weeks before admission", "admission before 2-2 wk"),
        ("Three months after discharge the scan was repeated.", "Three months after discharge", "discharge after 3-3 mo"),
        ("One week later the fever returned.", "One week later", " after 1-1 wk"),
        ("Six months earlier a biopsy had been taken.", "Six months earlier", " before 6-6 mo"),
        ("Two days ago he fell.", "Two days ago", " before 2-2 d"),
        ("He had a 2-week history of cough.", "a 2-week history", "admission before 2-2 wk history"),
        ("She reported headache for three days.", "for three days", "admission before 3-3 d history"),
        ("Over the past six months he lost 8 kg.", "Over the past six months", "admission before 6-6 mo history"),
        ("On admission the pulse was 110/min.", "On admission", "admission at 0-0 d"),
        ("On the day of admission he was confused.", "On the day of admission", "admission at 0-0 d"),
        ("At birth the weight was 2,900 g.", "At birth", "birth at 0-0 d"),
        ("At 36 hours of life the infant became icteric.", "At 36 hours of life", "birth after 36-36 h"),
        ("She was seen again at the age of 12 years.", "at the age of 12 years", "birth after 12-12 a"),
        ("Four years after transplantation the graft failed.", "Four years after transplantation", "transplantation after 4-4 a"),
        ("Within 48 hours of admission he was intubated.", "Within 48 hours of admission", "admission after 0-48 h"),
        ("The cough began 2 to 3 weeks prior to presentation.", "2 to 3 weeks prior to presentation", "admission before 2-3 wk"),
        ("Twenty-one days after onset of symptoms he recovered.", "Twenty-one days after onset of symptoms", "onset after 21-21 d"),
        ("He was readmitted 1.5 years later.", "1.5 years later", " after 1.5-1.5 a"),
        ("The operation took place in March 2019.", "in March 2019", "2019-03"),
        ("A scan of 14 June 2021 was clear.", "14 June 2021", "2021-06-14"),
        ("On May 3, 2020 he came back.", "On May 3, 2020", "2020-05-03"),
        ("The diagnosis was made in 2008.", "in 2008", "2008"),
        ("The next day he was extubated.", "The next day", "words"),
        ("입원 3일째 발열이 있었다.", "입원 3일째", "admission after 2-3 d"),
        ("내원 2일 전부터 복통이 있었다.", "내원 2일 전", "admission before 2-2 d"),
        ("수술 후 5일째 배액관을 제거하였다.", "수술 후 5일째", "surgery after 5-5 d"),
        ("생후 10일에 황달이 생겼다.", "생후 10일", "birth after 10-10 d"),
        ("2020년 5월 12일 수술을 받았다.", "2020년 5월 12일", "2020-05-12"),
        ("5년 전 유방암으로 수술을 받았다.", "5년 전", " before 5-5 a"),
        ("내원 당시 혈압은 정상이었다.", "내원 당시", "admission at 0-0 d"),
        ("The patient was followed up.", "", ""),
        ("The dose was 10 mg twice daily.", "", ""),
        pytest.param("During the first week of treatment the pain fell.", "During the first week of treatment", "treatment after 0-1 wk",
                     marks=pytest.mark.xfail(reason="ordinal weeks are not read")),
        pytest.param("He was discharged on the 10th day.", "on the 10th day", "admission after 9-10 d",
                     marks=pytest.mark.xfail(reason="an ordinal day without its stay is not read")),
    ],
)  # fmt: skip
def test_times(text: str, words: str, wanted: str) -> None:
    found = times(sentences(view_of(text, (Span(0, len(text)),)), 0, 0)[0])
    if not words:
        assert not found
        return
    time = found[0].time
    assert time.text == words
    assert text[time.spans[0].start : time.spans[-1].end] == words
    length = (
        f"{time.anchor} {time.relation} {time.low}-{time.high} {time.unit}{' history' * found[0].history}"
    )
    assert (time.date or (length if time.relation else "words")) == wanted

"""What is no case report is refused with its reason, and what is one is not. All texts are invented."""

import pytest

from converter.issues import SourceError
from converter.pipeline import Options, convert_bytes

FILL = (
    "Participants were recruited from the outpatient clinics of four hospitals. The questionnaire was returned by 212 "
    "respondents. Regression was used to adjust for confounders, and the results were statistically significant (p < 0.01). "
)
NO_CASES = {
    "a short study": "Background: Sleep apnea is common in heart failure. Methods: We enrolled 146 patients with heart failure and "
    "measured their sleep. The mean age was 61 years and 58% were men. Results: Sleep apnea was found in 71 patients (49%). "
    "The odds ratio for death was 2.1 (95% confidence interval, 1.2-3.6). Conclusion: Screening is warranted.",
    "a long study": "Sleep apnea in heart failure: a prospective study\n\nIntroduction\n"
    + FILL * 2
    + "\n\nMethods\n"
    + FILL * 2
    + "\n\nResults\nThe median age of the patients was 64 years. "
    + FILL * 2
    + "\n\nDiscussion\n"
    + FILL * 2,
    "a trial": "Effect of vitamin D on falls: a randomized controlled trial. We randomly assigned 310 women aged 70 years or older to "
    "vitamin D or placebo. The primary outcome was the first fall. Falls occurred in 41 women of the vitamin group and in 52 of the "
    "placebo group (hazard ratio, 0.78; P = 0.21). Headache and nausea were reported by few participants.",
    "a review": "Gallstone ileus: a review of the literature. This review summarizes the epidemiology, diagnosis and treatment of "
    "gallstone ileus. We searched MEDLINE for articles published between 1990 and 2020. Computed tomography shows pneumobilia, "
    "a dilated bowel and an ectopic stone. Enterolithotomy is the standard treatment. Mortality ranges from 7% to 18%.",
    "a meta-analysis": "Statins and cataract: a systematic review and meta-analysis. Fourteen studies with 313,200 participants were included. "
    "The pooled relative risk was 1.09 (95% CI 1.02-1.17). Heterogeneity was high. Diabetes mellitus and hypertension were adjusted for.",
    "a guideline": "Guideline for the management of acute cholangitis. Patients should be given antibiotics as soon as cholangitis is suspected. "
    "Drainage is recommended within 48 hours. Ultrasonography should be performed first; computed tomography may be considered. "
    "Blood cultures should be taken if fever is present.",
    "a correction": "Correction to: A fishhook in the portal vein: a case report\n\nIn the original article, the affiliation of the second author "
    "was wrong. The correct affiliation is given here. The original article has been corrected.",
    "a retraction": "Retraction notice: Takotsubo cardiomyopathy after a bee sting in a 54-year-old woman\n\nThe editors have retracted this case "
    "report because of overlap with an earlier publication. The authors did not respond to our letters.",
    "an editorial": "Editorial\n\nThe radiologist of tomorrow\n\nImaging grows faster than our departments. Chest radiography and computed "
    "tomography are read by fewer hands than ten years ago, and many of us are tired. We should train more, and better.",
    "a dog": "Splenic torsion in a Great Dane\n\nA 6-year-old spayed female Great Dane was presented with vomiting and a distended abdomen. "
    "The dog was lethargic. Abdominal ultrasonography showed an enlarged spleen. Splenectomy was performed, and the owner reported "
    "that the dog was well six months later.",
    "a horse": "A 12-year-old Warmblood gelding was referred because of colic. Rectal palpation revealed a displaced colon. The horse underwent "
    "laparotomy and recovered.",
    "a parrot": "Proventricular dilatation in a parrot\n\nAn African grey parrot of unknown age was brought in for weight loss. Radiographs of the "
    "bird showed a dilated proventriculus. The parrot was treated with celecoxib.",
    "front matter": "A Fishhook in the Portal Vein: A Case Report\n\nAnn Writer^{1}, Carl Other^{2}\n\n^{1}Department of Surgery, Riverbank Hospital, "
    "Newtown\n^{2}Hillside Clinic, Oldtown\n\nReceived 3 March 2020; accepted 9 May 2020\n\nKeywords: portal vein; foreign body",
    "front matter in JATS": '<article article-type="case-report"><front><article-meta><title-group><article-title>A Fishhook in the Portal '
    "Vein</article-title></title-group><contrib-group><contrib contrib-type='author'><name><surname>Writer</surname><given-names>Ann"
    "</given-names></name></contrib></contrib-group></article-meta></front></article>",
    "an empty page": "<html><head><title>A Fishhook in the Portal Vein | Nowhere Journal</title></head><body><div id='root'></div>"
    "<noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
    "a page behind a wall": "<html><head><title>Just a moment...</title></head><body><h1>nowhere.test</h1><p>Checking if the site connection "
    "is secure. Enable JavaScript and cookies to continue.</p></body></html>",
    "a page not found": "<html><head><title>404</title></head><body><h1>Page not found</h1><p>The case report you were looking for has moved "
    "or does not exist. Return to the home page or search our site.</p></body></html>",
    "a recipe": "Leek soup\n\nWash four leeks, cut them and sweat them in butter for ten minutes. Add a litre of stock and two potatoes, boil until "
    "soft, and season with salt, pepper and a little nutmeg. Serve hot with bread.",
    "a leaflet": "Metformin tablets. Take one 500 mg tablet twice daily with food. Do not take metformin if you have severe kidney disease. Common "
    "side effects are nausea, diarrhea and abdominal pain. Ask your doctor if you are pregnant.",
    "a Korean study": "목적: 심부전 환자에서 수면무호흡의 빈도를 알아보고자 하였다. 대상 및 방법: 2010년부터 2015년까지 본원에 내원한 환자 146명을 대상으로 "
    "후향적으로 분석하였다. 평균 연령은 61세였고 남자가 85명이었다. 결과: 수면무호흡은 71명(49%)에서 관찰되었으며 통계적으로 유의하였다(p<0.05).",
    "a Korean review": "담석성 장폐색: 종설\n\n담석성 장폐색은 드문 질환이다. 이 종설에서는 담석성 장폐색의 역학, 진단 및 치료를 고찰하고자 한다. "
    "전산화단층촬영에서 담도 내 공기와 장관 확장이 관찰될 수 있다. 치료는 수술이 원칙이다.",
}
CASES = {
    "without an age": "Adult patient with headaches for two weeks. MRI showed a colloid cyst of the third ventricle.",
    "a teaching page": "Ependymoma\n\nDiagnosis\n\nEpendymoma of the fourth ventricle\n\nDiscussion\n\nMost of them are seen in the young.",
    "this patient": "This patient came to our emergency department after a fall from a ladder. Plain radiographs of the hip were not "
    "conclusive. Computed tomography showed a fracture of the acetabulum.",
    "a series": "We present a series of three patients with dissection of the vertebral artery after a rollercoaster ride. All of our patients "
    "recovered with anticoagulation.",
    "with a dog": "A 34-year-old woman was bitten by her dog. Three days later she had fever and cellulitis of the hand. Blood cultures grew "
    "Capnocytophaga canimorsus. The dog was healthy.",
    "a veterinarian": "A 51-year-old veterinarian who works with cattle and horses presented with fever. Brucella serology was positive. He was "
    "treated with doxycycline and rifampicin, and his cattle were tested.",
    "with a review": "Gallstone ileus: a case report and review of the literature\n\nCase report\n\nAn 81-year-old woman vomited for four days. CT showed "
    "a stone in the ileum. Enterolithotomy was performed, and she recovered.\n\nDiscussion\n\nWe searched the literature for similar cases.",
    "with statistics": "A 60-year-old man was enrolled in a randomized controlled trial of an anticoagulant and bled from the stomach on day 12. "
    "Hemoglobin fell to 6.1 g/dL. Endoscopy showed an ulcer, and he was given 4 units of blood.",
    "Korean without an age": "환자는 3일 전부터 시작된 두통을 주소로 내원하였다. 뇌 MRI에서 제3뇌실의 교질낭이 관찰되었다.",
    "corrected": "A 45-year-old woman had hyponatremia of 112 mmol/L. After correction of the sodium with hypertonic saline she was well.",
}  # fmt: skip


def converted(text: str, force: bool = False) -> str:
    """Give the refusal's code and reason, or "" where the text converts."""
    try:
        convert_bytes(text.encode(), "report", Options(languages=(), force=force))
    except SourceError as error:
        return f"{error.issue.code} {error.issue.message}"
    return ""


@pytest.mark.parametrize("kind", NO_CASES)
def test_what_is_no_case_is_refused(kind: str) -> None:
    assert converted(NO_CASES[kind]).startswith(("DOC005", "DOC001"))


@pytest.mark.parametrize("kind", CASES)
def test_a_case_is_not_refused(kind: str) -> None:
    assert converted(CASES[kind]) == ""


@pytest.mark.parametrize("kind", ["a short study", "a review", "a dog", "a correction", "front matter"])
def test_force_converts_all_the_same(kind: str) -> None:
    assert converted(NO_CASES[kind], force=True) == ""


def test_patients_who_cannot_be_told_apart_are_no_reason_to_mix_them() -> None:
    text = "We present two brothers at the age of 12 and 15 years with ataxia and retinitis. Both had the same mutation."
    assert converted(text) in ("", "DOC005 several patients who cannot be told apart")

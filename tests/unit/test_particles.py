"""Particles follow the last sounded syllable: a table of words as reports print them."""

import pytest

from converter.phrases import particle

# word -> how it ends when read: - vowel, ㄹ, + another consonant
TABLE = """
결절 ㄹ|종괴 -|흉수 -|좌심실 ㄹ|심방 +|간 +|석회화 -|병변 +|폐렴 +|패혈증 +|환자 -|음영 +|늑골 ㄹ|척수 -
혈전 +|심첨(apex) +|승모판(mitral valve) +|블루밍(blooming) +|간(肝) +|대장균(Escherichia coli) +
신장 [kidney] +|백혈구(WBC) -|기관(trachea) +|"결절" ㄹ|‘종괴’ -|결절. ㄹ|좌심방(LA)(3.5 cm) +
간(좌엽)의 벽 +|심낭삼출(소량) ㄹ|CT -|MRI -|CMRI -|MRA -|MRCP -|PET -|PET-CT -|SPECT -|US -|EUS -|TTE -
TEE -|ECG -|EKG -|EEG -|EMG -|CXR ㄹ|ERCP -|DSA -|OCT -|FLAIR -|STIR -|DWI -|ADC -|GRE -|PSIR ㄹ|SSFP -
LGE -|T1WI -|T2WI -|HASTE -|DIXON +|VIBE -|native T1 ㄹ|T1 ㄹ|T2 -|T3 +|L1 ㄹ|L2 -|L3 +|L4-5 -|C6 +|C7 ㄹ
T10 +|T11 ㄹ|T12 -|S1 ㄹ|V4 -|M1 ㄹ|P2 -|CO2 -|SpO2 -|PaO2 -|B12 -|CA-125 -|CA 19-9 -|CD20 +|CD34 -
CD68 ㄹ|S-100 +|Ki-67 ㄹ|p53 +|IL-6 +|COVID-19 -|HER2 -|G6PD -|PM2.5 -|LV -|RV -|LA -|RA -|LAD -|LCX -
RCA -|SMA -|IVC -|SVC -|LVEF -|EF -|ECV -|BUN +|CRP -|ESR ㄹ|AST -|ALT -|LDH -|CPK -|CK-MB -|BNP -
NT-proBNP -|WBC -|RBC -|Hb -|HbA1c -|PLT -|INR ㄹ|aPTT -|TSH -|fT4 -|ACTH -|hCG -|AFP -|CEA -|PSA -|ALP -
GGT -|HDL ㄹ|LDL ㄹ|IgG -|IgM +|IgA -|IgE -|ANA -|ANCA -|HIV -|HBV -|HCV -|EBV -|CMV -|HSV -|DNA -|mRNA -
PCR ㄹ|CSF -|ICU -|ER ㄹ|OPD -|DM +|HTN +|CKD -|COPD -|TB -|HCC -|RCC -|GIST -|AVM +|DVT -|PTE -|SAH -
SDH -|ICH -|TIA -|STEMI -|CABG -|PCI -|TAVI -|ECMO -|CRRT -|PEG -|TPN +|NSAID -|AIDS -|SARS -|MERS -
MCA -|ACL ㄹ|PCL ㄹ|TMJ -|BMI -|pH -|AFB -|MRIs -|A -|B -|L ㄹ|M +|N +|R ㄹ|X -|Fig. 1 ㄹ|Fig. 1A -
Fig. 2B -|Fig. 3 +|Table 2 -|1B -|59% -|0.6% -|12 mm -|3 cm -|5.5 cm -|2 × 3 cm -|1.5 m -|10 μm -|70 kg +
500 mg +|5 g +|20 ng +|15 μg +|30 pg +|1000 pg/mL -|15 ng/mL -|5.10 mg/dL -|32,322/μL -|4.5 g/dL -
120 mmHg -|72 bpm +|98 ms -|1335 ms -|3 s -|60 Hz -|38.5℃ -|38.5 °C -|45° -|150 mL -|2 L -|3 dL -|45 HU -
60 Gy -|2 mSv -|10 mCi -|370 MBq ㄹ|1.5 T -|3 T -|5 mL/min +|0.5 mg/kg +|40 U/L -|25 IU/L -|100 IU -
3.5 mmol/L -|140 mEq/L -|30 mL/kg/min +|200 kcal -|10 cm2 -|3 ㎝ -|5 ㎎ +|10 dB ㄹ|2 h +|0 +|1 ㄹ|2 -|3 +
4 -|5 -|6 +|7 ㄹ|8 ㄹ|9 -|10 +|11 ㄹ|20 +|30 +|51 ㄹ|99 -|100 +|1,000 +|1500 +|2000 +|10000 +|10,000 +
5.10 +|0.5 -|7.3 +|79.3 +|54.8 ㄹ|11.8 ㄹ|2021 ㄹ|1120 +|100,000 +|E. coli -|Escherichia coli -
S. aureus -|Staphylococcus aureus -|K. pneumoniae -|Klebsiella pneumoniae -|C. difficile -|H. pylori -
Candida albicans -|Aspergillus fumigatus -|M. tuberculosis -|Enterobacteriaceae -|P. falciparum +
P. vivax -|Streptococcus viridans -|Enterococcus faecium +|Salmonella typhi -|Pseudomonas aeruginosa -
blooming +|aliasing +|stent -|shunt -|graft -|Doppler -|Murphy -|Hodgkin +|Wilms -|Crohn +|Down +
catheter -|clip +|block +|balloon +|coil ㄹ|Gadolinium +|heparin +|aspirin +|methotrexate -
prednisolone +|cisplatin +|fentanyl ㄹ|warfarin +|tamoxifen +|rituximab -|vancomycin +|meropenem +
insulin +|syndrome +|disease -|score -|table ㄹ|cyst -|nodule ㄹ|foramen +|apex -|Baker -|Kerley B -
Schmorl ㄹ|Graves -|α -|β-hCG -|γ -|ε +|2+ -|3+ -|Gd-DTPA -|hypoxia -|mid-wall ㄹ|lymphoma -
""".replace("\n", "|")
ROWS = [row.rsplit(" ", 1) for row in TABLE.split("|") if row.strip()]
PAIRS = (("이", "가"), ("은", "는"), ("을", "를"), ("과", "와"))


def test_table_is_large_enough() -> None:
    assert len(ROWS) >= 200


@pytest.mark.parametrize(("word", "ending"), ROWS)
def test_particle_follows_the_sound(word: str, ending: str) -> None:
    for consonant, vowel in PAIRS:
        assert particle(word, f"{consonant}/{vowel}") == word + (vowel if ending == "-" else consonant)
    assert particle(word, "으로/로") == word + ("으로" if ending == "+" else "로")


@pytest.mark.parametrize(
    ("pair", "expected"),
    [("가/이", "CT가"), ("를/을", "CT를"), ("로/으로", "CT로"), ("으로서/로서", "CT로서")],
)
def test_pair_may_stand_in_either_order(pair: str, expected: str) -> None:
    assert particle("CT", pair) == expected


def test_rieul_counts_as_a_vowel_only_before_ro() -> None:
    assert particle("결절", "으로/로") == "결절로"
    assert particle("결절", "이나/나") == "결절이나"


@pytest.mark.parametrize("word", ["", "()", "…", "—", "   "])
def test_words_without_sound_do_not_fail(word: str) -> None:
    assert particle(word, "이/가").endswith("가")

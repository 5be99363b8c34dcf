"""Load official files of code systems (written here, in their own formats) and code bare names by them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from converter.catalogue import sources
from converter.issues import ConverterError
from converter.model import Code, Concept, Document, Fact, FactKind, Facts, Publication, Site, Span
from converter.pipeline import Options, convert_bytes
from converter.terms import Release, Store, Term, coded, load, loaded, releases, remove
from converter.terms.store import name_key

LOINC = (
    '"LOINC_NUM","COMPONENT","PROPERTY","SYSTEM","STATUS","VersionLastChanged","SHORTNAME","LONG_COMMON_NAME","DisplayName"\n'
    '"99001-7","Moonstone index","Ratio","Ser","ACTIVE","2.9","Moonst Idx Ser","Moonstone index in Serum","Moonstone index"\n'
    '"99002-5","Old thing","Ratio","Ser","DEPRECATED","2.40","Old","Moonstone ratio","Moonstone ratio"\n'
    '"99003-3","Two, ""quoted""","Ratio","Ser","ACTIVE","2.78","Two","Twofold index","Twofold index"\n'
)
CONCEPTS = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\n" + "".join(
    f"{ident}\t20240101\t{active}\t900000000000207008\t900000000000074008\n"
    for ident, active in (
        ("100101001", 1),
        ("100102008", 1),
        ("100103003", 0),
        ("100104009", 1),
        ("100105005", 1),
    )
)
FULL, SYNONYM = "900000000000003001", "900000000000013009"
DESCRIPTIONS = (
    "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\n"
    + "".join(
        f"{number}011\t20240101\t{active}\t900000000000207008\t{concept}\ten\t{kind}\t{name}\t900000000000448009\n"
        for number, (active, concept, kind, name) in enumerate(
            [
                (1, "100101001", FULL, "Glimmer tumor (disorder)"),
                (1, "100101001", SYNONYM, "Glimmer neoplasm"),
                (0, "100101001", SYNONYM, "Withdrawn name"),
                (1, "100102008", FULL, "Glimmer tumor (morphologic abnormality)"),
                (1, "100103003", FULL, "Retired disease (disorder)"),
                (1, "100104009", FULL, "Dusk sign (finding)"),
                (1, "100105005", FULL, "Dusk sign of the knee (finding)"),
                (1, "100105005", SYNONYM, "Dusk sign"),
            ],
            100,
        )
    )
)
HPO = """format-version: 1.2
data-version: hp/releases/2024-08-13
ontology: hp

[Term]
id: HP:9900001
name: Shimmering gait
synonym: "Gait that shimmers" EXACT layperson []
synonym: "Odd gait" BROAD []

[Term]
id: HP:9900002
name: Obsolete gait
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""
ICD = "".join(
    f"{order:05d} {code:7s} {billable} {short:60s} {long}\n"
    for order, code, billable, short, long in (
        (1, "Q99", "0", "Glimmer diseases", "Glimmer diseases"),
        (2, "Q991", "1", "Glimmer tumor, unsp", "Glimmer tumor"),
    )
)
KCD = "KCD코드\t코드\t한글명칭\t영문명칭\n1\tQ99.1†\t반짝종양\tGlimmer tumor\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def snomed(tmp_path: Path) -> list[Path]:
    return [
        write(tmp_path, "sct2_Concept_Snapshot_INT_20240701.txt", CONCEPTS),
        write(tmp_path, "sct2_Description_Snapshot-en_INT_20240701.txt", DESCRIPTIONS),
    ]


@pytest.fixture
def store(tmp_path: Path, snomed: list[Path]) -> Store:
    files = [
        write(tmp_path, "Loinc.csv", LOINC),
        write(tmp_path, "hp.obo", HPO),
        write(tmp_path, "icd10cm-order-2025.txt", ICD),
        write(tmp_path, "kcd.tsv", KCD),
    ]
    for release in releases([*snomed, *files]):
        load(release, tmp_path / "cache")
    return Store(tmp_path / "cache")


def fact(kind: FactKind, name: str, concept: Concept | None = None, **more: object) -> Fact:
    return Fact(kind=kind, name=name, evidence=(Span(0, 1),), concept=concept, **more)  # type: ignore[arg-type]


def codes(store: Store, one: Fact) -> list[tuple[str, str]]:
    made = coded(Facts(Document("a", "x", ""), Publication(), (one,)), store).items[0]
    return [(code.code, code.version) for code in made.concept.codes] if made.concept else []


def test_each_system_is_loaded_with_its_version(tmp_path: Path, store: Store) -> None:
    told = {one.slug: (one.version, one.codes) for one in loaded(tmp_path / "cache")}
    assert told == {
        "hpo": ("2024-08-13", 1),
        "icd-10-cm": ("2025", 2),
        "kcd": ("8", 1),
        "loinc": ("2.78", 2),
        "snomed": ("http://snomed.info/sct/900000000000207008/version/20240701", 4),
    }


@pytest.mark.parametrize(
    ("kind", "name", "wanted"),
    [
        (FactKind.CONDITION, "glimmer tumours", ["100101001", "Q99.1", "Q99.1"]),
        (FactKind.CONDITION, "Glimmer neoplasm", ["100101001"]),
        (FactKind.CONDITION, "반짝종양", ["Q99.1"]),
        (FactKind.FINDING, "shimmering gait", ["HP:9900001"]),
        (FactKind.FINDING, "gait that shimmers", ["HP:9900001"]),
        (FactKind.MEASUREMENT, "Moonstone index", ["99001-7"]),
    ],
)
def test_names_are_coded(store: Store, kind: FactKind, name: str, wanted: list[str]) -> None:
    assert [code for code, _ in codes(store, fact(kind, name))] == wanted


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (FactKind.FINDING, "dusk sign"),  # two concepts bear it
        (FactKind.CONDITION, "retired disease"),
        (FactKind.CONDITION, "withdrawn name"),
        (FactKind.CONDITION, "small glimmer tumour"),  # more than the name
        (FactKind.FINDING, "odd gait"),  # a broad synonym
        (FactKind.FINDING, "obsolete gait"),
        (FactKind.MEASUREMENT, "Moonstone ratio"),  # deprecated
        (FactKind.MEDICATION, "glimmer tumor"),  # a disorder is no drug
        (FactKind.SOCIAL, "glimmer tumor"),
    ],
)
def test_other_names_stay_text(store: Store, kind: FactKind, name: str) -> None:
    assert codes(store, fact(kind, name)) == []


def test_a_row_without_code_is_coded_by_its_own_name(store: Store) -> None:
    row = Concept("glimmer", "disease", "Glimmer tumor", "반짝종양")
    assert [code for code, _ in codes(store, fact(FactKind.CONDITION, "GT", row))][:1] == ["100101001"]


def test_a_printed_name_that_says_more_than_its_row_is_asked_first(store: Store) -> None:
    row = Concept("sign", "sign", "Sign", "")
    assert [code for code, _ in codes(store, fact(FactKind.CONDITION, "glimmer tumor", row))][:1] == [
        "100101001"
    ]
    assert codes(store, fact(FactKind.CONDITION, "large glimmer tumor", row)) == []


def test_a_code_of_ours_stays(store: Store) -> None:
    row = Concept(
        "glimmer", "disease", "Glimmer tumor", "", "", (Code("http://snomed.info/sct", "19943007"),)
    )
    assert codes(store, fact(FactKind.CONDITION, "glimmer tumor", row)) == [("19943007", "")]


def test_a_site_is_no_disorder(store: Store) -> None:
    one = fact(FactKind.FINDING, "mass", sites=(Site("glimmer tumor"),))
    made = coded(Facts(Document("a", "x", ""), Publication(), (one,)), store).items[0]
    assert made.sites[0].concept is None


def test_a_zip_is_read_as_its_files(tmp_path: Path, snomed: list[Path]) -> None:
    path = tmp_path / "SnomedCT_InternationalRF2_PRODUCTION_20240701T120000Z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in snomed:
            archive.write(file, f"SnomedCT/Snapshot/Terminology/{file.name}")
        archive.writestr("SnomedCT/Readme.txt", "read me")
    (release,) = releases([path])
    assert (release.slug, release.version[-8:]) == ("snomed", "20240701")
    assert load(release, tmp_path / "cache").codes == 4


def test_a_national_edition_is_named_by_its_own_module(tmp_path: Path, snomed: list[Path]) -> None:
    text = CONCEPTS + "100106006\t20240901\t1\t731000124108\t900000000000074008\n"
    national = write(tmp_path, "sct2_Concept_Snapshot_US1000124_20240901.txt", text)
    (release,) = releases([national, snomed[1]])
    assert release.version == "http://snomed.info/sct/731000124108/version/20240901"


def test_a_given_version_overrules_the_files(tmp_path: Path) -> None:
    (release,) = releases([write(tmp_path, "hp.obo", HPO)], "mine")
    assert release.version == "mine"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.txt", "some words\n", "no file of terms"),
        ("Loinc.csv", '"LOINC_NUM","COMPONENT"\n', "Loinc.csv:1: no column LONG_COMMON_NAME"),
        ("Loinc.csv", LOINC + '"99004-1","cut sho\n', "Loinc.csv:5"),
        ("icd10cm-order-2025.txt", ICD + "words\n", "icd10cm-order-2025.txt:3"),
        ("sct2_Concept_Snapshot_INT_20240701.txt", CONCEPTS, "Description"),
        ("sct2_Concept_Full_INT_20240701.txt", CONCEPTS, "Snapshot"),
        ("hp.obo", "format-version: 1.2\ndata-version: x\n", "no term"),
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = write(tmp_path, name, text)
    with pytest.raises(ConverterError, match=told):
        [load(release, tmp_path / "cache") for release in releases([path])]
    assert not list(tmp_path.glob("cache/*"))
    assert not list(tmp_path.glob("cache/.*"))


@pytest.mark.parametrize(
    "name", ["Loinc.csv", "hp.obo", "icd10cm-order-2025.txt", "sct2_Concept_Snapshot_INT_20240701.txt"]
)
def test_bytes_that_are_no_text_are_refused_by_name(tmp_path: Path, name: str) -> None:
    whole = {"Loinc.csv": LOINC, "hp.obo": HPO, "icd10cm-order-2025.txt": ICD}.get(name, CONCEPTS)
    path = tmp_path / name
    path.write_bytes(whole.encode() * 50 + b"\xff\xfe\x00")
    others = (
        [write(tmp_path, "sct2_Description_Snapshot-en_INT_20240701.txt", DESCRIPTIONS)]
        if name.startswith("sct2")
        else []
    )
    with pytest.raises(ConverterError, match=name):
        [load(release, tmp_path / "cache") for release in releases([path, *others])]


def test_a_damaged_zip_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "hpo.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("hp.obo", HPO * 400)
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(bytes(data))
    with pytest.raises(ConverterError, match=r"hp\.obo"):
        [load(release, tmp_path / "cache") for release in releases([path])]
    assert not list(tmp_path.glob("cache/*"))


def test_a_load_that_fails_leaves_the_older_release(tmp_path: Path) -> None:
    def broken() -> object:
        yield Term("1", "One")
        raise KeyboardInterrupt

    cache = tmp_path / "cache"
    load(Release("hpo", "HPO", "urn:x", "1", "a", [Term("1", "One thing", ("One thing",))]), cache)
    with pytest.raises(KeyboardInterrupt):
        load(Release("hpo", "HPO", "urn:x", "2", "a", broken()), cache)  # type: ignore[arg-type]
    assert [one.version for one in loaded(cache)] == ["1"]
    assert [path.name for path in cache.iterdir()] == ["hpo.sqlite"]


def test_what_is_removed_is_gone(tmp_path: Path, store: Store) -> None:
    assert remove(tmp_path / "cache", "loinc").title == "LOINC"
    assert "loinc" not in {one.slug for one in loaded(tmp_path / "cache")}
    with pytest.raises(ConverterError, match="loinc"):
        remove(tmp_path / "cache", "loinc")


def test_a_foreign_file_in_the_cache_is_named(tmp_path: Path) -> None:
    write(tmp_path, "x.sqlite", "no data base")
    with pytest.raises(ConverterError, match=r"x\.sqlite"):
        loaded(tmp_path)


def test_an_empty_cache_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(ConverterError, match="terms load"):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Tumours of lungs", "tumor of lung"), ("Sjögren syndrome", "Sjogren syndrome"), ("뇌 경색", "뇌경색")],
)
def test_spellings_of_one_name_fold_together(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_bundle_says_the_system_version(tmp_path: Path, store: Store) -> None:
    report = b"CASE REPORT\nA 50-year-old man was admitted. He was diagnosed with glimmer tumor syndrome disease.\n"
    load(
        Release("snomed", "SNOMED CT", "http://snomed.info/sct", "v1", "a",
                [Term("100101001", "Glimmer tumor syndrome disease (disorder)", ("Glimmer tumor syndrome disease",), "disorder")]),
        tmp_path / "mine",
    )  # fmt: skip
    with_terms = convert_bytes(report, "r.txt", Options(terms=str(tmp_path / "mine")))
    without = convert_bytes(report, "r.txt")
    codings = [c for e in with_terms.bundle["entry"] for c in e["resource"].get("code", {}).get("coding", ())
               if e["resource"]["resourceType"] == "Condition"]  # fmt: skip
    assert codings == [
        {"system": "http://snomed.info/sct", "version": "v1", "code": "100101001",
         "display": "Glimmer tumor syndrome disease (disorder)"}
    ]  # fmt: skip
    assert '"version":"v1"' not in without.json()
    assert not [issue for issue in with_terms.issues if issue.severity.value == "error"]


@pytest.mark.parametrize(
    ("code", "display", "right"),
    [
        ("100101001", "Glimmer tumor", True),
        ("100101001", "Glimmer neoplasm", True),
        ("100101001", "Dusk sign", False),
        ("100103003", "Retired disease", False),
    ],
)
def test_a_code_of_a_row_is_verified_by_loaded_terms(
    store: Store, code: str, display: str, right: bool
) -> None:
    assert (sources((), store).wrong(Code("http://snomed.info/sct", code, display)) == "") is right

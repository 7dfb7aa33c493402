"""Catalogues: programmes that can be asked of a family, indicators that compute, duties with a department."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from doudi.law.catalogue import Duty, Word, called, departments, duties, one_word_a_day, read, words
from doudi.law.documents import quoted
from doudi.law.errors import BadDeclaration
from doudi.law.indicators import Indicator, indicators
from doudi.law.parameters import ymd
from doudi.law.predicate import Predicate, PredicateError
from doudi.law.programmes import Programme, groups, offered, programmes, questions, read_programme
from doudi.law.rulebook import Law
from doudi.law.spec import Form, Tier

LAW = Law.load()
ENTITY = {
    **{name: fact.entity for name, fact in LAW.facts.items()},
    **{rule.name: rule.entity for rule in LAW.rules},
    **{f"{scheme.key}_eligible": scheme.unit.value for scheme in LAW.schemes},
    **{name: question.entity for name, question in questions().items()},
}
PREDICATES = [
    *[pytest.param(p.unit, p.who, id=p.id) for p in programmes() if p.who],
    *[pytest.param(g.unit, g.who, id=g.name) for g in groups().values()],
]


def the(id_: str) -> Programme:
    return next(programme for programme in programmes() if programme.id == id_)


def bare(predicate: Predicate) -> Iterator[str]:
    """The names outside any_of and all_of, groups opened."""
    inside = {
        id(name)
        for call in ast.walk(predicate.tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("any_of", "all_of")
        for name in ast.walk(call)
    }
    called_ = {id(node.func) for node in ast.walk(predicate.tree) if isinstance(node, ast.Call)}
    for node in ast.walk(predicate.tree):
        if isinstance(node, ast.Name) and id(node) not in inside | called_:
            group = predicate.groups.get(node.id)
            yield from bare(group) if group else (node.id,)


def test_what_ends_only_by_our_choice_says_so() -> None:
    ends = {p.row.until_status for p in programmes() if p.row.region == "370784"}
    assert ends == {"default"}
    assert {p.row.until_status for p in programmes() if p.row.region == "36"} == {"statutory"}


def test_it_works() -> None:
    assert the("pz-premium").who is not None
    assert the("pz-premium").department == "MEDICAL_INSURANCE"


# --- programmes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "who"), PREDICATES)
def test_who_may_get_it_names_only_what_the_law_knows(unit: str, who: Predicate) -> None:
    assert who.names() - set(ENTITY) == set()
    if unit == "household":
        assert {name for name in bare(who) if ENTITY.get(name) == "person"} == set()


def test_every_question_and_group_is_asked_by_a_programme() -> None:
    asked = set().union(*(p.who.names() for p in programmes() if p.who))
    assert set(questions()) == set(questions()) & asked
    texts = " ".join(p.who.text for p in programmes() if p.who)
    assert [name for name in groups() if name not in texts] == []


def test_rows_are_unique_and_name_what_exists() -> None:
    for rows in (programmes(), indicators(), duties()):
        assert max(Counter(row.id for row in rows).values()) == 1
    for programme in programmes():
        assert not programme.amount or programme.amount in LAW.parameters, programme.id
        assert not programme.scheme or f"{programme.scheme}_eligible" in ENTITY, programme.id
        assert programme.row.trace, programme.id
    for question in questions().values():
        assert question.name not in LAW.facts, "a question that the law asks too is a fact"


@pytest.mark.parametrize(
    "office", [d.lead[0] for d in duties() if d.id.startswith("pz-") and d.id >= "pz-05"][:9]
)
def test_every_member_unit_of_panzhou_that_gives_something_has_a_programme(office: str) -> None:
    """盘州市方案附件: from 市医保局 to 市应急局 every unit's duty names what it gives."""
    code = next(code for code, department in departments().items() if office in department.names)
    assert [p for p in programmes() if p.row.region == "520281" and p.department == code], office


def test_all_four_tiers_and_all_three_forms_are_offered_in_panzhou() -> None:
    found = [p for p in programmes() if p.row.region == "520281"]
    assert {p.tier for p in found} == set(Tier)
    assert {form for p in found for form in p.forms} == set(Form)


def test_four_development_groups_in_jiangmen() -> None:
    """江府〔2018〕6号 二(一)2: 产业、就业、创业、金融."""
    found = {p.group for p in offered("440703", date(2018, 6, 1))}
    assert found - {""} == {"INDUSTRY", "EMPLOYMENT", "ENTREPRENEURSHIP", "FINANCE"}


def test_six_kinds_of_student_aid_in_jiangxi() -> None:
    """赣发〔2018〕7号 五(四): 奖、助、贷、勤、减、免."""
    assert sum(p.department == "EDUCATION" for p in offered("360102", date(2019, 9, 1))) == 6


@pytest.mark.parametrize(
    ("place", "on", "own"),
    [
        ("520281123", date(2025, 9, 11), False),
        ("520281123", date(2025, 9, 12), True),
        ("520281123", date(2026, 1, 1), False),
        ("360102", date(2018, 3, 5), None),
        ("360102", date(2020, 12, 31), True),
        ("110101", date(2024, 5, 1), False),
        ("110101", date(2023, 10, 18), None),
        # 一: 在保基乡、盘关镇试点运行; the city's other townships and the city itself use the nation's list.
        ("520281214", date(2025, 10, 15), True),
        ("520281123205", date(2025, 10, 15), True),
        ("520281124", date(2025, 10, 15), False),
        ("520281", date(2025, 10, 15), False),
        # An article about 2020 that names no last day: the nation's list ends it.
        ("370784", date(2020, 12, 7), True),
        ("370784", date(2023, 10, 18), True),
        ("370784", date(2023, 10, 19), False),
        ("370784", date(2026, 11, 23), False),
    ],
)
def test_a_region_s_programmes_hold_in_their_days_and_the_nation_s_elsewhere(
    place: str, on: date, own: bool | None
) -> None:
    found = offered(place, on)
    assert bool(found) is (own is not None)
    assert {bool(p.row.region) for p in found} == ({own} if own is not None else set())


KNOWN_NOT = dict.fromkeys(
    ("dibao_household", "edge_eligible", "rigid_eligible", "monitoring_object_eligible", "tekun_eligible",
     "dibao_single_eligible"), False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("id_", "facts", "answer"),
    [
        ("pz-grant", {**KNOWN_NOT, "edge_eligible": True, "student": True}, True),
        ("pz-grant", {**KNOWN_NOT, "edge_eligible": True, "student": False}, False),
        ("pz-grant", {**KNOWN_NOT, "student": True}, False),
        ("pz-grant", {**KNOWN_NOT, "edge_eligible": True}, None),
        ("pz-grant", {"edge_eligible": True, "student": True}, True),
        ("pz-student-loan", {**KNOWN_NOT, "dibao_household": True, "school_stage": "COLLEGE"}, True),
        ("pz-student-loan", {**KNOWN_NOT, "dibao_household": True, "school_stage": "VOCATIONAL"}, False),
        ("pz-disabled-living", {**KNOWN_NOT, "dibao_household": True, "disability_grade": 4}, True),
        ("pz-disabled-living", {**KNOWN_NOT, "dibao_household": True, "disability_grade": 0}, False),
        ("pz-disabled-living", {**KNOWN_NOT, "dibao_household": True}, None),
        ("jx-nursing", {"area_type": "URBAN", "tekun_eligible": True, "self_care": "SELF"}, False),
        ("jx-nursing", {"area_type": "URBAN", "tekun_eligible": True, "self_care": "PARTIAL"}, True),
        ("jx-nursing", {"area_type": "RURAL", "tekun_eligible": True}, False),
        ("aq-home-care", {"tekun_eligible": True, "support_mode": "CENTRALISED"}, False),
        ("aq-home-care", {"tekun_eligible": True, "support_mode": "SCATTERED"}, True),
        ("pz-disease-emergency", {"emergency_patient": True}, True),
    ],
)
def test_who_may_get_it_answers_yes_no_or_unknown(
    id_: str, facts: dict[str, int | bool | str | None], answer: bool | None
) -> None:
    who = the(id_).who
    assert who is not None
    assert who.holds(facts) is answer


@pytest.mark.parametrize(
    ("persons", "answer"),
    [
        ([{"tekun_eligible": True}, {"tekun_eligible": None}], True),
        ([{"tekun_eligible": False}, {"tekun_eligible": None}], None),
        ([{"tekun_eligible": False}], False),
        ([], False),
    ],
)
def test_a_family_qualifies_through_one_of_its_members(
    persons: list[dict[str, bool | None]], answer: bool | None
) -> None:
    who = the("pz-water").who
    assert who is not None
    household = {**KNOWN_NOT, "water_unsafe": True, "dibao_single_eligible": None}
    everyone = [{**person, "dibao_single_eligible": False} for person in persons]
    assert who.holds({k: v for k, v in household.items() if k != "tekun_eligible"}, everyone) is answer


@pytest.mark.parametrize(
    "text", ["dibao_eligible +", "__import__('os')", "a.b", "a if b else c", "1.5 < a", "a < b < c",
             "any_of(a, b)", "is_in(a)", "lambda: a", "-a", "f(a)", "a in b", "None"],
)  # fmt: skip
def test_an_expression_outside_the_vocabulary_is_refused(text: str) -> None:
    with pytest.raises(PredicateError):
        Predicate.parse(text)


def test_a_programme_row_that_nobody_could_answer_for_is_refused() -> None:
    row = the("pz-grant").row
    good = {"id": "x", "label": "x", "unit": "person", "who": "student", "department": "EDUCATION",
            "tier": "special", "form": ["cash"]}  # fmt: skip
    assert read_programme(row, good).who is not None
    for wrong, said in (
        ({**good, "department": "NOBODY"}, "NOBODY"),
        ({**good, "unit": "body"}, "body"),
        ({**good, "tier": "luxury"}, "luxury"),
        ({**good, "form": ["loan"]}, "loan"),
    ):
        with pytest.raises(ValueError, match=said):
            read_programme(row, wrong)


# --- duties and words -------------------------------------------------------------------------------


def test_every_printed_name_finds_its_department() -> None:
    names = Counter(name for department in departments().values() for name in department.names)
    assert max(names.values()) == 1
    printed = {name for duty in duties() for name in (*duty.lead, *duty.responsible, *duty.principal)}
    assert printed - set(names) == set()
    assert set(names) - printed == {"省国税局", "省地税局", "慈善总会"} - printed


def test_duty_tables_are_whole() -> None:
    count = Counter(duty.row.region for duty in duties())
    assert count == {"4407": 15, "36": 16, "520281": 17}
    assert {trace for duty in duties() for trace in duty.row.trace if duty.row.region == "520281"} == {
        f"R-{number}" for number in range(232, 249)
    }
    # 赣发〔2018〕7号: every clause of 五 and 六 ends 〔责任主体：各市、县（市、区）党委和政府〕
    assert all(
        duty.principal == ("各市、县（市、区）党委和政府",) for duty in duties() if duty.row.region == "36"
    )
    lead = {duty.row.cites.split(" ")[1]: duty.lead for duty in duties() if duty.row.region == "36"}
    assert lead["六(三)"] == ("省民政厅", "省教育厅", "省住建厅", "省总工会")


@pytest.mark.parametrize(
    ("place", "on", "label"),
    [
        ("440703", date(2017, 12, 31), "低收入人口"),
        ("440703", date(2018, 1, 1), "低收入人口"),
        ("440703", date(2019, 12, 31), "低收入人口"),
        ("440703", date(2020, 1, 1), "相对贫困人口"),
        ("440703", date(2021, 1, 1), "低收入人口"),
        ("360102", date(2019, 5, 1), "城镇贫困群众"),
        ("370784", date(2020, 12, 7), "困难群众"),
        ("520281123", date(2025, 10, 9), "低收入人口"),
    ],
)
def test_what_people_are_called(place: str, on: date, label: str) -> None:
    assert called("low_income_population", place, on) == label


def test_every_term_has_one_word_on_every_day_since_2014() -> None:
    for term in {word.term for word in words()}:
        spans = sorted((w.row.from_, w.row.until) for w in words() if w.term == term and w.row.region == "")
        assert spans[0][0] <= date(2014, 1, 1)
        assert spans[-1][1] is None
        assert all(left[1] == right[0] for left, right in pairwise(spans)), term


def test_the_pilot_s_word_is_quoted_in_the_pilot_only() -> None:
    def cited(place: str) -> set[str]:
        rows = [one.row for one in words() if one.term == "low_income_population"]
        return {
            row.cites.split("（")[0] for row in rows if row.holds(place, date(2025, 10, 9)) and row.region
        }

    assert cited("520281123") == {"盘州市两项政策衔接并轨试点工作方案"}
    assert cited("520281124") == set()


def test_two_words_for_the_same_days_are_refused() -> None:
    def word(from_: int, until: int | None, region: str) -> Word:
        row = replace(words()[0].row, region=region, from_=date(from_, 1, 1),
                      until=date(until, 1, 1) if until else None)  # fmt: skip
        return Word(row, "low_income_population", f"{from_}")

    assert (
        len(one_word_a_day([word(2018, 2020, "4407"), word(2020, 2021, "4407"), word(2019, None, "")])) == 3
    )
    for until in (2020, None):
        with pytest.raises(BadDeclaration, match="2019-01-01 重叠"):
            one_word_a_day([word(2019, 2021, "4407"), word(2018, until, "4407")])


# The article about 2020 itself tells what was collected and given since 2016.
SINCE_2016 = {"aq-charity-funds", "aq-charity-grants", "aq-charity-insurance", "aq-charity-barrier-free",
              "aq-charity-grant", "aq-commercial-insurance", "aq-barrier-free"}  # fmt: skip


@pytest.mark.parametrize(
    "rows", [programmes(), indicators(), duties(), words()], ids=["项目", "指标", "职责", "用语"]
)
def test_no_row_quotes_a_document_before_it_was_there(
    rows: Sequence[Programme | Indicator | Duty | Word],
) -> None:
    """Where no document of the day is quoted, the row says that it is our choice."""
    for one in rows:
        known = [document for document in quoted(one.row.cites, LAW.values.documents) if document]
        early = [document.name for document in known if document.from_ > ymd(one.row.from_)]
        assert not early or one.row.status == "default" or getattr(one, "id", "") in SINCE_2016, (one, early)


def test_what_is_due_by_2020_is_asked_for_in_2020() -> None:
    """赣发〔2018〕7号 三、五(一)2: 到2020年."""
    for id_ in ("jx-assurances", "jx-nursing-cover"):
        (one,) = [indicator for indicator in indicators() if indicator.id == id_]
        assert [one.row.counts_at("360102", date(year, 12, 31)) for year in (2018, 2019, 2020)] == [
            False, False, True,
        ]  # fmt: skip


def test_an_unknown_term_has_no_word() -> None:
    with pytest.raises(KeyError):
        called("nothing", "440703", date(2018, 1, 1))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('cites = "某文件 一"', "documents"),
        ('cites = "江府〔2018〕6号 一"\nuntil = 2018-01-01', "不晚于"),
        ('cites = "江府〔2018〕6号 一"\ncolour = "red"', "colour"),
        ('cites = "江府〔2018〕6号 一"\nplaces = ["520281123"]', "520281123"),
        ("", "cites"),
    ],
)
def test_a_row_that_does_not_say_where_it_comes_from_is_refused(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(
        f'[[word]]\nterm = "a"\nlabel = "甲"\nregion = "4407"\nfrom = 2018-01-01\n{line}\n', "utf-8"
    )
    with pytest.raises(BadDeclaration, match=said):
        list(read(file, "word", needs=("term", "label")))

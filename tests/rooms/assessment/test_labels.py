"""Every figure has a name an officer reads, and assumed law values are marked wherever they are shown."""

import re

import pytest

from doudi.law.labels import UNKNOWN, Labels
from doudi.law.rulebook import Law
from tests.rooms.assessment.households import PANGUAN, panzhou_law

LAW = Law.load()


def labels() -> Labels:
    return Labels(panzhou_law(), PANGUAN, "RURAL", 20251009)


def test_it_works() -> None:
    assert labels().name("per_capita_income") == "家庭人均月收入"
    assert labels().shown("per_capita_income", 57467) == "574.67 元/月"


@pytest.mark.parametrize("rule", LAW.rules, ids=lambda rule: rule.name)
def test_every_rule_says_its_chinese_name_and_how_it_comes_about(rule) -> None:
    name, colon, how = rule.doc.partition("：")
    assert colon, f"{rule.origin}: the docstring is `名称：怎样算出来的`"
    assert re.search("[一-鿿]", name)
    assert len(name) <= 24
    assert how
    assert rule.cites.strip()


def test_every_code_a_rule_can_give_has_a_chinese_name() -> None:
    codes = {rule.name for rule in LAW.rules if rule.unit == "code"}
    shown = labels()
    assert codes == set(shown.coded), "doudi/law/labels.toml names the codes of each rule with unit code"
    for name, table in shown.coded.items():
        assert table, name
        assert all(re.search("[一-鿿]", text) for text in table.values()), name


def test_every_distance_says_between_what() -> None:
    for scheme in LAW.schemes:
        for condition in scheme.conditions:
            if condition.distance:
                assert re.fullmatch("(.+)与(.+)之差(（.+）)?", labels().name(condition.distance)), (
                    condition.distance
                )


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("members", 5, "5 人"),
        ("income_12m", 3448000, "34,480.00 元"),
        ("rigid_share", 805, "80.5%"),
        ("edge_ratio", 1500, "1.5 倍"),
        ("self_care", "PARTIAL", "半自理"),
        ("dibao_property", "NEEDS_REVIEW", "待复核"),
        ("disability_type", "PHYSICAL", "肢体"),
        ("birth_date", 20150115, "2015-01-15"),
        ("student", False, "否"),
        ("wage_gross", 0, "0.00 元"),
        ("wage_gross", None, UNKNOWN),
        ("student", None, UNKNOWN),
        ("value:dibao_standard", 50000, "500.00 元/人月"),
    ],
)
def test_a_figure_is_shown_with_its_unit_and_the_unknown_never_as_zero(name, value, shown) -> None:
    assert labels().shown(name.removeprefix("value:"), value) == shown


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("dibao_standard", "测试值"),
        ("imputed_months", "默认（非法定）"),
        ("edge_ratio", ""),
        ("tekun_standard", ""),
    ],
)
def test_a_value_that_no_document_states_is_marked(name: str, mark: str) -> None:
    assert labels().mark(name) == mark
    if mark:
        assert f"〔{mark}〕" in labels().named(name, 1)


def test_a_value_of_another_place_says_where_and_when() -> None:
    said = labels().named("minimum_wage", 249000, place="330100", on=20251020)
    assert said == "最低工资标准（杭州市，2025-10-20） 2,490.00〔测试值〕"

"""A receipt comes out of its file as it went in, and whatever was changed in it is found."""

import copy
import json
from collections.abc import Callable
from datetime import date

import pytest

from doudi.assessment.evaluate import assess
from doudi.assessment.receipt import FORMAT, BadReceipt, Receipt, canonical, hashes, read, receipt, written
from doudi.assessment.recheck import recheck
from doudi.law.rulebook import Law
from tests.law.cases import load_cases
from tests.rooms.assessment.households import (
    ANQIU,
    DECEMBER_2020,
    anqiu,
    anqiu_couple,
    anqiu_law,
    assessed,
    cases_law,
    couple_with_unknown_wage,
    income,
    panzhou,
    panzhou_family,
    panzhou_law,
)


def fresh() -> Receipt:
    """The receipt of the couple, as read from a file."""
    return read(written(receipt(anqiu(anqiu_couple()))))


def figure(made: Receipt, name: str, member: int | None = None) -> dict:
    (found,) = [one for one in made["figures"] if (one["name"], one["member"]) == (name, member)]
    return found


def law_value(made: Receipt, name: str) -> dict:
    (found,) = [one for one in made["law"]["values"] if one["name"] == name]
    return found


def test_it_works() -> None:
    made = fresh()
    assert made["format"] == FORMAT
    assert made["on"] == "2020-12-07"
    assert made["region"] == {"code": ANQIU, "name": "安丘市", "area_type": "RURAL"}
    assert made["total"] == 2400
    assert recheck(made, anqiu_law()).differences == ()


def test_the_same_facts_and_law_give_the_same_bytes() -> None:
    assert canonical(receipt(anqiu(anqiu_couple()))) == canonical(fresh())


def test_every_figure_names_its_inputs_its_article_and_its_value_version() -> None:
    made = fresh()
    members = figure(made, "dibao_standard_12m")
    assert members["inputs"] == ["dibao_standard", "members"]
    assert "《社会救助暂行办法》（国务院令第649号） 第九条" in members["cites"]
    assert members["value"] == 1288800
    standard = law_value(made, "dibao_standard")
    assert (standard["value"], standard["status"], standard["mark"]) == (53700, "statutory", "")
    assert standard["region_name"] == "安丘市"
    cost = law_value(made, "employment_cost_fixed")
    assert (cost["status"], cost["mark"]) == ("test", "测试值")


def test_a_value_read_elsewhere_says_where_and_for_which_day() -> None:
    wage = law_value(receipt(panzhou(panzhou_family())), "minimum_wage")
    assert (wage["place"], wage["on"], wage["shown"]) == ("330100", 20251020, "2,490.00 元/月")


def test_income_that_does_not_count_is_named() -> None:
    (pension,) = receipt(panzhou(panzhou_family()))["uncounted"]
    assert (pension["member"], pension["label"], pension["shown"]) == (2, "基础养老金收入", "1,800.00 元")


def test_an_id_number_leaves_the_register_shortened() -> None:
    document = anqiu_couple()
    document["members"][0] |= {"id_no": "999999198001010011", "birth_date": None}
    made = receipt(anqiu(document))
    assert "999999198001010011" not in written(made)
    assert made["facts"]["members"][0]["id_no"] == "999999********0011"
    assert made["facts"]["members"][0]["birth_date"] == 19800101
    assert recheck(read(written(made)), anqiu_law()).identical


def test_what_is_unclear_is_asked_once_with_all_that_waits_for_it() -> None:
    made = receipt(anqiu(couple_with_unknown_wage()))
    asked = {one["name"]: one for one in made["unclear"]}
    # The county has not entered the month's price index either: that is asked of it, not of the family.
    assert set(asked) == {"wage_gross", "value:cpi_rise", "value:food_cpi_rise"}
    wage = asked["wage_gross"]
    assert (wage["name"], wage["member"]) == ("wage_gross", 0)
    assert wage["ask"] == "请在“收入”表补填；确实没有的填 0"
    assert "最低生活保障" in wage["schemes"]
    assert "低保边缘家庭" in wage["schemes"]


def test_an_incomplete_declaration_is_asked_for_as_one() -> None:
    document = anqiu_couple()
    document["household"]["income_complete"] = None
    asked = {(one["name"], one["member"]) for one in receipt(anqiu(document))["unclear"]}
    of_the_family = {(name, member) for name, member in asked if not name.startswith("value:")}
    assert of_the_family == {("income_complete", 0), ("income_complete", 1)}


def test_a_gap_in_the_law_quotes_what_the_county_should_fill_in() -> None:
    made = receipt(assess(panzhou_family(), on=date(2025, 10, 9), law=Law.load()))
    asks = {one["name"]: one["ask"] for one in made["unclear"]}
    assert asks["value:dibao_standard"] == "请填写盘州市现行低保标准（元/人月）"


def test_a_gap_at_the_work_place_names_the_place() -> None:
    document = panzhou_family()
    document["members"][0]["work_place"] = "650100"
    asks = {one["name"]: one["ask"] for one in receipt(panzhou(document))["unclear"]}
    hole = "乌鲁木齐市（650100）：请填写务工地的最低工资标准（元/月，按核查日）"
    assert asks["value:minimum_wage"] == hole


def test_a_loss_asks_the_county_in_the_words_of_the_hole() -> None:
    document = panzhou_family()
    document["members"][1]["incomes"] = [income("CROP", 202505, -3000)]
    (ask,) = (one for one in receipt(panzhou(document))["unclear"] if one["name"].startswith("value:b"))
    assert ask["name"] == "value:business_loss_rule"
    assert ask["ask"].startswith("文件没有写经营亏损怎样计入家庭收入，请填写：冲抵其他收入（SET_OFF）")
    assert "没有这项数值" not in ask["ask"]


@pytest.mark.parametrize("case", load_cases()[::10], ids=lambda case: case.id)
def test_the_receipt_of_every_kind_of_case_is_recomputed_bit_for_bit(case) -> None:
    made = read(written(receipt(assessed(case))))
    assert recheck(made, cases_law()).differences == ()


# --- tampering -------------------------------------------------------------------------------------


def _fact(made: Receipt) -> None:
    made["facts"]["members"][0]["incomes"][0]["amount"] = 1


def _person(made: Receipt) -> None:
    made["facts"]["members"].pop()


def _day(made: Receipt) -> None:
    made["on"] = "2020-12-08"


def _place(made: Receipt) -> None:
    made["region"]["name"] = "青州市"


def _amount(made: Receipt) -> None:
    next(one for one in made["results"] if one["scheme"] == "dibao")["amount"] = 240000


def _verdict(made: Receipt) -> None:
    next(one for one in made["results"] if one["scheme"] == "dibao")["verdict"] = "NO"


def _basis(made: Receipt) -> None:
    made["results"][0]["basis"] = "民发〔1999〕1号"


def _total(made: Receipt) -> None:
    made["total"] = 0


def _figure(made: Receipt) -> None:
    figure(made, "per_capita_income").update(value=100, shown="1.00 元/月")


def _article(made: Receipt) -> None:
    figure(made, "per_capita_income")["cites"] = "第一条"


def _figure_removed(made: Receipt) -> None:
    made["figures"].pop(3)


def _law_value(made: Receipt) -> None:
    law_value(made, "dibao_standard").update(value=100000, shown="1,000.00 元/人月")


def _citation(made: Receipt) -> None:
    law_value(made, "dibao_standard")["cites"] = "潍民发〔1999〕1号"


def _status(made: Receipt) -> None:
    law_value(made, "employment_cost_fixed").update(status="statutory", mark="")


def _uncounted(made: Receipt) -> None:
    made["uncounted"] = [{"name": "x", "member": 0, "label": "x", "shown": "x"}]


def _unclear(made: Receipt) -> None:
    made["unclear"] = [{"name": "wage_gross", "member": 0, "label": "x", "ask": "x", "schemes": []}]


TAMPERINGS = [
    _fact, _person, _day, _place, _amount, _verdict, _basis, _total, _figure, _article, _figure_removed,
    _law_value, _citation, _status, _uncounted, _unclear,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda one: one.__name__)
def test_an_edit_is_found_by_its_hash(tamper: Callable[[Receipt], None]) -> None:
    made = fresh()
    tamper(made)
    assert any("被改动过" in line for line in recheck(made, anqiu_law()).differences)


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda one: one.__name__)
def test_an_edit_with_new_hashes_is_found_by_computing_again(tamper: Callable[[Receipt], None]) -> None:
    made = fresh()
    tamper(made)
    made["hashes"] = hashes(made)
    found = recheck(made, anqiu_law())
    assert not found.identical
    assert not any("被改动过" in line for line in found.differences)


def test_a_changed_figure_is_named_with_both_amounts() -> None:
    made = fresh()
    _figure(made)
    made["hashes"] = hashes(made)
    (line,) = recheck(made, anqiu_law()).differences
    assert line == (
        "按凭据自带的数值重算，家庭人均月收入（per_capita_income）：凭据为 1.00 元/月，重算为 525.00 元/月。"
    )


def test_a_law_that_changed_since_names_the_value_and_what_follows_from_it() -> None:
    later = Law.load().with_values({"employment_cost_fixed": "100.00"}, region=ANQIU)
    found = recheck(fresh(), later)
    assert found.notes[0] == "凭据没有被改动：按它自带的数值逐项重算，结果完全相同。"
    assert (
        "政策数值已变：就业成本每月定额，凭据为 150.00 元/人月〔测试值〕，现行为 100.00 元/人月〔测试值〕。"
        in (found.differences)
    )
    assert "按现行数值重算，最低生活保障（结论）：由 符合，24.00 元 变为 不符合。" in found.differences


def test_a_law_that_changed_elsewhere_changes_nothing_here() -> None:
    given = {"employment_cost_fixed": "150.00", "dibao_standard@440781": "999.00"}
    elsewhere = Law.load().with_values(given, region=ANQIU)
    found = recheck(fresh(), elsewhere)
    assert found.identical
    assert any("不是同一版本" in note for note in found.notes)


def test_a_gap_since_filled_is_a_change() -> None:
    empty = assess(anqiu_couple(), on=DECEMBER_2020, law=Law.load())
    found = recheck(read(written(receipt(empty))), anqiu_law())
    assert any("现行为 150.00 元/人月" in line for line in found.differences)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "不是有效的"),
        ("[1]", "不是兜底的测算依据"),
        ('{"format": "doudi-receipt/2"}', "不是兜底的测算依据"),
        (f'{{"format": "{FORMAT}"}}', "不完整"),
        (f'{{"format": "{FORMAT}", "total": 1.5}}', "含有小数 1.5"),
        (f'{{"format": "{FORMAT}", "total": NaN}}', "含有小数 NaN"),
        (f'{{"format": "{FORMAT}", "total": 1, "total": 2}}', "两个同名的项"),
        ("[" * 100_000, "不是有效的"),
    ],
)
def test_what_is_no_receipt_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(BadReceipt, match=says):
        read(text)


def test_a_receipt_with_a_part_that_cannot_be_read_is_refused() -> None:
    made = fresh()
    made["law"]["values"][0] = "nothing"
    with pytest.raises(BadReceipt, match="内容无法读取"):
        recheck(made, anqiu_law())


def test_a_float_is_never_written() -> None:
    made = copy.deepcopy(fresh())
    made["total"] = 24.0
    with pytest.raises(BadReceipt, match="小数"):
        written(made)


def test_the_file_is_plain_json() -> None:
    assert json.loads(written(receipt(panzhou(panzhou_family()))))["total"] == 50000
    assert recheck(read(written(receipt(panzhou(panzhou_family())))), panzhou_law()).identical

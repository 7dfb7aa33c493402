"""Rows that meet: every fault named with its place, the family left out, every other family kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doudi.intake.findings import said
from doudi.intake.reading import Reading, read
from doudi.intake.sheets import sheets
from doudi.law.rulebook import Law
from tests.rooms.intake.files import LI, ON, ZHANG, codes, excel, good, id_no, read_rows, tables


def test_it_works(tmp_path: Path, law: Law) -> None:
    reading = read_rows(tmp_path, good(), law)
    assert codes(reading) == []
    first, second = reading.good
    assert first.document() == {
        "household": {
            "household_id": "1", "region_code": "370784", "area_type": "RURAL", "income_complete": True,
            "on": 20201207,
        },
        "members": [
            {
                "household_id": "1", "name": "张三", "relation": "HEAD", "id_no": ZHANG,
                "birth_date": 19700506, "sex": "MALE", "disability_grade": 0,
                "incomes": [{"item": "SALARY", "month": 202010, "amount": 123450, "deduction": 15000}],
            },
            {
                "household_id": "1", "name": "李四", "relation": "SPOUSE", "id_no": LI,
                "birth_date": 19720506, "sex": "FEMALE",
                "incomes": [{"item": "CROP", "month": 202009, "amount": 480000, "deduction": 0}],
            },
        ],
        "expenditures": [{"item": "MEDICAL", "month": 202008, "amount": 30000}],
        "assets": [
            {"item": "DEPOSIT", "value": 500000, "exempt": False},
            {"item": "VEHICLE", "count": 1, "exempt": True},
        ],
    }  # fmt: skip
    assert "income_complete" not in second.document()["household"], "a blank is unknown"


def spoil(title: str, row: int, column: int, value: Any) -> Any:
    """A change of one cell of `good()`."""

    def change(rows: dict[str, list[list[Any]]]) -> None:
        rows[title][row][column] = value

    return change


def add(title: str, *row: Any) -> Any:
    """One more row."""
    return lambda rows: rows[title].append(list(row))


WRONG = ZHANG[:17] + ("0" if ZHANG[17] != "0" else "1")
FAULTS = [
    (spoil("家庭", 0, 1, "990109"), "REGION_UNKNOWN", "家庭", 2, "地区代码"),
    (spoil("家庭", 0, 1, None), "REQUIRED", "家庭", 2, "地区代码"),
    (spoil("家庭", 0, 2, "郊区"), "CODE_UNKNOWN", "家庭", 2, "城乡类型"),
    (spoil("家庭", 0, 3, "大概"), "NOT_YES_NO", "家庭", 2, "收入申报完整"),
    (add("家庭", "1", "370784", "农村", None), "HOUSEHOLD_TWICE", "家庭", 4, "户编号"),
    (spoil("成员", 0, 1, None), "REQUIRED", "成员", 2, "姓名"),
    (spoil("成员", 0, 2, "其他亲属"), "NO_HEAD", "家庭", 2, "户编号"),
    (spoil("成员", 1, 2, "户主"), "TWO_HEADS", "成员", 3, "与户主关系"),
    (spoil("成员", 0, 3, WRONG), "ID_CHECK_DIGIT", "成员", 2, "身份证号"),
    (spoil("成员", 0, 3, float(ZHANG[:15] + "000")), "ID_STORED_AS_NUMBER", "成员", 2, "身份证号"),
    (spoil("成员", 0, 3, "9.99999E+17"), "ID_SCIENTIFIC", "成员", 2, "身份证号"),
    (spoil("成员", 0, 3, "999999199002300012"), "ID_BIRTH_DATE", "成员", 2, "身份证号"),
    (spoil("成员", 0, 3, LI), "ID_TWICE", "成员", 3, "身份证号"),
    (spoil("成员", 0, 4, "1971-05-06"), "BIRTH_CONFLICT", "成员", 2, "出生日期"),
    (spoil("成员", 0, 5, "女"), "SEX_CONFLICT", "成员", 2, "性别"),
    (spoil("成员", 0, 3, id_no(2021, 1)), "NOT_YET_BORN", "成员", 2, "出生日期"),
    (spoil("成员", 0, 6, 5), "OUT_OF_RANGE", "成员", 2, "残疾等级"),
    (spoil("收入", 0, 1, "王五"), "NOT_A_MEMBER", "收入", 2, "姓名"),
    (spoil("收入", 0, 1, None), "WHOSE_INCOME", "收入", 2, "姓名"),
    (spoil("收入", 1, 1, "张三"), "NAME_CONFLICT", "收入", 3, "姓名"),
    (spoil("收入", 0, 3, "彩票"), "CODE_UNKNOWN", "收入", 2, "收入项目"),
    (spoil("收入", 0, 4, None), "REQUIRED", "收入", 2, "月份"),
    (spoil("收入", 0, 4, "2020-13"), "BAD_MONTH", "收入", 2, "月份"),
    (spoil("收入", 0, 5, -0.01), "NEGATIVE", "收入", 2, "金额"),
    (spoil("收入", 0, 5, "约三千"), "BAD_AMOUNT", "收入", 2, "金额"),
    (spoil("收入", 0, 5, "1234.567"), "BAD_AMOUNT", "收入", 2, "金额"),
    (spoil("收入", 0, 6, -1), "NEGATIVE", "收入", 2, "扣除"),
    (spoil("收入", 0, 6, 1_000_000), "DEDUCTION_ABOVE", "收入", 2, "扣除"),
    (spoil("支出", 0, 3, "三百"), "BAD_AMOUNT", "支出", 2, "金额"),
    (spoil("财产", 1, 2, "一辆"), "NOT_A_COUNT", "财产", 3, "数量"),
    (lambda rows: rows["成员"].__setitem__(slice(0, 2), []), "NO_MEMBERS", "家庭", 2, "户编号"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "sheet", "row", "column"), FAULTS)
def test_a_fault_is_named_where_it_stands_and_costs_only_its_family(
    change: Any, code: str, sheet: str, row: int, column: str, tmp_path: Path, law: Law
) -> None:
    rows = good()
    change(rows)
    reading = read_rows(tmp_path, rows, law)
    places = [(one.code, one.sheet, one.row, one.column) for one in reading.faults]
    assert (code, sheet, row, column) in places
    assert [family.key for family in reading.good] == ["2"]
    assert all(finding.what and finding.todo and finding.file == "表.xlsx" for finding in reading.faults)


@pytest.mark.parametrize(
    ("change", "code", "sheet", "row"),
    [
        (add("成员", "9", "赵六", "户主", None, None, None, None), "NO_HOUSEHOLD", "成员", 5),
        (add("收入", "9", "赵六", None, "奖金", "2020-10", 5, None), "NO_HOUSEHOLD", "收入", 4),
        (add("成员", None, "赵六", "户主", None, None, None, None), "REQUIRED", "成员", 5),
    ],
)
def test_a_stray_row_is_named_and_costs_nobody(
    change: Any, code: str, sheet: str, row: int, tmp_path: Path, law: Law
) -> None:
    rows = good()
    change(rows)
    reading = read_rows(tmp_path, rows, law)
    assert [(one.code, one.sheet, one.row) for one in reading.faults] == [(code, sheet, row)]
    assert [family.key for family in reading.good] == ["1", "2"]


def test_a_loss_is_a_negative_amount_of_a_business_and_of_nothing_else(tmp_path: Path, law: Law) -> None:
    """盘州 二(一)六②: business income less its costs; a wage or a pension is never below nothing."""
    rows = good()
    rows["收入"][0][3], rows["收入"][0][5] = "种植", -3000
    family = read_rows(tmp_path, rows, law).good[0]
    assert family.document()["members"][0]["incomes"][0]["amount"] == -300000
    rows["收入"][0][3] = "房产出租"
    reading = read_rows(tmp_path, rows, law)
    assert ("NEGATIVE", "收入", 2, "金额") in {(f.code, f.sheet, f.row, f.column) for f in reading.faults}


@pytest.mark.parametrize(
    ("item", "deduction", "places"),
    [
        ("种植", 5000, []),
        ("房产出租", 1000, []),
        ("房产出租", "1000.01", [("DEDUCTION_ABOVE", "收入", 2, "扣除")]),
        ("赡养抚养扶养费", 5000, [("DEDUCTION_ABOVE", "收入", 2, "扣除")]),
    ],
)
def test_a_deduction_above_the_amount_is_a_loss_too(
    item: str, deduction: Any, places: list[Any], tmp_path: Path, law: Law
) -> None:
    rows = good()
    rows["收入"][0][3], rows["收入"][0][5], rows["收入"][0][6] = item, 1000, deduction
    reading = read_rows(tmp_path, rows, law)
    assert [(one.code, one.sheet, one.row, one.column) for one in reading.faults] == places
    assert all("扣除最多等于金额" in one.todo for one in reading.faults)


def test_one_person_in_two_families_is_named_in_both(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["成员"][2][3] = ZHANG
    reading = read_rows(tmp_path, rows, law)
    assert [(one.code, one.row, one.household) for one in reading.faults] == [
        ("ID_TWICE", 2, "1"),
        ("ID_TWICE", 4, "2"),
    ]
    assert reading.good == []


def test_two_of_one_name_need_the_id_number(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["成员"][1][1] = "张三"
    reading = read_rows(tmp_path, rows, law)
    assert codes(reading) == ["NAME_TWICE"]
    rows["收入"][0][2] = ZHANG
    assert codes(read_rows(tmp_path, rows, law)) == []


def test_a_month_outside_the_window_is_noted_and_not_counted(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["收入"][0][4] = "2020-12"  # the month of assessment itself is not before it
    rows["支出"][0][2] = "2019-11"
    reading = read_rows(tmp_path, rows, law)
    assert codes(reading) == []
    assert codes(reading, notes=True) == ["OUTSIDE_WINDOW", "OUTSIDE_WINDOW"]
    assert "2019-12 至 2020-11" in reading.findings[0].what
    assert [family.key for family in reading.good] == ["1", "2"]


def test_an_application_after_the_day_of_assessment_is_refused(tmp_path: Path, law: Law) -> None:
    # A wrong year moves the window off every month declared: the family would come out with no income at all.
    sheets = tables(good())
    sheets["家庭"] = [[*row, day] for row, day in zip(
        sheets["家庭"], ["申请日期", "2020-12-08", "2020-12-07"], strict=True
    )]  # fmt: skip
    reading = read(excel(tmp_path / "表.xlsx", sheets), law=law, on=ON)
    places = [(one.code, one.sheet, one.row, one.column) for one in reading.faults]
    assert places == [("APPLIED_LATER", "家庭", 2, "申请日期")]
    assert [family.key for family in reading.good] == ["2"]


def test_an_old_number_of_15_digits_is_converted_and_said(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["成员"][2][3] = "999999500506003"
    reading = read_rows(tmp_path, rows, law)
    assert codes(reading, notes=True) == ["ID_CONVERTED"]
    assert reading.good[1].members[0].values["birth_date"] == 19500506


def test_a_region_given_fills_blank_codes(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["家庭"][0][1] = None
    reading = read_rows(tmp_path, rows, law, region="370784")
    assert codes(reading) == []
    assert reading.good[0].document()["household"]["region_code"] == "370784"
    assert reading.good[1].document()["household"]["region_code"] == "370784101"


def test_headers_may_stand_anywhere_in_any_order_with_columns_of_the_office(tmp_path: Path, law: Law) -> None:
    sheets = tables(good())
    for title, rows in sheets.items():
        turned = [[*row[::-1], "本单位备注"] for row in rows]
        sheets[title] = [["某镇低收入家庭登记表"], [], *turned]
    sheets["家庭"][2] = ["收入申报完整", "城乡类型 *", "区划代码（必填）", "户号", "备注"]
    reading = reading_of(tmp_path, sheets, law)
    assert codes(reading) == []
    assert [family.key for family in reading.good] == ["1", "2"]
    assert set(codes(reading, notes=True)) == {"COLUMN_IGNORED"}
    assert "备注" in reading.findings[0].what


def reading_of(tmp_path: Path, sheets: dict[str, list[list[Any]]], law: Law) -> Reading:
    return read(excel(tmp_path / "表.xlsx", sheets), law=law, on=ON)


def test_the_hours_a_person_is_owed_can_be_entered(law: Law) -> None:
    """安丘 做法2：不能自理每月32小时 = 1,920 minutes, and more may be given than is owed."""
    minutes = sheets(law)["成员"].spellings["当月已提供照料的分钟数"]
    assert minutes.highest is not None
    assert minutes.highest >= 31 * 24 * 60


def test_a_sentence_has_one_stop_and_a_far_date_is_told_of_its_year() -> None:
    assert said("NEGATIVE", {"raw": "-1.00", "note": ""})[1] == "这里不能填负数"
    assert said("NEGATIVE", {"raw": "-1.00", "note": "空白为没有"})[1] == "这里不能填负数。空白为没有"
    assert "年份在1880至2200之间" in said("BAD_DATE", {"raw": "2975-01-10"})[1]

"""A clerk with a file of families: the template filled by hand, assessed by one command, handed back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from doudi.cli import Exit
from doudi.cli.main import main
from doudi.kernel.resident_id import ResidentId

VALUES = """
[defaults]
region = "520281"
cites = "演示数值（虚构）"
status = "test"
reviewed = 2026-11-22
[documents."演示数值（虚构）"]
title = "演示数值"
issued = 2025-01-01
from = 2025-01-01
source = "seen"
[[dibao_standard]]
from = 2025-01-01
value = "500.00"
[[monitoring_line]]
from = 2025-01-01
value = "8000.00"
"""


@pytest.fixture
def values(tmp_path: Path) -> Path:
    path = tmp_path / "values.toml"
    path.write_text(VALUES, encoding="utf-8")
    return path


def number(year: int, serial: int) -> str:
    """A valid ID number of nobody, born on 6 May."""
    return ResidentId.make("999999", date(year, 5, 6), serial).number


def fill(book: Workbook, sheet: str, **cells: Any) -> None:
    """Types one row into the template, finding the columns by their headers as a person would."""
    page = book[sheet]
    headers = {cell.value: cell.column for cell in page[1]}
    row = next(n for n in range(2, 200) if all(page.cell(n, at).value is None for at in headers.values()))
    for header, value in cells.items():
        page.cell(row, headers[header], value)


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """A workbook to type into; saved at the end."""
    book = load_workbook(path)
    yield book
    book.save(path)


def family_of_five(book: Workbook) -> None:
    """Panzhou: a father who works in Hangzhou and gives no data, a disabled son, a grandmother's pension.

    Nobody in it is real.
    """
    told = (
        "收入申报完整",
        "支出申报完整",
        "财产申报完整",
        "全部成员已授权核对",
        "户籍在申请地",
    )
    fill(
        book, "家庭", 户编号="1", 地区代码="520281123", 城乡类型="农村", 申请日期="2025-10-09",
        财产核对结论="符合", 脱贫户="否", 主要致困原因="因残",
        支出型纳入低保已审批="否", 存在返贫致贫风险="是", **dict.fromkeys(told, "是"),
    )  # fmt: skip
    well = {
        "患重病": "否",
        "长期慢性病": "否",
        "残疾类别": "无",
        "残疾等级": 0,
        "法定义务人情况": "有履行义务能力",
    }
    child = well | {"劳动能力": "无劳动力", "全日制在校": "是"}
    works = well | {"劳动能力": "普通劳动力", "就业": "是"}
    away = {"外出务工": "是", "配合收入调查": "否", "按务工地最低工资核定": "是", "务工地代码": "330100"}
    people: list[dict[str, Any]] = [
        {
            "姓名": "父",
            "与户主关系": "户主",
            "身份证号": number(1985, 1),
            **works,
            **away,
            "核查日期": "2025-10-20",
        },
        {"姓名": "母", "与户主关系": "配偶", "身份证号": number(1986, 2), **works},
        {"姓名": "祖母", "与户主关系": "父母", "身份证号": number(1958, 4), **well, "劳动能力": "无劳动力"},
        {"姓名": "女儿", "与户主关系": "女", "身份证号": number(2016, 6), **child},
        {
            "姓名": "儿子",
            "与户主关系": "子",
            "身份证号": number(2015, 3),
            **child,
            "残疾类别": "肢体",
            "残疾等级": 1,
        },
    ]
    for person in people:
        fill(book, "成员", 户编号="1", **person)
    fill(book, "收入", 户编号="1", 姓名="母", 收入项目="种植", 月份="2025-09", 金额=6000)
    fill(book, "收入", 户编号="1", 姓名="母", 收入项目="转租承包地", 月份="2025-01", 金额="600.00")
    fill(book, "收入", 户编号="1", 姓名="母", 收入项目="社会保障支出", 月份="2025-02", 金额=2000)
    pension = "中央确定的城乡居民基础养老金"
    fill(book, "收入", 户编号="1", 姓名="祖母", 收入项目=pension, 月份="2025-06", 金额=1800)


def row_of(path: Path, sheet: str, **where: str) -> dict[str, Any]:
    """The row of a result sheet in which these columns have these values, by header."""
    page = load_workbook(path)[sheet]
    headers = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2, values_only=True):
        found = dict(zip(headers, row, strict=True))
        if all(found[header] == value for header, value in where.items()):
            return found
    raise AssertionError(f"no row {where}")


def test_a_new_user_fills_the_template_and_reads_the_answer(
    tmp_path: Path, values: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "填报.xlsx", tmp_path / "结果.xlsx"
    assert main(["template", str(path)]) == Exit.OK
    assert main(["template", str(path)]) == Exit.USAGE, "a filled template must not be written over"
    with opened(path) as book:
        family_of_five(book)
    capsys.readouterr()
    code = main(["assess", str(path), "--on", "2025-10-20", "--values", str(values), "--out", str(out)])
    said = capsys.readouterr().out
    assert code in (Exit.OK, Exit.LAW_VALUE_MISSING)
    assert "1 户 5 人" in said
    household = row_of(out, "结果", 户编号="1")
    assert household["户主"] == "父"
    assert household["低保"] == "不符合"
    assert "达到或超过低保标准" in household["低保：理由"]
    assert household["低保边缘"] == "符合"
    assert household["监测对象"] == "符合"
    son = row_of(out, "成员结果", 姓名="儿子")
    assert (son["单人保"], son["单人保月金额"]) == ("符合", 500)
    assert row_of(out, "成员结果", 姓名="女儿")["单人保"] == "不符合"
    assert load_workbook(out).sheetnames[:8] == [
        "说明",
        "家庭",
        "成员",
        "收入",
        "支出",
        "财产",
        "示例",
        "选项",
    ]
    assert not out.with_name("结果-问题.xlsx").exists()


def test_an_unknown_wage_is_unclear_and_never_a_refusal_or_a_grant(
    tmp_path: Path, values: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "填报.xlsx", tmp_path / "结果.xlsx"
    main(["template", str(path)])
    with opened(path) as book:
        family_of_five(book)
        headers = {cell.value: cell.column for cell in book["成员"][1]}
        for header in ("按务工地最低工资核定", "务工地代码", "核查日期"):
            book["成员"].cell(2, headers[header]).value = None
        fill(book, "收入", 户编号="1", 姓名="父", 收入项目="工资薪金", 月份="2025-09", 金额="不详")
    main(["assess", str(path), "--on", "2025-10-20", "--values", str(values), "--out", str(out)])
    household = row_of(out, "结果", 户编号="1")
    assert (household["低保"], household["低保月金额"], household["低保：理由"]) == ("待核实", None, None)
    assert "父的工资性收入" in household["低保：待核实"]
    assert row_of(out, "成员结果", 姓名="儿子")["单人保"] == "待核实"
    assert "工资性收入" in capsys.readouterr().out


def test_a_fault_comes_back_red_in_the_users_own_workbook(
    tmp_path: Path, values: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "填报.xlsx", tmp_path / "结果.xlsx"
    main(["template", str(path)])
    with opened(path) as book:
        family_of_five(book)
        fill(book, "家庭", 户编号="2", 地区代码="520281123", 城乡类型="农村")
        fill(book, "成员", 户编号="2", 姓名="张三", 与户主关系="户主", 身份证号=999999197005060015)
    options = ["--on", "2025-10-20", "--values", str(values), "--out", str(out)]
    assert main(["assess", str(path), *options]) in (Exit.SOME_ROWS_REFUSED, Exit.LAW_VALUE_MISSING)
    said = capsys.readouterr().out
    assert "1 处，1 户没有测算" in said
    assert row_of(out, "结果", 户编号="1")["低保边缘"] == "符合", "the good family is assessed all the same"
    problems = load_workbook(out.with_name("结果-问题.xlsx"))
    cell = next(cell for cell in problems["成员"][7] if cell.comment)
    assert cell.fill.fgColor.rgb.endswith("FDECEA")
    assert "文本" in cell.comment.text
    assert problems["家庭"].data_validations.dataValidation, "the drop-downs are still there"


# --- the sample county, in every kind of file -------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    assert main(["sample", str(folder), "--households", "60", "--seed", "7"]) == Exit.OK
    return folder


def assessed(sample: Path, path: Path, *options: str) -> int:
    return main(
        ["assess", str(path), "--on", "2025-10-15", "--values", str(sample / "values.toml"), *options]
    )


def totals(text: str) -> list[str]:
    """The lines of the table, and what follows up to the blank line."""
    return text.partition("\n\n")[0].splitlines()


def test_workbook_folder_json_and_parquet_say_the_same(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = load_workbook(sample / "county.xlsx", read_only=True)
    sheets = {page.title: list(page.iter_rows(values_only=True)) for page in book}
    folder = tmp_path / "csv"
    folder.mkdir()
    for title, rows in sheets.items():
        lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
        (folder / f"{title}.csv").write_text("\n".join(lines), encoding="gb18030")
    document = tmp_path / "户.json"
    document.write_text(json.dumps(as_json(sheets), ensure_ascii=False), encoding="utf-8")
    said = []
    for path in (sample / "county.xlsx", folder, document, sample / "county"):
        capsys.readouterr()
        assert assessed(sample, path) == Exit.OK
        said.append(totals(capsys.readouterr().out))
    assert said[0] == said[1] == said[2] == said[3]
    assert "60 户" in said[0][0]


def as_json(sheets: dict[str, list[tuple[Any, ...]]]) -> list[dict[str, Any]]:
    rows = {
        title: [dict(zip(found[0], row, strict=True)) for row in found[1:]] for title, found in sheets.items()
    }
    families = []
    for household in rows["家庭"]:
        mine = {
            title: [r for r in found if r.get("户编号") == household["户编号"]]
            for title, found in rows.items()
        }
        for title in ("支出", "财产", "成员", "收入"):
            for row in mine[title]:
                row.pop("户编号")
        for member in mine["成员"]:
            member["incomes"] = [
                {k: v for k, v in row.items() if k not in ("姓名", "身份证号")}
                for row in mine["收入"]
                if row["身份证号"] == member["身份证号"]
            ]
        families.append(
            {
                "household": household,
                "members": mine["成员"],
                "expenditures": mine["支出"],
                "assets": mine["财产"],
            }
        )
    return families


def test_a_region_leaves_out_the_others(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assessed(sample, sample / "county.xlsx", "--region", "990101001")
    town = capsys.readouterr().out
    assessed(sample, sample / "county", "--region", "990101001")
    assert totals(town) == totals(capsys.readouterr().out)
    assert "60 户" not in town


def test_results_as_folder_and_as_json(sample: Path, tmp_path: Path) -> None:
    assert assessed(sample, sample / "county.xlsx", "--out", str(tmp_path / "果")) == Exit.OK
    assert sorted(path.name for path in (tmp_path / "果").iterdir()) == ["成员结果.csv", "结果.csv"]
    assert assessed(sample, sample / "county.xlsx", "--out", str(tmp_path / "果.json")) == Exit.OK
    content = json.loads((tmp_path / "果.json").read_text(encoding="utf-8"))
    assert len(content["results"]) == 60
    assert {"YES", "NO"} <= {row["dibao_verdict"] for row in content["results"]}
    assert content["labels"]["results"]["dibao_verdict"] == "低保"
    assert assessed(sample, sample / "county", "--out", str(tmp_path / "表")) == Exit.OK
    assert {path.name.split("-")[0] for path in (tmp_path / "表").iterdir()} == {"households", "persons"}


def test_in_json_the_score_says_too_that_its_plan_is_a_default(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "果.json"
    assert assessed(sample, sample / "county.xlsx", "--out", str(out), "--trace") == Exit.OK
    content = json.loads(out.read_text(encoding="utf-8"))
    told = content["labels"]["figures"]
    assert told.keys() == content["figures"][0].keys()
    for name in ("hardship_score", "hardship_band", "score_notice", "i01_score"):
        assert "默认方案，非法定" in told[name]


def test_a_trace_adds_every_figure(sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "果.xlsx"
    assert assessed(sample, sample / "county.xlsx", "--out", str(out), "--trace") == Exit.OK
    book = load_workbook(out, read_only=True)
    assert book.sheetnames[-2:] == ["测算过程", "成员测算过程"]
    headers = [cell.value for cell in next(book["测算过程"].iter_rows())]
    assert "家庭人均月收入" in headers
    assert book["测算过程"].max_row == 61


def test_a_dirty_county_loses_no_good_family(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["sample", str(tmp_path), "--households", "80", "--seed", "3", "--dirty"])
    capsys.readouterr()
    out = tmp_path / "果.xlsx"
    assert assessed(tmp_path, tmp_path / "county.xlsx", "--out", str(out)) == Exit.SOME_ROWS_REFUSED
    said = capsys.readouterr().out
    problems = load_workbook(out.with_name("果-问题.xlsx"))["问题"]
    rows = list(problems.iter_rows(min_row=2, values_only=True))
    bad = {row[5] for row in rows if row[0] == "未通过"}
    good = {row[0] for row in load_workbook(out)["结果"].iter_rows(min_row=2, values_only=True)}
    assert len(good) + len(bad - {"H没有"}) == 80
    assert good.isdisjoint(bad)
    assert f"{len(good)} 户" in said
    faults = {row[9] for row in rows}
    assert {
        "ID_STORED_AS_NUMBER", "ID_CHECK_DIGIT", "ID_SCIENTIFIC", "ID_BIRTH_DATE", "ID_TWICE", "TWO_HEADS",
        "NO_HEAD", "NO_MEMBERS", "NO_HOUSEHOLD", "HOUSEHOLD_TWICE", "REGION_UNKNOWN", "REQUIRED", "NEGATIVE",
        "BAD_AMOUNT", "BAD_MONTH", "CODE_UNKNOWN", "NAME_CONFLICT", "BIRTH_CONFLICT", "OUTSIDE_WINDOW",
    } <= faults  # fmt: skip

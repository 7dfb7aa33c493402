"""`doudi explain` and `doudi recheck` as a shell sees them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doudi.cli import Exit
from doudi.cli.main import main

COUPLE: dict[str, Any] = {
    "household": {
        "household_id": "AQ-1", "region_code": "370784", "area_type": "农村", "hukou_local": True,
        "authorised_all": True, "income_complete": True, "expenditure_complete": True,
        "property_complete": True, "property_conclusion": "符合", "expenditure_route_approved": False,
    },
    "members": [
        {
            "name": "王建国", "relation": "户主", "id_no": "999999198001010011", "student": False,
            "disability_type": "无", "disability_grade": 0, "serious_illness": False,
            "chronic_illness": False, "obligor_state": "CAPABLE",
            "incomes": [
                {"item": "工资薪金", "month": "2020-06", "amount": "9600"},
                {"item": "种植", "month": "2020-09", "amount": "4800"},
            ],
        },
        {
            "name": "刘桂兰", "relation": "配偶", "birth_date": "1982-03-01", "student": False,
            "disability_type": "无", "disability_grade": 0, "serious_illness": False,
            "chronic_illness": False, "obligor_state": "CAPABLE",
        },
    ],
}  # fmt: skip
VALUES = """
[[employment_cost_fixed]]
region = "370784"
from = 2020-01-01
value = "150.00"
cites = "测试用数值"
status = "test"
reviewed = 2026-11-22
"""
ON = ("--on", "2020-12-07")
Shell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def doudi(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs a command in a folder with the couple's file and the county's values."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("couple.json").write_text(json.dumps(COUPLE, ensure_ascii=False), "utf-8")
    Path("county.toml").write_text(VALUES, "utf-8")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        said = capsys.readouterr()
        return int(code), said.out, said.err

    return run


def test_it_works(doudi: Shell) -> None:
    code, out, err = doudi("explain", "couple.json", *ON, "--values", "county.toml")
    assert (code, err) == (0, "")
    assert "这户符合最低生活保障条件，每月 24.00 元。" in out
    assert "户编号 AQ-1" in out
    assert "999999198001010011" not in out


def test_a_receipt_is_written_read_printed_and_rechecked(doudi: Shell) -> None:
    assert doudi("explain", "couple.json", *ON, "--values", "county.toml", "--out", "r.json")[0] == 0
    code, out, _ = doudi("recheck", "r.json", "--values", "county.toml")
    assert code == 0
    assert "一致：" in out
    assert "每月 24.00 元" in doudi("explain", "r.json")[1]
    assert doudi("explain", "r.json", "--out", "r.html")[0] == 0
    assert "每月 24.00 元" in Path("r.html").read_text("utf-8")
    assert doudi("explain", "r.json", "--format", "json")[1] == Path("r.json").read_text("utf-8")


def test_recheck_says_what_differs_and_exits_with_six(doudi: Shell) -> None:
    doudi("explain", "couple.json", *ON, "--values", "county.toml", "--out", "r.json")
    made = json.loads(Path("r.json").read_text("utf-8"))
    made["facts"]["members"][0]["incomes"][0]["amount"] += 100
    Path("r.json").write_text(json.dumps(made), "utf-8")
    code, out, _ = doudi("recheck", "r.json", "--values", "county.toml")
    assert code == 6
    assert "“家庭情况”与它的校验值不符" in out
    assert "王建国的工资性收入（扣除前）（wage_gross）：凭据为 9,600.00 元，重算为 9,601.00 元" in out
    code, out, _ = doudi("recheck", "r.json")
    assert code == 6
    assert "请用 --values 一并带上再核" in out


def test_the_text_can_be_kept_in_a_file_without_colours(doudi: Shell) -> None:
    code, out, _ = doudi("explain", "couple.json", *ON, "--values", "county.toml", "--out", "r.txt")
    assert code == 0
    assert "含个人信息" in out
    text = Path("r.txt").read_text("utf-8")
    assert "\x1b" not in text
    assert "每月 24.00 元" in text


def test_one_of_many_must_be_named(doudi: Shell) -> None:
    other = {**COUPLE, "household": {**COUPLE["household"], "household_id": "AQ-2"}}
    other["members"] = [{**one, "id_no": None, "birth_date": "1980-01-01"} for one in COUPLE["members"]]
    Path("couple.json").write_text(json.dumps([COUPLE, other], ensure_ascii=False), "utf-8")
    code, _, err = doudi("explain", "couple.json", *ON)
    assert code == 2
    assert "文件里有 2 户，请用 --household 写明户编号，例如：AQ-1、AQ-2" in err
    code, _, err = doudi("explain", "couple.json", *ON, "--household", "AQ-9")
    assert code == 2
    assert "没有户编号为“AQ-9”的家庭" in err
    code, out, _ = doudi("explain", "couple.json", *ON, "--household", "AQ-2")
    assert code == 0
    assert "户编号 AQ-2" in out


def test_a_household_with_faults_is_not_explained_but_its_faults_are(doudi: Shell) -> None:
    bad = json.loads(json.dumps(COUPLE))
    bad["members"][0]["incomes"][0]["amount"] = "很多"
    Path("couple.json").write_text(json.dumps(bad, ensure_ascii=False), "utf-8")
    code, out, err = doudi("explain", "couple.json", *ON)
    assert (code, out) == (4, "")
    assert "户 AQ-1 没有通过检查" in err
    assert "很多" in err


def test_the_day_is_needed_for_a_household_file(doudi: Shell) -> None:
    code, _, err = doudi("explain", "couple.json")
    assert code == 2
    assert "--on" in err


def test_the_input_is_not_overwritten(doudi: Shell) -> None:
    before = Path("couple.json").read_text("utf-8")
    code, _, err = doudi("explain", "couple.json", *ON, "--out", "couple.json")
    assert code == 2
    assert "不能覆盖输入文件" in err
    assert Path("couple.json").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("command", "content", "says"),
    [
        ("recheck", '{"household": {}}', "不是兜底的测算依据"),
        ("recheck", "", "不是有效的测算依据"),
        ("explain", '{"format": "doudi-receipt/1"}', "不完整"),
        ("explain", '{"format": "doudi-receipt/1", "total": 0.5}', "含有小数"),
    ],
)
def test_what_is_no_receipt_is_refused(doudi: Shell, command: str, content: str, says: str) -> None:
    Path("x.json").write_text(content, "utf-8")
    code, _, err = doudi(command, "x.json")
    assert code == 4
    assert says in err


def test_a_file_that_is_not_there_is_named(doudi: Shell) -> None:
    assert doudi("recheck", "none.json")[0] == 4
    code, _, err = doudi("explain", "none.json", *ON)
    assert code == 4
    assert "none.json" in err


def test_a_day_before_the_oldest_rule_is_refused_in_one_sentence(doudi: Shell) -> None:
    code, _, err = doudi("explain", "couple.json", "--on", "1999-01-01")
    assert code == Exit.LAW_VALUE_MISSING
    assert "系统收录的规定自 2012-12-12 起" in err
    assert doudi("assess", "couple.json", "--on", "2012-12-11")[0] == Exit.LAW_VALUE_MISSING
    assert "没有可以依据的规定" not in doudi("assess", "couple.json", "--on", "2012-12-12")[2]

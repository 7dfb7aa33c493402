"""`doudi deadline`: every date of a case on paper and as JSON, and its refusals."""

import json

import pytest

from doudi.cli import Exit
from doudi.cli.main import main


def test_command_prints_every_date_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["deadline", "unified_recognition", "--region", "520281123", "--accept", "2025-10-09",
         "--event", "confirmed=2025-10-30", "--json"]
    )  # fmt: skip
    told = json.loads(capsys.readouterr().out)
    assert code == Exit.OK
    assert told["total"]["due"] == "2025-11-05"
    assert told["extended"]["due"] == "2025-11-19"
    due = {row["event"]: row["due"] for row in told["steps"]}
    assert due["start_investigation"] == "2025-10-13"


def test_command_prints_a_table_with_rule_and_article(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "220")
    code = main(
        ["deadline", "低收入人口统一认定", "--region", "440703", "--area", "城镇", "--accept", "2018-06-11"]
    )
    told = capsys.readouterr().out
    assert code == Exit.OK
    for words in ("2018-07-27", "民发〔2012〕220号", "文件没有规定总时限", "2018-08", "系统默认"):
        assert words in told


def test_command_takes_chinese_step_names(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(
        ["deadline", "unified_recognition", "--region", "370784", "--accept", "2020-12-07",
         "--event", "已确认=2020-12-29", "--json"]
    )  # fmt: skip
    assert code == Exit.OK
    assert '"done": "2020-12-29"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nothing"], Exit.USAGE, "没有“nothing”这个程序"),
        (["unified_recognition"], Exit.USAGE, "--region"),
        (["unified_recognition", "--region", "440703", "--accept", "11.6.2018"], Exit.USAGE, "读不出来"),
        (
            ["unified_recognition", "--region", "44x", "--accept", "2018-06-11"],
            Exit.INPUT_REFUSED,
            "行政区划代码",
        ),
        (
            ["unified_recognition", "--region", "440703", "--accept", "2010-12-20"],
            Exit.LAW_VALUE_MISSING,
            "系统收录的规定自 2012-12-12 起",
        ),
        # as `doudi assess` refuses a family there: a case belongs to a county that exists
        (
            ["unified_recognition", "--region", "440700", "--accept", "2018-06-11"],
            Exit.INPUT_REFUSED,
            "没有到县级",
        ),
        (
            ["unified_recognition", "--region", "36", "--accept", "2018-06-11"],
            Exit.INPUT_REFUSED,
            "没有到县级",
        ),
        (
            ["unified_recognition", "--region", "999999", "--accept", "2018-06-11"],
            Exit.INPUT_REFUSED,
            "没有地区代码“999999”",
        ),
        (
            ["exit_with_grace", "--region", "370784", "--accept", "2020-06-01"],
            Exit.LAW_VALUE_MISSING,
            "暂停低保退出",
        ),
        (
            ["periodic_review", "--region", "440703", "--accept", "2018-06-11", "--when", "x"],
            Exit.USAGE,
            "class_unstable",
        ),
    ],
)
def test_command_refuses_in_chinese(
    arguments: list[str], code: Exit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deadline", *arguments]) == code
    assert said in capsys.readouterr().err


def test_command_without_a_procedure_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline"]) == Exit.OK
    assert "emergency_aid" in capsys.readouterr().out

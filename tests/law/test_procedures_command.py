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


def test_command_tells_a_notice_cut_short_and_carries_it_in_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """民发〔2021〕57号 第十九条: 公示期为7天."""
    monkeypatch.setenv("COLUMNS", "220")
    case = ["deadline", "unified_recognition", "--region", "520281123", "--accept", "2025-10-09",
            "--event", "post_notice=2025-10-20", "--event", "notice_over=2025-10-25"]  # fmt: skip
    assert main(case) == Exit.OK
    assert "公示不满 7 日" in capsys.readouterr().out.replace("\n", "")
    main([*case, "--json"])
    rows = {row["event"]: row for row in json.loads(capsys.readouterr().out)["steps"]}
    assert rows["notice_over"]["remarks"] == ["公示不满 7 日：2025-10-20 起公示，2025-10-27 才满"]
    assert rows["notice_over"]["earliest"] == rows["confirm_civil"]["earliest"] == "2025-10-27"
    assert rows["give_opinion"]["passed"] is True


@pytest.mark.parametrize(
    ("procedure", "region", "step"),
    [
        ("unified_recognition", "520281123", "重新调查或者民主评议"),  # 第十九条 has no days
        ("expenditure_aid", "370784", "重新调查，重新提出审核意见"),
        ("list_upkeep", "370784", "对差异和疑点入户核实"),
    ],
)
def test_a_limit_of_ours_is_marked_in_the_table(
    procedure: str,
    region: str,
    step: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    given = ["--event", "compare=2025-11-03"] if procedure == "list_upkeep" else []
    assert main(["deadline", procedure, "--region", region, "--accept", "2025-10-09", *given]) == Exit.OK
    row = next(line for line in capsys.readouterr().out.splitlines() if step in line)
    assert "5 个工作日内" in row
    assert "（系统默认）" in row


def test_a_step_no_document_dates_shows_no_day(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """民发〔2021〕43号 第二十五条 writes 及时; the case began on 2021-07-05."""
    monkeypatch.setenv("COLUMNS", "400")
    main(["deadline", "tekun_termination", "--region", "370784", "--accept", "2021-07-05"])
    row = next(line for line in capsys.readouterr().out.splitlines() if "调查核实，报县级核准" in line)
    assert "文件没有规定期限" in row
    assert "没有规定 " in row
    assert "2021-07-05" not in row
    assert "系统默认" not in row


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
            ["exit_with_grace", "--region", "370784", "--accept=2020-06-01", "--event", "queued=2020-06-02"],
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


def test_command_prints_the_dates_it_knows_and_names_the_value_it_lacks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """安丘 做法1: “延期保障6个月” stands in the document, when exits were suspended does not."""
    monkeypatch.setenv("COLUMNS", "220")
    case = ["deadline", "exit_with_grace", "--region", "370784", "--accept", "2020-11-30"]
    assert main(case) == Exit.LAW_VALUE_MISSING
    told = capsys.readouterr().out.replace("\n", "")
    for words in ("2020-12 至 2021-05", "2021-05-31", "缺少政策数值：暂停低保退出", "填写后请重算"):
        assert words in told
    assert main([*case, "--json"]) == Exit.LAW_VALUE_MISSING
    content = json.loads(capsys.readouterr().out)
    assert {row["event"]: row["due"] for row in content["steps"]}["redetermine"] == "2021-05-31"
    (missing,) = content["missing"]
    assert "疫情期间暂停低保退出，文件没有写起止日期" in missing


def test_command_without_a_procedure_lists_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline"]) == Exit.OK
    assert "emergency_aid" in capsys.readouterr().out


def test_papers_asked_for_before_acceptance_are_dated_without_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """民发〔2021〕57号 第十条: told on 09-03, thirty days (ours) end in 国庆 and move to 10-09."""
    monkeypatch.setenv("COLUMNS", "220")
    asked = [
        "deadline",
        "unified_recognition",
        "--region",
        "520281101",
        "--event",
        "return_materials=2025-09-03",
    ]
    assert main(asked) == Exit.OK
    told = capsys.readouterr().out
    assert "2025-10-09" in told
    assert "补齐材料的期限自告知之日起算" in told
    assert "文件没有规定总时限" not in told
    assert main([*asked, "--json"]) == Exit.OK
    data = json.loads(capsys.readouterr().out)
    assert (data["begun"], data["from"], data["total"]) == (False, "2025-09-03", None)
    assert main([*asked, "--event", "supplement=2025-09-20T10:00", "--json"]) == Exit.OK, "a moment is a day"
    capsys.readouterr()
    assert main(asked[:4]) == Exit.USAGE
    assert main([*asked[:4], "--event", "confirm=2025-09-03"]) != Exit.OK
    assert "（accept=日期）" in capsys.readouterr().err

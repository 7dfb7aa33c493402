"""`doudi law`, as a clerk at a terminal and as a script in the night job meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from doudi.cli import Exit
from doudi.cli.main import main
from tests.law.own_values import DEFAULTS

ANQIU = ("--region", "370784", "--on", "2020-12-07")


def test_it_answers_what_the_rural_standard_was_and_by_which_document(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["law", "show", "dibao_standard", *ANQIU, "--area", "RURAL"]) == Exit.OK
    printed = capsys.readouterr().out
    for part in (
        "安丘市农村",
        "537.00 元/人月",
        "安丘市） 做法1",
        "文件规定",
        "2020-01-01",
        "regions/370784",
    ):
        assert part in printed
    assert "719.00" not in printed


def test_a_parameter_is_found_by_its_chinese_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show", "最低生活保障标准", *ANQIU, "--json"]) == Exit.OK
    urban, rural = json.loads(capsys.readouterr().out)
    assert (urban["value"], rural["value"], rural["status"]) == (71900, 53700, "statutory")
    assert [row["from"] for row in rural["history"]] == [20120101, 20200101, 20210101]


def test_a_parameter_is_found_by_the_short_word_everybody_uses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show", "低保标准", *ANQIU, "--area", "RURAL"]) == Exit.OK
    assert "537.00 元/人月" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "day", "shown"),
    [
        ("tekun_physical_grade", "2021-07-01", "二级"),
        ("tekun_mental_grade", "2021-07-01", "三级"),
        ("tekun_visual_grade", "2021-07-01", "一级"),
        ("tekun_visual_grade", "2018-06-11", "未列入"),
    ],
)
def test_a_grade_is_said_as_a_grade(
    name: str, day: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["law", "show", name, "--region", "440703", "--on", day]) == Exit.OK
    assert f"：{shown}\n" in capsys.readouterr().out


def test_it_says_who_reads_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show", "list_adjustment_months", "--region", "440703", "--on", "2018-06-11"]) == 0
    assert "谁用它：程序“低收入人口名单管理”" in capsys.readouterr().out
    main(["law", "show", "list_adjustment_months", "--region", "440703", "--on", "2018-06-11", "--json"])
    assert json.loads(capsys.readouterr().out)[0]["read_by"] == ["程序“低收入人口名单管理”"]


def test_it_says_between_what_a_county_may_choose(capsys: pytest.CaptureFixture[str]) -> None:
    """赣发〔2018〕7号 五(一)1: 1至2年."""
    place = ("--region", "360102", "--area", "URBAN", "--on", "2018-06-11")
    assert main(["law", "show", "grace_months", *place]) == Exit.OK
    assert "可选：12 个月 至 24 个月" in capsys.readouterr().out


def test_a_county_s_file_with_a_value_we_no_longer_have_is_answered_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(DEFAULTS + '[[support_share]]\nfrom = 2021-01-01\nvalue = "30%"\n', "utf-8")
    assert main(["law", "check", "--values", str(own)]) == Exit.INPUT_REFUSED
    assert "[support_share]：没有声明过这个参数" in capsys.readouterr().err


def test_a_missing_value_has_its_own_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["law", "show", "dibao_standard", "--region", "520281123", "--on", "2025-10-09"]
    assert main(asked) == Exit.LAW_VALUE_MISSING
    assert "请填写盘州市现行低保标准" in capsys.readouterr().out


def test_a_misspelt_parameter_gets_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show", "dibao_standart"]) == Exit.USAGE
    assert "dibao_standard" in capsys.readouterr().err


def test_show_asks_for_a_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "show"]) == Exit.USAGE
    assert "show 后面要写参数名" in capsys.readouterr().err


@pytest.mark.parametrize("region", ["123", "889900", "安丘"])
def test_an_unknown_region_is_refused(capsys: pytest.CaptureFixture[str], region: str) -> None:
    assert main(["law", "list", "--region", region]) == Exit.USAGE
    assert region in capsys.readouterr().err


def test_a_list_keeps_to_its_topic_and_counts_what_is_lacking(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "list", *ANQIU, "--topic", "标准", "--json"]) == Exit.OK
    rows = json.loads(capsys.readouterr().out)
    names = {row["parameter"] for row in rows}
    assert {"dibao_standard", "edge_ratio"} <= names
    assert "notice_days" not in names
    assert main(["law", "list", *ANQIU, "--topic", "标准", "--holes", "--json"]) == Exit.OK
    lacking = json.loads(capsys.readouterr().out)
    assert lacking == [row for row in rows if row["value"] is None]
    assert main(["law", "list", *ANQIU, "--topic", "标准"]) == Exit.OK
    assert f"共 {len(rows)} 条，其中待填写 {len(lacking)} 条" in capsys.readouterr().out


def test_an_unknown_topic_is_refused_with_the_topics(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "list", "--topic", "天气"]) == Exit.USAGE
    assert "程序与时限" in capsys.readouterr().err


def test_the_shipped_law_passes_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "check"]) == Exit.OK
    printed = capsys.readouterr().out
    assert "错误 0" in printed
    assert "请填写盘州市现行低保标准" in printed
    assert "可能误印或含照料护理费" in printed


def test_a_standard_below_the_demand_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "nanchang.toml"
    entry = '[[tekun_standard]]\nregion = "3601"\nfrom = 2018-01-01\nvalue = { URBAN = "750.00" }\n'
    own.write_text(DEFAULTS + entry, encoding="utf-8")
    assert main(["law", "check", "--values", str(own)]) == Exit.INPUT_REFUSED
    assert "至少应为 754.00 元" in capsys.readouterr().out
    assert main(["law", "check", "--values", str(own), "--json"]) == Exit.INPUT_REFUSED
    findings = json.loads(capsys.readouterr().out)
    assert findings["error"] == 1
    assert [row["region"] for row in findings["findings"] if row["kind"] == "error"] == ["3601"]


def test_a_file_that_cannot_be_used_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        DEFAULTS + '[[notice_days]]\nregion = "36"\nfrom = 2030-01-01\nvalue = 7.0\n', encoding="utf-8"
    )
    assert main(["law", "list", "--values", str(own)]) == Exit.INPUT_REFUSED
    refused = capsys.readouterr().err
    assert "own.toml [notice_days] 第1条" in refused
    assert "浮点数" in refused


def test_a_users_value_is_shown_with_what_it_replaces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    entry = '[[dibao_standard]]\nregion = "370784"\nfrom = 2020-01-01\nvalue = { RURAL = "600.00" }\n'
    own.write_text(DEFAULTS + entry, encoding="utf-8")
    asked = ["law", "show", "dibao_standard", *ANQIU, "--area", "RURAL", "--values", str(own)]
    assert main(asked) == Exit.OK
    printed = capsys.readouterr().out
    assert "600.00 元/人月" in printed
    assert "替代了：537.00 元/人月" in printed
    assert "测试数值" in printed
    assert main(["law", "check", "--values", str(own)]) == Exit.OK
    assert "已替代：最低生活保障标准（370784" in capsys.readouterr().out


def test_a_hole_that_was_filled_in_is_told_with_the_document_of_its_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    entry = '[[dibao_standard]]\nregion = "520281"\nfrom = 2025-01-01\nvalue = { RURAL = "500.00" }\n'
    own.write_text(DEFAULTS + entry + 'cites = "虚构的通知"\n', encoding="utf-8")
    assert main(["law", "check", "--values", str(own)]) == Exit.OK
    assert "已填写：最低生活保障标准（520281，虚构的通知）" in capsys.readouterr().out.replace("\n", "")


def test_a_county_is_told_what_it_still_has_to_fill_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "check", "--region", "520281123", "--on", "2025-10-09"]) == Exit.OK
    printed = capsys.readouterr().out
    assert "请填写人均金融资产上限" in printed
    assert "江西省" not in printed


PRICES = """
[[cpi_rise]]
region = "370784"
from = 2020-01-01
until = {first_until}
value = "3.5%"
[[cpi_rise]]
region = "370784"
from = 2020-03-01
value = "3.6%"
"""


def errors(own: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str, int, int]]:
    code = main(["law", "check", "--values", str(own), "--json"])
    wrong = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["kind"] == "error"]
    assert code == (Exit.INPUT_REFUSED if wrong else Exit.OK)
    return [tuple(one[key] for key in ("parameter", "region", "area", "from", "until")) for one in wrong]


# For an index the nation's hole answers: somebody has to fill it in. For a bound of growth nobody.
@pytest.mark.parametrize("name", ["dibao_growth_low", "cpi_rise"])
def test_a_month_forgotten_between_two_entries_is_listed_and_filling_it_mends_it(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    gap = PRICES.replace("cpi_rise", name)
    own.write_text(DEFAULTS + gap.format(first_until="2020-02-01"), encoding="utf-8")
    assert errors(own, capsys) == [(name, "370784", "", 20200201, 20200301)]
    own.write_text(DEFAULTS + gap.format(first_until="2020-03-01"), encoding="utf-8")
    assert errors(own, capsys) == []


STANDARDS = """
[[dibao_standard]]
region = "{region}"
from = {first}
until = {until}
value = {{ RURAL = "{one}" }}
[[dibao_standard]]
region = "{region}"
from = {second}
value = {{ RURAL = "{two}" }}
"""


def test_a_gap_is_none_on_days_for_which_a_document_has_a_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anqiu's 537 yuan stand for 2020; from 2021 the county is asked."""
    own = tmp_path / "own.toml"
    panzhou = STANDARDS.format(
        region="520281",
        first="2025-01-01",
        until="2025-03-01",
        second="2025-06-01",
        one="500.00",
        two="510.00",
    )
    own.write_text(DEFAULTS + panzhou, encoding="utf-8")
    assert errors(own, capsys) == [("dibao_standard", "520281", "RURAL", 20250301, 20250601)]
    anqiu = STANDARDS.format(
        region="370784",
        first="2020-02-01",
        until="2020-03-01",
        second="2021-02-01",
        one="540.00",
        two="550.00",
    )
    own.write_text(DEFAULTS + anqiu, encoding="utf-8")
    assert errors(own, capsys) == [("dibao_standard", "370784", "RURAL", 20210101, 20210201)]


def test_two_values_for_one_month_are_refused_with_both_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(DEFAULTS + PRICES.format(first_until="2020-03-02"), encoding="utf-8")
    assert main(["law", "check", "--values", str(own)]) == Exit.INPUT_REFUSED
    printed = capsys.readouterr().err
    for part in ("重叠", "[cpi_rise] 第2条", "第1条（20200101 起）", "until"):
        assert part in printed

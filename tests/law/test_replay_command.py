"""`doudi law replay`: before a value changes, exactly who would be answered otherwise, and what did it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doudi.cli import Exit
from doudi.cli.main import main

ENTRY = """
[[{name}]]
region = "370784"
from = 2020-01-01
value = {value}
cites = "安丘市虚构的调整通知"
status = "test"
reviewed = 2026-11-22
"""
FAMILY: dict[str, Any] = {
    "hukou_local": True, "income_complete": True, "expenditure_complete": True, "property_complete": True,
    "authorised_all": True, "property_conclusion": "PASS", "area_type": "RURAL",
}  # fmt: skip
FARMER: dict[str, Any] = {
    "relation": "HEAD", "birth_date": "1980-01-01", "counted": True, "student": False,
    "serious_illness": False, "chronic_illness": False, "disability_type": "NO", "disability_grade": 0,
    "wage_imputed": False,
}  # fmt: skip


def changed(folder: Path, *entries: str) -> str:
    path = folder / "changed.toml"
    path.write_text("".join(entries), encoding="utf-8")
    return str(path)


def families(folder: Path, place: str = "370784", **farm_yuan: str) -> str:
    """One farmer each, of rural Anqiu unless said, with so much farm income in the year to November 2020."""
    rows: list[dict[str, Any]] = [
        {
            "household": {**FAMILY, "region_code": place, "household_id": key},
            "members": [
                {
                    **FARMER,
                    "name": "王某",
                    "incomes": [{"item": "种植", "month": "2020-06", "amount": yuan}],
                }
            ],
        }
        for key, yuan in farm_yuan.items()
    ]
    path = folder / "families.json"
    path.write_text(json.dumps({"households": rows}, ensure_ascii=False), encoding="utf-8")
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main(["law", "replay", *args, "--json"]) == Exit.OK
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_over_all_cases_a_value_names_exactly_those_whom_it_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """980 becomes 1000 for Anqiu's key distressed children, whoever else there is."""
    path = changed(tmp_path, ENTRY.format(name="key_child_standard", value='"1000.00"'))
    answer = said(capsys, "--values", path)
    assert {(row["household"], row["scheme"]) for row in answer["differences"]} == {
        (f"key-child-{one}", "key_child")
        for one in ("01", "02", "age-01", "orphan-03", "date-02", "date-03", "dibao-01")
    }
    assert (answer["changed"], answer["counts"]["金额变化"]) == (7, 7)
    for row in answer["differences"]:
        (because,) = row["because"]
        assert row["after"]["amounts"] == [100000]
        if row["household"] == "key-child-date-03":  # 2021, for which the shipped law has a hole
            assert (row["before"]["amounts"], because["before"]["value"]) == ([None], None)
            continue
        assert row["before"]["amounts"] == [98000]
        assert because["shown"] == "重点困境儿童基本生活费：980.00 元/人月→1,000.00 元/人月"
        assert "安丘市" in because["before"]["cites"]
        assert because["after"]["where"] == f"{path} 第1条"


def test_of_an_amount_in_parts_the_known_one_is_told_beside_the_open_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Anqiu's living allowance of a tekun person changes; the nursing money waits for the county."""
    path = changed(tmp_path, ENTRY.format(name="tekun_standard", value='{ RURAL = "900.00" }'))
    answer = said(capsys, "--values", path)
    (row,) = (one for one in answer["differences"] if one["household"] == "tekun-anqiu-01")
    assert row["before"]["shown"] == "符合 其中 960.00 元，其余待核实"
    assert row["after"]["shown"] == "符合 其中 900.00 元，其余待核实"


def test_of_a_file_who_enters_who_gets_more_and_who_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """560 x 12 = 6,720: who has 6,000 gets 23 more, 6,500 enters with 18.33, 6,720 is at the line."""
    own = changed(tmp_path, ENTRY.format(name="dibao_standard", value='{ RURAL = "560.00" }'))
    listed = families(tmp_path, poor="6000", between="6500", line="6720")
    answer = said(capsys, "--values", own, "--file", listed, "--on", "2020-12-07")
    rows = {row["household"]: row for row in answer["differences"] if row["scheme"] == "dibao"}
    assert (set(rows), answer["asked"]) == ({"poor", "between"}, 3)
    assert (rows["poor"]["before"]["amounts"], rows["poor"]["after"]["amounts"]) == ([3700, 0], [6000, 0])
    assert (rows["between"]["kind"], rows["between"]["after"]["amounts"]) == ("新符合", [1833, 0])
    assert rows["between"]["before"]["shown"] == "不符合（收入达到或超过标准）"


def test_two_changes_and_only_the_one_that_did_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = changed(
        tmp_path,
        ENTRY.format(name="dibao_standard", value='{ RURAL = "560.00" }'),
        ENTRY.format(name="rounding", value='"YUAN_UP"'),
    )
    listed = families(tmp_path, whole="6000", between="6500")
    answer = said(capsys, "--values", own, "--file", listed, "--on", "2020-12-07")
    because = {
        row["household"]: [one["parameter"] for one in row["because"]]
        for row in answer["differences"]
        if row["scheme"] == "dibao"
    }
    assert because == {"whole": ["dibao_standard"], "between": ["dibao_standard", "rounding"]}


def test_two_days_of_the_same_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Edge begins with 民发〔2021〕57号: 600 a month is within 1.5 x 537 on 2021-07-01, and not before."""
    entry = ENTRY.replace("370784", "520281")
    own = changed(tmp_path, entry.format(name="dibao_standard", value='{ RURAL = "537.00" }'))
    listed = families(tmp_path, "520281", edge="7200")
    days = ("--on", "2021-06-30", "--to", "2021-07-01")
    answer = said(capsys, "--base", own, "--file", listed, *days)
    (row,) = [row for row in answer["differences"] if row["kind"] != "只是理由变化"]
    assert (row["scheme"], row["kind"]) == ("edge", "新符合")
    assert {one["parameter"] for one in row["because"]} == {"edge_enabled", "edge_ratio"}
    assert any("民发〔2021〕57号" in one["after"]["cites"] for one in row["because"])


def test_nobody_loses_what_nobody_had_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the county fills in its standard all is open: who then is refused has lost no right."""
    entry = ENTRY.replace("370784", "520281")
    own = changed(tmp_path, entry.format(name="dibao_standard", value='{ RURAL = "537.00" }'))
    listed = families(tmp_path, "520281", poor="1200", rich="60000")
    given = ("--values", own, "--file", listed, "--on", "2021-06-30")
    answer = said(capsys, *given)
    kinds = {
        row["household"]: (row["kind"], row["before"]["shown"].split()[0], row["after"]["verdict"])
        for row in answer["differences"]
        if row["scheme"] == "dibao"
    }
    assert kinds == {
        "poor": ("由待核实变为符合", "待核实", "YES"),
        "rich": ("由待核实变为不符合", "待核实", "NO"),
    }
    assert (answer["counts"]["新符合"], answer["counts"]["不再符合"]) == (0, 0)
    settled = {key: answer["counts"][f"由待核实变为{key}"] for key in ("符合", "不符合")}
    assert min(settled.values()) >= 1
    assert main(["law", "replay", *given]) == Exit.OK
    printed = capsys.readouterr().out
    assert "不再符合" not in printed
    for key, number in settled.items():
        assert f"由待核实变为{key} {number} 项" in printed


def test_at_a_terminal_it_reads_as_a_table_with_the_sum_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = changed(tmp_path, ENTRY.format(name="dibao_standard", value='{ RURAL = "560.00" }'))
    listed = families(tmp_path, poor="6000", rich="60000")
    assert main(["law", "replay", "--values", own, "--file", listed, "--on", "2020-12-07"]) == Exit.OK
    printed = capsys.readouterr().out
    for part in ("符合 37.00 元", "符合 60.00 元", "537.00 元/人月→560.00 元/人月", "安丘市虚构的调整通知"):
        assert part in printed
    assert "重算了 2 户：1 户有变化（金额变化 1 项），1 户不变。" in printed


def test_without_a_change_to_try_it_says_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law", "replay"]) == Exit.USAGE
    assert "--values" in capsys.readouterr().err
    assert main(["law", "replay", "--to", "2021-07-01"]) == Exit.USAGE
    assert "--on" in capsys.readouterr().err


def test_a_parquet_folder_is_replayed_like_the_workbook_of_the_same_families(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it, not the twenty that `explain` offers; too many to go through one by one are refused."""
    made = tmp_path / "made"
    assert main(["sample", str(made), "--households", "30"]) == Exit.OK
    entry = ENTRY.format(name="dibao_standard", value='"900.00"').replace("370784", "990101")
    own = changed(tmp_path, entry.replace("2020-01-01", "2025-10-01"))
    capsys.readouterr()

    def replayed(file: str) -> dict[str, Any]:
        base = ("--base", str(made / "values.toml"), "--on", "2025-10-15")
        return said(capsys, "--values", own, "--file", str(made / file), *base)

    parquet, workbook = replayed("county"), replayed("county.xlsx")
    assert parquet["asked"] == workbook["asked"] == 30
    rows = [
        {(row["household"], row["scheme"]): row["after"] for row in one["differences"]}
        for one in (parquet, workbook)
    ]
    assert rows[0] == rows[1] != {}
    monkeypatch.setattr("doudi.cli.inputs.MOST_ONE_BY_ONE", 5)
    with pytest.raises(AssertionError):
        replayed("county")
    assert "逐户重算最多 5 户" in capsys.readouterr().err

"""What `doudi assess` says no to, and the exit code a night job reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from doudi.cli import Exit
from doudi.cli.main import main

FAMILY: dict[str, Any] = {
    "household": {"region_code": "370784", "area_type": "农村"},
    "members": [{"relation": "户主", "birth_date": "1970-01-02"}],
}


def written(folder: Path, content: object, name: str = "户.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--on", "2020-13-40"], "不是日期"),
        ([], "缺少参数"),
        (["--on", "2020-12-07", "--region", "37"], ""),
        (["--on", "2020-12-07", "--region", "abc"], "--region"),
        (["--on", "2020-12-07", "--out", "果.docx"], "只能写"),
        (["--on", "2020-12-07", "--out", "./"], "名字"),
        (["--on", "2020-12-07", "--out", ".."], "名字"),
    ],
)
def test_a_wrong_option_is_a_usage_error(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, FAMILY)
    code = main(["assess", str(path), *options])
    assert (code == Exit.USAGE) == bool(said)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("没有.xlsx", None),
        ("空.xlsx", b""),
        ("表.txt", b"x"),
        ("坏.json", b"{"),
        ("坏.xlsx", b"PK\x03\x04...."),
    ],
)
def test_an_input_that_cannot_be_read_is_refused_in_words(
    name: str, content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["assess", str(path), "--on", "2020-12-07"]) == Exit.INPUT_REFUSED
    said = capsys.readouterr().err
    assert name in said
    assert "请" in said or "可用" in said


def test_a_receipt_that_cannot_be_read_is_said_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "乱.json").write_bytes(b"\xff\xfe\xfa")
    for path in (tmp_path / "没有.json", tmp_path / "乱.json"):
        assert main(["recheck", str(path)]) == Exit.INPUT_REFUSED
        assert "请核对路径" in capsys.readouterr().err


def test_the_input_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, FAMILY)
    before = path.read_bytes()
    assert main(["assess", str(path), "--on", "2020-12-07", "--out", str(path)]) == Exit.USAGE
    assert path.read_bytes() == before
    assert "不能覆盖" in capsys.readouterr().err


def test_a_missing_value_of_the_law_is_named_with_place_and_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    household = FAMILY["household"] | dict.fromkeys(
        ("income_complete", "expenditure_complete", "property_complete", "authorised_all", "hukou_local"),
        True,
    )
    member = FAMILY["members"][0] | {"disability_type": "无", "disability_grade": 0, "student": False}
    path = written(tmp_path, {"household": household, "members": [member]})
    assert main(["assess", str(path), "--on", "2025-10-15"]) == Exit.LAW_VALUE_MISSING
    said = "".join(capsys.readouterr().out.split())
    assert "缺少政策数值：最低生活保障标准" in said
    assert "安丘市" in said
    assert "2025年10月15日" in said


def test_a_refused_row_alone_gives_its_own_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = {"household": {"region_code": "990109", "area_type": "农村"}, "members": [{"relation": "户主"}]}
    path = written(tmp_path, [refused])
    out = tmp_path / "果.json"
    assert main(["assess", str(path), "--on", "2020-12-07", "--out", str(out)]) == Exit.SOME_ROWS_REFUSED
    problems = json.loads((tmp_path / "果-问题.json").read_text(encoding="utf-8"))["problems"]
    assert [problem["代码"] for problem in problems] == ["REGION_UNKNOWN"]
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content.keys() == {"results", "persons", "labels"}
    assert content["results"] == content["persons"] == []


def test_a_region_with_nobody_in_the_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, FAMILY)
    code = main(["assess", str(path), "--on", "2020-12-07", "--region", "520281"])
    assert code == Exit.INPUT_REFUSED
    assert "没有一户可以测算" in capsys.readouterr().err


def test_a_values_file_that_cannot_stand_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = tmp_path / "values.toml"
    values.write_text('[[no_such_parameter]]\nfrom = 2020-01-01\nvalue = "1"\n', encoding="utf-8")
    path = written(tmp_path, FAMILY)
    code = main(["assess", str(path), "--on", "2020-12-07", "--values", str(values)])
    assert code == Exit.INPUT_REFUSED
    assert "no_such_parameter" in capsys.readouterr().err


def test_the_schema_names_every_fact_and_takes_the_templates_example(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema"]) == Exit.OK
    schema = json.loads(capsys.readouterr().out)
    household = schema["$defs"]["household"]["properties"]
    assert household["household"]["properties"]["area_type"]["enum"] == ["URBAN", "RURAL", "城镇", "农村"]
    member = household["members"]["items"]["properties"]
    assert member["wage_gross"]["type"] == ["string", "number", "null"]
    assert "SALARY" in member["incomes"]["items"]["properties"]["item"]["enum"]
    assert household["household"]["required"] == ["region_code", "area_type"]
    assert main(["schema", str(tmp_path / "schema.json")]) == Exit.OK
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == schema

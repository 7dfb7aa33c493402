"""Files handed back: the faults marked where they stand, the rows kept, and text that stays text."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from doudi.intake import workbooks
from doudi.intake.findings import HEADERS
from doudi.intake.grids import guarded, unguarded
from doudi.intake.reading import Kind, read
from doudi.intake.writing import Table, problem_table, write
from doudi.law.rulebook import Law
from tests.rooms.intake.files import ON, codes, csv_folder, excel, good, tables

DANGEROUS = '=HYPERLINK("http://x","点我")'


def faulty() -> dict[str, list[list[Any]]]:
    """Two faults in one cell and one elsewhere, a formula for a name, and the second family good."""
    rows = good()
    rows["成员"][0][1] = DANGEROUS
    rows["收入"][0][1] = DANGEROUS
    rows["成员"][0][4] = "1971-05-06"
    rows["收入"][1][3:6] = ["利息", "2020-09", -5]  # a farm can lose money, a deposit cannot
    return rows


@pytest.mark.parametrize("in_place", [True, False])
def test_it_works(in_place: bool, tmp_path: Path, law: Law, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "IN_PLACE_BYTES", 2**20 if in_place else 0)
    sheets = tables(faulty())
    sheets["成员"].insert(0, ["某镇成员表"])
    sheets["成员"].insert(1, [])
    reading = read(excel(tmp_path / "表.xlsx", sheets), law=law, on=ON)
    out = tmp_path / "问题.xlsx"
    write(Kind.EXCEL, out, [problem_table(reading.findings)], source=reading, marked=True)
    book = load_workbook(out)
    assert book.sheetnames == ["家庭", "成员", "收入", "支出", "财产", "问题"]
    marked = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.comment
    }
    assert set(marked) == {("成员", "E4"), ("收入", "F3")}
    assert "出生日期与身份证号不一致" in marked["成员", "E4"]
    assert book["成员"]["B4"].value == DANGEROUS
    assert book["成员"]["B4"].data_type == "s", "text that begins with = must not become a formula"
    listed = [[cell.value for cell in row] for row in book["问题"].iter_rows()]
    assert listed[0] == list(HEADERS)
    assert listed[1][1:7] == ["表.xlsx", "成员", "4", "出生日期", "1", DANGEROUS]
    assert book["问题"]["G2"].data_type == "s"


@pytest.mark.parametrize("in_place", [True, False])
def test_what_comes_back_can_be_put_right_and_read_again(
    in_place: bool, tmp_path: Path, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "IN_PLACE_BYTES", 2**20 if in_place else 0)
    reading = read(excel(tmp_path / "表.xlsx", tables(faulty())), law=law, on=ON)
    out = tmp_path / "问题.xlsx"
    write(Kind.EXCEL, out, [problem_table(reading.findings)], source=reading, marked=True)
    book = load_workbook(out)
    book["成员"]["E2"].value = None
    book["收入"]["F3"].value = 5
    book.save(out)
    again = read(out, law=law, on=ON)
    assert codes(again) == []
    assert again.good[0].document()["members"][0]["name"] == DANGEROUS


def test_a_small_workbook_keeps_its_looks(tmp_path: Path, law: Law) -> None:
    path = excel(tmp_path / "表.xlsx", tables(faulty()))
    book = load_workbook(path)
    book["家庭"]["A1"].font = Font(bold=True, color="FF0000")
    book["家庭"].column_dimensions["B"].width = 33
    book.save(path)
    reading = read(path, law=law, on=ON)
    out = tmp_path / "果.xlsx"
    write(Kind.EXCEL, out, [], source=reading)
    sheet = load_workbook(out)["家庭"]
    assert sheet["A1"].font.color.rgb == "00FF0000"
    assert sheet.column_dimensions["B"].width == 33


def test_a_table_writes_money_as_numbers_and_codes_as_labels(tmp_path: Path) -> None:
    columns = [
        ("name", "姓名", "text"),
        ("pay", "月金额", "money"),
        ("n", "人数", "int"),
        ("v", "结论", "coded"),
    ]
    rows = [[DANGEROUS, 123456, 2, ("YES", "符合")], [None, None, None, None]]
    table = Table("结果", "results", columns, rows)
    write(Kind.EXCEL, tmp_path / "果.xlsx", [table])
    sheet = load_workbook(tmp_path / "果.xlsx")["结果"]
    assert [cell.value for cell in sheet[2]] == [DANGEROUS, 1234.56, 2, "符合"]
    assert [cell.value for cell in sheet[3]] == [None] * 4
    assert sheet["A2"].data_type == "s"
    write(Kind.CSV, tmp_path / "果", [table])
    with (tmp_path / "果" / "结果.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == ["'" + DANGEROUS, "1234.56", "2", "符合"]
    write(Kind.JSON, tmp_path / "果.json", [table])
    [first, _] = json.loads((tmp_path / "果.json").read_text(encoding="utf-8"))["results"]
    assert first == {"name": DANGEROUS, "pay": "1234.56", "n": 2, "v": "YES"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "'=1", "张三", "", "'张三"])
def test_a_guarded_text_computes_nothing_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t"))
    assert unguarded(guarded(text)) == text or text == "'=1"


def test_a_csv_folder_comes_back_with_its_problems_beside_the_rows(tmp_path: Path, law: Law) -> None:
    folder = csv_folder(tmp_path / "表", tables(faulty()))
    reading = read(folder, law=law, on=ON)
    out = tmp_path / "问题"
    write(Kind.CSV, out, [problem_table(reading.findings)], source=reading, marked=True)
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["家庭.csv", "成员.csv", "收入.csv", "支出.csv", "财产.csv", "问题.csv"]
    )
    with (out / "收入.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[2][-1].startswith("金额：")
    assert rows[1][-1] == ""
    again = read(out, law=law, on=ON)
    assert codes(again) == codes(reading)


def test_a_json_file_comes_back_with_the_refused_households_and_why(tmp_path: Path, law: Law) -> None:
    path = tmp_path / "户.json"
    family = {"household": {"region_code": "370784", "area_type": "郊区"}, "members": [{"relation": "户主"}]}
    fine = {"household": {"region_code": "370784", "area_type": "农村"}, "members": [{"relation": "户主"}]}
    path.write_text(json.dumps([fine, family], ensure_ascii=False), encoding="utf-8")
    reading = read(path, law=law, on=ON)
    out = tmp_path / "问题.json"
    write(Kind.JSON, out, [problem_table(reading.findings)], source=reading, marked=True)
    content = json.loads(out.read_text(encoding="utf-8"))
    [refused] = content["households"]
    assert refused["household"] == family["household"]
    assert "不是可填的值" in refused["problems"][0]
    assert codes(read(out, law=law, on=ON)) == codes(reading)


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path, law: Law) -> None:
    def failing() -> Any:
        yield ["张三"]
        raise RuntimeError("broken")

    out = tmp_path / "果.xlsx"
    out.write_bytes(b"before")
    with pytest.raises(RuntimeError):
        write(Kind.EXCEL, out, [Table("结果", "results", [("name", "姓名", "text")], failing())])
    assert out.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["果.xlsx"]


def test_the_looks_of_an_odd_workbook_are_given_up_but_never_its_rows(
    tmp_path: Path, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(path: Path) -> Workbook:
        raise TypeError("odd style")

    monkeypatch.setattr(workbooks, "load_workbook", stumble)
    reading = read(excel(tmp_path / "表.xlsx", tables(good())), law=law, on=ON)
    write(Kind.EXCEL, tmp_path / "果.xlsx", [], source=reading)
    again = read(tmp_path / "果.xlsx", law=law, on=ON)
    assert [one.document() for one in again.good] == [one.document() for one in reading.good]

"""Files from outside: what is refused as a whole, why, and how a dangerous one is kept from doing harm."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from doudi.intake import grids, sheet_parser
from doudi.intake.findings import FileRefused, messages
from doudi.intake.reading import Kind, kind_of, read
from doudi.law.folding import fold
from doudi.law.rulebook import Law
from tests.rooms.intake.files import HEADERS, ON, codes, csv_folder, excel, good, tables


def refusal(path: Path, law: Law) -> str:
    """The code with which a file is refused; its text must say which file and what to do."""
    with pytest.raises(FileRefused) as refused:
        read(path, law=law, on=ON)
    assert refused.value.text.count("。") >= 2
    assert path.stem in refused.value.text or path.suffix == ""
    return refused.value.code


def text_file(name: str, content: bytes) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return made


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (text_file("空.xlsx", b""), "EMPTY"),
        (text_file("空白.json", b" \n "), "EMPTY"),
        (text_file("表.xlsx", "户编号,姓名".encode()), "WRONG_SUFFIX"),
        (text_file("表.json", b"PK\x03\x04rest"), "WRONG_SUFFIX"),
        (text_file("表.xlsx", b"PAR1xxxx"), "WRONG_SUFFIX"),
        (text_file("表.docx", b"PK\x03\x04rest"), "KIND"),
        (text_file("家庭.csv", "户编号,姓名".encode()), "KIND"),
        (text_file("坏.xlsx", b"PK\x03\x04" + b"\x00" * 500), "UNREADABLE"),
        (text_file("旧.xls", OLE + b"\x00" * 600), "UNREADABLE"),
        (text_file("密.xlsx", OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")), "ENCRYPTED"),
        (text_file("坏.json", b"{"), "NOT_JSON"),
        (text_file("数.json", b"12"), "NOT_HOUSEHOLDS"),
        (text_file("非数.json", b'{"household": {"a": NaN}}'), "NOT_JSON"),
        (text_file("重键.json", b'{"household": {}, "household": {}}'), "NOT_JSON"),
        (text_file("深.json", b"[" * 100_000), "NOT_JSON"),
        (text_file("码.json", "［］".encode("gb18030")), "TEXT_ENCODING"),
        (text_file("无.json", b"[]"), "NO_ROWS"),
        (lambda folder: folder / "没有.xlsx", "NOT_FOUND"),
        (lambda folder: folder, "KIND"),
    ],
)
def test_a_file_that_is_not_one_is_refused(
    make: Callable[[Path], Path], code: str, tmp_path: Path, law: Law
) -> None:
    assert refusal(make(tmp_path), law) == code


def test_the_kind_is_told_by_content_and_name(tmp_path: Path) -> None:
    assert kind_of(excel(tmp_path / "表.xlsx", tables(good()))) is Kind.EXCEL
    assert kind_of(csv_folder(tmp_path / "表", tables(good()))) is Kind.CSV


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sheets: sheets.pop("成员"), "SHEET_MISSING"),
        (lambda sheets: sheets.update(家庭信息=sheets["家庭"]), "SHEET_TWICE"),
        (lambda sheets: sheets.update(收入情况=sheets.pop("收入")), "SHEET_UNKNOWN"),
        (lambda sheets: sheets["成员"][0].__setitem__(2, "关系不明"), "COLUMN_MISSING"),
        (lambda sheets: sheets["成员"][0].__setitem__(6, "姓名"), "HEADER_TWICE"),
        (lambda sheets: sheets["成员"].__setitem__(0, ["甲", "乙", "丙"]), "NO_HEADER"),
        (lambda sheets: [rows.__setitem__(slice(1, None), []) for rows in sheets.values()], "NO_ROWS"),
    ],
)
def test_sheets_that_cannot_be_used_are_refused(
    change: Callable[[dict[str, list[list[object]]]], object], code: str, tmp_path: Path, law: Law
) -> None:
    sheets = {title: [list(row) for row in rows] for title, rows in tables(good()).items()}
    change(sheets)
    assert refusal(excel(tmp_path / "表.xlsx", sheets), law) == code
    if code != "SHEET_TWICE":
        assert refusal(csv_folder(tmp_path / "表", sheets), law) in {code, "KIND"}


def test_a_range_too_large_is_named_by_its_sheet(tmp_path: Path, law: Law) -> None:
    sheets = tables(good())
    sheets["成员"][1] = [*sheets["成员"][1], *[None] * 300, "远"]
    with pytest.raises(FileRefused) as refused:
        read(excel(tmp_path / "表.xlsx", sheets), law=law, on=ON)
    assert refused.value.code == "TOO_MANY_ROWS"
    assert "《成员》" in refused.value.text


def test_a_sheet_that_repeats_a_known_one_is_left_out_and_said(tmp_path: Path, law: Law) -> None:
    sheets = tables(good())
    sheets |= {"成员备份": sheets["成员"], "示例": sheets["收入"], "电话": [["户编号", "电话"], ["1", "2"]]}
    for path in (excel(tmp_path / "表.xlsx", sheets), csv_folder(tmp_path / "表", sheets)):
        reading = read(path, law=law, on=ON)
        assert codes(reading, notes=True) == ["SHEET_IGNORED"]
        assert "成员备份" in reading.findings[0].what
        assert len(reading.good) == 2


def test_a_csv_row_longer_than_its_header_is_not_guessed_at(tmp_path: Path, law: Law) -> None:
    folder = csv_folder(tmp_path / "表", tables(good()))
    text = (folder / "支出.csv").read_text(encoding="utf-8")
    (folder / "支出.csv").write_text(text.replace(",300", ",1,300"), encoding="utf-8")
    reading = read(folder, law=law, on=ON)
    assert [(one.code, one.row, one.household) for one in reading.faults] == [("ROW_TOO_LONG", 2, "1")]
    (folder / "支出.csv").write_text(text.replace(",300", ",300,,"), encoding="utf-8")
    assert codes(read(folder, law=law, on=ON)) == []


# --- dangerous workbooks --------------------------------------------------------------------------


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    new = path.with_name("改.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for name in old.namelist():
            content = old.read(name)
            out.writestr(name, change(content) if name == part else content)
    return new


SHEET1 = "xl/worksheets/sheet1.xml"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, law: Law) -> None:
    plain = excel(tmp_path / "表.xlsx", tables(good()))
    bomb = rewritten(plain, SHEET1, lambda xml: xml + b" " * 60 * 2**20)
    assert bomb.stat().st_size < 2**20
    assert refusal(bomb, law) == "ZIP_BOMB"


def test_what_unpacks_to_more_than_the_limit_is_refused(
    tmp_path: Path, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = excel(tmp_path / "表.xlsx", tables(good()))
    monkeypatch.setattr(sheet_parser, "MAX_UNPACKED", 1000)
    with pytest.raises(sheet_parser.Refused) as refused:
        sheet_parser._inspect(str(path))
    assert refused.value.code == "FILE_TOO_LARGE"


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
@pytest.mark.parametrize("part", [SHEET1, "xl/workbook.xml", "[Content_Types].xml"])
def test_a_document_type_is_refused_in_every_part(
    declared: bytes, part: str, tmp_path: Path, law: Law
) -> None:
    plain = excel(tmp_path / "表.xlsx", tables(good()))
    assert refusal(rewritten(plain, part, lambda xml: declared + xml), law) == "DTD"


def test_a_document_type_cannot_hide_in_utf_16(tmp_path: Path, law: Law) -> None:
    plain = excel(tmp_path / "表.xlsx", tables(good()))
    hidden = rewritten(plain, SHEET1, lambda xml: ("<!DOCTYPE x>" + xml.decode()).encode("utf-16"))
    assert refusal(hidden, law) == "UNREADABLE"


def test_a_sheet_that_claims_the_whole_grid_is_refused(tmp_path: Path, law: Law) -> None:
    plain = excel(tmp_path / "表.xlsx", tables(good()))
    cell = b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    claims = rewritten(plain, SHEET1, lambda xml: xml.replace(b"</sheetData>", cell))
    assert refusal(claims, law) == "TOO_MANY_ROWS"


def test_a_million_blank_rows_are_no_rows(tmp_path: Path, law: Law) -> None:
    plain = excel(tmp_path / "表.xlsx", tables(good()))
    blank = b"".join(b'<row r="%d" s="1"><c r="A%d" s="1"/></row>' % (n, n) for n in range(4, 1_048_577, 40))
    reading = read(
        rewritten(plain, SHEET1, lambda xml: xml.replace(b"</sheetData>", blank + b"</sheetData>")),
        law=law,
        on=ON,
    )
    assert codes(reading) == []
    assert len(reading.good) == 2


def test_a_parser_that_dies_is_a_refusal_and_not_a_crash(
    tmp_path: Path, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = tmp_path / "dying.py"
    dying.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    monkeypatch.setattr(grids, "_PARSER", dying)
    assert refusal(excel(tmp_path / "表.xlsx", tables(good())), law) == "PARSER_STOPPED"


def test_a_broken_formula_is_named_and_not_taken_for_a_blank(tmp_path: Path, law: Law) -> None:
    rows = good()
    rows["收入"][0][5] = "SUM"
    path = excel(tmp_path / "表.xlsx", tables(rows))
    part = "xl/worksheets/sheet3.xml"
    text = b't="inlineStr"><is><t>SUM</t></is></c>'
    uncomputed = rewritten(path, part, lambda xml: xml.replace(text, b"><f>B1*2</f><v></v></c>"))
    assert codes(read(uncomputed, law=law, on=ON)) == ["FORMULA_BROKEN"]
    error = rewritten(path, part, lambda xml: xml.replace(text, b't="e"><v>#N/A</v></c>'))
    assert codes(read(error, law=law, on=ON)) == ["FORMULA_BROKEN"]
    computed = rewritten(path, part, lambda xml: xml.replace(text, b"><f>B1*2</f><v>1200.5</v></c>"))
    assert codes(read(computed, law=law, on=ON)) == []


# --- merged cells ---------------------------------------------------------------------------------


def a_book() -> Workbook:
    """The good families, a sheet for each table."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in tables(good()).items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    return book


def test_merged_cells_fill_down_in_key_columns_only_and_are_said(tmp_path: Path, law: Law) -> None:
    book = a_book()
    book["成员"].merge_cells("A2:A3")
    book["收入"].merge_cells("F2:F3")
    path = tmp_path / "合并.xlsx"
    book.save(path)
    reading = read(path, law=law, on=ON)
    assert codes(reading) == []
    assert codes(reading, notes=True) == ["MERGED_KEY", "MERGED_OTHER"]
    first = reading.good[0].document()
    assert [member["name"] for member in first["members"]] == ["张三", "李四"]
    assert "amount" not in first["members"][1]["incomes"][0], "an amount is not filled down: it is unknown"


def test_a_merged_name_is_nobody_s(tmp_path: Path, law: Law) -> None:
    book = a_book()
    book["成员"].merge_cells("B2:B3")
    book["收入"].merge_cells("B2:B3")  # here a name is the key of an item
    path = tmp_path / "合并.xlsx"
    book.save(path)
    reading = read(path, law=law, on=ON)
    found = [(one.code, one.sheet, one.row, one.column) for one in reading.faults]
    assert ("MERGED_PERSON", "成员", 3, "姓名") in found
    assert [family.record.household for family in reading.good] == ["2"]
    book["成员"].unmerge_cells("B2:B3")
    book["成员"]["B3"] = "李四"
    book["成员"].merge_cells("D2:D3")
    book.save(path)
    found = [(one.code, one.sheet, one.row, one.column) for one in read(path, law=law, on=ON).faults]
    assert ("MERGED_PERSON", "成员", 3, "身份证号") in found
    assert "ID_TWICE" not in [code for code, *_ in found]


# --- what nobody sees in the spreadsheet ----------------------------------------------------------


def hidden_book(path: Path, **hidden: list[list[Any]]) -> Path:
    """The good file, with one row and further sheets hidden, the first of them in front."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in [*hidden.items(), *tables(good()).items()]:
        page = book.create_sheet(title)
        page.sheet_state = "veryHidden" if title == "家庭信息" else "hidden" if title in hidden else "visible"
        for row in rows:
            page.append(row)
    book["支出"].row_dimensions[2].hidden = True
    book.active = len(hidden)
    book.save(path)
    return path


def test_a_hidden_sheet_is_not_read_and_a_hidden_row_is_told(tmp_path: Path, law: Law) -> None:
    last_year = [HEADERS["家庭"], ["9", "370784", "农村", "是"]]
    reading = read(hidden_book(tmp_path / "隐藏.xlsx", 家庭信息=last_year), law=law, on=ON)
    assert codes(reading) == []
    assert [family.record.household for family in reading.good] == ["1", "2"]
    notes = {one.code: one for one in reading.findings}
    assert "读取的是《家庭》；“家庭信息”是隐藏的工作表，没有读取" in notes["SHEET_HIDDEN"].what
    assert (notes["ROW_HIDDEN"].sheet, notes["ROW_HIDDEN"].row) == ("支出", 2)
    assert reading.good[0].document()["expenditures"] != []


def test_what_stands_on_a_hidden_sheet_alone_is_refused(tmp_path: Path, law: Law) -> None:
    sheets, path = tables(good()), tmp_path / "隐藏.xlsx"
    book = load_workbook(excel(path, sheets))
    book["收入"].sheet_state = "hidden"
    book.save(path)
    with pytest.raises(FileRefused, match="“收入”是隐藏的工作表，没有读取"):
        read(path, law=law, on=ON)
    book["收入"].delete_rows(2, 9)
    book.save(path)
    assert codes(read(path, law=law, on=ON)) == []


# --- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_a_csv_folder_says_what_the_workbook_says(
    encoding: str, comma: str, tmp_path: Path, law: Law
) -> None:
    whole = read(excel(tmp_path / "表.xlsx", tables(good())), law=law, on=ON)
    reading = read(csv_folder(tmp_path / "表", tables(good()), encoding, comma), law=law, on=ON)
    assert codes(reading) == []
    assert [one.document() for one in reading.good] == [one.document() for one in whole.good]
    noted = ["ENCODING"] * 5 if encoding == "gb18030" else []
    assert codes(reading, notes=True) == noted


def test_gb18030_shows_a_line_to_look_at(tmp_path: Path, law: Law) -> None:
    reading = read(csv_folder(tmp_path / "表", tables(good()), "gb18030"), law=law, on=ON)
    assert any("张三" in finding.what for finding in reading.findings)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xff\xff\xff", "TEXT_ENCODING"),
        ("户编号,姓名\n1,a\x00b".encode(), "NOT_TEXT"),
        ('户编号,地区代码,城乡类型\n1,"370784,农村\n'.encode(), "CSV_BROKEN"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(content: bytes, code: str, tmp_path: Path, law: Law) -> None:
    folder = csv_folder(tmp_path / "表", tables(good()))
    (folder / "家庭.csv").write_bytes(content)
    assert refusal(folder, law) == code


def test_a_row_is_numbered_as_a_spreadsheet_shows_it(tmp_path: Path, law: Law) -> None:
    rows = tables(good())
    rows["家庭"][0] = [*HEADERS["家庭"], "备注"]
    rows["家庭"][1] = [*rows["家庭"][1], "两行\n备注"]
    rows["家庭"][2] = ["2", "370784101", "郊区", None]
    [fault] = read(csv_folder(tmp_path / "表", rows), law=law, on=ON).faults
    assert (fault.code, fault.row) == ("CODE_UNKNOWN", 3)


# --- JSON -----------------------------------------------------------------------------------------


def document() -> dict[str, object]:
    """The first family of `good` as JSON."""
    rows = good()
    members = [dict(zip(HEADERS["成员"], row, strict=True)) for row in rows["成员"][:2]]
    for member in members:
        member.pop("户编号")
    members[0]["incomes"] = [{"item": "SALARY", "month": "2020-10", "amount": "1234.50", "deduction": 150}]
    members[1]["incomes"] = [{"item": "种植", "month": "2020-09", "amount": 4800.00, "deduction": None}]
    return {
        "household": dict(zip(HEADERS["家庭"], rows["家庭"][0], strict=True)),
        "members": members,
        "expenditures": [{"item": "MEDICAL", "month": "2020-08", "amount": 300}],
        "assets": [{"item": "DEPOSIT", "value": 5000}, {"item": "VEHICLE", "count": 1, "exempt": True}],
    }


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one], lambda one: {"households": [one]}])
def test_json_says_what_the_workbook_says(wrap: Callable[[object], object], tmp_path: Path, law: Law) -> None:
    whole = read(excel(tmp_path / "表.xlsx", tables(good())), law=law, on=ON)
    path = tmp_path / "户.json"
    path.write_text(json.dumps(wrap(document())), encoding="utf-8")
    reading = read(path, law=law, on=ON)
    assert codes(reading) == []
    assert fold(reading.good[0].document(), on=20201207) == fold(whole.good[0].document(), on=20201207)


def test_json_faults_name_the_path(tmp_path: Path, law: Law) -> None:
    bad = document()
    bad["members"][1]["incomes"][0]["deduction"] = -1  # type: ignore[index]
    bad["members"][0]["身份证号"] = 999999197005060015  # type: ignore[index]
    less = document()
    less["members"][0]["incomes"][0]["deduction"] = 900000  # type: ignore[index]
    path = tmp_path / "户.json"
    path.write_text(json.dumps([bad, {"x": 1}, {"household": [], "members": 3}, less]), encoding="utf-8")
    reading = read(path, law=law, on=ON)
    places = {(one.code, one.row, one.column) for one in reading.faults}
    assert ("ID_STORED_AS_NUMBER", 1, "members[0].id_no") in places
    assert ("NEGATIVE", 1, "members[1].incomes[0].deduction") in places
    assert ("DEDUCTION_ABOVE", 4, "members[0].incomes[0].deduction") in places
    assert {("NOT_A_HOUSEHOLD", 2, ""), ("NOT_A_HOUSEHOLD", 3, "")} <= places
    assert [family.record.row for family in reading.good] == [], "the last one repeats the first one's number"


def test_every_message_is_used_and_every_code_has_one() -> None:
    folder = Path(grids.__file__).parents[1]
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    assert [code for code in messages() if f'"{code}"' not in source] == []

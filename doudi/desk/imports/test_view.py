"""Excel import, with the worker's steps made by hand."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.registry.families import CLERK, a_member, an_id, registered
from tests.stories.register import entries, households, kin_of, tick

ROWS = [
    dibao_row("户1001", "户主", "赵德福", an_id()),
    dibao_row("户1002", "户主", "钱玉珍", "999999196803050000"),
]


@pytest.fixture
def chief(browser: Callable[..., Client]) -> Client:
    return browser("chief")


def uploaded(client: Client, data: bytes, name: str = "名册.xlsx", **form: str) -> str:
    file = SimpleUploadedFile(name, data)
    answer = client.post("/imports/", {"mapping": "dibao_guizhou", "on": "2025-09-30", "file": file, **form})
    return str(answer.headers.get("Location", "")) or answer.content.decode()


def test_it_works(clerk: Client, chief: Client) -> None:
    address = uploaded(clerk, workbook(DIBAO, ROWS))
    assert "正在处理" in clerk.get(address).content.decode()
    assert (tick(), tick(), tick()) == (1, 1, 0)
    page = chief.get(address).content.decode()
    assert all(text in page for text in ("赵德福", "新增<b>1</b>", "未通过<b>1</b>", "确认入册</a>"))
    assert "校验位" in clerk.get(address + "?show=REFUSED").content.decode()
    assert "名册待确认<b>1</b>" in chief.get("/").content.decode()
    assert households() == []
    assert "由 clerk 同志 上传，由您确认" in chief.get(address + "confirm/").content.decode()
    chief.post(address + "confirm/")
    tick()
    assert households() == ["户1001"]
    assert "条线索" not in clerk.get(address + "undo/").content.decode()
    lead = clerk.get("/?show=lead").content.decode().partition('href="/lead/')[2].partition('"')[0]
    clerk.post(f"/lead/{lead}", {"result": "已走访，线索不实"})
    told = clerk.get(address + "undo/").content.decode()
    assert "已经办结的 <b>1</b> 条线索和处理结果保留" in told
    assert "已整批撤销" in clerk.post(address + "undo/", follow=True).content.decode()
    assert households() == []


def test_who_sent_it_waits_for_somebody_else_to_confirm_it(clerk: Client, chief: Client) -> None:
    address = uploaded(clerk, workbook(DIBAO, ROWS))
    tick()
    tick()
    page = clerk.get(address).content.decode()
    assert "等待另一位经办人确认" in page
    assert "确认入册</a>" not in page
    inbox = clerk.get("/").content.decode()
    assert all(text in inbox for text in ("名册待确认<b>0</b>", "我提出的<b>1</b>"))
    assert "等待另一位经办人确认" in clerk.get("/?show=asked").content.decode()
    assert "等待另一位经办人确认" not in chief.get("/").content.decode()
    refused = clerk.post(address + "confirm/", follow=True).content.decode()
    assert all(text in refused for text in ("不能由您自己确认", "本单位另一位经办人或负责人"))
    assert "one-time-code" not in refused
    assert tick() == 0
    assert "整批撤销" not in chief.get(address).content.decode()


def test_the_relative_of_a_family_in_it_is_told_before_confirming(clerk: Client, chief: Client) -> None:
    number = an_id()
    registered(a_member("周五", id_no=number), by=CLERK, household_id="户0002")
    address = uploaded(clerk, workbook(DIBAO, [*ROWS, dibao_row("户0002", "户主", "周五", number)]))
    tick()
    tick()
    assert "由您确认" in (before := chief.get(address + "confirm/").content.decode())
    assert "one-time-code" in before
    told = {"official": "chief 同志", "post": "民政办负责人", "obligor": "李长子"}
    kin_of("周五", CLERK, date(2024, 6, 1), **told)
    asked = chief.get(address + "confirm/").content.decode()
    assert all(text in asked for text in ("您应当回避", "名册里有 户0002 户", "另一位经办人或负责人"))
    assert "one-time-code" not in asked
    assert "应当回避" in chief.post(address + "confirm/").content.decode()


def test_where_rows_go_that_name_no_village_is_chosen_with_the_file(clerk: Client) -> None:
    data = workbook(DIBAO, [dibao_row("户1004", "户主", "赵德福", "", town="", village="")])
    page = clerk.get("/imports/").content.decode()
    assert '<option value="520281104201">民主镇 · 小白岩村</option>' in page
    first = uploaded(clerk, data)
    assert "只能选本乡镇" in uploaded(clerk, data, village="520281105")
    second = uploaded(clerk, data, village="520281104201")
    for _ in range(4):
        tick()
    assert "哪个村都看不到" in clerk.get(first).content.decode()
    page = clerk.get(second).content.decode()
    assert all(text in page for text in ("没写村的归到 民主镇 · 小白岩村", "新增<b>1</b>"))


def test_the_workbook_comes_back_with_its_faults(clerk: Client) -> None:
    address = uploaded(clerk, workbook(DIBAO, ROWS))
    tick()
    tick()
    assert "下载请先说明事由" in clerk.get(address + "returned/").content.decode()
    clerk.post(f"/purpose/?next={address}returned/", {"purpose": "改正标红的行"})
    answer = clerk.get(address + "returned/")
    assert [row.purpose for row in entries("import_returned")] == ["改正标红的行"]
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    assert "问题" in load_workbook(io.BytesIO(answer.content)).sheetnames


def test_what_is_no_list_is_refused_in_words(clerk: Client) -> None:
    page = uploaded(clerk, b"MZ\x90\x00", "病毒.xlsx")
    assert "不能接收这种文件。请选择 Excel" in page
    assert 'value="2025-09-30"' in page
    assert 'value="dibao_guizhou" selected' in page  # what was chosen stays
    assert "请填写名册日期" in uploaded(clerk, workbook(DIBAO, ROWS), on="昨天")
    assert "请选择名册的种类" in uploaded(clerk, workbook(DIBAO, ROWS), mapping="king")
    answer = clerk.post("/imports/", {"mapping": "dibao_guizhou", "on": "2025-09-30"})
    assert "请选择一个 Excel 或 CSV 文件" in answer.content.decode()


def test_a_file_that_cannot_be_read_says_why(clerk: Client) -> None:
    address = uploaded(clerk, b"PK\x03\x04 not a workbook")
    tick()
    page = clerk.get(address).content.decode()
    assert "不能读取" in page
    assert "确认入册" not in page


def test_what_was_not_read_is_said_above_the_preview(clerk: Client) -> None:
    book = load_workbook(io.BytesIO(workbook(DIBAO, ROWS)))
    book.create_sheet("旧数据").append(["去年的"])
    book["旧数据"].sheet_state = "hidden"
    with io.BytesIO() as kept:
        book.save(kept)
        address = uploaded(clerk, kept.getvalue())
    tick()
    tick()
    assert "“旧数据”是隐藏的工作表，没有读取" in clerk.get(address).content.decode()


def test_who_does_not_import_is_not_offered_it(browser: Callable[..., Client]) -> None:
    leader, chief = browser("leader"), browser("chief")
    assert "Excel 导入" not in leader.get("/").content.decode()
    assert leader.get("/imports/").status_code == 403
    assert "上传名册" not in chief.get("/imports/").content.decode()  # confirms, and sends none


def test_another_department_finds_nothing_and_the_page_says_who_did_what(
    clerk: Client, chief: Client, browser: Callable[..., Client]
) -> None:
    address = uploaded(clerk, workbook(DIBAO, ROWS))
    tick()
    tick()
    liaison = browser("liaison")
    assert "最低生活保障对象" not in liaison.get("/imports/").content.decode().split("最近的名册")[1]
    assert "名册待确认<b>0</b>" in liaison.get("/").content.decode()
    for page in ("", "returned/", "confirm/", "undo/"):
        assert liaison.get(address + page).status_code == 404
    assert [liaison.post(address + verb).status_code for verb in ("confirm/", "undo/")] == [404, 404]
    chief.post(address + "confirm/")
    tick()
    approver = browser("approver")
    assert "查看请先说明事由" in approver.get(address).content.decode()
    assert approver.get(address + "confirm/").status_code == 403
    assert "已整批撤销" in approver.post(address + "undo/", follow=True).content.decode()
    page = clerk.get(address).content.decode()
    assert all(text in page for text in ("确认 chief 同志", "撤销 approver 同志"))


def test_what_could_not_be_taken_in_waits_for_its_sender_with_the_reason(
    clerk: Client, chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("planted")

    address = uploaded(clerk, workbook(DIBAO, ROWS))
    tick()
    tick()
    chief.post(address + "confirm/")
    monkeypatch.setattr("doudi.registry.loading.Rows.family", fails)
    tick()
    page = clerk.get(address).content.decode()
    assert all(text in page for text in ("未能入册", "第 3 行内容无法处理", "登记册没有任何改动", "放弃"))
    inbox = clerk.get("/").content.decode()
    assert all(text in inbox for text in ("名册未能入册", "没有入册，请看原因"))
    assert "已放弃这份名册" in clerk.post(address + "discard/", follow=True).content.decode()
    assert "名册未能入册" not in clerk.get("/").content.decode()
    assert households() == []


def test_the_preview_shows_old_and_new_before_anybody_confirms(clerk: Client, chief: Client) -> None:
    number = an_id()

    def a_row(**told: str) -> bytes:
        return workbook(DIBAO, [dibao_row("户1003", "户主", "赵德福", number, **told)])

    first = uploaded(clerk, a_row(account="6217000010001234567"))
    for step in ("", "confirm/", ""):
        tick()
        if step:
            chief.post(first + step)
    tick()
    changed = uploaded(clerk, a_row(account="6217000010001234567", amount="500", labour="丧失劳动力"))
    differs = uploaded(clerk, a_row(account="6222000011112222333", amount="9999"))
    for _ in range(4):
        tick()
    page = clerk.get(changed + "?show=CHANGED").content.decode()
    assert all(text in page for text in ("无劳动力</span> → 丧失劳动力", "412.50 元</span> → ", "500.00 元"))
    page = clerk.get(differs + "?show=DIFFERS").content.decode()
    assert all(
        text in page for text in ("6217********4567</span> → 6222********2333", "9,999.00 元", "需办理变更")
    )
    assert "6222000011112222333" not in page
    assert "previewed" in {
        row.verb for row in entries("previewed") if row.subject.startswith("registry_person")
    }
    assert "确认 chief 同志" in clerk.get("/imports/").content.decode()

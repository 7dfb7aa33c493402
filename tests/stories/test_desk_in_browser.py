"""A day at the desk in a real browser, on a wide screen and on a phone; every screen is looked at closely."""

from datetime import date
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError
from playwright.sync_api import Browser, expect

from doudi.desk.inbox import view as inbox
from doudi.registry.actions import decide, propose
from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.people import code_of, scope_of
from tests.rooms.registry.families import a_member, an_id, registered
from tests.stories.browser import HEAVIEST, SIZES, Screen, Site
from tests.stories.desk_county import *  # noqa: F403
from tests.stories.desk_county import County
from tests.stories.register import entries, forget_code, guessed_from, households, kin_of, tick

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("size", SIZES)]
PAPER = {"day": "2026-10-01", "reason": "证明材料 2026-118 号"}
BRIDE, UNCLE = an_id(date(1999, 3, 7), 501), an_id(date(1961, 8, 15), 503)
CHANGES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("change-birth", {"name": "罗小宝", "sex": "MALE", "relation": "SON"}, "罗小宝"),
    ("change-marriage", {"name": "金新来", "id_no": BRIDE, "relation": "DAUGHTER"}, "金新来"),
    ("change-move-in", {"name": "罗大海", "id_no": UNCLE, "relation": "SIBLING"}, "罗大海"),
    ("change-death", {"chosen": "唐秋菊"}, "（不再登记）"),
    ("change-move-out", {"chosen": "唐秋菊"}, "（不再登记）"),
    ("change-split", {"chosen": "唐秋菊", "relation": "HEAD", "household_no": "新户 1 号"}, "新户 1 号"),
    ("change-head", {"relation": "HEAD"}, "户主"),
    ("change-obligor", {"chosen": "唐秋菊", "name": "罗长子", "kin": "SON"}, "罗长子"),
    (
        "change-relative",
        {"chosen": "唐秋菊", "official": "王敏", "post": "民主镇社会事务办", "kin": "SIBLING"},
        "王敏",
    ),
)
"""The picture of its form, what is typed, what the request then says."""


@pytest.fixture
def clerk(county: County, site: Site, chrome: Browser, size: str) -> Screen:
    """The township's clerk, signed in."""
    screen = Screen(chrome, site, size)
    screen.sign_in(county.officer("township_clerk"))
    return screen


def test_signing_in(
    county: County, site: Site, chrome: Browser, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, door = county.officer("township_clerk"), Screen(chrome, site, size)
    door.go("/sign-in/")
    door.look("sign-in")
    door.password(officer, typed="wrong")
    expect(door.page.locator("main")).to_contain_text("不正确")
    door.look("sign-in-refused")
    door.password(officer)
    door.look("sign-in-code")
    door.page.fill("#code", f"{(int(code_of(officer)) + 1) % 10**6:06d}")
    door.press("登录")
    door.look("sign-in-code-refused")
    door.page.fill("#code", code_of(officer))
    door.press("登录")
    expect(door.page.locator("main")).to_contain_text("没有等您办理的事项")
    door.look("inbox-empty")
    site.clock.shift(31 * 60)
    door.go("/find/")
    door.look("sign-in-idle")
    forget_code(officer)
    monkeypatch.setattr("doudi.office.actions.new_totp_key", lambda: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    door.password(officer)
    door.look("sign-in-bind")
    officer.totp_key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # what the phone has scanned
    door.fill(code=code_of(officer), new="another horse 兜底", repeat="another horse 兜底")
    door.press("绑定")
    expect(door.page.locator("main")).to_contain_text("手机已绑定，等待核对")
    door.hide("code.big")
    door.look("sign-in-check")
    with guessed_from("127.0.0.1"):
        door.go("/sign-in/")
        door.password(officer)
        expect(door.page.locator("main")).to_contain_text("分钟后再试")
        door.look("sign-in-wait")


def test_a_change_from_search_to_decision(
    county: County, clerk: Screen, site: Site, chrome: Browser, size: str
) -> None:
    clerk.go("/find/")
    clerk.look("find-empty")
    clerk.find("陈")
    clerk.look("find")
    assert clerk.page.locator("tbody tr").count() == 3
    clerk.page.locator("tr", has_text="陈德福").locator("a").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.look("family")
    _reveal(clerk)
    _what_if(clerk)
    _propose(clerk)
    clerk.go("/?show=asked")
    clerk.look("inbox-asked")
    clerk.go("/?show=lead")
    clerk.page.locator("tr[data-open] a").first.click()
    clerk.look("lead")

    chief, officer = Screen(chrome, site, size), county.officer("township_chief")
    chief.sign_in(officer)
    chief.look("inbox")
    chief.page.locator("tr[data-open] a").first.click()
    chief.page.wait_for_load_state("networkidle")
    chief.look("change-decide")
    chief.decide("退回")
    expect(chief.page.locator("main")).to_contain_text("退回请写明理由")
    chief.page.fill("#code", code_of(officer))  # nothing was decided with it
    chief.press("同意并更新档案")
    expect(chief.page.locator("main")).to_contain_text("已审批并更新档案")
    chief.look("change-done")
    chief.go("/done/")
    chief.look("done")


def _reveal(clerk: Screen) -> None:
    number = clerk.page.locator(".sealed", has_text="999999").first
    number.locator("summary").click()
    clerk.look("family-reveal")
    number.locator("input[name=purpose]").fill("核对身份证")
    before = len(entries("revealed"))
    number.locator("button").click()
    expect(number).to_contain_text("已留痕")
    assert "****" not in number.inner_text()
    assert len(entries("revealed")) == before + 1
    clerk.look("family-revealed")


def _what_if(clerk: Screen) -> None:
    clerk.page.locator("aside input.num").first.fill("3000")
    expect(clerk.page.locator("#what-if")).to_contain_text("没有保存")
    clerk.look("family-what-if", at="#what-if")


def _propose(clerk: Screen) -> None:
    clerk.page.evaluate("window.scrollTo(0, 0)")
    clerk.press("申请变更")
    clerk.look("family-changes")
    clerk.press("更正信息")
    clerk.look("change-facts")
    clerk.page.locator(".tabs a", has_text="陈德福").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.fill(day="2026-10-01", reason="诊断证明 2026-118 号", fact__serious_illness="true")
    clerk.press("提交审批")
    expect(clerk.page.locator("main")).to_contain_text("待审批")
    clerk.look("change")


def test_each_kind_of_change(county: County, clerk: Screen, size: str) -> None:
    for picture, typed, told in CHANGES:
        kind = picture.removeprefix("change-").replace("-", "_")
        clerk.go(f"/family/{county.families['罗永平']}/change/{kind}/")
        wife = clerk.page.locator("main tr", has_text="唐秋菊")
        if "chosen" in typed:
            wife.locator("input").check()
        if typed.get("relation") == "HEAD":
            wife.locator("select").select_option("HEAD")
        if kind == "head":
            clerk.page.locator("main tr", has_text="罗永平").locator("select").select_option("SPOUSE")
        more = {name: value for name, value in typed.items() if name != "chosen" and value != "HEAD"}
        clerk.fill(**PAPER, **more)
        clerk.look(picture)
        clerk.press("提交审批")
        expect(clerk.page.locator("main")).to_contain_text("办理后会怎样")
        expect(clerk.page.locator("main")).to_contain_text(told)
        clerk.press("撤回申请")
        expect(clerk.page.locator("main")).to_contain_text("已撤回")


def test_a_family_that_moved_out_comes_back(
    county: County, clerk: Screen, site: Site, chrome: Browser, size: str
) -> None:
    born, serial = date(1971, 6, 8), 530 + 2 * len(size)
    members = (
        a_member("吴传根", id_no=an_id(born, serial + 1)),
        a_member("周桂兰", "SPOUSE", id_no=an_id(born, serial)),
    )
    home = registered(*members, by=county.clerk, region=county.village,
                      household_id=f"{county.village[:10]}00013")  # fmt: skip
    approver = county.officer("county_approver")
    asked = propose(by=scope_of(county.officer("township_clerk")), kind="MOVE_OUT", day=date(2026, 6, 1),
                    payload={}, reason="户口迁移证 2026-061 号", household=home)  # fmt: skip
    decide(by=scope_of(approver), request=asked, approve=True)
    clerk.find("吴传根")
    clerk.look("find-left")
    clerk.page.locator("tr", has_text="吴传根").locator("a").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.look("family-ended")
    clerk.press("恢复登记")
    for name in ("吴传根", "周桂兰"):
        clerk.page.locator("main tr", has_text=name).locator("input").check()
    clerk.fill(day="2026-10-08", reason="户口簿、入户核实记录")
    clerk.look("change-return")
    clerk.press("提交审批")
    expect(clerk.page.locator("main")).to_contain_text("不在任何一户")
    address = clerk.page.url.removeprefix(site.address)
    screen = Screen(chrome, site, size)
    screen.sign_in(approver)
    screen.go(f"{address}decide/")
    screen.look("change-returned")
    screen.decide("同意并更新档案")
    expect(screen.page.locator("main")).to_contain_text("已审批并更新档案")
    clerk.go(f"/family/{home}/")
    expect(clerk.page.locator("h1")).to_contain_text("吴传根家")


def test_a_family_with_an_official_among_its_kin(
    county: County, clerk: Screen, site: Site, chrome: Browser, size: str
) -> None:
    book, day = f"{county.village[:10]}00012", date(2026, 9, 1)
    number = an_id(date(1975, 2, 3), 520 + len(size))
    told = {"region": county.village, "household_id": book, "housing_safety": "B"}
    home = registered(a_member("杨老五", id_no=number), by=county.clerk, **told)
    kin_of("杨老五", county.clerk, day, official="王敏", post="民主镇社会事务办主任", obligor="杨长子")
    clerk.go(f"/family/{home}/")
    expect(clerk.page.locator("main")).to_contain_text("法定义务人与近亲属备案")
    clerk.look("family-kin", at="table:has-text('民主镇社会事务办主任')")
    clerk.page.locator("tr", has_text="杨长子").locator("a", has_text="终止").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.look("change-obligor-end")
    clerk.go(f"/family/{home}/change/facts/")
    clerk.fill(day="2026-09-20", reason="入户查看记录", fact__housing_safety="C")
    clerk.press("提交审批")
    address = clerk.page.url.removeprefix(site.address)
    chief = Screen(chrome, site, size)
    chief.sign_in(county.officer("township_chief"))
    chief.go(f"{address}decide/")
    expect(chief.page.locator("main")).to_contain_text("与您同名，请由另一位同志审批")
    chief.look("change-apart")
    approver = Screen(chrome, site, size)
    approver.sign_in(county.officer("county_approver"))
    approver.go(f"{address}decide/")
    expect(approver.page.locator("main")).to_contain_text("同意并更新档案")
    approver.look("change-filed")
    clerk.press("撤回申请")


def test_a_village_reads_the_help_and_not_why(county: County, site: Site, chrome: Browser, size: str) -> None:
    village = Screen(chrome, site, size)
    village.sign_in(county.officer("village"))
    village.go(f"/family/{county.families['陈国富']}/")
    expect(village.page.locator("main")).to_contain_text("这户符合最低生活保障条件")
    village.look("family-village")
    expect(village.page.locator("main")).to_contain_text("按人核定的待遇（特困人员救助供养、")


def test_two_families_become_one(county: County, clerk: Screen, size: str) -> None:
    number, book = an_id(date(1972, 5, 20), 510 + len(size)), f"{county.village[:10]}00009"
    sister = a_member("罗三妹", id_no=number)
    registered(sister, by=county.clerk, region=county.village, household_id=book)
    clerk.go(f"/family/{county.families['罗永平']}/change/merge/")
    clerk.fill(**PAPER, other=number)
    clerk.look("change-merge-find")
    clerk.press("查找另一户")
    clerk.page.locator("main tr", has_text="罗三妹").locator("select").select_option("SIBLING")
    clerk.look("change-merge")
    clerk.press("提交审批")
    expect(clerk.page.locator("main")).to_contain_text("罗三妹")
    clerk.look("change-merged")
    clerk.press("撤回申请")


def test_a_family_that_came_by_itself(county: County, clerk: Screen, size: str) -> None:
    known = a_member("周小宝", id_no=None, birth_date=20240502, sex="MALE")
    registered(known, by=county.clerk, region=county.village, household_id=f"{county.village[:10]}00010")
    clerk.find("周新来")
    clerk.look("find-nothing")
    clerk.press("登记新家庭")
    clerk.fill(reason="户口簿 12 号", area_type="RURAL", household_no="12", address="5组2号")
    clerk.page.select_option("[name=region]", index=1)
    first = {"0__name": "周新来", "0__id_no": "999999199003070000"}
    clerk.fill(**first)
    clerk.fill(**{"1__name": "周小宝", "1__relation": "SON", "1__sex": "MALE", "1__birth_date": "2024-05-02"})
    clerk.press("提交审批")
    expect(clerk.page.locator("[role=alert]")).to_contain_text("第 1 名成员")
    clerk.look("new-family")
    clerk.fill(**{"0__id_no": an_id(date(1990, 3, 7), 520)})
    clerk.press("提交审批")
    expect(clerk.page.locator("[role=alert]")).to_contain_text("可能已经登记")
    clerk.look("new-family-known")
    clerk.page.check("#different")
    clerk.press("提交审批")
    expect(clerk.page.locator("main")).to_contain_text("审批以后建档")
    clerk.look("new-family-asked")
    clerk.press("撤回申请")


def test_a_form_left_by_a_slip_of_the_hand(county: County, clerk: Screen, size: str) -> None:
    page, address = clerk.page, f"/family/{county.families['罗永平']}/change/facts/"
    clerk.go(f"/family/{county.families['罗永平']}/")
    clerk.go(address)
    clerk.fill(**PAPER, fact__address="3组19号")
    expect(page.locator("[data-kept]")).to_contain_text("已暂存，还没有提交")
    page.go_back(wait_until="networkidle")
    page.go_forward(wait_until="networkidle")
    expect(page.locator("[name='fact:address']")).to_have_value("")
    clerk.look("change-kept")
    clerk.press("继续填")
    expect(page.locator("[name='fact:address']")).to_have_value("3组19号")
    clerk.look("change-continued")
    page.fill("[name='fact:address']", "3组20号")
    page.locator("header .brand").click()  # before the form has paused: it is sent along in leaving
    page.wait_for_load_state("networkidle")
    card = page.locator(".card-figure", has_text="未提交的表单")
    expect(card.locator("b")).to_have_text("1")
    card.click()
    clerk.look("inbox-draft")
    page.locator("tr[data-open] a").first.click()
    expect(page.locator("[name='fact:address']")).to_have_value("3组20号")
    assert "3组" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    _leaving_without_a_network(clerk)
    clerk.press("丢弃")
    expect(page.locator("main")).to_contain_text("未提交的填写已丢弃")
    expect(page.locator(".kept")).to_have_count(0)


def _leaving_without_a_network(clerk: Screen) -> None:
    """Only then the browser asks."""
    page, asked = clerk.page, list[str]()
    page.route("**/change/facts/**", lambda route: route.abort())
    page.fill("[name='fact:address']", "3组21号")
    expect(page.locator("[data-kept]")).to_contain_text("没有暂存上")
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("header .brand").click()
    expect(page.locator("[name='fact:address']")).to_have_value("3组21号")
    assert asked == ["beforeunload"]
    page.unroute("**/change/facts/**")
    page.locator("[name='fact:address']").press("End")
    page.keyboard.type("2")
    expect(page.locator("[data-kept]")).to_contain_text("已暂存，还没有提交")
    clerk.said.clear()  # the browser notes the request that was cut


def test_looking_further_than_ones_own_work(
    county: County, site: Site, clerk: Screen, chrome: Browser, size: str
) -> None:
    handler = Screen(chrome, site, size)
    handler.sign_in(county.officer("county_handler"))
    handler.go(f"/family/{county.families['陈国富']}/")
    handler.look("purpose")
    handler.fill(purpose="受理救助申请")
    handler.press("继续查看")
    expect(handler.page.locator("h1")).to_contain_text("陈国富家")
    handler.go(f"/family/{county.families['陈国富']}/?about=2024-06-01")
    handler.page.locator(".when summary").click()
    handler.look("family-before")

    clerk.go("/duty/")
    clerk.look("duty")
    clerk.fill(reason="夜间突发火灾，安置受灾户")
    clerk.press("打开紧急查看")
    expect(clerk.page.locator("header + .say")).to_contain_text("紧急查看中")
    clerk.look("emergency")
    clerk.page.locator("header + .say button").click()
    expect(clerk.page.locator("header + .say")).to_have_count(0)


def test_the_receipt_on_paper(county: County, clerk: Screen, size: str) -> None:
    clerk.go(f"/family/{county.families['陈国富']}/receipt/")
    clerk.fill(purpose="打印交给本人")
    clerk.press("继续查看")
    clerk.look("receipt")
    clerk.page.evaluate("window.print = () => { document.title = '在打印'; }")
    clerk.page.click("#print")
    assert clerk.page.title() == "在打印"
    clerk.page.emulate_media(media="print")
    expect(clerk.page.locator("#print")).to_be_hidden()
    clerk.look("receipt-print")
    clerk.page.emulate_media(media="screen")
    clerk.page.click("text=返回这一户")
    expect(clerk.page.locator("h1")).to_contain_text("陈国富家")


def test_a_list_from_file_to_register_and_out_again(
    county: County, clerk: Screen, site: Site, chrome: Browser, size: str, tmp_path: Path
) -> None:
    where = {"desk": ("民主镇", "小白岩村"), "phone": ("大山镇", "嘎木村")}[size]
    place, book_no = dict(zip(("town", "village"), where, strict=True)), f"{county.village[:10]}0002"
    rows = [
        dibao_row(f"{book_no}{n}", "户主", name, an_id(), **place)
        for n, name in enumerate(("赵德福", "钱玉珍", "孙小燕"), 1)
    ]
    rows.append(dibao_row(f"{book_no}4", "户主", "周树林", "999999196803050000", **place))
    rows.append(dibao_row(f"{book_no}5", "户主", "吴永平", an_id(), cause="不知道", **place))
    book = tmp_path / "低保名册.xlsx"
    book.write_bytes(workbook(DIBAO, rows))
    wrong = tmp_path / "名册.xlsx"
    wrong.write_bytes(b"PK\x03\x04 not a workbook")
    clerk.go("/imports/")
    clerk.look("imports-empty")
    _upload(clerk, wrong)
    expect(clerk.page.locator("main")).to_contain_text("正在处理")
    tick()
    expect(clerk.page.locator("[role=alert]")).to_contain_text("文件已损坏")
    clerk.look("import-unreadable")
    clerk.go("/imports/")
    _upload(clerk, tmp_path / "名册.xlsx", mime=b"MZ\x90\x00")
    clerk.look("import-not-taken")
    _upload(clerk, book)
    expect(clerk.page.locator("main")).to_contain_text("正在处理")
    clerk.look("import-working")
    tick()
    tick()
    expect(clerk.page.locator("main")).to_contain_text("等待另一位经办人确认")  # the page renews itself
    clerk.look("import-preview")
    clerk.page.locator("a.card-figure", has_text="未通过").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.look("import-refused")
    seen = clerk.page.url
    clerk.press("下载标红的原表")
    clerk.fill(purpose="改正标红的行")
    with clerk.page.expect_download() as download:
        clerk.page.click("text=继续查看")
    assert download.value.suggested_filename == "低保名册-问题.xlsx"
    clerk.page.goto(seen)
    clerk.go("/?show=asked")
    expect(clerk.page.locator("main tbody")).to_contain_text("等待另一位经办人确认")
    before, colleague = households(), Screen(chrome, site, size)
    colleague.sign_in(county.officer("township_clerk"))
    colleague.go("/?show=import")
    colleague.look("inbox-import")
    colleague.page.locator("main tbody a").first.click()
    colleague.press("确认入册")
    colleague.look("import-confirm")
    colleague.decide("确认入册")
    tick()
    expect(colleague.page.locator("a", has_text="整批撤销")).to_be_visible()
    assert len(households()) == len(before) + 3
    colleague.look("import-done")
    colleague.go("/imports/")
    colleague.look("imports")
    colleague.page.locator("main tbody a").first.click()
    colleague.press("整批撤销")
    colleague.look("import-undo")
    colleague.decide("撤销这批名册")
    expect(colleague.page.locator("main")).to_contain_text("已整批撤销")
    assert households() == before
    colleague.look("import-undone")


def _upload(clerk: Screen, file: Path, *, mime: bytes = b"") -> None:
    if mime:
        file.write_bytes(mime)
    clerk.fill(mapping="dibao_guizhou", on="2026-09-30")
    clerk.page.set_input_files("#file", file)
    clerk.press("上传并核对")


def test_who_works_here(county: County, site: Site, chrome: Browser, size: str) -> None:
    keeper, reader = Screen(chrome, site, size), Screen(chrome, site, size)
    keeper.sign_in(county.officer("administrator"))
    keeper.go("/officers/new/")
    new = {"name": "赵新", "sign_in_name": f"zhaoxin-{size}", "role": "township_clerk"}
    keeper.fill(**new, region=county.township, reason="县委组织部 2026-12 号任职文件")
    keeper.look("officer-new")
    keeper.decide("任命")
    expect(keeper.page.locator("main")).to_contain_text("只在这里显示这一次")
    keeper.hide("code.big")
    keeper.look("officer-start")
    keeper.go(f"/officers/?text={'民主镇' if size == 'desk' else '大山镇'}")
    keeper.look("officers")
    keeper.page.locator("main tbody a", has_text="赵新").click()
    keeper.page.wait_for_load_state("networkidle")
    keeper.look("officer")
    keeper.press("停用账号")
    keeper.page.fill("#suspend-reason", "调离本单位")
    keeper.decide("停用账号", "suspend-code")
    expect(keeper.page.locator("main")).to_contain_text("已办理，并且留痕")
    expect(keeper.page.locator("h1 + .chip")).to_have_text("停用")
    keeper.go(f"/officers/{county.officer('auditor').id}/")
    expect(keeper.page.locator("main")).to_contain_text("由上级的系统管理员办理")
    keeper.look("officer-above")
    reader.sign_in(county.officer("auditor"))
    reader.look("inbox-auditor")
    reader.page.locator("main tbody a", has_text="赵新").first.click()
    reader.page.wait_for_load_state("networkidle")
    reader.look("traces")


def test_why_somebody_looked(county: County, site: Site, clerk: Screen, chrome: Browser, size: str) -> None:
    home, number = f"{county.village[:10]}00014", an_id(date(1975, 2, 3), 530 + len(size))
    told = {"region": county.village, "household_id": home, "housing_safety": "B"}
    family = registered(a_member("赵守田", id_no=number), by=county.clerk, **told)
    village = Screen(chrome, site, size)
    village.sign_in(county.officer("village"))
    village.go(f"/family/{family}/")
    clerk.find("赵守田")
    clerk.page.locator("main tbody a").first.click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.go(f"/family/{family}/change/facts/")
    clerk.fill(**PAPER, fact__housing_safety="C")
    clerk.press("提交审批")
    clerk.press("撤回申请")
    auditor = Screen(chrome, site, size)
    auditor.sign_in(county.officer("auditor"))
    auditor.go("/traces/")
    auditor.fill(household=home)
    auditor.press("按户查")
    for words in ("按姓名查到", "申请变更（更正信息）"):
        expect(auditor.page.locator("main tbody")).to_contain_text(words)
    expect(auditor.page.locator("main tbody")).to_contain_text("直接打开了网页地址")
    auditor.look("traces-why")


def test_what_goes_wrong_is_told_calmly(
    county: County, site: Site, clerk: Screen, chrome: Browser, size: str
) -> None:
    clerk.go(f"/family/{uuid4()}/")
    clerk.refused(404)
    clerk.look("not-found")
    leader = Screen(chrome, site, size)
    leader.sign_in(county.officer("leader"))
    leader.look("inbox-leader")
    leader.go("/find/")
    leader.refused(403)
    leader.look("forbidden")
    clerk.go("/duty/")
    clerk.context.clear_cookies(name="csrftoken")
    clerk.page.locator("header form button").last.click()  # sign out, from a page that was open too long
    clerk.page.wait_for_load_state("networkidle")
    clerk.refused(403)
    clerk.look("stale")
    with patch.object(inbox, "render", side_effect=OperationalError("detail")):
        clerk.go("/")
    clerk.refused(503)
    clerk.look("database-gone")
    with patch.object(inbox, "render", side_effect=RuntimeError("detail")):
        clerk.go("/")
    clerk.refused(500)
    clerk.look("broken")
    clerk.go("/")
    expect(clerk.page.locator("main")).to_contain_text("我的待办")  # it works again by itself


def test_the_keyboard_is_enough(clerk: Screen, size: str) -> None:
    clerk.page.keyboard.press("/")
    clerk.page.keyboard.type("陈")
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_load_state("networkidle")
    clerk.page.locator("h1").click()
    for key in ("j", "j", "k"):
        clerk.page.keyboard.press(key)
    chosen = clerk.page.locator("tr[aria-selected=true]")
    assert chosen.count() == 1
    clerk.page.keyboard.press("Enter")
    clerk.page.wait_for_url("**/family/**")


def test_without_scripts_everything_is_there(
    county: County, site: Site, clerk: Screen, chrome: Browser, size: str
) -> None:
    width, height = SIZES[size]
    state = clerk.context.storage_state()
    plain = chrome.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, storage_state=state
    )
    page = plain.new_page()
    page.goto(site.address + "/find/")
    page.fill("#q", "陈国富")
    page.locator("main button", has_text="查找").click()
    page.locator("tr[data-open] a").first.click()
    number = page.locator(".sealed", has_text="999999").first
    number.locator("summary").click()
    number.locator("input[name=purpose]").fill("核对身份证")
    number.locator("button").click()
    expect(page.locator("main")).to_contain_text("已留痕")
    page.click("text=返回家庭页面")
    page.locator("aside input.num").first.fill("3000")
    page.locator("aside button", has_text="试算").click()
    expect(page.locator("main")).to_contain_text("没有保存")
    page.goto(f"{site.address}/family/{county.families['陈国富']}/change/facts/")
    page.fill("[name=reason]", "户口簿 12 号")
    page.locator("main button", has_text="暂存").click()
    expect(page.locator("main")).to_contain_text("接着填")
    expect(page.locator("[name=reason]")).to_have_value("户口簿 12 号")


def test_every_page_is_light_the_first_time(
    county: County, site: Site, clerk: Screen, chrome: Browser, size: str
) -> None:
    home = county.families["陈国富"]
    pages = ("/", "/done/", "/find/", "/duty/", "/imports/", "/purpose/", "/family/new/", f"/family/{home}/",
             f"/family/{home}/receipt/", f"/family/{home}/change/facts/", "/sign-in/")  # fmt: skip
    weights = {}
    for address in pages:
        first = Screen(chrome, site, size, clerk.context.storage_state())
        first.go(address)
        assert any(url.endswith(".css") for url in first.weight) or "receipt" in address
        weights[address] = sum(first.weight.values())
        first.context.close()
    assert max(weights.values()) <= HEAVIEST, weights
    print(weights)  # read with `pytest -s`

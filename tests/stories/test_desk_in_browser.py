"""A day at the desk in a real browser, on a wide screen and on a phone; every screen is looked at closely."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect
from pytest_django import DjangoDbBlocker

from doudi.kernel.month import Month
from doudi.office.models import Officer
from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.people import SIBLING, TOWNSHIP, VILLAGE, a_small_country, an_officer
from tests.rooms.registry.families import CLERK, COLLEAGUE, a_member, an_id, registered
from tests.stories.browser import SIZES, Screen, a_site, chromium
from tests.stories.conftest import emptied_after
from tests.stories.register import a_lead, entries, households, tick

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("size", SIZES)]
VALUES = """
[defaults]
status = "test"
cites = "演示数值（虚构）"
reviewed = 2026-11-22
[[dibao_standard]]
region = "520281"
from = 2026-01-01
value = { URBAN = "735.00", RURAL = "535.00" }
"""


def a_family_of(husband: str, wife: str, number: int, wage: int, region: str = VILLAGE) -> Any:
    """A couple with a wage of so many fen a month, everything about them declared."""
    last = Month.of(date.today())
    months = [last.plus(-n).yyyymm for n in range(1, 13)]
    incomes = [{"item": "SALARY", "month": month, "amount": wage, "deduction": 0} for month in months]
    told = {
        "serious_illness": False,
        "disability_type": "NO",
        "disability_grade": 0,
        "obligor_state": "CAPABLE",
    }
    return registered(
        a_member(husband, id_no=an_id(date(1966, 4, 2), 2 * number + 1), phone="13912345678",
                 incomes=incomes, employed=True, labour_capacity="ORDINARY", **told),
        a_member(wife, "SPOUSE", id_no=an_id(date(1969, 9, 1), 2 * number), chronic_illness=True,
                 employed=False, labour_capacity="WEAK_HALF", **told),
        by=CLERK if region.startswith(TOWNSHIP) else COLLEAGUE, region=region,
        household_id=f"5202811042{number:05d}", address="3组18号", hukou_type="AGRICULTURAL",
        hukou_local=True, authorised_all=True, income_complete=True, expenditure_complete=True,
        property_complete=True,
        property_conclusion="PASS", housing_safety="B", water_safe=True, hardship_cause="ILLNESS",
        risk_confirmed=False,
    )  # fmt: skip


def a_clerk(sign_in_name: str) -> Officer:
    """One more clerk of the township: a one-time code works once, so each story has its own."""
    officer = an_officer(sign_in_name, "township_clerk")
    officer.name = "刘洋"
    officer.save()
    return officer


@pytest.fixture(scope="module")
def county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Officer]]:
    """A township at work: families, a lead, and a clerk and a chief for each size of screen."""
    values = Path(settings.OFFICE_VALUES, "browser.toml")
    values.parent.mkdir(exist_ok=True)
    values.write_text(VALUES, "utf-8")
    with emptied_after(django_db_blocker):
        a_small_country()
        home = a_family_of("陈国富", "李秀英", 1, 60000)
        a_family_of("陈德福", "王桂芳", 2, 90000)
        a_family_of("陈立军", "何玉珍", 3, 210000)
        a_family_of("陈永平", "唐秋菊", 4, 30000, SIBLING)
        a_lead(home, VILLAGE, "大病支出突增", "医保部门提示：近三个月住院自付 18,200 元，请入户核实。")
        people = {
            f"{role}-{size}": an_officer(f"{role}-{size}", role)
            for role in ("township_clerk", "township_chief")
            for size in SIZES
        }
        for officer, name in zip(people.values(), ("李建国", "张庆云", "王敏", "周海燕"), strict=True):
            officer.name = name
            officer.save()
        yield people
    values.unlink()


@pytest.fixture(scope="module")
def site(county: dict[str, Officer]) -> Iterator[str]:
    with a_site() as address:
        yield address


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch:
        # Playwright keeps a loop in this thread, which Django would take for a mistake of ours.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with chromium() as browser:
            yield browser


def test_a_change_from_search_to_decision(
    county: dict[str, Officer], site: str, chrome: Browser, size: str
) -> None:
    clerk = Screen(chrome, site, size)
    clerk.sign_in(county[f"township_clerk-{size}"])
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

    chief = Screen(chrome, site, size)
    chief.sign_in(county[f"township_chief-{size}"])
    chief.look("inbox")
    chief.page.locator("tr[data-open] a").first.click()
    chief.page.wait_for_load_state("networkidle")
    chief.look("change-decide")
    chief.press("同意并更新档案")
    expect(chief.page.locator("main")).to_contain_text("已审批并更新档案")
    chief.go("/done/")
    chief.look("done")


def _reveal(clerk: Screen) -> None:
    number = clerk.page.locator(".sealed", has_text="999999").first
    number.locator("summary").click()
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
    clerk.press("申请变更")
    clerk.press("更正信息")
    clerk.look("change-facts")
    clerk.page.locator(".tabs a", has_text="陈德福").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.page.fill("#i-day", "2026-10-01")
    clerk.page.fill("#i-reason", "诊断证明 2026-118 号")
    clerk.page.select_option("[name='fact:serious_illness']", "true")
    clerk.press("提交审批")
    expect(clerk.page.locator("main")).to_contain_text("待审批")
    clerk.look("change")


def test_a_list_from_file_to_register_and_out_again(
    county: dict[str, Officer], site: str, chrome: Browser, size: str, tmp_path: Path
) -> None:
    rows = [
        dibao_row(f"99{size}{n}", "户主", name, an_id())
        for n, name in enumerate(("赵德福", "钱玉珍", "孙小燕"))
    ]
    rows.append(dibao_row(f"99{size}9", "户主", "周树林", "999999196803050000"))
    rows.append(dibao_row(f"99{size}8", "户主", "吴永平", an_id(), cause="不知道"))
    book = tmp_path / "低保名册.xlsx"
    book.write_bytes(workbook(DIBAO, rows))
    # A code works once: this story needs an officer of its own.
    clerk = Screen(chrome, site, size)
    clerk.sign_in(a_clerk(f"importer-{size}"))
    clerk.go("/imports/")
    clerk.look("imports")
    clerk.page.select_option("#mapping", "dibao_guizhou")
    clerk.page.fill("#on", "2026-09-30")
    clerk.page.set_input_files("#file", book)
    clerk.page.click("text=上传并核对")
    expect(clerk.page.locator("main")).to_contain_text("正在处理")
    tick()
    tick()
    expect(clerk.page.locator("a", has_text="确认入册")).to_be_visible()  # the page renews itself
    clerk.look("import-preview")
    clerk.page.locator("a.card-figure", has_text="未通过").click()
    clerk.page.wait_for_load_state("networkidle")
    clerk.look("import-refused")
    with clerk.page.expect_download() as download:
        clerk.page.click("text=下载标红的原表")
    assert download.value.suggested_filename == "低保名册-问题.xlsx"
    before = households()
    clerk.press("确认入册")
    clerk.look("import-confirm")
    clerk.press("确认入册")
    tick()
    expect(clerk.page.locator("a", has_text="整批撤销")).to_be_visible()
    assert len(households()) == len(before) + 3
    clerk.look("import-done")
    clerk.press("整批撤销")
    clerk.look("import-undo")
    clerk.press("撤销这批名册")
    expect(clerk.page.locator("main")).to_contain_text("已整批撤销")
    assert households() == before
    clerk.go("/duty/")
    clerk.look("duty")
    clerk.page.goto(site + "/nowhere/")
    assert clerk.said.pop().startswith("Failed to load resource")
    clerk.look("not-found")


def test_the_keyboard_is_enough(county: dict[str, Officer], site: str, chrome: Browser, size: str) -> None:
    clerk = Screen(chrome, site, size)
    clerk.sign_in(a_clerk(f"keyboard-{size}"))
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
    county: dict[str, Officer], site: str, chrome: Browser, size: str
) -> None:
    signed_in = Screen(chrome, site, size)
    signed_in.sign_in(a_clerk(f"plain-{size}"))
    width, height = SIZES[size]
    state = signed_in.context.storage_state()
    plain = chrome.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=False, storage_state=state
    )
    page = plain.new_page()
    page.goto(site + "/find/")
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

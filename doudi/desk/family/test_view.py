"""一户一档."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from doudi.assessment.receipt import read
from doudi.desk.family import assessed
from doudi.office import regions
from doudi.registry import queries
from tests.rooms.people import TOWNSHIP
from tests.rooms.registry.families import CLERK, a_member, registered
from tests.stories.register import entries, person

PLAIN = "13912345678"


def page_of(client: Client, family: UUID, query: str = "") -> str:
    return client.get(f"/family/{family}/{query}").content.decode()


def test_it_works(clerk: Client, family: UUID) -> None:
    page = page_of(clerk, family)
    assert all(
        text in page
        for text in ("陈国富家", "李秀英", "户0001", "6,000.00", "还不清楚", "为什么不是其他类别")
    )
    assert all(text not in page for text in (PLAIN, "3组18号"))
    assert {row.subject.split(":")[0] for row in entries("viewed")} == {
        "registry_household",
        "registry_person",
    }


def test_a_slip_in_the_county_s_values_leaves_those_of_before_and_is_told(
    clerk: Client, family: UUID, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OFFICE_VALUES = tmp_path
    seconds = iter(range(1, 100_000))  # each look at the files is a second later
    monkeypatch.setattr(assessed.time, "monotonic", lambda: float(next(seconds)))
    before = page_of(clerk, family)
    assert "政策数值文件有误" not in before
    (tmp_path / "own.toml").write_text("this is [broken", "utf-8")
    after = page_of(clerk, family)
    assert "县里的政策数值文件有误，暂按改动以前的数值测算。" in after
    assert "own.toml" in after
    assert "资格与金额试算" in after
    (tmp_path / "own.toml").unlink()
    assert "政策数值文件有误" not in page_of(clerk, family)


def test_values_that_never_were_right_are_told_in_words(
    clerk: Client, family: UUID, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text("this is [broken", "utf-8")
    settings.OFFICE_VALUES = tmp_path
    monkeypatch.setattr(assessed, "_good", {})
    assessed._law_of.cache_clear()
    answer = clerk.get(f"/family/{family}/")
    assert answer.status_code == 503
    assert "县里的政策数值文件有误：own.toml" in answer.content.decode()


def test_nothing_runs_inline(clerk: Client, family: UUID) -> None:
    page = page_of(clerk, family)
    assert all(text not in page for text in (" style=", "<style", " onclick", "javascript:", "hx-on"))


def test_a_reveal_says_why_and_leaves_a_trace(clerk: Client, family: UUID) -> None:
    address = f"/reveal/{person('陈国富')}/phone/"
    assert "请先说明事由" in clerk.post(address, {"back": str(family)}).content.decode()
    assert PLAIN in clerk.post(address, {"back": str(family), "purpose": "电话通知"}).content.decode()
    (row,) = entries("revealed")
    assert (row.purpose, row.detail) == ("电话通知", {"field": "phone"})
    # The purpose holds for half an hour; each look still leaves its own row.
    fragment = clerk.post(address, headers={"HX-Request": "true"}).content.decode()
    assert PLAIN in fragment
    assert "<html" not in fragment
    assert len(entries("revealed")) == 2


def test_the_day_of_birth_is_asked_for_like_the_number(clerk: Client, family: UUID) -> None:
    page = page_of(clerk, family)
    assert "1968 年" in page
    assert "1968-03" not in page
    born, number = (
        clerk.post(f"/reveal/{person('陈国富')}/{field}/", {"purpose": "核对证件"}).content.decode()
        for field in ("birth_date", "id_no")
    )
    (day,) = re.findall(r"1968-03-\d\d", born)
    assert f"999999{day.replace('-', '')}" in number
    assert [row.detail for row in entries("revealed")] == [{"field": "birth_date"}, {"field": "id_no"}]


def test_a_purpose_ends(browser: Callable[..., Client], family: UUID) -> None:
    handler = browser("handler", purposes={f"{family}": ["受理申请", 0]})
    assert "查看事由" in page_of(handler, family)
    assert "陈国富" not in page_of(handler, family)
    answer = handler.post(f"/purpose/?next=/family/{family}/", {"purpose": "审核审批"}, follow=True)
    assert "陈国富家" in answer.content.decode()


def test_a_purpose_is_for_whom_it_was_given_and_says_something(
    browser: Callable[..., Client], family: UUID
) -> None:
    other = registered(a_member("孙大海"), by=CLERK, household_id="户0002")
    handler = browser("handler")
    refused = handler.post(f"/purpose/?next=/family/{family}/", {"purpose": "。。。。。。"}).content.decode()
    assert "至少四个汉字" in refused
    handler.post(f"/purpose/?next=/family/{family}/", {"purpose": "核查本户线索"})
    assert "陈国富家" in page_of(handler, family)
    assert "请先说明查看的事由" in page_of(handler, other)
    assert "孙大海" not in page_of(handler, other)
    number = handler.post(f"/reveal/{person('陈国富')}/phone/", {"back": str(family)}).content.decode()
    assert PLAIN in number  # of a member of that family
    asked = handler.post(f"/reveal/{person('孙大海')}/id_no/", {"back": str(family)}).content.decode()
    assert "请先说明事由" in asked


def test_the_reason_of_an_emergency_stands_on_every_row(browser: Callable[..., Client], family: UUID) -> None:
    sibling = browser("sibling", purposes={f"{family}": ["早先的核对情况", 2**33]})
    sibling.post("/emergency/open/", {"region": TOWNSHIP, "reason": "一场火灾须核查"})
    assert "陈国富家" in page_of(sibling, family)
    sibling.post(f"/reveal/{person('陈国富')}/phone/", {"back": str(family), "purpose": "电话通知家属"})
    assert {row.purpose for row in (*entries("viewed"), *entries("revealed"))} == {"紧急查看：一场火灾须核查"}


def test_a_liaison_sees_no_money_and_no_law(browser: Callable[..., Client], family: UUID) -> None:
    liaison = browser("liaison", purposes={f"{family}": ["核对本部门数据", 2**33]})
    page = page_of(liaison, family)
    assert "陈国富家" in page
    assert all(text not in page for text in ("6,000.00", "资格与金额试算", "患重病", "没有登记"))
    assert "不在您的查看范围" in page
    assert liaison.get(f"/family/{family}/receipt/").status_code == 403


def test_as_known_before_it_was_registered(clerk: Client, family: UUID) -> None:
    page = page_of(clerk, family, "?about=2024-06-01&known=2024-06-01")
    assert "按 2024-06-01 所知" in page
    assert "陈国富家" not in page


def test_a_day_nobody_can_read(clerk: Client, family: UUID) -> None:
    assert "写法不对" in page_of(clerk, family, "?about=2024-13-99")


def test_the_receipt_prints_and_recomputes(clerk: Client, family: UUID) -> None:
    assert "请先说明事由" in clerk.get(f"/family/{family}/receipt/").content.decode()
    clerk.post("/purpose/", {"purpose": "打印交给本人", "about": f"{family}"})
    paper = clerk.get(f"/family/{family}/receipt/")
    assert "测算依据" in paper.content.decode()
    assert "'sha256-" in paper["Content-Security-Policy"]
    assert f'<a href="/family/{family}/">返回这一户</a>' in paper.content.decode()
    assert "unsafe" not in paper["Content-Security-Policy"]
    assert [row.purpose for row in entries("handed_out")] == ["打印交给本人"]
    assert [row.detail for row in entries("revealed")] == [{"field": "receipt"}] * 2
    made = read(clerk.get(f"/family/{family}/receipt/?as=json").content.decode())
    assert made["facts"]["household"]["household_id"] == "户0001"


def test_what_if_computes_and_keeps_nothing(clerk: Client, family: UUID) -> None:
    field = f"income:{person('陈国富')}:SALARY"
    answer = clerk.post(f"/family/{family}/what-if/", {field: "2,400"}, headers={"HX-Request": "true"})
    assert "没有保存" in answer.content.decode()
    assert "6,000.00" in page_of(clerk, family)
    wrong = clerk.post(f"/family/{family}/what-if/", {field: "很多"}).content.decode()
    assert "alert" in wrong
    less = clerk.post(f"/family/{family}/what-if/", {field: "-1"}).content.decode()
    assert "“工资薪金”不能是负数" in less


def test_doubles_are_told(clerk: Client, family: UUID) -> None:
    assert "没有发现可能重复" in clerk.get(f"/family/{family}/doubles/").content.decode()


@pytest.mark.parametrize("page", ["", "doubles/", "receipt/", "change/death/"])
def test_a_family_that_is_not_in_sight_is_not_there(clerk: Client, page: str) -> None:
    assert clerk.get(f"/family/{uuid4()}/{page}").status_code == 404


def test_a_past_day_with_somebody_out_of_sight_is_not_assessed(
    clerk: Client, family: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = "?about=2024-06-01"
    assert "资格与金额试算" in page_of(clerk, family, day)
    monkeypatch.setattr(queries, "out_of_sight", lambda *_: 1)
    page = page_of(clerk, family, day)
    assert "有 1 人后来迁到了其他乡镇" in page
    assert all(text not in page for text in ("资格与金额试算", "/receipt/"))
    clerk.post("/purpose/", {"purpose": "打印交给本人", "about": f"{family}"})
    assert clerk.get(f"/family/{family}/receipt/{day}")["Location"] == f"/family/{family}/{day}"
    assert "迁到了其他乡镇" not in page_of(clerk, family)


def test_what_waits_says_what_when_and_who(clerk: Client, family: UUID) -> None:
    asked = {"reason": "证明材料 1 号", "name": "陈小宝", "relation": "SON", "sex": "MALE"}
    for day in range(1, 6):
        form = asked | {"day": f"{date.today().year - 1}-06-0{day}"}
        assert clerk.post(f"/family/{family}/change/birth/", form).status_code == 302
    page = page_of(clerk, family)
    said = page.partition("有 5 项变更等待审批")[2].partition("</div>")[0]
    assert said.count(f"新增出生人口，{date.today():%Y-%m-%d} clerk 同志提出") == 3
    assert "另有 2 项" in said
    assert "-06-0" not in said


def test_each_button_says_what_it_opens(clerk: Client, family: UUID) -> None:
    page = page_of(clerk, family)
    assert '查看<span class="visually-hidden">本户的住址</span>' in page
    assert '查看<span class="visually-hidden">陈国富的身份证号</span>' in page
    assert ">的" not in page


def test_an_earlier_day_has_its_own_place(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    regions.load([("520281104202", "大田村")])
    form = {"to": "520281104202", "day": f"{date.today()}", "reason": "户口迁移证"}
    form |= {f"chosen:{person(name)}": "1" for name in ("陈国富", "李秀英")}
    address = clerk.post(f"/family/{family}/change/move_out/", form)["Location"]
    approver = browser("approver", purposes={f"{family}": ["核对迁移情况", 2**33]})
    approver.post(address + "decide/", {"verdict": "approve"})
    now, then = (page_of(approver, family, query) for query in ("", "?about=2024-06-01"))
    assert "大田村" in now.partition("</section>")[0]
    assert "小白岩村" in then.partition("</section>")[0]

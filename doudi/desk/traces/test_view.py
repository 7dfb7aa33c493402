"""留痕查询."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.rooms.imports.books import DIBAO, dibao_row, workbook
from tests.rooms.people import COUNTY, SIBLING
from tests.stories.register import appointed_as, entries, person, tick


def told(client: Client, query: str = "") -> str:
    return client.get(f"/traces/{query}").content.decode().partition("<tbody>")[2]


def test_it_works(browser: Callable[..., Client], clerk: Client, family: UUID) -> None:
    clerk.get(f"/family/{family}/")
    clerk.post(f"/reveal/{person('陈国富')}/phone/", {"purpose": "来访人要求核对"})
    auditor = browser("auditor")
    page = told(auditor)
    assert all(
        text in page for text in ("clerk 同志", "查看档案", "查看遮盖项", f"registry_household:{family}")
    )
    assert "来访人要求核对" in page
    assert "陈国富" not in page
    assert "查看遮盖项" in told(auditor, f"?officer=clerk&subject={family}")  # of a member
    assert "查看遮盖项" not in told(auditor, f"?officer=clerk&subject={person('李秀英')}")
    assert "查看档案" not in told(auditor, "?verb=revealed")
    assert told(auditor, "?officer=nobody&before=9&subject=y") == ""
    assert len(entries("read_audit")) == 5
    for wrong, words in (("verb=king", "没有“king”这一类留痕"), ("before=abc", "before 应当是数字")):
        page = auditor.get(f"/traces/?{wrong}").content.decode()
        assert words in page
        assert "<tbody>" not in page
    assert len(entries("read_audit")) == 5


def test_who_looked_in_march_can_be_asked(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    clerk.get(f"/family/{family}/")
    auditor, today = browser("auditor"), timezone.localdate()
    for span, seen in (
        (f"from={today}&to={today}", True),
        (f"from={today}", True),
        (f"to={today}", True),
        (f"to={today - timedelta(days=1)}", False),
        (f"from={today + timedelta(days=1)}", False),
    ):
        assert ("查看档案" in told(auditor, f"?subject={family}&{span}")) is seen, span
    assert entries("read_audit")[-1].detail["from"] == f"{today + timedelta(days=1)}"
    answer = auditor.post("/traces/", {"household": "户0001", "from": f"{today}", "to": f"{today}"})
    assert answer["Location"] == f"/traces/?subject={family}&from={today}&to={today}"
    for wrong, words in (
        ("from=2026-3", "日期请写成"),
        ("to=9999-12-31", "日期请写成"),
        ("from=2026-03-02&to=2026-03-01", "“从”晚于“到”"),
    ):
        page = auditor.get(f"/traces/?{wrong}").content.decode()
        assert words in page
        assert "<tbody>" not in page


def test_it_is_the_auditor_s(clerk: Client, browser: Callable[..., Client]) -> None:
    assert clerk.get("/traces/").status_code == 403
    assert "留痕查询" not in clerk.get("/").content.decode()
    assert "留痕查询" in browser("auditor").get("/").content.decode()


def test_a_household_number_and_a_name_lead_to_the_traces_and_leave_one(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    clerk.post(f"/reveal/{person('陈国富')}/phone/", {"purpose": "来访人要求核对"})
    auditor = browser("auditor")
    answer = auditor.post("/traces/", {"household": " 户0001 "})
    assert answer["Location"] == f"/traces/?subject={family}"
    assert "来访人要求核对" in told(auditor, answer["Location"].removeprefix("/traces/"))
    for name, seen in (("陈国富", True), ("李秀英", False)):
        answer = auditor.post("/traces/", {"household": "户0001", "name": name})
        assert answer["Location"] == f"/traces/?subject={person(name)}"
        page = told(auditor, answer["Location"].removeprefix("/traces/"))
        assert ("来访人要求核对" in page) is seen
        assert "按户编号、姓名查留痕" in page
        assert name not in page
    for form in ({"household": "户9999"}, {"household": "户0001", "name": "王五"}, {"name": "陈国富"}):
        page = auditor.post("/traces/", form).content.decode()
        assert "没有这个户编号" in page
        assert "<tbody>" not in page
    traced = [(row.subject, row.detail["found"]) for row in entries("traced")]
    people = [f"registry_person:{person(name)}" for name in ("陈国富", "李秀英")]
    assert traced == [(f"registry_household:{family}", 1), *((one, 1) for one in people), *[("", 0)] * 3]
    assert clerk.post("/traces/", {"household": "户0001"}).status_code == 403


def test_a_refused_look_is_found_by_the_family_and_by_what_was_asked_for(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    clerk.post(
        f"/family/{family}/change/facts/",
        {"fact:housing_safety": "C", "day": "2024-06-01", "reason": "入户查看"},
    )
    change = entries("change_proposed")[0].subject.rpartition(":")[2]
    sibling, leader, auditor = browser("sibling"), browser("leader"), browser("auditor")
    assert sibling.get(f"/family/{family}/").status_code == 404
    assert sibling.post(f"/reveal/{person('李秀英')}/phone/", {"purpose": "来访核对"}).status_code == 404
    assert sibling.get(f"/change/{change}/").status_code == 404
    assert leader.get(f"/family/{family}/").status_code == 403
    answer = auditor.post("/traces/", {"household": "户0001"})
    page = told(auditor, answer["Location"].removeprefix("/traces/") + "&verb=denied")
    assert page.count("被拒绝") == 4
    for subject in (person("李秀英"), change):
        assert told(auditor, f"?subject={subject}&verb=denied").count("被拒绝") == 1
    assert all(row.region_code in (SIBLING, COUNTY) for row in entries("denied"))


def test_the_lists_that_name_a_person_are_found_by_the_person(
    browser: Callable[..., Client], family: UUID
) -> None:
    clerk, auditor = browser("clerk"), browser("auditor")
    rows = [dibao_row("户0001", "户主", "陈国富", "")]
    file = SimpleUploadedFile("名册.xlsx", workbook(DIBAO, rows))
    sent = {"mapping": "dibao_guizhou", "on": "2025-09-30", "file": file}
    address = clerk.post("/imports/", sent).headers["Location"]
    tick()
    tick()
    shown = f"?subject={person('陈国富')}"
    assert "预览名册" not in told(auditor, shown)
    assert "陈国富" in clerk.get(address).content.decode()
    clerk.post(f"/purpose/?next={address}returned/", {"purpose": "改正标红的行"})
    clerk.get(address + "returned/")
    page = told(auditor, shown)
    assert all(text in page for text in ("预览名册", "下载名册原表", "改正标红的行"))
    assert "下载名册原表" not in told(auditor, f"?subject={person('李秀英')}")


def why_of(page: str) -> list[str]:
    """The column 事由 of each row, its tags taken out."""
    cells = re.findall('<td data-label="事由">(.*?)</td>', page)
    return [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in cells]


def test_why_somebody_looked_in_their_own_place_can_be_told(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    auditor, looks = browser("auditor"), f"?subject={family}&verb=viewed"
    clerk.get(f"/family/{family}/")
    (family_row, *people) = why_of(told(auditor, looks))
    assert family_row == "当天没有查找、清单或办理：直接打开了网页地址"
    assert people == [family_row] * 2  # 陈国富 and 李秀英, shown by the same page
    clerk.get(f"/family/{family}/doubles/")  # which the page asks for by itself
    clerk.get(f"/family/{family}/")
    assert set(why_of(told(auditor, looks))) == {family_row}
    clerk.post("/find/", {"q": "陈国富"}, follow=True)
    clerk.get(f"/family/{family}/")
    (latest, *_, first) = why_of(told(auditor, looks))
    assert re.fullmatch(r"\d\d:\d\d 按姓名查到", latest)
    assert first == family_row  # what came later explains no earlier look
    form = {"day": "2024-06-01", "reason": "证明 1 号", "fact:housing_safety": "C"}
    change = clerk.post(f"/family/{family}/change/facts/", form)["Location"]
    clerk.post(f"/reveal/{person('陈国富')}/phone/", {"purpose": "来访人要求核对"})
    clerk.get(f"/family/{family}/")
    (latest, *_) = why_of(told(auditor, looks))
    for words in ("按姓名查到", "申请变更（更正信息）", "查看联系电话"):
        assert words in latest
    chief = browser("chief")
    chief.get("/")
    chief.get(f"/family/{family}/")
    (latest, *_) = why_of(told(auditor, f"{looks}&officer=chief"))
    assert re.fullmatch(r"\d\d:\d\d 列入“待办”", latest)
    chief.post(f"{change}decide/", {"verdict": "approve"})
    assert "审批并更新档案（更正信息）" in why_of(told(auditor, f"{looks}&officer=chief"))[-1]


def test_another_s_search_or_yesterday_s_explains_no_look(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    village, auditor = browser("village"), browser("auditor")
    village.post("/find/", {"q": "陈国富"}, follow=True)
    clerk.get(f"/family/{family}/")
    looks = f"?subject={family}&verb=viewed&officer=clerk"
    assert set(why_of(told(auditor, looks))) == {"当天没有查找、清单或办理：直接打开了网页地址"}
    handler = browser("handler")
    handler.post(f"/purpose/?next=/family/{family}/", {"purpose": "受理救助申请"})
    handler.get(f"/family/{family}/")
    assert set(why_of(told(auditor, f"?subject={family}&verb=viewed&officer=handler"))) == {"受理救助申请"}


def test_lines_of_lists_are_left_out_unless_asked_for(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    form = {"day": "2024-06-01", "reason": "证明 1 号", "fact:housing_safety": "C"}
    clerk.post(f"/family/{family}/change/facts/", form)
    browser("chief").get("/")
    auditor, looks = browser("auditor"), f"?subject={family}"
    assert "列入清单" not in told(auditor, looks)
    for verb in ("all", "listed"):
        assert "列入清单" in told(auditor, f"{looks}&verb={verb}")


def test_the_name_of_that_day_is_told_beside_today_s(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    clerk.get(f"/family/{family}/")
    auditor = browser("auditor")
    (officer,) = {row.officer for row in entries("viewed")}
    appointed_as(officer, "clerk 同志", COUNTY)
    assert "现名" not in told(auditor, "?officer=clerk")
    appointed_as(officer, "另一名字", COUNTY)  # a later entry changes nothing: the first was sealed first
    assert "现名" not in told(auditor, "?officer=clerk")
    other = browser("chief")
    other.get(f"/family/{family}/")
    chief = entries("viewed")[-1].officer
    appointed_as(chief, "赵新", COUNTY)
    assert "赵新（现名：chief 同志）" in told(auditor, "?officer=chief")


def test_whom_the_law_s_words_were_told_of_is_traced(
    browser: Callable[..., Client], clerk: Client, family: UUID
) -> None:
    """They tell an illness without a reveal to whoever works with it: the look says that it did."""
    cadre, liaison = browser("village"), browser("liaison")
    for desk, address, words in (
        (clerk, "", "assessment"), (clerk, "change/facts/", None), (cadre, "", None), (liaison, "", None),
    ):  # fmt: skip
        before = len(entries("viewed"))
        desk.get(f"/family/{family}/{address}")
        assert {row.detail.get("field") for row in entries("viewed")[before:]} <= {words}, address
    assert sum(row.detail.get("field") == "assessment" for row in entries("viewed")) == 3
    page = told(browser("auditor"), f"?subject={family}&verb=viewed")
    assert page.count("查看档案<span") == page.count("连同测算说明") == 3

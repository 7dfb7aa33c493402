"""法定义务人 and 近亲属备案 at the desk: filed by a form, ended by another, and told to whoever decides."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.stories.register import entries, person, proposals

DAY = {"day": "2024-06-01", "reason": "户口簿"}


@pytest.fixture
def chief(browser: Callable[..., Client]) -> Client:
    return browser("chief")


def filed(clerk: Client, family: UUID, kind: str, **form: Any) -> str:
    """The address of the request that came of it."""
    told = {"chosen": person("李秀英"), **DAY, **form}
    answer = clerk.post(f"/family/{family}/change/{kind}/", told)
    assert answer.status_code == 302, answer.content.decode().partition('role="alert">')[2][:200]
    return str(answer["Location"])


def test_it_works(clerk: Client, chief: Client, family: UUID) -> None:
    address = filed(clerk, family, "obligor", name="李长子", kin="SON")
    assert "<ins>李长子，子</ins>" in chief.get(address).content.decode()
    chief.post(address + "decide/", {"verdict": "approve"})
    page = clerk.get(f"/family/{family}/").content.decode()
    assert all(text in page for text in ("李长子", "法定义务人", "2024-06-01"))
    end = page.partition("?end=")[2].partition('"')[0]
    form = clerk.get(f"/family/{family}/change/obligor/?end={end}").content.decode()
    assert f'<option value="{end}" selected>终止：李长子，子（成员李秀英）</option>' in form
    assert all(text not in form for text in ("义务人姓名", 'name="chosen"'))
    address = filed(clerk, family, "obligor", end=end, chosen="", day="2024-09-01")
    assert "<del>李长子，子</del>" in chief.get(address).content.decode()
    chief.post(address + "decide/", {"verdict": "approve"})
    assert ">李长子" not in clerk.get(f"/family/{family}/").content.decode()
    assert "2024-09-01" in clerk.get(f"/family/{family}/?about=2024-07-01").content.decode()


def test_an_approval_tells_of_a_filing_and_the_relative_stands_apart(
    browser: Callable[..., Client], clerk: Client, chief: Client, family: UUID
) -> None:
    form = {"official": "chief 同志", "post": "民主镇民政办负责人", "kin": "SIBLING"}
    filing = filed(clerk, family, "relative", **form)
    assert "与您同名" in chief.post(filing + "decide/", {"verdict": "approve"}, follow=True).content.decode()
    approver = browser("approver")
    assert "近亲属备案" in approver.get(filing).content.decode()
    approver.post(filing + "decide/", {"verdict": "approve"})
    address = filed(clerk, family, "facts", **{"fact:housing_safety": "C"})
    page = approver.get(address + "decide/").content.decode()
    assert all(
        text in page
        for text in ("这一户有近亲属备案", "李秀英：chief 同志（民主镇民政办负责人），", "同意并更新档案")
    )
    page = chief.get(address + "decide/").content.decode()
    assert "与您同名，请由另一位同志审批" in page
    assert "同意并更新档案" not in page
    assert "与您同名" not in clerk.get(address).content.decode()
    told = {"fact:bank_account": "6222000011112222334", "fact:diagnosis": "尿毒症"}
    form = f"/family/{family}/change/facts/?about={person('李秀英')}"
    address = str(clerk.post(form, DAY | told)["Location"])
    page = approver.get(address).content.decode()
    assert all(text in page for text in told.values())
    page = chief.get(address).content.decode()
    assert all(text not in page for text in told.values())
    assert all(text in page for text in ("<ins>6222********2334</ins>", "只显示遮盖后的内容"))
    seen = [row.role for row in entries("revealed") if row.detail["field"] == "bank_account"]
    assert seen == ["county_approver"]


@pytest.mark.parametrize(
    ("kind", "form", "told"),
    [
        ("obligor", {"name": "李长子", "kin": "SON", "chosen": ""}, "请勾选这项变更涉及的成员"),
        ("obligor", {"name": "李长子"}, "请选择是该成员的什么人"),
        ("obligor", {"name": "李长子", "kin": "SON", "id_no": "12"}, "“义务人身份证号（可空）”"),
        ("relative", {"official": "张三", "kin": "SON"}, "请填写工作人员的单位和职务"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_kept(
    clerk: Client, family: UUID, kind: str, form: dict[str, str], told: str
) -> None:
    answer = clerk.post(f"/family/{family}/change/{kind}/", {"chosen": person("李秀英"), **DAY, **form})
    assert told in answer.content.decode()
    assert proposals() == []

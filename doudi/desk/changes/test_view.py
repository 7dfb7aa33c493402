"""Changes: proposed, shown, decided."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.rooms.registry.families import CLERK, a_member, an_id, registered
from tests.stories.register import person, proposals, relations

DAY = {"day": "2024-06-01", "reason": "证明材料 1 号"}


def proposed(client: Client, family: UUID, kind: str, form: dict[str, Any], about: str = "") -> str:
    """The address of the request that came of it; fails with what the page says."""
    answer = client.post(f"/family/{family}/change/{kind}/{about}", DAY | form)
    assert answer.status_code == 302, answer.content.decode().partition('role="alert">')[2][:200]
    return str(answer["Location"])


@pytest.fixture
def chief(browser: Callable[..., Client]) -> Client:
    return browser("chief")


def test_it_works(clerk: Client, chief: Client, family: UUID) -> None:
    form = {"chosen": person("陈国富"), f"relation:{person('李秀英')}": "HEAD"}
    address = proposed(clerk, family, "death", form)
    assert "办理后会怎样" in clerk.get(address).content.decode()
    assert "待我审批<b>1</b>" in chief.get("/").content.decode()
    answer = chief.post(address + "decide/", {"verdict": "approve"}, follow=True)
    assert "已审批并更新档案" in answer.content.decode()
    assert relations(family) == {"李秀英": "HEAD"}
    assert "近 30 天办结<b>1</b>" in chief.get("/").content.decode()


def test_nobody_decides_on_their_own(clerk: Client, family: UUID) -> None:
    address = proposed(clerk, family, "facts", {"fact:housing_safety": "C"})
    assert "去审批" not in clerk.get(address).content.decode()
    assert clerk.post(address + "decide/", {"verdict": "approve"}).status_code == 403
    assert "已撤回" in clerk.post(address + "withdraw/", follow=True).content.decode()


def test_a_return_needs_a_reason_and_comes_back(clerk: Client, chief: Client, family: UUID) -> None:
    address = proposed(clerk, family, "facts", {"fact:housing_safety": "C"})
    page = chief.post(address + "decide/", {"verdict": "reject"}, follow=True).content.decode()
    assert "退回请写明理由" in page
    chief.post(address + "decide/", {"verdict": "reject", "answer": "请附照片"})
    assert "退回给我<b>1</b>" in clerk.get("/").content.decode()
    assert "请附照片" in clerk.get(address).content.decode()


def test_a_decision_needs_a_code_of_its_own(clerk: Client, chief: Client, family: UUID) -> None:
    address = proposed(clerk, family, "facts", {"fact:housing_safety": "C"})
    assert 'name="code"' in chief.get(address + "decide/").content.decode()
    form = {"verdict": "reject", "answer": "请附照片", "code": "000000"}
    page = chief.post(address + "decide/", form).content.decode()
    assert "动态口令不正确或已用过，没有办理" in page
    assert 'value="请附照片"' in page  # what was typed stays
    assert "待审批" in clerk.get(address).content.decode()


def test_no_number_of_anybody_is_written_into_words(clerk: Client, chief: Client, family: UUID) -> None:
    told = "来访人证号 999999195402167710"
    page = clerk.post(f"/family/{family}/change/facts/", DAY | {"fact:housing_safety": "C", "reason": told})
    assert "不要在依据里写证件号码" in page.content.decode()
    assert proposals() == []
    address = proposed(clerk, family, "facts", {"fact:housing_safety": "C"})
    page = chief.post(address + "decide/", {"verdict": "reject", "answer": told}, follow=True)
    assert "不要在审批意见里写证件号码" in page.content.decode()


def test_a_corrected_illness_and_income(clerk: Client, family: UUID) -> None:
    form = {"fact:serious_illness": "false", "incomes:0:item": "SALARY", "incomes:0:from": "2024-03",
            "incomes:0:to": "2024-04", "incomes:0:amount": "800"}  # fmt: skip
    page = clerk.get(proposed(clerk, family, "facts", form, f"?about={person('陈国富')}")).content.decode()
    assert "患重病" in page
    assert page.count("<ins>800.00 元</ins>") == 2


def test_a_loss_is_typed_for_a_business_and_for_nothing_else(clerk: Client, family: UUID) -> None:
    def form(item: str) -> dict[str, str]:
        return {"incomes:0:item": item, "incomes:0:from": "2024-03", "incomes:0:amount": "-800"}

    about = f"?about={person('陈国富')}"
    page = clerk.get(proposed(clerk, family, "facts", form("LIVESTOCK"), about)).content.decode()
    assert "<ins>-800.00 元</ins>" in page
    refused = clerk.post(f"/family/{family}/change/facts/{about}", DAY | form("SALARY")).content.decode()
    assert "“工资薪金”不能是负数" in refused


def test_somebody_registered_moves_instead_of_being_written_twice(
    clerk: Client, chief: Client, family: UUID
) -> None:
    number = an_id()
    other = registered(a_member("王小红", id_no=number), by=CLERK)
    form = {"name": "王小红", "id_no": number, "relation": "DAUGHTER"}
    proposed(clerk, family, "marriage", form)
    (payload,) = proposals()
    assert person("王小红") in payload
    assert relations(other) == {"王小红": "HEAD"}


def test_a_split_and_a_merge(clerk: Client, family: UUID) -> None:
    wife = person("李秀英")
    page = clerk.post(
        f"/family/{family}/change/split/", DAY | {f"chosen:{wife}": wife, "household_no": "户0002"}
    )
    assert "请写明分出去的每个成员" in page.content.decode()
    proposed(
        clerk, family, "split", {f"chosen:{wife}": wife, f"relation:{wife}": "HEAD", "household_no": "户0002"}
    )
    number = an_id()
    registered(a_member("王小红", id_no=number), by=CLERK)
    seen = clerk.post(
        f"/family/{family}/change/merge/", DAY | {"other": number, "look": "1"}
    ).content.decode()
    assert "王小红" in seen
    proposed(clerk, family, "merge", {"other": number, f"relation:{person('王小红')}": "SIBLING"})


def test_a_family_moves_within_the_township(clerk: Client, family: UUID) -> None:
    form = {"to": "520281104201"} | {f"chosen:{one}": one for one in map(person, ("陈国富", "李秀英"))}
    proposed(clerk, family, "move_out", form)
    alone = DAY | {"to": "520281104201", f"chosen:{person('李秀英')}": "1"}
    assert "须全家一起办理" in clerk.post(f"/family/{family}/change/move_out/", alone).content.decode()


@pytest.mark.parametrize(
    ("kind", "form", "told"),
    [
        ("death", {}, "请勾选这项变更涉及的成员"),
        ("facts", {}, "请填写要更正的项目"),
        ("facts", {"day": ""}, "请填写“自哪一天起”"),
        ("facts", {"day": "2199-01-01", "fact:housing_safety": "C"}, "不能晚于今天"),
        ("facts", {"reason": " ", "fact:housing_safety": "C"}, "请填写“依据"),
        ("facts", {"fact:land_area": "大"}, "“耕地面积"),
        ("birth", {"name": "陈小宝", "relation": "KING"}, "“与户主关系”"),
        ("move_in", {"name": "来人", "id_no": "123", "relation": "SON"}, "“身份证号”"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_kept(
    clerk: Client, family: UUID, kind: str, form: dict[str, str], told: str
) -> None:
    answer = clerk.post(f"/family/{family}/change/{kind}/", DAY | form)
    assert told in answer.content.decode()
    assert proposals() == []


def test_a_newborn_needs_no_number(clerk: Client, chief: Client, family: UUID) -> None:
    form = {"name": "陈小宝", "relation": "SON", "sex": "MALE", "birth_date": "2024-06-01"}
    chief.post(proposed(clerk, family, "birth", form) + "decide/", {"verdict": "approve"})
    assert relations(family) == {"陈国富": "HEAD", "李秀英": "SPOUSE", "陈小宝": "SON"}


def test_a_double_click_leads_to_the_first(clerk: Client, family: UUID) -> None:
    form = {"name": "陈小宝", "relation": "SON", "sex": "MALE"}
    first = proposed(clerk, family, "birth", form)
    answer = clerk.post(f"/family/{family}/change/birth/", DAY | form, follow=True)
    assert answer.redirect_chain == [(first, 302)]
    assert "已有同样的申请，编号" in answer.content.decode()
    assert len(proposals()) == 1


def test_a_kind_nobody_knows_or_that_is_another_roles(browser: Callable[..., Client], family: UUID) -> None:
    assert browser("clerk").get(f"/family/{family}/change/king/").status_code == 404
    assert browser("chief").get(f"/family/{family}/change/death/").status_code == 403


@pytest.mark.parametrize("number", ["1", "999999196803050000"])
def test_a_mistyped_number_of_the_other_family_is_told(clerk: Client, family: UUID, number: str) -> None:
    form = {"day": "2024-06-01", "reason": "户口簿 3 号", "other": number, "look": "1"}
    page = clerk.post(f"/family/{family}/change/merge/", form).content.decode()
    assert "“另一户任意一名成员的身份证号”：" in page
    assert 'value="户口簿 3 号"' in page  # what was typed stays


def test_an_answer_too_long_is_told(clerk: Client, chief: Client, family: UUID) -> None:
    address = proposed(clerk, family, "facts", {"fact:housing_safety": "C"})
    form = {"verdict": "approve", "answer": "同" * 301}
    assert "“审批意见”最多 300 个字" in chief.post(address + "decide/", form, follow=True).content.decode()


@pytest.mark.parametrize("typed", ["1", "999999195402167711", "H000344", "999999195402167710"])
def test_a_family_to_merge_that_is_not_there_is_told_in_words(
    clerk: Client, family: UUID, typed: str
) -> None:
    answer = clerk.post(f"/family/{family}/change/merge/", DAY | {"other": typed})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "另一户任意一名成员的身份证号”：" in page or "没有找到这个身份证号所在的家庭" in page
    assert "证明材料 1 号" in page  # what was typed stays


def test_what_is_unlikely_is_said_to_both(clerk: Client, chief: Client, family: UUID) -> None:
    form = {"day": "2024-06-01", "fact:bank_account": "6222021234567890129"}
    address = proposed(clerk, family, "facts", form, f"?about={person('陈国富')}")
    for page in (clerk.get(address).content.decode(), chief.get(address + "decide/").content.decode()):
        assert all(
            text in page for text in ("请特别核对", "追溯", "银行账号的校验位不符", "6222021234567890129")
        )
    answer = clerk.post(
        f"/family/{family}/change/facts/", DAY | {"day": "1995-11-02", "fact:water_safe": "true"}
    )
    assert "发生日期不能早于 2012-01-01" in answer.content.decode()


def test_the_mother_is_chosen_among_the_women(clerk: Client, country: None) -> None:
    man, woman = (an_id(date(1980, 5, 1), serial) for serial in (701, 702))
    members = (a_member("周五", id_no=man), a_member("李秀英", "SPOUSE", id_no=woman))
    family = registered(*members, by=CLERK)
    page = clerk.get(f"/family/{family}/change/birth/").content.decode()
    assert f'<option value="{person("李秀英")}">李秀英</option>' in page
    assert f'<option value="{person("周五")}">' not in page
    form = {"name": "周小宝", "relation": "SON", "sex": "MALE", "mother": person("李秀英")}
    proposed(clerk, family, "birth", form)
    assert person("李秀英") in proposals()[0]


def test_who_was_registered_dead_in_error_comes_back(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    man, wife = person("陈国富"), person("李秀英")
    approver = browser("approver", purposes={f"{family}": ["核对登记", int(time.time())]})
    address = f"/family/{family}/change/return/"
    assert "没有可以恢复登记的人" in clerk.get(address).content.decode()
    form = {"chosen": man, f"relation:{wife}": "HEAD"}
    approver.post(proposed(clerk, family, "death", form) + "decide/", {"verdict": "approve"})
    page = clerk.get(address).content.decode()
    assert "2024-06-01 登记死亡，有误的填 2024-06-02" in page
    assert 'value="HEAD" selected' in page  # as he was
    assert "请勾选" in clerk.post(address, DAY | {f"chosen:{wife}": wife}).content.decode()
    back = {f"chosen:{man}": man, f"relation:{man}": "HEAD", f"relation:{wife}": "SPOUSE"}
    assert "日期请填次日 2024-06-02" in clerk.post(address, DAY | back).content.decode()
    asked = proposed(clerk, family, "return", back | {"day": "2024-06-02"})
    page = approver.get(asked).content.decode()
    assert all(words in page for words in ("死亡日期", "<del>2024-06-01</del>", "<del>不在任何一户</del>"))
    assert "陈国富在 2024-06-01 登记死亡（clerk 同志提出，approver 同志审批）" in page
    approver.post(asked + "decide/", {"verdict": "approve"})
    assert relations(family) == {"李秀英": "SPOUSE", "陈国富": "HEAD"}
    page = clerk.get(f"/family/{family}/").content.decode().partition("这一户的经过")[2]
    assert "恢复登记" in page
    assert "不再是本户成员" not in page  # as known now, none of them ever left


def test_a_family_that_moved_out_is_found_and_comes_back(
    clerk: Client, browser: Callable[..., Client], family: UUID
) -> None:
    both, address = [person("陈国富"), person("李秀英")], f"/family/{family}/change/return/"
    approver = browser("approver")
    out = proposed(clerk, family, "move_out", {f"chosen:{one}": one for one in both})
    approver.post(out + "decide/", {"verdict": "approve"})
    assert relations(family) == {}
    page = clerk.post("/find/", {"q": "陈国富"}, follow=True).content.decode()
    assert all(words in page for words in (f'href="/family/{family}/"', "原在 户0001", "已迁出"))
    page = clerk.get(f"/family/{family}/").content.decode()
    assert "已销户" in page
    assert address in page
    assert f"/family/{family}/change/birth/" not in page  # of an ended family only the way back
    assert "2024-06-01 起不在本户，迁出有误的填这一天" in clerk.get(address).content.decode()
    assert "这一户已经销户，不能再变更" in (
        clerk.post(f"/family/{family}/change/facts/", DAY | {"fact:housing_safety": "C"}).content.decode()
    )
    form = {f"chosen:{one}": one for one in both} | {"day": "2024-09-01"}
    none = form | {f"relation:{both[0]}": "", f"relation:{both[1]}": "SPOUSE"}
    assert "请写明恢复的每个人与户主的关系" in clerk.post(address, DAY | none).content.decode()
    form |= {f"relation:{both[0]}": "HEAD", f"relation:{both[1]}": "SPOUSE"}
    asked = proposed(clerk, family, "return", form)
    page = approver.get(asked).content.decode()
    assert "销户日期" in page
    assert page.count("<del>不在任何一户</del>") == 2
    approver.post(asked + "decide/", {"verdict": "approve"})
    assert relations(family) == {"陈国富": "HEAD", "李秀英": "SPOUSE"}
    assert "已销户" not in clerk.get(f"/family/{family}/").content.decode()

"""What a change may say: days the law knows, a child younger than its mother, accounts and telephones.

What cannot be is refused before anything is kept; what is only unlikely is a remark, which proposer and
approver both read.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from doudi.law.folding import fact_book
from doudi.law.values import FIRST_DAY
from doudi.office.actions import Refused
from doudi.office.scope import Scope
from doudi.registry.facts import ROWS, catalogue, may_state
from doudi.registry.loading import day_of
from doudi.registry.models import ChangeRequest, Membership, Person

BORN_WITHIN = 7
"""Years within which a birth is registered as one; later the child moves in."""
YOUNGEST_MOTHER, OLDEST_MOTHER, LONG_AGO_MONTHS = 12, 55, 12
UNDATED = ("OBLIGOR", "RELATIVE")
"""Kinds whose day lies far back as a rule."""
_FORMS = {
    "phone": (re.compile(r"(?:\+?86)?[0-9]{7,12}"), "联系电话为 7 至 12 位数字"),
    "bank_account": (re.compile(r"[0-9]{8,30}"), "银行账号为 8 至 30 位数字"),
}
_CARD = range(16, 20)


def check_day(day: date) -> None:
    """Raises Refused for a day to come, and for one before the first the law answers for."""
    if day > date.today():
        raise Refused("发生日期不能晚于今天。")
    if day < (first := day_of(FIRST_DAY)):
        raise Refused(f"发生日期不能早于 {first}：此前的政策没有录入，无法核算。请填 {first} 以后的日期。")


def check_told(by: Scope, told: dict[str, Any]) -> None:
    """Puts accounts and telephones right. Raises Refused for what is none, and for another office's fact."""
    held = catalogue()
    for name in told:
        if name in held and not may_state(held[name], by.role, by.department):
            label = held[name].label
            raise Refused(f"“{label}”由县级民政部门核对、审批后填写；与实际不符的，请报县级经办人更正。")
    for words in _below_nothing(told):
        raise Refused(words)
    for name, (form, words) in _FORMS.items():
        if told.get(name):
            told[name] = _digits(told[name])
            if not form.fullmatch(told[name]):
                raise Refused(f"{words}，不能有字母和其他符号，请对照核对。")


def _below_nothing(told: Mapping[str, Any]) -> Iterator[str]:
    """What is told as less than nothing, in words: it would wipe out the real income or expense beside it.

    Only a business item may be, by its amount or its deduction: a year's farming can end in a loss.
    """
    held, book, less = catalogue(), fact_book(), "不能是负数，请核对。要减少已登记的，请更正原来那一行。"
    for name, value in told.items():
        if name in ROWS:
            for row in value:
                item = book.items.get(f"{ROWS[name]}.{row['item']}")
                label, loss = item.label if item else row["item"], item is not None and book.may_lose(item)
                amount, deduction = row.get("amount"), row.get("deduction") or 0
                others = (row.get("count") or 0, row.get("value") or 0, deduction)
                if min(*others, 0 if loss else amount or 0) < 0:
                    yield f"“{label}”{less}"
                elif amount is not None and deduction > amount and not loss:
                    yield f"“{label}”的扣除大于金额，请核对：扣除最多等于金额，只有经营项目可以亏损。"
        elif name in held and type(value) is int and value < 0:
            yield f"“{held[name].label}”{less}"


def _digits(typed: str) -> str:
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))


def birth_told(payload: Mapping[str, Any], day: date) -> tuple[int, dict[str, Any]]:
    """(day of birth as yyyymmdd, what is told of the child and of its `mother`) of a birth's payload."""
    told = payload.get("member", {}) | {"mother": payload.get("mother")}
    return told.get("birth_date") or int(f"{day:%Y%m%d}"), told


def check_birth(born: int, told: Mapping[str, Any], household: UUID) -> None:
    """Raises Refused for a birth (yyyymmdd) too long ago, or before its mother can have given birth.

    `told` may name its `mother`; else she is the woman who is head or spouse, for a son or daughter.
    """
    if born <= int(f"{date.today():%Y%m%d}") - BORN_WITHIN * 10000:
        raise Refused(f"“新增出生人口”只登记 {BORN_WITHIN} 年以内出生的孩子；更早出生的，请用“迁入”。")
    if told.get("relation") in ("HEAD", "SPOUSE", "PARENT", "GRANDPARENT"):
        raise Refused("新出生的孩子不能是户主或户主的配偶、父母、祖父母，请核对“与户主关系”。")
    family = list(_family(household))
    women = {f"{member.person_id}" for member in family if member.person.sex != "MALE"}
    if told.get("mother") and told["mother"] not in women:
        raise Refused("选的“母亲”不是这一户的女性成员，请重新选择；母亲不在本户的，请留空。")
    for mother in _mothers(told, family):
        # By the years alone, as pages show them: a day tried after another would answer what stands masked.
        if mother.birth_date and born // 10000 - mother.birth_date.year < YOUNGEST_MOTHER:
            raise Refused(
                f"按出生年份，孩子出生时母亲{mother.name}还不满 {YOUNGEST_MOTHER} 周岁，"
                "请核对出生日期；母亲是其他成员的，请在“母亲”里选出。"
            )


def _family(household: UUID) -> Iterable[Membership]:
    rows = Membership.objects.filter(household=household, known_until__isnull=True, until_day=None)
    return rows.select_related("person")


def _mothers(told: Mapping[str, Any], family: Iterable[Membership]) -> Iterator[Person]:
    chosen, of_the_couple = told.get("mother"), told.get("relation") in ("SON", "DAUGHTER")
    for member in family:
        hers = member.relation in ("HEAD", "SPOUSE") and member.person.sex == "FEMALE"
        if f"{member.person_id}" == chosen or (hers and of_the_couple and not chosen):
            yield member.person


def remarks(row: ChangeRequest) -> list[str]:
    """What is unlikely of a request, in words. In the active scope."""
    found, day, asked = [], row.day, timezone.localdate(row.proposed_at)
    payload = json.loads(row.payload.open())
    months = (asked.year - day.year) * 12 + asked.month - day.month - (asked.day < day.day)
    if months >= LONG_AGO_MONTHS and row.kind not in UNDATED:
        years, rest = divmod(months, 12)
        back = f"追溯 {years} 年" + (f" {rest} 个月" if rest else "")
        found.append(f"{back}：发生日期是 {day}，提出是 {asked}，请核对日期和依据。")
    if row.kind == "BIRTH" and row.household_id:
        born, told = birth_told(payload, day)
        for mother in _mothers(told, _family(row.household_id)):
            years = born // 10000 - (mother.birth_date or day).year
            if years > OLDEST_MOTHER + 1:
                found.append(
                    f"按出生年份，孩子出生时母亲{mother.name}约 {years} 岁，请核对出生医学证明；"
                    "母亲是其他成员，或者不在本户的，请退回重新填写“母亲”或“与户主关系”。"
                )
    if row.kind == "RETURN":
        found.extend(_back_from_death(row, payload))
    account = _digits(payload.get("facts", {}).get("bank_account") or "")
    if len(account) in _CARD and not _luhn(account):
        found.append("银行账号的校验位不符：是银行卡的，可能抄错了一位，请对照卡面；是存折账号的不必理会。")
    return found


def _back_from_death(row: ChangeRequest, payload: Mapping[str, Any]) -> Iterator[str]:
    """The one change that pays the dead again: who registered the death, for who decides it."""
    deaths = ChangeRequest.objects.filter(household_id=row.household_id, kind="DEATH", state="APPLIED")
    told = {
        json.loads(one.payload.open())["person"]: one
        for one in deaths.select_related("proposed_by", "decided_by").order_by("decided_at")
    }
    for person in Person.objects.filter(id__in=payload["persons"], died_on__isnull=False):
        one = told.get(f"{person.id}")
        by = f"（{one.proposed_by.name}提出，{one.decided_by.name}审批）" if one and one.proposed_by else ""
        yield (
            f"{person.name}在 {person.died_on} 登记死亡{by}，恢复以后重新计入人口、可以领取待遇："
            "请核对本人在世的依据，并问清原来为什么登记死亡。"
        )


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(one) * 2, 10)) for one in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0

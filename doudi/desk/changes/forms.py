"""What each kind of change asks for, and how the answers become a payload (registry/changes.py)."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from doudi.intake.cells import convert, plain
from doudi.intake.findings import CellError
from doudi.kernel.month import Month
from doudi.law.folding import fact_book
from doudi.office.actions import Refused
from doudi.office.roles import Fields, may_see
from doudi.registry.facts import NOT_HELD, ROWS, Held, always_masked, catalogue, may_state
from doudi.registry.kin import RELATIONS
from doudi.registry.queries import Subject
from doudi.registry.returning import Former

Posted = Mapping[str, str]
YES_NO = {"true": "是", "false": "否"}
LINES = 3
TITLES = {"incomes": "收入", "expenditures": "支出", "assets": "财产"}


@dataclass(frozen=True)
class Input:
    """One field: `options` make it a choice; `now` is what the register holds, `value` what was typed.

    `blank` says what an empty choice means.
    """

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    now: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    blank: str = ""

    def read(self) -> Any:
        """The typed value; None when left empty. Raises Refused with the field's label."""
        try:
            # The labels first: of a choice that is none, they are what is listed to the clerk.
            spellings = {plain(label): code for code, label in self.options.items()}
            spellings |= {plain(code): code for code in self.options}
            found = convert("code" if self.options else self.kind, self.value, spellings)
        except CellError as wrong:
            raise Refused(f"“{self.label}”：{wrong.what}，{wrong.todo}。") from None
        if found is None and self.required:
            raise Refused(f"请填写“{self.label}”。")
        return found == "true" if self.kind == "bool" and found is not None else found


@dataclass(frozen=True)
class MemberRow:
    """One member in the form: whether the change is about them, and who they are to the head afterwards."""

    subject: Subject | Former
    chosen: bool
    relation: Input
    eligible: bool = True


@cache
def parts(kind: str) -> dict[str, Any]:
    """The row of forms.toml."""
    return dict(tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))[kind])


class ChangeForm:
    """One form as shown, and as read.

    `subjects` are the family and its members, `others` the members of a family to be merged in, `about` the
    one whose facts are corrected, `places` where the family may move to, `standing` what may be ended,
    `former` who may come back.
    """

    def __init__(
        self,
        kind: str,
        subjects: list[Subject],
        posted: Posted,
        *,
        role: str,
        about: Subject | None = None,
        others: tuple[Subject, ...] = (),
        places: Mapping[str, str] | None = None,
        standing: Mapping[str, str] | None = None,
        former: Sequence[Former] = (),
    ) -> None:
        self.kind, self.posted, self.told = kind, posted, parts(kind)
        self.about, self.others, self.former = about or subjects[0], others, former
        ending = posted.get("end", "") in (standing or {})
        asked, paper = "自哪一天终止" if ending else self.told["day"], self.told["paper"]
        self.day = self._input("day", asked, "date", required=True)
        self.reason = self._input("reason", f"依据（例如{paper}，不写证件号码）", required=True)
        relations = fact_book().codes["relation"].labels
        self.newcomer = list(self._newcomer(relations, subjects)) if self.told.get("newcomer") else []
        listed = not ending and {"choose", "relations"} & self.told.keys()
        shown: tuple[Subject | Former, ...] = others or (*former, *(subjects[1:] if listed else ()))
        self.members = [self._member(subject, relations) for subject in shown]
        self.offered = {"to": places or {}, "end": standing or {}}
        more = (name for name in self.told.get("more", ()) if (name == "end") == ending or not ending)
        self.more = [self._more(name) for name in more if name != "end" or standing]
        self.facts = list(self._facts(role)) if self.told.get("facts") else []
        self.lines = list(self._lines()) if self.told.get("facts") and may_see(role, Fields.MONEY) else []

    def payload(self) -> dict[str, Any]:
        """What is proposed. Raises Refused naming the field."""
        if self.newcomer:
            told = {one.name: value for one in self.newcomer if (value := one.read()) is not None}
            if self.kind == "BIRTH":
                mother = told.pop("mother", None)
                born = {"member": told | {"birth_date": self.day.read()}}
                return born | ({"mother": mother} if mother else {})
            return {"member": told}
        if self.told.get("facts"):
            return self._corrected()
        more = {one.name: one.read() for one in self.more}
        if more.get("end"):
            return {"end": more["end"]}
        chosen = [row for row in self.members if row.chosen or self.others]
        if self.told.get("choose") and not chosen:
            raise Refused("请勾选这项变更涉及的成员。")
        going = {str(row.subject.id) for row in chosen}
        relations = {str(row.subject.id): code for row in self.members if (code := row.relation.read())}
        staying = {who: code for who, code in relations.items() if who not in going}
        match self.kind:
            case "OBLIGOR" | "RELATIVE":
                return {"person": next(iter(going))} | {name: value for name, value in more.items() if value}
            case "DEATH":
                return {"person": next(iter(going)), "relations": staying}
            case "MOVE_OUT":
                return self._moved(going, staying, more["to"])
            case "RETURN" if going - relations.keys():
                raise Refused("请写明恢复的每个人与户主的关系；这一户没有其他人的，其中一人是户主。")
            case "RETURN":
                back = {who: relations[who] for who in sorted(going)}
                still = {f"{row.subject.id}" for row in self.members if not row.eligible}
                return {"persons": back, "relations": {who: staying[who] for who in staying.keys() & still}}
            case "SPLIT" if going - relations.keys():
                raise Refused("请写明分出去的每个成员在新户里的关系，其中一人是户主。")
            case "SPLIT":
                persons = {who: relations[who] for who in sorted(going)}
                new = {"household_id": more["household_no"]}
                return {"household": new, "persons": persons, "relations": staying}
            case "MERGE" if "other_household" not in self.posted:
                raise Refused("没有找到要并入的另一户，请核对身份证号，再点“查找另一户”。")
            case "MERGE":
                return {"other": self.posted["other_household"], "persons": relations}
        return {"relations": relations}

    def _moved(self, going: set[str], staying: dict[str, str], to: str | None) -> dict[str, Any]:
        everyone = len(going) == len(self.members)
        if to and not everyone:
            raise Refused("迁往本辖区其他村（居）须全家一起办理；只有部分成员迁走的，请先分户。")
        if to:
            return {"to": to}
        return {"relations": staying} | ({} if everyone else {"persons": sorted(going)})

    def _input(self, name: str, label: str, kind: str = "text", **more: Any) -> Input:
        return Input(name, label, kind, self.posted.get(name, ""), **more)

    def _newcomer(self, relations: Mapping[str, str], subjects: list[Subject]) -> Iterator[Input]:
        yield self._input("name", "姓名", required=True)
        yield self._input("id_no", "身份证号", "id", required=self.kind != "BIRTH")
        yield self._input("sex", "性别（有身份证号的可空）", options=fact_book().codes["sex"].labels)
        if self.kind != "BIRTH":  # its day is the birth date
            yield self._input("birth_date", "出生日期（有身份证号的可空）", "date")
        yield self._input("relation", "与户主关系", options=relations, required=True)
        if self.kind == "BIRTH":
            women = {f"{one.id}": one.name for one in subjects[1:] if _sex(one) != "男"}
            yield self._input("mother", "母亲（可空）", options=women, blank="不在本户或按关系推定")

    def _member(self, subject: Subject | Former, relations: Mapping[str, str]) -> MemberRow:
        name, key = f"relation:{subject.id}", f"chosen:{subject.id}"
        chosen = key in self.posted or self.posted.get("chosen") == str(subject.id)
        asked = self._input(
            name, f"{subject.name}办理后的关系", options=relations, required=bool(self.others)
        )
        if not self.told.get("former"):
            return MemberRow(subject, chosen, asked)
        if not isinstance(subject, Former):
            return MemberRow(subject, chosen=False, relation=asked, eligible=False)
        before = self.posted.get(name, subject.relation)
        return MemberRow(subject, chosen, replace(asked, value=before))

    def _more(self, name: str) -> Input:
        match name:
            case "to":
                return self._input(name, "迁往", options=self.offered[name], blank="迁出本辖区")
            case "household_no":
                return self._input(name, "新户的户编号", required=True)
            case "other":
                return self._input(name, "另一户任意一名成员的身份证号", "id", required=not self.others)
            case "end":
                return self._input(name, "办理什么", options=self.offered[name], blank="新登记一位")
            case "kin":
                labels = fact_book().codes["relation"].labels
                return self._input(name, "是该成员的", options={code: labels[code] for code in RELATIONS})
        return self._input(name, self.told["labels"][name], "id" if name == "id_no" else "text")

    def _facts(self, role: str) -> Iterator[Input]:
        entity = "person" if self.about.relation else "household"
        now = {line.field: line.text for line in self.about.lines} | {"name": self.about.name}
        for held in catalogue().values():
            stated = may_see(role, Fields(held.sees)) and may_state(held, role, "CCA")
            if held.entity == entity and _may_be_corrected(held) and stated:
                options = YES_NO if held.kind == "bool" else held.codes
                name = f"fact:{held.name}"
                shown = now.get(held.name, "")
                told = "已登记，遮盖" if shown and not shown.strip("*") else shown
                told = "遮盖" if held.name in always_masked(role) else told
                yield self._input(name, held.label, held.kind, now=told, options=options)

    def _lines(self) -> Iterator[tuple[str, list[Input]]]:
        """(title of a list, the inputs of one of its rows)."""
        for name in ("incomes",) if self.about.relation else ("expenditures", "assets"):
            sheet = ROWS[name]
            items = {item.code: item.label for item in fact_book().items.values() if item.sheet == sheet}
            for n in range(LINES):
                inputs = [self._input(f"{name}:{n}:item", "项目", options=items)]
                if name == "assets":
                    inputs += [
                        self._input(f"{name}:{n}:count", "数量", "int"),
                        self._input(f"{name}:{n}:value", "价值（元）", "money"),
                    ]
                else:
                    inputs += [
                        self._input(f"{name}:{n}:from", "自哪一月", "month"),
                        self._input(f"{name}:{n}:to", "至哪一月", "month"),
                    ]
                    inputs += [self._input(f"{name}:{n}:amount", "每月（元）", "money")]
                yield TITLES[name], inputs

    def _corrected(self) -> dict[str, Any]:
        facts = {one.name.partition(":")[2]: value for one in self.facts if (value := one.read()) is not None}
        told: dict[str, Any] = {"facts": facts} | (
            {"person": str(self.about.id)} if self.about.relation else {}
        )
        for _, inputs in self.lines:
            row = {one.name.rpartition(":")[2]: one.read() for one in inputs}
            name = inputs[0].name.partition(":")[0]
            if row["item"]:
                told.setdefault(name, []).extend(
                    [{**row, "exempt": False}] if name == "assets" else _months(row)
                )
        if not facts and not told.keys() & ROWS.keys():
            raise Refused("请填写要更正的项目。")
        return told


def _sex(member: Subject) -> str:
    return next((line.text for line in member.lines if line.field == "sex"), "")


def _months(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not row["from"] or row["amount"] is None:
        raise Refused("收入、支出请写明项目、月份和金额。")
    month, last = Month(row["from"]), Month(row["to"] or row["from"])
    if not 0 <= last.since(month) < 24:
        raise Refused("月份的起止请按先后填写，一次不超过 24 个月。")
    while month <= last:
        yield {"item": row["item"], "month": month.yyyymm, "amount": row["amount"], "deduction": 0}
        month = month.plus(1)


def _may_be_corrected(held: Held) -> bool:
    fact = fact_book().facts.get(held.name)
    place = (
        held.name in NOT_HELD or held.name in ("region_code", "area_type") or held.name.startswith("listed_")
    )
    return not place and not (fact and fact.is_sum)

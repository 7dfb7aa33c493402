"""Work under way in the living county: requests to decide, some sent back, leads to visit, a list to confirm.

Made by the rooms' own actions as the officers themselves would, then dated back over the last three weeks.
Needs the database, as living.py does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from demo.places import COUNTY, LIVING
from doudi.intake import actions as intake
from doudi.intake.models import Lead
from doudi.kernel.resident_id import ResidentId
from doudi.office.models import RoleGrant
from doudi.office.scope import Scope, active, system
from doudi.registry import actions as registry
from doudi.registry.models import ChangeRequest, Household, Membership

LEADS = (
    ("DATA_MATCH", "医疗费用自付较高", "医保部门推送：近12个月合规自付费用超过预警线，请入户核实。"),
    ("VISIT", "住房安全", "包村干部走访发现屋顶漏雨，墙体有裂缝，请核实是否需要救助。"),
    ("SELF", "自主申报", "家庭自主申报：主要劳动力住院，收入中断。"),
    ("GRASSROOTS", "零就业家庭", "村里上报：家中无人就业，孩子在读高中，请核实。"),
)


@dataclass(frozen=True)
class Family:
    """A registered family: its members as (person, name, relation), the head first."""

    id: UUID
    region: str
    members: list[tuple[UUID, str, str]]


def begin(today: date) -> None:
    """Once: leaves every township's desk with work. Without effect when there are requests already."""
    with system(COUNTY, "demo"):
        if ChangeRequest.objects.exists():
            return
    officers = {
        grant.officer.sign_in_name: Scope(
            region=grant.region_id, role=grant.role, officer=grant.officer_id, name=grant.officer.name,
            department=grant.department.kind, origin="demo",
        )
        for grant in RoleGrant.objects.select_related("officer", "department")
    }  # fmt: skip
    for at, township in enumerate(LIVING.townships):
        _Township(officers, township, today, at).work()
    _list_to_confirm(officers["clerk001"], today)


class _Township:
    """One township's families and officers."""

    def __init__(self, officers: dict[str, Scope], township: str, today: date, at: int) -> None:
        self.clerk, self.chief = officers[f"clerk{township}"], officers[f"chief{township}"]
        self.handler, self.approver = officers["minzheng1"], officers["minzheng3"]
        self.today, self.at = today, at
        with active(self.clerk):
            self.families = list(_families(self.clerk.region, f"{self.clerk.region}001"))
        self.village = officers[f"cun{self.families[0].region[6:]}"] if self.families else self.clerk

    def work(self) -> None:
        """Five requests in five states, two about kin that are agreed to, three leads."""
        if len(self.families) < 5:  # of another seed, or of a county made before there was a least number
            return
        own, second, third, fourth, fifth, *others = self.families
        self.propose(self.village, own, 2, "FACTS", {"facts": {"housing_safety": "C"}}, "村两委入户查看。")
        self.propose(self.clerk, second, 5 + self.at, "BIRTH", {"member": self.child()}, "出生医学证明。")
        self.propose(self.clerk, third, 12, "MOVE_OUT", self.leaving(third), "户口迁移证。")
        back = self.propose(self.clerk, fourth, 8, "DEATH", self.leaving(fourth, "person"), "家属口头告知。")
        done = self.propose(self.clerk, fifth, 16, "DEATH", self.leaving(fifth, "person"), "死亡医学证明。")
        reason = "缺死亡医学证明，请补交后重新提出。"
        registry.decide(by=self.chief, request=back, approve=False, answer=reason)
        registry.decide(by=self.chief, request=done, approve=True, answer="材料齐全，同意。")
        self.leads(others)
        filed = {"kin": "SIBLING", "official": self.clerk.name, "post": "乡镇社会事务办经办人"}
        kin: list[tuple[str, dict[str, Any], str]] = [
            ("OBLIGOR", {"kin": "SON", "name": "示例赡养人"}, "户口簿。"),
            ("RELATIVE", filed, "经办人本人申明。"),
        ]
        # A small county has townships with hardly a family to spare.
        for family, (kind, told, why) in zip(others, kin, strict=False):
            self.stand_behind(family, 18, kind, told, why)

    def stand_behind(self, family: Family, ago: int, kind: str, told: dict[str, Any], why: str) -> None:
        """Somebody who stands behind the head, recorded and agreed to."""
        payload = {"person": str(family.members[0][0]), **told}
        request = self.propose(self.handler, family, ago, kind, payload, why)
        registry.decide(by=self.chief, request=request, approve=True, answer="属实，同意。")

    def propose(
        self, by: Scope, family: Family, ago: int, kind: str, payload: dict[str, Any], why: str
    ) -> UUID:
        """A request made so many days ago."""
        day = self.today - timedelta(days=ago + 2)
        request = registry.propose(
            by=by, kind=kind, day=day, payload=payload, reason=why, household=family.id
        )
        with active(by):
            made = timezone.now() - timedelta(days=ago)
            ChangeRequest.objects.filter(id=request).update(proposed_at=made)
        return request

    def leaving(self, family: Family, one: str = "") -> dict[str, Any]:
        """Somebody other than the head."""
        person = str(family.members[-1][0])
        return {"person": person} if one else {"persons": [person]}

    def child(self) -> dict[str, Any]:
        """A newborn without an ID number yet."""
        born = self.today - timedelta(days=40 + self.at)
        return {
            "name": "示例新生儿", "relation": "GRANDCHILD", "sex": "FEMALE", "counted": True,
            "birth_date": int(f"{born:%Y%m%d}"),
        }  # fmt: skip

    def leads(self, families: list[Family]) -> None:
        """One of each kind, opened on different days."""
        for ago, ((source, kind, said), family) in enumerate(zip(LEADS, families, strict=False), 1):
            subject = f"registry_household:{family.id}"
            told = [(subject, family.region, said)]
            intake.open_leads(by=self.handler, source=source, kind=kind, told=told)
            opened = timezone.now() - timedelta(days=3 * ago + self.at % 3)
            with active(self.handler):
                Lead.objects.filter(subject=subject, kind=kind).update(opened_at=opened)


def _families(township: str, village: str) -> Iterator[Family]:
    """Ten families with more than one member, those of the village first when it has any."""
    rows = Membership.objects.select_related("person").filter(known_until__isnull=True)
    found: dict[UUID, list[Any]] = {}
    first = Household.objects.filter(region_code=village).order_by("household_no")[:20]
    rest = Household.objects.filter(region_code__startswith=township).order_by("household_no")[:60]
    ordered = list(dict.fromkeys(row.id for row in (*first, *rest)))
    for row in rows.filter(household__in=ordered).order_by("id"):
        found.setdefault(row.household_id, []).append(row)
    large = [id_ for id_ in ordered if len(found[id_]) > 1]
    for id_ in large[:10]:
        members = sorted(found[id_], key=lambda row: row.relation != "HEAD")
        told = [(row.person_id, row.person.name, row.relation) for row in members]
        yield Family(id_, members[0].region_code, told)


def _list_to_confirm(clerk: Scope, today: date) -> None:
    """A dibao list of another office's columns: one family new, one with an ID number mistyped."""
    good, other, bad = (
        ResidentId.make("999999", date(1950 + at, 3, 1 + at), 996 + at).number for at in range(3)
    )
    bad = bad[:17] + ("1" if bad[17] != "1" else "2")
    head = "户编号,与户主关系,姓名,身份证号码,低保类别,村（社区）,起始年月,月保障金额"
    place = "柳树社区"
    lines = [
        f"D0001,户主,示例甲,{good},城市低保,{place},2025-03,420.00",
        f"D0001,配偶,示例乙,{other},城市低保,{place},2025-03,420.00",
        f"D0002,户主,示例丙,{bad},城市低保,{place},2025-06,510.00",
    ]
    data = "\r\n".join([head, *lines]).encode("gb18030")
    batch = intake.receive(
        by=clerk, name="低保名册.csv", data=data, mapping="dibao_guizhou", on=today - timedelta(days=6)
    )
    intake.stage(by=clerk, batch=batch)
    registry.compare_import(by=clerk, batch=batch)

"""新户登记: a family that came to the counter, proposed as a change that another officer decides."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from doudi.desk.changes import unfinished
from doudi.desk.changes.forms import Input
from doudi.desk.frame.places import places
from doudi.law.folding import fact_book
from doudi.office.access import page
from doudi.office.actions import Refused
from doudi.office.queries import region_choices
from doudi.registry import actions, queries
from doudi.registry.changes import NEW_FAMILY, kinds
from doudi.registry.facts import UnknownFact

REGISTRARS = tuple(kinds()[NEW_FAMILY]["makers"])
VILLAGE_DIGITS, MOST_MEMBERS = 12, 8


class NewFamily:
    """The form as shown and as read: the household's fields, and a row of fields for each member."""

    def __init__(self, posted: Mapping[str, str], villages: Mapping[str, str]) -> None:
        self.posted, codes = posted, fact_book().codes
        today, only = date.today().isoformat(), next(iter(villages)) if len(villages) == 1 else ""
        self.day = self._input("day", "登记日期", "date", posted.get("day", today), required=True)
        self.reason = self._input("reason", "依据（例如户口簿、居住证，不写号码）", required=True)
        self.home = [
            self._input("region", "村（居）", value=only, options=villages, required=True),
            self._input("area_type", "城乡类型", options=codes["area_type"].labels, required=True),
            self._input("household_no", "户编号（户口簿户号）", required=True),
            self._input("address", "住址", required=True),
        ]
        self.members = [list(self._member(n)) for n in range(MOST_MEMBERS)]

    def _input(self, name: str, label: str, kind: str = "text", value: str = "", **more: Any) -> Input:
        return Input(name, label, kind, self.posted.get(name, value), **more)

    def _member(self, n: int) -> Iterator[Input]:
        codes, head = fact_book().codes, "HEAD" if n == 0 else ""
        relations = {
            code: label for code, label in codes["relation"].labels.items() if n == 0 or code != "HEAD"
        }
        yield self._input(f"{n}:name", "姓名", required=n == 0)
        yield self._input(f"{n}:id_no", "身份证号", "id")
        yield self._input(f"{n}:relation", "与户主关系", value=head, options=relations, required=n == 0)
        yield self._input(f"{n}:sex", "性别", options=codes["sex"].labels)
        yield self._input(f"{n}:birth_date", "出生日期", "date")

    @property
    def shown(self) -> int:
        """How many rows are open at first: four, or up to the last one filled in."""
        return max([4, *(n + 1 for n in range(MOST_MEMBERS) if self.posted.get(f"{n}:name"))])

    def document(self) -> dict[str, Any]:
        """The family as a canonical document. Raises Refused naming the field and the member."""
        region, area, number, address = (one.read() for one in self.home)
        household = {
            "household_id": number, "region_code": region, "area_type": area, "address": address
        }  # fmt: skip
        members = [told for n, row in enumerate(self.members, 1) if (told := _read(row, n))]
        numbers = [told["id_no"] for told in members if "id_no" in told]
        if len(numbers) > len(set(numbers)):
            raise Refused("有两名成员填了同一个身份证号，请核对。")
        return {"household": household, "members": members, "expenditures": [], "assets": []}


def _read(row: list[Input], n: int) -> dict[str, Any]:
    """One member; {} for a row left empty."""
    try:
        told = {one.name.partition(":")[2]: value for one in row if (value := one.read()) is not None}
    except Refused as problem:
        raise Refused(f"第 {n} 名成员：{problem}") from None
    if not told:
        return {}
    if "name" not in told or "relation" not in told:
        raise Refused(f"第 {n} 名成员：请填写姓名和与户主关系；没有这个人的，整行清空。")
    number, born = told.get("id_no"), told.get("birth_date")
    if not number and not (born and "sex" in told):
        raise Refused(f"第 {n} 名成员：没有身份证号的，请填写性别和出生日期。")
    return told


@page("family.new", roles=REGISTRARS, methods=("GET", "POST"))
def view(request: Any) -> HttpResponse:
    """The form; who may be registered already is shown before anything is proposed."""
    if answer := unfinished.answered(request, kind=NEW_FAMILY):
        return answer
    kept = unfinished.opened(request, kind=NEW_FAMILY)
    form, refused, found = NewFamily(kept.typed, _villages(request.by.region)), "", []
    if request.method == "POST":
        label = kinds()[NEW_FAMILY]["label"]
        try:
            document = form.document()
            found = queries.namesakes(by=request.by, members=document["members"], purpose=label)
            if not found or "different" in request.POST:
                made = actions.propose(
                    by=request.by,
                    kind=NEW_FAMILY,
                    day=_day(form.day.read()),
                    payload={"document": document},
                    reason=form.reason.read(),
                )
                unfinished.sent(request)
                messages.success(request, "已提交，由另一位同志审批；审批以后建档。", "green")
                return HttpResponseRedirect(reverse("change", args=[made]))
        except actions.AlreadyAsked as same:
            unfinished.sent(request)
            messages.warning(request, str(same), "amber")
            return HttpResponseRedirect(reverse("change", args=[same.request]))
        except (Refused, UnknownFact) as problem:
            refused = str(problem)
        unfinished.keep(request, kept.id, kind=NEW_FAMILY)
    kept.rows = unfinished.named(kept.rows, {})
    context = {"form": form, "refused": refused, "rows": known_rows(found), "unfinished": kept}
    return render(request, "new_family/page.html", context)


def known_rows(found: list[queries.Found]) -> list[dict[str, Any]]:
    """Who may be registered already, with the place, for known.html."""
    where = places(one.region_code for one in found)
    return [{"found": one, "place": where[one.region_code]} for one in found]


def _villages(region: str) -> dict[str, str]:
    """Where a family may be registered: the villages below, else the place itself."""
    return places(region_choices(region, digits=VILLAGE_DIGITS) or [region])


def _day(ymd: int) -> date:
    return date(ymd // 10000, ymd // 100 % 100, ymd % 100)

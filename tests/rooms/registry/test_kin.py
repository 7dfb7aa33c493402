"""Who must support a member, and whose near relative sits in an office: recorded, ended, and kept apart."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from doudi.office.actions import Refused
from doudi.office.models import AuditEntry
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry import kin, queries
from doudi.registry.actions import decide, propose
from doudi.registry.differences import difference
from doudi.registry.models import NearRelative, Obligor
from tests.rooms.people import SIBLING, a_small_country, an_officer, scope_of
from tests.rooms.registry.families import CLERK, a_member, an_id, registered

DAY, LATER = date(2025, 6, 10), date(2025, 8, 1)
OFFICIAL = {"official": "chief 同志", "post": "民主镇民政办", "kin": "SIBLING"}


@pytest.fixture
def officers(db: None) -> dict[str, Scope]:
    a_small_country()
    return {
        "clerk": scope_of(an_officer("clerk")),
        "chief": scope_of(an_officer("chief", "township_chief")),
        "deputy": scope_of(an_officer("deputy", "township_chief")),
        "sibling": scope_of(an_officer("sibling", "township_clerk", SIBLING)),
    }


@pytest.fixture
def family(officers: dict[str, Scope]) -> UUID:
    return registered(a_member("陈国富"), a_member("李秀英", "SPOUSE"))


def person(name: str) -> str:
    with active(CLERK):
        return str(queries.Person.objects.get(name=name).id)


@pytest.fixture
def changed(officers: dict[str, Scope], family: UUID) -> Any:
    """Proposes as the clerk and approves as the deputy."""

    def apply(kind: str, day: date = DAY, **told: Any) -> None:
        request = propose(
            by=officers["clerk"], kind=kind, day=day, payload=told, reason="户口簿", household=family
        )
        decide(by=officers["deputy"], request=request, approve=True)

    return apply


def page(family: UUID, **when: Any) -> queries.FamilyPage:
    return queries.family_page(by=CLERK, household=family, **when)


def test_they_stand_on_the_page_with_a_trace(family: UUID, changed: Any) -> None:
    assert not page(family).near_relative_filing
    changed("OBLIGOR", person=person("陈国富"), name="陈长子", kin="SON", id_no=an_id())
    changed("RELATIVE", person=person("李秀英"), **OFFICIAL)
    seen = page(family)
    assert seen.near_relative_filing
    assert [(row.name, row.person.name) for row in seen.obligors] == [("陈长子", "陈国富")]
    with active(CLERK):
        traced = set(AuditEntry.objects.filter(verb="viewed").values_list("subject", flat=True))
    shown = {"registry_obligor": seen.obligors[0].id, "registry_nearrelative": seen.near_relatives[0].id}
    assert {f"{table}:{id_}" for table, id_ in shown.items()} <= traced


def test_what_ended_can_be_read_back(family: UUID, changed: Any) -> None:
    number = an_id()
    changed("OBLIGOR", person=person("陈国富"), name="陈长子", kin="SON", id_no=number)
    before, (row,) = timezone.now(), page(family).obligors
    changed("OBLIGOR", day=LATER, end=str(row.id))
    assert page(family).obligors == []
    (then,) = page(family, about=DAY).obligors  # he owed support then
    assert (then.until_day, then.id_no.open()) == (LATER, number)
    assert [one.until_day for one in page(family, known=before).obligors] == [None]
    assert page(family, about=date(2025, 6, 1)).obligors == []
    with pytest.raises(Refused, match="已经终止"):
        changed("OBLIGOR", day=LATER, end=str(row.id))


def test_the_approver_reads_what_will_stand(officers: dict[str, Scope], family: UUID, changed: Any) -> None:
    def lines(**told: Any) -> list[tuple[str, str, str, str]]:
        told = {"kind": "RELATIVE", "day": DAY, "reason": "本人申明", "household": family, **told}
        request = propose(by=officers["clerk"], **told)
        found = difference(by=officers["deputy"], request=request)
        return [(line.who, line.label, line.before, line.after) for line in found]

    words = "chief 同志（民主镇民政办），兄弟姐妹"
    told = {"person": person("陈国富"), **OFFICIAL}
    assert lines(payload=told) == [("陈国富", "近亲属备案", "", words)]
    changed("RELATIVE", person=person("陈国富"), day=date(2025, 6, 9), **OFFICIAL)
    ended = {"end": str(page(family).near_relatives[0].id)}
    assert lines(payload=ended, day=LATER) == [("陈国富", "近亲属备案", words, "")]


@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize("when", ["filed", "filing", "ending"])
def test_who_is_the_relative_decides_nothing_about_the_family(
    officers: dict[str, Scope], family: UUID, changed: Any, when: str, approve: bool
) -> None:
    told = {"kind": "FACTS", "payload": {"facts": {"housing_safety": "C"}}}
    if when == "filing":
        told = {"kind": "RELATIVE", "payload": {"person": person("李秀英"), **OFFICIAL}}
    else:
        changed("RELATIVE", person=person("李秀英"), **OFFICIAL)
    if when == "ending":
        told = {"kind": "RELATIVE", "payload": {"end": str(page(family).near_relatives[0].id)}}
    request = propose(by=officers["clerk"], day=LATER, reason="入户查看", household=family, **told)
    with pytest.raises(Refused, match="与您同名"):
        decide(by=officers["chief"], request=request, approve=approve, answer="情况不实")
    decide(by=officers["deputy"], request=request, approve=approve, answer="情况不实")


@pytest.mark.parametrize("day", [DAY, date(2025, 6, 9)])
def test_a_filing_cannot_be_ended_before_it_was(
    officers: dict[str, Scope], family: UUID, changed: Any, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed("RELATIVE", person=person("李秀英"), **OFFICIAL)
    (row,) = page(family).near_relatives
    told = {"kind": "RELATIVE", "payload": {"end": str(row.id)}, "household": family, "reason": "核实不是"}
    with pytest.raises(Refused, match="终止日期应晚于 2025-06-10"):
        propose(by=officers["clerk"], day=day, **told)
    # Even a request that stood before, and an end that leaves no row, free nobody who is named in it.
    with active(CLERK):
        NearRelative.objects.filter(id=row.id).update(from_day=date(2025, 6, 1))
    request = propose(by=officers["clerk"], day=day, **told)

    def gone(kind: kin.Standing, id_: UUID, *, day: date, now: Any) -> UUID:
        kind.objects.filter(id=id_).update(known_until=now)
        return row.person_id

    monkeypatch.setattr(kin, "end", gone)
    with pytest.raises(Refused, match="与您同名"):
        decide(by=officers["chief"], request=request, approve=True)
    monkeypatch.undo()
    decide(by=officers["deputy"], request=request, approve=True)
    assert page(family).near_relatives == []
    assert [one.until_day for one in page(family, about=date(2025, 6, 5)).near_relatives] == [day]


@pytest.mark.parametrize("name", ["黄志强\u200b", " 黄 志强", "黄\u2060志\ufeff强", "黄\u3000志强"])
def test_a_name_is_compared_as_it_is_read(name: str) -> None:
    assert kin.stands_apart(name, ["黄志强"])
    assert kin.stands_apart("黄志强", [None, name])
    assert not kin.stands_apart(name, ["黄志", None])


def test_a_family_that_joins_brings_its_filing_along(officers: dict[str, Scope], family: UUID) -> None:
    other = registered(a_member("李秀兰"))
    with active(CLERK):
        kin.add(
            NearRelative, queries.Person.objects.get(name="李秀兰"), OFFICIAL, day=DAY, now=timezone.now()
        )
    told = {"other": str(other), "persons": {person("李秀兰"): "SIBLING"}}
    request = propose(
        by=officers["clerk"], kind="MERGE", day=LATER, payload=told, reason="户口簿", household=family
    )
    with active(CLERK):
        assert [row.official for row in kin.filings([other], LATER)] == ["chief 同志"]
        assert kin.filings([family], LATER) == []
    approver = scope_of(an_officer("approver", "county_approver", "520281"))
    namesake = Scope(region="520281", role="county_approver", officer=approver.officer, name="chief同志")
    with pytest.raises(Refused, match="与您同名"):
        decide(by=namesake, request=request, approve=True)
    decide(by=approver, request=request, approve=True)
    with active(CLERK):
        assert [row.official for row in kin.filings([family], LATER)] == ["chief 同志"]


@pytest.mark.parametrize(
    ("kind", "told", "words"),
    [
        ("OBLIGOR", {"name": "陈长子", "kin": "OTHER_RELATIVE"}, "只登记配偶、父母"),
        ("OBLIGOR", {"name": "", "kin": "SON"}, "请填写“姓名”"),
        ("OBLIGOR", {"name": "陈长子", "kin": "SON", "id_no": "1"}, "陈长子：身份证号"),
        ("RELATIVE", {"official": "=1", "post": "镇长", "kin": "SON"}, "“姓名”只能是"),
        ("RELATIVE", {"official": "张三", "post": " ", "kin": "SON"}, "单位和职务"),
        ("RELATIVE", {"official": "张三", "post": "手机 13912345678", "kin": "SON"}, "不要在单位和职务里写"),
    ],
)
def test_what_cannot_be_is_told(
    officers: dict[str, Scope], family: UUID, kind: str, told: Any, words: str
) -> None:
    payload = {"person": person("陈国富"), **told}
    with pytest.raises(Refused, match=words):
        propose(by=officers["clerk"], kind=kind, day=DAY, payload=payload, reason="户口簿", household=family)


def test_once_is_enough(changed: Any) -> None:
    told = {"person": person("陈国富"), "name": "陈长子", "kin": "SON"}
    changed("OBLIGOR", **told)
    with pytest.raises(Refused, match="不必再次登记"):
        changed("OBLIGOR", day=LATER, **told)


def test_nobody_records_or_ends_in_another_place(
    officers: dict[str, Scope], family: UUID, changed: Any
) -> None:
    changed("OBLIGOR", person=person("陈国富"), name="陈长子", kin="SON")
    (row,) = page(family).obligors
    for told in ({"person": person("陈国富"), "name": "某某", "kin": "SON"}, {"end": str(row.id)}):
        with pytest.raises(OutsideScope):
            propose(
                by=officers["sibling"],
                kind="OBLIGOR",
                day=DAY,
                payload=told,
                reason="户口簿",
                household=family,
            )
    own = registered(a_member("周五"), by=Scope(region=SIBLING, role="township_clerk"), region=SIBLING)
    with pytest.raises(OutsideScope):
        propose(
            by=officers["sibling"],
            kind="OBLIGOR",
            day=DAY,
            payload={"end": str(row.id)},
            reason="户口簿",
            household=own,
        )
    other = registered(a_member("周六"))
    with pytest.raises(Refused, match="不是这一户的成员"):
        propose(
            by=officers["clerk"],
            kind="OBLIGOR",
            day=LATER,
            payload={"end": str(row.id)},
            reason="户口簿",
            household=other,
        )
    with active(CLERK):
        assert Obligor.objects.get().until_day is None

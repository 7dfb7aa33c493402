"""A list from file to register and back: staged, previewed, confirmed, absorbed, undone."""

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from openpyxl import load_workbook

from doudi.intake import queries as intake
from doudi.intake.actions import close_lead, confirm, receive, stage
from doudi.intake.models import ImportBatch, ImportRow, Lead
from doudi.intake.setting_aside import discard
from doudi.office.actions import PurposeNeeded, Refused
from doudi.office.attachments import FileRefused
from doudi.office.models import AuditEntry, Officer
from doudi.office.queries import traces
from doudi.office.scope import OutsideScope, Scope, active
from doudi.registry import actions, comparison, kin, preview, queries
from doudi.registry.facts import catalogue
from doudi.registry.imports import lists_about
from doudi.registry.models import (
    ChangeRequest,
    ExternalStatus,
    Household,
    Membership,
    NearRelative,
    Obligor,
    Person,
    Statement,
)
from doudi.registry.outside import _shown_this_hour
from tests.rooms.imports.books import (
    DIBAO,
    DIBAO_SHANDONG,
    DISABLED,
    MONITORING,
    csv_file,
    dibao_row,
    workbook,
)
from tests.rooms.people import (
    COUNTY,
    SIBLING,
    TOWNSHIP,
    VILLAGE,
    a_colleague,
    a_small_country,
    an_officer,
    scope_of,
)
from tests.rooms.registry.families import a_member, an_id, registered

ON = date(2025, 9, 30)


@pytest.fixture
def clerk(db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk"))


@pytest.fixture
def county(clerk: Scope) -> Scope:
    return scope_of(an_officer("handler", "county_handler", COUNTY))


def staged(by: Scope, data: bytes, mapping: str = "dibao_guizhou", name: str = "名册.xlsx") -> UUID:
    batch = receive(by=by, name=name, data=data, mapping=mapping, on=ON)
    stage(by=by, batch=batch)
    return batch


def compared(by: Scope, data: bytes, mapping: str = "dibao_guizhou", name: str = "名册.xlsx") -> UUID:
    batch = staged(by, data, mapping, name)
    actions.compare_import(by=by, batch=batch)
    return batch


def absorbed(by: Scope, data: bytes, mapping: str = "dibao_guizhou", name: str = "名册.xlsx") -> UUID:
    batch = compared(by, data, mapping, name)
    confirm(by=a_colleague(by), batch=batch)
    actions.absorb_import(by=by, batch=batch)
    return batch


def counts(by: Scope, batch: UUID) -> dict[str, int]:
    told = intake.batch_of(by=by, batch=batch).counts
    return {name: told[name] for name in intake.OUTCOMES if told[name]}


def told(by: Scope, batch: UUID) -> list[tuple[str, str, int]]:
    rows = intake.preview(by=by, batch=batch, outcome="REFUSED")
    return [(one.code, one.column, one.row) for row in rows for one in row.findings if not one.note]


def why(by: Scope, batch: UUID) -> list[tuple[str, str, int]]:
    rows = intake.preview(by=by, batch=batch, outcome="REFUSED")
    return [(one.code, one.person, one.row) for row in rows for one in row.findings if not one.note]


def a_list() -> list[list[str]]:
    """Two families: a couple, and a man alone."""
    return [
        dibao_row("A01", "户主", "陈国富", an_id(), phone="13900000001", account="6217000010001234567"),
        dibao_row("A01", "配偶", "李秀英", an_id()),
        dibao_row("A02", "户主", "孙老汉", an_id(), cause="因残"),
    ]


def test_it_works(clerk: Scope) -> None:
    rows = a_list()
    batch = compared(clerk, workbook(DIBAO, rows))
    assert counts(clerk, batch) == {"NEW": 2}
    with active(clerk):
        assert Household.objects.count() == 0
    confirm(by=a_colleague(clerk), batch=batch)
    actions.absorb_import(by=clerk, batch=batch)
    (found,) = queries.find(by=clerk, text="cgf").people
    page = queries.family_page(by=clerk, household=found.household)
    assert (page.household_no, page.region_code) == ("A01", VILLAGE)
    assert [(row.programme, row.from_day, row.amount) for row in page.statuses] == [
        ("DIBAO", date(2023, 5, 1), 41250)
    ]
    lines = {line.field: line.text for line in page.subjects[1].lines}
    assert (lines["labour_capacity"], lines["phone"]) == ("无劳动力", "139********0001")
    assert (
        queries.reveal(by=clerk, subject=found.person, field="bank_account", purpose="核对账户")
        == rows[0][-1]
    )
    with active(clerk):
        told = queries.document(found.household, about=date(2025, 10, 1))
        assert told["household"]["hardship_cause"] == "ILLNESS"
        assert "dibao_recipient" not in told["household"]


def test_who_is_the_relative_of_a_family_confirms_no_list_with_it(clerk: Scope) -> None:
    rows = a_list()
    absorbed(clerk, workbook(DIBAO, rows))
    batch, other = compared(clerk, workbook(DIBAO, rows)), a_colleague(clerk)
    with active(clerk):
        NearRelative.objects.create(
            person=Person.objects.get(name="李秀英"), region_code=VILLAGE, relation="SIBLING",
            official=f"{other.name}\u200b", post="民政办", from_day=date(2025, 1, 1),
        )  # fmt: skip
    with pytest.raises(Refused, match="请本单位另一位经办人或负责人") as refused:
        actions.confirm_import(by=other, batch=batch)
    assert "陈国富" not in str(refused.value)
    actions.confirm_import(by=replace(other, name="无关的人"), batch=batch)


def test_the_same_list_again_changes_nothing(clerk: Scope) -> None:
    data = workbook(DIBAO, a_list())
    absorbed(clerk, data)
    assert counts(clerk, absorbed(clerk, data)) == {"UNCHANGED": 2}
    with active(clerk):
        assert (Statement.objects.count(), ExternalStatus.objects.count()) == (5, 2)


def test_a_remark_on_the_file_is_no_family(clerk: Scope) -> None:
    rows = [[*row, "张庆云"] for row in a_list()]
    batch = compared(clerk, workbook((*DIBAO, "经办人"), rows))
    told = intake.batch_of(by=clerk, batch=batch).counts
    assert (told["families"], told["NEW"]) == (2, 2)


def test_what_changed_is_stated_and_nothing_left_out_is_removed(clerk: Scope) -> None:
    rows = a_list()
    absorbed(clerk, workbook(DIBAO, rows))
    rows[0][8], rows[0][11] = "丧失劳动力", "500"
    batch = absorbed(clerk, workbook(DIBAO, rows[:1]))
    assert counts(clerk, batch) == {"CHANGED": 1}
    with active(clerk):
        told = queries.document(Household.objects.get(household_no="A01").id, about=date(2025, 10, 1))
        assert [row["name"] for row in told["members"]] == ["陈国富", "李秀英"]
        assert told["members"][0]["labour_capacity"] == "LOST"
        assert Household.objects.filter(ended_on=None).count() == 2


def test_a_list_brought_in_late_tells_of_its_day_and_not_of_today(clerk: Scope) -> None:
    """What an officer corrected of a later day stands; the rest of the row is taken in."""
    rows = a_list()
    absorbed(clerk, workbook(DIBAO, rows))
    home = queries.find(by=clerk, text="cgf").people[0].household
    assert home is not None
    members = queries.family_page(by=clerk, household=home).subjects
    told = {"person": str(members[1].id), "facts": {"labour_capacity": "LOST"}}
    decided(clerk, "FACTS", home, told, date(2025, 10, 20))
    rows[0][8] = rows[2][8] = "普通劳动力"
    batch = compared(clerk, workbook(DIBAO, rows))
    assert counts(clerk, batch) == {"CHANGED": 1, "UNCHANGED": 1}
    shown = [
        row
        for outcome in ("CHANGED", "UNCHANGED")
        for row in intake.preview(by=clerk, batch=batch, outcome=outcome)
    ]
    notes = [one.what for row in shown for one in row.findings if one.code == "LATER_REGISTERED"]
    assert len(notes) == 1
    assert "劳动能力" in notes[0]
    confirm(by=a_colleague(clerk), batch=batch)
    actions.absorb_import(by=clerk, batch=batch)
    with active(clerk):
        families = [Household.objects.get(household_no=number).id for number in ("A01", "A02")]
        now = [queries.document(one, about=date(2025, 11, 1))["members"][0] for one in families]
    assert [one["labour_capacity"] for one in now] == ["LOST", "ORDINARY"]


@pytest.mark.parametrize("newer", ["corrections", "list"])
def test_an_older_list_does_not_take_back_what_was_said_again_since(clerk: Scope, newer: str) -> None:
    """Today reads as on the list's day: by two corrections, or as a newer list told and wrote nothing."""
    rows = a_list()[2:]
    absorbed(clerk, workbook(DIBAO, rows))
    home = queries.find(by=clerk, text="孙老汉").people[0].household
    assert home is not None
    (man,) = queries.family_page(by=clerk, household=home).subjects[1:]
    if newer == "corrections":
        for day, labour in ((date(2025, 10, 10), "LOST"), (date(2025, 10, 20), "NONE")):
            told = {"person": str(man.id), "facts": {"labour_capacity": labour}}
            decided(clerk, "FACTS", home, told, day)
    else:
        again = receive(
            by=clerk,
            name="名册.xlsx",
            data=workbook(DIBAO, rows),
            mapping="dibao_guizhou",
            on=date(2025, 10, 20),
        )
        stage(by=clerk, batch=again)
        actions.compare_import(by=clerk, batch=again)
        confirm(by=a_colleague(clerk), batch=again)
        actions.absorb_import(by=clerk, batch=again)
    rows[0][8], rows[0][9] = "技能劳动力", "13900000007"
    older = compared(clerk, workbook(DIBAO, rows))
    assert counts(clerk, older) == {"CHANGED": 1}
    (row,) = intake.preview(by=clerk, batch=older, outcome="CHANGED")
    assert ["劳动能力" in one.what for one in row.findings if one.code == "LATER_REGISTERED"] == [True]
    confirm(by=a_colleague(clerk), batch=older)
    actions.absorb_import(by=clerk, batch=older)
    with active(clerk):  # nobody told a telephone: that is taken in
        now = queries.document(home, about=date(2025, 11, 1))["members"][0]
    assert now["labour_capacity"] == "NONE"
    assert queries.reveal(by=clerk, subject=man.id, field="phone", purpose="核对电话") == "13900000007"


@pytest.mark.parametrize("account", ["6217000010001234567", ""])
def test_a_list_never_writes_an_account_of_the_registered(clerk: Scope, account: str) -> None:
    rows = a_list()
    rows[0][12] = account
    absorbed(clerk, workbook(DIBAO, rows))
    with active(clerk):
        before = Statement.objects.count(), ExternalStatus.objects.count(), Lead.objects.count()
    rows[0][8], rows[0][11], rows[0][12] = "丧失劳动力", "9999", "6222000011112222333"
    batch = compared(clerk, workbook(DIBAO, rows))
    assert counts(clerk, batch) == {"DIFFERS": 1, "UNCHANGED": 1}
    actions.compare_import(by=clerk, batch=batch)
    (row,) = intake.preview(by=clerk, batch=batch, outcome="DIFFERS")
    assert [(one.person, one.row) for one in row.findings if one.code == "BY_CHANGE_ONLY"] == [("陈国富", 3)]
    _, data = intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    told = [str(row[7].value) for row in load_workbook(io.BytesIO(data))["问题"].iter_rows(min_row=2)]
    assert any("银行账号" in text and "6222" not in text for text in told)
    confirm(by=a_colleague(clerk), batch=batch)
    actions.absorb_import(by=clerk, batch=batch)
    with active(clerk):
        held = Statement.objects.count(), ExternalStatus.objects.count(), Lead.objects.count()
        assert held == before
    (found,) = queries.find(by=clerk, text="陈国富").people
    if account:
        kept = queries.reveal(by=clerk, subject=found.person, field="bank_account", purpose="核对账户")
        assert kept == account


def test_a_list_takes_no_decision_of_the_county_and_no_number_for_the_registered(clerk: Scope) -> None:
    number = an_id()
    registered(a_member("陈国富", id_no=None, birth_date=19680301), household_id="T1")
    registered(a_member("孙老汉", id_no=number), household_id="T2", property_conclusion="PASS")
    book = load_workbook(io.BytesIO(workbook(("户编号", "地区代码", "城乡类型", "财产核对结论"), [])))
    families, members = book.active, book.create_sheet("成员")
    families.title = "家庭"
    families.append(["T1", VILLAGE, "农村", ""])
    families.append(["T2", VILLAGE, "农村", "不符合"])
    members.append(("户编号", "姓名", "与户主关系", "身份证号", "出生日期"))
    members.append(("T1", "陈国富", "户主", an_id(date(1968, 3, 1), 2), "1968-03-01"))
    members.append(("T2", "孙老汉", "户主", number, ""))
    with io.BytesIO() as kept:
        book.save(kept)
        batch = absorbed(clerk, kept.getvalue(), "template")
    assert counts(clerk, batch) == {"DIFFERS": 2}
    rows = intake.preview(by=clerk, batch=batch, outcome="DIFFERS")
    told = [one.what for row in rows for one in row.findings if one.code == "BY_CHANGE_ONLY"]
    assert ["身份证号" in told[0], "财产核对结论" in told[1]] == [True, True]
    with active(clerk):
        kept_family = queries.document(Household.objects.get(household_no="T2").id, about=ON)
        assert kept_family["household"]["property_conclusion"] == "PASS"


def test_a_list_opens_leads_once_and_never_an_award(clerk: Scope) -> None:
    data = workbook(DIBAO, a_list())
    absorbed(clerk, data)
    leads = intake.leads(by=clerk)
    assert [(lead.source, lead.kind) for lead in leads] == [("DATA_MATCH", "低保名册")] * 2
    absorbed(clerk, data)
    assert len(intake.leads(by=clerk)) == 2
    close_lead(by=clerk, lead=leads[0].id, result="已入户，情况属实")
    with pytest.raises(Refused, match="已经办结"):
        close_lead(by=clerk, lead=leads[0].id, result="再办")
    assert len(intake.leads(by=clerk)) == 1


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda row: row.__setitem__(5, row[5][:-1] + ("0" if row[5][-1] != "0" else "1")), "ID_CHECK_DIGIT"),
        (lambda row: row.__setitem__(5, row[5][:10] + "0230" + row[5][14:]), "ID_BIRTH_DATE"),
        (lambda row: row.__setitem__(4, ""), "REQUIRED"),
        (lambda row: row.__setitem__(3, "邻居"), "CODE_UNKNOWN"),
        (lambda row: row.__setitem__(11, "四百"), "BAD_AMOUNT"),
        (lambda row: row.__setitem__(1, "没有的村"), "PLACE_UNKNOWN"),
        (lambda row: row.__setitem__(0, "大山镇") or row.__setitem__(1, ""), "PLACE_UNKNOWN"),
    ],
)
def test_a_bad_row_keeps_its_family_out_and_no_other(
    clerk: Scope, spoil: Callable[[list[str]], object], code: str
) -> None:
    rows = a_list()
    spoil(rows[1])
    batch = absorbed(clerk, workbook(DIBAO, rows))
    assert counts(clerk, batch) == {"NEW": 1, "REFUSED": 1}
    assert [(found, row) for found, _, row in why(clerk, batch)] == [(code, 4)]
    assert [one.name for one in queries.find(by=clerk, text="孙老汉").people] == ["孙老汉"]
    assert queries.find(by=clerk, text="陈国富").people == []


def test_the_register_refuses_what_contradicts_it(clerk: Scope, county: Scope) -> None:
    moved, dead, renamed, hidden, head = (an_id() for _ in range(5))
    registered(a_member("赵一"), a_member("钱二", "SON", id_no=moved))
    registered(a_member("孙三", id_no=dead))
    registered(a_member("李四", id_no=renamed), household_id="B03")
    registered(a_member("周五", id_no=hidden), by=county, region=SIBLING)
    registered(a_member("吴六", id_no=head), household_id="B05")
    with active(clerk):
        Person.objects.filter(name="孙三").update(died_on=ON)
    rows = [
        dibao_row("B01", "户主", "钱二", moved),
        dibao_row("B02", "户主", "孙三", dead),
        dibao_row("B03", "户主", "李司", renamed),
        dibao_row("B04", "户主", "周五", hidden),
        dibao_row("B05", "户主", "吴七", an_id()),
    ]
    batch = absorbed(clerk, workbook(DIBAO, rows))
    assert why(clerk, batch) == [
        ("IN_OTHER_HOUSEHOLD", "钱二", 3),
        ("REGISTERED_DEAD", "孙三", 4),
        ("NAME_DIFFERS", "李司", 5),
        ("HEAD_DIFFERS", "吴七", 7),
    ]
    (row,) = intake.preview(by=clerk, batch=batch, outcome="ELSEWHERE")
    assert [(one.code, one.person, one.row) for one in row.findings] == [("ELSEWHERE_IN_COUNTY", "周五", 6)]
    with active(clerk):
        assert AuditEntry.objects.filter(verb="looked_outside").count() == 0
    with active(county):
        assert AuditEntry.objects.filter(verb="looked_outside", region_code=COUNTY).count() == 1


def test_the_head_s_number_is_no_household_number(clerk: Scope, county: Scope) -> None:
    head, son = an_id(), an_id()
    rows = [
        ["620", "2021-03-01", head, "陈国富", head, "", "农村", "无", "民主镇", "小白岩村"],
        ["620", "2021-03-01", head, "陈小军", son, "子", "农村", "肢体", "民主镇", "小白岩村"],
    ]
    absorbed(county, workbook(DIBAO_SHANDONG, rows), "dibao_shandong")
    with active(county):
        (family,) = Household.objects.all()
        assert head not in family.household_no
        assert (family.region_code, family.memberships.count()) == (VILLAGE, 2)
        assert [row.amount for row in ExternalStatus.objects.all()] == [62000]
    assert counts(county, absorbed(county, workbook(DIBAO_SHANDONG, rows), "dibao_shandong")) == {
        "UNCHANGED": 1
    }


def test_the_monitoring_list(county: Scope) -> None:
    number = an_id()
    row = [
        "民主镇", "小白岩村", "M1", "陈国富", number, "户主", "脱贫户", "脱贫不稳定户", "2022-05", "未消除",
        "因务工就业不稳", "8,321.00", "非在校生",
    ]  # fmt: skip
    absorbed(county, workbook(MONITORING, [row]), "monitoring_guizhou")
    with active(county):
        (status,) = ExternalStatus.objects.all()
        assert (status.programme, status.from_day, status.until_day) == (
            "MONITOR_UNSTABLE",
            date(2022, 5, 1),
            None,
        )
        told = queries.document(status.household_id, about=ON)
        assert told["household"]["ex_poor"] is True
        assert told["household"]["hardship_cause"] == "EMPLOYMENT_UNSTABLE"
        assert "listed_net_income" not in told["household"]
        assert told["members"][0]["student"] is False
    page = queries.family_page(by=county, household=status.household_id, purpose="核对名册")
    assert ("listed_net_income", "8,321.00 元") in {
        (line.field, line.text) for line in page.subjects[0].lines
    }


def test_a_list_of_persons_tells_of_the_registered_and_makes_leads_of_others(clerk: Scope) -> None:
    known, other = an_id(), an_id()
    registered(a_member("陈国富", id_no=known))
    rows = [
        ["陈国富", known, f"{known}42", "肢体", "2", "民主镇", "小白岩村"],
        ["王小山", other, f"{other}62", "精神", "2", "民主镇", "小白岩村"],
    ]
    batch = absorbed(clerk, csv_file(DISABLED, rows), "disabled_guizhou", "残疾人.csv")
    assert counts(clerk, batch) == {"NEW": 1, "CHANGED": 1}
    with active(clerk):
        told = queries.document(Household.objects.get().id, about=ON)["members"][0]
        assert (told["disability_type"], told["disability_grade"]) == ("PHYSICAL", 2)
        (lead,) = Lead.objects.all()
        assert other not in lead.subject
        assert "王小山" in lead.said.open()


def test_our_own_template(clerk: Scope) -> None:
    book = load_workbook(io.BytesIO(workbook(("户编号", "地区代码", "城乡类型", "收入申报完整"), [])))
    sheet = book.active
    sheet.title = "家庭"
    sheet.append(["T1", VILLAGE, "农村", "是"])
    members, incomes = book.create_sheet("成员"), book.create_sheet("收入")
    for row in (("户编号", "姓名", "与户主关系", "身份证号"), ("T1", "陈国富", "户主", an_id())):
        members.append(row)
    for row in (
        ("户编号", "姓名", "收入项目", "月份", "金额"),
        ("T1", "陈国富", "工资薪金", "2025-08", "1500"),
    ):
        incomes.append(row)
    with io.BytesIO() as kept:
        book.save(kept)
        absorbed(clerk, kept.getvalue(), "template")
    with active(clerk):
        told = queries.document(Household.objects.get(household_no="T1").id, about=ON)
        assert told["members"][0]["incomes"] == [
            {"item": "SALARY", "month": 202508, "amount": 150000, "deduction": 0}
        ]
        assert told["household"]["income_complete"] is True


def everything(admin: psycopg.Connection) -> dict[str, list[str]]:
    """Every row of every table of the register as text, in an order of its own."""
    tables = admin.execute(
        "select relname from pg_class where relkind = 'r'"
        " and (relname like 'registry\\_%' or relname = 'intake_lead')"
    ).fetchall()
    return {
        table: sorted(text for (text,) in admin.execute(f"select t::text from {table} t").fetchall())
        for (table,) in tables
    }


@pytest.fixture
def committed_clerk(committed_db: None) -> Scope:
    a_small_country()
    return scope_of(an_officer("clerk"))


def test_undo_restores_the_register_row_by_row(committed_clerk: Scope, admin: psycopg.Connection) -> None:
    by, rows = committed_clerk, a_list()
    absorbed(by, workbook(DIBAO, rows[:2]))
    before = everything(admin)
    rows[0][8], rows[0][11] = "丧失劳动力", "500"
    batch = absorbed(by, workbook(DIBAO, [*rows, dibao_row("A01", "子", "陈小军", an_id())]))
    assert counts(by, batch) == {"NEW": 1, "CHANGED": 1}
    assert everything(admin) != before
    actions.undo_import(by=by, batch=batch)
    after = everything(admin)
    assert {table: len(lines) for table, lines in after.items()} == {
        t: len(lines) for t, lines in before.items()
    }
    assert after == before
    assert intake.batch_of(by=by, batch=batch).state == "UNDONE"
    with pytest.raises(Refused, match="已撤销"):
        actions.undo_import(by=by, batch=batch)


def test_what_has_been_built_upon_is_not_undone(clerk: Scope) -> None:
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    with active(clerk):
        person = Person.objects.get(name="陈国富")
        family = person.memberships.get().household_id
    asked = actions.propose(
        by=clerk, kind="FACTS", day=ON, household=family, reason="入户核实",
        payload={"person": str(person.id), "facts": {"employed": True}},
    )  # fmt: skip
    with pytest.raises(Refused, match=f"户有“更正信息”的申请（编号 {str(asked)[:8]}）"):
        actions.undo_import(by=clerk, batch=batch)
    other = absorbed(clerk, workbook(DIBAO, [dibao_row("C01", "户主", "周五", an_id())]))
    with active(clerk):
        person = Person.objects.get(name="周五")
        kin.add(Obligor, person, {"name": "周小", "kin": "SON"}, day=ON, now=timezone.now())
    with pytest.raises(Refused, match="已有业务记录"):
        actions.undo_import(by=clerk, batch=other)
    with active(clerk):
        assert Person.objects.filter(name="周五").exists()


def test_what_was_taken_back_or_turned_down_does_not_keep_a_batch(clerk: Scope) -> None:
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    with active(clerk):
        person = Person.objects.get(name="陈国富")
        family = person.memberships.get().household_id
    for employed in (True, False):
        asked = actions.propose(
            by=clerk, kind="FACTS", day=ON, household=family, reason="入户核实",
            payload={"person": str(person.id), "facts": {"employed": employed}},
        )  # fmt: skip
        if employed:
            actions.withdraw(by=clerk, request=asked)
        else:
            chief = scope_of(an_officer("chief", "township_chief"))
            actions.decide(by=chief, request=asked, approve=False, answer="请重新核实")
    actions.undo_import(by=clerk, batch=batch)
    with active(clerk):
        assert not Household.objects.exists()
        rows = ChangeRequest.objects.order_by("proposed_at")
        assert [(row.state, row.household_id) for row in rows] == [("WITHDRAWN", None), ("REJECTED", None)]


def decided(by: Scope, kind: str, home: UUID, payload: Any, day: date = ON) -> UUID:
    """A change proposed by the county's handler and approved by its approver."""
    asked = actions.propose(by=by, kind=kind, day=day, household=home, reason="有证明", payload=payload)
    approver = scope_of(Officer.objects.filter(sign_in_name="approver").first() or an_approver())
    actions.decide(by=approver, request=asked, approve=True)
    return asked


def an_approver() -> Officer:
    return an_officer("approver", "county_approver", COUNTY)


@pytest.mark.parametrize("who", ["the family", "one of it"])
def test_what_moved_to_another_township_keeps_the_batch(
    committed_clerk: Scope, admin: psycopg.Connection, who: str
) -> None:
    clerk, county = committed_clerk, scope_of(an_officer("handler", "county_handler", COUNTY))
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    groom_s = registered(a_member("赵大"), by=county, region=SIBLING)
    with active(clerk):
        home = Household.objects.get(household_no="A01").id
        bride = str(Person.objects.get(name="李秀英").id)
    if who == "the family":
        decided(county, "MOVE_OUT", home, {"to": SIBLING})
    else:  # on the day of the list: nothing of her is left in the old family
        decided(county, "MARRIAGE", groom_s, {"person": bride, "relation": "SPOUSE"})
    before, found = everything(admin), 3 if who == "the family" else 1
    with pytest.raises(Refused, match=rf"有 {found} 户（人）随迁移.*县级经办人"):
        actions.undo_import(by=clerk, batch=batch)
    assert everything(admin) == before
    with pytest.raises(Refused, match="不能整批撤销"):  # nor by the county, who sees the change
        actions.undo_import(by=scope_of(Officer.objects.get(sign_in_name="approver")), batch=batch)
    assert everything(admin) == before


def test_somebody_of_the_list_in_a_request_about_another_family_keeps_the_batch(
    clerk: Scope, county: Scope
) -> None:
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    groom_s = registered(a_member("赵大"), by=county, region=SIBLING)
    with active(clerk):
        bride = str(Person.objects.get(name="李秀英").id)
    asked = actions.propose(
        by=county, kind="MARRIAGE", day=ON, household=groom_s, reason="结婚证",
        payload={"person": bride, "relation": "SPOUSE"},
    )  # fmt: skip
    with pytest.raises(Refused, match=f"有“婚姻迁入”的申请（编号 {str(asked)[:8]}）涉及其中的人"):
        actions.undo_import(by=clerk, batch=batch)
    actions.withdraw(by=county, request=asked)
    actions.undo_import(by=clerk, batch=batch)


def test_a_finished_visit_outlives_the_list_that_led_to_it(clerk: Scope) -> None:
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    first, _ = intake.leads(by=clerk)
    assert intake.closed_leads(by=clerk, batch=batch) == 0
    close_lead(by=clerk, lead=first.id, result="已走访，房屋漏雨，应申请临时救助")
    assert intake.closed_leads(by=clerk, batch=batch) == 1
    actions.undo_import(by=clerk, batch=batch)
    with active(clerk):
        assert [(row.id, row.result) for row in Lead.objects.all()] == [
            (first.id, "已走访，房屋漏雨，应申请临时救助")
        ]


@pytest.mark.parametrize("first", ["undo", "request"])
def test_a_request_in_the_moment_of_the_undo_ends_in_words(committed_clerk: Scope, first: str) -> None:
    clerk, ended = committed_clerk, list[BaseException | None]()
    batch = absorbed(clerk, workbook(DIBAO, a_list()))
    with active(clerk):
        home = Household.objects.get(household_no="A02").id

    def undo() -> None:
        actions.undo_import(by=clerk, batch=batch)

    def ask() -> None:
        actions.propose(
            by=clerk, kind="FACTS", day=ON, household=home, reason="核实",
            payload={"facts": {"hardship_cause": "ILLNESS"}},
        )  # fmt: skip

    def later() -> None:
        try:
            (ask if first == "undo" else undo)()
            ended.append(None)
        except Exception as problem:
            ended.append(problem)
        finally:
            connections.close_all()

    other = threading.Thread(target=later)
    with active(clerk):
        (undo if first == "undo" else ask)()
        other.start()
        other.join(1)
        assert ended == []  # it waits for the one that came first
    other.join(20)
    (problem,) = ended
    assert isinstance(problem, OutsideScope if first == "undo" else Refused), problem
    with active(clerk):
        assert Household.objects.filter(id=home).exists() is (first == "request")


def test_a_failure_in_the_middle_leaves_no_half_batch(
    committed_clerk: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = committed_clerk
    batch = compared(by, workbook(DIBAO, a_list()))
    confirm(by=a_colleague(by), batch=batch)
    with monkeypatch.context() as patch:
        plan, turns = comparison._plan_new, iter([False, True])
        patch.setattr(comparison, "CHUNK", 1)

        def killed(*args: Any) -> None:
            if next(turns):
                raise ConnectionError("killed")
            plan(*args)

        patch.setattr(comparison, "_plan_new", killed)
        with pytest.raises(ConnectionError):
            actions.absorb_import(by=by, batch=batch)
    with active(by):
        assert (Household.objects.count(), ImportBatch.objects.get().state) == (0, "CONFIRMED")
    actions.absorb_import(by=by, batch=batch)
    with pytest.raises(Refused, match="已入册"):
        actions.absorb_import(by=by, batch=batch)
    with active(by):
        assert Household.objects.count() == 2


def test_two_imports_of_one_person_at_once_make_one(committed_clerk: Scope) -> None:
    by, number = committed_clerk, an_id()
    batches = [
        compared(by, workbook(DIBAO, [dibao_row(no, "户主", "陈国富", number)])) for no in ("D1", "D2")
    ]
    for batch in batches:
        confirm(by=a_colleague(by), batch=batch)
    start, failures = threading.Barrier(2), list[BaseException]()

    def run(batch: UUID) -> None:
        try:
            start.wait(10)
            actions.absorb_import(by=by, batch=batch)
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with active(by):
        assert (Person.objects.count(), Household.objects.count(), Membership.objects.count()) == (1, 1, 1)
    assert sorted(str(counts(by, batch)) for batch in batches) == ["{'NEW': 1}", "{'UNCHANGED': 1}"]


def test_the_returned_workbook_is_the_user_s_own_with_red_cells(clerk: Scope) -> None:
    rows = a_list()
    rows[1][5] = rows[1][5][:-1]
    registered(a_member("孙某", id_no=rows[2][5]))
    batch = compared(clerk, workbook(DIBAO, rows))
    name, data = intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    assert name == "名册-问题.xlsx"
    book = load_workbook(io.BytesIO(data))
    cell = book["Sheet1"]["F4"]
    assert cell.fill.fgColor.rgb.endswith("FDECEA")
    assert "18 位" in cell.comment.text
    assert "姓名不一致" in book["Sheet1"]["A5"].comment.text
    assert [row[0].value for row in book["问题"].iter_rows(min_row=2)] == ["未通过", "未通过"]


def test_a_hidden_sheet_is_no_list_and_hidden_rows_are_told(clerk: Scope) -> None:
    book = load_workbook(io.BytesIO(workbook(DIBAO, a_list())))
    book.active.row_dimensions[5].hidden = True
    old = book.create_sheet("旧数据", 0)
    for row in (DIBAO, dibao_row("隐01", "户主", "隐一", an_id())):
        old.append(list(row))
    old.sheet_state, book.active = "hidden", 1
    with io.BytesIO() as kept:
        book.save(kept)
        batch = compared(clerk, kept.getvalue())
    assert counts(clerk, batch) == {"NEW": 2}
    rows = {
        row.document["members"][0]["name"]: row
        for row in intake.preview(by=clerk, batch=batch, outcome="NEW")
    }
    assert {name: [one.code for one in row.findings] for name, row in rows.items()} == {
        "陈国富": [], "孙老汉": ["ROW_HIDDEN"]
    }  # fmt: skip
    (told,) = intake.remarks(by=clerk, batch=batch)
    assert "读取的是《Sheet1》；“旧数据”是隐藏的工作表，没有读取" in str(told)
    _, data = intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    back = load_workbook(io.BytesIO(data))
    assert back["旧数据"].sheet_state == "hidden"
    del book["Sheet1"]
    book.create_sheet("空表")
    with io.BytesIO() as kept:
        book.save(kept)
        batch = staged(clerk, kept.getvalue())
    assert "“旧数据”是隐藏的工作表，没有读取" in intake.batch_of(by=clerk, batch=batch).refusal


def test_a_merged_name_over_two_numbers_is_refused_in_the_row(clerk: Scope) -> None:
    rows = [dibao_row(f"M0{n}", "户主", "并三" if n == 1 else "", an_id()) for n in (1, 2)]
    book = load_workbook(io.BytesIO(workbook(DIBAO, rows)))
    book.active.merge_cells("E3:E4")
    with io.BytesIO() as kept:
        book.save(kept)
        batch = compared(clerk, kept.getvalue())
    assert counts(clerk, batch) == {"NEW": 1, "REFUSED": 1}
    assert told(clerk, batch) == [("MERGED_PERSON", "姓名", 4)]
    assert intake.remarks(by=clerk, batch=batch) == []


def test_csv_comes_back_as_a_table_of_problems(clerk: Scope) -> None:
    rows = [["陈国富", "12345", "", "肢体", "2", "民主镇", "小白岩村"]]
    batch = staged(clerk, csv_file(DISABLED, rows), "disabled_guizhou", "残疾人.csv")
    _, data = intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    told = [row[9].value for row in load_workbook(io.BytesIO(data))["问题"].iter_rows(min_row=2)]
    assert "ID_LENGTH" in told


def test_a_file_that_cannot_be_read_says_why(clerk: Scope) -> None:
    batch = staged(clerk, workbook(("甲", "乙"), [["1", "2"]]))
    row = intake.batch_of(by=clerk, batch=batch)
    assert row.state == "REFUSED"
    assert "没有找到表头" in row.refusal
    with pytest.raises(FileRefused):
        receive(by=clerk, name="x.xlsx", data=b"<html>", mapping="dibao_guizhou", on=ON)
    with pytest.raises(Refused, match="种类"):
        receive(by=clerk, name="x.xlsx", data=b"PK\x03\x04", mapping="nothing", on=ON)
    with pytest.raises(Refused, match="不能晚于"):
        receive(by=clerk, name="x.xlsx", data=b"PK\x03\x04", mapping="dibao_guizhou", on=date(2999, 1, 1))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("名册.pdf", b"%PDF-1.7"),
        ("名册.zip", b"PK\x03\x04"),
        ("名册.xlsx", b"%PDF-1.7"),
        ("名册.csv", b"PK\x03\x04"),
        ("名册.csv", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_what_is_no_list_is_not_stored(clerk: Scope, name: str, data: bytes) -> None:
    with pytest.raises(FileRefused):
        receive(by=clerk, name=name, data=data, mapping="dibao_guizhou", on=ON)
    assert intake.batches(by=clerk) == []


def test_the_desk_speaks_of_what_it_takes(clerk: Scope) -> None:
    with pytest.raises(Refused, match="五张表"):
        receive(by=clerk, name="a.csv", data=b"a,b", mapping="template", on=ON)
    for kind in ("template", "dibao_guizhou"):
        batch = staged(clerk, workbook(("甲", "乙"), [["1", "2"]]), kind, "名" * 130 + ".xlsx")
        told = intake.batch_of(by=clerk, batch=batch)
        assert told.state == "REFUSED"
        assert ".xlsx：" in told.refusal
        assert not any(word in told.refusal for word in ("doudi", "Parquet", "文件夹"))
    rows = [["王小山", an_id(), "", "肢体", "2", "民主镇", "小白岩村"]]
    long = compared(clerk, csv_file(DISABLED, rows), "disabled_guizhou", "n" * 130 + ".csv")
    assert counts(clerk, long) == {"NEW": 1}


def test_a_department_sends_its_own_lists_and_is_named_as_their_source(clerk: Scope, county: Scope) -> None:
    liaison = scope_of(an_officer("canlian", "liaison", COUNTY))
    assert [key for key, _ in intake.list_choices(liaison)] == ["disabled_guizhou", "disabled_shandong"]
    for kind in ("dibao_guizhou", "monitoring_shandong", "template"):
        with pytest.raises(Refused, match="不能报送这种名单"):
            receive(by=liaison, name="名册.xlsx", data=workbook(DIBAO, a_list()), mapping=kind, on=ON)
    number = an_id()
    registered(a_member("陈国富", id_no=number))
    rows = [["陈国富", number, f"{number}42", "肢体", "2", "民主镇", "小白岩村"]]
    absorbed(liaison, workbook(DISABLED, rows), "disabled_guizhou")
    absorbed(clerk, workbook(DIBAO, a_list()))
    with active(county):
        assert Statement.objects.filter(source="DISABLED").count() == 1
        assert {row.source for row in ExternalStatus.objects.all()} == {"TOWNSHIP"}


def test_steps_are_taken_in_order(clerk: Scope) -> None:
    batch = staged(clerk, workbook(DIBAO, a_list()))
    for step in (confirm, actions.absorb_import, actions.undo_import, stage):
        with pytest.raises(Refused, match="状态"):
            step(by=a_colleague(clerk), batch=batch)


def test_who_has_neither_village_nor_number_is_no_new_family(clerk: Scope, county: Scope) -> None:
    """No village would ever see it, and nobody could find it again."""
    number = an_id()
    rows = [
        dibao_row("V1", "户主", "陈国富", "", village=""),
        dibao_row("V1", "子", "陈小军", ""),
        dibao_row("V2", "户主", "孙老汉", "", town="", village=""),
        dibao_row("V3", "户主", "李秀英", number, town="", village=""),
        dibao_row("V4", "户主", "周五", "", town="", village=""),
        dibao_row("V4", "配偶", "吴六", an_id()),
    ]
    data = workbook(DIBAO, rows)
    batch = compared(clerk, data)
    assert told(clerk, batch) == [("NO_VILLAGE", "村（社区）", 3), ("NO_VILLAGE", "村（社区）", 5)]
    assert counts(clerk, batch) == {"NEW": 2, "REFUSED": 2}
    _, back = intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    cell = load_workbook(io.BytesIO(back))["Sheet1"]["B3"]
    assert cell.fill.fgColor.rgb.endswith("FDECEA")
    assert "哪个村都看不到" in cell.comment.text
    for village in (SIBLING, f"{SIBLING}201", COUNTY, TOWNSHIP):
        with pytest.raises(Refused, match="本乡镇"):
            receive(by=clerk, name="名册.xlsx", data=data, mapping="dibao_guizhou", on=ON, village=village)
    with pytest.raises(Refused, match="本乡镇"):
        receive(by=county, name="名册.xlsx", data=data, mapping="dibao_guizhou", on=ON, village=VILLAGE)
    chosen = receive(by=clerk, name="名册.xlsx", data=data, mapping="dibao_guizhou", on=ON, village=VILLAGE)
    stage(by=clerk, batch=chosen)
    actions.compare_import(by=clerk, batch=chosen)
    confirm(by=a_colleague(clerk), batch=chosen)
    actions.absorb_import(by=clerk, batch=chosen)
    assert counts(clerk, chosen) == {"NEW": 4}
    with active(clerk):
        assert set(Household.objects.values_list("region_code", flat=True)) == {VILLAGE}
    again = compared(clerk, data)  # of families the register has, nobody is asked where they live
    assert counts(clerk, again) == {"UNCHANGED": 4}


@pytest.mark.parametrize(
    ("until", "kept"), [("2023-04", False), ("2020-01", False), ("2023-05", True), ("", True)]
)
def test_an_aid_over_before_it_begins_is_refused_in_its_cell(clerk: Scope, until: str, kept: bool) -> None:
    row = [*dibao_row("W1", "户主", "陈国富", an_id(), since="2023-05"), until]
    found = told(clerk, compared(clerk, workbook([*DIBAO, "停发年月"], [row])))
    assert found == ([] if kept else [("ENDS_BEFORE", "停发年月", 3)])


def test_a_family_without_a_head_is_told_in_the_words_of_its_list(clerk: Scope) -> None:
    batch = compared(clerk, workbook(DIBAO, [dibao_row("W1", "配偶", "陈国富", an_id())]))
    (row,) = intake.preview(by=clerk, batch=batch, outcome="REFUSED")
    (todo,) = (one.todo for one in row.findings if one.code == "NO_HEAD")
    assert todo == "请把其中一人的“与户主关系”填为“户主”"


@pytest.mark.parametrize("written", ["-2", "@x", "＝1+2", "+86", "陈1"])
def test_a_name_or_number_the_window_would_not_take_is_refused_in_its_cell(
    clerk: Scope, written: str
) -> None:
    rows = [dibao_row("W1", "户主", written, an_id()), dibao_row("W2", "户主", "欧阳·阿里", an_id())]
    assert told(clerk, compared(clerk, workbook(DIBAO, rows))) == [("NOT_WRITTEN_SO", "姓名", 3)]
    if written != "陈1":
        rows = [dibao_row(written, "户主", "陈国富", an_id())]
        assert told(clerk, compared(clerk, workbook(DIBAO, rows))) == [("NOT_WRITTEN_SO", "户编号", 3)]


def strangers(county: Scope, number: int) -> list[list[str]]:
    """Rows about people who are registered in the next township."""
    numbers = [an_id() for _ in range(number)]
    for at, number_ in enumerate(numbers):
        registered(a_member(f"钱{'一二三四五六七八九十'[at]}", id_no=number_), by=county, region=SIBLING)
    return [dibao_row(f"X{at}", "户主", "钱某", number_) for at, number_ in enumerate(numbers)]


def test_who_is_registered_elsewhere_is_looked_at_and_counted(clerk: Scope, county: Scope) -> None:
    batch = compared(clerk, workbook(DIBAO, [*strangers(county, 2), *a_list()]))
    assert counts(clerk, batch) == {"NEW": 2, "ELSEWHERE": 2}
    with active(county):
        rows = AuditEntry.objects.filter(verb="found_outside")
        assert {(row.officer, row.region_code, row.detail["batch"]) for row in rows} == {
            (clerk.officer, SIBLING, str(batch))
        }
        assert {row.subject for row in rows} == {
            f"registry_person:{id_}"
            for id_ in Person.objects.filter(region_code=SIBLING).values_list("id", flat=True)
        }
    actions.compare_import(by=clerk, batch=batch)
    assert _shown_this_hour(clerk) == 2  # told once
    assert len(intake.preview(by=clerk, batch=batch, outcome="ELSEWHERE")) == 2


def test_a_list_about_elsewhere_is_told_by_row_for_a_purpose_only(clerk: Scope, county: Scope) -> None:
    batch = compared(clerk, workbook(DIBAO, [*strangers(county, 6), *a_list()]))
    assert counts(clerk, batch) == {"NEW": 2, "ELSEWHERE": 6}
    for outcome in ("ELSEWHERE", "NEW"):  # who is missing among the new ones is told, too
        with pytest.raises(PurposeNeeded, match=r"6 户（人）已在本县其他地区登记"):
            intake.preview(by=clerk, batch=batch, outcome=outcome)
    shown = intake.preview(by=clerk, batch=batch, outcome="ELSEWHERE", purpose="核对重复建档")
    assert len(shown) == 6


def test_a_list_that_does_not_fit_into_the_hour_is_told_as_a_total(
    clerk: Scope, county: Scope, settings: Any
) -> None:
    settings.OFFICE_OUTSIDE_STOP = 5
    rows = strangers(county, 6)
    batch = compared(clerk, workbook(DIBAO, [*rows, *a_list()]))
    found = intake.batch_of(by=clerk, batch=batch)
    assert (found.state, found.counts["ELSEWHERE"]) == ("SET_ASIDE", 6)
    assert "名册里有 6 户（人）已在本县其他地区登记" in found.refusal
    with active(county):
        assert AuditEntry.objects.filter(verb="looked_too_often", officer=clerk.officer).count() == 1
        assert not AuditEntry.objects.filter(verb="found_outside").exists()
    with active(clerk):
        assert not ImportRow.objects.filter(batch=batch).exists()
    assert counts(county, compared(county, workbook(DIBAO, rows))) == {"REFUSED": 6}  # a county's list may
    for at in range(5):
        compared(clerk, workbook(DIBAO, rows[at : at + 1]))
    assert intake.batch_of(by=clerk, batch=compared(clerk, workbook(DIBAO, rows[5:]))).state == "SET_ASIDE"


def test_who_looked_at_a_person_in_a_list_is_found_by_the_person(clerk: Scope, county: Scope) -> None:
    auditor = scope_of(an_officer("auditor", "auditor", COUNTY))
    rows = a_list()
    family = registered(a_member("陈国富", id_no=rows[0][5]), household_id="A01")
    with active(clerk):
        known = Person.objects.get(name="陈国富").id
    batch = compared(clerk, workbook(DIBAO, rows))
    shown = intake.preview(by=clerk, batch=batch, outcome="DIFFERS")
    preview.changes(by=clerk, batch=intake.batch_of(by=clerk, batch=batch), rows=shown, purpose="核对名册")
    intake.returned_file(by=clerk, batch=batch, purpose="改正原表")
    confirm(by=a_colleague(clerk), batch=batch)
    actions.absorb_import(by=clerk, batch=batch)
    with active(clerk):
        new = Person.objects.get(name="孙老汉").id
    about = f"intake_importbatch:{batch}"
    for person in (known, new):
        assert lists_about(by=auditor, person=person) == [about]
    found = traces(by=auditor, subject=str(known), also=lists_about(by=auditor, person=known))
    assert {"previewed", "import_returned", "import_confirmed"} <= {row.verb for row in found}
    (row,) = [row for row in found if row.verb == "import_returned"]
    assert (row.subject, row.purpose, row.detail["people"], len(row.detail["sm3"])) == (
        about,
        "改正原表",
        1,
        64,
    )
    assert [row.purpose for row in found if row.verb == "previewed"] == ["核对名册"]
    assert {row.subject for row in traces(by=auditor, verb="previewed")} >= {f"registry_household:{family}"}
    actions.undo_import(by=clerk, batch=batch)
    assert lists_about(by=auditor, person=known) == [about]
    assert lists_about(by=auditor, person=UUID(int=5)) == []


def test_a_discarded_list_still_says_whom_it_named(clerk: Scope) -> None:
    registered(a_member("陈国富", id_no=(rows := a_list())[0][5]), household_id="A01")
    batch = compared(clerk, workbook(DIBAO, rows))
    discard(by=clerk, batch=batch)
    with active(clerk):
        person = Person.objects.get().id
    assert lists_about(by=clerk, person=person) == [f"intake_importbatch:{batch}"]


@pytest.mark.parametrize("role", ["township_clerk", "township_chief"])
def test_who_sends_a_list_does_not_confirm_it(clerk: Scope, role: str) -> None:
    batch = compared(clerk, workbook(DIBAO, a_list()))
    for by, why in ((clerk, "您上传的，不能由您自己确认"), (replace(clerk, officer=None), "岗位")):
        with pytest.raises(Refused, match=why):
            confirm(by=by, batch=batch)
    with active(clerk), pytest.raises(IntegrityError, match="intake_two_officers"), transaction.atomic():
        ImportBatch.objects.update(confirmed_by=clerk.officer)
    other = scope_of(an_officer("other", role))
    confirm(by=other, batch=batch)
    with active(clerk):
        row = ImportBatch.objects.get()
        assert (row.state, row.received_by_id, row.confirmed_by_id) == (
            "CONFIRMED",
            clerk.officer,
            other.officer,
        )


@pytest.mark.parametrize("role", ["village", "county_approver", "auditor", "administrator", "leader"])
def test_other_roles_confirm_nothing(clerk: Scope, role: str) -> None:
    batch = compared(clerk, workbook(DIBAO, a_list()))
    with pytest.raises(Refused, match="岗位"):
        confirm(by=replace(a_colleague(clerk), role=role), batch=batch)


def an_office(role: str, department: str, region: str = COUNTY) -> Scope:
    return Scope(region=region, role=role, department=department, officer=UUID(int=7))


@pytest.mark.parametrize("lock", ["clerk", "rls_off", "orm_scope_off"])
@pytest.mark.parametrize(
    "other",
    [
        an_office("liaison", "MEDICAL"),
        an_office("county_handler", "CCA"),
        an_office("county_approver", "CAG"),
        an_office("township_clerk", "VILLAGE", TOWNSHIP),
        an_office("township_clerk", "", TOWNSHIP),
    ],
)
def test_a_batch_belongs_to_the_department_that_sent_it(
    clerk: Scope, other: Scope, lock: str, request: pytest.FixtureRequest
) -> None:
    batch = compared(clerk, workbook(DIBAO, a_list()))
    request.getfixturevalue(lock)
    assert intake.batches(by=other) == []
    for step in (confirm, actions.compare_import, actions.absorb_import, actions.undo_import, stage):
        with pytest.raises((OutsideScope, Refused), match=r"batch|岗位"):
            step(by=other, batch=batch)
    with pytest.raises(OutsideScope):
        intake.preview(by=other, batch=batch, outcome="NEW", purpose="核对名册")
    with pytest.raises(OutsideScope):
        intake.returned_file(by=other, batch=batch, purpose="核对名册")
    with active(other):
        assert not list(ImportRow.objects.all())


@pytest.mark.usefixtures("without_either_lock")
def test_without_the_locks_another_department_would_see_it(clerk: Scope) -> None:
    compared(clerk, workbook(DIBAO, a_list()))
    assert len(intake.batches(by=an_office("liaison", "MEDICAL"))) == 1


def test_civil_affairs_takes_out_what_a_department_sent_and_reads_it_for_a_purpose(clerk: Scope) -> None:
    batch, keeper = (
        absorbed(clerk, workbook(DIBAO, a_list())),
        scope_of(an_officer("approver", "county_approver", COUNTY)),
    )
    with pytest.raises(PurposeNeeded):
        intake.preview(by=keeper, batch=batch, outcome="NEW")
    assert intake.preview(by=keeper, batch=batch, outcome="NEW", purpose="核查名册有误")
    with pytest.raises(PurposeNeeded):
        intake.returned_file(by=keeper, batch=batch, purpose="")
    with pytest.raises(Refused, match="岗位"):
        confirm(by=keeper, batch=batch)
    actions.undo_import(by=keeper, batch=batch)
    told = intake.batch_of(by=clerk, batch=batch)
    assert (told.confirmed_by.name, told.undone_by.name) == ("另一位同志", "approver 同志")
    with active(keeper):
        assert Household.objects.count() == 0


def test_neither_colleague_nor_stranger_sees_the_batch(clerk: Scope) -> None:
    batch = compared(clerk, workbook(DIBAO, a_list()))
    for other in (
        Scope(region=SIBLING, role="township_clerk", officer=UUID(int=7)),
        Scope(region="370784", role="county_handler", officer=UUID(int=7)),
    ):
        assert intake.batches(by=other) == []
        for step in (confirm, actions.compare_import):
            with pytest.raises(OutsideScope):
                step(by=other, batch=batch)
        with pytest.raises(OutsideScope):
            intake.preview(by=other, batch=batch, outcome="NEW")
    with pytest.raises(Refused, match="岗位"):
        receive(
            by=Scope(region=COUNTY, role="leader"),
            name="a.xlsx",
            data=b"PK\x03\x04",
            mapping="template",
            on=ON,
        )


def test_staged_rows_hold_no_plain_text(committed_clerk: Scope, admin: psycopg.Connection) -> None:
    rows = a_list()
    compared(committed_clerk, workbook(DIBAO, rows))
    tables = ("intake_importrow", "intake_importbatch", "office_attachment", "office_auditentry")
    text = "\n".join(
        str(row) for table in tables for row in admin.execute(f"select t::text from {table} t").fetchall()
    )
    for canary in (rows[0][5], "13900000001", "6217000010001234567", "陈国富", "名册.xlsx"):
        assert canary not in text
        assert canary.encode().hex() not in text


def test_a_preview_is_recorded(clerk: Scope) -> None:
    batch = compared(clerk, workbook(DIBAO, a_list()))
    rows = intake.preview(by=clerk, batch=batch, outcome="NEW")
    assert [row.document["members"][0]["name"] for row in rows] == ["陈国富", "孙老汉"]
    with active(clerk):
        assert AuditEntry.objects.filter(verb="previewed").count() == 2
        assert ImportRow.objects.filter(outcome="NEW").count() == 2


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("lock", ["orm_scope_off", "rls_off"])
def test_each_lock_alone_keeps_batches_apart(lock: str, request: pytest.FixtureRequest) -> None:
    a_small_country()
    compared(scope_of(an_officer("clerk")), workbook(DIBAO, a_list()))
    request.getfixturevalue(lock)
    for region, rows in ((TOWNSHIP, 2), (SIBLING, 0), ("370784", 0), (COUNTY, 2)):
        with active(an_office("township_clerk", "TOWNSHIP", region)):
            assert (ImportBatch.objects.count(), ImportRow.objects.count()) == (min(rows, 1), rows)


def test_every_mapping_names_facts_that_the_register_holds() -> None:
    special = {
        "township",
        "village",
        "household_id",
        "head_id",
        "name",
        "id_no",
        "relation",
        "birth_date",
        "sex",
    }
    special |= {"status_kind", "status_from", "status_until", "status_amount", "region_code"}
    held = catalogue()
    assert len(intake.list_choices()) == 9
    for key, mapping in comparison.mappings().items():
        keys = [row["key"] for row in mapping.columns]
        assert len(keys) == len(set(keys)), key
        for row in mapping.columns:
            assert row["key"] in special or row["key"] in held, (key, row["key"])
            codes = held[row["key"]].codes if row["key"] in held else {}
            if codes:
                assert set(row.get("codes", {}).values()) <= set(codes), (key, row["key"])


def test_the_connection_is_left_without_scope(clerk: Scope) -> None:
    absorbed(clerk, workbook(DIBAO, a_list()))
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.region', true)")
        assert cursor.fetchone()[0] in ("", None)

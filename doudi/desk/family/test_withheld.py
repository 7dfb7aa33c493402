"""What a village may read of an assessment: the help, not the illness it stands on."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from doudi.assessment.evaluate import assess
from doudi.assessment.program import conditions, program
from doudi.assessment.receipt import to_show
from doudi.assessment.view import view as arranged
from doudi.desk.family.assessed import compared, law_in_use
from doudi.desk.family.withheld import WITHHELD, Withheld, withheld_from
from doudi.law.rulebook import Law
from doudi.law.spec import Condition, Scheme, Unit
from doudi.office.roles import ROLES, Fields, may_see
from doudi.registry.facts import always_masked, catalogue, untold
from tests.rooms.registry.families import CLERK, a_member, registered
from tests.stories.register import entries, person

LAW = law_in_use()
COLUMNS = program(LAW).columns
TESTS = [(scheme, test) for scheme in LAW.schemes for test in conditions(scheme)]
ANSWERS = {f"{scheme.key}_eligible": scheme for scheme in LAW.schemes}
each_condition = pytest.mark.parametrize(
    ("scheme", "test"), TESTS, ids=[f"{scheme.key}-{test.rule}" for scheme, test in TESTS]
)


def village() -> Withheld:
    return withheld_from("village")


def refused(scheme: Scheme, *tests: Condition) -> dict[str, Any]:
    """A receipt's row in which these conditions of the scheme were not met by the second member."""
    rows = [
        {"rule": test.rule, "label": test.label, "verdict": "NO", "cites": "条", "detail": "差 1 元"}
        for test in tests
    ]
    first = tests[0]
    reason = {"code": first.code, "text": first.refusal, "article": "条", "detail": "差 1 元", "next": "再来"}
    return {
        "scheme": scheme.key, "label": scheme.label, "member": 1, "verdict": "NO", "in_force": True,
        "conditions": rows, "reason": reason, "classes": [], "supplements": [],
    }  # fmt: skip


def one_of(row: dict[str, Any]) -> dict[str, Any]:
    made = {
        "facts": {"household": {}, "members": []}, "law": {"values": []}, "results": [row], "figures": [],
        "uncounted": [], "unclear": [],
    }  # fmt: skip
    return village().told(made)


@cache
def told_by(name: str, first: bool = True) -> frozenset[str]:
    """All facts behind a figure: of a sum below it those it reads itself, of a household's answer none."""
    column, scheme = COLUMNS.get(name), ANSWERS.get(name)
    if scheme:
        inner = conditions(scheme) if scheme.unit is Unit.PERSON else ()
        return frozenset().union(*(told_by(test.rule, False) for test in inner))
    if column is None or column.rule is None:
        return frozenset({name})
    if column.rule.unit.startswith(("fen", "persons")) and not first:
        return frozenset(column.inputs)
    return frozenset().union(*(told_by(one, False) for one in column.inputs))


@each_condition
def test_a_reason_on_a_sealed_fact_is_withheld(scheme: Scheme, test: Condition) -> None:
    made, sealed = one_of(refused(scheme, test)), untold("village")
    if village().names_nobody(scheme):
        assert (made["results"], made["apart"]["labels"]) == ([], [scheme.label])
        return
    told = made["results"][0]
    in_money = bool(test.distance) and not village().hides(test.distance)
    if told_by(test.rule) & sealed and not in_money:
        silence = {"code": test.code, "text": WITHHELD, "article": "", "detail": "", "next": ""}
        assert told["reason"] == silence
        assert [row["label"] for row in told["conditions"]] == [WITHHELD]
    else:
        assert told["reason"]["text"] == test.refusal


def test_the_reason_told_hangs_on_no_sealed_test_before_it() -> None:
    edge = next(one for one in LAW.schemes if one.key == "edge")
    tests = {test.code: test for test in conditions(edge)}
    sealed, open_ = tests["REFUSED_COOPERATION"], tests["INCOME_ABOVE_LINE"]
    for failed in ([open_], [sealed, open_]):
        reason = one_of(refused(edge, *failed))["results"][0]["reason"]
        assert (reason["text"], reason["detail"], reason["article"]) == (open_.refusal, "差 1 元", "条")
    assert one_of(refused(edge, sealed))["results"][0]["reason"]["text"] == WITHHELD


@each_condition
def test_who_works_with_it_reads_it(scheme: Scheme, test: Condition) -> None:
    assert not withheld_from("county_handler").hides(test.rule)


def test_it_is_told_apart() -> None:
    hidden = {(scheme.key, test.code) for scheme, test in TESTS if village().silences(test)}
    assert {
        ("dibao", "PROPERTY_OVER"), ("tekun", "HAS_LABOUR_CAPACITY"), ("disability_living", "NOT_IN_GROUP"),
        ("key_target", "NOT_CONFIRMED"), ("temporary_assistance", "LIMIT_REACHED"),
    } <= hidden  # fmt: skip
    assert (
        not {("dibao", "INCOME_ABOVE_LINE"), ("edge", "INCOME_ABOVE_LINE"), ("dibao", "NOT_IN_FORCE")}
        & hidden
    )


def test_the_roles_that_read_every_reason() -> None:
    for role in ROLES:
        assert bool(untold(role)) != may_see(role, Fields.VERIFIED), role


def test_no_figure_shown_is_a_sealed_fact() -> None:
    held = catalogue()
    person = {
        "name": "陈国富", "relation": "HEAD", "birth_date": 19680301, "disability_type": "PHYSICAL",
        "disability_grade": 1, "serious_illness": True, "needs_care": True,
    }  # fmt: skip
    place = {"household_id": "1", "region_code": "520281", "area_type": "RURAL"}
    document = {
        "household": {**place, "property_conclusion": "FAIL"},
        "members": [person], "expenditures": [], "assets": [],
    }  # fmt: skip
    made = to_show(assess(document, on=date(2025, 10, 1), law=LAW))
    told = village().told(made)
    sealed = {held[name].label for name in untold("village")}
    assert {row["label"] for row in made["figures"]} & sealed
    assert not {row["label"] for row in told["figures"]} & sealed
    assert not told["facts"]["members"][0].keys() & untold("village")
    assert WITHHELD in str(arranged(told))


VALUES = sorted(name for name in LAW.parameters if any(name in one.inputs for one in COLUMNS.values()))
APART = (
    "disability_living_rate", "disability_nursing_rate", "orphan_scattered_standard",
    "supplement_disabled_ratio", "tekun_standard",
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_told_only_beside_a_figure_that_is(value: str) -> None:
    readers = [name for name, column in COLUMNS.items() if value in column.inputs]
    rows = [{"name": name, "member": None, "inputs": [value]} for name in readers]
    used = {"name": value, "label": "增发比例"}
    asked = {"name": value, "member": None, "schemes": ["最低生活保障"]}
    made = {
        "facts": {"household": {}, "members": []}, "law": {"values": [used]}, "results": [], "figures": rows,
        "uncounted": [], "unclear": [asked],
    }  # fmt: skip
    told = village().told(made)
    left = {row["name"] for row in told["figures"]}
    assert bool(told["law"]["values"]) == bool(told["unclear"]) == bool(left)
    assert left <= {name for name in readers if not told_by(name) & untold("village")}
    assert not (value in APART and left)
    assert set(APART) <= set(VALUES)
    assert left or value != "dibao_standard"


def test_the_ratio_of_the_severely_disabled_is_among_the_withheld() -> None:
    readers = [name for name in COLUMNS if "supplement_disabled_ratio" in COLUMNS[name].inputs]
    assert readers
    assert all(map(village().hides, readers))


def four(**disabled: int) -> dict[str, Any]:
    """A dibao family of four in the invented county; `disabled` is member -> grade."""
    born = {"甲": 19680301, "乙": 19700405, "丙": 19990101, "丁": 20000202}
    ties = ("HEAD", "SPOUSE", "SON", "DAUGHTER")
    members = [
        {
            "person_id": name, "name": name, "relation": tie, "birth_date": born[name], "employed": False,
            "disability_type": "VISUAL" if name in disabled else "NO", "work_injury_care": False,
            "disability_main_type": "VISUAL" if name in disabled else None, "incomes": [],
            "disability_grade": disabled.get(name, 0), "needs_care": disabled.get(name) == 1,
            "serious_illness": False, "chronic_illness": False, "self_care_failed": 0, "student": False,
        }
        for name, tie in zip(born, ties, strict=True)
    ]  # fmt: skip
    household = {
        "household_id": "1", "region_code": "990101101001", "area_type": "RURAL", "hukou_local": True,
        "authorised_all": True, "property_conclusion": "PASS", "income_complete": True,
        "expenditure_complete": True, "property_complete": True, "risk_present": False,
    }  # fmt: skip
    return {"household": household, "members": members, "expenditures": [], "assets": []}


@cache
def invented() -> Law:
    return Law.load(extra_values=(Path(__file__).parents[3] / "demo/values.toml",))


def read_by(role: str, document: dict[str, Any]) -> dict[str, Any]:
    made = to_show(assess(document, on=date(2026, 10, 21), law=invented()))
    return dict(arranged(withheld_from(role).told(made)))


def test_who_of_the_family_is_disabled_makes_no_difference_to_a_village() -> None:
    first, second = read_by("village", four(乙=1)), read_by("village", four(丙=1))
    assert first == second
    clerk = read_by("township_clerk", four(乙=1))
    assert clerk["total"] == first["total"] == "3,194.00 元/月"
    assert [one["text"][:9] for one in clerk["sentences"][1:]] == ["乙符合困难残疾人生", "乙符合重度残疾人护"]
    assert [one["text"][:12] for one in first["sentences"]] == [
        "这户符合最低生活保障条件",
        "部分待遇：按月发放的已计",
    ]


def test_how_many_are_disabled_and_how_badly_is_not_to_be_counted() -> None:
    some = [read_by("village", four(**told)) for told in ({"乙": 1}, {"乙": 4}, {"乙": 1, "丙": 2, "丁": 4})]
    totals = [one.pop("total") for one in some]
    assert len(set(totals)) == len(totals)
    assert some[0] == some[1] == some[2]
    none = read_by("village", four())
    assert none.pop("sentences") == some[0].pop("sentences")[:1]
    assert none.pop("total") == "2,880.00 元/月"
    assert none == some[0]
    assert "、、" not in f"{some}"


def test_what_is_lacking_of_somebody_sealed_is_asked_of_the_township() -> None:
    asked = []
    for name in ("乙", "丙"):
        document = four(**{name: 1})
        member = next(one for one in document["members"] if one["name"] == name)
        document["household"]["property_conclusion"] = None
        member |= {"disability_grade": None, "work_injury_care": None}
        asked.append(read_by("village", document))
    assert asked[0] == asked[1]
    lacking = {row["label"] for row in asked[0]["unclear"]}
    assert "不在您查看范围的情况" in lacking
    assert not lacking & {"残疾等级", "工伤生活护理费"}
    assert "部分待遇" in asked[0]["undecided"]


def test_that_an_amount_may_change_is_told_without_why_or_for_whom() -> None:
    document = four(乙=1)
    old, wife, *nephews = document["members"]
    old["birth_date"], wife["disability_grade"] = 19400101, None
    for one in nephews:
        one["relation"] = "OTHER_RELATIVE"
    said = [read_by(role, document)["sentences"][0]["text"] for role in ("township_clerk", "village")]
    assert "甲是否符合特困人员救助供养条件尚待核实" in said[0]
    assert said[1].endswith("金额可能变化：部分成员是否符合其他待遇条件尚待核实。")
    assert "特困" not in said[1]


def test_a_what_if_tells_the_total_and_no_help_by_name() -> None:
    rows, totals = compared(four(乙=1), {"income:甲:SALARY": "6000"}, date(2026, 10, 21), law=invented())
    assert {"困难残疾人生活补贴", "重度残疾人护理补贴"} <= {row.label for row in rows}
    told = village().compared(rows)
    assert ([row.label for row in told["rows"]], told["apart"]) == (
        ["最低生活保障", "防止返贫监测对象"],
        True,
    )
    assert withheld_from("township_clerk").compared(rows) == {"rows": rows, "apart": False}
    assert totals == (319400, 289400)


def test_a_masked_line_stands_beside_every_name(browser: Callable[..., Client], clerk: Client) -> None:
    ill = {"diagnosis": "尿毒症", "disability_type": "VISUAL", "disability_grade": 1, "serious_illness": True}
    family = registered(a_member(**ill), a_member("李秀英", "SPOUSE"), by=CLERK)
    cadre, pages = browser("village"), {}
    for address in ("", *(f"change/facts/?about={person(name)}" for name in ("陈国富", "李秀英"))):
        pages[address] = cadre.get(f"/family/{family}/{address}").content.decode()
    labels = [catalogue()[name].label for name in always_masked("village")]
    assert {"残疾等级", "疾病名称", "患重病"} <= set(labels)
    page = pages.pop("")
    assert {page.count(f"<dt>{label}</dt>") for label in labels} == {2}
    lists = [part.partition("</dl>")[0] for part in page.split('<dl class="facts">')[1:3]]
    told = [[line.partition("<")[0] for line in one.split("<dt>")[1:]] for one in lists]
    assert told[0] == told[1]
    first, second = pages.values()
    assert first.count("遮盖") == second.count("遮盖") >= len(labels)
    assert "已登记，遮盖" not in first
    assert clerk.get(f"/family/{family}/").content.decode().count("<dt>疾病名称</dt>") == 1
    assert always_masked("township_clerk") == ()


def test_what_the_village_posts_it_may_read() -> None:
    named = {one.key for one in LAW.schemes if village().names_nobody(one)}
    posted = {one.key for one in LAW.schemes if village().posted(one)}
    assert named >= {"tekun", "orphan", "disability_living", "disability_nursing"}
    assert named & posted == {"tekun", "dibao_single"}
    assert {"dibao", "edge"} <= posted


def test_lists_name_to_a_village_who_is_posted_and_nobody_ill(
    browser: Callable[..., Client], clerk: Client
) -> None:
    def status(programme: str) -> dict[str, Any]:
        return {"programme": programme, "from": date(2025, 3, 1), "until": None, "amount": 104000}

    family = registered(
        a_member(statuses=[status("TEKUN")]),
        a_member("陈大伟", "SON", statuses=[status("DISABILITY_LIVING"), status("ORPHAN")]),
        by=CLERK,
    )
    cadre, told = (one.get(f"/family/{family}/").content.decode() for one in (browser("village"), clerk))
    listed, whole = (
        page.partition("在其他名单上</h2>")[2].partition("</table>")[0] for page in (cadre, told)
    )
    assert 'data-label="谁">陈国富</td>' in listed
    assert "特困人员救助供养" in listed
    assert all(page.count("列入特困人员救助供养名单") == 1 for page in (cadre, told))
    for label in ("困难残疾人生活补贴", "孤儿基本生活保障"):
        assert label not in listed
        assert f"列入{label}名单" not in cadre
        assert label in whole
        assert f"列入{label}名单" in told
    assert 'data-label="谁">陈大伟</td>' in whole


def test_a_village_reads_the_help_and_not_the_illness(browser: Callable[..., Client], clerk: Client) -> None:
    family = registered(
        a_member(serious_illness=True),
        a_member("李秀英", "SPOUSE", disability_type="NO", disability_grade=0),
        a_member("陈大伟", "SON", disability_type="VISUAL", disability_grade=1, needs_care=True),
        by=CLERK, hukou_local=True, property_conclusion="FAIL", income_complete=True,
    )  # fmt: skip
    words = ("没有残疾人证", "财产超过规定", "符合重度残疾人护理补贴")
    seen = clerk.get(f"/family/{family}/").content.decode()
    assert any(word in seen for word in words)
    assert WITHHELD not in seen
    assert "陈大伟符合重度残疾人护理补贴" in seen
    cadre = browser("village")
    page = cadre.get(f"/family/{family}/").content.decode()
    assert all(text in page for text in (WITHHELD, "部分待遇：按月发放的已计入合计", "按人核定的待遇（"))
    assert all(word not in page for word in words)
    tried = cadre.post(f"/family/{family}/what-if/", headers={"HX-Request": "true"}).content.decode()
    assert "<dt>部分待遇</dt>" in tried
    assert "护理补贴" not in tried
    cadre.post("/purpose/", {"purpose": "打印交给本人", "about": f"{family}"})
    for as_ in ("", "?as=json"):
        paper = cadre.get(f"/family/{family}/receipt/{as_}")
        told = paper.content.decode()
        assert all(text in told for text in ("测算依据", "部分待遇：按月发放的已计入合计", "这一页不列"))
        assert all(word not in told for word in (*words, "serious_illness", "property_conclusion", "sha256:"))
    assert len(entries("handed_out")) == 2

"""What a village may read of an assessment: the help, not the illness it stands on."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from django.test import Client

from doudi.assessment.evaluate import assess
from doudi.assessment.program import conditions, program
from doudi.assessment.receipt import to_show
from doudi.assessment.view import view as arranged
from doudi.desk.family.assessed import law_in_use
from doudi.desk.family.withheld import WITHHELD, Withheld, withheld_from
from doudi.law.spec import Condition, Scheme, Unit
from doudi.office.roles import ROLES, Fields, may_see
from doudi.registry.facts import catalogue, untold
from tests.rooms.registry.families import CLERK, a_member, registered
from tests.stories.register import entries

LAW = law_in_use()
COLUMNS = program(LAW).columns
TESTS = [(scheme, test) for scheme in LAW.schemes for test in conditions(scheme)]
ANSWERS = {f"{scheme.key}_eligible": scheme for scheme in LAW.schemes}
each_condition = pytest.mark.parametrize(
    ("scheme", "test"), TESTS, ids=[f"{scheme.key}-{test.rule}" for scheme, test in TESTS]
)


def village() -> Withheld:
    return withheld_from("village")


def refused(scheme: Scheme, test: Condition) -> dict[str, Any]:
    """A receipt's row in which this condition of the scheme was not met by the second member."""
    row = {"rule": test.rule, "label": test.label, "verdict": "NO", "cites": "条", "detail": "差 1 元"}
    reason = {"code": test.code, "text": test.refusal, "article": "条", "detail": "差 1 元", "next": "再来"}
    return {
        "scheme": scheme.key, "member": 1, "verdict": "NO", "conditions": [row], "reason": reason,
        "classes": [], "supplements": [],
    }  # fmt: skip


def one_of(row: dict[str, Any]) -> dict[str, Any]:
    made = {
        "facts": {"household": {}, "members": []}, "law": {"values": []}, "results": [row], "figures": [],
        "uncounted": [], "unclear": [],
    }  # fmt: skip
    return dict(village().told(made)["results"][0])


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
    told, sealed = one_of(refused(scheme, test)), untold("village")
    in_money = bool(test.distance) and not village().hides(test.distance)
    if told_by(test.rule) & sealed and not in_money:
        silence = {"code": test.code, "text": WITHHELD, "article": "", "detail": "", "next": ""}
        assert told["reason"] == silence
        assert [row["label"] for row in told["conditions"]] == [WITHHELD]
        assert told["member"] is (1 if scheme.unit is Unit.HOUSEHOLD else None)
    else:
        assert told["reason"]["text"] == test.refusal


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


@pytest.mark.parametrize("value", VALUES)
def test_a_value_is_told_only_beside_a_figure_that_is(value: str) -> None:
    readers = [name for name, column in COLUMNS.items() if value in column.inputs]
    rows = [{"name": name, "inputs": [value]} for name in readers]
    used = {"name": value, "label": "增发比例"}
    made = {
        "facts": {"household": {}, "members": []}, "law": {"values": [used]}, "results": [], "figures": rows,
        "uncounted": [], "unclear": [{"name": value}],
    }  # fmt: skip
    sealed = untold("village")
    open_ = any(not told_by(name) & sealed for name in readers)
    told = village().told(made)
    assert bool(told["law"]["values"]) == bool(told["unclear"]) == open_


def test_the_ratio_of_the_severely_disabled_is_among_the_withheld() -> None:
    readers = [name for name in COLUMNS if "supplement_disabled_ratio" in COLUMNS[name].inputs]
    assert readers
    assert all(map(village().hides, readers))


def test_a_village_reads_the_help_and_not_the_illness(browser: Callable[..., Client], clerk: Client) -> None:
    family = registered(
        a_member(serious_illness=True),
        a_member("李秀英", "SPOUSE", disability_type="NO", disability_grade=0),
        by=CLERK, property_conclusion="FAIL", income_complete=True,
    )  # fmt: skip
    words = ("没有残疾人证", "财产超过规定")
    seen = clerk.get(f"/family/{family}/").content.decode()
    assert any(word in seen for word in words)
    assert WITHHELD not in seen
    cadre = browser("village")
    page = cadre.get(f"/family/{family}/").content.decode()
    assert WITHHELD in page
    assert all(word not in page for word in words)
    cadre.post("/purpose/", {"purpose": "打印交给本人", "about": f"{family}"})
    for as_ in ("", "?as=json"):
        paper = cadre.get(f"/family/{family}/receipt/{as_}")
        told = paper.content.decode()
        assert "测算依据" in told
        assert all(word not in told for word in (*words, "serious_illness", "property_conclusion", "sha256:"))
    assert len(entries("handed_out")) == 2

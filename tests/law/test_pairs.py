"""Who takes precedence over whom: every pair of schemes, and the rule that decides it.

One person, or one household, may have several schemes at once; none is paid twice for the same need. A new
scheme fails here until somebody has said how it stands to each of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from typing import Any

import pytest

from doudi.assessment.program import program
from doudi.law.rulebook import Law
from tests.law.test_cases import results

LAW = Law.load()
KEYS = tuple(scheme.key for scheme in LAW.schemes)
UNIT = {scheme.key: scheme.unit.value for scheme in LAW.schemes}
Row = Mapping[str, Any]

# (the one that gives way, the one it gives way to): the condition that says so. Never both for one subject.
EXCLUDED = {
    ("dibao_single", "tekun"): "outside_tekun",
    ("dibao_single", "dibao"): "outside_dibao_household",
    ("edge", "dibao"): "not_dibao",
    ("rigid", "dibao"): "not_dibao",
    ("rigid", "edge"): "not_edge",
    ("expenditure_poor", "dibao"): "not_dibao",
    ("grace", "dibao"): "not_dibao",
    ("dibao_continued", "dibao"): "not_dibao",
    ("dibao_continued", "grace"): "not_in_grace",
    ("orphan", "tekun"): "not_supported_as_tekun",
    ("key_child", "tekun"): "not_supported_as_tekun",
    ("key_child", "orphan"): "no_higher_child_allowance",
    ("key_child", "de_facto_orphan"): "no_higher_child_allowance",
    ("disability_living", "tekun"): "outside_tekun",
    ("disability_living", "orphan"): "no_orphan_allowance",
    ("disability_nursing", "tekun"): "outside_tekun",
}
# Dibao that has not stopped is dibao: nobody of the family is paid or named a second time beside it. These
# stand before it in the receipt, so that it cannot be among those they are said to give way to.
ONE_DIBAO = {
    ("edge", "dibao_continued"): "dibao_not_continued",
    ("rigid", "dibao_continued"): "dibao_not_continued",
    ("dibao_single", "dibao_continued"): "dibao_not_continued",
    ("dibao_single", "grace"): "not_in_grace",
}
# By what they ask the two cannot meet in one subject: no condition has to say so.
APART = {
    ("de_facto_orphan", "orphan"): ("parents_cannot_raise", "parents_gone"),
    ("home_care", "dibao_single"): ("tekun_eligible", "outside_tekun"),
    ("home_care", "orphan"): ("tekun_eligible", "not_supported_as_tekun"),
    ("home_care", "key_child"): ("tekun_eligible", "not_supported_as_tekun"),
    ("home_care", "disability_living"): ("tekun_eligible", "outside_tekun"),
    ("home_care", "disability_nursing"): ("tekun_eligible", "outside_tekun"),
}
# A household whose members all are tekun is no dibao or other low-income household: one household condition.
BY_WHOLE_HOUSEHOLD = {
    ("dibao", "tekun"): "has_counted_member",
    ("edge", "tekun"): "has_counted_member",
    ("rigid", "tekun"): "has_counted_member",
    ("expenditure_poor", "tekun"): "has_counted_member",
    ("grace", "tekun"): "has_counted_member",
    ("dibao_continued", "tekun"): "has_counted_member",
    ("development_track", "tekun"): "has_counted_member",
}
# Both, but the amount of the first takes the second into account, so that nothing is counted twice.
TOPPED_UP = {
    ("de_facto_orphan", "tekun"): "tekun_amount",
    ("de_facto_orphan", "dibao"): "dibao_amount",
    ("de_facto_orphan", "dibao_continued"): "dibao_continued_amount",
    ("de_facto_orphan", "grace"): "grace_amount",
    ("de_facto_orphan", "dibao_single"): "dibao_single_amount",
    ("de_facto_orphan", "disability_living"): "disability_living_amount",
}
# The first is given because of the second (or of one like it): the second's answer is among its grounds.
BUILT_ON = {
    ("development_track", "dibao"), ("development_track", "grace"), ("development_track", "dibao_continued"),
    ("home_care", "tekun"),
    *((built, base) for built in ("disability_living", "medical_assistance", "price_subsidy")
      for base in ("dibao", "dibao_continued", "dibao_single", "grace", "edge", "expenditure_poor", "rigid",
                   "tekun", "orphan", "de_facto_orphan")),
    ("dibao_single", "edge"),
    ("temporary_assistance", "dibao"), ("temporary_assistance", "expenditure_poor"),
    ("temporary_assistance", "tekun"),
    ("special_assistance", "dibao"), ("special_assistance", "expenditure_poor"),
    ("special_assistance", "tekun"),
    *((built, base) for built in ("temporary_assistance", "special_assistance")
      for base in ("grace", "dibao_continued")),
}  # fmt: skip
# For different needs, or of another department: side by side, and why.
TOGETHER = {
    "monitoring_object": "监测是另一系统的身份，与民政各类对象可以同时具有、相互标注（盘州市方案 二(一)八）",
    "key_target": "2016年的识别结果，本身就是低保家庭",
    "temporary_assistance": "一次性救急难，不影响其他保障",
    "special_assistance": "一次性，已扣除其他各种保障和帮扶",
    "medical_assistance": "只付医疗费用",
    "price_subsidy": "一次性，一人一份，多重身份不重复",
    "disability_nursing": "付照护费用，不计入收入；只与特困照料护理相排斥",
    "disability_living": "两项补贴可以同时领取；不计入收入",
    "grace": "低保待遇的延续：与低保相同的关系",
    "dibao_continued": "没有认定退出，仍是低保：与低保相同的关系",
    "orphan": "儿童生活费按人发放，不计入家庭收入",
    "de_facto_orphan": "儿童生活费按人发放，不计入家庭收入",
    "key_child": "儿童生活费按人发放，不计入家庭收入",
    "edge": "家庭身份，不发生活费",
    "rigid": "家庭身份，不发生活费",
    "expenditure_poor": "家庭身份，不发生活费",
    "development_track": "低保家庭的帮扶方式，不另发钱",
    "home_care": "服务，不是钱",
}


def either(pair: tuple[str, str], table: Any) -> tuple[str, str] | None:
    return next((one for one in (pair, pair[::-1]) if one in table), None)


def rows_of(case: str) -> Iterator[Row]:
    """One row a person, with the household's figures under the person's."""
    household, persons = results("scalar")[case]
    yield from ({**household, **person} for person in persons)


@cache
def granted() -> tuple[tuple[str, Row], ...]:
    return tuple((case, row) for case in results("scalar") for row in rows_of(case))


@pytest.mark.parametrize("pair", list(combinations(KEYS, 2)), ids="-".join)
def test_every_pair_is_decided_by_somebody(pair: tuple[str, str]) -> None:
    tables = (EXCLUDED, ONE_DIBAO, APART, BY_WHOLE_HOUSEHOLD, TOPPED_UP)
    assert sum(either(pair, table) is not None for table in tables) <= 1
    decided = any(either(pair, table) for table in (*tables, BUILT_ON))
    assert decided or pair[0] in TOGETHER or pair[1] in TOGETHER


@pytest.mark.parametrize("pair", [*EXCLUDED, *ONE_DIBAO], ids="-".join)
def test_who_gives_way_says_so_in_a_condition_that_reads_the_other(pair: tuple[str, str]) -> None:
    loser, winner = pair
    scheme = next(scheme for scheme in LAW.schemes if scheme.key == loser)
    rule = {**EXCLUDED, **ONE_DIBAO}[pair]
    assert rule in [condition.rule for condition in scheme.conditions]
    assert f"{winner}_eligible" in program(LAW).closure(rule)
    assert (winner in scheme.yields_to) == (pair in EXCLUDED)


def test_yields_to_names_nobody_else() -> None:
    declared = {(scheme.key, winner) for scheme in LAW.schemes for winner in scheme.yields_to}
    assert declared - set(EXCLUDED) == {pair for pair in BY_WHOLE_HOUSEHOLD if pair[0] != "development_track"}


@pytest.mark.parametrize("pair", [*EXCLUDED, *ONE_DIBAO, *APART], ids="-".join)
def test_no_worked_case_grants_both(pair: tuple[str, str]) -> None:
    both = [case for case, row in granted() if all(row[f"{key}_eligible"] is True for key in pair)]
    assert both == []


@pytest.mark.parametrize("pair", list(APART), ids="-".join)
def test_what_keeps_two_apart_is_a_condition_of_each(pair: tuple[str, str]) -> None:
    for key, rule in zip(pair, APART[pair], strict=True):
        scheme = next(scheme for scheme in LAW.schemes if scheme.key == key)
        assert rule in [condition.rule for condition in scheme.conditions]


@pytest.mark.parametrize("pair", list(TOPPED_UP), ids="-".join)
def test_a_top_up_reads_what_it_tops_up(pair: tuple[str, str]) -> None:
    assert TOPPED_UP[pair] in program(LAW).closure(f"{pair[0]}_amount")


@pytest.mark.parametrize("pair", sorted(BY_WHOLE_HOUSEHOLD), ids="-".join)
def test_a_household_of_tekun_only_is_nothing_else(pair: tuple[str, str]) -> None:
    household = pair[0]
    assert BY_WHOLE_HOUSEHOLD[pair] in program(LAW).closure(f"{household}_eligible")
    for case, (row, persons) in results("scalar").items():
        if persons and all(person["tekun_eligible"] is True for person in persons):
            assert row[f"{household}_eligible"] is not True, case


def test_a_recipient_of_tekun_is_no_member_of_the_dibao_household() -> None:
    """The one pair that two conditions decide: until tekun is granted the old man still lives on dibao."""
    still = (True, None)  # who no longer qualifies is counted again: his support ends
    found = [row for _, row in granted() if row["tekun_recipient"] and row["tekun_eligible"] in still]
    assert found
    assert {row["counted_member"] for row in found} <= {False, None}


# A rule that asks a scheme's conditions but some, which it answers by itself or leaves open.
BUT_FOR = {
    "dibao_but_for_income": ("dibao", {"has_co_living_member", "has_counted_member", "dibao_income_met"}),
    "edge_but_for_dibao": (
        "edge", {"has_co_living_member", "not_dibao", "dibao_not_continued", "between_the_lines"},
    ),
    "dibao_either_way": ("dibao_single", {"outside_dibao_household", "dibao_not_continued", "not_in_grace"}),
}  # fmt: skip


@pytest.mark.parametrize("rule", BUT_FOR)
def test_a_rule_that_asks_a_scheme_but_for_something_asks_all_the_rest(rule: str) -> None:
    """A condition added to the scheme must be placed here, too."""
    key, left = BUT_FOR[rule]
    scheme, asked = next(one for one in LAW.schemes if one.key == key), program(LAW).columns[rule].inputs
    rest = {scheme.enabled, *(one.rule for one in scheme.conditions)} - left
    assert rest <= set(asked), rest - set(asked)


def test_several_at_once_per_person_and_per_household() -> None:
    """Panzhou: the household edge and monitored, the son on dibao alone, with two disability subsidies."""
    household, persons = results("scalar")["monitor-panzhou-01"]
    assert {key for key in KEYS if household.get(f"{key}_eligible") is True} == {"edge", "monitoring_object"}
    assert household["dibao_eligible"] is False
    held = [{key for key in KEYS if person.get(f"{key}_eligible") is True} for person in persons]
    assert held[-1] == {"dibao_single", "disability_living"}
    assert held[:-1] == [set(), set(), set(), set()]


def test_a_scheme_nobody_has_placed_is_found() -> None:
    with pytest.raises(AssertionError):
        test_every_pair_is_decided_by_somebody(("dibao", "winter_fuel"))

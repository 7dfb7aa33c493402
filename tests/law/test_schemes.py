"""What every scheme's table of contents must hold: rules that exist, known reasons, articles in force."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from doudi.assessment.program import conditions, program
from doudi.law import rulebook
from doudi.law.predicate import Predicate, Value
from doudi.law.rulebook import Law
from doudi.law.spec import Scheme

LAW = Law.load()
SCHEMES = {scheme.key: scheme for scheme in LAW.schemes}
REASONS = tomllib.loads((Path(rulebook.__file__).parent / "reasons.toml").read_text("utf-8"))
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def days_in_force(scheme: Scheme) -> tuple[date, ...]:
    """The first days, and every day on which a value or document changes, while the scheme is in force."""
    rows = list(LAW.values.contexts((scheme.enabled,)))
    days = {row.from_ymd for row in rows if row.values[0]}
    cuts = {entry.from_ for entry in LAW.values.entries} | {cite.from_ for cite in _cites(scheme)}
    begun = {int(f"{cut:%Y%m%d}") if isinstance(cut, date) else cut for cut in cuts}
    for row in rows:
        if row.values[0]:
            days |= {
                cut for cut in begun if row.from_ymd <= cut and (row.until_ymd is None or cut < row.until_ymd)
            }
    return tuple(date(day // 10000, day // 100 % 100, day % 100) for day in sorted(days))


def grace_rules_until(day: date) -> set[Value]:
    """The grace rules by which a family may have left until a day, somewhere: who is quoted turns on them."""
    rows = LAW.values.contexts(("grace_rule",))
    return {row.values[0] for row in rows if row.from_ymd <= int(f"{day:%Y%m%d}")} - {None}


def _cites(scheme: Scheme):  # type: ignore[no-untyped-def]
    return [cite for condition in conditions(scheme) for cite in condition.cites]


@pytest.mark.parametrize("key", SCHEMES)
def test_every_condition_is_a_yes_or_no_and_every_distance_an_amount(key: str) -> None:
    columns = program(LAW).columns
    for condition in conditions(SCHEMES[key]):
        assert columns[condition.rule].info.type == "BOOL", condition.rule
        if condition.distance:
            assert columns[condition.distance].info.type == "INT", condition.distance
            assert columns[condition.distance].rule.unit.startswith("fen/"), condition.distance


@pytest.mark.parametrize("key", SCHEMES)
def test_every_refusal_has_a_reason_of_the_catalogue_and_says_in_chinese_what_is_wrong(key: str) -> None:
    for condition in conditions(SCHEMES[key]):
        assert condition.code in REASONS
        assert CHINESE.search(condition.label)
        assert CHINESE.search(condition.refusal)
        assert condition.refusal != condition.label


@pytest.mark.parametrize("key", SCHEMES)
def test_a_refusal_can_quote_an_article_on_every_day_the_scheme_is_in_force(key: str) -> None:
    for day in days_in_force(SCHEMES[key]):
        silent = [
            test.rule
            for test in conditions(SCHEMES[key])
            if not all(
                any(
                    cite.in_force(day)
                    and (not cite.when or Predicate.parse(cite.when).holds({"grace_rule_then": rule}))
                    for cite in test.cites
                )
                for rule in grace_rules_until(day)
            )
        ]
        assert silent == [], f"{key} on {day}"


@pytest.mark.parametrize("key", SCHEMES)
def test_what_a_scheme_pays_is_an_amount_and_what_it_yields_to_exists(key: str) -> None:
    scheme, columns = SCHEMES[key], program(LAW).columns
    for name in filter(None, (scheme.amount, *(supplement.amount for supplement in scheme.supplements))):
        assert columns[name].info.type == "INT"
    for other in scheme.yields_to:
        assert SCHEMES[other].order < scheme.order, f"{key} yields to {other}, which is decided later"


def test_every_reason_says_what_it_is_and_what_to_do_next() -> None:
    for code, row in REASONS.items():
        assert set(row) == {"text", "next"}, code
        assert all(CHINESE.search(text) for text in row.values()), code


def test_every_rule_names_its_figure_in_chinese_before_it_explains_it() -> None:
    names = [rule.doc.partition("：")[0] for rule in LAW.rules]
    assert [rule.name for rule in LAW.rules if "：" not in rule.doc or not CHINESE.search(rule.doc)] == []
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)

"""A small invented rulebook that uses every word, the values it reads, and a way to compare evaluators."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from doudi.engine import duck, polars_path
from doudi.engine.program import Program
from doudi.engine.vocabulary import (
    BOOL,
    INT,
    PERSON,
    TEXT,
    ConditionRef,
    ContextRow,
    FactSpec,
    Rule,
    Value,
    ValueSpec,
    VerdictSpec,
    all_of,
    any_of,
    count,
    div_down,
    div_round,
    div_up,
    hi,
    is_in,
    known,
    largest,
    lo,
    month_diff,
    person_rule,
    rule,
    rules_of,
    smallest,
    total,
    value_at,
    where,
    years,
)

FACTS = (
    FactSpec("support_paid"),
    FactSpec("cars", bound=1000),
    FactSpec("hukou", type=TEXT),
    FactSpec("refused", type=BOOL),
    FactSpec("applied", bound=99991231),
    FactSpec("birth_date", PERSON, INT, 99991231),
    FactSpec("hired", PERSON, INT, 99991231),
    FactSpec("wage", PERSON),
    FactSpec("transfer", PERSON),
    FactSpec("student", PERSON, BOOL),
    FactSpec("labour", PERSON, TEXT),
    FactSpec("work_place", PERSON, TEXT),
)
VALUES = (
    ValueSpec("working_age", bound=200),
    ValueSpec("dibao_standard", by_area=True),
    ValueSpec("edge_permille", bound=100_000),
    ValueSpec("car_rule", BOOL),
    ValueSpec("hukou_wanted", TEXT),
    ValueSpec("minimum_wage"),
)


@person_rule(unit="years", cites="test law 1")
def age(birth_date, on):
    "Completed years."
    return years(birth_date, on)


@person_rule(unit="months", cites="test law 1")
def hired_months(hired, on):
    "Completed months at work."
    return month_diff(hired, on)


@person_rule(unit="bool", cites="test law 2")
def can_work(age, labour, student, working_age):
    "Old enough, able and not at school."
    return age >= working_age and is_in(labour, "SKILLED", "ORDINARY") and not student


@person_rule(unit="fen/year", cites="test law 3")
def floor_wage(work_place, hired, on):
    "Minimum wage of the place of work on the day of hiring, or of assessment."
    return value_at("minimum_wage", work_place, where(known(hired), hired, on)) * 12


@person_rule(unit="fen/year", cites="test law 3")
def counted_wage(wage, can_work, floor_wage):
    "What is earned, at least the minimum wage for those who can work."
    return where(can_work, hi(wage, floor_wage), wage)


@person_rule(unit="fen/year", cites="test law 4")
def income(counted_wage, transfer, hired_months):
    "Wage and transfers; a new job counts by months."
    return where(hired_months < 12, div_down(counted_wage * hired_months, 12), counted_wage) + transfer


@rule(unit="persons", cites="test law 5")
def members(student):
    "Everyone, pupils named so that an unknown pupil is noticed elsewhere only."
    return count(known(student) or not known(student))


@rule(unit="persons", cites="test law 5")
def pupils(student):
    "How many go to school."
    return count(student)


@rule(unit="fen/year", cites="test law 6")
def income_12m(income, support_paid):
    "All income less support paid to others."
    return total(income) - support_paid


@rule(unit="fen/year", cites="test law 6")
def least_income(income):
    "The smallest income."
    return smallest(income)


@rule(unit="years", cites="test law 6")
def oldest(age):
    "The oldest age."
    return largest(age)


@rule(unit="bool", cites="test law 6")
def someone_old(age):
    "Anyone of sixty or more."
    return any_of(age >= 60)


@rule(unit="bool", cites="test law 6")
def all_able(can_work):
    "Everyone can work."
    return all_of(can_work)


@rule(unit="fen/month", cites="test law 7")
def per_head(income_12m, members):
    "Per head and month."
    return div_round(income_12m, members * 12)


@rule(unit="fen/month", cites="test law 7")
def per_head_up(income_12m, members):
    "Per head and month, rounded up."
    return div_up(income_12m, members * 12)


@rule(unit="fen/month", cites="test law 7")
def loss(income_12m):
    "A negative income as a positive figure, at most ten million yuan."
    return lo(hi(-income_12m, 0), 1000000000)


@rule(unit="bool", cites="test law 8")
def below_line(per_head, dibao_standard):
    "Strictly below the line."
    return per_head < dibao_standard


@rule(unit="bool", cites="test law 8")
def below_edge(income_12m, dibao_standard, members, edge_permille):
    "Within the edge line."
    return income_12m * 1000 <= dibao_standard * members * 12 * edge_permille


@rule(unit="bool", cites="test law 9")
def cars_ok(cars, car_rule):
    "Cars count where the region counts them."
    return not car_rule or cars == 0


@rule(unit="bool", cites="test law 9")
def hukou_ok(hukou, hukou_wanted, refused):
    "The right kind of registration, and cooperation."
    return hukou == hukou_wanted and refused != True  # noqa: E712


@rule(unit="fen/month", cites="test law 9")
def wage_when_applied(region_code, applied):
    "The minimum wage at home on the day of application."
    return value_at("minimum_wage", region_code, applied)


@rule(unit="fen/month", cites="test law 10")
def top_up(dibao_standard, members, income_12m):
    "Line less income, rounded once, never negative."
    return hi(div_round(dibao_standard * members * 12 - income_12m, 12), 0)


@person_rule(unit="fen/month", cites="test law 11")
def share(top_up, members, age, dibao_eligible):
    "An even share, a little more for the old, when granted."
    return where(dibao_eligible, div_down(top_up, members) + where(age > 60, 100, 0), 0)


@person_rule(unit="bool", cites="test law 11")
def has_age(age):
    "Whether the age is known and under a hundred."
    return known(age) and age < 100


@rule(unit="fen/month", cites="test law 12")
def paid(share):
    "What all shares add up to."
    return total(share)


@rule(unit="bool", cites="test law 12")
def pays(paid, wage_when_applied):
    "Something is paid, below the wage on the day of application."
    return paid > 0 and paid < wage_when_applied


def _conditions(*rules: str) -> tuple[ConditionRef, ...]:
    return tuple(ConditionRef(name, name.upper()) for name in rules)


SCHEMES = (
    VerdictSpec("dibao", "household", _conditions("hukou_ok", "cars_ok", "below_line"), "top_up"),
    VerdictSpec("edge", "household", _conditions("below_edge", "pays")),
    VerdictSpec("single", "person", _conditions("has_age", "can_work", "below_edge"), "share"),
)

CHANGES = (20150101, 20200701, 20250301)
PLACES = ("", "44", "4407", "440703", "52", "5202", "520281103")


class TestLaw:
    """Invented values that change on CHANGES; 52 has no minimum wage before 2015 and no car rule at all."""

    __test__ = False

    def _value(self, name: str, place: str, area: str, era: int) -> Value:
        depth = PLACES.index(place)
        match name:
            case "working_age":
                return 16
            case "dibao_standard":
                return 40000 + depth * 1000 + era * 5000 + (333 if area == "URBAN" else 0)
            case "edge_permille":
                return 1500 if era else 2**16
            case "car_rule":
                return None if place.startswith("52") else era > 1
            case "hukou_wanted":
                return "AGRI" if area == "RURAL" else "O'NON"
            case _:
                return None if place == "52" and era == 0 else 150000 + depth * 777 + era

    def lookup(self, name: str, place: str, area_type: str, on_ymd: int) -> Value:
        known_places = [code for code in PLACES if place.startswith(code)]
        era = sum(on_ymd >= day for day in CHANGES)
        return self._value(name, max(known_places, key=len), area_type, era)

    def contexts(self, names: Iterable[str]) -> Iterator[ContextRow]:
        names = tuple(names)
        edges = (10101, *CHANGES, None)
        for place in reversed(PLACES):
            for area in ("URBAN", "RURAL"):
                for era, (start, end) in enumerate(pairwise(edges)):
                    row = tuple(self._value(name, place, area, era) for name in names)
                    yield ContextRow(place, area, start or 0, end, row)


RULES = rules_of(sys.modules[__name__])


def small_program(rules: Sequence[Rule] = RULES) -> Program:
    return Program.compile(rules=rules, facts=FACTS, values=VALUES, schemes=SCHEMES)


def visible(program: Program) -> tuple[str, ...]:
    return tuple(name for name in program.columns if not name.startswith("_"))


Rows = list[dict[str, Any]]
Results = tuple[Rows, Rows]


def by_scalar(program: Program, households: Rows, persons: Rows) -> Results:
    scalar = program.scalar(TestLaw())
    done: dict[tuple[str, str], dict[str, Any]] = {}
    result: Results = ([], [])
    for household in households:
        own = [person for person in persons if person["household_id"] == household["household_id"]]
        trace = scalar.evaluate(household, own)
        result[0].append({"household_id": household["household_id"], **trace.household})
        for person, figures in zip(own, trace.persons, strict=True):
            done[person["household_id"], person["person_id"]] = figures
    for person in persons:
        key = (person["household_id"], person["person_id"])
        result[1].append({"household_id": key[0], "person_id": key[1], **done[key]})
    return result


def by_duckdb(program: Program, households: Rows, persons: Rows) -> Results:
    wanted = visible(program)
    return duck.evaluate(program, TestLaw(), households=households, persons=persons, columns=wanted)


def by_polars(program: Program, households: Rows, persons: Rows) -> Results:
    wanted = visible(program)
    return polars_path.evaluate(program, TestLaw(), households=households, persons=persons, columns=wanted)


def differences(one: Results, other: Results) -> set[str]:
    """The columns on which two evaluators disagree about anyone; the keys stand for a lost or doubled row."""
    found: set[str] = set()
    for mine, theirs in zip(one, other, strict=True):
        if len(mine) != len(theirs):
            found.add("rows")
        for a, b in zip(mine, theirs, strict=False):
            found |= {name for name in a.keys() | b.keys() if not _same(a.get(name, "-"), b.get(name, "-"))}
    return found


def _same(a: Value, b: Value) -> bool:
    return type(a) is type(b) and a == b

"""The invented people as tables: the recipe's families, copied with lives of their own when many are wanted.

Up to RECIPE households every family is the recipe's own, the same as the register's. More are copies of the
first RECIPE: other names, days of birth, villages and amounts, the same shapes; all numbers are then counted
out anew. A copy costs microseconds where the recipe takes half a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from demo.extracts.tables import Tables
from demo.lists import dress
from demo.places import COUNTY, LIVING
from demo.recipe import GIVEN, SURNAMES, county
from doudi.kernel.month import Month, months_before

RECIPE = 50_000
CHUNK = 5_000
MONTHS = 24
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LISTED = {
    "household_id": "VARCHAR", "programme": "VARCHAR", "amount": "BIGINT", "from_month": "INTEGER",
}  # fmt: skip
Rows = Callable[[list[Mapping[str, Any]]], dict[str, list[dict[str, Any]]]]


def months(on: date) -> list[int]:
    """The 24 months of deliveries, the last complete one last."""
    return [month.yyyymm for month in months_before(Month.of(on), MONTHS)]


def macros(seed: int) -> Iterator[str]:
    """Chance that is the same for a seed on any machine: `hash` changes with the version, md5 never."""
    yield (
        "CREATE MACRO dice(key, salt) AS"
        f" (md5_number_lower(concat(key, '|', salt, '|{seed}')) % 1000)::BIGINT"
    )
    terms = " + ".join(
        f"{weight} * (ascii(substr(body, {at}, 1)) - 48)" for at, weight in enumerate(WEIGHTS, 1)
    )
    yield f"CREATE MACRO numbered(body) AS body || substr('10X98765432', ({terms}) % 11 + 1, 1)"
    yield (
        "CREATE MACRO spoiled(number) AS CASE WHEN right(number, 2) < '50' THEN left(number, 17)"
        " ELSE left(number, 17) || (CASE right(number, 1) WHEN '0' THEN '1' ELSE '0' END) END"
    )
    for name, prefix, digits in (("plate", "示A", 5), ("credit_code", "91990101MA", 8)):
        part = f"(md5_number_lower(concat(key, '|{name}')) % {10**digits})::VARCHAR"
        yield f"CREATE MACRO {name}(key) AS '{prefix}' || lpad({part}, {digits}, '0')"
    kinds = ("VISUAL", "HEARING", "SPEECH", "PHYSICAL", "INTELLECTUAL", "MENTAL", "MULTIPLE")
    cases = " ".join(f"WHEN '{kind}' THEN '{at}'" for at, kind in enumerate(kinds, 1))
    yield f"CREATE MACRO kind_digit(kind) AS CASE kind {cases} END"


def build(
    db: Tables, types: Mapping[str, Mapping[str, str]], rows: Rows, *, households: int, seed: int, on: date
) -> None:
    """Tables household, person, income, expenditure, asset, listed; `types` and `rows` are the sheets'."""
    for statement in macros(seed):
        db.run(statement)
    for name, columns in {**types, "listed": LISTED}.items():
        declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        db.run(f"CREATE TABLE {name} ({declared})")
    made = county(households=min(households, RECIPE), seed=seed, region=COUNTY, on=on, places=LIVING)
    while chunk := list(islice(made, CHUNK)):
        dressed: list[Mapping[str, Any]] = [dress(document, seed=seed, on=on) for document in chunk]
        found = {**rows(dressed), "listed": [row for document in dressed for row in _listed(document)]}
        for name, columns in {**types, "listed": LISTED}.items():
            db.add(name, columns, found[name])
    if households > RECIPE:
        _copy(db, households)


def _listed(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for row in document["statuses"]:
        yield {
            "household_id": document["household"]["household_id"],
            "programme": row["programme"],
            "amount": row["amount"],
            "from_month": row["from"].year * 100 + row["from"].month,
        }


def _copy(db: Tables, households: int) -> None:
    """The recipe's families again and again, until there are enough."""
    db.run(
        f"CREATE TABLE copies AS SELECT household_id AS of, 'C' || lpad(nth::VARCHAR, 7, '0')"
        f" AS household_id, nth FROM range({RECIPE} + 1, {households} + 1) t(nth) JOIN household"
        f" ON household_id = 'H' || lpad(((nth - 1) % {RECIPE} + 1)::VARCHAR, 6, '0')"
    )
    join = "JOIN copies c ON c.of = t.household_id"
    villages = len(LIVING.village_digits())
    village = f"lpad((dice(c.nth, 'village') % {villages} + 1)::VARCHAR, 3, '0')"
    db.run(
        f"INSERT INTO household SELECT t.* REPLACE (c.household_id AS household_id,"
        f" left(t.region_code, 9) || {village} AS region_code) FROM household t {join}"
    )
    db.run(f"INSERT INTO listed SELECT t.* REPLACE (c.household_id AS household_id) FROM listed t {join}")
    own = "c.household_id || substr(t.person_id, 8)"
    name = (
        f"substr('{SURNAMES}', dice({own}, 'surname') % {len(SURNAMES)} + 1, 1)"
        f" || substr('{GIVEN}', dice({own}, 'first') % {len(GIVEN)} + 1, 1)"
        f" || substr('{GIVEN}', dice({own}, 'second') % {len(GIVEN)} + 1, 1)"
    )
    born = (
        f"substr(t.id_no, 7, 4) || lpad((dice({own}, 'month') % 12 + 1)::VARCHAR, 2, '0')"
        f" || lpad((dice({own}, 'day') % 28 + 1)::VARCHAR, 2, '0')"
    )
    db.run(
        f"INSERT INTO person SELECT t.* REPLACE (c.household_id AS household_id, {own} AS person_id,"
        f" {name} AS name, {born} AS id_no) FROM person t {join}"
    )
    db.run("UPDATE person SET id_no = substr(id_no, 7, 8) WHERE length(id_no) = 18")
    _number(db)
    db.run("UPDATE income SET id_no = p.id_no FROM person p WHERE p.person_id = income.person_id")
    for table in ("income", "expenditure", "asset"):
        amount = "value" if table == "asset" else "amount"
        changed = f"t.{amount} * (900 + dice(c.household_id, '{table}') // 5) // 1000 AS {amount}"
        person = ""
        if table == "income":
            person = f", {own} AS person_id, p.name AS name, p.id_no AS id_no"
            join_person = f" JOIN person p ON p.person_id = {own}"
        db.run(
            f"INSERT INTO {table} SELECT t.* REPLACE (c.household_id AS household_id, {changed}{person})"
            f" FROM {table} t {join}{join_person if table == 'income' else ''}"
        )
    db.run("DROP TABLE copies")


def _number(db: Tables) -> None:
    """Numbers for people who have only their day of birth: counted within each day and sex."""
    db.run(
        "UPDATE person SET id_no = made.id_no FROM (SELECT person_id, numbered('999999' || id_no ||"
        "  lpad((serial * 2 + (sex = 'MALE')::INT)::VARCHAR, 3, '0')) AS id_no FROM ("
        "  SELECT person_id, id_no, sex,"
        "   row_number() OVER (PARTITION BY id_no, sex ORDER BY person_id) - 1 AS serial FROM person"
        "  )) made WHERE made.person_id = person.person_id"
    )


def describe(db: Tables, *, seed: int, on: date) -> None:
    """`people`: a row per person with what the extracts are drawn from; `outsider`: the not registered."""
    db.run("CREATE TABLE months AS SELECT * FROM (VALUES " + ", ".join(
        f"({at}, {month})" for at, month in enumerate(months(on))) + ") t(nth, month)")  # fmt: skip
    wage = "sum(amount) FILTER (WHERE item = 'SALARY')"
    db.run(
        "CREATE TABLE people AS"
        " WITH earned AS (SELECT person_id, {wage} // 12 AS wage,"
        "   coalesce(sum(amount) FILTER (WHERE item = 'BASIC_PENSION') // 12, 0) AS pension"
        "   FROM income GROUP BY person_id),"
        " family AS (SELECT household_id, sum(amount - coalesce(deduction, 0)) AS income FROM income"
        "   GROUP BY household_id),"
        " spent AS (SELECT household_id, sum(amount) AS medical FROM expenditure WHERE item = 'MEDICAL'"
        "   GROUP BY household_id),"
        " owned AS (SELECT household_id, bool_or(item = 'VEHICLE') AS vehicle,"
        "   sum(value) FILTER (WHERE item = 'DEPOSIT') AS deposit FROM asset GROUP BY household_id),"
        " paid AS (SELECT household_id, any_value(programme) AS programme, max(amount) AS paid,"
        "   min(from_month) AS paid_from FROM listed WHERE amount > 0 GROUP BY household_id),"
        " watched AS (SELECT household_id, any_value(programme) AS monitored,"
        "   min(from_month) AS monitored_from FROM listed WHERE amount IS NULL GROUP BY household_id),"
        " heads AS (SELECT household_id, any_value(id_no) FILTER (WHERE relation = 'HEAD') AS head_id,"
        "   count(*) AS size FROM person GROUP BY household_id)"
        " SELECT p.household_id, p.person_id, p.id_no, p.name, p.sex, p.relation,"
        "  substr(p.id_no, 7, 8)::INT AS birth, ({today} - substr(p.id_no, 7, 8)::INT) // 10000 AS age,"
        "  h.region_code, h.area_type, h.hukou_type, head_id, size,"
        "  p.disability_type AS dis_type, p.disability_grade AS dis_grade, p.student,"
        "  p.school_stage AS stage,"
        "  coalesce(p.serious_illness, false) AS ill, coalesce(p.outside_worker, false) AS away,"
        "  coalesce(wage, 0) AS wage, coalesce(pension, 0) AS pension, coalesce(f.income, 0) AS income,"
        "  coalesce(medical, 0) AS medical, coalesce(vehicle, false) AS vehicle,"
        "  coalesce(deposit, 0) AS deposit, programme, coalesce(paid, 0) AS paid, paid_from,"
        "  monitored, monitored_from"
        " FROM person p JOIN household h USING (household_id) JOIN heads USING (household_id)"
        " LEFT JOIN earned USING (person_id) LEFT JOIN family f USING (household_id)"
        " LEFT JOIN spent USING (household_id) LEFT JOIN owned USING (household_id)"
        " LEFT JOIN paid USING (household_id) LEFT JOIN watched USING (household_id)"
        .format(wage=wage, today=f"{on:%Y%m%d}")
    )  # fmt: skip
    _outsiders(db)


def _outsiders(db: Tables) -> None:
    """Two fifths as many as registered people: adults who live in the county and own, earn and die.

    Born on a 29th or 30th, on which nobody of the recipe is born: no number can be somebody else's.
    """
    born = (
        "(1945 + dice(person_id, 'oy') % 60) * 10000"
        " + [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][dice(person_id, 'om') % 11 + 1] * 100"
        " + 29 + dice(person_id, 'od') % 2"
    )
    db.run(
        "CREATE TABLE outsider AS SELECT *, numbered('999999' || birth || lpad(((row_number() OVER"
        "  (PARTITION BY birth, sex ORDER BY person_id) - 1) * 2 + (sex = 'MALE')::INT)::VARCHAR, 3, '0'))"
        "  AS id_no FROM (SELECT 'O' || person_id AS person_id, region_code, sex,"
        f" substr('{SURNAMES}', dice(person_id, 'os') % {len(SURNAMES)} + 1, 1)"
        f" || substr('{GIVEN}', dice(person_id, 'og') % {len(GIVEN)} + 1, 1) AS name, {born} AS birth"
        " FROM people WHERE dice(person_id, 'outsider') < 400)"
    )


def pair(db: Tables) -> None:
    """`partner`: an outsider for each planted case that needs a second person; needs `planted`."""
    db.run(
        "CREATE TABLE partner AS SELECT o.*, p.person_id AS of FROM (SELECT person_id,"
        "  row_number() OVER (ORDER BY person_id) AS nth FROM planted"
        "  WHERE kind IN ('OMITTED_MEMBER', 'UNDECLARED_SPOUSE')) p JOIN (SELECT *,"
        "  row_number() OVER (ORDER BY md5(person_id)) AS nth FROM outsider"
        "  WHERE person_id NOT IN (SELECT person_id FROM planted)) o USING (nth)"
    )

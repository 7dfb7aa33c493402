"""What can be wrong with a Parquet folder, as SQL: one test per kind of fault, no row in Python."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from doudi.intake.cells import CellError, convert
from doudi.intake.folding_sql import SHEETS
from doudi.intake.households import MAX_MEMBERS
from doudi.intake.sheets import HOUSEHOLD, INCOME, PERSON, Column
from doudi.kernel.money import MAX_FEN
from doudi.law.rulebook import Law

FILES = {HOUSEHOLD: "household", PERSON: "person", **SHEETS}
"""Sheet -> name of its Parquet file, and, after raw_, of its view."""
ASKED = ("household_id", "region_code", "area_type", "item", "month")
"""What a table must say; names and relations it may leave out."""
BORN = "CAST(substr(id_no, 7, 8) AS BIGINT)"
_SEX = "CASE WHEN CAST(substr(id_no, 17, 1) AS BIGINT) % 2 = 1 THEN 'MALE' ELSE 'FEMALE' END"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DIGITS = " + ".join(f"{w} * CAST(substr(id_no, {at}, 1) AS BIGINT)" for at, w in enumerate(_WEIGHTS, 1))


class Check(NamedTuple):
    """A fault where `test` holds: a condition on a row of `sheet`, or a SELECT of household_id, person_id.

    `blanks` fill the message; "{raw}" in them stands for the cell.
    """

    code: str
    sheet: str
    column: str
    test: str
    blanks: Mapping[str, object]


def of_cell(title: str, column: Column, *, filled: bool) -> Iterator[Check]:
    """The checks of one column that need nothing but its cell. `filled`: blanks are filled by --region."""
    name = f'"{column.key}"'

    def check(code: str, test: str, **blanks: object) -> Check:
        return Check(code, title, column.key, test, {"note": column.note, "column": column.label, **blanks})

    if column.required and column.key in ASKED and not filled:
        yield check("REQUIRED", f"{name} IS NULL OR CAST({name} AS VARCHAR) = ''")
    if column.kind == "code":
        codes = ", ".join(f"'{code}'" for code in column.labels)
        yield check("CODE_UNKNOWN", f"{name} NOT IN ({codes})", choices="、".join(column.labels))
    elif column.kind in ("money", "int"):
        highest = MAX_FEN if column.kind == "money" else column.highest
        profit = " AND item NOT IN ({})".format(", ".join(f"'{code}'" for code in sorted(column.losses)))
        if column.lowest == 0:
            yield check("NEGATIVE", f"{name} < 0" + (profit if column.losses else ""))
        if column.losses and title == INCOME:
            above = f"{name} >= 0 AND deduction > {name}{profit}"
            yield Check("DEDUCTION_ABOVE", title, "deduction", above, {})
        yield check("OUT_OF_RANGE", f"{name} > {highest}", lowest=0, highest=highest)
    elif column.kind == "date":
        yield check(
            "BAD_DATE", f"{name} IS NOT NULL AND try_strptime(CAST({name} AS VARCHAR), '%Y%m%d') IS NULL"
        )
    elif column.kind == "month":
        yield check(
            "BAD_DATE", f"{name} % 100 NOT BETWEEN 1 AND 12 OR {name} // 100 NOT BETWEEN 1900 AND 2999"
        )
    elif column.kind == "id":
        whole = "regexp_full_match(id_no, '[0-9]{17}[0-9X]')"
        yield check("ID_LENGTH", f"NOT {whole}")
        yield check("ID_BIRTH_DATE", f"{whole} AND try_strptime(substr(id_no, 7, 8), '%Y%m%d') IS NULL")
        digit = f"substr('10X98765432', 1 + ({_DIGITS}) % 11, 1)"
        yield check("ID_CHECK_DIGIT", f"CASE WHEN {whole} THEN substr(id_no, 18, 1) <> {digit} END")


def of_places(title: str, column: Column, codes: Collection[str | None], law: Law) -> Iterator[Check]:
    """Wrong region codes; there are few, however many households, so each is looked up once."""
    wrong: dict[str, list[str]] = {}
    for code in codes:
        try:
            digits = convert(column.kind, code)
        except CellError as error:
            wrong.setdefault(error.code, []).append(str(code))
            continue
        if digits and column.kind == "region" and law.values.region_name(str(digits)) is None:
            wrong.setdefault("REGION_UNKNOWN", []).append(str(code))
    for fault, found in wrong.items():
        listed = ", ".join(literal(code) for code in found)
        yield Check(fault, title, column.key, f'"{column.key}" IN ({listed})', {"region": "{raw}"})


def of_rows_that_meet(columns: Mapping[str, Collection[str]], on: int) -> Iterator[Check]:
    """Faults between rows. `columns` are the columns each sheet's file really has."""
    for title in [title for title in columns if title != HOUSEHOLD]:
        rows = f"raw_{FILES[title]} ANTI JOIN raw_household USING (household_id)"
        stray = f"SELECT DISTINCT household_id, NULL FROM {rows}"
        yield Check("NO_HOUSEHOLD", title, "household_id", stray, {"household": "（见户编号）"})
    later = f'SELECT household_id, NULL FROM raw_household WHERE application_date > COALESCE("on", {on})'
    yield Check("APPLIED_LATER", HOUSEHOLD, "application_date", later, {})
    twice = "SELECT household_id, NULL FROM raw_household GROUP BY 1 HAVING COUNT(*) > 1"
    yield Check("HOUSEHOLD_TWICE", HOUSEHOLD, "household_id", twice, {"row": "另一"})
    nobody = "SELECT household_id, NULL FROM raw_household ANTI JOIN raw_person USING (household_id)"
    yield Check("NO_MEMBERS", HOUSEHOLD, "household_id", nobody, {})
    size = "SELECT household_id, NULL FROM raw_person GROUP BY 1 HAVING"
    many = {"count": f"{MAX_MEMBERS}以上", "limit": MAX_MEMBERS}
    yield Check("TOO_MANY_MEMBERS", PERSON, "household_id", f"{size} COUNT(*) > {MAX_MEMBERS}", many)
    if INCOME in columns:
        rows = "raw_income ANTI JOIN raw_person USING (household_id, person_id)"
        strangers = f"SELECT DISTINCT household_id, person_id FROM {rows}"
        yield Check("NOT_A_MEMBER", INCOME, "person_id", strangers, {})
    yield from _of_persons(columns[PERSON], size, on)


def _of_persons(known: Collection[str], size: str, on: int) -> Iterator[Check]:
    who = "SELECT household_id, person_id FROM raw_person"
    if "person_id" in known:
        yield Check("PERSON_TWICE", PERSON, "person_id", f"{who} GROUP BY ALL HAVING COUNT(*) > 1", {})
    if "relation" in known:
        heads = "COUNT(*) FILTER (WHERE relation = 'HEAD')"
        none = f"{size} {heads} = 0 AND COUNT(relation) = COUNT(*)"
        yield Check("NO_HEAD", PERSON, "relation", none, {"column": "relation"})
        yield Check("TWO_HEADS", PERSON, "relation", f"{size} {heads} > 1", {"count": "不止一", "row": "前"})
    unborn = f'JOIN raw_household AS h USING (household_id) WHERE birth_date > COALESCE(h."on", {on})'
    yield Check("NOT_YET_BORN", PERSON, "birth_date", f"{who} {unborn}", {})
    if "id_no" in known:
        same = (
            "SEMI JOIN (SELECT id_no FROM raw_person WHERE id_no IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1)"
        )
        yield Check(
            "ID_TWICE", PERSON, "id_no", f"{who} {same} USING (id_no)", {"row": "另一", "household": "未列"}
        )
        for code, column, said in (("BIRTH_CONFLICT", "birth_date", BORN), ("SEX_CONFLICT", "sex", _SEX)):
            differ = f"CASE WHEN regexp_full_match(id_no, '[0-9]{{17}}[0-9X]') THEN {column} <> {said} END"
            yield Check(code, PERSON, column, f"{who} WHERE {differ}", {})


def literal(text: object) -> str:
    """Text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"

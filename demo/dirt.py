"""Faults put into a clean county file on purpose, one of each kind that offices really send.

Works on rows as they stand in the sheets: a list of {column key: cell} for each sheet title.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
HOUSEHOLD, PERSON, INCOME, EXPENDITURE = "家庭", "成员", "收入", "支出"


def soil(rows: Rows, *, seed: int) -> None:
    """Changes rows in place: every fault of FAULTS once, each in a family of its own, of some 40 or more."""
    random = Random(f"dirt-{seed}")
    families = random.sample([row["household_id"] for row in rows[HOUSEHOLD]], len(FAULTS))
    for fault, family in zip(FAULTS, families, strict=True):
        fault(rows, family)


def _of(rows: Rows, sheet: str, family: str) -> dict[str, Any]:
    """The first row of a family in a sheet; the sheet gets one when it has none."""
    for row in rows[sheet]:
        if row["household_id"] == family:
            return row
    person = _of(rows, PERSON, family)
    row = {
        "household_id": family,
        "name": person["name"],
        "item": "其他转移性收入",
        "month": "2025-09",
        "amount": 0,
    }
    if sheet == EXPENDITURE:
        row |= {"item": "医疗自付"}
    rows[sheet].append(row)
    return row


def _set(sheet: str, key: str, value: Any) -> Callable[[Rows, str], None]:
    def fault(rows: Rows, family: str) -> None:
        _of(rows, sheet, family)[key] = value

    return fault


def _lost_digits(rows: Rows, family: str) -> None:
    person = _of(rows, PERSON, family)
    person["id_no"] = float(person["id_no"][:15] + "000")


def _wrong_digit(rows: Rows, family: str) -> None:
    person = _of(rows, PERSON, family)
    person["id_no"] = person["id_no"][:17] + ("0" if person["id_no"][17] != "0" else "1")


def _second_head(rows: Rows, family: str) -> None:
    person = _of(rows, PERSON, family)
    rows[PERSON].append(
        {**person, "id_no": None, "birth_date": "1960-01-02", "sex": None, "name": "另一户主"}
    )


def _no_head(rows: Rows, family: str) -> None:
    _of(rows, PERSON, family)["relation"] = "其他亲属"


def _nobody(rows: Rows, family: str) -> None:
    for sheet in (PERSON, INCOME):
        rows[sheet] = [row for row in rows[sheet] if row["household_id"] != family]


def _twice(rows: Rows, family: str) -> None:
    rows[HOUSEHOLD].append(dict(_of(rows, HOUSEHOLD, family)))


def _same_person(rows: Rows, family: str) -> None:
    number = next(row["id_no"] for row in rows[PERSON] if row["household_id"] != family)
    _of(rows, PERSON, family).update(id_no=number, birth_date=None, sex=None)


def _stray(rows: Rows, family: str) -> None:
    rows[PERSON].append({**_of(rows, PERSON, family), "household_id": "H没有", "id_no": None})


FAULTS: tuple[Callable[[Rows, str], None], ...] = (
    _lost_digits,
    _wrong_digit,
    _second_head,
    _no_head,
    _nobody,
    _twice,
    _same_person,
    _stray,
    _set(PERSON, "id_no", "999999199002300012"),
    _set(PERSON, "id_no", "9.99999E+17"),
    _set(PERSON, "birth_date", "1931-02-03"),
    _set(PERSON, "relation", "当家的"),
    _set(HOUSEHOLD, "region_code", "990999"),
    _set(HOUSEHOLD, "area_type", None),
    _set(INCOME, "amount", -500),
    _set(INCOME, "amount", "约三千"),
    _set(INCOME, "amount", "1234.567"),
    _set(INCOME, "month", "2025年13月"),
    _set(INCOME, "name", "不在本户的人"),
    _set(EXPENDITURE, "month", "2019-05"),
)

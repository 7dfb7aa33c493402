"""What stands beside a family in the living county: who supports or pays it already, how it is reached.

Drawn from a generator of its own per household, so that the recipe's families are the same with and without.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from demo.places import COUNTY
from doudi.kernel.month import Month

Document = dict[str, Any]
OUTGO = frozenset({"INCOME_TAX", "SOCIAL_CONTRIBUTION", "SUPPORT_PAID"})
BANKS = ("示例农村商业银行", "示例邮政储蓄所")
ROADS = ("中心路", "学校路", "水井坡", "老街", "河边")


def dress(document: Document, *, seed: int, on: date) -> Document:
    """The document with statuses of other lists, phone, account, address and schooling; changed in place.

    Phone numbers begin with 100, accounts with 000000: no network and no bank hands out such numbers.
    """
    household, members = document["household"], document["members"]
    random = Random(f"{seed}-{household['household_id']}-lists")
    document["statuses"] = _statuses(document, random, on)
    household["dibao_recipient"] = any(row["programme"] == "DIBAO" for row in document["statuses"])
    household |= {
        "address": f"{random.choice(ROADS)}{random.randrange(1, 200)}号",
        "housing_safety": random.choices("ABCD", (60, 33, 5, 2))[0],
        "water_safe": random.random() < 0.97,
        "relocated": household["area_type"] == "RURAL" and random.random() < 0.06,
        "hardship_cause": _cause(members),
    }
    for member in members:
        member["medical_insured"] = random.random() < 0.985
        if member["relation"] == "HEAD":
            member |= {
                "phone": f"100{random.randrange(10**8):08}",
                "bank_name": random.choice(BANKS),
                "bank_account": f"000000{random.randrange(10**13):013}",
            }
        if member["employed"]:
            member["employer"] = f"示例第{random.randrange(1, 400)}有限公司"
    return document


def paid(document: Document, on: date) -> int:
    """What civil affairs would pay this family a month, in fen: standard less income, in whole yuan upwards.

    The recipe's own arithmetic, for a plausible list of earlier years; the rulebook decides what is due.
    """
    counted = [member for member in document["members"] if member["counted"]]
    income = sum(
        (-row["amount"] if row["item"] in OUTGO else row["amount"] - row.get("deduction", 0))
        for member in counted
        for row in member["incomes"]
    )
    standard = standard_of(document["household"]["area_type"], on) * len(counted)
    return max(0, -(-(standard * 12 - income) // 1200) * 100)


def standard_of(area: str, on: date, name: str = "dibao_standard") -> int:
    """The invented county's monthly standard in fen in force on a day."""
    # The file also holds the standards of a real county that the sample is assessed with.
    found = [row for row in _values()[name] if row["region"] == COUNTY and row["from"] <= on]
    return int(str(found[-1]["value"][area]).replace(".", ""))


@lru_cache(maxsize=1)
def _values() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("values.toml").read_text("utf-8"))


def _statuses(document: Document, random: Random, on: date) -> list[dict[str, Any]]:
    household, members = document["household"], document["members"]
    head, rows = members[0], []

    def status(programme: str, amount: int | None, months: int) -> None:
        since = Month.of(on).plus(-random.randrange(2, months)).first_day()
        rows.append({"programme": programme, "from": since, "amount": amount})

    due = paid(document, on) if household["income_complete"] else 0
    alone = len(members) == 1 and head["obligor_state"] in ("NONE", "INCAPABLE")
    if household["property_conclusion"] != "PASS":
        due = 0
    if due and alone and head["labour_capacity"] != "ORDINARY" and random.random() < 0.8:
        status("TEKUN", standard_of(household["area_type"], on, "tekun_standard"), 60)
    elif random.random() < _listed(due, standard_of(household["area_type"], on) * len(members)):
        status("DIBAO", due, 48)
    if household["area_type"] == "RURAL" and (household["ex_poor"] or household["risk_confirmed"]):
        kind = "MONITOR_UNSTABLE" if household["ex_poor"] else random.choice(MARGINAL)
        if household["risk_confirmed"] or random.random() < 0.25:
            status(kind, None, 30)
    return rows


def _listed(due: int, full: int) -> float:
    """How likely a family is on the list: those to whom little is due often never apply."""
    return 0.85 if due * 2 > full else 0.88 if due * 4 > full else 0.6 if due else 0.0


MARGINAL = ("MONITOR_MARGINAL", "MONITOR_MARGINAL", "MONITOR_SUDDEN")


def _cause(members: list[Document]) -> str:
    if any(member["serious_illness"] for member in members):
        return "ILLNESS"
    if any(member["disability_grade"] for member in members):
        return "DISABILITY"
    if any(member["school_stage"] in ("SENIOR_HIGH", "COLLEGE") for member in members):
        return "SCHOOLING"
    return "LABOUR_LACK"

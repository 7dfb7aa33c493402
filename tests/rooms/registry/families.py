"""Invented families for the registry's tests."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from doudi.kernel.resident_id import ResidentId
from doudi.office.scope import Scope
from doudi.registry.actions import register_household
from tests.rooms.people import COUNTY, ELSEWHERE, SIBLING, TOWNSHIP, VILLAGE

__all__ = ["CLERK", "COLLEAGUE", "COUNTY_HANDLER", "STRANGER", "a_family", "a_member", "an_id", "registered"]

CLERK = Scope(region=TOWNSHIP, role="township_clerk", name="本镇经办")
COLLEAGUE = Scope(region=SIBLING, role="township_clerk", name="邻镇经办")
STRANGER = Scope(region=ELSEWHERE[:6], role="county_handler", name="外县经办")
COUNTY_HANDLER = Scope(region=COUNTY, role="county_handler", name="县级经办")
SINCE = date(2024, 1, 1)

_numbers, _men = count(1), count()


def an_id(born: date = date(1968, 3, 1), seq: int | None = None) -> str:
    """A valid invented ID number: a man's nobody has yet, or the one of `seq` (odd: a man's).

    The five hundred men of a day may run out in a long run: the next is born a day later, in the same month.
    """
    if seq is not None:
        return ResidentId.make("999999", born, seq).number
    day, man = divmod(next(_men), 500)
    return ResidentId.make("999999", date(born.year, born.month, 1 + day % 28), 2 * man + 1).number


def a_member(name: str = "陈国富", relation: str = "HEAD", **facts: Any) -> dict[str, Any]:
    """One member of a document, with an ID number of its own unless one is given (None: without)."""
    told = {"name": name, "relation": relation, "id_no": an_id(), **facts}
    return {key: value for key, value in told.items() if value is not None}


def a_family(*members: dict[str, Any], region: str = VILLAGE, **facts: Any) -> dict[str, Any]:
    """A canonical document, by default of one healthy man."""
    household = {
        "household_id": f"H{next(_numbers):06d}",
        "region_code": region,
        "area_type": "RURAL",
        **facts,
    }
    return {
        "household": household,
        "members": list(members) or [a_member()],
        "expenditures": [],
        "assets": [],
    }


def registered(*members: dict[str, Any], by: Scope = CLERK, region: str = VILLAGE, **facts: Any) -> UUID:
    """A family in the register; its public id."""
    return register_household(by=by, document=a_family(*members, region=region, **facts), since=SINCE)

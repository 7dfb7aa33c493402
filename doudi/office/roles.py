"""The kinds of department and the roles officers act in, with the level they work at and the fields they see.

Departments are the members listed in the annex of the Panzhou pilot plan, their towns and villages included.
"""

from dataclasses import dataclass
from enum import StrEnum

DEPARTMENTS: dict[str, str] = {
    "CCA": "民政",
    "CAG": "农业农村",
    "FINANCE": "财政",
    "MEDICAL": "医保",
    "EDUCATION": "教育",
    "HOUSING": "住房和城乡建设",
    "LABOUR": "人力资源和社会保障",
    "RELOCATION": "生态移民",
    "DISABLED": "残联",
    "HEALTH": "卫生健康",
    "WATER": "水务",
    "EMERGENCY": "应急管理",
    "MARKET": "市场监督管理",
    "POLICE": "公安",
    "JOINT": "联席会议办公室",
    "AUDIT": "审计与纪检监察",
    "TOWNSHIP": "乡镇人民政府（街道办事处）",
    "VILLAGE": "村（居）民委员会",
}
BOTH = ("CCA", "CAG")
OTHERS = tuple(kind for kind in DEPARTMENTS if kind not in (*BOTH, "JOINT", "AUDIT", "TOWNSHIP", "VILLAGE"))


class Fields(StrEnum):
    """Sets of personal fields; a screen shows one set only to a role that may see it."""

    IDENTITY = "IDENTITY"  # ID number, phone, address in full (masked in lists even so)
    MONEY = "MONEY"  # income, expenditure, assets
    HEALTH = "HEALTH"  # illness, disability
    BANK = "BANK"  # the account benefits are paid to
    VERIFIED = "VERIFIED"  # what other departments answered
    AUDIT = "AUDIT"  # who did and saw what
    FIGURES = "FIGURES"  # sums and counts without persons


class Writes(StrEnum):
    """Kinds of tables with personal data; the database lets a role write those of its kinds (rowsecurity)."""

    ASKS = "asks"  # change requests, leads
    LISTS = "lists"  # files from outside and what was read in them
    REGISTER = "register"  # people and households as they stand


@dataclass(frozen=True)
class Role:
    """One role: its Chinese name, the lengths of region code it works over, departments, fields, tables."""

    key: str
    label: str
    digits: tuple[int, ...]
    departments: tuple[str, ...]
    sees: frozenset[Fields]
    writes: tuple[Writes, ...] = ()


_HOUSEHOLD = frozenset({Fields.IDENTITY, Fields.MONEY, Fields.HEALTH, Fields.FIGURES})
_CASE = _HOUSEHOLD | {Fields.BANK, Fields.VERIFIED}
_ALL = tuple(Writes)

ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        # A village cadre knows the household but must not learn what banks and departments answered.
        # What it asks for is rehearsed in the register and taken back at once; it sends no lists.
        Role("village", "村（居）经办", (12,), ("VILLAGE",), _HOUSEHOLD, (Writes.ASKS, Writes.REGISTER)),
        Role("township_clerk", "乡镇经办", (9,), ("TOWNSHIP",), _CASE, _ALL),
        Role("township_chief", "乡镇负责人", (9,), ("TOWNSHIP",), _CASE, _ALL),
        Role("county_handler", "县级经办", (6,), BOTH, _CASE, _ALL),
        Role("county_reviewer", "县级审核", (6,), BOTH, _CASE, _ALL),
        Role("county_approver", "县级审批", (6,), BOTH, _CASE, _ALL),
        # A list is taken out of the register again by whoever sent it.
        Role("liaison", "部门联络员", (6,), OTHERS, frozenset({Fields.IDENTITY, Fields.FIGURES}), _ALL),
        Role("auditor", "审计监督", (4, 6), ("AUDIT",), frozenset({Fields.AUDIT, Fields.FIGURES})),
        Role("administrator", "系统管理", (4, 6), (*BOTH, "JOINT"), frozenset({Fields.FIGURES})),
        Role("leader", "分管领导", (4, 6, 9), (*BOTH, "JOINT", "TOWNSHIP"), frozenset({Fields.FIGURES})),
    )
}


def may_see(role: str, fields: Fields) -> bool:
    """True if the role's field sets include this one; a system job sees what it must work on."""
    return role == "system" or (role in ROLES and fields in ROLES[role].sees)

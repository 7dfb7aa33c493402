"""What surrounds every officer's screen: where they work, their menu, an open emergency access."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from doudi.desk.find.view import FINDERS
from doudi.desk.frame.addresses import address
from doudi.desk.frame.places import PREFECTURE, places
from doudi.desk.imports.view import KEEPERS
from doudi.desk.officers.view import KEEPERS as ADMINISTRATORS
from doudi.desk.traces.view import READERS
from doudi.office.queries import emergency_of
from doudi.office.roles import DEPARTMENTS, ROLES
from doudi.office.scope import Scope


@dataclass(frozen=True)
class Item:
    """One line of the side menu; `group` starts a titled group; `roles` empty is every role.

    `also`: beginnings of other addresses that belong to it, so that the menu says where one is.
    """

    name: str
    label: str
    icon: str
    group: str = ""
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """True for its own page and those that belong to it."""
        own = address(self.name)
        return path == own or path.startswith((*self.also, own) if own != "/" else self.also)


MENU = (
    Item("inbox", "待办", "inbox", also=("/change/", "/lead/")),
    Item("done", "已办", "check2"),
    Item("find", "查人查户", "search", "业务", FINDERS, ("/family/", "/reveal/", "/purpose/")),
    Item("traces", "留痕查询", "eye", "监督", READERS),
    Item("officers", "人员与岗位", "people", "管理", ADMINISTRATORS),
    Item("imports", "Excel 导入", "database-up", "数据", KEEPERS),
)
_SAID_BY_PLACE = ("TOWNSHIP", "VILLAGE")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context `frame`; empty for whoever is not signed in."""
    by: Scope | None = getattr(request, "by", None)
    if by is None:
        return {"frame": {}}
    # Lazy: a fragment that htmx asked for has no frame and should not pay for one.
    return {"frame": SimpleLazyObject(lambda: _frame(request, by))}


def _frame(request: HttpRequest, by: Scope) -> dict[str, Any]:
    return {
        "role": ROLES[by.role].label,
        "where": _where(by),
        "may_find": by.role in FINDERS,
        "menu": _menu(by.role, next((item.name for item in MENU if item.holds(request.path)), "")),
        "emergency": emergency_of(request.session),
    }


def _where(by: Scope) -> str:
    place = places([by.region], without=PREFECTURE)[by.region]
    return place if by.department in _SAID_BY_PLACE else f"{place} · {DEPARTMENTS.get(by.department, '')}"


@lru_cache(maxsize=200)
def _menu(role: str, here: str) -> SafeString:
    """Written once for each role and the item it stands at; nothing in it is about anybody."""
    told = [
        {"one": item, "address": address(item.name), "here": item.name == here}
        for item in MENU
        if role in (item.roles or ROLES)
    ]
    return render_to_string("frame/menu.html", {"menu": told})

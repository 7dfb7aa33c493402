"""What surrounds every officer's screen: where they work, their menu, an open emergency access."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from doudi.office.queries import emergency_of, place_name
from doudi.office.roles import DEPARTMENTS, ROLES, Fields, may_see


@dataclass(frozen=True)
class Item:
    """One line of the side menu; `group` starts a titled group; `fields` must be visible to the role."""

    name: str
    label: str
    icon: str
    group: str = ""
    fields: Fields | None = None


MENU = (
    Item("inbox", "待办", "inbox"),
    Item("done", "已办", "check2"),
    Item("find", "查人查户", "search", "业务", Fields.IDENTITY),
    Item("changes", "变更申请", "arrow-left-right", "", Fields.IDENTITY),
    Item("imports", "Excel 导入", "database-up", "数据", Fields.MONEY),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context `frame`; empty for whoever is not signed in."""
    by = getattr(request, "by", None)
    if by is None:
        return {"frame": {}}
    emergency = emergency_of(request.session)
    return {
        "frame": {
            "role": ROLES[by.role].label,
            "where": " · ".join(
                part for part in (place_name(by.region), DEPARTMENTS.get(by.department)) if part
            ),
            "may_find": may_see(by.role, Fields.IDENTITY),
            "menu": [
                _line(item, request) for item in MENU if item.fields is None or may_see(by.role, item.fields)
            ],
            "emergency": emergency
            and {
                "region": emergency.region.full_name,
                "ends_at": emergency.ends_at,
                "reason": emergency.reason,
            },
        }
    }


def _line(item: Item, request: HttpRequest) -> dict[str, Any]:
    address = reverse(item.name)
    return {
        "group": item.group,
        "label": item.label,
        "icon": item.icon,
        "address": address,
        "here": request.path == address or (address != "/" and request.path.startswith(address)),
    }

"""What nobody means to type, in every field of every page: an answer in words, never a broken page."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction

from doudi.office.routes import Route, routes
from tests.stories.one_of_each import OneOfEach, a_browser, a_form, a_session, post_of
from tests.stories.test_routes import World, addresses, pytestmark  # noqa: F401

BAD = ("长" * 5000, "字" * 900, "a\0b", "9999-12-31", "0001-01-01", "9" * 30)
QUERY = ("about", "known", "page", "show", "what", "who", "from", "next", "shown", "look", "as", "named")
ROLES_TRIED = ("township_clerk", "township_chief", "county_approver", "county_handler")
_NAME = re.compile(r'name="([^"]+)"')
_REPEATED = re.compile(r"(^|:)[1-9][0-9]?:")  # the second and later rows of a form's table


def role_for(route: Route) -> str:
    assert route.policy
    able = route.policy.roles or ROLES_TRIED
    return next((role for role in ROLES_TRIED if role in able), sorted(able)[0])


def forms(route: Route, world: World, cookie: str, place: OneOfEach) -> Iterator[tuple[str, dict[str, str]]]:
    """(address, form with one bad field) for each field that the page shows or its action takes."""
    assert route.policy
    for address in addresses(route, place):
        browser, typed = a_browser(cookie), a_form(place)
        page = browser.get(address).content.decode() if "GET" in route.policy.methods else ""
        shown = set(_NAME.findall(page)) - {"csrfmiddlewaretoken"}
        for name in sorted(shown or typed):
            if not _REPEATED.search(name):
                for bad in BAD:
                    yield address, {key: typed[key] for key in shown & typed.keys() or typed} | {name: bad}


def tried(method: str, route: Route, world: World) -> Iterator[str]:
    """What went wrong with a route."""
    role = role_for(route)
    place, cookie = world[post_of(role)], a_session(role)
    if method == "GET":
        address = next(addresses(route, place))
        sent = [(f"{address}?{urlencode(dict.fromkeys(QUERY, bad))}", {}) for bad in BAD]
        sent += [(f"{address}?{urlencode({name: bad})}", {}) for name in QUERY[:3] for bad in BAD[3:]]
    else:
        sent = list(forms(route, world, cookie, place))
    for address, form in sent:
        with transaction.atomic():
            browser = a_browser(cookie)
            answer = browser.get(address) if method == "GET" else browser.post(address, form)
            transaction.set_rollback(True)
        if answer.status_code >= 500 or (
            answer.status_code == 400 and "没有保存" not in answer.content.decode()
        ):
            bad = next((f"{key}={form[key][:12]!r}" for key in form if form[key] in BAD), "")
            yield f"{role} {method} {address[:90]} {bad}: {answer.status_code}"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_breaks_over_what_is_typed(world: World, method: str) -> None:
    found = [
        wrong
        for route in routes()
        if route.policy and method in route.policy.methods
        for wrong in tried(method, route, world)
    ]
    assert found == []

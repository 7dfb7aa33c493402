"""A township with a clerk and a chief, and one family: what the screens' tests look at."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from doudi.kernel.month import Month
from doudi.office import actions
from tests.rooms.database import *  # noqa: F403
from tests.rooms.people import COUNTY, SIBLING, VILLAGE, a_small_country, an_officer
from tests.rooms.registry.families import CLERK, a_member, registered

POSTS = {
    "clerk": ("township_clerk", None),
    "village": ("village", VILLAGE),
    "chief": ("township_chief", None),
    "approver": ("county_approver", COUNTY),
    "auditor": ("auditor", COUNTY),
    "handler": ("county_handler", COUNTY),
    "sibling": ("township_clerk", SIBLING),
    "liaison": ("liaison", COUNTY),
    "leader": ("leader", COUNTY),
    "administrator": ("administrator", COUNTY),
}


CODE = "314159"


class AtTheDesk(Client):
    """An officer's browser: each form is sent with what the phone shows, as decisions ask for it."""

    def post(self, path: str, data: Any = None, *args: Any, **more: Any) -> Any:
        """As Django's; the field `code` may be given otherwise."""
        return super().post(path, {"code": CODE, **(data or {})}, *args, **more)


@pytest.fixture(autouse=True)
def _phones_show_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each officer's phone shows CODE, too, and may show it again: a test does not wait half a minute."""
    real = actions._code_fits
    monkeypatch.setattr(actions, "_code_fits", lambda officer, code: code == CODE or real(officer, code))


@pytest.fixture
def country(db: None) -> None:
    a_small_country()


@pytest.fixture
def browser(country: None) -> Callable[..., Client]:
    """`browser("clerk")`: a browser in which this officer has signed in."""

    def signed_in(name: str, **session: Any) -> Client:
        role, region = POSTS[name]
        officer = an_officer(name, role, *([region] if region else []))
        store = SessionStore()
        store["officer"], store["generation"] = str(officer.id), officer.generation
        store["duty"] = str(officer.grants.get().id)
        store.update(session)
        store.create()
        client = AtTheDesk()
        client.cookies["doudi"] = store.session_key
        return client

    return signed_in


@pytest.fixture
def clerk(browser: Callable[..., Client]) -> Client:
    return browser("clerk")


@pytest.fixture
def family(country: None) -> UUID:
    """陈国富, who earns 500 yuan a month, and his wife 李秀英."""
    last = Month.of(date.today())
    months = [last.plus(-n).yyyymm for n in range(1, 13)]
    wage = [{"item": "SALARY", "month": month, "amount": 50000, "deduction": 0} for month in months]
    return registered(
        a_member(phone="13912345678", serious_illness=True, incomes=wage),
        a_member("李秀英", "SPOUSE"),
        by=CLERK,
        household_id="户0001",
        address="3组18号",
        income_complete=True,
        expenditure_complete=True,
        property_complete=True,
        property_conclusion="PASS",
    )

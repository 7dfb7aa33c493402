"""Every address of the desk, tried in every role on subjects near and far.

A wrong place shows nothing and changes nothing. The addresses come from the URL resolver, so a new page is
tried as soon as it exists; one without a policy, or about a kind of subject that `one_of_each` does not make,
fails here.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.db import transaction

from doudi.office import actions
from doudi.office.models import Officer
from doudi.office.roles import ROLES
from doudi.office.routes import Route, routes
from doudi.office.scope import own_account
from doudi.registry.changes import kinds
from tests.stories.one_of_each import (
    CODE,
    RELATIONS,
    OneOfEach,
    a_browser,
    a_form,
    a_session,
    handles,
    post_of,
    state_of,
)

WORDS = {"kind": [kind.lower() for kind in kinds()], "field": ["id_no", "birth_date", "serious_illness"]}
"""What stands for the parts of an address that are no subject."""
TYPED_INTO = ("change.propose", "family.new")
"""The pages that keep what is typed before it is sent."""
World = dict[str, OneOfEach]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _phones_show_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision here has a code that fits, so that what stops it is what lies behind the code."""
    monkeypatch.setattr(actions, "_code_fits", lambda officer, code: code == CODE)


def addresses(route: Route, place: OneOfEach) -> Iterator[str]:
    """The route's addresses about this place's subjects."""
    assert route.policy
    found = [route.pattern]
    for name in route.converters:
        uuid = f"<uuid:{name}>" in route.pattern
        given = [str(place.ids[route.policy.subject])] if uuid else WORDS[name]
        part = f"<{'uuid' if uuid else 'slug'}:{name}>"
        found = [address.replace(part, value) for address in found for value in given]
    yield from found


def sent(cookie: str, method: str, address: str, form: dict[str, Any]) -> tuple[int, str]:
    """(status, all that came back, the page it leads to included)."""
    browser = a_browser(cookie)
    answer = browser.get(address) if method == "GET" else browser.post(address, form)
    told, status = answer.content.decode("utf-8", "replace") + str(answer.headers), answer.status_code
    if status == 302:
        told += browser.get(answer["Location"]).content.decode("utf-8", "replace")
    return status, told


def rebuilt(id_no: str, told: str) -> bool:
    """True if a page masks the number and tells the birth date, which is what the mask hides.

    A number that was typed into a form comes back in it whole, and is not what the page tells.
    """
    year, month, day = id_no[6:10], id_no[10:12], id_no[12:14]
    written = (year + month + day, f"{year}-{month}-{day}", f"{year}年{int(month)}月{int(day)}日")
    rest = told.replace(id_no, "")
    return f"{id_no[:6]}********{id_no[-4:]}" in rest and any(date in rest for date in written)


class Tries:
    """All that one role tries, and what came of it."""

    def __init__(self, world: World, role: str) -> None:
        self.world, self.role, self.post = world, role, post_of(role)
        self.hidden = [place for place in world.values() if not place.region.startswith(self.post)]
        self.seen = [place for place in world.values() if place.region.startswith(self.post)]
        self.cookie, self.before = a_session(role), state_of(self.hidden)
        self.foreign = [place for place in world.values() if not handles(role, place)]
        self.found: list[str] = []
        self.shown: set[str] = set()
        for route in routes():
            assert route.policy
            if not route.policy.public:
                for method in route.policy.methods:
                    self.one(route, method)

    def one(self, route: Route, method: str) -> None:
        """One route by one method: about each relation, then one's own with ids from far in the form."""
        policy, own = route.policy, self.world[self.post]
        assert policy
        if policy.roles and self.role not in policy.roles:
            self.attempt(next(addresses(route, own)), method, own, {403})
            return
        near = RELATIONS[self.post]
        far = [self.world[code] for code in near.values() if self.world[code] in self.hidden]
        for relation, region in near.items():
            target = self.world[region]
            # A kind of change that is another role's to propose is 404 near as well as far.
            expected = {200, 302, 404} if target in self.seen or not policy.subject else {404}
            if policy.subject == "intake_importbatch" and not handles(self.role, target):
                expected = {404}
            every = list(addresses(route, target))
            for address in every if relation == "own" else every[:1]:
                self.attempt(address, method, target, expected)
            if method == "POST" and policy.key in TYPED_INTO:
                self.kept(every[0], target, policy.subject)
        if method == "POST" and policy.subject:
            for address, target in zip(addresses(route, own), cycle(far), strict=False):
                self.attempt(address, method, target, {200, 302, 404})

    def kept(self, address: str, target: OneOfEach, subject: str) -> None:
        """What another typed and has not sent is neither shown nor written over nor put away, here or far."""
        draft, gone = f"{target.ids['draft']}", {404}
        fresh = {200} if target in self.seen or not subject else gone
        self.attempt(f"{address}?draft={draft}", "GET", target, fresh)  # the empty form
        self.attempt(address, "POST", target, gone, keep="auto")
        self.attempt(address, "POST", target, gone, keep="1")
        before = state_of(self.world.values())
        self.attempt(address, "POST", target, {302}, drop=draft)
        assert state_of(self.world.values()) == before
        self.attempt(address, "POST", target, fresh, keep="auto", draft=f"{uuid4()}")

    def attempt(self, address: str, method: str, target: OneOfEach, expected: set[int], **more: str) -> None:
        """One request; what it changed is taken back after a look at it."""
        with transaction.atomic():
            status, told = sent(self.cookie, method, address, a_form(target) | more)
            what = f"{self.role} {method} {address} about {target.region}: {status}"
            leaks = [place.region for place in self.hidden if place.rare in told]
            leaks += [f"list of {place.region}" for place in self.foreign if f"册中{place.rare}" in told]
            if leaks:
                self.found.append(f"{what} shows {leaks}")
            if any(rebuilt(place.id_no, told) for place in self.world.values()):
                self.found.append(f"{what} shows the eight digits that its mask hides")
            if status not in expected:
                self.found.append(f"{what}, expected {expected}")
            if method == "POST" and status != 404 and state_of(self.hidden) != self.before:
                self.found.append(f"{what} changed what it must not")
            self.shown |= {place.region for place in self.seen if place.rare in told}
            transaction.set_rollback(True)


LOCKS = pytest.mark.parametrize("lock", ["django_db_setup", "rls_off", "orm_scope_off"])


def test_every_route_declares_its_policy_and_a_subject_we_can_make(world: World) -> None:
    assert [message.msg for message in run_checks() if message.id == "office.E001"] == []
    assert len(list(routes())) > 20
    for route in routes():
        assert route.policy, route.pattern
        assert "<" not in "".join(addresses(route, world[post_of("village")])), route.pattern
        assert bool(route.converters) == bool(route.policy.subject), f"{route.pattern} names no subject"


@LOCKS
@pytest.mark.parametrize("role", ROLES)
def test_nobody_sees_or_changes_another_place(
    world: World, role: str, lock: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(lock)
    assert Tries(world, role).found == []


def test_without_either_lock_it_would_be_found(world: World, without_either_lock: None) -> None:
    tries = Tries(world, "village")
    assert any("shows" in found for found in tries.found)
    assert any("changed" in found for found in tries.found)


def test_the_canaries_are_shown_where_they_may_be(world: World) -> None:
    """Else the tests above would pass on empty pages."""
    tries = Tries(world, "township_clerk")
    assert tries.shown == {place.region for place in tries.seen}


def test_only_declared_methods_are_answered(world: World) -> None:
    cookie, place = a_session("county_handler"), world[post_of("county_handler")]
    for route in routes():
        assert route.policy
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(route.policy.methods):
            answer = a_browser(cookie).generic(method, next(addresses(route, place)))
            assert answer.status_code == 405, f"{method} {route.pattern}"


def test_whoever_is_not_signed_in_sees_nothing(world: World) -> None:
    place = world[post_of("county_handler")]
    for route in routes():
        assert route.policy
        for address in addresses(route, place):
            for method in route.policy.methods:
                status, told = sent("", method, address, a_form(place))
                assert place.rare not in told
                assert route.policy.public or (status == 302 and "/sign-in/" in told), address


@pytest.mark.parametrize("role", ["county_approver", "township_chief", "administrator"])
def test_a_decision_without_a_code_of_its_own_decides_nothing(world: World, role: str) -> None:
    cookie, place = a_session(role), world[post_of(role)]
    officer = Officer.objects.get(sign_in_name=role)
    asked = [
        route for route in routes() if route.policy and route.policy.again and role in route.policy.roles
    ]
    assert asked
    before = state_of([place])
    for route in asked:
        with own_account(officer.id):  # five in a row would lock the account
            Officer.objects.filter(id=officer.id).update(failures=0)
        for wrong in ({}, {"code": ""}, {"code": "000000"}):
            answer = a_browser(cookie).post(
                next(addresses(route, place)), {**a_form(place), "code": "", **wrong}
            )
            assert "动态口令不正确或已用过，没有办理" in answer.content.decode(), route.pattern
    assert state_of([place]) == before


def test_no_page_is_kept_framed_or_scripted_from_elsewhere(world: World) -> None:
    cookie, place = a_session("county_handler"), world[post_of("county_handler")]
    for route in routes():
        assert route.policy
        for address in addresses(route, place) if "GET" in route.policy.methods else ():
            answer = a_browser(cookie).get(address)
            allowed = answer["Content-Security-Policy"]
            assert "default-src 'none'" in allowed, address
            assert "frame-ancestors 'none'" in allowed, address
            assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(allowed.split()), address
            assert answer["X-Frame-Options"] == "DENY", address
            assert answer["X-Content-Type-Options"] == "nosniff", address
            assert answer.status_code == 302 or answer["Cache-Control"] == "no-store", address

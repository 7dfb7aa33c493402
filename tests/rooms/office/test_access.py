"""The page guard, on a site of its own: who gets in, what is answered, what is recorded."""

import os
import subprocess
import sys
import time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.checks import run_checks
from django.db import OperationalError
from django.test import Client

from doudi.office import access, actions, scope
from doudi.office.models import Attachment, AuditEntry, Officer
from doudi.office.routes import Policy, routes
from tests.rooms.people import (
    COUNTY,
    ELSEWHERE,
    PASSWORD,
    SIBLING,
    TOWNSHIP,
    VILLAGE,
    a_small_country,
    an_officer,
    code_of,
)

pytestmark = [pytest.mark.urls("tests.rooms.office.urls"), pytest.mark.django_db]


def a_client(officer: Officer) -> Client:
    """A browser in which this officer has signed in."""
    client = Client(raise_request_exception=False)
    session = client.session
    assert actions.sign_in(session=session, name=officer.sign_in_name, password=PASSWORD) is actions.Step.CODE
    assert actions.verify_totp(session=session, code=code_of(officer)) is actions.Step.DONE
    session.save()
    client.cookies["doudi"] = session.session_key
    return client


def a_file_in(region: str) -> Attachment:
    with scope.system(region, "test"):
        return Attachment.objects.create(
            region_code=region, subject="s", name="某人.jpg", content_type="image/jpeg", size=1
        )


@pytest.fixture
def files() -> dict[str, Attachment]:
    a_small_country()
    return {region: a_file_in(region) for region in (TOWNSHIP, SIBLING, COUNTY, VILLAGE, ELSEWHERE)}


@pytest.fixture
def clerk(files: dict[str, Attachment]) -> Client:
    return a_client(an_officer())


def entries(verb: str) -> list[AuditEntry]:
    with scope.system("5", "test"):
        return list(AuditEntry.objects.filter(verb=verb).order_by("id"))


def test_it_works(clerk: Client) -> None:
    assert clerk.get("/files/").content.decode() == f"{TOWNSHIP},{VILLAGE}"
    assert clerk.head("/files/").status_code == 200


def test_a_lazy_template_is_rendered_inside_the_scope(clerk: Client) -> None:
    assert TOWNSHIP in clerk.get("/lazily/").content.decode()


LOCKS = pytest.mark.parametrize("lock", ["django_db_setup", "rls_off", "orm_scope_off"])


@LOCKS
@pytest.mark.parametrize(
    ("relation", "status"), [(TOWNSHIP, 200), (VILLAGE, 200), (SIBLING, 404), (COUNTY, 404), (ELSEWHERE, 404)]
)
def test_one_row_by_relation(
    clerk: Client,
    files: dict[str, Any],
    relation: str,
    status: int,
    lock: str,
    request: pytest.FixtureRequest,
) -> None:
    request.getfixturevalue(lock)
    assert clerk.get(f"/files/{files[relation].id}/").status_code == status
    assert clerk.post(f"/files/{files[relation].id}/rename/").status_code == status


def test_without_any_lock_the_wrong_row_would_show(
    clerk: Client, files: dict[str, Any], without_either_lock: None
) -> None:
    assert clerk.get(f"/files/{files[ELSEWHERE].id}/").status_code == 200


def test_views_and_denials_are_recorded(clerk: Client, files: dict[str, Any]) -> None:
    clerk.get(f"/files/{files[TOWNSHIP].id}/")
    (viewed,) = entries("viewed")
    assert (viewed.subject, viewed.region_code) == (f"office_attachment:{files[TOWNSHIP].id}", TOWNSHIP)
    clerk.get(f"/files/{files[SIBLING].id}/")
    nobody_s = uuid4()
    clerk.get(f"/files/{nobody_s}/")
    first, second = entries("denied")
    # Alike, whether there is such a row or not: only the officer's own region is told.
    assert [(row.subject, row.region_code) for row in (first, second)] == [
        (f"office_attachment:{file}", TOWNSHIP) for file in (files[SIBLING].id, nobody_s)
    ]
    assert first.detail["page"] == second.detail["page"] == "file.view"
    assert first.detail["file_id"] == str(files[SIBLING].id)


def test_a_wrong_role_is_told_so(files: dict[str, Any]) -> None:
    leader = a_client(an_officer("leader", role="leader", region=COUNTY))
    assert leader.get(f"/files/{files[COUNTY].id}/").status_code == 403
    (denied,) = entries("denied")
    assert (denied.subject, denied.detail["why"]) == (f"office_attachment:{files[COUNTY].id}", "role")


def test_an_error_takes_back_the_change(clerk: Client, files: dict[str, Any]) -> None:
    assert clerk.post(f"/files/{files[TOWNSHIP].id}/rename/", {"fail": "1"}).status_code == 500
    with scope.system(TOWNSHIP, "test"):
        assert Attachment.objects.get(id=files[TOWNSHIP].id).subject == "s"


def test_only_declared_methods_are_answered(clerk: Client, files: dict[str, Any]) -> None:
    assert clerk.post("/files/").status_code == 405
    assert clerk.get(f"/files/{files[TOWNSHIP].id}/rename/").status_code == 405


def test_whoever_is_not_signed_in_goes_to_sign_in(files: dict[str, Any]) -> None:
    client = Client()
    answer = client.get("/files/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Ffiles%2F%3Fa%3D1")
    fragment = client.get("/files/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/sign-in/?next=%2Ffiles%2F")
    assert client.post(f"/files/{files[TOWNSHIP].id}/rename/")["Location"] == "/sign-in/"
    assert client.get("/more/public/").content == b"for all"


def test_a_desk_that_was_left_signs_out(clerk: Client) -> None:
    session = clerk.session
    session["seen_at"] -= 90
    session.save()
    assert clerk.get("/files/").status_code == 200
    assert time.time() - clerk.session["seen_at"] < 60  # using it keeps it open
    session = clerk.session
    session["seen_at"] -= access.IDLE_SECONDS + 90
    session.save()
    assert clerk.get("/files/")["Location"] == "/sign-in/?idle=1&next=%2Ffiles%2F"
    assert clerk.get("/files/")["Location"] == "/sign-in/?next=%2Ffiles%2F"  # it is over, not only refused


def test_no_page_is_kept_by_browser_or_gateway(clerk: Client, files: dict[str, Attachment]) -> None:
    for address in ("/files/", f"/files/{files[TOWNSHIP].id}/", "/more/public/"):
        assert clerk.get(address)["Cache-Control"] == "no-store"


def test_a_decision_brings_a_code_of_its_own(files: dict[str, Attachment]) -> None:
    with time_machine.travel("2025-10-15 09:00:00+08:00", tick=False) as clock:
        officer = an_officer()
        client = a_client(officer)
        approve = partial(client.post, "/more/approve/")
        assert client.get("/more/approve/").content == b"the form"
        for wrong in ("", "000000", code_of(officer)):  # the last one signed in
            assert approve({"code": wrong}).content == b"the form"
        clock.shift(30)
        code = code_of(officer)
        assert approve({"code": code, "refuse": "1"}).content == b"the form"
        assert approve({"code": code}).content == b"approved"
        assert approve({"code": code}).content == b"the form"


def test_a_lost_database_is_a_page_that_says_so(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*args: object, **kwargs: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(access, "scope_of_session", lost)
    answer = clerk.get("/files/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "数据库没有应答" in answer.content.decode()


def test_every_route_is_listed_with_its_policy() -> None:
    listed = {route.name: route for route in routes()}
    assert listed["approve"].pattern == "/more/approve/"
    assert listed["file"].converters == ("file_id",)
    assert listed["file"].policy == Policy(
        "file.view", frozenset({"township_clerk", "county_handler"}), subject="office_attachment"
    )


def test_a_route_without_policy_fails_the_check() -> None:
    found = [message for message in run_checks(tags=["urls"]) if message.id == "office.E001"]
    assert [message.msg for message in found] == ["route /undeclared/ declares no policy"]


def test_a_policy_knows_its_roles() -> None:
    with pytest.raises(ValueError, match="unknown roles"):
        Policy("x", frozenset({"king"}))
    with pytest.raises(ValueError, match="shown its form again"):
        Policy("x", methods=("POST",), again=True)


def test_every_answer_carries_the_strict_headers(clerk: Client) -> None:
    answer = clerk.get("/files/")
    directives = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert (directives["default-src"], directives["script-src"]) == ("'none'", "'self'")
    assert not any("unsafe" in allowed for allowed in directives.values())
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_cookies_are_closed_to_scripts_and_other_sites() -> None:
    """The settings an office runs with, not those of the tests."""
    names = ["SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY",
             "SESSION_EXPIRE_AT_BROWSER_CLOSE", "SESSION_COOKIE_SAMESITE", "DEBUG"]  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", f"import doudi.settings.base as b; print([getattr(b, n) for n in {names}])"],
        env={name: value for name, value in os.environ.items() if name not in ("DOUDI_HTTPS", "DOUDI_DEBUG")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[True, True, True, True, True, 'Lax', False]\n"

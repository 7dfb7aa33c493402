"""The door every page goes through: signed in, right role, own region, one transaction, denials recorded.

@page("household.view", roles=("township_clerk", "county_handler"), subject="registry_household")
def view(request, household_id): ...        # request.by is the officer's Scope
"""

import time
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from doudi.office import audit
from doudi.office.actions import Refused, deciding
from doudi.office.queries import scope_of_session
from doudi.office.routes import Policy
from doudi.office.scope import OutsideScope, Scope, active

IDLE_SECONDS = 30 * 60
"""After so long without a request the session ends: a desk is left, the screen stays."""
View = Callable[..., HttpResponse]


def page(
    key: str,
    *,
    roles: Iterable[str] = (),
    methods: tuple[str, ...] = ("GET",),
    subject: str = "",
    public: bool = False,
    again: bool = False,
    looks: bool = False,
) -> Callable[[View], View]:
    """Declares who may use a view and guards it; see `routes.Policy` for the meaning of each word.

    Inside the view the transaction is open and the scope is set. A row the scope does not show answers 404,
    like a row that does not exist; both are recorded. A streaming response must set its own scope.
    """
    policy = Policy(key, frozenset(roles), methods, subject, public, again, looks)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            method = "GET" if request.method == "HEAD" else request.method
            if method not in policy.methods:
                return HttpResponseNotAllowed(policy.methods)
            request.by = None
            if policy.public:
                return _unstored(view(request, *args, **kwargs))
            if _left_alone(request.session):
                return _to_sign_in(request, idle=True)
            by = scope_of_session(request.session, origin_of(request), looks=policy.looks)
            if by is None:
                return _to_sign_in(request)
            if policy.roles and by.role not in policy.roles:
                _record_denial(by, policy, kwargs, "role")
                raise PermissionDenied(f"您现在的岗位不能打开这个页面（{policy.key}）。")
            served = _decided if policy.again and method == "POST" else _served
            return _unstored(served(request, view, policy, by, *args, **kwargs))

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded

    return decorate


def _decided(
    request: HttpRequest, view: View, policy: Policy, by: Scope, *args: Any, **kwargs: Any
) -> HttpResponse:
    """A decision, made with a one-time code of its own; refused it is the form again, with what was typed."""
    try:
        with deciding(by=by, code=request.POST.get("code", "")):
            return _served(request, view, policy, by, *args, **kwargs)
    except Refused as refused:
        messages.error(request, str(refused), "red")
        request.method = "GET"
        return _served(request, view, policy, by, *args, **kwargs)


def _served(
    request: HttpRequest, view: View, policy: Policy, by: Scope, *args: Any, **kwargs: Any
) -> HttpResponse:
    try:
        with active(by):
            request.by = by
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()  # a lazy template would read its rows after the scope is gone
            return response
    except (Http404, ObjectDoesNotExist, OutsideScope):
        _record_denial(by, policy, kwargs, "not found in scope")
        raise Http404 from None


def _record_denial(by: Scope, policy: Policy, kwargs: dict[str, Any], why: str) -> None:
    detail = {"page": policy.key, "why": why, **{name: str(value)[:80] for name, value in kwargs.items()}}
    # As of a look that succeeds, whether there is such a row or not, and of the officer's region, not of its.
    asked = next((f"{policy.subject}:{value}" for value in kwargs.values() if isinstance(value, UUID)), "")
    audit.record(by=by, verb="denied", subject=asked, detail=detail)


def _unstored(answer: HttpResponse) -> HttpResponse:
    """No browser or gateway keeps a page: the next person at the same computer would read it."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _left_alone(session: Any) -> bool:
    """True when nobody used the session for too long; it is then over. Written once a minute at most."""
    if "officer" not in session:
        return False
    now, seen = int(time.time()), session.get("seen_at")
    if seen and now - seen > IDLE_SECONDS:
        session.flush()
        return True
    if not seen or now - seen >= 60:
        session["seen_at"] = now
    return False


def _to_sign_in(request: HttpRequest, *, idle: bool = False) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" else ""
    told = {**({"idle": "1"} if idle else {}), **({"next": back} if back else {})}
    address = settings.OFFICE_SIGN_IN_URL + ("?" + urlencode(told) if told else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def origin_of(request: HttpRequest) -> str:
    """The network address for the audit; behind the county's own gateway the address which that reports."""
    forwarded = ""
    if settings.OFFICE_BEHIND_GATEWAY:  # without one the header is whatever the sender likes
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    return (forwarded or request.META.get("REMOTE_ADDR", ""))[:80]

"""The declared policy of every route: what the tests enumerate and the system check insists on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from doudi.office.roles import ROLES


@dataclass(frozen=True)
class Policy:
    """Who may use a page. `subject` names the table of the row in the URL, '' when there is none.

    `roles` empty with `public` False means: any signed-in officer. `again`: what is sent decides something,
    and brings a one-time code for this one decision, in its form's field `code`. `looks`: an emergency look
    reaches this page; any other one stays in the officer's own region, for looking further is no power to act
    there.
    """

    key: str
    roles: frozenset[str] = frozenset()
    methods: tuple[str, ...] = ("GET",)
    subject: str = ""
    public: bool = False
    again: bool = False
    looks: bool = False

    def __post_init__(self) -> None:
        unknown = self.roles - ROLES.keys()
        if unknown:
            raise ValueError(f"{self.key}: unknown roles {sorted(unknown)}")
        if self.again and "GET" not in self.methods:
            raise ValueError(f"{self.key}: a decision that is refused is shown its form again")


@dataclass(frozen=True)
class Route:
    """One URL pattern: its template (`/household/<uuid:id>/`), name, view, and policy if it declares one."""

    pattern: str
    name: str
    view: Callable[..., Any]
    policy: Policy | None
    converters: tuple[str, ...]


def routes(resolver: URLResolver | None = None) -> Iterator[Route]:
    """Every route below a resolver (default: the whole site), in order."""
    yield from _below(resolver or get_resolver(), "/", ())


def _below(resolver: URLResolver, prefix: str, converters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        inside = (*converters, *entry.pattern.converters)
        if isinstance(entry, URLPattern):
            policy = getattr(entry.callback, "policy", None)
            yield Route(pattern, entry.name or "", entry.callback, policy, inside)
        else:
            yield from _below(entry, pattern, inside)


def every_route_declares_its_policy(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Django system check office.E001: a view without `@page(...)` may not be served."""
    return [
        Error(
            f"route {route.pattern} declares no policy",
            hint="Decorate the view with doudi.office.access.page(...).",
            id="office.E001",
        )
        for route in routes()
        if route.policy is None
    ]

"""The one way to ask who may do what, where.

`requires` stands on every view; what it allows is then read as `request.access`. Roles and permissions
are looked up on each request, so that a change takes effect on the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_noop as _

from .models import Membership, Person, Unit
from .refusals import Refusal
from .terms import GRANTS, Permission, Role, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where a person may do one thing: at these places and below.

    Args:
        person: Who asks.
        permission: What for.
        paths: Paths of the units at which the permission is held; a path covers all below it.
    """

    person: Person
    permission: Permission
    paths: tuple[str, ...]

    def units(self) -> QuerySet[Unit]:
        """Return every unit it covers."""
        return Unit.objects.within(self.paths)

    def covers(self, path: str) -> bool:
        """Tell whether a place is covered."""
        return any(path.startswith(held) for held in self.paths)

    def site_codes(self) -> tuple[str, ...] | None:
        """Return the codes of the sites it covers, or None when it covers the whole organisation."""
        if Unit.objects.filter(kind=UnitKind.ORGANISATION, path__in=self.paths).exists():
            return None
        return tuple(self.units().filter(kind=UnitKind.SITE).values_list("code", flat=True))

    def may_see_unit(self, unit: Unit) -> bool:
        """Tell whether the unit is covered."""
        return self.covers(unit.path)

    def check_unit(self, unit: Unit) -> None:
        """Refuse a unit elsewhere as if it did not exist: a 403 would confirm that it does."""
        if not self.covers(unit.path):
            raise Refusal("organisation.not_found", _("There is no such thing here."), status=404)


def roles_granting(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that may do something."""
    return tuple(role for role in Role if permission in GRANTS[role])


def access_of(person: Person, permission: Permission) -> Access:
    """Return where a person may do something; nowhere gives no paths."""
    held = Membership.objects.filter(person=person, ended_at__isnull=True, role__in=roles_granting(permission))
    paths = sorted(set(held.values_list("unit__path", flat=True))) if person.is_active else []
    return Access(person=person, permission=permission, paths=tuple(paths))


def can(person: Person, permission: Permission) -> bool:
    """Tell whether a person may do something anywhere."""
    return bool(access_of(person, permission).paths)


def permissions_held(person: Person) -> frozenset[Permission]:
    """Return everything a person may do somewhere, in one query."""
    roles = Membership.objects.filter(person=person, ended_at__isnull=True).values_list("role", flat=True)
    return frozenset().union(*(GRANTS[Role(role)] for role in set(roles)))


def access_for_request(request: HttpRequest, permission: Permission) -> Access:
    """Return the access of whoever sends a request, narrowed to the token's scopes and place if one is used.

    Raises:
        PermissionDenied: The permission is held nowhere.
    """
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    access = access_of(person, permission)
    token = getattr(request, "api_token", None)
    if token is not None:
        narrowed = _narrow(access.paths, token.unit.path) if permission in token.scopes else ()
        access = Access(person=person, permission=permission, paths=narrowed)
    if not access.paths:
        raise PermissionDenied
    return access


def _narrow(paths: tuple[str, ...], place: str) -> tuple[str, ...]:
    if any(place.startswith(path) for path in paths):
        return (place,)
    return tuple(path for path in paths if path.startswith(place))


def requires(permission: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be reached only by those who hold a permission, and tell it where they hold it."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            request.access = access_for_request(request, permission)  # type: ignore[attr-defined]
            answer: HttpResponseBase = view(request, *args, **kwargs)
            return answer

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate

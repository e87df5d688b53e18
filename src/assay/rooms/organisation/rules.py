"""What the organisation allows."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from .refusals import Refusal
from .terms import GRANTS, Permission, Role, UnitKind

_PARENT_KINDS = {
    UnitKind.ORGANISATION: frozenset[UnitKind](),
    UnitKind.REGION: frozenset({UnitKind.ORGANISATION}),
    UnitKind.SITE: frozenset({UnitKind.ORGANISATION, UnitKind.REGION}),
    UnitKind.TEAM: frozenset({UnitKind.SITE}),
}
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
TOKEN_PREFIX = "as_"  # noqa: S105 - a mark for secret scanners, not a secret


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return everything that any of the roles may do."""
    return frozenset().union(*(GRANTS[role] for role in roles))


def check_unit(*, kind: UnitKind, code: str, name: str, parent_kind: UnitKind | None, zone: str) -> None:
    """Refuse a unit that would stand at the wrong place or under an unusable name."""
    if not _CODE.fullmatch(code):
        raise Refusal(
            "organisation.bad_code",
            "A code has small letters, digits and hyphens, at most 60; got “{code}”.",
            facts={"code": code},
            field="code",
            status=422,
        )
    if not clean_name(name):
        raise Refusal("organisation.no_name", "A name is needed.", field="name", status=422)
    allowed = _PARENT_KINDS[kind]
    if (parent_kind is None) != (not allowed) or (parent_kind and parent_kind not in allowed):
        raise Refusal(
            "organisation.wrong_parent",
            "A unit of kind {kind} cannot stand below one of kind {parent}.",
            facts={"kind": str(kind), "parent": str(parent_kind or "-")},
            field="parent",
            status=422,
        )
    check_zone(zone)


def check_zone(zone: str) -> None:
    """Refuse a name that is no time zone."""
    if zone not in available_timezones():
        raise Refusal(
            "organisation.unknown_zone",
            "“{zone}” is no time zone; write it like America/Mexico_City.",
            facts={"zone": zone},
            field="zone",
            status=422,
        )


def clean_name(name: str) -> str:
    """Normalise a name, without the control characters that could disguise it."""
    kept = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in {"Cc", "Cf"})
    return " ".join("".join(kept).split())


def child_path(parent_path: str, number: int) -> str:
    """Return the path of a unit's n-th child."""
    return f"{parent_path}{number:04d}."


def new_token() -> str:
    """Make a token: 32 random bytes behind a mark that secret scanners know."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Hash a token for storage; it is random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_scopes(scopes: Iterable[str], *, owned: frozenset[Permission]) -> None:
    """Refuse a token that could do more than its owner."""
    for scope in scopes:
        if scope not in set(Permission) or Permission(scope) not in owned:
            raise Refusal(
                "organisation.scope_not_owned",
                "A token cannot carry “{scope}”: its owner may not do that.",
                facts={"scope": scope},
                field="scopes",
                status=422,
            )


def check_expiry(*, expires_at: datetime, at: datetime) -> None:
    """Refuse a token that has already ended, or that would live for more than a year."""
    days = (expires_at - at).days
    if expires_at <= at or days > 366:
        raise Refusal(
            "organisation.bad_expiry",
            "A token ends after now and within a year; got {days} days.",
            facts={"days": days},
            field="expires_at",
            status=422,
        )


def local_moment(at: datetime, zone: str) -> datetime:
    """Return the same moment on a wall clock of the zone."""
    return at.astimezone(ZoneInfo(zone))

"""Who sends an API request: a signed-in session, or a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from . import rules
from .access import access_for_request
from .models import ApiToken, Person
from .terms import Permission


class TokenAuth(HttpBearer):
    """A token in the Authorization header; it acts as its owner, within its scopes and place."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        now = timezone.now()
        found = (
            ApiToken.objects.select_related("person", "unit")
            .filter(digest=rules.token_digest(token), revoked_at__isnull=True, expires_at__gt=now)
            .filter(person__is_active=True)
            .first()
        )
        if found is None:
            return None
        # Written at most once a minute: a busy token must not turn every read into a write.
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - timedelta(minutes=1))
        ApiToken.objects.filter(stale, pk=found.pk).update(last_used_at=now)
        request.user = found.person
        request.api_token = found  # type: ignore[attr-defined]
        if self.permission:
            access_for_request(request, self.permission)
        return found.person


class PageSession(SessionAuth):
    """The session of somebody signed in; unsafe methods need the CSRF token as on any page."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if not request.user.is_authenticated:
            return None
        if self.permission:
            access_for_request(request, self.permission)
        return request.user


auth = [TokenAuth(), PageSession()]


def holding(permission: Permission) -> list[TokenAuth | PageSession]:
    """Let an API route be reached only by those who hold a permission.

    Asked before the request is read, so that its contents make no difference to who is refused.
    """
    return [TokenAuth(permission), PageSession(permission)]

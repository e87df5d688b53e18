"""The API: each room's router under `/api/<room>/`, one shape of error for all."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from assay.rooms.organisation.api_auth import auth
from assay.rooms.organisation.refusals import Refusal

from .errors import sentence_of


def _answer(request: HttpRequest, status: int, code: str, message: str, facts: Any = None) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message, "facts": facts or {}}, status=status)


# The interactive page that comes with the library fetches scripts from elsewhere; the schema itself is served.
api = NinjaAPI(title="Assay", version="1", auth=auth, docs_url=None, urls_namespace="api")


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a rule's refusal: the same code, sentence and facts as on the page."""
    facts = {name: str(value) if not _is_plain(value) else value for name, value in refusal.facts.items()}
    if refusal.field:
        facts["field"] = refusal.field
    return _answer(request, refusal.status, refusal.code, sentence_of(refusal), facts)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each value that could not be read."""
    facts = {"errors": [{"where": found["loc"], "what": found["msg"]} for found in error.errors]}
    return _answer(request, 422, "request.unreadable", gettext("Some values could not be read."), facts)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Ask for a session or a token."""
    told = gettext("Sign in, or send a valid token in the Authorization header.")
    return _answer(request, 401, "request.not_signed_in", told)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Say that the role, or the token, does not include it."""
    told = gettext("Neither your role nor the token includes this.")
    return _answer(request, 403, "request.forbidden", told)


@api.exception_handler(Http404)
def absent(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that nothing is here, or nothing for whoever asks."""
    return _answer(request, 404, "request.not_found", gettext("There is nothing at this address"))


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | dict)


for _room in settings.ROOMS:
    _name = f"assay.rooms.{_room}.api"
    if importlib.util.find_spec(_name):
        api.add_router(f"/{_room}/", importlib.import_module(_name).router)

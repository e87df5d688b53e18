"""The pages that say no, in the reader's language, each with what to do next."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_noop

from assay.figures import numbers
from assay.rooms.organisation.refusals import Refusal

from .formats import current_region

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What an error page says."""

    status: int
    title: str
    sentence: str
    error_id: str = ""


TITLES = {
    400: gettext_noop("This address could not be read"),
    401: gettext_noop("Sign in first"),
    403: gettext_noop("This page is not open to your role"),
    404: gettext_noop("There is nothing at this address"),
    409: gettext_noop("This could not be done"),
    413: gettext_noop("This file is too large"),
    422: gettext_noop("This could not be done"),
    429: gettext_noop("Wait a little before trying again"),
}


def sentence_of(refusal: Refusal) -> str:
    """Say a refusal in the language in force, its facts in the reader's formats."""
    return gettext(refusal.message).format(**_shown_facts(refusal.facts))


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: a page, or the fragment or JSON that a script asked for."""
    if request.headers.get("Accept", "").startswith("application/json"):
        facts = {"code": refusal.code, "message": sentence_of(refusal), "facts": refusal.facts}
        return JsonResponse(facts, status=refusal.status, json_dumps_params={"default": str})
    title = gettext(TITLES.get(refusal.status, TITLES[409]))
    return _page(request, Problem(status=refusal.status, title=title, sentence=sentence_of(refusal)))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say what in the address or form could not be read."""
    told = str(exception) if exception and type(exception).__name__ == "BadRequest" else ""
    # Django's own sentences about hosts and fields are in English and meant for a log.
    sentence = told or gettext("Check the address, or go back and start again from the page before.")
    return _page(request, Problem(status=400, title=gettext(TITLES[400]), sentence=sentence))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the page exists and the role lacks it."""
    sentence = gettext("Ask an administrator for a role that includes it, or choose another page from the menu.")
    return _page(request, Problem(status=403, title=gettext(TITLES[403]), sentence=sentence))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form's proof of origin is missing or old."""
    logger.warning("form refused at %s: %s", request.path, reason)
    problem = Problem(
        status=403,
        title=gettext("This form has expired"),
        sentence=gettext("Go back, reload the page and send it again. Cookies must be allowed for this site."),
    )
    return _page(request, problem)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that nothing is here, or nothing for this reader: the two look alike on purpose."""
    sentence = gettext("The address may be mistyped, or what it named is outside what you may see.")
    return _page(request, Problem(status=404, title=gettext(TITLES[404]), sentence=sentence))


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something failed, with the number that finds it in the log; needs no database."""
    error_id = getattr(request, "error_id", "") or secrets.token_hex(4)
    logger.error("error page %s shown for %s", error_id, request.path)
    problem = Problem(
        status=500,
        title=gettext("Something failed on our side"),
        sentence=gettext("Nothing was half saved. Try again; if it happens again, give this number to support."),
        error_id=error_id,
    )
    # Given by hand: the usual context would ask the database, which may be what failed.
    facts = {
        "problem": problem,
        "language": get_language() or "en",
        "languages": settings.LANGUAGES,
        "here": request.get_full_path(),
        "csrf_token": get_token(request),
    }
    return HttpResponse(render_to_string("500.html", facts), status=500)


def _page(request: HttpRequest, problem: Problem) -> HttpResponse:
    template = "problem_fragment.html" if "X-Fragment" in request.headers else "problem.html"
    return render(request, template, {"problem": problem}, status=problem.status)


def _shown_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _shown(value) for name, value in facts.items()}


def _shown(value: Any) -> Any:
    region = current_region()
    if isinstance(value, datetime):
        return numbers.format_moment(value, timezone.get_current_timezone(), region)
    if isinstance(value, date):
        return numbers.format_date(value, region)
    if isinstance(value, int) and not isinstance(value, bool):
        return numbers.format_count(value, region)
    if isinstance(value, Promise):
        return str(value)
    return value

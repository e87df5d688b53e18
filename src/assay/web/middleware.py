"""What happens to every request and response, whatever the page."""

import logging
import secrets
from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from assay.rooms.organisation.refusals import Refusal

from .errors import refused
from .formats import REGION_OF_LANGUAGE, locale_for, region_in_force

GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'none'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"

logger = logging.getLogger(__name__)


def content_security(get_response: GetResponse) -> GetResponse:
    """Forbid on every response whatever the page does not need; a view may set a policy of its own."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(settings.STATIC_URL):
            # Content under review and figures of people stay in no cache, not even the browser's own.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return respond


def person_settings(get_response: GetResponse) -> GetResponse:
    """Answer in the reader's language, region and zone: the person's own, else the browser's language."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        person = request.user
        language = translation.get_language_from_request(request)
        region, zone = REGION_OF_LANGUAGE[language], "UTC"
        if person.is_authenticated:
            language, region, zone = person.language, person.region, person.zone
        region = locale_for(language, region)
        request.language, request.region, request.zone = language, region, zone  # type: ignore[attr-defined]
        before = translation.get_language()
        translation.activate(language)
        with region_in_force(region), timezone.override(_zone(zone)):
            response = get_response(request)
        # A streamed export is written after this point and must stay in the reader's language.
        if before and not response.streaming:
            translation.activate(before)
        response.headers.setdefault("Content-Language", language)
        return response

    return respond


class Refusals:
    """Turn a refusal that no view caught into its page; give what nobody foresaw a number to ask for.

    A class, because Django looks for `process_exception` on what the factory returns.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refused(request, exception)
        if isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation | BadRequest):
            return None
        request.error_id = secrets.token_hex(4)  # type: ignore[attr-defined]
        logger.error("unforeseen error %s at %s", request.error_id, request.path)  # type: ignore[attr-defined]
        return None


def _zone(name: str) -> ZoneInfo:
    """Find a zone; a name this machine's tables lack counts as UTC rather than stopping every page."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

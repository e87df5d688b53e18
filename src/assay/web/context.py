"""What every template may rely on, under the name `page`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from assay.figures.numbers import format_zone
from assay.rooms.organisation import access
from assay.rooms.organisation.models import Person

from .formats import current_region
from .navigation import Group, menu_for

LANGUAGES: tuple[tuple[str, str], ...] = tuple(settings.LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The reader's settings and menu."""

    nav: tuple[Group, ...]
    person: Person | None
    language: str
    languages: tuple[tuple[str, str], ...]
    region: str
    zone: str
    zone_label: str
    theme: str
    density: str
    nonce: str
    here: str


def page(request: HttpRequest) -> dict[str, Any]:
    """Offer `page` to templates; nothing is looked up until one asks."""
    return {"page": SimpleLazyObject(lambda: _page(request))}


def _page(request: HttpRequest) -> Page:
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) else None
    zone = timezone.get_current_timezone_name()
    permissions = access.permissions_held(person) if person else frozenset()
    return Page(
        nav=menu_for(permissions, path=request.path) if person else (),
        person=person,
        language=get_language() or "en",
        languages=LANGUAGES,
        region=current_region(),
        zone=zone,
        zone_label=format_zone(zone, current_region(), timezone.now()),
        theme=str(person.theme) if person else "system",
        density=str(person.density) if person else "comfortable",
        nonce=getattr(request, "csp_nonce", ""),
        here=request.get_full_path(),
    )

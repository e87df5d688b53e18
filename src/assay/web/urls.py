"""Addresses: the house's own, then those of each room that has any."""

from __future__ import annotations

import importlib
import importlib.util

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from . import errors, health, trail, views
from .api import api


def _rooms() -> list[URLPattern | URLResolver]:
    """Include the addresses of every room that has a `urls.py`."""
    names = [f"assay.rooms.{room}.urls" for room in settings.ROOMS]
    return [path("", include(name)) for name in names if importlib.util.find_spec(name)]


urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("language", views.set_language, name="set_language"),
    path("help", views.help_page, name="help"),
    path("health", health.alive, name="alive"),
    path("admin/health", health.health, name="admin_health"),
    path("audit", trail.audit_log, name="audit"),
    path("api/", api.urls),
    *_rooms(),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

"""The languages, regions and time zones that a person may choose."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: list[tuple[str, str]] = [("en", "English"), ("es", "Español")]
REGIONS: list[tuple[str, str | Promise]] = [
    ("en_US", _("United States (English): 1,234.5")),
    ("en_GB", _("United Kingdom: 1,234.5")),
    ("en_IE", _("Ireland: 1,234.5")),
    ("en_IN", _("India: 12,34,567.8")),
    ("en_PH", _("Philippines: 1,234.5")),
    ("es_MX", _("Mexico: 1,234.5")),
    ("es_US", _("United States (Spanish): 1,234.5")),
    ("es_ES", _("Spain: 1.234,5")),
    ("es_CO", _("Colombia: 1.234,5")),
    ("es_AR", _("Argentina: 1.234,5")),
    ("es_CL", _("Chile: 1.234,5")),
]


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """List the zones by place, UTC first, without the aliases that only old systems use."""
    places = (n for n in available_timezones() if "/" in n and not n.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(places))

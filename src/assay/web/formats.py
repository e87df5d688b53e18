"""The region whose number and date formats the page being made follows.

Filters in templates see no request, so the middleware leaves the region here for the time of one request;
Django itself keeps the zone and the language the same way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from babel import Locale, UnknownLocaleError

REGION_OF_LANGUAGE = {"en": "en_US", "es": "es_MX"}

# Where a language has no formats for a territory: a locale of that language with the same decimal sign.
_TWINS = {"en": ("en_US", "en_DE"), "es": ("es_US", "es_ES")}

_region: ContextVar[str] = ContextVar("region", default="en_US")


def current_region() -> str:
    """Name the region in force."""
    return _region.get()


@contextmanager
def region_in_force(region: str) -> Iterator[None]:
    """Follow a region's formats until the block ends."""
    token = _region.set(region)
    try:
        yield
    finally:
        _region.reset(token)


@lru_cache(maxsize=256)
def locale_for(language: str, region: str) -> str:
    """Find the locale that writes numbers as the region does and names months in the language.

    A person may read Spanish in Dublin: figures stay as Dublin writes them, "Nov" becomes "nov".
    """
    if region.split("_", maxsplit=1)[0] == language:
        return region
    decimal = _decimal_sign(region)
    candidates = (f"{language}_{region.rsplit('_', maxsplit=1)[-1]}", *_TWINS.get(language, ()))
    return next((name for name in candidates if _decimal_sign(name) == decimal), region)


def _decimal_sign(name: str) -> str:
    try:
        locale = Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return ""
    return str(locale.number_symbols["latn"]["decimal"])

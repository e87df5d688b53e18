"""Counts, rates, dates and times as a reader of a region writes them.

A region ("en_US", "en_GB", "es_MX", "es_ES") is a setting apart from the language: it decides the
decimal sign, the grouping, the order of a date and the clock, never the words around a number.
"""

import math
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers

NBSP = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
TOLERANCE = 1e-9


class Unit(StrEnum):
    """What a value on a chart or in a table counts."""

    RATE = "rate"
    POINTS = "points"
    HALF_WIDTH = "half_width"
    COUNT = "count"
    NUMBER = "number"
    SECONDS = "seconds"


PERCENT_UNITS = (Unit.RATE, Unit.POINTS, Unit.HALF_WIDTH)


@lru_cache(maxsize=64)
def locale_of(region: str) -> Locale:
    """Find the region's formats; refuse a region that has none."""
    try:
        return Locale.parse(region.replace("-", "_"))
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"region must be a known locale such as es_MX, got {region!r}") from error


def checked_number(value: float, name: str = "value") -> float:
    """Return the number, or refuse one that is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return value


def format_count(n: int, region: str) -> str:
    """Write a whole number with the region's grouping: 12,345 or 12.345."""
    checked_number(n, "n")
    return _decimal(n, region, decimals=0)


def format_number(value: float, region: str, decimals: int = 1) -> str:
    """Write a number with a fixed count of decimals: 1,234.5 or 1.234,5."""
    checked_number(value)
    return _decimal(value, region, decimals=decimals)


def format_percent(value: float, region: str, decimals: int = 1) -> str:
    """Write a proportion from 0 to 1 as a percentage; 0 and 100 are kept for exactly none and all."""
    return _percent_sign(_percent_figures(value, region, decimals), region)


def format_points(difference: float, region: str, decimals: int = 1) -> str:
    """Write a difference of two proportions in percentage points, always with its sign."""
    checked_number(difference, "difference")
    return f"{_signed(difference * 100, region, decimals)}{NBSP}{points_sign(region)}"


def format_half_width(half_width: float, region: str, decimals: int = 1) -> str:
    """Write the half-width of an interval in percentage points: ±2.1 pp."""
    checked_number(half_width, "half_width")
    if half_width < 0:
        raise ValueError(f"half_width must not be negative, got {half_width!r}")
    return f"±{_decimal(half_width * 100, region, decimals=decimals)}{NBSP}{points_sign(region)}"


def format_interval(
    low: float, high: float, region: str, *, unit: Unit = Unit.RATE, decimals: int | None = None
) -> str:
    """Write both ends of an interval with the unit said once: 2.1–3.4%."""
    checked_number(low, "low")
    checked_number(high, "high")
    if low > high:
        raise ValueError(f"low must not exceed high, got {low!r} and {high!r}")
    places = decimals_for(low, high, unit) if decimals is None else decimals
    if unit is Unit.RATE:
        ends = (_percent_figures(end, region, places) for end in (low, high))
        return _percent_sign(EN_DASH.join(ends), region)
    if unit is Unit.POINTS:
        # With signs on both ends a tight dash would read as a minus.
        ends = (_signed(end * 100, region, places) for end in (low, high))
        return f"{f'{NBSP}{EN_DASH}{NBSP}'.join(ends)}{NBSP}{points_sign(region)}"
    joint = f"{NBSP}{EN_DASH}{NBSP}" if unit is Unit.SECONDS or low < 0 else EN_DASH
    return joint.join(format_value(end, unit, region, places) for end in (low, high))


def format_value(value: float, unit: Unit, region: str, decimals: int = 1) -> str:
    """Write one value of a unit."""
    match unit:
        case Unit.RATE:
            return format_percent(value, region, decimals)
        case Unit.POINTS:
            return format_points(value, region, decimals)
        case Unit.HALF_WIDTH:
            return format_half_width(value, region, decimals)
        case Unit.COUNT:
            return format_count(round(checked_number(value)), region)
        case Unit.SECONDS:
            return format_duration(value)
        case Unit.NUMBER:
            return format_number(value, region, decimals)


def decimals_for(low: float, high: float, unit: Unit = Unit.RATE) -> int:
    """Choose one decimal for a rate, two when the interval is narrower than half a point."""
    if unit not in PERCENT_UNITS:
        return 1
    return 2 if 0 < high - low < 0.005 else 1


def points_sign(region: str) -> str:
    """Give the sign of percentage points: pp, or p. p. in Spanish."""
    return f"p.{NBSP}p." if locale_of(region).language == "es" else "pp"


def format_date(day: date, region: str) -> str:
    """Write a day with its year."""
    return _unbroken(babel_dates.format_date(day, "medium", locale=locale_of(region)))


def format_day(day: date, region: str) -> str:
    """Write a day without its year, for an axis."""
    return _unbroken(str(babel_dates.format_skeleton("MMMd", day, locale=locale_of(region))))


def format_week(day: date, region: str) -> str:
    """Name the ISO week that holds the day, and its first and last day."""
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    days = babel_dates.format_interval(monday, monday + timedelta(days=6), skeleton="MMMd", locale=locale_of(region))
    return f"{year}-W{week:02d} ({_unbroken(days)})"


def format_moment(moment: datetime, zone: str | tzinfo, region: str) -> str:
    """Write a moment on the reader's clock, with the zone named."""
    if moment.tzinfo is None:
        raise ValueError(f"moment must carry its zone, got {moment.isoformat()}")
    locale = locale_of(region)
    local = moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)
    day = babel_dates.format_date(local, "medium", locale=locale)
    clock = babel_dates.format_time(local, "short", locale=locale)
    return f"{_unbroken(day)}, {_unbroken(clock)}{NBSP}{_offset(local)}"


def format_zone(zone: str, region: str, at: datetime) -> str:
    """Name a zone by its city and by its distance from UTC at a moment: Tijuana (UTC−8)."""
    local = at.astimezone(ZoneInfo(zone))
    city = babel_dates.get_timezone_location(ZoneInfo(zone), locale=locale_of(region), return_city=True)
    return _offset(local) if zone == "UTC" else f"{city} ({_offset(local)})"


def format_duration(seconds: float) -> str:
    """Write a length of time in its two largest units, with the signs every language shares."""
    checked_number(seconds, "seconds")
    if seconds < 0:
        raise ValueError(f"seconds must not be negative, got {seconds!r}")
    whole = round(seconds)
    parts = ((whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [(count, sign) for count, sign in parts[first : first + 2] if count] or [parts[-1]]
    return NBSP.join(f"{count}{NBSP}{sign}" for count, sign in shown)


def _percent_figures(value: float, region: str, decimals: int) -> str:
    checked_number(value)
    if not -TOLERANCE <= value <= 1 + TOLERANCE:
        raise ValueError(f"value must be a proportion from 0 to 1, got {value!r}")
    shown = _rounded(value * 100, decimals)
    step = Decimal(1).scaleb(-decimals)
    # "0.0%" of a million decisions may still be four hundred of them: say "less than", not "none".
    if shown == 0 and value > TOLERANCE:
        return f"<{_decimal(step, region, decimals=decimals)}"
    if shown == 100 and value < 1 - TOLERANCE:
        return f">{_decimal(100 - step, region, decimals=decimals)}"
    return _decimal(abs(shown), region, decimals=decimals)


def _percent_sign(figures: str, region: str) -> str:
    # The Academy and Mexico's NOM-008 put a space before the sign; CLDR has it for Spain alone.
    if locale_of(region).language == "es":
        return f"{figures}{NBSP}%"
    return f"{figures}%"


def _signed(value: float, region: str, decimals: int) -> str:
    shown = _rounded(value, decimals)
    if shown == 0:
        return _decimal(Decimal(0), region, decimals=decimals)
    sign = "+" if shown > 0 else MINUS
    return f"{sign}{_decimal(abs(shown), region, decimals=decimals)}"


def _rounded(value: float, decimals: int) -> Decimal:
    # repr keeps 2.5 a half, where the binary fraction behind it may not be one.
    return Decimal(repr(float(f"{value:.12g}"))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _decimal(value: float | Decimal, region: str, *, decimals: int) -> str:
    shown = value if isinstance(value, Decimal) else _rounded(value, decimals)
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    text = str(babel_numbers.format_decimal(shown, pattern, locale=locale_of(region)))
    return text.replace("-", MINUS).replace(" ", NBSP)


def _offset(local: datetime) -> str:
    # Short names clash (PST is Manila's and Tijuana's) and CLDR lacks most of them; the offset never does.
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    tail = f":{rest:02d}" if rest else ""
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}{tail}"


def _unbroken(text: str) -> str:
    return text.replace(" ", NBSP).replace("\u202f", NBSP)

from datetime import UTC, date, datetime

import pytest

from assay.figures import numbers
from assay.figures.numbers import Unit

S = "\u00a0"


@pytest.mark.parametrize(
    ("region", "shown"),
    [
        ("en_US", ("12,345", "1,234.5", "2.9%", f"−1.2{S}pp", "2.1–3.4%")),
        ("en_GB", ("12,345", "1,234.5", "2.9%", f"−1.2{S}pp", "2.1–3.4%")),
        ("es_MX", ("12,345", "1,234.5", f"2.9{S}%", f"−1.2{S}p.{S}p.", f"2.1–3.4{S}%")),
        ("es-MX", ("12,345", "1,234.5", f"2.9{S}%", f"−1.2{S}p.{S}p.", f"2.1–3.4{S}%")),
        ("es_ES", ("12.345", "1.234,5", f"2,9{S}%", f"−1,2{S}p.{S}p.", f"2,1–3,4{S}%")),
    ],
)
def test_numbers_follow_the_region(region, shown):
    assert (
        numbers.format_count(12345, region),
        numbers.format_number(1234.5, region),
        numbers.format_percent(0.029, region),
        numbers.format_points(-0.012, region),
        numbers.format_interval(0.021, 0.034, region),
    ) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0, 1, "0.0%"),
        (1, 1, "100.0%"),
        (0.0004, 1, "<0.1%"),
        (0.9996, 1, ">99.9%"),
        (0.0004, 2, "0.04%"),
        (0.995, 0, ">99%"),
        (0.0295, 1, "3.0%"),
        (0.0285, 1, "2.9%"),
        (1 + 1e-12, 1, "100.0%"),
        (-1e-12, 1, "0.0%"),
    ],
)
def test_few_is_never_shown_as_none(value, decimals, shown):
    assert numbers.format_percent(value, "en_US", decimals) == shown


@pytest.mark.parametrize("value", [1.01, -0.01, float("nan"), float("inf"), True, None, "0.1"])
def test_value_outside_a_proportion_is_refused(value):
    with pytest.raises(ValueError, match="value must be"):
        numbers.format_percent(value, "en_US")


def test_points_say_their_sign():
    assert numbers.format_points(0.0123, "en_US") == f"+1.2{S}pp"
    assert numbers.format_points(0.00001, "en_US") == f"0.0{S}pp"


def test_half_width_is_plus_or_minus():
    assert numbers.format_half_width(0.021, "es_ES") == f"±2,1{S}p.{S}p."
    with pytest.raises(ValueError, match="half_width must not be negative"):
        numbers.format_half_width(-0.1, "es_ES")


@pytest.mark.parametrize(
    ("low", "high", "unit", "shown"),
    [
        (0.0, 0.0, Unit.RATE, "0.0–0.0%"),
        (0.0301, 0.0334, Unit.RATE, "3.01–3.34%"),
        (-0.02, 0.01, Unit.POINTS, f"−2.0{S}–{S}+1.0{S}pp"),
        (3, 12000, Unit.COUNT, "3–12,000"),
        (60, 3600, Unit.SECONDS, f"1{S}min{S}–{S}1{S}h"),
        (-1.5, 2, Unit.NUMBER, f"−1.5{S}–{S}2.0"),
    ],
)
def test_interval_says_its_unit_once(low, high, unit, shown):
    assert numbers.format_interval(low, high, "en_US", unit=unit) == shown


def test_crossed_interval_is_refused():
    with pytest.raises(ValueError, match=r"low must not exceed high, got 0\.2 and 0\.1"):
        numbers.format_interval(0.2, 0.1, "en_US")


@pytest.mark.parametrize(
    ("region", "day", "week"),
    [
        ("en_US", f"Jan{S}5,{S}2026", f"2026-W02 (Jan{S}5\u2009–\u200911)"),
        ("en_GB", f"5{S}Jan{S}2026", f"2026-W02 (5–11{S}Jan)"),
        ("es_ES", f"5{S}ene{S}2026", f"2026-W02 (5–11{S}ene)"),
    ],
)
def test_dates_follow_the_region(region, day, week):
    assert numbers.format_date(date(2026, 1, 5), region) == day
    assert numbers.format_week(date(2026, 1, 7), region) == week


def test_week_belongs_to_its_iso_year():
    assert numbers.format_week(date(2027, 1, 1), "en_GB").startswith("2026-W53")


@pytest.mark.parametrize(
    ("zone", "region", "shown"),
    [
        ("America/Tijuana", "en_US", f"Jan{S}5,{S}2026, 2:03{S}PM{S}UTC−8"),
        ("Asia/Manila", "en_GB", f"6{S}Jan{S}2026, 06:03{S}UTC+8"),
        ("Asia/Kolkata", "en_GB", f"6{S}Jan{S}2026, 03:33{S}UTC+5:30"),
        ("UTC", "es_ES", f"5{S}ene{S}2026, 22:03{S}UTC"),
    ],
)
def test_moment_is_on_the_readers_clock(zone, region, shown):
    assert numbers.format_moment(datetime(2026, 1, 5, 22, 3, tzinfo=UTC), zone, region) == shown


def test_zone_is_named_by_city_and_offset():
    at = datetime(2026, 7, 1, tzinfo=UTC)
    assert numbers.format_zone("America/Tijuana", "es_MX", at) == "Tijuana (UTC−7)"
    assert numbers.format_zone("UTC", "es_MX", at) == "UTC"


def test_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="moment must carry its zone"):
        numbers.format_moment(datetime(2026, 1, 5), "UTC", "en_US")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, f"0{S}s"),
        (59.6, f"1{S}min"),
        (61, f"1{S}min{S}1{S}s"),
        (3660, f"1{S}h{S}1{S}min"),
        (3601, f"1{S}h"),
        (90000, f"1{S}d{S}1{S}h"),
    ],
)
def test_duration_is_in_its_two_largest_units(seconds, shown):
    assert numbers.format_duration(seconds) == shown


def test_negative_duration_is_refused():
    with pytest.raises(ValueError, match="seconds must not be negative"):
        numbers.format_duration(-1)


def test_unknown_region_is_refused():
    with pytest.raises(ValueError, match="region must be a known locale"):
        numbers.format_count(1, "xx_YY")

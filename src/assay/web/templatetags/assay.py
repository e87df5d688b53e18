"""Filters and tags of every template: values in the reader's formats, and rates with all that they need.

Nothing here needs `{% load %}`: the settings make it a builtin.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from assay.figures import numbers, tables
from assay.figures.numbers import Unit
from assay.rooms.organisation.labels import ROLES
from assay.rooms.organisation.terms import Role
from assay.stats.intervals import Interval
from assay.web.formats import current_region
from assay.web.labels import method_label

register = template.Library()
DASH = "—"


class Estimated(Protocol):
    """A value with its interval and sample size."""

    @property
    def value(self) -> float | None: ...
    @property
    def interval(self) -> Interval | None: ...
    @property
    def n(self) -> int: ...


@register.filter
def count(value: float | None) -> str:
    """Write a whole number."""
    return DASH if value is None else numbers.format_count(int(value), current_region())


@register.filter
def number(value: float | None, decimals: int = 1) -> str:
    """Write a number with decimals."""
    return DASH if value is None else numbers.format_number(float(value), current_region(), decimals)


@register.filter
def percent(value: float | None, decimals: int = 1) -> str:
    """Write a proportion from 0 to 1 as a percentage."""
    return DASH if value is None else numbers.format_percent(float(value), current_region(), decimals)


@register.filter
def points(value: float | None, decimals: int = 1) -> str:
    """Write a difference of proportions in percentage points."""
    return DASH if value is None else numbers.format_points(float(value), current_region(), decimals)


@register.filter
def duration(seconds: float | None) -> str:
    """Write a length of time."""
    return DASH if seconds is None else numbers.format_duration(float(seconds))


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment in the reader's zone; hover and focus show it in UTC."""
    if value is None:
        return DASH
    local = numbers.format_moment(value, timezone.get_current_timezone(), current_region())
    in_utc = numbers.format_moment(value, "UTC", current_region())
    return format_html('<time datetime="{}" title="{}" tabindex="0">{}</time>', value.isoformat(), in_utc, local)


@register.filter
def when(value: datetime | None) -> str:
    """Write a moment in a long table, where a stop for the Tab key on each would be in the way."""
    return moment(value) if value is None else mark_safe(moment(value).replace(' tabindex="0"', ""))  # noqa: S308


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day; a moment's day is the one in the reader's zone."""
    if value is None:
        return DASH
    return numbers.format_date(_local_day(value), current_region())


@register.filter
def week(value: date | datetime | None) -> str:
    """Name the ISO week of a day."""
    return DASH if value is None else numbers.format_week(_local_day(value), current_region())


@register.filter
def bounds(value: Interval | None) -> str:
    """Write both ends of an interval of a rate."""
    return DASH if value is None else numbers.format_interval(value.low, value.high, current_region())


@register.simple_tag
def interval(estimate: Estimated) -> str:
    """Write an estimate's interval, or say why there is none."""
    found = estimate.interval
    return gettext("Not enough data") if found is None else bounds(found)


@register.inclusion_tag("components/_rate.html")
def rate(estimate: Estimated) -> dict[str, Any]:
    """Write a rate in a line of text: value, interval, n."""
    return _figure_facts(estimate)


@register.inclusion_tag("components/_figure.html")
def estimate_figure(estimate: Estimated, label: str, **more: Any) -> dict[str, Any]:
    """Show a rate as a tile: value, interval, n and method.

    Keywords: `unit` ("rate" or "points"), `open_url` (the rows behind it), `definition_url`, `note` (a
    verdict in words), `before` (the estimate of the period before), `change` (text), `hint`.
    """
    unit = Unit(more.pop("unit", "rate"))
    before = more.pop("before", None)
    return {
        **_figure_facts(estimate, unit=unit),
        "label": label,
        "before": _figure_facts(before, unit=unit) if before is not None else None,
        **more,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row of a table as text, with where its first cell leads."""

    cells: tuple[tuple[tables.Column, str], ...]
    href: str


@register.filter
def shown_rows(table: tables.Table, hrefs: Sequence[str] | None = None) -> Iterator[ShownRow]:
    """Write a table's rows in the reader's formats."""
    zone = timezone.get_current_timezone_name()
    for number_, row in enumerate(tables.shown_rows(table, region=current_region(), zone=zone)):
        href = hrefs[number_] if hrefs else ""
        yield ShownRow(cells=tuple(zip(table.columns, row, strict=True)), href=href or "")


@register.filter
def is_numeric(column: tables.Column) -> bool:
    """Tell whether a column's values line up on the right."""
    return column.kind not in (tables.Kind.TEXT, tables.Kind.DATE, tables.Kind.MOMENT)


@register.filter
def drawn(svg: str) -> SafeString:
    """Let a picture from the charts through as it is: they escape every text themselves."""
    if not svg.startswith("<svg"):
        raise ValueError(f"a chart must start with <svg, got {svg[:20]!r}")
    return mark_safe(svg)  # noqa: S308


@register.filter
def field_describedby(field: Any) -> str:
    """Name the hint and the errors of a form field, for assistive technology."""
    names = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*names, f"{field.auto_id}_error"] if field.errors else names)


@register.filter
def role_name(role: str) -> str:
    """Name a role."""
    return str(ROLES[Role(role)]) if role in set(Role) else role


@register.filter
def share(value: float) -> str:
    """Write how far something is; unlike a rate it needs no interval."""
    return numbers.format_percent(min(max(value, 0.0), 1.0), current_region(), 0)


@register.filter
def exact_number(value: float) -> str:
    """Write a number for a program, whatever the language: a point for decimals."""
    return repr(float(value))


@register.filter
def time_left(job: Any) -> str:
    """Guess how long a running job still needs; nothing while there is too little to go by."""
    if job.progress < 0.05 or job.progress >= 1:
        return ""
    passed = (timezone.now() - job.created_at).total_seconds()
    return numbers.format_duration(passed * (1 - job.progress) / job.progress)


@register.filter
def language_name(code: str) -> str:
    """Name a language of content in the reader's language: "es" is Spanish, or español."""
    locale = numbers.locale_of(current_region())
    return str(locale.languages.get(code.replace("-", "_").split("_")[0], code))


def _figure_facts(estimate: Estimated, *, unit: Unit = Unit.RATE) -> dict[str, Any]:
    found = estimate.interval
    region = current_region()
    return {
        "estimate": estimate,
        "value": None if estimate.value is None else numbers.format_value(estimate.value, unit, region),
        "interval": None if found is None else numbers.format_interval(found.low, found.high, region, unit=unit),
        "confidence": None if found is None else numbers.format_percent(found.confidence, region, 0),
        "method": None if found is None else method_label(found.method),
        "n": estimate.n,
    }


def _local_day(value: date | datetime) -> date:
    if not isinstance(value, datetime):
        return value
    return value.astimezone(timezone.get_current_timezone()).date()

"""A figure in a line of text: value, interval and n, never one without the others."""

from __future__ import annotations

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.translation import gettext

from assay.figures import numbers
from assay.figures.numbers import Unit
from assay.stats.intervals import Method

from ..figures import Figure

register = template.Library()


@register.simple_tag(takes_context=True)
def figure_line(context: RequestContext, figure: Figure, unit: str = "rate") -> str:
    """Write a figure with its interval and n, each exact in a data attribute too."""
    region = context["page"].region
    n = numbers.format_count(figure.n, region)
    if figure.value is None:
        return format_html(
            '<span class="rate" data-n="{}"><span class="muted">{}</span> <span class="rate-n">n = {}</span></span>',
            figure.n,
            gettext("Not enough data"),
            n,
        )
    return format_html(
        '<span class="rate" data-n="{}" data-value="{}"{}><strong class="num">{}</strong>'
        ' <span class="rate-interval">({})</span> <span class="rate-n">n = {}</span></span>',
        figure.n,
        repr(figure.value),
        _bounds(figure),
        numbers.format_value(figure.value, Unit(unit), region),
        _interval(figure, Unit(unit), region),
        n,
    )


def _bounds(figure: Figure) -> str:
    if figure.interval is None:
        return ""
    return format_html(' data-low="{}" data-high="{}"', repr(figure.interval.low), repr(figure.interval.high))


def _interval(figure: Figure, unit: Unit, region: str) -> str:
    if figure.interval is None:
        return gettext("no interval")
    if figure.interval.method is Method.CENSUS:
        return gettext("counted in full")
    return numbers.format_interval(figure.interval.low, figure.interval.high, region, unit=unit)

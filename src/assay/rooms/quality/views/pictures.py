"""Figures as charts: the same numbers, their words and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language, gettext

from assay.figures import numbers
from assay.figures.charts import confusion_matrix, control_chart, forest_plot, funnel_plot
from assay.figures.charts.frame import Heading
from assay.figures.tables import Table
from assay.figures.words import words_in
from assay.stats.funnel import Position

from .. import labels
from ..figures import Figure
from ..queries.confusion import Confusion
from ..queries.overview import Look
from ..queries.people import Funnel, Placed
from ..rules import chart_period
from ..terms import FEWEST_REVIEWS, Cut
from . import words
from .asking import Asked, facts, filter_words

# A chart alone takes the page's width; two share it.
WIDE, HALF = 1080, 560


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn chart with the table of its numbers; `key` names it in addresses."""

    key: str
    svg: str
    table: Table


def control(asked: Asked, look: Look) -> Picture:
    """Draw a measure week by week between its limits."""
    chart = control_chart.ControlChart(
        heading=heading(
            asked,
            key=f"trend-{look.measure.code}",
            title=words.trend_title(look, asked.region),
            subtitle=gettext("%(measure)s by ISO week (UTC), %(filters)s. Band: control limits")
            % {
                "measure": words.measure_name(look.measure.code),
                "filters": filter_words(asked, chart_period(asked.filters)),
            },
            width=HALF,
            method=gettext("%(method)s; %(limits)s")
            % {"method": words.method(look.change.now), "limits": words.limits_text(look.trend, asked.region)},
        ),
        points=tuple(
            control_chart.ChartPoint(
                label=numbers.format_week(week.start_on, asked.region),
                start_on=week.start_on,
                value=week.figure.value if week.figure else None,
                low=week.figure.interval.low if week.figure and week.figure.interval else None,
                high=week.figure.interval.high if week.figure and week.figure.interval else None,
                n=week.figure.n if week.figure else 0,
                lower_limit=week.lower,
                upper_limit=week.upper,
                partial=week.is_partial,
                signal_text="; ".join(str(labels.RULES[rule, week.is_above]) for rule in week.signals),
            )
            for week in look.trend.weeks
        )
        if any(week.figure and week.figure.value is not None for week in look.trend.weeks)
        else (),
        centre=look.trend.centre,
        minimum_n=FEWEST_REVIEWS,
    )
    return _picture(asked, f"trend-{look.measure.code}", control_chart.draw(chart), control_chart.table_of(chart))


def forest(
    asked: Asked,
    key: str,
    title: str,
    figures: Sequence[Figure],
    *,
    cut: Cut,
    whole: Figure,
    names: Mapping[str, str],
    x_range: tuple[float, float] | None = None,
    width: int = WIDE,
) -> Picture:
    """Draw one measure in each group with its interval; weeks stay in their own order."""
    chart = forest_plot.ForestPlot(
        heading=heading(
            asked,
            key=key,
            title=title,
            subtitle=gettext("By %(cut)s, %(filters)s. Bars: 95 %% intervals")
            % {"cut": labels.filter_label(cut).lower(), "filters": filter_words(asked)},
            method=words.method(whole),
            width=width,
        ),
        rows=tuple(_forest_row(figure, cut, names) for figure in figures),
        unit=words.unit_of(whole.measure),
        minimum_n=FEWEST_REVIEWS,
        reference=whole.value,
        reference_label=gettext("All selected"),
        in_own_order=cut in {Cut.WEEK, Cut.TENURE},
        x_range=x_range,
    )
    return _picture(asked, key, forest_plot.draw(chart), forest_plot.table_of(chart))


def x_range_of(figures: Sequence[Figure], whole: Figure) -> tuple[float, float]:
    """Return the range that several forest plots share."""
    bounds = [bound for figure in (*figures, whole) for bound in _bounds(figure)]
    return (min(bounds, default=0.0), max(bounds, default=1.0))


def funnel(asked: Asked, key: str, title: str, subtitle: str, funnel: Funnel) -> Picture:
    """Draw everyone by how much was reviewed; a name stands only beside those outside the limits."""
    spread = gettext("The spread is real, not noise: people differ by more than chance (φ = %(phi)s).")
    chance = gettext("Chance alone explains the spread.")
    phi = None if funnel.phi is None else numbers.format_number(funnel.phi, asked.region)
    chart = funnel_plot.FunnelPlot(
        heading=heading(asked, key=key, title=title, subtitle=subtitle, method=words.method(funnel.target)),
        points=tuple(_funnel_point(placed) for placed in funnel.placed if placed.figure.value is not None),
        target=funnel.target.value or 0.0,
        target_label=gettext("All together"),
        limits=tuple(
            funnel_plot.Limits(
                name=numbers.format_percent(limits.probability, asked.region, 1 if limits.probability > 0.99 else 0),
                curve=limits.curve,
            )
            for limits in funnel.limits
        ),
        minimum_n=FEWEST_REVIEWS,
        x_title=gettext("Effective reviews"),
        y_title=words.measure_name(funnel.target.measure),
        note="" if phi is None else (spread % {"phi": phi} if funnel.is_over_dispersed else chance),
    )
    return _picture(asked, key, funnel_plot.draw(chart), funnel_plot.table_of(chart))


def matrix(
    asked: Asked, key: str, title: str, confusion: Confusion, *, row_cut: str, column_cut: str, method: str
) -> Picture:
    """Draw first decisions against findings."""
    names = words.value_names(row_cut, get_language() or "en")
    chart = confusion_matrix.ConfusionMatrix(
        heading=heading(asked, key=key, title=title, subtitle=filter_words(asked), method=method),
        row_title=gettext("First decision"),
        column_title=gettext("Review found"),
        rows=tuple((value, names.get(value) or labels.value_label(row_cut, value)) for value in confusion.rows),
        columns=tuple(
            (value, names.get(value) or labels.value_label(column_cut, value)) for value in confusion.columns
        ),
        cells=tuple(
            tuple(
                confusion_matrix.MatrixCell(
                    count=cell.count,
                    share=cell.share,
                    low=cell.interval.low if cell.interval else None,
                    high=cell.interval.high if cell.interval else None,
                )
                for cell in row
            )
            for row in confusion.cells
        ),
    )
    return _picture(asked, key, confusion_matrix.draw(chart), confusion_matrix.table_of(chart))


def heading(asked: Asked, *, key: str, title: str, subtitle: str, method: str, width: int = WIDE) -> Heading:
    """Head a chart in the reader's language and region, drawn at about the width it is shown at."""
    return Heading(
        key=key,
        title=title,
        subtitle=subtitle,
        method=method,
        region=asked.region,
        words=words_in(get_language() or "en"),
        width=width,
    )


def _picture(asked: Asked, key: str, svg: str, table: Table) -> Picture:
    return Picture(key=key, svg=svg, table=replace(table, facts=(*facts(asked), *table.facts)))


def _forest_row(figure: Figure, cut: Cut, names: Mapping[str, str]) -> forest_plot.ForestRow:
    value = figure.group[0]
    return forest_plot.ForestRow(
        label=names.get(value) or labels.value_label(cut, value),
        value=figure.value,
        low=figure.interval.low if figure.interval else None,
        high=figure.interval.high if figure.interval else None,
        n=figure.n,
        remark=words.reason(figure),
    )


def _bounds(figure: Figure) -> tuple[float, ...]:
    if figure.value is None:
        return ()
    return (figure.value, figure.interval.low, figure.interval.high) if figure.interval else (figure.value,)


def _funnel_point(placed: Placed) -> funnel_plot.FunnelPoint:
    figure = placed.figure
    position = {
        Position.ABOVE: funnel_plot.Position.ABOVE,
        Position.FAR_ABOVE: funnel_plot.Position.ABOVE,
        Position.BELOW: funnel_plot.Position.BELOW,
        Position.FAR_BELOW: funnel_plot.Position.BELOW,
    }.get(placed.position, funnel_plot.Position.INSIDE)
    return funnel_plot.FunnelPoint(
        label=placed.name,
        value=figure.value or 0.0,
        n=placed.size,
        low=figure.interval.low if figure.interval else None,
        high=figure.interval.high if figure.interval else None,
        position=position,
        remark=str(labels.POSITIONS[placed.position]),
    )

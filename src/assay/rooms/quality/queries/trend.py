"""A measure week by week, with the limits that tell news from the usual variation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assay.stats.control import ControlChart, Rule, p_chart

from ..figures import Figure

# The weeks under judgement do not help to set the limits they are judged by.
RECENT_WEEKS = 4
FEWEST_BASELINE_WEEKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One ISO week (UTC): its figure, none without a review, and where it stands to its limits."""

    start_on: date
    figure: Figure | None
    lower: float | None
    upper: float | None
    is_partial: bool
    signals: tuple[Rule, ...]
    is_above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The weeks of a chart, gaps included, and how its limits were made."""

    weeks: tuple[Week, ...]
    centre: float | None
    limits: str
    run_length: float | None

    def signals_since(self, start: date) -> tuple[Week, ...]:
        """Return the weeks from a day on that have a special cause."""
        return tuple(week for week in self.weeks if week.signals and week.start_on + timedelta(days=6) >= start)


def trend_of(figures: Sequence[Figure], *, first: date, last: date, today: date) -> Trend:
    """Lay weekly figures on a control chart.

    Args:
        figures: Cut by week; the group is the Monday as text.
        first: A day of the first week shown.
        last: A day of the last week shown.
        today: The week that holds it is not over: it is shown, but sets no limit and raises no signal.
    """
    by_monday = {date.fromisoformat(figure.group[0]): figure for figure in figures}
    mondays = _mondays(first, last)
    shown = [by_monday.get(monday) for monday in mondays]
    partial = [monday + timedelta(days=7) > today for monday in mondays]
    sizes = [math.nan if skip else size_of(figure) for figure, skip in zip(shown, partial, strict=True)]
    errors = [size * _value(figure) for size, figure in zip(sizes, shown, strict=True)]
    chart = p_chart(errors, sizes, baseline=_baseline(sizes))
    return _trend(chart, mondays, shown, partial)


def size_of(figure: Figure | None) -> float:
    """Return the reviews a figure is worth: the effective number, at most those made; NaN without a value."""
    if figure is None or figure.value is None or figure.n == 0:
        return math.nan
    return min(float(figure.n), figure.n_eff) if figure.n_eff else float(figure.n)


def _value(figure: Figure | None) -> float:
    return math.nan if figure is None or figure.value is None else figure.value


def _mondays(first: date, last: date) -> list[date]:
    start = first - timedelta(days=first.weekday())
    return [start + timedelta(weeks=i) for i in range(max(0, (last - start).days // 7 + 1))]


def _baseline(sizes: Sequence[float]) -> list[bool]:
    early = [i < len(sizes) - RECENT_WEEKS and not math.isnan(size) for i, size in enumerate(sizes)]
    return early if sum(early) >= FEWEST_BASELINE_WEEKS else [not math.isnan(size) for size in sizes]


def _trend(
    chart: ControlChart, mondays: Sequence[date], shown: Sequence[Figure | None], partial: Sequence[bool]
) -> Trend:
    signals: dict[int, list[Rule]] = {}
    above: dict[int, bool] = {}
    for signal in chart.signals:
        signals.setdefault(signal.index, []).append(signal.rule)
        above[signal.index] = signal.above
    weeks = tuple(
        Week(
            start_on=monday,
            figure=shown[i],
            lower=chart.lower[i],
            upper=chart.upper[i],
            is_partial=partial[i],
            signals=tuple(signals.get(i, ())),
            is_above=above.get(i, False),
        )
        for i, monday in enumerate(mondays)
    )
    return Trend(weeks=weeks, centre=chart.centre, limits=str(chart.method), run_length=chart.in_control_run_length)

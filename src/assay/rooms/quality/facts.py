"""A figure as plain facts, the same for the API and the command line and under the names the pages use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from assay.stats.intervals import Interval

from .figures import Change, Figure
from .measures import Measure
from .terms import Cut, Filters


def filter_facts(filters: Filters) -> dict[str, Any]:
    """Return the filters in force."""
    return {
        **{name: list(values) for name, values in sorted(filters.equals.items())},
        "from": filters.start.isoformat() if filters.start else None,
        "to": filters.end.isoformat() if filters.end else None,
        "weight": str(filters.weight),
    }


def measure_facts(measure: Measure) -> dict[str, Any]:
    """Return what a measure is."""
    return {
        "measure": str(measure.code),
        "basis": str(measure.basis),
        "population": str(measure.population),
        "counted": sorted(measure.counted),
        "better": str(measure.better),
    }


def change_facts(change: Change, cuts: Sequence[Cut]) -> dict[str, Any]:
    """Return a figure, and the period before when it was asked for."""
    facts = figure_facts(change.now, cuts)
    if change.before is not None:
        facts["before"] = figure_facts(change.before, cuts)
        facts["difference"] = change.difference
        facts["difference_interval"] = interval_facts(change.interval)
        facts["comparison"] = str(change.comparison)
    return facts


def figure_facts(figure: Figure, cuts: Sequence[Cut]) -> dict[str, Any]:
    """Return a figure with all that is needed to trust it."""
    return {
        "measure": str(figure.measure),
        "basis": str(figure.basis),
        "group": {str(cut): value for cut, value in zip(cuts, figure.group, strict=True)},
        "value": figure.value,
        "interval": interval_facts(figure.interval),
        "n": figure.n,
        "counted": figure.counted,
        # A full count is worth infinitely many reviews; JSON has no word for that.
        "n_eff": figure.n_eff if figure.n_eff is not None and math.isfinite(figure.n_eff) else None,
        "method": figure.method,
        "reason": figure.reason,
        "unreviewed": figure.unreviewed,
    }


def interval_facts(interval: Interval | None) -> dict[str, Any] | None:
    """Return the bounds, what they promise, and how they were made."""
    if interval is None:
        return None
    return {
        "low": interval.low,
        "high": interval.high,
        "confidence": interval.confidence,
        "method": str(interval.method),
    }

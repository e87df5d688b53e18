"""One figure: a value that carries its interval, its n and its method wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from assay.stats.estimation import Estimate
from assay.stats.intervals import Interval, difference_interval

from .measures import Measure
from .terms import Basis, Better, Comparison, MeasureCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What is known of one measure in one group.

    Attributes:
        measure: Which measure.
        basis: What it is computed from.
        group: Value of each cut, in order; none for everything selected.
        value: The estimate; none when undefined.
        interval: Its bounds; none when undefined.
        n: Reviewed decisions (or double reviews, or decided appeals) behind it.
        counted: Of these, how many have what is measured.
        n_eff: Size of a simple random sample of the same certainty; none for a full count.
        method: The estimator, by name.
        reason: Why there is no value, by name; "" when there is one.
        unreviewed: Sampled decisions of the same strata without a judgement, taken to be like the others.
    """

    measure: MeasureCode
    basis: Basis
    group: tuple[str, ...] = ()
    value: float | None
    interval: Interval | None
    n: int
    counted: int
    n_eff: float | None
    method: str
    reason: str = ""
    unreviewed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure against the one before; the difference has an interval of its own."""

    now: Figure
    before: Figure | None
    difference: float | None
    interval: Interval | None
    comparison: Comparison


def figure_of(measure: Measure, estimate: Estimate, *, group: tuple[str, ...] = (), unreviewed: int = 0) -> Figure:
    """Name an estimate after the measure and the group it belongs to."""
    return Figure(
        measure=measure.code,
        basis=measure.basis,
        group=group,
        value=estimate.value,
        interval=estimate.interval,
        n=estimate.n,
        counted=estimate.errors,
        n_eff=estimate.n_eff,
        method=str(estimate.method),
        reason=str(estimate.reason or ""),
        unreviewed=unreviewed,
    )


def change_of(now: Figure, before: Figure | None, *, better: Better) -> Change:
    """Compare a figure with the period before: better, worse, or no difference shown."""
    if before is None or now.value is None or before.value is None or now.interval is None or before.interval is None:
        return Change(now=now, before=before, difference=None, interval=None, comparison=Comparison.NO_COMPARISON)
    interval = difference_interval(now, before)
    return Change(
        now=now,
        before=before,
        difference=now.value - before.value,
        interval=interval,
        comparison=_comparison(interval, better),
    )


def _comparison(interval: Interval, better: Better) -> Comparison:
    if interval.low <= 0.0 <= interval.high:
        return Comparison.NOT_SHOWN
    rose = interval.low > 0.0
    return Comparison.BETTER if rose == (better is Better.HIGHER) else Comparison.WORSE

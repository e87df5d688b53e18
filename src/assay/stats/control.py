"""Control charts of a rate: limits for every point, and signals that mean something."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assay.stats import binomials
from assay.stats.arrays import BoolArray, FloatArray

FEWEST_POINTS = 12
RUN_LENGTH = 8
# Chances beyond the lower and upper limit: those of three sigma under the normal curve.
LIMIT_TAIL = 0.00135
OVERDISPERSED = 1.2
UNDERDISPERSED = 0.8
# Laney's limits are normal ones: they need subgroups that are large.
LARGE_SUBGROUP_ERRORS = 10.0
MOVING_RANGE = 1.128


class LimitMethod(StrEnum):
    """How the limits were made."""

    BINOMIAL = "binomial"
    LANEY = "laney"
    NONE = "none"


class Rule(StrEnum):
    """Why a point is a signal."""

    BEYOND_LIMIT = "beyond_limit"
    EIGHT_ON_ONE_SIDE = "eight_on_one_side"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A point with a special cause.

    Attributes:
        index: Its position on the chart.
        rule: The rule it breaks.
        above: Whether it lies above the centre.
    """

    index: int
    rule: Rule
    above: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """A chart ready to be drawn; gaps are none.

    Attributes:
        points: Rate of each period: (points,).
        centre: The centre line; none before there are enough points.
        lower: Lower limit of each period: (points,).
        upper: Upper limit of each period: (points,).
        signals: Points beyond a limit or in a run.
        sigma_z: Spread of the points relative to sampling alone; none when unknown.
        method: How the limits were made.
        in_control_run_length: Periods between false signals on average, with both rules;
            none without limits.
        under_dispersed: Points vary less than sampling alone would have them: the
            subgroups are probably not independent samples.
    """

    points: tuple[float | None, ...]
    centre: float | None
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    signals: tuple[Signal, ...]
    sigma_z: float | None
    method: LimitMethod
    in_control_run_length: float | None
    under_dispersed: bool


def p_chart(
    errors_eff: ArrayLike,
    n_eff: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    centre: float | None = None,
    sigma_z: float | None = None,
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    """Chart a rate by period, with exact limits or Laney's.

    Args:
        errors_eff: Effective errors of each period, rate x n_eff; NaN for a gap: (points,).
        n_eff: Effective sample size of each period; NaN or 0 for a gap: (points,). Where a
            large part of the frame was reviewed use at most n: the process varies even when
            the frame is known.
        baseline: True for the periods the centre and spread come from: (points,). All
            when none.
        centre: A centre frozen earlier, between 0 and 1; estimated when none.
        sigma_z: The spread frozen with it; estimated when none.
        fewest: Baseline points under which there are no limits (a frozen centre waives it).

    Returns:
        The chart. Limits hold for each period's own sample size: exact binomial, or Laney's
        when the points vary more than 1.2 times as much as sampling alone explains and
        the subgroups are large. A point on a limit is inside; a gap ends a run.

    Raises:
        ValueError: Lengths differ, or errors lie outside 0 to n.

    Assumes: Periods are independent samples; the baseline was stable.
    Source: Montgomery (2013), Introduction to Statistical Quality Control, 7.3; Laney
        (2002), Quality Engineering 14, 531-537; Western Electric (1956).
    """
    errors, sizes = _checked(errors_eff, n_eff)
    present = sizes > 0.0
    chosen = present & _baseline(baseline, errors.size)
    rates = np.where(present, errors / np.where(present, sizes, 1.0), np.nan)
    middle = _centre(errors, sizes, chosen, centre, fewest)
    if middle is None:
        return _without_limits(rates, present)
    spread = sigma_z if sigma_z is not None else _sigma_z(rates, sizes, chosen, middle)
    method = _limit_method(spread, sizes[chosen] if chosen.any() else sizes[present], middle)
    lower, upper = _limits(sizes, present, middle, spread, method)
    return ControlChart(
        points=_optional(rates, present),
        centre=middle,
        lower=_optional(lower, present),
        upper=_optional(upper, present),
        signals=tuple(_signals(rates, present, middle, lower, upper)),
        sigma_z=spread,
        method=method,
        in_control_run_length=_run_length(sizes[present], middle, method),
        under_dispersed=spread is not None and spread < UNDERDISPERSED,
    )


def run_length(*, above: float, below: float, outside: float) -> float:
    """Return the mean number of points to a signal by either rule.

    Args:
        above: Chance of a point above the centre within the limits, 0 to 1.
        below: Chance of a point below the centre within the limits, 0 to 1.
        outside: Chance of a point beyond a limit, 0 to 1; the rest lies on the centre.

    Returns:
        Mean run length from a fresh start; infinite when nothing can signal.

    Raises:
        ValueError: The chances do not fit together.

    Assumes: Points are independent.
    Source: Champ and Woodall (1987), Technometrics 29, 393-399 (Markov chain).
    """
    if min(above, below, outside) < 0.0 or above + below + outside > 1.0 + 1e-9:
        raise ValueError(f"chances must be 0 or more and sum to at most 1, got {above}, {below}, {outside}")
    if outside == 0.0 and above == 0.0 and below == 0.0:
        return math.inf
    # State 0 is fresh; 1 to 7 are runs above, 8 to 14 runs below; the eighth signals.
    steps = RUN_LENGTH - 1
    chain = np.zeros((2 * steps + 1, 2 * steps + 1))
    on_centre = max(0.0, 1.0 - above - below - outside)
    for state in range(2 * steps + 1):
        chain[state, 0] += on_centre
        up = state + 1 if 1 <= state <= steps else 1
        down = state + 1 if state > steps else steps + 1
        if up <= steps:
            chain[state, up] += above
        if down <= 2 * steps:
            chain[state, down] += below
    return float(np.linalg.solve(np.eye(2 * steps + 1) - chain, np.ones(2 * steps + 1))[0])


def _centre(
    errors: FloatArray, sizes: FloatArray, chosen: BoolArray, centre: float | None, fewest: int
) -> float | None:
    if centre is not None:
        if not 0.0 <= centre <= 1.0:
            raise ValueError(f"centre must lie between 0 and 1, got {centre}")
        return centre
    if int(chosen.sum()) < max(1, fewest):
        return None
    return float(errors[chosen].sum() / sizes[chosen].sum())


def _sigma_z(rates: FloatArray, sizes: FloatArray, chosen: BoolArray, centre: float) -> float | None:
    """Compare neighbouring points: their moving range, in units of the sampling error."""
    if not 0.0 < centre < 1.0 or int(chosen.sum()) < 2:
        return None
    z = (rates[chosen] - centre) / np.sqrt(centre * (1.0 - centre) / sizes[chosen])
    return float(np.abs(np.diff(z)).mean() / MOVING_RANGE)


def _limit_method(spread: float | None, sizes: FloatArray, centre: float) -> LimitMethod:
    rarer = min(centre, 1.0 - centre)
    large = sizes.size > 0 and float(np.median(sizes)) * rarer >= LARGE_SUBGROUP_ERRORS
    if spread is not None and spread > OVERDISPERSED and large:
        return LimitMethod.LANEY
    return LimitMethod.BINOMIAL


def _limits(
    sizes: FloatArray, present: BoolArray, centre: float, spread: float | None, method: LimitMethod
) -> tuple[FloatArray, FloatArray]:
    safe = np.where(present, sizes, 1.0)
    if method is LimitMethod.LANEY and spread is not None:
        half = 3.0 * spread * np.sqrt(centre * (1.0 - centre) / safe)
        return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
    # Effective sizes are fractional; limits are counts of the nearest whole size.
    whole = np.maximum(1.0, np.round(safe))
    lower = binomials.quantile(LIMIT_TAIL, whole, centre) / whole
    upper = binomials.quantile(1.0 - LIMIT_TAIL, whole, centre) / whole
    return lower, upper


def _signals(
    rates: FloatArray, present: BoolArray, centre: float, lower: FloatArray, upper: FloatArray
) -> list[Signal]:
    found, run, side = [], 0, 0
    for i in range(rates.size):
        if not present[i]:
            run, side = 0, 0
            continue
        above, below = rates[i] > centre + 1e-12, rates[i] < centre - 1e-12
        here = int(above) - int(below)
        run = run + 1 if here == side and here != 0 else abs(here)
        side = here
        if rates[i] > upper[i] + 1e-12 or rates[i] < lower[i] - 1e-12:
            found.append(Signal(index=i, rule=Rule.BEYOND_LIMIT, above=bool(above)))
        if run >= RUN_LENGTH:
            found.append(Signal(index=i, rule=Rule.EIGHT_ON_ONE_SIDE, above=bool(above)))
    return found


def _run_length(sizes: FloatArray, centre: float, method: LimitMethod) -> float | None:
    """Work out the in-control run length at the median size."""
    if sizes.size == 0:
        return None
    if method is LimitMethod.LANEY:
        inside = 0.5 - float(special.ndtr(-3.0))
        return run_length(above=inside, below=inside, outside=1.0 - 2.0 * inside)
    size = np.maximum(1.0, np.round(np.median(sizes)))
    counts = np.arange(0.0, size + 1.0)
    chances = -np.diff(binomials.chance_of_at_least(np.arange(0.0, size + 2.0), size, centre))
    low = binomials.quantile(LIMIT_TAIL, size, centre)
    high = binomials.quantile(1.0 - LIMIT_TAIL, size, centre)
    within = (counts >= low) & (counts <= high)
    above, below = counts > size * centre + 1e-9, counts < size * centre - 1e-9
    return run_length(
        above=float(chances[within & above].sum()),
        below=float(chances[within & below].sum()),
        outside=max(0.0, float(chances[~within].sum())),
    )


def _without_limits(rates: FloatArray, present: BoolArray) -> ControlChart:
    nothing: tuple[float | None, ...] = (None,) * rates.size
    return ControlChart(
        points=_optional(rates, present),
        centre=None,
        lower=nothing,
        upper=nothing,
        signals=(),
        sigma_z=None,
        method=LimitMethod.NONE,
        in_control_run_length=None,
        under_dispersed=False,
    )


def _checked(errors_eff: ArrayLike, n_eff: ArrayLike) -> tuple[FloatArray, FloatArray]:
    errors, sizes = np.asarray(errors_eff, dtype=np.float64), np.asarray(n_eff, dtype=np.float64)
    if errors.ndim != 1 or errors.shape != sizes.shape:
        raise ValueError(f"errors_eff and n_eff must be alike, got {errors.shape} and {sizes.shape}")
    gap = ~(np.isfinite(errors) & np.isfinite(sizes) & (sizes > 0.0))
    errors, sizes = np.where(gap, 0.0, errors), np.where(gap, 0.0, sizes)
    wrong = np.flatnonzero((errors < 0.0) | (errors > sizes * (1.0 + 1e-9)))
    if wrong.size:
        i = wrong[0]
        raise ValueError(f"errors_eff must lie between 0 and n_eff ({sizes[i]}) at position {i}, got {errors[i]}")
    return errors, sizes


def _baseline(baseline: ArrayLike | None, points: int) -> BoolArray:
    if baseline is None:
        return np.ones(points, dtype=np.bool_)
    chosen = np.asarray(baseline, dtype=np.bool_)
    if chosen.shape != (points,):
        raise ValueError(f"baseline must have {points} entries, got {chosen.size}")
    return chosen


def _optional(values: FloatArray, present: BoolArray) -> tuple[float | None, ...]:
    return tuple(float(value) if there else None for value, there in zip(values, present, strict=True))

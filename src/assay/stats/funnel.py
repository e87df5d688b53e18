"""Comparing many people without ranking them: funnel limits and false discoveries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assay.stats import binomials
from assay.stats.arrays import BoolArray, FloatArray, at_least, floats

FEWEST_REVIEWS = 30
LEVELS = (0.95, 0.998)
DISCOVERY_RATE = 0.10
WINSORISED = 0.10
DISPERSION_LEVEL = 0.05
# With fewer points one outlier is the spread, and would excuse itself.
FEWEST_FOR_SPREAD = 10


class Position(StrEnum):
    """Where a point lies in the funnel."""

    INSIDE = "inside"
    ABOVE = "above"
    BELOW = "below"
    FAR_ABOVE = "far_above"
    FAR_BELOW = "far_below"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelLimits:
    """Limits of a rate at many sample sizes.

    Attributes:
        n: Sample sizes: (sizes,).
        probabilities: Two-sided coverages: (levels,).
        lower: Lower limits by level: (levels, sizes).
        upper: Upper limits by level: (levels, sizes).
    """

    n: tuple[float, ...]
    probabilities: tuple[float, ...]
    lower: tuple[tuple[float, ...], ...]
    upper: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPoint:
    """One person, vendor or site in the funnel.

    Attributes:
        n: Reviews.
        rate: Observed rate; adjusted to the target's mix when expected errors are given;
            none without reviews.
        z: Distance from what was expected, in sampling errors; none without reviews.
        adjusted_z: The same with the real spread between points added.
        p_value: Exact two-sided mid-p value; with the spread added when that is significant.
        position: Place between the exact limits.
        flagged: Among the discoveries, at the stated share of false ones.
    """

    n: float
    rate: float | None
    z: float | None
    adjusted_z: float | None
    p_value: float | None
    position: Position
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """All points with what is known of their spread.

    Attributes:
        target: The rate compared with.
        points: In the order given.
        phi: Winsorised mean square of z: 1 when chance alone spreads the points.
        over_dispersed: Whether phi exceeds 1 by more than chance, judged from ten points on.
        tau2: Variance between points beyond sampling; 0 unless over-dispersed.
        tested: Points with enough reviews.
        discovery_rate: Share of false names allowed among the flagged.
        expected_false: Flagged points times that share.
    """

    target: float
    points: tuple[FunnelPoint, ...]
    phi: float | None
    over_dispersed: bool
    tau2: float
    tested: int
    discovery_rate: float
    expected_false: float


def funnel_limits(*, target: float, n_grid: ArrayLike, probabilities: tuple[float, ...] = LEVELS) -> FunnelLimits:
    """Draw the funnel around a target rate, with interpolated exact limits.

    Args:
        target: The rate, between 0 and 1.
        n_grid: Sample sizes, at least 1: (sizes,). Fractions are rounded.
        probabilities: Two-sided coverages, each between 0 and 1: (levels,).

    Returns:
        Limits as proportions, 0 to 1.

    Raises:
        ValueError: A value is out of range.

    Assumes: Binomial counts.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.1.
    """
    if not 0.0 < target < 1.0:
        raise ValueError(f"target must lie between 0 and 1, got {target}")
    sizes = np.round(floats("n_grid", n_grid))
    at_least("n_grid", sizes, 1)
    lower, upper = [], []
    for probability in probabilities:
        if not 0.0 < probability < 1.0:
            raise ValueError(f"probabilities must lie between 0 and 1, got {probability}")
        tail = (1.0 - probability) / 2.0
        lower.append(tuple(_interpolated(tail, sizes, target).tolist()))
        upper.append(tuple(_interpolated(1.0 - tail, sizes, target).tolist()))
    return FunnelLimits(n=tuple(sizes.tolist()), probabilities=probabilities, lower=tuple(lower), upper=tuple(upper))


def funnel(
    *,
    errors: ArrayLike,
    reviewed: ArrayLike,
    target: float | None = None,
    expected: ArrayLike | None = None,
    minimum: int = FEWEST_REVIEWS,
    discovery_rate: float = DISCOVERY_RATE,
) -> Funnel:
    """Place each person in the funnel and name those whom chance does not explain.

    Args:
        errors: Errors of each, effective counts allowed: (people,).
        reviewed: Reviews of each, effective counts allowed: (people,).
        target: The rate compared with, between 0 and 1; the pooled rate when none.
        expected: Errors expected of each given the mix of their queue: (people,). The
            target times the reviews when none.
        minimum: Reviews under which nobody is flagged.
        discovery_rate: Share of false names allowed among the flagged, between 0 and 1.

    Returns:
        Positions by the exact limits at 95 and 99.8 %, and flags by false discovery
        control over everyone with enough reviews. When the spread is real, z and p-value
        of the flags include it.

    Raises:
        ValueError: Lengths differ or a count is out of range.

    Assumes: Errors of different people are independent.
    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; Spiegelhalter
        (2005), Quality and Safety in Health Care 14, 347-351; Benjamini and Hochberg
        (1995), JRSS B 57, 289-300.
    """
    wrong = floats("errors", errors)
    sizes = floats("reviewed", reviewed, length=wrong.size)
    _check_counts(wrong, sizes)
    centre = _target(wrong, sizes, target)
    rates = _expected_rates(sizes, centre, expected)
    seen = sizes > 0.0
    tested = seen & (sizes >= minimum)
    deviation = np.sqrt(rates * (1.0 - rates) / np.where(seen, sizes, 1.0))
    observed = np.where(seen, wrong / np.where(seen, sizes, 1.0), rates)
    z = np.where(deviation > 0.0, (observed - rates) / np.where(deviation > 0.0, deviation, 1.0), 0.0)
    phi, over, tau2 = _dispersion(z[tested], deviation[tested])
    adjusted = np.where(deviation > 0.0, (observed - rates) / np.sqrt(deviation**2 + tau2 + 1e-300), 0.0)
    exact = binomials.mid_p_values(wrong, sizes, rates)
    p_values = np.maximum(exact, 2.0 * special.ndtr(-np.abs(adjusted))) if over else exact
    flagged = np.zeros(wrong.size, dtype=np.bool_)
    flagged[tested] = benjamini_hochberg(p_values[tested], rate=discovery_rate)
    shown = np.where(rates > 0.0, observed * centre / np.where(rates > 0.0, rates, 1.0), observed)
    positions = _positions(wrong, sizes, rates, tested)
    points = tuple(
        FunnelPoint(
            n=float(sizes[i]),
            rate=float(shown[i]) if seen[i] else None,
            z=float(z[i]) if seen[i] else None,
            adjusted_z=float(adjusted[i]) if seen[i] else None,
            p_value=float(p_values[i]) if seen[i] else None,
            position=positions[i],
            flagged=bool(flagged[i]),
        )
        for i in range(wrong.size)
    )
    return Funnel(
        target=centre,
        points=points,
        phi=phi,
        over_dispersed=over,
        tau2=tau2,
        tested=int(tested.sum()),
        discovery_rate=discovery_rate,
        expected_false=float(flagged.sum()) * discovery_rate,
    )


def benjamini_hochberg(p_values: ArrayLike, *, rate: float = DISCOVERY_RATE) -> BoolArray:
    """Choose discoveries so that the expected share of false ones is at most `rate`.

    Args:
        p_values: 0 to 1: (tests,).
        rate: False discovery rate, between 0 and 1.

    Returns:
        True for discoveries: (tests,).

    Raises:
        ValueError: A value is out of range.

    Assumes: Independent or positively dependent tests.
    Source: Benjamini and Hochberg (1995), JRSS B 57, 289-300.
    """
    values = floats("p_values", p_values)
    if values.size and (float(values.min()) < 0.0 or float(values.max()) > 1.0):
        raise ValueError(f"p_values must lie between 0 and 1, got {values.min()} to {values.max()}")
    if not 0.0 < rate < 1.0:
        raise ValueError(f"rate must lie between 0 and 1, got {rate}")
    ordered = np.sort(values)
    passed = np.flatnonzero(ordered <= rate * np.arange(1, values.size + 1) / max(1, values.size))
    if passed.size == 0:
        return np.zeros(values.size, dtype=np.bool_)
    return np.asarray(values <= ordered[passed[-1]])


def _interpolated(probability: float, sizes: FloatArray, target: FloatArray | float) -> FloatArray:
    count = binomials.quantile(probability, sizes, target)
    reached = binomials.at_most(count, sizes, target)
    before = binomials.at_most(count - 1.0, sizes, target)
    part = (reached - probability) / np.maximum(reached - before, 1e-300)
    limit = np.clip((count - np.clip(part, 0.0, 1.0)) / sizes, 0.0, 1.0)
    # A certain outcome has nothing to interpolate.
    return np.where(np.asarray(target) >= 1.0, 1.0, limit)


def _dispersion(z: FloatArray, deviation: FloatArray) -> tuple[float | None, bool, float]:
    """Return phi, whether it is significant, and the variance between points."""
    if z.size < 2:
        return None, False, 0.0
    low, high = np.quantile(z, [WINSORISED, 1.0 - WINSORISED])
    phi = float((np.clip(z, low, high) ** 2).mean())
    count = z.size
    over = count >= FEWEST_FOR_SPREAD and float(special.chdtrc(count - 1.0, count * phi)) < DISPERSION_LEVEL
    if not over:
        return phi, False, 0.0
    weight = 1.0 / deviation[deviation > 0.0] ** 2
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (count * phi - (count - 1.0)) / room) if room > 0.0 else 0.0
    return phi, True, tau2


def _positions(wrong: FloatArray, sizes: FloatArray, rates: FloatArray, tested: BoolArray) -> list[Position]:
    whole = np.maximum(1.0, np.round(sizes))
    observed = np.round(wrong / np.maximum(sizes, 1e-12), 12)
    near, far = ((1.0 - level) / 2.0 for level in LEVELS)
    # The same limits as are drawn, so that flag and picture agree; on a limit is inside.
    places = np.select(
        [
            ~tested,
            observed > _interpolated(1.0 - far, whole, rates) + 1e-9,
            observed > _interpolated(1.0 - near, whole, rates) + 1e-9,
            observed < _interpolated(far, whole, rates) - 1e-9,
            observed < _interpolated(near, whole, rates) - 1e-9,
        ],
        [0, 1, 2, 3, 4],
        default=5,
    )
    names = (
        Position.TOO_FEW,
        Position.FAR_ABOVE,
        Position.ABOVE,
        Position.FAR_BELOW,
        Position.BELOW,
        Position.INSIDE,
    )
    return [names[int(place)] for place in places]


def _target(wrong: FloatArray, sizes: FloatArray, target: float | None) -> float:
    if target is not None:
        if not 0.0 < target < 1.0:
            raise ValueError(f"target must lie between 0 and 1, got {target}")
        return target
    if not float(sizes.sum()) > 0.0:
        raise ValueError("reviewed must hold at least one review when no target is given")
    return float(wrong.sum() / sizes.sum())


def _expected_rates(sizes: FloatArray, centre: float, expected: ArrayLike | None) -> FloatArray:
    if expected is None:
        return np.full(sizes.size, centre)
    counts = floats("expected", expected, length=sizes.size)
    if np.any(counts < 0.0) or np.any(counts > sizes):
        raise ValueError("expected must lie between 0 and reviewed for everyone")
    return np.where(sizes > 0.0, counts / np.where(sizes > 0.0, sizes, 1.0), centre)


def _check_counts(wrong: FloatArray, sizes: FloatArray) -> None:
    bad = np.flatnonzero((wrong < 0.0) | (wrong > sizes * (1.0 + 1e-9)))
    if bad.size:
        i = bad[0]
        raise ValueError(f"errors must lie between 0 and reviewed ({sizes[i]}) at position {i}, got {wrong[i]}")

"""The optimisation behind many variance targets: convex, solved by its multipliers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import optimize

from assay.stats.arrays import BoolArray, FloatArray, IntArray

FIRST_STEPS = 60
REFINING_STEPS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Variance targets: sum over strata of load (1/n - 1/N) must not exceed the limit.

    Attributes:
        load: (weight x spread)^2 of each stratum in each domain: (domains, strata).
        limits: Largest variance of each domain: (domains,).
        population: Units in the frame of each stratum: (strata,).
    """

    load: FloatArray
    limits: FloatArray
    population: IntArray

    def variance(self, sizes: IntArray | FloatArray) -> FloatArray:
        """Return the variance of each domain at these sizes: (domains,)."""
        left = 1.0 / np.maximum(sizes, 1e-12) - self._share()
        return np.asarray(self.load @ np.where(self.population > 0, np.maximum(left, 0.0), 0.0))

    def scaled(self, factor: float) -> Targets:
        """Return the same targets with every limit multiplied."""
        return replace(self, limits=self.limits * factor)

    def bounds(self) -> FloatArray:
        """Return the limits of sum load / n, the finite population moved to the right."""
        return np.asarray(self.limits + self.load @ self._share())

    def holding(self, sizes: IntArray, lower: IntArray) -> BoolArray:
        """Tell which domains forbid taking back a review somewhere: (domains,)."""
        n = np.maximum(sizes, 2).astype(np.float64)
        rise = np.where(sizes > lower, self.load / (n * (n - 1.0)), 0.0).max(axis=1)
        return np.asarray(self.variance(sizes) + rise > self.limits)

    def _share(self) -> FloatArray:
        return np.where(self.population > 0, 1.0 / np.maximum(self.population, 1), 0.0)


def cheapest_sizes(targets: Targets, costs: FloatArray, lower: FloatArray, upper: IntArray) -> FloatArray:
    """Minimise the cost over real sizes between `lower` and `upper`.

    For multipliers m the best sizes are sqrt(sum_j m_j load_jh / c_h) within the bounds
    (Karush, Kuhn and Tucker). Chromy's fixed point brings the multipliers near; the dual,
    concave and smooth, is then climbed by a quasi-Newton method.

    Args:
        targets: The constraints.
        costs: Cost of one review: (strata,).
        lower: Fewest reviews: (strata,).
        upper: Most reviews, the whole stratum: (strata,).

    Returns:
        Sizes that meet every target: (strata,).

    Source: Chromy (1987); Bethel (1989).
    """
    used = targets.load.any(axis=1)
    if not used.any() or np.all(targets.variance(lower) <= targets.limits):
        return lower
    scale = targets.bounds()[used]
    load = targets.load[used] / scale[:, None]
    multipliers = _fixed_point(load, costs, lower, upper)
    multipliers = _refine(load, costs, lower, upper, multipliers)
    sizes = _sizes_at(multipliers, load, costs, lower, upper)
    return _repaired(targets, sizes, lower, upper)


def whole_sizes(targets: Targets, costs: FloatArray, lower: IntArray, sizes: FloatArray, upper: IntArray) -> IntArray:
    """Round sizes up, then take back reviews, the dearest first, while every target holds."""
    whole = np.minimum(np.ceil(sizes - 1e-9).astype(np.int64), upper)
    whole = np.maximum(whole, lower)
    variance = targets.variance(whole)
    surplus = whole - sizes
    for h in np.lexsort((-surplus, -costs)):
        n = int(whole[h])
        if n <= lower[h] or n < 2:
            continue
        rise = targets.load[:, h] / (n * (n - 1.0))
        if np.all(variance + rise <= targets.limits):
            whole[h] = n - 1
            variance = variance + rise
    return whole


def _fixed_point(load: FloatArray, costs: FloatArray, lower: FloatArray, upper: IntArray) -> FloatArray:
    multipliers = np.full(load.shape[0], float((costs * np.maximum(lower, 1.0)).sum()) / load.shape[0])
    for _ in range(FIRST_STEPS):
        sizes = _sizes_at(multipliers, load, costs, lower, upper)
        used = load @ (1.0 / np.maximum(sizes, 1e-12))
        # A bound of the multiplier keeps a slack target able to come back.
        multipliers = np.maximum(multipliers * used**2, 1e-12 * multipliers.max())
    return multipliers


def _refine(load: FloatArray, costs: FloatArray, lower: FloatArray, upper: IntArray, start: FloatArray) -> FloatArray:
    unit = float(start.max())

    def negative_dual(scaled: FloatArray) -> tuple[float, FloatArray]:
        multipliers = scaled * unit
        sizes = np.maximum(_sizes_at(multipliers, load, costs, lower, upper), 1e-12)
        excess = load @ (1.0 / sizes) - 1.0
        return -float(costs @ sizes + multipliers @ excess) / unit, -excess

    found = optimize.minimize(
        negative_dual,
        start / unit,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * start.size,
        options={"maxiter": REFINING_STEPS, "ftol": 1e-13, "gtol": 1e-8},
    )
    return np.asarray(found.x * unit)


def _sizes_at(
    multipliers: FloatArray, load: FloatArray, costs: FloatArray, lower: FloatArray, upper: IntArray
) -> FloatArray:
    return np.clip(np.sqrt(multipliers @ load / costs), lower, upper)


def _repaired(targets: Targets, sizes: FloatArray, lower: FloatArray, upper: IntArray) -> FloatArray:
    """Enlarge all sizes by the little that the search left missing."""
    low, high = 1.0, 1.0
    while np.any(targets.variance(np.clip(sizes * high, lower, upper)) > targets.limits) and high < 1e12:
        high *= 1.0 + 2.0 * (high - 1.0) if high > 1.0 else 1.0 + 1e-6
    for _ in range(40):
        middle = (low + high) / 2.0
        if np.any(targets.variance(np.clip(sizes * middle, lower, upper)) > targets.limits):
            low = middle
        else:
            high = middle
    return np.clip(sizes * high, lower, upper)

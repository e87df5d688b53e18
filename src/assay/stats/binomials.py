"""Binomial tails and limits that also take fractional counts of weighted samples."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from assay.stats.arrays import FloatArray, IntArray

# Binomial mass further out than this many standard deviations is below 1e-9.
WIDTH_IN_DEVIATIONS = 6.5


def chance_of_at_least(count: FloatArray, size: FloatArray, rate: FloatArray | float) -> FloatArray:
    """Return P(X >= count) for a binomial X, continued between whole counts: same shape."""
    count, size, rate = np.broadcast_arrays(count, size, rate)
    inner = special.betainc(np.maximum(count, 1e-12), np.maximum(size - count, -0.999) + 1.0, rate)
    return np.asarray(np.where(count <= 0.0, 1.0, np.where(count > size, 0.0, inner)))


def mid_p_values(count: FloatArray, size: FloatArray, rate: FloatArray | float) -> FloatArray:
    """Return two-sided mid-p values of counts against a rate: same shape, 0 to 1.

    Half of the chance of the count itself belongs to each side, which makes the test of
    discrete counts keep its level on average.

    Source: Lancaster (1961), JASA 56, 223-234.
    """
    above = (chance_of_at_least(count, size, rate) + chance_of_at_least(count + 1.0, size, rate)) / 2.0
    return np.minimum(1.0, 2.0 * np.minimum(above, 1.0 - above))


def quantile(probability: float, size: FloatArray, rate: FloatArray | float) -> FloatArray:
    """Return the smallest whole count r with P(X <= r) >= `probability`: same shape as `size`."""
    guess = np.floor(size * rate + special.ndtri(probability) * np.sqrt(size * rate * (1.0 - rate)))
    count = np.clip(guess, 0.0, size)
    for _ in range(10_000):
        down = (count > 0.0) & (at_most(count - 1.0, size, rate) >= probability)
        up = (count < size) & (at_most(count, size, rate) < probability)
        if not np.any(down | up):
            break
        count = count - down + (up & ~down)
    return np.asarray(count)


def at_most(count: FloatArray, size: FloatArray, rate: FloatArray | float) -> FloatArray:
    """Return P(X <= count) for whole counts: same shape."""
    return 1.0 - chance_of_at_least(count + 1.0, size, rate)


def likely_counts(size: int, rate: float) -> tuple[IntArray, FloatArray]:
    """Return the counts that can reasonably occur, and their binomial chances."""
    centre, deviation = size * rate, math.sqrt(size * rate * (1.0 - rate))
    reach = WIDTH_IN_DEVIATIONS * deviation + 10.0
    counts = np.arange(max(0, math.floor(centre - reach)), min(size, math.ceil(centre + reach)) + 1)
    log_choose = special.gammaln(size + 1.0) - special.gammaln(counts + 1.0) - special.gammaln(size - counts + 1.0)
    log_chance = log_choose + special.xlogy(counts, rate) + special.xlog1py(size - counts, -rate)
    return counts.astype(np.int64), np.exp(log_chance)


def wilson_bounds(counts: IntArray, size: int, confidence: float) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's bounds of many counts out of one size: two of (counts,)."""
    z = float(special.ndtri(0.5 + confidence / 2.0))
    p, square = counts / size, z * z
    centre = (p + square / (2.0 * size)) / (1.0 + square / size)
    half = z * np.sqrt(p * (1.0 - p) / size + square / (4.0 * size * size)) / (1.0 + square / size)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)

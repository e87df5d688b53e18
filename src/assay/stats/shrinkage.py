"""Rates of many people at once: each borrows strength from all the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assay.stats.arrays import FloatArray, floats, open_share
from assay.stats.intervals import Interval, Method

MEAN_STEPS = 40
SPREAD_STEPS = 24
LEAST_SPREAD = 0.001
COMMON_SPREAD = 0.04
BISECTIONS = 30
# Grid points beyond this posterior mass change no shown digit and cost time.
KEPT_MASS = 0.9995


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkRate:
    """One person's rate as the whole group suggests it.

    Attributes:
        value: Posterior mean.
        interval: Credible interval with equal tails.
        weight: Share of the value that comes from the person's own reviews, 0 to 1.
        above_target: Chance that the true rate exceeds the target; none without a target.
    """

    value: float
    interval: Interval
    weight: float
    above_target: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShrunkRates:
    """All rates with what they share.

    Attributes:
        rates: In the order given: (people,).
        mean: Posterior mean of the group's mean rate.
        spread: Posterior mean of the standard deviation of true rates.
    """

    rates: tuple[ShrunkRate, ...]
    mean: float
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prior:
    a: FloatArray
    b: FloatArray
    mass: FloatArray
    mean: FloatArray
    spread: FloatArray


def shrink_rates(
    *, errors: ArrayLike, reviewed: ArrayLike, target: float | None = None, confidence: float = 0.95
) -> ShrunkRates:
    """Estimate each person's error rate under a common distribution of true rates.

    Args:
        errors: Errors of each, effective counts allowed: (people,).
        reviewed: Reviews of each, 0 allowed: (people,).
        target: A rate to compare with, between 0 and 1; none leaves the comparison out.
        confidence: Coverage of the credible intervals, between 0 and 1.

    Returns:
        Posterior means and intervals, integrated over the mean and the spread of the
        group, so that the uncertainty of these is included.

    Raises:
        ValueError: Lengths differ, a count is out of range, or nobody has a review.

    Assumes: True rates follow a beta distribution; flat priors on its mean and spread.
    Source: Gelman et al. (2013), Bayesian Data Analysis, 5.3, on a grid.
    """
    wrong = floats("errors", errors)
    sizes = floats("reviewed", reviewed, length=wrong.size)
    if np.any(wrong < 0.0) or np.any(wrong > sizes * (1.0 + 1e-9)):
        raise ValueError("errors must lie between 0 and reviewed for everyone")
    if not float(sizes.sum()) > 0.0:
        raise ValueError("reviewed must hold at least one review")
    open_share("confidence", confidence)
    pairs, where, times = np.unique(
        np.stack([np.minimum(wrong, sizes), sizes], axis=1), axis=0, return_inverse=True, return_counts=True
    )
    prior = _posterior_prior(pairs[:, 0], pairs[:, 1], times.astype(np.float64))
    found = _posteriors(pairs[:, 0], pairs[:, 1], prior, target, confidence)
    return ShrunkRates(
        rates=tuple(found[int(i)] for i in where.reshape(-1)),
        mean=float(prior.mass @ prior.mean),
        spread=float(prior.mass @ prior.spread),
    )


def _posterior_prior(wrong: FloatArray, sizes: FloatArray, times: FloatArray) -> _Prior:
    """Weigh every mean and spread of the grid by how well it explains all counts."""
    mean, spread = _grid(wrong, sizes, times)
    strength = mean * (1.0 - mean) / spread**2 - 1.0
    # A spread too wide for its mean has no beta distribution.
    possible = strength > 0.05
    mean, spread, strength = mean[possible], spread[possible], strength[possible]
    a, b = mean * strength, (1.0 - mean) * strength
    likelihood = np.zeros(a.size)
    for k, n, count in zip(wrong, sizes, times, strict=True):
        likelihood += count * (special.betaln(a + k, b + n - k) - special.betaln(a, b))
    mass = np.exp(likelihood - likelihood.max())
    mass /= mass.sum()
    order = np.argsort(-mass)
    kept = order[: int(np.searchsorted(np.cumsum(mass[order]), KEPT_MASS)) + 1]
    share = mass[kept] / mass[kept].sum()
    return _Prior(a=a[kept], b=b[kept], mass=share, mean=mean[kept], spread=spread[kept])


def _grid(wrong: FloatArray, sizes: FloatArray, times: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = float((times * sizes).sum())
    pooled = (float((times * wrong).sum()) + 0.5) / (total + 1.0)
    seen = sizes > 0.0
    raw = wrong[seen] / sizes[seen]
    weight = times[seen] * sizes[seen]
    deviation = float(np.sqrt((weight * (raw - pooled) ** 2).sum() / weight.sum()))
    widest = min(0.5, max(COMMON_SPREAD, 3.0 * deviation))
    # The mean is uncertain by sampling and by the spread of the people themselves.
    error = np.sqrt(pooled * (1.0 - pooled) / total + deviation**2 / max(1.0, float(times[seen].sum())))
    low, high = max(1e-5, pooled - 5.0 * error), min(1.0 - 1e-5, pooled + 5.0 * error)
    mean = np.linspace(low, high, MEAN_STEPS)
    spread = np.linspace(LEAST_SPREAD, widest, SPREAD_STEPS)
    one, two = np.meshgrid(mean, spread, indexing="ij")
    return one.reshape(-1), two.reshape(-1)


def _posteriors(
    wrong: FloatArray, sizes: FloatArray, prior: _Prior, target: float | None, confidence: float
) -> list[ShrunkRate]:
    a = prior.a[None, :] + wrong[:, None]
    b = prior.b[None, :] + (sizes - wrong)[:, None]
    mean = (a / (a + b)) @ prior.mass
    weight = (sizes[:, None] / (sizes[:, None] + prior.a + prior.b)) @ prior.mass
    tail = (1.0 - confidence) / 2.0
    low, high = _quantile(a, b, prior.mass, tail), _quantile(a, b, prior.mass, 1.0 - tail)
    above = None if target is None else 1.0 - special.betainc(a, b, target) @ prior.mass
    return [
        ShrunkRate(
            value=float(mean[i]),
            interval=Interval(low=float(low[i]), high=float(high[i]), confidence=confidence, method=Method.CREDIBLE),
            weight=float(weight[i]),
            above_target=None if above is None else float(above[i]),
        )
        for i in range(mean.size)
    ]


def _quantile(a: FloatArray, b: FloatArray, mass: FloatArray, probability: float) -> FloatArray:
    """Bisect the quantile of each mixture of beta distributions: (people,)."""
    low, high = np.zeros(a.shape[0]), np.ones(a.shape[0])
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        below = special.betainc(a, b, middle[:, None]) @ mass < probability
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2.0)

"""How wide an interval will be, and how many reviews make it as narrow as wanted."""

from __future__ import annotations

import math
from collections.abc import Callable

from assay.stats.arrays import open_share
from assay.stats.binomials import likely_counts, wilson_bounds
from assay.stats.intervals import effective_interval

MOST_REVIEWS = 20_000_000


def reviews_for_half_width(
    *,
    rate: float,
    half_width: float,
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
) -> int:
    """Find how many reviews bring the interval of a rate to a half-width.

    Args:
        rate: Rate expected, 0 to 1.
        half_width: Mean half-width wanted, as a proportion, between 0 and 0.5.
        confidence: Two-sided coverage, between 0 and 1.
        population: Units in the frame; unlimited when none.
        design_effect: Variance of the design relative to simple random sampling, above 0.

    Returns:
        The smallest such number of reviews, at most the frame.

    Raises:
        ValueError: A value is out of range.

    Assumes: Wilson's interval, averaged exactly over the binomial counts.
    Source: Cochran (1977), Sampling Techniques, 4.4, with the exact mean width.
    """
    check_rate("rate", rate)
    if not 0.0 < half_width < 0.5:
        raise ValueError(f"half_width must lie between 0 and 0.5, got {half_width}")
    check_design(confidence, design_effect)
    simple = fewest_enough(lambda n: expected_half_width(rate=rate, reviews=n, confidence=confidence) <= half_width)
    needed = simple * design_effect
    if population is None:
        return math.ceil(needed - 1e-9)
    return min(population, math.ceil(needed / (1.0 + needed / population) - 1e-9))


def expected_half_width(
    *,
    rate: float,
    reviews: int,
    confidence: float = 0.95,
    population: int | None = None,
    design_effect: float = 1.0,
) -> float:
    """Return the mean half-width of Wilson's interval that so many reviews will give.

    Args:
        rate: Rate expected, 0 to 1.
        reviews: Reviews planned, at least 1.
        confidence: Two-sided coverage, between 0 and 1.
        population: Units in the frame; unlimited when none.
        design_effect: Variance of the design relative to simple random sampling, above 0.

    Returns:
        A proportion; 0 when the whole frame is reviewed.

    Raises:
        ValueError: A value is out of range.

    Assumes: Binomial counts at the effective number of reviews.
    Source: Wilson (1927), averaged over the binomial distribution.
    """
    check_rate("rate", rate)
    check_design(confidence, design_effect)
    check_reviews("reviews", reviews)
    remaining = 1.0 if population is None else 1.0 - min(reviews, population) / population
    if remaining <= 0.0:
        return 0.0
    size = max(1, round(reviews / design_effect / remaining))
    counts, chances = likely_counts(size, rate)
    low, high = wilson_bounds(counts, size, confidence)
    return float((chances * (high - low) / 2.0).sum() / chances.sum())


def half_width_of_variance(*, rate: float, variance: float, confidence: float = 0.95) -> float:
    """Return the half-width which the interval rule gives to a rate with this variance.

    Args:
        rate: Rate expected, between 0 and 1.
        variance: Sampling variance, 0 or more.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        A proportion; 0 without variance.

    Raises:
        ValueError: A value is out of range.

    Assumes: Errors weigh about alike, so that the effective errors are n_eff x rate.
    Source: As `effective_interval`.
    """
    open_share("rate", rate)
    open_share("confidence", confidence)
    if not variance >= 0.0:
        raise ValueError(f"variance must be 0 or more, got {variance}")
    if variance == 0.0:
        return 0.0
    n_eff = max(1.0, rate * (1.0 - rate) / variance)
    interval = effective_interval(
        rate=rate,
        n=math.ceil(n_eff),
        n_eff=n_eff,
        k_eff=n_eff * min(rate, 1.0 - rate),
        kish_n=n_eff,
        confidence=confidence,
    )
    return interval.half_width


def variance_for_half_width(*, rate: float, half_width: float, confidence: float = 0.95) -> float:
    """Return the variance target that brings the interval of a rate to a half-width.

    Args:
        rate: Rate expected, between 0 and 1.
        half_width: Half-width wanted, as a proportion, between 0 and 0.5.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The largest such variance, for `precision_allocation`. Its square root is less than
        half_width / 1.96 when errors are few, because their intervals are wider.

    Raises:
        ValueError: A value is out of range.

    Assumes: As `half_width_of_variance`.
    Source: As `half_width_of_variance`, solved by bisection.
    """
    open_share("rate", rate)
    if not 0.0 < half_width < 0.5:
        raise ValueError(f"half_width must lie between 0 and 0.5, got {half_width}")
    low, high = math.log(1e-16), math.log(rate * (1.0 - rate))
    for _ in range(60):
        middle = (low + high) / 2.0
        if half_width_of_variance(rate=rate, variance=math.exp(middle), confidence=confidence) <= half_width:
            low = middle
        else:
            high = middle
    return math.exp(low)


def fewest_enough(enough: Callable[[int], bool]) -> int:
    """Return the smallest number that is enough, taking `enough` to be nearly monotone."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST_REVIEWS:
            raise ValueError(f"more than {MOST_REVIEWS} reviews would be needed; ask for less precision")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high


def check_rate(name: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must lie between 0 and 1, got {value}")


def check_reviews(name: str, value: int) -> None:
    if not 1 <= value <= MOST_REVIEWS:
        raise ValueError(f"{name} must lie between 1 and {MOST_REVIEWS}, got {value}")


def check_design(confidence: float, design_effect: float) -> None:
    open_share("confidence", confidence)
    if not design_effect > 0.0:
        raise ValueError(f"design_effect must be above 0, got {design_effect}")

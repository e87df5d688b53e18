"""Which changes a sample will probably show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from assay.stats.arrays import open_share
from assay.stats.binomials import likely_counts, wilson_bounds
from assay.stats.widths import check_design, check_rate, check_reviews, fewest_enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Detectable:
    """The smallest true changes of a rate that would probably be seen.

    Attributes:
        rise: Smallest detectable rise, a difference of proportions; none when no rise is.
        fall: Smallest detectable fall, above 0; none when not even a fall to zero is.
        power: The chance with which such a change would be seen.
    """

    rise: float | None
    fall: float | None
    power: float


def chance_of_seeing_change(
    *,
    rate: float,
    changed_rate: float,
    reviews_before: int,
    reviews_after: int,
    confidence: float = 0.95,
    design_effect: float = 1.0,
) -> float:
    """Return the power: the chance that the interval of a change excludes zero on its side.

    Args:
        rate: True rate before, 0 to 1.
        changed_rate: True rate after, 0 to 1; different from `rate`.
        reviews_before: Reviews before, at least 1.
        reviews_after: Reviews after, at least 1.
        confidence: Two-sided coverage, between 0 and 1.
        design_effect: Variance of the design relative to simple random sampling, above 0.

    Returns:
        A chance, 0 to 1, summed over all likely pairs of counts.

    Raises:
        ValueError: A value is out of range.

    Assumes: Independent samples; the change is judged by Newcombe's interval.
    Source: Newcombe (1998), Statistics in Medicine 17, 873-890; exact enumeration.
    """
    check_rate("rate", rate)
    check_rate("changed_rate", changed_rate)
    check_design(confidence, design_effect)
    check_reviews("reviews_before", reviews_before)
    check_reviews("reviews_after", reviews_after)
    before = max(1, round(reviews_before / design_effect))
    after = max(1, round(reviews_after / design_effect))
    first, first_chance = likely_counts(before, rate)
    second, second_chance = likely_counts(after, changed_rate)
    low, high = wilson_bounds(first, before, confidence)
    other_low, other_high = wilson_bounds(second, after, confidence)
    p, q = first / before, second / after
    gap = q[None, :] - p[:, None]
    if changed_rate >= rate:
        margin = np.hypot((q - other_low)[None, :], (high - p)[:, None])
        seen = gap - margin > 0.0
    else:
        margin = np.hypot((other_high - q)[None, :], (p - low)[:, None])
        seen = gap + margin < 0.0
    return float(first_chance @ (seen @ second_chance))


def reviews_to_see_change(
    *,
    rate: float,
    changed_rate: float,
    power: float = 0.80,
    confidence: float = 0.95,
    design_effect: float = 1.0,
) -> int:
    """Find how many reviews in each of two periods show a change with a given power.

    Args:
        rate: True rate before, 0 to 1.
        changed_rate: True rate after, 0 to 1; different from `rate`.
        power: Chance wanted, between 0 and 1.
        confidence: Two-sided coverage, between 0 and 1.
        design_effect: Variance of the design relative to simple random sampling, above 0.

    Returns:
        Reviews in each period. Power rises in small steps, so a few reviews more can dip
        under it again by a hair.

    Raises:
        ValueError: A value is out of range, or both rates are the same.

    Assumes: As `chance_of_seeing_change`.
    Source: As `chance_of_seeing_change`.
    """
    open_share("power", power)
    check_design(confidence, design_effect)
    if rate == changed_rate:
        raise ValueError(f"changed_rate must differ from rate, got {rate} for both")

    def enough(n: int) -> bool:
        chance = chance_of_seeing_change(
            rate=rate, changed_rate=changed_rate, reviews_before=n, reviews_after=n, confidence=confidence
        )
        return chance >= power

    return math.ceil(fewest_enough(enough) * design_effect - 1e-9)


def detectable_difference(
    *,
    rate: float,
    reviews_before: int,
    reviews_after: int | None = None,
    power: float = 0.80,
    confidence: float = 0.95,
    design_effect: float = 1.0,
) -> Detectable:
    """Find the smallest rise and fall of a rate that would be seen with a given power.

    Args:
        rate: True rate before, 0 to 1.
        reviews_before: Reviews before, at least 1.
        reviews_after: Reviews after; as many as before when none.
        power: Chance wanted, between 0 and 1.
        confidence: Two-sided coverage, between 0 and 1.
        design_effect: Variance of the design relative to simple random sampling, above 0.

    Returns:
        Differences of proportions, found to 0.001 of a percentage point.

    Raises:
        ValueError: A value is out of range.

    Assumes: As `chance_of_seeing_change`.
    Source: As `chance_of_seeing_change`.
    """
    open_share("power", power)
    check_rate("rate", rate)
    after = reviews_before if reviews_after is None else reviews_after

    def chance(changed: float) -> float:
        return chance_of_seeing_change(
            rate=rate,
            changed_rate=changed,
            reviews_before=reviews_before,
            reviews_after=after,
            confidence=confidence,
            design_effect=design_effect,
        )

    rise = _nearest_seen(rate, 1.0, chance, power)
    fall = _nearest_seen(rate, 0.0, chance, power)
    return Detectable(rise=rise, fall=fall, power=power)


def chance_to_notice(*, rate: float, true_rate: float, reviews: int, confidence: float = 0.95) -> float:
    """Return the chance that one person's count falls above the funnel around `rate`.

    Args:
        rate: The rate the funnel is drawn around, 0 to 1.
        true_rate: The person's true rate, 0 to 1.
        reviews: Reviews of the person, at least 1.
        confidence: Two-sided coverage of the funnel, between 0 and 1.

    Returns:
        A chance, 0 to 1.

    Raises:
        ValueError: A value is out of range.

    Assumes: Errors of a person are independent.
    Source: Exact binomial test.
    """
    check_rate("rate", rate)
    check_rate("true_rate", true_rate)
    check_reviews("reviews", reviews)
    open_share("confidence", confidence)
    tail = (1.0 - confidence) / 2.0
    counts = np.arange(0, reviews + 1, dtype=np.float64)
    at_or_above = np.where(counts > 0, special.betainc(np.maximum(counts, 1.0), reviews - counts + 1.0, rate), 1.0)
    beyond = np.flatnonzero(at_or_above <= tail)
    if beyond.size == 0:
        return 0.0
    first = float(beyond[0])
    return float(special.betainc(first, reviews - first + 1.0, true_rate))


def _nearest_seen(rate: float, end: float, chance: Callable[[float], float], power: float) -> float | None:
    """Bisect for the nearest rate towards `end` that is seen; none when `end` itself is not."""
    if rate == end or chance(end) < power:
        return None
    near, far = rate, end
    while abs(far - near) > 1e-5:
        middle = (near + far) / 2.0
        if chance(middle) >= power:
            far = middle
        else:
            near = middle
    return abs(far - rate)
